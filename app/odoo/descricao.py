"""O que se sabe de um campo do Odoo: o resumo de `fields_get` que interessa a quem importa."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

# Pedir só estes: o fields_get inteiro de um modelo passa de 200 kB.
ATRIBUTOS = ("type", "relation", "store", "selection")


@dataclass(frozen=True)
class CampoOdoo:
    """Um campo: nome técnico, tipo, modelo a que leva ("" se a nenhum), se está na tabela, e os valores de uma seleção."""

    nome: str
    tipo: str
    relacao: str
    gravado: bool
    selecao: tuple[str, ...]


def campos_de(bruto: object) -> dict[str, CampoOdoo]:
    """Os campos a partir da resposta de `fields_get`."""
    if not isinstance(bruto, Mapping):
        return {}
    campos = {}
    for nome, atributos in bruto.items():
        if not isinstance(atributos, Mapping):
            continue
        opcoes = atributos.get("selection") or ()
        campos[str(nome)] = CampoOdoo(
            nome=str(nome),
            tipo=str(atributos.get("type") or ""),
            relacao=str(atributos.get("relation") or ""),
            gravado=bool(atributos.get("store", True)),
            selecao=tuple(str(par[0]) for par in opcoes if isinstance(par, list | tuple) and par),
        )
    return campos


def para_guardar(campos: Mapping[str, CampoOdoo]) -> dict[str, Any]:
    """Os campos como JSON."""
    return {nome: {**asdict(campo), "selecao": list(campo.selecao)} for nome, campo in campos.items()}


def de_guardado(dados: Mapping[str, Any]) -> dict[str, CampoOdoo]:
    """O inverso de `para_guardar`."""
    return {nome: CampoOdoo(**{**campo, "selecao": tuple(campo["selecao"])}) for nome, campo in dados.items()}
