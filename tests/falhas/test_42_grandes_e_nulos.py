"""Falha 42: ids além de 2^31−1 e None na resposta, que o xmlrpc da biblioteca padrão recusa."""

from __future__ import annotations

from typing import Any

import pytest

from app.odoo.erros import NaoCabeEmXmlRpc
from app.odoo.valores import inteiro_ou_nada, m2o, texto
from app.odoo.xml_codigo import codificar, decodificar
from tests.odoo.apoio import cliente
from tests.odoo.servidor_cru import ServidorCru, falha_xml, http, resultado, resultado_xml

pytestmark = pytest.mark.falha(42)

GRANDE = 2**31 + 5
BOAS = {
    "jsonrpc": resultado([{"id": GRANDE, "name": None, "partner_id": 2**53 + 1}]),
    "json2": http(f'[{{"id": {GRANDE}, "name": null, "partner_id": {2**53 + 1}}}]'),
}


def _xml(nome: str) -> bytes:
    membros = "".join(
        f"<member><name>{campo}</name><value>{valor}</value></member>"
        for campo, valor in (("id", f"<{nome}>{GRANDE}</{nome}>"), ("name", "<nil/>"), ("partner_id", f"<{nome}>{2**53 + 1}</{nome}>"))
    )
    return resultado_xml(f"<array><data><value><struct>{membros}</struct></value></data></array>")


@pytest.mark.parametrize("protocolo", ["jsonrpc", "json2", "i8", "ex:i8", "int"])
def test_id_grande_e_nulo_nas_duas_direcoes(protocolo: str) -> None:
    resposta = BOAS.get(protocolo) or _xml(protocolo)
    with ServidorCru(resposta) as servidor, cliente(servidor.url, protocolo if protocolo in BOAS else "xmlrpc") as odoo:
        (linha,) = odoo.ler("res.partner", [GRANDE, -GRANDE, 7], ["name", "partner_id"], contexto={"nada": None})
        assert str(GRANDE) in servidor.pedidos[0].corpo.decode()
    assert inteiro_ou_nada(linha["id"]) == GRANDE
    assert texto(linha["name"]) is None
    assert m2o(linha["partner_id"]) == 2**53 + 1


def test_ida_e_volta_do_xml() -> None:
    valor: dict[str, Any] = {
        "a": [GRANDE, -GRANDE, 2**31 - 1, -(2**31), 0, None, True, False, 1.5, "ação <&>", [], {}],
        "b": {"c": ["\t\n"]},
    }
    pedido = codificar("m", [valor]).decode()
    corpo = pedido.replace("methodCall", "methodResponse").replace("<methodName>m</methodName>", "")
    assert decodificar(corpo.encode()) == (valor, None)


@pytest.mark.parametrize("motivo", ["cannot marshal None unless allow_none is enabled", "int exceeds XML-RPC limits"])
def test_servidor_que_nao_consegue_escrever_a_resposta(motivo: str) -> None:
    classe = "TypeError" if "None" in motivo else "OverflowError"
    falha = falha_xml(1, f'Traceback\n  File "x", line 1, in dumps\n    raise X\n{classe}: {motivo}\n')
    with ServidorCru(falha) as servidor, cliente(servidor.url, "xmlrpc") as odoo, pytest.raises(NaoCabeEmXmlRpc, match="ODOO_PROTOCOLO"):
        odoo.buscar("res.partner", [])
