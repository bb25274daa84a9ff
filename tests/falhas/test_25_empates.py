"""Falha 25: dez mil linhas com o write_date no mesmo segundo: nenhuma é pulada, e nada gira para sempre."""

from __future__ import annotations

import pytest

from app.demo.odoo_simulado import linhas_no_mesmo_segundo
from tests.apoio.importacao import FONTES, CercaFatal, Morte, Mundo

pytestmark = pytest.mark.falha(25)
LINHAS = 10_000


def test_dez_mil_no_mesmo_segundo(mundo19: Mundo) -> None:
    """Lidas em páginas de 1.500, com uma morte no meio; depois todas mudam, de novo no mesmo segundo."""
    mundo = mundo19
    ids = linhas_no_mesmo_segundo(mundo.banco, LINHAS)
    mundo.passar()
    with pytest.raises(Morte):
        mundo.importar("pedidos", cerca=CercaFatal(depois_da_pagina=3), pagina=1_500)
    assert mundo.importar("pedidos", pagina=1_500)["pedidos"]["novas"] == LINHAS - 4_500
    assert mundo.sql("SELECT odoo_id FROM pedido_compras ORDER BY 1") == ids
    mundo.passar()
    with mundo.banco.transacao():
        for i in ids:
            mundo.banco.escrever_cru("purchase.order.line", i, {"price_unit": float(i + 100)})
    mundo.passar()
    feito = mundo.importar("pedidos", pagina=1_500)["pedidos"]
    assert (feito["mudadas"], feito["novas"]) == (LINHAS, 0)
    assert mundo.um("SELECT count(*) FROM pedido_compras WHERE preco_produto_pedido = odoo_id + 100") == LINHAS
    mundo.importar(*(f for f in FONTES if f != "pedidos"))
    mundo.conferir()
    mundo.passar()
    assert mundo.importar("pedidos")["pedidos"]["lidos"] == 0


def test_linha_nova_no_segundo_ja_lido(mundo: Mundo) -> None:
    """Chega mais uma com o mesmo segundo do cursor: o `>=` a vê (na 19, `>` pularia o resto do segundo)."""
    instante = mundo.relogio()
    with mundo.banco.transacao(inicio=instante):
        p, f = mundo.produto(), mundo.fornecedor()
        mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}])
    mundo.passar()
    mundo.importar()
    mundo.mudancas_config["odoo_sobreposicao"] = "0"
    with mundo.banco.transacao(inicio=instante):
        mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 2}])
    mundo.importar()
    mundo.conferir()
    assert mundo.um("SELECT count(*) FROM pedido_compras") == 2
