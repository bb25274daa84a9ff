"""Entradas e devoluções: uma linha por stock.move feito, com a quantidade que o Odoo tem agora."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.apoio.importacao import Mundo
from tests.fontes.test_pedidos import confirmado


def movimentos(mundo: Mundo) -> list[tuple[Any, ...]]:
    consulta = "SELECT tipo_movimentacao, cod_produto, qtd_movimentacao FROM movimentacao_estoque ORDER BY odoo_id"
    return [tuple(x) for x in mundo.sql(consulta)]


def ignorados(mundo: Mundo) -> list[tuple[Any, ...]]:
    consulta = "SELECT odoo_id, motivo FROM rejeicao_integracao WHERE tipo = 'ignorada' AND resolvida_em IS NULL ORDER BY odoo_id"
    return [tuple(x) for x in mundo.sql(consulta)]


def test_recebimento_em_duas_partes(mundo: Mundo) -> None:
    """10 pedidos: 4 hoje e 6 depois de amanhã, em duas guias; a entrega é a da primeira."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 10})
    (linha,) = mundo.banco.linhas_do_pedido(pedido)
    mundo.banco.receber(pedido, {linha: 4})
    mundo.tudo_certo()
    mundo.passar(days=2)
    mundo.banco.receber(pedido)
    mundo.tudo_certo()
    assert movimentos(mundo) == [("ENTRADA_COMPRA", "A1", 4), ("ENTRADA_COMPRA", "A1", 6)]
    achada = mundo.um("SELECT * FROM pedido_compras")
    assert (achada.qtd_recebida, achada.data_pedido_entrega) == (10, date(2026, 11, 24))
    entrada = mundo.sql("SELECT * FROM movimentacao_estoque ORDER BY odoo_id")[0]
    assert entrada.num_pedido == achada.num_pedido
    assert entrada.pedido_compras_id == achada.id
    assert (entrada.origem, entrada.usuario, entrada.data_movimentacao) == ("Odoo", "Sistema", datetime(2026, 11, 24, 15, tzinfo=UTC))
    assert entrada.referencia.startswith("WH/IN/")


@pytest.mark.falha(31)
def test_devolucao_e_movimento_proprio(mundo: Mundo) -> None:
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 10})
    (entrada,) = mundo.banco.receber(pedido)
    mundo.passar(days=1)
    mundo.banco.devolver(entrada, 3)
    mundo.tudo_certo()
    assert movimentos(mundo) == [("ENTRADA_COMPRA", "A1", 10), ("DEVOLUCAO_COMPRA", "A1", -3)]
    assert mundo.um("SELECT qtd_recebida FROM pedido_compras") == 7
    assert mundo.um("SELECT qtd FROM posicao_estoque") == 7
    assert mundo.um("SELECT sum(qtd_movimentacao) FROM movimentacao_estoque") == 7


@pytest.mark.falha(31)
def test_quantidade_feita_corrigida(mundo: Mundo) -> None:
    """A correção muda o mesmo movimento, e o valor antigo fica na auditoria."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 10})
    (entrada,) = mundo.banco.receber(pedido)
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.corrigir_feito(entrada, 8)
    mundo.tudo_certo()
    assert movimentos(mundo) == [("ENTRADA_COMPRA", "A1", 8)]
    assert mundo.um("SELECT qtd_recebida FROM pedido_compras") == 8
    antes, depois = mundo.um("SELECT antes->>'qtd_movimentacao', depois->>'qtd_movimentacao' FROM auditoria")
    assert (Decimal(antes), Decimal(depois)) == (Decimal(10), Decimal(8))


@pytest.mark.falha(31)
def test_quantidade_feita_zero(mundo: Mundo) -> None:
    """Corrigir a zero deixa um movimento de zero, e o pedido sem nada recebido (mas a entrega que houve fica)."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 10})
    (entrada,) = mundo.banco.receber(pedido)
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.corrigir_feito(entrada, 0)
    mundo.tudo_certo()
    assert movimentos(mundo) == [("ENTRADA_COMPRA", "A1", 0)]
    assert mundo.um("SELECT qtd_recebida FROM pedido_compras") == 0


