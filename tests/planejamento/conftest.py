"""A fábrica das histórias de planejamento."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection, Engine

from app.manufatura.services import calendario_banco
from tests.planejamento.fabrica import Fabrica


@pytest.fixture
def fabrica(motor: Engine) -> Fabrica:
    """Uma fábrica vazia, em 24/11/2026."""
    return Fabrica(motor)


@pytest.fixture
def marcenaria(fabrica: Fabrica) -> Fabrica:
    """A fábrica do exemplo: MESA (3 dias) = 1 TAMPO + 4 PE + 0,5 COLA; TAMPO (2 dias) = 2 TABUA + 0,1 COLA; 4 TAMPO e 30 PE em estoque."""
    fabrica.acabado("MESA", lead=3)
    fabrica.produzido("TAMPO", lead=2)
    fabrica.comprado("PE", "COLA", "TABUA")
    fabrica.estrutura("MESA", {"TAMPO": 1, "PE": 4, "COLA": "0.5"})
    fabrica.estrutura("TAMPO", {"TABUA": 2, "COLA": "0.1"})
    fabrica.estoque(TAMPO=4, PE=30)
    return fabrica


@pytest.fixture
def calendario_no_banco(motor: Engine) -> Iterator[Connection]:
    """Uma conexão a um banco com o calendário de 24/11/2026 preenchido, com uma fábrica fechada e um sábado de trabalho."""
    with motor.begin() as conexao:
        calendario_banco.excecao(conexao, date(2026, 12, 21), False, "recesso", "teste")
        calendario_banco.excecao(conexao, date(2026, 12, 12), True, "sábado de trabalho", "teste")
        calendario_banco.atualizar(conexao, date(2026, 11, 24), ("SP",), True)
    with motor.connect() as conexao:
        yield conexao
