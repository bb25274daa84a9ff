"""Falha 18: página enorme, bomba de gzip, um milhão de ids, bomba de XML. Há teto para tudo, e a memória não passa dele."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib

import pytest

from app.odoo.erros import RespostaGrandeDemais, RespostaInvalida
from app.odoo.leitura import TamanhoPagina, ler_paginas
from tests.odoo.apoio import PEQUENOS, cliente
from tests.odoo.servidor_cru import Canal, PedidoCru, ServidorCru, http, resultado

pytestmark = pytest.mark.falha(18)


def _sem_fim(_pedido: PedidoCru, canal: Canal) -> None:
    canal.envia(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    pedaco = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    while True:
        canal.envia(pedaco)


@pytest.mark.parametrize("protocolo", ["jsonrpc", "xmlrpc", "json2"])
def test_tamanho_na_rede(protocolo: str) -> None:
    for ato in (_sem_fim, http(b"[" + b"1," * 50_000 + b"1]"), b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n["):
        with ServidorCru(ato) as servidor, cliente(servidor.url, protocolo, tetos=PEQUENOS) as odoo, pytest.raises(RespostaGrandeDemais):
            odoo.buscar("res.partner", [])


def test_bomba_de_gzip_para_no_teto() -> None:
    bomba = gzip.compress(b" " * (50 << 20))
    assert len(bomba) < PEQUENOS.resposta_bytes
    with (
        ServidorCru(http(bomba, mais=["Content-Encoding: gzip"])) as servidor,
        cliente(servidor.url, tetos=PEQUENOS) as odoo,
        pytest.raises(RespostaGrandeDemais, match="descomprimida"),
    ):
        odoo.buscar("res.partner", [])


def test_gzip_bom_e_lido() -> None:
    with ServidorCru(resultado(list(range(500)), gzip=True)) as servidor, cliente(servidor.url, tetos=PEQUENOS) as odoo:
        assert odoo.buscar("res.partner", []) == list(range(500))
        assert "gzip" in servidor.pedidos[0].cabecalhos["accept-encoding"]


def test_linhas_demais_e_valores_demais() -> None:
    bomba = gzip.compress(b'{"result": [' + b"[]," * 60_000 + b"[]]}")
    for resposta, motivo in (
        (resultado(list(range(1001))), "1000 linhas"),
        (http(bomba, mais=["Content-Encoding: gzip"]), "50000 valores"),
    ):
        with (
            ServidorCru(resposta) as servidor,
            cliente(servidor.url, tetos=PEQUENOS) as odoo,
            pytest.raises(RespostaGrandeDemais, match=motivo),
        ):
            odoo.buscar("res.partner", [])


def test_leitura_encolhe_a_pagina_que_nao_coube() -> None:
    def ato(pedido: PedidoCru, _canal: object) -> bytes:
        return resultado([{"id": i, "name": "x" * 1000} for i in pedido.args[5][0]])

    with ServidorCru(ato) as servidor, cliente(servidor.url, tetos=PEQUENOS) as odoo:
        paginas = list(ler_paginas(odoo, "res.partner", list(range(1, 201)), ["name"], tamanho=TamanhoPagina(200)))
    assert [r["id"] for p in paginas for r in p.registros] == list(range(1, 201))
    assert all(len(p.ids) <= 64 for p in paginas)


XMLS = {
    "mil risos": "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><methodResponse><params><param><value><string>&b;</string>"
    "</value></param></params></methodResponse>",
    "uma entidade grande repetida": "<!DOCTYPE l [<!ENTITY a '"
    + "x" * 1000
    + "'>]><methodResponse><params><param><value><string>"
    + "&a;" * 1000
    + "</string></value></param></params></methodResponse>",
    "entidade externa": "<!DOCTYPE l [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><methodResponse><params><param><value><string>&a;</string>"
    "</value></param></params></methodResponse>",
    "DTD externa": "<!DOCTYPE l SYSTEM 'http://127.0.0.1:1/x.dtd'><methodResponse><params><param><value><int>1</int></value></param></params>"
    "</methodResponse>",
    "entidade de parâmetro": "<!DOCTYPE l [<!ENTITY % p 'x'>]><methodResponse><params/></methodResponse>",
}


@pytest.mark.parametrize("bomba", XMLS)
def test_xml_sem_dtd_nem_entidade(bomba: str) -> None:
    with (
        ServidorCru(http(XMLS[bomba], tipo="text/xml")) as servidor,
        cliente(servidor.url, "xmlrpc") as odoo,
        pytest.raises(RespostaInvalida),
    ):
        odoo.buscar("res.partner", [])


MEDIDOR = """
import sys
from app.odoo.erros import RespostaGrandeDemais
from bench.memoria import pico_mb
from tests.odoo.apoio import cliente
from tests.odoo.servidor_cru import ServidorCru, http
odoo = cliente(sys.argv[1])
antes = pico_mb()
try:
    odoo.buscar("res.partner", [])
except RespostaGrandeDemais:
    print(pico_mb() - antes)
"""


def test_memoria_com_os_tetos_de_fabrica() -> None:
    """512 MiB em 2 MB de gzip, com os tetos padrão (256 MiB): o processo cresce pouco mais que o teto."""
    compressor = zlib.compressobj(level=1, wbits=31)
    bomba = b"".join([*(compressor.compress(b" " * (16 << 20)) for _ in range(32)), compressor.flush()])
    with ServidorCru(http(bomba, mais=["Content-Encoding: gzip"])) as servidor:
        saida = subprocess.run([sys.executable, "-c", MEDIDOR, servidor.url], capture_output=True, text=True, timeout=60, check=True).stdout
    assert 0 < float(saida) < 400
