"""O que tem de ser sempre verdade nas requisições, nos pedidos de compra e nos prazos de fornecedor."""

from __future__ import annotations

from app.manufatura.services.conferencia.invariante import Invariante

# O que cada linha de pedido recebeu, pelos movimentos espelhados do próprio produto.
RECEBIDO = """
    SELECT m.linha_pedido_id, sum(m.qtd * CASE WHEN m.tipo LIKE 'devolucao%' THEN -1 ELSE 1 END) AS saldo
    FROM odoo_movimento m JOIN pedido_compras l ON l.odoo_modelo = 'purchase.order.line' AND l.odoo_id = m.linha_pedido_id
    WHERE m.feito AND m.tipo IN ('entrada', 'entrega_direta', 'devolucao', 'devolucao_direta') AND m.produto_id = l.odoo_produto_id
    GROUP BY m.linha_pedido_id"""

RECEBIDO_POR_MOVIMENTO = Invariante(
    "pedido_recebido_por_movimentos",
    "O recebido de cada linha de pedido é a soma das entradas menos as devoluções",
    "A quantidade recebida mostrada para a linha não bate com os recebimentos guardados. Rode `manufatura importar entradas`; se"
    " continuar, `manufatura conferir --odoo --corrigir`.",
    f"""SELECT p.num_pedido, p.odoo_id, p.cod_produto, p.qtd_recebida, r.saldo AS soma_dos_movimentos
    FROM pedido_compras p JOIN ({RECEBIDO}) r ON r.linha_pedido_id = p.odoo_id
    WHERE p.odoo_modelo = 'purchase.order.line' AND p.qtd_recebida <> r.saldo ORDER BY p.odoo_id""",  # noqa: S608 — constantes daqui,
)

RECEBIDO_SEM_MOVIMENTO = Invariante(
    "pedido_recebido_sem_movimento",
    "Linha sem movimento de estoque tem o recebido que o Odoo diz",
    "A linha não tem recebimento no estoque (serviço, kit, recebimento manual), e o recebido dela não é o que o Odoo informou,"
    " convertido para a unidade do produto. Rode `manufatura importar pedidos`.",
    f"""SELECT p.num_pedido, p.odoo_id, p.cod_produto, p.qtd_recebida, p.odoo_qtd_recebida
    FROM pedido_compras p
    LEFT JOIN odoo_produto pr ON pr.odoo_id = p.odoo_produto_id
    LEFT JOIN odoo_unidade up ON up.odoo_id = pr.unidade_id
    LEFT JOIN odoo_unidade ul ON ul.odoo_id = p.odoo_unidade_id
    WHERE p.odoo_modelo = 'purchase.order.line'
        AND NOT EXISTS (SELECT FROM ({RECEBIDO}) r WHERE r.linha_pedido_id = p.odoo_id)
        AND abs(p.qtd_recebida - coalesce(p.odoo_qtd_recebida, 0) * coalesce(ul.fator / up.fator, 1)) > 0.000001
    ORDER BY p.odoo_id""",  # noqa: S608 — constantes daqui
)

ENTREGA = Invariante(
    "pedido_data_de_entrega",
    "A data de entrega é a do primeiro recebimento",
    "A data de entrega da linha não é a data (no nosso fuso) do primeiro recebimento dela. Rode `manufatura importar entradas`.",
    """SELECT p.num_pedido, p.odoo_id, p.cod_produto, p.data_pedido_entrega, e.primeira AS primeiro_recebimento
    FROM pedido_compras p LEFT JOIN (
        SELECT linha_pedido_id, (min(data) AT TIME ZONE :fuso)::date AS primeira FROM odoo_movimento
        WHERE feito AND tipo IN ('entrada', 'entrega_direta') AND linha_pedido_id IS NOT NULL GROUP BY 1
    ) e ON e.linha_pedido_id = p.odoo_id
    WHERE p.odoo_modelo = 'purchase.order.line' AND p.data_pedido_entrega IS DISTINCT FROM e.primeira ORDER BY p.odoo_id""",
)

