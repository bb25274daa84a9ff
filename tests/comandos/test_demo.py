"""`manufatura demo`: a história inteira, em menos de um minuto, sem deixar processo, porta nem pasta, mesmo interrompida."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.demo.encomendas import FIXAS, Planilhas
from app.manufatura.planilhas.conferencias import DA_PLANILHA
from app.manufatura.planilhas.definicoes import TIPOS
from app.manufatura.planilhas.validacao import ler
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
        "5. As planilhas da fábrica",
        "Estruturas de produto: 22 novas, 0 mudadas",
        "Demanda realizada: 16 previsões, 16 mudadas",
        "o produto não tem lead time de produção",
        "por que as datas\tentrega ",
        "  └ MDF18-004",  # o quarto nível da árvore
        "8. Os lotes mudam",
        "MJ6-ARO: quantidade 20 → 40",
        "GR6-JAC (12): o pedido foi cancelado",
        "(Liberada) foi feita para 80",
        "Ordens sob encomenda: 0 criadas, 0 mudadas, 0 canceladas",
        "conferências, todas certas.",
        "Em resumo",
        "Nada ficou: nem processo, nem porta, nem pasta.",
    ):
        assert trecho in saida
    # Uma ordem já aberta de um destes móveis (a fábrica muda com o dia) pode somar as suas filhas.
    planejadas = [tuple(map(int, c)) for c in re.findall(r"Ordens sob encomenda: (\d+) criadas, (\d+) mudadas, (\d+) canceladas", saida)]
    (criadas, _, nenhuma), (novas, mudadas, canceladas), de_novo = planejadas
    assert (criadas >= 31, nenhuma, novas, mudadas >= 11, canceladas, de_novo) == (True, 0, 3, True, 7, (0, 0, 0))
    linhas = [linha.split("\t") for linha in saida.splitlines() if linha.startswith("Pedidos de compra\t")]
    primeira, segunda = (int(linha[1].replace(".", "")) for linha in linhas[:2])
    assert primeira >= 3000
    assert 0 < segunda < 20
    assert not pasta.exists()
    assert processos_em(pasta) == []


@pytest.mark.parametrize("hoje", [date(2026, 1, 1), date(2028, 2, 29), date(2026, 12, 31)], ids=str)
def test_planilhas_servem_em_qualquer_dia(hoje: date, tmp_path: Path) -> None:
    """Escritas e lidas de volta: nenhuma célula recusada, e nenhuma venda no futuro."""
    planilhas = Planilhas(tmp_path, hoje, lambda n: hoje + timedelta(days=n))
    arquivos = planilhas.primeiras()
    arquivos["separacoes mudadas"], arquivos["cadastro mudado"] = planilhas.separacoes(mudadas=True), planilhas.lead_time()
    lidas = {}
    for nome, arquivo in arquivos.items():
        tipo = nome.split()[0]
        lidas[nome] = ler(arquivo, TIPOS[tipo], ZoneInfo("America/Sao_Paulo"), conferencias=DA_PLANILHA.get(tipo, ()))
        assert (lidas[nome].problemas, lidas[nome].avisos) == ([], []), nome
        assert lidas[nome].linhas
    dias = [linha.valores["data_pedido"] for linha in lidas["historico"].linhas]
    assert max(dias) <= hoje < min(linha.valores["expedicao"] for linha in lidas["separacoes"].linhas)


def test_estruturas_tem_quatro_niveis() -> None:
    with (FIXAS / "estruturas.csv").open(encoding="utf-8") as arquivo:
        filhos: dict[str, list[str]] = {}
        for linha in csv.DictReader(arquivo, delimiter=";"):
            filhos.setdefault(linha["Produto"], []).append(linha["Componente"])

    def fundo(codigo: str) -> int:
        return 1 + max((fundo(f) for f in filhos.get(codigo, ())), default=0)

    assert max(map(fundo, filhos)) == 4


@pytest.mark.parametrize(
    ("sinal", "passo"),
    [(signal.SIGINT, "1. Primeira"), (signal.SIGTERM, "1. Primeira"), (signal.SIGINT, "6. Planejando")],
    ids=["ctrl-c", "sigterm", "ctrl-c planejando"],
)
def test_interrompida_no_meio_nao_deixa_nada(sinal: signal.Signals, passo: str, raiz: Path, pasta: Path) -> None:
    with demonstracao(raiz, pasta) as processo:
        assert processo.stdout is not None
        for linha in processo.stdout:
            if linha.startswith(passo):
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
