"""Os erros, porta a porta: o estado HTTP, a forma e as palavras que o classificador lê; e a classe em que o nosso cliente os põe."""

from __future__ import annotations

import http.client
import json
import urllib.parse
import uuid
import xmlrpc.client
from typing import Any

import pytest

from app.demo.odoo_simulado.acessos import leitura_de_todos
from app.demo.odoo_simulado.esquema import esquema
from app.odoo import erros
from app.odoo.cliente import ClienteOdoo
from app.odoo.conexao import ConexaoOdoo
from tests.apoio.odoo import Alvo


def postar(alvo: Alvo, caminho: str, corpo: str, tipo: str, **cabecalhos: str) -> tuple[int, dict[str, str], bytes]:
    onde = urllib.parse.urlparse(alvo.url)
    conexao = http.client.HTTPConnection(onde.hostname or "", onde.port, timeout=60)
    try:
        conexao.request("POST", caminho, corpo, {"Content-Type": tipo, **cabecalhos})
        r = conexao.getresponse()
        return r.status, {k.lower(): v for k, v in r.getheaders()}, r.read()
    finally:
        conexao.close()


def jsonrpc(alvo: Alvo, servico: str, metodo: str, *argumentos: object) -> tuple[int, dict[str, str], bytes]:
    corpo = {"jsonrpc": "2.0", "method": "call", "id": 7, "params": {"service": servico, "method": metodo, "args": argumentos}}
    return postar(alvo, "/jsonrpc", json.dumps(corpo), "application/json")


def xml(alvo: Alvo, servico: str, metodo: str, *argumentos: Any) -> Any:
    """O resultado, ou o par (código, texto) da Fault."""
    estado, _, corpo = postar(alvo, f"/xmlrpc/2/{servico}", xmlrpc.client.dumps(argumentos, metodo), "text/xml")
    assert estado == 200
    try:
        return xmlrpc.client.loads(corpo)[0][0]
    except xmlrpc.client.Fault as falta:
        return falta.faultCode, falta.faultString


def objeto(alvo: Alvo, modelo: str, metodo: str, *argumentos: object, senha: str = "admin", **opcoes: object) -> Any:
    return xml(alvo, "object", "execute_kw", alvo.banco, 2, senha, modelo, metodo, list(argumentos), opcoes)


def json2(alvo: Alvo, modelo: str, metodo: str, corpo: object, *, chave: str | None = "", banco: str | None = "") -> tuple[int, Any]:
    cabecalhos = {}
    if chave is not None:
        cabecalhos["Authorization"] = f"bearer {chave or alvo.chave}"
    if banco is not None:
        cabecalhos["X-Odoo-Database"] = banco or alvo.banco
    estado, h, dados = postar(alvo, f"/json/2/{modelo}/{metodo}", json.dumps(corpo), "application/json; charset=utf-8", **cabecalhos)
    return estado, json.loads(dados) if "json" in h["content-type"] else dados.decode()


def test_fim_do_texto_das_faltas(odoo_alvo: Alvo) -> None:
    velho = odoo_alvo.antigo
    # (chamada, código, como o texto termina)
    ausente = "on model 'res.partner'" if velho else "on 'res.partner'"
    onde = "leaf" if velho else "condition"
    casos: list[tuple[Any, int, str]] = [
        (objeto(odoo_alvo, "naoha.modelo", "search", []), 2, "Object naoha.modelo doesn't exist"),
        (objeto(odoo_alvo, "res.partner", "read", [1], ["naoha"]), 1, f"ValueError: Invalid field 'naoha' {ausente}"),
        (
            objeto(odoo_alvo, "res.partner", "search", [["naoha", "=", 1]]),
            1,
            f"ValueError: Invalid field res.partner.naoha in {onde} ('naoha', '=', 1)",
        ),
        (
            objeto(odoo_alvo, "res.partner", "search", [["parent_id.naoha", "=", 1]]),
            1,
            f"Invalid field res.partner.naoha in {onde} ('naoha', '=', 1)",
        ),
        (objeto(odoo_alvo, "res.partner", "search", [], order="naoha"), 1, "ValueError: Invalid field 'naoha' on model 'res.partner'"),
        (objeto(odoo_alvo, "res.partner", "_search", []), 4, "cannot be called remotely."),
        (objeto(odoo_alvo, "res.partner", "search", [], senha="errada"), 3, "Access Denied"),
        (objeto(odoo_alvo, "res.partner", "search_read", [], naoha=1), 1, "got an unexpected keyword argument 'naoha'"),
        (
            objeto(odoo_alvo, "res.partner", "naoha"),
            1,
            "has no attribute 'naoha'" if velho else "The method 'res.partner.naoha' does not exist",
        ),
        (objeto(odoo_alvo, "res.partner", "read_group", [], ["id:sum"], ["naoha"]), 1, "Invalid field 'naoha' on model 'res.partner'"),
        (
            objeto(odoo_alvo, "res.partner", "search", [["name", "??", 1]]),
            1,
            "Invalid leaf ('name', '??', 1)" if velho else "Invalid operator in condition ('name', '??', 1)",
        ),
        (xml(odoo_alvo, "common", "authenticate", "naoha", "admin", "admin", {}), 1, 'FATAL:  database "naoha" does not exist'),
    ]
    for (codigo, texto), esperado, fim in casos:
        assert codigo == esperado, (fim, texto[-300:])
        assert texto.strip().endswith(fim), texto[-300:]


