"""Falha 20: credencial recusada ou revogada, direito que falta. Terminal, sem tempestade de tentativas, e dizendo o que falta."""

from __future__ import annotations

import pytest

from app.odoo.cliente import ClienteOdoo
from app.odoo.erros import AcessoNegado, BancoInexistente, ConflitoNoOdoo, CredenciaisRecusadas, VariosBancos
from tests.odoo.apoio import cliente, conexao
from tests.odoo.servidor_cru import PedidoCru, ServidorCru, erro_json2, erro_jsonrpc, falha_xml, http, resultado, resultado_xml

pytestmark = pytest.mark.falha(20)

VERSAO = {"server_version": "14.0", "server_serie": "14.0"}


@pytest.mark.parametrize("protocolo", ["jsonrpc", "xmlrpc"])
def test_uid_falso_e_uma_tentativa_so(protocolo: str) -> None:
    def ato(pedido: PedidoCru, _canal: object) -> bytes:
        autentica = b"authenticate" in pedido.corpo
        if protocolo == "jsonrpc":
            return resultado(False if autentica else VERSAO)
        versao = "<struct><member><name>server_version</name><value><string>14.0</string></value></member></struct>"
        return resultado_xml("<boolean>0</boolean>" if autentica else versao)

    with ServidorCru(ato) as servidor:
        with pytest.raises(CredenciaisRecusadas, match=r"integracao .*fabrica"):
            ClienteOdoo.conectar(conexao(servidor.url, protocolo=protocolo, tentativas=5), dormir=lambda _s: None)
        assert sum(b"authenticate" in p.corpo for p in servidor.pedidos) == 1


