"""O que tem de ser sempre verdade nos movimentos, na posição de estoque e nas ordens de produção."""

from __future__ import annotations

from app.manufatura.services.conferencia.invariante import Invariante

# O movimento de estoque que cada stock.move feito deve ter (docs/dados.md, movimentacao_estoque), com o sinal.
ESPERADOS = """
    SELECT m.odoo_id, m.produto_id, m.data, m.referencia, p.codigo, op.ordem_producao_id, m.linha_pedido_id,
        CASE m.tipo WHEN 'entrada' THEN 'ENTRADA_COMPRA' WHEN 'devolucao' THEN 'DEVOLUCAO_COMPRA' WHEN 'producao' THEN 'PRODUCAO'
            WHEN 'subproduto' THEN 'PRODUCAO' ELSE 'ESTORNO_PRODUCAO' END AS tipo_movimentacao,
        m.qtd * CASE WHEN m.tipo IN ('entrada', 'producao', 'subproduto') THEN 1 ELSE -1 END AS qtd
    FROM odoo_movimento m
    LEFT JOIN odoo_produto p ON p.odoo_id = m.produto_id
    LEFT JOIN cadastro_palletizacao c ON c.odoo_produto_id = m.produto_id
    LEFT JOIN odoo_op op ON op.odoo_id = m.op_id
    WHERE m.feito AND CASE
        WHEN m.tipo IN ('entrada', 'devolucao') THEN coalesce(c.produto_comprado, p.compravel, false)
        WHEN m.tipo IN ('producao', 'estorno_producao', 'subproduto', 'estorno_subproduto') THEN op.ordem_producao_id IS NOT NULL
        ELSE false END"""

MOVIMENTO_UNICO = Invariante(
    "movimento_por_movimento",
    "Cada recebimento, devolução e apontamento do Odoo é exatamente um movimento nosso",
    "Falta o movimento, sobra um que o Odoo não tem, ou a quantidade, o sinal, a data ou o produto não são os do Odoo. Rode"
    " `manufatura importar entradas apontamentos`; se continuar, `manufatura conferir --odoo --corrigir`.",
    f"""SELECT coalesce(e.odoo_id, s.odoo_id) AS odoo_id, coalesce(s.referencia, e.referencia) AS referencia, coalesce(s.codigo,
            e.cod_produto) AS cod_produto,
        s.tipo_movimentacao AS tipo_esperado, e.tipo_movimentacao, s.qtd AS qtd_esperada, e.qtd_movimentacao
    FROM ({ESPERADOS}) s FULL JOIN (SELECT * FROM movimentacao_estoque WHERE odoo_modelo = 'stock.move') e ON e.odoo_id = s.odoo_id
    WHERE (s.odoo_id, s.tipo_movimentacao, s.qtd, s.data, s.produto_id, s.codigo)
        IS DISTINCT FROM (e.odoo_id, e.tipo_movimentacao, e.qtd_movimentacao, e.data_movimentacao, e.odoo_produto_id, e.cod_produto)
    ORDER BY 1""",  # noqa: S608 — constantes deste arquivo
)

VINCULOS = Invariante(
    "movimento_vinculos",
    "O movimento aponta para o pedido e a ordem de que veio",
    "O movimento está ligado a um pedido ou ordem que não é o do Odoo, ou a nenhum, quando nós temos essa linha.",
    f"""SELECT e.odoo_id, e.referencia, e.cod_produto, e.num_pedido, p.num_pedido AS pedido_certo, e.ordem_producao_id,
            s.ordem_producao_id AS ordem_certa
    FROM ({ESPERADOS}) s JOIN movimentacao_estoque e ON e.odoo_modelo = 'stock.move' AND e.odoo_id = s.odoo_id
    LEFT JOIN pedido_compras p ON p.odoo_modelo = 'purchase.order.line' AND p.odoo_id = s.linha_pedido_id
    WHERE (e.pedido_compras_id, e.num_pedido, e.ordem_producao_id) IS DISTINCT FROM (p.id, p.num_pedido, s.ordem_producao_id)
    ORDER BY e.odoo_id""",  # noqa: S608 — constantes deste arquivo
)

