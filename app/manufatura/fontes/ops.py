"""As mrp.production das famílias das nossas ordens, espelhadas em odoo_op.

Uma ordem produzida em parte é renomeada no Odoo (OP-000016 vira OP-000016-001, e o saldo é OP-000016-002): a família
de uma ordem são todas elas. Quem as liga às ordens é familias.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.banco.base import em, tabela
from app.manufatura.fontes import familias
from app.manufatura.fontes.espelhos import PRODUTO, Espelho, Registro
from app.manufatura.fontes.linhas import FonteLinhas, Ligacoes
from app.manufatura.models import OdooOp
from app.odoo.incremental import Dominio
from app.odoo.valores import ValorInvalido, instante, m2o, texto

FEITA = "done"


class Ops(FonteLinhas):
    """mrp.production → odoo_op; guardar uma página também liga as que são de ordens nossas e refaz o que depende disso."""

    nome = "apontamentos"
    modelo = "mrp.production"
    tabela = tabela(OdooOp)
    grava_modelo = False
    coluna_documento = None
    colunas_brutas = (
        "odoo_id",
        "odoo_write_date",
        "odoo_lido_em",
        "nome",
        "estado",
        "produto_id",
        "empresa_id",
        "grupo_id",
        "fim",
        "excluida",
    )
    colunas_calculadas = ()

    @property
    def campo_grupo(self) -> str | None:
        """O campo que une uma OP aos seus saldos: production_group_id (19) ou procurement_group_id; None se não há nenhum."""
        return self.ctx.capacidades.primeiro(self.modelo, "production_group_id", "procurement_group_id")

    def campos(self) -> list[str]:
        grupo = [self.campo_grupo] if self.campo_grupo else []
        return ["write_date", "name", "state", "product_id", "company_id", "date_finished", *grupo]

    def dominio(self) -> Dominio:
        return self.ctx.dominio_empresas()

    def dominio_alcance(self, corte: date) -> Dominio:
        """As nossas ordens procuram a família qualquer que seja a idade dela."""
        return []

    def citados(
        self, registros: Sequence[Registro], documentos: Mapping[int, Registro]
    ) -> Mapping[str, tuple[Espelho, Iterable[int | None]]]:
        return {"produtos": (PRODUTO, [m2o(r["product_id"]) for r in registros])}

    def linha(self, registro: Registro, documento: Registro | None) -> Mapping[str, Any]:
        nome = texto(registro["name"])
        if nome is None:
            raise ValorInvalido("a OP não tem nome")
        estado = texto(registro["state"])
        return {
            "nome": nome,
            "estado": estado,
            "produto_id": m2o(registro["product_id"]),
            "empresa_id": m2o(registro["company_id"]),
            "grupo_id": m2o(registro[self.campo_grupo]) if self.campo_grupo else None,
            # No 19 date_finished é a data prevista enquanto a OP não acaba.
            "fim": instante(registro["date_finished"]) if estado == FEITA else None,
            "excluida": False,
        }

    def selecao(self, origem: str) -> str:
        return f"SELECT {', '.join(f'f.{c}' for c in self.colunas_brutas)} FROM {origem} f"  # noqa: S608 — nomes do programa

    def parametros(self) -> dict[str, Any]:
        return {}

    def aplicar_efeito(self, conexao: Connection, ids: Sequence[int], antes: Ligacoes, *, mudou: bool) -> None:
        familias.vincular(conexao, ids, str(self.ctx.fuso))

    def excluir(self, ids: Sequence[int]) -> int:
        """OPs que sumiram do Odoo (só as em rascunho e as canceladas se apagam); devolve quantas."""
        with self.ctx.transacao() as conexao:
            comando = self.tabela.update().where(em(self.tabela.c.odoo_id, ids), ~self.tabela.c.excluida).values(excluida=True)
            quantas = conexao.execute(comando).rowcount
            familias.vincular(conexao, ids, str(self.ctx.fuso))
            return quantas
