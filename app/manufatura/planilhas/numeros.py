"""Números em texto, como se escrevem no Brasil: 1.234,56 · R$ 1.234,56 · (1.234,56) · 1.234,56-."""

from __future__ import annotations

import re
from decimal import Decimal

from app.manufatura.planilhas.valores import ESPACOS


class CelulaInvalida(Exception):
    """Uma célula que não serve; o texto da exceção diz o que se esperava."""


_MOEDA = re.compile(r"R\$|BRL|\$", re.IGNORECASE)
_MILHAR = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_DUVIDOSO = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_INTEIRO = re.compile(r"[0-9]+")
_COM_PONTO = re.compile(r"[0-9]+\.[0-9]+|\.[0-9]+")
_AMERICANO = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}")


def de_texto(escrito: str, esperado: str, *, duvidoso: bool = False) -> Decimal:
    """Texto → Decimal exato. `duvidoso`: recusa a forma 1.234, que na coluna pode ser mil ou um vírgula dois.

    12.5 (o ponto só pode ser decimal) vale 12,5. Milhar com vírgula (1,234.56) é recusado: no mesmo arquivo, 1,234 enganaria.
    """
    limpo = "".join(c for c in _MOEDA.sub("", escrito) if c not in ESPACOS).replace("−", "-")
    negativo = False
    if limpo.startswith("(") and limpo.endswith(")"):
        limpo, negativo = limpo[1:-1], True
    elif limpo[:1] in "+-" and limpo:
        negativo, limpo = limpo[0] == "-", limpo[1:]
    elif limpo.endswith("-"):
        negativo, limpo = True, limpo[:-1]
    valor = _sem_sinal(limpo, esperado, duvidoso)
    return -valor if negativo else valor


def _sem_sinal(limpo: str, esperado: str, duvidoso: bool) -> Decimal:
    if not limpo.isascii():  # algarismos de outras escritas
        raise CelulaInvalida(esperado)
    if _AMERICANO.fullmatch(limpo):
        raise CelulaInvalida(f"{esperado}: ponto nos milhares e vírgula nos decimais")
    parte, virgula, casas = limpo.partition(",")
    if virgula:
        if casas and not _INTEIRO.fullmatch(casas):
            raise CelulaInvalida(esperado)
        if not (parte == "" and casas) and not _INTEIRO.fullmatch(parte) and not _MILHAR.fullmatch(parte):
            raise CelulaInvalida(esperado)
        return Decimal(f"{parte.replace('.', '') or '0'}.{casas or '0'}")
    if _INTEIRO.fullmatch(limpo):
        return Decimal(limpo)
    if duvidoso and _DUVIDOSO.fullmatch(limpo):
        inteira, _, resto = limpo.partition(".")
        raise CelulaInvalida(f"{esperado}: {limpo} pode ser {inteira + resto} ou {inteira},{resto}; escreva sem ponto, ou com vírgula")
    if _MILHAR.fullmatch(limpo) and not limpo.startswith("0"):
        return Decimal(limpo.replace(".", ""))
    if _COM_PONTO.fullmatch(limpo):
        return Decimal(limpo)
    raise CelulaInvalida(esperado)


def ponto_so_pode_ser_decimal(escrito: str) -> bool:
    """Se o texto é um número cujo ponto não pode ser de milhar (12.5, 0.125, 1234.56): na coluna dele, 1.234 é duvidoso."""
    limpo = _MOEDA.sub("", escrito).strip(ESPACOS).lstrip("+-")
    return bool(_COM_PONTO.fullmatch(limpo)) and (not _MILHAR.fullmatch(limpo) or limpo.startswith("0"))
