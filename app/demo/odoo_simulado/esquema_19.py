"""O esquema do Odoo 19.0, colhido de um servidor de verdade por tests/contrato/colher_esquema.py (não edite à mão)."""

ESQUEMA = """

[res.company] Companies
name char*; partner_id many2one* res.partner; currency_id many2one* res.currency; parent_id many2one res.company; active boolean;
-country_id many2one res.country; -vat char

[res.users] User
-name char; login char*; active boolean; company_id many2one* res.company; company_ids many2many res.company; partner_id many2one*
res.partner; -email char; -lang selection en_US

[res.partner] Contact
name char; vat char; parent_id many2one res.partner; commercial_partner_id many2one res.partner; is_company boolean; active boolean;
country_id many2one res.country; company_id many2one res.company; type selection contact,invoice,delivery,other; ref char; email char;
phone char; city char; street char; state_id many2one res.country.state; zip char; supplier_rank integer; customer_rank integer;
commercial_company_name char; child_ids one2many res.partner/parent_id

[res.country] Country
name char*; code char*

[res.country.state] Country state
name char*; code char*; country_id many2one* res.country

[res.currency] Currency
name char*; symbol char*; active boolean; rounding float

[uom.uom] Product Unit of Measure
name char*; factor float; -rounding float; active boolean; relative_factor float*; relative_uom_id many2one uom.uom; sequence integer

[product.category] Product Category
name char*; parent_id many2one product.category; complete_name char

[product.template] Product
name char*; default_code char; active boolean; type selection* consu,service,combo; is_storable boolean; sale_ok boolean; purchase_ok
boolean; uom_id many2one* uom.uom; list_price float; -standard_price float; weight float; volume float; -barcode char; categ_id many2one
product.category; company_id many2one res.company; route_ids many2many stock.route; seller_ids one2many
product.supplierinfo/product_tmpl_id; bom_ids one2many mrp.bom/product_tmpl_id; tracking selection* serial,lot,none; invoice_policy
selection order,delivery; purchase_method selection purchase,receive; -currency_id many2one res.currency; description html;
product_variant_ids one2many* product.product/product_tmpl_id; -product_variant_id many2one product.product; -product_variant_count
integer

[product.product] Product Variant
-name char*; default_code char; active boolean; -type selection* consu,service,combo; -is_storable boolean; -sale_ok boolean; -purchase_ok
boolean; -uom_id many2one* uom.uom; -list_price float; standard_price float; weight float; volume float; barcode char; -categ_id many2one
product.category; -company_id many2one res.company; -route_ids many2many stock.route; -seller_ids one2many product.supplierinfo; -bom_ids
one2many mrp.bom; -tracking selection* serial,lot,none; -invoice_policy selection order,delivery; -purchase_method selection
purchase,receive; -currency_id many2one res.currency; -description html; product_tmpl_id many2one* product.template; -lst_price float;
variant_bom_ids one2many mrp.bom/product_id

[product.supplierinfo] Supplier Pricelist
partner_id many2one* res.partner; product_id many2one product.product; product_tmpl_id many2one* product.template; min_qty float*; price
float; delay integer*; currency_id many2one* res.currency; company_id many2one res.company; product_code char; product_name char;
product_uom_id many2one* uom.uom; sequence integer; date_start date; date_end date

[mrp.bom] Bill of Material
product_tmpl_id many2one* product.template; product_id many2one product.product; product_qty float*; product_uom_id many2one* uom.uom;
type selection* normal,phantom; active boolean; code char; company_id many2one res.company; sequence integer; bom_line_ids one2many
mrp.bom.line/bom_id; produce_delay integer

[mrp.bom.line] Bill of Material Line
bom_id many2one* mrp.bom; product_id many2one* product.product; product_qty float*; product_uom_id many2one* uom.uom; sequence integer;
company_id many2one res.company; product_tmpl_id many2one product.template; -parent_product_tmpl_id many2one product.template

[stock.warehouse] Warehouse
name char*; code char*; active boolean; company_id many2one* res.company; lot_stock_id many2one* stock.location; view_location_id
many2one* stock.location; in_type_id many2one stock.picking.type; out_type_id many2one stock.picking.type; manu_type_id many2one
stock.picking.type

[stock.location] Inventory Locations
name char*; complete_name char; usage selection* supplier,view,internal,customer,inventory,production,transit; location_id many2one
stock.location; company_id many2one res.company; active boolean

[stock.route] Inventory Routes
name char*; active boolean; company_id many2one res.company; product_selectable boolean; sequence integer; rule_ids one2many
stock.rule/route_id

[stock.rule] Stock Rule
name char*; action selection* pull,push,pull_push,manufacture,buy; active boolean; route_id many2one* stock.route; location_dest_id
many2one* stock.location; location_src_id many2one stock.location; picking_type_id many2one* stock.picking.type; company_id many2one
res.company; procure_method selection* make_to_stock,make_to_order,mts_else_mto

[stock.picking.type] Picking Type
name char*; code selection* incoming,outgoing,internal,mrp_operation; sequence_code char*; active boolean; warehouse_id many2one
stock.warehouse; company_id many2one* res.company; default_location_src_id many2one* stock.location; default_location_dest_id many2one*
stock.location

[stock.picking] Transfer
name char; origin char; state selection draft,waiting,confirmed,assigned,done,cancel; partner_id many2one res.partner; picking_type_id
many2one* stock.picking.type; -picking_type_code selection incoming,outgoing,internal,mrp_operation; location_id many2one* stock.location;
location_dest_id many2one* stock.location; scheduled_date datetime; date_done datetime; date_deadline datetime; backorder_id many2one
stock.picking; backorder_ids one2many stock.picking/backorder_id; return_id many2one stock.picking; return_ids one2many
stock.picking/return_id; move_ids one2many stock.move/picking_id; move_line_ids one2many stock.move.line/picking_id; company_id many2one
res.company; -purchase_id many2one purchase.order; note html

[stock.move] Stock Move
reference char; state selection draft,waiting,confirmed,partially_available,assigned,done,cancel; date datetime*; date_deadline datetime;
product_id many2one* product.product; product_uom_qty float*; product_qty float; product_uom many2one* uom.uom; quantity float; picked
boolean; location_id many2one* stock.location; location_dest_id many2one* stock.location; picking_id many2one stock.picking;
picking_type_id many2one stock.picking.type; -picking_code selection incoming,outgoing,internal,mrp_operation; company_id many2one*
res.company; purchase_line_id many2one purchase.order.line; production_id many2one mrp.production; raw_material_production_id many2one
mrp.production; unbuild_id many2one mrp.unbuild; consume_unbuild_id many2one mrp.unbuild; origin_returned_move_id many2one stock.move;
returned_move_ids one2many stock.move/origin_returned_move_id; scrap_id many2one stock.scrap; move_line_ids one2many
stock.move.line/move_id; move_orig_ids many2many stock.move; move_dest_ids many2many stock.move; production_group_id many2one
mrp.production.group; origin char; price_unit float; to_refund boolean; byproduct_id many2one mrp.bom.byproduct; bom_line_id many2one
mrp.bom.line; partner_id many2one res.partner; procure_method selection* make_to_stock,make_to_order; sequence integer; is_inventory
boolean

[stock.move.line] Product Moves (Stock Move Line)
move_id many2one stock.move; picking_id many2one stock.picking; product_id many2one product.product; product_uom_id many2one* uom.uom;
quantity float; quantity_product_uom float; state selection draft,waiting,confirmed,partially_available,assigned,done,cancel; date
datetime*; location_id many2one* stock.location; location_dest_id many2one* stock.location; company_id many2one* res.company; -reference
char; production_id many2one mrp.production; picked boolean

[stock.quant] Quants
product_id many2one* product.product; location_id many2one* stock.location; company_id many2one res.company; quantity float;
reserved_quantity float*; -available_quantity float; inventory_quantity float; in_date datetime*; -product_tmpl_id many2one
product.template; -product_uom_id many2one uom.uom

[purchase.requisition] Purchase Requisition
name char*; state selection* draft,confirmed,done,cancel; active boolean; date_end date; date_start date; user_id many2one res.users;
vendor_id many2one res.partner; line_ids one2many purchase.requisition.line/requisition_id; purchase_ids one2many
purchase.order/requisition_id; company_id many2one* res.company; currency_id many2one* res.currency; requisition_type selection*
blanket_order,purchase_template; reference char; description html

[purchase.requisition.line] Purchase Requisition Line
requisition_id many2one* purchase.requisition; product_id many2one* product.product; product_uom_id many2one uom.uom; product_qty float;
price_unit float; -qty_ordered float; company_id many2one res.company

[purchase.order] Purchase Order
name char*; state selection draft,sent,to approve,purchase,cancel; partner_id many2one* res.partner; date_order datetime*; date_approve
datetime; date_planned datetime; company_id many2one* res.company; currency_id many2one* res.currency; user_id many2one res.users;
order_line one2many purchase.order.line/order_id; origin char; partner_ref char; requisition_id many2one purchase.requisition; picking_ids
many2many stock.picking; note html; locked boolean; receipt_status selection pending,partial,full; effective_date datetime; amount_total
monetary; amount_untaxed monetary; amount_tax monetary; invoice_status selection no,to invoice,invoiced; priority selection 0,1;
picking_type_id many2one* stock.picking.type; dest_address_id many2one res.partner

[purchase.order.line] Purchase Order Line
order_id many2one* purchase.order; product_id many2one product.product; name text*; product_qty float*; product_uom_id many2one uom.uom;
product_uom_qty float; price_unit float*; price_subtotal monetary; price_total monetary; price_tax float; date_planned datetime;
qty_received float; qty_received_method selection manual,stock_moves; qty_received_manual float; qty_invoiced float; display_type
selection line_section,line_subsection,line_note; -state selection draft,sent,to approve,purchase,cancel; company_id many2one res.company;
-currency_id many2one res.currency; partner_id many2one res.partner; sequence integer; -date_order datetime; move_ids one2many
stock.move/purchase_line_id; discount float; orderpoint_id many2one stock.warehouse.orderpoint

[mrp.production] Manufacturing Order
name char; state selection draft,confirmed,progress,to_close,done,cancel; product_id many2one* product.product; product_qty float*;
product_uom_id many2one* uom.uom; product_uom_qty float; -qty_produced float; qty_producing float; bom_id many2one mrp.bom; date_start
datetime*; date_finished datetime; date_deadline datetime; origin char; company_id many2one* res.company; production_group_id many2one
mrp.production.group; move_raw_ids one2many stock.move/raw_material_production_id; move_finished_ids one2many stock.move/production_id;
-move_byproduct_ids one2many stock.move; backorder_sequence integer; user_id many2one res.users; unbuild_ids one2many mrp.unbuild/mo_id;
location_src_id many2one* stock.location; location_dest_id many2one* stock.location; picking_type_id many2one* stock.picking.type;
reservation_state selection confirmed,assigned,waiting; is_locked boolean; -product_tmpl_id many2one product.template; consumption
selection* flexible,warning,strict

[mrp.production.group] Production Group
name char*; production_ids one2many mrp.production/production_group_id

[stock.reference] Reference between stock documents
name char*

[mrp.unbuild] Unbuild Order
name char; state selection draft,done; product_id many2one* product.product; product_qty float*; product_uom_id many2one* uom.uom; mo_id
many2one mrp.production; bom_id many2one mrp.bom; location_id many2one* stock.location; location_dest_id many2one* stock.location;
company_id many2one* res.company; consume_line_ids one2many stock.move/consume_unbuild_id; produce_line_ids one2many stock.move/unbuild_id

[res.users.apikeys] Users API Keys
name char*; user_id many2one* res.users; scope char; expiration_date datetime

[res.groups] Access Groups
name char*; -full_name char

[ir.module.module] Module
name char*; state selection uninstallable,uninstalled,installed,to upgrade,to remove,to install; shortdesc char; latest_version char

[ir.model] Models
name char*; model char*

[ir.model.data] Model Data
name char*; module char*; model char*; res_id many2one_reference

[ir.config_parameter] System Parameter
key char*; value text*
"""
