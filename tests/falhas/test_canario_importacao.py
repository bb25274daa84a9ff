"""Canário: a senha e a chave de API não aparecem em lugar nenhum depois de uma importação e de cada falha dela.

Procura-se em: mensagens e repr dos erros (e causas), registros (em DEBUG), tudo o que o banco guarda, a saída dos comandos,
`manufatura config`, e a linha de comando dos processos.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from app.demo.odoo_simulado import Falha
from app.demo.odoo_simulado.erros import ErroDoOdoo, erro_do_usuario
from app.demo.odoo_simulado.falhas import (
    charset_errado,
    cortar,
    derrubar,
    erro_odoo,
    http,
    modelo_ausente,
    pagina_de_login,
    pela_metade,
    resposta_crua,
    sem_direito,
    senha_recusada,
)
from app.erros import ErroManufatura
from app.odoo import repeticao
from tests.apoio.importacao import Mundo
from tests.apoio.pg import BancoTeste
from tests.fontes.test_pedidos import confirmado

SENHA, CHAVE = "canario-7f3a9c-senha-da-integracao", "canario51be02d4c7a9f8e3b6d0a1c5e7f90b2d"


@pytest.fixture(params=["jsonrpc", "xmlrpc", "json2"])
def canario(request: pytest.FixtureRequest, mundo19: Mundo) -> Mundo:
    """Um mundo cuja credencial é reconhecível, por cada porta."""
    mundo = mundo19
    mundo.banco.criar_usuario("integracao", SENHA, tudo=True, chave=CHAVE)
    mundo.mudancas_config.update(odoo_user="integracao", odoo_password=SENHA, odoo_api_key=CHAVE, odoo_protocolo=request.param)
    p, f = mundo.produto(), mundo.fornecedor()
    mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f))
    mundo.passar()
    return mundo


def despejo(banco: BancoTeste) -> str:
    """Tudo o que o banco guarda, em texto."""
    with psycopg.connect(banco.url_dono) as conexao:
        nomes = conexao.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'").fetchall()
        partes = [conexao.execute(f"SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {n} t".encode()).fetchone() for (n,) in nomes]
    return "\n".join(str(p[0]) for p in partes if p)


def eco(cabecalho: bool) -> Falha:
    """Um servidor malcriado que devolve, no erro, o que recebeu."""
    corpo = f"<html><body>Bad request: password={SENHA} key={CHAVE}</body></html>"
    return http(500, corpo, cabecalhos={"X-Eco": f"Bearer {CHAVE}", "WWW-Authenticate": f"Basic {SENHA}"} if cabecalho else None)


FALHAS: dict[str, Callable[[], Falha]] = {
    "derrubada": derrubar,
    "cortada": lambda: cortar(30),
    "502": lambda: http(502),
    "401": lambda: http(401),
    "eco": lambda: eco(False),
    "eco no cabeçalho": lambda: eco(True),
    "login": pagina_de_login,
    "metade": pela_metade,
    "charset": charset_errado,
    "modelo": lambda: modelo_ausente("purchase.order.line"),
    "direito": lambda: sem_direito("purchase.order.line"),
    "senha trocada": senha_recusada,
    "lixo com eco": lambda: resposta_crua(f'{{"error": {{"message": "{SENHA} {CHAVE}"}}}}'.encode()),
    "erro com eco": lambda: erro_odoo(_erro_com_eco()),
    "redireciona": lambda: http(302, "", cabecalhos={"Location": f"http://127.0.0.1:1/?senha={SENHA}&chave={CHAVE}"}),
}


def _erro_com_eco() -> ErroDoOdoo:
    return erro_do_usuario(f"não entendi execute_kw('fabrica', 2, '{SENHA}', …) nem {CHAVE}")


def limpo(texto: str, onde: str) -> None:
    for segredo in (SENHA, CHAVE):
        assert segredo not in texto, f"o canário apareceu em {onde}: …{texto[max(0, texto.find(segredo) - 80) :][:200]}"


def test_nada_vaza_em_falha_nenhuma(canario: Mundo, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(repeticao.Repetidor, "_espera", lambda *_: 0.0)
    caplog.set_level(logging.DEBUG)
    for nome, falha in FALHAS.items():
        for modelo, metodo in (("purchase.order.line", None), ("res.company", None), (None, "authenticate")):
            canario.plano.limpar()
            canario.plano.quando(falha(), modelo=modelo, metodo=metodo, vezes=None)
            canario.sql("DELETE FROM odoo_capacidade")
            try:
                canario.importar("pedidos")
            except ErroManufatura as erro:
                limpo("".join(traceback.format_exception(erro)), f"traceback de {nome}")
                limpo(f"{erro!r} {erro} {erro.fatos!r} {erro.args!r}", f"erro de {nome}")
    canario.plano.limpar()
    canario.importar()
    limpo(caplog.text, "registros")
    limpo("\n".join(str(r.__dict__) for r in caplog.records), "registros (campos)")
    limpo(despejo(canario.pg), "banco")
    with canario.sessao() as contexto:
        limpo(f"{contexto!r} {contexto.cliente!r} {vars(contexto.cliente)!r} {canario.config!r} {canario.config}", "repr")


COMANDOS = (
    ["config"],
    ["config", "--json"],
    ["importar", "pedidos"],
    ["importar", "pedidos", "--json"],
    ["importar", "--simular"],
    ["odoo", "verificar"],
    ["conferir", "--odoo"],
    ["banco", "situacao"],
)


def test_nada_vaza_nos_comandos(canario: Mundo, tmp_path: Path) -> None:
    """Cada comando, com a senha certa e com uma falha no meio; e a linha de comando dos processos que ele abre."""
    ambiente = {**os.environ, **canario.ambiente, "MANUFATURA_DADOS": str(tmp_path), "MANUFATURA_LOG": "depuracao"}
    ambiente["ODOO_PROTOCOLO"] = canario.config.odoo_protocolo
    comandos = COMANDOS if canario.config.odoo_protocolo == "jsonrpc" else COMANDOS[2:4]
    for n, comando in enumerate(comandos):
        canario.plano.limpar()
        if n % 2:
            canario.plano.quando(eco(True), modelo="purchase.order.line", vezes=None)
        with subprocess.Popen(
            [sys.executable, "-m", "app", *comando],
            env=ambiente,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        ) as processo:
            assert processo.stdout is not None
            argumentos = Path(f"/proc/{processo.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            saida, _ = processo.communicate(timeout=90)
        assert processo.returncode is not None
        limpo(argumentos, f"processo de {comando}")
        limpo(saida.decode(), f"saída de {comando}")
    limpo(despejo(canario.pg), "banco")
    for arquivo in tmp_path.rglob("*"):
        if arquivo.is_file():
            limpo(arquivo.read_bytes().decode("latin-1"), str(arquivo))
