"""Pedidos de compra: cada regra de docs/dados.md com números que se conferem de cabeça."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.apoio.importacao import Mundo


def confirmado(mundo: Mundo, *itens: dict[str, Any], **outros: Any) -> int:
    """Um pedido confirmado com estes itens; o fornecedor é novo, se não vem."""
    parceiro = outros.pop("parceiro", None) or mundo.fornecedor()
    pedido = mundo.banco.criar_pedido(parceiro, itens, **outros)
    mundo.banco.confirmar_pedido(pedido)
    return pedido


def test_duzia_a_60_sao_12_a_5(mundo: Mundo) -> None:
    f = mundo.fornecedor(vat="12.345.678/0001-95")
    confirmado(mundo, {"produto": mundo.produto(), "qtd": 1, "preco": 60, "duzia": True, "previsto": "2026-12-01 01:30:00"}, parceiro=f)
    mundo.tudo_certo()
    linha = mundo.um("SELECT * FROM pedido_compras")
    assert (linha.qtd_produto_pedido, linha.preco_produto_pedido) == (12, 5)
    assert (linha.cod_produto, linha.nome_produto, linha.moeda) == ("A1", "Parafuso", "BRL")
    assert (linha.cnpj_fornecedor, linha.raz_social) == ("12345678000195", "Aços Ltda")
    assert linha.data_pedido_previsao == date(2026, 11, 30)  # 1h30 em UTC ainda é a véspera em São Paulo
    assert (linha.confirmacao_pedido, linha.qtd_recebida, linha.data_pedido_entrega) == (False, 0, None)


@pytest.mark.parametrize(("preco", "esperado"), [(60, "5"), (10, "0.8333333333"), (0.01, "0.0008333333"), (99.99, "8.3325")])
def test_preco_pelo_fator_da_unidade(mundo: Mundo, preco: float, esperado: str) -> None:
    """Quantidade × preço difere do total da linha em no máximo um centavo."""
    confirmado(mundo, {"produto": mundo.produto(), "qtd": 1000, "preco": preco, "duzia": True})
    mundo.tudo_certo()
    linha = mundo.um("SELECT * FROM pedido_compras")
    assert linha.preco_produto_pedido == Decimal(esperado)
    assert abs(linha.qtd_produto_pedido * linha.preco_produto_pedido - Decimal(str(preco)) * 1000) <= Decimal("0.01")


def test_linha_confirmada_com_quantidade_zero_tem_preco(mundo: Mundo) -> None:
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 1, "preco": 60, "duzia": True})
    mundo.banco.escrever_cru("purchase.order.line", mundo.banco.linhas_do_pedido(pedido)[0], {"product_qty": 0.0, "product_uom_qty": 0.0})
    mundo.tudo_certo()
    linha = mundo.um("SELECT * FROM pedido_compras")
    assert (linha.qtd_produto_pedido, linha.preco_produto_pedido, linha.status_odoo) == (0, 5, "purchase")


def test_duzia_com_7_recebidas_sao_7(mundo: Mundo) -> None:
    """O Odoo diz 0,59 dúzia (14) ou 0,58 (19), que seriam 7,08 e 6,96 unidades."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 1, "preco": 60, "duzia": True})
    mundo.banco.receber(pedido, {mundo.banco.linhas_do_pedido(pedido)[0]: 7})
    mundo.tudo_certo()
    linha = mundo.um("SELECT * FROM pedido_compras")
    assert (linha.qtd_recebida, linha.confirmacao_pedido, linha.data_pedido_entrega) == (7, True, date(2026, 11, 24))


def test_unidade_do_pedido_menor_que_a_do_produto(mundo: Mundo) -> None:
    """Produto em dúzias comprado por unidade: 24 a R$ 2 são 2 dúzias a R$ 24."""
    r = mundo.banco.refs
    p = mundo.produto(uom_id=r["duzia"])
    pedido = confirmado(mundo, {"produto": p, "qtd": 2, "preco": 1})
    linha = mundo.banco.linhas_do_pedido(pedido)[0]
    mundo.banco.escrever("purchase.order.line", linha, {mundo.banco.unidade_da_linha: r["unidade"], "product_qty": 24.0, "price_unit": 2.0})
    mundo.tudo_certo()
    achada = mundo.um("SELECT * FROM pedido_compras")
    assert (achada.qtd_produto_pedido, achada.preco_produto_pedido) == (2, 24)


