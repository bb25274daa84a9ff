"""Códigos, números, datas e documentos de uma célula: tabelas de casos, e propriedades com Hypothesis."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.manufatura.planilhas import celulas, cnpj
from app.manufatura.planilhas.celulas import CelulaInvalida, Leitura
from app.manufatura.planilhas.datas import mes
from app.manufatura.planilhas.escrita import em_texto
from app.manufatura.planilhas.valores import Mascarado, Percentual, Valor, endereco, letras, posicao
from tests.planilhas.apoio import FUSO

LEITURA = Leitura(FUSO)
FUSOS_DO_BRASIL = [
    ZoneInfo(f"America/{c}")
    for c in ("Sao_Paulo", "Manaus", "Rio_Branco", "Noronha", "Cuiaba", "Fortaleza", "Bahia", "Campo_Grande", "Araguaina", "Eirunepe")
]


@pytest.mark.parametrize(
    ("valor", "esperado"),
    [
        ("007", "007"),
        (7.0, "7"),
        (7, "7"),
        ("7.0", "7.0"),
        (" \u00a0A 01\u200b ", "A 01"),
        (999_999_999_999_999.0, "999999999999999"),
        ("1E5", "1E5"),
        (0.0, "0"),
    ],
)
def test_codigos(valor: Valor, esperado: str) -> None:
    assert celulas.codigo(valor) == esperado


@pytest.mark.parametrize(
    "valor",
    [
        7.5,
        1e15,
        math.nan,
        math.inf,
        True,
        date(2026, 1, 2),
        time(1),
        timedelta(1),
        "7,89123E+12",
        "a\x00b",
        "x" * 101,
        Mascarado(7.0),
        -7.0,
    ],
)
def test_codigos_recusados(valor: Valor) -> None:
    with pytest.raises(CelulaInvalida):
        celulas.codigo(valor)


@pytest.mark.parametrize(
    ("texto", "esperado"),
    [
        ("1.234,56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1.234", "1234"),
        ("1.234.567", "1234567"),
        ("12.5", "12.5"),
        ("0.125", "0.125"),
        ("1234.56", "1234.56"),
        ("R$ 1.234,56", "1234.56"),
        ("R$1.234,56", "1234.56"),
        ("-R$ 5,00", "-5"),
        ("R$ -5,00", "-5"),
        ("(1.234,56)", "-1234.56"),
        ("1.234,56-", "-1234.56"),
        ("−3", "-3"),
        ("+3", "3"),
        (",5", "0.5"),
        ("5,", "5"),
        ("\u202f1 234,5", "1234.5"),
        ("007", "7"),
    ],
)
def test_numeros_em_texto(texto: str, esperado: str) -> None:
    assert celulas.decimal(texto, LEITURA) == Decimal(esperado)


@pytest.mark.parametrize(
    "texto",
    [
        "",
        "abc",
        "1.23.456",
        "1,234.56",
        "1,234,567",
        "1e5",
        "--5",
        "5%",
        "1.2345,6",
        "٣",
        "10 un",
        "nan",
        "inf",
        "1" * 16,
        "1,2,3",
        "-",
        "R$",
    ],
)
def test_numeros_recusados(texto: str) -> None:
    with pytest.raises(CelulaInvalida):
        celulas.decimal(texto, LEITURA)


@pytest.mark.parametrize("valor", [math.nan, math.inf, 1e30, -1e15, True, date(2026, 1, 1), time(3), timedelta(2)])
def test_numeros_que_a_planilha_nao_devia_ter(valor: Valor) -> None:
    with pytest.raises(CelulaInvalida):
        celulas.decimal(valor, LEITURA)


def test_o_ponto_duvidoso_se_recusa_onde_a_coluna_ou_a_especie_diz() -> None:
    with pytest.raises(CelulaInvalida, match=r"1\.234 pode ser 1234 ou 1,234"):
        celulas.decimal("1.234", LEITURA, ponto_duvidoso=True)
    with pytest.raises(CelulaInvalida, match="pode ser"):
        celulas.decimal("1.234", Leitura(FUSO, ponto_decimal=True))
    assert celulas.decimal("0.125", LEITURA, ponto_duvidoso=True) == Decimal("0.125")
    assert celulas.decimal("1.234.567", LEITURA, ponto_duvidoso=True) == 1234567


@pytest.mark.parametrize(
    ("valor", "esperado"), [("5%", "5"), ("0,5 %", "0.5"), (5, "5"), (2.5, "2.5"), (Percentual(0.05), "5"), (0.07, "0.07")]
)
def test_percentuais(valor: Valor, esperado: str) -> None:
    assert celulas.percentual(valor, LEITURA) == Decimal(esperado)


def test_percentual_sem_formato_conhecido_e_duvidoso() -> None:
    with pytest.raises(CelulaInvalida, match="sem dúvida"):
        celulas.percentual(0.05, Leitura(FUSO, formatos=False))


@pytest.mark.parametrize(
    "texto",
    ["24/11/2026", "24-11-2026", "24.11.2026", "24/11/26", "2026-11-24", "2026/11/24", "24/11/2026 23:59:59", "24 de novembro de 2026",
     "terça-feira, 24 de novembro de 2026", "24/nov/2026", "24-nov-26", "24 nov. 2026", "2026-11-24T00:00:00", "2026-11-25T02:59:59Z",
     "2026-11-24 23:30:00-03:00", "1º de novembro de 2026"],
)  # fmt: skip
def test_datas_em_texto(texto: str) -> None:
    assert celulas.data(texto, LEITURA) == date(2026, 11, 1 if texto.startswith("1º") else 24)


@pytest.mark.parametrize(
    "valor",
    ["11/24/2026", "31/02/2026", "00/00/0000", "24/11", "24/11/226", "hoje", "46350", "24/11/1889", "", -5.0, 0.5, 1e9, math.nan, True,
     time(1), "2026-13-01", "24 de foo de 2026", date(1900, 1, 1)],
)  # fmt: skip
def test_datas_recusadas(valor: Valor) -> None:
    with pytest.raises(CelulaInvalida):
        celulas.data(valor, LEITURA)


@pytest.mark.parametrize(
    ("valor", "esperado"),
    [(11, (11, None)), (11.0, (11, None)), ("nov", (11, None)), ("Março", (3, None)), ("11/2026", (11, 2026)), ("nov/26", (11, 2026)),
     ("novembro de 2026", (11, 2026)), (date(2026, 11, 1), (11, 2026)), ("01/11/2026", (11, 2026)), ("07", (7, None))],
)  # fmt: skip
def test_meses(valor: Valor, esperado: tuple[int, int | None]) -> None:
    assert mes(valor) == esperado


@pytest.mark.parametrize("valor", [0, 13, 1.5, "13/2026", "foo", "", True, "99"])
def test_meses_recusados(valor: Valor) -> None:
    with pytest.raises(CelulaInvalida):
        mes(valor)


@pytest.mark.parametrize("valor", ["sim", "S", "Verdadeiro", "TRUE", "x", 1, 1.0, True, "1"])
def test_sim(valor: Valor) -> None:
    assert celulas.logico(valor) is True


@pytest.mark.parametrize("valor", ["não", "NAO", "n", "falso", 0, 0.0, False])
def test_nao(valor: Valor) -> None:
    assert celulas.logico(valor) is False


def test_nem_sim_nem_nao() -> None:
    with pytest.raises(CelulaInvalida, match="sim ou não"):
        celulas.logico("talvez")


# --- CNPJ e CPF --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("valor", "esperado"),
    [
        ("11.222.333/0001-81", "11222333000181"),
        (360305000104, "00360305000104"),  # os zeros perdidos numa célula numérica
        ("12.ABC.345/01DE-35", "12ABC34501DE35"),  # o exemplo da Receita Federal para o CNPJ alfanumérico
        ("12abc34501de35", "12ABC34501DE35"),
        ("529.982.247-25", "52998224725"),
    ],
)
def test_documentos(valor: Valor, esperado: str) -> None:
    assert celulas.documento(valor) == esperado


@pytest.mark.parametrize(
    "valor", ["11.222.333/0001-82", "12ABC34501DE36", "12ABC34501DEA5", "00000000000000", "123", "", "11111111111", 1.5]
)
def test_documentos_recusados(valor: Valor) -> None:
    with pytest.raises(CelulaInvalida, match="dígitos verificadores"):
        celulas.documento(valor)


def test_um_numero_que_serve_a_cnpj_e_cpf_ou_a_raiz_e_cnpj_e_duvidoso() -> None:
    for ler in (celulas.documento, celulas.prefixo):
        with pytest.raises(CelulaInvalida, match="serve aos dois"):
            ler(191)  # 00.000.000/0001-91 é o Banco do Brasil; 000.000.001-91 também é um CPF
    assert celulas.prefixo(1222333) == "01222333"
    assert celulas.prefixo("11.222.333/0001-81") == "11222333"


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_trocar_um_algarismo_do_cnpj_se_percebe(raiz: str, lugar: int, soma: int) -> None:
    completo = raiz + "".join(map(str, cnpj.verificadores(raiz)))
    if len(set(completo)) > 1:
        assert cnpj.cnpj_valido(completo)
    # Um algarismo errado em um dos verificadores nunca passa.
    errado = completo[:13] + str((int(completo[13]) + soma) % 10)
    assert not cnpj.cnpj_valido(errado)


# --- propriedades ------------------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zs", "Zl", "Zp")), min_size=1, max_size=40))
def test_todo_codigo_em_texto_fica_como_esta(codigo: str) -> None:
    if not celulas._CIENTIFICA.fullmatch(codigo):
        assert celulas.codigo(codigo) == codigo


@given(st.integers(0, 10**15 - 1))
def test_todo_codigo_numerico_vira_os_seus_algarismos(numero: int) -> None:
    assert celulas.codigo(float(numero)) == str(numero)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False))
def test_o_numero_que_se_escreve_a_brasileira_e_o_que_se_le(valor: Decimal) -> None:
    milhares = f"{valor:,.2f}".translate(str.maketrans(",.", ".,"))
    for texto in (em_texto(valor), milhares, f"R$ {milhares}"):
        assert celulas.decimal(texto, LEITURA, ponto_duvidoso=True) == valor


@given(st.integers(-(10**14), 10**14), st.integers(0, 8))
def test_ate_15_algarismos_o_numero_da_celula_e_exato(inteiro: int, casas: int) -> None:
    valor = Decimal(inteiro).scaleb(-casas)
    assert celulas.decimal(float(valor), LEITURA) == valor


@given(st.floats(), st.booleans())
def test_nenhum_numero_binario_quebra_a_leitura(valor: float, duvidoso: bool) -> None:
    try:
        lido = celulas.decimal(valor, LEITURA, ponto_duvidoso=duvidoso)
    except CelulaInvalida:
        assert not math.isfinite(valor) or abs(valor) >= 1e15
    else:
        assert abs(lido - Decimal(valor)) <= Decimal("1e-10") + abs(lido) * Decimal("1e-14")


@given(st.text(max_size=30))
def test_nenhum_texto_quebra_a_leitura(texto: str) -> None:
    for ler in (
        lambda t: celulas.decimal(t, LEITURA),
        lambda t: celulas.data(t, LEITURA),
        lambda t: celulas.percentual(t, LEITURA),
        celulas.codigo,
        celulas.documento,
        celulas.prefixo,
        celulas.logico,
        mes,
    ):
        try:
            ler(texto)
        except CelulaInvalida:
            continue


@given(st.dates(date(1990, 1, 1), date(2200, 12, 31)))
def test_toda_data_volta_de_todas_as_formas(dia: date) -> None:
    serie = (dia - date(1899, 12, 30)).days
    tarde = datetime.combine(dia, time(23))  # relógio da parede, sem fuso
    formas: list[Valor] = [dia, f"{dia:%d/%m/%Y}", dia.isoformat(), float(serie), serie + 0.99999, tarde]
    assert {celulas.data(f, LEITURA) for f in formas} == {dia}
    if serie > 1462:
        assert celulas.data(serie - 1462, Leitura(FUSO, sistema_1904=True)) == dia


@pytest.mark.falha(22, 23)
@given(st.datetimes(datetime(2000, 1, 1), datetime(2030, 12, 31, 23)), st.sampled_from(FUSOS_DO_BRASIL))  # noqa: DTZ001
def test_um_instante_vira_a_data_local_em_todos_os_fusos_do_brasil(ingenuo: datetime, fuso: ZoneInfo) -> None:
    instante = ingenuo.replace(tzinfo=UTC)
    assert celulas.data(instante.isoformat(), Leitura(fuso)) == instante.astimezone(fuso).date()
    # Sem fuso é o relógio da parede: vale a data escrita, mesmo que aquela meia-noite não tenha existido.
    assert celulas.data(ingenuo, Leitura(fuso)) == ingenuo.date()


@pytest.mark.falha(23)
@pytest.mark.parametrize("mes_", range(1, 13))
def test_um_segundo_antes_e_depois_de_cada_virada_de_mes(mes_: int) -> None:
    virada = datetime(2026, mes_, 1, tzinfo=FUSO).astimezone(UTC)
    anterior = date(2026, mes_, 1) - timedelta(days=1)
    assert celulas.data((virada - timedelta(seconds=1)).isoformat(), LEITURA) == anterior
    assert celulas.data(virada.isoformat(), LEITURA) == date(2026, mes_, 1)


@given(st.integers(0, 2_000_000), st.integers(0, 20_000))
def test_endereco_vai_e_volta(linha: int, coluna: int) -> None:
    assert posicao(endereco(linha, coluna)) == (linha, coluna)


def test_letras_das_colunas() -> None:
    assert [letras(i) for i in (0, 25, 26, 27, 701, 702, 16383)] == ["A", "Z", "AA", "AB", "ZZ", "AAA", "XFD"]
