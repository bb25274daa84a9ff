"""Dá o estoque às necessidades de um item, e depois o que ordens sem demanda ainda vão fazer dele; nunca duas vezes.

Fonte das regras: planejamento.md ("stock is given to needs, not stored").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.manufatura.services.planejamento.ordens import Necessidade, Ordem

ZERO = Decimal(0)


@dataclass(slots=True)
class Oferta:
    """O que uma ordem manual ou do plano mestre ainda fará, e quanto disso já foi dado."""

    ordem: Ordem
    resta: Decimal


class Saldos:
    """O que há de cada item para dar: a posição e as ofertas. `prometido`: quanto da posição já foi dado, por item."""

    def __init__(self, posicao: Mapping[str, Decimal], ordens: Iterable[Ordem]) -> None:
        self._posicao = dict(posicao)
        self._ofertas: dict[str, list[Oferta]] = {}
        self.prometido: dict[str, Decimal] = {}
        for ordem in ordens:
            if oferece(ordem):
                self._ofertas.setdefault(ordem.produto, []).append(Oferta(ordem, ordem.falta_produzir))
        for ofertas in self._ofertas.values():
            ofertas.sort(key=lambda o: (o.ordem.fim, o.ordem.prioridade))

    def dar(self, codigo: str, ordens: Sequence[Ordem]) -> None:
        """Dá, na ordem recebida, o que houver do item; o que falta fica em `comprar` ou `produzir` de cada necessidade."""
        ofertas = self._ofertas.get(codigo, [])
        for ordem in ordens:
            necessidade = ordem.necessidades[codigo]
            falta = necessidade.pendente
            necessidade.estoque = self._da_posicao(codigo, falta)
            falta -= necessidade.estoque
            falta -= self._das_ofertas(ofertas, ordem, necessidade, falta)
            if necessidade.tipo == "produzido":
                necessidade.comprar, necessidade.produzir = ZERO, falta
            else:
                necessidade.comprar, necessidade.produzir = falta, ZERO

    def _da_posicao(self, codigo: str, falta: Decimal) -> Decimal:
        ha = self._posicao.get(codigo, ZERO)
        dado = min(falta, ha) if ha > 0 else ZERO
        if dado:
            self._posicao[codigo] = ha - dado
            self.prometido[codigo] = self.prometido.get(codigo, ZERO) + dado
        return dado

    @staticmethod
    def _das_ofertas(ofertas: Sequence[Oferta], ordem: Ordem, necessidade: Necessidade, falta: Decimal) -> Decimal:
        """Só o que fica pronto até a data em que se precisa; uma ordem não atende a si mesma."""
        total, fontes = ZERO, []
        for oferta in ofertas:
            if falta <= total or oferta.ordem.fim > necessidade.data:
                break
            if oferta.resta <= 0 or oferta.ordem is ordem:
                continue
            dado = min(falta - total, oferta.resta)
            oferta.resta -= dado
            total += dado
            if oferta.ordem.existente is not None:
                fontes.append((oferta.ordem.existente.numero_ordem, dado))
        necessidade.de_ordens, necessidade.fontes = total, tuple(fontes)
        return total


def oferece(ordem: Ordem) -> bool:
    """Ordem que não serve a demanda nenhuma (manual ou do plano mestre) e ainda tem o que fazer."""
    return ordem.demanda is None and ordem.pai is None and ordem.origem in ("Manual", "PMP") and ordem.falta_produzir > 0
