"""Prazo dos fornecedores: recalculado dos pedidos guardados, por empresa, fornecedor e produto.

Fonte das regras: docs/dados.md (lead_time_fornecedor).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import Connection, text

from app.banco.base import tabela
from app.banco.carga import copiar, mesclar
from app.manufatura.models import LeadTimeFornecedor

COLUNAS = [
    "empresa_id",
    "odoo_parceiro_id",
    "odoo_produto_id",
    "cnpj_fornecedor",
    "nome_fornecedor",
    "cod_produto",
    "nome_produto",
    "lead_time_previsto",
    "lead_time_historico",
    "entregas",
    "lead_time_mediano",
    "lead_time_p90",
    "ultimo_lead_time",
]
CHAVE = COLUNAS[:3]
QUATRO_CASAS = Decimal("0.0001")
AVISO_NEGATIVO = "lead_time_negativo"

ENTREGAS = text("""
    SELECT l.empresa_id, l.odoo_parceiro_id, l.odoo_produto_id,
        max(com.nome) AS nome_fornecedor, max(p.codigo) AS cod_produto, max(p.nome) AS nome_produto,
        max(l.cnpj_fornecedor) AS cnpj_fornecedor,
        array_agg(l.dias ORDER BY l.data_pedido_entrega, l.odoo_id) AS dias,
        count(*) AS entregas,
        round((percentile_cont(0.5) WITHIN GROUP (ORDER BY l.dias))::numeric, 4) AS mediano,
        round((percentile_cont(0.9) WITHIN GROUP (ORDER BY l.dias))::numeric, 4) AS p90,
        (SELECT s.prazo FROM odoo_preco_fornecedor s
            LEFT JOIN odoo_parceiro sp ON sp.odoo_id = s.parceiro_id
            JOIN odoo_produto q ON q.odoo_id = l.odoo_produto_id
            WHERE s.prazo > 0 AND coalesce(sp.comercial_id, s.parceiro_id) = l.odoo_parceiro_id
                AND s.modelo_id = q.modelo_id AND (s.produto_id IS NULL OR s.produto_id = q.odoo_id)
                AND (s.empresa_id IS NULL OR s.empresa_id = l.empresa_id)
            ORDER BY s.sequencia, s.qtd_minima DESC, s.preco, s.odoo_id LIMIT 1) AS previsto
    FROM (
        SELECT *, greatest(data_pedido_entrega - data_pedido_criacao, 0) AS dias FROM pedido_compras
        WHERE odoo_produto_id = ANY(:produtos) AND data_pedido_entrega IS NOT NULL AND data_pedido_criacao IS NOT NULL
            AND odoo_parceiro_id IS NOT NULL AND empresa_id IS NOT NULL
    ) l
    LEFT JOIN odoo_parceiro com ON com.odoo_id = l.odoo_parceiro_id
    LEFT JOIN odoo_produto p ON p.odoo_id = l.odoo_produto_id
    GROUP BY l.empresa_id, l.odoo_parceiro_id, l.odoo_produto_id""")

_LINHAS = "odoo_modelo = 'purchase.order.line' AND odoo_produto_id = ANY(:produtos)"

ABRIR_NEGATIVAS = text(f"""
    INSERT INTO aviso (tipo, severidade, chave, mensagem, dados)
    SELECT '{AVISO_NEGATIVO}', 'atencao', odoo_id::text,
        format('O pedido %s (%s) foi entregue em %s, antes da data do pedido (%s); o prazo conta como zero.'
            ' Corrija a data do pedido no Odoo.', num_pedido, coalesce(cod_produto, 'sem código'),
            to_char(data_pedido_entrega, 'DD/MM/YYYY'), to_char(data_pedido_criacao, 'DD/MM/YYYY')),
        jsonb_build_object('num_pedido', num_pedido, 'odoo_id', odoo_id)
    FROM pedido_compras WHERE {_LINHAS} AND data_pedido_entrega < data_pedido_criacao
    ON CONFLICT (tipo, chave) WHERE fechado_em IS NULL
    DO UPDATE SET mensagem = excluded.mensagem, dados = excluded.dados, atualizado_em = now()
        WHERE (aviso.mensagem, aviso.dados) IS DISTINCT FROM (excluded.mensagem, excluded.dados)""")  # noqa: S608 — constantes deste arquivo

FECHAR_NEGATIVAS = text(f"""
    UPDATE aviso a SET fechado_em = now(), atualizado_em = now() FROM pedido_compras l
    WHERE a.tipo = '{AVISO_NEGATIVO}' AND a.fechado_em IS NULL AND a.chave = l.odoo_id::text AND {_LINHAS}
        AND (l.data_pedido_entrega < l.data_pedido_criacao) IS NOT TRUE""")  # noqa: S608 — idem


def media_movel(dias: Iterable[int]) -> Decimal:
    """A recorrência do seed: L1 = d1, Ln = (L(n-1) + dn) / 2, cada passo com 4 casas, metade para o par. Em dias corridos."""
    media: Decimal | None = None
    for d in dias:
        media = Decimal(d) if media is None else ((media + d) / 2).quantize(QUATRO_CASAS, ROUND_HALF_EVEN)
    if media is None:
        raise ValueError("sem entregas não há prazo")
    return media


def recalcular(conexao: Connection, produtos: Sequence[int]) -> int:
    """Recalcula os prazos de todos os fornecedores destes produtos (ids do Odoo); devolve quantas linhas mudaram."""
    if not produtos:
        return 0
    parametros = {"produtos": sorted(set(produtos))}
    linhas = [_linha(r) for r in conexao.execute(ENTREGAS, parametros)]
    temporaria = "carga_lead_time"
    destino = tabela(LeadTimeFornecedor)
    copiar(conexao, temporaria, {c: destino.c[c].type for c in COLUNAS}, linhas)
    contagem = mesclar(conexao, destino, f"SELECT {', '.join(COLUNAS)} FROM {temporaria}", COLUNAS, CHAVE)  # noqa: S608 — nomes deste arquivo
    sobras = conexao.execute(
        text(f"""DELETE FROM lead_time_fornecedor t WHERE t.odoo_produto_id = ANY(:produtos) AND NOT EXISTS (
            SELECT 1 FROM {temporaria} s WHERE (s.empresa_id, s.odoo_parceiro_id, s.odoo_produto_id)
                = (t.empresa_id, t.odoo_parceiro_id, t.odoo_produto_id))"""),  # noqa: S608 — nomes deste arquivo
        parametros,
    ).rowcount
    _avisar_negativas(conexao, parametros)
    return contagem.novas + contagem.mudadas + sobras


def _linha(r: Any) -> tuple[Any, ...]:
    historico = media_movel(r.dias)
    previsto = r.previsto if r.previsto is not None else r.dias[0]
    return (
        r.empresa_id,
        r.odoo_parceiro_id,
        r.odoo_produto_id,
        r.cnpj_fornecedor,
        r.nome_fornecedor,
        r.cod_produto,
        r.nome_produto,
        Decimal(previsto),
        historico,
        r.entregas,
        r.mediano,
        r.p90,
        r.dias[-1],
    )


def _avisar_negativas(conexao: Connection, parametros: dict[str, list[int]]) -> None:
    """Entrega antes do pedido: conta como zero, e alguém deve olhar a data do pedido. Dois comandos, quantas que sejam as entregas."""
    conexao.execute(FECHAR_NEGATIVAS, parametros)
    conexao.execute(ABRIR_NEGATIVAS, parametros)
