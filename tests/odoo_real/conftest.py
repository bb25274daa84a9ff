"""Os Odoo de verdade destes testes: um banco de rascunho por versão, refeito a cada execução."""

from __future__ import annotations

import itertools
from functools import lru_cache

import pytest

from tests.apoio.odoo import OdooReal, ligar_real
from tests.apoio.pg import BancoTeste
from tests.odoo_real.mundo import MundoReal

_NUMEROS = itertools.count(1)
VERSOES = pytest.mark.parametrize("versao", [14, 19], ids=["real14", "real19"])


@lru_cache
def rascunho(versao: int) -> OdooReal:
    """Uma cópia vazia, só destes testes."""
    return ligar_real(versao, "fontes1", refazer=True)


@pytest.fixture(params=[14, 19], ids=["real14", "real19"])
def real(request: pytest.FixtureRequest, banco_pg: BancoTeste) -> MundoReal:
    """O rascunho da versão e um banco nosso vazio; o que outros testes criaram lá continua lá."""
    return MundoReal(rascunho(request.param), banco_pg)


@pytest.fixture
def sufixo() -> str:
    """Um sufixo que nenhum outro teste usou, para códigos de produto."""
    return f"F{next(_NUMEROS):03d}"
