"""Os valores do Odoo em tipos de Python: vazio é False, instante é UTC sem fuso, e o que não pode ser guardado é recusado.

Toda função aceita o valor como veio de `read` e devolve None quando o Odoo diz vazio. ValorInvalido é de UM registro: quem
chama o põe nas rejeições, com o motivo, e segue com a página.
"""

from __future__ import annotations

import functools
import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from app.erros import ErroManufatura

# NUL o PostgreSQL não guarda; os outros de controle estragam listas, arquivos e etiquetas. Tab e quebra de linha são texto.
_CONTROLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGADO = re.compile("[\ud800-\udfff]")
_INSTANTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?")
_DATA = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# NUMERIC não tem este limite, mas quantidade nenhuma de verdade chega perto: é um erro de digitação ou um teste.
LIMITE_NUMERO = Decimal(10) ** 15
LIMITE_FLOAT = 1e15
LIMITE_INTEIRO = 2**63 - 1


class ValorInvalido(ErroManufatura):
    """O valor não pode ser guardado: {motivo}."""

    codigo_saida: ClassVar[int] = 1

    def __init__(self, motivo: str) -> None:
        super().__init__(motivo=motivo)

    def __reduce__(self) -> tuple[type[ValorInvalido], tuple[str]]:
        return (type(self), (self.fatos["motivo"],))


def texto(valor: object) -> str | None:
    """O texto sem espaços nas pontas; None se vazio. Erros: ValorInvalido (NUL, controle, metade de par UTF-16, não é texto)."""
    if valor is False or valor is None:
        return None
    if not isinstance(valor, str):
        raise ValorInvalido(f"esperava texto, veio {type(valor).__name__}")
    if valor.isprintable():  # o comum: sem controle nem metade de par
        return valor.strip() or None
    if _CONTROLE.search(valor):
        raise ValorInvalido("texto com caractere de controle")
    if _SURROGADO.search(valor):
        raise ValorInvalido("texto com metade de um caractere (par UTF-16 quebrado)")
    return valor.strip() or None


def inteiro(valor: object) -> int:
    """O inteiro; False e None contam 0. Erro: ValorInvalido."""
    return inteiro_ou_nada(valor) or 0


def inteiro_ou_nada(valor: object) -> int | None:
    """O inteiro, ou None se vazio; um float sem fração serve. Erro: ValorInvalido (fração, fora de 64 bits)."""
    if valor is False or valor is None:
        return None
    if isinstance(valor, float) and valor.is_integer():
        valor = int(valor)
    if not isinstance(valor, int) or isinstance(valor, bool):
        raise ValorInvalido(f"esperava inteiro, veio {_descrever(valor)}")
    if abs(valor) > LIMITE_INTEIRO:
        raise ValorInvalido("inteiro fora da faixa")
    return valor


def booleano(valor: object) -> bool:
    """Verdadeiro ou falso; vazio é falso."""
    return bool(valor)


def m2o(valor: object) -> int | None:
    """O id de um many2one, nu ou [id, nome]; None se vazio. Erro: ValorInvalido."""
    if type(valor) is int and 0 < valor <= LIMITE_INTEIRO:  # o comum
        return valor
    if isinstance(valor, list | tuple) and valor:
        valor = valor[0]
    return inteiro_ou_nada(valor) or None


def ids(valor: object) -> list[int]:
    """Os ids de um one2many ou many2many; lista vazia se não há. Erro: ValorInvalido."""
    if valor is False or valor is None:
        return []
    if not isinstance(valor, list | tuple):
        raise ValorInvalido(f"esperava lista de ids, veio {_descrever(valor)}")
    return [i for v in valor if (i := m2o(v)) is not None]


def instante(valor: object) -> datetime | None:
    """'2026-12-01 01:30:00' (o Odoo escreve em UTC) com fuso UTC; None se vazio. Erro: ValorInvalido."""
    if valor is False or valor is None:
        return None
    if isinstance(valor, datetime):
        return valor.replace(tzinfo=UTC) if valor.tzinfo is None else valor.astimezone(UTC)
    if isinstance(valor, str) and (lido := _instante_de_texto(valor)) is not None:
        return lido
    raise ValorInvalido(f"esperava data e hora, veio {_descrever(valor)}")


@functools.lru_cache(maxsize=4096)  # milhares de linhas partilham o segundo
def _instante_de_texto(valor: str) -> datetime | None:
    if not _INSTANTE.fullmatch(valor):
        return None
    try:
        return datetime.fromisoformat(valor).replace(tzinfo=UTC)
    except ValueError:
        return None  # forma certa, data impossível


def data(valor: object) -> date | None:
    """'2026-12-01' como date; None se vazio. Um instante não é uma data: converta-o com o fuso. Erro: ValorInvalido."""
    if valor is False or valor is None:
        return None
    if isinstance(valor, date) and not isinstance(valor, datetime):
        return valor
    if isinstance(valor, str) and _DATA.fullmatch(valor):
        try:
            return date.fromisoformat(valor)
        except ValueError:
            pass  # forma certa, data impossível: cai no erro de baixo
    raise ValorInvalido(f"esperava data, veio {_descrever(valor)}")


def decimal(valor: object) -> Decimal:
    """O número exato que o Odoo escreveu (repr do float: 0.1 é 0.1); vazio é 0. Erro: ValorInvalido (NaN, infinito, absurdo)."""
    return decimal_ou_nada(valor) or Decimal(0)


def decimal_ou_nada(valor: object) -> Decimal | None:
    """Como `decimal`, mas vazio é None (para campos em que zero e vazio são coisas diferentes)."""
    if valor is False or valor is None:
        return None
    if isinstance(valor, float):
        if -LIMITE_FLOAT < valor < LIMITE_FLOAT:  # o comum
            return Decimal(repr(valor + 0.0))  # -0.0 vira 0.0
        if not math.isfinite(valor):
            raise ValorInvalido("número que não é finito (NaN ou infinito)")
        numero = Decimal(repr(valor))
    elif isinstance(valor, int | Decimal) and not isinstance(valor, bool):
        numero = Decimal(valor)
    elif isinstance(valor, str):
        try:
            numero = Decimal(valor)
        except InvalidOperation:
            numero = Decimal("NaN")
    else:
        raise ValorInvalido(f"esperava número, veio {_descrever(valor)}")
    if not numero.is_finite():
        raise ValorInvalido("número que não é finito (NaN ou infinito)")
    if abs(numero) >= LIMITE_NUMERO:
        raise ValorInvalido(f"número fora da faixa: {numero:.3e}")
    return numero + 0  # -0.0 vira 0


def selecao(valor: object) -> str | None:
    """O valor de uma seleção ou estado, como veio (um desconhecido é guardado e mostrado, não descartado); None se vazio."""
    return texto(valor)


def _descrever(valor: object) -> str:
    return f"{valor!r:.40}" if isinstance(valor, str | int | float) else type(valor).__name__