CONFIRMACAO = Invariante(
    "pedido_confirmado",
    "Pedido encerrado, bloqueado ou com algo recebido está confirmado, e só ele",
    "A marca de confirmado desta linha não corresponde ao estado do pedido no Odoo nem ao que foi recebido.",
    """SELECT num_pedido, odoo_id, cod_produto, confirmacao_pedido, odoo_estado, qtd_recebida, data_pedido_entrega
    FROM pedido_compras WHERE odoo_modelo = 'purchase.order.line' AND confirmacao_pedido IS DISTINCT FROM (
        coalesce(odoo_estado, '') = 'done' OR (coalesce(odoo_estado, '') = 'purchase' AND coalesce(odoo_bloqueado, false))
        OR qtd_recebida > 0 OR data_pedido_entrega IS NOT NULL)
    ORDER BY odoo_id""",
)

ESTADO = Invariante(
    "pedido_estado",
    "A situação do pedido é a do Odoo, ou «excluida» quando a linha sumiu de lá",
    "A situação guardada não corresponde ao último estado lido do Odoo.",
    """SELECT num_pedido, odoo_id, status_odoo, odoo_estado, odoo_excluida FROM pedido_compras
    WHERE odoo_modelo = 'purchase.order.line'
        AND status_odoo IS DISTINCT FROM (CASE WHEN odoo_excluida THEN 'excluida' ELSE odoo_estado END) ORDER BY odoo_id""",
)

DATAS = Invariante(
    "pedido_datas_locais",
    "As datas do pedido são as do Odoo, no nosso fuso",
    "A data do pedido ou a prevista não é o dia, em SCHEDULER_TIMEZONE, do instante que o Odoo guarda. Se o fuso mudou na"
    " configuração, releia o período com `manufatura importar pedidos --desde`.",
    """SELECT num_pedido, odoo_id, data_pedido_criacao, odoo_data_pedido, data_pedido_previsao, odoo_data_prevista FROM pedido_compras
    WHERE odoo_modelo = 'purchase.order.line' AND (
        data_pedido_criacao IS DISTINCT FROM (odoo_data_pedido AT TIME ZONE :fuso)::date
        OR data_pedido_previsao IS DISTINCT FROM (odoo_data_prevista AT TIME ZONE :fuso)::date) ORDER BY odoo_id""",
)

PRECO = Invariante(
    "pedido_quantidade_e_preco",
    "Quantidade e preço do pedido estão na unidade do produto",
    "O preço da linha, levado de volta à unidade em que o fornecedor vende, não é o do Odoo, ou a quantidade não é a que o Odoo"
    " dá na unidade do produto. Rode `manufatura importar cadastros pedidos`.",
    """SELECT p.num_pedido, p.odoo_id, p.cod_produto, p.qtd_produto_pedido, p.odoo_qtd_produto, p.preco_produto_pedido, p.odoo_preco
    FROM pedido_compras p
    LEFT JOIN odoo_produto pr ON pr.odoo_id = p.odoo_produto_id
    LEFT JOIN odoo_unidade up ON up.odoo_id = pr.unidade_id
    LEFT JOIN odoo_unidade ul ON ul.odoo_id = p.odoo_unidade_id
    WHERE p.odoo_modelo = 'purchase.order.line' AND (p.qtd_produto_pedido <> p.odoo_qtd_produto
        OR abs(p.preco_produto_pedido * coalesce(ul.fator / up.fator, 1) - p.odoo_preco) > 0.00000001 * greatest(coalesce(ul.fator /
            up.fator, 1), 1)
        OR (p.preco_produto_pedido IS NULL) <> (p.odoo_preco IS NULL)) ORDER BY p.odoo_id""",
)

