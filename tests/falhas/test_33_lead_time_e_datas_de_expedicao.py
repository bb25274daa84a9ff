"""Falha 33: lead time 0, vazio, negativo, de 10 anos; expedição no passado, em feriado, em fim de semana, sem data: tudo tem desfecho."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from app.manufatura.services.calendario import Calendario, montar
from app.manufatura.services.feriados import feriados
from app.manufatura.services.planejamento.topo import datas
from tests.planejamento.fabrica import Fabrica

pytestmark = pytest.mark.falha(33)
CALENDARIO = Calendario(montar(date(2021, 1, 1), date(2028, 12, 31), feriados(range(2021, 2029), (), True), {}))


@pytest.fixture
def fabrica(motor: Engine) -> Fabrica:
    feita = Fabrica(motor)
    feita.comprado("PE")
    return feita


def planejado(fabrica: Fabrica, lead: int | None, expedicao: str | None) -> tuple[date | None, date | None] | None:
    fabrica.acabado("MESA", lead=lead)
    fabrica.estrutura("MESA", {"PE": 4})
    fabrica.lote("S1", "MESA", 10, expedicao)
    fabrica.planejar()
    ordens = fabrica.ordens()
    return (ordens[0].inicio, ordens[0].fim) if ordens else None


@pytest.mark.parametrize(
    ("lead", "expedicao", "esperado"),
    [
        (0, "04/12", (date(2026, 12, 4), date(2026, 12, 4))),  # começa e acaba no dia da entrega
        (1, "04/12", (date(2026, 12, 3), date(2026, 12, 3))),
        (3, "04/12", (date(2026, 12, 1), date(2026, 12, 3))),
        (2, "06/12", (date(2026, 12, 3), date(2026, 12, 4))),  # domingo
        (2, "25/12", (date(2026, 12, 22), date(2026, 12, 23))),  # Natal, com a véspera facultativa
        (0, "25/12", (date(2026, 12, 25), date(2026, 12, 25))),
        (500, "04/12", (date(2024, 12, 2), date(2026, 12, 3))),
    ],
)  # fmt: skip
def test_cada_prazo_tem_as_suas_datas(fabrica: Fabrica, lead: int, expedicao: str, esperado: tuple[date, date]) -> None:
    achado = planejado(fabrica, lead, expedicao)
    if lead == 500:
        assert achado is not None
        inicio, fim = achado
        assert fim == esperado[1]
        assert inicio == CALENDARIO.retroativa(date(2026, 12, 4), 500)
        assert "inicio_no_passado" in fabrica.avisos()
    else:
        assert achado == esperado


def test_sem_lead_time_nao_ha_ordem_e_o_aviso_diz_o_que_preencher(fabrica: Fabrica) -> None:
    assert planejado(fabrica, None, "04/12") is None
    assert "lead_time_mto" in fabrica.avisos()["produto_sem_lead_time"]


@pytest.mark.parametrize("lead", [-1, 501, 2600])
def test_negativo_e_dez_anos_nem_entram_no_cadastro(fabrica: Fabrica, lead: int) -> None:
    with pytest.raises(IntegrityError, match="lead_time"):
        fabrica.acabado("MESA", lead=lead)


def test_expedicao_no_passado_da_ordem_atrasada_com_aviso(fabrica: Fabrica) -> None:
    assert planejado(fabrica, 3, "20/11") == (date(2026, 11, 17), date(2026, 11, 19))
    assert "17/11/2026" in fabrica.avisos()["inicio_no_passado"]


@pytest.mark.parametrize("expedicao", ["04/12/2031", "04/12/2019"])
def test_expedicao_fora_do_calendario_e_aviso_e_nunca_palpite(fabrica: Fabrica, expedicao: str) -> None:
    assert planejado(fabrica, 3, expedicao) is None
    assert "fora do calendário" in fabrica.avisos()["data_fora_do_calendario"]


def test_sem_data_de_expedicao_nao_ha_ordem(fabrica: Fabrica) -> None:
    assert planejado(fabrica, 3, None) is None
    assert "data de expedição" in fabrica.avisos()["demanda_sem_data"]


@given(entrega=st.dates(date(2023, 6, 1), date(2028, 12, 31)), lead=st.integers(0, 500))
@settings(max_examples=500, deadline=None)
def test_comeca_antes_de_acabar_acaba_ate_a_entrega_e_tem_os_dias_do_prazo(entrega: date, lead: int) -> None:
    inicio, fim = datas(CALENDARIO, entrega, lead)
    assert inicio <= fim <= entrega
    assert sum(CALENDARIO.dia_util(inicio + timedelta(days=n)) for n in range((entrega - inicio).days)) == lead