@pytest.mark.falha(26)
def test_duas_linhas_do_mesmo_produto_sao_duas_linhas(mundo: Mundo) -> None:
    p = mundo.produto()
    pedido = confirmado(mundo, {"produto": p, "qtd": 10, "preco": 5}, {"produto": p, "qtd": 4, "preco": 6})
    a, b = mundo.banco.linhas_do_pedido(pedido)
    mundo.banco.receber(pedido, {a: 10, b: 1})
    mundo.tudo_certo()
    linhas = mundo.sql("SELECT odoo_id, qtd_produto_pedido, preco_produto_pedido, qtd_recebida FROM pedido_compras ORDER BY odoo_id")
    assert [tuple(x) for x in linhas] == [(a, 10, 5, 10), (b, 4, 6, 1)]


def test_secao_e_nota_nao_entram_nem_contam(mundo: Mundo) -> None:
    confirmado(mundo, {"secao": "Parafusos"}, {"produto": mundo.produto(), "qtd": 1}, {"nota": "urgente"})
    mundo.passar()
    feito = mundo.importar()
    assert (feito["pedidos"]["novas"], feito["pedidos"]["rejeitados"], feito["pedidos"]["ignorados"]) == (1, 0, 0)
    mundo.conferir()


def test_cotacao_fica_sem_confirmar(mundo: Mundo) -> None:
    mundo.banco.criar_pedido(mundo.fornecedor(), [{"produto": mundo.produto(), "qtd": 3, "preco": 2}])
    mundo.tudo_certo()
    linha = mundo.um("SELECT * FROM pedido_compras")
    assert (linha.status_odoo, linha.confirmacao_pedido) == ("draft", False)


