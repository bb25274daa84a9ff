"""Que endereços podem ser um Odoo: trinta e tantas grafias, e o que o DNS responde."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from app.odoo.enderecos import ler_url
from app.odoo.erros import EnderecoProibido, OdooNaoConfigurado, UrlInvalida
from tests.odoo.apoio import cliente, conexao


@pytest.mark.parametrize(
    ("url", "rotulo", "prefixo"),
    [
        ("https://odoo.fabrica.com.br", "odoo.fabrica.com.br:443", ""),
        ("https://odoo.fabrica.com.br/", "odoo.fabrica.com.br:443", ""),
        ("http://127.0.0.1:8069", "127.0.0.1:8069", ""),
        ("http://localhost:8069/", "localhost:8069", ""),
        ("http://10.0.0.5", "10.0.0.5:80", ""),
        ("http://192.168.1.10:8069", "192.168.1.10:8069", ""),
        ("http://[::1]:8069", "[::1]:8069", ""),
        ("HTTPS://Odoo.Fabrica.com.br/web#action=1", "odoo.fabrica.com.br:443", ""),
        ("https://odoo.exemplo/web/login?db=x", "odoo.exemplo:443", ""),
        ("https://odoo.exemplo/odoo/action-1", "odoo.exemplo:443", ""),
        ("https://proxy.exemplo/erp/", "proxy.exemplo:443", "/erp"),
        ("https://proxy.exemplo/fábrica", "proxy.exemplo:443", "/f%C3%A1brica"),
        ("https://fábrica.exemplo", "xn--fbrica-pta.exemplo:443", ""),
        ("  http://odoo.exemplo  ", "odoo.exemplo:80", ""),
    ],
)
def test_aceitos(url: str, rotulo: str, prefixo: str) -> None:
    endereco = ler_url(url)
    assert (endereco.rotulo, endereco.prefixo) == (rotulo, prefixo)


@pytest.mark.parametrize(
    "servidor",
    [
        "169.254.169.254",
        "169.254.169.254.",
        "169.254.0.1",
        "2852039166",
        "0xa9fea9fe",
        "0xA9.0xFE.0xA9.0xFE",
        "0251.0376.0251.0376",
        "169.254.43518",
        "169.0xfea9fe",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[::169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "224.0.0.1",
        "255.255.255.255",
        "[ff02::1]",
    ],
)
def test_enlace_local_e_metadados_nunca(servidor: str) -> None:
    for esquema in ("http", "https"):
        with pytest.raises(EnderecoProibido):
            conexao(f"{esquema}://{servidor}:80")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "odoo.exemplo",
        "ftp://odoo.exemplo",
        "file:///etc/passwd",
        "gopher://odoo.exemplo",
        "javascript:alert(1)",
        "http://",
        "http://:8069",
        "http://odoo.exemplo:porta",
        "http://odoo.exemplo:99999",
        "http://a b",
        "http://[::1",
        "http://" + "a" * 300,
        "http://odoo.exemplo\x00.mau",
        "http://usuario:senha-secreta@odoo.exemplo",
        "http://usuario@odoo.exemplo",
    ],
)
def test_invalidos_sem_repetir_segredo(url: str) -> None:
    with pytest.raises(UrlInvalida) as erro:
        conexao(url)
    assert "senha-secreta" not in str(erro.value)


@pytest.mark.parametrize(
    ("resolvido", "proibido"), [(["169.254.169.254"], True), (["fe80::1%2"], True), (["169.254.1.1", "127.0.0.1"], False)]
)
def test_o_que_o_dns_responde_tambem_e_conferido(monkeypatch: pytest.MonkeyPatch, resolvido: list[str], proibido: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as livre:
        porta = livre.getsockname()[1]

    def getaddrinfo(*_a: object, **_k: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, porta)) for ip in resolvido]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    tentados: list[object] = []
    conectar = socket.socket.connect

    def espiar(soquete: socket.socket, destino: Any) -> None:
        tentados.append(destino[0])
        conectar(soquete, destino)

    monkeypatch.setattr(socket.socket, "connect", espiar)
    with cliente("http://metadados.exemplo") as odoo, pytest.raises(Exception) as erro:
        odoo.buscar("res.partner", [])
    assert isinstance(erro.value, EnderecoProibido) is proibido
    assert tentados == ([] if proibido else ["127.0.0.1"])


def test_configuracao_incompleta_ou_torta() -> None:
    from types import SimpleNamespace

    from pydantic import SecretStr

    from app.odoo.conexao import ConexaoOdoo

    cheia: dict[str, Any] = {
        "odoo_url": "http://127.0.0.1:1",
        "odoo_db": "b",
        "odoo_user": "u",
        "odoo_password": SecretStr("s"),
        "odoo_api_key": None,
        "odoo_protocolo": "auto",
        "odoo_ca": None,
    }
    assert ConexaoOdoo.de_config(SimpleNamespace(**cheia)).banco == "b"
    for falta, texto in (
        ({"odoo_url": None}, "ODOO_URL"),
        ({"odoo_password": None}, "ODOO_PASSWORD"),
        ({"odoo_user": None}, "ODOO_USER"),
        ({"odoo_protocolo": "json2"}, "ODOO_API_KEY"),
        ({"odoo_protocolo": "soap"}, "ODOO_PROTOCOLO"),
        ({"odoo_api_key": SecretStr("com\nquebra")}, "ODOO_API_KEY"),
        ({"odoo_db": "com espaço"}, "ODOO_DB"),
    ):
        with pytest.raises(OdooNaoConfigurado, match=texto):
            ConexaoOdoo.de_config(SimpleNamespace(**{**cheia, **falta}))
