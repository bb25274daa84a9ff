"""O nosso lado da bancada `mto`, num processo só dele: uma rodada de planejamento com commit, o tempo e o pico de memória.

Entrada (JSON em stdin): url. Saída (JSON): s, s_de_novo, criadas, mudadas_de_novo, ordens, pico_mb.
"""

from __future__ import annotations

import time
from typing import Any

from app.banco.motor import criar_motor
from app.manufatura.services.mto import rodada
from bench.apoio import atender
from bench.fabrica_mto import HOJE
from bench.memoria import pico_mb


def _rodar(url: str) -> dict[str, Any]:
    motor = criar_motor(url, statement_timeout_s=0)
    tempos, rodadas = [], []
    for _ in range(2):
        inicio = time.perf_counter()
        with motor.begin() as conexao:
            feita = rodada.executar(conexao, HOJE, rodada.Ajustes())
            rodadas.append((len(feita.diferenca.criadas), len(feita.diferenca.mudadas), len(feita.plano.ordens)))
            del feita
        tempos.append(time.perf_counter() - inicio)
    pico = pico_mb()
    motor.dispose()
    return {
        "s": tempos[0],
        "s_de_novo": tempos[1],
        "criadas": rodadas[0][0],
        "ordens": rodadas[0][2],
        "mudadas_de_novo": rodadas[1][0] + rodadas[1][1],
        "pico_mb": pico,
    }


if __name__ == "__main__":
    atender(lambda pedido: _rodar(pedido["url"]))
