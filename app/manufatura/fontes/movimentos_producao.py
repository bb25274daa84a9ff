"""Os stock.move do que as OPs das nossas ordens produziram, e do que se desmontou, espelhados em odoo_movimento.

Fonte das regras: docs/dados.md (movimentacao_estoque). Um movimento de produto acabado tem
production_id; o de uma desmontagem tem unbuild_id (e nem sempre production_id): a OP dele é a da desmontagem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from app.banco.base import em, tabela
from app.manufatura.fontes import familias, movimentos
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.entradas import QTD_NO_PRODUTO, obrigatorio, quantidade_feita
from app.manufatura.fontes.espelhos import LOCAL, PRODUTO, UNIDADE, Espelho, Registro
from app.manufatura.fontes.linhas import Efeito, FonteLinhas, Junto, Ligacoes
from app.manufatura.models import OdooMovimento
from app.odoo.incremental import Dominio
from app.odoo.leitura import Pagina
from app.odoo.valores import instante, m2o, texto

DESMONTAGEM = "mrp.unbuild"
DESMONTADO: Dominio = ["&", ["unbuild_id", "!=", False], ["location_dest_id.usage", "=", "production"]]
"""Da desmontagem, só o que volta à produção: o resto são os componentes que ela devolve ao estoque."""


class MovimentosProducao(FonteLinhas):
    """stock.move de produção → odoo_movimento; guardar uma página refaz estoque, quantidade, estado e datas das ordens."""

    nome = "apontamentos"
    modelo = "stock.move"
    tabela = tabela(OdooMovimento)
    grava_modelo = False
    coluna_documento = None
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
        "op_id",
        "desmontagem_id",
        "origem_id",
        "destino_id",
        "referencia",
    )
    colunas_calculadas = ("tipo", "qtd")

    def __init__(self, contexto: Contexto, efeito: Efeito | None = None) -> None:
        super().__init__(contexto, efeito)
        self.desmontes: dict[int, int | None] = {}  # desmontagem → OP dela (None: sem OP), o que já se perguntou

    @property
    def _campo_feito(self) -> str:
        return self.ctx.capacidades.primeiro(self.modelo, "quantity_done", "quantity") or "quantity"

    def campos(self) -> list[str]:
        campos = ["write_date", "state", "product_id", "company_id", "product_uom", "date", "location_id", "location_dest_id", "reference"]
        return [*campos, "production_id", "unbuild_id", self._campo_feito]

    def dominio(self) -> Dominio:
        return ["|", ["production_id", "!=", False], *DESMONTADO, *self.ctx.dominio_empresas()]

    def dominio_alcance(self, corte: date) -> Dominio:
        return []

    def dominio_das_ops(self, ops: Sequence[int]) -> Dominio:
        """O que estas OPs produziram e o que delas se desmontou, já feito."""
        lista = list(ops)
        desmontado = ["&", ["unbuild_id.mo_id", "in", lista], ["location_dest_id.usage", "=", "production"]]
        return [["state", "=", "done"], "|", ["production_id", "in", lista], *desmontado]

    # --- de quem é cada movimento --------------------------------------------------------------------------------------------

    def op_de(self, registro: Registro) -> int | None:
        """A OP de um movimento: a que o produziu, ou a da desmontagem (que `conhecer_desmontes` já perguntou)."""
        return m2o(registro["production_id"]) or self.desmontes.get(m2o(registro["unbuild_id"]) or 0)

    def conhecer_desmontes(self, registros: Sequence[Registro]) -> None:
        """Pergunta, numa chamada, a OP das desmontagens citadas que ainda não se conhecem."""
        citadas = {m2o(r["unbuild_id"]) for r in registros if not r["production_id"]} - {None}
        faltam = sorted(i for i in citadas if i and i not in self.desmontes)
        if not faltam:
            return
        guardadas = text("SELECT DISTINCT desmontagem_id, op_id FROM odoo_movimento WHERE desmontagem_id = ANY(:ids) AND op_id IS NOT NULL")
        with self.ctx.leitura() as conexao:
            self.desmontes.update({r.desmontagem_id: r.op_id for r in conexao.execute(guardadas, {"ids": faltam})})
        if faltam := [i for i in faltam if i not in self.desmontes]:
            lidas = self.ctx.cliente.ler(DESMONTAGEM, faltam, ["mo_id"], contexto=self.contexto)
            self.desmontes.update(dict.fromkeys(faltam))
            self.desmontes.update({r["id"]: m2o(r["mo_id"]) for r in lidas})

    def ler_junto(self, pagina: Pagina) -> Junto:
        self.conhecer_desmontes(pagina.registros)
        return super().ler_junto(pagina)

    # --- de um registro à linha ----------------------------------------------------------------------------------------------

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
            "op_id": self.op_de(registro),
            "desmontagem_id": m2o(registro["unbuild_id"]),
            "origem_id": m2o(registro["location_id"]),
            "destino_id": m2o(registro["location_dest_id"]),
            "referencia": texto(registro["reference"]),
        }

    def selecao(self, origem: str) -> str:
        """As colunas calculadas de odoo_movimento para os movimentos de produção.

        Só é produção o que sai de um local de produção, e estorno o que volta a um: um refugo do acabado também traz
        production_id, e não é nenhum dos dois (`outro`).
        """
        return f"""
            SELECT {", ".join(f"f.{c}" for c in self.colunas_brutas)},
                CASE
                    WHEN f.desmontagem_id IS NULL AND lo.uso = 'production' AND ld.uso <> 'production'
                        THEN CASE WHEN f.produto_id = op.produto_id THEN 'producao' ELSE 'subproduto' END
                    WHEN f.desmontagem_id IS NOT NULL AND ld.uso = 'production' AND lo.uso <> 'production'
                        THEN CASE WHEN f.produto_id = op.produto_id THEN 'estorno_producao' ELSE 'estorno_subproduto' END
                    ELSE 'outro'
                END AS tipo,
                {QTD_NO_PRODUTO} AS qtd
            FROM {origem} f
            LEFT JOIN odoo_op op ON op.odoo_id = f.op_id
            LEFT JOIN odoo_local lo ON lo.odoo_id = f.origem_id
            LEFT JOIN odoo_local ld ON ld.odoo_id = f.destino_id
            LEFT JOIN odoo_produto p ON p.odoo_id = f.produto_id
            LEFT JOIN odoo_unidade um ON um.odoo_id = f.unidade_id
            LEFT JOIN odoo_unidade up ON up.odoo_id = p.unidade_id"""  # noqa: S608 — só nomes de colunas e a origem, escritos aqui

    def parametros(self) -> dict[str, Any]:
        return {}

    # --- efeito -----------------------------------------------------------------------------------------------------------------

    def fotografar(self, conexao: Connection, ids: Sequence[int]) -> Ligacoes:
        """As OPs a que estes movimentos pertencem."""
        consulta = text("SELECT DISTINCT op_id FROM odoo_movimento WHERE odoo_id = ANY(:ids) AND op_id IS NOT NULL")
        return {("op", i) for i in conexao.execute(consulta, {"ids": list(ids)}).scalars()}

    def aplicar_efeito(self, conexao: Connection, ids: Sequence[int], antes: Ligacoes, *, mudou: bool) -> None:
        """O estoque e, nas ordens tocadas, quantidade, estado e datas."""
        if not mudou:
            return
        movimentos.atualizar_movimentacao(conexao, ids)
        ops = sorted(op for _, op in antes | self.fotografar(conexao, ids))
        familias.aplicar(conexao, familias.ordens_das_ops(conexao, ops), str(self.ctx.fuso))

    def excluir(self, ids: Sequence[int]) -> int:
        """Movimentos que o Odoo já não tem: deixam de valer."""
        with self.ctx.transacao() as conexao:
            comando = self.tabela.update().where(em(self.tabela.c.odoo_id, ids), self.tabela.c.feito).values(feito=False)
            quantos = conexao.execute(comando).rowcount
            self.aplicar_efeito(conexao, ids, set(), mudou=True)
            return quantos

    def vazio(self) -> bool:
        with self.ctx.leitura() as conexao:
            return conexao.execute(text("SELECT 1 FROM odoo_movimento WHERE fonte = 'apontamentos' LIMIT 1")).first() is None
