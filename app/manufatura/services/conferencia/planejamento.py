"""O que tem de ser sempre verdade no planejamento: materiais, estoque prometido, demandas, filhas, datas, carteira, previsões."""

from __future__ import annotations

from app.manufatura.services.conferencia.invariante import Invariante

ABERTA = "o.status IN ('Planejada', 'Liberada', 'Em Produção')"
MATERIAIS = "ordem_producao o CROSS JOIN LATERAL jsonb_array_elements(o.materiais_necessarios) m"
# Quando terminou bem, pela última vez, o job; o que mudou depois dele espera a próxima vez, e não é defeito.
ULTIMA_VEZ = "(SELECT max(l.data_execucao) FROM log_integracao l WHERE l.job_id = '{job}' AND l.status IN ('sucesso', 'parcial'))"
# O primeiro dia do mês aberto mais antigo, no fuso da fábrica.
ABERTO_DESDE = "date_trunc('month', CAST(:agora AS timestamptz) AT TIME ZONE :fuso) - make_interval(months => :meses_abertos)"
PLANEJAR = "Rode `manufatura planejar mto`; se continuar, relate o defeito com estas linhas."

CAMINHOS = Invariante(
    "material_caminhos",
    "A necessidade de cada material é a soma dos caminhos por onde ele entra na ordem",
    f"A quantidade mostrada não se explica pelos caminhos guardados com ela. {PLANEJAR}",
    f"""SELECT o.numero_ordem, o.status, m->>'cod_produto' AS cod_produto, (m->>'qtd_necessaria')::numeric AS necessidade, s.soma
    FROM {MATERIAIS} LEFT JOIN LATERAL (
        SELECT coalesce(sum((c->>'qtd')::numeric), 0) AS soma FROM jsonb_array_elements(m->'caminhos') c) s ON true
    WHERE (m->>'qtd_necessaria')::numeric <> s.soma ORDER BY o.numero, 3""",  # noqa: S608 — constantes deste arquivo
)

CONTA = Invariante(
    "material_conta",
    "O que falta de um material é o que vem do estoque e de outras ordens, mais o que se compra e se faz",
    f"As partes não somam o que a ordem ainda precisa: algo se perdeu ou se contou duas vezes. {PLANEJAR}",
    f"""SELECT o.numero_ordem, o.status, m->>'cod_produto' AS cod_produto, m->>'qtd_pendente' AS pendente, m->>'qtd_disponivel' AS estoque,
        m->>'qtd_de_ordens' AS de_ordens, m->>'qtd_comprar' AS comprar, m->>'qtd_produzir' AS produzir
    FROM {MATERIAIS}
    WHERE (m->>'qtd_pendente')::numeric <> (m->>'qtd_disponivel')::numeric + (m->>'qtd_de_ordens')::numeric + (m->>'qtd_comprar')::numeric
            + (m->>'qtd_produzir')::numeric
        OR least((m->>'qtd_pendente')::numeric, (m->>'qtd_disponivel')::numeric, (m->>'qtd_de_ordens')::numeric,
            (m->>'qtd_comprar')::numeric, (m->>'qtd_produzir')::numeric) < 0
    ORDER BY o.numero, 3""",  # noqa: S608 — constantes deste arquivo
)

PROMETIDO = Invariante(
    "estoque_prometido",
    "O estoque dado às ordens abertas não passa da posição que o último planejamento usou",
    f"O mesmo saldo foi prometido a mais de uma ordem. {PLANEJAR}",
    f"""SELECT d.cod_produto, p.qtd AS posicao, d.dado, d.ordens
    FROM (
        SELECT m->>'cod_produto' AS cod_produto, sum((m->>'qtd_disponivel')::numeric) AS dado, count(*) AS ordens
        FROM {MATERIAIS} WHERE {ABERTA} GROUP BY 1) d
    LEFT JOIN planejamento_posicao p ON p.cod_produto = d.cod_produto
    WHERE d.dado > greatest(coalesce(p.qtd, 0), 0) ORDER BY 1""",  # noqa: S608 — constantes deste arquivo
)

