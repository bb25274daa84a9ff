"""A numeração das ordens de produção depois de restaurar uma cópia: nunca repetir um número já dado."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

SEQUENCIA, TABELA, COLUNA = "ordem_producao_numero_seq", "ordem_producao", "numero"
FOLGA = 1000


def maior_numero(conexao: Connection) -> int | None:
    """O maior número de ordem conhecido neste banco: o gravado ou o já tirado da sequência; None se não há."""
    existe = conexao.scalar(text("SELECT to_regclass(:s) IS NOT NULL AND to_regclass(:t) IS NOT NULL"), {"s": SEQUENCIA, "t": TABELA})
    if not existe:
        return None
    maior: int | None = conexao.scalar(
        text(
            f"SELECT greatest((SELECT max({COLUNA}) FROM {TABELA}), (SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END"  # noqa: S608
            f" FROM {SEQUENCIA}))"
        )
    )
    return maior


def avancar(conexao: Connection, conhecidos: Iterable[int | None]) -> int:
    """Põe a sequência FOLGA além do maior número conhecido (aqui e em `conhecidos`); devolve o próximo número que sairá.

    A folga cobre os números dados depois da cópia e de que ninguém mais tem notícia.
    """
    maior = max((n for n in (maior_numero(conexao), *conhecidos) if n is not None), default=0)
    proximo = maior + FOLGA
    conexao.execute(text(f"SELECT setval('{SEQUENCIA}', :n, false)"), {"n": proximo})
    return proximo
