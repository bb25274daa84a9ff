"""Apontamentos: quantas chamadas, a interrupção em qualquer ponto, a releitura, a simulação, e a regra do estado sem banco."""

from __future__ import annotations

from datetime import date

import pytest

from app.manufatura.fontes.familias import Familia, destino
from app.manufatura.services import ordens
from app.manufatura.services.ordens import Status
from tests.apoio.importacao import CercaFatal, Morte, Mundo, retrato_xmin
from tests.fontes.mesas import Fabrica


@pytest.fixture
def fabrica(mundo: Mundo) -> Fabrica:
    return Fabrica(mundo)


# --- chamadas, interrupção, releitura ---------------------------------------------------------------------------------------------


def chamadas(fabrica: Fabrica) -> int:
    fabrica.mundo.passar()
    return int(fabrica.mundo.importar("apontamentos")["apontamentos"]["chamadas"])


def test_sem_ordem_nossa_nao_pergunta_nada(fabrica: Fabrica) -> None:
    fabrica.feita("OP-000001")
    assert chamadas(fabrica) == 0


def test_chamadas_nao_crescem_com_as_ordens(fabrica: Fabrica) -> None:
    fabrica.ordem(1)
    fabrica.feita("OP-000001")
    primeiras = chamadas(fabrica)
    assert chamadas(fabrica) == 2
    for numero in range(2, 42):
        fabrica.ordem(numero)
        if numero % 2:
            fabrica.feita(f"OP-{numero:06d}")
    segundas = chamadas(fabrica)
    assert segundas <= primeiras + 2
    assert chamadas(fabrica) == 2
    for op in [o["id"] for o in fabrica.banco.linhas("mrp.production")]:
        fabrica.banco.desmontar(op, 1)
    assert chamadas(fabrica) <= 4  # as duas, as desmontagens e os movimentos delas
    assert chamadas(fabrica) == 2


@pytest.mark.falha(1)
def test_morto_em_qualquer_ponto_o_resultado_e_o_mesmo(mundo19: Mundo) -> None:
    """Morto antes de cada commit e depois de cada página, a execução seguinte deixa tudo como se nada fosse."""
    fabrica = Fabrica(mundo19)
    for numero in (1, 2, 3):
        fabrica.ordem(numero)
    op = fabrica.op("OP-000001")
    fabrica.banco.produzir(op, 4)
    fabrica.banco.encerrar_op(op, saldo=True)
    fabrica.banco.desmontar(fabrica.feita("OP-000002"), 2)
    fabrica.feita("OP-000003")
    esperado = [("Em Produção", 4), ("Concluída", 8), ("Concluída", 10)]
    mortes = 0
    for ponto in range(1, 60):
        antes = mortes
        for cerca in (CercaFatal(na_transacao=ponto), CercaFatal(depois_da_pagina=ponto)):
            _esquecer_tudo(mundo19)
            mundo19.passar()
            try:
                mundo19.importar("apontamentos", cerca=cerca)
            except Morte:
                mortes += 1
            fabrica.importar()
            assert [fabrica.estado(n) for n in (1, 2, 3)] == esperado, ponto
            assert len(mundo19.sql("SELECT 1 FROM movimentacao_estoque")) == 4
        if mortes == antes:
            break
    assert mortes >= 8
    mundo19.sem_novidade("apontamentos")


def _esquecer_tudo(mundo: Mundo) -> None:
    """As ordens como recém-criadas, e nada do Odoo guardado."""
    mundo.sql("DELETE FROM movimentacao_estoque")
    for nome in ("odoo_op", "odoo_movimento", "cursor_integracao"):
        mundo.sql(f"DELETE FROM {nome}")
    mundo.sql(
        "UPDATE ordem_producao SET status = 'Liberada', qtd_produzida = 0, data_inicio_real = NULL, data_fim_real = NULL,"
        " odoo_id = NULL, odoo_procurada_em = NULL"
    )


def test_reler_um_periodo_acerta_o_que_se_perdeu_e_nao_move_o_cursor(fabrica: Fabrica) -> None:
    fabrica.ordem(1)
    fabrica.feita("OP-000001")
    fabrica.importar()
    fabrica.mundo.passar(days=3)
    fabrica.importar()
    fabrica.mundo.sql("UPDATE odoo_movimento SET quantidade = 1, qtd = 1 WHERE fonte = 'apontamentos'")
    fabrica.mundo.sql("UPDATE movimentacao_estoque SET qtd_movimentacao = 1")
    antes = fabrica.mundo.cursor("apontamentos")
    fabrica.importar()
    assert fabrica.movimentos(1) == [("PRODUCAO", "M1", 1)]
    fabrica.mundo.importar("apontamentos", desde=date(2026, 11, 20))
    assert fabrica.movimentos(1) == [("PRODUCAO", "M1", 10)]
    assert fabrica.estado(1) == ("Concluída", 10)
    assert fabrica.mundo.cursor("apontamentos").cursor >= antes.cursor


def test_simulacao_nao_escreve(fabrica: Fabrica) -> None:
    from app.manufatura.fontes import apontamentos, sessao

    fabrica.ordem(1)
    fabrica.feita("OP-000001")
    fabrica.mundo.passar()
    antes = retrato_xmin(fabrica.mundo.motor)
    with fabrica.mundo.motor.connect() as conexao, conexao.begin() as transacao:
        with sessao.abrir(fabrica.mundo.config, fabrica.mundo.motor, fabrica.mundo.nosso_relogio(), simulada=conexao) as contexto:
            contagem = apontamentos.importar(contexto)
        transacao.rollback()
    assert contagem.novas == 2
    assert retrato_xmin(fabrica.mundo.motor) == antes


# --- a regra, sem banco -----------------------------------------------------------------------------------------------------------


def _familia(membros: int, feitas: int = 0, canceladas: int = 0, andamento: int = 0, produziu: bool = False) -> Familia:
    return Familia(membros, feitas, canceladas, andamento, produziu)


@pytest.mark.parametrize(
    ("atual", "familia", "esperado"),
    [
        (Status.LIBERADA, _familia(0), None),
        (Status.LIBERADA, _familia(1), None),
        (Status.LIBERADA, _familia(1, canceladas=1), None),
        (Status.LIBERADA, _familia(1, andamento=1), Status.EM_PRODUCAO),
        (Status.LIBERADA, _familia(2, feitas=1, produziu=True), Status.EM_PRODUCAO),
        (Status.LIBERADA, _familia(2, feitas=1), None),
        (Status.LIBERADA, _familia(2, feitas=1, canceladas=1), Status.CONCLUIDA),
        (Status.PLANEJADA, _familia(1, feitas=1, produziu=True), Status.CONCLUIDA),
        (Status.EM_PRODUCAO, _familia(1), None),
        (Status.EM_PRODUCAO, _familia(1, andamento=1), None),
        (Status.CONCLUIDA, _familia(1, feitas=1), None),
        (Status.CONCLUIDA, _familia(2, feitas=1), Status.EM_PRODUCAO),
        (Status.CONCLUIDA, _familia(1), None),
        (Status.CONCLUIDA, _familia(1, canceladas=1), None),
        (Status.CANCELADA, _familia(1, feitas=1, produziu=True), None),
    ],
)
def test_destino(atual: Status, familia: Familia, esperado: Status | None) -> None:
    assert destino(atual, familia) is esperado


def test_estados_do_codigo_sao_os_do_banco() -> None:
    from app.manufatura.tabelas.producao import STATUS_ORDEM

    assert tuple(ordens.Status) == STATUS_ORDEM
