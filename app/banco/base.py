"""Base declarativa das tabelas e as colunas que todas têm."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, DateTime, Identity, MetaData, Table, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CONVENCAO = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base de todos os modelos; os nomes de índices e restrições seguem CONVENCAO."""

    metadata = MetaData(naming_convention=CONVENCAO)


class Registro:
    """Mixin das colunas comuns: `id` bigint de identidade, `criado_em` e `atualizado_em` (timestamptz, UTC)."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-3)
    criado_em: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), sort_order=90)
    atualizado_em: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), onupdate=func.now(), sort_order=91)


def tabela(modelo: type[Base]) -> Table:
    """A tabela de um modelo, com o tipo certo para os comandos em massa."""
    return cast(Table, modelo.__table__)
