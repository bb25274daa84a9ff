"""Tabelas do estoque: cadastro do produto na fábrica, movimentos e posição."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.banco.base import Base, Registro
from app.banco.colunas import Inteiro, Quantidade, Texto, VemDoOdoo

TIPOS_MOVIMENTACAO = (
    "ENTRADA_COMPRA",
    "DEVOLUCAO_COMPRA",
    "PRODUCAO",
    "ESTORNO_PRODUCAO",
    "CONSUMO",
    "AJUSTE",
    "SALDO_INICIAL",
    "VENDA",
)
DISPAROS = ("MTO", "MTS")


class CadastroPalletizacao(Registro, Base):
    """O produto como a fábrica o vê: comprado, produzido, vendido, e como se planeja.

    O fluxo `cadastros` preenche do Odoo o que não está em `campos_fixados` (nomes das colunas que uma pessoa fixou).
    `lead_time_mto` em dias úteis, 0 a 500; vazio = não planejado. `peso_bruto` em kg.
    """

    __tablename__ = "cadastro_palletizacao"
    __table_args__ = (
        CheckConstraint(f"disparo_producao IN {DISPAROS}", name="disparo"),
        CheckConstraint("lead_time_mto BETWEEN 0 AND 500", name="lead_time"),
        CheckConstraint("cod_produto <> '' AND cod_produto = btrim(cod_produto)", name="codigo"),
    )

    cod_produto: Mapped[str] = mapped_column(Text, unique=True)
    nome_produto: Mapped[Texto | None]
    unidade: Mapped[Texto | None]
    produto_comprado: Mapped[bool] = mapped_column(Boolean, server_default=false())
    produto_produzido: Mapped[bool] = mapped_column(Boolean, server_default=false())
    produto_vendido: Mapped[bool] = mapped_column(Boolean, server_default=false())
    disparo_producao: Mapped[Texto | None]
    lead_time_mto: Mapped[int | None] = mapped_column(Integer)
    custo_produto: Mapped[Quantidade | None]
    palletizacao: Mapped[Quantidade | None]
    peso_bruto: Mapped[Quantidade | None]
    ativo: Mapped[bool] = mapped_column(Boolean, server_default=true())
    odoo_produto_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    campos_fixados: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")


class MovimentacaoEstoque(Registro, VemDoOdoo, Base):
    """Um movimento de estoque feito; `qtd_movimentacao` com sinal, na unidade do produto; instante em UTC.

    Os que vêm do Odoo são um por stock.move feito, sempre com a quantidade que o Odoo tem agora.
    """

    __tablename__ = "movimentacao_estoque"
    __table_args__ = (
        UniqueConstraint("odoo_modelo", "odoo_id"),
        CheckConstraint(f"tipo_movimentacao IN {TIPOS_MOVIMENTACAO}", name="tipo"),
        CheckConstraint(
            "CASE tipo_movimentacao WHEN 'ENTRADA_COMPRA' THEN qtd_movimentacao >= 0 WHEN 'PRODUCAO' THEN qtd_movimentacao >= 0"
            " WHEN 'DEVOLUCAO_COMPRA' THEN qtd_movimentacao <= 0 WHEN 'ESTORNO_PRODUCAO' THEN qtd_movimentacao <= 0"
            " WHEN 'CONSUMO' THEN qtd_movimentacao <= 0 ELSE true END",
            name="sinal",
        ),
        Index("ix_movimentacao_estoque_produto_data", "cod_produto", "data_movimentacao"),
        Index("ix_movimentacao_estoque_pedido", "pedido_compras_id"),
        Index("ix_movimentacao_estoque_ordem", "ordem_producao_id"),
    )

    tipo_movimentacao: Mapped[Texto]
    cod_produto: Mapped[Texto | None]
    qtd_movimentacao: Mapped[Quantidade]
    data_movimentacao: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    num_pedido: Mapped[Texto | None]
    numero_nf: Mapped[Texto | None]
    pedido_compras_id: Mapped[int | None] = mapped_column(ForeignKey("pedido_compras.id"))
    ordem_producao_id: Mapped[int | None] = mapped_column(ForeignKey("ordem_producao.id"))
    origem: Mapped[Texto]
    referencia: Mapped[Texto | None]
    usuario: Mapped[Texto | None]


class PosicaoEstoque(Registro, Base):
    """Saldo físico e reservado por produto do Odoo e empresa, na unidade do produto (stock.quant de locais internos)."""

    __tablename__ = "posicao_estoque"
    __table_args__ = (UniqueConstraint("odoo_produto_id", "empresa_id"),)

    odoo_produto_id: Mapped[Inteiro]
    empresa_id: Mapped[Inteiro]
    cod_produto: Mapped[str | None] = mapped_column(Text, index=True)
    qtd: Mapped[Quantidade] = mapped_column(Numeric, server_default="0")
    qtd_reservada: Mapped[Quantidade] = mapped_column(Numeric, server_default="0")
