"""Prazo de fornecedor: a recorrência do seed, o previsto e as medidas, com datas que se contam nos dedos."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.manufatura.fontes.lead_time import media_movel
from tests.apoio.importacao import Mundo


def entregar(mundo: Mundo, fornecedor: int, produto: int, pedido_em: str, recebido_em: str, **outros: Any) -> int:
    """Um pedido de `pedido_em`, recebido em `recebido_em` (textos de data; ao meio-dia de São Paulo)."""
    mundo.relogio.acertar(datetime.fromisoformat(f"{recebido_em} 15:00:00").replace(tzinfo=UTC))
    pedido = mundo.banco.criar_pedido(fornecedor, [{"produto": produto, "qtd": 1}], date_order=f"{pedido_em} 15:00:00", **outros)
    mundo.banco.confirmar_pedido(pedido)
    mundo.banco.receber(pedido)
    return pedido


def prazo(mundo: Mundo) -> Any:
    return mundo.um("SELECT * FROM lead_time_fornecedor")


def test_recorrencia_do_seed(mundo: Mundo) -> None:
    """10, 5 e 8 dias: 10; (10+5)/2 = 7,5; (7,5+8)/2 = 7,75."""
    f, p = mundo.fornecedor(vat="12.345.678/0001-95"), mundo.produto()
    entregar(mundo, f, p, "2026-12-01", "2026-12-11")
    entregar(mundo, f, p, "2026-12-07", "2026-12-12")
    entregar(mundo, f, p, "2026-12-05", "2026-12-13")
    mundo.tudo_certo()
    linha = prazo(mundo)
    assert (linha.lead_time_historico, linha.entregas, linha.ultimo_lead_time) == (Decimal("7.75"), 3, 8)
    assert (linha.lead_time_previsto, linha.lead_time_mediano) == (10, 8)
    assert linha.lead_time_p90 == Decimal("9.6")  # entre 8 e 10, a 80% do caminho
    assert (linha.cnpj_fornecedor, linha.nome_fornecedor, linha.cod_produto) == ("12345678000195", "Aços Ltda", "A1")


@pytest.mark.parametrize(
    ("dias", "media"),
    [
        ([7], "7"),
        ([1, 2], "1.5"),
        ([1, 2, 2, 2, 2], "1.9375"),
        ([1, 2, 2, 2, 2, 2], "1.9688"),  # 1,96875: o 7 é ímpar, sobe a 8
        ([0, 1, 0, 0, 0, 0], "0.0312"),  # 0,03125: o 2 é par, fica
    ],
)
def test_metade_para_o_par_a_cada_passo(dias: list[int], media: str) -> None:
    assert media_movel(dias) == Decimal(media)


def test_ordem_e_a_do_recebimento(mundo: Mundo) -> None:
    """O pedido mais novo foi recebido antes: a recorrência segue a data de recebimento, não a ordem em que se importou."""
    f, p = mundo.fornecedor(), mundo.produto()
    velho = mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}], date_order="2026-12-01 15:00:00")
    mundo.banco.confirmar_pedido(velho)
    entregar(mundo, f, p, "2026-12-10", "2026-12-14")
    mundo.tudo_certo()
    mundo.relogio.acertar(datetime(2026, 12, 21, 15, tzinfo=UTC))
    mundo.banco.receber(velho)
    mundo.tudo_certo()
    assert (prazo(mundo).lead_time_historico, prazo(mundo).ultimo_lead_time) == (12, 20)  # (4 + 20) / 2


def test_previsto_do_cadastro_do_fornecedor(mundo: Mundo) -> None:
    """delay > 0 da empresa comercial: o de menor sequência, maior quantidade mínima, menor preço, menor id."""
    f, p = mundo.fornecedor(), mundo.produto()
    contato = mundo.banco.criar("res.partner", {"name": "João", "parent_id": f, "is_company": False})
    campo = "name" if mundo.banco.antigo else "partner_id"
    molde = mundo.banco.exigir("product.product", p)["product_tmpl_id"]

    def preco(**v: Any) -> int:
        return mundo.banco.criar("product.supplierinfo", {campo: f, "product_tmpl_id": molde, "price": 1.0, "min_qty": 0.0, **v})

    preco(sequence=1, delay=0)  # o que o Odoo cria ao confirmar: prazo nenhum
    preco(sequence=2, delay=30, min_qty=1.0)
    escolhido = preco(sequence=2, delay=12, min_qty=10.0, price=3.0, **{campo: contato})
    preco(sequence=2, delay=15, min_qty=10.0, price=4.0)
    preco(sequence=1, delay=99, **{campo: mundo.fornecedor("Outro")})
    entregar(mundo, f, p, "2026-12-01", "2026-12-06")
    mundo.tudo_certo()
    assert prazo(mundo).lead_time_previsto == 12
    mundo.passar()
    mundo.banco.escrever("product.supplierinfo", escolhido, {"delay": 0})
    mundo.tudo_certo()
    assert prazo(mundo).lead_time_previsto == 15
    mundo.passar()
    mundo.banco.excluir("product.supplierinfo", mundo.banco.filhos("product.supplierinfo", "product_tmpl_id", molde))
    mundo.tudo_certo()
    assert prazo(mundo).lead_time_previsto == 5  # o da primeira entrega


def test_entrega_antes_do_pedido_conta_zero_com_aviso(mundo: Mundo) -> None:
    f, p = mundo.fornecedor(), mundo.produto()
    pedido = entregar(mundo, f, p, "2026-12-20", "2026-12-10")
    mundo.tudo_certo()
    assert (prazo(mundo).lead_time_historico, prazo(mundo).ultimo_lead_time) == (0, 0)
    aviso = mundo.um("SELECT * FROM aviso WHERE tipo = 'lead_time_negativo' AND fechado_em IS NULL")
    assert "10/12/2026" in aviso.mensagem
    assert "20/12/2026" in aviso.mensagem
    mundo.passar(days=15)
    mundo.banco.escrever("purchase.order", pedido, {"date_order": "2026-12-08 15:00:00"})
    mundo.tudo_certo()
    assert prazo(mundo).lead_time_historico == 2
    assert mundo.sql("SELECT 1 FROM aviso WHERE tipo = 'lead_time_negativo' AND fechado_em IS NULL") == []


@pytest.mark.falha(41)
def test_empresas_tem_prazos_separados(mundo: Mundo) -> None:
    f, p = mundo.fornecedor(), mundo.produto()
    filial = mundo.banco.criar_empresa("Filial")
    entregar(mundo, f, p, "2026-12-01", "2026-12-11")
    entregar(mundo, f, p, "2026-12-10", "2026-12-12", company_id=filial)
    mundo.tudo_certo()
    linhas = mundo.sql("SELECT empresa_id, lead_time_historico FROM lead_time_fornecedor ORDER BY 1")
    assert [tuple(x) for x in linhas] == [(1, 10), (filial, 2)]


def test_fornecedor_do_pedido_trocado_leva_o_prazo(mundo: Mundo) -> None:
    """O prazo que era do fornecedor antigo some de lá."""
    a, b, p = mundo.fornecedor("A"), mundo.fornecedor("B"), mundo.produto()
    pedido = entregar(mundo, a, p, "2026-12-01", "2026-12-11")
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.escrever("purchase.order", pedido, {"partner_id": b})
    mundo.tudo_certo()
    assert mundo.sql("SELECT nome_fornecedor FROM lead_time_fornecedor") == ["B"]


def test_produto_da_linha_trocado_leva_o_prazo(mundo: Mundo) -> None:
    """Trocar o produto de uma linha já recebida tira a entrega do produto antigo e a põe no novo."""
    f, a, b = mundo.fornecedor(), mundo.produto("A1"), mundo.produto("B2", "Porca")
    pedido = entregar(mundo, f, a, "2026-12-01", "2026-12-11")
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.escrever_cru("purchase.order.line", mundo.banco.linhas_do_pedido(pedido)[0], {"product_id": b})
    mundo.tudo_certo()
    assert mundo.sql("SELECT cod_produto FROM lead_time_fornecedor") == ["B2"]


def test_movimento_trocado_de_linha(mundo: Mundo) -> None:
    """Um movimento que passa de uma linha a outra desfaz a entrega na que deixou."""
    f, p = mundo.fornecedor(), mundo.produto()
    um = entregar(mundo, f, p, "2026-12-01", "2026-12-11")
    outro = mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}], date_order="2026-12-09 15:00:00")
    mundo.tudo_certo()
    mundo.passar()
    (movimento,) = mundo.banco.movimentos([["purchase_line_id", "=", mundo.banco.linhas_do_pedido(um)[0]]])
    mundo.banco.escrever_cru("stock.move", movimento, {"purchase_line_id": mundo.banco.linhas_do_pedido(outro)[0]})
    mundo.tudo_certo()
    assert prazo(mundo).lead_time_historico == 2
