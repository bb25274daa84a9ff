"""Cadastros que não puderam ser espelhados: as linhas que os citam esperam, e entram (ou se corrigem) quando eles chegam."""

from __future__ import annotations

import pytest

from tests.apoio.importacao import Mundo
from tests.fontes.test_pedidos import confirmado


def rejeitados(mundo: Mundo) -> list[str]:
    return mundo.sql("SELECT DISTINCT odoo_modelo FROM rejeicao_integracao WHERE tipo = 'rejeitada' AND resolvida_em IS NULL ORDER BY 1")


@pytest.mark.falha(27)
@pytest.mark.parametrize("com_outro", [False, True], ids=["espelho vazio", "com outro"])
def test_parceiro_estragado_segura_a_linha_ate_ser_corrigido(mundo: Mundo, com_outro: bool) -> None:
    p, ruim = mundo.produto(), mundo.fornecedor("Forn\x00ecedor")
    mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=ruim))
    bons = []
    if com_outro:
        bons = ["Bom"]
        mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=mundo.fornecedor("Bom")))
    mundo.passar()
    assert mundo.importar()["pedidos"]["rejeitados"] == 1
    assert mundo.sql("SELECT raz_social FROM pedido_compras") == bons
    assert rejeitados(mundo) == ["purchase.order.line", "res.partner"]
    mundo.passar(hours=1)
    mundo.banco.escrever("res.partner", ruim, {"name": "Curado"})
    mundo.tudo_certo()
    assert mundo.sql("SELECT raz_social FROM pedido_compras ORDER BY odoo_id") == ["Curado", *bons]
    assert mundo.um("SELECT count(*) FROM lead_time_fornecedor") == 1 + len(bons)
    assert rejeitados(mundo) == []


@pytest.mark.falha(27)
def test_unidade_estragada_nunca_vale_um(mundo: Mundo) -> None:
    p = mundo.produto()
    mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 1, "preco": 60, "duzia": True}))
    duzia = mundo.banco.refs["duzia"]
    mundo.banco.escrever_cru("uom.uom", duzia, {"name": "Du\x00zia"})
    mundo.passar()
    mundo.importar()
    assert mundo.sql("SELECT 1 FROM pedido_compras") == []
    assert mundo.sql("SELECT qtd_movimentacao FROM movimentacao_estoque WHERE qtd_movimentacao = 1") == []
    assert "uom.uom" in rejeitados(mundo)
    mundo.passar(hours=1)
    mundo.banco.escrever("uom.uom", duzia, {"name": "Dúzia"})
    mundo.tudo_certo()
    assert mundo.um("SELECT preco_produto_pedido FROM pedido_compras") == 5
    assert rejeitados(mundo) == []


@pytest.mark.falha(27)
def test_unidade_estragada_do_produto_segura_o_produto(mundo: Mundo) -> None:
    """A linha está numa unidade boa, mas o produto se conta na estragada: sem o fator dela, qualquer quantidade sairia errada."""
    duzia = mundo.banco.refs["duzia"]
    p = mundo.produto(uom_id=duzia)
    confirmado(mundo, {"produto": p, "qtd": 24, "preco": 5})
    mundo.banco.escrever_cru("uom.uom", duzia, {"name": "Du\x00zia"})
    mundo.passar()
    mundo.importar("pedidos")
    assert mundo.sql("SELECT 1 FROM pedido_compras") == []
    assert mundo.sql("SELECT 1 FROM odoo_produto WHERE odoo_id = :p", p=p) == []
    mundo.passar(hours=1)
    mundo.banco.escrever("uom.uom", duzia, {"name": "Dúzia"})
    mundo.tudo_certo()
    assert mundo.um("SELECT count(*) FROM pedido_compras") == 1


def test_pedidos_que_releem_as_unidades_aplicam_o_fator_novo(mundo19: Mundo) -> None:
    """Uma unidade nova faz o fluxo pedidos ler todas: a dúzia que passou a 10 muda as linhas já guardadas."""
    mundo = mundo19
    p, f = mundo.produto(), mundo.fornecedor()
    confirmado(mundo, {"produto": p, "qtd": 1, "preco": 60, "duzia": True}, parceiro=f)
    mundo.passar()
    mundo.importar()
    duzia = mundo.banco.refs["duzia"]
    mundo.passar(hours=1)
    mundo.banco.escrever("uom.uom", duzia, {"relative_factor": 10.0, "factor": 10.0})
    nova = mundo.banco.criar("uom.uom", {"name": "CX", "factor": 5.0, "relative_factor": 5.0, "active": True})
    (linha,) = mundo.banco.linhas_do_pedido(confirmado(mundo, {"produto": p, "qtd": 1, "preco": 50}, parceiro=f))
    mundo.banco.escrever_cru("purchase.order.line", linha, {"product_uom_id": nova})
    mundo.passar()
    mundo.importar("pedidos")
    assert mundo.um("SELECT preco_produto_pedido FROM pedido_compras WHERE odoo_unidade_id = :d", d=duzia) == 6
    mundo.importar()
    mundo.conferir()
