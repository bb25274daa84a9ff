"""Planejamento: calendário, estruturas de produto, previsão e histórico de vendas, e o porquê de cada ordem."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    DDL,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    event,
    func,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.banco.base import Base, Registro, tabela
from app.banco.colunas import Inteiro, Quantidade, Texto

STATUS_ESTRUTURA = ("ativo", "inativo")
ORIGENS_DEMANDA = ("separacao", "pre_separacao")


class CalendarioExcecao(Registro, Base):
    """Um dia que a fábrica trata diferente do calendário oficial: fechada (férias, feriado municipal) ou aberta (sábado)."""

    __tablename__ = "calendario_excecao"

    data: Mapped[date] = mapped_column(Date, unique=True)
    dia_util: Mapped[bool] = mapped_column(Boolean)
    descricao: Mapped[Texto]
    criado_por: Mapped[Texto | None]


class CalendarioDia(Registro, Base):
    """Cada dia, útil ou não, e o seu ordinal: quantos dias úteis há até ele, inclusive, desde o começo da tabela."""

    __tablename__ = "calendario_dia"
    __table_args__ = (Index("ix_calendario_dia_ordinal", "ordinal", postgresql_where=text("dia_util")),)

    data: Mapped[date] = mapped_column(Date, unique=True)
    dia_util: Mapped[bool] = mapped_column(Boolean)
    ordinal: Mapped[int] = mapped_column(Integer)
    descricao: Mapped[Texto | None]


class Estrutura(Registro, Base):
    """A estrutura de um produto numa versão; `qtd_base` é quanto uma estrutura faz, na unidade do produto.

    `fantasma`: o produto se dissolve nos componentes, não se estoca nem se ordena. Uma só ativa por produto e dia.
    `valido_ate` inclusive; vazio = sem fim.
    """

    __tablename__ = "estrutura"
    __table_args__ = (
        UniqueConstraint("cod_produto_produzido", "versao"),
        CheckConstraint(f"status IN {STATUS_ESTRUTURA}", name="status"),
        CheckConstraint("qtd_base > 0", name="qtd_base"),
        CheckConstraint("valido_ate >= valido_de", name="validade"),
        ExcludeConstraint(
            ("cod_produto_produzido", "="),
            (func.daterange(text("valido_de"), text("valido_ate"), text("'[]'")), "&&"),
            name="ex_estrutura_uma_ativa_por_dia",
            using="gist",
            where=text("status = 'ativo'"),
        ),
    )

    cod_produto_produzido: Mapped[str] = mapped_column(Text, index=True)
    versao: Mapped[str] = mapped_column(Text, server_default="1")
    qtd_base: Mapped[Quantidade] = mapped_column(Numeric, server_default="1")
    fantasma: Mapped[bool] = mapped_column(Boolean, server_default="false")
    valido_de: Mapped[date | None] = mapped_column(Date)
    valido_ate: Mapped[date | None] = mapped_column(Date)
    status: Mapped[str] = mapped_column(Text, server_default="ativo")
    odoo_id: Mapped[Inteiro | None]
    linhas: Mapped[list[ListaMateriais]] = relationship(back_populates="estrutura", cascade="all, delete-orphan")


# O EXCLUDE acima compara texto por igualdade num índice gist, que só esta extensão (de confiança desde o 13) sabe fazer.
event.listen(tabela(Estrutura), "before_create", DDL("CREATE EXTENSION IF NOT EXISTS btree_gist"))  # type: ignore[no-untyped-call]


class ListaMateriais(Registro, Base):
    """Um componente de uma estrutura: `qtd_utilizada` (por qtd_base, na unidade do componente) e a perda em %."""

    __tablename__ = "lista_materiais"
    __table_args__ = (
        CheckConstraint("qtd_utilizada > 0", name="qtd_utilizada"),
        CheckConstraint("perda_percentual >= 0", name="perda"),
    )

    estrutura_id: Mapped[int] = mapped_column(ForeignKey("estrutura.id", ondelete="CASCADE"), index=True)
    cod_produto_componente: Mapped[str] = mapped_column(Text, index=True)
    qtd_utilizada: Mapped[Quantidade]
    perda_percentual: Mapped[Quantidade] = mapped_column(Numeric, server_default="0")
    odoo_id: Mapped[Inteiro | None]
    estrutura: Mapped[Estrutura] = relationship(back_populates="linhas")

    @property
    def cod_produto_produzido(self) -> str:
        """O produto da estrutura a que a linha pertence."""
        return self.estrutura.cod_produto_produzido

    @property
    def versao(self) -> str:
        """A versão da estrutura a que a linha pertence."""
        return self.estrutura.versao

    @property
    def status(self) -> str:
        """O estado da estrutura a que a linha pertence."""
        return self.estrutura.status


class PrevisaoDemanda(Registro, Base):
    """Previsão de um produto num mês (`nome_grupo` vazio = todos os grupos) e o que se realizou dela.

    A linha de todos e as de grupos contam as mesmas vendas: um total nunca soma as duas.
    """

    __tablename__ = "previsao_demanda"
    __table_args__ = (
        Index(
            "uq_previsao_demanda_identidade",
            "data_ano",
            "data_mes",
            "cod_produto",
            "nome_grupo",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("data_mes BETWEEN 1 AND 12", name="mes"),
        CheckConstraint("data_ano BETWEEN 2000 AND 2200", name="ano"),
        CheckConstraint("qtd_demanda_prevista >= 0", name="prevista"),
        CheckConstraint("disparo_producao IN ('MTO', 'MTS')", name="disparo"),
    )

    data_mes: Mapped[int] = mapped_column(Integer)
    data_ano: Mapped[int] = mapped_column(Integer)
    nome_grupo: Mapped[Texto | None]
    cod_produto: Mapped[Texto]
    nome_produto: Mapped[Texto | None]
    qtd_demanda_prevista: Mapped[Quantidade]
    qtd_demanda_realizada: Mapped[Quantidade] = mapped_column(Numeric, server_default="0")
    disparo_producao: Mapped[Texto | None]


class GrupoEmpresarial(Registro, Base):
    """O grupo de um cliente, pelos 8 primeiros caracteres do CNPJ (maiúsculas, sem pontuação)."""

    __tablename__ = "grupo_empresarial"
    __table_args__ = (CheckConstraint("prefixo_cnpj ~ '^[0-9A-Z]{8}$'", name="prefixo"),)

    nome_grupo: Mapped[str] = mapped_column(Text, index=True)
    prefixo_cnpj: Mapped[str] = mapped_column(Text, unique=True)
    ativo: Mapped[bool] = mapped_column(Boolean, server_default=true())


class HistoricoPedidos(Registro, Base):
    """Uma linha de venda. `ocorrencia`: a enésima linha do mesmo pedido e produto, que a identifica na planilha."""

    __tablename__ = "historico_pedidos"
    __table_args__ = (
        UniqueConstraint("num_pedido", "cod_produto", "ocorrencia"),
        Index("ix_historico_pedidos_produto_data", "data_pedido", "cod_produto"),
    )

    num_pedido: Mapped[Texto]
    data_pedido: Mapped[date] = mapped_column(Date)
    cnpj_cliente: Mapped[Texto | None]
    raz_social_red: Mapped[Texto | None]
    nome_grupo: Mapped[Texto | None]
    vendedor: Mapped[Texto | None]
    equipe_vendas: Mapped[Texto | None]
    incoterm: Mapped[Texto | None]
    nome_cidade: Mapped[Texto | None]
    cod_uf: Mapped[Texto | None]
    cod_produto: Mapped[Texto]
    nome_produto: Mapped[Texto | None]
    qtd_produto_pedido: Mapped[Quantidade]
    preco_produto_pedido: Mapped[Quantidade | None]
    valor_produto_pedido: Mapped[Quantidade | None]
    icms_produto_pedido: Mapped[Quantidade | None]
    pis_produto_pedido: Mapped[Quantidade | None]
    cofins_produto_pedido: Mapped[Quantidade | None]
    ocorrencia: Mapped[int] = mapped_column(Integer, server_default="1")


class OrdemProducaoDemanda(Registro, Base):
    """Para que demanda é a ordem: (lote, produto) e a data de expedição que ela atende. Uma ordem tem uma demanda.

    `segura`: a ordem segura a demanda (todas, menos a que o sistema cancelou); no máximo uma por lote, produto e expedição.
    """

    __tablename__ = "ordem_producao_demanda"
    __table_args__ = (
        UniqueConstraint("ordem_producao_id"),
        CheckConstraint(f"origem IN {ORIGENS_DEMANDA}", name="origem"),
        Index(
            "uq_ordem_producao_demanda_segura",
            "separacao_lote_id",
            "cod_produto",
            "expedicao",
            unique=True,
            postgresql_where=text("segura"),
        ),
        Index("ix_ordem_producao_demanda_lote", "separacao_lote_id", "cod_produto"),
    )

    ordem_producao_id: Mapped[int] = mapped_column(ForeignKey("ordem_producao.id"))
    separacao_lote_id: Mapped[Texto]
    cod_produto: Mapped[Texto]
    expedicao: Mapped[date] = mapped_column(Date)
    origem: Mapped[Texto]
    qtd: Mapped[Quantidade]
    segura: Mapped[bool] = mapped_column(Boolean, server_default=true())
    retida_por: Mapped[Texto | None]  # quem cancelou a ordem à mão: a demanda fica sem ordem até `ordem replanejar`


class OrdemExplicacao(Registro, Base):
    """Por que este número, por que esta data: os motivos guardados quando a conta foi feita (nunca refeitos depois).

    `assunto`: data, quantidade, ou material (com o código em `cod_produto`). `motivos`: estrutura jsonb, decimais em texto.
    """

    __tablename__ = "ordem_explicacao"
    __table_args__ = (
        Index("uq_ordem_explicacao", "ordem_producao_id", "assunto", "cod_produto", unique=True, postgresql_nulls_not_distinct=True),
        CheckConstraint("assunto IN ('data', 'quantidade', 'material')", name="assunto"),
    )

    ordem_producao_id: Mapped[int] = mapped_column(ForeignKey("ordem_producao.id"))
    assunto: Mapped[Texto]
    cod_produto: Mapped[Texto | None]
    motivos: Mapped[dict[str, Any]] = mapped_column(JSONB)


class PlanejamentoPosicao(Registro, Base):
    """A posição de estoque contra a qual o último planejamento compensou, e quanto dela prometeu, por produto."""

    __tablename__ = "planejamento_posicao"

    cod_produto: Mapped[str] = mapped_column(Text, unique=True)
    qtd: Mapped[Quantidade]
    qtd_prometida: Mapped[Quantidade] = mapped_column(Numeric, server_default="0")
