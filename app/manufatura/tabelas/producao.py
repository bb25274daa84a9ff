"""Ordens de produção."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, Numeric, Sequence, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.banco.base import Base, Registro
from app.banco.colunas import Instante, Inteiro, Quantidade, Texto

STATUS_ORDEM = ("Planejada", "Liberada", "Em Produção", "Concluída", "Cancelada")
ORIGENS_ORDEM = ("PMP", "MTO", "Manual")
NUMERACAO = Sequence("ordem_producao_numero_seq", metadata=Base.metadata, data_type=BigInteger)


class OrdemProducao(Registro, Base):
    """Uma ordem de produção; quantidades na unidade do produto, datas no fuso SCHEDULER_TIMEZONE.

    `numero` vem da sequência do banco, nunca de max()+1; `numero_ordem` é 'OP-' e o número com ao menos seis dígitos.
    `qtd_produzida` é sempre a soma dos movimentos PRODUCAO e ESTORNO_PRODUCAO do produto da ordem.
    Estados: Planejada → Liberada → Em Produção → Concluída; Cancelada a partir dos três primeiros.
    """

    __tablename__ = "ordem_producao"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUS_ORDEM}", name="status"),
        CheckConstraint(f"origem_ordem IN {ORIGENS_ORDEM}", name="origem"),
        CheckConstraint("data_fim_prevista >= data_inicio_prevista", name="datas_previstas"),
        CheckConstraint("data_fim_real >= data_inicio_real", name="datas_reais"),
        CheckConstraint("qtd_planejada > 0", name="qtd_planejada"),
        Index("ix_ordem_producao_status", "status", "data_inicio_prevista"),
        Index("ix_ordem_producao_procurar", "id", postgresql_where="odoo_procurada_em IS NULL"),
    )

    numero: Mapped[int] = mapped_column(BigInteger, NUMERACAO, unique=True, server_default=NUMERACAO.next_value())
    numero_ordem: Mapped[str] = mapped_column(Text, unique=True)
    origem_ordem: Mapped[Texto]
    status: Mapped[Texto]
    cod_produto: Mapped[str] = mapped_column(Text, index=True)
    nome_produto: Mapped[Texto | None]
    odoo_produto_id: Mapped[Inteiro | None]  # o produto do Odoo a que a ordem se refere; identidade quando o código se repete
    materiais_necessarios: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    materiais_resumo: Mapped[Texto | None]  # resumo do jsonb: o planejamento compara sem relê-lo
    qtd_planejada: Mapped[Quantidade]
    qtd_produzida: Mapped[Quantidade] = mapped_column(Numeric, server_default="0")
    data_inicio_prevista: Mapped[date | None] = mapped_column(Date)
    data_fim_prevista: Mapped[date | None] = mapped_column(Date)
    data_inicio_real: Mapped[date | None] = mapped_column(Date)
    data_fim_real: Mapped[date | None] = mapped_column(Date)
    linha_producao: Mapped[Texto | None]
    criado_por: Mapped[Texto]
    odoo_id: Mapped[int | None] = mapped_column(BigInteger, index=True)  # a mrp.production de menor id da família
    odoo_procurada_em: Mapped[Instante | None]  # quando a família foi procurada inteira no Odoo; vazio = a procurar
    ordem_pai_id: Mapped[int | None] = mapped_column(ForeignKey("ordem_producao.id"), index=True)
