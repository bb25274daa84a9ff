"""O relógio da borda: o único lugar que pergunta as horas ao sistema.

Regras recebem o instante como parâmetro; comandos, jobs e rotas o leem daqui.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def agora() -> datetime:
    """O instante presente, com fuso UTC."""
    return datetime.now(UTC)


def data_local(instante: datetime, fuso: ZoneInfo) -> date:
    """A data do instante no fuso dado (nunca constrói uma meia-noite local, que pode não existir)."""
    return instante.astimezone(fuso).date()


def hoje(fuso: ZoneInfo) -> date:
    """A data de hoje no fuso dado (SCHEDULER_TIMEZONE)."""
    return data_local(agora(), fuso)
