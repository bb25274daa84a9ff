"""Pedidos de compra: uma linha de pedido_compras por purchase.order.line com produto.

Fonte das regras: docs/dados.md (pedido_compras) e docs/odoo.md (armadilhas).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from app.banco.base import tabela
from app.manufatura.fontes.espelhos import MOEDA, PARCEIRO, PRODUTO, REQUISICAO, UNIDADE, Espelho, Registro
from app.manufatura.fontes.linhas import FonteLinhas, Ignorado, Ligacoes
from app.manufatura.models import PedidoCompras
from app.odoo.incremental import Dominio
from app.odoo.valores import ValorInvalido, decimal, instante, m2o, texto

ABERTOS = ["draft", "sent", "to approve"]
MOVIMENTO_ABERTO = ["draft", "waiting", "confirmed", "partially_available", "assigned"]


class Pedidos(FonteLinhas):
    """Fluxo `pedidos`: purchase.order.line com o cabeçalho purchase.order."""

    nome = "pedidos"
    modelo = "purchase.order.line"
    modelo_documento = "purchase.order"
    campo_documento = "order_id"
    tabela = tabela(PedidoCompras)
    colunas_brutas = (
        "odoo_modelo",
        "odoo_id",
        "odoo_write_date",
        "odoo_documento_write_date",
        "odoo_lido_em",
        "odoo_documento_id",
        "odoo_produto_id",
        "empresa_id",
        "importado_odoo",
        "num_pedido",
        "odoo_estado",
        "odoo_bloqueado",
        "odoo_contato_id",
        "odoo_moeda_id",
        "odoo_requisicao_id",
        "odoo_linhas_solicitacao",
        "odoo_data_pedido",
        "odoo_data_prevista",
        "odoo_unidade_id",
        "odoo_qtd_produto",
        "odoo_preco",
        "odoo_qtd_recebida",
        "odoo_excluida",
    )
    colunas_calculadas = (
        "num_requisicao",
        "cnpj_fornecedor",
        "raz_social",
        "odoo_parceiro_id",
        "data_pedido_criacao",
        "data_pedido_previsao",
        "data_pedido_entrega",
        "cod_produto",
        "nome_produto",
        "qtd_produto_pedido",
        "qtd_recebida",
        "preco_produto_pedido",
        "moeda",
        "confirmacao_pedido",
        "status_odoo",
    )

    # --- o que se pergunta ao Odoo ---------------------------------------------------------------------------------------

    @functools.cached_property
    def _campo_unidade(self) -> str:
        return self.ctx.capacidades.primeiro(self.modelo, "product_uom_id", "product_uom") or "product_uom_id"

    def campos(self) -> list[str]:
        campos = [
            "write_date",
            "order_id",
            "product_id",
            "product_uom_qty",
            "price_unit",
            "date_planned",
            "qty_received",
            self._campo_unidade,
        ]
        if self.ctx.capacidades.tem(self.modelo, "purchase_request_lines"):
            campos.append("purchase_request_lines")
        return campos

    def campos_do_documento(self) -> list[str]:
        campos = ["name", "state", "partner_id", "date_order", "company_id", "currency_id"]
        opcionais = [c for c in ("locked", "requisition_id") if self.ctx.capacidades.tem("purchase.order", c)]
        return campos + opcionais

    def dominio(self) -> Dominio:
        return [["product_id", "!=", False], *self.ctx.dominio_empresas("order_id.company_id")]

    def dominio_documento(self) -> Dominio:
        return self.ctx.dominio_empresas()

    def dominio_alcance(self, corte: date) -> Dominio:
        """Desde o corte, ou ainda aberto: em cotação, ou por receber.

        Por receber: com movimento aberto, ou nada recebido; o que se recebe à mão (serviços) fica aberto até o pedido ser
        travado, pois do lado de fora não se comparam as duas quantidades.
        """
        por_receber: Dominio = [["qty_received", "=", 0]]
        if self.ctx.capacidades.tem(self.modelo, "move_ids"):
            por_receber = ["|", ["move_ids.state", "in", MOVIMENTO_ABERTO], *por_receber]
        if self.ctx.capacidades.tem(self.modelo, "qty_received_method"):
            manual: Dominio = ["&", ["qty_received_method", "=", "manual"], ["order_id.state", "=", "purchase"]]
            if self.ctx.capacidades.tem("purchase.order", "locked"):
                manual = ["&", ["order_id.locked", "=", False], *manual]
            por_receber = ["|", *manual, *por_receber]
        aberto: Dominio = ["|", ["order_id.state", "in", ABERTOS], "&", ["order_id.state", "!=", "cancel"], *por_receber]
        return ["|", ["order_id.date_order", ">=", f"{corte:%Y-%m-%d} 00:00:00"], *aberto]

    # --- de um registro à linha --------------------------------------------------------------------------------------------

    def citados(
        self, registros: Sequence[Registro], documentos: Mapping[int, Registro]
    ) -> Mapping[str, tuple[Espelho, Iterable[int | None]]]:
        docs = documentos.values()
        citados: dict[str, tuple[Espelho, Iterable[int | None]]] = {
            "produtos": (PRODUTO, [m2o(r["product_id"]) for r in registros]),
            "unidades": (UNIDADE, [m2o(r[self._campo_unidade]) for r in registros]),
            "parceiros": (PARCEIRO, [m2o(d["partner_id"]) for d in docs]),
            "moedas": (MOEDA, [m2o(d["currency_id"]) for d in docs]),
        }
        if self.ctx.capacidades.tem("purchase.order", "requisition_id"):
            citados["requisicoes"] = (REQUISICAO, [m2o(d["requisition_id"]) for d in docs])
        return citados

    def linha(self, registro: Registro, documento: Registro | None) -> Mapping[str, Any]:
        if registro["product_id"] is False:
            raise Ignorado(None)  # linha de seção ou nota
        if documento is None:
            raise ValorInvalido(f"o pedido {registro['order_id'] or '(vazio)'} da linha não pôde ser lido")
        return {
            "odoo_documento_id": documento["id"],
            "odoo_produto_id": m2o(registro["product_id"]),
            "importado_odoo": True,
            "odoo_linhas_solicitacao": registro.get("purchase_request_lines") or None,
            "odoo_data_prevista": instante(registro["date_planned"]),
            "odoo_unidade_id": m2o(registro[self._campo_unidade]),
            "odoo_qtd_produto": decimal(registro["product_uom_qty"]),
            "odoo_preco": decimal(registro["price_unit"]),
            "odoo_qtd_recebida": decimal(registro["qty_received"]),
            "odoo_excluida": False,
        }

    def cabecalho(self, documento: Registro) -> Mapping[str, Any]:
        return {
            "empresa_id": m2o(documento["company_id"]),
            "num_pedido": texto(documento["name"]) or f"#{documento['id']}",
            "odoo_estado": texto(documento["state"]),
            "odoo_bloqueado": documento.get("locked"),
            "odoo_contato_id": m2o(documento["partner_id"]),
            "odoo_moeda_id": m2o(documento["currency_id"]),
            "odoo_requisicao_id": m2o(documento.get("requisition_id", False)),
            "odoo_data_pedido": instante(documento["date_order"]),
        }

    def selecao(self, origem: str) -> str:
        """As colunas calculadas de pedido_compras: este é o único lugar em que cada uma é definida."""
        return f"""
            SELECT {", ".join(f"f.{c}" for c in self.colunas_brutas)},
                coalesce(req.nome, sol.nome) AS num_requisicao,
                {CNPJ.format(vat="com.vat")} AS cnpj_fornecedor,
                com.nome AS raz_social,
                coalesce(com.odoo_id, con.odoo_id) AS odoo_parceiro_id,
                (f.odoo_data_pedido AT TIME ZONE :fuso)::date AS data_pedido_criacao,
                (f.odoo_data_prevista AT TIME ZONE :fuso)::date AS data_pedido_previsao,
                (mov.primeira_entrada AT TIME ZONE :fuso)::date AS data_pedido_entrega,
                p.codigo AS cod_produto,
                p.nome AS nome_produto,
                f.odoo_qtd_produto AS qtd_produto_pedido,
                rec.qtd AS qtd_recebida,
                round(f.odoo_preco * coalesce(up.fator / ul.fator, 1), 10) AS preco_produto_pedido,
                moe.codigo AS moeda,
                coalesce(f.odoo_estado = 'done' OR (f.odoo_bloqueado AND f.odoo_estado = 'purchase')
                    OR mov.primeira_entrada IS NOT NULL OR rec.qtd > 0, false) AS confirmacao_pedido,
                CASE WHEN f.odoo_excluida THEN 'excluida' ELSE f.odoo_estado END AS status_odoo
            FROM {origem} f
            LEFT JOIN odoo_produto p ON p.odoo_id = f.odoo_produto_id
            LEFT JOIN odoo_unidade up ON up.odoo_id = p.unidade_id
            LEFT JOIN odoo_unidade ul ON ul.odoo_id = f.odoo_unidade_id
            LEFT JOIN odoo_parceiro con ON con.odoo_id = f.odoo_contato_id
            LEFT JOIN odoo_parceiro com ON com.odoo_id = coalesce(con.comercial_id, con.odoo_id)
            LEFT JOIN odoo_moeda moe ON moe.odoo_id = f.odoo_moeda_id
            LEFT JOIN odoo_requisicao req ON req.odoo_id = f.odoo_requisicao_id
            LEFT JOIN LATERAL (
                SELECT string_agg(DISTINCT r.num_requisicao, ', ') AS nome FROM requisicao_compras r
                WHERE r.odoo_modelo = 'purchase.request.line' AND r.odoo_id = ANY(f.odoo_linhas_solicitacao)
            ) sol ON f.odoo_linhas_solicitacao IS NOT NULL
            LEFT JOIN LATERAL (
                SELECT min(m.data) FILTER (WHERE m.tipo IN ('entrada', 'entrega_direta')) AS primeira_entrada,
                    sum(CASE WHEN m.tipo IN ('entrada', 'entrega_direta') THEN m.qtd ELSE -m.qtd END)
                        FILTER (WHERE m.produto_id = f.odoo_produto_id) AS saldo
                FROM odoo_movimento m
                WHERE m.linha_pedido_id = f.odoo_id AND m.feito
                    AND m.tipo IN ('entrada', 'entrega_direta', 'devolucao', 'devolucao_direta')
            ) mov ON true
            CROSS JOIN LATERAL (
                SELECT trim_scale(round(coalesce(mov.saldo, f.odoo_qtd_recebida * coalesce(ul.fator / up.fator, 1), 0), 10)) AS qtd
            ) rec"""  # noqa: S608 — só nomes de colunas e a origem, escritos aqui

    def fotografar(self, conexao: Connection, ids: Sequence[int]) -> Ligacoes:
        """As requisições e solicitações que estas linhas atendem, e os produtos de que alguma entrega conta no prazo."""
        consulta = text("""
            SELECT odoo_requisicao_id, odoo_linhas_solicitacao, CASE WHEN data_pedido_entrega IS NOT NULL THEN odoo_produto_id END
            FROM pedido_compras WHERE odoo_modelo = :modelo AND odoo_id = ANY(:ids)
                AND (odoo_requisicao_id IS NOT NULL OR odoo_linhas_solicitacao IS NOT NULL OR data_pedido_entrega IS NOT NULL)""")
        ligacoes: set[tuple[str, int | None]] = set()
        for requisicao, solicitacoes, produto in conexao.execute(consulta, {"modelo": self.modelo, "ids": list(ids)}):
            ligacoes |= {("requisicao", requisicao), ("produto", produto), *(("solicitacao", i) for i in solicitacoes or ())}
        return {(o_que, i) for o_que, i in ligacoes if i is not None}


CNPJ = "nullif(regexp_replace(upper(regexp_replace({vat}, '[^0-9A-Za-z]', '', 'g')), '^BR([0-9A-Z]{{14}})$', '\\1'), '')"
"""CNPJ sem pontuação e em maiúsculas, sem o prefixo BR que alguns digitam; `{vat}` é a expressão SQL de origem."""
