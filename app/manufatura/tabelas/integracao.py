"""A maquinaria da integração: execuções, cursores, rejeições, avisos e auditoria."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Date, DateTime, Float, Index, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.banco.base import Base, Registro
from app.banco.colunas import Instante, Inteiro, Texto

STATUS_EXECUCAO = ("na fila", "executando", "sucesso", "parcial", "erro", "interrompida", "cancelada", "omitida")
ORIGENS_EXECUCAO = ("agenda", "manual", "api", "cli")
SEVERIDADES = ("info", "atencao", "critico")


class LogIntegracao(Registro, Base):
    """Uma tentativa de execução de um job; as tentativas de uma execução partilham `execucao_id` (o id da primeira).

    `data_execucao` é o início (UTC), `tempo_execucao` em segundos. `detalhes` (jsonb): novas, mudadas, iguais,
    rejeitados, ignorados, chamadas, paginas, cursor_antes, cursor_depois, erro {classe, mensagem}.
    """

    __tablename__ = "log_integracao"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUS_EXECUCAO}", name="status"),
        CheckConstraint(f"origem IN {ORIGENS_EXECUCAO}", name="origem"),
        UniqueConstraint("execucao_id", "tentativa"),
        Index(
            "uq_log_integracao_agendada",
            "job_id",
            "agendada_para",
            unique=True,
            postgresql_where=text("origem = 'agenda' AND tentativa = 1"),
        ),
        Index("uq_log_integracao_executando", "job_id", unique=True, postgresql_where=text("status = 'executando'")),
        Index("uq_log_integracao_na_fila", "job_id", unique=True, postgresql_where=text("status = 'na fila'")),
        Index("ix_log_integracao_job", "job_id", "id"),
    )

    tipo_integracao: Mapped[str] = mapped_column(Text)
    status: Mapped[Texto]
    mensagem: Mapped[Texto | None]
    registros_processados: Mapped[int] = mapped_column(Integer, server_default="0")
    registros_erro: Mapped[int] = mapped_column(Integer, server_default="0")
    data_execucao: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    tempo_execucao: Mapped[float | None] = mapped_column(Float)
    detalhes: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    execucao_id: Mapped[int | None] = mapped_column(BigInteger)
    tentativa: Mapped[int] = mapped_column(Integer, server_default="1")
    job_id: Mapped[Texto]
    origem: Mapped[Texto]
    usuario: Mapped[Texto | None]
    agendada_para: Mapped[Instante | None]
    progresso_atual: Mapped[Inteiro | None]
    progresso_total: Mapped[Inteiro | None]
    batimento: Mapped[Instante | None]


class CursorIntegracao(Registro, Base):
    """Até onde cada fluxo leu, por empresa do Odoo (0 = cadastros, que não são de uma empresa).

    `cursor`: o maior write_date já lido por inteiro (valor do Odoo, UTC). `janela`: a leitura em curso (jsonb), com
    `ultimo_id` já guardado; vazia quando nada está pela metade. `corte`: data desde a qual se trazem documentos
    fechados. `desvio_s`: relógio do Odoo menos o nosso na última janela, em segundos.
    """

    __tablename__ = "cursor_integracao"
    __table_args__ = (UniqueConstraint("fonte", "empresa_id"),)

    fonte: Mapped[Texto]
    empresa_id: Mapped[Inteiro]
    cursor: Mapped[Instante | None]
    janela: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    ultimo_id: Mapped[Inteiro | None]
    conferido_em: Mapped[Instante | None]
    corte: Mapped[date | None] = mapped_column(Date)
    desvio_s: Mapped[float | None] = mapped_column(Float)


class RejeicaoIntegracao(Registro, Base):
    """Um registro que não pôde ser guardado (rejeitada) ou que ficou de fora por regra (ignorada), com o motivo."""

    __tablename__ = "rejeicao_integracao"
    __table_args__ = (
        CheckConstraint("tipo IN ('rejeitada', 'ignorada')", name="tipo"),
        UniqueConstraint("fonte", "odoo_modelo", "odoo_id"),
        Index("ix_rejeicao_integracao_aberta", "fonte", "ultima_vez", postgresql_where=text("resolvida_em IS NULL")),
    )

    tipo: Mapped[Texto]
    fonte: Mapped[Texto]
    odoo_modelo: Mapped[Texto]
    odoo_id: Mapped[Inteiro]
    motivo: Mapped[Texto]
    dados: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    primeira_vez: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    ultima_vez: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    vezes: Mapped[int] = mapped_column(Integer, server_default="1")
    resolvida_em: Mapped[Instante | None]


class RecalculoPendente(Registro, Base):
    """O que falta recalcular, anotado no commit que mudou os fatos e apagado quando o recálculo está feito.

    Só cresce e é esvaziada: uma linha por commit, nunca atualizada, para que duas importações não disputem as mesmas linhas.
    `tipo`: 'prazo' (ids de produtos) ou o modelo do Odoo de um cadastro (product.product, uom.uom…); `ids` são do Odoo.
    """

    __tablename__ = "recalculo_pendente"

    tipo: Mapped[Texto]
    ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class Aviso(Registro, Base):
    """O que uma pessoa precisa olhar: aberto uma vez por chave, fechado sozinho quando a causa acaba."""

    __tablename__ = "aviso"
    __table_args__ = (
        CheckConstraint(f"severidade IN {SEVERIDADES}", name="severidade"),
        Index("uq_aviso_aberto", "tipo", "chave", unique=True, postgresql_where=text("fechado_em IS NULL")),
    )

    tipo: Mapped[Texto]
    severidade: Mapped[Texto]
    chave: Mapped[Texto]
    mensagem: Mapped[Texto]
    dados: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    aberto_em: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    fechado_em: Mapped[Instante | None]


class Auditoria(Registro, Base):
    """Quem fez o quê, quando (UTC), de onde, e o antes e o depois; o papel da aplicação só acrescenta e lê."""

    __tablename__ = "auditoria"
    __table_args__ = (Index("ix_auditoria_objeto", "tabela", "registro_id"),)

    quem: Mapped[Texto]
    de_onde: Mapped[Texto | None]
    acao: Mapped[Texto]
    tabela: Mapped[Texto | None]
    registro_id: Mapped[Inteiro | None]
    antes: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    depois: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
