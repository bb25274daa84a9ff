"""Falha 23: 23:59:59 do último dia do mês, local, já é o mês seguinte em UTC. A data é a local."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.relogio import data_local
from tests.apoio.importacao import Mundo
from tests.apoio.oraculo import SAO_PAULO
from tests.fontes.test_pedidos import confirmado

pytestmark = pytest.mark.falha(23)

VIRADAS = [datetime(2026 + (m == 12), m % 12 + 1, 1, 3, tzinfo=UTC) for m in range(1, 13)]
"""A meia-noite local (UTC-3) com que cada mês de 2026 acaba."""


@pytest.mark.parametrize("virada", VIRADAS, ids=[f"{v:%Y-%m}" for v in VIRADAS])
def test_um_segundo_antes_e_um_depois(virada: datetime) -> None:
    local = date(virada.year, virada.month, 1)
    assert data_local(virada - timedelta(seconds=1), SAO_PAULO) == local - timedelta(days=1)
    assert data_local(virada, SAO_PAULO) == local
    assert data_local(virada + timedelta(seconds=1), SAO_PAULO) == local


def test_pedidos_e_entradas_nas_viradas(mundo: Mundo) -> None:
    """Cada fim de mês de 2026, um segundo antes e um depois: criação, previsão, entrega e movimento caem no mês local."""
    p, f = mundo.produto(), mundo.fornecedor()
    esperadas = []
    for virada in VIRADAS:
        for desvio in (-1, 1):
            quando = virada + timedelta(seconds=desvio)
            mundo.relogio.acertar(quando)
            escrito = f"{quando:%Y-%m-%d %H:%M:%S}"
            mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 1, "previsto": escrito}, parceiro=f, date_order=escrito))
            inicio_do_mes = date(virada.year, virada.month, 1)
            esperadas.append(inicio_do_mes if desvio > 0 else inicio_do_mes - timedelta(days=1))
    mundo.tudo_certo()
    colunas = "data_pedido_criacao, data_pedido_previsao, data_pedido_entrega"
    linhas = mundo.sql(f"SELECT {colunas} FROM pedido_compras ORDER BY odoo_id")
    assert [tuple(x) for x in linhas] == [(d, d, d) for d in esperadas]
    por_mes = mundo.sql(
        "SELECT count(*) FROM movimentacao_estoque GROUP BY date_trunc('month', data_movimentacao AT TIME ZONE 'America/Sao_Paulo')"
    )
    assert sorted(por_mes) == sorted([1, *[2] * 11, 1])
