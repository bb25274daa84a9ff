"""Falha 8: o PostgreSQL morre no meio de commits. O que foi confirmado está lá, o que não foi sumiu, e ele volta a funcionar."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from app.banco import embutido, migracao
from app.banco.embutido import ServidorEmbutido
from app.banco.motor import criar_motor
from tests.apoio.pg import matar_servidor

pytestmark = pytest.mark.falha(8)
RAIZ = Path(__file__).parents[2]
LINHAS = 40
# Cada página é um lote mesclado e confirmado; só depois do commit o número dela sai.
ESCRITOR = f"""
import sys
from app.banco.carga import copiar, mesclar, tipos
from app.banco.erros import ServidorForaDoAr
from app.banco.motor import criar_motor
from app.manufatura.models import OdooMoeda
motor, n = criar_motor(sys.argv[1]), int(sys.argv[2])
tabela, colunas = OdooMoeda.__table__, ["odoo_id", "codigo"]
try:
    while True:
        with motor.begin() as conexao:
            copiar(conexao, "etapa", tipos(tabela, colunas), [(n * {LINHAS} + i, f"p{{n}}") for i in range({LINHAS})])
            mesclar(conexao, tabela, "SELECT * FROM etapa", colunas, ["odoo_id"])
        print(n, flush=True)
        n += 1
except ServidorForaDoAr:
    sys.exit(7)
"""


def _matar_principal(servidor: ServidorEmbutido) -> None:
    os.kill(embutido.situacao(servidor.casa).pid or 0, signal.SIGKILL)


def _parada_imediata(servidor: ServidorEmbutido) -> None:
    os.kill(embutido.situacao(servidor.casa).pid or 0, signal.SIGQUIT)


MORTES: list[Callable[[ServidorEmbutido], None]] = [matar_servidor, _matar_principal, _parada_imediata]


def _paginas(servidor: ServidorEmbutido) -> dict[int, int]:
    with psycopg.connect(servidor.url("manufatura")) as conexao:
        return dict(conexao.execute("SELECT odoo_id / %s, count(*) FROM odoo_moeda GROUP BY 1", [LINHAS]).fetchall())


def _rodada(servidor: ServidorEmbutido, matar: Callable[[ServidorEmbutido], None], desde: int, confirmacoes: int) -> int:
    """Escreve, mata depois de `confirmacoes` páginas confirmadas, religa e confere; devolve a próxima página."""
    comando = [sys.executable, "-c", ESCRITOR, servidor.url("manufatura"), str(desde)]
    with subprocess.Popen(comando, stdout=subprocess.PIPE, text=True, cwd=RAIZ) as escritor:
        assert escritor.stdout is not None
        confirmadas = [int(next(escritor.stdout)) for _ in range(confirmacoes)]
        matar(servidor)
        confirmadas += [int(linha) for linha in escritor.stdout]  # as que confirmou até perceber
        assert escritor.wait(timeout=60) == 7, "o escritor tinha de ver um erro transitório"
    embutido.ligar(servidor.casa)
    achadas = _paginas(servidor)
    assert set(achadas.values()) == {LINHAS}, "página pela metade"
    assert set(confirmadas) <= set(achadas), "página confirmada sumiu"
    sobra = {p for p in achadas if p >= desde} - set(confirmadas)
    assert len(sobra) <= 1, "só a página em voo podia estar lá sem confirmação"
    return max(achadas) + 1


@pytest.fixture
def servidor(servidor_proprio: ServidorEmbutido) -> ServidorEmbutido:
    dono = criar_motor(servidor_proprio.url("dono"))
    migracao.migrar(dono)
    dono.dispose()
    return servidor_proprio


def _rodadas(servidor: ServidorEmbutido, quantas: int) -> None:
    proxima = 0
    for vez in range(quantas):
        proxima = _rodada(servidor, MORTES[vez % len(MORTES)], proxima, confirmacoes=3 + vez % 7)
    antes = _paginas(servidor)
    assert embutido.parar(servidor.casa)
    embutido.ligar(servidor.casa)
    assert _paginas(servidor) == antes
    with psycopg.connect(servidor.url("dono")) as conexao:
        # As somas de verificação são lidas em toda página da tabela e dos índices.
        conexao.execute("CREATE EXTENSION amcheck")
        conexao.execute("SELECT bt_index_check(indexrelid, true) FROM pg_index WHERE indrelid = 'odoo_moeda'::regclass")
        assert conexao.execute("SELECT count(*) FROM verify_heapam('odoo_moeda')").fetchone() == (0,)


def test_kill_9_no_meio_de_commits(servidor: ServidorEmbutido, request: pytest.FixtureRequest) -> None:
    _rodadas(servidor, request.config.getoption("--rodadas-8"))


@pytest.mark.longo
@pytest.mark.timeout(1800)
def test_kill_9_no_meio_de_commits_cinquenta_vezes(servidor: ServidorEmbutido) -> None:
    _rodadas(servidor, 50)
