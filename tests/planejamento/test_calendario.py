"""Dias úteis: a conta contra um laço ingênuo e contra a tabela, o intervalo que se mantém sozinho, e as exceções da empresa."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from app.manufatura.jobs.ordem_producao import calcular_data_util_retroativa
from app.manufatura.services import calendario_banco
from app.manufatura.services.calendario import Calendario, DataForaDoCalendario, Dia, montar
from app.manufatura.services.calendario_mudanca import Pedido, mudar
from app.manufatura.services.feriados import feriados

HOJE = date(2026, 11, 24)
INICIO, FIM = date(2021, 1, 1), date(2028, 12, 31)
OFICIAIS = feriados(range(2021, 2029), ("SP",), True)
CALENDARIO = Calendario(montar(INICIO, FIM, OFICIAIS, {date(2026, 11, 28): (True, "compensação"), date(2026, 12, 21): (False, "férias")}))


def ingenua(fim: date, dias: int, parado: set[date]) -> date:
    """De um em um, do jeito mais bobo."""
    data, contados = fim, 0
    while contados < dias:
        data -= timedelta(days=1)
        if data.weekday() < 5 and data not in parado:
            contados += 1
    return data


def test_o_exemplo_do_feriado_no_caminho() -> None:
    assert calcular_data_util_retroativa(date(2026, 11, 24), 3, OFICIAIS) == date(2026, 11, 18)
    assert calcular_data_util_retroativa(date(2026, 11, 24), 3, CALENDARIO) == date(2026, 11, 18)
    assert calcular_data_util_retroativa(date(2026, 11, 22), 0, OFICIAIS) == date(2026, 11, 22)  # 0 dias: a própria data, domingo até
    explicado = CALENDARIO.explicar(date(2026, 11, 24), 3)
    assert [p["motivo"] for p in explicado["pulados"]] == ["feriado: Dia Nacional de Zumbi e da Consciência Negra", "sábado", "domingo"]


@given(fim=st.dates(date(2023, 6, 1), FIM), dias=st.integers(0, 500), parado=st.sets(st.dates(date(2021, 1, 1), FIM), max_size=60))
@settings(max_examples=500, deadline=None)
def test_a_conta_e_a_do_laco_ingenuo(fim: date, dias: int, parado: set[date]) -> None:
    esperado = ingenua(fim, dias, parado)
    assert calcular_data_util_retroativa(fim, dias, parado) == esperado
    calendario = Calendario(montar(fim - timedelta(days=800), fim, dict.fromkeys(parado, "x"), {}))
    assert calendario.retroativa(fim, dias) == calcular_data_util_retroativa(fim, dias, calendario) == esperado


@given(fim=st.dates(date(2024, 1, 1), FIM), dias=st.integers(0, 500))
@settings(max_examples=500, deadline=None)
def test_entre_inicio_e_entrega_ha_exatamente_os_dias_uteis_do_lead_time(fim: date, dias: int) -> None:
    inicio = CALENDARIO.retroativa(fim, dias)
    assert inicio <= fim
    uteis = sum(CALENDARIO.dia_util(inicio + timedelta(days=n)) for n in range((fim - inicio).days))
    assert uteis == dias
    assert dias == 0 or CALENDARIO.dia_util(inicio)


def test_a_tabela_faz_a_mesma_conta_por_juncao(motor: Engine) -> None:
    with motor.begin() as conexao:
        mudar(
            conexao,
            [Pedido(date(2026, 11, 28), True, "compensação"), Pedido(date(2026, 12, 21), False, "férias")],
            "ana",
            HOJE,
            ("SP",),
            True,
        )
        for n in range(0, 2500, 13):
            fim = date(2022, 2, 1) + timedelta(days=n)
            for dias in (0, 1, 2, 7, 23):
                assert calendario_banco.retroativa_sql(conexao, fim, dias) == CALENDARIO.retroativa(fim, dias)
        assert calendario_banco.retroativa_sql(conexao, FIM + timedelta(days=1), 1) is None
        guardado = calendario_banco.ler(conexao)
    assert guardado is not None
    assert (guardado.inicio, guardado.fim) == (INICIO, FIM)


def test_o_intervalo_se_mantem_sozinho_e_nada_se_grava_sem_novidade(motor: Engine) -> None:
    def linhas() -> list[tuple[object, ...]]:
        with motor.connect() as conexao:
            return [tuple(r) for r in conexao.execute(text("SELECT data, xmin::text FROM calendario_dia ORDER BY data"))]

    with motor.begin() as conexao:
        calendario_banco.garantir(conexao, HOJE, (), True)
    antes = linhas()
    assert (antes[0][0], antes[-1][0], len(antes)) == (INICIO, FIM, 2922)
    with motor.begin() as conexao:
        calendario_banco.garantir(conexao, date(2026, 12, 31), (), True)
    assert linhas() == antes
    with motor.begin() as conexao:
        calendario_banco.garantir(conexao, date(2027, 1, 1), (), True)
    depois = linhas()
    assert (depois[0][0], depois[-1][0]) == (date(2022, 1, 1), date(2029, 12, 31))
    with motor.begin() as conexao:  # mudar FERIADOS_UF também se percebe
        assert calendario_banco.garantir(conexao, date(2027, 1, 1), ("SP",), True).motivo(date(2026, 7, 9)) == (
            "feriado: Revolução Constitucionalista"
        )
    with motor.connect() as conexao:
        errados = "SELECT ordinal - sum(dia_util::int) OVER (ORDER BY data) AS d FROM calendario_dia"
        ruins = conexao.execute(text(f"SELECT count(*) FROM ({errados}) x WHERE d <> 0")).scalar()
    assert ruins == 0


def test_fora_do_calendario_e_erro_e_nunca_palpite() -> None:
    for data, dias in ((date(2029, 1, 1), 1), (date(2020, 12, 31), 0), (date(2021, 1, 4), 30)):
        with pytest.raises(DataForaDoCalendario, match="01/01/2021 a 31/12/2028"):
            CALENDARIO.retroativa(data, dias)
    with pytest.raises(DataForaDoCalendario):
        calcular_data_util_retroativa(date(2021, 1, 4), 30, CALENDARIO)
    with pytest.raises(ValueError, match="negativos"):
        calcular_data_util_retroativa(HOJE, -1, CALENDARIO)
    with pytest.raises(ValueError, match="buraco"):
        Calendario([Dia(date(2026, 1, 1), True), Dia(date(2026, 1, 3), True)])


def test_sabado_aberto_conta_e_facultativo_e_escolha() -> None:
    assert CALENDARIO.retroativa(date(2026, 11, 30), 1) == date(2026, 11, 28)
    assert date(2026, 11, 28) not in CALENDARIO
    assert date(2026, 12, 21) in CALENDARIO
    carnaval = date(2026, 2, 17)
    assert carnaval in feriados([2026], (), True)
    assert carnaval not in feriados([2026], (), False)
    assert date(2026, 7, 9) not in feriados([2026], (), True)


def test_a_excecao_manda_e_se_desfaz_quando_volta_ao_oficial(motor: Engine) -> None:
    def excecoes() -> dict[date, bool]:
        with motor.connect() as conexao:
            return {d: util for d, (util, _) in calendario_banco.excecoes(conexao).items()}

    def pedir(util: bool, *datas: date) -> None:
        with motor.begin() as conexao:
            mudar(conexao, [Pedido(d, util, "teste") for d in datas], "ana", HOJE, (), True)

    pedir(False, date(2026, 11, 25), date(2026, 11, 28))  # o sábado já não é útil
    assert excecoes() == {date(2026, 11, 25): False}
    pedir(True, date(2026, 11, 25), date(2026, 11, 28))
    assert excecoes() == {date(2026, 11, 28): True}
    pedir(False, date(2026, 11, 28))
    assert excecoes() == {}
    with pytest.raises(DataForaDoCalendario):
        pedir(False, date(2026, 11, 26), date(2031, 1, 1))
    assert excecoes() == {}  # tudo ou nada
    with motor.connect() as conexao:
        acoes = conexao.execute(text("SELECT acao, count(*) FROM auditoria GROUP BY 1")).all()
    assert dict(map(tuple, acoes)) == {"fechar dia": 1, "desfazer exceção": 2, "abrir dia": 1}
