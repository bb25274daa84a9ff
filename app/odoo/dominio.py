"""Domínios de pesquisa do Odoo, na notação polonesa dele: juntá-los com E e com OU."""

from __future__ import annotations

from typing import Any

Dominio = list[Any]


def e(*partes: Dominio) -> Dominio:
    """Conjunção de domínios (notação prefixa do Odoo); partes vazias não contam."""
    cheias = [_unico(p) for p in partes if p]
    return ["&"] * (len(cheias) - 1) + [termo for p in cheias for termo in p]


def ou(*partes: Dominio) -> Dominio:
    """Disjunção de domínios (notação prefixa do Odoo); partes vazias não contam."""
    cheias = [_unico(p) for p in partes if p]
    return ["|"] * (len(cheias) - 1) + [termo for p in cheias for termo in p]


def _unico(dominio: Dominio) -> Dominio:
    """O mesmo domínio com os & implícitos escritos, para poder ser operando."""
    faltam, fecha = 0, 1
    for termo in dominio:
        if termo in ("&", "|"):
            fecha += 1
        elif termo != "!":
            if fecha == 0:
                faltam, fecha = faltam + 1, 1
            fecha -= 1
    return ["&"] * faltam + list(dominio)
