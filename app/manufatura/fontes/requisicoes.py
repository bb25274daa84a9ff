"""Requisições de compra: uma linha de requisicao_compras por linha de purchase.requisition ou, na OCA, de purchase.request.

Fonte das regras: docs/dados.md (requisicao_compras) e docs/odoo.md (armadilhas).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from app.banco.base import tabela
from app.manufatura.fontes.espelhos import PRODUTO, UNIDADE, USUARIO, Espelho, Registro
from app.manufatura.fontes.linhas import FonteLinhas, Ignorado
from app.manufatura.models import RequisicaoCompras
from app.odoo.incremental import Dominio
from app.odoo.valores import ValorInvalido, data, decimal, instante, m2o, texto
from app.relogio import data_local

ENCERRADAS = ["done", "cancel", "rejected"]
COTACAO = "('draft', 'sent', 'to approve')"
CONFIRMADO = "('purchase', 'done')"


class Requisicoes(FonteLinhas):
    """Fluxo `requisicoes`: purchase.requisition.line com o cabeçalho purchase.requisition."""

    nome = "requisicoes"
    modelo = "purchase.requisition.line"
    modelo_documento = "purchase.requisition"
    campo_documento = "requisition_id"
    campo_usuario = "user_id"
    campos_data_documento: tuple[str, ...] = ("schedule_date", "date_end")
    campo_data_linha = "schedule_date"
    atendimento = "ped.odoo_requisicao_id = f.odoo_documento_id AND ped.odoo_produto_id = f.odoo_produto_id"
    """Que linhas de pedido atendem a esta linha: as da mesma requisição e do mesmo produto."""

    tabela = tabela(RequisicaoCompras)
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
        "num_requisicao",
        "data_requisicao_criacao",
        "data_requisicao_solicitada",
        "odoo_estado",
        "odoo_usuario_id",
        "odoo_quantidade",
        "odoo_unidade_id",
        "odoo_criado_em",
        "odoo_excluida",
    )
    colunas_calculadas = ("usuario_requisicao_criacao", "cod_produto", "nome_produto", "qtd_produto_requisicao", "status")

    # --- o que se pergunta ao Odoo ---------------------------------------------------------------------------------------

    def campos(self) -> list[str]:
        assert self.campo_documento is not None
        campos = ["write_date", self.campo_documento, "product_id", "product_qty", "product_uom_id"]
        return [*campos, *self._existentes(self.modelo, (self.campo_data_linha,))]

    def campos_do_documento(self) -> list[str]:
        assert self.modelo_documento is not None
        campos = ["name", "state", self.campo_usuario, "create_date", "company_id"]
        return [*campos, *self._existentes(self.modelo_documento, self.campos_data_documento)]

    def _existentes(self, modelo: str, campos: Sequence[str]) -> list[str]:
        return [c for c in campos if self.ctx.capacidades.tem(modelo, c)]

    def dominio(self) -> Dominio:
        return [["product_id", "!=", False], *self.ctx.dominio_empresas(f"{self.campo_documento}.company_id")]

    def dominio_documento(self) -> Dominio:
        return self.ctx.dominio_empresas()

    def dominio_alcance(self, corte: date) -> Dominio:
        """Criadas desde o corte, ou ainda abertas."""
        criada: Dominio = [[f"{self.campo_documento}.create_date", ">=", f"{corte:%Y-%m-%d} 00:00:00"]]
        return ["|", [f"{self.campo_documento}.state", "not in", ENCERRADAS], *criada]

    # --- de um registro à linha --------------------------------------------------------------------------------------------

    def citados(
        self, registros: Sequence[Registro], documentos: Mapping[int, Registro]
    ) -> Mapping[str, tuple[Espelho, Iterable[int | None]]]:
        return {
            "produtos": (PRODUTO, [m2o(r["product_id"]) for r in registros]),
            "unidades": (UNIDADE, [m2o(r["product_uom_id"]) for r in registros]),
            "usuarios": (USUARIO, [m2o(d[self.campo_usuario]) for d in documentos.values()]),
        }

    def linha(self, registro: Registro, documento: Registro | None) -> Mapping[str, Any]:
        if registro["product_id"] is False:
            raise Ignorado(None)
        if documento is None:
            raise ValorInvalido(f"a requisição {registro[self.campo_documento or ''] or '(vazia)'} da linha não pôde ser lida")
        criado = instante(documento["create_date"])
        return {
            "odoo_documento_id": documento["id"],
            "odoo_produto_id": m2o(registro["product_id"]),
            "empresa_id": m2o(documento["company_id"]),
            "importado_odoo": True,
            "num_requisicao": texto(documento["name"]) or f"#{documento['id']}",
            "data_requisicao_criacao": data_local(criado, self.ctx.fuso) if criado else None,
            "data_requisicao_solicitada": self._solicitada(registro, documento),
            "odoo_estado": texto(documento["state"]),
            "odoo_usuario_id": m2o(documento[self.campo_usuario]),
            "odoo_quantidade": decimal(registro["product_qty"]),
            "odoo_unidade_id": m2o(registro["product_uom_id"]),
            "odoo_criado_em": criado,
            "odoo_excluida": False,
        }

    def _solicitada(self, registro: Registro, documento: Registro) -> date | None:
        """A data da linha; sem ela, a do cabeçalho; sem ela, o fim da requisição."""
        candidatas = [registro.get(self.campo_data_linha), *(documento.get(c) for c in self.campos_data_documento)]
        return next((dia_de(v, self.ctx.fuso) for v in candidatas if v), None)

    def selecao(self, origem: str) -> str:
        """As colunas calculadas de requisicao_compras: este é o único lugar em que cada uma é definida."""
        return f"""
            SELECT {", ".join(f"f.{c}" for c in self.colunas_brutas)},
                u.nome AS usuario_requisicao_criacao,
                p.codigo AS cod_produto,
                p.nome AS nome_produto,
                trim_scale(round(f.odoo_quantidade * coalesce(ul.fator / up.fator, 1), 10)) AS qtd_produto_requisicao,
                CASE
                    WHEN ate.confirmado THEN 'Pedido Colocado'
                    WHEN ate.cotacao THEN 'Em Cotação'
                    WHEN f.odoo_excluida OR f.odoo_estado IN ('cancel', 'rejected') THEN 'Cancelada'
                    ELSE 'Requisitada'
                END AS status
            FROM {origem} f
            LEFT JOIN odoo_produto p ON p.odoo_id = f.odoo_produto_id
            LEFT JOIN odoo_unidade up ON up.odoo_id = p.unidade_id
            LEFT JOIN odoo_unidade ul ON ul.odoo_id = f.odoo_unidade_id
            LEFT JOIN odoo_usuario u ON u.odoo_id = f.odoo_usuario_id
            LEFT JOIN LATERAL (
                SELECT bool_or(ped.odoo_estado IN {CONFIRMADO}) AS confirmado, bool_or(ped.odoo_estado IN {COTACAO}) AS cotacao
                FROM pedido_compras ped
                WHERE {self.atendimento} AND ped.odoo_modelo = 'purchase.order.line' AND NOT ped.odoo_excluida
            ) ate ON true"""  # noqa: S608 — só nomes de colunas e a origem, escritos aqui

    def parametros(self) -> dict[str, Any]:
        return {}


class RequisicoesOca(Requisicoes):
    """Fluxo `requisicoes_oca`: purchase.request.line, do módulo purchase_request da OCA, onde instalado."""

    nome = "requisicoes_oca"
    modelo = "purchase.request.line"
    modelo_documento = "purchase.request"
    campo_documento = "request_id"
    campo_usuario = "requested_by"
    campos_data_documento = ("date_start",)
    campo_data_linha = "date_required"
    atendimento = "ped.odoo_linhas_solicitacao @> ARRAY[f.odoo_id]"


def dia_de(valor: str, fuso: ZoneInfo) -> date | None:
    """O dia de um campo date (nunca deslocado) ou datetime (a data local) do Odoo."""
    if len(valor) <= 10:
        return data(valor)
    quando = instante(valor)
    return data_local(quando, fuso) if quando else None
