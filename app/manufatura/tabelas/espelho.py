"""Espelhos do Odoo: cadastros e movimentos de que as outras tabelas são calculadas."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, Index, Integer, Text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.banco.base import Base, Registro
from app.banco.colunas import Espelho, Instante, Inteiro, Quantidade, Texto


class OdooProduto(Registro, Espelho, Base):
    """product.product (com o que herda de product.template); `codigo` já sem espaços nas pontas."""

    __tablename__ = "odoo_produto"

    codigo: Mapped[str | None] = mapped_column(Text, index=True)
    nome: Mapped[Texto | None]
    ativo: Mapped[bool] = mapped_column(Boolean, server_default=true())
    modelo_id: Mapped[int | None] = mapped_column(BigInteger, index=True)  # product_tmpl_id
    unidade_id: Mapped[Inteiro | None]
    compravel: Mapped[bool | None]
    vendavel: Mapped[bool | None]
    fabricado: Mapped[bool | None]  # estrutura normal ou rota de fabricação; None = ainda não se sabe
    peso: Mapped[Quantidade | None]
    modelo_write_date: Mapped[Instante | None]


class OdooParceiro(Registro, Espelho, Base):
    """res.partner citado por linhas importadas, e sua empresa comercial."""

    __tablename__ = "odoo_parceiro"

    nome: Mapped[Texto | None]
    vat: Mapped[Texto | None]
    comercial_id: Mapped[Inteiro | None]
    ativo: Mapped[bool | None]


class OdooUnidade(Registro, Espelho, Base):
    """uom.uom; `fator` = quantas unidades de referência há numa desta (dúzia = 12), em todas as versões."""

    __tablename__ = "odoo_unidade"

    nome: Mapped[Texto | None]
    fator: Mapped[Quantidade]


class OdooUsuario(Registro, Espelho, Base):
    """res.users citado por linhas importadas."""

    __tablename__ = "odoo_usuario"

    nome: Mapped[Texto | None]


class OdooEmpresa(Registro, Espelho, Base):
    """res.company que o usuário da integração vê."""

    __tablename__ = "odoo_empresa"

    nome: Mapped[Texto | None]


class OdooMoeda(Registro, Espelho, Base):
    """res.currency; `codigo` ISO 4217."""

    __tablename__ = "odoo_moeda"

    codigo: Mapped[Texto | None]


class OdooLocal(Registro, Espelho, Base):
    """stock.location citado por movimentos; `uso` é o campo usage do Odoo."""

    __tablename__ = "odoo_local"

    uso: Mapped[Texto | None]


class OdooRequisicao(Registro, Espelho, Base):
    """purchase.requisition citada por pedidos (só o número)."""

    __tablename__ = "odoo_requisicao"

    nome: Mapped[Texto | None]


class OdooPrecoFornecedor(Registro, Espelho, Base):
    """product.supplierinfo: prazo (dias corridos) e preço por fornecedor e produto."""

    __tablename__ = "odoo_preco_fornecedor"

    parceiro_id: Mapped[Inteiro | None]
    modelo_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    produto_id: Mapped[Inteiro | None]
    empresa_id: Mapped[Inteiro | None]
    prazo: Mapped[int | None] = mapped_column(Integer)
    sequencia: Mapped[int | None] = mapped_column(Integer)
    qtd_minima: Mapped[Quantidade | None]
    preco: Mapped[Quantidade | None]


class OdooMovimento(Registro, Espelho, Base):
    """stock.move feito que interessa: entradas, devoluções, entregas diretas, produção e desmontagem.

    `tipo`: entrada, devolucao, entrega_direta, devolucao_direta, devolucao_cliente, producao, estorno_producao, outro.
    `quantidade` é a feita, positiva, na unidade do movimento; `qtd` é a mesma na unidade do produto.
    """

    __tablename__ = "odoo_movimento"
    __table_args__ = (
        Index("ix_odoo_movimento_linha", "linha_pedido_id", postgresql_where="linha_pedido_id IS NOT NULL"),
        Index("ix_odoo_movimento_op", "op_id", postgresql_where="op_id IS NOT NULL"),
        Index("ix_odoo_movimento_produto", "produto_id"),
    )

    fonte: Mapped[Texto]  # entradas ou apontamentos: quem o trouxe
    tipo: Mapped[Texto]
    feito: Mapped[bool] = mapped_column(Boolean, server_default=true())
    produto_id: Mapped[Inteiro]
    empresa_id: Mapped[Inteiro | None]
    unidade_id: Mapped[Inteiro | None]
    quantidade: Mapped[Quantidade]
    qtd: Mapped[Quantidade]
    data: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    linha_pedido_id: Mapped[Inteiro | None]
    op_id: Mapped[Inteiro | None]
    desmontagem_id: Mapped[Inteiro | None]
    documento_id: Mapped[Inteiro | None]  # stock.picking
    subcontratado: Mapped[bool] = mapped_column(Boolean, server_default="false")  # recebimento de um serviço em nosso material
    origem_id: Mapped[Inteiro | None]
    destino_id: Mapped[Inteiro | None]
    referencia: Mapped[Texto | None]


class OdooOp(Registro, Espelho, Base):
    """mrp.production da família de uma ordem nossa (o nome ganha -001, -002 quando se produz em parte)."""

    __tablename__ = "odoo_op"

    nome: Mapped[Texto]
    estado: Mapped[Texto | None]
    produto_id: Mapped[Inteiro | None]
    empresa_id: Mapped[Inteiro | None]
    grupo_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    fim: Mapped[Instante | None]  # date_finished
    ordem_producao_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    excluida: Mapped[bool] = mapped_column(Boolean, server_default="false")


class OdooCapacidade(Registro, Base):
    """O que se sabe do servidor Odoo: campos por modelo (por versão e resumo), protocolo, uid; chave → dados (jsonb)."""

    __tablename__ = "odoo_capacidade"

    chave: Mapped[str] = mapped_column(Text, unique=True)
    dados: Mapped[dict[str, Any]] = mapped_column(JSONB)


class OdooInstalacao(Registro, Base):
    """Qual Odoo é este (uma linha): nome do banco e create_date (UTC) da empresa 1 e do usuário 1."""

    __tablename__ = "odoo_instalacao"
    __table_args__ = (Index("uq_odoo_instalacao_unica", "unica", unique=True),)

    unica: Mapped[bool] = mapped_column(Boolean, server_default=true())
    banco: Mapped[Texto]
    empresa_criada_em: Mapped[Instante | None]
    usuario_criado_em: Mapped[Instante | None]
    versao: Mapped[Texto | None]
