"""O que se faz no estoque: guias (pickings), movimentos feitos, saldos, devoluções, correções e os saldos por local (quants)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.demo.odoo_simulado.calculados import converter, valor
from app.demo.odoo_simulado.erros import erro_do_usuario
from app.demo.odoo_simulado.nucleo import Linha
from app.demo.odoo_simulado.orm import Orm

_ABERTOS = ("draft", "waiting", "confirmed", "partially_available", "assigned")


class AtosEstoque(Orm):
    """Guias, movimentos e quants."""

    def __init__(self, versao: int, **opcoes: Any) -> None:
        super().__init__(versao, **opcoes)
        self._quants: dict[tuple[int, int, int], int] = {}

    # --- peças ----------------------------------------------------------------------------------------------------------------
    def criar_guia(self, tipo: int, de: int, para: int, **outros: Any) -> int:
        """Uma guia (stock.picking) em rascunho, com o próximo nome do tipo (WH/IN/00001)."""
        dados = self.exigir("stock.picking.type", tipo)
        agora = self.agora_texto()
        padrao: dict[str, Any] = {
            "name": self.sequencia(f"guia{tipo}", f"WH/{dados['sequence_code']}/{{:05d}}"),
            "state": "draft",
            "picking_type_id": tipo,
            "location_id": de,
            "location_dest_id": para,
            "company_id": dados["company_id"],
            "scheduled_date": agora,
        }
        if self.antigo:
            padrao["date"] = agora
        return self.inserir_cru("stock.picking", {**padrao, **outros})

    def criar_movimento(self, produto: int, qtd: float, de: int, para: int, **outros: Any) -> int:
        """Um movimento confirmado, na unidade do produto."""
        molde = self.exigir("product.template", self.exigir("product.product", produto)["product_tmpl_id"])
        guia = self.linha("stock.picking", outros["picking_id"]) if outros.get("picking_id") else None
        padrao: dict[str, Any] = {
            "product_id": produto,
            "product_uom_qty": float(qtd),
            "product_qty": float(qtd),
            "product_uom": molde["uom_id"],
            "location_id": de,
            "location_dest_id": para,
            "state": "confirmed",
            "date": self.agora_texto(),
            "company_id": self.refs["empresa"],
            "procure_method": "make_to_stock",
            "sequence": 10,
            "reference": guia["name"] if guia else False,
            "picking_type_id": guia["picking_type_id"] if guia else False,
        }
        return self.inserir_cru("stock.move", {**padrao, **outros})

    def feito_de(self, movimento: int) -> float:
        """A quantidade feita (ou, na 19, reservada) de um movimento, na unidade dele."""
        return float(valor(self, "stock.move", self.exigir("stock.move", movimento), self.feita))

    def apontar_feito(self, movimento: int, qtd: float) -> None:
        """Escreve a quantidade feita num movimento ainda aberto (numa linha de detalhe, como o Odoo)."""
        m = self.exigir("stock.move", movimento)
        detalhes = self.filhos("stock.move.line", "move_id", movimento)
        quanto = {"qty_done": qtd} if self.antigo else {"quantity": qtd, "quantity_product_uom": qtd, "picked": bool(qtd)}
        if detalhes:
            self.escrever_cru("stock.move.line", detalhes[0], quanto)
            for sobra in detalhes[1:]:
                self.excluir_cru("stock.move.line", sobra)
        else:
            comuns = {c: m[c] for c in ("picking_id", "product_id", "state", "date", "location_id", "location_dest_id", "company_id")}
            if self.antigo:
                quanto["reference"] = m["reference"]
            self.inserir_cru("stock.move.line", {"move_id": movimento, "product_uom_id": m["product_uom"], **comuns, **quanto})
        self.escrever_cru("stock.move", movimento, {} if self.antigo else {"quantity": qtd, "picked": bool(qtd)})

    def concluir_movimento(self, movimento: int, qtd: float | None = None) -> None:
        """Movimento feito: `done`, data de agora, e os saldos dos dois locais andam. `qtd` é a feita (padrão: a apontada ou prevista)."""
        m = self.exigir("stock.move", movimento)
        feita = qtd if qtd is not None else (self.feito_de(movimento) or m["product_uom_qty"])
        self.apontar_feito(movimento, feita)
        agora = self.agora_texto()
        mudancas: dict[str, Any] = {"state": "done", "date": agora}
        if self.antigo:
            mudancas.update(product_uom_qty=feita, product_qty=feita)
        self.escrever_cru("stock.move", movimento, mudancas)
        for detalhe in self.filhos("stock.move.line", "move_id", movimento):
            self.escrever_cru("stock.move.line", detalhe, {"state": "done", "date": agora})
        self._mover_saldo(m, feita)

    def _mover_saldo(self, m: Linha, qtd: float) -> None:
        molde = self.exigir("product.template", self.exigir("product.product", m["product_id"])["product_tmpl_id"])
        na_unidade = converter(self, qtd, m["product_uom"], molde["uom_id"])
        self.mexer_quant(m["product_id"], m["location_id"], -na_unidade, m["company_id"])
        self.mexer_quant(m["product_id"], m["location_dest_id"], na_unidade, m["company_id"])

    def mexer_quant(self, produto: int, local: int, qtd: float, empresa: int | None = None) -> None:
        """Soma ao saldo do produto no local; os saldos se juntam num quant só, e o que chega a zero é apagado."""
        empresa = empresa or self.refs["empresa"]
        chave = (produto, local, empresa)
        rid = self._quants.get(chave)
        linha = self.linha("stock.quant", rid) if rid else None
        if linha is None:
            if qtd:
                dono = empresa if self.exigir("stock.location", local)["company_id"] else False
                self._quants[chave] = self.inserir_cru(
                    "stock.quant",
                    {
                        "product_id": produto,
                        "location_id": local,
                        "company_id": dono,
                        "quantity": round(qtd, 6),
                        "in_date": self.agora_texto(),
                    },
                )
        elif abs(linha["quantity"] + qtd) < 1e-6:
            self.excluir_cru("stock.quant", linha["id"])
        else:
            self.escrever_cru("stock.quant", linha["id"], {"quantity": round(linha["quantity"] + qtd, 6)})

    # --- atos -----------------------------------------------------------------------------------------------------------------
    def editar_estoque(self, produto: int, qtd: float, *, local: int | None = None, reservada: float | None = None) -> None:
        """Inventário: o saldo do produto no local passa a ser `qtd` (com um movimento feito vindo de, ou indo para, o ajuste)."""
        local = local or self.refs["estoque"]
        with self.transacao():
            rid = self._quants.get((produto, local, self.refs["empresa"]))
            atual = self.linha("stock.quant", rid) if rid else None
            falta = qtd - (atual["quantity"] if atual else 0.0)
            if falta:
                de, para = (self.refs["ajuste"], local) if falta > 0 else (local, self.refs["ajuste"])
                extra = {} if self.antigo else {"is_inventory": True}
                m = self.criar_movimento(produto, abs(falta), de, para, reference="Product Quantity Updated", **extra)
                self.concluir_movimento(m)
            rid = self._quants.get((produto, local, self.refs["empresa"]))
            if reservada is not None and rid and self.linha("stock.quant", rid):
                self.escrever_cru("stock.quant", rid, {"reserved_quantity": float(reservada)})

    def validar_guia(self, guia: int, quantidades: Mapping[int, float] | None = None, *, saldo: bool = True) -> list[int]:
        """Valida a guia: `quantidades` por movimento (padrão: tudo). O que falta vai para outra guia (saldo), ou é cancelado."""
        with self.transacao():
            abertos = [i for i in self.filhos("stock.move", "picking_id", guia) if self.exigir("stock.move", i)["state"] in _ABERTOS]
            feitos: list[int] = []
            restos: list[tuple[int, float]] = []
            for m in abertos:
                demanda = self.exigir("stock.move", m)["product_uom_qty"]
                qtd = demanda if quantidades is None else float(quantidades.get(m, 0.0))
                if qtd:
                    feitos.append(m)
                if demanda - qtd > 1e-9:
                    restos.append((m, demanda - qtd if qtd else 0.0))
            if not feitos:
                raise erro_do_usuario("You cannot validate a transfer if no quantities are reserved nor done.")
            nova = self._saldo(guia, restos, saldo)
            for m in feitos:
                qtd = None if quantidades is None else float(quantidades[m])
                if qtd is not None and not self.antigo and any(x == m for x, _ in restos):
                    self.escrever_cru("stock.move", m, {"product_uom_qty": qtd, "product_qty": qtd})
                self.concluir_movimento(m, qtd if qtd is not None else self.exigir("stock.move", m)["product_uom_qty"])
            self.escrever_cru("stock.picking", guia, {"state": "done", "date_done": self.agora_texto()})
            self._depois_de_validar(guia, feitos, nova)
            return feitos

    def _saldo(self, guia: int, restos: Sequence[tuple[int, float]], saldo: bool) -> int | None:
        """A guia do que faltou: o movimento feito em parte se divide; o não feito muda inteiro de guia."""
        if not restos:
            return None
        original = self.exigir("stock.picking", guia)
        nova: int | None = None
        if saldo:
            copia: dict[str, Any] = {str(c): original[c] for c in ("origin", "partner_id", "group_id") if c in original}
            nova = self.criar_guia(
                original["picking_type_id"],
                original["location_id"],
                original["location_dest_id"],
                backorder_id=guia,
                state="assigned",
                scheduled_date=original["scheduled_date"],
                **copia,
            )
        for m, falta in restos:
            linha = self.exigir("stock.move", m)
            nome = self.exigir("stock.picking", nova)["name"] if nova else False
            if falta:
                copia = {c: v for c, v in linha.items() if c not in ("id", "create_date", "write_date", "create_uid", "write_uid")}
                quanto = {"product_uom_qty": falta, "product_qty": falta, "state": "assigned" if nova else "cancel"}
                if not self.antigo:
                    quanto.update(quantity=falta if nova else 0.0, picked=False)
                self.inserir_cru("stock.move", {**copia, **quanto, "picking_id": nova or guia, "reference": nome or linha["reference"]})
            elif nova:
                self.escrever_cru("stock.move", m, {"picking_id": nova, "reference": nome})
            else:
                self.cancelar_movimento(m)
        return nova

    def _depois_de_validar(self, guia: int, feitos: list[int], nova: int | None) -> None:
        """O que compras faz quando uma guia sua é validada."""

    def cancelar_movimento(self, movimento: int) -> None:
        self.escrever_cru("stock.move", movimento, {"state": "cancel", **({} if self.antigo else {"quantity": 0.0})})

    def devolver(self, movimento: int, qtd: float, *, validar: bool = True) -> int:
        """Devolve parte de um movimento feito por onde ele veio; devolve o id do movimento da devolução (feito, se `validar`)."""
        with self.transacao():
            m = self.exigir("stock.move", movimento)
            guia = self.exigir("stock.picking", m["picking_id"])
            tipo = self.refs["tipo_saida"] if m["picking_type_id"] == self.refs["tipo_entrada"] else self.refs["tipo_entrada"]
            extra = {} if self.antigo else {"return_id": guia["id"]}
            nova = self.criar_guia(
                tipo,
                m["location_dest_id"],
                m["location_id"],
                origin=f"Return of {guia['name']}",
                state="assigned",
                partner_id=guia["partner_id"],
                **extra,
            )
            novo = self.criar_movimento(
                m["product_id"],
                qtd,
                m["location_dest_id"],
                m["location_id"],
                picking_id=nova,
                state="assigned",
                origin_returned_move_id=movimento,
                purchase_line_id=m["purchase_line_id"],
                origin=m["origin"],
                to_refund=True,
                move_orig_ids=(movimento,),
                partner_id=guia["partner_id"],
            )
            self._ligar_guia(m["purchase_line_id"], nova)
            if validar:
                self.validar_guia(nova)
            return novo

    def _ligar_guia(self, linha_de_pedido: Any, guia: int) -> None:
        """Põe a guia entre as do pedido (AtosCompras)."""

    def devolucao_de_cliente(self, produto: int, qtd: float) -> int:
        """Um cliente devolve: guia de entrada, mas vinda do local de clientes (o importador ignora e conta)."""
        with self.transacao():
            guia = self.criar_guia(
                self.refs["tipo_entrada"], self.refs["clientes"], self.refs["estoque"], state="assigned", origin="Return of WH/OUT/00999"
            )
            m = self.criar_movimento(
                produto, qtd, self.refs["clientes"], self.refs["estoque"], picking_id=guia, state="assigned", to_refund=True
            )
            self.validar_guia(guia)
            return m

    def entrega_a_cliente(self, produto: int, qtd: float) -> int:
        """Uma venda sai do estoque (guia de saída feita)."""
        with self.transacao():
            guia = self.criar_guia(self.refs["tipo_saida"], self.refs["estoque"], self.refs["clientes"], state="assigned")
            m = self.criar_movimento(produto, qtd, self.refs["estoque"], self.refs["clientes"], picking_id=guia, state="assigned")
            self.validar_guia(guia)
            return m

    def corrigir_feito(self, movimento: int, qtd: float) -> None:
        """Corrige a quantidade feita de um movimento já feito; os saldos andam a diferença."""
        with self.transacao():
            m = self.exigir("stock.move", movimento)
            antes = self.feito_de(movimento)
            detalhe = self.filhos("stock.move.line", "move_id", movimento)[0]
            if self.antigo:
                self.escrever_cru("stock.move.line", detalhe, {"qty_done": float(qtd)})
                self.escrever_cru("stock.move", movimento, {"product_uom_qty": float(qtd), "product_qty": float(qtd)})
            else:
                self.escrever_cru("stock.move.line", detalhe, {"quantity": float(qtd), "quantity_product_uom": float(qtd)})
                self.escrever_cru("stock.move", movimento, {"quantity": float(qtd)})
            self._mover_saldo(m, qtd - antes)
            if m["purchase_line_id"]:
                self.recalcular_recebido(m["purchase_line_id"])

    def recalcular_recebido(self, linha_de_pedido: int) -> None:
        """qty_received de uma linha de pedido (AtosCompras)."""
        raise NotImplementedError

    def movimentos(self, dominio: Sequence[Any]) -> list[int]:
        """Ids dos movimentos que servem ao domínio, em ordem."""
        return self.procurar("stock.move", dominio)

    def procurar(self, modelo: str, dominio: Sequence[Any]) -> list[int]:
        """search de quem pode tudo, arquivados inclusive, em ordem de id."""
        from app.demo.odoo_simulado.dominio import Compilador

        predicado, restricao = Compilador(self, lambda _: None, ativos=False).compilar(modelo, list(dominio))
        return [x["id"] for x in self.linhas(modelo) if (restricao is None or x["id"] in restricao) and predicado(x)]
