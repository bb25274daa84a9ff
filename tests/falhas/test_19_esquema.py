"""Falha 19, na altura do transporte: modelo, campo ou método que não há vira um erro com o nome dele e a versão."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.odoo.capacidades import Capacidades
from app.odoo.cliente import ClienteOdoo
from app.odoo.erros import ArgumentoInvalido, CampoAusente, ErroOdoo, MetodoAusente, ModeloAusente, RegistroAusente
from tests.odoo.apoio import cliente
from tests.odoo.servidor_cru import PedidoCru, ServidorCru, erro_json2, erro_jsonrpc, falha_xml, resultado

pytestmark = pytest.mark.falha(19)

TB = 'Traceback (most recent call last):\n  File "/usr/lib/odoo/models.py", line 10, in read\n    raise X\n'
CARETS = TB + "          ^^^^^^^^^\n"
# Como cada versão e porta dizem o mesmo, copiado dos servidores de verdade.
AUSENTES: list[tuple[str, int, bytes, type[ErroOdoo], str]] = [
    ("xmlrpc", 14, falha_xml(2, "Object purchase.request doesn't exist"), ModeloAusente, "purchase.request"),
    (
        "jsonrpc",
        19,
        erro_jsonrpc("odoo.exceptions.UserError", "Object purchase.request doesn't exist", 0),
        ModeloAusente,
        "purchase.request",
    ),
    (
        "json2",
        19,
        erro_json2(404, "werkzeug.exceptions.NotFound", "the model 'purchase.request' does not exist"),
        ModeloAusente,
        "purchase.request",
    ),
    ("jsonrpc", 17, erro_jsonrpc("builtins.KeyError", "'purchase.request'"), ModeloAusente, "purchase.request"),
    ("xmlrpc", 14, falha_xml(1, TB + "ValueError: Invalid field 'foo' on model 'purchase.request'\n"), CampoAusente, "foo"),
    ("xmlrpc", 14, falha_xml(1, TB + "ValueError: Invalid field purchase.request.foo in leaf ('foo', '=', 1)\n"), CampoAusente, "foo"),
    ("xmlrpc", 19, falha_xml(1, CARETS + "ValueError: Invalid field 'foo' on 'purchase.request'\n"), CampoAusente, "foo"),
    ("jsonrpc", 14, erro_jsonrpc("builtins.ValueError", "Invalid field 'foo' on model 'purchase.request'"), CampoAusente, "foo"),
    (
        "json2",
        19,
        erro_json2(500, "builtins.ValueError", "Invalid field purchase.request.foo in condition ('foo', '=', 1)"),
        CampoAusente,
        "foo",
    ),
    ("json2", 19, erro_json2(500, "builtins.ValueError", "Invalid field 'foo' on 'purchase.request'"), CampoAusente, "foo"),
    ("xmlrpc", 14, falha_xml(1, TB + "AttributeError: type object 'purchase.request' has no attribute 'read'\n"), MetodoAusente, "read"),
    (
        "json2",
        19,
        erro_json2(404, "werkzeug.exceptions.NotFound", "The method 'purchase.request.read' does not exist"),
        MetodoAusente,
        "read",
    ),
    ("xmlrpc", 14, falha_xml(1, TB + "TypeError: search() got an unexpected keyword argument 'foo'\n"), ArgumentoInvalido, "foo"),
    (
        "json2",
        19,
        erro_json2(422, "werkzeug.exceptions.UnprocessableEntity", "got an unexpected keyword argument 'foo'"),
        ArgumentoInvalido,
        "foo",
    ),
    (
        "xmlrpc",
        14,
        falha_xml(2, "Record does not exist or has been deleted.\n(Record: purchase.request(9,), User: 2)"),
        RegistroAusente,
        "purchase.request",
    ),
    ("xmlrpc", 14, falha_xml(1, "psycopg2.errors.UndefinedColumn: column x.foo does not exist\n"), CampoAusente, "foo"),
]


@pytest.mark.parametrize("caso", AUSENTES, ids=lambda c: f"{c[0]}-{c[1]}-{c[3].__name__}")
def test_o_que_falta_tem_nome(caso: tuple[str, int, bytes, type[ErroOdoo], str]) -> None:
    protocolo, serie, resposta, classe, nome = caso
    with ServidorCru(resposta) as servidor, cliente(servidor.url, protocolo, serie=serie, tentativas=5) as odoo:
        with pytest.raises(classe) as erro:
            odoo.chamar("purchase.request", "read", [[1], ["foo"]], {})
        assert nome in str(erro.value)
        assert "purchase.request" in str(erro.value)
        assert not erro.value.transitorio
        assert odoo.chamadas == 1
        if classe in (ModeloAusente, CampoAusente):
            assert f"{serie}.0" in str(erro.value)


def _campos(*nomes: str) -> dict[str, dict[str, object]]:
    return {nome: {"type": "char", "store": True} for nome in nomes}


def _odoo(modelos: dict[str, tuple[str, ...]]) -> Callable[[PedidoCru, object], bytes]:
    def ato(pedido: PedidoCru, _canal: object) -> bytes:
        modelo = pedido.args[3]
        if modelo not in modelos:
            return erro_jsonrpc("odoo.exceptions.UserError", f"Object {modelo} doesn't exist")
        return resultado(_campos(*modelos[modelo]))

    return ato


def test_capacidades_acham_antes_da_execucao() -> None:
    with ServidorCru(_odoo({"stock.move": ("quantity", "state")})) as servidor, cliente(servidor.url, serie=19) as odoo:
        capacidades = Capacidades(odoo)
        assert capacidades.primeiro("stock.move", "quantity_done", "quantity") == "quantity"
        assert capacidades.tem("stock.move", "state")
        assert not capacidades.tem("stock.move", "quantity_done")
        assert not capacidades.existe("purchase.request")
        capacidades.exigir("stock.move", "quantity", "state")
        with pytest.raises(CampoAusente, match=r"quantity_done .*stock\.move.* 19\.0"):
            capacidades.exigir("stock.move", "quantity", "quantity_done")
        with pytest.raises(ModeloAusente, match=r"purchase\.request .*19\.0"):
            capacidades.exigir("purchase.request", "name")
        assert odoo.chamadas == 2  # um fields_get por modelo, e só


def test_capacidades_guardadas_valem_para_a_proxima_execucao_e_podem_ser_esquecidas() -> None:
    guardado: dict[str, dict[str, object]] = {}

    class Guarda:
        def obter(self, chave: str) -> dict[str, object] | None:
            return guardado.get(chave)

        def guardar(self, chave: str, dados: dict[str, object]) -> None:
            guardado[chave] = dados

    modelos: dict[str, tuple[str, ...]] = {"stock.move": ("quantity", "state")}
    with ServidorCru(_odoo(modelos)) as servidor:

        def nova() -> tuple[ClienteOdoo, Capacidades]:
            odoo = cliente(servidor.url, serie=19)
            return odoo, Capacidades(odoo, Guarda())

        odoo, capacidades = nova()
        assert capacidades.tem("stock.move", "quantity")
        assert not capacidades.existe("purchase.request")
        assert odoo.chamadas == 2
        odoo, capacidades = nova()
        assert capacidades.campos("stock.move")["state"].tipo == "char"
        assert not capacidades.existe("purchase.request")
        assert odoo.chamadas == 0
        modelos["stock.move"] = ("state",)  # uma customização removeu o campo
        capacidades.esquecer()
        assert not capacidades.tem("stock.move", "quantity")
        assert odoo.chamadas == 1
        _, capacidades = nova()
        assert not capacidades.tem("stock.move", "quantity")
