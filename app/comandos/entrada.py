"""O que uma pessoa escreve nos comandos de ordens: números, quantidades à brasileira, datas e estados."""

from __future__ import annotations

import os
import pwd
import re
from datetime import date
from decimal import Decimal

import click

from app.manufatura.services.ordens import Status

_NUMERO = re.compile(r"(?:OP-)?0*([1-9][0-9]{0,14})", re.IGNORECASE)
_QUANTIDADE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?|[0-9]+(?:,[0-9]+)?")
_SEM_ACENTO = str.maketrans("áâãéêíóôõúç", "aaaeeiooouc")


def ler_numero(texto: str) -> int:
    """'OP-000016', 'op-16' ou '16' → 16. Erro: click.BadParameter."""
    achado = _NUMERO.fullmatch(texto.strip())
    if achado is None:
        raise click.BadParameter(f"{texto!r} não é um número de ordem; escreva como OP-000016, ou só 16.")
    return int(achado[1])


def ler_quantidade(texto: str) -> Decimal:
    """'1.234,5' → Decimal('1234.5'): vírgula decimal, ponto de milhar. Erro: click.BadParameter."""
    limpo = texto.strip()
    if not _QUANTIDADE.fullmatch(limpo):
        raise click.BadParameter(f"{texto!r} não é uma quantidade; escreva como 1.234,5 (vírgula nos decimais, ponto só nos milhares).")
    valor = Decimal(limpo.replace(".", "").replace(",", "."))
    if valor <= 0:
        raise click.BadParameter("a quantidade tem de ser maior que zero.")
    return valor


def ler_data(texto: str) -> date:
    """'24/11/2026' ou '2026-11-24' → date. Erro: click.BadParameter."""
    limpo = texto.strip()
    try:
        if "/" in limpo:
            dia, mes, ano = (int(parte) for parte in limpo.split("/"))
            return date(ano, mes, dia)
        return date.fromisoformat(limpo)
    except ValueError:
        raise click.BadParameter(f"{texto!r} não é uma data; escreva como 24/11/2026.") from None


def ler_status(texto: str) -> Status:
    """'em produção', 'Em Producao' ou 'liberada' → Status. Erro: click.BadParameter."""
    procurado = chave(texto)
    for status in Status:
        if chave(status) == procurado:
            return status
    raise click.BadParameter(f"{texto!r} não é um estado; os que há são {', '.join(Status)}.")


def chave(texto: str) -> str:
    """Minúsculas, sem acentos nem espaços nas pontas."""
    return texto.strip().lower().translate(_SEM_ACENTO)


def usuario() -> str:
    """Quem está no terminal, pelo sistema operacional (não por uma variável de ambiente, que qualquer um escreve)."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
