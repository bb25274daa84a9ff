"""Pedidos e requisições: linha por linha, quantidade na unidade do produto, estado, produto e preço."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from app.manufatura.fontes.completude.lado import Lado, aparado, id_de, numero
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.pedidos import Pedidos
from app.manufatura.fontes.requisicoes import Requisicoes, RequisicoesOca
from app.manufatura.services.conferencia.comparacao import TOLERANCIA, Registro
from app.odoo.incremental import e


class LadoPedidos(Lado):
    """purchase.order.line contra pedido_compras.

    O estado vem do campo `state` da própria linha, a quantidade de `product_uom_qty`, o mês de `date_order` da linha, e o
    recebido de `qty_received`. Onde o nosso recebido é a soma de movimentos, aceita-se o que separa as duas contas sem que
    nada falte: o arredondamento do Odoo na unidade da linha, e a devolução que ele não desconta (sem «atualizar quantidades»).
    """

    fluxo = "pedidos"
    titulo = "Pedidos de compra"
    modelo = "purchase.order.line"

    def __init__(self, contexto: Contexto) -> None:
        super().__init__(contexto)
        self._movidas: dict[int, int] = {}
        self._passo_da_linha: dict[int, Decimal] = {}

    def dominio(self, corte: date) -> list[Any]:
        fonte = Pedidos(self.ctx)
        return e(fonte.dominio(), fonte.dominio_alcance(corte))

    @property
    def _unidade(self) -> str:
        return self.ctx.capacidades.primeiro(self.modelo, "product_uom_id", "product_uom") or "product_uom_id"

    def campos(self) -> list[str]:
        return ["order_id", "product_id", "product_uom_qty", self._unidade, "price_unit", "qty_received", "state", "date_order"]

    def do_odoo(self, registros: Sequence[Mapping[str, Any]]) -> dict[int, Registro]:
        self.aprender_produtos(r["product_id"] for r in registros)
        lidos = {}
        for r in registros:
            razao = self.razao(r[self._unidade], r["product_id"])
            preco, recebida = numero(r["price_unit"]), numero(r["qty_received"])
            campos = {
                "estado": r["state"] or None,
                "produto": id_de(r["product_id"]),
                "preço": None if preco is None else preco / razao,
                "recebida": None if recebida is None else recebida * razao,
            }
            documento = id_de(r["order_id"])
            self._passo_da_linha[r["id"]] = self.passo(r[self._unidade]) * razao
            lidos[r["id"]] = Registro(r["id"], "", self.mes(r["date_order"]), numero(r["product_uom_qty"]), campos, documento_id=documento)
        return lidos

    def daqui(self, conexao: Connection, apos: int, ate: int | None) -> dict[int, Registro]:
        consulta = f"""
            SELECT p.odoo_id, p.num_pedido, p.odoo_documento_id, to_char(p.data_pedido_criacao, 'YYYY-MM') AS mes, p.qtd_produto_pedido,
                p.status_odoo, p.odoo_produto_id, p.preco_produto_pedido, p.qtd_recebida, m.proprios, m.de_outra_unidade
            FROM pedido_compras p
            CROSS JOIN LATERAL (
                SELECT count(*) AS proprios, count(*) FILTER (WHERE m.unidade_id IS DISTINCT FROM p.odoo_unidade_id) AS de_outra_unidade
                FROM odoo_movimento m WHERE m.linha_pedido_id = p.odoo_id AND m.produto_id = p.odoo_produto_id AND m.feito
            ) m
            WHERE p.odoo_modelo = '{self.modelo}' AND p.odoo_id > :apos AND p.odoo_id <= :ate
                AND NOT p.odoo_excluida{self.so_empresas("p.empresa_id")}"""  # noqa: S608 — nomes deste programa
        guardados = {}
        self._movidas.clear()
        for r in self.linhas(conexao, consulta, apos, ate):
            campos: dict[str, Any] = {
                "estado": r.status_odoo,
                "produto": r.odoo_produto_id,
                "preço": r.preco_produto_pedido,
                "recebida": r.qtd_recebida,
            }
            if r.proprios:
                self._movidas[r.odoo_id] = max(1, r.de_outra_unidade)
            guardados[r.odoo_id] = Registro(
                r.odoo_id, r.num_pedido, r.mes or "", r.qtd_produto_pedido, campos, documento_id=r.odoo_documento_id
            )
        return guardados

    def conciliar(self, la: dict[int, Registro], aqui: Mapping[int, Registro]) -> None:
        if longe := self._longe(la, aqui):
            for linha, quantidade in self._nao_descontadas(longe, la).items():
                _receber(la, linha, la[linha].campos["recebida"] - quantidade)
            longe = self._longe(la, aqui)
        for linha in self._movidas.keys() & la.keys() & aqui.keys() - longe:
            _receber(la, linha, aqui[linha].campos["recebida"])
        self._passo_da_linha.clear()

    def _longe(self, la: Mapping[int, Registro], aqui: Mapping[int, Registro]) -> set[int]:
        """As linhas com movimentos nossos cujo recebido difere em mais do que o Odoo arredonda (um passo por conversão)."""
        longe = set()
        for linha in self._movidas.keys() & la.keys() & aqui.keys():
            recebida, nossa = la[linha].campos["recebida"], aqui[linha].campos["recebida"]
            if recebida is not None and (
                nossa is None or abs(recebida - nossa) > self._movidas[linha] * self._passo_da_linha[linha] + TOLERANCIA
            ):
                longe.add(linha)
        return longe

    def _nao_descontadas(self, linhas: Iterable[int], la: Mapping[int, Registro]) -> dict[int, Decimal]:
        """O que voltou ao fornecedor sem que o Odoo descontasse de qty_received, por linha, na unidade do produto."""
        onde: list[Any] = [["purchase_line_id", "in", sorted(linhas)], ["state", "=", "done"], ["to_refund", "=", False]]
        onde.append(["location_dest_id.usage", "=", "supplier"])
        if self.ctx.cliente.versao.serie >= 17:  # daí em diante, a devolução sem movimento de origem sempre desconta
            onde.append(["origin_returned_move_id", "!=", False])
        feita = self.ctx.capacidades.primeiro("stock.move", "quantity_done", "quantity") or "quantity"
        campos = ["purchase_line_id", "product_id", "product_uom", feita]
        somas: dict[int, Decimal] = {}
        for r in self.ctx.cliente.buscar_ler("stock.move", onde, campos, contexto=self.ctx.contexto_odoo):
            linha = id_de(r["purchase_line_id"]) or 0
            quantidade = self.na_unidade_do_produto(r[feita], r["product_uom"], r["product_id"])
            if linha in la and quantidade is not None and id_de(r["product_id"]) == la[linha].campos["produto"]:
                somas[linha] = somas.get(linha, Decimal(0)) + quantidade
        return somas

    def nomes(self, documentos: Iterable[int]) -> dict[int, str]:
        lidos = self.ctx.cliente.ler("purchase.order", sorted(documentos), ["name"], contexto=self.ctx.contexto_odoo)
        return {r["id"]: aparado(r["name"]) or f"#{r['id']}" for r in lidos}


def _receber(la: dict[int, Registro], linha: int, quantidade: Decimal) -> None:
    la[linha] = replace(la[linha], campos={**la[linha].campos, "recebida": quantidade})


class LadoRequisicoes(Lado):
    """purchase.requisition.line (ou purchase.request.line da OCA) contra requisicao_compras; estado e mês, do cabeçalho."""

    fluxo = "requisicoes"
    titulo = "Requisições de compra"
    modelo = "purchase.requisition.line"
    classe: type[Requisicoes] = Requisicoes
    cabecalho = "purchase.requisition"
    campo_cabecalho = "requisition_id"

    def dominio(self, corte: date) -> list[Any]:
        fonte = self.classe(self.ctx)
        return e(fonte.dominio(), fonte.dominio_alcance(corte))

    def campos(self) -> list[str]:
        return [self.campo_cabecalho, "product_id", "product_qty", "product_uom_id"]

    def do_odoo(self, registros: Sequence[Mapping[str, Any]]) -> dict[int, Registro]:
        self.aprender_produtos(r["product_id"] for r in registros)
        documentos = sorted({i for r in registros if (i := id_de(r[self.campo_cabecalho]))})
        lidos = self.ctx.cliente.ler(self.cabecalho, documentos, ["name", "state", "create_date"], contexto=self.ctx.contexto_odoo)
        cabecalhos = {c["id"]: c for c in lidos}
        prontos = {}
        for r in registros:
            c = cabecalhos.get(id_de(r[self.campo_cabecalho]) or 0, {})
            quantidade = self.na_unidade_do_produto(r["product_qty"], r["product_uom_id"], r["product_id"])
            campos = {"estado": c.get("state") or None, "produto": id_de(r["product_id"])}
            prontos[r["id"]] = Registro(r["id"], aparado(c.get("name")) or "", self.mes(c.get("create_date")), quantidade, campos)
        return prontos

    def daqui(self, conexao: Connection, apos: int, ate: int | None) -> dict[int, Registro]:
        consulta = f"""
            SELECT odoo_id, num_requisicao, to_char(data_requisicao_criacao, 'YYYY-MM') AS mes, qtd_produto_requisicao, odoo_estado,
                odoo_produto_id
            FROM requisicao_compras WHERE odoo_modelo = '{self.modelo}' AND odoo_id > :apos AND odoo_id <= :ate
                AND NOT odoo_excluida{self.so_empresas()}"""  # noqa: S608 — nomes deste programa
        guardados = {}
        for r in self.linhas(conexao, consulta, apos, ate):
            campos = {"estado": r.odoo_estado, "produto": r.odoo_produto_id}
            guardados[r.odoo_id] = Registro(r.odoo_id, r.num_requisicao, r.mes or "", Decimal(r.qtd_produto_requisicao), campos)
        return guardados


class LadoRequisicoesOca(LadoRequisicoes):
    """O mesmo para o módulo purchase_request da OCA, onde está instalado."""

    modelo = "purchase.request.line"
    classe = RequisicoesOca
    cabecalho = "purchase.request"
    campo_cabecalho = "request_id"
