"""Ordens e demandas como o planejamento as vê, e o que ele decide sobre elas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from app.manufatura.services.planejamento.consumo import Consumo

Chave = tuple[str, str]
"""(lote, produto): a identidade de uma demanda, sem a data."""

ZERO = Decimal(0)
PLANEJADA, LIBERADA, EM_PRODUCAO, CONCLUIDA, CANCELADA = "Planejada", "Liberada", "Em Produção", "Concluída", "Cancelada"
ABERTAS = (PLANEJADA, LIBERADA, EM_PRODUCAO)
FIRMES = (LIBERADA, EM_PRODUCAO)


@dataclass(frozen=True, slots=True)
class Demanda:
    """Quanto de um produto um lote expede numa data. `origem`: separacao ou pre_separacao; `linhas`: de quantas linhas somou."""

    lote: str
    produto: str
    expedicao: date
    qtd: Decimal
    origem: str = "separacao"
    linhas: int = 1

    @property
    def chave(self) -> Chave:
        """(lote, produto)."""
        return (self.lote, self.produto)


class Ausencia(StrEnum):
    """Por que a demanda de (lote, produto) não está mais lá."""

    SUMIU = "sumiu"
    FATURADO = "faturado"
    CANCELADO = "cancelado"
    EMBARCADO = "embarcado"


@dataclass(frozen=True, slots=True)
class Existente:
    """Uma ordem guardada. `demanda`: a que ela serve (None: filha, Manual ou PMP); `retida_por`: quem a cancelou à mão.

    `materiais`: o que está em materiais_necessarios (lista de dicts com decimais em texto) das firmes; das Planejadas basta o
    `resumo` dele, pois a necessidade delas é refeita.
    """

    id: int
    numero: int
    numero_ordem: str
    origem: str
    status: str
    produto: str
    planejada: Decimal
    produzida: Decimal = Decimal(0)
    inicio: date | None = None
    fim: date | None = None
    pai_id: int | None = None
    demanda: Demanda | None = None
    retida_por: str | None = None
    materiais: Sequence[dict[str, Any]] | None = None
    resumo: str | None = None


@dataclass(frozen=True, slots=True)
class AvisoPlano:
    """Um aviso que o plano abre: tipo, chave (única enquanto aberto), mensagem para o planejador, severidade e dados."""

    tipo: str
    chave: str
    mensagem: str
    severidade: str = "atencao"
    dados: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Necessidade:
    """O que uma ordem precisa de um item, e de onde vem: pendente = estoque + de_ordens + comprar + produzir.

    `consumo`: como o item entra na estrutura da própria ordem (None: só por intermediários, ou fixado na liberação).
    `descidas`: o que veio de intermediários que faltam na mesma ordem (sem ordens filhas): (intermediário, exato, consumo).
    `guardado`: o material como estava quando a ordem foi liberada. `fontes`: de que ordens veio `de_ordens`.
    """

    codigo: str
    tipo: str
    total: Decimal
    pendente: Decimal
    data: date
    nivel: int = 1
    consumo: Consumo | None = None
    descidas: tuple[tuple[str, Fraction, Consumo], ...] = ()
    guardado: Mapping[str, Any] | None = None
    estoque: Decimal = ZERO
    de_ordens: Decimal = ZERO
    comprar: Decimal = ZERO
    produzir: Decimal = ZERO
    fontes: tuple[tuple[str, Decimal], ...] = ()

    @property
    def falta(self) -> Decimal:
        """O que não veio do estoque nem de outras ordens."""
        return self.comprar + self.produzir


@dataclass(slots=True, eq=False)
class Ordem:
    """Uma ordem no plano: a que existe (com o que muda nela) ou uma nova.

    `entrega` e `lead_time`: de que data (expedição, ou início do pai) e de quantos dias úteis saíram início e fim; vazios
    quando as datas não são do plano. `para`: a necessidade do pai que esta filha faz.
    """

    produto: str
    planejada: Decimal
    inicio: date
    fim: date
    origem: str = "MTO"
    status: str = PLANEJADA
    produzida: Decimal = ZERO
    existente: Existente | None = None
    pai: Ordem | None = None
    demanda: Demanda | None = None
    entrega: date | None = None
    lead_time: int | None = None
    para: Necessidade | None = None
    intocada: bool = False
    necessidades: dict[str, Necessidade] = field(default_factory=dict)
    _prioridade: tuple[Any, ...] | None = None

    @property
    def firme(self) -> bool:
        """Liberada ou Em Produção: quantidade e datas já não são do plano."""
        return self.status in FIRMES

    @property
    def raiz(self) -> Ordem:
        """A ordem no topo da árvore."""
        return self if self.pai is None else self.pai.raiz

    @property
    def falta_produzir(self) -> Decimal:
        """Planejada menos produzida, nunca abaixo de 0."""
        return max(self.planejada - self.produzida, ZERO)

    @property
    def prioridade(self) -> tuple[Any, ...]:
        """Quem recebe estoque antes: firmes, depois por data da necessidade, expedição, lote e produto da raiz, e número."""
        if self._prioridade is None:
            raiz, d = self.raiz, self.raiz.demanda
            numero = self.existente.numero if self.existente else 1 << 62
            expedicao, lote = (d.expedicao, d.lote) if d else (date.max, "")
            self._prioridade = (not self.firme, self.inicio, expedicao, lote, raiz.produto, self.produto, numero)
        return self._prioridade


@dataclass
class Plano:
    """O resultado: todas as ordens abertas depois do plano, as que ele cancela, os avisos, e o que se prometeu de cada item."""

    ordens: list[Ordem] = field(default_factory=list)
    canceladas: list[tuple[Existente, str]] = field(default_factory=list)
    avisos: list[AvisoPlano] = field(default_factory=list)
    prometido: dict[str, Decimal] = field(default_factory=dict)
