"""Colhe de um Odoo de verdade o esquema que o simulado serve (nomes, tipos, relações e seleções dos campos que usamos).

Uso, com o servidor ligado (odoo-real/README.md): `python -m tests.contrato.colher_esquema URL BANCO > app/demo/odoo_simulado/esquema_14.py`
(ou _19). Só lê `fields_get`; a lista do que colher está em CAMPOS, com os nomes das duas versões: o que não existe fica
de fora, e os campos de todo modelo (id, display_name, create_date, write_date…) não se repetem.
"""

from __future__ import annotations

import json
import sys
import textwrap
import urllib.error
import urllib.request
from typing import Any

_PRODUTO = """name default_code active type is_storable sale_ok purchase_ok uom_id uom_po_id list_price standard_price weight volume barcode
    categ_id company_id route_ids seller_ids bom_ids produce_delay tracking invoice_policy purchase_method currency_id description"""

CAMPOS: dict[str, str] = {
    "res.company": "name partner_id currency_id parent_id active country_id vat",
    "res.users": "name login active company_id company_ids partner_id email lang",
    "res.partner": """name vat parent_id commercial_partner_id is_company active country_id company_id type ref email phone city street
        state_id zip supplier_rank customer_rank commercial_company_name child_ids""",
    "res.country": "name code",
    "res.country.state": "name code country_id",
    "res.currency": "name symbol active rounding",
    "uom.category": "name uom_ids",
    "uom.uom": "name category_id factor factor_inv uom_type rounding active relative_factor relative_uom_id sequence",
    "product.category": "name parent_id complete_name",
    "product.template": _PRODUTO + " product_variant_ids product_variant_id product_variant_count",
    "product.product": _PRODUTO + " product_tmpl_id lst_price variant_bom_ids",
    "product.supplierinfo": """name partner_id product_id product_tmpl_id min_qty price delay currency_id company_id product_code
        product_name product_uom product_uom_id sequence date_start date_end""",
    "mrp.bom": "product_tmpl_id product_id product_qty product_uom_id type active code company_id sequence bom_line_ids produce_delay",
    "mrp.bom.line": "bom_id product_id product_qty product_uom_id sequence company_id product_tmpl_id parent_product_tmpl_id",
    "stock.warehouse": "name code active company_id lot_stock_id view_location_id in_type_id out_type_id manu_type_id",
    "stock.location": "name complete_name usage location_id company_id active scrap_location",
    "stock.location.route": "name active company_id product_selectable sequence rule_ids",
    "stock.route": "name active company_id product_selectable sequence rule_ids",
    "stock.rule": "name action active route_id location_id location_dest_id location_src_id picking_type_id company_id procure_method",
    "stock.picking.type": "name code sequence_code active warehouse_id company_id default_location_src_id default_location_dest_id",
    "stock.picking": """name origin state partner_id picking_type_id picking_type_code location_id location_dest_id scheduled_date date_done
        date date_deadline backorder_id backorder_ids return_id return_ids move_lines move_ids move_line_ids company_id purchase_id group_id
        note""",
    "stock.move": """name reference state date date_deadline product_id product_uom_qty product_qty product_uom quantity_done quantity
        picked location_id location_dest_id picking_id picking_type_id picking_code company_id purchase_line_id production_id
        raw_material_production_id unbuild_id consume_unbuild_id origin_returned_move_id returned_move_ids scrapped scrap_id move_line_ids
        move_orig_ids move_dest_ids group_id production_group_id origin price_unit to_refund byproduct_id bom_line_id partner_id
        procure_method sequence is_inventory is_subcontract""",
    "stock.move.line": """move_id picking_id product_id product_uom_id qty_done product_uom_qty product_qty quantity quantity_product_uom
        state date location_id location_dest_id company_id reference production_id picked""",
    "stock.quant": """product_id location_id company_id quantity reserved_quantity available_quantity inventory_quantity in_date
        product_tmpl_id product_uom_id""",
    "purchase.requisition": """name state active date_end date_start ordering_date schedule_date user_id vendor_id line_ids purchase_ids
        company_id currency_id origin type_id requisition_type reference description""",
    "purchase.requisition.type": "name",
    "purchase.requisition.line": "requisition_id product_id product_uom_id product_qty price_unit qty_ordered schedule_date company_id",
    "purchase.order": """name state partner_id date_order date_approve date_planned company_id currency_id user_id order_line origin
        partner_ref requisition_id picking_ids notes note locked receipt_status effective_date amount_total amount_untaxed amount_tax
        invoice_status priority picking_type_id dest_address_id group_id""",
    "purchase.order.line": """order_id product_id name product_qty product_uom product_uom_id product_uom_qty price_unit price_subtotal
        price_total price_tax date_planned qty_received qty_received_method qty_received_manual qty_invoiced display_type state company_id
        currency_id partner_id sequence date_order move_ids discount orderpoint_id""",
    "mrp.production": """name state product_id product_qty product_uom_id product_uom_qty qty_produced qty_producing bom_id
        date_planned_start date_planned_finished date_start date_finished date_deadline origin company_id procurement_group_id
        production_group_id move_raw_ids move_finished_ids move_byproduct_ids backorder_sequence user_id unbuild_ids location_src_id
        location_dest_id picking_type_id reservation_state is_locked product_tmpl_id consumption""",
    "procurement.group": "name move_type",
    "mrp.production.group": "name production_ids",
    "stock.reference": "name",
    "mrp.unbuild": """name state product_id product_qty product_uom_id mo_id bom_id location_id location_dest_id company_id
        consume_line_ids produce_line_ids""",
    "res.users.apikeys": "name user_id scope expiration_date",
    "res.groups": "name full_name",
    "ir.module.module": "name state shortdesc latest_version",
    "ir.model": "name model",
    "ir.model.data": "name module model res_id",
    "ir.config_parameter": "key value",
}


