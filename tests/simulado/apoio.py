"""Pedidos crus ao servidor simulado, sem o nosso cliente no meio."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from typing import Any

from app.demo.odoo_simulado import ServidorSimulado


class ErroRpc(Exception):
    """O `data` de um erro JSON-RPC."""

    def __init__(self, dados: dict[str, Any]) -> None:
        super().__init__(dados["message"])
        self.nome: str = dados["name"]


def postar(
    s: ServidorSimulado, caminho: str, corpo: str | bytes, tipo: str = "application/json", *, prazo: float = 10.0, **cabecalhos: str
) -> tuple[int, dict[str, str], bytes]:
    """(estado, cabeçalhos em minúsculas, corpo) de um POST."""
    onde = urllib.parse.urlparse(s.url)
    conexao = http.client.HTTPConnection(onde.hostname or "", onde.port, timeout=prazo)
    try:
        conexao.request("POST", caminho, corpo, {"Content-Type": tipo, **cabecalhos})
        r = conexao.getresponse()
        return r.status, {k.lower(): v for k, v in r.getheaders()}, r.read()
    finally:
        conexao.close()


def jsonrpc(s: ServidorSimulado, servico: str, metodo: str, *argumentos: object, prazo: float = 10.0) -> tuple[int, dict[str, str], bytes]:
    corpo = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {"service": servico, "method": metodo, "args": argumentos}}
    return postar(s, "/jsonrpc", json.dumps(corpo), prazo=prazo)


def chamar(s: ServidorSimulado, modelo: str, metodo: str, *argumentos: object, uid: int = 2, senha: str = "admin", **opcoes: object) -> Any:
    """O resultado de execute_kw, ou ErroRpc."""
    _, _, corpo = jsonrpc(s, "object", "execute_kw", s.nome_banco, uid, senha, modelo, metodo, list(argumentos), opcoes)
    dados = json.loads(corpo)
    if "error" in dados:
        raise ErroRpc(dados["error"]["data"])
    return dados.get("result")
