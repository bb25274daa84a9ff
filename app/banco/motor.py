"""O motor (engine) de SQLAlchemy: conexões com limites de tempo, fuso UTC, nome do programa e erros traduzidos."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from app.banco import embutido, vetores
from app.banco.erros import ConflitoDeTransacao, EnderecoInvalido, VersaoAntiga, traduzir
from app.banco.papeis import APLICACAO, DONO

if TYPE_CHECKING:
    from app.config import Config

VERSAO_MINIMA = 150_000
T = TypeVar("T")


def url_de(texto: str, variavel: str = "DATABASE_URL") -> URL:
    """O endereço como URL de SQLAlchemy com o driver psycopg; aceita postgres://, postgresql:// e postgresql+psycopg://.

    EnderecoInvalido se não for um endereço de PostgreSQL (a mensagem não repete o texto: ele tem a senha).
    """
    try:
        url = make_url(texto.strip())
        if url.get_backend_name() not in ("postgres", "postgresql") or not url.database:
            raise EnderecoInvalido(variavel=variavel)
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise EnderecoInvalido(variavel=variavel) from None
    return url.set(drivername="postgresql+psycopg")


def criar_motor(
    url: str | URL,
    *,
    nome: str = "manufatura",
    statement_timeout_s: float = 300,
    lock_timeout_s: float = 10,
    ocioso_em_transacao_s: float = 600,
    conexoes: int = 5,
    extras: int = 10,
    espera_conexao_s: float = 30,
    casa_embutido: Path | None = None,
    usuario_embutido: str | None = None,
    **opcoes: Any,
) -> Engine:
    """Um Engine para `url`, com tempos em segundos (0 desliga o limite) e todas as conexões em UTC.

    Erros de conexão, disco, travas, tempo e conflito saem como as classes de app.banco.erros (os de dados, IntegrityError por
    exemplo, saem como vieram). Um servidor anterior ao 15 é recusado na primeira conexão (VersaoAntiga).
    Com `casa_embutido`, uma conexão que não acha o servidor no ar o liga de novo e tenta outra vez: depois de um kill -9 de tudo,
    basta a próxima operação. `opcoes` seguem para create_engine.
    """
    ajustes = {
        "statement_timeout": int(statement_timeout_s * 1000),
        "lock_timeout": int(lock_timeout_s * 1000),
        "idle_in_transaction_session_timeout": int(ocioso_em_transacao_s * 1000),
        # Um cliente morto no meio de uma operação longa não pode segurar travas até ela acabar.
        "client_connection_check_interval": 5000,
        "timezone": "UTC",
    }
    argumentos: dict[str, Any] = {
        "options": " ".join(f"-c {nome_}={valor}" for nome_, valor in ajustes.items()),
        "application_name": nome,
        "client_encoding": "UTF8",
        "connect_timeout": 10,
        "keepalives": 1,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,
    }
    argumentos.update(opcoes.pop("connect_args", {}))
    motor = create_engine(
        url_de(url) if isinstance(url, str) else url,
        connect_args=argumentos,
        pool_size=conexoes,
        max_overflow=extras,
        pool_timeout=espera_conexao_s,
        pool_pre_ping=True,
        pool_recycle=3600,
        hide_parameters=True,  # valores de linhas e segredos não vão para mensagens de erro
        **opcoes,
    )
    event.listen(motor, "handle_error", _ao_errar)
    event.listen(motor, "connect", _ao_conectar)
    if casa_embutido is not None:
        casa = casa_embutido

        def religar(_dialeto: Any, _registro: Any, args: list[Any], kwargs: dict[str, Any]) -> psycopg.Connection[Any]:
            try:
                return psycopg.connect(*args, **kwargs)
            except psycopg.OperationalError as erro:
                if erro.sqlstate is not None and not erro.sqlstate.startswith(("08", "57P")):
                    raise
                embutido.ligar(casa, usuario_embutido, automatico=True)
                return psycopg.connect(*args, **kwargs)

        event.listen(motor, "do_connect", religar)
    return motor


def _ao_errar(contexto: ExceptionContext) -> None:
    nosso = traduzir(contexto.original_exception)
    if nosso is not None:
        raise nosso from contexto.original_exception


def _ao_conectar(conexao: Any, _registro: Any) -> None:
    versao = conexao.info.server_version
    if versao < VERSAO_MINIMA:
        conexao.close()
        raise VersaoAntiga(versao=f"{versao // 10000}.{versao % 10000}")
    vetores.registrar(conexao)


def url_aplicacao(config: Config) -> URL:
    """O endereço com o papel do programa; liga o servidor embutido se DATABASE_URL está vazia."""
    if config.database_url is not None:
        return url_de(config.database_url.get_secret_value())
    return url_de(_ligar(config).url(APLICACAO))


def url_migracao(config: Config) -> URL:
    """O endereço com o papel dono das tabelas: DATABASE_URL_MIGRACAO, senão DATABASE_URL, senão o embutido como `dono`."""
    if config.database_url_migracao is not None:
        return url_de(config.database_url_migracao.get_secret_value(), "DATABASE_URL_MIGRACAO")
    if config.database_url is not None:
        return url_de(config.database_url.get_secret_value())
    return url_de(_ligar(config).url(DONO))


def _ligar(config: Config) -> embutido.ServidorEmbutido:
    return embutido.ligar(config.manufatura_dados, config.manufatura_pg_usuario)


def _do_embutido(config: Config) -> dict[str, Any]:
    if config.database_url is not None:
        return {}
    return {"casa_embutido": config.manufatura_dados, "usuario_embutido": config.manufatura_pg_usuario}


_motores: dict[str, Engine] = {}
_trava_motores = threading.Lock()


def motor_aplicacao(config: Config) -> Engine:
    """O Engine do programa (papel manufatura), um por banco e processo; liga o servidor embutido quando DATABASE_URL falta."""
    chave = config.database_url.get_secret_value() if config.database_url is not None else f"embutido:{config.manufatura_dados.absolute()}"
    with _trava_motores:
        if chave not in _motores:
            _motores[chave] = criar_motor(url_aplicacao(config), **_do_embutido(config))
        return _motores[chave]


def motor_migracao(config: Config) -> Engine:
    """Um Engine do papel dono, para migrações e cópias: sem limite de tempo por comando, uma conexão, fechada depois do uso.

    Quem pede deve chamar `.dispose()` ao terminar.
    """
    return criar_motor(
        url_migracao(config),
        nome="manufatura migracao",
        statement_timeout_s=0,
        ocioso_em_transacao_s=0,
        lock_timeout_s=60,
        conexoes=1,
        extras=1,
        **_do_embutido(config),
    )


def esquecer_motores() -> None:
    """Fecha as conexões e esquece os motores guardados (testes, e depois de um fork)."""
    with _trava_motores:
        for motor in _motores.values():
            motor.dispose()
        _motores.clear()


def repetir_em_conflito(
    trabalho: Callable[[], T],
    *,
    tentativas: int = 5,
    dormir: Callable[[float], None] = time.sleep,
    sorteio: random.Random | None = None,
) -> T:
    """Chama `trabalho` (que abre e fecha a própria transação) e repete se o banco o desfez por conflito (40001, 40P01).

    No máximo `tentativas` chamadas ao todo, com espera crescente e sorteada (10 ms a 0,5 s) entre elas; o último
    ConflitoDeTransacao sai como veio. Qualquer outro erro sai na hora.
    """
    sorteio = sorteio or random.Random()  # noqa: S311 - só espalha as esperas
    for vez in range(1, tentativas + 1):
        try:
            return trabalho()
        except (ConflitoDeTransacao, psycopg.Error, SQLAlchemyError) as erro:
            nosso = traduzir(erro)
            if not isinstance(nosso, ConflitoDeTransacao):
                raise
            if vez == tentativas:
                if nosso is erro:
                    raise
                raise nosso from erro
            dormir(sorteio.uniform(0.005, 0.01) * 2**vez)
    raise AssertionError("tentativas tem de ser pelo menos 1")
