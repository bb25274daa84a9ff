"""O piso da importação: `search` + `read` sem nomes de exibição dos mesmos modelos, linhas e campos, sem guardar nada.

HTTP e JSON (ou XML) da biblioteca padrão, uma conexão por chamada, sem conferência de prazo, teto ou erro: o mínimo que um
programa qualquer faria para ter as mesmas linhas na mão, pela mesma porta e com o mesmo tamanho de página.

Cada pedido a `python -m bench.piso` traz o plano que a nossa importação usou (campos, domínio, página, porta); a resposta é o tempo e
quantos registros leu de cada modelo. O login (e, com ele, as leituras de empresa e usuário da abertura) entra, como no nosso lado.
"""

from __future__ import annotations

import http.client
import json
import time
import xmlrpc.client
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from app.config import Config, obter_config
from bench.apoio import atender

Registro = dict[str, Any]


class ClienteNu:
    """A conversa mínima com o Odoo, por json2, jsonrpc ou xmlrpc.

    Com `decifrar=False` o corpo da resposta é recebido e jogado fora (para medir só o servidor).
    """

    def __init__(self, config: Config, porta: str, *, decifrar: bool = True) -> None:
        assert config.odoo_url
        self._porta, self._banco, self._decifrar = porta, config.odoo_db, True
        self._url, self._usuario = urlsplit(config.odoo_url), config.odoo_user
        chave, senha = config.odoo_api_key, config.odoo_password
        segredo = chave if porta == "json2" else senha or chave
        assert segredo is not None
        self._segredo = segredo.get_secret_value()
        self.chamadas = 0
        self.uid: int | None = None
        if porta == "jsonrpc":
            self.uid = self._jsonrpc("common", "authenticate", [self._banco, self._usuario, self._segredo, {}])
        elif porta == "xmlrpc":
            self._comum = xmlrpc.client.ServerProxy(f"{config.odoo_url.rstrip('/')}/xmlrpc/2/common")
            self._objeto = xmlrpc.client.ServerProxy(f"{config.odoo_url.rstrip('/')}/xmlrpc/2/object")
            self.chamadas += 1
            self.uid = self._comum.authenticate(self._banco, self._usuario, self._segredo, {})  # type: ignore[assignment]
        self._decifrar = decifrar

    def buscar(self, modelo: str, dominio: Sequence[Any], contexto: Registro) -> list[int]:
        """search, em ordem de id."""
        ids: list[int] = self._chamar(modelo, "search", {"domain": list(dominio), "order": "id", "context": contexto})
        return ids

    def ler(self, modelo: str, ids: Sequence[int], campos: Sequence[str], contexto: Registro) -> list[Registro]:
        """read sem nomes de exibição."""
        pedido = {"ids": list(ids), "fields": list(campos), "load": "_classic_write", "context": contexto}
        lidos: list[Registro] = self._chamar(modelo, "read", pedido)
        return lidos

    def _chamar(self, modelo: str, metodo: str, pedido: Registro) -> Any:
        if self._porta == "json2":
            extra = {"Authorization": f"bearer {self._segredo}", **({"X-Odoo-Database": self._banco} if self._banco else {})}
            return self._postar(f"/json/2/{modelo}/{metodo}", pedido, extra)
        posicionais = [pedido[n] for n in ("domain", "ids", "fields") if n in pedido]
        nomeados = {n: v for n, v in pedido.items() if n not in ("domain", "ids", "fields")}
        argumentos = [self._banco, self.uid, self._segredo, modelo, metodo, posicionais, nomeados]
        if self._porta == "jsonrpc":
            return self._jsonrpc("object", "execute_kw", argumentos)
        self.chamadas += 1
        return self._objeto.execute_kw(*argumentos)

    def _jsonrpc(self, servico: str, funcao: str, argumentos: list[Any]) -> Any:
        envelope = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {"service": servico, "method": funcao, "args": argumentos}}
        return self._postar("/jsonrpc", envelope, {})["result"]

    def _postar(self, caminho: str, corpo: Registro, extra: dict[str, str]) -> Any:
        self.chamadas += 1
        classe = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        conexao = classe(self._url.netloc)
        try:
            conexao.request("POST", self._url.path.rstrip("/") + caminho, json.dumps(corpo), {"Content-Type": "application/json", **extra})
            resposta = conexao.getresponse()
            dados = resposta.read()
        finally:
            conexao.close()
        if resposta.status != 200:
            raise RuntimeError(f"{caminho} respondeu {resposta.status}")
        return json.loads(dados) if self._decifrar else {"result": []}


def ler_tudo(config: Config, plano: Registro) -> Registro:
    """As linhas de pedido e os cadastros que elas citam, como o plano diz; devolve tempo (s), chamadas e registros por modelo."""
    lidos: Counter[str] = Counter()
    campos, contexto, pagina = plano["campos"], plano["contexto"], plano["pagina"]
    inicio = time.perf_counter()
    cliente = ClienteNu(config, plano["porta"])

    def ler(modelo: str, ids: Sequence[int]) -> list[Registro]:
        registros = cliente.ler(modelo, ids, campos[modelo], contexto) if ids else []
        lidos[modelo] += len(registros)
        return registros

    ler("res.company", cliente.buscar("res.company", [], contexto))
    ler("res.users", cliente.buscar("res.users", [["id", "in", sorted({1, cliente.uid or 1})]], contexto))
    ler("uom.uom", cliente.buscar("uom.uom", [], contexto))
    vistos: dict[str, set[int]] = {}

    def novos(modelo: str, ids: set[int]) -> list[int]:
        faltam = sorted(i for i in ids if i and i not in vistos.setdefault(modelo, set()))
        vistos[modelo].update(faltam)
        return faltam

    todos = cliente.buscar("purchase.order.line", plano["dominio"], contexto)
    for i in range(0, len(todos), pagina):
        linhas = ler("purchase.order.line", todos[i : i + pagina])
        pedidos = ler("purchase.order", sorted({x["order_id"] for x in linhas}))
        ler("product.product", novos("product.product", {x["product_id"] for x in linhas}))
        parceiros = ler("res.partner", novos("res.partner", {x["partner_id"] for x in pedidos}))
        ler("res.partner", novos("res.partner", {x["commercial_partner_id"] for x in parceiros}))
        ler("res.currency", novos("res.currency", {x["currency_id"] for x in pedidos}))
        if "purchase.requisition" in campos:
            ler("purchase.requisition", novos("purchase.requisition", {x["requisition_id"] for x in pedidos}))
    return {"segundos": time.perf_counter() - inicio, "chamadas": cliente.chamadas, "lidos": dict(lidos)}


if __name__ == "__main__":
    atender(lambda pedido: ler_tudo(obter_config(), pedido["plano"]))