def _rpc(url: str, servico: str, metodo: str, *argumentos: object) -> Any:
    corpo = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {"service": servico, "method": metodo, "args": argumentos}}
    pedido = urllib.request.Request(url + "/jsonrpc", json.dumps(corpo).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(pedido, timeout=120) as resposta:
        dados = json.load(resposta)
    if "error" in dados:
        raise LookupError(dados["error"]["data"]["message"])
    return dados["result"]


def linha_de(campo: str, a: dict[str, Any]) -> str:
    """Um campo do esquema: `[-]campo tipo[*] [relação[/inverso]] [seleção]`; `-` não gravado, `*` obrigatório."""
    partes = [("" if a["store"] else "-") + campo, a["type"] + ("*" if a.get("required") else "")]
    if "relation" in a:
        partes.append(a["relation"] + (f"/{a['relation_field']}" if a.get("relation_field") else ""))
    if a["type"] == "selection" and isinstance(a.get("selection"), list):
        partes.append(",".join(str(v) for v, _ in a["selection"]))
    return " ".join(partes)


def principal(url: str, banco: str) -> None:
    uid = _rpc(url, "common", "authenticate", banco, "admin", "admin", {})
    versao = _rpc(url, "common", "version")["server_version"]
    escrever = sys.stdout.write
    escrever(
        f'"""O esquema do Odoo {versao}, colhido de um servidor de verdade por tests/contrato/colher_esquema.py (não edite à mão)."""\n'
    )
    escrever('\nESQUEMA = """\n')
    for modelo, nomes in CAMPOS.items():
        try:
            tudo = _rpc(url, "object", "execute_kw", banco, uid, "admin", modelo, "fields_get", [],
                        {"attributes": ["type", "relation", "relation_field", "store", "selection", "required"]})  # fmt: skip
        except (LookupError, urllib.error.HTTPError):
            continue
        titulo = _rpc(url, "object", "execute_kw", banco, uid, "admin", "ir.model", "search_read", [[["model", "=", modelo]]],
                      {"fields": ["name"]})  # fmt: skip
        escrever(f"\n[{modelo}] {titulo[0]['name']}\n")
        campos = "; ".join(linha_de(campo, tudo[campo]) for campo in nomes.split() if campo in tudo)
        escrever("\n".join(textwrap.wrap(campos, 138, break_long_words=False, break_on_hyphens=False)) + "\n")
    escrever('"""\n')


if __name__ == "__main__":
    principal(*sys.argv[1:3])