def test_search_read_com_load_so_nas_novas(odoo_alvo: Alvo) -> None:
    r = objeto(odoo_alvo, "res.partner", "search_read", [["id", "=", 1]], ["name", "country_id"], load="_classic_write")
    if odoo_alvo.antigo:
        assert r[0] == 1
        assert "unexpected keyword argument 'load'" in r[1]
    else:
        assert r[0]["id"] == 1
        assert not isinstance(r[0]["country_id"], list)


def test_senha_errada_e_false(odoo_alvo: Alvo) -> None:
    assert xml(odoo_alvo, "common", "authenticate", odoo_alvo.banco, "ninguem", "x", {}) is False
    estado, _, corpo = jsonrpc(odoo_alvo, "common", "authenticate", odoo_alvo.banco, "ninguem", "x", {})
    assert (estado, json.loads(corpo)["result"]) == (200, False)
    with pytest.raises(erros.CredenciaisRecusadas):
        odoo_alvo.cliente("jsonrpc", usuario="ninguem", senha="x")


def test_erro_no_jsonrpc(odoo_alvo: Alvo) -> None:
    """14 com vários bancos à vista: HTTP 500 em HTML; senão, 200 com `error` (código 0 na 19)."""
    estado, cabecalhos, corpo = jsonrpc(odoo_alvo, "object", "execute_kw", odoo_alvo.banco, 2, "admin", "naoha.modelo", "search", [[]])
    if odoo_alvo.antigo:
        assert estado == 500
        assert cabecalhos["content-type"].startswith("text/html")
        assert b"Internal Server Error" in corpo
    else:
        erro = json.loads(corpo)["error"]
        assert (estado, erro["code"], erro["message"]) == (200, 0, "Odoo Server Error")
        assert erro["data"]["name"] == "odoo.exceptions.UserError"
        assert erro["data"]["message"] == "Object naoha.modelo doesn't exist"
        assert erro["data"]["arguments"] == ["Object naoha.modelo doesn't exist"]
        assert erro["data"]["debug"].startswith("Traceback")


