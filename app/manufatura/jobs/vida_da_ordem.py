"""Um passo da vida de uma ordem de ponta a ponta: o passo e a rodada de planejamento que o propaga, na mesma transação."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar

from sqlalchemy import Connection, Engine

from app.banco.motor import repetir_em_conflito
from app.config import obter_config
from app.manufatura.jobs.ordem_producao import ajustes
from app.manufatura.services import calendario_banco
from app.manufatura.services.mto import rodada, trava
from app.manufatura.services.mto.rodada import Rodada
from app.manufatura.services.ordens import Autor, Mudou
from app.manufatura.services.ordens_vida import ajuste, conclusao, passos
from app.manufatura.services.ordens_vida.ajuste import Ajuste
from app.manufatura.services.ordens_vida.conclusao import Conclusao
from app.manufatura.services.ordens_vida.travada import Travada
from app.relogio import agora, data_local

T = TypeVar("T")


@dataclass(frozen=True)
class Feito(Generic[T]):
    """O que o passo devolveu, e a rodada que veio depois dele."""

    passo: T
    rodada: Rodada


def liberar(motor: Engine, numero: int, autor: Autor, *, com_filhas: bool = False, mesmo_assim: str | None = None) -> Feito[list[Mudou]]:
    """Libera a ordem (services/ordens_vida/passos.py), vista pela posição de estoque de agora."""

    def passo(conexao: Connection, _hoje: date, _agora: datetime) -> list[Mudou]:
        return passos.liberar(conexao, numero, autor, com_filhas=com_filhas, mesmo_assim=mesmo_assim)

    return _fazer(motor, passo, antes=True)


def iniciar(motor: Engine, numero: int, autor: Autor) -> Feito[list[Mudou]]:
    """Põe a ordem Em Produção."""
    return _fazer(motor, lambda conexao, hoje, _agora: passos.iniciar(conexao, numero, autor, hoje))


def concluir(motor: Engine, numero: int, autor: Autor, qtd: Decimal | None = None) -> Feito[Conclusao]:
    """Conclui a ordem, com os movimentos que faltam."""
    return _fazer(motor, lambda conexao, hoje, agora: conclusao.concluir(conexao, numero, autor, hoje, agora, qtd))


def cancelar(motor: Engine, numero: int, autor: Autor, motivo: str | None = None) -> Feito[list[Mudou]]:
    """Cancela a ordem e as filhas Planejadas; a demanda fica retida."""
    return _fazer(motor, lambda conexao, _hoje, _agora: passos.cancelar(conexao, numero, autor, motivo))


def ajustar(
    motor: Engine, numero: int, autor: Autor, *, qtd: Decimal | None = None, entrega: date | None = None, motivo: str | None = None
) -> Feito[Ajuste]:
    """Muda quantidade ou data de uma ordem firme; sem nenhuma das duas, ela toma as que a demanda pede agora."""
    config = obter_config()

    def passo(conexao: Connection, hoje: date, _agora: datetime) -> Ajuste:
        calendario = calendario_banco.garantir(conexao, hoje, config.feriados_uf, config.feriados_facultativos)
        return ajuste.ajustar(conexao, numero, autor, calendario, qtd=qtd, entrega=entrega, motivo=motivo)

    return _fazer(motor, passo, antes=qtd is None and entrega is None)


def replanejar(motor: Engine, numero: int, autor: Autor) -> tuple[Feito[Travada], str | None]:
    """Solta a demanda retida; devolve também o número da ordem que o planejamento fez para ela (None: a demanda acabou)."""
    nova: list[str | None] = []
    feito = _fazer(
        motor,
        lambda conexao, _hoje, _agora: passos.replanejar(conexao, numero, autor),
        depois=lambda conexao, ordem: nova.append(passos.ordem_da_demanda(conexao, ordem)),
    )
    return feito, nova[-1]


def _fazer(
    motor: Engine,
    passo: Callable[[Connection, date, datetime], T],
    *,
    antes: bool = False,
    depois: Callable[[Connection, T], object] | None = None,
) -> Feito[T]:
    """O passo e a rodada numa transação; `antes`: uma rodada também antes, para o passo ver o estoque e a demanda de agora.

    A trava do planejamento é tomada primeiro: ninguém planeja com a ordem pela metade, e não há impasse com quem planeja.
    """
    config = obter_config()

    def uma() -> Feito[T]:
        instante = agora()
        hoje = data_local(instante, config.scheduler_timezone)
        with motor.begin() as conexao:
            trava.travar(conexao)
            if antes:
                rodada.executar(conexao, hoje, ajustes())
            feito = passo(conexao, hoje, instante)
            planejada = rodada.executar(conexao, hoje, ajustes())
            if depois is not None:
                depois(conexao, feito)
            return Feito(feito, planejada)

    return repetir_em_conflito(uma)
