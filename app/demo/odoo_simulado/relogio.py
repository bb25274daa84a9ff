"""O relógio do Odoo simulado: anda sozinho a partir de onde o puseram, ou fica parado até que o avancem."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app import relogio as relogio_da_casa


class RelogioSimulado:
    """Um relógio que se acerta. `RelogioSimulado()` é a hora de verdade; `RelogioSimulado(inicio)` parte de `inicio` (UTC) e anda sozinho.

    Com `parado=True` só anda por `avancar` e `acertar`. Chamado como função, dá o instante presente (datetime UTC).
    """

    def __init__(self, inicio: datetime | None = None, *, parado: bool = False) -> None:
        self._inicio = inicio.astimezone(UTC) if inicio else relogio_da_casa.agora()
        self._parado = parado
        self._marco = time.monotonic()

    def __call__(self) -> datetime:
        if self._parado:
            return self._inicio
        return self._inicio + timedelta(seconds=time.monotonic() - self._marco)

    def avancar(self, quanto: timedelta) -> None:
        self._inicio += quanto

    def acertar(self, instante: datetime, *, parado: bool | None = None) -> None:
        """Põe o relógio em `instante` (UTC), sem mudar de quem já gravou."""
        self._inicio, self._marco = instante.astimezone(UTC), time.monotonic()
        if parado is not None:
            self._parado = parado


Relogio = Callable[[], datetime]


def texto_micro(instante: datetime) -> str:
    """O instante como o banco do Odoo o guarda: UTC, sem fuso, com microssegundos."""
    return instante.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def texto(instante: datetime) -> str:
    """O instante como o RPC o mostra: cortado em segundos."""
    return instante.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
