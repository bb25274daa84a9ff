"""Falha 13: o Odoo pinga um byte de cada vez, cala-se ou nunca fecha. O prazo é da chamada inteira, não de cada byte."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from app.odoo.conexao import Prazos
from app.odoo.erros import ConexaoSemResposta, PrazoEsgotado
from tests.odoo.apoio import CURTOS, cliente
from tests.odoo.servidor_cru import Ato, ServidorCru, http, resultado

pytestmark = pytest.mark.falha(13)

GOTEJANTE = Prazos(conexao_s=5, leitura_s=5, total_s=0.6)


def _apos_cabecalho(dados: bytes) -> Ato:
    def ato(_pedido: object, canal: object) -> None:
        canal.envia(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n" + dados)  # type: ignore[attr-defined]
        canal.cala()  # type: ignore[attr-defined]

    return ato


CASOS: dict[str, tuple[Ato, Prazos]] = {
    "cabeçalho um byte por vez": (lambda _p, canal: canal.pinga(resultado([1, 2, 3])), GOTEJANTE),
    "corpo um byte por vez": (lambda _p, canal: canal.pinga(http(b"[" + b"1," * 5000 + b"1]"), 0.001), GOTEJANTE),
    "cala antes de responder": (lambda _p, canal: canal.cala(), CURTOS),
    "cala no meio do corpo": (_apos_cabecalho(b'{"result": [1, 2'), CURTOS),
    "responde tudo e nunca fecha": (_apos_cabecalho(b'{"jsonrpc": "2.0", "id": 1, "result": [1]}'), CURTOS),
}


@pytest.mark.parametrize("protocolo", ["jsonrpc", "xmlrpc", "json2"])
@pytest.mark.parametrize("caso", CASOS)
def test_chamada_acaba_no_prazo(caso: str, protocolo: str) -> None:
    ato, prazos = CASOS[caso]
    with ServidorCru(ato) as servidor, cliente(servidor.url, protocolo, prazos=prazos) as odoo:
        inicio = time.monotonic()
        with pytest.raises(PrazoEsgotado):
            odoo.buscar("res.partner", [])
        assert time.monotonic() - inicio < prazos.total_s + 2


def test_servidor_que_nao_le_o_pedido() -> None:
    with (
        ServidorCru(lambda _p, canal: canal.cala(), sem_ler=True) as servidor,
        cliente(servidor.url, prazos=Prazos(conexao_s=5, leitura_s=5, total_s=0.8)) as odoo,
    ):
        inicio = time.monotonic()
        with pytest.raises(PrazoEsgotado):
            odoo.buscar("res.partner", [("id", "in", list(range(3_000_000)))])
        assert time.monotonic() - inicio < 6


def test_tls_que_nunca_comeca() -> None:
    with (
        ServidorCru(lambda _p, canal: canal.cala(), sem_ler=True) as servidor,
        cliente(servidor.url.replace("http", "https"), prazos=CURTOS) as odoo,
    ):
        inicio = time.monotonic()
        with pytest.raises(ConexaoSemResposta):
            odoo.buscar("res.partner", [])
        assert time.monotonic() - inicio < 3


def test_prazo_repete_uma_vez_so_e_outra_tentativa_pode_dar_certo() -> None:
    esperas: list[float] = []
    vez: list[Callable[[], None]] = []

    def ato(_pedido: object, canal: object) -> bytes | None:
        vez.append(lambda: None)
        if len(vez) == 1:
            canal.cala()  # type: ignore[attr-defined]
            return None
        return resultado([7])

    with ServidorCru(ato) as servidor, cliente(servidor.url, prazos=CURTOS, tentativas=5, esperas=esperas) as odoo:
        assert odoo.buscar("res.partner", []) == [7]
        assert len(esperas) == 1

    with (
        ServidorCru(lambda _p, canal: canal.cala()) as servidor,
        cliente(servidor.url, prazos=CURTOS, tentativas=5) as odoo,
    ):
        with pytest.raises(PrazoEsgotado):
            odoo.buscar("res.partner", [])
        assert odoo.chamadas == 2  # cada tentativa custa o prazo inteiro
