"""execute_kw do Odoo simulado: confere argumentos como cada versão e leva cada método ao que ele faz no banco."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.demo.odoo_simulado.acessos import Credencial
from app.demo.odoo_simulado.agrupamento import formatted_read_group, read_group
from app.demo.odoo_simulado.banco import BancoSimulado
from app.demo.odoo_simulado.consulta import Consulta
from app.demo.odoo_simulado.erros import ErroDoOdoo, erro_de_acesso, erro_de_tipo

# método → (argumentos em ordem, quantos são obrigatórios, recebe ids)
_BASE: dict[str, tuple[tuple[str, ...], int, bool]] = {
    "search": (("domain", "offset", "limit", "order"), 1, False),
    "search_count": (("domain", "limit"), 1, False),
    "search_read": (("domain", "fields", "offset", "limit", "order"), 0, False),
    "read": (("fields", "load"), 0, True),
    "fields_get": (("allfields", "attributes"), 0, False),
    "read_group": (("domain", "fields", "groupby", "offset", "limit", "orderby", "lazy"), 3, False),
    "check_access_rights": (("operation", "raise_exception"), 1, False),
    "create": (("vals_list",), 1, False),
    "write": (("vals",), 1, True),
    "unlink": ((), 0, True),
}
_SO_14 = {
    "search": (("args", "offset", "limit", "order", "count"), 1, False),
    "search_count": (("args",), 1, False),
    "exists": ((), 0, True),
    "name_get": ((), 0, True),
}
_SO_19: dict[str, tuple[tuple[str, ...], int, bool]] = {
    "search_read": (("domain", "fields", "offset", "limit", "order", "load"), 0, False),
    "formatted_read_group": (("domain", "groupby", "aggregates", "having", "offset", "limit", "order"), 1, False),
    "has_access": (("operation",), 1, True),
}
_BOTOES: dict[tuple[str, str], tuple[str, Any]] = {
    ("purchase.order", "button_confirm"): ("confirmar_pedido", True),
    ("purchase.order", "button_cancel"): ("cancelar_pedido", None),  # devolve None: no XML-RPC, Fault depois de gravar
    ("purchase.order", "button_draft"): ("reabrir_pedido", {}),
    ("purchase.order", "button_done"): ("travar_pedido", {}),
    ("purchase.order", "button_lock"): ("travar_pedido", True),
    ("mrp.production", "action_confirm"): ("confirmar_op", True),
    ("mrp.production", "action_cancel"): ("cancelar_op", True),
    ("purchase.requisition", "action_cancel"): ("cancelar_requisicao", None),
    ("purchase.requisition", "action_in_progress"): ("confirmar_requisicao", None),
    ("purchase.requisition", "action_confirm"): ("confirmar_requisicao", None),
}


def _assinaturas(banco: BancoSimulado) -> dict[str, tuple[tuple[str, ...], int, bool]]:
    return {**_BASE, **(_SO_14 if banco.antigo else _SO_19)}


def executar(banco: BancoSimulado, credencial: Credencial, modelo: str, metodo: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Roda o método e devolve o resultado, ou levanta o ErroDoOdoo que o servidor de verdade levantaria."""
    if metodo.startswith("_") or (metodo in ("exists", "name_get") and not banco.antigo):
        banco.modelo(modelo)
        qual = metodo if banco.antigo else f"'{modelo}.{metodo}'"
        raise erro_de_acesso(f"Private methods (such as {qual}) cannot be called remotely.")
    banco.modelo(modelo)
    opcoes = dict(kwargs)
    contexto = opcoes.pop("context", None) or {}
    consulta = Consulta(banco, banco.acessos, credencial, contexto)
    botao = _BOTOES.get((modelo, metodo))
    if botao:
        banco.acessos.exigir(credencial, modelo, "write")
        with banco.transacao(usuario=credencial.uid):
            for rid in args[0] if args else opcoes.get("ids", ()):
                getattr(banco, botao[0])(rid)
        return botao[1]
    if (modelo, metodo) == ("ir.config_parameter", "get_param"):
        nome = args[0] if args else opcoes.get("key")
        return next((x["value"] for x in banco.linhas(modelo) if x["key"] == nome), False)
    assinatura = _assinaturas(banco).get(metodo)
    if assinatura is None:
        if banco.antigo:
            raise ErroDoOdoo("builtins.AttributeError", f"type object '{modelo}' has no attribute '{metodo}'")
        raise ErroDoOdoo("builtins.AttributeError", f"The method '{modelo}.{metodo}' does not exist", http=404)
    nomes, obrigatorios, com_ids = assinatura
    posicionais = list(args)
    if com_ids and not opcoes.get("ids") and posicionais:
        opcoes["ids"] = posicionais.pop(0)
    for nome, v in zip(nomes, posicionais, strict=False):
        if nome in opcoes:
            raise erro_de_tipo(f"{metodo}() got multiple values for argument '{nome}'")
        opcoes[nome] = v
    _conferir(banco, metodo, nomes, obrigatorios, len(posicionais), opcoes)
    if not banco.antigo and "args" in opcoes:
        opcoes["domain"] = opcoes.pop("args")
    return _FAZER[metodo](banco, consulta, modelo, opcoes)


