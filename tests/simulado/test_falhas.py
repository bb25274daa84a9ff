"""Cada falha do plano faz o que diz, na chamada que diz, e só nela."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from app.demo.odoo_simulado import BancoSimulado, PlanoFalhas, ServidorSimulado, falhas
from tests.simulado.apoio import ErroRpc, chamar, jsonrpc, postar


@pytest.fixture
def s() -> Iterator[ServidorSimulado]:
    with ServidorSimulado(BancoSimulado(19), plano=PlanoFalhas()) as servidor:
        yield servidor


def nomes(s: ServidorSimulado) -> list[str]:
    return [x["name"] for x in chamar(s, "res.company", "search_read", [], ["name"])]


def test_por_numero_e_so_nela(s: ServidorSimulado) -> None:
    s.plano.na_chamada(2, falhas.http(503))
    assert nomes(s) == ["My Company"]
    assert jsonrpc(s, "common", "version")[0] == 503
    assert nomes(s) == ["My Company"]
    assert [(c.n, f.estado) for c, f in s.plano.disparadas] == [(2, 503)]


def test_por_modelo_e_metodo(s: ServidorSimulado) -> None:
    s.plano.quando(falhas.http(502), modelo="res.company", metodo="search_read", vezes=2, pular=1)
    estados = [jsonrpc(s, "object", "execute_kw", s.nome_banco, 2, "admin", "res.company", "search_read", [[]], {})[0] for _ in range(4)]
    assert estados == [200, 502, 502, 200]
    assert jsonrpc(s, "common", "version")[0] == 200


def test_429_com_retry_after(s: ServidorSimulado) -> None:
    s.plano.na_chamada(1, falhas.http(429, espera=7))
    estado, cabecalhos, _ = jsonrpc(s, "common", "version")
    assert (estado, cabecalhos["retry-after"]) == (429, "7")


def test_derrubar(s: ServidorSimulado) -> None:
    s.plano.na_chamada(1, falhas.derrubar())
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        jsonrpc(s, "common", "version")


def test_cortar(s: ServidorSimulado) -> None:
    s.plano.na_chamada(1, falhas.cortar(10))
    with pytest.raises(http.client.IncompleteRead) as pego:
        jsonrpc(s, "common", "version")
    assert len(pego.value.partial) == 10


def test_recusar_e_voltar(s: ServidorSimulado) -> None:
    s.plano.na_chamada(2, falhas.recusar(por_s=0.2))
    assert nomes(s) == ["My Company"]
    with pytest.raises(ConnectionRefusedError):
        nomes(s)
    s.voltar()
    assert nomes(s) == ["My Company"]


def test_travar_ate_o_cliente_desistir(s: ServidorSimulado) -> None:
    s.plano.na_chamada(1, falhas.travar())
    with pytest.raises(TimeoutError):
        jsonrpc(s, "common", "version", prazo=0.2)


def test_pingar_nao_estoura_o_prazo_de_leitura(s: ServidorSimulado) -> None:
    s.plano.na_chamada(1, falhas.pingar(bytes_por_s=2000))
    assert jsonrpc(s, "common", "version", prazo=0.5)[0] == 200


def test_html_no_lugar_dos_dados(s: ServidorSimulado) -> None:
    s.plano.na_chamada(1, falhas.pagina_de_login())
    estado, cabecalhos, corpo = jsonrpc(s, "common", "version")
    assert (estado, cabecalhos["content-type"].split(";")[0]) == (200, "text/html")
    assert b"oe_login_form" in corpo


def test_pela_metade_e_charset(s: ServidorSimulado) -> None:
    s.plano.na_chamada(1, falhas.pela_metade()).na_chamada(2, falhas.charset_errado())
    with pytest.raises(json.JSONDecodeError):
        json.loads(jsonrpc(s, "common", "version")[2])
    with pytest.raises(UnicodeDecodeError):
        jsonrpc(s, "common", "version")[2].decode()


def test_bomba_gzip(s: ServidorSimulado) -> None:
    s.plano.na_chamada(1, falhas.bomba_gzip(megas=8))
    _, cabecalhos, corpo = jsonrpc(s, "common", "version")
    assert cabecalhos["content-encoding"] == "gzip"
    assert len(corpo) < 20_000
    assert len(gzip.decompress(corpo)) == 8 << 20


def test_bomba_xml(s: ServidorSimulado) -> None:
    s.plano.na_chamada(1, falhas.bomba_xml())
    assert b"<!ENTITY e9" in postar(s, "/xmlrpc/2/common", "<methodCall><methodName>version</methodName></methodCall>", "text/xml")[2]


def test_erros_do_odoo(s: ServidorSimulado) -> None:
    s.plano.na_chamada(1, falhas.serializacao()).na_chamada(2, falhas.senha_recusada()).na_chamada(3, falhas.sem_direito("res.company"))
    for esperado in ("psycopg2.errors.SerializationFailure", "odoo.exceptions.AccessDenied", "odoo.exceptions.AccessError"):
        with pytest.raises(ErroRpc) as pego:
            nomes(s)
        assert pego.value.nome == esperado


def test_uid_falso_e_transformar(s: ServidorSimulado) -> None:
    s.plano.quando(falhas.uid_falso(), metodo="authenticate").quando(
        falhas.transformar(lambda r: [{**r[0], "name": "a\x01b"}]), metodo="search_read"
    )
    assert json.loads(jsonrpc(s, "common", "authenticate", s.nome_banco, "admin", "admin", {})[2])["result"] is False
    assert nomes(s) == ["a\x01b"]


def test_executar_no_meio(s: ServidorSimulado) -> None:
    s.plano.quando(falhas.executar(lambda b: b.escrever("res.partner", 1, {"name": "Mudou"})), modelo="res.company", pular=1)
    nomes(s)
    assert s.banco.exigir("res.partner", 1)["name"] == "My Company"
    nomes(s)
    assert s.banco.exigir("res.partner", 1)["name"] == "Mudou"


def test_hora_errada(s: ServidorSimulado) -> None:
    s.plano.na_chamada(1, falhas.hora_errada(timedelta(hours=2)))
    primeira, segunda = (parsedate_to_datetime(jsonrpc(s, "common", "version")[1]["date"]) for _ in range(2))
    assert timedelta(hours=1, minutes=59) < primeira - segunda < timedelta(hours=2, minutes=1)
    s.deslocamento_date = timedelta(hours=-2)
    assert parsedate_to_datetime(jsonrpc(s, "common", "version")[1]["date"]) < segunda


def test_atrasar_nao_segura_os_outros(s: ServidorSimulado) -> None:
    s.plano.na_chamada(1, falhas.atrasar(0.5))
    resposta: list[int] = []
    lenta = threading.Thread(target=lambda: resposta.append(jsonrpc(s, "common", "version")[0]))
    lenta.start()
    while not s.registro:
        threading.Event().wait(0.01)
    assert nomes(s) == ["My Company"]
    assert resposta == []
    lenta.join(5)
    assert resposta == [200]
