"""As portas do Odoo: do corpo do pedido à chamada, e do resultado (ou erro) à resposta, nas formas de XML-RPC, JSON-RPC e JSON-2."""

from __future__ import annotations

import json
import xmlrpc.client
from dataclasses import dataclass, field
from typing import Any
from xml.parsers.expat import ExpatError

from app.demo.odoo_simulado.acessos import Credencial
from app.demo.odoo_simulado.banco import BancoSimulado
from app.demo.odoo_simulado.chamadas import conferir_json2, executar
from app.demo.odoo_simulado.erros import ErroDoOdoo, acesso_negado
from app.demo.odoo_simulado.xml_rpc import Escritor

HTML_500 = (
    b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n'
    b"<p>The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is "
    b"an error in the application.</p>\n"
)
HTML_404 = (
    b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n'
    b"<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n"
)
HTML_404_SEM_BANCO = (
    b"<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No database is selected and the requested URL was not found in "
    b"the server-wide controllers.</p>\n<p>Please verify the hostname, <a href=/web/login>login</a> and try again.</p>\n\n"
    b"<!-- Alternatively, use the X-Odoo-Database header. -->\n"
)


@dataclass
class Resposta:
    """O que vai pela rede."""

    estado: int
    corpo: bytes
    tipo: str
    cabecalhos: dict[str, str] = field(default_factory=dict)


@dataclass
class Pedido:
    """Uma chamada entendida: a porta, o serviço, o método e os argumentos; `ident` é o id do JSON-RPC."""

    porta: str
    servico: str
    metodo: str
    argumentos: list[Any]
    ident: Any = None
    chave: str | None = None
    banco: str | None = None
    corpo: dict[str, Any] = field(default_factory=dict)

    @property
    def modelo(self) -> str | None:
        """O modelo de uma chamada ao serviço object; nas outras, None."""
        if self.porta == "json2":
            return self.servico
        return str(self.argumentos[3]) if self.servico == "object" and len(self.argumentos) > 4 else None

    @property
    def metodo_orm(self) -> str:
        return str(self.argumentos[4]) if self.modelo and self.porta != "json2" else self.metodo

    @property
    def args(self) -> list[Any]:
        return list(self.argumentos[5]) if self.modelo and self.porta != "json2" and len(self.argumentos) > 5 else []

    @property
    def kwargs(self) -> dict[str, Any]:
        if self.porta == "json2":
            return self.corpo
        return dict(self.argumentos[6] or {}) if self.modelo and len(self.argumentos) > 6 else {}