def test_travado_e_confirmado_e_destravar_desfaz(mundo: Mundo) -> None:
    """Travado não é recebido: na 14 é o estado `done`, na 19 o booleano locked."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 3})
    mundo.banco.travar_pedido(pedido)
    mundo.tudo_certo()
    assert tuple(mundo.um("SELECT confirmacao_pedido, qtd_recebida FROM pedido_compras")) == (True, 0)
    mundo.banco.destravar_pedido(pedido)
    mundo.tudo_certo()
    assert mundo.um("SELECT confirmacao_pedido FROM pedido_compras") is False


def test_confirmado_continua_apos_devolver_tudo(mundo: Mundo) -> None:
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 5})
    (entrada,) = mundo.banco.receber(pedido)
    mundo.tudo_certo()
    mundo.passar(days=2)
    mundo.banco.devolver(entrada, 5)
    mundo.tudo_certo()
    linha = mundo.um("SELECT * FROM pedido_compras")
    assert (linha.qtd_recebida, linha.confirmacao_pedido, linha.data_pedido_entrega) == (0, True, date(2026, 11, 24))


def test_servico_recebido_a_mao_usa_qty_received(mundo: Mundo) -> None:
    """Sem movimentos do próprio produto, vale o qty_received da linha, convertido: meia dúzia são 6."""
    p = mundo.produto("S1", "Pintura", servico=True)
    pedido = confirmado(mundo, {"produto": p, "qtd": 1, "preco": 60, "duzia": True})
    mundo.banco.escrever("purchase.order.line", mundo.banco.linhas_do_pedido(pedido)[0], {"qty_received": 0.5})
    mundo.tudo_certo()
    linha = mundo.um("SELECT * FROM pedido_compras")
    assert (linha.qtd_recebida, linha.confirmacao_pedido, linha.data_pedido_entrega) == (6, True, None)


def test_kit_movimento_de_outro_produto_nao_soma(mundo: Mundo) -> None:
    """Um kit é recebido pelos componentes: eles dão a data, e o recebido é o da linha."""
    kit, peca = mundo.produto("K1", "Kit"), mundo.produto("C1", "Componente")
    pedido = confirmado(mundo, {"produto": kit, "qtd": 2})
    (linha,) = mundo.banco.linhas_do_pedido(pedido)
    (movimento,) = mundo.banco.movimentos([["purchase_line_id", "=", linha]])
    mundo.banco.escrever_cru("stock.move", movimento, {"product_id": peca, "product_uom_qty": 6.0})
    mundo.banco.receber(pedido)
    mundo.banco.escrever("purchase.order.line", linha, {"qty_received": 2.0})
    mundo.tudo_certo()
    achada = mundo.um("SELECT * FROM pedido_compras")
    assert (achada.qtd_recebida, achada.data_pedido_entrega) == (2, date(2026, 11, 24))
    assert [tuple(x) for x in mundo.sql("SELECT cod_produto, qtd_movimentacao FROM movimentacao_estoque")] == [("C1", 6)]


def test_empresa_comercial_do_contato(mundo: Mundo) -> None:
    """O pedido é com o vendedor; fornecedor, CNPJ e prazo são os da empresa dele."""
    empresa = mundo.fornecedor("Aços do Brasil S/A", vat="12.345.678/0001-95", country_id=mundo.banco.refs["brasil"])
    contato = mundo.banco.criar("res.partner", {"name": "João Vendedor", "parent_id": empresa, "is_company": False})
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 1}, parceiro=contato)
    mundo.banco.receber(pedido)
    mundo.tudo_certo()
    linha = mundo.um("SELECT * FROM pedido_compras")
    assert (linha.raz_social, linha.cnpj_fornecedor) == ("Aços do Brasil S/A", "12345678000195")
    assert (linha.odoo_parceiro_id, linha.odoo_contato_id) == (empresa, contato)
    assert mundo.um("SELECT odoo_parceiro_id FROM lead_time_fornecedor") == empresa


def test_contato_muda_de_empresa(mundo: Mundo) -> None:
    """A empresa nova ainda não tinha sido citada por linha nenhuma: tem de ser espelhada também."""
    a, b = mundo.fornecedor("Antiga", vat="11.111.111/0001-91"), mundo.fornecedor("Nova", vat="22.222.222/0001-00")
    contato = mundo.banco.criar("res.partner", {"name": "João", "parent_id": a, "is_company": False})
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 1}, parceiro=contato)
    mundo.banco.receber(pedido)
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.escrever("res.partner", contato, {"parent_id": b})
    mundo.tudo_certo()
    assert tuple(mundo.um("SELECT raz_social, odoo_parceiro_id FROM pedido_compras")) == ("Nova", b)
    assert mundo.sql("SELECT odoo_parceiro_id FROM lead_time_fornecedor") == [b]


@pytest.mark.parametrize(
    ("vat", "esperado"),
    [
        ("12.345.678/0001-95", "12345678000195"),
        ("BR12345678000195", "12345678000195"),
        (" 12345678000195 ", "12345678000195"),
        ("12.abc.345/01de-35", "12ABC34501DE35"),
        (False, None),
        ("--", None),
    ],
)
def test_cnpj_limpo(mundo14: Mundo, vat: str | bool, esperado: str | None) -> None:
    """O 14 guarda o que digitaram."""
    mundo14.banco.criar_pedido(mundo14.fornecedor(vat=vat), [{"produto": mundo14.produto(), "qtd": 1}])
    mundo14.tudo_certo()
    assert mundo14.um("SELECT cnpj_fornecedor FROM pedido_compras") == esperado


def test_outra_moeda(mundo: Mundo) -> None:
    mundo.banco.criar_pedido(
        mundo.fornecedor(), [{"produto": mundo.produto(), "qtd": 1, "preco": 3}], currency_id=mundo.banco.refs["dolar"]
    )
    mundo.tudo_certo()
    assert tuple(mundo.um("SELECT moeda, preco_produto_pedido FROM pedido_compras")) == ("USD", 3)


@pytest.mark.falha(26)
def test_linha_apagada_fica_marcada(mundo: Mundo) -> None:
    p = mundo.produto()
    pedido = mundo.banco.criar_pedido(mundo.fornecedor(), [{"produto": p, "qtd": 1}, {"produto": p, "qtd": 2}])
    mundo.tudo_certo()
    a, b = mundo.banco.linhas_do_pedido(pedido)
    mundo.passar()
    mundo.banco.excluir("purchase.order.line", b)
    mundo.passar()
    assert mundo.importar("pedidos")["pedidos"]["excluidas"] == 1
    assert [tuple(x) for x in mundo.sql("SELECT odoo_id, status_odoo FROM pedido_compras ORDER BY 1")] == [(a, "draft"), (b, "excluida")]
    mundo.tudo_certo()


@pytest.mark.falha(26)
def test_pedido_cancelado_e_apagado(mundo: Mundo) -> None:
    """Cancelar marca; apagar o pedido inteiro não deixa nem cabeçalho: a reconciliação é quem vê (aqui, reler o período não basta)."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 1})
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.cancelar_pedido(pedido)
    mundo.tudo_certo()
    assert mundo.um("SELECT status_odoo FROM pedido_compras") == "cancel"


