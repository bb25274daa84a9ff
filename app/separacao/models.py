"""Separações: o que já foi separado, por lote, para sair numa data."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.banco.base import Base, Registro
from app.banco.colunas import Quantidade, Texto


class Separacao(Registro, Base):
    """Saldo a expedir de um produto num lote; `qtd_saldo` na unidade do produto, `expedicao` no fuso SCHEDULER_TIMEZONE.

    A planilha identifica a linha por lote, pedido, produto e expedição (vazios são iguais entre si).
    """

    __tablename__ = "separacao"
    __table_args__ = (
        Index(
            "uq_separacao_identidade",
            "separacao_lote_id",
            "num_pedido",
            "cod_produto",
            "expedicao",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_separacao_produto", "cod_produto"),
    )

    separacao_lote_id: Mapped[Texto]
    num_pedido: Mapped[str | None] = mapped_column(Text)
    cod_produto: Mapped[Texto]
    qtd_saldo: Mapped[Quantidade]
    expedicao: Mapped[date | None] = mapped_column(Date)
