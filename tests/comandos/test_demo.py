"""`manufatura demo`: a história inteira, em menos de 30 s, sem deixar processo, porta nem pasta, mesmo interrompida."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.apoio.espera import esperar

pytestmark = pytest.mark.timeout(180)


@contextmanager
def demonstracao(raiz: Path, pasta: Path, *argumentos: str) -> Iterator[subprocess.Popen[str]]:
    """O programa num processo seu, com a pasta de dados dada (que tem espaço e acento)."""
    base = {nome: valor for nome, valor in os.environ.items() if nome in {"PATH", "HOME", "LANG"}}
    ambiente = {**base, "PYTHONPATH": str(raiz), "MANUFATURA_DADOS": str(pasta), "PYTHONUNBUFFERED": "1"}
    comando = [sys.executable, "-m", "app", "demo", *argumentos]
    with subprocess.Popen(comando, cwd=raiz, env=ambiente, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as processo:
        try:
            yield processo
        finally:
            if processo.poll() is None:
                processo.kill()


def processos_em(pasta: Path) -> list[str]:
    """Processos cuja pasta corrente está dentro da dada (os do PostgreSQL embutido trabalham dentro dos dados)."""
    achados = []
    for p in Path("/proc").iterdir():
        if p.name.isdigit():
            try:
                onde = os.readlink(p / "cwd")
            except OSError:
                continue
            if onde.startswith(str(pasta)):
                achados.append(f"{p.name} {onde}")
    return achados


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    return tmp_path / "fábrica de ação"


def test_historia_inteira(raiz: Path, pasta: Path) -> None:
    with demonstracao(raiz, pasta) as processo:
        saida, _ = processo.communicate(timeout=150)
    assert processo.returncode == 0, saida
    for trecho in (
        "1. Primeira importação",
        "Pedidos de compra: ",
        "Rejeitados (entram sozinhos depois de corrigidos no Odoo):",
        "2. Um dia de trabalho no Odoo",
        "3. Segunda importação: só o que mudou",
        "situação: confirmado → cancelado",
        "4. Conferindo com o Odoo",
        "Nada falta, nada sobra, nada difere",
        "Em resumo",
        "Nada ficou: nem processo, nem porta, nem pasta.",
    ):
        assert trecho in saida
    linhas = [linha.split("\t") for linha in saida.splitlines() if linha.startswith("Pedidos de compra\t")]
    primeira, segunda = (int(linha[1].replace(".", "")) for linha in linhas[:2])
    assert primeira >= 3000
    assert 0 < segunda < 20
    assert not pasta.exists()
    assert processos_em(pasta) == []


@pytest.mark.parametrize("sinal", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_interrompida_no_meio_nao_deixa_nada(sinal: signal.Signals, raiz: Path, pasta: Path) -> None:
    with demonstracao(raiz, pasta) as processo:
        assert processo.stdout is not None
        for linha in processo.stdout:
            if linha.startswith("1. Primeira"):
                break
        assert processos_em(pasta)
        processo.send_signal(sinal)
        saida, _ = processo.communicate(timeout=60)
    assert processo.returncode == 130, saida
    assert not pasta.exists()
    assert processos_em(pasta) == []


def test_a_que_morreu_sem_limpar_e_limpa_pela_seguinte(raiz: Path, pasta: Path) -> None:
    with demonstracao(raiz, pasta) as processo:
        assert processo.stdout is not None
        for linha in processo.stdout:
            if linha.startswith("1. Primeira"):
                break
        processo.kill()
    assert processos_em(pasta)  # o banco embutido sobrevive ao programa, de propósito
    with demonstracao(raiz, pasta) as processo:
        assert processo.stdout is not None
        for linha in processo.stdout:
            if linha.startswith("1. Primeira"):
                break
        processo.send_signal(signal.SIGINT)
        processo.communicate(timeout=60)
    assert esperar(lambda: not processos_em(pasta)), processos_em(pasta)
    assert not pasta.exists()
