"""Demanda realizada: a conta contra um oráculo, os meses abertos, e o que não muda não se grava."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from app.manufatura.services import demanda

HOJE = date(2026, 11, 24)
Venda = tuple[date, str, str | None, Decimal]
Previsao = tuple[int, int, str, str | None]

QTD = st.decimals(Decimal("-50"), Decimal("99999.999999"), places=6)
VENDAS = st.lists(
    st.tuples(st.dates(date(2026, 9, 25), date(2026, 12, 5)), st.sampled_from("ABC"), st.sampled_from([None, "Norte", "Sul"]), QTD),
    max_size=40,
)
PREVISOES = st.sets(
    st.tuples(st.just(2026), st.integers(9, 12), st.sampled_from("ABCD"), st.sampled_from([None, "Norte", "Sul", "Leste"])), max_size=30
)


def encher(conexao: Connection, vendas: Sequence[Venda], previsoes: Sequence[Previsao]) -> None:
    conexao.execute(text("DELETE FROM historico_pedidos"))
    conexao.execute(text("DELETE FROM previsao_demanda"))
    if vendas:
        conexao.execute(
            text("INSERT INTO historico_pedidos (num_pedido, data_pedido, cod_produto, nome_grupo, qtd_produto_pedido)"
                 " VALUES (:n, :d, :p, :g, :q)"),
            [{"n": f"V{i}", "d": d, "p": p, "g": g, "q": q} for i, (d, p, g, q) in enumerate(vendas)],
        )  # fmt: skip
    if previsoes:
        conexao.execute(
            text("INSERT INTO previsao_demanda (data_ano, data_mes, cod_produto, nome_grupo, qtd_demanda_prevista, qtd_demanda_realizada)"
                 " VALUES (:a, :m, :p, :g, 1, 3)"),
            [{"a": a, "m": m, "p": p, "g": g} for a, m, p, g in previsoes],
        )  # fmt: skip


def realizadas(conexao: Connection) -> dict[Previsao, Decimal]:
    consulta = text("SELECT data_ano, data_mes, cod_produto, nome_grupo, qtd_demanda_realizada FROM previsao_demanda")
    return {(r[0], r[1], r[2], r[3]): r[4] for r in conexao.execute(consulta)}


def oraculo(vendas: Sequence[Venda], previsao: Previsao, abertos: set[tuple[int, int]]) -> Decimal:
    """O que o seed faz, previsão por previsão; a de um mês fechado fica como estava."""
    ano, mes, produto, grupo = previsao
    if (ano, mes) not in abertos:
        return Decimal(3)
    return sum((q for d, p, g, q in vendas if p == produto and (d.year, d.month) == (ano, mes) and grupo in (None, g)), Decimal(0))


@given(vendas=VENDAS, previsoes=PREVISOES, meses=st.integers(0, 2))
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cada_previsao_aberta_e_a_soma_do_oraculo_e_a_segunda_vez_nao_muda_nada(
    motor: Engine, vendas: list[Venda], previsoes: set[Previsao], meses: int
) -> None:
    abertos = {(2026, 11 - n) for n in range(meses + 1)}
    with motor.connect() as conexao, conexao.begin() as transacao:
        encher(conexao, vendas, sorted(previsoes, key=str))
        antes = realizadas(conexao)
        simulada = demanda.simular(conexao, HOJE, meses)
        assert realizadas(conexao) == antes
        feita = demanda.atualizar(conexao, HOJE, meses)
        esperado = {p: oraculo(vendas, p, abertos) for p in previsoes}
        assert realizadas(conexao) == esperado
        assert feita["processados"] == simulada["processados"] == sum((p[0], p[1]) in abertos for p in previsoes)
        assert feita["mudadas"] == simulada["mudadas"] == sum(antes[p] != esperado[p] for p in previsoes)
        assert {(p["data_mes"], p["cod_produto"], p["nome_grupo"]): p["depois"] for p in simulada["previsoes"]} == {
            (p[1], p[2], p[3]): q for p, q in esperado.items() if antes[p] != q
        }
        assert demanda.atualizar(conexao, HOJE, meses)["mudadas"] == 0
        transacao.rollback()


def test_o_ultimo_dia_do_mes_conta_no_dia_seguinte(motor: Engine) -> None:
    """O seed, em 1º de dezembro, só olharia dezembro: a venda de 30/11 nunca entraria."""
    with motor.begin() as conexao:
        encher(conexao, [(date(2026, 11, 30), "A", None, Decimal(7))], [(2026, 11, "A", None), (2026, 12, "A", None)])
        demanda.atualizar(conexao, date(2026, 12, 1), 1)
        assert realizadas(conexao) == {(2026, 11, "A", None): 7, (2026, 12, "A", None): 0}


def test_sem_novidade_nada_se_grava_e_virada_de_ano(motor: Engine) -> None:
    def escritas() -> list[tuple[object, ...]]:
        with motor.connect() as conexao:
            return [tuple(r) for r in conexao.execute(text("SELECT id, xmin::text, ctid::text FROM previsao_demanda ORDER BY id"))]

    with motor.begin() as conexao:
        encher(conexao, [(date(2026, 12, 31), "A", "Sul", Decimal("0.1")), (date(2027, 1, 1), "A", "Sul", Decimal("0.2"))],
               [(2026, 12, "A", None), (2027, 1, "A", "Sul"), (2027, 1, "B", None)])  # fmt: skip
        feita = demanda.atualizar(conexao, date(2027, 1, 1), 1)
        assert (feita["de"], feita["ate"], feita["processados"]) == ("2026-12-01", "2027-02-01", 3)
        assert realizadas(conexao) == {
            (2026, 12, "A", None): Decimal("0.1"),
            (2027, 1, "A", "Sul"): Decimal("0.2"),
            (2027, 1, "B", None): 0,
        }
    antes = escritas()
    with motor.begin() as conexao:
        assert demanda.atualizar(conexao, date(2027, 1, 1), 1)["mudadas"] == 0
    assert escritas() == antes


def test_o_mes_nao_depende_do_fuso_da_sessao(motor: Engine) -> None:
    """Em São Paulo houve meias-noites que não existem; o mês de um dia é o do calendário, em qualquer sessão."""
    dias = [date(2018, 11, 4) + timedelta(days=n) for n in (-4, -3, 0, 26, 27)]
    with motor.begin() as conexao:
        for fuso in ("UTC", "America/Sao_Paulo", "Pacific/Kiritimati"):
            conexao.exec_driver_sql(f"SET LOCAL timezone = '{fuso}'")
            encher(conexao, [(d, "A", None, Decimal(1)) for d in dias], [(2018, m, "A", None) for m in (10, 11, 12)])
            demanda.atualizar(conexao, date(2018, 12, 1), 2)
            assert [realizadas(conexao)[2018, m, "A", None] for m in (10, 11, 12)] == [1, 3, 1]