@pytest.mark.falha(31)
def test_devolucao_que_o_19_abre_sozinho(mundo19: Mundo) -> None:
    """Baixar a linha para menos que o recebido abre uma devolução sem origin_returned_move_id: vale pela direção."""
    pedido = confirmado(mundo19, {"produto": mundo19.produto(), "qtd": 10})
    mundo19.banco.receber(pedido)
    (linha,) = mundo19.banco.linhas_do_pedido(pedido)
    mundo19.passar()
    mundo19.banco.mudar_linha(linha, product_qty=6.0)
    (volta,) = mundo19.banco.movimentos([["purchase_line_id", "=", linha], ["state", "!=", "done"]])
    mundo19.banco.validar_guia(mundo19.banco.exigir("stock.move", volta)["picking_id"])
    mundo19.tudo_certo()
    assert movimentos(mundo19) == [("ENTRADA_COMPRA", "A1", 10), ("DEVOLUCAO_COMPRA", "A1", -4)]
    assert tuple(mundo19.um("SELECT qtd_produto_pedido, qtd_recebida FROM pedido_compras")) == (6, 6)


@pytest.mark.falha(26)
def test_19_cancela_pedido_recebido_e_reabre(mundo19: Mundo) -> None:
    """O que entrou entrou: o pedido fica cancelado, e o movimento continua valendo uma vez só."""
    pedido = confirmado(mundo19, {"produto": mundo19.produto(), "qtd": 10})
    mundo19.banco.receber(pedido, {mundo19.banco.linhas_do_pedido(pedido)[0]: 4})
    mundo19.tudo_certo()
    mundo19.passar()
    mundo19.banco.cancelar_pedido(pedido)
    mundo19.tudo_certo()
    assert tuple(mundo19.um("SELECT status_odoo, qtd_recebida FROM pedido_compras")) == ("cancel", 4)
    mundo19.passar()
    mundo19.banco.reabrir_pedido(pedido)
    mundo19.banco.confirmar_pedido(pedido)
    mundo19.tudo_certo()
    assert movimentos(mundo19) == [("ENTRADA_COMPRA", "A1", 4)]


@pytest.mark.falha(31)
def test_devolucao_de_cliente_ignorada_e_contada(mundo: Mundo) -> None:
    p = mundo.produto()
    m = mundo.banco.devolucao_de_cliente(p, 2)
    mundo.passar()
    assert mundo.importar()["entradas"]["ignorados"] == 1
    mundo.conferir()
    assert movimentos(mundo) == []
    assert ignorados(mundo) == [(m, "devolução de cliente: não é compra")]
    mundo.sem_novidade()


def test_entrega_direta_data_o_pedido_e_nao_move_estoque(mundo: Mundo) -> None:
    pedido = mundo.banco.criar_pedido(mundo.fornecedor(), [{"produto": mundo.produto(), "qtd": 5}])
    (m,) = mundo.banco.entrega_direta(pedido)
    mundo.tudo_certo()
    achada = mundo.um("SELECT * FROM pedido_compras")
    assert (achada.qtd_recebida, achada.data_pedido_entrega, achada.confirmacao_pedido) == (5, date(2026, 11, 24), True)
    assert movimentos(mundo) == []
    assert ignorados(mundo) == [(m, "entrega do fornecedor direto ao cliente: não passa pelo nosso estoque")]
    assert mundo.um("SELECT entregas FROM lead_time_fornecedor") == 1


def test_produto_nao_comprado_e_ignorado_e_entra_quando_a_marca_muda(mundo: Mundo) -> None:
    """A entrada ignorada ainda data o pedido e conta no prazo; muda a marca no Odoo, e ela vem sozinha."""
    p = mundo.produto(purchase_ok=False)
    pedido = confirmado(mundo, {"produto": p, "qtd": 5})
    mundo.banco.receber(pedido)
    mundo.passar()
    assert mundo.importar()["entradas"]["ignorados"] == 1
    mundo.conferir()
    assert (movimentos(mundo), len(ignorados(mundo))) == ([], 1)
    assert mundo.um("SELECT data_pedido_entrega FROM pedido_compras") == date(2026, 11, 24)
    assert mundo.um("SELECT entregas FROM lead_time_fornecedor") == 1
    mundo.passar(days=1)
    mundo.banco.escrever("product.product", p, {"purchase_ok": True})
    mundo.tudo_certo()
    assert (movimentos(mundo), ignorados(mundo)) == ([("ENTRADA_COMPRA", "A1", 5)], [])
    mundo.passar(days=1)
    mundo.banco.escrever("product.product", p, {"purchase_ok": False})
    mundo.tudo_certo()
    assert (movimentos(mundo), len(ignorados(mundo))) == ([], 1)


