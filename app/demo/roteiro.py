"""O que acontece "no Odoo" durante a demonstração: um dia de trabalho de compradores, almoxarifado e produção.

Cada ato mexe na fábrica simulada e devolve uma frase que conta o que foi feito.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.demo.odoo_simulado import BancoSimulado

Linha = dict[str, Any]


def dia_de_trabalho(b: BancoSimulado, hoje: date) -> list[str]:
    """Faz as edições do dia, uma de cada tipo que a importação segue; devolve uma frase por edição."""
    frases = [novo_pedido(b, hoje)]
    abertos = _pedidos_por_receber(b)
    frases.append(recebimento_parcial(b, abertos[0]))
    frases.append(cancelamento(b, abertos[1]))
    feitas = _entradas_feitas(b)
    frases.append(devolucao(b, feitas[-1]))
    frases.append(correcao(b, next(m for m in reversed(feitas) if m["picking_id"] != feitas[-1]["picking_id"])))
    frases.append(producao(b))
    frases.extend(conserto_das_ruins(b))
    return frases


def novo_pedido(b: BancoSimulado, hoje: date) -> str:
    """Um pedido confirmado de três itens, um deles em dúzias."""
    produtos = [
        x
        for x in b.linhas("product.product")
        if x["active"] and x["default_code"] and str(x["default_code"]).startswith(("MDF", "DOB", "PAR"))
    ]
    produtos = produtos[:3] or b.linhas("product.product")[:3]
    fornecedor = next(x for x in b.linhas("res.partner") if x["vat"] and x["is_company"] and x["id"] > 3)
    prevista = f"{hoje + timedelta(days=10)} 15:00:00"
    itens = [{"produto": p["id"], "qtd": 5 * (i + 1), "preco": 48.0, "previsto": prevista, "duzia": i == 2} for i, p in enumerate(produtos)]
    pedido = b.criar_pedido(fornecedor["id"], itens)
    b.confirmar_pedido(pedido)
    nome = b.exigir("purchase.order", pedido)["name"]
    return f"O comprador confirmou o pedido {nome} à {fornecedor['name']}: 3 itens, um deles em dúzias."


def recebimento_parcial(b: BancoSimulado, pedido: int) -> str:
    """Metade da primeira linha do pedido chega; o resto fica em saldo."""
    linha = _primeira_linha(b, pedido)
    metade = float(max(1, int(linha["product_uom_qty"] / 2)))
    b.receber(pedido, {linha["id"]: metade})
    nome, pedida = b.exigir("purchase.order", pedido)["name"], linha["product_uom_qty"]
    return f"Chegou parte do pedido {nome}: {_n(metade)} de {_n(pedida)} ({_produto(b, linha)})."


def cancelamento(b: BancoSimulado, pedido: int) -> str:
    """Um pedido ainda não recebido é cancelado."""
    b.cancelar_pedido(pedido)
    return f"O pedido {b.exigir('purchase.order', pedido)['name']} foi cancelado."


def devolucao(b: BancoSimulado, movimento: Linha) -> str:
    """Parte de um recebimento volta ao fornecedor."""
    quanto = float(max(1, int(b.feito_de(movimento["id"]) / 5)))
    b.devolver(movimento["id"], quanto)
    return f"O almoxarifado devolveu {_n(quanto)} do recebimento {movimento['reference']} ({_produto(b, movimento)})."


def correcao(b: BancoSimulado, movimento: Linha) -> str:
    """Uma quantidade já recebida é corrigida."""
    antes = b.feito_de(movimento["id"])
    depois = float(max(1, int(antes) - 1))
    b.corrigir_feito(movimento["id"], depois)
    return f"Contaram de novo o recebimento {movimento['reference']}: eram {_n(depois)}, e não {_n(antes)}."


def producao(b: BancoSimulado) -> str:
    """A ordem mais nova em produção é encerrada."""
    op = next(x for x in reversed(b.linhas("mrp.production")) if x["state"] == "progress")
    b.encerrar_op(op["id"])
    feito = sum(b.feito_de(m) for m in b.filhos("stock.move", "production_id", op["id"]) if b.exigir("stock.move", m)["state"] == "done")
    return f"A fábrica encerrou a {b.exigir('mrp.production', op['id'])['name']} com {_n(feito)} peças."


def conserto_das_ruins(b: BancoSimulado) -> list[str]:
    """Alguém corrige no Odoo o que impedia linhas de entrar: nomes com caracteres de controle e quantidades absurdas."""
    frases = []
    nomes = b.ruins.get("caractere de controle no nome", ())
    for modelo, rid in nomes:
        molde = b.exigir("product.product", b.exigir(modelo, rid)["product_id"])["product_tmpl_id"]
        nome = b.exigir("product.template", molde)["name"]
        b.renomear_template(molde, " ".join("".join(c if c.isprintable() else " " for c in nome).split()))
    if nomes:
        frases.append(f"Corrigiram o nome de {len(nomes)} etiquetas, que tinham caracteres invisíveis.")
    absurdas = b.ruins.get("quantidade absurda", ())
    for modelo, rid in absurdas:
        b.escrever_cru(modelo, rid, {"product_qty": 10.0, "product_uom_qty": 10.0})
    if absurdas:
        frases.append(f"Corrigiram a quantidade de {len(absurdas)} linhas de pedido, digitada com zeros demais.")
    return frases


# --- escolher o que editar ------------------------------------------------------------------------------------------------------


def _pedidos_por_receber(b: BancoSimulado) -> list[int]:
    """Pedidos confirmados, sem nada recebido, com linhas de pelo menos 10 unidades; os mais antigos antes (são os atrasados)."""
    ruins = {rid for casos in b.ruins.values() for _, rid in casos}
    achados = []
    for pedido in b.linhas("purchase.order"):
        if pedido["state"] != "purchase":
            continue
        linhas = [b.exigir("purchase.order.line", i) for i in b.linhas_do_pedido(pedido["id"])]
        estocaveis = [x for x in linhas if x["product_id"] and x["qty_received_method"] == "stock_moves"]
        if estocaveis and not any(x["qty_received"] or x["id"] in ruins for x in linhas) and estocaveis[0]["product_uom_qty"] >= 10:
            achados.append(pedido["id"])
    return achados


def _primeira_linha(b: BancoSimulado, pedido: int) -> Linha:
    linhas = (b.exigir("purchase.order.line", i) for i in b.linhas_do_pedido(pedido))
    return next(x for x in linhas if x["product_id"] and x["qty_received_method"] == "stock_moves")


def _entradas_feitas(b: BancoSimulado) -> list[Linha]:
    """Recebimentos feitos de pelo menos 10 unidades, por id."""
    fornecedores, estoque = b.refs["fornecedores"], b.refs["estoque"]
    return [
        m
        for m in b.linhas("stock.move")
        if m["state"] == "done" and m["location_id"] == fornecedores and m["location_dest_id"] == estoque and b.feito_de(m["id"]) >= 10
    ]


def _produto(b: BancoSimulado, linha: Linha) -> str:
    produto = b.exigir("product.product", linha["product_id"])
    return str(produto["default_code"] or "sem código").strip()


def _n(valor: float) -> str:
    return f"{valor:,.2f}".rstrip("0").rstrip(".").replace(",", " ").replace(".", ",").replace(" ", ".")
