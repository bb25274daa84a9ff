"""Uma importação do começo ao fim: abre a sessão com o Odoo (ou usa a que está aberta), importa e conta."""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from app.config import obter_config
from app.manufatura.fontes import sessao
from app.manufatura.fontes.contexto import Cerca, Contexto, SemCerca
from app.manufatura.fontes.registro import FONTES
from app.manufatura.jobs.base_job import motor_do_processo, tentativa_atual
from app.manufatura.services import simulacoes
from app.odoo.erros import ArgumentoInvalido, CampoAusente, MetodoAusente, ModeloAusente
from app.relogio import agora


@dataclass
class Opcoes:
    """Como importar neste bloco: relendo desde uma data local, e por qual sessão com o Odoo (None: cada uma abre a sua).

    `contexto` é uma sessão já aberta; `sessao` dá a que será partilhada, aberta só quando a primeira importação precisa dela
    (assim, se não abre, o erro fica registrado como o da importação). `avancar(feitos, total)` é avisado a cada página.
    """

    desde: date | None = None
    contexto: Contexto | None = None
    sessao: Callable[[], Contexto] | None = None
    avancar: Callable[[int, int | None], None] | None = None


class CercaObservada:
    """A cerca dada, que também conta o progresso a quem olha."""

    def __init__(self, cerca: Cerca, avisar: Callable[[int, int | None], None]) -> None:
        self.cerca, self.avisar = cerca, avisar

    def cercar(self, conexao: Connection) -> None:
        """A da cerca."""
        self.cerca.cercar(conexao)

    def avancar(self, feitos: int, total: int | None) -> None:
        """Anota o progresso e o conta."""
        self.cerca.avancar(feitos, total)
        self.avisar(feitos, total)


_opcoes: contextvars.ContextVar[Opcoes | None] = contextvars.ContextVar("opcoes_importacao", default=None)


@contextmanager
def com_opcoes(opcoes: Opcoes) -> Iterator[None]:
    """Dentro deste bloco, as importações usam estas opções."""
    marca = _opcoes.set(opcoes)
    try:
        yield
    finally:
        _opcoes.reset(marca)


def instante_de(desde: date | None, fuso: ZoneInfo) -> datetime | None:
    """O instante (UTC) em que começa o dia local: meio-dia local menos 12 horas, pois a meia-noite pode não existir."""
    if desde is None:
        return None
    meio_dia = datetime(desde.year, desde.month, desde.day, 12, tzinfo=fuso)
    return meio_dia.astimezone(UTC) - timedelta(hours=12)


def executar(nome: str) -> dict[str, Any]:
    """Importa uma fonte e devolve o dict do job: `processados` e as outras contagens, chamadas e segundos.

    A cerca é a tentativa registrada por log_job_execution, quando há. Erros: os do Odoo e do banco sobem, com o que já
    foi guardado a salvo.
    """
    opcoes = _opcoes.get() or Opcoes()
    cerca: Cerca = tentativa_atual() or SemCerca()
    if opcoes.avancar is not None:
        cerca = CercaObservada(cerca, opcoes.avancar)
    aberta = opcoes.sessao() if opcoes.sessao is not None else opcoes.contexto
    if aberta is not None:
        aberta.cerca = cerca
        return importar(nome, aberta, opcoes.desde)
    with sessao.abrir(obter_config(), motor_do_processo(), agora(), cerca=cerca) as contexto:
        return importar(nome, contexto, opcoes.desde)


def importar(nome: str, contexto: Contexto, desde: date | None = None) -> dict[str, Any]:
    """Importa uma fonte na sessão dada; veja `executar`."""
    inicio, antes = time.monotonic(), contexto.cliente.chamadas
    try:
        contagem = FONTES[nome].importar(contexto, instante_de(desde, contexto.fuso))
    except (ModeloAusente, CampoAusente, MetodoAusente, ArgumentoInvalido):
        contexto.capacidades.esquecer()  # o esquema do Odoo mudou: o que se sabia dele não vale mais
        raise
    return {
        **contagem.como_dict(),
        "chamadas": contexto.cliente.chamadas - antes,
        "segundos": round(time.monotonic() - inicio, 3),
    }


@contextmanager
def simulacao(motor: Engine) -> Iterator[Contexto]:
    """Uma sessão em que nada fica: tudo corre numa transação que é desfeita no fim, sem linha no registro.

    Nunca atrapalha uma execução de verdade: não começa se há uma, e a que começar depois a encerra (services/simulacoes.py).
    Erros: os de `simulacoes.reservada`, além dos da importação.
    """
    config = obter_config()
    with motor.connect() as conexao, conexao.begin() as transacao:
        try:
            with (
                simulacoes.reservada(conexao, motor, config.manufatura_morte_s),
                sessao.abrir(config, motor, agora(), simulada=conexao) as contexto,
            ):
                yield contexto
        finally:
            transacao.rollback()