@pytest.mark.falha(26)
def test_produto_da_linha_muda(mundo: Mundo) -> None:
    a, b = mundo.produto("A1", "Parafuso"), mundo.produto("B2", "Porca")
    pedido = mundo.banco.criar_pedido(mundo.fornecedor(), [{"produto": a, "qtd": 1}])
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.mudar_linha(mundo.banco.linhas_do_pedido(pedido)[0], product_id=b)
    mundo.tudo_certo()
    assert mundo.sql("SELECT cod_produto FROM pedido_compras") == ["B2"]


def test_edicoes_de_quantidade_preco_e_data(mundo: Mundo) -> None:
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 10, "preco": 1, "previsto": "2026-12-20 12:00:00"})
    mundo.tudo_certo()
    (linha,) = mundo.banco.linhas_do_pedido(pedido)
    for mudanca in ({"product_qty": 12.0}, {"price_unit": 2.5}, {"date_planned": "2027-01-01 02:59:59"}):
        mundo.passar()
        mundo.banco.mudar_linha(linha, **mudanca)
        mundo.passar()
        assert mundo.importar("pedidos")["pedidos"]["mudadas"] == 1
        mundo.tudo_certo()
    achada = mundo.um("SELECT * FROM pedido_compras")
    assert (achada.qtd_produto_pedido, achada.preco_produto_pedido) == (12, Decimal("2.5"))
    assert achada.data_pedido_previsao == date(2026, 12, 31)


def test_so_o_cabecalho_muda(mundo: Mundo) -> None:
    """Trocar de fornecedor ou a data do pedido não move as linhas: elas são relidas pelo cabeçalho."""
    p = mundo.produto()
    pedido = confirmado(mundo, {"produto": p, "qtd": 1}, {"produto": p, "qtd": 2})
    mundo.tudo_certo()
    mundo.passar()
    outro = mundo.fornecedor("Outra", vat="22.222.222/0001-00")
    mundo.banco.escrever("purchase.order", pedido, {"partner_id": outro, "date_order": "2026-11-01 12:00:00", "name": "PC-NOVO"})
    mundo.passar()
    assert mundo.importar("pedidos")["pedidos"]["mudadas"] == 2
    mundo.tudo_certo()
    linhas = mundo.sql("SELECT raz_social, num_pedido, data_pedido_criacao FROM pedido_compras")
    assert [tuple(x) for x in linhas] == [("Outra", "PC-NOVO", date(2026, 11, 1))] * 2


def test_write_date_move_sem_mudar_nada(mundo: Mundo) -> None:
    """A linha é relida, e não conta como mudada; da vez seguinte nem é relida."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 1})
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.escrever("purchase.order.line", mundo.banco.linhas_do_pedido(pedido)[0], {})
    mundo.passar()
    feito = mundo.importar("pedidos")["pedidos"]
    assert (feito["lidos"], feito["iguais"], feito["mudadas"]) == (1, 1, 0)
    mundo.passar()
    assert mundo.importar("pedidos")["pedidos"]["lidos"] == 0
    mundo.tudo_certo()


@pytest.mark.falha(41)
def test_estado_desconhecido_e_guardado(mundo: Mundo) -> None:
    pedido = mundo.banco.criar_pedido(mundo.fornecedor(), [{"produto": mundo.produto(), "qtd": 1}])
    mundo.banco.escrever_cru("purchase.order", pedido, {"state": "aguardando diretoria"})
    mundo.tudo_certo()
    assert mundo.um("SELECT status_odoo FROM pedido_compras") == "aguardando diretoria"


@pytest.mark.falha(41)
def test_muitos_campos_vazios(mundo: Mundo) -> None:
    """many2one False onde ele pode faltar: a linha fica, com o que há."""
    pedido = mundo.banco.criar_pedido(mundo.fornecedor(), [{"produto": mundo.produto(False, "Sem código"), "qtd": 1}])
    mundo.banco.escrever_cru("purchase.order", pedido, {"currency_id": False, "partner_id": False})
    mundo.banco.escrever_cru("purchase.order.line", mundo.banco.linhas_do_pedido(pedido)[0], {mundo.banco.unidade_da_linha: False})
    mundo.tudo_certo()
    linha = mundo.um("SELECT * FROM pedido_compras")
    assert (linha.moeda, linha.raz_social, linha.odoo_parceiro_id, linha.cod_produto) == (None, None, None, None)
    assert linha.nome_produto == "Sem código"
