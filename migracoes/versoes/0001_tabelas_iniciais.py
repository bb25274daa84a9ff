# ruff: noqa: E501 - as restrições vêm inteiras dos modelos
"""Tabelas iniciais

Revisão 0001, depois de nenhuma. Gerada dos modelos por app.banco.nova_revisao e lida antes de guardar.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Leva o esquema a esta revisão."""
    op.execute("CREATE SEQUENCE ordem_producao_numero_seq AS BIGINT")
    op.create_table(
        "auditoria",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("quem", sa.Text(), nullable=False),
        sa.Column("de_onde", sa.Text(), nullable=True),
        sa.Column("acao", sa.Text(), nullable=False),
        sa.Column("tabela", sa.Text(), nullable=True),
        sa.Column("registro_id", sa.BigInteger(), nullable=True),
        sa.Column("antes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("depois", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auditoria")),
    )
    op.create_index("ix_auditoria_objeto", "auditoria", ["tabela", "registro_id"], unique=False)
    op.create_table(
        "aviso",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tipo", sa.Text(), nullable=False),
        sa.Column("severidade", sa.Text(), nullable=False),
        sa.Column("chave", sa.Text(), nullable=False),
        sa.Column("mensagem", sa.Text(), nullable=False),
        sa.Column("dados", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("aberto_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("fechado_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("severidade IN ('info', 'atencao', 'critico')", name=op.f("ck_aviso_severidade")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aviso")),
    )
    op.create_index("uq_aviso_aberto", "aviso", ["tipo", "chave"], unique=True, postgresql_where=sa.text("fechado_em IS NULL"))
    op.create_table(
        "cadastro_palletizacao",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("cod_produto", sa.Text(), nullable=False),
        sa.Column("nome_produto", sa.Text(), nullable=True),
        sa.Column("unidade", sa.Text(), nullable=True),
        sa.Column("produto_comprado", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("produto_produzido", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("produto_vendido", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disparo_producao", sa.Text(), nullable=True),
        sa.Column("lead_time_mto", sa.Integer(), nullable=True),
        sa.Column("custo_produto", sa.Numeric(), nullable=True),
        sa.Column("palletizacao", sa.Numeric(), nullable=True),
        sa.Column("peso_bruto", sa.Numeric(), nullable=True),
        sa.Column("ativo", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("odoo_produto_id", sa.BigInteger(), nullable=True),
        sa.Column("campos_fixados", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("cod_produto <> '' AND cod_produto = btrim(cod_produto)", name=op.f("ck_cadastro_palletizacao_codigo")),
        sa.CheckConstraint("disparo_producao IN ('MTO', 'MTS')", name=op.f("ck_cadastro_palletizacao_disparo")),
        sa.CheckConstraint("lead_time_mto BETWEEN 0 AND 500", name=op.f("ck_cadastro_palletizacao_lead_time")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cadastro_palletizacao")),
        sa.UniqueConstraint("cod_produto", name=op.f("uq_cadastro_palletizacao_cod_produto")),
        sa.UniqueConstraint("odoo_produto_id", name=op.f("uq_cadastro_palletizacao_odoo_produto_id")),
    )
    op.create_table(
        "cursor_integracao",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fonte", sa.Text(), nullable=False),
        sa.Column("empresa_id", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.DateTime(timezone=True), nullable=True),
        sa.Column("janela", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("ultimo_id", sa.BigInteger(), nullable=True),
        sa.Column("conferido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corte", sa.Date(), nullable=True),
        sa.Column("desvio_s", sa.Float(), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cursor_integracao")),
        sa.UniqueConstraint("fonte", "empresa_id", name=op.f("uq_cursor_integracao_fonte_empresa_id")),
    )
    op.create_table(
        "lead_time_fornecedor",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("empresa_id", sa.BigInteger(), nullable=False),
        sa.Column("odoo_parceiro_id", sa.BigInteger(), nullable=False),
        sa.Column("odoo_produto_id", sa.BigInteger(), nullable=False),
        sa.Column("cnpj_fornecedor", sa.Text(), nullable=True),
        sa.Column("nome_fornecedor", sa.Text(), nullable=True),
        sa.Column("cod_produto", sa.Text(), nullable=True),
        sa.Column("nome_produto", sa.Text(), nullable=True),
        sa.Column("lead_time_previsto", sa.Numeric(), nullable=True),
        sa.Column("lead_time_historico", sa.Numeric(), nullable=False),
        sa.Column("entregas", sa.Integer(), nullable=False),
        sa.Column("lead_time_mediano", sa.Numeric(), nullable=False),
        sa.Column("lead_time_p90", sa.Numeric(), nullable=False),
        sa.Column("ultimo_lead_time", sa.Integer(), nullable=False),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_time_fornecedor")),
        sa.UniqueConstraint(
            "empresa_id",
            "odoo_parceiro_id",
            "odoo_produto_id",
            name=op.f("uq_lead_time_fornecedor_empresa_id_odoo_parceiro_id_odoo_produto_id"),
        ),
    )
    op.create_table(
        "log_integracao",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tipo_integracao", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("mensagem", sa.Text(), nullable=True),
        sa.Column("registros_processados", sa.Integer(), server_default="0", nullable=False),
        sa.Column("registros_erro", sa.Integer(), server_default="0", nullable=False),
        sa.Column("data_execucao", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tempo_execucao", sa.Float(), nullable=True),
        sa.Column("detalhes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("execucao_id", sa.BigInteger(), nullable=True),
        sa.Column("tentativa", sa.Integer(), server_default="1", nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("origem", sa.Text(), nullable=False),
        sa.Column("usuario", sa.Text(), nullable=True),
        sa.Column("agendada_para", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progresso_atual", sa.BigInteger(), nullable=True),
        sa.Column("progresso_total", sa.BigInteger(), nullable=True),
        sa.Column("batimento", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("origem IN ('agenda', 'manual', 'api', 'cli')", name=op.f("ck_log_integracao_origem")),
        sa.CheckConstraint(
            "status IN ('na fila', 'executando', 'sucesso', 'parcial', 'erro', 'interrompida', 'cancelada', 'omitida')",
            name=op.f("ck_log_integracao_status"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_integracao")),
        sa.UniqueConstraint("execucao_id", "tentativa", name=op.f("uq_log_integracao_execucao_id_tentativa")),
    )
    op.create_index("ix_log_integracao_job", "log_integracao", ["job_id", "id"], unique=False)
    op.create_index(
        "uq_log_integracao_agendada",
        "log_integracao",
        ["job_id", "agendada_para"],
        unique=True,
        postgresql_where=sa.text("origem = 'agenda' AND tentativa = 1"),
    )
    op.create_index(
        "uq_log_integracao_executando", "log_integracao", ["job_id"], unique=True, postgresql_where=sa.text("status = 'executando'")
    )
    op.create_index("uq_log_integracao_na_fila", "log_integracao", ["job_id"], unique=True, postgresql_where=sa.text("status = 'na fila'"))
    op.create_table(
        "odoo_capacidade",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("chave", sa.Text(), nullable=False),
        sa.Column("dados", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odoo_capacidade")),
        sa.UniqueConstraint("chave", name=op.f("uq_odoo_capacidade_chave")),
    )
    op.create_table(
        "odoo_empresa",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=False),
        sa.Column("nome", sa.Text(), nullable=True),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odoo_empresa")),
        sa.UniqueConstraint("odoo_id", name=op.f("uq_odoo_empresa_odoo_id")),
    )
    op.create_table(
        "odoo_instalacao",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unica", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("banco", sa.Text(), nullable=False),
        sa.Column("empresa_criada_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("usuario_criado_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("versao", sa.Text(), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odoo_instalacao")),
    )
    op.create_index("uq_odoo_instalacao_unica", "odoo_instalacao", ["unica"], unique=True)
    op.create_table(
        "odoo_local",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=False),
        sa.Column("uso", sa.Text(), nullable=True),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odoo_local")),
        sa.UniqueConstraint("odoo_id", name=op.f("uq_odoo_local_odoo_id")),
    )
    op.create_table(
        "odoo_moeda",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=False),
        sa.Column("codigo", sa.Text(), nullable=True),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odoo_moeda")),
        sa.UniqueConstraint("odoo_id", name=op.f("uq_odoo_moeda_odoo_id")),
    )
    op.create_table(
        "odoo_movimento",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=False),
        sa.Column("fonte", sa.Text(), nullable=False),
        sa.Column("tipo", sa.Text(), nullable=False),
        sa.Column("feito", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("produto_id", sa.BigInteger(), nullable=False),
        sa.Column("empresa_id", sa.BigInteger(), nullable=True),
        sa.Column("unidade_id", sa.BigInteger(), nullable=True),
        sa.Column("quantidade", sa.Numeric(), nullable=False),
        sa.Column("qtd", sa.Numeric(), nullable=False),
        sa.Column("data", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linha_pedido_id", sa.BigInteger(), nullable=True),
        sa.Column("op_id", sa.BigInteger(), nullable=True),
        sa.Column("desmontagem_id", sa.BigInteger(), nullable=True),
        sa.Column("documento_id", sa.BigInteger(), nullable=True),
        sa.Column("subcontratado", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("origem_id", sa.BigInteger(), nullable=True),
        sa.Column("destino_id", sa.BigInteger(), nullable=True),
        sa.Column("referencia", sa.Text(), nullable=True),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odoo_movimento")),
        sa.UniqueConstraint("odoo_id", name=op.f("uq_odoo_movimento_odoo_id")),
    )
    op.create_index(
        "ix_odoo_movimento_linha", "odoo_movimento", ["linha_pedido_id"], unique=False, postgresql_where="linha_pedido_id IS NOT NULL"
    )
    op.create_index("ix_odoo_movimento_op", "odoo_movimento", ["op_id"], unique=False, postgresql_where="op_id IS NOT NULL")
    op.create_index("ix_odoo_movimento_produto", "odoo_movimento", ["produto_id"], unique=False)
    op.create_table(
        "odoo_op",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=False),
        sa.Column("nome", sa.Text(), nullable=False),
        sa.Column("estado", sa.Text(), nullable=True),
        sa.Column("produto_id", sa.BigInteger(), nullable=True),
        sa.Column("empresa_id", sa.BigInteger(), nullable=True),
        sa.Column("grupo_id", sa.BigInteger(), nullable=True),
        sa.Column("fim", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordem_producao_id", sa.BigInteger(), nullable=True),
        sa.Column("excluida", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odoo_op")),
        sa.UniqueConstraint("odoo_id", name=op.f("uq_odoo_op_odoo_id")),
    )
    op.create_index(op.f("ix_odoo_op_grupo_id"), "odoo_op", ["grupo_id"], unique=False)
    op.create_index(op.f("ix_odoo_op_ordem_producao_id"), "odoo_op", ["ordem_producao_id"], unique=False)
    op.create_table(
        "odoo_parceiro",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=False),
        sa.Column("nome", sa.Text(), nullable=True),
        sa.Column("vat", sa.Text(), nullable=True),
        sa.Column("comercial_id", sa.BigInteger(), nullable=True),
        sa.Column("ativo", sa.Boolean(), nullable=True),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odoo_parceiro")),
        sa.UniqueConstraint("odoo_id", name=op.f("uq_odoo_parceiro_odoo_id")),
    )
    op.create_table(
        "odoo_preco_fornecedor",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=False),
        sa.Column("parceiro_id", sa.BigInteger(), nullable=True),
        sa.Column("modelo_id", sa.BigInteger(), nullable=True),
        sa.Column("produto_id", sa.BigInteger(), nullable=True),
        sa.Column("empresa_id", sa.BigInteger(), nullable=True),
        sa.Column("prazo", sa.Integer(), nullable=True),
        sa.Column("sequencia", sa.Integer(), nullable=True),
        sa.Column("qtd_minima", sa.Numeric(), nullable=True),
        sa.Column("preco", sa.Numeric(), nullable=True),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odoo_preco_fornecedor")),
        sa.UniqueConstraint("odoo_id", name=op.f("uq_odoo_preco_fornecedor_odoo_id")),
    )
    op.create_index(op.f("ix_odoo_preco_fornecedor_modelo_id"), "odoo_preco_fornecedor", ["modelo_id"], unique=False)
    op.create_table(
        "odoo_produto",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=False),
        sa.Column("codigo", sa.Text(), nullable=True),
        sa.Column("nome", sa.Text(), nullable=True),
        sa.Column("ativo", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("modelo_id", sa.BigInteger(), nullable=True),
        sa.Column("unidade_id", sa.BigInteger(), nullable=True),
        sa.Column("compravel", sa.Boolean(), nullable=True),
        sa.Column("vendavel", sa.Boolean(), nullable=True),
        sa.Column("fabricado", sa.Boolean(), nullable=True),
        sa.Column("peso", sa.Numeric(), nullable=True),
        sa.Column("modelo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odoo_produto")),
        sa.UniqueConstraint("odoo_id", name=op.f("uq_odoo_produto_odoo_id")),
    )
    op.create_index(op.f("ix_odoo_produto_codigo"), "odoo_produto", ["codigo"], unique=False)
    op.create_index(op.f("ix_odoo_produto_modelo_id"), "odoo_produto", ["modelo_id"], unique=False)
    op.create_table(
        "odoo_requisicao",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=False),
        sa.Column("nome", sa.Text(), nullable=True),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odoo_requisicao")),
        sa.UniqueConstraint("odoo_id", name=op.f("uq_odoo_requisicao_odoo_id")),
    )
    op.create_table(
        "odoo_unidade",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=False),
        sa.Column("nome", sa.Text(), nullable=True),
        sa.Column("fator", sa.Numeric(), nullable=False),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odoo_unidade")),
        sa.UniqueConstraint("odoo_id", name=op.f("uq_odoo_unidade_odoo_id")),
    )
    op.create_table(
        "odoo_usuario",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=False),
        sa.Column("nome", sa.Text(), nullable=True),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odoo_usuario")),
        sa.UniqueConstraint("odoo_id", name=op.f("uq_odoo_usuario_odoo_id")),
    )
    op.create_table(
        "ordem_producao",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("numero", sa.BigInteger(), server_default=sa.text("nextval('ordem_producao_numero_seq')"), nullable=False),
        sa.Column("numero_ordem", sa.Text(), nullable=False),
        sa.Column("origem_ordem", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("cod_produto", sa.Text(), nullable=False),
        sa.Column("nome_produto", sa.Text(), nullable=True),
        sa.Column("odoo_produto_id", sa.BigInteger(), nullable=True),
        sa.Column("materiais_necessarios", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("qtd_planejada", sa.Numeric(), nullable=False),
        sa.Column("qtd_produzida", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("data_inicio_prevista", sa.Date(), nullable=True),
        sa.Column("data_fim_prevista", sa.Date(), nullable=True),
        sa.Column("data_inicio_real", sa.Date(), nullable=True),
        sa.Column("data_fim_real", sa.Date(), nullable=True),
        sa.Column("linha_producao", sa.Text(), nullable=True),
        sa.Column("criado_por", sa.Text(), nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_procurada_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordem_pai_id", sa.BigInteger(), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("origem_ordem IN ('PMP', 'MTO', 'Manual')", name=op.f("ck_ordem_producao_origem")),
        sa.CheckConstraint(
            "status IN ('Planejada', 'Liberada', 'Em Produção', 'Concluída', 'Cancelada')", name=op.f("ck_ordem_producao_status")
        ),
        sa.CheckConstraint("data_fim_prevista >= data_inicio_prevista", name=op.f("ck_ordem_producao_datas_previstas")),
        sa.CheckConstraint("data_fim_real >= data_inicio_real", name=op.f("ck_ordem_producao_datas_reais")),
        sa.CheckConstraint("qtd_planejada > 0", name=op.f("ck_ordem_producao_qtd_planejada")),
        sa.ForeignKeyConstraint(["ordem_pai_id"], ["ordem_producao.id"], name=op.f("fk_ordem_producao_ordem_pai_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ordem_producao")),
        sa.UniqueConstraint("numero", name=op.f("uq_ordem_producao_numero")),
        sa.UniqueConstraint("numero_ordem", name=op.f("uq_ordem_producao_numero_ordem")),
    )
    op.create_index(op.f("ix_ordem_producao_cod_produto"), "ordem_producao", ["cod_produto"], unique=False)
    op.create_index(op.f("ix_ordem_producao_odoo_id"), "ordem_producao", ["odoo_id"], unique=False)
    op.create_index(op.f("ix_ordem_producao_ordem_pai_id"), "ordem_producao", ["ordem_pai_id"], unique=False)
    op.create_index("ix_ordem_producao_procurar", "ordem_producao", ["id"], unique=False, postgresql_where="odoo_procurada_em IS NULL")
    op.create_index("ix_ordem_producao_status", "ordem_producao", ["status", "data_inicio_prevista"], unique=False)
    op.create_table(
        "pedido_compras",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("num_pedido", sa.Text(), nullable=False),
        sa.Column("num_requisicao", sa.Text(), nullable=True),
        sa.Column("cnpj_fornecedor", sa.Text(), nullable=True),
        sa.Column("raz_social", sa.Text(), nullable=True),
        sa.Column("odoo_parceiro_id", sa.BigInteger(), nullable=True),
        sa.Column("data_pedido_criacao", sa.Date(), nullable=True),
        sa.Column("data_pedido_previsao", sa.Date(), nullable=True),
        sa.Column("data_pedido_entrega", sa.Date(), nullable=True),
        sa.Column("cod_produto", sa.Text(), nullable=True),
        sa.Column("nome_produto", sa.Text(), nullable=True),
        sa.Column("qtd_produto_pedido", sa.Numeric(), nullable=False),
        sa.Column("qtd_recebida", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("preco_produto_pedido", sa.Numeric(), nullable=True),
        sa.Column("moeda", sa.Text(), nullable=True),
        sa.Column("confirmacao_pedido", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status_odoo", sa.Text(), nullable=True),
        sa.Column("odoo_estado", sa.Text(), nullable=True),
        sa.Column("odoo_bloqueado", sa.Boolean(), nullable=True),
        sa.Column("odoo_contato_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_moeda_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_requisicao_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_linhas_solicitacao", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("odoo_data_pedido", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_data_prevista", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_unidade_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_qtd_produto", sa.Numeric(), nullable=False),
        sa.Column("odoo_preco", sa.Numeric(), nullable=True),
        sa.Column("odoo_qtd_recebida", sa.Numeric(), nullable=True),
        sa.Column("odoo_excluida", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("odoo_movimentos_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_modelo", sa.Text(), nullable=True),
        sa.Column("odoo_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_documento_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_produto_id", sa.BigInteger(), nullable=True),
        sa.Column("empresa_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_documento_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("importado_odoo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pedido_compras")),
        sa.UniqueConstraint("odoo_modelo", "odoo_id", name=op.f("uq_pedido_compras_odoo_modelo_odoo_id")),
    )
    op.create_index("ix_pedido_compras_contato", "pedido_compras", ["odoo_contato_id"], unique=False)
    op.create_index("ix_pedido_compras_documento", "pedido_compras", ["odoo_documento_id"], unique=False)
    op.create_index(op.f("ix_pedido_compras_odoo_produto_id"), "pedido_compras", ["odoo_produto_id"], unique=False)
    op.create_index("ix_pedido_compras_produto_data", "pedido_compras", ["cod_produto", "data_pedido_previsao"], unique=False)
    op.create_index(
        "ix_pedido_compras_requisicao",
        "pedido_compras",
        ["odoo_requisicao_id"],
        unique=False,
        postgresql_where="odoo_requisicao_id IS NOT NULL",
    )
    op.create_table(
        "posicao_estoque",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("odoo_produto_id", sa.BigInteger(), nullable=False),
        sa.Column("empresa_id", sa.BigInteger(), nullable=False),
        sa.Column("cod_produto", sa.Text(), nullable=True),
        sa.Column("qtd", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("qtd_reservada", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posicao_estoque")),
        sa.UniqueConstraint("odoo_produto_id", "empresa_id", name=op.f("uq_posicao_estoque_odoo_produto_id_empresa_id")),
    )
    op.create_index(op.f("ix_posicao_estoque_cod_produto"), "posicao_estoque", ["cod_produto"], unique=False)
    op.create_table(
        "recalculo_pendente",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tipo", sa.Text(), nullable=False),
        sa.Column("ids", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalculo_pendente")),
    )
    op.create_table(
        "rejeicao_integracao",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tipo", sa.Text(), nullable=False),
        sa.Column("fonte", sa.Text(), nullable=False),
        sa.Column("odoo_modelo", sa.Text(), nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=False),
        sa.Column("motivo", sa.Text(), nullable=False),
        sa.Column("dados", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("primeira_vez", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ultima_vez", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("vezes", sa.Integer(), server_default="1", nullable=False),
        sa.Column("resolvida_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("tipo IN ('rejeitada', 'ignorada')", name=op.f("ck_rejeicao_integracao_tipo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejeicao_integracao")),
        sa.UniqueConstraint("fonte", "odoo_modelo", "odoo_id", name=op.f("uq_rejeicao_integracao_fonte_odoo_modelo_odoo_id")),
    )
    op.create_index(
        "ix_rejeicao_integracao_aberta",
        "rejeicao_integracao",
        ["fonte", "ultima_vez"],
        unique=False,
        postgresql_where=sa.text("resolvida_em IS NULL"),
    )
    op.create_table(
        "requisicao_compras",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("num_requisicao", sa.Text(), nullable=False),
        sa.Column("data_requisicao_criacao", sa.Date(), nullable=True),
        sa.Column("usuario_requisicao_criacao", sa.Text(), nullable=True),
        sa.Column("cod_produto", sa.Text(), nullable=True),
        sa.Column("nome_produto", sa.Text(), nullable=True),
        sa.Column("qtd_produto_requisicao", sa.Numeric(), nullable=False),
        sa.Column("data_requisicao_solicitada", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("odoo_estado", sa.Text(), nullable=True),
        sa.Column("odoo_usuario_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_quantidade", sa.Numeric(), nullable=True),
        sa.Column("odoo_unidade_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_criado_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_excluida", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("odoo_modelo", sa.Text(), nullable=True),
        sa.Column("odoo_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_documento_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_produto_id", sa.BigInteger(), nullable=True),
        sa.Column("empresa_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_documento_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("importado_odoo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('Pendente', 'Requisitada', 'Em Cotação', 'Pedido Colocado', 'Cancelada')", name=op.f("ck_requisicao_compras_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requisicao_compras")),
        sa.UniqueConstraint("odoo_modelo", "odoo_id", name=op.f("uq_requisicao_compras_odoo_modelo_odoo_id")),
    )
    op.create_index(op.f("ix_requisicao_compras_cod_produto"), "requisicao_compras", ["cod_produto"], unique=False)
    op.create_index("ix_requisicao_compras_documento", "requisicao_compras", ["odoo_modelo", "odoo_documento_id"], unique=False)
    op.create_index(op.f("ix_requisicao_compras_odoo_produto_id"), "requisicao_compras", ["odoo_produto_id"], unique=False)
    op.create_index("ix_requisicao_compras_status", "requisicao_compras", ["status", "data_requisicao_solicitada"], unique=False)
    op.create_table(
        "movimentacao_estoque",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tipo_movimentacao", sa.Text(), nullable=False),
        sa.Column("cod_produto", sa.Text(), nullable=True),
        sa.Column("qtd_movimentacao", sa.Numeric(), nullable=False),
        sa.Column("data_movimentacao", sa.DateTime(timezone=True), nullable=False),
        sa.Column("num_pedido", sa.Text(), nullable=True),
        sa.Column("numero_nf", sa.Text(), nullable=True),
        sa.Column("pedido_compras_id", sa.BigInteger(), nullable=True),
        sa.Column("ordem_producao_id", sa.BigInteger(), nullable=True),
        sa.Column("origem", sa.Text(), nullable=False),
        sa.Column("referencia", sa.Text(), nullable=True),
        sa.Column("usuario", sa.Text(), nullable=True),
        sa.Column("odoo_modelo", sa.Text(), nullable=True),
        sa.Column("odoo_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_documento_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_produto_id", sa.BigInteger(), nullable=True),
        sa.Column("empresa_id", sa.BigInteger(), nullable=True),
        sa.Column("odoo_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_documento_write_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odoo_lido_em", sa.DateTime(timezone=True), nullable=True),
        sa.Column("importado_odoo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "CASE tipo_movimentacao WHEN 'ENTRADA_COMPRA' THEN qtd_movimentacao >= 0 WHEN 'PRODUCAO' THEN qtd_movimentacao >= 0 WHEN 'DEVOLUCAO_COMPRA' THEN qtd_movimentacao <= 0 WHEN 'ESTORNO_PRODUCAO' THEN qtd_movimentacao <= 0 WHEN 'CONSUMO' THEN qtd_movimentacao <= 0 ELSE true END",
            name=op.f("ck_movimentacao_estoque_sinal"),
        ),
        sa.CheckConstraint(
            "tipo_movimentacao IN ('ENTRADA_COMPRA', 'DEVOLUCAO_COMPRA', 'PRODUCAO', 'ESTORNO_PRODUCAO', 'CONSUMO', 'AJUSTE', 'SALDO_INICIAL', 'VENDA')",
            name=op.f("ck_movimentacao_estoque_tipo"),
        ),
        sa.ForeignKeyConstraint(["ordem_producao_id"], ["ordem_producao.id"], name=op.f("fk_movimentacao_estoque_ordem_producao_id")),
        sa.ForeignKeyConstraint(["pedido_compras_id"], ["pedido_compras.id"], name=op.f("fk_movimentacao_estoque_pedido_compras_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movimentacao_estoque")),
        sa.UniqueConstraint("odoo_modelo", "odoo_id", name=op.f("uq_movimentacao_estoque_odoo_modelo_odoo_id")),
    )
    op.create_index(op.f("ix_movimentacao_estoque_odoo_produto_id"), "movimentacao_estoque", ["odoo_produto_id"], unique=False)
    op.create_index("ix_movimentacao_estoque_ordem", "movimentacao_estoque", ["ordem_producao_id"], unique=False)
    op.create_index("ix_movimentacao_estoque_pedido", "movimentacao_estoque", ["pedido_compras_id"], unique=False)
    op.create_index("ix_movimentacao_estoque_produto_data", "movimentacao_estoque", ["cod_produto", "data_movimentacao"], unique=False)


def downgrade() -> None:
    """Desfaz esta revisão."""
    op.drop_index("ix_movimentacao_estoque_produto_data", table_name="movimentacao_estoque")
    op.drop_index("ix_movimentacao_estoque_pedido", table_name="movimentacao_estoque")
    op.drop_index("ix_movimentacao_estoque_ordem", table_name="movimentacao_estoque")
    op.drop_index(op.f("ix_movimentacao_estoque_odoo_produto_id"), table_name="movimentacao_estoque")
    op.drop_table("movimentacao_estoque")
    op.drop_index("ix_requisicao_compras_status", table_name="requisicao_compras")
    op.drop_index(op.f("ix_requisicao_compras_odoo_produto_id"), table_name="requisicao_compras")
    op.drop_index("ix_requisicao_compras_documento", table_name="requisicao_compras")
    op.drop_index(op.f("ix_requisicao_compras_cod_produto"), table_name="requisicao_compras")
    op.drop_table("requisicao_compras")
    op.drop_index("ix_rejeicao_integracao_aberta", table_name="rejeicao_integracao", postgresql_where=sa.text("resolvida_em IS NULL"))
    op.drop_table("rejeicao_integracao")
    op.drop_table("recalculo_pendente")
    op.drop_index(op.f("ix_posicao_estoque_cod_produto"), table_name="posicao_estoque")
    op.drop_table("posicao_estoque")
    op.drop_index("ix_pedido_compras_requisicao", table_name="pedido_compras", postgresql_where="odoo_requisicao_id IS NOT NULL")
    op.drop_index("ix_pedido_compras_produto_data", table_name="pedido_compras")
    op.drop_index(op.f("ix_pedido_compras_odoo_produto_id"), table_name="pedido_compras")
    op.drop_index("ix_pedido_compras_documento", table_name="pedido_compras")
    op.drop_index("ix_pedido_compras_contato", table_name="pedido_compras")
    op.drop_table("pedido_compras")
    op.drop_index("ix_ordem_producao_status", table_name="ordem_producao")
    op.drop_index("ix_ordem_producao_procurar", table_name="ordem_producao", postgresql_where="odoo_procurada_em IS NULL")
    op.drop_index(op.f("ix_ordem_producao_ordem_pai_id"), table_name="ordem_producao")
    op.drop_index(op.f("ix_ordem_producao_odoo_id"), table_name="ordem_producao")
    op.drop_index(op.f("ix_ordem_producao_cod_produto"), table_name="ordem_producao")
    op.drop_table("ordem_producao")
    op.drop_table("odoo_usuario")
    op.drop_table("odoo_unidade")
    op.drop_table("odoo_requisicao")
    op.drop_index(op.f("ix_odoo_produto_modelo_id"), table_name="odoo_produto")
    op.drop_index(op.f("ix_odoo_produto_codigo"), table_name="odoo_produto")
    op.drop_table("odoo_produto")
    op.drop_index(op.f("ix_odoo_preco_fornecedor_modelo_id"), table_name="odoo_preco_fornecedor")
    op.drop_table("odoo_preco_fornecedor")
    op.drop_table("odoo_parceiro")
    op.drop_index(op.f("ix_odoo_op_ordem_producao_id"), table_name="odoo_op")
    op.drop_index(op.f("ix_odoo_op_grupo_id"), table_name="odoo_op")
    op.drop_table("odoo_op")
    op.drop_index("ix_odoo_movimento_produto", table_name="odoo_movimento")
    op.drop_index("ix_odoo_movimento_op", table_name="odoo_movimento", postgresql_where="op_id IS NOT NULL")
    op.drop_index("ix_odoo_movimento_linha", table_name="odoo_movimento", postgresql_where="linha_pedido_id IS NOT NULL")
    op.drop_table("odoo_movimento")
    op.drop_table("odoo_moeda")
    op.drop_table("odoo_local")
    op.drop_index("uq_odoo_instalacao_unica", table_name="odoo_instalacao")
    op.drop_table("odoo_instalacao")
    op.drop_table("odoo_empresa")
    op.drop_table("odoo_capacidade")
    op.drop_index("uq_log_integracao_na_fila", table_name="log_integracao", postgresql_where=sa.text("status = 'na fila'"))
    op.drop_index("uq_log_integracao_executando", table_name="log_integracao", postgresql_where=sa.text("status = 'executando'"))
    op.drop_index(
        "uq_log_integracao_agendada", table_name="log_integracao", postgresql_where=sa.text("origem = 'agenda' AND tentativa = 1")
    )
    op.drop_index("ix_log_integracao_job", table_name="log_integracao")
    op.drop_table("log_integracao")
    op.drop_table("lead_time_fornecedor")
    op.drop_table("cursor_integracao")
    op.drop_table("cadastro_palletizacao")
    op.drop_index("uq_aviso_aberto", table_name="aviso", postgresql_where=sa.text("fechado_em IS NULL"))
    op.drop_table("aviso")
    op.drop_index("ix_auditoria_objeto", table_name="auditoria")
    op.drop_table("auditoria")
    op.execute("DROP SEQUENCE ordem_producao_numero_seq")