UMA_ORDEM = Invariante(
    "demanda_uma_ordem",
    "No máximo uma ordem segura a demanda de um lote, produto e expedição; a aberta sempre segura a sua",
    f"A mesma demanda seria produzida duas vezes, ou uma ordem aberta (ou já cancelada) ficou fora da conta. {PLANEJAR}",
    """SELECT d.separacao_lote_id AS lote, d.cod_produto, d.expedicao, o.numero_ordem, o.status, d.segura, d.retida_por
    FROM ordem_producao_demanda d JOIN ordem_producao o ON o.id = d.ordem_producao_id
    WHERE d.segura <> CASE o.status WHEN 'Cancelada' THEN d.retida_por IS NOT NULL ELSE true END
        OR (d.segura AND EXISTS (SELECT 1 FROM ordem_producao_demanda x WHERE x.segura AND x.id <> d.id AND x.expedicao = d.expedicao
            AND x.separacao_lote_id = d.separacao_lote_id AND x.cod_produto = d.cod_produto))
    ORDER BY 1, 2, 3, o.numero""",
)

FILHA_ORFA = Invariante(
    "filha_sem_pai",
    "Nenhuma ordem filha Planejada fica sem um pai aberto que a consuma",
    f"A ordem que precisava desta acabou, e esta faria o que ninguém pediu. {PLANEJAR}",
    f"""SELECT f.numero_ordem, f.cod_produto, f.status, p.numero_ordem AS pai, p.status AS status_do_pai
    FROM ordem_producao f LEFT JOIN ordem_producao p ON p.id = f.ordem_pai_id
    WHERE f.ordem_pai_id IS NOT NULL AND (p.id IS NULL OR p.id = f.id OR (f.status = 'Planejada' AND (p.status = 'Cancelada'
        OR (p.status = 'Concluída' AND p.atualizado_em < {ULTIMA_VEZ.format(job="gerar_ordens_mto")}))))
    ORDER BY f.numero""",  # noqa: S608 — constantes deste arquivo
)

UMA_FILHA = Invariante(
    "filha_unica",
    "Um pai tem no máximo uma filha aberta de cada produto",
    f"O mesmo componente seria feito duas vezes para a mesma ordem. {PLANEJAR}",
    f"""SELECT p.numero_ordem AS pai, o.cod_produto, count(*) AS filhas, string_agg(o.numero_ordem, ', ' ORDER BY o.numero) AS quais
    FROM ordem_producao o JOIN ordem_producao p ON p.id = o.ordem_pai_id
    WHERE {ABERTA} GROUP BY p.id, o.cod_produto HAVING count(*) > 1 ORDER BY 1, 2""",  # noqa: S608 — constantes deste arquivo
)

DATAS = Invariante(
    "ordem_datas",
    "A ordem começa antes de acabar, acaba até a expedição ou o começo do pai, e o material é preciso até ela começar",
    f"Uma data está fora de ordem: a entrega atrasaria mesmo com tudo no prazo. {PLANEJAR}",
    f"""SELECT o.numero_ordem, o.status, o.data_inicio_prevista, o.data_fim_prevista, d.expedicao, p.data_inicio_prevista AS inicio_do_pai,
        m.necessidade AS material_ate
    FROM ordem_producao o
    LEFT JOIN ordem_producao_demanda d ON d.ordem_producao_id = o.id
    LEFT JOIN ordem_producao p ON p.id = o.ordem_pai_id AND o.status = 'Planejada'
    LEFT JOIN LATERAL (
        SELECT max((x->>'data_necessidade')::date) AS necessidade FROM jsonb_array_elements(o.materiais_necessarios) x) m
        ON o.status = 'Planejada' AND o.origem_ordem = 'MTO'
    WHERE {ABERTA} AND (o.data_inicio_prevista > o.data_fim_prevista OR o.data_fim_prevista > d.expedicao
        OR o.data_fim_prevista > p.data_inicio_prevista OR m.necessidade > o.data_inicio_prevista)
    ORDER BY o.numero""",  # noqa: S608 — constantes deste arquivo
)

