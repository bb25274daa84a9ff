"""Edições num Odoo de verdade, por RPC, com os mesmos nomes e argumentos das do simulado: é o que deixa a suíte de contrato ser uma só.

Imita o que a tela faz (botões, assistentes), como odoo-real/semear.py. Só para bancos de rascunho: nunca aponte para um Odoo em uso.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg


class ErroRpc(Exception):
    """O que o Odoo respondeu no lugar do resultado."""


class EdicaoReal:
    """Um usuário administrador mexendo num Odoo de verdade (14 ou 19)."""

    def __init__(self, url: str, banco: str, *, pg: str | None = None, usuario: str = "admin", senha: str = "admin") -> None:
        self.url, self.banco, self.pg, self._senha = url, banco, pg, senha
        self.versao: int = self._rpc("common", "version")["server_version_info"][0]
        self.uid: int = self._rpc("common", "authenticate", banco, usuario, senha, {})
        self.antigo = self.versao < 17
        self.feita = "quantity_done" if self.antigo else "quantity"
        self.unidade_da_linha = "product_uom" if self.antigo else "product_uom_id"
        self.UNIDADE, self.DUZIA = self._ref("product_uom_unit"), self._ref("product_uom_dozen")

    @property
    def brasil(self) -> int:
        rid: int = self.procurar("res.country", [["code", "=", "BR"]])[0]
        return rid

    def _rpc(self, servico: str, metodo: str, *argumentos: object) -> Any:
        corpo = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {"service": servico, "method": metodo, "args": argumentos}}
        pedido = urllib.request.Request(self.url + "/jsonrpc", json.dumps(corpo).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(pedido, timeout=120) as resposta:
                dados = json.load(resposta)
        except urllib.error.HTTPError as erro:
            raise ErroRpc(f"HTTP {erro.code} em {argumentos[3:5]}") from erro
        if "error" in dados:
            detalhe = dados["error"]["data"]
            raise ErroRpc(f"{detalhe['name']}: {detalhe['message']} {detalhe.get('debug', '')[-400:]}")
        return dados.get("result")

    def x(self, modelo: str, metodo: str, *argumentos: object, **opcoes: object) -> Any:
        """execute_kw direto, como administrador."""
        return self._rpc("object", "execute_kw", self.banco, self.uid, self._senha, modelo, metodo, list(argumentos), opcoes)

    def _ref(self, nome: str) -> int:
        achado = self.x("ir.model.data", "search_read", [["module", "=", "uom"], ["name", "=", nome]], fields=["res_id"])
        rid: int = achado[0]["res_id"]
        return rid

    # --- o mínimo ---------------------------------------------------------------------------------------------------------------
    def criar(self, modelo: str, valores: Mapping[str, Any], **opcoes: object) -> int:
        rid: int = self.x(modelo, "create", dict(valores), **opcoes)
        return rid

    def escrever(self, modelo: str, ids: Sequence[int] | int, valores: Mapping[str, Any]) -> None:
        self.x(modelo, "write", [ids] if isinstance(ids, int) else list(ids), dict(valores))

    def excluir(self, modelo: str, ids: Sequence[int] | int) -> None:
        self.x(modelo, "unlink", [ids] if isinstance(ids, int) else list(ids))

    def ver(self, modelo: str, rid: int, *campos: str) -> dict[str, Any]:
        """Os campos de um registro, com many2one como id nu."""
        linha: dict[str, Any] = self.x(modelo, "read", [rid], fields=list(campos), load="_classic_write")[0]
        return linha

    def procurar(self, modelo: str, dominio: list[Any]) -> list[int]:
        ids: list[int] = self.x(modelo, "search", dominio, order="id", context={"active_test": False})
        return ids

    # --- cadastros --------------------------------------------------------------------------------------------------------------
    def criar_produto(self, nome: str, codigo: str | bool = False, *, servico: bool = False, **outros: Any) -> int:
        tipo: dict[str, Any] = (
            {"type": "service"} if servico else {"type": "product"} if self.antigo else {"type": "consu", "is_storable": True}
        )
        return self.criar("product.product", {"name": nome, "default_code": codigo, **tipo, **outros})

    def criar_parceiro(self, nome: str, **outros: Any) -> int:
        return self.criar("res.partner", {"name": nome, "is_company": True, **outros})

    def criar_usuario(self, login: str, senha: str) -> int:
        """Um usuário interno sem grupo nenhum além do de empregado."""
        grupo = self.x("ir.model.data", "search_read", [["module", "=", "base"], ["name", "=", "group_user"]], fields=["res_id"])[0][
            "res_id"
        ]
        campo = "groups_id" if self.antigo else "group_ids"
        return self.criar("res.users", {"name": login, "login": login, "password": senha, campo: [(6, 0, [grupo])]})

    # --- compras ----------------------------------------------------------------------------------------------------------------
    def criar_pedido(self, parceiro: int, itens: Sequence[Mapping[str, Any]], **outros: Any) -> int:
        """Um pedido em rascunho; cada item: produto, qtd, preco, e opcionais duzia, previsto (texto UTC)."""
        return self.criar("purchase.order", {"partner_id": parceiro, "order_line": [(0, 0, self._linha(i)) for i in itens], **outros})

    def _linha(self, item: Mapping[str, Any]) -> dict[str, Any]:
        if "secao" in item:
            return {"display_type": "line_section", "name": item["secao"], "product_qty": 0}
        v: dict[str, Any] = {
            "product_id": item["produto"],
            "product_qty": item["qtd"],
            "price_unit": item.get("preco", 1.0),
            "date_planned": item.get("previsto", "2026-12-20 12:00:00"),
            self.unidade_da_linha: self.DUZIA if item.get("duzia") else self.UNIDADE,
        }
        if self.antigo:
            v["name"] = f"Produto {item['produto']}"
        return v

    def linhas_do_pedido(self, pedido: int) -> list[int]:
        return self.procurar("purchase.order.line", [["order_id", "=", pedido]])

    def confirmar_pedido(self, *pedidos: int) -> None:
        self.x("purchase.order", "button_confirm", list(pedidos))

    def cancelar_pedido(self, pedido: int) -> None:
        self.x("purchase.order", "button_cancel", [pedido])

    def reabrir_pedido(self, pedido: int) -> None:
        self.x("purchase.order", "button_draft", [pedido])

    def mudar_linha(self, linha: int, **valores: Any) -> None:
        self.escrever("purchase.order.line", linha, valores)

    def acrescentar_linha(self, pedido: int, item: Mapping[str, Any]) -> int:
        return self.criar("purchase.order.line", {"order_id": pedido, **self._linha(item)})

    def destravar_pedido(self, pedido: int) -> None:
        self.x("purchase.order", "button_unlock", [pedido])

    def travar_pedido(self, pedido: int) -> None:
        self.x("purchase.order", "button_done" if self.antigo else "button_lock", [pedido])

    # --- entradas ---------------------------------------------------------------------------------------------------------------
    def movimentos(self, dominio: list[Any]) -> list[int]:
        return self.procurar("stock.move", dominio)

    def _feito(self, movimento: int, qtd: float) -> None:
        self.escrever("stock.move", movimento, {self.feita: qtd, **({} if self.antigo else {"picked": bool(qtd)})})

    def _validar(self, guias: list[int]) -> None:
        self.x("stock.picking", "button_validate", guias, context={"skip_immediate": True, "skip_backorder": True})

    def validar_guia(self, guia: int) -> None:
        """Faz tudo o que a guia pede."""
        for m in self.movimentos([["picking_id", "=", guia], ["state", "not in", ["done", "cancel"]]]):
            self._feito(m, self.ver("stock.move", m, "product_uom_qty")["product_uom_qty"])
        self._validar([guia])

    def receber(self, pedido: int, quantidades: Mapping[int, float] | None = None) -> list[int]:
        """Recebe, na unidade do movimento; devolve os ids dos movimentos feitos. O que falta fica num saldo (backorder)."""
        abertos = self.movimentos([["purchase_line_id.order_id", "=", pedido], ["state", "not in", ["done", "cancel"]]])
        feitos = []
        guias = set()
        faltam = dict(quantidades or {})
        for m in abertos:
            d = self.ver("stock.move", m, "purchase_line_id", "product_uom_qty", "picking_id")
            qtd = d["product_uom_qty"] if quantidades is None else faltam.pop(d["purchase_line_id"], 0)
            guias.add(d["picking_id"])
            if qtd or not self.antigo:
                self._feito(m, qtd)
            if qtd:
                feitos.append(m)
        self._validar(sorted(guias))
        return feitos

    def devolver(self, movimento: int, qtd: float) -> int:
        """Devolve ao fornecedor parte de um movimento de entrada; devolve o id do movimento da devolução, feito."""
        d = self.ver("stock.move", movimento, "picking_id", "product_id", "location_id")
        item = {"product_id": d["product_id"], "quantity": qtd, "move_id": movimento, "to_refund": True}
        local = {"location_id": d["location_id"]} if self.antigo else {}
        w = self.criar("stock.return.picking", {"picking_id": d["picking_id"], "product_return_moves": [(0, 0, item)], **local})
        guia = self.x("stock.return.picking", "create_returns" if self.antigo else "action_create_returns", [w])["res_id"]
        novos = self.movimentos([["picking_id", "=", guia]])
        for m in novos:
            d = self.ver("stock.move", m, "origin_returned_move_id", "product_uom_qty")
            self._feito(m, d["product_uom_qty"] if d["origin_returned_move_id"] == movimento else 0)
        self._validar([guia])
        return next(m for m in novos if self.ver("stock.move", m, "origin_returned_move_id")["origin_returned_move_id"] == movimento)

    def corrigir_feito(self, movimento: int, qtd: float) -> None:
        """Corrige a quantidade feita de um movimento já feito, pela sua linha de detalhe, como a tela."""
        detalhe = self.procurar("stock.move.line", [["move_id", "=", movimento]])
        self.escrever("stock.move.line", detalhe[:1], {"qty_done" if self.antigo else "quantity": qtd})

    # --- requisições --------------------------------------------------------------------------------------------------------------
    def criar_requisicao(self, itens: Sequence[Mapping[str, Any]], *, fornecedor: int, previsto: str = "2026-12-20") -> int:
        linhas = []
        for i in itens:
            v = {"product_id": i["produto"], "product_qty": i["qtd"], "price_unit": i.get("preco", 1.0)}
            linhas.append((0, 0, {**v, **({"schedule_date": previsto, "product_uom_id": self.UNIDADE} if self.antigo else {})}))
        proprio = {} if self.antigo else {"requisition_type": "blanket_order", "date_end": previsto}
        return self.criar("purchase.requisition", {"vendor_id": fornecedor, "line_ids": linhas, **proprio})

    def confirmar_requisicao(self, requisicao: int) -> None:
        self.x("purchase.requisition", "action_in_progress" if self.antigo else "action_confirm", [requisicao])

    def cancelar_requisicao(self, requisicao: int) -> None:
        self.x("purchase.requisition", "action_cancel", [requisicao])

    # --- produção -----------------------------------------------------------------------------------------------------------------
    def criar_estrutura(self, produto: int, componentes: Sequence[tuple[int, float]], **outros: Any) -> int:
        molde = self.ver("product.product", produto, "product_tmpl_id")["product_tmpl_id"]
        linhas = [(0, 0, {"product_id": c, "product_qty": q, "product_uom_id": self.UNIDADE}) for c, q in componentes]
        return self.criar("mrp.bom", {"product_tmpl_id": molde, "product_qty": 1, "bom_line_ids": linhas, **outros})

    def criar_op(self, nome: str, produto: int, qtd: float, estrutura: int) -> int:
        v: dict[str, Any] = {"name": nome, "product_id": produto, "product_qty": qtd, "bom_id": estrutura}
        if self.antigo:
            fim = "2026-12-20 18:00:00"
            return self.criar(
                "mrp.production",
                {**v, "product_uom_id": self.UNIDADE, "date_planned_start": fim, "date_planned_finished": fim},
                context={"import_file": True},
            )
        return self.criar("mrp.production", {**v, "date_start": "2026-12-20 18:00:00"})

    def confirmar_op(self, op: int) -> None:
        self.x("mrp.production", "action_confirm", [op])

    def produzir(self, op: int, qtd: float) -> None:
        """Aponta `qtd` na ordem e a parte certa dos componentes; não encerra."""
        d = self.ver("mrp.production", op, "product_qty", "move_raw_ids")
        self.escrever("mrp.production", op, {"qty_producing": qtd})
        for m in self.x("stock.move", "read", d["move_raw_ids"], fields=["product_uom_qty"]):
            self._feito(m["id"], round(m["product_uom_qty"] * qtd / d["product_qty"], 2))

    def encerrar_op(self, op: int, *, saldo: bool = False) -> None:
        """Encerra pelo que foi apontado; com `saldo`, o resto vira outra ordem e esta é renomeada (-001)."""
        contexto: dict[str, Any] = {"skip_immediate": True, "skip_consumption": True, "skip_backorder": True, "skip_redirection": True}
        if saldo:
            contexto["mo_ids_to_backorder"] = [op]
        self.x("mrp.production", "button_mark_done", [op], context=contexto)

    def cancelar_op(self, op: int) -> None:
        self.x("mrp.production", "action_cancel", [op])

    def desmontar(self, op: int, qtd: float) -> int:
        d = self.ver("mrp.production", op, "product_id", "bom_id", "location_dest_id", "location_src_id", "product_uom_id")
        desmonte = self.criar(
            "mrp.unbuild",
            {
                "product_id": d["product_id"],
                "bom_id": d["bom_id"],
                "mo_id": op,
                "product_qty": qtd,
                "product_uom_id": d["product_uom_id"],
                "location_id": d["location_dest_id"],
                "location_dest_id": d["location_src_id"],
            },
        )
        self.x("mrp.unbuild", "action_unbuild", [desmonte])
        return desmonte

    # --- transação demorada -------------------------------------------------------------------------------------------------------
    @contextmanager
    def escrita_demorada(self, modelo: str, rid: int, valores: Mapping[str, Any]) -> Iterator[None]:
        """Grava `valores` numa transação que começa ao entrar e só é publicada ao sair, com o write_date do começo (como no Odoo)."""
        if self.pg is None:
            raise ErroRpc("sem ODOO_REAL_PG não há como segurar uma transação no Odoo de verdade")
        campos = ", ".join(f"{c} = %s" for c in valores)
        with psycopg.connect(f"{self.pg}/{self.banco}") as conexao:
            conexao.execute(
                f"UPDATE {modelo.replace('.', '_')} SET {campos}, write_date = now() AT TIME ZONE 'UTC' WHERE id = %s",
                [*valores.values(), rid],
            )
            yield
            conexao.commit()

    def marca(self, modelo: str, rid: int) -> str:
        """O write_date gravado, com microssegundos (pelo PostgreSQL)."""
        if self.pg is None:
            raise ErroRpc("sem ODOO_REAL_PG não há microssegundos para ver")
        with psycopg.connect(f"{self.pg}/{self.banco}") as conexao:
            linha = conexao.execute(f"SELECT write_date FROM {modelo.replace('.', '_')} WHERE id = %s", [rid]).fetchone()
        if linha is None or not isinstance(linha[0], datetime):
            raise ErroRpc(f"{modelo}({rid}) não existe")
        return linha[0].strftime("%Y-%m-%d %H:%M:%S.%f")
