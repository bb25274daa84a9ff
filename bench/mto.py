"""Bancada `mto`: uma rodada de planejamento sob encomenda contra o piso (COPY das mesmas linhas) e contra o algoritmo do seed.

Chaves: razao_piso (nosso / COPY das linhas que ele gravou, em gêmeas vazias das mesmas tabelas, com commit), razao_semente (seed /
nosso; o seed roda numa amostra e é extrapolado), razao_10x (o pior de 1.000 → 10.000 → 100.000 demandas; 100.000 uma vez só),
pico_mb (nosso processo, 10.000), ordens_por_s, mudadas_de_novo (a segunda rodada, sem novidade: 0).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from bench import apoio
from bench.fabrica_mto import Fabrica
from bench.semente_mto import gerar_ordens_do_seed

TABELAS = ("ordem_producao", "ordem_producao_demanda", "ordem_explicacao", "planejamento_posicao")
AMOSTRA_SEED = 60


def executar(mostrar: Callable[[str], None], repeticoes: int = 5, demandas: int = 10_000, grande: bool = True) -> dict[str, Any]:
    """Roda a bancada; `demandas`: linhas do tamanho do meio. Devolve as chaves do alto do arquivo."""
    with apoio.bancos_temporarios() as bancos:
        mostrar(f"{demandas:,} demandas de 2.000 acabados, 7.000 itens".replace(",", "."))
        nossos: list[dict[str, Any]] = []
        pisos: list[float] = []
        seeds: list[float] = []
        fabrica = Fabrica(demandas)
        for vez in range(repeticoes):
            with bancos.novo() as banco:
                fabrica.gravar(banco.url_dono)
                if vez < 2:
                    seeds.append(_seed(banco, demandas))
                nosso = _nosso(banco)
                pisos.append(_piso(banco))
            nossos.append(nosso)
            mostrar(f"  repetição {vez + 1}: nosso {nosso['s']:.2f} s ({nosso['ordens']} ordens), piso {pisos[-1]:.2f} s")
        menor = [_tamanho(bancos, demandas // 10) for _ in range(min(3, repeticoes))]
        s_meio = statistics.median(n["s"] for n in nossos)
        razoes = [s_meio / statistics.median(n["s"] for n in menor)]
        maior: dict[str, Any] = {}
        if grande:
            maior = _tamanho(bancos, demandas * 10)
            razoes.append(maior["s"] / s_meio)
            mostrar(f"  {demandas * 10} demandas: {maior['s']:.1f} s, {maior['ordens']} ordens, pico {maior['pico_mb']:.0f} MB")
    s_piso, s_seed = statistics.median(pisos), statistics.median(seeds)
    resultado = {
        "razao_piso": round(s_meio / s_piso, 2),
        "razao_semente": round(s_seed / s_meio, 1),
        "razao_10x": round(max(razoes), 2),
        "pico_mb": round(max(n["pico_mb"] for n in nossos)),
        "ordens_por_s": round(nossos[0]["ordens"] / s_meio),
        "nosso_s": round(s_meio, 3),
        "piso_s": round(s_piso, 3),
        "seed_s_extrapolado": round(s_seed, 1),
        "s_de_novo": round(statistics.median(n["s_de_novo"] for n in nossos), 3),
        "mudadas_de_novo": max(n["mudadas_de_novo"] for n in nossos),
        "pico_mb_grande": round(maior["pico_mb"]) if maior else None,
    }
    mostrar(
        f"  {resultado['razao_piso']} × o piso, {resultado['razao_semente']} × mais rápido que o seed, {resultado['ordens_por_s']} ordens/s"
    )
    return resultado


def _nosso(banco: apoio.BancoTemporario) -> dict[str, Any]:
    # Um processo por medida: a primeira rodada, ainda fria, é a que se mede, e o pico de memória é só dela.
    with apoio.Lado("bench.lado_mto", apoio.ambiente({}, banco)) as lado:
        return lado.pedir(url=banco.url)


def _tamanho(bancos: apoio.Bancos, demandas: int) -> dict[str, Any]:
    with bancos.novo() as banco:
        Fabrica(demandas).gravar(banco.url_dono)
        return _nosso(banco)


def _piso(banco: apoio.BancoTemporario) -> float:
    """COPY das linhas que a rodada gravou, em gêmeas vazias (mesmas colunas, restrições e índices); só a volta é medida."""
    copias: dict[str, bytes] = {}
    with psycopg.connect(banco.url_dono) as conexao:
        for nome in TABELAS:
            with conexao.cursor() as cursor, cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(nome))) as copia:
                copias[nome] = b"".join(bytes(parte) for parte in copia)
            conexao.execute(
                sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(sql.Identifier("gemea_" + nome), sql.Identifier(nome))
            )
        conexao.commit()
        inicio = time.perf_counter()
        for nome in TABELAS:
            with conexao.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier("gemea_" + nome))) as copia:
                for ponto in range(0, len(copias[nome]), 1 << 20):
                    copia.write(copias[nome][ponto : ponto + (1 << 20)])
        conexao.commit()
        return time.perf_counter() - inicio


def _seed(banco: apoio.BancoTemporario, demandas: int) -> float:
    """O algoritmo do seed numa amostra, desfeito no fim, extrapolado para todas as demandas."""
    amostra = min(AMOSTRA_SEED, demandas)
    return gerar_ordens_do_seed(banco.url_dono, amostra) * demandas / amostra
