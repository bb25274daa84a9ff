"""Novas tentativas: só de leitura, só do que passa sozinho, com espera exponencial sorteada e o Retry-After do servidor."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from app.odoo.erros import ErroTransitorio

T = TypeVar("T")

BASE_S = 0.5
TETO_S = 30.0
# O servidor pode pedir mais do que isto; ninguém espera uma hora parado dentro de uma importação.
TETO_RETRY_AFTER_S = 120.0


class Repetidor:
    """Repete uma chamada até dar certo, acabar o limite ou aparecer um erro que não passa sozinho.

    Espera entre as tentativas n e n+1: sorteio uniforme entre 0 e min(TETO_S, BASE_S · 2^(n-1)) ("full jitter": muitos
    clientes que caíram juntos não voltam juntos), e nunca menos que o Retry-After, até TETO_RETRY_AFTER_S.
    """

    def __init__(self, tentativas: int, dormir: Callable[[float], None], sorteio: random.Random) -> None:
        self._tentativas, self._dormir, self._sorteio = max(1, tentativas), dormir, sorteio

    def rodar(self, chamada: Callable[[], T], sem_repetir: tuple[type[ErroTransitorio], ...] = ()) -> T:
        """O resultado da primeira tentativa que der certo; o erro da última se nenhuma der.

        `sem_repetir`: classes que quem chama trata melhor que a repetição (o prazo, dividindo a página).
        """
        feitas, refez = 0, False
        while True:
            feitas += 1
            try:
                return chamada()
            except ErroTransitorio as erro:
                if erro.conexao_parada and not refez:
                    refez, feitas = True, feitas - 1
                    continue
                limite = min(self._tentativas, erro.maximo_tentativas or self._tentativas)
                if feitas >= limite or isinstance(erro, sem_repetir):
                    raise
                espera = self._espera(feitas, erro.espera_s)
            # Fora do except: a tentativa seguinte não se encadeia ao erro da anterior.
            self._dormir(espera)

    def _espera(self, feitas: int, pedida: float | None) -> float:
        sorteada = self._sorteio.uniform(0, min(TETO_S, BASE_S * 2 ** (feitas - 1)))
        return max(sorteada, min(pedida or 0.0, TETO_RETRY_AFTER_S))
