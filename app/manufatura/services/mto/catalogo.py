"""O catálogo (produtos e estruturas ativas) e o estoque, lidos do banco de uma vez."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Connection, text

from app.manufatura.services.planejamento.produtos import Catalogo, Componente, Estrutura, Produto

PRODUTOS = text("""
    SELECT cod_produto, nome_produto, unidade, produto_comprado, produto_produzido, lead_time_mto, disparo_producao
    FROM cadastro_palletizacao""")
ESTRUTURAS = text("""
    SELECT e.id, e.cod_produto_produzido, e.versao, e.qtd_base, e.fantasma, e.valido_de, e.valido_ate
    FROM estrutura e WHERE e.status = 'ativo' ORDER BY e.cod_produto_produzido, e.versao""")
LINHAS = text("""
    SELECT l.estrutura_id, l.cod_produto_componente, l.qtd_utilizada, l.perda_percentual
    FROM lista_materiais l JOIN estrutura e ON e.id = l.estrutura_id WHERE e.status = 'ativo' ORDER BY l.estrutura_id, l.id""")
# A posição vem por produto do Odoo; o código é o do cadastro. Produtos sem código não entram no planejamento.
POSICAO_ODOO = text("SELECT cod_produto, sum(qtd) FROM posicao_estoque WHERE cod_produto IS NOT NULL GROUP BY 1")
POSICAO_MOVIMENTOS = text("SELECT cod_produto, sum(qtd_movimentacao) FROM movimentacao_estoque WHERE cod_produto IS NOT NULL GROUP BY 1")
EM_PEDIDO = text("""
    SELECT cod_produto, sum(greatest(qtd_produto_pedido - qtd_recebida, 0)) FROM pedido_compras
    WHERE cod_produto IS NOT NULL AND status_odoo IN ('purchase', 'done') GROUP BY 1""")


def ler(conexao: Connection) -> Catalogo:
    """Todos os produtos do cadastro e todas as estruturas ativas."""
    produtos = {
        r.cod_produto: Produto(
            r.cod_produto,
            r.nome_produto,
            r.unidade,
            r.produto_comprado,
            r.produto_produzido,
            r.lead_time_mto,
            r.disparo_producao,
        )
        for r in conexao.execute(PRODUTOS)
    }
    componentes: dict[int, list[Componente]] = {}
    for r in conexao.execute(LINHAS):
        componentes.setdefault(r.estrutura_id, []).append(Componente(r.cod_produto_componente, r.qtd_utilizada, r.perda_percentual))
    estruturas: dict[str, tuple[Estrutura, ...]] = {}
    for r in conexao.execute(ESTRUTURAS):
        nova = Estrutura(
            r.cod_produto_produzido,
            tuple(componentes.get(r.id, ())),
            r.versao,
            r.qtd_base,
            r.fantasma,
            r.valido_de,
            r.valido_ate,
        )
        estruturas[r.cod_produto_produzido] = (*estruturas.get(r.cod_produto_produzido, ()), nova)
    return Catalogo(produtos, estruturas)


def posicao(conexao: Connection, fonte: str) -> dict[str, Decimal]:
    """Saldo por código, na unidade do produto. `fonte`: odoo (posição importada) ou movimentos (os nossos), de ESTOQUE_FONTE."""
    consulta = POSICAO_ODOO if fonte == "odoo" else POSICAO_MOVIMENTOS
    return {r[0]: r[1] for r in conexao.execute(consulta)}


def em_pedido(conexao: Connection) -> dict[str, Decimal]:
    """O que falta receber dos pedidos de compra confirmados, por código: mostra-se, não se compensa."""
    return {codigo: qtd for codigo, qtd in conexao.execute(EM_PEDIDO).all() if qtd}


def livre(conexao: Connection, fonte: str) -> dict[str, Decimal]:
    """O estoque livre fora de um planejamento: a posição menos o que o último planejamento deu a ordens que seguem abertas."""
    saldo = posicao(conexao, fonte)
    dado = text("""
        SELECT m->>'cod_produto' AS codigo, sum((m->>'qtd_disponivel')::numeric) AS qtd
        FROM ordem_producao o, jsonb_array_elements(o.materiais_necessarios) m
        WHERE o.status IN ('Planejada', 'Liberada', 'Em Produção') GROUP BY 1""")
    for codigo, qtd in conexao.execute(dado).all():
        if qtd:
            saldo[codigo] = saldo.get(codigo, Decimal(0)) - qtd
    return saldo