CADASTROS = Invariante(
    "pedido_cadastros",
    "Pedidos mostram o código, o nome e o fornecedor que os cadastros têm agora",
    "O cadastro mudou (renomeado, novo código, CNPJ corrigido) e o pedido ainda mostra o antigo. Rode `manufatura importar cadastros`.",
    """SELECT p.num_pedido, p.odoo_id, p.cod_produto, pr.codigo, p.nome_produto, pr.nome, p.raz_social, com.nome AS fornecedor
    FROM pedido_compras p
    JOIN odoo_produto pr ON pr.odoo_id = p.odoo_produto_id
    LEFT JOIN odoo_parceiro con ON con.odoo_id = p.odoo_contato_id
    LEFT JOIN odoo_parceiro com ON com.odoo_id = coalesce(con.comercial_id, con.odoo_id)
    WHERE p.odoo_modelo = 'purchase.order.line' AND (p.cod_produto IS DISTINCT FROM pr.codigo OR p.nome_produto IS DISTINCT FROM pr.nome
        OR p.raz_social IS DISTINCT FROM com.nome
        OR p.odoo_parceiro_id IS DISTINCT FROM coalesce(com.odoo_id, con.odoo_id)) ORDER BY p.odoo_id""",
)

CNPJ = Invariante(
    "pedido_cnpj",
    "O CNPJ do fornecedor está sem pontuação e em maiúsculas",
    "O documento do fornecedor não foi normalizado: buscas e somas por fornecedor ficariam partidas em duas.",
    """SELECT num_pedido, odoo_id, raz_social, cnpj_fornecedor FROM pedido_compras
    WHERE cnpj_fornecedor IS NOT NULL AND cnpj_fornecedor !~ '^[0-9A-Z]+$' ORDER BY odoo_id""",
)

# Por linha: mesma requisição e mesmo produto; na da OCA, as linhas de pedido que a citam.
ATENDIMENTO = """
    SELECT a.id, bool_or(a.odoo_estado IN ('purchase', 'done')) AS colocado,
        bool_or(a.odoo_estado IN ('draft', 'sent', 'to approve')) AS cotado
    FROM (
        SELECT r.id, p.odoo_estado FROM requisicao_compras r
        JOIN pedido_compras p ON p.odoo_requisicao_id = r.odoo_documento_id AND p.odoo_produto_id = r.odoo_produto_id
        WHERE r.odoo_modelo = 'purchase.requisition.line' AND p.odoo_modelo = 'purchase.order.line' AND NOT p.odoo_excluida
        UNION ALL
        SELECT r.id, p.odoo_estado FROM pedido_compras p CROSS JOIN unnest(p.odoo_linhas_solicitacao) AS s(linha)
        JOIN requisicao_compras r ON r.odoo_modelo = 'purchase.request.line' AND r.odoo_id = s.linha
        WHERE p.odoo_modelo = 'purchase.order.line' AND NOT p.odoo_excluida) a
    GROUP BY a.id"""

REQUISICAO = Invariante(
    "requisicao_status",
    "O status da requisição é o que os pedidos dela dizem, linha por linha",
    "Há pedido confirmado e a requisição não está «Pedido Colocado», ou há cotação e não está «Em Cotação», ou o contrário."
    " Rode `manufatura importar requisicoes pedidos`.",
    f"""SELECT r.num_requisicao, r.odoo_id, r.cod_produto, r.status, r.odoo_estado, e.esperado
    FROM requisicao_compras r LEFT JOIN ({ATENDIMENTO}) a ON a.id = r.id
    CROSS JOIN LATERAL (SELECT CASE
        WHEN a.colocado THEN 'Pedido Colocado'
        WHEN a.cotado THEN 'Em Cotação'
        WHEN r.odoo_excluida OR r.odoo_estado IN ('cancel', 'rejected') THEN 'Cancelada'
        ELSE 'Requisitada' END AS esperado) e
    WHERE r.importado_odoo AND r.status <> e.esperado ORDER BY r.odoo_id""",  # noqa: S608 — constantes deste arquivo
)

REQUISICAO_QUANTIDADE = Invariante(
    "requisicao_quantidade",
    "A quantidade da requisição está na unidade do produto",
    "A quantidade requisitada não é a do Odoo convertida para a unidade do produto. Rode `manufatura importar cadastros requisicoes`.",
    """SELECT r.num_requisicao, r.odoo_id, r.cod_produto, r.qtd_produto_requisicao, r.odoo_quantidade
    FROM requisicao_compras r
    LEFT JOIN odoo_produto pr ON pr.odoo_id = r.odoo_produto_id
    LEFT JOIN odoo_unidade up ON up.odoo_id = pr.unidade_id
    LEFT JOIN odoo_unidade ul ON ul.odoo_id = r.odoo_unidade_id
    WHERE r.importado_odoo AND abs(r.qtd_produto_requisicao - r.odoo_quantidade * coalesce(ul.fator / up.fator, 1)) > 0.000001
    ORDER BY r.odoo_id""",
)

