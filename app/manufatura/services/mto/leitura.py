"""Tudo o que uma rodada de planejamento lê: demandas, pedidos dos lotes, ordens, catálogo e estoque."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, text

from app.manufatura.services.calendario import Calendario
from app.manufatura.services.mto import catalogo
from app.manufatura.services.planejamento.demandas import Demandas, LinhaDemanda, PedidoDoLote, classificar
from app.manufatura.services.planejamento.ordens import Demanda, Existente
from app.manufatura.services.planejamento.plano import Entrada
from app.manufatura.services.planejamento.produtos import Catalogo

# Só o que pode virar ordem: produto MTO, ou que nem está no cadastro (este vira aviso).
SEPARACOES = text("""
    SELECT s.separacao_lote_id AS lote, s.num_pedido, s.cod_produto, s.expedicao, s.qtd_saldo AS qtd, 'separacao' AS origem
    FROM separacao s LEFT JOIN cadastro_palletizacao c ON c.cod_produto = s.cod_produto
    WHERE c.cod_produto IS NULL OR c.disparo_producao = 'MTO'
    UNION ALL
    SELECT p.separacao_lote_id, p.num_pedido, p.cod_produto, p.data_expedicao_editada, p.qtd_selecionada_usuario, 'pre_separacao'
    FROM pre_separacao_item p LEFT JOIN cadastro_palletizacao c ON c.cod_produto = p.cod_produto
    WHERE (c.cod_produto IS NULL OR c.disparo_producao = 'MTO')
        AND NOT EXISTS (SELECT 1 FROM separacao s WHERE s.separacao_lote_id = p.separacao_lote_id)""")
PEDIDOS = text("SELECT separacao_lote_id, num_pedido, status FROM pedido")
# As abertas, e as que seguram uma demanda que ainda existe (concluídas, ou canceladas por uma pessoa).
ORDENS = text("""
    SELECT o.id, o.numero, o.numero_ordem, o.origem_ordem, o.status, o.cod_produto, o.qtd_planejada, o.qtd_produzida,
        o.data_inicio_prevista, o.data_fim_prevista, o.ordem_pai_id, o.materiais_resumo,
        CASE WHEN o.status IN ('Liberada', 'Em Produção') THEN o.materiais_necessarios END AS materiais_necessarios,
        d.separacao_lote_id AS lote, d.cod_produto AS produto_demanda, d.expedicao, d.origem AS origem_demanda, d.qtd AS qtd_demanda,
        d.retida_por
    FROM ordem_producao o LEFT JOIN ordem_producao_demanda d ON d.ordem_producao_id = o.id AND d.segura
    WHERE o.status IN ('Planejada', 'Liberada', 'Em Produção') OR (d.id IS NOT NULL AND d.separacao_lote_id = ANY(:lotes))""")


def ler(conexao: Connection, hoje: date, calendario: Calendario, *, fonte_estoque: str, ordens_filhas: bool) -> Entrada:
    """A entrada de `planejar`. `hoje`: data local; `fonte_estoque`: ESTOQUE_FONTE; `ordens_filhas`: MTO_ORDENS_FILHAS."""
    produtos = catalogo.ler(conexao)
    demandas, lotes = ler_demandas(conexao, produtos)
    return Entrada(
        hoje=hoje,
        calendario=calendario,
        catalogo=produtos,
        demandas=demandas,
        ordens=ler_ordens(conexao, lotes),
        posicao=catalogo.posicao(conexao, fonte_estoque),
        ordens_filhas=ordens_filhas,
    )


def ler_demandas(conexao: Connection, produtos: Catalogo) -> tuple[Demandas, set[str]]:
    """As demandas classificadas, e os lotes citados por elas."""
    linhas = [LinhaDemanda(r.lote, r.num_pedido or None, r.cod_produto, r.expedicao, r.qtd, r.origem) for r in conexao.execute(SEPARACOES)]
    pedidos = [PedidoDoLote(r[0], r[1] or None, r[2]) for r in conexao.execute(PEDIDOS)]
    return classificar(linhas, pedidos, produtos), {linha.lote for linha in linhas}


def ler_ordens(conexao: Connection, lotes: Collection[str]) -> list[Existente]:
    """As ordens que o planejamento precisa ver."""
    ordens = []
    for r in conexao.execute(ORDENS, {"lotes": sorted(lotes)}):
        demanda = Demanda(r.lote, r.produto_demanda, r.expedicao, r.qtd_demanda, r.origem_demanda) if r.lote is not None else None
        ordens.append(
            Existente(
                id=r.id,
                numero=r.numero,
                numero_ordem=r.numero_ordem,
                origem=r.origem_ordem,
                status=r.status,
                produto=r.cod_produto,
                planejada=r.qtd_planejada,
                produzida=r.qtd_produzida or Decimal(0),
                inicio=r.data_inicio_prevista,
                fim=r.data_fim_prevista,
                pai_id=r.ordem_pai_id,
                demanda=demanda,
                retida_por=r.retida_por,
                materiais=r.materiais_necessarios,
                resumo=r.materiais_resumo,
            )
        )
    return ordens
