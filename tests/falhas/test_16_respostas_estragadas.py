"""Falha 16: meia resposta, charset errado, NUL no texto. Nenhuma página estragada é tomada por boa; NUL recusa só o registro."""

from __future__ import annotations

import gzip
import json
import xmlrpc.client
from collections.abc import Callable
from typing import Any

import pytest

from app.odoo.erros import ErroOdoo, ErroTransitorio, RespostaCortada, RespostaInvalida
from app.odoo.leitura import TamanhoPagina, ler_paginas
from app.odoo.valores import ValorInvalido, decimal, texto
from tests.odoo.apoio import cliente
from tests.odoo.servidor_cru import PedidoCru, ServidorCru, http, resultado, resultado_xml

pytestmark = pytest.mark.falha(16)

IDS_XML = "<array><data><value><int>11</int></value><value><int>22</int></value></data></array>"
INTEIRAS: dict[str, Callable[..., bytes]] = {
    "jsonrpc": lambda **op: resultado([11, 22], **op),
    "xmlrpc": lambda **op: resultado_xml(IDS_XML, **op),
    "json2": lambda **op: http("[11, 22]", **op),
}


FORMAS: dict[str, dict[str, Any]] = {
    "tamanho dito": {},
    "até fechar": {"tamanho": False},
    "HTTP/1.0": {"versao": "1.0"},
    "gzip": {"gzip": True, "tamanho": False},
}


@pytest.mark.parametrize("forma", FORMAS)
@pytest.mark.parametrize("protocolo", INTEIRAS)
def test_cortada_em_cada_byte(protocolo: str, forma: str) -> None:
    inteira = INTEIRAS[protocolo](**FORMAS[forma])
    corte = [0]
    with ServidorCru(lambda _p, _c: inteira[: corte[0]]) as servidor, cliente(servidor.url, protocolo) as odoo:
        for corte[0] in range(len(inteira)):
            try:
                assert odoo.buscar("res.partner", []) == [11, 22], f"dado errado no corte {corte[0]}"
            except ErroTransitorio:
                continue
            # Só a quebra de linha final do XML pode faltar sem que falte nada.
            assert not inteira[corte[0] :].strip(), f"aceita com {len(inteira) - corte[0]} bytes a menos"
        corte[0] = len(inteira)
        assert odoo.buscar("res.partner", []) == [11, 22]


def test_numero_cortado_em_json2_nao_e_outro_numero() -> None:
    for resposta in (http("1234", tamanho=False)[:-2], http("1234")[:-2]):
        with ServidorCru(resposta) as servidor, cliente(servidor.url, "json2", serie=19) as odoo, pytest.raises(RespostaCortada):
            odoo.contar("res.partner", [])
    with ServidorCru(http("1234")) as servidor, cliente(servidor.url, "json2", serie=19) as odoo:
        assert odoo.contar("res.partner", []) == 1234


@pytest.mark.parametrize("protocolo", INTEIRAS)
def test_charset_errado(protocolo: str) -> None:
    corpo = {
        "jsonrpc": '{"jsonrpc": "2.0", "id": 1, "result": [{"id": 1, "name": "ação"}]}',
        "json2": '[{"id": 1, "name": "ação"}]',
        "xmlrpc": "<methodResponse><params><param><value><string>ação</string></value></param></params></methodResponse>",
    }[protocolo].encode("latin-1")
    with ServidorCru(http(corpo)) as servidor, cliente(servidor.url, protocolo) as odoo, pytest.raises(RespostaInvalida):
        odoo.ler("res.partner", [1], ["name"])


