"""Volumes e venenos a pedido: milhares de linhas no mesmo segundo, e linhas que nenhum importador consegue guardar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.demo.odoo_simulado.banco import BancoSimulado

# o que cada veneno escreve na linha de pedido (o motivo da rejeição é um por caso)
VENENOS: tuple[dict[str, Any], ...] = (
    {"product_qty": 1e30, "product_uom_qty": 1e30},
    {"price_unit": math.nan},
    {"product_qty": math.inf, "product_uom_qty": math.inf},
    {"date_planned": "9999-99-99 99:99:99"},
    {"order_id": False},
)


def linhas_no_mesmo_segundo(
    banco: BancoSimulado, quantas: int = 10_000, *, por_pedido: int = 500, instante: datetime | None = None
) -> list[int]:
    """Cria `quantas` linhas de pedido confirmado, todas com o write_date no mesmo segundo (uma transação só); devolve os ids."""
    with banco.transacao(inicio=instante or banco.relogio()):
        fornecedor = banco.criar_parceiro("Fornecedor de volume", country_id=banco.refs["brasil"])
        produtos = [banco.criar_produto(f"Item de volume {i:03d}", f"VOL{i:03d}") for i in range(50)]
        ids: list[int] = []
        data = banco.agora_texto()
        campos = ("company_id", "partner_id", "currency_id")
        for inicio in range(0, quantas, por_pedido):
            pedido = banco.criar_pedido(fornecedor, [])
            banco.escrever_cru("purchase.order", pedido, {"state": "purchase", "date_approve": data, "date_planned": data})
            cabeca = banco.exigir("purchase.order", pedido)
            comuns: dict[str, Any] = {c: cabeca[c] for c in campos}
            comuns.update(order_id=pedido, date_planned=data, qty_received_method="stock_moves", sequence=10)
            comuns[banco.unidade_da_linha] = banco.refs["unidade"]
            if banco.antigo:
                comuns["state"] = "purchase"
            ids += [
                banco.inserir_cru("purchase.order.line", {**comuns, **_linha_de_volume(i), "product_id": produtos[i % 50]})
                for i in range(inicio, min(inicio + por_pedido, quantas))
            ]
        return ids


def _linha_de_volume(i: int) -> dict[str, Any]:
    qtd = float(1 + i % 97)
    return {"name": f"Linha {i}", "product_qty": qtd, "product_uom_qty": qtd, "price_unit": 1.0 + i % 13}


def envenenar(banco: BancoSimulado, linhas: Sequence[int], *, modelo: str = "purchase.order.line") -> dict[int, dict[str, Any]]:
    """Estraga as linhas dadas, um veneno de cada vez; devolve id → valores de antes (para curar com `escrever_cru`)."""
    antes: dict[int, dict[str, Any]] = {}
    with banco.transacao():
        for i, rid in enumerate(linhas):
            veneno = VENENOS[i % len(VENENOS)]
            linha = banco.exigir(modelo, rid)
            antes[rid] = {c: linha[c] for c in veneno}
            banco.escrever_cru(modelo, rid, veneno)
    return antes
