"""Todos os invariantes, na ordem em que `manufatura conferir` os mostra, e os parâmetros deles."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.manufatura.services.conferencia import compras, estoque, integracao, planejamento
from app.manufatura.services.conferencia.invariante import MAXIMO_LINHAS, Invariante, Resultado, conferir

INVARIANTES: tuple[Invariante, ...] = (
    *compras.INVARIANTES,
    *estoque.INVARIANTES,
    *planejamento.INVARIANTES,
    *integracao.INVARIANTES,
)


def conferir_tudo(
    conexao: Connection, fuso: ZoneInfo, agora: datetime, maximo: int = MAXIMO_LINHAS, meses_abertos: int = 1
) -> list[Resultado]:
    """Confere todos os invariantes contra os dados guardados; só lê.

    `agora`: instante de referência (UTC). `meses_abertos`: DEMANDA_MESES_ABERTOS.
    """
    parametros: dict[str, Any] = {
        "fuso": str(fuso),
        "agora": agora,
        "dias_rejeicao": integracao.DIAS_REJEICAO,
        "meses_abertos": meses_abertos,
    }
    return conferir(conexao, INVARIANTES, parametros, maximo)
