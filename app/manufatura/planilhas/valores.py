"""Os valores que uma célula pode ter depois de lida, com o que o leitor sabe do formato dela."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias


@dataclass(frozen=True)
class Defeito:
    """Uma célula que não tem valor que se use: um erro do Excel, ou uma fórmula que ninguém calculou. `motivo` diz qual."""

    mostra: str
    motivo: str


class Percentual(float):
    """Um número que a planilha mostra em %: 0.05 é 5%."""


class Mascarado(float):
    """Um número que a planilha mostra com outra cara (zeros à esquerda no meio de um texto): não serve como código."""


Valor: TypeAlias = str | int | float | bool | date | datetime | time | timedelta | Defeito

INVISIVEIS = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
"""Letras sem desenho, que o copiar e colar traz: somem de códigos e textos, senão dois códigos iguais à vista seriam diferentes."""


def vazio(valor: Valor | None) -> bool:
    """Se a célula não diz nada (só espaços contam como nada)."""
    return valor is None or (isinstance(valor, str) and not valor.strip(ESPACOS))


ESPACOS = (
    " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""O que se tira das pontas: os espaços do Unicode, o de largura zero e a marca de ordem de bytes."""


def letras(coluna: int) -> str:
    """Índice a partir de 0 → letras da coluna: 0 → A, 27 → AB."""
    texto = ""
    coluna += 1
    while coluna:
        coluna, resto = divmod(coluna - 1, 26)
        texto = chr(65 + resto) + texto
    return texto


def endereco(linha: int, coluna: int) -> str:
    """Linha e coluna a partir de 0 → endereço como a planilha mostra: (6, 1) → B7."""
    return f"{letras(coluna)}{linha + 1}"


def posicao(texto: str) -> tuple[int, int]:
    """B7 → (6, 1). Supõe um endereço bem formado."""
    coluna = 0
    for i, letra in enumerate(texto):
        if letra.isdigit():
            return int(texto[i:]) - 1, coluna - 1
        coluna = coluna * 26 + ord(letra) - 64
    raise ValueError(texto)


def mostrar(valor: Valor | None) -> str:
    """O valor como a pessoa o reconhece na célula dela, em até 80 letras."""
    match valor:
        case None:
            texto = ""
        case Defeito():
            texto = valor.mostra
        case bool():
            texto = "VERDADEIRO" if valor else "FALSO"
        case Percentual():
            texto = f"{valor * 100:.15g}%".replace(".", ",")
        case int() | float():
            texto = f"{valor:.15g}".replace(".", ",")
        case datetime():
            texto = f"{valor:%d/%m/%Y %H:%M:%S}"
        case date():
            texto = f"{valor:%d/%m/%Y}"
        case _:
            texto = str(valor)
    return texto if len(texto) <= 80 else texto[:79] + "…"
