"""Falhas 22 e 23, na demanda: o mês corrente é o do fuso da fábrica, um segundo antes e um depois de cada virada."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from app.manufatura.services import demanda
from app.relogio import data_local

SEGUNDO = timedelta(seconds=1)
FUSOS = (
    "America/Noronha",
    "America/Sao_Paulo",
    "America/Manaus",
    "America/Cuiaba",
    "America/Rio_Branco",
    "America/Fortaleza",
    "America/Campo_Grande",
)
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
# O primeiro instante de cada mês de 2027 em São Paulo (UTC−3 o ano inteiro).
VIRADAS = [datetime(2027, m, 1, 3, tzinfo=UTC) for m in range(1, 13)]


@pytest.mark.falha(23)
def test_um_segundo_antes_e_um_depois_de_cada_virada_de_mes(motor: Engine) -> None:
    with motor.begin() as conexao:
        for mes in range(1, 13):
            conexao.execute(
                text("INSERT INTO previsao_demanda (data_mes, data_ano, cod_produto, qtd_demanda_prevista) VALUES (:m, 2027, 'A', 1)"),
                {"m": mes},
            )
            primeiro = date(2027, mes, 1)
            for n, dia in enumerate((primeiro, primeiro - timedelta(days=1))):
                conexao.execute(
                    text(
                        "INSERT INTO historico_pedidos (num_pedido, data_pedido, cod_produto, qtd_produto_pedido) VALUES (:n, :d, 'A', :q)"
                    ),
                    {"n": f"V{mes}-{n}", "d": dia, "q": Decimal(10**n)},
                )
        for virada in VIRADAS:
            mes = virada.month
            for instante, certo in ((virada - SEGUNDO, mes - 1 or 12), (virada, mes), (virada + SEGUNDO, mes)):
                hoje = data_local(instante, SAO_PAULO)
                assert hoje.month == certo
                conexao.execute(text("UPDATE previsao_demanda SET qtd_demanda_realizada = -1"))
                demanda.atualizar(conexao, hoje, 0)
                mudadas = conexao.execute(text("SELECT data_mes, data_ano FROM previsao_demanda WHERE qtd_demanda_realizada <> -1")).all()
                assert [tuple(r) for r in mudadas] == ([(certo, 2027)] if hoje.year == 2027 else [])
        # cada mês: 1 do seu primeiro dia e 10 do seu último (o de dezembro ainda não veio)
        demanda.atualizar(conexao, date(2027, 12, 31), 11)
        somas = conexao.execute(text("SELECT qtd_demanda_realizada FROM previsao_demanda ORDER BY data_mes")).scalars().all()
    assert somas == [11] * 11 + [1]


@pytest.mark.falha(22)
@pytest.mark.parametrize("nome", FUSOS)
def test_em_cada_mudanca_de_horario_desde_2000_o_mes_da_demanda_e_o_do_relogio_da_parede(nome: str) -> None:
    """Hora a hora em volta de toda mudança de deslocamento: a data local nunca volta atrás de mês, e o intervalo a contém."""
    fuso = ZoneInfo(nome)
    instante = datetime(2000, 1, 1, tzinfo=UTC)
    mudancas = 0
    while instante.year < 2031:
        seguinte = instante + timedelta(days=1)
        if instante.astimezone(fuso).utcoffset() != seguinte.astimezone(fuso).utcoffset():
            mudancas += 1
            for meia_hora in range(-48, 96):
                um = instante + timedelta(minutes=30 * meia_hora)
                hoje = data_local(um, fuso)
                assert (hoje.year, hoje.month, hoje.day) == tuple(um.astimezone(fuso).timetuple()[:3])
                inicio, fim = demanda.intervalo(hoje, 0)
                assert inicio <= hoje < fim
                assert (inicio.month, inicio.day, fim.day) == (hoje.month, 1, 1)
        instante = seguinte
    assert mudancas or nome == "America/Manaus"  # Manaus não muda de horário desde 1994