class Portas:
    """Os bancos de um servidor e as formas de falar com eles."""

    def __init__(
        self, bancos: dict[str, BancoSimulado], *, outros: list[str], listar: bool, extensoes_xml: bool, controle: bool = False
    ) -> None:
        self.bancos, self.outros, self.listar, self.controle = bancos, outros, listar, controle
        self.versao = next(iter(bancos.values())).versao
        self.escritor = Escritor(self.versao, extensoes=extensoes_xml)

    @property
    def info_versao(self) -> dict[str, Any]:
        v = self.versao
        return {
            "server_version": f"{v}.0",
            "server_version_info": [v, 0, 0, "final", 0, ""],
            "server_serie": f"{v}.0",
            "protocol_version": 1,
        }

    # --- entender -------------------------------------------------------------------------------------------------------------
    def entender(self, verbo: str, caminho: str, cabecalhos: dict[str, str], corpo: bytes) -> Pedido | Resposta:
        partes = caminho.split("?")[0].strip("/").split("/")
        if partes[0] == "xmlrpc" and verbo == "POST":
            try:
                params, metodo = xmlrpc.client.loads(corpo)
            except (
                ExpatError,
                ValueError,
                TypeError,
                LookupError,
                xmlrpc.client.Error,
            ) as erro:  # o Odoo responde Fault ao que não entende
                return self.falha("xmlrpc", ErroDoOdoo("xml.parsers.expat.ExpatError", str(erro)))
            return Pedido("xmlrpc", partes[-1], str(metodo), list(params))
        if partes == ["jsonrpc"] and verbo == "POST":
            try:
                dados = json.loads(corpo)
                p = dados["params"]
                return Pedido("jsonrpc", p["service"], p["method"], list(p["args"]), dados.get("id"))
            except (ValueError, KeyError, TypeError):
                return Resposta(400, b"Invalid JSON data", "text/html; charset=utf-8")
        if self.versao >= 19 and partes[:2] == ["json", "2"] and len(partes) == 4 and verbo == "POST":
            return self._entender_json2(partes[2], partes[3], cabecalhos, corpo)
        if self.versao >= 19 and partes in (["web", "version"], ["json", "version"]):
            v = {"version_info": self.info_versao["server_version_info"], "version": f"{self.versao}.0"}
            return Resposta(200, json.dumps(v).encode(), "application/json; charset=utf-8")
        if partes in (["web", "login"], ["web"], [""]):
            from app.demo.odoo_simulado.falhas import LOGIN_HTML

            return Resposta(200, LOGIN_HTML, "text/html; charset=utf-8")
        return Resposta(404, HTML_404 if self.versao < 17 else HTML_404_SEM_BANCO, "text/html; charset=utf-8")

    def _entender_json2(self, modelo: str, metodo: str, cabecalhos: dict[str, str], corpo: bytes) -> Pedido | Resposta:
        nome = cabecalhos.get("x-odoo-database") or (next(iter(self.bancos)) if len(self.nomes()) == 1 else None)
        if nome not in self.bancos:
            return Resposta(404, HTML_404_SEM_BANCO, "text/html; charset=utf-8")
        if "json" not in cabecalhos.get("content-type", ""):
            return Resposta(
                415,
                b"<!doctype html>\n<html lang=en>\n<title>415 Unsupported Media Type</title>\n",
                "text/html; charset=utf-8",
                {"Accept": "application/json"},
            )
        tipo, _, chave = cabecalhos.get("authorization", "").partition(" ")
        pedido = Pedido("json2", modelo, metodo, [], chave=chave.strip() if tipo.lower() == "bearer" else None, banco=nome)
        try:
            dados = json.loads(corpo or b"{}")
            pedido.corpo = dados if isinstance(dados, dict) else {}
        except ValueError as erro:
            mensagem = f"could not parse the body as json: {erro}"
            return self.falha("json2", ErroDoOdoo("werkzeug.exceptions.BadRequest", mensagem, http=400, argumentos=[mensagem, 400]))
        return pedido

    # --- executar -------------------------------------------------------------------------------------------------------------
    def nomes(self) -> list[str]:
        return sorted([*self.bancos, *self.outros])

    def executar(self, p: Pedido) -> Any:
        """O resultado da chamada; ErroDoOdoo se o servidor de verdade recusaria."""
        if p.porta == "json2":
            return self._json2(p)
        if p.servico == "common":
            return self._comum(p)
        if p.servico == "db":
            if p.metodo == "list":
                if not self.listar:
                    raise acesso_negado()
                return self.nomes()
            if p.metodo in ("db_exist",):
                return p.argumentos[0] in self.nomes()
            if p.metodo == "server_version":
                return f"{self.versao}.0"
            raise ErroDoOdoo("builtins.Exception", f"Method not found: {p.metodo}")
        if p.servico == "object":
            return self._objeto(p)
        if p.servico == "simulado" and self.controle:
            return self._ato(p)
        raise ErroDoOdoo("builtins.KeyError" if self.versao >= 17 else "builtins.UnboundLocalError", f"'{p.servico}'")

    def _ato(self, p: Pedido) -> Any:
        """Um ato do BancoSimulado chamado de outro processo: argumentos [banco, [posicionais], {nomeados}]; chaves numéricas viram ids."""
        nome = p.argumentos[0]
        args = p.argumentos[1] if len(p.argumentos) > 1 else []
        kwargs = p.argumentos[2] if len(p.argumentos) > 2 else {}
        ato = getattr(self._banco(nome), p.metodo, None)
        if p.metodo.startswith("_") or not callable(ato):
            raise ErroDoOdoo("builtins.AttributeError", f"o banco simulado não tem o ato {p.metodo!r}")
        resultado = ato(*(_com_ids(x) for x in args), **{k: _com_ids(v) for k, v in kwargs.items()})
        return resultado if isinstance(resultado, (int, float, str, list, dict, type(None))) else None

    def _banco(self, nome: Any) -> BancoSimulado:
        banco = self.bancos.get(nome)
        if banco is None:
            onde = "" if self.versao < 17 else 'connection to server at "127.0.0.1", port 5432 failed: '
            raise ErroDoOdoo("psycopg2.OperationalError", f'{onde}FATAL:  database "{nome}" does not exist\n')
        return banco

    def _comum(self, p: Pedido) -> Any:
        if p.metodo == "version":
            return self.info_versao
        if p.metodo in ("authenticate", "login"):
            nome, login, senha = [*p.argumentos, None, None, None][:3]
            banco = self._banco(nome)
            with banco.trava:
                return banco.acessos.autenticar(login, senha)
        raise ErroDoOdoo("builtins.Exception", f"Method not found: {p.metodo}")

    def _objeto(self, p: Pedido) -> Any:
        if p.metodo not in ("execute_kw", "execute"):
            raise ErroDoOdoo("builtins.NameError", f"Method not available {p.metodo}")
        if len(p.argumentos) < 6:
            raise ErroDoOdoo("builtins.TypeError", "execute_kw() missing 2 required positional arguments: 'method' and 'args'")
        banco = self._banco(p.argumentos[0])
        with banco.trava:
            credencial = banco.acessos.conferir(p.argumentos[1], p.argumentos[2])
            args = p.args if p.metodo == "execute_kw" else list(p.argumentos[5:])
            return executar(banco, credencial, str(p.modelo), p.metodo_orm, args, p.kwargs if p.metodo == "execute_kw" else {})

    def _json2(self, p: Pedido) -> Any:
        banco = self.bancos[str(p.banco)]
        with banco.trava:
            credencial = self._por_chave(banco, p.chave)
            conferir_json2(banco, p.servico, p.metodo, p.corpo)
            return executar(banco, credencial, p.servico, p.metodo, [], p.corpo)

    def _por_chave(self, banco: BancoSimulado, chave: str | None) -> Credencial:
        credencial = banco.acessos.por_chave(chave) if chave else None
        if credencial is None:
            mensagem = "Invalid apikey" if chave else "User not authenticated, use an API Key with a Bearer Authorization header."
            raise ErroDoOdoo("werkzeug.exceptions.Unauthorized", mensagem, http=401, argumentos=[mensagem, 401])
        return credencial

    # --- responder ------------------------------------------------------------------------------------------------------------
    def sucesso(self, p: Pedido, resultado: Any) -> Resposta:
        if p.porta == "xmlrpc":
            try:
                return Resposta(200, self.escritor.resposta(resultado), "text/xml; charset=utf-8")
            except ErroDoOdoo as erro:
                return self.falha("xmlrpc", erro)
        if p.porta == "json2":
            return Resposta(200, json.dumps(resultado).encode(), "application/json; charset=utf-8")
        envelope: dict[str, Any] = {"jsonrpc": "2.0", "id": p.ident}
        if resultado is not None or self.versao < 17:
            envelope["result"] = resultado
        return Resposta(200, json.dumps(envelope).encode(), "application/json")

    def falha(self, porta: str, erro: ErroDoOdoo, ident: Any = None) -> Resposta:
        """O erro, na forma da porta; na 14 com vários bancos à vista, todo erro do /jsonrpc é um 500 em HTML."""
        if porta == "xmlrpc":
            mensagem = erro.mensagem if erro.falta > 1 else erro.rastro
            return Resposta(200, self.escritor.falta(erro.falta, mensagem), "text/xml; charset=utf-8")
        dados: dict[str, Any] = {
            "name": erro.nome,
            "message": erro.mensagem,
            "arguments": erro.argumentos,
            "context": {},
            "debug": erro.rastro,
        }
        if porta == "json2":
            extra = {"WWW-Authenticate": "Bearer "} if erro.http == 401 else {}
            return Resposta(erro.http, json.dumps(dados).encode(), "application/json; charset=utf-8", extra)
        if self.versao < 17 and len(self.nomes()) > 1:
            return Resposta(500, HTML_500, "text/html; charset=utf-8")
        envelope = {
            "jsonrpc": "2.0",
            "id": ident,
            "error": {"code": 200 if self.versao < 17 else 0, "message": "Odoo Server Error", "data": dados},
        }
        return Resposta(200, json.dumps(envelope).encode(), "application/json")


def _com_ids(v: Any) -> Any:
    """Um objeto JSON de chaves numéricas (linha → quantidade) com as chaves de volta a inteiros."""
    if isinstance(v, dict):
        return {int(k) if k.isdigit() else k: x for k, x in v.items()}
    return v
