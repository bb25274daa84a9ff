"""O XML-RPC do simulado: números grandes, nulos e caracteres de controle, como o Odoo (e um proxy moderno) os trata."""

from __future__ import annotations

import xmlrpc.client

import pytest

from app.demo.odoo_simulado import BancoSimulado, ServidorSimulado, falhas
from tests.simulado.apoio import chamar, postar


def pedir(s: ServidorSimulado, modelo: str, metodo: str, *argumentos: object) -> bytes:
    corpo = xmlrpc.client.dumps((s.nome_banco, 2, "admin", modelo, metodo, list(argumentos), {}), "execute_kw")
    return postar(s, "/xmlrpc/2/object", corpo, "text/xml")[2]


def test_id_acima_de_dois_bilhoes() -> None:
    b = BancoSimulado(19)
    b.proximo_id("res.partner", 3_000_000_000)
    grande = b.criar_parceiro("Grande")
    assert grande == 3_000_000_000
    with ServidorSimulado(b) as s:
        with pytest.raises(xmlrpc.client.Fault, match="int exceeds XML-RPC limits"):
            xmlrpc.client.loads(pedir(s, "res.partner", "search", [["name", "=", "Grande"]]))
        assert chamar(s, "res.partner", "search", [["name", "=", "Grande"]]) == [grande]
    with ServidorSimulado(b, extensoes_xml=True) as s:
        assert xmlrpc.client.loads(pedir(s, "res.partner", "search", [["name", "=", "Grande"]]))[0][0] == [grande]
        s.plano.sempre(falhas.transformar(lambda _: [None]))
        assert xmlrpc.client.loads(pedir(s, "res.partner", "search", []))[0][0] == [None]


@pytest.mark.parametrize("versao", [14, 19])
def test_texto_com_marcas_e_acentos(versao: int) -> None:
    b = BancoSimulado(versao)
    nome = 'Ação & Cia <"Móveis"> ç ñ €'
    p = b.criar_parceiro(nome)
    with ServidorSimulado(b) as s:
        assert xmlrpc.client.loads(pedir(s, "res.partner", "read", [p], ["name"]))[0][0] == [{"id": p, "name": nome}]
