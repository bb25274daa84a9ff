"""Os invariantes do planejamento: nada errado depois de planejar, e cada um acusa o estrago que o desmente, e só ele."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from app.manufatura.services import demanda
from app.manufatura.services.conferencia import planejamento
from app.manufatura.services.conferencia.todos import conferir_tudo
from tests.comandos.planejado import marcenaria_de
from tests.planejamento.fabrica import HOJE, Fabrica

AGORA = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
MATERIAL = "UPDATE ordem_producao SET materiais_necessarios = jsonb_set(materiais_necessarios, '{1,%s}', '\"41\"') WHERE numero = 1"

ESTRAGOS = {
    "material_caminhos": MATERIAL % "caminhos,0,qtd",
    "material_conta": MATERIAL % "qtd_comprar",
    "estoque_prometido": "UPDATE planejamento_posicao SET qtd = 29 WHERE cod_produto = 'PE'",
    "demanda_uma_ordem": "UPDATE ordem_producao_demanda SET segura = false",
    "filha_sem_pai": "UPDATE ordem_producao SET status = 'Concluída' WHERE numero = 1",
    "filha_unica": "INSERT INTO ordem_producao (numero_ordem, origem_ordem, status, cod_produto, qtd_planejada, criado_por, ordem_pai_id)"
    " SELECT 'OP-000009', 'MTO', 'Planejada', 'TAMPO', 1, 'x', id FROM ordem_producao WHERE numero = 1",
    "ordem_datas": "UPDATE ordem_producao SET data_fim_prevista = '2026-12-02' WHERE numero = 2",
    "carteira_ordem": "UPDATE carteira_principal SET ordem_producao_id = NULL",
    "demanda_realizada": "UPDATE previsao_demanda SET qtd_demanda_realizada = 8",
    "estrutura_sem_ciclo": "INSERT INTO lista_materiais (estrutura_id, cod_produto_componente, qtd_utilizada)"
    " SELECT id, 'MESA', 1 FROM estrutura WHERE cod_produto_produzido = 'TAMPO'",
}
TAMBEM = {"demanda_uma_ordem": {"carteira_ordem"}}  # sem segurar a demanda, ela também deixa de ser a da carteira


@pytest.fixture
def planejada(motor: Engine) -> Fabrica:
    """O exemplo planejado, com carteira e uma previsão realizada, e os dois jobs no registro."""
    fabrica = marcenaria_de(motor)
    fabrica.carteira("S1", "MESA")
    fabrica.lote("S1", "MESA", 10, "04/12")
    fabrica.planejar()
    for grupo in ("NULL", "'Sul'"):
        fabrica.rodar(
            "INSERT INTO previsao_demanda (data_mes, data_ano, cod_produto, nome_grupo, qtd_demanda_prevista)"
            f" VALUES (11, 2026, 'MESA', {grupo}, 50)"
        )
    fabrica.rodar(
        "INSERT INTO historico_pedidos (num_pedido, data_pedido, cod_produto, nome_grupo, qtd_produto_pedido)"
        " VALUES ('V1', '2026-11-30', 'MESA', 'Sul', 7), ('V2', '2026-12-01', 'MESA', 'Sul', 5), ('V3', '2026-11-01', 'MESA', NULL, 2)"
    )
    with motor.begin() as conexao:
        demanda.atualizar(conexao, HOJE, 1)
    for job in ("gerar_ordens_mto", "atualizar_demanda"):
        fabrica.rodar(
            "INSERT INTO log_integracao (tipo_integracao, status, job_id, origem, registros_erro, data_execucao)"
            " VALUES (:j, 'sucesso', :j, 'cli', 0, clock_timestamp())",
            j=job,
        )
    return fabrica


def errados(fabrica: Fabrica) -> set[str]:
    nomes = {i.nome for i in planejamento.INVARIANTES}
    with fabrica.motor.connect() as conexao:
        resultados = conferir_tudo(conexao, ZoneInfo("America/Sao_Paulo"), AGORA)
    return {r.invariante.nome for r in resultados if not r.certo} & nomes


def test_cada_invariante_tem_um_estrago() -> None:
    assert set(ESTRAGOS) == {i.nome for i in planejamento.INVARIANTES}


def test_nada_errado_depois_de_planejar_nem_no_banco_vazio(motor: Engine, planejada: Fabrica) -> None:
    assert errados(planejada) == set()
    planejada.mudar_lote("S1", qtd=20, expedicao="11/12")
    planejada.planejar()
    assert errados(planejada) == set()
    planejada.mudar_lote("S1", status="CANCELADO")
    planejada.planejar()
    assert errados(planejada) == set()


@pytest.mark.parametrize("nome", sorted(ESTRAGOS))
def test_o_estrago_e_acusado_e_so_ele(nome: str, planejada: Fabrica) -> None:
    with planejada.motor.begin() as conexao:
        conexao.exec_driver_sql(ESTRAGOS[nome])
    assert errados(planejada) - TAMBEM.get(nome, set()) == {nome}


def test_duas_ordens_da_mesma_demanda_sao_acusadas_mesmo_sem_o_indice(planejada: Fabrica, motor_dono: Engine) -> None:
    with motor_dono.connect() as conexao, conexao.begin() as transacao:
        conexao.exec_driver_sql("DROP INDEX uq_ordem_producao_demanda_segura")
        conexao.exec_driver_sql(
            "INSERT INTO ordem_producao_demanda (ordem_producao_id, separacao_lote_id, cod_produto, expedicao, origem, qtd)"
            " SELECT o.id, d.separacao_lote_id, d.cod_produto, d.expedicao, d.origem, d.qtd"
            " FROM ordem_producao_demanda d, ordem_producao o WHERE o.numero = 2"
        )
        resultados = conferir_tudo(conexao, ZoneInfo("America/Sao_Paulo"), AGORA)
        (achado,) = [r for r in resultados if r.invariante.nome == "demanda_uma_ordem"]
        assert achado.total == 2
        transacao.rollback()


def test_o_que_mudou_depois_do_ultimo_job_espera_a_proxima_vez(planejada: Fabrica) -> None:
    planejada.rodar("INSERT INTO historico_pedidos (num_pedido, data_pedido, cod_produto, qtd_produto_pedido)"
                    " VALUES ('V9', '2026-11-24', 'MESA', 1)")  # fmt: skip
    assert errados(planejada) == set()
