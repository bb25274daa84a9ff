"""O que se faz na produção: ordens, apontamentos, encerramento com saldo (que renomeia), cancelamento e desmonte."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.demo.odoo_simulado.atos_compras import AtosCompras
from app.demo.odoo_simulado.erros import erro_do_usuario

_COPIADOS = (
    "product_id",
    "product_uom_id",
    "bom_id",
    "origin",
    "company_id",
    "user_id",
    "location_src_id",
    "location_dest_id",
    "picking_type_id",
    "consumption",
)


class AtosProducao(AtosCompras):
    """Ordens de produção e desmontes."""

    def criar_estrutura(self, produto: int, componentes: Sequence[tuple[int, float]], **outros: Any) -> int:
        """Uma estrutura (mrp.bom) do produto, na unidade padrão: pares (componente, quantidade)."""
        molde = self.exigir("product.product", produto)["product_tmpl_id"]
        linhas = [(0, 0, {"product_id": c, "product_qty": q}) for c, q in componentes]
        return self.criar("mrp.bom", {"product_tmpl_id": molde, "bom_line_ids": linhas, **outros})

    @property
    def _grupo(self) -> str:
        return "procurement_group_id" if self.antigo else "production_group_id"

    def criar_op(self, nome: str, produto: int, qtd: float, estrutura: int, *, previsto: str = "2026-12-20 18:00:00", **outros: Any) -> int:
        """Uma ordem em rascunho com os movimentos do acabado e dos componentes."""
        with self.transacao():
            modelo_grupo = "procurement.group" if self.antigo else "mrp.production.group"
            datas = (
                {"date_planned_start": previsto, "date_planned_finished": previsto}
                if self.antigo
                else {"date_start": previsto, "date_finished": previsto}
            )
            molde = self.exigir("product.template", self.exigir("product.product", produto)["product_tmpl_id"])
            op = self.inserir_cru(
                "mrp.production",
                {
                    "name": nome,
                    "state": "draft",
                    "product_id": produto,
                    "product_qty": float(qtd),
                    "product_uom_qty": float(qtd),
                    "product_uom_id": molde["uom_id"],
                    "bom_id": estrutura,
                    "company_id": self.refs["empresa"],
                    "user_id": self._usuario,
                    "location_src_id": self.refs["estoque"],
                    "location_dest_id": self.refs["estoque"],
                    "consumption": "warning",
                    "picking_type_id": self.refs["tipo_producao"],
                    "is_locked": not self.antigo,
                    self._grupo: self.inserir_cru(modelo_grupo, {"name": nome}),
                    **datas,
                    **outros,
                },
            )
            self._movimentos_da_op(op, "draft")
            return op

    def _movimentos_da_op(self, op: int, estado: str) -> None:
        o = self.exigir("mrp.production", op)
        bom = self.exigir("mrp.bom", o["bom_id"]) if o["bom_id"] else None
        data = o["date_planned_start"] if self.antigo else o["date_start"]
        fabrica, nome = self.refs["fabrica"], o["name"]
        for rid in self.filhos("mrp.bom.line", "bom_id", bom["id"]) if bom else []:
            x = self.exigir("mrp.bom.line", rid)
            qtd = round(x["product_qty"] * self._fator(x["product_uom_id"]) * o["product_qty"] / (bom["product_qty"] if bom else 1.0), 6)
            self.criar_movimento(
                x["product_id"],
                qtd,
                o["location_src_id"],
                fabrica,
                raw_material_production_id=op,
                state=estado,
                date=data,
                origin=nome,
                reference=nome,
                bom_line_id=rid,
                picking_type_id=o["picking_type_id"],
            )
        extra = {"quantity": o["product_qty"]} if not self.antigo and estado == "assigned" else {}
        self.criar_movimento(
            o["product_id"],
            o["product_qty"],
            fabrica,
            o["location_dest_id"],
            production_id=op,
            state=estado,
            date=data,
            origin=nome,
            reference=nome,
            picking_type_id=o["picking_type_id"],
            **extra,
        )

    def _fator(self, unidade: int) -> float:
        from app.demo.odoo_simulado.calculados import fator

        return fator(self, unidade)

    def _da_op(self, op: int, campo: str) -> list[int]:
        return [m for m in self.filhos("stock.move", campo, op) if self.exigir("stock.move", m)["state"] not in ("done", "cancel")]

    def acrescentar_subproduto(self, op: int, produto: int, qtd: float) -> int:
        """Um subproduto da ordem (antes de encerrar): movimento do acabado, mas de outro produto."""
        with self.transacao():
            o = self.exigir("mrp.production", op)
            estado = "draft" if o["state"] == "draft" else "confirmed"
            return self.criar_movimento(
                produto,
                qtd,
                self.refs["fabrica"],
                o["location_dest_id"],
                production_id=op,
                state=estado,
                origin=o["name"],
                reference=o["name"],
            )

    def confirmar_op(self, *ops: int) -> None:
        with self.transacao():
            for op in ops:
                if self.exigir("mrp.production", op)["state"] != "draft":
                    continue
                self.escrever_cru("mrp.production", op, {"state": "confirmed", "reservation_state": "confirmed"})
                for m in self._da_op(op, "raw_material_production_id"):
                    self.escrever_cru("stock.move", m, {"state": "confirmed"})
                for m in self._da_op(op, "production_id"):
                    qtd = self.exigir("stock.move", m)["product_uom_qty"]
                    self.escrever_cru("stock.move", m, {"state": "confirmed"} if self.antigo else {"state": "assigned", "quantity": qtd})

    def produzir(self, op: int, qtd: float) -> None:
        """Aponta `qtd` (em qty_producing) e os componentes na proporção; a ordem fica em andamento, ou por encerrar se está completa."""
        with self.transacao():
            o = self.exigir("mrp.production", op)
            completa = qtd >= o["product_qty"] - 1e-9
            extra = {} if self.antigo else {"reservation_state": "assigned"}
            self.escrever_cru("mrp.production", op, {"qty_producing": float(qtd), "state": "to_close" if completa else "progress", **extra})
            for m in self._da_op(op, "raw_material_production_id"):
                self.apontar_feito(m, round(self.exigir("stock.move", m)["product_uom_qty"] * qtd / o["product_qty"], 2))
                if not self.antigo:
                    self.escrever_cru("stock.move", m, {"state": "assigned" if completa else "partially_available"})

    def encerrar_op(self, op: int, *, saldo: bool = False) -> int | None:
        """Encerra pelo apontado (tudo, se nada foi). Com `saldo`, OP-000016 vira OP-000016-001 e o resto nasce na -002, cujo id devolve."""
        with self.transacao():
            o = self.exigir("mrp.production", op)
            if o["state"] in ("done", "cancel", "draft"):
                raise erro_do_usuario(f"You cannot mark as done the production order {o['name']}.")
            qtd = o["qty_producing"] or o["product_qty"]
            falta = round(o["product_qty"] - qtd, 6)
            nova = self._dividir(op, qtd, falta) if saldo and falta > 0 else None
            o = self.exigir("mrp.production", op)
            for m in self._da_op(op, "raw_material_production_id"):
                feito = self.feito_de(m) if o["qty_producing"] else 0.0
                self.escrever_cru("stock.move", m, {"reference": o["name"]})
                self.concluir_movimento(m, feito or round(self.exigir("stock.move", m)["product_uom_qty"] * qtd / o["product_qty"], 6))
            for m in self._da_op(op, "production_id"):
                self.escrever_cru("stock.move", m, {"reference": o["name"]})
                if self.exigir("stock.move", m)["product_id"] != o["product_id"]:  # subproduto: na proporção
                    self.concluir_movimento(m, round(self.exigir("stock.move", m)["product_uom_qty"] * qtd / o["product_qty"], 6))
                    continue
                if self.antigo and falta > 0 and not saldo:
                    copia = {c: v for c, v in self.exigir("stock.move", m).items() if c not in ("id", "create_date", "write_date")}
                    self.inserir_cru("stock.move", {**copia, "state": "cancel", "product_uom_qty": falta, "product_qty": falta})
                self.concluir_movimento(m, qtd)
            final: dict[str, Any] = {
                "state": "done",
                "date_finished": self.agora_texto(),
                "qty_producing": qtd,
                "reservation_state": False,
                "is_locked": True,
            }
            if self.antigo and not saldo:
                final.update(product_qty=qtd, product_uom_qty=qtd)
            self.escrever_cru("mrp.production", op, final)
            return nova

    def _dividir(self, op: int, qtd: float, falta: float) -> int:
        o = self.exigir("mrp.production", op)
        raiz, sequencia = o["name"], o["backorder_sequence"]
        if sequencia:
            raiz = raiz.rsplit("-", 1)[0]
        else:
            sequencia = 1
        grupo = self.procurar("mrp.production", [[self._grupo, "=", o[self._grupo]]])
        proxima = max([sequencia, *(self.exigir("mrp.production", i)["backorder_sequence"] for i in grupo)]) + 1
        nome_novo = f"{raiz}-{proxima:03d}"
        agora = self.agora_texto()
        datas = (
            {"date_planned_start": agora, "date_planned_finished": agora} if self.antigo else {"date_start": agora, "date_finished": agora}
        )
        nova = self.inserir_cru(
            "mrp.production",
            {
                **{c: o[c] for c in _COPIADOS},
                "name": nome_novo,
                "state": "confirmed",
                "product_qty": falta,
                "product_uom_qty": falta,
                self._grupo: o[self._grupo],
                "backorder_sequence": proxima,
                "reservation_state": "confirmed",
                "is_locked": not self.antigo,
                **datas,
            },
        )
        nome = f"{raiz}-{sequencia:03d}"
        self.escrever_cru("mrp.production", op, {"name": nome, "product_qty": qtd, "product_uom_qty": qtd, "backorder_sequence": sequencia})
        # Os movimentos se dividem como a ordem: o que falta vai para a nova.
        for campo in ("raw_material_production_id", "production_id"):
            for m in self._da_op(op, campo):
                x = self.exigir("stock.move", m)
                resto = round(x["product_uom_qty"] * falta / (qtd + falta), 6)
                copia = {c: v for c, v in x.items() if c not in ("id", "create_date", "write_date", "create_uid", "write_uid")}
                acabado = campo == "production_id"
                quanto = {} if self.antigo else {"quantity": resto if acabado else 0.0, "picked": False, "origin": nome_novo}
                estado = "confirmed" if self.antigo or not acabado else "assigned"
                self.inserir_cru(
                    "stock.move",
                    {
                        **copia,
                        **quanto,
                        campo: nova,
                        "state": estado,
                        "product_uom_qty": resto,
                        "product_qty": resto,
                        "reference": nome_novo,
                    },
                )
                fica = round(x["product_uom_qty"] - resto, 6)
                self.escrever_cru(
                    "stock.move", m, {"product_uom_qty": fica, "product_qty": fica, **({} if self.antigo else {"origin": nome})}
                )
        return nova

    def cancelar_op(self, op: int) -> None:
        with self.transacao():
            for campo in ("raw_material_production_id", "production_id"):
                for m in self._da_op(op, campo):
                    self.cancelar_movimento(m)
            self.escrever_cru("mrp.production", op, {"state": "cancel", "reservation_state": False})

    def desmontar(self, op: int, qtd: float) -> int:
        """Desmonta parte do que a ordem fez: o acabado volta à produção (movimento com unbuild_id) e os componentes voltam ao estoque."""
        with self.transacao():
            o = self.exigir("mrp.production", op)
            feita = sum(
                self.feito_de(m) for m in self.filhos("stock.move", "production_id", op) if self.exigir("stock.move", m)["state"] == "done"
            )
            if not feita:
                raise erro_do_usuario("You cannot unbuild a undone manufacturing order.")
            nome = self.sequencia("mrp.unbuild", "UB/{:05d}")
            rid = self.inserir_cru(
                "mrp.unbuild",
                {
                    "name": nome,
                    "state": "done",
                    "product_id": o["product_id"],
                    "product_qty": float(qtd),
                    "product_uom_id": o["product_uom_id"],
                    "mo_id": op,
                    "bom_id": o["bom_id"],
                    "location_id": o["location_dest_id"],
                    "location_dest_id": o["location_src_id"],
                    "company_id": o["company_id"],
                },
            )
            for campo in ("production_id", "raw_material_production_id"):
                for m in self.filhos("stock.move", campo, op):
                    x = self.exigir("stock.move", m)
                    if x["state"] == "done":
                        extra = {} if self.antigo else {"origin_returned_move_id": m}
                        novo = self.criar_movimento(
                            x["product_id"],
                            round(self.feito_de(m) * qtd / feita, 6),
                            x["location_dest_id"],
                            x["location_id"],
                            unbuild_id=rid,
                            reference=nome,
                            **extra,
                        )
                        self.concluir_movimento(novo)
            return rid
