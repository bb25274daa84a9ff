"""Falha 26: linha apagada, pedido cancelado, produto da linha trocado, duas linhas de um produto, registros fundidos.

As histórias de cada um estão em tests/fontes (com esta marca), e a máquina de histórias as mistura ao acaso.
"""

from __future__ import annotations

import pytest

from tests.apoio.importacao import Mundo
from tests.fontes.test_pedidos import confirmado

pytestmark = pytest.mark.falha(26)


def test_parceiros_fundidos(mundo: Mundo) -> None:
    """A fusão do Odoo reaponta os pedidos e preços ao que fica e apaga o outro."""
    fica, some = mundo.fornecedor("Aços Ltda", vat="11.111.111/0001-91"), mundo.fornecedor("Acos LTDA.", vat="22.222.222/0001-00")
    p = mundo.produto()
    pedidos = [confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f) for f in (fica, some)]
    for pedido in pedidos:
        mundo.banco.receber(pedido)
    mundo.tudo_certo()
    assert mundo.um("SELECT count(*) FROM lead_time_fornecedor") == 2
    mundo.passar()
    campo = "name" if mundo.banco.antigo else "partner_id"
    with mundo.banco.transacao():
        mundo.banco.escrever("purchase.order", pedidos[1], {"partner_id": fica})
        for preco in mundo.banco.procurar("product.supplierinfo", [[campo, "=", some]]):
            mundo.banco.escrever_cru("product.supplierinfo", preco, {campo: fica})
        for movimento in mundo.banco.procurar("stock.move", [["partner_id", "=", some]]):
            mundo.banco.escrever_cru("stock.move", movimento, {"partner_id": fica})
        mundo.banco.excluir_cru("res.partner", some)
    mundo.tudo_certo()
    assert mundo.sql("SELECT DISTINCT raz_social FROM pedido_compras") == ["Aços Ltda"]
    assert [tuple(x) for x in mundo.sql("SELECT odoo_parceiro_id, entregas FROM lead_time_fornecedor")] == [(fica, 2)]


def test_efeito_no_estoque_desfeito_uma_vez_so(mundo: Mundo) -> None:
    """Um movimento que o Odoo já não tem deixa de valer; importar de novo não o desfaz outra vez."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 5})
    (movimento,) = mundo.banco.receber(pedido)
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.excluir_cru("stock.move", movimento)
    mundo.banco.escrever("purchase.order.line", mundo.banco.linhas_do_pedido(pedido)[0], {"qty_received": 0.0})
    mundo.passar()
    mundo.importar()
    assert mundo.reconciliar().igual
    assert mundo.sql("SELECT 1 FROM movimentacao_estoque") == []
    assert mundo.sql("SELECT acao FROM auditoria") == ["remover"]
    mundo.passar()
    mundo.importar()
    mundo.conferir()
    mundo.sem_novidade()
    assert mundo.sql("SELECT acao FROM auditoria") == ["remover"]


def test_linha_apagada_enquanto_se_le(mundo: Mundo) -> None:
    """Some entre a lista de ids e a leitura: falta na resposta, e não é erro."""
    from app.demo.odoo_simulado.falhas import executar

    p = mundo.produto()
    pedido = mundo.banco.criar_pedido(mundo.fornecedor(), [{"produto": p, "qtd": n} for n in (1, 2, 3)])
    linhas = mundo.banco.linhas_do_pedido(pedido)
    mundo.passar()
    mundo.plano.quando(executar(lambda banco: banco.excluir("purchase.order.line", linhas[1])), modelo="purchase.order.line", metodo="read")
    mundo.importar("cadastros", "pedidos")
    assert mundo.plano.disparadas
    assert mundo.sql("SELECT odoo_id FROM pedido_compras ORDER BY 1") == [linhas[0], linhas[2]]
    mundo.tudo_certo()
