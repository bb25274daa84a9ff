"""Falha 15: página no lugar dos dados. HTML nunca é lido como dado; 5xx de proxy passa sozinho; 200 é URL errada ou proxy."""

from __future__ import annotations

import json

import pytest

from app.odoo.erros import (
    BancoInexistente,
    BancoNaoInformado,
    BarradoPeloProxy,
    CampoAusente,
    ErroOdoo,
    PaginaHtml,
    PrazoDoServidor,
    ProtocoloIndisponivel,
    Redirecionado,
    RespostaInvalida,
    ServidorForaDoAr,
)
from tests.odoo.apoio import cliente
from tests.odoo.servidor_cru import PAGINA, PedidoCru, ServidorCru, erro_jsonrpc, falha_xml, http, pagina, resultado, resultado_xml

pytestmark = pytest.mark.falha(15)

TODAS = ("jsonrpc", "xmlrpc", "json2")
TABELA: list[tuple[str, bytes, type[ErroOdoo], bool]] = [
    ("login com 200", pagina(200), PaginaHtml, False),
    ("login com 200 dito JSON", http(PAGINA, tipo="application/json"), PaginaHtml, False),
    ("login com 200 sem tipo, com espaços", http("\n  " + PAGINA, tipo=""), PaginaHtml, False),
    ("502", pagina(502), ServidorForaDoAr, True),
    ("503", pagina(503), ServidorForaDoAr, True),
    ("504", pagina(504), PrazoDoServidor, True),
    ("521 do Cloudflare", pagina(521), ServidorForaDoAr, True),
    ("401 de proxy", pagina(401), BarradoPeloProxy, False),
    ("403 de firewall", pagina(403), BarradoPeloProxy, False),
    ("407", pagina(407), BarradoPeloProxy, False),
    ("405", pagina(405), ProtocoloIndisponivel, False),
]


@pytest.mark.parametrize("protocolo", TODAS)
@pytest.mark.parametrize("caso", TABELA, ids=lambda c: c[0])
def test_tabela(caso: tuple[str, bytes, type[ErroOdoo], bool], protocolo: str) -> None:
    _, resposta, classe, transitorio = caso
    with ServidorCru(resposta) as servidor, cliente(servidor.url, protocolo, tentativas=3) as odoo:
        with pytest.raises(classe) as erro:
            odoo.buscar("res.partner", [])
        assert erro.value.transitorio is transitorio
        assert odoo.chamadas == (1 if not transitorio else 2 if classe is PrazoDoServidor else 3)


def test_404_html() -> None:
    for protocolo in ("jsonrpc", "xmlrpc"):
        with ServidorCru(pagina(404)) as servidor, cliente(servidor.url, protocolo) as odoo, pytest.raises(ProtocoloIndisponivel):
            odoo.buscar("res.partner", [])

    def json2(pedido: PedidoCru, _canal: object) -> bytes:
        return http('{"version_info": [19, 0], "version": "19.0"}') if pedido.caminho == "/json/version" else pagina(404)

    with ServidorCru(json2) as servidor, cliente(servidor.url, "json2", serie=19) as odoo, pytest.raises(BancoInexistente, match="fabrica"):
        odoo.buscar("res.partner", [])
    with ServidorCru(json2) as servidor, cliente(servidor.url, "json2", serie=19, banco=None) as odoo, pytest.raises(BancoNaoInformado):
        odoo.buscar("res.partner", [])
    with ServidorCru(pagina(404)) as servidor, cliente(servidor.url, "json2") as odoo, pytest.raises(ProtocoloIndisponivel):
        odoo.buscar("res.partner", [])


@pytest.mark.parametrize(
    ("para", "texto"),
    [
        ("https://outro.exemplo/jsonrpc", "outro.exemplo"),
        ("http://127.0.0.1:1/jsonrpc", "127.0.0.1:1"),
        ("https://127.0.0.1/jsonrpc", "Troque http por https"),
        ("/web/database/selector", "ODOO_DB"),
        ("//outro.exemplo/x", "outro.exemplo"),
        ("", "Confira"),
        ("http://[::1", "inválido"),
    ],
)
def test_redirecionamento_nunca_e_seguido(para: str, texto: str) -> None:
    for status in (301, 302, 303, 307, 308):
        with (
            ServidorCru(http(status=status, mais=[f"Location: {para}"])) as servidor,
            cliente(servidor.url, tentativas=3) as odoo,
        ):
            with pytest.raises(Redirecionado) as erro:
                odoo.buscar("res.partner", [])
            assert texto in str(erro.value)
            assert len(servidor.pedidos) == 1


