"""Entradas e devoluções: movimento por movimento, com o sinal, a quantidade e se conta no estoque ou é ignorado por regra."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from app.manufatura.fontes.completude.lado import Lado, aparado, id_de
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.entradas import Entradas
from app.manufatura.services.conferencia.comparacao import Registro
from app.odoo.incremental import e

NO_ESTOQUE, IGNORADO = "no estoque", "ignorado"


class LadoEntradas(Lado):
    """stock.move feito contra odoo_movimento e o seu movimento em movimentacao_estoque (ou a sua linha de ignorado)."""

    fluxo = "entradas"
    titulo = "Entradas de material"
    modelo = "stock.move"

    def __init__(self, contexto: Contexto) -> None:
        super().__init__(contexto)
        self._usos: dict[int, str] = {}
        self._comprados: dict[int, bool] = {}

    def dominio(self, corte: date) -> list[Any]:
        fonte = Entradas(self.ctx)
        return e(fonte.dominio(), fonte.dominio_alcance(corte))

    @property
    def _feita(self) -> str:
        return self.ctx.capacidades.primeiro(self.modelo, "quantity_done", "quantity") or "quantity"

    def campos(self) -> list[str]:
        opcionais = [c for c in ("purchase_line_id", "is_subcontract", "reference") if self.ctx.capacidades.tem(self.modelo, c)]
        return ["product_id", "product_uom", self._feita, "location_id", "location_dest_id", "date", *opcionais]

    def do_odoo(self, registros: Sequence[Mapping[str, Any]]) -> dict[int, Registro]:
        self.aprender_produtos(r["product_id"] for r in registros)
        self._aprender_locais(r[c] for r in registros for c in ("location_id", "location_dest_id"))
        self._aprender_marcas(r["product_id"] for r in registros)
        lidos = {}
        for r in registros:
            sentido, conta = self._sentido(r)
            quantidade = self.na_unidade_do_produto(r[self._feita], r["product_uom"], r["product_id"])
            conta = conta and self._comprados.get(id_de(r["product_id"]) or 0, False)
            campos = {
                "destino": NO_ESTOQUE if conta else IGNORADO,
                "produto": id_de(r["product_id"]),
                "linha do pedido": id_de(r.get("purchase_line_id")),
            }
            com_sinal = None if quantidade is None else quantidade * sentido
            lidos[r["id"]] = Registro(
                r["id"], aparado(r.get("reference")) or "", self.mes(r["date"]), com_sinal, campos, ignorado=not conta
            )
        return lidos

    def _sentido(self, r: Mapping[str, Any]) -> tuple[int, bool]:
        """(sinal, se é entrada ou devolução de compra), pelos locais: do fornecedor para dentro, +; para o fornecedor, −."""
        de, para = (self._usos.get(id_de(r[c]) or 0, "") for c in ("location_id", "location_dest_id"))
        dentro = para in ("internal", "transit")
        if para == "supplier":
            return -1, de != "customer"
        return 1, dentro and (de == "supplier" or bool(r.get("is_subcontract")))

    def _aprender_locais(self, locais: Iterable[object]) -> None:
        novos = sorted({i for v in locais if (i := id_de(v)) and i not in self._usos})
        if novos:
            lidos = self.ctx.cliente.ler("stock.location", novos, ["usage"], contexto=self.ctx.contexto_odoo)
            self._usos.update({r["id"]: r["usage"] or "" for r in lidos})

    def _aprender_marcas(self, produtos: Iterable[object]) -> None:
        """A marca "comprado": a do nosso cadastro; sem linha no cadastro, o purchase_ok do Odoo."""
        novos = {i for p in produtos if (i := id_de(p)) and i not in self._comprados}
        if not novos:
            return
        consulta = text("SELECT odoo_produto_id, produto_comprado FROM cadastro_palletizacao WHERE odoo_produto_id = ANY(:ids)")
        with self.ctx.leitura() as conexao:
            self._comprados.update({r[0]: r[1] for r in conexao.execute(consulta, {"ids": sorted(novos)})})
        if sem_cadastro := sorted(novos - self._comprados.keys()):
            lidos = self.ctx.cliente.ler("product.product", sem_cadastro, ["purchase_ok"], contexto=self.ctx.contexto_odoo)
            self._comprados.update({r["id"]: bool(r["purchase_ok"]) for r in lidos})

    def daqui(self, conexao: Connection, apos: int, ate: int | None) -> dict[int, Registro]:
        consulta = f"""
            SELECT m.odoo_id, m.referencia, to_char(coalesce(s.data_movimentacao, m.data) AT TIME ZONE :fuso, 'YYYY-MM') AS mes,
                m.produto_id, m.linha_pedido_id, s.id IS NOT NULL AS no_estoque, r.id IS NOT NULL AS ignorado,
                coalesce(s.qtd_movimentacao, m.qtd * CASE WHEN m.tipo IN ('devolucao', 'devolucao_direta') THEN -1 ELSE 1 END) AS quantidade
            FROM odoo_movimento m
            LEFT JOIN movimentacao_estoque s ON s.odoo_modelo = 'stock.move' AND s.odoo_id = m.odoo_id
            LEFT JOIN rejeicao_integracao r ON r.fonte = 'entradas' AND r.odoo_modelo = 'stock.move' AND r.odoo_id = m.odoo_id
                AND r.tipo = 'ignorada' AND r.resolvida_em IS NULL
            WHERE m.fonte = 'entradas' AND m.feito AND m.odoo_id > :apos AND m.odoo_id <= :ate{self.so_empresas("m.empresa_id")}"""  # noqa: S608
        guardados = {}
        for r in self.linhas(conexao, consulta, apos, ate):
            destino = NO_ESTOQUE if r.no_estoque else IGNORADO if r.ignorado else "em lugar nenhum"
            campos = {"destino": destino, "produto": r.produto_id, "linha do pedido": r.linha_pedido_id}
            guardados[r.odoo_id] = Registro(
                r.odoo_id, r.referencia or "", r.mes or "", Decimal(r.quantidade), campos, ignorado=not r.no_estoque
            )
        return guardados