def test_json2(odoo_alvo: Alvo) -> None:
    if odoo_alvo.antigo:
        estado, _, _ = postar(odoo_alvo, "/json/2/res.partner/search", "{}", "application/json")
        assert estado == 404
        return
    vazio: dict[str, Any] = {"domain": []}
    assert json2(odoo_alvo, "res.partner", "search", {"domain": [["id", "=", 1]]}) == (200, [1])
    estado, dados = json2(odoo_alvo, "res.partner", "search", vazio, chave="x" * 40)
    assert (estado, dados["name"], dados["message"]) == (401, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
    assert json2(odoo_alvo, "res.partner", "search", vazio, chave=None)[0] == 401
    estado, dados = json2(odoo_alvo, "res.partner", "search", vazio, banco="naoha")
    assert estado == 404
    assert "No database is selected" in dados
    estado, dados = json2(odoo_alvo, "naoha.modelo", "search", vazio)
    assert (estado, dados["message"]) == (404, "the model 'naoha.modelo' does not exist")
    estado, dados = json2(odoo_alvo, "res.partner", "naoha", vazio)
    assert (estado, dados["message"]) == (404, "The method 'res.partner.naoha' does not exist")
    estado, dados = json2(odoo_alvo, "res.partner", "exists", {"ids": [1]})
    assert (estado, dados["name"]) == (403, "odoo.exceptions.AccessError")
    estado, dados = json2(odoo_alvo, "res.partner", "read", {"ids": [1], "fields": ["naoha"]})
    assert (estado, dados["name"], dados["message"]) == (500, "builtins.ValueError", "Invalid field 'naoha' on 'res.partner'")
    assert json2(odoo_alvo, "res.partner", "search", {"dominio": []})[0] == 422
    assert json2(odoo_alvo, "res.partner", "search", {"domain": [], "ids": [1]})[0] == 422
    estado, dados = json2(odoo_alvo, "res.partner", "search_count", {"domain": [], "context": {"allowed_company_ids": [77]}})
    assert (estado, dados["message"]) == (403, "Access to unauthorized or invalid companies.")


def test_classes_do_nosso_cliente(odoo_alvo: Alvo) -> None:
    for protocolo in odoo_alvo.protocolos:
        with odoo_alvo.cliente(protocolo) as c:
            with pytest.raises(erros.ModeloAusente):
                c.buscar("naoha.modelo", [])
            with pytest.raises(erros.CampoAusente):
                c.ler("res.partner", [1], ["naoha"])
            with pytest.raises(erros.CampoAusente):
                c.buscar("res.partner", [["naoha", "=", 1]])


def _contar(conexao: ConexaoOdoo) -> None:
    with ClienteOdoo.conectar(conexao) as c:
        c.contar("res.partner", [])


def test_banco_errado(odoo_alvo: Alvo) -> None:
    for protocolo in odoo_alvo.protocolos:
        with pytest.raises(erros.ErroTerminal):
            _contar(odoo_alvo.conexao(protocolo, banco="naoha"))


def test_usuario_sem_direitos(odoo_alvo: Alvo) -> None:
    login = f"semdireitos-{uuid.uuid4().hex[:8]}"
    odoo_alvo.edicao.criar_usuario(login, "senha-de-teste")
    for protocolo in ("jsonrpc", "xmlrpc"):
        with odoo_alvo.cliente(protocolo, usuario=login, senha="senha-de-teste") as c:
            for modelo in ("purchase.order", "purchase.order.line", "stock.move", "mrp.production", "purchase.requisition"):
                with pytest.raises(erros.AcessoNegado) as pego:
                    c.buscar(modelo, [])
                assert modelo in pego.value.mensagem
                assert c.chamar(modelo, "check_access_rights", ["read"], {"raise_exception": False}) is False
            assert c.contar("res.partner", [["id", "=", 1]]) in (0, 1)
            assert c.contar("res.company", []) >= 1
            with pytest.raises(erros.AcessoNegado):  # um caminho por um modelo proibido também é proibido
                c.buscar("product.product", [["seller_ids.product_tmpl_id.bom_ids.product_qty", ">", 0]])


def test_o_que_todo_usuario_le(odoo_alvo: Alvo) -> None:
    """Sem grupo nenhum, um usuário interno lê os mesmos modelos no simulado e nos de verdade, e fields_get responde mesmo sem direito."""
    login = f"empregado-{uuid.uuid4().hex[:8]}"
    odoo_alvo.edicao.criar_usuario(login, "senha-de-teste")
    with odoo_alvo.cliente("jsonrpc", usuario=login, senha="senha-de-teste") as c:
        modelos = [m for m in esquema(odoo_alvo.versao) if not m.startswith("purchase.request.") and m != "purchase.request"]
        legiveis = {m for m in modelos if c.chamar(m, "check_access_rights", ["read"], {"raise_exception": False})}
        assert "partner_id" in c.descrever("purchase.order")
    assert legiveis ^ leitura_de_todos(odoo_alvo.versao) <= {
        "purchase.requisition.type",
        "mrp.production.group",
        "stock.reference",
        "procurement.group",
    }


def test_lista_de_bancos(odoo_alvo: Alvo) -> None:
    nomes = xml(odoo_alvo, "db", "list")
    assert odoo_alvo.banco in nomes
    assert len(nomes) > 1
    assert xml(odoo_alvo, "common", "version")["server_version_info"][0] == odoo_alvo.versao


def test_corpo_ilegivel(odoo_alvo: Alvo) -> None:
    assert postar(odoo_alvo, "/jsonrpc", "lixo", "application/json")[0] == 400
    estado, _, corpo = postar(odoo_alvo, "/xmlrpc/2/common", "lixo", "text/xml")
    assert estado == 200
    assert b"ExpatError" in corpo


def test_none_no_xmlrpc_e_falta_depois_de_gravar(odoo_alvo: Alvo) -> None:
    e = odoo_alvo.edicao
    marca = uuid.uuid4().hex[:8]
    pedido = e.criar_pedido(e.criar_parceiro(f"F {marca}"), [{"produto": e.criar_produto(f"P {marca}"), "qtd": 1}])
    codigo, texto = objeto(odoo_alvo, "purchase.order", "button_cancel", [pedido])
    assert codigo == 1
    assert "cannot marshal None" in texto
    assert e.ver("purchase.order", pedido, "state")["state"] == "cancel"


def test_caractere_de_controle(odoo_alvo: Alvo) -> None:
    """A 14 manda o caractere cru (XML inválido); a 19 o retira do XML. Em JSON, as duas o mandam escapado."""
    e = odoo_alvo.edicao
    p = e.criar_parceiro("Tinta\x02 e cola")
    with odoo_alvo.cliente("jsonrpc") as c:
        assert c.ler("res.partner", [p], ["name"])[0]["name"] == "Tinta\x02 e cola"
    if odoo_alvo.antigo:
        with pytest.raises(Exception, match=r"not well-formed|invalid token"):
            objeto(odoo_alvo, "res.partner", "read", [p], ["name"])
    else:
        assert objeto(odoo_alvo, "res.partner", "read", [p], ["name"])[0]["name"] == "Tinta e cola"
