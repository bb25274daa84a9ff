"""Que ordem atende a que demanda: o pareamento por (lote, produto), primeiro as datas iguais, depois as outras em ordem.

Fonte das regras: planejamento.md (Which demand becomes an MTO order).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.manufatura.services.planejamento.ordens import Chave, Demanda, Existente


@dataclass
class Pares:
    """`pares`: demanda com a ordem que a segura. `livres`: demandas sem ordem. `soltas`: ordens sem demanda."""

    pares: list[tuple[Demanda, Existente]] = field(default_factory=list)
    livres: list[Demanda] = field(default_factory=list)
    soltas: list[Existente] = field(default_factory=list)


def parear(demandas: Iterable[Demanda], ordens: Iterable[Existente]) -> Pares:
    """Pareia as demandas com as ordens que seguram uma (as vivas e as que uma pessoa cancelou), chave por chave.

    Uma ordem só fica solta se sobrou; uma demanda só fica livre se sobrou. Não depende da ordem das entradas.
    """
    por_chave: dict[Chave, tuple[list[Demanda], list[Existente]]] = {}
    for d in demandas:
        por_chave.setdefault(d.chave, ([], []))[0].append(d)
    for o in ordens:
        assert o.demanda is not None
        por_chave.setdefault(o.demanda.chave, ([], []))[1].append(o)
    resultado = Pares()
    for chave in sorted(por_chave):
        _parear_chave(*por_chave[chave], resultado)
    return resultado


def _parear_chave(demandas: Sequence[Demanda], ordens: Sequence[Existente], resultado: Pares) -> None:
    da_data = {d.expedicao: d for d in demandas}
    restantes: list[Existente] = []
    for ordem in sorted(ordens, key=lambda o: (_expedicao(o), o.numero)):
        demanda = da_data.pop(_expedicao(ordem), None)
        if demanda is None:
            restantes.append(ordem)
        else:
            resultado.pares.append((demanda, ordem))
    faltam = sorted(da_data.values(), key=lambda d: d.expedicao)
    resultado.pares.extend(zip(faltam, restantes, strict=False))
    resultado.livres.extend(faltam[len(restantes) :])
    resultado.soltas.extend(restantes[len(faltam) :])


def _expedicao(ordem: Existente) -> date:
    assert ordem.demanda is not None
    return ordem.demanda.expedicao


def expedicoes(pares: Iterable[tuple[Demanda, Existente]]) -> Mapping[int, date]:
    """Id da ordem → a data de expedição que ela passa a atender."""
    return {ordem.id: demanda.expedicao for demanda, ordem in pares}