NADA_CALADO = Invariante(
    "movimento_guardado_ou_listado",
    "Todo recebimento lido do Odoo virou movimento ou está listado como ignorado",
    "Este recebimento nem entrou no estoque nem aparece na lista de ignorados com o motivo: sumiria em silêncio.",
    """SELECT m.odoo_id, m.referencia, m.tipo, m.qtd, e.id IS NOT NULL AS no_estoque, r.id IS NOT NULL AS na_lista
    FROM odoo_movimento m
    LEFT JOIN movimentacao_estoque e ON e.odoo_modelo = 'stock.move' AND e.odoo_id = m.odoo_id
    LEFT JOIN rejeicao_integracao r ON r.fonte = 'entradas' AND r.odoo_modelo = 'stock.move' AND r.odoo_id = m.odoo_id
        AND r.tipo = 'ignorada' AND r.resolvida_em IS NULL
    WHERE m.fonte = 'entradas' AND m.feito AND (e.id IS NULL) = (r.id IS NULL) ORDER BY m.odoo_id""",
)

CLASSIFICACAO = Invariante(
    "movimento_classificacao",
    "Entrada, devolução e entrega direta são o que os locais de origem e destino dizem",
    "O tipo do movimento não corresponde aos locais de onde saiu e para onde foi no Odoo.",
    """SELECT m.odoo_id, m.referencia, m.tipo, o.uso AS origem, d.uso AS destino
    FROM odoo_movimento m
    LEFT JOIN odoo_local o ON o.odoo_id = m.origem_id LEFT JOIN odoo_local d ON d.odoo_id = m.destino_id
    WHERE m.fonte = 'entradas' AND m.tipo IS DISTINCT FROM (CASE concat(o.uso, '>', d.uso)
        WHEN 'supplier>internal' THEN 'entrada' WHEN 'supplier>transit' THEN 'entrada' WHEN 'supplier>customer' THEN 'entrega_direta'
        WHEN 'customer>supplier' THEN 'devolucao_direta'
        ELSE CASE WHEN m.subcontratado AND d.uso IN ('internal', 'transit') THEN 'entrada' WHEN d.uso = 'supplier' THEN 'devolucao'
            WHEN o.uso = 'customer' THEN 'devolucao_cliente' ELSE 'outro' END END)
    ORDER BY m.odoo_id""",
)

QUANTIDADE_CONVERTIDA = Invariante(
    "movimento_unidade",
    "A quantidade do movimento está na unidade do produto",
    "A quantidade feita no Odoo, convertida para a unidade do produto, não é a guardada. Rode `manufatura importar cadastros entradas`.",
    """SELECT m.odoo_id, m.referencia, m.quantidade, m.qtd, um.nome AS unidade_do_movimento, up.nome AS unidade_do_produto
    FROM odoo_movimento m
    LEFT JOIN odoo_produto p ON p.odoo_id = m.produto_id
    LEFT JOIN odoo_unidade um ON um.odoo_id = m.unidade_id LEFT JOIN odoo_unidade up ON up.odoo_id = p.unidade_id
    WHERE abs(m.qtd - m.quantidade * coalesce(um.fator / up.fator, 1)) > 0.000001 ORDER BY m.odoo_id""",
)

POSICAO = Invariante(
    "posicao_cadastro",
    "Cada saldo é de um produto conhecido, com o código que ele tem agora",
    "O saldo está sob um produto que não temos, ou com um código antigo. Rode `manufatura importar cadastros estoque`.",
    """SELECT s.odoo_produto_id, s.empresa_id, s.cod_produto, p.codigo, s.qtd FROM posicao_estoque s
    LEFT JOIN odoo_produto p ON p.odoo_id = s.odoo_produto_id
    WHERE p.odoo_id IS NULL OR s.cod_produto IS DISTINCT FROM p.codigo ORDER BY 1""",
)

