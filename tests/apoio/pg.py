"""PostgreSQL de verdade para os testes: um servidor por execução do pytest, um banco por processo.

- `motor`, `motor_dono`: o banco deste processo, esvaziado antes de cada teste que os pede (papel do programa; dono das tabelas).
- `banco_pg`: o mesmo banco, com os endereços e o ambiente para um subprocesso.
- `banco_novo`: um banco migrado só deste teste. `banco_vazio`: um sem tabela nenhuma.
- `servidor_pg`: o servidor partilhado (sem fsync). `servidor_proprio`: um só deste teste, com fsync, que pode ser morto.

O servidor partilhado fica na pasta temporária do pytest, com os processos do xdist em volta dele, e é parado no fim pelo processo
principal. Uma execução interrompida com kill -9 deixa-o ligado: a próxima não se importa, porque a pasta é outra.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine

from app.banco import embutido, migracao
from app.banco.embutido import ServidorEmbutido
from app.banco.motor import criar_motor, esquecer_motores

MODELO = "modelo_de_teste"
_NUMEROS = itertools.count(1)


@dataclass(frozen=True)
class BancoTeste:
    """Um banco de teste: `url` e `motor` são do papel do programa; `url_dono` e `motor_dono`, do dono das tabelas."""

    nome: str
    url: str
    url_dono: str
    motor: Engine
    motor_dono: Engine

    @property
    def ambiente(self) -> dict[str, str]:
        """Variáveis para um subprocesso usar este banco."""
        return {"DATABASE_URL": self.url, "DATABASE_URL_MIGRACAO": self.url_dono}

    def sql(self, comando: str, *valores: object) -> list[tuple[object, ...]]:
        """Roda um comando como dono, com commit, e devolve as linhas (vazio se não há)."""
        with psycopg.connect(self.url_dono, autocommit=True) as conexao:
            cursor = conexao.execute(comando.encode(), valores or None)
            return list(cursor.fetchall()) if cursor.description else []


def pytest_addoption(parser: pytest.Parser) -> None:
    grupo = parser.getgroup("manufatura")
    grupo.addoption("--rodadas-8", type=int, default=3, help="quantas vezes a falha 8 mata o banco no meio de commits")


def _casa(fabrica: pytest.TempPathFactory) -> Path:
    base = fabrica.getbasetemp()
    # Num processo do xdist a pasta base é popen-gwN dentro da do principal.
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "pg"


def _desmontar(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    fabrica = getattr(config, "_tmp_path_factory", None)
    # getbasetemp() criaria a pasta: só interessa se alguém já a criou.
    base = getattr(fabrica, "_basetemp", None)
    if base is not None and (base / "pg").exists():
        embutido.parar(base / "pg")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    _desmontar(config)


@pytest.fixture(scope="session")
def servidor_pg(tmp_path_factory: pytest.TempPathFactory) -> ServidorEmbutido:
    """O servidor partilhado por toda a execução, com o banco-modelo migrado."""
    casa = _casa(tmp_path_factory)
    servidor = embutido.ligar(casa, descartavel=True)
    with open(casa / "modelo.trava", "w") as trava:
        fcntl.flock(trava, fcntl.LOCK_EX)
        if not (casa / "modelo.pronto").exists():
            _criar(servidor, MODELO, "template1")
            dono = criar_motor(servidor.url("dono", MODELO))
            migracao.migrar(dono)
            dono.dispose()
            (casa / "modelo.pronto").touch()
    return servidor


def _criar(servidor: ServidorEmbutido, nome: str, modelo: str) -> None:
    with psycopg.connect(servidor.url("dono", "postgres"), autocommit=True) as conexao:
        conexao.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(nome)))
        conexao.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(nome), sql.Identifier(modelo)))


def _abrir(servidor: ServidorEmbutido, nome: str) -> BancoTeste:
    url, url_dono = servidor.url("manufatura", nome), servidor.url("dono", nome)
    return BancoTeste(nome, url, url_dono, criar_motor(url), criar_motor(url_dono, statement_timeout_s=60))


def _fechar(banco: BancoTeste) -> None:
    banco.motor.dispose()
    banco.motor_dono.dispose()


@pytest.fixture(scope="session")
def _banco_do_processo(servidor_pg: ServidorEmbutido) -> Iterator[tuple[BancoTeste, _Faxina]]:
    nome = f"teste_{os.environ.get('PYTEST_XDIST_WORKER', 'unico')}"
    _criar(servidor_pg, nome, MODELO)
    banco = _abrir(servidor_pg, nome)
    yield banco, _Faxina(banco)
    _fechar(banco)


class _Faxina:
    """Esvazia o banco: só as tabelas com linhas, e as sequências usadas; o que as migrações puseram volta ao que era."""

    def __init__(self, banco: BancoTeste) -> None:
        self.banco = banco
        with psycopg.connect(banco.url_dono) as conexao:
            tabelas = conexao.execute(
                "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            ).fetchall()
            self.quais_cheias = " UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT FROM {t})" for (t,) in tabelas).encode()
            self.iniciais: dict[str, bytes] = {}
            for (tabela,) in conexao.execute(self.quais_cheias).fetchall():
                with conexao.cursor().copy(f"COPY {tabela} TO STDOUT".encode()) as copia:
                    self.iniciais[tabela] = b"".join(map(bytes, copia))

    def __call__(self) -> None:
        try:
            self._limpar()
        except psycopg.errors.LockNotAvailable:  # um teste anterior deixou uma transação aberta
            self.banco.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            self._limpar()

    def _limpar(self) -> None:
        with psycopg.connect(self.banco.url_dono) as conexao:
            # replica: os gatilhos (o da auditoria) não impedem a limpeza.
            conexao.execute("SET session_replication_role = replica; SET lock_timeout = '3s'")
            cheias = [t for (t,) in conexao.execute(self.quais_cheias)]
            usadas = conexao.execute(
                "SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
            ).fetchall()
            comandos = [f"TRUNCATE {', '.join(cheias)} CASCADE"] if cheias else []
            comandos += [f"ALTER SEQUENCE {s} RESTART" for (s,) in usadas]
            if comandos:
                conexao.execute("; ".join(comandos).encode())
            for tabela, linhas in self.iniciais.items():
                with conexao.cursor().copy(f"COPY {tabela} FROM STDIN".encode()) as copia:
                    copia.write(linhas)


@pytest.fixture
def banco_pg(_banco_do_processo: tuple[BancoTeste, _Faxina]) -> Iterator[BancoTeste]:
    """O banco deste processo, vazio."""
    banco, limpar = _banco_do_processo
    limpar()
    yield banco
    esquecer_motores()  # os que o teste abriu pela configuração


@pytest.fixture
def motor(banco_pg: BancoTeste) -> Engine:
    """Engine do papel do programa (manufatura) num banco vazio e migrado."""
    return banco_pg.motor


@pytest.fixture
def motor_dono(banco_pg: BancoTeste) -> Engine:
    """Engine do dono das tabelas, no mesmo banco de `motor`."""
    return banco_pg.motor_dono


@pytest.fixture
def banco_novo(servidor_pg: ServidorEmbutido) -> Iterator[BancoTeste]:
    """Um banco migrado que só este teste usa (para DDL, cópias, papéis)."""
    yield from _so_deste_teste(servidor_pg, MODELO)


@pytest.fixture
def banco_vazio(servidor_pg: ServidorEmbutido) -> Iterator[BancoTeste]:
    """Um banco sem tabela nenhuma, que só este teste usa."""
    yield from _so_deste_teste(servidor_pg, "template1")


def _so_deste_teste(servidor: ServidorEmbutido, modelo: str) -> Iterator[BancoTeste]:
    nome = f"so_{os.getpid()}_{next(_NUMEROS)}"
    _criar(servidor, nome, modelo)
    banco = _abrir(servidor, nome)
    try:
        yield banco
    finally:
        _fechar(banco)
        esquecer_motores()
        with psycopg.connect(servidor.url("dono", "postgres"), autocommit=True) as conexao:
            conexao.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(nome)))


@pytest.fixture
def servidor_proprio(tmp_path: Path) -> Iterator[ServidorEmbutido]:
    """Um servidor só deste teste, durável (com fsync) e com o banco `manufatura` ainda sem tabelas: pode ser morto."""
    servidor = embutido.ligar(tmp_path / "casa")
    yield servidor
    esquecer_motores()
    embutido.parar(servidor.casa)


def matar_servidor(servidor: ServidorEmbutido) -> None:
    """kill -9 no principal e em todos os filhos. O principal antes: ele recomeçaria sozinho ao ver um filho morrer."""
    principal = int((servidor.dados / "postmaster.pid").read_text().split("\n")[0])
    for pid in sorted(embutido.processos(servidor), key=lambda p: p != principal):
        with contextlib.suppress(ProcessLookupError):  # um filho que já ia saindo
            os.kill(pid, signal.SIGKILL)
