"""O que o planejamento muda em ordens que já existiam vai à auditoria: antes e depois, com o motivo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from app.banco.base import tabela
from app.banco.carga import copiar
from app.manufatura.models import Auditoria
from app.manufatura.services.planejamento.consumo import texto
from app.manufatura.services.planejamento.ordens import Existente, Ordem

COLUNAS = ["quem", "de_onde", "acao", "tabela", "registro_id", "antes", "depois"]
DE_ONDE = "planejamento"


def cancelamentos(conexao: Connection, canceladas: Sequence[tuple[Existente, str]], quem: str) -> None:
    """Uma linha por ordem cancelada pelo sistema."""
    _gravar(
        conexao,
        [
            (
                quem,
                DE_ONDE,
                "ordem cancelar",
                "ordem_producao",
                e.id,
                Jsonb({"status": e.status}),
                Jsonb({"status": "Cancelada", "motivo": motivo}),
            )
            for e, motivo in canceladas
        ],
    )


def mudancas(conexao: Connection, mudadas: Sequence[Ordem], quem: str) -> None:
    """Uma linha por ordem Planejada que tomou outra quantidade ou outras datas (o estoque dado não é mudança dela)."""
    linhas = []
    for o in mudadas:
        e = o.existente
        if e is None or o.entrega is None or (e.planejada, e.inicio, e.fim) == (o.planejada, o.inicio, o.fim):
            continue
        antes = {"qtd_planejada": texto(e.planejada), "inicio": _iso(e.inicio), "fim": _iso(e.fim)}
        depois = {"qtd_planejada": texto(o.planejada), "inicio": o.inicio.isoformat(), "fim": o.fim.isoformat()}
        linhas.append((quem, DE_ONDE, "ordem seguir demanda", "ordem_producao", e.id, Jsonb(antes), Jsonb(depois)))
    _gravar(conexao, linhas)


def _iso(data: date | None) -> str | None:
    return data.isoformat() if data is not None else None


def _gravar(conexao: Connection, linhas: Sequence[tuple[object, ...]]) -> None:
    if not linhas:
        return
    t = tabela(Auditoria)
    copiar(conexao, "carga_auditoria", {c: t.c[c].type for c in COLUNAS}, linhas)
    conexao.execute(text("INSERT INTO auditoria (quem, de_onde, acao, tabela, registro_id, antes, depois) SELECT * FROM carga_auditoria"))
