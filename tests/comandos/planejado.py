"""Comandos de planejamento num banco de teste, com o relógio parado em 24/11/2026."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from sqlalchemy import Engine

from app.comandos import calendario
from app.config import Config, definir_config, limpar_config
from app.manufatura.jobs import base_job, calculo_demanda, ordem_producao, vida_da_ordem
from tests.apoio.pg import BancoTeste
from tests.planejamento.fabrica import HOJE, Fabrica

AGORA = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


class Rodar(Protocol):
    """Roda um comando com estes argumentos, exige o código de saída e devolve o que ele escreveu."""

    def __call__(self, *argumentos: str, codigo: int = 0) -> str: ...


@contextmanager
def terminal(banco: BancoTeste, remendo: pytest.MonkeyPatch, comando: click.Command, **outras: object) -> Iterator[Rodar]:
    """Configura o programa para o banco e para a data, e dá a função que roda o comando."""

    def hoje(_fuso: ZoneInfo) -> date:
        return HOJE

    for modulo in (calculo_demanda, ordem_producao, calendario):
        remendo.setattr(modulo, "hoje", hoje)
    remendo.setattr(vida_da_ordem, "agora", lambda: AGORA)
    urls = {"database_url": SecretStr(banco.url), "database_url_migracao": SecretStr(banco.url_dono)}
    definir_config(Config.model_validate({**urls, "estoque_fonte": "odoo", **outras}))
    base_job.motor_do_processo.cache_clear()

    def rodar(*argumentos: str, codigo: int = 0) -> str:
        feito = CliRunner().invoke(comando, list(argumentos), catch_exceptions=False, standalone_mode=codigo == 2)
        assert codigo in (feito.exit_code, feito.return_value or 0), feito.output
        return feito.output

    try:
        yield rodar
    finally:
        base_job.motor_do_processo.cache_clear()
        limpar_config()


def marcenaria_de(motor: Engine) -> Fabrica:
    """A fábrica do exemplo de planejamento."""
    fabrica = Fabrica(motor)
    fabrica.acabado("MESA", lead=3)
    fabrica.produzido("TAMPO", lead=2)
    fabrica.comprado("PE", "COLA", "TABUA")
    fabrica.estrutura("MESA", {"TAMPO": 1, "PE": 4, "COLA": "0.5"})
    fabrica.estrutura("TAMPO", {"TABUA": 2, "COLA": "0.1"})
    fabrica.estoque(TAMPO=4, PE=30)
    return fabrica
