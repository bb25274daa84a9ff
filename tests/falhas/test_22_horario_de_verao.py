"""Falha 22: horário de verão nos dados antigos. Um instante vira data sem nunca se construir uma meia-noite local."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from app.manufatura.jobs.importacao import instante_de
from app.relogio import data_local
from tests.apoio.importacao import Mundo
from tests.fontes.test_pedidos import confirmado

pytestmark = pytest.mark.falha(22)

ZONAS = [
    "America/Araguaina", "America/Bahia", "America/Belem", "America/Boa_Vista", "America/Campo_Grande", "America/Cuiaba",
    "America/Eirunepe", "America/Fortaleza", "America/Maceio", "America/Manaus", "America/Noronha", "America/Porto_Velho",
    "America/Recife", "America/Rio_Branco", "America/Santarem", "America/Sao_Paulo",
]  # fmt: skip
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
DIA = timedelta(days=1)
PRIMEIRO, ULTIMO = datetime(2000, 1, 1, tzinfo=UTC), datetime(2030, 12, 31, 23, 59, 59, tzinfo=UTC)


def mudancas(zona: ZoneInfo) -> list[datetime]:
    """Os instantes (UTC) em que a hora local muda, ao minuto."""
    achadas = []
    antes, hora = PRIMEIRO, PRIMEIRO
    while hora < ULTIMO:
        hora += DIA
        if hora.astimezone(zona).utcoffset() != antes.astimezone(zona).utcoffset():
            a, b = antes, hora
            while b - a > timedelta(minutes=1):
                meio = a + (b - a) / 2
                a, b = (meio, b) if meio.astimezone(zona).utcoffset() == a.astimezone(zona).utcoffset() else (a, meio)
            achadas.append(b.replace(second=0, microsecond=0))
        antes = hora
    return achadas


def test_sao_paulo_tem_as_mudancas_que_se_dizem() -> None:
    """39 mudanças desde 2000, 19 delas tirando a meia-noite; a última em 16/02/2019."""
    todas = mudancas(SAO_PAULO)
    assert len(todas) == 39
    adiantam = [m for m in todas if (m + DIA).astimezone(SAO_PAULO).utcoffset() == timedelta(hours=-2)]
    assert len(adiantam) == 19
    assert (adiantam[-1].date(), todas[-1].date()) == (date(2018, 11, 4), date(2019, 2, 17))


@pytest.mark.parametrize("nome", ZONAS)
def test_em_volta_de_cada_mudanca(nome: str, motor: Engine) -> None:
    """A data local nunca anda para trás, o dia pedido começa antes de todo instante seu, e o banco faz a mesma conta."""
    zona = ZoneInfo(nome)
    instantes = [m + timedelta(minutes=k) for m in mudancas(zona) for k in range(-180, 181, 15)]
    instantes += [m + timedelta(seconds=k) for m in mudancas(zona) for k in (-61, -60, -59, -1, 0, 1)]
    for t in sorted(instantes):
        d = data_local(t, zona)
        assert t.astimezone(zona).date() == d
        comeco = instante_de(d, zona)
        assert comeco is not None
        assert comeco <= t, f"reler desde {d} perderia {t}"
        assert data_local(comeco, zona) in (d, d - DIA)
        assert t - comeco < timedelta(hours=26)
    if instantes:
        with motor.connect() as conexao:
            consulta = text("SELECT i, (i AT TIME ZONE :z)::date FROM unnest(CAST(:i AS timestamptz[])) AS i")
            assert all(d == data_local(i, zona) for i, d in conexao.execute(consulta, {"z": nome, "i": instantes}))


@given(t=st.datetimes(PRIMEIRO.replace(tzinfo=None), ULTIMO.replace(tzinfo=None)), nome=st.sampled_from(ZONAS))
@settings(max_examples=400, deadline=None)
def test_qualquer_instante(t: datetime, nome: str) -> None:
    t, zona = t.replace(tzinfo=UTC), ZoneInfo(nome)
    d = data_local(t, zona)
    comeco = instante_de(d, zona)
    assert comeco is not None
    assert comeco <= t < comeco + timedelta(hours=26)


def test_pedidos_na_noite_que_nao_houve(mundo19: Mundo) -> None:
    """4/11/2018: de 23:59:59 pulou-se à 1:00. 17/02/2019: as 23:30 do dia 16 aconteceram duas vezes."""
    mundo, p = mundo19, mundo19.produto()
    mundo.mudancas_config["odoo_historico_meses"] = "120"
    casos = {
        "2018-11-04 02:59:59": date(2018, 11, 3),
        "2018-11-04 03:00:00": date(2018, 11, 4),
        "2019-02-17 01:30:00": date(2019, 2, 16),
        "2019-02-17 02:30:00": date(2019, 2, 16),
        "2019-02-17 02:59:59": date(2019, 2, 16),
        "2019-02-17 03:00:00": date(2019, 2, 17),
    }
    for quando in casos:
        confirmado(mundo, {"produto": p, "qtd": 1, "previsto": quando}, date_order=quando)
    mundo.tudo_certo()
    linhas = mundo.sql("SELECT data_pedido_criacao, data_pedido_previsao FROM pedido_compras ORDER BY odoo_id")
    assert [tuple(x) for x in linhas] == [(d, d) for d in casos.values()]
