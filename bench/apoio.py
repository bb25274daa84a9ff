"""O que as bancadas têm em comum: um PostgreSQL temporário com fsync, servidores e lados em outro processo, e medianas alternadas."""

from __future__ import annotations

import gc
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql
from sqlalchemy import Engine

from app.banco import embutido, migracao
from app.banco.embutido import ServidorEmbutido
from app.banco.motor import criar_motor

MODELO = "modelo_da_bancada"
RAIZ = Path(__file__).resolve().parent.parent
LIMITE_REPETICAO_S = 60.0
"""Um lado que passa disso roda uma vez só (issue das bancadas)."""


@dataclass(frozen=True)
class BancoTemporario:
    """Um banco migrado e vazio, só de quem o pediu: `url` (papel do programa) e `url_dono`."""

    url: str
    url_dono: str

    def motor(self) -> Engine:
        """Um motor do papel do programa; quem pede faz `.dispose()`."""
        return criar_motor(self.url)

    def um(self, comando: str) -> Any:
        """O primeiro valor da primeira linha de um comando."""
        with psycopg.connect(self.url_dono) as conexao:
            linha = conexao.execute(comando.encode()).fetchone()
        return linha[0] if linha else None


class Bancos:
    """Bancos migrados à vontade, num servidor embutido temporário, durável (com fsync) como o de quem usa o programa."""

    def __init__(self, servidor: ServidorEmbutido) -> None:
        self.servidor = servidor
        self._numeros = itertools.count(1)
        self._copiar(MODELO, "template1")
        motor = criar_motor(servidor.url("dono", MODELO), statement_timeout_s=0)
        migracao.migrar(motor)
        motor.dispose()

    @contextmanager
    def novo(self) -> Iterator[BancoTemporario]:
        """Um banco migrado e vazio, apagado na saída; nada fica por escrever no disco quando ele é entregue."""
        nome = f"bancada_{next(self._numeros)}"
        self._copiar(nome, MODELO)
        try:
            yield BancoTemporario(self.servidor.url("manufatura", nome), self.servidor.url("dono", nome))
        finally:
            self._rodar(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(nome)))

    def _copiar(self, nome: str, modelo: str) -> None:
        self._rodar(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(nome), sql.Identifier(modelo)))
        self._rodar(sql.SQL("CHECKPOINT"))

    def _rodar(self, comando: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self.servidor.url("dono", "postgres"), autocommit=True) as conexao:
            conexao.execute(comando)


@contextmanager
def bancos_temporarios() -> Iterator[Bancos]:
    """Um servidor embutido numa pasta temporária, parado e apagado na saída."""
    with tempfile.TemporaryDirectory(prefix="manufatura-bench-") as pasta:
        casa = Path(pasta)
        try:
            yield Bancos(embutido.ligar(casa))
        finally:
            embutido.parar(casa)


@contextmanager
def servidor(modulo: str, *argumentos: str) -> Iterator[dict[str, Any]]:
    """Um servidor (`python -m modulo …`) em outro processo, que diz numa linha de JSON onde escuta; encerrado na saída."""
    comando = [sys.executable, "-m", modulo, *argumentos]
    with subprocess.Popen(comando, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=RAIZ, text=True) as processo:
        try:
            assert processo.stdout is not None
            primeira = processo.stdout.readline()
            if not primeira:
                raise RuntimeError(f"{modulo} não ligou (código {processo.wait()})")
            dados: dict[str, Any] = json.loads(primeira)
            yield {**dados, "pid": processo.pid}
        finally:
            processo.terminate()
            try:
                processo.wait(10)
            except subprocess.TimeoutExpired:
                processo.kill()


def ambiente(alvo: Mapping[str, str] | None, banco: BancoTemporario | None = None) -> dict[str, str]:
    """O ambiente de um lado: `alvo` são as variáveis ODOO_… (None: as que já estão no ambiente, para um Odoo de verdade)."""
    base = {n: v for n, v in os.environ.items() if alvo is None or not n.startswith("ODOO_")}
    # As demais configurações da instalação não entram: a bancada usa os padrões, num banco só dela.
    base = {n: v for n, v in base.items() if not n.startswith(("MANUFATURA_", "DATABASE_URL", "SCHEDULER_"))}
    return {**base, **(alvo or {}), **({"DATABASE_URL": banco.url, "DATABASE_URL_MIGRACAO": banco.url_dono} if banco else {})}


class Lado:
    """Um lado da medida, num processo só dele (`python -m modulo`): um pedido em JSON por linha, uma resposta em JSON por linha."""

    def __init__(self, modulo: str, variaveis: Mapping[str, str]) -> None:
        self.modulo, self.nasceu = modulo, time.time()
        comando = [sys.executable, "-m", modulo]
        self._processo = subprocess.Popen(
            comando, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(variaveis), cwd=RAIZ, text=True, bufsize=1
        )

    def pedir(self, **pedido: Any) -> dict[str, Any]:
        """Faz um pedido e espera a resposta. Erro: RuntimeError se o processo morreu (o porquê está no stderr)."""
        assert self._processo.stdin is not None
        assert self._processo.stdout is not None
        self._processo.stdin.write(json.dumps({"processo_pedido_em": self.nasceu, **pedido}) + "\n")
        resposta = self._processo.stdout.readline()
        if not resposta:
            raise RuntimeError(f"{self.modulo} terminou com o código {self._processo.wait()}")
        dito: dict[str, Any] = json.loads(resposta)
        return dito

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._processo.stdin is not None
        self._processo.stdin.close()  # o fim da entrada encerra o lado
        try:
            self._processo.wait(30)
        except subprocess.TimeoutExpired:
            self._processo.kill()
            self._processo.wait()


def atender(responder: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """O outro lado de `Lado`: responde a cada linha da entrada, até ela acabar."""
    for linha in sys.stdin:
        # Cada medida começa sem lixo das anteriores: uma coleta inteira no meio de uma delas custaria 50 ms.
        gc.collect()
        print(json.dumps(responder(json.loads(linha))), flush=True)


def alternar(lados: Mapping[str, Callable[[], float]], repeticoes: int, mostrar: Callable[[str], None]) -> dict[str, list[float]]:
    """Roda os lados um depois do outro, `repeticoes` vezes (uma só para o que passa de 60 s); devolve os tempos de cada um, em s."""
    tempos: dict[str, list[float]] = {nome: [] for nome in lados}
    duracao: dict[str, float] = {}
    for vez in range(repeticoes):
        # Ora começa um, ora outro: quem vem depois pode achar caches quentes do servidor.
        for nome in list(lados) if vez % 2 == 0 else list(lados)[::-1]:
            if duracao.get(nome, 0.0) > LIMITE_REPETICAO_S:
                continue
            inicio = time.perf_counter()
            tempos[nome].append(lados[nome]())
            duracao[nome] = time.perf_counter() - inicio
        mostrar(f"  repetição {vez + 1}: " + ", ".join(f"{n} {t[-1]:.3f} s" for n, t in tempos.items()))
    return tempos


def razao_mediana(cima: list[float], baixo: list[float]) -> float:
    """A razão das medianas."""
    return statistics.median(cima) / statistics.median(baixo)
