"""Entradas de material: os stock.move feitos que vêm do fornecedor, ou voltam a ele, espelhados em odoo_movimento.

Fonte das regras: docs/dados.md (movimentacao_estoque) e docs/odoo.md (armadilhas).
O que cada movimento faz ao pedido, ao estoque e ao prazo do fornecedor é efeito, calculado do espelho.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Connection, text

from app.banco.base import em, tabela
from app.manufatura.fontes import cursores
from app.manufatura.fontes.espelhos import LOCAL, PRODUTO, UNIDADE, Espelho, Registro
from app.manufatura.fontes.linhas import FonteLinhas, Ligacoes
from app.manufatura.fontes.pedidos import MOVIMENTO_ABERTO
from app.manufatura.models import OdooMovimento
from app.odoo.incremental import LOTE_IDS, Contagem, Dominio, e, reler
from app.odoo.leitura import listar
from app.odoo.valores import ValorInvalido, decimal, instante, m2o, texto

T = TypeVar("T")
QTD_NO_PRODUTO = "trim_scale(round(f.quantidade * coalesce(um.fator / up.fator, 1), 10))"
"""Quantidade feita na unidade do produto: a do movimento pelos fatores das duas unidades."""


class Entradas(FonteLinhas):
    """Fluxo `entradas`: stock.move feito de ou para um local de fornecedor, ou vindo de cliente (contado e ignorado)."""

    nome = "entradas"
    modelo = "stock.move"
    tabela = tabela(OdooMovimento)
    grava_modelo = False
    coluna_documento = "documento_id"
    colunas_brutas = (
        "odoo_id",
        "odoo_write_date",
        "odoo_lido_em",
        "fonte",
        "feito",
        "produto_id",
        "empresa_id",
        "unidade_id",
        "quantidade",
        "data",
        "linha_pedido_id",
        "documento_id",
        "subcontratado",
        "origem_id",
        "destino_id",
        "referencia",
    )
    colunas_calculadas = ("tipo", "qtd")

    # --- o que se pergunta ao Odoo ---------------------------------------------------------------------------------------

    @property
    def _campo_feito(self) -> str:
        """quantity_done até o 16 (soma das linhas); do 17 em diante, quantity (vale porque só se leem os feitos)."""
        return self.ctx.capacidades.primeiro(self.modelo, "quantity_done", "quantity") or "quantity"

    def _tem(self, campo: str) -> bool:
        return self.ctx.capacidades.tem(self.modelo, campo)

    def campos(self) -> list[str]:
        campos = ["write_date", "state", "product_id", "company_id", "product_uom", "date", "picking_id", "location_id", "location_dest_id"]
        return [*campos, self._campo_feito, *(c for c in ("purchase_line_id", "reference", "is_subcontract") if self._tem(c))]

    def dominio(self) -> Dominio:
        origem: Dominio = ["|", ["location_id.usage", "in", ["supplier", "customer"]], ["location_dest_id.usage", "=", "supplier"]]
        if self._tem("is_subcontract"):  # o recebimento de um serviço vem de um local de subcontratação, de uso interno
            origem = ["|", ["is_subcontract", "=", True], *origem]
        return ["&", ["state", "=", "done"], *origem, *self.ctx.dominio_empresas()]

    def dominio_alcance(self, corte: date) -> Dominio:
        """Feitos desde o corte, ou de linhas de pedido que ainda têm o que receber (senão o recebido delas sairia errado)."""
        desde: Dominio = [["date", ">=", f"{corte:%Y-%m-%d} 00:00:00"]]
        if not self._tem("purchase_line_id"):
            return desde
        return ["|", ["purchase_line_id.move_ids.state", "in", MOVIMENTO_ABERTO], *desde]

    # --- de um registro à linha --------------------------------------------------------------------------------------------

    def citados(
        self, registros: Sequence[Registro], documentos: Mapping[int, Registro]
    ) -> Mapping[str, tuple[Espelho, Iterable[int | None]]]:
        return {
            "produtos": (PRODUTO, [m2o(r["product_id"]) for r in registros]),
            "unidades": (UNIDADE, [m2o(r["product_uom"]) for r in registros]),
            "locais": (LOCAL, [m2o(r[c]) for r in registros for c in ("location_id", "location_dest_id")]),
        }

    def linha(self, registro: Registro, documento: Registro | None) -> Mapping[str, Any]:
        return {
            "fonte": self.nome,
            "feito": registro["state"] == "done",
            "produto_id": obrigatorio(m2o(registro["product_id"]), "o produto"),
            "empresa_id": m2o(registro["company_id"]),
            "unidade_id": m2o(registro["product_uom"]),
            "quantidade": quantidade_feita(registro[self._campo_feito]),
            "data": obrigatorio(instante(registro["date"]), "a data"),
            "linha_pedido_id": m2o(registro.get("purchase_line_id", False)),
            "documento_id": m2o(registro["picking_id"]),
            "subcontratado": bool(registro.get("is_subcontract")),
            "origem_id": m2o(registro["location_id"]),
            "destino_id": m2o(registro["location_dest_id"]),
            "referencia": texto(registro.get("reference", False)),
        }

    def selecao(self, origem: str) -> str:
        """As colunas calculadas de odoo_movimento para os movimentos deste fluxo."""
        return f"""
            SELECT {", ".join(f"f.{c}" for c in self.colunas_brutas)},
                CASE
                    WHEN lo.uso = 'supplier' AND ld.uso IN ('internal', 'transit') THEN 'entrada'
                    WHEN f.subcontratado AND ld.uso IN ('internal', 'transit') THEN 'entrada'
                    WHEN lo.uso = 'supplier' AND ld.uso = 'customer' THEN 'entrega_direta'
                    WHEN lo.uso = 'customer' AND ld.uso = 'supplier' THEN 'devolucao_direta'
                    WHEN ld.uso = 'supplier' THEN 'devolucao'
                    WHEN lo.uso = 'customer' THEN 'devolucao_cliente'
                    ELSE 'outro'
                END AS tipo,
                {QTD_NO_PRODUTO} AS qtd
            FROM {origem} f
            LEFT JOIN odoo_local lo ON lo.odoo_id = f.origem_id
            LEFT JOIN odoo_local ld ON ld.odoo_id = f.destino_id
            LEFT JOIN odoo_produto p ON p.odoo_id = f.produto_id
            LEFT JOIN odoo_unidade um ON um.odoo_id = f.unidade_id
            LEFT JOIN odoo_unidade up ON up.odoo_id = p.unidade_id"""  # noqa: S608 — só nomes de colunas e a origem, escritos aqui

    def parametros(self) -> dict[str, Any]:
        return {}

    def fotografar(self, conexao: Connection, ids: Sequence[int]) -> Ligacoes:
        """As linhas de pedido a que estes movimentos pertencem."""
        consulta = text("SELECT linha_pedido_id FROM odoo_movimento WHERE odoo_id = ANY(:ids) AND linha_pedido_id IS NOT NULL")
        return {("linha", i) for i in conexao.execute(consulta, {"ids": list(ids)}).scalars()}

    def ignorados_da_pagina(self, conexao: Connection, ids: Sequence[int]) -> int:
        consulta = text(
            "SELECT count(*) FROM rejeicao_integracao WHERE fonte = :fonte AND odoo_modelo = :modelo AND tipo = 'ignorada'"
            " AND resolvida_em IS NULL AND odoo_id = ANY(:ids)"
        )
        return int(conexao.execute(consulta, {"fonte": self.nome, "modelo": self.modelo, "ids": list(ids)}).scalar_one())

    def excluir(self, ids: Sequence[int]) -> int:
        """Movimentos que o Odoo já não tem como feitos: deixam de valer, e tudo o que dependia deles é recalculado."""
        with self.ctx.transacao() as conexao:
            comando = self.tabela.update().where(em(self.tabela.c.odoo_id, ids), self.tabela.c.feito).values(feito=False)
            quantas = conexao.execute(comando).rowcount
            self.aplicar_efeito(conexao, ids, set(), mudou=True)
            return quantas

    def linhas_dos_documentos(self, ids: Iterable[int]) -> list[int]:
        return []

    def _vivas(self) -> list[Any]:
        return [self.tabela.c.feito]

    def vazio(self) -> bool:
        with self.ctx.leitura() as conexao:
            return conexao.execute(text("SELECT 1 FROM odoo_movimento WHERE fonte = 'entradas' LIMIT 1")).first() is None


def buscar_antigos(fonte: Entradas) -> Contagem:
    """Traz os movimentos das linhas de pedido anteriores ao corte: sem todos eles, o recebido delas sairia errado.

    Uma devolução de hoje pode ser de um pedido velho, cujo recebimento a primeira leitura deixou de fora. Cada linha é
    procurada uma vez (odoo_movimentos_em); depois, o que mudar nela vem pelo caminho de sempre.
    """
    ctx, total = fonte.ctx, Contagem()
    if not ctx.capacidades.tem(fonte.modelo, "purchase_line_id"):
        return total
    with ctx.leitura() as conexao:
        corte = cursores.ler(conexao, fonte.nome, ctx.empresas).corte or ctx.corte
        linhas = list(conexao.execute(ANTIGAS, {"corte": corte, "empresas": list(ctx.empresas)}).scalars())
    for inicio in range(0, len(linhas), LOTE_IDS):
        lote = linhas[inicio : inicio + LOTE_IDS]
        dominio = e(fonte.dominio(), [["purchase_line_id", "in", lote]])
        ids = [m.id for marcas in listar(ctx.cliente, fonte.modelo, dominio, so_ids=True, contexto=fonte.contexto) for m in marcas]
        guardadas = fonte.guardadas(ids)
        total.somar(reler(fonte, ctx.cliente, [i for i in ids if i not in guardadas]))
        with ctx.transacao() as conexao:
            conexao.execute(PROCURADAS, {"linhas": lote})
    return total


ANTIGAS = text("""
    SELECT odoo_id FROM pedido_compras WHERE odoo_modelo = 'purchase.order.line' AND odoo_movimentos_em IS NULL
        AND (data_pedido_criacao IS NULL OR data_pedido_criacao < :corte) AND (empresa_id IS NULL OR empresa_id = ANY(:empresas))
    ORDER BY odoo_id""")
PROCURADAS = text(
    "UPDATE pedido_compras SET odoo_movimentos_em = now() WHERE odoo_modelo = 'purchase.order.line' AND odoo_id = ANY(:linhas)"
)


def quantidade_feita(valor: object) -> Decimal:
    """A quantidade feita de um movimento, na unidade dele; ValorInvalido se negativa (o sentido é dado pelos locais)."""
    qtd = decimal(valor)
    if qtd < 0:
        raise ValorInvalido(f"quantidade feita negativa ({qtd})")
    return qtd


def obrigatorio(valor: T | None, nome: str) -> T:
    """O valor, ou ValorInvalido dizendo o que falta."""
    if valor is None:
        raise ValorInvalido(f"falta {nome}")
    return valor