@pytest.mark.parametrize(
    "corpo",
    [
        b"",
        b"{}x",
        b"\x00\x00",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"result": ' + b"9" * 5000 + b"}",
        b'{"result": [1, 2}',
        b"\xff\xfe[\x001\x00]\x00",
        gzip.compress(b"[1]"),
    ],
    ids=["vazio", "sobra", "nulos", "aninhado", "número de 5.000 algarismos", "colchete trocado", "UTF-16", "gzip não declarado"],
)
@pytest.mark.parametrize("protocolo", INTEIRAS)
def test_lixo_e_erro_do_odoo_e_nunca_outra_coisa(protocolo: str, corpo: bytes) -> None:
    with ServidorCru(http(corpo)) as servidor, cliente(servidor.url, protocolo) as odoo, pytest.raises(ErroOdoo):
        odoo.buscar("res.partner", [])


def test_gzip_estragado_e_compressao_que_nao_pedimos() -> None:
    bom = gzip.compress(json.dumps({"result": [1]}).encode())
    estragado = bom[:12] + bytes(b ^ 0xFF for b in bom[12:20]) + bom[20:]
    for corpo, codificacao in ((estragado, "gzip"), (bom, "br"), (b"nada disso", "gzip")):
        with (
            ServidorCru(http(corpo, mais=[f"Content-Encoding: {codificacao}"])) as servidor,
            cliente(servidor.url) as odoo,
            pytest.raises((RespostaInvalida, RespostaCortada)),
        ):
            odoo.buscar("res.partner", [])


def test_nul_e_nao_numero_recusam_o_registro_e_nao_a_pagina() -> None:
    corpo = (
        b'{"result": [{"id": 1, "name": "a\\u0000b", "qty": NaN}, {"id": 2, "name": "bom", "qty": 1.5},'
        b' {"id": 3, "name": "\\ud800", "qty": 1e400}]}'
    )
    with ServidorCru(http(corpo)) as servidor, cliente(servidor.url) as odoo:
        linhas = odoo.ler("product.product", [1, 2, 3], ["name", "qty"])
    assert (texto(linhas[1]["name"]), str(decimal(linhas[1]["qty"]))) == ("bom", "1.5")
    for ruim in (linhas[0], linhas[2]):
        with pytest.raises(ValorInvalido):
            texto(ruim["name"])
        with pytest.raises(ValorInvalido):
            decimal(ruim["qty"])


def _odoo_xml_com_controle(ruins: set[int]) -> ServidorCru:
    """O 14 por XML-RPC: um caractere de controle num nome estraga a página inteira."""

    def ato(pedido: PedidoCru, _canal: object) -> bytes:
        args: Any = xmlrpc.client.loads(pedido.corpo.decode())[0]
        ids = args[5][0]
        linhas = "".join(
            f"<value><struct><member><name>id</name><value><int>{i}</int></value></member>"
            f"<member><name>name</name><value><string>{chr(11) if i in ruins else 'bom'}</string></value></member></struct></value>"
            for i in ids
        )
        return resultado_xml(f"<array><data>{linhas}</data></array>")

    return ServidorCru(ato)


def test_xml_invalido_divide_ate_o_registro() -> None:
    ruins = {3, 40, 41, 77}
    with _odoo_xml_com_controle(ruins) as servidor, cliente(servidor.url, "xmlrpc") as odoo:
        tamanho = TamanhoPagina(50)
        paginas = list(ler_paginas(odoo, "product.product", list(range(1, 101)), ["name"], tamanho=tamanho))
    assert {i for p in paginas for i, _ in p.rejeitados} == ruins
    assert all(motivo for p in paginas for _, motivo in p.rejeitados)
    assert [r["id"] for p in paginas for r in p.registros] == [i for i in range(1, 101) if i not in ruins]
    assert not [i for p in paginas for i in p.ausentes]
    assert tamanho.atual == 50  # o defeito é do registro, não do tamanho


def test_servidor_que_so_manda_lixo_nao_rejeita_todos_um_a_um() -> None:
    with ServidorCru(http("<lixo/></methodResponse>", tipo="text/xml")) as servidor, cliente(servidor.url, "xmlrpc") as odoo:
        with pytest.raises(RespostaInvalida):
            list(ler_paginas(odoo, "product.product", list(range(1, 5001)), ["name"], tamanho=TamanhoPagina(5000)))
        assert odoo.chamadas < 50
