"""JSON-RPC em /jsonrpc (todas as versões até a 21)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.odoo.erros import CredenciaisRecusadas, ErroOdoo, RespostaInvalida
from app.odoo.transporte import Contexto, Falha500EmHtml, VersaoOdoo, para_json, versao_de

_CAMINHO = "/jsonrpc"


class PortaJsonRpc:
    """Um corpo JSON com serviço, método e argumentos; os erros vêm com HTTP 200 e a chave `error`."""

    nome = "jsonrpc"

    def __init__(self, contexto: Contexto) -> None:
        self._contexto = contexto

    def versao(self) -> VersaoOdoo:
        """A versão dita pelo servidor."""
        return versao_de(self._chamar("common", "version", [], "common", "version"), self._contexto.rotulo)

    def bancos(self) -> list[str]:
        """Os bancos à vista."""
        return [str(b) for b in self._chamar("db", "list", [], "db", "list") or ()]

    def autenticar(self) -> int | None:
        """O uid. Erro: CredenciaisRecusadas (o Odoo responde false)."""
        c = self._contexto
        segredo = c.conexao.segredo_rpc
        args: list[Any] = [c.banco, c.conexao.usuario, segredo.get_secret_value() if segredo else "", {}]
        uid = self._chamar("common", "authenticate", args, "common", "authenticate")
        if not isinstance(uid, int) or isinstance(uid, bool):
            raise CredenciaisRecusadas(usuario=c.conexao.usuario, banco=c.banco)
        return uid

    def executar(self, uid: int | None, modelo: str, metodo: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """object.execute_kw."""
        c = self._contexto
        segredo = c.conexao.segredo_rpc
        todos = [c.banco, uid, segredo.get_secret_value() if segredo else "", modelo, metodo, list(args), dict(kwargs)]
        return self._chamar("object", "execute_kw", todos, modelo, metodo)

    def _chamar(self, servico: str, funcao: str, args: list[Any], modelo: str, metodo: str) -> Any:
        c = self._contexto
        envelope = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": {"service": servico, "method": funcao, "args": args}}
        resposta = c.http.pedir(_CAMINHO, json.dumps(envelope, default=para_json).encode(), "application/json")
        if resposta.status == 500 and resposta.html:
            raise Falha500EmHtml
        # Os erros do Odoo vêm com 200; um 404 em JSON é dele também, mas diz que a porta não existe nesse caminho.
        if resposta.html or resposta.status not in (200, 500):
            raise c.recusar_html(resposta, "JSON-RPC", _CAMINHO)
        dados = c.json(resposta)
        if not isinstance(dados, dict):
            raise RespostaInvalida(servidor=c.rotulo, detalhe="JSON que não é uma resposta JSON-RPC")
        if dados.get("error"):
            raise self._erro(dados["error"], modelo, metodo)
        if resposta.status != 200:
            raise c.recusar_html(resposta, "JSON-RPC", _CAMINHO)
        return dados.get("result")

    def _erro(self, erro: object, modelo: str, metodo: str) -> ErroOdoo:
        corpo = erro if isinstance(erro, Mapping) else {}
        dados = corpo.get("data")
        if not isinstance(dados, Mapping):
            dados = {}
        mensagem = str(dados.get("message") or corpo.get("message") or "erro sem mensagem")
        return self._contexto.erro(str(dados.get("name") or ""), mensagem, modelo, metodo)