RECUSAS = {
    "jsonrpc": erro_jsonrpc("odoo.exceptions.AccessDenied", "Access Denied"),
    "xmlrpc": falha_xml(3, "Access Denied"),
    "json2": erro_json2(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"),
}


@pytest.mark.parametrize("protocolo", RECUSAS)
def test_revogada_no_meio(protocolo: str) -> None:
    """A senha mudou depois de autenticar: o uid guardado é conferido uma vez; a chave de API, nem isso."""

    def ato(pedido: PedidoCru, _canal: object) -> bytes:
        if b"authenticate" in pedido.corpo:
            return resultado(False) if protocolo == "jsonrpc" else resultado_xml("<boolean>0</boolean>")
        return RECUSAS[protocolo]

    with ServidorCru(ato) as servidor, cliente(servidor.url, protocolo, tentativas=5) as odoo:
        for _ in range(2):
            with pytest.raises(CredenciaisRecusadas):
                odoo.buscar("res.partner", [])
        assert sum(b"authenticate" in p.corpo for p in servidor.pedidos) == (0 if protocolo == "json2" else 1)
        assert odoo.chamadas <= 3


@pytest.mark.parametrize(
    "recusa", [RECUSAS["jsonrpc"], erro_jsonrpc("odoo.exceptions.MissingError", "(Record: res.users(999,), User: 999)")]
)
def test_uid_guardado_que_mudou_autentica_uma_vez(recusa: bytes) -> None:
    def ato(pedido: PedidoCru, _canal: object) -> bytes:
        if b"authenticate" in pedido.corpo:
            return resultado(5)
        return resultado([7]) if pedido.args[1] == 5 else recusa

    with ServidorCru(ato) as servidor, cliente(servidor.url, uid=999) as odoo:
        assert odoo.buscar("res.partner", []) == [7]
        assert odoo.uid == 5
        assert odoo.chamadas == 3
        assert odoo.buscar("res.partner", []) == [7]
        assert odoo.chamadas == 4
        assert odoo.conhecido.uid == 5


SEM_DIREITO_14 = (
    "You are not allowed to access 'Purchase Order Line' (purchase.order.line) records.\n\n"
    "This operation is allowed for the following groups:\n\t- Purchase/User\n\nContact your administrator to request access if necessary."
)
SEM_DIREITO_19 = SEM_DIREITO_14
SEM_DIREITO_PT = "Você não tem permissão para acessar os registros 'Linha do Pedido' (purchase.order.line)."
REGRA = (
    "Due to security restrictions, you are not allowed to access 'Purchase Order Line' (purchase.order.line) records.\n\n"
    "Records: P1 (id=1)\nUser: x (id=9)"
)
ESCRITA = "You are not allowed to modify 'Contact' (res.partner) records."
CAMPOS = 'You do not have enough rights to access the fields "cost" on Product (product.product).'


@pytest.mark.parametrize(
    ("mensagem", "modelo", "direito"),
    [
        (SEM_DIREITO_14, "purchase.order.line", "leitura"),
        (SEM_DIREITO_PT, "purchase.order.line", "leitura"),
        (REGRA, "purchase.order.line", "leitura"),
        (ESCRITA, "res.partner", "escrita"),
        (CAMPOS, "product.product", "leitura"),
        ("Access refused", "sale.order", "leitura"),
    ],
)
@pytest.mark.parametrize("protocolo", ["jsonrpc", "xmlrpc", "json2"])
def test_direito_que_falta_tem_modelo_e_nome(protocolo: str, mensagem: str, modelo: str, direito: str) -> None:
    resposta = {
        "jsonrpc": erro_jsonrpc("odoo.exceptions.AccessError", mensagem),
        "xmlrpc": falha_xml(4, mensagem),
        "json2": erro_json2(403, "odoo.exceptions.AccessError", mensagem),
    }[protocolo]
    with ServidorCru(resposta) as servidor, cliente(servidor.url, protocolo, tentativas=5) as odoo:
        with pytest.raises(AcessoNegado) as erro:
            odoo.buscar("sale.order", [])
        assert (erro.value.fatos["modelo"], erro.value.fatos["direito"]) == (modelo, direito)
        assert modelo in str(erro.value)
        assert odoo.chamadas == 1


def test_banco_errado_nas_tres_formas() -> None:
    texto = 'FATAL:  database "fabrica" does not exist\n'
    for resposta in (
        erro_jsonrpc("psycopg2.OperationalError", f"connection to server failed: {texto}"),
        falha_xml(1, f'Traceback\n  File "x", line 1\n    conn = _connect()\npsycopg2.OperationalError: {texto}\n'),
    ):
        protocolo = "xmlrpc" if b"methodResponse" in resposta else "jsonrpc"
        with ServidorCru(resposta) as servidor, cliente(servidor.url, protocolo, tentativas=5) as odoo:
            with pytest.raises(BancoInexistente, match="fabrica"):
                odoo.buscar("res.partner", [])
            assert odoo.chamadas == 1


def test_varios_bancos_a_vista_sem_odoo_db() -> None:
    def ato(pedido: PedidoCru, _canal: object) -> bytes:
        return resultado(["b2", "b1"] if pedido.json["params"]["service"] == "db" else VERSAO)

    with ServidorCru(ato) as servidor, pytest.raises(VariosBancos, match="b1, b2"):
        ClienteOdoo.conectar(conexao(servidor.url, banco=None))


def test_um_banco_so_dispensa_odoo_db() -> None:
    def ato(pedido: PedidoCru, _canal: object) -> bytes:
        servico, metodo = pedido.json["params"]["service"], pedido.json["params"]["method"]
        return resultado(["fabrica"] if servico == "db" else VERSAO if metodo == "version" else 2)

    with ServidorCru(ato) as servidor, ClienteOdoo.conectar(conexao(servidor.url, banco=None)) as odoo:
        assert odoo.banco == "fabrica"
        assert servidor.pedidos[-1].args[0] == "fabrica"


@pytest.mark.parametrize(
    "resposta",
    [
        erro_jsonrpc("psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update"),
        erro_jsonrpc("psycopg2.errors.DeadlockDetected", "deadlock detected"),
        http(status=503),
    ],
)
def test_conflito_passa_sozinho(resposta: bytes) -> None:
    vezes: list[int] = []

    def ato(_pedido: PedidoCru, _canal: object) -> bytes:
        vezes.append(1)
        return resposta if len(vezes) < 3 else resultado([7])

    with ServidorCru(ato) as servidor, cliente(servidor.url, tentativas=5) as odoo:
        assert odoo.buscar("res.partner", []) == [7]
    assert ConflitoNoOdoo.transitorio
