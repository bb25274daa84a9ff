"""O que se faz em compras: requisições, pedidos (confirmar, cancelar, reabrir, travar), recebimentos e entrega direta."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from app.demo.odoo_simulado.atos_estoque import AtosEstoque
from app.demo.odoo_simulado.calculados import converter
from app.demo.odoo_simulado.erros import erro_do_usuario


class AtosCompras(AtosEstoque):
    """Requisições e pedidos de compra."""

    # --- requisições ----------------------------------------------------------------------------------------------------------
    def criar_requisicao(self, itens: Sequence[Mapping[str, Any]], *, fornecedor: int, previsto: str = "2026-12-20", **outros: Any) -> int:
        """Uma requisição em rascunho; cada item: produto, qtd e opcional preco."""
        linhas = [
            (
                0,
                0,
                {
                    "product_id": i["produto"],
                    "product_qty": i["qtd"],
                    "price_unit": i.get("preco", 1.0),
                    **({"schedule_date": i.get("previsto", previsto)} if self.antigo else {}),
                },
            )
            for i in itens
        ]
        extra = {} if self.antigo else {"date_end": previsto}
        return self.criar("purchase.requisition", {"vendor_id": fornecedor, "line_ids": linhas, **extra, **outros})

    def confirmar_requisicao(self, requisicao: int) -> None:
        with self.transacao():
            mudancas: dict[str, Any] = {"state": "in_progress" if self.antigo else "confirmed"}
            if self.exigir("purchase.requisition", requisicao)["name"] == "New":
                mudancas["name"] = self.sequencia("purchase.requisition", "TE{:05d}")
            self.escrever_cru("purchase.requisition", requisicao, mudancas)

    def cancelar_requisicao(self, requisicao: int) -> None:
        with self.transacao():
            self.escrever_cru("purchase.requisition", requisicao, {"state": "cancel"})

    def criar_solicitacao(self, itens: Sequence[Mapping[str, Any]], **outros: Any) -> int:
        """Uma purchase.request da OCA (precisa de `instalar('purchase_request')`); cada item: produto, qtd, opcional data (texto)."""
        with self.transacao():
            rid = self.criar("purchase.request", outros)
            for i in itens:
                nome = self.exigir("product.template", self.exigir("product.product", i["produto"])["product_tmpl_id"])["name"]
                v: dict[str, Any] = {"request_id": rid, "product_id": i["produto"], "product_qty": i["qtd"], "name": nome}
                self.criar("purchase.request.line", {**v, **({"date_required": i["data"]} if "data" in i else {})})
            return rid

    # --- pedidos --------------------------------------------------------------------------------------------------------------
    def criar_pedido(self, parceiro: int, itens: Sequence[Mapping[str, Any]], **outros: Any) -> int:
        """Um pedido em rascunho; cada item: produto, qtd, preco e opcionais duzia, previsto (texto UTC); ou secao/nota (texto)."""
        return self.criar("purchase.order", {"partner_id": parceiro, "order_line": [(0, 0, self.linha_de(i)) for i in itens], **outros})

    def linha_de(self, item: Mapping[str, Any]) -> dict[str, Any]:
        if "secao" in item or "nota" in item:
            return {"display_type": "line_section" if "secao" in item else "line_note", "name": item.get("secao") or item["nota"]}
        v: dict[str, Any] = {"product_id": item["produto"], "product_qty": float(item["qtd"]), "price_unit": float(item.get("preco", 1.0))}
        if "previsto" in item:
            v["date_planned"] = item["previsto"]
        if item.get("duzia"):
            v[self.unidade_da_linha] = self.refs["duzia"]
        return v

    def linhas_do_pedido(self, pedido: int) -> list[int]:
        return self.filhos("purchase.order.line", "order_id", pedido)

    def confirmar_pedido(self, *pedidos: int) -> None:
        """Confirma: aprova, cria a guia de entrada (um movimento por linha estocável) e, se faltar, o preço do fornecedor no produto."""
        with self.transacao():
            for pedido in pedidos:
                p = self.exigir("purchase.order", pedido)
                if p["state"] not in ("draft", "sent"):
                    continue
                extra = {} if self.antigo else {"receipt_status": "pending"}
                self.escrever_cru("purchase.order", pedido, {"state": "purchase", "date_approve": self.agora_texto(), **extra})
                self._estado_das_linhas(pedido, "purchase")
                for rid in self.linhas_do_pedido(pedido):
                    self._fornecedor_no_produto(rid)
                self._criar_entradas(pedido)

    def _estado_das_linhas(self, pedido: int, estado: str) -> None:
        if self.antigo:  # na 14 o estado é gravado na linha, e isso a move; na 19 é calculado
            for rid in self.linhas_do_pedido(pedido):
                self.escrever_cru("purchase.order.line", rid, {"state": estado})

    def _fornecedor_no_produto(self, linha: int) -> None:
        """O Odoo acrescenta ao produto o fornecedor do pedido, com prazo 0."""
        x = self.exigir("purchase.order.line", linha)
        if not x["product_id"]:
            return
        produto = self.exigir("product.product", x["product_id"])
        dono = self.exigir("res.partner", x["partner_id"])["commercial_partner_id"]
        campo = "name" if self.antigo else "partner_id"
        ja = self.filhos("product.supplierinfo", "product_tmpl_id", produto["product_tmpl_id"])
        if len(ja) > 10 or any(self.exigir("product.supplierinfo", i)[campo] == dono for i in ja):
            return
        v: dict[str, Any] = {
            campo: dono,
            "product_tmpl_id": produto["product_tmpl_id"],
            "price": x["price_unit"],
            "delay": 0,
            "sequence": len(ja) + 1,
        }
        if not self.antigo:
            v.update(product_id=produto["id"], min_qty=1.0)
        self.criar("product.supplierinfo", v)
        self.escrever_cru("product.product", produto["id"], {})

    def _criar_entradas(self, pedido: int) -> None:
        estocaveis = [
            i for i in self.linhas_do_pedido(pedido) if self.exigir("purchase.order.line", i)["qty_received_method"] == "stock_moves"
        ]
        com_qtd = [i for i in estocaveis if self.exigir("purchase.order.line", i)["product_uom_qty"] > 0]
        if com_qtd:
            guia = self._guia_de_entrada(pedido)
            for rid in com_qtd:
                self._movimento_da_linha(rid, guia, self.exigir("purchase.order.line", rid)["product_uom_qty"])

    def _guia_de_entrada(self, pedido: int, *, tipo: int | None = None, para: int | None = None) -> int:
        p = self.exigir("purchase.order", pedido)
        guia = self.criar_guia(
            tipo or p["picking_type_id"],
            self.refs["fornecedores"],
            para or self.refs["estoque"],
            origin=p["name"],
            partner_id=p["partner_id"],
            state="assigned",
            scheduled_date=p["date_planned"] or p["date_order"],
        )
        self.escrever_cru("purchase.order", pedido, {"picking_ids": (guia, *self.exigir("purchase.order", pedido)["picking_ids"])})
        return guia

    def _movimento_da_linha(self, linha: int, guia: int, qtd: float, *, para: int | None = None) -> int:
        x = self.exigir("purchase.order.line", linha)
        nome = self.exigir("purchase.order", x["order_id"])["name"]
        extra = {} if self.antigo else {"quantity": qtd, "to_refund": True}
        return self.criar_movimento(
            x["product_id"],
            qtd,
            self.refs["fornecedores"],
            para or self.refs["estoque"],
            picking_id=guia,
            purchase_line_id=linha,
            origin=nome,
            state="assigned",
            date=x["date_planned"],
            company_id=x["company_id"],
            price_unit=x["price_unit"],
            partner_id=x["partner_id"],
            **extra,
        )

    def cancelar_pedido(self, pedido: int) -> None:
        """Cancela. Com algo recebido, a 14 recusa; a 19 deixa, e cancela só o que está aberto (as linhas se movem)."""
        with self.transacao():
            p = self.exigir("purchase.order", pedido)
            meus = [m for linha in self.linhas_do_pedido(pedido) for m in self.filhos("stock.move", "purchase_line_id", linha)]
            if self.antigo and any(self.exigir("stock.move", m)["state"] == "done" for m in meus):
                raise erro_do_usuario(f"Unable to cancel purchase order {p['name']} as some receptions have already been done.")
            for m in meus:
                if self.exigir("stock.move", m)["state"] not in ("done", "cancel"):
                    self.cancelar_movimento(m)
            for guia in p["picking_ids"]:
                if self.exigir("stock.picking", guia)["state"] != "done":
                    self.escrever_cru("stock.picking", guia, {"state": "cancel"})
            self.escrever_cru("purchase.order", pedido, {"state": "cancel"})
            if self.antigo:
                self._estado_das_linhas(pedido, "cancel")
            elif meus:
                for linha in self.linhas_do_pedido(pedido):
                    self.escrever_cru("purchase.order.line", linha, {})

    def reabrir_pedido(self, pedido: int) -> None:
        """Um pedido cancelado volta a rascunho (a data de aprovação antiga fica)."""
        with self.transacao():
            self.escrever_cru("purchase.order", pedido, {"state": "draft"})
            self._estado_das_linhas(pedido, "draft")

    def travar_pedido(self, pedido: int) -> None:
        """Trava: estado `done` na 14, booleano `locked` na 19. Não quer dizer recebido."""
        with self.transacao():
            self.escrever_cru("purchase.order", pedido, {"state": "done"} if self.antigo else {"locked": True})
            self._estado_das_linhas(pedido, "done")

    def destravar_pedido(self, pedido: int) -> None:
        with self.transacao():
            self.escrever_cru("purchase.order", pedido, {"state": "purchase"} if self.antigo else {"locked": False})
            self._estado_das_linhas(pedido, "purchase")

    def mudar_linha(self, linha: int, **valores: Any) -> None:
        """Escreve na linha de pedido (product_qty, price_unit, date_planned, product_id…)."""
        self.escrever("purchase.order.line", linha, valores)

    def acrescentar_linha(self, pedido: int, item: Mapping[str, Any]) -> int:
        return self.criar("purchase.order.line", {"order_id": pedido, **self.linha_de(item)})

    def ajustar_movimentos(self, linha: int, diferenca: float, *, juntar: bool = True) -> None:
        """A quantidade de uma linha confirmada mudou de `diferenca` (na unidade do produto): os movimentos acompanham.

        A 14 só acompanha para mais. A 19 junta a diferença ao que está aberto, ou, quando a data prevista também mudou (`juntar=False`),
        abre outro movimento; para menos do que se recebeu, uma devolução sem origin_returned_move_id.
        """
        x = self.exigir("purchase.order.line", linha)
        if x["qty_received_method"] != "stock_moves":
            return
        meus = [self.exigir("stock.move", m) for m in self.filhos("stock.move", "purchase_line_id", linha)]
        abertos = [m for m in meus if m["state"] not in ("done", "cancel") and m["location_id"] == self.refs["fornecedores"]]
        if self.antigo:  # conta o que já está pedido em movimentos; o que sobra neles fica
            diferenca = x["product_uom_qty"] - self._recebido_na_unidade(linha) - sum(m["product_uom_qty"] for m in abertos)
            juntar = all(m["price_unit"] == x["price_unit"] for m in abertos)  # preço mudado depois de confirmar: outro movimento
        if diferenca > 0:
            if abertos and juntar:
                self._demanda(abertos[0]["id"], abertos[0]["product_uom_qty"] + diferenca)
            else:
                guia = abertos[0]["picking_id"] if abertos else self._guia_de_entrada(x["order_id"])
                self._movimento_da_linha(linha, guia, diferenca)
        elif diferenca < 0 and not self.antigo:
            for m in abertos if juntar else []:
                tirado = min(m["product_uom_qty"], -diferenca)
                diferenca = round(diferenca + tirado, 6)
                self._demanda(m["id"], m["product_uom_qty"] - tirado)
            if diferenca < 0:
                self._devolucao_sozinha(linha, -diferenca)

    def _demanda(self, movimento: int, qtd: float) -> None:
        """A demanda de um movimento aberto; a que chega a zero o cancela."""
        quanto = {"product_uom_qty": round(qtd, 6), "product_qty": round(qtd, 6), **({} if self.antigo else {"quantity": round(qtd, 6)})}
        self.escrever_cru("stock.move", movimento, {**quanto, **({} if qtd > 1e-9 else {"state": "cancel"})})

    def _devolucao_sozinha(self, linha: int, qtd: float) -> None:
        x = self.exigir("purchase.order.line", linha)
        de, para = self.refs["estoque"], self.refs["fornecedores"]
        nome = self.exigir("purchase.order", x["order_id"])["name"]
        guia = self.criar_guia(self.refs["tipo_saida"], de, para, state="assigned", origin=nome, scheduled_date=x["date_planned"])
        self._ligar_guia(linha, guia)
        meio = {"picking_id": guia, "purchase_line_id": linha, "date": x["date_planned"], "origin": nome}
        self.criar_movimento(x["product_id"], qtd, de, para, state="assigned", to_refund=True, quantity=qtd, **meio)

    # --- recebimento ----------------------------------------------------------------------------------------------------------
    def receber(self, pedido: int, quantidades: Mapping[int, float] | None = None, *, saldo: bool = True) -> list[int]:
        """Recebe o que está aberto do pedido (ou, por linha, as quantidades na unidade do produto); devolve os movimentos feitos."""
        with self.transacao():
            feitos: list[int] = []
            por_guia: dict[int, dict[int, float] | None] = {}
            faltam = dict(quantidades or {})
            for linha in self.linhas_do_pedido(pedido):
                for m in self.filhos("stock.move", "purchase_line_id", linha):
                    x = self.exigir("stock.move", m)
                    if x["state"] in ("done", "cancel") or x["location_id"] != self.refs["fornecedores"]:
                        continue
                    if quantidades is None:
                        por_guia.setdefault(x["picking_id"], None)
                    else:
                        por_movimento = por_guia.setdefault(x["picking_id"], {})
                        if por_movimento is not None and faltam.get(linha):
                            por_movimento[m] = float(faltam.pop(linha))
            for guia, partes in por_guia.items():
                if partes is None or partes:
                    feitos += self.validar_guia(guia, partes, saldo=saldo)
            return feitos

    def _depois_de_validar(self, guia: int, feitos: list[int], nova: int | None) -> None:
        linhas = {self.exigir("stock.move", m)["purchase_line_id"] for m in feitos} - {False}
        for linha in sorted(linhas):
            self.recalcular_recebido(linha)
        for pedido in {self.exigir("purchase.order.line", i)["order_id"] for i in linhas}:
            p = self.exigir("purchase.order", pedido)
            mudancas: dict[str, Any] = {"picking_ids": (nova, *p["picking_ids"]) if nova else p["picking_ids"]}
            if not p["effective_date"]:
                mudancas["effective_date"] = self.agora_texto()
            if not self.antigo:
                estados = [self.exigir("stock.picking", g)["state"] for g in mudancas["picking_ids"]]
                mudancas["receipt_status"] = "full" if all(e in ("done", "cancel") for e in estados) else "partial"
            self.escrever_cru("purchase.order", pedido, mudancas)

    def _ligar_guia(self, linha_de_pedido: Any, guia: int) -> None:
        if linha_de_pedido:
            pedido = self.exigir("purchase.order.line", linha_de_pedido)["order_id"]
            self.escrever_cru("purchase.order", pedido, {"picking_ids": (guia, *self.exigir("purchase.order", pedido)["picking_ids"])})

    def _recebido_na_unidade(self, linha: int) -> float:
        """Entradas feitas menos devoluções, na unidade do produto."""
        total = 0.0
        for m in self.filhos("stock.move", "purchase_line_id", linha):
            x = self.exigir("stock.move", m)
            if x["state"] == "done":
                volta = self.exigir("stock.location", x["location_dest_id"])["usage"] == "supplier"
                if not volta or x["to_refund"]:
                    total += -self.feito_de(m) if volta else self.feito_de(m)
        return total

    def recalcular_recebido(self, linha_de_pedido: int) -> None:
        """qty_received na unidade da LINHA, em centésimos: para cima na 14 (7 de uma dúzia: 0,59), ao mais próximo na 19 (0,58)."""
        x = self.exigir("purchase.order.line", linha_de_pedido)
        molde = self.exigir("product.template", self.exigir("product.product", x["product_id"])["product_tmpl_id"])
        exato = converter(self, self._recebido_na_unidade(linha_de_pedido), molde["uom_id"], x[self.unidade_da_linha])
        recebido = math.ceil(round(exato * 100, 6)) / 100 if self.antigo else round(exato, 2)
        self.escrever_cru("purchase.order.line", linha_de_pedido, {"qty_received": recebido})

    def entrega_direta(self, pedido: int) -> list[int]:
        """Dropship: o fornecedor entrega ao cliente; o movimento feito vai de fornecedor a cliente, sem passar pelo estoque."""
        with self.transacao():
            if self.exigir("purchase.order", pedido)["state"] == "draft":
                self.escrever_cru("purchase.order", pedido, {"state": "purchase", "date_approve": self.agora_texto()})
                self._estado_das_linhas(pedido, "purchase")
            guia = self._guia_de_entrada(pedido, para=self.refs["clientes"])
            for rid in self.linhas_do_pedido(pedido):
                x = self.exigir("purchase.order.line", rid)
                if x["qty_received_method"] == "stock_moves":
                    self._movimento_da_linha(rid, guia, x["product_uom_qty"], para=self.refs["clientes"])
            return self.validar_guia(guia)
