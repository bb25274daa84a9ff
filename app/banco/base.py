"""Base declarativa das tabelas e as colunas que todas têm."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, DateTime, Identity, MetaData, Table, Text, any_, func, literal
from sqlalchemy.dialects.postgresql import ARRAY
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


def em(coluna: ColumnElement[Any], ids: Iterable[int]) -> ColumnElement[bool]:
    """Condição: `coluna` é um destes ids, num parâmetro só (um vetor).

    Um IN tem um parâmetro por id: com 5.000, montar e analisar o comando custa 60 ms (medido), e mais que 65.535 não passam.
    """
    return coluna == any_(literal(list(ids), ARRAY(BigInteger)))


def em_textos(coluna: ColumnElement[Any], textos: Iterable[str]) -> ColumnElement[bool]:
    """O mesmo que `em`, para textos."""
    return coluna == any_(literal(list(textos), ARRAY(Text)))