CARTEIRA = Invariante(
    "carteira_ordem",
    "A carteira aponta para a ordem viva mais antiga do seu lote e produto",
    f"Quem olha a carteira vê a ordem errada, uma já cancelada, ou nenhuma. {PLANEJAR}",
    f"""SELECT c.num_pedido, c.separacao_lote_id AS lote, c.cod_produto, a.numero_ordem AS aponta, v.numero_ordem AS devia_apontar
    FROM carteira_principal c LEFT JOIN ordem_producao a ON a.id = c.ordem_producao_id
    LEFT JOIN (
        SELECT d.separacao_lote_id, d.cod_produto, o.id, o.numero_ordem,
            row_number() OVER (PARTITION BY d.separacao_lote_id, d.cod_produto ORDER BY d.expedicao, o.numero) AS vez
        FROM ordem_producao_demanda d JOIN ordem_producao o ON o.id = d.ordem_producao_id AND o.status <> 'Cancelada'
        WHERE d.segura) v ON v.vez = 1 AND v.separacao_lote_id = c.separacao_lote_id AND v.cod_produto = c.cod_produto
    WHERE a.id IS DISTINCT FROM v.id AND (v.id IS NOT NULL OR a.origem_ordem = 'MTO')
        AND c.atualizado_em <= coalesce({ULTIMA_VEZ.format(job="gerar_ordens_mto")}, 'infinity')
    ORDER BY 2, 3""",  # noqa: S608 — constantes deste arquivo
)

REALIZADA = Invariante(
    "demanda_realizada",
    "A demanda realizada dos meses abertos é a soma do que se vendeu",
    "A previsão mostra outra quantidade que a do histórico de pedidos. Rode `manufatura planejar demanda`.",
    f"""WITH vendas AS (
        SELECT h.cod_produto, h.nome_grupo, extract(year FROM h.data_pedido)::int AS ano, extract(month FROM h.data_pedido)::int AS mes,
            sum(h.qtd_produto_pedido) AS qtd, max(h.atualizado_em) AS mexido
        FROM historico_pedidos h WHERE h.data_pedido >= {ABERTO_DESDE} GROUP BY 1, 2, 3, 4)
    SELECT p.data_mes, p.data_ano, p.cod_produto, p.nome_grupo, p.qtd_demanda_realizada AS realizada, coalesce(sum(v.qtd), 0) AS vendido
    FROM previsao_demanda p LEFT JOIN vendas v ON v.cod_produto = p.cod_produto AND v.ano = p.data_ano AND v.mes = p.data_mes
        AND (p.nome_grupo IS NULL OR v.nome_grupo = p.nome_grupo)
    WHERE make_date(p.data_ano, p.data_mes, 1) >= {ABERTO_DESDE}
        AND make_date(p.data_ano, p.data_mes, 1) <= (CAST(:agora AS timestamptz) AT TIME ZONE :fuso)
    GROUP BY p.id
    HAVING p.qtd_demanda_realizada <> coalesce(sum(v.qtd), 0)
        AND greatest(max(v.mexido), p.criado_em) < {ULTIMA_VEZ.format(job="atualizar_demanda")}
    ORDER BY 2, 1, 3, 4""",  # noqa: S608 — constantes deste arquivo
)

CICLO = Invariante(
    "estrutura_sem_ciclo",
    "Nenhum produto entra, direta ou indiretamente, na própria estrutura",
    "As ordens destes produtos não são planejadas até o ciclo ser desfeito: corrija a estrutura (`manufatura planilha exportar"
    " estruturas`).",
    """WITH RECURSIVE arestas AS (
        SELECT DISTINCT e.cod_produto_produzido AS pai, l.cod_produto_componente AS filho
        FROM estrutura e JOIN lista_materiais l ON l.estrutura_id = e.id
        WHERE e.status = 'ativo'
            AND l.cod_produto_componente IN (SELECT x.cod_produto_produzido FROM estrutura x WHERE x.status = 'ativo')),
    alcance AS (
        SELECT pai, filho FROM arestas
        UNION SELECT a.pai, r.filho FROM alcance a JOIN arestas r ON r.pai = a.filho)
    SELECT pai AS cod_produto FROM alcance WHERE pai = filho ORDER BY 1""",
)

INVARIANTES = (CAMINHOS, CONTA, PROMETIDO, UMA_ORDEM, FILHA_ORFA, UMA_FILHA, DATAS, CARTEIRA, REALIZADA, CICLO)
