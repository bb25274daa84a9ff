"""Produção no simulado: o que a suíte de contrato não cobre (subprodutos, saldos seguidos, recusas)."""

from __future__ import annotations

import pytest

from app.demo.odoo_simulado import BancoSimulado
from app.demo.odoo_simulado.calculados import valor
from app.demo.odoo_simulado.erros import ErroDoOdoo


@pytest.fixture(params=[14, 19])
def banco(request: pytest.FixtureRequest) -> BancoSimulado:
    return BancoSimulado(request.param)


def nova_op(b: BancoSimulado) -> tuple[int, int]:
    mesa, perna = b.criar_produto("Mesa", "M"), b.criar_produto("Perna", "P")
    op = b.criar_op("OP-000016", mesa, 10, b.criar_estrutura(mesa, [(perna, 4)]))
    b.confirmar_op(op)
    return op, mesa


def test_tres_saldos_seguidos(banco: BancoSimulado) -> None:
    op, _ = nova_op(banco)
    for _ in range(2):
        banco.produzir(op, 3)
        saldo = banco.encerrar_op(op, saldo=True)
        assert saldo is not None
        op = saldo
    banco.encerrar_op(op)
    ordens = [(o["name"], o["state"], o["product_qty"]) for o in banco.linhas("mrp.production")]
    assert ordens == [("OP-000016-001", "done", 3.0), ("OP-000016-002", "done", 3.0), ("OP-000016-003", "done", 4.0)]


def test_subproduto_nao_conta_como_produzido(banco: BancoSimulado) -> None:
    op, _ = nova_op(banco)
    retalho = banco.criar_produto("Retalho", "R")
    m = banco.acrescentar_subproduto(op, retalho, 20)
    banco.encerrar_op(op)
    o = banco.exigir("mrp.production", op)
    assert valor(banco, "mrp.production", o, "qty_produced") == 10.0
    assert valor(banco, "mrp.production", o, "move_byproduct_ids") == [m]
    assert banco.feito_de(m) == 20.0


def test_recusas(banco: BancoSimulado) -> None:
    op, mesa = nova_op(banco)
    with pytest.raises(ErroDoOdoo, match="unbuild"):
        banco.desmontar(op, 1)
    banco.encerrar_op(op)
    with pytest.raises(ErroDoOdoo, match="mark as done"):
        banco.encerrar_op(op)
    saldo = {q["location_id"]: q["quantity"] for q in banco.linhas("stock.quant") if q["product_id"] == mesa}
    assert saldo == {banco.refs["estoque"]: 10.0, banco.refs["fabrica"]: -10.0}
