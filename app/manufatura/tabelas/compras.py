"""Requisições, pedidos de compra e prazos de fornecedor."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ARRAY, BigInteger, Boolean, CheckConstraint, Date, Index, Integer, Numeric, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.banco.base import Base, Registro
from app.banco.colunas import Instante, Inteiro, Quantidade, Texto, VemDoOdoo

STATUS_REQUISICAO = ("Pendente", "Requisitada", "Em Cotação", "Pedido Colocado", "Cancelada")


class RequisicaoCompras(Registro, VemDoOdoo, Base):
    """Uma linha de requisição de compra (purchase.requisition.line, ou purchase.request.line da OCA).

    `qtd_produto_requisicao` na unidade do produto; datas no fuso SCHEDULER_TIMEZONE. As colunas `odoo_*` guardam o
    que veio do Odoo e de que `status` e as demais são calculadas em fontes/requisicoes.py.
    """

    __tablename__ = "requisicao_compras"
    __table_args__ = (
        UniqueConstraint("odoo_modelo", "odoo_id"),
        CheckConstraint(f"status IN {STATUS_REQUISICAO}", name="status"),
        Index("ix_requisicao_compras_documento", "odoo_modelo", "odoo_documento_id"),
        Index("ix_requisicao_compras_status", "status", "data_requisicao_solicitada"),
    )

    num_requisicao: Mapped[Texto]
    data_requisicao_criacao: Mapped[date | None] = mapped_column(Date)
    usuario_requisicao_criacao: Mapped[Texto | None]
    cod_produto: Mapped[str | None] = mapped_column(Text, index=True)
    nome_produto: Mapped[Texto | None]
    qtd_produto_requisicao: Mapped[Quantidade]
    data_requisicao_solicitada: Mapped[date | None] = mapped_column(Date)
    status: Mapped[Texto]
    # O que veio do Odoo, sem conta nenhuma:
    odoo_estado: Mapped[Texto | None]
    odoo_usuario_id: Mapped[Inteiro | None]
    odoo_quantidade: Mapped[Quantidade | None]  # na unidade da linha
    odoo_unidade_id: Mapped[Inteiro | None]
    odoo_criado_em: Mapped[Instante | None]
    odoo_excluida: Mapped[bool] = mapped_column(Boolean, server_default=false())


class PedidoCompras(Registro, VemDoOdoo, Base):
    """Uma linha de pedido de compra com produto (purchase.order.line).

    Quantidades na unidade do produto e preço por essa unidade (10 casas, na `moeda` ISO); datas no fuso
    SCHEDULER_TIMEZONE. As colunas `odoo_*` guardam o que veio do Odoo; as demais são calculadas delas em
    fontes/pedidos.py, e só lá. status_odoo: o estado no Odoo, ou `excluida` quando a linha sumiu de lá.
    """

    __tablename__ = "pedido_compras"
    __table_args__ = (
        UniqueConstraint("odoo_modelo", "odoo_id"),
        Index("ix_pedido_compras_documento", "odoo_documento_id"),
        Index("ix_pedido_compras_produto_data", "cod_produto", "data_pedido_previsao"),
        Index("ix_pedido_compras_requisicao", "odoo_requisicao_id", postgresql_where="odoo_requisicao_id IS NOT NULL"),
        Index("ix_pedido_compras_contato", "odoo_contato_id"),
    )

    num_pedido: Mapped[Texto]
    num_requisicao: Mapped[Texto | None]
    cnpj_fornecedor: Mapped[Texto | None]
    raz_social: Mapped[Texto | None]
    odoo_parceiro_id: Mapped[Inteiro | None]  # a empresa comercial do fornecedor
    data_pedido_criacao: Mapped[date | None] = mapped_column(Date)
    data_pedido_previsao: Mapped[date | None] = mapped_column(Date)
    data_pedido_entrega: Mapped[date | None] = mapped_column(Date)
    cod_produto: Mapped[Texto | None]
    nome_produto: Mapped[Texto | None]
    qtd_produto_pedido: Mapped[Quantidade]
    qtd_recebida: Mapped[Quantidade] = mapped_column(Numeric, server_default="0")
    preco_produto_pedido: Mapped[Quantidade | None]
    moeda: Mapped[Texto | None]
    confirmacao_pedido: Mapped[bool] = mapped_column(Boolean, server_default=false())
    status_odoo: Mapped[Texto | None]
    # O que veio do Odoo, sem conta nenhuma:
    odoo_estado: Mapped[Texto | None]
    odoo_bloqueado: Mapped[bool | None]  # locked (17+)
    odoo_contato_id: Mapped[Inteiro | None]  # partner_id do pedido, que pode ser um contato da empresa
    odoo_moeda_id: Mapped[Inteiro | None]
    odoo_requisicao_id: Mapped[Inteiro | None]
    odoo_linhas_solicitacao: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))  # purchase.request.line (OCA)
    odoo_data_pedido: Mapped[Instante | None]
    odoo_data_prevista: Mapped[Instante | None]
    odoo_unidade_id: Mapped[Inteiro | None]
    odoo_qtd_produto: Mapped[Quantidade]  # product_uom_qty, já na unidade do produto
    odoo_preco: Mapped[Quantidade | None]  # price_unit, por unidade da linha
    odoo_qtd_recebida: Mapped[Quantidade | None]  # qty_received, na unidade da linha
    odoo_excluida: Mapped[bool] = mapped_column(Boolean, server_default=false())
    odoo_movimentos_em: Mapped[Instante | None]  # quando se procuraram os movimentos de uma linha anterior ao corte


class LeadTimeFornecedor(Registro, Base):
    """Prazo de entrega por empresa, fornecedor e produto, em dias corridos (docs/dados.md, lead_time_fornecedor)."""

    __tablename__ = "lead_time_fornecedor"
    __table_args__ = (UniqueConstraint("empresa_id", "odoo_parceiro_id", "odoo_produto_id"),)

    empresa_id: Mapped[Inteiro]
    odoo_parceiro_id: Mapped[Inteiro]
    odoo_produto_id: Mapped[Inteiro]
    cnpj_fornecedor: Mapped[Texto | None]
    nome_fornecedor: Mapped[Texto | None]
    cod_produto: Mapped[Texto | None]
    nome_produto: Mapped[Texto | None]
    lead_time_previsto: Mapped[Quantidade | None]
    lead_time_historico: Mapped[Quantidade]
    entregas: Mapped[int] = mapped_column(Integer)
    lead_time_mediano: Mapped[Quantidade]
    lead_time_p90: Mapped[Quantidade]
    ultimo_lead_time: Mapped[int] = mapped_column(Integer)
