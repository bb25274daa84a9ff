"""Bancada `volume`: a primeira importação de 100.000 e de 1.000.000 de linhas de pedido, contra um Odoo sintético em outro processo.

O servidor (bench/odoo_sintetico.py) faz as linhas na hora, sem latência; o banco é o embutido, com fsync, migrado e vazio. O tempo é o
mesmo da bancada `importacao`: da abertura da sessão ao último commit, num processo novo a cada vez. A memória é a do nosso processo
(sem o PostgreSQL e sem o servidor). Os lados se alternam; o que passa de 60 s roda uma vez só.

Chaves: razao_10x (tempo de dez vezes mais linhas sobre o tempo das outras) e pico_mb (o maior dos dois tamanhos).
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from bench import apoio
from bench.apoio import Bancos, Lado

VEZES = 10


def executar(mostrar: Callable[[str], None] = print, repeticoes: int = 5, linhas: int = 100_000, **_opcoes: Any) -> dict[str, object]:
    """Mede e devolve as chaves; `linhas` é o tamanho menor (o maior é dez vezes ele)."""
    tamanhos = {"menor": linhas, "maior": linhas * VEZES}
    picos: dict[str, list[float]] = {nome: [] for nome in tamanhos}
    chamadas: dict[str, int] = {}
    mostrar(f"volume: {linhas} e {linhas * VEZES} linhas de pedido, páginas e commits como na importação de verdade")
    with apoio.bancos_temporarios() as bancos:

        def medir(nome: str) -> Callable[[], float]:
            return lambda: _uma(bancos, tamanhos[nome], picos[nome], nome, chamadas)

        tempos = apoio.alternar({nome: medir(nome) for nome in tamanhos}, repeticoes, mostrar)
    medianas = {nome: statistics.median(serie) for nome, serie in tempos.items()}
    razao, pico = medianas["maior"] / medianas["menor"], {nome: max(serie) for nome, serie in picos.items()}
    for nome, n in tamanhos.items():
        ritmo = f"{medianas[nome]:7.2f} s  {n / medianas[nome]:7.0f} linhas/s".replace(".", ",")
        mostrar(f"  {n:9d} linhas  {ritmo}  pico {pico[nome]:4.0f} MB  {chamadas[nome]} chamadas")
    mostrar(f"  dez vezes mais linhas levam {razao:.2f} × o tempo".replace(".", ","))
    return {
        "razao_10x": round(razao, 3),
        "pico_mb": round(max(pico.values()), 1),
        "linhas": linhas,
        "linhas_maior": linhas * VEZES,
        "pico_menor_mb": round(pico["menor"], 1),
        "pico_maior_mb": round(pico["maior"], 1),
        "menor_s": round(medianas["menor"], 3),
        "maior_s": round(medianas["maior"], 3),
        "linhas_s": round(linhas * VEZES / medianas["maior"]),
        "repeticoes": {nome: len(serie) for nome, serie in tempos.items()},
    }


def _uma(bancos: Bancos, linhas: int, picos: list[float], nome: str, chamadas: dict[str, int]) -> float:
    with apoio.servidor("bench.odoo_sintetico", "--linhas", str(linhas)) as dados, bancos.novo() as banco:
        alvo = {"ODOO_URL": dados["url"], "ODOO_DB": dados["banco"], "ODOO_USER": dados["usuario"], "ODOO_PASSWORD": dados["senha"]}
        with Lado("bench.lado_nosso", apoio.ambiente(alvo, banco)) as nosso:
            medida = nosso.pedir(url=banco.url)
        guardadas = banco.um("SELECT count(*) FROM pedido_compras")
    assert guardadas == linhas, f"guardadas {guardadas} de {linhas} linhas"
    picos.append(medida["pico_mb"])
    chamadas[nome] = medida["chamadas"]
    return float(medida["segundos"])
