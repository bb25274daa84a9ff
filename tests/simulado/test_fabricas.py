"""As fábricas: forma, tamanho, sementes, e o que elas plantam de difícil."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from app.demo.odoo_simulado import BancoSimulado, envenenar, fabrica_demo, fabrica_media, fabrica_pequena, linhas_no_mesmo_segundo

HOJE = date(2026, 11, 20)


def resumo(b: BancoSimulado) -> dict[str, list[tuple[object, ...]]]:
    """O que tem de ser igual para a mesma semente."""
    return {
        "linhas": [(x["id"], x["product_id"], x["product_qty"], x["price_unit"], x["write_date"]) for x in b.linhas("purchase.order.line")],
        "movimentos": [(x["id"], x["state"], x["product_uom_qty"], x["date"]) for x in b.linhas("stock.move")],
        "ordens": [(x["id"], x["name"], x["state"]) for x in b.linhas("mrp.production")],
    }


@pytest.mark.parametrize("versao", [14, 19])
def test_media_tem_a_forma_de_medio(versao: int) -> None:
    b = fabrica_media(versao)
    quantos = {m: len(b.tabelas[m]) for m in ("product.product", "purchase.order", "purchase.requisition", "purchase.order.line")}
    assert quantos == {"product.product": 2006, "purchase.order": 525, "purchase.requisition": 60, "purchase.order.line": 5318}
    estados = Counter(x["state"] for x in b.linhas("purchase.order"))
    assert estados == {"purchase": 500, "cancel": 13, "draft": 12}
    assert Counter(x["state"] for x in b.linhas("mrp.production")) == {
        "done": 90,
        "confirmed": 80,
        "progress": 30,
        "draft": 20,
        "cancel": 10,
    }
    nomes = {x["name"] for x in b.linhas("mrp.production")}
    assert sum(n.endswith("-001") for n in nomes) == sum(n.endswith("-002") for n in nomes) == 30
    devolucoes = [m for m in b.linhas("stock.move") if m["origin_returned_move_id"] and m["purchase_line_id"]]
    assert len(devolucoes) == 10
    assert any(x["product_qty"] == 0 and x["product_id"] for x in b.linhas("purchase.order.line"))


@pytest.mark.parametrize("versao", [14, 19])
def test_demo(versao: int) -> None:
    b = fabrica_demo(versao, hoje=HOJE)
    linhas = [x for x in b.linhas("purchase.order.line") if x["product_id"]]
    assert len(linhas) >= 3000
    assert sum(len(v) for v in b.ruins.values()) == 25
    assert {"produto sem código", "código repetido", "quantidade absurda", "fornecedor sem CNPJ"} <= set(b.ruins)
    assert sum(x[b.unidade_da_linha] == b.refs["duzia"] for x in linhas) > 100
    secoes = [x for x in b.linhas("purchase.order.line") if x["display_type"]]
    assert {x["display_type"] for x in secoes} == {"line_section", "line_note"}
    gemeas = Counter((x["order_id"], x["product_id"]) for x in linhas)
    assert sum(v > 1 for v in gemeas.values()) > 20
    datas = sorted(x["date_order"] for x in b.linhas("purchase.order"))
    assert datas[0] < "2025-01-01"
    assert datas[-1] <= "2026-11-20 23:59:59"
    assert any(x["backorder_id"] for x in b.linhas("stock.picking"))
    assert {x["state"] for x in b.linhas("mrp.production")} == {"draft", "confirmed", "progress", "done", "cancel"}
    assert len(b.linhas("mrp.unbuild")) > 0
    assert any(q["quantity"] < 0 for q in b.linhas("stock.quant") if q["location_id"] == b.refs["estoque"])


@pytest.mark.parametrize("fabrica", [fabrica_pequena, partial(fabrica_demo, hoje=HOJE)], ids=["pequena", "demo"])
def test_mesma_semente_mesma_fabrica(fabrica: Callable[..., BancoSimulado]) -> None:
    um, dois, outra = fabrica(19), fabrica(19), fabrica(19, semente=99)
    assert resumo(um) == resumo(dois)
    assert resumo(um) != resumo(outra)


def test_saldos_batem_com_os_movimentos() -> None:
    b = fabrica_pequena(14)
    somas: Counter[tuple[int, int]] = Counter()
    for m in b.linhas("stock.move"):
        if m["state"] == "done":
            feito = b.feito_de(m["id"])
            somas[(m["product_id"], m["location_id"])] -= feito  # type: ignore[assignment]
            somas[(m["product_id"], m["location_dest_id"])] += feito  # type: ignore[assignment]
    quants = {(q["product_id"], q["location_id"]): q["quantity"] for q in b.linhas("stock.quant")}
    assert {k: round(v, 4) for k, v in somas.items() if abs(v) > 1e-6} == {k: round(v, 4) for k, v in quants.items()}


def test_dez_mil_no_mesmo_segundo_e_venenos() -> None:
    b = BancoSimulado(19)
    ids = linhas_no_mesmo_segundo(b, 10_000)
    assert len({b.exigir("purchase.order.line", i)["write_date"] for i in ids}) == 1
    assert len(set(ids)) == 10_000
    antes = envenenar(b, ids[::100])
    assert len(antes) == 100
    assert b.exigir("purchase.order.line", ids[0])["product_qty"] == 1e30
    for rid, valores in antes.items():
        b.escrever_cru("purchase.order.line", rid, valores)
    assert b.exigir("purchase.order.line", ids[0])["product_qty"] == 1.0
