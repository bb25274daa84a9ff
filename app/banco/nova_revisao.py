"""`python -m app.banco.nova_revisao "o que mudou"`: escreve em migracoes/versoes a revisão do que mudou nos modelos.

--conferir   não escreve; diz o que difere entre os modelos e as migrações e sai com 1 se algo difere.
--refazer    reescreve a primeira revisão a partir dos modelos (só enquanto nada foi publicado).

Usa um servidor embutido descartável, numa pasta temporária. Leia sempre o que foi gerado antes de guardar.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import Script
from sqlalchemy import Engine, text

from app.banco import embutido, migracao
from app.banco.base import Base
from app.banco.motor import criar_motor
from app.banco.retrato import diferencas, retrato


@contextmanager
def bancos_vazios() -> Iterator[tuple[Engine, Engine]]:
    """Dois bancos vazios de um servidor descartável, como dono."""
    with tempfile.TemporaryDirectory(prefix="manufatura-revisao-") as pasta:
        casa = Path(pasta)
        servidor = embutido.ligar(casa, descartavel=True)
        motores = []
        try:
            with criar_motor(servidor.url("dono"), isolation_level="AUTOCOMMIT").connect() as conexao:
                for nome in ("um", "outro"):
                    conexao.execute(text(f"CREATE DATABASE {nome}"))
                    motores.append(criar_motor(servidor.url("dono", nome)))
            yield motores[0], motores[1]
        finally:
            for motor in motores:
                motor.dispose()
            embutido.parar(casa)


def conferir(modelos: Engine, migrado: Engine) -> list[str]:
    """O que difere entre um banco criado dos modelos e um criado pelas migrações (os dois vazios ao chegar)."""
    _criar_dos_modelos(modelos)
    migracao.migrar(migrado)
    with modelos.connect() as de_modelos, migrado.connect() as de_migracoes:
        return diferencas(retrato(de_modelos), retrato(de_migracoes))


def _criar_dos_modelos(motor: Engine) -> None:
    """Cria tudo dos modelos. Quem enche a metadata é o env.py das migrações: app.banco não conhece as tabelas."""
    _carregar_modelos(motor)
    with motor.begin() as conexao:
        Base.metadata.create_all(conexao)
        # A comparação do próprio Alembic, no mesmo banco, acusa um modelo que o banco não guarda como foi escrito.
        contexto = MigrationContext.configure(conexao, opts={"compare_type": True, "compare_server_default": True})
        sobras = compare_metadata(contexto, Base.metadata)
        assert not sobras, f"o banco não guardou o modelo como escrito: {sobras}"


def _carregar_modelos(motor: Engine) -> None:
    with motor.connect() as conexao:
        command.current(migracao.configuracao(conexao, comparar=True))
        conexao.rollback()


def gerar(motor: Engine, mensagem: str, refazer: bool) -> Path:
    """Escreve a revisão e devolve o arquivo; `motor` é de um banco vazio, que sai migrado até a revisão anterior."""
    destino = migracao.PASTA / "versoes"
    with tempfile.TemporaryDirectory(prefix="manufatura-revisao-") as temporaria:
        # Numa cópia: se a geração falhar, as revisões que existem ficam como estavam.
        pasta = Path(temporaria) / "migracoes"
        shutil.copytree(migracao.PASTA, pasta, ignore=shutil.ignore_patterns("[0-9]*.py" if refazer else "", "__pycache__"))
        todas = migracao.revisoes(pasta)
        if todas:
            migracao.migrar(motor, aplicacao=None, leitura=None, pasta=pasta)
        numero = f"{max(map(int, todas), default=0) + 1:04d}"
        with motor.begin() as conexao:
            config = migracao.configuracao(conexao, pasta, comparar=True)
            feita = command.revision(config, mensagem, autogenerate=True, rev_id=numero)
        assert isinstance(feita, Script)
        for velha in destino.glob(f"{numero}_*.py"):
            velha.unlink()
        arquivo = destino / Path(feita.path).name
        arquivo.write_text(re.sub(r"^ *# ### .*\n", "", Path(feita.path).read_text("utf-8"), flags=re.M), "utf-8")
    for passo in (["check", "--fix", "-q"], ["format", "-q"]):  # sem o ruff, o arquivo fica como o Alembic o escreveu
        subprocess.run([sys.executable, "-m", "ruff", *passo, arquivo], check=False)
    return arquivo


def principal(argumentos: list[str] | None = None) -> int:
    """O programa; devolve o código de saída."""
    partes = argparse.ArgumentParser(prog="python -m app.banco.nova_revisao", description=__doc__.split("\n")[0])
    partes.add_argument("mensagem", nargs="?", default="")
    partes.add_argument("--conferir", action="store_true")
    partes.add_argument("--refazer", action="store_true")
    pedido = partes.parse_args(argumentos)
    with bancos_vazios() as (um, outro):
        if pedido.conferir:
            frases = conferir(um, outro)
            for frase in frases:
                print(frase)
            print(f"{len(frases)} diferenças entre modelos e migrações" if frases else "modelos e migrações são iguais")
            return 1 if frases else 0
        if not pedido.mensagem and not pedido.refazer:
            partes.error('diga o que mudou: python -m app.banco.nova_revisao "coluna tal em tal tabela"')
        arquivo = gerar(um, pedido.mensagem or "Tabelas iniciais", pedido.refazer)
    print(f"escrita {arquivo.relative_to(Path.cwd()) if arquivo.is_relative_to(Path.cwd()) else arquivo}: leia antes de guardar")
    return 0


if __name__ == "__main__":
    sys.exit(principal())
