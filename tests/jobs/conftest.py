"""Jobs como rodam de verdade: configuração do ambiente, motor do processo, registro em log_integracao."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.config import limpar_config
from app.manufatura.jobs import base_job
from tests.apoio.importacao import Mundo
from tests.apoio.pg import BancoTeste


@pytest.fixture
def ambiente(monkeypatch: pytest.MonkeyPatch, banco_pg: BancoTeste) -> Iterator[pytest.MonkeyPatch]:
    """O processo configurado para o banco deste teste (sem Odoo)."""
    for nome, valor in banco_pg.ambiente.items():
        monkeypatch.setenv(nome, valor)
    limpar_config()
    base_job.motor_do_processo.cache_clear()
    yield monkeypatch
    base_job.motor_do_processo.cache_clear()
    limpar_config()


@pytest.fixture
def fabrica(ambiente: pytest.MonkeyPatch, mundo: Mundo) -> Mundo:
    """Um mundo cujo Odoo é o da configuração do processo."""
    for nome, valor in mundo.ambiente.items():
        ambiente.setenv(nome, valor)
    limpar_config()
    return mundo
