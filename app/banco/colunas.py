"""Tipos de coluna que se repetem: quantidade e preço exatos, código em texto, instante em UTC, e a identidade no Odoo."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from sqlalchemy import BigInteger, Boolean, DateTime, Numeric, Text, false
from sqlalchemy.orm import Mapped, mapped_column

Quantidade = Annotated[Decimal, mapped_column(Numeric)]
Texto = Annotated[str, mapped_column(Text)]
Instante = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Inteiro = Annotated[int, mapped_column(BigInteger)]


class VemDoOdoo:
    """Mixin de uma linha que espelha um registro do Odoo (docs/dados.md: a identidade é o id do Odoo).

    A identidade é (odoo_modelo, odoo_id), com o id da LINHA. Tudo fica vazio nas linhas criadas aqui.
    `odoo_write_date` e `odoo_documento_write_date` são o write_date (UTC) da linha e do cabeçalho quando
    lidos; `odoo_lido_em` é a hora do próprio Odoo (cabeçalho Date) dessa leitura.
    """

    odoo_modelo: Mapped[str | None] = mapped_column(Text, sort_order=70)
    odoo_id: Mapped[int | None] = mapped_column(BigInteger, sort_order=71)
    odoo_documento_id: Mapped[int | None] = mapped_column(BigInteger, sort_order=72)
    odoo_produto_id: Mapped[int | None] = mapped_column(BigInteger, sort_order=73, index=True)
    empresa_id: Mapped[int | None] = mapped_column(BigInteger, sort_order=74)
    odoo_write_date: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), sort_order=75)
    odoo_documento_write_date: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), sort_order=76)
    odoo_lido_em: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), sort_order=77)
    importado_odoo: Mapped[bool] = mapped_column(Boolean, server_default=false(), sort_order=78)


class Espelho:
    """Mixin de um cadastro do Odoo espelhado aqui: id do Odoo, write_date lido e hora do Odoo na leitura (UTC)."""

    odoo_id: Mapped[int] = mapped_column(BigInteger, unique=True, sort_order=-2)
    odoo_write_date: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), sort_order=75)
    odoo_lido_em: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), sort_order=77)
