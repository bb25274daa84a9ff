"""Onde cada fluxo está, em cursor_integracao: uma linha por fluxo e empresa."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.banco.base import em, tabela
from app.manufatura.models import CursorIntegracao
from app.odoo.incremental import Janela, Lugar

SEM_EMPRESA = 0


def ler(conexao: Connection, fonte: str, empresas: Sequence[int]) -> Lugar:
    """O lugar de um fluxo para as empresas dadas; as que ainda não têm lugar vêm em `novas` (vazia se nenhuma tem)."""
    t = tabela(CursorIntegracao)
    linhas = {r.empresa_id: r for r in conexao.execute(select(t).where(t.c.fonte == fonte, em(t.c.empresa_id, empresas)))}
    if not linhas:
        return Lugar()
    cursores = [r.cursor for r in linhas.values()]
    cortes = [r.corte for r in linhas.values() if r.corte]
    algum = next(iter(linhas.values()))
    # A janela em curso só vale se é de todas as empresas que têm lugar.
    mesma = len({(str(r.janela), r.ultimo_id) for r in linhas.values()}) == 1
    return Lugar(
        cursor=min(cursores) if None not in cursores else None,
        janela=Janela.de_json(algum.janela) if mesma and algum.janela else None,
        ultimo_id=int(algum.ultimo_id or 0) if mesma else 0,
        corte=max(cortes) if cortes else None,
        desvio_s=algum.desvio_s,
        novas=tuple(sorted(set(empresas) - set(linhas))),
    )


def gravar(conexao: Connection, fonte: str, empresas: Sequence[int], lugar: Lugar) -> None:
    """Grava o lugar de um fluxo, igual para as empresas dadas, menos as novas: delas ainda falta ler o passado."""
    t = tabela(CursorIntegracao)
    valores = {
        "cursor": lugar.cursor,
        "janela": lugar.janela.como_json() if lugar.janela else None,
        "ultimo_id": lugar.ultimo_id or None,
        "corte": lugar.corte,
        "desvio_s": lugar.desvio_s,
    }
    comando = insert(t).values([{"fonte": fonte, "empresa_id": e, **valores} for e in empresas if e not in lugar.novas])
    novos = {c: comando.excluded[c] for c in valores}
    conexao.execute(comando.on_conflict_do_update(index_elements=["fonte", "empresa_id"], set_=novos))


def esquecer(conexao: Connection, fonte: str) -> None:
    """Esquece o cursor de um fluxo: a próxima execução lê tudo de novo."""
    conexao.execute(delete(tabela(CursorIntegracao)).where(CursorIntegracao.fonte == fonte))