def test_500_em_html_do_jsonrpc_e_explicado_pelo_xmlrpc() -> None:
    def ato(pedido: PedidoCru, _canal: object) -> bytes:
        if pedido.caminho == "/jsonrpc":
            return pagina(500) if pedido.args[4] == "read" else resultado([7])
        return falha_xml(1, "Traceback\n  File &quot;x&quot;, line 1\n    x\nValueError: Invalid field 'foo' on model 'res.partner'\n")

    with ServidorCru(ato) as servidor, cliente(servidor.url, protocolo="jsonrpc", tentativas=5) as odoo:
        with pytest.raises(CampoAusente, match=r"foo .*res\.partner"):
            odoo.ler("res.partner", [1], ["foo"])
        assert [p.caminho for p in servidor.pedidos] == ["/jsonrpc", "/xmlrpc/2/object"]
        # O erro era do pedido, não da porta: segue-se na mais rápida.
        assert odoo.buscar("res.partner", []) == [7]
        assert odoo.protocolo == "jsonrpc"


def test_jsonrpc_quebrado_e_xmlrpc_bom_fica_no_xmlrpc() -> None:
    def ato(pedido: PedidoCru, _canal: object) -> bytes:
        if pedido.caminho == "/jsonrpc":
            metodo = pedido.json["params"]["method"]
            return resultado({"server_version": "14.0", "server_serie": "14.0"}) if metodo == "version" else pagina(500)
        return resultado_xml("<int>2</int>" if b"authenticate" in pedido.corpo else "<array><data></data></array>")

    from app.odoo.cliente import ClienteOdoo
    from tests.odoo.apoio import conexao

    with ServidorCru(ato) as servidor, ClienteOdoo.conectar(conexao(servidor.url)) as odoo:
        assert (odoo.protocolo, odoo.uid) == ("xmlrpc", 2)
        assert odoo.buscar("res.partner", []) == []
        assert [p.caminho for p in servidor.pedidos] == ["/jsonrpc", "/jsonrpc", "/xmlrpc/2/common", "/xmlrpc/2/object"]


def test_500_em_html_nas_duas_portas_e_terminal() -> None:
    with ServidorCru(pagina(500)) as servidor, cliente(servidor.url, tentativas=5) as odoo:
        with pytest.raises(PaginaHtml):
            odoo.buscar("res.partner", [])
        assert odoo.chamadas == 2


@pytest.mark.parametrize("valor", [[{"id": 1}, 5], [{"name": "x"}], [{"id": "1"}], [[1]], ["1"], [None], {"1": 2}, True, 1.5])
def test_lista_com_o_que_nao_devia(valor: object) -> None:
    with ServidorCru(resultado(valor)) as servidor, cliente(servidor.url) as odoo:
        for chamada in (
            lambda: odoo.buscar("m", []),
            lambda: odoo.ler("m", [1], ["id"]),
            lambda: odoo.buscar_ler("m", [], ["id"]),
            lambda: odoo.agrupar("m", [], ["x"], []),
            lambda: odoo.contar("m", []),
        ):
            with pytest.raises(RespostaInvalida):
                chamada()


def test_json_que_nao_e_jsonrpc() -> None:
    for corpo in ("[1, 2]", '"oi"', "12"):
        with ServidorCru(http(corpo)) as servidor, cliente(servidor.url) as odoo, pytest.raises(RespostaInvalida):
            odoo.buscar("res.partner", [])
    casos: list[dict[str, object]] = [{"result": 5}, {"result": None}, {}, {"result": {"a": 1}}]
    for caso in casos:
        with ServidorCru(http(json.dumps(caso))) as servidor, cliente(servidor.url) as odoo, pytest.raises(RespostaInvalida):
            odoo.buscar("res.partner", [])
    for erro in ({"error": "texto"}, {"error": {"data": 5}}, {"error": {"message": "x"}}):
        with ServidorCru(http(json.dumps(erro))) as servidor, cliente(servidor.url) as odoo, pytest.raises(ErroOdoo):
            odoo.buscar("res.partner", [])
    with ServidorCru(erro_jsonrpc("", "")) as servidor, cliente(servidor.url) as odoo, pytest.raises(ErroOdoo):
        odoo.buscar("res.partner", [])
