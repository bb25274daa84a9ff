"""Valores do Odoo em tipos de Python: tabelas do que entra e sai, e propriedades do que nunca pode acontecer."""

from __future__ import annotations

import math
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.odoo import valores as v

INSTANTE = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("funcao", "entrada", "saida"),
    [
        (v.texto, False, None),
        (v.texto, None, None),
        (v.texto, "", None),
        (v.texto, "   ", None),
        (v.texto, "  C00051 ", "C00051"),
        (v.texto, "ação\n2", "ação\n2"),
        (v.texto, "com\ttab", "com\ttab"),
        (v.texto, "emoji 🏭", "emoji 🏭"),
        (v.inteiro, False, 0),
        (v.inteiro, 7, 7),
        (v.inteiro_ou_nada, False, None),
        (v.inteiro_ou_nada, 0, 0),
        (v.inteiro_ou_nada, 3.0, 3),
        (v.inteiro_ou_nada, 2**40, 2**40),
        (v.m2o, False, None),
        (v.m2o, None, None),
        (v.m2o, 5, 5),
        (v.m2o, [5, "Nome"], 5),
        (v.m2o, (5, "Nome"), 5),
        (v.ids, False, []),
        (v.ids, [1, [2, "b"]], [1, 2]),
        (v.booleano, False, False),
        (v.booleano, True, True),
        (v.instante, False, None),
        (v.instante, "2026-12-01 01:30:00", INSTANTE),
        (v.instante, "2026-12-01 01:30:00.500000", INSTANTE + timedelta(milliseconds=500)),
        (v.instante, datetime(2026, 12, 1, 1, 30), INSTANTE),  # noqa: DTZ001  # XML-RPC dá instantes sem fuso
        (v.instante, datetime(2026, 11, 30, 22, 30, tzinfo=timezone(timedelta(hours=-3))), INSTANTE),
        (v.data, False, None),
        (v.data, "2026-12-01", date(2026, 12, 1)),
        (v.data, date(2026, 12, 1), date(2026, 12, 1)),
        (v.decimal, False, Decimal(0)),
        (v.decimal, 0.1, Decimal("0.1")),
        (v.decimal, 1234567.89, Decimal("1234567.89")),
        (v.decimal, -5, Decimal(-5)),
        (v.decimal, "12.50", Decimal("12.50")),
        (v.decimal, 1e-9, Decimal("1E-9")),
        (v.decimal_ou_nada, False, None),
        (v.decimal_ou_nada, 0.0, Decimal(0)),
        (v.selecao, "purchase", "purchase"),
        (v.selecao, "estado_novo", "estado_novo"),
    ],
)
def test_tabela(funcao: Any, entrada: object, saida: object) -> None:
    assert funcao(entrada) == saida


@pytest.mark.parametrize(
    ("funcao", "entrada"),
    [
        (v.texto, "a\x00b"),
        (v.texto, "a\x0bb"),
        (v.texto, "a\x7f"),
        (v.texto, "\ud800"),
        (v.texto, 5),
        (v.texto, ["a"]),
        (v.inteiro, 1.5),
        (v.inteiro, "7"),
        (v.inteiro, True),
        (v.inteiro, 2**63),
        (v.m2o, "5"),
        (v.m2o, {"id": 5}),
        (v.ids, 5),
        (v.ids, ["a"]),
        (v.instante, "2026-12-01"),
        (v.instante, "2026-13-01 00:00:00"),
        (v.instante, "2026-12-01T00:00:00"),
        (v.instante, "ontem"),
        (v.instante, 5),
        (v.instante, True),
        (v.data, "2026-12-01 00:00:00"),
        (v.data, "2026-02-30"),
        (v.data, datetime(2026, 12, 1, tzinfo=UTC)),
        (v.data, "01/12/2026"),
        (v.decimal, math.nan),
        (v.decimal, math.inf),
        (v.decimal, -math.inf),
        (v.decimal, 10**30),
        (v.decimal, 1e30),
        (v.decimal, "NaN"),
        (v.decimal, "1,5"),
        (v.decimal, True),
        (v.decimal, [1]),
    ],
)
def test_recusa_com_motivo(funcao: Any, entrada: object) -> None:
    with pytest.raises(v.ValorInvalido) as erro:
        funcao(entrada)
    assert erro.value.fatos["motivo"] in str(erro.value)
    assert str(pickle.loads(pickle.dumps(erro.value))) == str(erro.value)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e14, max_value=1e14))
def test_decimal_e_exatamente_o_que_o_odoo_escreveu(numero: float) -> None:
    assert float(v.decimal(numero)) == numero
    assert str(v.decimal(numero)) != "-0"


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001  # o Odoo escreve sem fuso
def test_instante_vai_e_volta(quando: datetime) -> None:
    assert v.instante(quando.strftime("%Y-%m-%d %H:%M:%S")) == quando.replace(microsecond=0, tzinfo=UTC)


QUALQUER = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda dentro: st.lists(dentro) | st.dictionaries(st.text(), dentro),
)


@given(QUALQUER)
def test_nada_escapa_alem_de_valor_invalido(qualquer: object) -> None:
    for funcao in (v.texto, v.inteiro, v.inteiro_ou_nada, v.m2o, v.ids, v.instante, v.data, v.decimal, v.decimal_ou_nada, v.selecao):
        try:
            saida: Any = funcao(qualquer)
        except v.ValorInvalido:
            continue
        if isinstance(saida, str):
            assert "\x00" not in saida
            saida.encode()
        if isinstance(saida, Decimal):
            assert saida.is_finite()
