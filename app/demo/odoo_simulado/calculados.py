"""Os campos que o Odoo calcula ao ler (não gravados), os que o produto herda do seu modelo (template) e o nome que o many2one mostra."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.demo.odoo_simulado.nucleo import Linha, Nucleo

Calculo = Callable[[Nucleo, Linha], Any]

# campo não gravado → caminho por many2one até o campo gravado que ele mostra
RELACIONADOS: dict[tuple[str, str], str] = {
    ("res.company", "country_id"): "partner_id.country_id",
    ("res.company", "vat"): "partner_id.vat",
    ("res.users", "name"): "partner_id.name",
    ("res.users", "email"): "partner_id.email",
    ("purchase.order.line", "state"): "order_id.state",
    ("purchase.order.line", "currency_id"): "order_id.currency_id",
    ("purchase.order.line", "date_order"): "order_id.date_order",
    ("stock.picking", "picking_type_code"): "picking_type_id.code",
    ("stock.move", "picking_code"): "picking_type_id.code",
    ("stock.move.line", "reference"): "move_id.reference",
    ("stock.quant", "product_tmpl_id"): "product_id.product_tmpl_id",
    ("stock.quant", "product_uom_id"): "product_id.product_tmpl_id.uom_id",
    ("mrp.bom.line", "product_tmpl_id"): "product_id.product_tmpl_id",
    ("mrp.bom.line", "parent_product_tmpl_id"): "bom_id.product_tmpl_id",
    ("mrp.production", "product_tmpl_id"): "product_id.product_tmpl_id",
    ("product.supplierinfo", "product_uom"): "product_tmpl_id.uom_po_id",
}


def fator(banco: Nucleo, unidade: int) -> float:
    """Quantas unidades de referência cabem em uma desta (dúzia: 12), nas duas versões."""
    linha = banco.exigir("uom.uom", unidade)
    return 1.0 / float(linha["factor"]) if banco.versao < 17 else float(linha["factor"])


def converter(banco: Nucleo, qtd: float, de: int, para: int) -> float:
    """A quantidade em outra unidade, sem arredondar."""
    return qtd if de == para or not de or not para else qtd * fator(banco, de) / fator(banco, para)


def _seguir(banco: Nucleo, modelo: str, linha: Linha, caminho: str) -> Any:
    *passos, ultimo = caminho.split(".")
    for passo in passos:
        alvo = linha.get(passo)
        relacao = banco.esquema[modelo].campos[passo].relacao
        proxima = banco.linha(relacao, alvo) if alvo and relacao else None
        if proxima is None or relacao is None:
            return False
        modelo, linha = relacao, proxima
    return linha[ultimo] if ultimo in linha else valor(banco, modelo, linha, ultimo)


def valor(banco: Nucleo, modelo: str, linha: Linha, campo: str) -> Any:
    """O valor de qualquer campo de uma linha, gravado ou não; one2many e many2many vêm como lista de ids."""
    if campo in linha:
        v = linha[campo]
        return list(v) if isinstance(v, tuple) else v
    caminho = RELACIONADOS.get((modelo, campo))
    if caminho:
        return _seguir(banco, modelo, linha, caminho)
    calculo = CALCULOS.get((modelo, campo))
    if calculo:
        return calculo(banco, linha)
    if campo == "display_name":
        return nome_de(banco, modelo, linha)
    definicao = banco.esquema[modelo].campos[campo]
    if definicao.inverso and definicao.relacao:
        return banco.filhos(definicao.relacao, definicao.inverso, linha["id"])
    if modelo == "product.product":
        return _seguir(banco, modelo, linha, f"product_tmpl_id.{campo}")
    return [] if definicao.tipo in ("one2many", "many2many") else definicao.vazio


def nome_de(banco: Nucleo, modelo: str, linha: Linha) -> str:
    """O nome que o Odoo mostra do registro (name_get / display_name)."""
    if modelo in ("product.product", "product.template"):
        nome = valor(banco, modelo, linha, "name")
        return f"[{linha['default_code']}] {nome}" if linha["default_code"] else str(nome)
    if modelo == "res.partner" and linha["parent_id"] and not linha["is_company"]:
        pai = banco.linha("res.partner", linha["parent_id"])
        return f"{pai['name']}, {linha['name']}" if pai else str(linha["name"])
    if modelo == "purchase.order" and linha["partner_ref"]:
        return f"{linha['name']} ({linha['partner_ref']})"
    if modelo == "mrp.bom":
        molde = banco.linha("product.template", linha["product_tmpl_id"])
        return nome_de(banco, "product.template", molde) if molde else ""
    for campo in ("complete_name", "name", "reference"):
        if linha.get(campo):
            return str(linha[campo])
    if modelo == "res.users" or modelo == "res.company":
        return str(valor(banco, modelo, linha, "name"))
    return f"{modelo},{linha['id']}"


def nome_por_id(banco: Nucleo, modelo: str, rid: int) -> str:
    """O nome de um registro por id; texto vazio se ele não existe mais."""
    linha = banco.linha(modelo, rid)
    return nome_de(banco, modelo, linha) if linha else ""


def _feito_14(banco: Nucleo, linha: Linha) -> float:
    """quantity_done da 14: a soma do que foi feito nas linhas do movimento, na unidade do movimento."""
    total = 0.0
    for rid in banco.filhos("stock.move.line", "move_id", linha["id"]):
        detalhe = banco.exigir("stock.move.line", rid)
        total += converter(banco, detalhe["qty_done"], detalhe["product_uom_id"], linha["product_uom"])
    return total


def _produzido(banco: Nucleo, op: Linha) -> float:
    """qty_produced: só os movimentos FEITOS do produto da ordem; 0 enquanto ela não é encerrada."""
    total = 0.0
    for rid in banco.filhos("stock.move", "production_id", op["id"]):
        movimento = banco.exigir("stock.move", rid)
        if movimento["state"] == "done" and movimento["product_id"] == op["product_id"]:
            total += movimento["quantity"] if banco.versao >= 17 else _feito_14(banco, movimento)
    return total


def _variante(campo: str) -> Calculo:
    """Campo do modelo de produto que mora na sua única variante."""

    def calculo(banco: Nucleo, linha: Linha) -> Any:
        variantes = [banco.exigir("product.product", i) for i in banco.filhos("product.product", "product_tmpl_id", linha["id"])]
        if len(variantes) == 1:
            return valor(banco, "product.product", variantes[0], campo) if campo != "id" else variantes[0]["id"]
        return False

    return calculo


def _estruturas_do_produto(banco: Nucleo, linha: Linha) -> list[int]:
    return banco.filhos("mrp.bom", "product_tmpl_id", linha["product_tmpl_id"])


CALCULOS: dict[tuple[str, str], Calculo] = {
    ("stock.move", "quantity_done"): _feito_14,
    ("mrp.production", "qty_produced"): _produzido,
    ("mrp.production", "move_byproduct_ids"): lambda b, x: [
        i for i in b.filhos("stock.move", "production_id", x["id"]) if b.exigir("stock.move", i)["product_id"] != x["product_id"]
    ],
    ("stock.quant", "available_quantity"): lambda b, x: x["quantity"] - x["reserved_quantity"],
    ("uom.uom", "factor_inv"): lambda b, x: 1.0 / x["factor"] if x["factor"] else 0.0,
    ("uom.uom", "rounding"): lambda b, x: 0.01,
    ("product.template", "product_variant_id"): _variante("id"),
    ("product.template", "product_variant_count"): lambda b, x: len(b.filhos("product.product", "product_tmpl_id", x["id"])),
    ("product.template", "barcode"): _variante("barcode"),
    ("product.template", "standard_price"): _variante("standard_price"),
    ("product.template", "currency_id"): lambda b, x: 1,
    ("product.product", "currency_id"): lambda b, x: 1,
    ("product.product", "bom_ids"): _estruturas_do_produto,
    ("product.product", "seller_ids"): lambda b, x: b.filhos("product.supplierinfo", "product_tmpl_id", x["product_tmpl_id"]),
    ("product.product", "lst_price"): lambda b, x: b.exigir("product.template", x["product_tmpl_id"])["list_price"],
    ("product.product", "standard_price"): lambda b, x: 0.0,
    ("purchase.requisition.line", "qty_ordered"): lambda b, x: 0.0,
    ("res.groups", "full_name"): lambda b, x: x["name"],
}
