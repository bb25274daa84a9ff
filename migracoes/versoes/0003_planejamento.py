"""Planejamento

Revisão 0003, depois de 0002. Gerada dos modelos por app.banco.nova_revisao e lida antes de guardar.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Leva o esquema a esta revisão."""
    # O EXCLUDE de estrutura compara texto por igualdade num índice gist; a extensão é de confiança: basta ser dono do banco.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "calendario_dia",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("data", sa.Date(), nullable=False),
        sa.Column("dia_util", sa.Boolean(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("descricao", sa.Text(), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendario_dia")),
        sa.UniqueConstraint("data", name=op.f("uq_calendario_dia_data")),
    )
    op.create_index("ix_calendario_dia_ordinal", "calendario_dia", ["ordinal"], unique=False, postgresql_where=sa.text("dia_util"))
    op.create_table(
        "calendario_excecao",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("data", sa.Date(), nullable=False),
        sa.Column("dia_util", sa.Boolean(), nullable=False),
        sa.Column("descricao", sa.Text(), nullable=False),
        sa.Column("criado_por", sa.Text(), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendario_excecao")),
        sa.UniqueConstraint("data", name=op.f("uq_calendario_excecao_data")),
    )
    op.create_table(
        "estrutura",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("cod_produto_produzido", sa.Text(), nullable=False),
        sa.Column("versao", sa.Text(), server_default="1", nullable=False),
        sa.Column("qtd_base", sa.Numeric(), server_default="1", nullable=False),
        sa.Column("fantasma", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("valido_de", sa.Date(), nullable=True),
        sa.Column("valido_ate", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), server_default="ativo", nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("cod_produto_produzido"), "="),
            (sa.text("daterange(valido_de, valido_ate, '[]')"), "&&"),
            where=sa.text("status = 'ativo'"),
            using="gist",
            name="ex_estrutura_uma_ativa_por_dia",
        ),
        sa.CheckConstraint("status IN ('ativo', 'inativo')", name=op.f("ck_estrutura_status")),
        sa.CheckConstraint("qtd_base > 0", name=op.f("ck_estrutura_qtd_base")),
        sa.CheckConstraint("valido_ate >= valido_de", name=op.f("ck_estrutura_validade")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estrutura")),
        sa.UniqueConstraint("cod_produto_produzido", "versao", name=op.f("uq_estrutura_cod_produto_produzido_versao")),
    )
    op.create_index(op.f("ix_estrutura_cod_produto_produzido"), "estrutura", ["cod_produto_produzido"], unique=False)
    op.create_table(
        "grupo_empresarial",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("nome_grupo", sa.Text(), nullable=False),
        sa.Column("prefixo_cnpj", sa.Text(), nullable=False),
        sa.Column("ativo", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("prefixo_cnpj ~ '^[0-9A-Z]{8}$'", name=op.f("ck_grupo_empresarial_prefixo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grupo_empresarial")),
        sa.UniqueConstraint("prefixo_cnpj", name=op.f("uq_grupo_empresarial_prefixo_cnpj")),
    )
    op.create_index(op.f("ix_grupo_empresarial_nome_grupo"), "grupo_empresarial", ["nome_grupo"], unique=False)
    op.create_table(
        "historico_pedidos",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("num_pedido", sa.Text(), nullable=False),
        sa.Column("data_pedido", sa.Date(), nullable=False),
        sa.Column("cnpj_cliente", sa.Text(), nullable=True),
        sa.Column("raz_social_red", sa.Text(), nullable=True),
        sa.Column("nome_grupo", sa.Text(), nullable=True),
        sa.Column("vendedor", sa.Text(), nullable=True),
        sa.Column("equipe_vendas", sa.Text(), nullable=True),
        sa.Column("incoterm", sa.Text(), nullable=True),
        sa.Column("nome_cidade", sa.Text(), nullable=True),
        sa.Column("cod_uf", sa.Text(), nullable=True),
        sa.Column("cod_produto", sa.Text(), nullable=False),
        sa.Column("nome_produto", sa.Text(), nullable=True),
        sa.Column("qtd_produto_pedido", sa.Numeric(), nullable=False),
        sa.Column("preco_produto_pedido", sa.Numeric(), nullable=True),
        sa.Column("valor_produto_pedido", sa.Numeric(), nullable=True),
        sa.Column("icms_produto_pedido", sa.Numeric(), nullable=True),
        sa.Column("pis_produto_pedido", sa.Numeric(), nullable=True),
        sa.Column("cofins_produto_pedido", sa.Numeric(), nullable=True),
        sa.Column("ocorrencia", sa.Integer(), server_default="1", nullable=False),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_historico_pedidos")),
        sa.UniqueConstraint("num_pedido", "cod_produto", "ocorrencia", name=op.f("uq_historico_pedidos_num_pedido_cod_produto_ocorrencia")),
    )
    op.create_index("ix_historico_pedidos_produto_data", "historico_pedidos", ["data_pedido", "cod_produto"], unique=False)
    op.create_table(
        "pedido",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("separacao_lote_id", sa.Text(), nullable=False),
        sa.Column("num_pedido", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('ABERTO', 'COTADO', 'EMBARCADO', 'FATURADO', 'CANCELADO')", name=op.f("ck_pedido_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pedido")),
    )
    op.create_index("uq_pedido_identidade", "pedido", ["separacao_lote_id", "num_pedido"], unique=True, postgresql_nulls_not_distinct=True)
    op.create_table(
        "planejamento_posicao",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("cod_produto", sa.Text(), nullable=False),
        sa.Column("qtd", sa.Numeric(), nullable=False),
        sa.Column("qtd_prometida", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planejamento_posicao")),
        sa.UniqueConstraint("cod_produto", name=op.f("uq_planejamento_posicao_cod_produto")),
    )
    op.create_table(
        "pre_separacao_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("separacao_lote_id", sa.Text(), nullable=False),
        sa.Column("num_pedido", sa.Text(), nullable=True),
        sa.Column("cod_produto", sa.Text(), nullable=False),
        sa.Column("qtd_selecionada_usuario", sa.Numeric(), nullable=False),
        sa.Column("data_expedicao_editada", sa.Date(), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pre_separacao_item")),
    )
    op.create_index("ix_pre_separacao_item_produto", "pre_separacao_item", ["cod_produto"], unique=False)
    op.create_index(
        "uq_pre_separacao_item_identidade",
        "pre_separacao_item",
        ["separacao_lote_id", "num_pedido", "cod_produto", "data_expedicao_editada"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "previsao_demanda",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("data_mes", sa.Integer(), nullable=False),
        sa.Column("data_ano", sa.Integer(), nullable=False),
        sa.Column("nome_grupo", sa.Text(), nullable=True),
        sa.Column("cod_produto", sa.Text(), nullable=False),
        sa.Column("nome_produto", sa.Text(), nullable=True),
        sa.Column("qtd_demanda_prevista", sa.Numeric(), nullable=False),
        sa.Column("qtd_demanda_realizada", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("disparo_producao", sa.Text(), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("disparo_producao IN ('MTO', 'MTS')", name=op.f("ck_previsao_demanda_disparo")),
        sa.CheckConstraint("data_ano BETWEEN 2000 AND 2200", name=op.f("ck_previsao_demanda_ano")),
        sa.CheckConstraint("data_mes BETWEEN 1 AND 12", name=op.f("ck_previsao_demanda_mes")),
        sa.CheckConstraint("qtd_demanda_prevista >= 0", name=op.f("ck_previsao_demanda_prevista")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previsao_demanda")),
    )
    op.create_index(
        "uq_previsao_demanda_identidade",
        "previsao_demanda",
        ["data_ano", "data_mes", "cod_produto", "nome_grupo"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "separacao",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("separacao_lote_id", sa.Text(), nullable=False),
        sa.Column("num_pedido", sa.Text(), nullable=True),
        sa.Column("cod_produto", sa.Text(), nullable=False),
        sa.Column("qtd_saldo", sa.Numeric(), nullable=False),
        sa.Column("expedicao", sa.Date(), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_separacao")),
    )
    op.create_index("ix_separacao_produto", "separacao", ["cod_produto"], unique=False)
    op.create_index(
        "uq_separacao_identidade",
        "separacao",
        ["separacao_lote_id", "num_pedido", "cod_produto", "expedicao"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "carteira_principal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("num_pedido", sa.Text(), nullable=False),
        sa.Column("cod_produto", sa.Text(), nullable=False),
        sa.Column("separacao_lote_id", sa.Text(), nullable=True),
        sa.Column("qtd_saldo_produto_pedido", sa.Numeric(), nullable=True),
        sa.Column("ordem_producao_id", sa.BigInteger(), nullable=True),
        sa.Column("disparo_producao", sa.Text(), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["ordem_producao_id"], ["ordem_producao.id"], name=op.f("fk_carteira_principal_ordem_producao_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carteira_principal")),
    )
    op.create_index("ix_carteira_principal_lote", "carteira_principal", ["separacao_lote_id", "cod_produto"], unique=False)
    op.create_index("ix_carteira_principal_ordem", "carteira_principal", ["ordem_producao_id"], unique=False)
    op.create_index(
        "uq_carteira_principal_identidade",
        "carteira_principal",
        ["num_pedido", "cod_produto", "separacao_lote_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "lista_materiais",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("estrutura_id", sa.BigInteger(), nullable=False),
        sa.Column("cod_produto_componente", sa.Text(), nullable=False),
        sa.Column("qtd_utilizada", sa.Numeric(), nullable=False),
        sa.Column("perda_percentual", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("odoo_id", sa.BigInteger(), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("perda_percentual >= 0", name=op.f("ck_lista_materiais_perda")),
        sa.CheckConstraint("qtd_utilizada > 0", name=op.f("ck_lista_materiais_qtd_utilizada")),
        sa.ForeignKeyConstraint(["estrutura_id"], ["estrutura.id"], name=op.f("fk_lista_materiais_estrutura_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lista_materiais")),
    )
    op.create_index(op.f("ix_lista_materiais_cod_produto_componente"), "lista_materiais", ["cod_produto_componente"], unique=False)
    op.create_index(op.f("ix_lista_materiais_estrutura_id"), "lista_materiais", ["estrutura_id"], unique=False)
    op.create_table(
        "ordem_explicacao",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ordem_producao_id", sa.BigInteger(), nullable=False),
        sa.Column("assunto", sa.Text(), nullable=False),
        sa.Column("cod_produto", sa.Text(), nullable=True),
        sa.Column("motivos", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("assunto IN ('data', 'quantidade', 'material')", name=op.f("ck_ordem_explicacao_assunto")),
        sa.ForeignKeyConstraint(["ordem_producao_id"], ["ordem_producao.id"], name=op.f("fk_ordem_explicacao_ordem_producao_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ordem_explicacao")),
    )
    op.create_index(
        "uq_ordem_explicacao",
        "ordem_explicacao",
        ["ordem_producao_id", "assunto", "cod_produto"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "ordem_producao_demanda",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ordem_producao_id", sa.BigInteger(), nullable=False),
        sa.Column("separacao_lote_id", sa.Text(), nullable=False),
        sa.Column("cod_produto", sa.Text(), nullable=False),
        sa.Column("expedicao", sa.Date(), nullable=False),
        sa.Column("origem", sa.Text(), nullable=False),
        sa.Column("qtd", sa.Numeric(), nullable=False),
        sa.Column("segura", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("retida_por", sa.Text(), nullable=True),
        sa.Column("criado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("atualizado_em", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("origem IN ('separacao', 'pre_separacao')", name=op.f("ck_ordem_producao_demanda_origem")),
        sa.ForeignKeyConstraint(["ordem_producao_id"], ["ordem_producao.id"], name=op.f("fk_ordem_producao_demanda_ordem_producao_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ordem_producao_demanda")),
        sa.UniqueConstraint("ordem_producao_id", name=op.f("uq_ordem_producao_demanda_ordem_producao_id")),
    )
    op.create_index("ix_ordem_producao_demanda_lote", "ordem_producao_demanda", ["separacao_lote_id", "cod_produto"], unique=False)
    op.create_index(
        "uq_ordem_producao_demanda_segura",
        "ordem_producao_demanda",
        ["separacao_lote_id", "cod_produto", "expedicao"],
        unique=True,
        postgresql_where=sa.text("segura"),
    )
    op.add_column("ordem_producao", sa.Column("materiais_resumo", sa.Text(), nullable=True))


def downgrade() -> None:
    """Desfaz esta revisão."""
    op.drop_column("ordem_producao", "materiais_resumo")
    op.drop_index("uq_ordem_producao_demanda_segura", table_name="ordem_producao_demanda", postgresql_where=sa.text("segura"))
    op.drop_index("ix_ordem_producao_demanda_lote", table_name="ordem_producao_demanda")
    op.drop_table("ordem_producao_demanda")
    op.drop_index("uq_ordem_explicacao", table_name="ordem_explicacao", postgresql_nulls_not_distinct=True)
    op.drop_table("ordem_explicacao")
    op.drop_index(op.f("ix_lista_materiais_estrutura_id"), table_name="lista_materiais")
    op.drop_index(op.f("ix_lista_materiais_cod_produto_componente"), table_name="lista_materiais")
    op.drop_table("lista_materiais")
    op.drop_index("uq_carteira_principal_identidade", table_name="carteira_principal", postgresql_nulls_not_distinct=True)
    op.drop_index("ix_carteira_principal_ordem", table_name="carteira_principal")
    op.drop_index("ix_carteira_principal_lote", table_name="carteira_principal")
    op.drop_table("carteira_principal")
    op.drop_index("uq_separacao_identidade", table_name="separacao", postgresql_nulls_not_distinct=True)
    op.drop_index("ix_separacao_produto", table_name="separacao")
    op.drop_table("separacao")
    op.drop_index("uq_previsao_demanda_identidade", table_name="previsao_demanda", postgresql_nulls_not_distinct=True)
    op.drop_table("previsao_demanda")
    op.drop_index("uq_pre_separacao_item_identidade", table_name="pre_separacao_item", postgresql_nulls_not_distinct=True)
    op.drop_index("ix_pre_separacao_item_produto", table_name="pre_separacao_item")
    op.drop_table("pre_separacao_item")
    op.drop_table("planejamento_posicao")
    op.drop_index("uq_pedido_identidade", table_name="pedido", postgresql_nulls_not_distinct=True)
    op.drop_table("pedido")
    op.drop_index("ix_historico_pedidos_produto_data", table_name="historico_pedidos")
    op.drop_table("historico_pedidos")
    op.drop_index(op.f("ix_grupo_empresarial_nome_grupo"), table_name="grupo_empresarial")
    op.drop_table("grupo_empresarial")
    op.drop_index(op.f("ix_estrutura_cod_produto_produzido"), table_name="estrutura")
    op.drop_table("estrutura")
    op.drop_table("calendario_excecao")
    op.drop_index("ix_calendario_dia_ordinal", table_name="calendario_dia", postgresql_where=sa.text("dia_util"))
    op.drop_table("calendario_dia")
    op.execute("DROP EXTENSION IF EXISTS btree_gist")
