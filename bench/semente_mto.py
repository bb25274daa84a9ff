"""O algoritmo literal do seed (seed.md, seção 3, gerar_ordens_mto_automaticas), escrito de novo para medir.

Reparos permitidos, cada um dito onde está: a junção com a carteira por lote é por lote e produto (a do seed multiplica o saldo), e o
maior número é lido da coluna `numero` (o texto pararia em OP-999999). O resto é como lá: uma consulta da demanda, e por ordem
consultas do cadastro e do último número, explosão recursiva com uma consulta por nó, insert com flush, e o UPDATE da carteira.
"""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from app.manufatura.models import CadastroPalletizacao, Estrutura, ListaMateriais, OrdemProducao
from app.manufatura.services.calendario import calcular_data_util_retroativa
from app.manufatura.services.feriados import feriados

DEMANDAS = text("""
    SELECT DISTINCT s.separacao_lote_id, s.cod_produto, s.expedicao, SUM(s.qtd_saldo) AS qtd_total
    FROM separacao s
    JOIN pedido p ON s.separacao_lote_id = p.separacao_lote_id
    JOIN cadastro_palletizacao cp ON s.cod_produto = cp.cod_produto
    -- reparo: o seed junta só por lote
    LEFT JOIN carteira_principal cart ON cart.separacao_lote_id = s.separacao_lote_id AND cart.cod_produto = s.cod_produto
    WHERE p.status NOT IN ('FATURADO', 'CANCELADO') AND cp.disparo_producao = 'MTO' AND cp.produto_produzido = true
        AND cp.lead_time_mto IS NOT NULL AND cart.ordem_producao_id IS NULL
    GROUP BY s.separacao_lote_id, s.cod_produto, s.expedicao""")


def gerar_ordens_do_seed(url: str, quantas: int) -> float:
    """Gera as primeiras `quantas` ordens e desfaz tudo; devolve os segundos gastos."""
    motor = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    parados = feriados(range(2025, 2029), (), False)
    with Session(motor) as sessao:
        inicio = time.perf_counter()
        for pedido in sessao.execute(DEMANDAS).fetchall()[:quantas]:
            produto = sessao.scalars(select(CadastroPalletizacao).filter_by(cod_produto=pedido.cod_produto)).first()
            if produto is None or produto.lead_time_mto is None:
                continue
            data_inicio = calcular_data_util_retroativa(pedido.expedicao, produto.lead_time_mto, parados)
            numero = (sessao.scalar(select(func.max(OrdemProducao.numero))) or 0) + 1  # reparo: numero, não o texto
            ordem = OrdemProducao(
                numero=numero,
                numero_ordem=f"OP-{numero:06d}",
                origem_ordem="MTO",
                status="Planejada",
                cod_produto=pedido.cod_produto,
                nome_produto=produto.nome_produto,
                materiais_necessarios=_explodir(sessao, pedido.cod_produto, pedido.qtd_total),
                qtd_planejada=pedido.qtd_total,
                data_inicio_prevista=data_inicio,
                data_fim_prevista=pedido.expedicao - timedelta(days=1),
                criado_por="Sistema MTO",
            )
            sessao.add(ordem)
            sessao.flush()
            sessao.execute(
                text("""UPDATE carteira_principal SET ordem_producao_id = :ordem_id, disparo_producao = 'MTO'
                    WHERE separacao_lote_id = :lote_id AND cod_produto = :cod_produto"""),
                {"ordem_id": ordem.id, "lote_id": pedido.separacao_lote_id, "cod_produto": pedido.cod_produto},
            )
        gasto = time.perf_counter() - inicio
        sessao.rollback()
    motor.dispose()
    return gasto


def _explodir(sessao: Session, codigo: str, qtd: Decimal, nivel: int = 1) -> list[dict[str, Any]]:
    """A recursão que o seed supõe: uma consulta da estrutura e uma do cadastro por componente."""
    materiais: list[dict[str, Any]] = []
    consulta = select(ListaMateriais).join(Estrutura).where(Estrutura.cod_produto_produzido == codigo, Estrutura.status == "ativo")
    for linha in sessao.scalars(consulta).all():
        necessaria = qtd * linha.qtd_utilizada * (1 + linha.perda_percentual / 100)
        produto = sessao.scalars(select(CadastroPalletizacao).filter_by(cod_produto=linha.cod_produto_componente)).first()
        nome = produto.nome_produto if produto else None
        materiais.append(
            {"cod_produto": linha.cod_produto_componente, "nome_produto": nome, "nivel": nivel, "qtd_necessaria": str(necessaria)}
        )
        if produto is not None and produto.produto_produzido:
            materiais += _explodir(sessao, linha.cod_produto_componente, necessaria, nivel + 1)
    return materiais
