"""Falha 14: recusada, derrubada, nome sem DNS (passam sozinhas) e TLS que não confere (não passa, e diz por quê)."""

from __future__ import annotations

import socket

import pytest

from app.odoo.erros import (
    CertificadoRecusado,
    ConexaoCaiu,
    ConexaoRecusada,
    ErroTerminal,
    ErroTransitorio,
    NomeNaoResolvido,
    TlsFalhou,
)
from tests.odoo.apoio import AUTORIDADE, cliente
from tests.odoo.servidor_cru import ServidorCru, resultado

pytestmark = pytest.mark.falha(14)


def test_recusada_repete_com_espera_crescente() -> None:
    with socket.create_server(("127.0.0.1", 0)) as livre:
        porta = livre.getsockname()[1]
    esperas: list[float] = []
    with cliente(f"http://127.0.0.1:{porta}", tentativas=5, esperas=esperas) as odoo:
        with pytest.raises(ConexaoRecusada):
            odoo.buscar("res.partner", [])
        assert odoo.chamadas == 5
    assert len(esperas) == 4
    assert all(0 <= espera <= 0.5 * 2**n for n, espera in enumerate(esperas))


@pytest.mark.parametrize("protocolo", ["jsonrpc", "xmlrpc", "json2"])
def test_derrubada_e_depois_volta(protocolo: str) -> None:
    vezes = []

    def ato(_pedido: object, canal: object) -> bytes | None:
        vezes.append(1)
        if len(vezes) < 3:
            canal.reseta()  # type: ignore[attr-defined]
            return None
        return _boa(protocolo)

    esperas: list[float] = []
    with ServidorCru(ato) as servidor, cliente(servidor.url, protocolo, tentativas=5, esperas=esperas) as odoo:
        assert odoo.buscar("res.partner", []) == [7]
        assert (odoo.chamadas, len(esperas)) == (3, 2)


def test_derrubada_sempre_diz_que_caiu() -> None:
    with (
        ServidorCru(lambda _p, canal: canal.reseta()) as servidor,
        cliente(servidor.url, tentativas=2) as odoo,
        pytest.raises(ConexaoCaiu) as erro,
    ):
        odoo.buscar("res.partner", [])
    assert erro.value.transitorio


def test_nome_que_o_dns_nao_conhece(monkeypatch: pytest.MonkeyPatch) -> None:
    def sem_dns(*_args: object, **_nomeados: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", sem_dns)
    with cliente("http://odoo.fabrica.exemplo", tentativas=3) as odoo:
        with pytest.raises(NomeNaoResolvido, match=r"odoo\.fabrica\.exemplo"):
            odoo.buscar("res.partner", [])
        assert odoo.chamadas == 3


@pytest.mark.parametrize(("certificado", "motivo"), [("vencido.pem", "expired"), ("outro.pem", "IP address mismatch"), ("bom.pem", "")])
def test_certificado(certificado: str, motivo: str) -> None:
    with ServidorCru(resultado([7]), certificado=certificado) as servidor, cliente(servidor.url, ca=AUTORIDADE, tentativas=5) as odoo:
        if not motivo:
            assert odoo.buscar("res.partner", []) == [7]
            return
        with pytest.raises(CertificadoRecusado, match=motivo) as erro:
            odoo.buscar("res.partner", [])
        assert isinstance(erro.value, ErroTerminal)
        assert odoo.chamadas == 1


def test_autoridade_desconhecida_e_porta_sem_tls() -> None:
    with ServidorCru(resultado([7]), certificado="bom.pem") as servidor, cliente(servidor.url, tentativas=5) as odoo:
        with pytest.raises(CertificadoRecusado, match="ODOO_CA"):
            odoo.buscar("res.partner", [])
        assert odoo.chamadas == 1
    sem_tls = ServidorCru(lambda _p, canal: canal.envia(b"HTTP/1.1 400 Bad Request\r\n\r\n"), sem_ler=True)
    with sem_tls as servidor, cliente(servidor.url.replace("http", "https"), tentativas=5) as odoo:
        with pytest.raises((TlsFalhou, ErroTransitorio)) as erro:
            odoo.buscar("res.partner", [])
        assert isinstance(erro.value, TlsFalhou)
        assert odoo.chamadas == 1


def test_conexao_e_reaproveitada_onde_o_servidor_deixa() -> None:
    with ServidorCru(resultado([7], fecha=False), mantem=True) as servidor, cliente(servidor.url) as odoo:
        for _ in range(5):
            assert odoo.buscar("res.partner", []) == [7]
        assert servidor.conexoes == 1
    with ServidorCru(resultado([7], versao="1.0")) as servidor, cliente(servidor.url) as odoo:
        for _ in range(3):
            assert odoo.buscar("res.partner", []) == [7]
        assert servidor.conexoes == 3


def test_conexao_parada_que_o_servidor_fechou_e_trocada_na_hora() -> None:
    vezes: list[int] = []

    def ato(_pedido: object, canal: object) -> bytes | None:
        vezes.append(1)
        if len(vezes) == 2:
            canal.reseta()  # type: ignore[attr-defined]
            return None
        return resultado([7], fecha=False)

    esperas: list[float] = []
    with ServidorCru(ato, mantem=True) as servidor, cliente(servidor.url, tentativas=1, esperas=esperas) as odoo:
        assert odoo.buscar("res.partner", []) == [7]
        assert odoo.buscar("res.partner", []) == [7]  # na conexão reaproveitada, que o servidor derruba
        assert (odoo.chamadas, esperas, servidor.conexoes) == (3, [], 2)


def test_escrita_nunca_se_repete() -> None:
    with ServidorCru(lambda _p, canal: canal.reseta()) as servidor, cliente(servidor.url, tentativas=5) as odoo:
        with pytest.raises(ConexaoCaiu):
            odoo.chamar("res.partner", "write", [[1], {"name": "x"}], {})
        assert odoo.chamadas == 1


def _boa(protocolo: str) -> bytes:
    from tests.odoo.servidor_cru import http, resultado_xml

    if protocolo == "json2":
        return http("[7]")
    return resultado([7]) if protocolo == "jsonrpc" else resultado_xml("<array><data><value><int>7</int></value></data></array>")
