"""Falha 31: quantidade negativa, zero, devolvida, corrigida. O movimento de um stock.move tem sempre a quantidade que o Odoo tem
agora; a devolução é um movimento próprio; a soma é sempre a do Odoo. (Desmontes: tests/fontes/test_apontamentos.py.)"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.apoio.importacao import Mundo
from tests.apoio.oraculo import Oraculo, retrato_do_simulado
from tests.fontes.test_pedidos import confirmado

pytestmark = pytest.mark.falha(31)


def somas_iguais(mundo: Mundo) -> None:
    """A soma dos movimentos de cada produto é a das entradas menos as devoluções feitas no Odoo."""
    esperado, _ = (oraculo := Oraculo(retrato_do_simulado(mundo.banco))).movimentacao(oraculo.pedidos())
    somas: dict[int, Decimal] = {}
    for m in esperado.values():
        somas[m["odoo_produto_id"]] = somas.get(m["odoo_produto_id"], Decimal(0)) + m["qtd_movimentacao"]
    aqui = mundo.sql("SELECT odoo_produto_id, sum(qtd_movimentacao) FROM movimentacao_estoque GROUP BY 1 ORDER BY 1")
    assert [tuple(x) for x in aqui] == sorted(somas.items())


def test_recebe_devolve_corrige_e_devolve_de_novo(mundo: Mundo) -> None:
    """12 recebidos em dúzia; 5 voltam; a entrada é corrigida para 10 e a devolução para 4; voltam mais 6: sobram 0."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 1, "preco": 60, "duzia": True})
    (entrada,) = mundo.banco.receber(pedido)
    mundo.tudo_certo()
    mundo.passar()
    volta = mundo.banco.devolver(entrada, 5)
    mundo.tudo_certo()
    somas_iguais(mundo)
    mundo.passar()
    mundo.banco.corrigir_feito(entrada, 10)
    mundo.banco.corrigir_feito(volta, 4)
    mundo.tudo_certo()
    somas_iguais(mundo)
    mundo.passar()
    mundo.banco.devolver(entrada, 6)
    mundo.tudo_certo()
    somas_iguais(mundo)
    consulta = "SELECT qtd_movimentacao FROM movimentacao_estoque ORDER BY odoo_id"
    assert mundo.sql(consulta) == [10, -4, -6]
    assert mundo.um("SELECT qtd_recebida FROM pedido_compras") == 0
    assert mundo.um("SELECT count(*) FROM auditoria WHERE acao = 'corrigir'") == 2


def test_devolvido_mais_que_o_recebido(mundo: Mundo) -> None:
    """O Odoo deixa: o saldo da linha fica negativo, e é isso que se mostra."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 3})
    (entrada,) = mundo.banco.receber(pedido)
    mundo.passar()
    mundo.banco.devolver(entrada, 5)
    mundo.tudo_certo()
    assert mundo.um("SELECT qtd_recebida FROM pedido_compras") == -2
    somas_iguais(mundo)


def test_quantidade_feita_negativa(mundo: Mundo) -> None:
    """Um feito negativo (uma personalização, um erro) não derruba a página: é rejeitado com o motivo, e o resto entra."""
    p = mundo.produto()
    a, b = (mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": q}))[0] for q in (3, 4))
    mundo.tudo_certo()
    mundo.passar()
    campo = "qty_done" if mundo.banco.antigo else "quantity"
    (detalhe,) = mundo.banco.filhos("stock.move.line", "move_id", a)
    mundo.banco.escrever_cru("stock.move.line", detalhe, {campo: -3.0})
    mundo.banco.escrever_cru("stock.move", a, {} if mundo.banco.antigo else {"quantity": -3.0})
    mundo.banco.corrigir_feito(b, 9)
    mundo.passar()
    mundo.importar("pedidos", "entradas")
    assert mundo.sql("SELECT odoo_id FROM rejeicao_integracao WHERE tipo = 'rejeitada' AND resolvida_em IS NULL") == [a]
    assert mundo.um("SELECT qtd_movimentacao FROM movimentacao_estoque WHERE odoo_id = :i", i=b) == 9
    mundo.banco.escrever_cru("stock.move.line", detalhe, {campo: 3.0})
    mundo.banco.escrever_cru("stock.move", a, {} if mundo.banco.antigo else {"quantity": 3.0})
    mundo.tudo_certo()


def test_fracoes_nao_se_perdem(mundo: Mundo) -> None:
    """0,1 + 0,2 são 0,3 exatos, e um milésimo de tonelada é um quilo."""
    p = mundo.produto()
    for q in (0.1, 0.2):
        mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": q}))
    mundo.tudo_certo()
    assert mundo.um("SELECT sum(qtd_movimentacao) FROM movimentacao_estoque") == Decimal("0.3")
