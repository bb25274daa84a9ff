"""Esperar uma condição, com prazo: o único jeito de um teste esperar."""

from __future__ import annotations

import time
from collections.abc import Callable


def esperar(condicao: Callable[[], object], prazo_s: float = 10.0, intervalo_s: float = 0.05) -> bool:
    """Espera até a condição valer ou o prazo acabar; devolve se valeu (olhada ao menos uma vez, e uma última no fim)."""
    fim = time.monotonic() + prazo_s
    while not condicao():
        if time.monotonic() >= fim:
            return bool(condicao())
        time.sleep(intervalo_s)
    return True
