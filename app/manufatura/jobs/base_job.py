"""O registro das execuções (docs/arquitetura.md, «Uma execução»): cada chamada de um job é uma linha de log_integracao."""

from __future__ import annotations

import contextvars
import functools
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from sqlalchemy import Engine

from app.banco.erros import ErroBanco
from app.banco.motor import motor_aplicacao
from app.config import obter_config
from app.manufatura.services import execucoes, simulacoes
from app.manufatura.services.execucoes import Tentativa

registro = logging.getLogger("manufatura.jobs")
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Pedinte:
    """De onde veio o pedido de execução (agenda, manual, api, cli), por quem, e a linha que já esperava na fila."""

    origem: str = "manual"
    usuario: str | None = None
    aguardando: int | None = None


_pedinte: contextvars.ContextVar[Pedinte | None] = contextvars.ContextVar("pedinte", default=None)
_atual: contextvars.ContextVar[Tentativa | None] = contextvars.ContextVar("tentativa", default=None)


def tentativa_atual() -> Tentativa | None:
    """A tentativa registrada em que se está, ou None fora de um job."""
    return _atual.get()


@contextmanager
def pedido_por(origem: str, usuario: str | None = None, aguardando: int | None = None) -> Iterator[None]:
    """Dentro deste bloco, os jobs chamados são registrados com esta origem e este usuário."""
    marca = _pedinte.set(Pedinte(origem, usuario, aguardando))
    try:
        yield
    finally:
        _pedinte.reset(marca)


def log_job_execution(tipo_integracao: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorador: registra cada execução do job em log_integracao, com batimento e desfecho.

    A linha existe desde antes de o job começar, em transação própria, e é fechada mesmo que o job desfaça tudo.
    Desfechos: sucesso; parcial (o dict devolvido tem `rejeitados` > 0); erro (a exceção sobe, com a mensagem
    guardada); interrompida (Ctrl-C ou SIGTERM); cancelada (alguém cancelou entre duas páginas). Uma simulação em curso é
    encerrada: quem grava passa na frente. Erros: JobEmExecucao, se o mesmo job já está em curso, e o que o job levantar.
    """

    def decorador(funcao: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(funcao)
        def com_registro(*args: P.args, **kwargs: P.kwargs) -> R:
            config = obter_config()
            pedinte = _pedinte.get() or Pedinte()
            tentativa = execucoes.assumir(
                motor_do_processo(),
                tipo_integracao,
                tipo_integracao,
                origem=pedinte.origem,
                usuario=pedinte.usuario,
                morte_s=config.manufatura_morte_s,
                aguardando=pedinte.aguardando,
            )
            marca = _atual.set(tentativa)
            try:
                with batimento(tentativa, config.manufatura_batimento_s):
                    simulacoes.encerrar(tentativa.motor)
                    resultado = funcao(*args, **kwargs)
            except (KeyboardInterrupt, SystemExit) as saida:
                tentativa.terminar("interrompida", erro=saida)
                raise
            except execucoes.ExecucaoCancelada as erro:
                tentativa.terminar("cancelada", erro=erro)
                raise
            except BaseException as erro:
                tentativa.terminar("erro", erro=erro)
                raise
            finally:
                _atual.reset(marca)
            contagens = resultado if isinstance(resultado, dict) else {}
            tentativa.terminar("parcial" if contagens.get("rejeitados") else "sucesso", resultado=contagens)
            return resultado

        return com_registro

    return decorador


@contextmanager
def batimento(tentativa: Tentativa, intervalo_s: float) -> Iterator[None]:
    """Enquanto o bloco roda, dá sinal de vida a cada `intervalo_s` segundos, em outra linha de execução."""
    parar = threading.Event()

    def bater() -> None:
        while not parar.wait(intervalo_s):
            try:
                if not tentativa.bater():
                    return
            except ErroBanco as erro:  # o banco pode voltar; se não voltar, quem percebe é a próxima página
                registro.warning("o batimento da execução %s falhou: %s", tentativa.execucao_id, erro)

    linha = threading.Thread(target=bater, name=f"batimento-{tentativa.job_id}", daemon=True)
    linha.start()
    try:
        yield
    finally:
        parar.set()
        linha.join()


@functools.cache
def motor_do_processo() -> Engine:
    """O motor da aplicação neste processo, pelas configurações em vigor."""
    return motor_aplicacao(obter_config())
