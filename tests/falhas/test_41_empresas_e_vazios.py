"""Falha 41: segunda empresa, many2one vazio, estado desconhecido. A empresa está em cada chave; o desconhecido é guardado e mostrado.

As histórias de cada um estão em tests/fontes (test_empresas, test_pedidos, test_requisicoes, test_estoque); aqui, todos juntos.
"""

from __future__ import annotations

import pytest

from tests.apoio.importacao import Mundo
from tests.fontes.test_pedidos import confirmado

pytestmark = pytest.mark.falha(41)


def test_tudo_que_pode_faltar_falta(mundo: Mundo) -> None:
    """Cada many2one que o Odoo deixa vazio, vazio; estados que não conhecemos; uma empresa a mais: as linhas entram todas."""
    b, p, f = mundo.banco, mundo.produto(), mundo.fornecedor()
    filial = b.criar_empresa("Filial")
    for empresa in (1, filial):
        req = b.criar_requisicao([{"produto": p, "qtd": 1}], fornecedor=f, company_id=empresa)
        pedido = confirmado(mundo, {"produto": p, "qtd": 2}, parceiro=f, company_id=empresa, requisition_id=req)
        (movimento,) = b.receber(pedido)
        b.escrever_cru("purchase.requisition", req, {"user_id": False, "state": "estado_novo"})
        b.escrever_cru("purchase.order", pedido, {"requisition_id": False, "currency_id": False, "state": "outro_estado"})
        b.escrever_cru("purchase.order.line", b.linhas_do_pedido(pedido)[0], {"date_planned": False})
        b.escrever_cru("stock.move", movimento, {"picking_id": False, "reference": False})
        for rid in b.procurar("purchase.requisition.line", [["requisition_id", "=", req]]):
            b.escrever_cru("purchase.requisition.line", rid, {"product_uom_id": False})
    mundo.tudo_certo()
    assert mundo.sql("SELECT DISTINCT status_odoo FROM pedido_compras") == ["outro_estado"]
    assert mundo.sql("SELECT DISTINCT odoo_estado FROM requisicao_compras") == ["estado_novo"]
    for tabela in ("pedido_compras", "requisicao_compras", "movimentacao_estoque", "lead_time_fornecedor"):
        assert mundo.sql(f"SELECT empresa_id FROM {tabela} ORDER BY 1") == [1, filial], tabela
    assert mundo.sql("SELECT 1 FROM rejeicao_integracao WHERE tipo = 'rejeitada'") == []
