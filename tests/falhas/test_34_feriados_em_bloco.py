"""Falha 34: Carnaval, recesso de fim de ano, 40 dias fechada, e o fim do calendário. Ninguém começa nem acaba num dia parado."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from sqlalchemy import Engine

from app.manufatura.services.calendario import Calendario, DataForaDoCalendario, montar
from app.manufatura.services.calendario_mudanca import Pedido, dias, mudar
from app.manufatura.services.feriados import feriados
from tests.planejamento.fabrica import HOJE, Fabrica

pytestmark = pytest.mark.falha(34)


def calendario(facultativos: bool = True, *, ufs: tuple[str, ...] = (), fechado: tuple[date, date] | None = None) -> Calendario:
    excecoes = dict.fromkeys(dias(*fechado), (False, "férias coletivas")) if fechado else {}
    return Calendario(montar(date(2021, 1, 1), date(2028, 12, 31), feriados(range(2021, 2029), ufs, facultativos), excecoes))


@pytest.mark.parametrize(
    ("feriado", "facultativos", "ufs"),
    [
        (date(2027, 2, 8), True, ()),  # segunda de Carnaval
        (date(2027, 2, 9), True, ()),  # terça
        (date(2027, 5, 27), True, ()),  # Corpus Christi
        (date(2026, 7, 9), False, ("SP",)),  # Revolução Constitucionalista
        (date(2026, 11, 20), False, ()),  # Consciência Negra, nacional desde 2023
        (date(2026, 4, 3), False, ()),  # Sexta-feira Santa
    ],
)
def test_o_feriado_esta_parado_no_calendario_certo(feriado: date, facultativos: bool, ufs: tuple[str, ...]) -> None:
    assert not calendario(facultativos, ufs=ufs).dia_util(feriado)
    if facultativos:
        # a biblioteca sozinha, como o seed a usa, planejaria trabalho nele
        assert feriado not in holidays.country_holidays("BR", years=[feriado.year])
        assert calendario(False).dia_util(feriado)


def test_a_volta_do_carnaval_pula_o_bloco_inteiro() -> None:
    # quinta 11/02/2027: quarta de cinzas, terça e segunda paradas
    assert calendario().retroativa(date(2027, 2, 11), 1) == date(2027, 2, 5)
    assert calendario(False).retroativa(date(2027, 2, 11), 1) == date(2027, 2, 10)


def test_recesso_de_fim_de_ano_e_quarenta_dias_fechada() -> None:
    recesso = calendario(fechado=(date(2026, 12, 21), date(2027, 1, 3)))
    assert recesso.retroativa(date(2027, 1, 5), 2) == date(2026, 12, 18)
    quarenta = calendario(fechado=(date(2026, 12, 1), date(2027, 1, 9)))
    assert quarenta.retroativa(date(2027, 1, 11), 1) == date(2026, 11, 30)
    for n in range(40):
        dia = date(2026, 12, 1) + timedelta(days=n)
        assert quarenta.retroativa(dia, 1) == date(2026, 11, 30) if dia > date(2026, 12, 1) else True
        assert not quarenta.dia_util(dia)


def test_fechar_a_fabrica_traz_para_tras_as_ordens_planejadas(motor: Engine) -> None:
    fabrica = Fabrica(motor)
    fabrica.acabado("MESA", lead=3)
    fabrica.comprado("PE")
    fabrica.estrutura("MESA", {"PE": 4})
    fabrica.lote("S1", "MESA", 10, "05/01/2027")
    fabrica.planejar()
    assert (fabrica.ordem("MESA").inicio, fabrica.ordem("MESA").fim) == (date(2026, 12, 29), date(2027, 1, 4))
    with motor.begin() as conexao:
        mudar(conexao, [Pedido(d, False, "férias coletivas") for d in dias(date(2026, 12, 21), date(2027, 1, 4))], "ana", HOJE, (), True)
    fabrica.planejar()
    assert (fabrica.ordem("MESA").inicio, fabrica.ordem("MESA").fim) == (date(2026, 12, 16), date(2026, 12, 18))
    (motivo,) = fabrica.rodar("SELECT motivos FROM ordem_explicacao WHERE assunto = 'data'")
    pulados = {p["data"]: p["motivo"] for p in motivo[0]["pulados"]}
    assert pulados["2026-12-22"] == "férias coletivas"
    assert pulados["2027-01-01"].startswith("férias coletivas") or pulados["2027-01-01"].startswith("feriado")


def test_o_fim_do_calendario_e_erro_com_o_intervalo() -> None:
    with pytest.raises(DataForaDoCalendario, match="01/01/2021 a 31/12/2028"):
        calendario().retroativa(date(2029, 1, 2), 1)
    with pytest.raises(DataForaDoCalendario):
        calendario(fechado=(date(2021, 1, 1), date(2021, 6, 30))).retroativa(date(2021, 7, 1), 1)
