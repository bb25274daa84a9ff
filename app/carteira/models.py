"""Carteira de pedidos de venda e pré-separações."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.banco.base import Base, Registro
from app.banco.colunas import Quantidade, Texto


class PreSeparacaoItem(Registro, Base):
    """O que alguém escolheu separar e ainda não separou; vale enquanto o lote não tem separação."""

    __tablename__ = "pre_separacao_item"
    __table_args__ = (
        Index(
            "uq_pre_separacao_item_identidade",
            "separacao_lote_id",
            "num_pedido",
            "cod_produto",
            "data_expedicao_editada",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_pre_separacao_item_produto", "cod_produto"),
    )

    separacao_lote_id: Mapped[Texto]
    num_pedido: Mapped[str | None] = mapped_column(Text)
    cod_produto: Mapped[Texto]
    qtd_selecionada_usuario: Mapped[Quantidade]
    data_expedicao_editada: Mapped[date | None] = mapped_column(Date)


class CarteiraPrincipal(Registro, Base):
    """Linha da carteira: um produto de um pedido de venda, e a ordem de produção que o atende.

    `ordem_producao_id`: a ordem viva mais antiga de (lote, produto); a lista inteira está em ordem_producao_demanda.
    """

    __tablename__ = "carteira_principal"
    __table_args__ = (
        Index(
            "uq_carteira_principal_identidade",
            "num_pedido",
            "cod_produto",
            "separacao_lote_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_carteira_principal_lote", "separacao_lote_id", "cod_produto"),
        Index("ix_carteira_principal_ordem", "ordem_producao_id"),
    )

    num_pedido: Mapped[Texto]
    cod_produto: Mapped[Texto]
    separacao_lote_id: Mapped[Texto | None]
    qtd_saldo_produto_pedido: Mapped[Quantidade | None]
    ordem_producao_id: Mapped[int | None] = mapped_column(ForeignKey("ordem_producao.id"))
    disparo_producao: Mapped[Texto | None]
