"""Pedidos de venda com lote: o estado que diz se a demanda do lote ainda vale."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.banco.base import Base, Registro
from app.banco.colunas import Texto

STATUS_PEDIDO = ("ABERTO", "COTADO", "EMBARCADO", "FATURADO", "CANCELADO")


class Pedido(Registro, Base):
    """Um pedido de venda num lote de separação (num_pedido vazio: vale para o lote inteiro)."""

    __tablename__ = "pedido"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUS_PEDIDO}", name="status"),
        Index("uq_pedido_identidade", "separacao_lote_id", "num_pedido", unique=True, postgresql_nulls_not_distinct=True),
    )

    separacao_lote_id: Mapped[Texto]
    num_pedido: Mapped[str | None] = mapped_column(Text)
    status: Mapped[Texto]