def test_marca_fixada_por_pessoa(mundo: Mundo) -> None:
    """A pessoa diz que o produto não é comprado: os recebimentos saem na próxima importação de entradas, sozinha."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 5})
    mundo.banco.receber(pedido)
    mundo.tudo_certo()
    mundo.sql("UPDATE cadastro_palletizacao SET produto_comprado = false, campos_fixados = '{produto_comprado}'")
    mundo.passar()
    mundo.importar("entradas")
    assert (movimentos(mundo), len(ignorados(mundo))) == ([], 1)
    mundo.tudo_certo()
    assert mundo.um("SELECT produto_comprado FROM cadastro_palletizacao") is False


def test_entradas_antes_dos_pedidos(mundo: Mundo) -> None:
    """Cada fonte anda sozinha, em qualquer ordem: o movimento se liga ao pedido quando ele chega."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 5})
    mundo.banco.receber(pedido)
    mundo.passar()
    mundo.importar("entradas")
    assert mundo.um("SELECT pedido_compras_id FROM movimentacao_estoque") is None
    mundo.importar("pedidos")
    assert mundo.um("SELECT pedido_compras_id FROM movimentacao_estoque") is not None
    mundo.tudo_certo()


def test_recebimento_em_transito(mundo: Mundo) -> None:
    """Do fornecedor a um local de trânsito já é entrada."""
    p, r = mundo.produto(), mundo.banco.refs
    with mundo.banco.transacao():
        guia = mundo.banco.criar_guia(r["tipo_entrada"], r["fornecedores"], r["transito"], state="assigned")
        mundo.banco.criar_movimento(p, 3, r["fornecedores"], r["transito"], picking_id=guia, state="assigned")
        mundo.banco.validar_guia(guia)
    mundo.tudo_certo()
    assert movimentos(mundo) == [("ENTRADA_COMPRA", "A1", 3)]


def test_movimento_em_duzias(mundo: Mundo) -> None:
    """A quantidade feita vem na unidade do movimento: 2 dúzias são 24."""
    p, r = mundo.produto(), mundo.banco.refs
    with mundo.banco.transacao():
        guia = mundo.banco.criar_guia(r["tipo_entrada"], r["fornecedores"], r["estoque"], state="assigned")
        mundo.banco.criar_movimento(p, 2, r["fornecedores"], r["estoque"], picking_id=guia, state="assigned", product_uom=r["duzia"])
        mundo.banco.validar_guia(guia)
    mundo.tudo_certo()
    assert movimentos(mundo) == [("ENTRADA_COMPRA", "A1", 24)]


def test_saida_venda_e_inventario_nao_interessam(mundo: Mundo) -> None:
    p = mundo.produto()
    mundo.banco.editar_estoque(p, 50)
    mundo.banco.entrega_a_cliente(p, 5)
    mundo.tudo_certo()
    assert (movimentos(mundo), ignorados(mundo)) == ([], [])
    assert mundo.um("SELECT qtd FROM posicao_estoque") == 45


def test_movimento_de_produto_sem_codigo(mundo: Mundo) -> None:
    """Sem código a linha entra do mesmo jeito, e a marca comprado é a do Odoo."""
    pedido = confirmado(mundo, {"produto": mundo.produto(False, "Sem código"), "qtd": 5})
    mundo.banco.receber(pedido)
    mundo.tudo_certo()
    assert movimentos(mundo) == [("ENTRADA_COMPRA", None, 5)]
    assert mundo.sql("SELECT count(*) FROM cadastro_palletizacao") == [0]
