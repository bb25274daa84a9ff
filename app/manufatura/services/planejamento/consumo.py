"""O que uma estrutura consome por unidade do produto: fantasmas dissolvidos, perdas incluídas, sem arredondar.

Fonte das regras: planejamento.md (Explosion). Quantidade por um nível: o que falta do pai × qtd_utilizada / qtd_base ×
(1 + perda / 100), multiplicado antes de dividir.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from app.manufatura.services.planejamento.produtos import Catalogo, Estrutura

SEIS_CASAS = Decimal("0.000001")
EXATO = Context(prec=80, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Via:
    """Um caminho pelo qual um componente entra numa estrutura: os fantasmas no meio (do pai ao componente) e o coeficiente.

    `passos`: por nível, (qtd_utilizada, qtd_base, perda_percentual) em texto decimal.
    """

    caminho: tuple[str, ...]
    coeficiente: Fraction
    passos: tuple[tuple[str, str, str], ...]
    antes: str = ""
    depois: str = ""
    """O que vem antes e depois da quantidade, em JSON: igual em todas as ordens que passam por esta via."""

    @classmethod
    def nova(cls, caminho: tuple[str, ...], coeficiente: Fraction, passos: tuple[tuple[str, str, str], ...]) -> Via:
        """A via com o seu JSON pronto."""
        por = json.dumps(caminho, ensure_ascii=False, separators=(",", ":"))
        contas = json.dumps(passos, separators=(",", ":"))
        return cls(caminho, coeficiente, passos, f',"por":{por},"qtd":"', f'","passos":{contas}}}')


@dataclass(frozen=True, slots=True)
class Consumo:
    """Quanto de um componente entra por unidade do produto, somadas todas as vias."""

    componente: str
    coeficiente: Fraction
    vias: tuple[Via, ...]
    numerador: Decimal
    denominador: Decimal | None

    def vezes(self, qtd: Decimal) -> Decimal:
        """qtd × coeficiente, arredondado uma vez a 6 casas (metade para o par)."""
        exato = EXATO.multiply(qtd, self.numerador)
        if self.denominador is not None:
            exato = EXATO.divide(exato, self.denominador)
        return exato.quantize(SEIS_CASAS, ROUND_HALF_EVEN, EXATO)


def de_estrutura(catalogo: Catalogo, estrutura: Estrutura, dia: date) -> tuple[Consumo, ...]:
    """Os componentes que a estrutura consome no dia, fantasmas dissolvidos, em ordem de código."""
    vias: dict[str, list[Via]] = {}
    _percorrer(catalogo, estrutura, dia, (1, 1), (), (), vias)
    return tuple(_consumo(c, tuple(vs)) for c, vs in sorted(vias.items()))


def _consumo(componente: str, vias: tuple[Via, ...]) -> Consumo:
    total = vias[0].coeficiente if len(vias) == 1 else sum((v.coeficiente for v in vias), Fraction(0))
    divide = Decimal(total.denominator) if total.denominator != 1 else None
    return Consumo(componente, total, vias, Decimal(total.numerator), divide)


def _percorrer(
    catalogo: Catalogo,
    estrutura: Estrutura,
    dia: date,
    fator: tuple[int, int],
    caminho: tuple[str, ...],
    passos: tuple[tuple[str, str, str], ...],
    vias: dict[str, list[Via]],
) -> None:
    # Inteiros até o fim: uma fração por via, e não uma por operação (são dezenas de milhares de vias numa fábrica).
    base, base_den = estrutura.qtd_base.as_integer_ratio()
    for linha in estrutura.componentes:
        qtd, qtd_den = linha.qtd.as_integer_ratio()
        perda, perda_den = (100 + linha.perda).as_integer_ratio()
        coeficiente = (fator[0] * qtd * perda * base_den, fator[1] * qtd_den * perda_den * base * 100)
        passo = (texto(linha.qtd), texto(estrutura.qtd_base), texto(linha.perda))
        dentro = catalogo.vigente(linha.codigo, dia)
        if dentro is not None and dentro.fantasma:
            _percorrer(catalogo, dentro, dia, coeficiente, (*caminho, linha.codigo), (*passos, passo), vias)
        else:
            vias.setdefault(linha.codigo, []).append(Via.nova(caminho, Fraction(*coeficiente), (*passos, passo)))


def vezes(qtd: Decimal, coeficiente: Fraction) -> Decimal:
    """qtd × coeficiente, exato, arredondado uma vez a 6 casas (metade para o par)."""
    produto = EXATO.multiply(qtd, Decimal(coeficiente.numerator))
    if coeficiente.denominator != 1:
        produto = EXATO.divide(produto, Decimal(coeficiente.denominator))
    return produto.quantize(SEIS_CASAS, ROUND_HALF_EVEN, EXATO)


def normal(qtd: Decimal) -> Decimal:
    """O mesmo número na forma curta (10, não 1E+1 nem 10.000000)."""
    return Decimal(texto(qtd))


def texto(qtd: Decimal) -> str:
    """O decimal como vai ao jsonb e à API: com ponto, sem expoente, sem zeros sobrando."""
    if not qtd:
        return "0"
    escrito = format(qtd, "f")
    return escrito.rstrip("0").rstrip(".") if "." in escrito else escrito


def repartir(total: Decimal, partes: Mapping[tuple[str, ...], Fraction]) -> dict[tuple[str, ...], Decimal]:
    """Reparte `total` pelas vias, cada uma a 6 casas, de modo que a soma seja exatamente o total (a sobra vai à maior)."""
    soma = sum(partes.values(), Fraction(0))
    if not soma:
        return dict.fromkeys(partes, Decimal(0))
    cotas = {c: vezes(total, f / soma) for c, f in partes.items()}
    sobra = total - sum(cotas.values(), Decimal(0))
    if sobra:
        maior = max(cotas, key=lambda c: (cotas[c], c))
        cotas[maior] += sobra
    return cotas
