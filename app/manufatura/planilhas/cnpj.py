"""CNPJ e CPF: forma sem pontuação e dígitos verificadores.

Fonte: Instrução Normativa RFB 2.229/2024 (CNPJ alfanumérico, a partir de julho de 2026): cada caractere vale o seu código ASCII
menos 48, de modo que os algarismos valem o que valiam; o cálculo (módulo 11, pesos de 2 a 9 da direita) não mudou. Os dois
verificadores são sempre algarismos.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}")
_PONTUACAO = re.compile(r"[\s.\-/]")


def limpar(texto: str) -> str:
    """'12.abc.345/01de-35' → '12ABC34501DE35'."""
    return _PONTUACAO.sub("", texto).upper()


@lru_cache(maxsize=65_536)  # num histórico, o mesmo cliente volta em milhares de linhas
def cnpj_valido(limpo: str) -> bool:
    """Se os 14 caracteres são um CNPJ, numérico ou alfanumérico. Todos iguais não é de ninguém."""
    if not _CNPJ.fullmatch(limpo) or len(set(limpo)) == 1:
        return False
    return limpo[12:] == "".join(map(str, verificadores(limpo[:12])))


def verificadores(raiz: str) -> tuple[int, int]:
    """Os dois verificadores dos 12 primeiros caracteres (só A–Z e 0–9, maiúsculas)."""
    valores = [ord(c) - 48 for c in raiz]
    primeiro = _modulo_11(valores, 9)
    return primeiro, _modulo_11([*valores, primeiro], 9)


def cpf_valido(limpo: str) -> bool:
    """Se os 11 algarismos são um CPF."""
    if not re.fullmatch(r"[0-9]{11}", limpo) or len(set(limpo)) == 1:
        return False
    valores = [int(c) for c in limpo]
    return valores[9] == _modulo_11(valores[:9], 11) and valores[10] == _modulo_11(valores[:10], 11)


def _modulo_11(valores: list[int], peso_maximo: int) -> int:
    """Pesos 2, 3, … até `peso_maximo`, da direita, e de novo; o resto menor que 2 dá 0."""
    pesos = range(2, peso_maximo + 1)
    soma = sum(v * pesos[i % len(pesos)] for i, v in enumerate(reversed(valores)))
    resto = soma % 11
    return 0 if resto < 2 else 11 - resto
