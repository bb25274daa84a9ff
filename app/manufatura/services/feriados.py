"""Os feriados do Brasil, do estado e os facultativos, pela biblioteca `holidays`, com os nomes em português."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import holidays


def feriados(anos: Iterable[int], ufs: Sequence[str], facultativos: bool) -> dict[date, str]:
    """Data → nome, dos feriados nacionais, dos estados `ufs` e, com `facultativos`, de Carnaval, Corpus Christi e semelhantes.

    Fonte: FERIADOS_UF e FERIADOS_FACULTATIVOS (interface.md). Municipais não vêm daqui: são exceções do calendário.
    """
    categorias = ("public", "optional") if facultativos else ("public",)
    todos: dict[date, str] = {}
    for uf in (None, *ufs):
        achados = holidays.country_holidays("BR", subdiv=uf, years=list(anos), categories=categorias, language="pt_BR")
        for data, nome in achados.items():
            todos.setdefault(data, nome)
    return todos
