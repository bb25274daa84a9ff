"""Avisos sobre o relógio do Odoo: adiantado, atrasado, ou com gravações datadas no futuro (falha 21)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from app.manufatura.services import avisos
from app.odoo.incremental import TOLERANCIA_RELOGIO

AVISO_DESVIO = "relogio_odoo"
AVISO_FUTURO = "write_date_no_futuro"


def avisar_desvio(conexao: Connection, hora_odoo: datetime | None, agora: datetime) -> None:
    """Abre o aviso se o relógio do Odoo difere do nosso em mais de 5 minutos; fecha quando volta ao normal. Instantes em UTC."""
    if hora_odoo is None:
        return
    _fechar_futuros(conexao, hora_odoo)
    desvio = hora_odoo - agora
    if abs(desvio) <= TOLERANCIA_RELOGIO:
        avisos.fechar(conexao, AVISO_DESVIO, ["odoo"])
        return
    lado = "adiantado" if desvio.total_seconds() > 0 else "atrasado"
    minutos = round(abs(desvio).total_seconds() / 60)
    avisos.abrir(
        conexao,
        AVISO_DESVIO,
        "odoo",
        f"O relógio do Odoo está {lado} cerca de {minutos} min em relação ao desta máquina. Nada se perde na importação, mas as"
        " datas saem erradas: acerte o relógio (NTP) das duas máquinas.",
        dados={"minutos": minutos if lado == "adiantado" else -minutos},
    )


def avisar_futuro(conexao: Connection, fonte: str, visto: datetime, hora_odoo: datetime) -> None:
    """Abre o aviso de que o Odoo tem gravações de `fonte` datadas (write_date) mais de 5 minutos além da hora dele."""
    avisos.abrir(
        conexao,
        AVISO_FUTURO,
        fonte,
        f"O Odoo tem gravações de {fonte} datadas de {visto:%d/%m/%Y %H:%M} UTC, depois da hora dele ({hora_odoo:%d/%m/%Y %H:%M} UTC):"
        " o relógio do banco de dados do Odoo esteve adiantado. O cursor não passa da hora do Odoo, e nada se perde.",
        severidade="critico",
        dados={"visto": visto.isoformat()},
    )


def _fechar_futuros(conexao: Connection, hora_odoo: datetime) -> None:
    """O que estava datado do futuro já é passado: o aviso fecha."""
    ja = text("SELECT chave FROM aviso WHERE tipo = :t AND fechado_em IS NULL AND (dados->>'visto')::timestamptz <= :hora")
    avisos.fechar(conexao, AVISO_FUTURO, list(conexao.execute(ja, {"t": AVISO_FUTURO, "hora": hora_odoo}).scalars()))
