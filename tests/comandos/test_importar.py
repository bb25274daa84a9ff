"""`manufatura importar`: uma sessão para todas, resumo, simulação, erros por fonte e códigos de saída."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from app.comandos.rodada import SessaoPartilhada
from app.config import obter_config
from app.demo.odoo_simulado import BancoSimulado, ServidorSimulado
from app.manufatura.fontes.registro import FONTES
from app.manufatura.jobs.base_job import log_job_execution
from app.manufatura.services.execucoes import TentativaPerdida
from tests.apoio.pg import BancoTeste
from tests.comandos.apoio import fabrica, instalacao, rodar


@pytest.fixture(params=[14, 19], ids=["odoo14", "odoo19"])
def odoo_minimo(request: pytest.FixtureRequest, banco_pg: BancoTeste) -> Iterator[ServidorSimulado]:
    with ServidorSimulado(fabrica(request.param)) as servidor, instalacao(servidor, banco_pg):
        yield servidor


@pytest.fixture
def odoo_19(banco_pg: BancoTeste) -> Iterator[ServidorSimulado]:
    with ServidorSimulado(fabrica(19)) as servidor, instalacao(servidor, banco_pg):
        yield servidor


def consultar(motor: Engine, comando: str) -> list[tuple[object, ...]]:
    with motor.connect() as conexao:
        return [tuple(r) for r in conexao.execute(text(comando))]


def linha_do_pedido(b: BancoSimulado, n: int = 0) -> int:
    return b.linhas("purchase.order.line")[n]["id"]  # type: ignore[no-any-return]


def test_tudo_com_uma_sessao_e_registro(odoo_minimo: ServidorSimulado, motor: Engine) -> None:
    codigo, saida, erros = rodar("importar", "tudo")
    assert (codigo, erros) == (0, "")
    for fonte in FONTES.values():
        assert f"{fonte.titulo}\t" in saida
    assert "Pedidos de compra\t2\t0\t0\t0\t0\t0\t" in saida
    feitas = consultar(motor, "SELECT job_id, status, origem, usuario IS NOT NULL, registros_processados FROM log_integracao ORDER BY id")
    assert [f[0] for f in feitas] == [f.job_id for f in FONTES.values()]
    assert {f[1:4] for f in feitas} == {("sucesso", "cli", True)}
    assert odoo_minimo.por_metodo["res.company.search_read"] == 1  # uma sessão só
    assert consultar(motor, "SELECT qtd_recebida FROM pedido_compras ORDER BY odoo_id") == [(4,), (0,)]


def test_json_e_um_objeto_e_a_segunda_vez_nao_muda_nada(odoo_19: ServidorSimulado) -> None:
    _, saida, _ = rodar("importar", "--json")
    dados = json.loads(saida)
    assert (dados["codigo"], dados["simulada"], list(dados["fontes"])) == (0, False, list(FONTES))
    assert dados["fontes"]["pedidos"]["novas"] == 2
    codigo, saida, _ = rodar("importar", "--json")
    segunda = json.loads(saida)
    assert codigo == 0
    assert {(f["novas"], f["mudadas"], f["situacao"]) for f in segunda["fontes"].values()} == {(0, 0, "certo")}


def test_so_as_fontes_pedidas_na_ordem_certa(odoo_19: ServidorSimulado) -> None:
    _, saida, _ = rodar("importar", "entradas", "pedidos", "--json")
    assert list(json.loads(saida)["fontes"]) == ["pedidos", "entradas"]


def test_fonte_que_falha_diz_o_nome_e_as_outras_seguem(odoo_19: ServidorSimulado, motor: Engine) -> None:
    odoo_19.banco.retirar_modelo("stock.quant")
    codigo, saida, erros = rodar("importar", "tudo")
    assert codigo == 3
    assert "Posição de estoque: " in erros
    assert "stock.quant" in erros
    assert "Pedidos de compra\t2" in saida
    assert consultar(motor, "SELECT status FROM log_integracao WHERE job_id = 'importar_estoque'") == [("erro",)]
    _, saida, _ = rodar("importar", "estoque", "--json")
    assert json.loads(saida)["fontes"]["estoque"]["erro"]["classe"] == "ModeloAusente"


def test_rejeitado_sai_com_1_e_o_motivo(odoo_19: ServidorSimulado) -> None:
    odoo_19.banco.escrever_cru("purchase.order.line", linha_do_pedido(odoo_19.banco), {"price_unit": 1e30})
    codigo, saida, _ = rodar("importar", "cadastros", "pedidos")
    assert codigo == 1
    assert "número fora da faixa" in saida
    assert f"purchase.order.line {linha_do_pedido(odoo_19.banco)}" in saida


def test_simular_mostra_o_novo_e_o_mudado_e_nao_grava(odoo_minimo: ServidorSimulado, motor: Engine) -> None:
    tabelas = "SELECT (SELECT count(*) FROM pedido_compras), (SELECT count(*) FROM odoo_produto), (SELECT count(*) FROM log_integracao),"
    tabelas += " (SELECT count(*) FROM cursor_integracao), (SELECT count(*) FROM odoo_instalacao), (SELECT count(*) FROM odoo_capacidade)"
    codigo, saida, _ = rodar("importar", "tudo", "--simular")
    assert codigo == 0
    assert "Pedidos de compra: 2 novas" in saida
    assert "+ P00001 A1: quantidade 10, previsto 01/12/2026, fornecedor Aços Ltda, situação confirmado" in saida
    assert "Nada foi gravado" in saida
    assert consultar(motor, tabelas) == [(0,) * 6]

    rodar("importar", "tudo")
    antes = consultar(motor, tabelas)
    b = odoo_minimo.banco
    pedido = b.linhas("purchase.order")[0]["id"]
    b.receber(pedido, {linha_do_pedido(b): 3.0})
    b.escrever_cru("purchase.order.line", linha_do_pedido(b, 1), {"price_unit": 1e30})
    codigo, saida, _ = rodar("importar", "tudo", "--simular", "--json")
    dados = json.loads(saida)
    assert (codigo, dados["simulada"], dados["fontes"]["pedidos"]["rejeitados"]) == (1, True, 1)
    do_pedido = next(m for m in dados["mudancas"] if m["tabela"] == "pedido_compras")
    assert (do_pedido["novas"], do_pedido["mudadas"]) == (0, 1)
    assert do_pedido["exemplos"][0] == {
        "quem": "P00001 A1",
        "nova": False,
        "antes": {"qtd_recebida": "4"},
        "depois": {"qtd_recebida": "7"},
    }
    assert consultar(motor, tabelas) == antes


def test_desde_rele_e_data_errada_e_erro_de_uso(odoo_19: ServidorSimulado) -> None:
    rodar("importar", "tudo")
    codigo, saida, _ = rodar("importar", "pedidos", "--desde", "01/01/2026", "--json")
    pedidos = json.loads(saida)["fontes"]["pedidos"]
    # O que mudou há menos de 2 s da leitura ainda é lido outra vez na janela normal, que vem depois da pedida.
    assert (codigo, pedidos["lidos"] >= 2, pedidos["novas"], pedidos["mudadas"]) == (0, True, 0, 0)
    codigo, _, erros = rodar("importar", "pedidos", "--desde", "31/02/2026")
    assert codigo == 2
    assert "não está em nenhum dos formatos" in erros
    assert rodar("importar", "nada")[0] == 2


def test_o_mesmo_job_em_curso_sai_com_5_e_as_outras_seguem(odoo_19: ServidorSimulado, motor: Engine) -> None:
    with motor.begin() as conexao:
        conexao.execute(
            text(
                "INSERT INTO log_integracao (tipo_integracao, job_id, status, origem, execucao_id, batimento, detalhes) VALUES"
                " ('importar_pedidos_compra', 'importar_pedidos_compra', 'executando', 'agenda', 1, now(), '{}')"
            )
        )
    codigo, saida, erros = rodar("importar", "cadastros", "pedidos", "entradas")
    assert codigo == 5
    assert "importar_pedidos_compra" in erros
    assert "já em execução" in saida
    assert "Entradas de material\t1" in saida


def test_senha_errada_pergunta_uma_vez_e_para(banco_pg: BancoTeste, motor: Engine) -> None:
    with ServidorSimulado(fabrica(14)) as servidor, instalacao(servidor, banco_pg, odoo_password="trocada-9"):
        codigo, _, erros = rodar("importar", "tudo")
        assert codigo == 3
        assert "trocada-9" not in erros
        assert erros.count("não insistimos") == 1
        assert servidor.por_metodo["common.authenticate"] == 1
    assert consultar(motor, "SELECT job_id, status FROM log_integracao") == [("importar_cadastros", "erro")]


def test_odoo_fora_do_ar_sai_com_3(banco_pg: BancoTeste, motor: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.odoo.cliente.time.sleep", lambda s: None)
    servidor = ServidorSimulado(fabrica(19)).ligar()
    servidor.desligar()
    with instalacao(servidor, banco_pg):
        codigo, saida, _ = rodar("importar", "pedidos", "entradas", "--json")
    dados = json.loads(saida)
    assert codigo == dados["codigo"] == 3
    assert {f["situacao"] for f in dados["fontes"].values()} == {"erro"}
    assert {r[0] for r in consultar(motor, "SELECT status FROM log_integracao")} == {"erro"}


@pytest.mark.falha(2)
def test_quem_perdeu_a_vez_nao_grava_nem_ao_abrir_a_sessao(odoo_minimo: ServidorSimulado, motor: Engine) -> None:
    """Dada por morta antes de entrar no Odoo: empresas, usuários e identidade não são gravados por ela."""
    config = obter_config()

    @log_job_execution("job_x")
    def job() -> None:
        with motor.begin() as conexao:
            conexao.execute(text("UPDATE log_integracao SET status = 'interrompida'"))
        with SessaoPartilhada(config, motor) as partilhada:
            partilhada()

    with pytest.raises(TentativaPerdida):
        job()
    with motor.connect() as conexao:
        assert conexao.execute(text("SELECT (SELECT count(*) FROM odoo_empresa), (SELECT count(*) FROM odoo_instalacao)")).one() == (0, 0)


def test_sem_odoo_configurado_so_o_erro(odoo_19: ServidorSimulado, banco_pg: BancoTeste) -> None:
    """Nada a mostrar além do que falta: nenhuma tabela de fontes em volta do erro."""
    with instalacao(odoo_19, banco_pg, odoo_url=None):
        codigo, saida, erros = rodar("importar", "tudo")
    assert (codigo, saida) == (2, "")
    assert "ODOO_URL" in erros
    assert "Pedidos de compra" not in erros
