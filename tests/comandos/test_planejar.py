"""`manufatura planejar`: os dois jobs pelo registro de execuções, e a simulação como diferença, sem gravar nada."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from app.comandos.planejar import comando
from app.manufatura.services import execucoes
from tests.apoio.pg import BancoTeste
from tests.comandos.planejado import Rodar, marcenaria_de, terminal
from tests.planejamento.fabrica import Fabrica


@pytest.fixture
def rodar(banco_pg: BancoTeste, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rodar]:
    with terminal(banco_pg, monkeypatch, comando) as feito:
        yield feito


@pytest.fixture
def fabrica(banco_pg: BancoTeste) -> Fabrica:
    feita = marcenaria_de(banco_pg.motor)
    feita.lote("S1", "MESA", 10, "04/12")
    feita.rodar("INSERT INTO previsao_demanda (data_mes, data_ano, cod_produto, qtd_demanda_prevista) VALUES (11, 2026, 'MESA', 50)")
    feita.rodar(
        "INSERT INTO historico_pedidos (num_pedido, data_pedido, cod_produto, qtd_produto_pedido) VALUES ('V1', '2026-11-30', 'MESA', 7)"
    )
    return feita


def sequencia(fabrica: Fabrica) -> object:
    return fabrica.rodar("SELECT last_value, is_called FROM ordem_producao_numero_seq")[0]


def test_planeja_as_duas_partes_e_registra_as_execucoes(fabrica: Fabrica, rodar: Rodar) -> None:
    saida = rodar()
    assert "Demanda realizada: 1 previsão, 1 mudada" in saida
    assert "Ordens sob encomenda: 2 criadas, 0 mudadas, 0 canceladas; 2 abertas ao todo" in saida
    registros = fabrica.rodar("SELECT job_id, status, origem FROM log_integracao ORDER BY id")
    assert [tuple(r) for r in registros] == [("atualizar_demanda", "sucesso", "cli"), ("gerar_ordens_mto", "sucesso", "cli")]
    de_novo = json.loads(rodar("--json"))
    assert (de_novo["codigo"], de_novo["demanda"]["mudadas"], de_novo["mto"]["criadas"], de_novo["mto"]["mudadas"]) == (0, 0, 0, 0)
    assert "Ordens" not in rodar("demanda")


def test_simular_mostra_o_que_seria_criado_e_nao_grava_nem_gasta_numero(fabrica: Fabrica, rodar: Rodar) -> None:
    antes, numeros = fabrica.escritas(), sequencia(fabrica)
    saida = rodar("--simular")
    assert "MESA\t\t(todos)\t50\t0\t7" in saida.replace("11/2026\tMESA\t", "MESA\t\t")
    assert "Seriam criadas 2:" in saida
    assert "MESA\t10\t01/12/2026\t03/12/2026\tlote S1, expedição 04/12/2026" in saida
    assert "TAMPO\t6\t27/11/2026\t30/11/2026\tfilha da nova de MESA" in saida
    assert "Nada foi gravado" in saida
    dados = json.loads(rodar("--simular", "--json"))
    assert dados["simulada"] is True
    assert [o["cod_produto"] for o in dados["mto"]["ordens_criadas"]] == ["MESA", "TAMPO"]
    assert dados["demanda"]["previsoes"][0]["depois"] == "7"
    assert fabrica.escritas() == antes
    assert sequencia(fabrica) == numeros


def test_simular_mostra_antes_e_depois_cancelamentos_e_avisos(fabrica: Fabrica, rodar: Rodar) -> None:
    fabrica.lote("S2", "MESA", 5, "11/12")
    fabrica.planejar()
    fabrica.mudar_lote("S1", qtd=12, expedicao="09/12")
    fabrica.mudar_lote("S2", status="CANCELADO")
    fabrica.lote("S3", "MESA", 2, None)
    antes = fabrica.escritas()
    saida = rodar("mto", "--simular")
    assert "quantidade 10 → 12" in saida
    assert "expedição 04/12/2026 → 09/12/2026" in saida
    assert "PE: " in saida
    assert "o pedido foi cancelado" in saida
    assert "Avisos que se abririam: 1" in saida
    assert "não tem data de expedição" in saida
    dados = json.loads(rodar("mto", "--simular", "--json"))["mto"]
    mudada = next(o for o in dados["ordens_mudadas"] if o["numero_ordem"] == "OP-000001")
    assert mudada["campos"]["qtd_planejada"] == {"antes": "10", "depois": "12"}
    assert dados["ordens_canceladas"][0]["cod_produto"] == "MESA"
    assert fabrica.escritas() == antes
    # a simulação acerta: a rodada faz o que ela disse
    feito = fabrica.planejar().diferenca
    assert (len(feito.criadas), len(feito.mudadas), len(feito.canceladas)) == (
        len(dados["ordens_criadas"]),
        len(dados["ordens_mudadas"]),
        len(dados["ordens_canceladas"]),
    )
    assert (feito.avisos_abertos, feito.avisos_fechados) == (len(dados["avisos_a_abrir"]), len(dados["avisos_a_fechar"]))
    assert "nada mudaria" in rodar("mto", "--simular")


def test_uma_parte_em_curso_nao_impede_a_outra_e_sai_com_5(fabrica: Fabrica, rodar: Rodar) -> None:
    tentativa = execucoes.assumir(fabrica.motor, "gerar_ordens_mto", "gerar_ordens_mto", origem="agenda")
    dados = json.loads(rodar("--json", codigo=5))
    assert dados["demanda"]["mudadas"] == 1
    assert dados["mto"]["erro"]["classe"] == "JobEmExecucao"
    tentativa.terminar("sucesso")
    assert json.loads(rodar("--json"))["mto"]["criadas"] == 2
