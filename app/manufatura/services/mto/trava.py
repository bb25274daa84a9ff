"""A trava de quem planeja: uma rodada, ou uma mudança de ordem feita por alguém, por vez no banco inteiro."""

from __future__ import annotations

from sqlalchemy import Connection, text

TRAVA = 0x4D544F  # "MTO"


def travar(conexao: Connection) -> None:
    """Espera a vez e a segura até o fim da transação. Quem muda ordens a toma antes de travar linhas, para não haver impasse."""
    conexao.execute(text("SELECT pg_advisory_xact_lock(:trava)"), {"trava": TRAVA})
