"""A forma das respostas: vazios, many2one, datas, ordem, páginas, domínios e arquivados, por todas as portas."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pytest

from tests.apoio.odoo import Alvo

CAMPOS_DA_LINHA = ["order_id", "product_id", "product_qty", "price_unit", "date_planned", "write_date", "display_type", "qty_received"]


@pytest.fixture
def cena(odoo_alvo: Alvo) -> dict[str, Any]:
    """Um pedido com seção, duas linhas do mesmo produto e uma em dúzias."""
    e = odoo_alvo.edicao
    marca = uuid.uuid4().hex[:8]
    a, b = e.criar_produto(f"Parafuso {marca}", f" {marca}-1 "), e.criar_produto(f"Porca {marca}")
    f = e.criar_parceiro(f"Fornecedor {marca}", country_id=e.brasil)
    itens = [
        {"secao": "Primeira parte"},
        {"produto": a, "qtd": 10, "preco": 5},
        {"produto": b, "qtd": 7, "preco": 60, "duzia": True},
        {"produto": a, "qtd": 3.5, "preco": 5.25},
    ]
    pedido = e.criar_pedido(f, itens)
    return {"marca": marca, "a": a, "b": b, "f": f, "pedido": pedido, "linhas": e.linhas_do_pedido(pedido)}


def test_vazio_e_falso_e_ids_nus(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    secao, linha, duzia, _ = cena["linhas"]
    for protocolo in odoo_alvo.protocolos:
        with odoo_alvo.cliente(protocolo) as c:
            s, x, d = c.ler(
                "purchase.order.line", [secao, linha, duzia], [*CAMPOS_DA_LINHA, odoo_alvo.edicao.unidade_da_linha, "product_uom_qty"]
            )
            assert (s["product_id"], s["date_planned"], s["display_type"]) == (False, False, "line_section")
            assert s[odoo_alvo.edicao.unidade_da_linha] is False
            assert (x["product_id"], x["order_id"], x["display_type"]) == (cena["a"], cena["pedido"], False)
            assert (x["product_qty"], x["price_unit"], x["qty_received"], x["product_uom_qty"]) == (10.0, 5.0, 0.0, 10.0)
            assert (d["product_qty"], d["product_uom_qty"], d[odoo_alvo.edicao.unidade_da_linha]) == (7.0, 84.0, odoo_alvo.edicao.DUZIA)
            p = c.ler("product.product", [cena["a"], cena["b"]], ["default_code", "name", "active", "barcode", "type", "purchase_ok"])
            assert [x["default_code"] for x in p] == [f" {cena['marca']}-1 ", False]
            assert p[1]["barcode"] is False
            assert p[0]["active"] is True
            assert p[0]["purchase_ok"] is True
            assert p[0]["type"] == ("product" if odoo_alvo.antigo else "consu")


def test_write_date_em_segundos_mas_gravado_em_micros(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    linha = cena["linhas"][1]
    gravado = odoo_alvo.edicao.marca("purchase.order.line", linha)
    assert len(gravado) == 26
    with odoo_alvo.cliente() as c:
        lido = c.ler("purchase.order.line", [linha], ["write_date"])[0]["write_date"]
        assert lido == gravado[:19]
        tres = {op: c.buscar("purchase.order.line", [["id", "=", linha], ["write_date", op, lido]]) for op in (">", ">=", "<", "<=", "=")}
    assert tres[">="] == [linha]
    assert tres["<"] == []
    if odoo_alvo.antigo:  # compara com os microssegundos
        assert tres[">"] == [linha]
        assert tres["<="] == []
        assert tres["="] == []
    else:  # compara segundos inteiros
        assert tres[">"] == []
        assert tres["<="] == [linha]
        assert tres["="] == [linha]


def test_many2one_com_nome_no_read_comum(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    with odoo_alvo.cliente("jsonrpc") as c:
        x = c.chamar("purchase.order.line", "read", [[cena["linhas"][1]]], {"fields": ["order_id", "partner_id", "product_id"]})[0]
        nome = c.ler("purchase.order", [cena["pedido"]], ["name"])[0]["name"]
    assert x["order_id"] == [cena["pedido"], nome]
    assert x["partner_id"] == [cena["f"], f"Fornecedor {cena['marca']}"]
    assert x["product_id"] == [cena["a"], f"[ {cena['marca']}-1 ] Parafuso {cena['marca']}"]


def test_um_para_muitos_e_lista_de_ids(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    with odoo_alvo.cliente() as c:
        p = c.ler(
            "purchase.order", [cena["pedido"]], ["order_line", "picking_ids", "name", "state", "date_approve", "currency_id", "company_id"]
        )[0]
    assert sorted(p["order_line"]) == cena["linhas"]
    assert (p["picking_ids"], p["state"], p["date_approve"]) == ([], "draft", False)
    assert isinstance(p["currency_id"], int)
    assert isinstance(p["company_id"], int)


def test_ler_o_que_nao_existe_falta_na_resposta(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    linhas = cena["linhas"]
    for protocolo in odoo_alvo.protocolos:
        with odoo_alvo.cliente(protocolo) as c:
            assert [x["id"] for x in c.ler("purchase.order.line", [*linhas[:2], 99_999_999], ["product_qty"])] == linhas[:2]
            assert c.buscar("purchase.order.line", [["id", "in", [*linhas, 99_999_999]]]) == linhas


def test_paginas_por_id(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    primeiro, *resto = cena["linhas"]
    with odoo_alvo.cliente() as c:
        dominio = [["order_id", "=", cena["pedido"]]]
        assert c.buscar("purchase.order.line", dominio, limite=2) == [primeiro, resto[0]]
        assert c.buscar("purchase.order.line", [*dominio, ["id", ">", resto[0]]], limite=2) == resto[1:]
        assert c.buscar("purchase.order.line", dominio, ordem="id desc") == cena["linhas"][::-1]
        assert c.contar("purchase.order.line", dominio) == 4
        lidas = c.buscar_ler("purchase.order.line", dominio, ["product_id", "product_qty"], limite=2)
        assert lidas == [
            {"id": primeiro, "product_id": False, "product_qty": 0.0},
            {"id": resto[0], "product_id": cena["a"], "product_qty": 10.0},
        ]


def test_dominios(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    secao, linha, duzia, gemea = cena["linhas"]
    base = ["order_id", "=", cena["pedido"]]
    casos: list[tuple[list[Any], list[int]]] = [
        ([base, ["product_id", "=", False]], [secao]),
        ([base, ["product_id", "!=", False]], [linha, duzia, gemea]),
        ([base, ["product_id", "in", [cena["a"]]]], [linha, gemea]),
        ([base, ["product_id", "not in", [cena["a"]]]], [secao, duzia]),
        ([base, "|", ["product_qty", ">", 9], ["product_qty", "=", 3.5]], [linha, gemea]),
        ([base, "!", ["product_qty", ">", 9]], [secao, duzia, gemea]),
        ([base, ["product_id.name", "ilike", "PORCA"]], [duzia]),
        ([base, ["product_id.product_tmpl_id.name", "like", "Porca"]], [duzia]),
        ([["order_id.partner_id.name", "=", f"Fornecedor {cena['marca']}"], ["product_qty", "<=", 7]], [secao, duzia, gemea]),
        ([["order_id.order_line.product_id", "=", cena["b"]]], cena["linhas"]),
        ([["order_id.order_line", "in", [duzia]]], cena["linhas"]),
        ([base, ["name", "=ilike", "primeira%"]], [secao]),
        ([base, ["date_planned", ">=", "2026-12-20"]], [linha, duzia, gemea]),
        ([base, ["date_planned", "<=", "2026-12-20"]], [linha, duzia, gemea]),
        ([base, ["date_planned", "<", "2026-12-20"]], []),
        (["&", base, "|", "&", ["product_id", "=", cena["a"]], ["product_qty", "<", 5], ["display_type", "!=", False]], [secao, gemea]),
    ]
    with odoo_alvo.cliente() as c:
        for dominio, esperado in casos:
            assert c.buscar("purchase.order.line", dominio) == esperado, dominio


def test_arquivados(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e = odoo_alvo.edicao
    e.escrever("product.product", cena["a"], {"active": False})
    dominio = [["id", "in", [cena["a"], cena["b"]]]]
    with odoo_alvo.cliente() as c:
        assert c.buscar("product.product", dominio) == [cena["b"]]
        assert c.buscar("product.product", dominio, contexto={"active_test": False}) == [cena["a"], cena["b"]]
        assert c.buscar("product.product", [*dominio, ["active", "=", False]]) == [cena["a"]]
        assert c.buscar("product.product", [*dominio, ["active", "in", [True, False]]]) == [cena["a"], cena["b"]]
        assert c.ler("product.product", [cena["a"]], ["active"]) == [{"id": cena["a"], "active": False}]
        # a linha de um produto arquivado continua aí, e chega-se a ele pelo many2one
        assert cena["linhas"][1] in c.buscar("purchase.order.line", [["product_id.default_code", "=", f" {cena['marca']}-1 "]])


def test_contato_herda_da_empresa(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e = odoo_alvo.edicao
    e.escrever("res.partner", cena["f"], {"vat": "11.222.333/0001-81"})
    contato = e.criar_parceiro("Vendedor", parent_id=cena["f"], is_company=False)
    with odoo_alvo.cliente() as c:
        empresa, vendedor = c.ler("res.partner", [cena["f"], contato], ["vat", "commercial_partner_id", "parent_id", "is_company"])
    esperado = "11.222.333/0001-81" if odoo_alvo.antigo else "11222333000181"
    assert (empresa["vat"], vendedor["vat"]) == (esperado, esperado)
    assert (empresa["commercial_partner_id"], vendedor["commercial_partner_id"], vendedor["parent_id"]) == (cena["f"], cena["f"], cena["f"])


def test_fatores_das_unidades(odoo_alvo: Alvo) -> None:
    with odoo_alvo.cliente() as c:
        unidade, duzia = c.ler("uom.uom", [odoo_alvo.edicao.UNIDADE, odoo_alvo.edicao.DUZIA], ["factor", "name"])
    assert unidade["factor"] == 1.0
    assert duzia["factor"] == pytest.approx(1 / 12 if odoo_alvo.antigo else 12.0)


def test_grupos(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    with odoo_alvo.cliente() as c:
        grupos = c.agrupar("purchase.order.line", [["order_id", "=", cena["pedido"]]], ["product_id", "order_id"], ["product_qty"])
        por_produto = {g["product_id"]: g for g in grupos}
        assert set(por_produto) == {False, cena["a"], cena["b"]}
        assert (por_produto[cena["a"]]["product_qty"], por_produto[cena["a"]]["__count"]) == (13.5, 2)
        assert all(g["order_id"] == cena["pedido"] for g in grupos)
        meses = c.agrupar(
            "purchase.order.line", [["order_id", "=", cena["pedido"]], ["product_id", "!=", False]], ["date_planned:month"], ["product_qty"]
        )
        assert len(meses) == 1
        assert meses[0]["__count"] == 3
        assert meses[0]["product_qty"] == 20.5
        assert c.agrupar("purchase.order.line", [["id", "=", 0]], ["product_id"], ["product_qty"]) == []


def test_hora_do_servidor(odoo_alvo: Alvo) -> None:
    with odoo_alvo.cliente() as c:
        c.contar("res.partner", [])
        assert c.versao.serie == odoo_alvo.versao
        assert isinstance(c.hora_servidor, datetime)


@pytest.mark.parametrize(
    "modelo", ["product.product", "product.template", "res.partner", "mrp.bom", "stock.picking", "stock.quant", "mrp.production"]
)
def test_le_todos_os_campos_do_esquema(odoo_alvo: Alvo, cena: dict[str, Any], modelo: str) -> None:
    from app.demo.odoo_simulado.esquema import esquema

    campos = [n for n in esquema(odoo_alvo.versao)[modelo].campos if n != "display_name"]
    with odoo_alvo.cliente("jsonrpc") as c:
        for linha in c.buscar_ler(modelo, [], campos, limite=3):
            assert set(linha) == set(campos)
            for nome, v in linha.items():
                tipo = esquema(odoo_alvo.versao)[modelo].campos[nome].tipo
                if tipo in ("one2many", "many2many"):
                    assert isinstance(v, list), nome
                elif tipo in ("float", "monetary"):
                    assert isinstance(v, float), nome
                elif tipo == "integer":
                    assert type(v) is int, nome
                elif tipo == "boolean":
                    assert isinstance(v, bool), nome
                else:
                    assert v is False or isinstance(v, str if tipo != "many2one" else int), nome
