"""O esquema do banco: em que revisão está, e como levá-lo à deste programa.

As revisões vivem em `migracoes/`, ao lado do pacote `app` (na cópia de trabalho e também depois de instalado). Toda a subida é
uma transação só, com trava: interrompida, nada fica pela metade, e dois processos não migram ao mesmo tempo. Saber em que
revisão se está não importa o Alembic, que custaria tempo na partida de cada comando.
"""

from __future__ import annotations

import functools
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, text

import app
from app.banco import motor as _motor
from app.banco import papeis
from app.banco.erros import EsquemaMaisNovo, EsquemaPendente

if TYPE_CHECKING:
    from alembic.config import Config as ConfigAlembic

    from app.config import Config

PASTA = Path(app.__file__).resolve().parent.parent / "migracoes"
_TRAVA = 4_737_001  # número da trava consultiva das migrações; qualquer um, fixo


@dataclass(frozen=True, slots=True)
class SituacaoEsquema:
    """Revisão do banco (`atual`, None = vazio) e a deste programa (`cabeca`)."""

    atual: str | None
    cabeca: str
    pendente: bool
    mais_novo: bool


def revisoes(pasta: Path = PASTA) -> dict[str, str | None]:
    """As revisões que este programa conhece: número → a anterior."""
    return dict(_ler_revisoes(pasta))


@functools.cache
def _ler_revisoes(pasta: Path) -> tuple[tuple[str, str | None], ...]:
    achadas = []
    for arquivo in sorted((pasta / "versoes").glob("[0-9]*.py")):
        fonte = arquivo.read_text(encoding="utf-8")
        numero = re.search(r"^revision: str = [\"'](\w+)[\"']", fonte, re.M)
        anterior = re.search(r"^down_revision: str \| None = (?:[\"'](\w+)[\"']|None)", fonte, re.M)
        assert numero, f"{arquivo.name} não diz a revisão"
        assert anterior, f"{arquivo.name} não diz a revisão anterior"
        achadas.append((numero[1], anterior[1]))
    return tuple(achadas)


def cabeca(pasta: Path = PASTA) -> str:
    """A revisão a que este programa leva o banco: a que não é anterior de nenhuma."""
    todas = revisoes(pasta)
    pontas = set(todas) - set(todas.values())
    assert len(pontas) == 1, f"as revisões em {pasta} têm {len(pontas)} pontas"
    return pontas.pop()


def situacao(motor: Engine, *, pasta: Path = PASTA) -> SituacaoEsquema:
    """Compara a revisão do banco com a deste programa; não muda nada."""
    with motor.connect() as conexao:
        return _situacao(conexao, pasta)


def _situacao(conexao: Connection, pasta: Path) -> SituacaoEsquema:
    atual: str | None = None
    if conexao.scalar(text("SELECT to_regclass('public.alembic_version')")) is not None:
        atual = conexao.scalar(text("SELECT version_num FROM public.alembic_version"))
    ponta = cabeca(pasta)
    conhecida = atual is None or atual in revisoes(pasta)
    return SituacaoEsquema(atual, ponta, pendente=conhecida and atual != ponta, mais_novo=not conhecida)


def exigir_esquema(motor: Engine, *, pasta: Path = PASTA) -> None:
    """Deixa passar só um banco na revisão deste programa: EsquemaPendente (falta migrar) ou EsquemaMaisNovo (programa velho)."""
    _exigir(situacao(motor, pasta=pasta), aceita_pendente=False)


def _exigir(estado: SituacaoEsquema, *, aceita_pendente: bool) -> None:
    if estado.mais_novo:
        raise EsquemaMaisNovo(atual=estado.atual, cabeca=estado.cabeca)
    if estado.pendente and not aceita_pendente:
        raise EsquemaPendente(atual=estado.atual or "inicial (vazio)", cabeca=estado.cabeca)


def migrar(
    motor: Engine,
    *,
    aplicacao: str | None = papeis.APLICACAO,
    leitura: str | None = papeis.LEITURA,
    pasta: Path = PASTA,
) -> SituacaoEsquema:
    """Leva o banco à revisão deste programa e refaz as permissões, numa transação; devolve a situação de ANTES.

    `motor` é o do dono das tabelas (motor_migracao). `aplicacao` é o papel com que o programa entra (o de DATABASE_URL, quando
    outro). Quem chega enquanto outro migra espera por ele. Repetir não muda nada.
    """
    from alembic import command

    with motor.begin() as conexao:
        conexao.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _TRAVA})
        antes = _situacao(conexao, pasta)
        _exigir(antes, aceita_pendente=True)
        if antes.pendente:
            command.upgrade(configuracao(conexao, pasta), "head")
        papeis.permitir(conexao, aplicacao, leitura)
    return antes


def desfazer(motor: Engine, ate: str = "base", *, pasta: Path = PASTA) -> None:
    """Desfaz revisões até `ate` ('base' = banco vazio). Apaga dados: é para quem desenvolve e para os testes."""
    from alembic import command

    with motor.begin() as conexao:
        conexao.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _TRAVA})
        command.downgrade(configuracao(conexao, pasta), ate)


def configuracao(conexao: Connection, pasta: Path = PASTA, **atributos: Any) -> ConfigAlembic:
    """A configuração do Alembic, feita em código: não há alembic.ini para perder."""
    from alembic.config import Config as ConfigAlembic

    config = ConfigAlembic(stdout=io.StringIO())  # o que o Alembic tem a dizer não é para a tela de ninguém
    # `%` num caminho seria lido como interpolação; "newline" deixa o caminho ter espaços e dois-pontos.
    for nome, valor in {
        "script_location": str(pasta).replace("%", "%%"),
        "path_separator": "newline",
        "version_locations": str(pasta / "versoes").replace("%", "%%"),
        "file_template": "%%(rev)s_%%(slug)s",
    }.items():
        config.set_main_option(nome, valor)
    config.attributes.update({"conexao": conexao, **atributos})
    return config


def papel_da_aplicacao(config: Config) -> str:
    """O papel com que o programa entra no banco: o de DATABASE_URL, ou `manufatura` no embutido."""
    if config.database_url is None:
        return papeis.APLICACAO
    return _motor.url_aplicacao(config).username or papeis.APLICACAO


def motor_pronto(config: Config) -> Engine:
    """O motor do programa com o esquema em dia: o que um comando deve pedir.

    No banco embutido, migra sozinho quando falta; num servidor externo, quem migra é uma pessoa (EsquemaPendente).
    """
    motor = _motor.motor_aplicacao(config)
    estado = situacao(motor)
    if estado.pendente and config.database_url is None:
        dono = _motor.motor_migracao(config)
        try:
            migrar(dono)
        finally:
            dono.dispose()
    else:
        _exigir(estado, aceita_pendente=False)
    return motor
