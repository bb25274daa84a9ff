"""Números, datas e tabelas à brasileira."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.comandos import saida


@pytest.mark.parametrize(
    ("valor", "casas", "texto"),
    [
        (0, None, "0"),
        (1234567, None, "1.234.567"),
        (Decimal("1234.50"), None, "1.234,5"),
        (Decimal("1234.5"), 2, "1.234,50"),
        (Decimal("-0.005"), 2, "-0,00"),
        (Decimal("2.345"), 2, "2,34"),
        (Decimal("1E+3"), None, "1.000"),
        (0.1, None, "0,1"),
        (Decimal("12345678901234567890.123456"), None, "12.345.678.901.234.567.890,123456"),
        (Decimal("NaN"), None, "NaN"),
    ],
)
def test_numero(valor: Decimal | float, casas: int | None, texto: str) -> None:
    assert saida.numero(valor, casas) == texto


def test_inteiro_reais_e_cnpj() -> None:
    assert saida.inteiro(-1234567) == "-1.234.567"
    assert saida.reais(Decimal("1234.5")) == "R$ 1.234,50"
    assert saida.reais(Decimal(-1)) == "-R$ 1,00"
    assert saida.cnpj("12345678000195") == "12.345.678/0001-95"
    assert saida.cnpj("12ABC34501DE35") == "12.ABC.345/01DE-35"
    assert saida.cnpj("ISENTO") == "ISENTO"
    assert saida.cnpj(None) == ""


def test_datas_no_fuso() -> None:
    assert saida.data(date(2026, 11, 24)) == "24/11/2026"
    assert saida.data(None) == ""
    assert saida.data_hora(datetime(2026, 12, 1, 1, 30, tzinfo=UTC), ZoneInfo("America/Sao_Paulo")) == "30/11/2026 22:30:00"


@pytest.mark.parametrize(("segundos", "texto"), [(0.44, "0,4 s"), (12.3, "12 s"), (185, "3 min 05 s"), (7800, "2 h 10 min")])
def test_duracao(segundos: float, texto: str) -> None:
    assert saida.duracao(segundos) == texto


def test_tabela_fora_do_terminal_e_uma_linha_por_registro(capsys: pytest.CaptureFixture[str]) -> None:
    saida.console.cache_clear()
    saida.tabela(["código", saida.Coluna("qtd", direita=True)], [["A\t1", "1,5"], ["[bold]B\x1b[31m\nC", 2]])
    assert capsys.readouterr().out == "código\tqtd\nA 1\t1,5\n[bold]B [31m C\t2\n"
    saida.console.cache_clear()


def test_andamento_fora_do_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    saida.console.cache_clear()
    with saida.andamento("pedidos", 1000) as andamento:
        andamento.avancar(400)
        andamento.definir(1000)
    assert capsys.readouterr().out == "pedidos: 1.000 de 1.000 em 0,0 s\n"
    saida.console.cache_clear()


def test_json_com_decimal_e_data(capsys: pytest.CaptureFixture[str]) -> None:
    saida.escrever_json({"qtd": Decimal("1.50"), "em": datetime(2026, 1, 2, tzinfo=UTC), "dia": date(2026, 1, 2)})
    assert capsys.readouterr().out == '{"qtd": "1.50", "em": "2026-01-02T00:00:00+00:00", "dia": "2026-01-02"}\n'