def _conferir(banco: BancoSimulado, metodo: str, nomes: tuple[str, ...], obrigatorios: int, dados: int, opcoes: dict[str, Any]) -> None:
    dono = "" if banco.antigo else "BaseModel."
    if dados > len(nomes):
        raise erro_de_tipo(f"{dono}{metodo}() takes from 1 to {len(nomes) + 1} positional arguments but {dados + 1} were given")
    for nome in opcoes:
        if nome not in nomes and nome != "ids":
            raise erro_de_tipo(f"{dono}{metodo}() got an unexpected keyword argument '{nome}'")
    for nome in nomes[:obrigatorios]:
        if nome not in opcoes:
            raise erro_de_tipo(f"{dono}{metodo}() missing 1 required positional argument: '{nome}'")


def _search(banco: BancoSimulado, c: Consulta, modelo: str, o: dict[str, Any]) -> Any:
    dominio = o.pop("args", None) if banco.antigo else o.pop("domain")
    if o.pop("count", False):
        return c.search_count(modelo, dominio)
    return c.search(modelo, dominio, offset=o.get("offset") or 0, limit=o.get("limit"), order=o.get("order"))


def _search_count(banco: BancoSimulado, c: Consulta, modelo: str, o: dict[str, Any]) -> Any:
    return c.search_count(modelo, o["args"] if banco.antigo else o["domain"], o.get("limit"))


def _search_read(banco: BancoSimulado, c: Consulta, modelo: str, o: dict[str, Any]) -> Any:
    o["offset"] = o.get("offset") or 0
    return c.search_read(modelo, **o)


def _read(banco: BancoSimulado, c: Consulta, modelo: str, o: dict[str, Any]) -> Any:
    return c.read(modelo, o.get("ids", ()), o.get("fields"), o.get("load", "_classic_read"))


def _create(banco: BancoSimulado, c: Consulta, modelo: str, o: dict[str, Any]) -> Any:
    banco.acessos.exigir(c.credencial, modelo, "create")
    valores = o["vals_list"]
    with banco.transacao(usuario=c.credencial.uid):
        ids = [banco.criar(modelo, v) for v in (valores if isinstance(valores, list) else [valores])]
    return ids if isinstance(valores, list) else ids[0]


def _write(banco: BancoSimulado, c: Consulta, modelo: str, o: dict[str, Any]) -> Any:
    banco.acessos.exigir(c.credencial, modelo, "write")
    with banco.transacao(usuario=c.credencial.uid):
        banco.escrever(modelo, o.get("ids", ()), o["vals"])
    return True


def _unlink(banco: BancoSimulado, c: Consulta, modelo: str, o: dict[str, Any]) -> Any:
    banco.acessos.exigir(c.credencial, modelo, "unlink")
    with banco.transacao(usuario=c.credencial.uid):
        banco.excluir(modelo, o.get("ids", ()))
    return True


def _direito(banco: BancoSimulado, c: Consulta, modelo: str, o: dict[str, Any]) -> Any:
    o.pop("ids", None)
    return c.check_access_rights(modelo, **o)


_FAZER: dict[str, Callable[[BancoSimulado, Consulta, str, dict[str, Any]], Any]] = {
    "search": _search,
    "search_count": _search_count,
    "search_read": _search_read,
    "read": _read,
    "fields_get": lambda b, c, m, o: c.fields_get(m, **o),
    "read_group": lambda b, c, m, o: read_group(c, m, **o),
    "formatted_read_group": lambda b, c, m, o: formatted_read_group(c, m, **o),
    "check_access_rights": _direito,
    "has_access": lambda b, c, m, o: c.has_access(m, o.get("ids", []), o["operation"]),
    "exists": lambda b, c, m, o: c.exists(m, o.get("ids", [])),
    "name_get": lambda b, c, m, o: c.name_get(m, o.get("ids", [])),
    "create": _create,
    "write": _write,
    "unlink": _unlink,
}


def conferir_json2(banco: BancoSimulado, modelo: str, metodo: str, corpo: dict[str, Any]) -> None:
    """O que o JSON-2 recusa antes de chamar: método ausente (404), ids onde não cabem, argumento que falta ou sobra (422)."""
    if modelo not in banco.esquema:
        mensagem = f"the model {modelo!r} does not exist"
        raise ErroDoOdoo("werkzeug.exceptions.NotFound", mensagem, http=404, argumentos=[mensagem, 404])
    if (
        metodo.startswith("_")
        or metodo in ("exists", "name_get")
        or (modelo, metodo) in _BOTOES
        or (modelo, metodo) == ("ir.config_parameter", "get_param")
    ):
        return
    assinatura = _assinaturas(banco).get(metodo)
    if assinatura is None:
        mensagem = f"The method '{modelo}.{metodo}' does not exist"
        raise ErroDoOdoo("werkzeug.exceptions.NotFound", mensagem, http=404, argumentos=[mensagem, 404])
    nomes, obrigatorios, com_ids = assinatura
    recusa = None
    if corpo.get("ids") and not com_ids:
        recusa = f"cannot call {modelo}.{metodo} with ids"
    else:
        for nome in corpo:
            if nome not in nomes and nome not in ("ids", "context"):
                recusa = f"got an unexpected keyword argument '{nome}'"
        for nome in nomes[:obrigatorios]:
            if nome not in corpo:
                recusa = f"missing a required argument: '{nome}'"
    if recusa:
        raise ErroDoOdoo("werkzeug.exceptions.UnprocessableEntity", recusa, http=422, argumentos=[recusa, 422])
