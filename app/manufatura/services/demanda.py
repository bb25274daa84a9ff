"""Demanda realizada: o que se vendeu de cada produto no mês, do grupo da previsão ou de todos.

Fonte da regra: planejamento.md (Realised demand); seed.md seção 3, atualizar_demanda_realizada.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, text

# Uma varredura do histórico no intervalo, somada por produto, mês e grupo; daí saem as linhas de grupo e as de todos. O mês é
# contado de date para timestamp sem fuso: date_trunc de um date passaria por uma meia-noite local, que pode não existir.
ALVO = """
    vendas AS MATERIALIZED (
        SELECT h.cod_produto, date_trunc('month', h.data_pedido::timestamp)::date AS mes, h.nome_grupo, sum(h.qtd_produto_pedido) AS qtd
        FROM historico_pedidos h WHERE h.data_pedido >= :inicio AND h.data_pedido < :fim
        GROUP BY 1, 2, 3),
    alvo AS (
        SELECT p.id, coalesce(CASE WHEN p.nome_grupo IS NULL THEN t.qtd ELSE g.qtd END, 0) AS qtd
        FROM previsao_demanda p
        LEFT JOIN vendas g ON g.cod_produto = p.cod_produto AND g.nome_grupo = p.nome_grupo
            AND g.mes = make_date(p.data_ano, p.data_mes, 1)
        LEFT JOIN (SELECT cod_produto, mes, sum(qtd) AS qtd FROM vendas GROUP BY 1, 2) t
            ON t.cod_produto = p.cod_produto AND t.mes = make_date(p.data_ano, p.data_mes, 1)
        WHERE make_date(p.data_ano, p.data_mes, 1) >= :inicio AND make_date(p.data_ano, p.data_mes, 1) < :fim)"""
ATUALIZAR = text(f"""
    WITH {ALVO},
    mudadas AS (
        UPDATE previsao_demanda p SET qtd_demanda_realizada = a.qtd, atualizado_em = now()
        FROM alvo a WHERE p.id = a.id AND p.qtd_demanda_realizada IS DISTINCT FROM a.qtd RETURNING 1)
    SELECT (SELECT count(*) FROM alvo) AS processados, (SELECT count(*) FROM mudadas) AS mudadas""")  # noqa: S608 — constante acima
DIFERENCA = text(f"""
    WITH {ALVO}
    SELECT p.data_ano, p.data_mes, p.cod_produto, p.nome_produto, p.nome_grupo, p.qtd_demanda_prevista AS prevista,
        p.qtd_demanda_realizada AS antes, a.qtd AS depois
    FROM alvo a JOIN previsao_demanda p ON p.id = a.id WHERE p.qtd_demanda_realizada IS DISTINCT FROM a.qtd
    ORDER BY p.data_ano, p.data_mes, p.cod_produto, p.nome_grupo NULLS FIRST""")  # noqa: S608 — constante acima


def atualizar(conexao: Connection, hoje: date, meses_abertos: int) -> dict[str, Any]:
    """Recalcula, num comando só, as previsões do mês de `hoje` (data local) e dos `meses_abertos` anteriores.

    Devolve `processados` (previsões dessas), `mudadas`, `de` e `ate` (ISO; `ate` é o primeiro dia fora). data_pedido é data local,
    nunca deslocada. O que não mudou não é gravado.
    """
    inicio, fim = intervalo(hoje, meses_abertos)
    linha = conexao.execute(ATUALIZAR, {"inicio": inicio, "fim": fim}).one()
    return {"processados": linha.processados, "mudadas": linha.mudadas, "de": inicio.isoformat(), "ate": fim.isoformat()}


def simular(conexao: Connection, hoje: date, meses_abertos: int) -> dict[str, Any]:
    """O que `atualizar` mudaria, sem gravar: as mesmas chaves e `previsoes`, as que mudariam, com `antes` e `depois`."""
    inicio, fim = intervalo(hoje, meses_abertos)
    abertas = text("SELECT count(*) FROM previsao_demanda WHERE make_date(data_ano, data_mes, 1) >= :inicio"
                   " AND make_date(data_ano, data_mes, 1) < :fim")  # fmt: skip
    processados = conexao.execute(abertas, {"inicio": inicio, "fim": fim}).scalar_one()
    previsoes = [dict(r) for r in conexao.execute(DIFERENCA, {"inicio": inicio, "fim": fim}).mappings()]
    datas = {"de": inicio.isoformat(), "ate": fim.isoformat()}
    return {"processados": processados, "mudadas": len(previsoes), **datas, "previsoes": previsoes}


def intervalo(hoje: date, meses_abertos: int) -> tuple[date, date]:
    """O primeiro dia do mês aberto mais antigo, e o primeiro dia do mês seguinte ao de `hoje`."""
    return mes(hoje, -meses_abertos), mes(hoje, 1)


def mes(dia: date, deslocamento: int) -> date:
    """O primeiro dia do mês de `dia`, deslocado de tantos meses."""
    total = dia.year * 12 + dia.month - 1 + deslocamento
    return date(total // 12, total % 12 + 1, 1)
