"""Um Odoo 19 sintético com quantas linhas de pedido se queira, feitas na hora a partir do id: a memória não cresce com elas.

Só o que uma primeira importação de pedidos pergunta: JSON-RPC (common.version, authenticate; search, read, search_read, fields_get)
com os campos e os tipos do 19. Dez linhas por pedido, 500 fornecedores, 7.000 produtos, uma em cada 50 linhas em dúzias. O conteúdo
de um id é sempre o mesmo. `python -m bench.odoo_sintetico --linhas 1000000` escreve uma linha de JSON com a url e serve até SIGTERM.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

POR_PEDIDO, FORNECEDORES, PRODUTOS, UNIDADE, DUZIA = 10, 500, 7_000, 1, 2
EMPRESA, MOEDA, USUARIO = 1, 6, 2
Registro = dict[str, Any]


def _m2o(relacao: str) -> Registro:
    return {"type": "many2one", "relation": relacao}


_BASE: Registro = {"id": {"type": "integer"}, "write_date": {"type": "datetime"}, "create_date": {"type": "datetime"}}
CAMPOS: dict[str, Registro] = {
    "purchase.order.line": {
        "order_id": _m2o("purchase.order"),
        "product_id": _m2o("product.product"),
        "product_uom_id": _m2o("uom.uom"),
        "move_ids": {"type": "one2many", "relation": "stock.move"},
        **{n: {"type": "float"} for n in ("product_uom_qty", "price_unit", "qty_received")},
        "date_planned": {"type": "datetime"},
    },
    "purchase.order": {
        "name": {"type": "char"},
        "state": {"type": "selection", "selection": [[s, s] for s in ("draft", "sent", "to approve", "purchase", "cancel")]},
        "locked": {"type": "boolean"},
        "partner_id": _m2o("res.partner"),
        "company_id": _m2o("res.company"),
        "currency_id": _m2o("res.currency"),
        "date_order": {"type": "datetime"},
    },
    "uom.uom": {"name": {"type": "char"}, "factor": {"type": "float"}, "relative_factor": {"type": "float"}},
}


def _pedido(i: int) -> Registro:
    data = f"2025-{i % 12 + 1:02d}-{i % 28 + 1:02d} {i % 24:02d}:{i % 60:02d}:00"
    nome, fornecedor = f"P{i:07d}", i % FORNECEDORES + 1
    return {
        "id": i, "name": nome, "state": "purchase", "locked": i % 2 == 0, "partner_id": fornecedor, "company_id": EMPRESA,
        "currency_id": MOEDA, "date_order": data, "write_date": data,
    }  # fmt: skip


def _produto(i: int) -> Registro:
    return {
        "id": i, "default_code": f"{i:08d}", "name": f"Parafuso sextavado aço nº {i}", "active": True, "product_tmpl_id": i,
        "uom_id": UNIDADE, "purchase_ok": True, "sale_ok": False, "weight": 0.25, "write_date": "2025-01-01 00:00:00",
    }  # fmt: skip


def _parceiro(i: int) -> Registro:
    nome = f"Indústria e Comércio {i} Ltda"
    return {"id": i, "name": nome, "vat": f"{i:014d}", "commercial_partner_id": i, "active": True, "write_date": "2025-01-01 00:00:00"}


def _linha_json(i: int, campos: list[str]) -> str:
    """Uma linha de pedido, já em JSON: é o que mais se pede, e montar um dicionário por linha seria metade do tempo do servidor."""
    duzia = i % 50 == 0
    valores = {
        "id": str(i),
        "order_id": str((i - 1) // POR_PEDIDO + 1),
        "product_id": str(i * 7919 % PRODUTOS + 1),
        "product_uom_id": str(DUZIA if duzia else UNIDADE),
        "product_uom_qty": str((i % 400 + 1) / 4 * (12 if duzia else 1)),
        "price_unit": str(i % 9973 / 100),
        "qty_received": "0.0",
        "date_planned": f'"2025-{i % 12 + 1:02d}-{i % 28 + 1:02d} 01:30:00"',
        "write_date": f'"2025-{i % 12 + 1:02d}-{i % 28 + 1:02d} {i % 24:02d}:{i % 60:02d}:{i % 57:02d}"',
    }
    return "{" + ", ".join([f'"{c}": {valores[c]}' for c in campos]) + "}"


_FIXOS: dict[str, list[Registro]] = {
    "res.company": [{"id": EMPRESA, "name": "Fábrica", "create_date": "2024-01-01 00:00:00", "write_date": "2024-01-01 00:00:00"}],
    "res.users": [
        {"id": i, "name": f"Usuário {i}", "lang": "pt_BR", "create_date": "2024-01-01 00:00:00", "write_date": "2024-01-01 00:00:00"}
        for i in (1, USUARIO)
    ],
    "res.currency": [{"id": MOEDA, "name": "BRL", "write_date": "2024-01-01 00:00:00"}],
    "uom.uom": [
        {"id": UNIDADE, "name": "Unidade", "factor": 1.0, "write_date": "2024-01-01 00:00:00"},
        {"id": DUZIA, "name": "Dúzia", "factor": 12.0, "write_date": "2024-01-01 00:00:00"},
    ],
}
_FEITOS: dict[str, tuple[Callable[[int], Registro], int]] = {
    "product.product": (_produto, PRODUTOS),
    "res.partner": (_parceiro, FORNECEDORES),
}


class Sintetico:
    """As respostas, em JSON, para um número dado de linhas."""

    def __init__(self, linhas: int) -> None:
        self.linhas = linhas

    def responder(self, servico: str, funcao: str, args: list[Any]) -> str:
        """O `result` de um pedido JSON-RPC. Erro: LookupError para o que não se sabe responder."""
        if servico == "common":
            versao = {"server_version": "19.0", "server_serie": "19.0", "protocol_version": 1}
            return json.dumps(versao if funcao == "version" else USUARIO)
        _, _, _, modelo, metodo, posicionais, nomeados = args
        if metodo == "fields_get":
            return json.dumps({**_BASE, **CAMPOS[modelo]})
        if metodo == "search":
            return json.dumps(self._buscar(modelo, posicionais[0], nomeados.get("limit")))
        if metodo == "read":
            return self._ler(modelo, posicionais[0], posicionais[1])
        if metodo == "search_read":
            return self._ler(modelo, self._buscar(modelo, posicionais[0], nomeados.get("limit")), nomeados["fields"])
        raise LookupError(f"{modelo}.{metodo}")

    def _buscar(self, modelo: str, dominio: list[Any], limite: int | None) -> list[int]:
        """Só `id > x` filtra: tudo o que há é do período e está aberto."""
        if modelo in _FIXOS:
            return [r["id"] for r in _FIXOS[modelo]]
        apos = max((t[2] for t in dominio if isinstance(t, list) and t[:2] == ["id", ">"]), default=0)
        fim = self.linhas if limite is None else min(self.linhas, apos + limite)
        return list(range(apos + 1, fim + 1))

    def _ler(self, modelo: str, ids: list[int], campos: list[str]) -> str:
        if modelo == "purchase.order.line":
            todos = ["id", *campos]
            return "[" + ", ".join([_linha_json(i, todos) for i in ids if 0 < i <= self.linhas]) + "]"
        if modelo == "purchase.order":
            registros = [_pedido(i) for i in ids]
        elif modelo in _FEITOS:
            fazer, quantos = _FEITOS[modelo]
            registros = [fazer(i) for i in ids if 0 < i <= quantos]
        else:
            registros = [r for r in _FIXOS[modelo] if r["id"] in ids]
        return json.dumps([{c: r.get(c, False) for c in ("id", *campos)} for r in registros])


class _Pedido(BaseHTTPRequestHandler):
    """HTTP/1.0, uma conexão por chamada, como o servidor do próprio Odoo."""

    sintetico: ClassVar[Sintetico]

    def do_POST(self) -> None:
        pedido = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["params"]
        try:
            corpo = (
                '{"jsonrpc": "2.0", "id": 1, "result": '
                + self.sintetico.responder(pedido["service"], pedido["method"], pedido["args"])
                + "}"
            )
        except LookupError as erro:
            dados = {"name": "builtins.KeyError", "message": str(erro)}
            corpo = json.dumps({"jsonrpc": "2.0", "id": 1, "error": {"code": 0, "message": "Odoo Server Error", "data": dados}})
        bruto = corpo.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(bruto)))
        self.end_headers()
        self.wfile.write(bruto)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - o nome é da biblioteca padrão
        """Nada: a saída é só a linha de JSON."""


def principal(argumentos: list[str] | None = None) -> None:
    """Liga o servidor, diz onde, e serve até SIGTERM."""
    p = argparse.ArgumentParser(prog="python -m bench.odoo_sintetico", description="Odoo 19 sintético, só para medir volume")
    p.add_argument("--linhas", type=int, default=100_000)
    _Pedido.sintetico = Sintetico(p.parse_args(argumentos).linhas)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pedido) as servidor:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        url = f"http://127.0.0.1:{servidor.server_address[1]}"
        print(json.dumps({"url": url, "banco": "sintetico", "usuario": "admin", "senha": "admin"}), flush=True)
        servidor.serve_forever()


if __name__ == "__main__":
    principal()
