"""O pico de memória deste processo.

No Linux, ru_maxrss é herdado de quem o criou: um lado pequeno, aberto por um processo grande, diria o pico do outro. Vale o VmHWM,
que é só do programa que está rodando.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def pico_mb() -> float:
    """MiB no ponto mais alto desde que o programa começou."""
    try:
        linhas = Path("/proc/self/status").read_text().splitlines()
        return next(int(linha.split()[1]) for linha in linhas if linha.startswith("VmHWM:")) / 1024
    except (OSError, StopIteration):
        pico = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return pico / (1 << 20 if sys.platform == "darwin" else 1024)  # o macOS conta em bytes
