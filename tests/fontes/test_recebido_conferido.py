"""A conferência compara o nosso recebido com o qty_received do Odoo, também onde ele é a soma de movimentos."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.apoio.importacao import Mundo
from tests.fontes.test_pedidos import confirmado

pytestmark = pytest.mark.falha(31)
RECEBIDAS = "SELECT qtd_recebida FROM pedido_compras ORDER BY odoo_id"


def test_recebido_errado_aparece_e_se_corrige(mundo: Mundo) -> None:
    """Um movimento que nunca chegou: os dois lados da importação concordam, e o total do Odoo diz que falta."""
    mundo.banco.receber(confirmado(mundo, {"produto": mundo.produto(), "qtd": 10}))
    mundo.passar()
    mundo.importar()
    mundo.sql("UPDATE pedido_compras SET qtd_recebida = 4")
    mundo.passar()
    feita = mundo.reconciliar()
    assert [(d.tipo, d.campo, d.la, d.aqui) for c in feita.achado for d in c.diferencas] == [("difere", "recebida", 10, 4)]
    assert feita.igual
    assert mundo.sql(RECEBIDAS) == [10]


def test_arredondamento_do_odoo_nao_e_diferenca(mundo: Mundo) -> None:
    """7 peças de uma dúzia: o Odoo guarda 0,58 ou 0,59 dúzia, isto é, 6,96 ou 7,08 peças; nós, 7."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 1, "duzia": True})
    (linha,) = mundo.banco.linhas_do_pedido(pedido)
    mundo.banco.receber(pedido, {linha: 7.0})
    mundo.passar()
    mundo.importar()
    assert mundo.sql(RECEBIDAS) == [7]
    mundo.passar()
    feita = mundo.reconciliar()
    assert [d for c in feita.achado for d in c.diferencas] == []
    mundo.sql("UPDATE pedido_compras SET qtd_recebida = 8")
    assert [d.campo for c in mundo.reconciliar().achado for d in c.diferencas] == ["recebida"]


def test_devolucao_que_o_odoo_nao_desconta(mundo: Mundo) -> None:
    """Devolvidas 3 sem «atualizar quantidades»: o Odoo diz 10 recebidas, e nós, as 7 que ficaram."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 10})
    (linha,) = mundo.banco.linhas_do_pedido(pedido)
    (movimento,) = mundo.banco.receber(pedido)
    mundo.banco.escrever_cru("stock.move", mundo.banco.devolver(movimento, 3), {"to_refund": False})
    mundo.banco.recalcular_recebido(linha)
    mundo.passar()
    mundo.importar()
    assert mundo.sql(RECEBIDAS) == [7]
    mundo.passar()
    assert [d for c in mundo.reconciliar().achado for d in c.diferencas] == []


def test_fora_do_alcance_tambem_se_confere(mundo: Mundo) -> None:
    """Pedido de três anos atrás, com uma devolução de hoje: recebido 95 lá, 95 aqui."""
    hoje = mundo.relogio()
    mundo.relogio.acertar(hoje - timedelta(days=1000))
    (movimento,) = mundo.banco.receber(confirmado(mundo, {"produto": mundo.produto(), "qtd": 100}))
    mundo.relogio.acertar(hoje)
    mundo.passar()
    mundo.importar()
    mundo.passar(hours=2)
    mundo.banco.devolver(movimento, 5)
    mundo.passar()
    mundo.importar()
    mundo.sql("UPDATE pedido_compras SET qtd_recebida = -5")
    mundo.passar()
    feita = mundo.reconciliar()
    assert [(d.campo, d.la, d.aqui) for c in feita.achado for d in c.diferencas] == [("recebida", 95, -5)]
    assert mundo.sql(RECEBIDAS) == [95]
