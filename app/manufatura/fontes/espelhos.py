"""O que se espelha de cada cadastro do Odoo: modelo, campos por versão e como um registro vira linha."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from sqlalchemy import Table

from app.manufatura.models import (
    OdooEmpresa,
    OdooLocal,
    OdooMoeda,
    OdooParceiro,
    OdooPrecoFornecedor,
    OdooProduto,
    OdooRequisicao,
    OdooUnidade,
    OdooUsuario,
)
from app.odoo.capacidades import Capacidades
from app.odoo.valores import decimal, m2o, texto

Registro = dict[str, Any]
DOZE_DIGITOS = Context(prec=12)


@dataclass(frozen=True)
class Espelho:
    """Como um modelo do Odoo é espelhado numa tabela odoo_*.

    `campos(capacidades)`: campos a ler nesta versão. `linha(registro, capacidades)`: colunas da tabela → valores;
    erra com ValorInvalido quando o registro não pode ser guardado. `inteiro`: o modelo é pequeno e se lê todo
    quando falta algum registro.
    """

    modelo: str
    tabela: Table
    campos: Callable[[Capacidades], list[str]]
    linha: Callable[[Registro, Capacidades], Mapping[str, Any]]
    inteiro: bool = False


def fator_da_unidade(registro: Registro, capacidades: Capacidades) -> Decimal:
    """Quantas unidades de referência há numa desta (dúzia = 12), com 12 dígitos.

    Até o Odoo 18, `factor` é o inverso (dúzia = 0,0833…); do 19 em diante (onde há `relative_factor`) já é este.
    """
    fator = decimal(registro["factor"])
    if not capacidades.tem("uom.uom", "relative_factor"):
        fator = DOZE_DIGITOS.divide(Decimal(1), fator)
    return DOZE_DIGITOS.plus(fator).normalize()


def _produto(r: Registro, _: Capacidades) -> Mapping[str, Any]:
    return {
        "codigo": texto(r["default_code"]),
        "nome": texto(r["name"]),
        "ativo": bool(r["active"]),
        "modelo_id": m2o(r["product_tmpl_id"]),
        "unidade_id": m2o(r["uom_id"]),
        "compravel": bool(r["purchase_ok"]),
        "vendavel": bool(r["sale_ok"]),
        "peso": decimal(r["weight"]),
    }


def _parceiro(r: Registro, _: Capacidades) -> Mapping[str, Any]:
    return {
        "nome": texto(r["name"]),
        "vat": texto(r["vat"]),
        "comercial_id": m2o(r["commercial_partner_id"]),
        "ativo": bool(r["active"]),
    }


def _campo_fornecedor(capacidades: Capacidades) -> str:
    return capacidades.primeiro("product.supplierinfo", "partner_id", "name") or "partner_id"


def _preco(r: Registro, capacidades: Capacidades) -> Mapping[str, Any]:
    return {
        "parceiro_id": m2o(r[_campo_fornecedor(capacidades)]),
        "modelo_id": m2o(r["product_tmpl_id"]),
        "produto_id": m2o(r["product_id"]),
        "empresa_id": m2o(r["company_id"]),
        "prazo": int(r["delay"] or 0),
        "sequencia": int(r["sequence"] or 0),
        "qtd_minima": decimal(r["min_qty"]),
        "preco": decimal(r["price"]),
    }


def _campos_preco(capacidades: Capacidades) -> list[str]:
    return [_campo_fornecedor(capacidades), "product_tmpl_id", "product_id", "company_id", "delay", "sequence", "min_qty", "price"]


def _tabela(modelo: Any) -> Table:
    tabela: Table = modelo.__table__
    return tabela


PRODUTO = Espelho(
    "product.product",
    _tabela(OdooProduto),
    lambda _: ["default_code", "name", "active", "product_tmpl_id", "uom_id", "purchase_ok", "sale_ok", "weight"],
    _produto,
)
PARCEIRO = Espelho("res.partner", _tabela(OdooParceiro), lambda _: ["name", "vat", "commercial_partner_id", "active"], _parceiro)
UNIDADE = Espelho(
    "uom.uom",
    _tabela(OdooUnidade),
    lambda _: ["name", "factor"],
    lambda r, c: {"nome": texto(r["name"]), "fator": fator_da_unidade(r, c)},
    inteiro=True,
)
USUARIO = Espelho("res.users", _tabela(OdooUsuario), lambda _: ["name"], lambda r, _: {"nome": texto(r["name"])})
EMPRESA = Espelho("res.company", _tabela(OdooEmpresa), lambda _: ["name"], lambda r, _: {"nome": texto(r["name"])})
MOEDA = Espelho("res.currency", _tabela(OdooMoeda), lambda _: ["name"], lambda r, _: {"codigo": texto(r["name"])})
LOCAL = Espelho("stock.location", _tabela(OdooLocal), lambda _: ["usage"], lambda r, _: {"uso": texto(r["usage"])})
REQUISICAO = Espelho("purchase.requisition", _tabela(OdooRequisicao), lambda _: ["name"], lambda r, _: {"nome": texto(r["name"])})
PRECO = Espelho("product.supplierinfo", _tabela(OdooPrecoFornecedor), _campos_preco, _preco)
