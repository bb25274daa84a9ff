"""Janelas e alcance: o que um período relido, um histórico maior, uma empresa nova e o passado de um pedido não podem perder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.apoio.importacao import CercaFatal, Morte, Mundo
from tests.fontes.test_pedidos import confirmado


def test_reler_um_periodo_no_meio_da_primeira_nao_perde_o_resto(mundo: Mundo) -> None:
    p, f = mundo.produto(), mundo.fornecedor()
    for _ in range(6):
        confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f)
    mundo.passar(days=40)
    with pytest.raises(Morte):
        mundo.importar("pedidos", cerca=CercaFatal(depois_da_pagina=1), pagina=2)
    mundo.passar(days=1)
    confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f)
    mundo.passar()
    mundo.importar("pedidos", desde=mundo.relogio().date())
    mundo.passar()
    mundo.importar("pedidos")
    assert mundo.um("SELECT count(*) FROM pedido_compras") == 7


def test_reler_um_periodo_recente_nao_pula_o_que_veio_antes(mundo: Mundo) -> None:
    p, f = mundo.produto(), mundo.fornecedor()
    confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f)
    mundo.passar()
    mundo.importar()
    for qtd in (2, 3):
        mundo.passar(days=5)
        confirmado(mundo, {"produto": p, "qtd": qtd}, parceiro=f)
    mundo.passar()
    mundo.importar(desde=mundo.relogio().date())
    assert mundo.um("SELECT count(*) FROM pedido_compras") == 3


def test_historico_maior_nao_perde_o_que_so_mudou_no_cabecalho(mundo: Mundo) -> None:
    p, f = mundo.produto(), mundo.fornecedor()
    hoje = mundo.relogio()
    mundo.relogio.acertar(hoje - timedelta(days=500))
    mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f, name="VELHO"))
    mundo.relogio.acertar(hoje)
    a = confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f, name="A")
    mundo.mudancas_config["odoo_historico_meses"] = "6"
    mundo.passar()
    mundo.importar()
    mundo.passar(hours=3)
    mundo.banco.escrever("purchase.order", a, {"name": "A-NOVO"})
    mundo.passar(hours=3)
    confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f, name="C")
    mundo.mudancas_config["odoo_historico_meses"] = "120"
    mundo.passar()
    mundo.importar()
    assert set(mundo.sql("SELECT num_pedido FROM pedido_compras")) == {"VELHO", "A-NOVO", "C"}
    mundo.conferir()


def test_empresa_nova_nao_perde_o_que_so_mudou_no_cabecalho_das_outras(mundo: Mundo) -> None:
    p, f = mundo.produto(), mundo.fornecedor()
    a = confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f, name="A")
    mundo.passar()
    mundo.importar()
    mundo.passar(hours=3)
    mundo.banco.escrever("purchase.order", a, {"name": "A-NOVO"})
    mundo.passar(hours=3)
    confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f, name="C")
    mundo.banco.criar_empresa("Filial")
    mundo.passar()
    mundo.importar()
    assert "A-NOVO" in mundo.sql("SELECT num_pedido FROM pedido_compras")
    mundo.conferir()


def test_devolucao_de_hoje_de_um_pedido_anterior_ao_corte(mundo: Mundo) -> None:
    """Recebidos 100 há três anos, devolvidos 5 hoje: são 95, e não −5."""
    p, f = mundo.produto(), mundo.fornecedor()
    hoje = mundo.relogio()
    mundo.relogio.acertar(hoje - timedelta(days=1000))
    (movimento,) = mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 100}, parceiro=f))
    mundo.relogio.acertar(hoje)
    mundo.passar()
    mundo.importar()
    assert mundo.um("SELECT count(*) FROM pedido_compras") == 0
    mundo.passar(hours=2)
    mundo.banco.devolver(movimento, 5)
    mundo.passar()
    mundo.importar()
    assert mundo.um("SELECT qtd_recebida FROM pedido_compras") == 95
    mundo.passar()
    assert mundo.reconciliar().igual


def test_pedido_antigo_recebido_e_devolvido_guarda_a_data_da_entrega(mundo19: Mundo) -> None:
    p, f = mundo19.produto(), mundo19.fornecedor()
    hoje = mundo19.relogio()
    mundo19.relogio.acertar(hoje - timedelta(days=1000))
    (movimento,) = mundo19.banco.receber(confirmado(mundo19, {"produto": p, "qtd": 10}, parceiro=f))
    mundo19.banco.devolver(movimento, 10)
    mundo19.relogio.acertar(hoje)
    mundo19.passar()
    mundo19.importar()
    assert all(entrega is not None for entrega in mundo19.sql("SELECT data_pedido_entrega FROM pedido_compras"))


def test_servico_antigo_recebido_em_parte_ainda_esta_aberto(mundo14: Mundo) -> None:
    hoje = mundo14.relogio()
    mundo14.relogio.acertar(hoje - timedelta(days=1000))
    p, f = mundo14.produto("S1", servico=True), mundo14.fornecedor()
    pedido = confirmado(mundo14, {"produto": p, "qtd": 10}, parceiro=f, name="SERV")
    (linha,) = mundo14.banco.linhas_do_pedido(pedido)
    mundo14.banco.escrever("purchase.order.line", linha, {"qty_received_manual": 3.0, "qty_received": 3.0})
    mundo14.relogio.acertar(hoje)
    mundo14.passar()
    mundo14.importar()
    assert mundo14.sql("SELECT num_pedido FROM pedido_compras") == ["SERV"]


def test_linha_que_volta_a_aparecer_e_lida_de_novo(mundo19: Mundo) -> None:
    p, f = mundo19.produto(), mundo19.fornecedor()
    pedido = mundo19.banco.criar_pedido(f, [{"produto": p, "qtd": 1}, {"produto": p, "qtd": 2}], name="A")
    mundo19.passar()
    mundo19.importar()
    linha = mundo19.banco.linhas_do_pedido(pedido)[0]
    mundo19.sql("UPDATE pedido_compras SET odoo_excluida = true, status_odoo = 'excluida' WHERE odoo_id = :i", i=linha)
    mundo19.passar(hours=1)
    mundo19.banco.escrever("purchase.order", pedido, {"name": "A2"})
    mundo19.passar()
    mundo19.importar()
    assert "excluida" not in mundo19.sql("SELECT status_odoo FROM pedido_compras")


def test_nome_de_pedido_ilegivel_no_xml_do_14_custa_so_as_linhas_dele(mundo14: Mundo) -> None:
    mundo14.mudancas_config["odoo_protocolo"] = "xmlrpc"
    p, f = mundo14.produto(), mundo14.fornecedor()
    confirmado(mundo14, {"produto": p, "qtd": 1}, parceiro=f, name="BOM")
    ruim = confirmado(mundo14, {"produto": p, "qtd": 1}, parceiro=f, name="RUIM\x0b")
    mundo14.passar()
    assert mundo14.importar("pedidos")["pedidos"]["rejeitados"] == 1
    assert mundo14.sql("SELECT num_pedido FROM pedido_compras") == ["BOM"]
    mundo14.banco.escrever("purchase.order", ruim, {"name": "CURADO"})
    mundo14.passar()
    mundo14.importar("pedidos")
    assert sorted(mundo14.sql("SELECT num_pedido FROM pedido_compras")) == ["BOM", "CURADO"]


def test_nome_de_empresa_ilegivel_no_xml_do_14_nao_para_a_sessao(mundo14: Mundo) -> None:
    mundo14.mudancas_config["odoo_protocolo"] = "xmlrpc"
    p, f = mundo14.produto(), mundo14.fornecedor()
    confirmado(mundo14, {"produto": p, "qtd": 1}, parceiro=f, name="BOM")
    mundo14.banco.escrever_cru("res.company", 1, {"name": "x\x0b"})
    mundo14.passar()
    mundo14.importar("pedidos")
    assert mundo14.sql("SELECT num_pedido FROM pedido_compras") == ["BOM"]