PRODUZIDO = Invariante(
    "ordem_qtd_produzida",
    "O produzido da ordem é a soma dos apontamentos menos os estornos do produto dela",
    "A quantidade produzida mostrada não bate com os apontamentos guardados. Rode `manufatura importar apontamentos`.",
    """SELECT o.numero_ordem, o.cod_produto, o.qtd_produzida, coalesce(s.soma, 0) AS soma_dos_movimentos
    FROM ordem_producao o LEFT JOIN LATERAL (
        SELECT sum(m.qtd_movimentacao) AS soma FROM movimentacao_estoque m
        WHERE m.ordem_producao_id = o.id AND m.tipo_movimentacao IN ('PRODUCAO', 'ESTORNO_PRODUCAO')
            AND CASE WHEN o.odoo_produto_id IS NOT NULL AND m.odoo_produto_id IS NOT NULL
                THEN m.odoo_produto_id = o.odoo_produto_id ELSE m.cod_produto = o.cod_produto END) s ON true
    WHERE o.qtd_produzida <> coalesce(s.soma, 0) ORDER BY o.numero""",
)

ORDEM_ESTADO = Invariante(
    "ordem_estado",
    "Ordem com algo produzido está em produção ou concluída, com a data em que começou",
    "A ordem já tem produção apontada e ainda aparece como não iniciada, ou está concluída com uma OP aberta no Odoo."
    " Rode `manufatura importar apontamentos`.",
    """SELECT o.numero_ordem, o.status, o.qtd_produzida, o.data_inicio_real, o.data_fim_real, f.abertas AS ops_abertas_no_odoo
    FROM ordem_producao o LEFT JOIN (
        SELECT ordem_producao_id, count(*) FILTER (WHERE estado NOT IN ('done', 'cancel')) AS abertas,
            count(*) FILTER (WHERE estado IN ('done', 'progress', 'to_close')) AS comecadas
        FROM odoo_op WHERE NOT excluida AND ordem_producao_id IS NOT NULL GROUP BY 1) f ON f.ordem_producao_id = o.id
    WHERE (o.status IN ('Planejada', 'Liberada') AND o.qtd_produzida > 0)
        OR (o.qtd_produzida > 0 AND o.data_inicio_real IS NULL AND f.ordem_producao_id IS NOT NULL)
        OR (o.status = 'Concluída' AND f.abertas > 0 AND f.comecadas > 0)
    ORDER BY o.numero""",
)

ORDEM_NUMERO = Invariante(
    "ordem_numero",
    "O número da ordem é único, com seis dígitos ou mais, e a numeração está adiante de todas",
    "O texto do número não corresponde ao número, ou a próxima ordem repetiria um número que já existe.",
    """SELECT o.numero, o.numero_ordem, s.last_value AS ultimo_da_sequencia FROM ordem_producao o CROSS JOIN ordem_producao_numero_seq s
    WHERE o.numero_ordem <> 'OP-' || CASE WHEN o.numero < 1000000 THEN lpad(o.numero::text, 6, '0') ELSE o.numero::text END
        OR o.numero > s.last_value ORDER BY o.numero""",
)

FAMILIA = Invariante(
    "ordem_familia",
    "As OPs do Odoo ligadas a uma ordem são do produto dela",
    "Uma OP do Odoo com outro produto está ligada à nossa ordem: a produção dela contaria errado.",
    """SELECT o.numero_ordem, o.cod_produto, p.nome AS op_no_odoo, p.odoo_id, p.produto_id, o.odoo_produto_id
    FROM odoo_op p JOIN ordem_producao o ON o.id = p.ordem_producao_id
    WHERE o.odoo_produto_id IS NOT NULL AND p.produto_id IS DISTINCT FROM o.odoo_produto_id ORDER BY o.numero""",
)

INVARIANTES = (
    MOVIMENTO_UNICO,
    VINCULOS,
    NADA_CALADO,
    CLASSIFICACAO,
    QUANTIDADE_CONVERTIDA,
    POSICAO,
    PRODUZIDO,
    ORDEM_ESTADO,
    ORDEM_NUMERO,
    FAMILIA,
)
