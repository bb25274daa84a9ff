"""Bancada `demanda`: um comando para todas as previsões, contra o SELECT agrupado nu e contra a consulta por previsão do seed.

1.000.000 de linhas de histórico em 24 meses, 5.000 produtos, 40 grupos; 10.000 previsões do mês corrente, metade de um grupo e
metade de todos. O piso é o SELECT que soma as mesmas vendas por produto e grupo (do mês, ou dos dois meses abertos, como nós
olhamos), sem gravar nada. O seed (uma consulta e uma gravação por previsão, com um commit no fim) roda numa amostra e é extrapolado.

Chaves: razao_piso (nosso / piso, os dois com os meses abertos, uma previsão em dez por acertar; _tudo_muda e _sem_mudanca: todas e
nenhuma), razao_semente (seed extrapolado / nosso), escritas_sem_mudanca
(linhas de previsao_demanda regravadas na segunda vez, por xmin: 0).
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy import Engine, text

from app.manufatura.services import demanda
from bench import apoio

HOJE = date(2026, 11, 24)
MESES_ABERTOS = 1
PRODUTOS = [f"A{i:05d}" for i in range(5_000)]
GRUPOS = [f"GRUPO {i:02d}" for i in range(40)]
AMOSTRA = 100
# A soma por fora obriga o banco a fazer a conta inteira sem mandar 80.000 linhas ao programa, o que só faria o piso parecer alto.
PISO = text("""
    SELECT count(*), sum(qtd) FROM (
        SELECT cod_produto, data_pedido >= :mes AS corrente, nome_grupo, sum(qtd_produto_pedido) AS qtd
        FROM historico_pedidos WHERE data_pedido >= :inicio AND data_pedido < :fim GROUP BY 1, 2, 3) v""")
# A consulta do seed, como está lá (seed.md, seção 3); o tipo do grupo é dito para o driver saber preparar.
SEED = text("""
    SELECT COALESCE(SUM(qtd_produto_pedido), 0) AS total FROM historico_pedidos
    WHERE cod_produto = :cod_produto AND EXTRACT(MONTH FROM data_pedido) = :mes AND EXTRACT(YEAR FROM data_pedido) = :ano
    AND (CAST(:grupo AS text) IS NULL OR nome_grupo = :grupo)""")


def executar(mostrar: Callable[[str], None], repeticoes: int = 5, historico: int = 1_000_000, previsoes: int = 10_000) -> dict[str, Any]:
    """Roda a bancada; devolve as chaves do alto do arquivo, com os tempos em segundos."""
    with apoio.bancos_temporarios() as bancos, bancos.novo() as banco:
        _encher(banco, historico, previsoes)
        mostrar(f"{historico:,} linhas de histórico, {previsoes:,} previsões".replace(",", "."))
        motor = banco.motor()
        try:
            _nosso(motor)
            escritas = _escritas_sem_mudanca(motor, banco)
            lados = {
                "nosso": lambda: _com_mudancas(motor, banco, 10),
                "piso": lambda: _piso(motor),
                "sem_mudanca": lambda: _nosso(motor),
                "tudo_muda": lambda: _com_mudancas(motor, banco, 1),
            }
            tempos = apoio.alternar(lados, repeticoes, mostrar)
            seeds = [_seed(motor, previsoes) for _ in range(min(2, repeticoes))]
        finally:
            motor.dispose()
    nosso, seed = statistics.median(tempos["nosso"]), statistics.median(seeds)
    resultado = {
        "razao_piso": round(apoio.razao_mediana(tempos["nosso"], tempos["piso"]), 2),
        "razao_piso_tudo_muda": round(apoio.razao_mediana(tempos["tudo_muda"], tempos["piso"]), 2),
        "razao_piso_sem_mudanca": round(apoio.razao_mediana(tempos["sem_mudanca"], tempos["piso"]), 2),
        "razao_semente": round(seed / nosso, 1),
        "escritas_sem_mudanca": escritas,
        "nosso_s": round(nosso, 3),
        "piso_s": round(statistics.median(tempos["piso"]), 3),
        "seed_s_extrapolado": round(seed, 1),
    }
    mostrar(f"  {resultado['razao_piso']} × o piso; o seed, extrapolado de {AMOSTRA} previsões, levaria {seed:.0f} s")
    return resultado


def _encher(banco: apoio.BancoTemporario, historico: int, previsoes: int) -> None:
    sorteio = random.Random(11)
    inicio = date(2024, 12, 1)
    dias = (HOJE - inicio).days

    def vendas() -> Iterator[tuple[object, ...]]:
        for i in range(historico):
            dia = inicio + timedelta(days=sorteio.randrange(dias))
            yield f"V{i // 3:07d}", dia, sorteio.choice(PRODUTOS), sorteio.choice(GRUPOS), Decimal(sorteio.randrange(1, 100_000)) / 100, i

    def metas() -> Iterator[tuple[object, ...]]:
        for i in range(previsoes):
            grupo = None if i < len(PRODUTOS) else GRUPOS[i // len(PRODUTOS) - 1]
            yield HOJE.month, HOJE.year, grupo, PRODUTOS[i % len(PRODUTOS)], Decimal(1000)

    with psycopg.connect(banco.url_dono) as conexao:
        colunas = "num_pedido, data_pedido, cod_produto, nome_grupo, qtd_produto_pedido, ocorrencia"
        with conexao.cursor() as cursor, cursor.copy(f"COPY historico_pedidos ({colunas}) FROM STDIN".encode()) as copia:
            for linha in vendas():
                copia.write_row(linha)
        colunas = "data_mes, data_ano, nome_grupo, cod_produto, qtd_demanda_prevista"
        with conexao.cursor() as cursor, cursor.copy(f"COPY previsao_demanda ({colunas}) FROM STDIN".encode()) as copia:
            for linha in metas():
                copia.write_row(linha)
        conexao.commit()
        conexao.autocommit = True
        conexao.execute("VACUUM ANALYZE historico_pedidos")
        conexao.execute("VACUUM ANALYZE previsao_demanda")


def _nosso(motor: Engine) -> float:
    inicio = time.perf_counter()
    with motor.begin() as conexao:
        demanda.atualizar(conexao, HOJE, MESES_ABERTOS)
    return time.perf_counter() - inicio


def _com_mudancas(motor: Engine, banco: apoio.BancoTemporario, uma_em: int) -> float:
    """Com uma em tantas previsões por acertar (10: como num dia de vendas); só a nossa volta é medida."""
    with psycopg.connect(banco.url_dono, autocommit=True) as conexao:
        conexao.execute(f"UPDATE previsao_demanda SET qtd_demanda_realizada = qtd_demanda_realizada + 1 WHERE id % {uma_em} = 0".encode())
        conexao.execute("VACUUM previsao_demanda")
    return _nosso(motor)


def _piso(motor: Engine) -> float:
    inicio, fim = demanda.intervalo(HOJE, MESES_ABERTOS)
    comeco = time.perf_counter()
    with motor.connect() as conexao:
        conexao.execute(PISO, {"mes": demanda.mes(HOJE, 0), "inicio": inicio, "fim": fim}).all()
    return time.perf_counter() - comeco


def _escritas_sem_mudanca(motor: Engine, banco: apoio.BancoTemporario) -> int:
    antes = banco.um("SELECT string_agg(id || ':' || xmin, ',' ORDER BY id) FROM previsao_demanda")
    _nosso(motor)
    depois = banco.um("SELECT string_agg(id || ':' || xmin, ',' ORDER BY id) FROM previsao_demanda")
    return sum(a != d for a, d in zip(antes.split(","), depois.split(","), strict=True))


def _seed(motor: Engine, previsoes: int) -> float:
    """O algoritmo do seed numa amostra: por previsão, a consulta e a gravação; desfeito no fim e extrapolado para todas."""
    with motor.connect() as conexao:
        alvo = conexao.execute(
            text("SELECT id, cod_produto, nome_grupo FROM previsao_demanda ORDER BY md5(id::text) LIMIT :n"), {"n": AMOSTRA}
        ).all()
        inicio = time.perf_counter()
        for p in alvo:
            fatos = {"cod_produto": p.cod_produto, "mes": HOJE.month, "ano": HOJE.year, "grupo": p.nome_grupo}
            total = conexao.execute(SEED, fatos).scalar_one()
            conexao.execute(
                text("UPDATE previsao_demanda SET qtd_demanda_realizada = :t, atualizado_em = now() WHERE id = :i"), {"t": total, "i": p.id}
            )
        gasto = time.perf_counter() - inicio
        conexao.rollback()
    return gasto * previsoes / len(alvo)
