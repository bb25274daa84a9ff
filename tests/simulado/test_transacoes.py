"""Transações do banco simulado: tudo ou nada, visível só ao sair, com o write_date do começo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.demo.odoo_simulado import BancoSimulado, RelogioSimulado

INICIO = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(params=[14, 19])
def banco(request: pytest.FixtureRequest) -> BancoSimulado:
    return BancoSimulado(request.param, relogio=RelogioSimulado(INICIO, parado=True))


def test_ato_move_com_o_inicio_da_transacao(banco: BancoSimulado) -> None:
    f = banco.criar_parceiro("Fornecedor")
    assert isinstance(banco.relogio, RelogioSimulado)
    with banco.transacao():
        banco.escrever("res.partner", f, {"name": "Outro"})
        banco.relogio.avancar(timedelta(minutes=5))
        banco.escrever("res.partner", f, {"ref": "x"})
    assert banco.exigir("res.partner", f)["write_date"] == "2026-03-02 12:00:00.123456"


def test_o_que_falha_nao_fica(banco: BancoSimulado) -> None:
    f = banco.criar_parceiro("Fornecedor")
    with pytest.raises(LookupError), banco.transacao():
        banco.escrever("res.partner", [f, 999_999], {"name": "Outro"})  # o segundo não existe
    assert banco.exigir("res.partner", f)["name"] == "Fornecedor"


def test_transacao_tardia_aparece_no_passado(banco: BancoSimulado) -> None:
    a, b = banco.criar_parceiro("A"), banco.criar_parceiro("B")
    with banco.transacao(inicio=INICIO - timedelta(minutes=3)):
        banco.escrever("res.partner", a, {"name": "A tardio"})
        assert banco.tabelas["res.partner"][a]["name"] == "A"  # o que outro processo vê
        with banco.transacao(independente=True):
            banco.escrever("res.partner", b, {"name": "B depressa"})
        assert banco.tabelas["res.partner"][b]["name"] == "B depressa"
    linha = banco.exigir("res.partner", a)
    assert (linha["name"], linha["write_date"]) == ("A tardio", "2026-03-02 11:57:00.123456")


def test_segurar_e_publicar(banco: BancoSimulado) -> None:
    a = banco.criar_parceiro("A")
    demorada = banco.segurar(inicio=INICIO - timedelta(hours=1))
    with demorada:
        banco.escrever("res.partner", a, {"name": "demorado"})
        novo = banco.criar_parceiro("Criado na demorada")
    banco.escrever("res.partner", a, {"ref": "depressa"})
    assert banco.linha("res.partner", novo) is None
    demorada.publicar()
    linha = banco.exigir("res.partner", a)
    assert (linha["name"], linha["ref"], linha["write_date"][:13]) == ("demorado", "depressa", "2026-03-02 11")
    assert banco.exigir("res.partner", novo)["create_date"].startswith("2026-03-02 11:00")


def test_one2many_segue_a_transacao(banco: BancoSimulado) -> None:
    f, p = banco.criar_parceiro("F"), banco.criar_produto("P")
    pedido = banco.criar_pedido(f, [{"produto": p, "qtd": 1}])
    demorada = banco.segurar()
    with demorada:
        nova = banco.acrescentar_linha(pedido, {"produto": p, "qtd": 2})
        assert nova in banco.linhas_do_pedido(pedido)
    assert nova not in banco.linhas_do_pedido(pedido)
    demorada.publicar()
    assert nova in banco.linhas_do_pedido(pedido)


def test_escrever_cru_aceita_veneno(banco: BancoSimulado) -> None:
    f, p = banco.criar_parceiro("F"), banco.criar_produto("P")
    linha = banco.linhas_do_pedido(banco.criar_pedido(f, [{"produto": p, "qtd": 1}]))[0]
    banco.escrever_cru("purchase.order.line", linha, {"product_qty": 1e30, "name": "a\x00b"}, mover=False)
    assert banco.exigir("purchase.order.line", linha)["product_qty"] == 1e30
