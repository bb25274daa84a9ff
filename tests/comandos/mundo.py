"""Um banco pequeno e coerente, escrito à mão com números que se conferem de cabeça: o ponto de partida dos testes de conferir."""

from __future__ import annotations

from sqlalchemy import Connection

# Parafuso A1 comprado em dúzias (R$ 60 a dúzia = R$ 5 cada); chegam 10, voltam 3: 7 recebidos. Mesa P1: 4 feitas de 10.
MUNDO = """
INSERT INTO odoo_unidade (odoo_id, nome, fator) VALUES (1, 'Unidade', 1), (2, 'Dúzia', 12);
INSERT INTO odoo_produto (odoo_id, codigo, nome, ativo, modelo_id, unidade_id, compravel, vendavel, fabricado) VALUES
    (10, 'A1', 'Parafuso', true, 1010, 1, true, false, false),
    (11, 'P1', 'Mesa', true, 1011, 1, false, true, true),
    (12, 'A1', 'Parafuso repetido', true, 1012, 1, true, false, false),
    (13, NULL, 'Frete', true, 1013, 1, true, false, false);
INSERT INTO odoo_parceiro (odoo_id, nome, vat, comercial_id, ativo) VALUES
    (5, 'Aços Ltda', '12.345.678/0001-95', 5, true), (6, 'Vendedor', NULL, 5, true);
INSERT INTO odoo_moeda (odoo_id, codigo) VALUES (1, 'BRL');
INSERT INTO odoo_local (odoo_id, uso) VALUES (1, 'supplier'), (2, 'internal'), (3, 'customer'), (4, 'production');
INSERT INTO cadastro_palletizacao (cod_produto, nome_produto, produto_comprado, produto_produzido, odoo_produto_id) VALUES
    ('A1', 'Parafuso', true, false, 10), ('P1', 'Mesa', false, true, 11);
INSERT INTO requisicao_compras (odoo_modelo, odoo_id, odoo_documento_id, odoo_produto_id, empresa_id, importado_odoo, num_requisicao,
    cod_produto,
    nome_produto, qtd_produto_requisicao, status, odoo_estado, odoo_quantidade, odoo_unidade_id)
    VALUES ('purchase.requisition.line', 700, 70, 10, 1, true, 'REQ1', 'A1', 'Parafuso', 24, 'Pedido Colocado', 'in_progress', 2, 2);
INSERT INTO pedido_compras (odoo_modelo, odoo_id, odoo_documento_id, odoo_produto_id, empresa_id, importado_odoo, num_pedido,
    num_requisicao,
    cnpj_fornecedor, raz_social, odoo_parceiro_id, data_pedido_criacao, data_pedido_previsao, data_pedido_entrega, cod_produto,
        nome_produto,
    qtd_produto_pedido, qtd_recebida, preco_produto_pedido, moeda, confirmacao_pedido, status_odoo, odoo_estado, odoo_contato_id,
        odoo_moeda_id,
    odoo_requisicao_id, odoo_data_pedido, odoo_data_prevista, odoo_unidade_id, odoo_qtd_produto, odoo_preco, odoo_qtd_recebida) VALUES
    ('purchase.order.line', 100, 50, 10, 1, true, 'PC1', 'REQ1', '12345678000195', 'Aços Ltda', 5, '2026-10-01', '2026-10-20', '2026-10-11',
        'A1', 'Parafuso', 24, 7, 5, 'BRL', true, 'purchase', 'purchase', 6, 1, 70, '2026-10-02 01:30+00', '2026-10-20 12:00+00', 2, 24,
            60, 0.58),
    ('purchase.order.line', 101, 50, 10, 1, true, 'PC1', 'REQ1', '12345678000195', 'Aços Ltda', 5, '2026-10-01', '2026-10-20', '2026-10-16',
        'A1', 'Parafuso', 6, 6, 5, 'BRL', true, 'purchase', 'purchase', 6, 1, 70, '2026-10-02 01:30+00', '2026-10-20 12:00+00', 1, 6, 5, 6),
    ('purchase.order.line', 102, 50, 13, 1, true, 'PC1', 'REQ1', '12345678000195', 'Aços Ltda', 5, '2026-10-01', '2026-10-20', NULL,
        NULL, 'Frete', 1, 0, 80, 'BRL', false, 'purchase', 'purchase', 6, 1, 70, '2026-10-02 01:30+00', '2026-10-20 12:00+00', 1, 1, 80, 0);
INSERT INTO odoo_movimento (odoo_id, fonte, tipo, produto_id, empresa_id, unidade_id, quantidade, qtd, data, linha_pedido_id, op_id,
    origem_id,
    destino_id, referencia) VALUES
    (900, 'entradas', 'entrada', 10, 1, 1, 10, 10, '2026-10-11 15:00+00', 100, NULL, 1, 2, 'WH/IN/1'),
    (901, 'entradas', 'devolucao', 10, 1, 1, 3, 3, '2026-10-12 15:00+00', 100, NULL, 2, 1, 'WH/OUT/1'),
    (902, 'entradas', 'entrada', 10, 1, 2, 0.5, 6, '2026-10-16 15:00+00', 101, NULL, 1, 2, 'WH/IN/2'),
    (903, 'entradas', 'entrada', 11, 1, 1, 2, 2, '2026-10-16 15:00+00', NULL, NULL, 1, 2, 'WH/IN/3'),
    (904, 'entradas', 'devolucao_cliente', 11, 1, 1, 1, 1, '2026-10-17 15:00+00', NULL, NULL, 3, 2, 'WH/IN/4'),
    (910, 'apontamentos', 'producao', 11, 1, 1, 5, 5, '2026-10-18 15:00+00', NULL, 30, 4, 2, 'OP-000001'),
    (911, 'apontamentos', 'estorno_producao', 11, 1, 1, 1, 1, '2026-10-19 15:00+00', NULL, 30, 2, 4, 'UB/1');
INSERT INTO rejeicao_integracao (tipo, fonte, odoo_modelo, odoo_id, motivo) VALUES
    ('ignorada', 'entradas', 'stock.move', 903, 'produto não marcado como comprado no cadastro'),
    ('ignorada', 'entradas', 'stock.move', 904, 'devolução de cliente: não é compra');
INSERT INTO ordem_producao (numero, numero_ordem, origem_ordem, status, cod_produto, odoo_produto_id, qtd_planejada, qtd_produzida,
    data_inicio_real, criado_por, odoo_id)
    VALUES (nextval('ordem_producao_numero_seq'), 'OP-000001', 'Manual', 'Em Produção', 'P1', 11, 10, 4, '2026-10-18', 'ana', 30);
INSERT INTO odoo_op (odoo_id, nome, estado, produto_id, empresa_id, ordem_producao_id)
    SELECT 30, 'OP-000001', 'progress', 11, 1, id FROM ordem_producao;
INSERT INTO movimentacao_estoque (odoo_modelo, odoo_id, odoo_produto_id, empresa_id, importado_odoo, tipo_movimentacao, cod_produto,
    qtd_movimentacao, data_movimentacao, num_pedido, pedido_compras_id, ordem_producao_id, origem, referencia)
    SELECT 'stock.move', m.odoo_id, m.produto_id, 1, true, t.tipo, t.codigo, t.qtd, m.data, p.num_pedido, p.id, o.id, 'Odoo', m.referencia
    FROM odoo_movimento m JOIN (VALUES (900, 'ENTRADA_COMPRA', 'A1', 10), (901, 'DEVOLUCAO_COMPRA', 'A1', -3), (902, 'ENTRADA_COMPRA',
        'A1', 6),
        (910, 'PRODUCAO', 'P1', 5), (911, 'ESTORNO_PRODUCAO', 'P1', -1)) t (id, tipo, codigo, qtd) ON t.id = m.odoo_id
    LEFT JOIN pedido_compras p ON p.odoo_id = m.linha_pedido_id LEFT JOIN ordem_producao o ON m.op_id IS NOT NULL;
INSERT INTO posicao_estoque (odoo_produto_id, empresa_id, cod_produto, qtd) VALUES (10, 1, 'A1', 13), (11, 1, 'P1', 4);
INSERT INTO lead_time_fornecedor (empresa_id, odoo_parceiro_id, odoo_produto_id, cod_produto, lead_time_historico, entregas,
    lead_time_mediano,
    lead_time_p90, ultimo_lead_time) VALUES (1, 5, 10, 'A1', 12.5, 2, 12.5, 14.5, 15);
INSERT INTO cursor_integracao (fonte, empresa_id, cursor, corte) VALUES ('pedidos', 1, '2026-11-24 10:00+00', '2024-11-01');
INSERT INTO log_integracao (tipo_integracao, status, job_id, origem, registros_erro, data_execucao)
    VALUES ('importar_pedidos', 'sucesso', 'importar_pedidos', 'cli', 0, '2026-11-24 10:00+00');
UPDATE log_integracao SET execucao_id = id;
"""


def criar(conexao: Connection) -> None:
    """Enche o banco vazio com o mundo acima."""
    conexao.exec_driver_sql(MUNDO)
