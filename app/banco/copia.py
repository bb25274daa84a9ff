"""Cópias de segurança: pg_dump e pg_restore do PostgreSQL embutido (ou do sistema, quando o servidor é mais novo).

Restaurar nunca escreve por cima: a cópia entra num banco novo, é migrada, e só então troca de nome com o atual, numa transação.
O banco de antes fica guardado. Senhas vão aos programas pelo ambiente, nunca pela linha de comando.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from app.banco import migracao, motor, numeracao
from app.banco.binarios import AMBIENTE, pasta_bin
from app.banco.erros import (
    BancoComDados,
    CopiaFalhou,
    CopiaInvalida,
    DiscoCheio,
    EmbutidoIndisponivel,
    ErroBanco,
    EsquemaMaisNovo,
    FerramentaAntiga,
    RestauracaoFalhou,
    SemDireitoDeCriarBanco,
    SemPermissao,
)

if TYPE_CHECKING:
    from app.config import Config

_NOME = re.compile(r"^manufatura-(\d{8}T\d{6})Z\.dump$")


@dataclass(frozen=True, slots=True)
class Restauracao:
    """O que a restauração fez: o próximo número de ordem, o nome em que ficou o banco de antes (None se era vazio)."""

    proximo_numero: int
    banco_anterior: str | None
    revisao: str


def pasta_das_copias(config: Config) -> Path:
    """MANUFATURA_COPIA_DIR, ou a pasta `copias` dos dados."""
    return config.manufatura_copia_dir or config.manufatura_dados / "copias"


def copias(pasta: Path) -> list[Path]:
    """As cópias feitas por este programa em `pasta`, da mais nova à mais antiga."""
    return sorted((a for a in pasta.glob("*.dump") if _NOME.match(a.name)), reverse=True) if pasta.is_dir() else []


def copiar(config: Config, agora: datetime) -> Path:
    """Faz uma cópia completa e apaga as que passaram de MANUFATURA_COPIA_DIAS (a mais nova fica sempre); devolve o arquivo.

    `agora` em UTC dá nome ao arquivo. O arquivo é 0600 e só recebe o nome final depois de gravado no disco e relido.
    """
    url = motor.url_migracao(config)
    pasta = pasta_das_copias(config)
    pasta.mkdir(mode=0o700, parents=True, exist_ok=True)
    final = pasta / f"manufatura-{agora:%Y%m%dT%H%M%S}Z.dump"
    parcial = final.with_suffix(".parcial")
    programa = _programa("pg_dump", _versao_do_servidor(config))
    try:
        with open(os.open(parcial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as saida:
            erro = _rodar([programa, "--format=custom", "--no-owner", "--no-privileges", "--no-password"], url, saida=saida)
            if erro is None:
                saida.flush()
                os.fsync(saida.fileno())
        if erro is not None:
            raise DiscoCheio(detalhe=f"a cópia não coube em {pasta}") if "No space left" in erro else CopiaFalhou(detalhe=erro)
        _conferir(parcial)
        parcial.rename(final)
    except OSError as falha:
        raise CopiaFalhou(detalhe=f"{falha.strerror} em {pasta}") from falha
    finally:
        parcial.unlink(missing_ok=True)
    limite = agora - timedelta(days=config.manufatura_copia_dias)
    for velha in copias(pasta)[1:]:
        if velha.name < f"manufatura-{limite:%Y%m%dT%H%M%S}Z.dump":
            velha.unlink()
    return final


def restaurar(
    config: Config, arquivo: Path, agora: datetime, *, sim: bool = False, maior_no_odoo: Callable[[], int | None] | None = None
) -> Restauracao:
    """Troca o conteúdo do banco pelo da cópia `arquivo`; o banco de antes fica guardado com outro nome.

    Um banco com linhas só é trocado com `sim`. A cópia de um programa mais antigo é migrada; a de um mais novo é recusada. A
    numeração das ordens salta mil além do maior número visto na cópia, no banco de antes e no Odoo (`maior_no_odoo()`).
    Erros: CopiaInvalida, BancoComDados, EsquemaMaisNovo, FerramentaAntiga, SemDireitoDeCriarBanco, RestauracaoFalhou.
    """
    _conferir(arquivo)
    _conferir_revisao(arquivo)
    url = motor.url_migracao(config)
    programa = _programa("pg_restore", _versao_do_servidor(config))
    conhecidos: list[int | None] = [maior_no_odoo() if maior_no_odoo else None]
    with _motor(url) as atual, atual.connect() as conexao:
        tabelas = list(conexao.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
        cheias = [t for t in tabelas if t != "alembic_version" and conexao.scalar(text(f'SELECT EXISTS (SELECT FROM "{t}")'))]  # noqa: S608
        if cheias and not sim:
            mostra = ", ".join(sorted(cheias)[:5]) + (f" e mais {len(cheias) - 5}" if len(cheias) > 5 else "")
            raise BancoComDados(banco=url.database, tabelas=mostra)
        conhecidos.append(numeracao.maior_numero(conexao))
    if not tabelas:
        return _encher(config, url, programa, arquivo, conhecidos, None)
    return _trocar(config, url, programa, arquivo, conhecidos, agora)


def _encher(config: Config, url: URL, programa: Path, arquivo: Path, conhecidos: list[int | None], anterior: str | None) -> Restauracao:
    """Restaura num banco sem tabelas, migra e acerta a numeração."""
    erro = _rodar([programa, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--no-password"], url, arquivo)
    if erro is not None:
        raise DiscoCheio(detalhe=erro) if "No space left" in erro else RestauracaoFalhou(detalhe=erro)
    with _motor(url) as novo:
        migracao.migrar(novo, aplicacao=migracao.papel_da_aplicacao(config))
        with novo.begin() as conexao:
            conexao.execute(text("ANALYZE"))
            proximo = numeracao.avancar(conexao, conhecidos)
    return Restauracao(proximo, anterior, migracao.cabeca())


def _trocar(config: Config, url: URL, programa: Path, arquivo: Path, conhecidos: list[int | None], agora: datetime) -> Restauracao:
    carimbo = f"{agora:%Y%m%d%H%M%S}"
    atual = str(url.database)
    novo, antes = f"{atual}_novo_{carimbo}", f"{atual}_antes_{carimbo}"
    with _motor(url.set(database="postgres"), isolation_level="AUTOCOMMIT") as servidor, servidor.connect() as conexao:
        cita = conexao.dialect.identifier_preparer.quote
        try:
            conexao.exec_driver_sql(f"CREATE DATABASE {cita(novo)} TEMPLATE template0")
        except SemPermissao as erro:
            raise SemDireitoDeCriarBanco() from erro
        try:
            feito = _encher(config, url.set(database=novo), programa, arquivo, conhecidos, antes)
        except ErroBanco:
            conexao.exec_driver_sql(f"DROP DATABASE {cita(novo)} WITH (FORCE)")
            raise
        motor.esquecer_motores()
        conexao.exec_driver_sql(f"ALTER DATABASE {cita(atual)} ALLOW_CONNECTIONS false")
        try:
            fim = time.monotonic() + 30
            while conexao.scalar(text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = :b"), {"b": atual}):
                if time.monotonic() > fim:
                    raise RestauracaoFalhou(detalhe="outras sessões não largam o banco")
                time.sleep(0.05)
            # Os dois nomes trocam juntos, ou nenhum.
            renomear = f"ALTER DATABASE {cita(atual)} RENAME TO {cita(antes)}; ALTER DATABASE {cita(novo)} RENAME TO {cita(atual)}"
            conexao.exec_driver_sql(f"BEGIN; {renomear}; COMMIT")
        finally:
            existe = conexao.scalar(text("SELECT 1 FROM pg_database WHERE datname = :b"), {"b": antes})
            conexao.exec_driver_sql(f"ALTER DATABASE {cita(antes if existe else atual)} ALLOW_CONNECTIONS true")
    return feito


@contextmanager
def _motor(url: URL, **opcoes: str) -> Iterator[Engine]:
    feito = motor.criar_motor(url, nome="manufatura copia", statement_timeout_s=0, lock_timeout_s=60, **opcoes)  # type: ignore[arg-type]
    try:
        yield feito
    finally:
        feito.dispose()


def _versao_do_servidor(config: Config) -> int:
    dono = motor.motor_migracao(config)
    try:
        with dono.connect() as conexao:
            return int(conexao.scalar(text("SELECT current_setting('server_version_num')::int / 10000")) or 0)
    finally:
        dono.dispose()


def _programa(nome: str, servidor: int) -> Path:
    """O programa `nome` de versão igual ou maior que a do servidor: o embutido, senão o do sistema."""
    candidatos: list[Path] = []
    with contextlib.suppress(EmbutidoIndisponivel):  # sem binários para este sistema ainda pode haver os do sistema
        candidatos.append(pasta_bin() / nome)
    if do_sistema := shutil.which(nome, path=AMBIENTE["PATH"]):
        candidatos.append(Path(do_sistema))
    versoes = []
    for candidato in candidatos:
        saida = subprocess.run([candidato, "--version"], env=AMBIENTE, capture_output=True, text=True, check=False).stdout
        achada = re.search(r"\) (\d+)", saida)
        if achada and int(achada[1]) >= servidor:
            return candidato
        versoes.append(achada[1] if achada else "?")
    raise FerramentaAntiga(servidor=servidor, programa=nome, programa_versao=" e ".join(versoes) or "nenhuma")


def _conferir(arquivo: Path) -> None:
    if not arquivo.is_file():
        raise CopiaInvalida(arquivo=arquivo, detalhe="o arquivo não existe")
    programa = _programa("pg_restore", 0)
    lista = _ler([programa, "--list", arquivo], arquivo)
    if "alembic_version" not in lista:
        raise CopiaInvalida(arquivo=arquivo, detalhe="é de outro programa")


def _conferir_revisao(arquivo: Path) -> None:
    """EsquemaMaisNovo se a cópia é de um programa mais novo: visto no arquivo, antes de tocar em banco algum."""
    dados = _ler([_programa("pg_restore", 0), "--data-only", "--table=alembic_version", "--file=-", arquivo], arquivo)
    achada = re.search(r"^COPY [^\n]*alembic_version[^\n]*\n(\w+)$", dados, re.M)
    if achada is None:
        raise CopiaInvalida(arquivo=arquivo, detalhe="não diz de que versão são as tabelas")
    if achada[1] not in migracao.revisoes():
        raise EsquemaMaisNovo(atual=achada[1], cabeca=migracao.cabeca())


def _ler(comando: list[str | Path], arquivo: Path) -> str:
    lido = subprocess.run(comando, env=AMBIENTE, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if lido.returncode != 0:
        raise CopiaInvalida(arquivo=arquivo, detalhe=_primeira_linha(lido.stderr))
    return lido.stdout


def _rodar(comando: list[str | Path], url: URL, arquivo: Path | None = None, saida: IO[bytes] | None = None) -> str | None:
    """Roda um programa do PostgreSQL no banco de `url`; devolve None se deu certo, ou o que ele disse."""
    ambiente = dict(AMBIENTE)
    partes_url = url.translate_connect_args(username="user", database="dbname") | {
        chave: valor if isinstance(valor, str) else ",".join(valor) for chave, valor in url.query.items()
    }
    senha = partes_url.pop("password", None)
    if senha is not None:
        ambiente["PGPASSWORD"] = str(senha)
    # Como "chave=valor", e não como URL: a libpq não lê `+` como espaço, que é como o SQLAlchemy o escreve.
    partes = [*comando, f"--dbname={make_conninfo('', **partes_url)}", *([arquivo] if arquivo else [])]
    feito = subprocess.run(
        partes, env=ambiente, stdin=subprocess.DEVNULL, stdout=saida or subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    return None if feito.returncode == 0 else _primeira_linha(feito.stderr.decode("utf-8", "replace"))


def _primeira_linha(texto: str) -> str:
    linhas = [linha for linha in texto.splitlines() if linha.strip()]
    return (linhas[0] if linhas else "sem explicação").split("error: ", 1)[-1].rstrip(".")
