"""O que tem de ser sempre verdade na maquinaria da integração: espelhos, números, cursores, rejeições e execuções."""

from __future__ import annotations

from app.manufatura.services.conferencia.invariante import Invariante

DIAS_REJEICAO = 7
"""Uma rejeição aberta há mais tempo que isto é cobrada: alguém tem de corrigir o registro no Odoo."""

ESPELHOS = Invariante(
    "produto_espelhado",
    "Todo produto citado por requisição, pedido ou movimento está no nosso cadastro",
    "A linha cita um produto do Odoo que não temos: sem ele não há unidade nem código em que confiar. Rode `manufatura importar"
    " cadastros`.",
    """SELECT t.tabela, t.documento, t.odoo_id, t.odoo_produto_id FROM (
        SELECT 'pedido_compras' AS tabela, num_pedido AS documento, odoo_id, odoo_produto_id FROM pedido_compras WHERE importado_odoo
        UNION ALL SELECT 'requisicao_compras', num_requisicao, odoo_id, odoo_produto_id FROM requisicao_compras WHERE importado_odoo
        UNION ALL SELECT 'odoo_movimento', referencia, odoo_id, produto_id FROM odoo_movimento) t
    WHERE NOT EXISTS (SELECT FROM odoo_produto p WHERE p.odoo_id = t.odoo_produto_id) ORDER BY 1, 3""",
)

DONO_DO_CODIGO = Invariante(
    "codigo_do_produto",
    "Um código é do produto ativo mais antigo que o usa, e de mais nenhum",
    "Dois produtos do Odoo usam o mesmo código, e o cadastro está ligado ao errado, ou a um que já não usa esse código."
    " Rode `manufatura importar cadastros` e, no Odoo, dê a cada produto o seu código.",
    """SELECT c.cod_produto, c.odoo_produto_id, d.odoo_id AS dono_certo FROM cadastro_palletizacao c
    LEFT JOIN LATERAL (SELECT p.odoo_id FROM odoo_produto p WHERE p.codigo = c.cod_produto ORDER BY p.ativo DESC, p.odoo_id LIMIT 1) d ON
        true
    WHERE c.odoo_produto_id IS NOT NULL AND c.odoo_produto_id IS DISTINCT FROM d.odoo_id ORDER BY 1""",
)

NUMEROS = Invariante(
    "numeros_finitos",
    "Toda quantidade e todo preço são números que se podem somar",
    "Há um valor que não é número (NaN), infinito ou absurdo de grande; qualquer soma com ele perde o sentido.",
    """SELECT t.tabela, t.odoo_id, t.valor::text AS valor FROM (
        SELECT 'pedido_compras' AS tabela, odoo_id, unnest(ARRAY[qtd_produto_pedido, qtd_recebida, preco_produto_pedido]) AS valor FROM
            pedido_compras
        UNION ALL SELECT 'requisicao_compras', odoo_id, qtd_produto_requisicao FROM requisicao_compras
        UNION ALL SELECT 'movimentacao_estoque', odoo_id, qtd_movimentacao FROM movimentacao_estoque
        UNION ALL SELECT 'posicao_estoque', odoo_produto_id, unnest(ARRAY[qtd, qtd_reservada]) FROM posicao_estoque
        UNION ALL SELECT 'ordem_producao', numero, unnest(ARRAY[qtd_planejada, qtd_produzida]) FROM ordem_producao
        UNION ALL SELECT 'odoo_unidade', odoo_id, fator FROM odoo_unidade) t
    WHERE t.valor = 'NaN'::numeric OR t.valor >= 1e15 OR t.valor <= -1e15 OR (t.tabela = 'odoo_unidade' AND t.valor <= 0) ORDER BY 1, 2""",
)

CURSOR = Invariante(
    "cursor_no_passado",
    "Nenhum fluxo está adiante do relógio",
    "O ponto até onde este fluxo leu está no futuro: o relógio do Odoo andou errado, e o que mudar até lá poderia não ser visto."
    " Acerte os relógios e releia com `manufatura importar --desde`.",
    """SELECT fonte, empresa_id, cursor, desvio_s FROM cursor_integracao
    WHERE cursor > CAST(:agora AS timestamptz) + interval '5 min' + make_interval(secs => greatest(coalesce(desvio_s, 0), 0)) ORDER BY 1,
        2""",
)

JANELA = Invariante(
    "leitura_pela_metade",
    "Nenhuma leitura ficou pela metade por mais de um dia",
    "Uma importação parou no meio e ninguém a retomou. Rode `manufatura importar` com o nome do fluxo: ela continua de onde parou.",
    """SELECT fonte, empresa_id, janela ->> 'tipo' AS leitura, ultimo_id, atualizado_em FROM cursor_integracao
    WHERE janela IS NOT NULL AND janela <> 'null'::jsonb AND atualizado_em < CAST(:agora AS timestamptz) - interval '1 day' ORDER BY 1,
        2""",
)

REJEICOES = Invariante(
    "rejeicao_antiga",
    "Nenhuma rejeição está aberta há mais de uma semana",
    "Há registros do Odoo fora das nossas tabelas há dias. O motivo diz o que corrigir lá; corrigidos, eles entram sozinhos.",
    """SELECT fonte, odoo_modelo, odoo_id, motivo, primeira_vez, vezes FROM rejeicao_integracao
    WHERE tipo = 'rejeitada' AND resolvida_em IS NULL
        AND primeira_vez < CAST(:agora AS timestamptz) - make_interval(days => :dias_rejeicao) ORDER BY primeira_vez, odoo_id""",
)

EXECUCOES = Invariante(
    "uma_execucao_por_job",
    "Cada job executa uma vez por vez, e a que executa dá sinal",
    "Duas execuções do mesmo job ao mesmo tempo, ou uma que parou de dar sinal e não foi dada por morta. A próxima execução do"
    " job a encerra.",
    """SELECT l.job_id, l.execucao_id, l.tentativa, l.data_execucao, l.batimento FROM log_integracao l
    WHERE l.status = 'executando' AND (coalesce(l.batimento, l.data_execucao) < CAST(:agora AS timestamptz) - interval '10 min'
        OR EXISTS (SELECT FROM log_integracao o WHERE o.job_id = l.job_id AND o.status = 'executando' AND o.id <> l.id))
    ORDER BY l.job_id, l.id""",
)

DESFECHOS = Invariante(
    "execucao_com_desfecho",
    "Toda execução registrada pertence a uma execução e diz como terminou",
    "A linha do registro aponta para uma execução que não existe, ou terminou com rejeições e não diz «parcial».",
    """SELECT l.id, l.job_id, l.status, l.execucao_id, l.registros_erro FROM log_integracao l
    WHERE (l.execucao_id IS NOT NULL AND NOT EXISTS (SELECT FROM log_integracao p WHERE p.id = l.execucao_id))
        OR (l.status = 'sucesso' AND l.registros_erro > 0) OR (l.status = 'parcial' AND l.registros_erro = 0) ORDER BY l.id""",
)

INVARIANTES = (ESPELHOS, DONO_DO_CODIGO, NUMEROS, CURSOR, JANELA, REJEICOES, EXECUCOES, DESFECHOS)