# A recorrência do seed em SQL puro: x = (L + d) / 2 tem 5 casas; arredonda-se a 4, meio para o par.
LEAD_TIMES = """
    WITH RECURSIVE entregas AS (
        SELECT empresa_id, odoo_parceiro_id, odoo_produto_id, greatest(data_pedido_entrega - data_pedido_criacao, 0) AS d,
            data_pedido_entrega, odoo_id
        FROM pedido_compras WHERE data_pedido_entrega IS NOT NULL AND data_pedido_criacao IS NOT NULL
            AND odoo_parceiro_id IS NOT NULL AND empresa_id IS NOT NULL AND odoo_produto_id IS NOT NULL
    ), grupos AS (
        SELECT empresa_id, odoo_parceiro_id, odoo_produto_id, array_agg(d ORDER BY data_pedido_entrega, odoo_id) AS dias,
            round((percentile_cont(0.5) WITHIN GROUP (ORDER BY d))::numeric, 4) AS mediano,
            round((percentile_cont(0.9) WITHIN GROUP (ORDER BY d))::numeric, 4) AS p90
        FROM entregas GROUP BY 1, 2, 3
    ), passos AS (
        SELECT empresa_id, odoo_parceiro_id, odoo_produto_id, dias, 1 AS n, dias[1]::numeric AS media FROM grupos
        UNION ALL
        SELECT p.empresa_id, p.odoo_parceiro_id, p.odoo_produto_id, p.dias, p.n + 1,
            CASE WHEN x.v - floor(x.v) = 0.5 THEN floor(x.v) + mod(floor(x.v), 2) ELSE round(x.v) END / 10000
        FROM passos p CROSS JOIN LATERAL (SELECT (p.media + p.dias[p.n + 1]) * 5000 AS v) x WHERE p.n < cardinality(p.dias)
    )
    SELECT g.*, cardinality(g.dias) AS entregas, g.dias[cardinality(g.dias)] AS ultimo, p.media
    FROM grupos g JOIN passos p USING (empresa_id, odoo_parceiro_id, odoo_produto_id) WHERE p.n = cardinality(g.dias)"""

LEAD_TIME = Invariante(
    "lead_time_recalculado",
    "O prazo de cada fornecedor é o que as entregas guardadas dizem",
    "O prazo guardado deste fornecedor e produto não é o que se obtém refazendo a conta das entregas. Rode `manufatura importar entradas`.",
    f"""SELECT coalesce(t.nome_fornecedor, e.odoo_parceiro_id::text) AS fornecedor, coalesce(t.cod_produto, e.odoo_produto_id::text) AS
            produto,
        t.lead_time_historico, round(e.media, 4) AS recalculado, t.entregas, e.entregas AS entregas_guardadas, t.ultimo_lead_time, e.ultimo,
        t.lead_time_mediano, e.mediano, t.lead_time_p90, e.p90
    FROM lead_time_fornecedor t FULL JOIN ({LEAD_TIMES}) e USING (empresa_id, odoo_parceiro_id, odoo_produto_id)
    WHERE (t.lead_time_historico, t.entregas, t.ultimo_lead_time, t.lead_time_mediano, t.lead_time_p90)
        IS DISTINCT FROM (round(e.media, 4), e.entregas, e.ultimo, e.mediano, e.p90)""",  # noqa: S608 — constantes deste arquivo
)

INVARIANTES = (
    RECEBIDO_POR_MOVIMENTO,
    RECEBIDO_SEM_MOVIMENTO,
    ENTREGA,
    CONFIRMACAO,
    ESTADO,
    DATAS,
    PRECO,
    CADASTROS,
    CNPJ,
    REQUISICAO,
    REQUISICAO_QUANTIDADE,
    LEAD_TIME,
)
