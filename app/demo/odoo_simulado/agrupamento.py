"""read_group (14 e, ainda, 19) e formatted_read_group (19): somas por grupo, com as chaves e a forma de cada versão."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from app.demo.odoo_simulado.calculados import nome_por_id, valor
from app.demo.odoo_simulado.consulta import Consulta
from app.demo.odoo_simulado.erros import erro_de_valor
from app.demo.odoo_simulado.nucleo import Linha

_SOMAS: dict[str, Callable[[list[Any]], Any]] = {
    "sum": sum,
    "max": lambda v: max(v, default=False),
    "min": lambda v: min(v, default=False),
    "avg": lambda v: sum(v) / len(v) if v else 0.0,
    "count": len,
    "count_distinct": lambda v: len(set(v)),
    "array_agg": list,
}


def _conferir(consulta: Consulta, modelo: str, nome: str) -> None:
    if nome not in consulta.banco.modelo(modelo).campos:
        raise erro_de_valor(f"Invalid field {nome!r} on model {modelo!r}")


def _chave_do_grupo(consulta: Consulta, modelo: str, linha: Linha, por: str) -> Any:
    nome, _, passo = por.partition(":")
    v = valor(consulta.banco, modelo, linha, nome)
    if v and consulta.banco.modelo(modelo).campos[nome].tipo in ("date", "datetime"):
        return {"year": v[:4] + "-01-01", "day": v[:10]}.get(passo, v[:7] + "-01")
    return v


def _mostrar(consulta: Consulta, modelo: str, por: str, v: Any) -> Any:
    campo = consulta.banco.modelo(modelo).campos[por.partition(":")[0]]
    if v and campo.tipo == "many2one" and campo.relacao:
        return [v, nome_por_id(consulta.banco, campo.relacao, v)]
    if v and campo.tipo in ("date", "datetime"):
        return [v + (" 00:00:00" if campo.tipo == "datetime" else ""), v]
    return v


def _agrupar(consulta: Consulta, modelo: str, dominio: Any, por: list[str]) -> list[tuple[tuple[Any, ...], list[Linha]]]:
    grupos: dict[tuple[Any, ...], list[Linha]] = {} if por else {(): []}
    for linha in consulta._achar(modelo, dominio):
        grupos.setdefault(tuple(_chave_do_grupo(consulta, modelo, linha, p) for p in por), []).append(linha)
    return sorted(
        grupos.items(), key=lambda g: [(v is False, str(_mostrar(consulta, modelo, p, v))) for p, v in zip(por, g[0], strict=True)]
    )


def _dominio_do_grupo(por: Iterable[str], chaves: tuple[Any, ...]) -> list[Any]:
    folhas: list[Any] = [[p.partition(":")[0], "=", v] for p, v in zip(por, chaves, strict=True)]
    return ["&"] * (len(folhas) - 1) + folhas


def _somar(consulta: Consulta, modelo: str, linhas: list[Linha], nome: str, como: str) -> Any:
    valores = [valor(consulta.banco, modelo, x, nome) for x in linhas]
    if como in ("count", "max", "min", "avg", "count_distinct"):
        valores = [v for v in valores if v is not False]
    if como not in _SOMAS:
        raise erro_de_valor(f"Invalid aggregate method {como!r} for {nome + ':' + como!r}.")
    return _SOMAS[como](valores)


def read_group(
    consulta: Consulta,
    modelo: str,
    domain: Any,
    fields: list[str],
    groupby: list[str] | str,
    offset: int = 0,
    limit: int | None = None,
    orderby: str | bool = False,
    lazy: bool = True,
) -> list[dict[str, Any]]:
    """read_group: com `lazy`, só o primeiro grupo e a contagem em `campo_count`; sem, todos e `__count`."""
    por = [groupby] if isinstance(groupby, str) else list(groupby)
    for p in por:
        _conferir(consulta, modelo, p.partition(":")[0])
    somas: list[tuple[str, str, str]] = []
    campos = consulta.banco.modelo(modelo).campos
    for texto in fields:
        nome, _, como = texto.partition(":")
        _conferir(consulta, modelo, nome)
        if "(" in como:
            como, _, dentro = como.rstrip(")").partition("(")
            somas.append((nome, dentro, como))
        elif nome not in por and (como or (campos[nome].tipo in ("float", "monetary", "integer") and campos[nome].gravado)):
            somas.append((nome, nome, como or "sum"))
    agora, resto = (por[:1], por[1:]) if lazy else (por, [])
    resposta = []
    for chaves, linhas in _agrupar(consulta, modelo, domain, agora):
        grupo: dict[str, Any] = {p: _mostrar(consulta, modelo, p, v) for p, v in zip(agora, chaves, strict=True)}
        for apelido, nome, como in somas:
            grupo[apelido] = _somar(consulta, modelo, linhas, nome, como)
        grupo[f"{agora[0]}_count" if lazy and agora else "__count"] = len(linhas)
        grupo["__domain"] = [*(["&"] if domain and agora else []), *_dominio_do_grupo(agora, chaves), *domain]
        if resto:
            grupo["__context"] = {"group_by": resto}
        resposta.append(grupo)
    return resposta[offset : offset + limit] if limit else resposta[offset:]


def formatted_read_group(
    consulta: Consulta,
    modelo: str,
    domain: Any,
    groupby: list[str] | tuple[str, ...] = (),
    aggregates: list[str] | tuple[str, ...] = (),
    having: Any = (),
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
) -> list[dict[str, Any]]:
    """formatted_read_group da 19: cada soma na chave em que foi pedida (`product_qty:sum`, `__count`) e o domínio em `__extra_domain`."""
    for p in groupby:
        _conferir(consulta, modelo, p.partition(":")[0])
    for a in aggregates:
        nome, _, como = a.partition(":")
        if a != "__count" and (nome not in consulta.banco.modelo(modelo).campos or not como):
            raise erro_de_valor(f"Invalid field {nome!r} on model {modelo!r} for {a!r}.")
    resposta = []
    for chaves, linhas in _agrupar(consulta, modelo, domain, list(groupby)):
        grupo: dict[str, Any] = {p: _mostrar(consulta, modelo, p, v) for p, v in zip(groupby, chaves, strict=True)}
        grupo["__extra_domain"] = _dominio_do_grupo(groupby, chaves) or [[1, "=", 1]]
        for a in aggregates:
            nome, _, como = a.partition(":")
            grupo[a] = len(linhas) if a == "__count" else _somar(consulta, modelo, linhas, nome, como)
        resposta.append(grupo)
    return resposta[offset : offset + limit] if limit else resposta[offset:]
