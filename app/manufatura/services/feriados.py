"""Os feriados do Brasil, do estado e os facultativos, pela biblioteca `holidays`, com os nomes em português."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import holidays


def feriados(anos: Iterable[int], ufs: Sequence[str], facultativos: bool) -> dict[date, str]:
    """Data → "feriado: nome", dos nacionais e dos estados `ufs`; com `facultativos`, também "ponto facultativo: nome" de Carnaval,
    Corpus Christi e semelhantes.

    Fonte: FERIADOS_UF e FERIADOS_FACULTATIVOS (interface.md). Municipais não vêm daqui: são exceções do calendário.
    """
    categorias = {"public": "feriado", "optional": "ponto facultativo"} if facultativos else {"public": "feriado"}
    anos = list(anos)
    todos: dict[date, str] = {}
    for categoria, palavra in categorias.items():
        for uf in (None, *ufs):
            achados = holidays.country_holidays("BR", subdiv=uf, years=anos, categories=(categoria,), language="pt_BR")
            for data, nome in achados.items():
                todos.setdefault(data, f"{palavra}: {nome}")
    return todos
