"""A carga: o que vai por COPY volta igual, e a mescla conta e grava só o que mudou."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DataError, IntegrityError

from app.banco.carga import Contagem, copiar, mesclar, tipos
from app.banco.erros import ChaveRepetidaNoLote
from app.manufatura.models import OdooProduto

TABELA: Any = OdooProduto.__table__
COLUNAS = ["odoo_id", "codigo", "nome", "peso", "odoo_write_date", "odoo_lido_em"]
AGORA = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def linha(i: int, nome: str | None = "porca", peso: str | None = "1.50", lido: datetime = AGORA) -> tuple[object, ...]:
    return (i, f"{i:08d}", nome, None if peso is None else Decimal(peso), AGORA - timedelta(days=1), lido)


def carregar(conexao: Connection, linhas: Sequence[tuple[object, ...]], **opcoes: Any) -> Contagem:
    copiar(conexao, "etapa", tipos(TABELA, COLUNAS), linhas)
    return mesclar(conexao, TABELA, "SELECT * FROM etapa", COLUNAS, ["odoo_id"], **opcoes)


def guardado(conexao: Connection) -> dict[int, tuple[Any, ...]]:
    consulta = text("SELECT odoo_id, codigo, nome, peso, odoo_write_date, odoo_lido_em FROM odoo_produto")
    return {r[0]: tuple(r) for r in conexao.execute(consulta)}


def test_novas_mudadas_e_iguais(motor: Engine) -> None:
    with motor.begin() as conexao:
        assert carregar(conexao, [linha(i) for i in range(10)]) == Contagem(novas=10)
    with motor.begin() as conexao:
        feito = carregar(conexao, [linha(i, "arruela" if i < 3 else "porca") for i in range(2, 14)])
    assert feito == Contagem(novas=4, mudadas=1, iguais=7)
    assert feito.total == 12
    with motor.connect() as conexao:
        assert guardado(conexao)[2][2] == "arruela"
        mudou = conexao.scalars(text("SELECT odoo_id FROM odoo_produto WHERE atualizado_em > criado_em")).all()
        assert mudou == [2]


def test_o_que_e_igual_nao_e_escrito(motor: Engine) -> None:
    """Valor igual escrito de outro jeito (1.5 e 1.50) também é igual; nenhuma linha ganha versão nova nem se trava."""
    with motor.begin() as conexao:
        carregar(conexao, [linha(i) for i in range(50)])
    consulta = text("SELECT array_agg((ctid::text, xmin::text, xmax::text) ORDER BY id) FROM odoo_produto")
    with motor.begin() as conexao:
        antes = conexao.scalar(consulta)
        ultimo = conexao.scalar(text("SELECT last_value FROM odoo_produto_id_seq"))
        assert carregar(conexao, [linha(i, peso="1.5") for i in range(50)]) == Contagem(iguais=50)
    with motor.connect() as conexao:
        assert conexao.scalar(consulta) == antes
        assert conexao.scalar(text("SELECT last_value FROM odoo_produto_id_seq")) == ultimo


def test_colunas_ignoradas_e_renovadas(motor: Engine) -> None:
    depois = AGORA + timedelta(days=2)
    with motor.begin() as conexao:
        carregar(conexao, [linha(1), linha(2), linha(3, lido=AGORA - timedelta(days=3))])
    with motor.begin() as conexao:
        vindas = [linha(1, "arruela", lido=depois), linha(2, lido=depois), linha(3, lido=depois)]
        feito = carregar(
            conexao, vindas, ignorar_na_comparacao=["odoo_lido_em"], renovar_quando="d.odoo_lido_em <= d.odoo_write_date + interval '2 s'"
        )
    assert feito == Contagem(mudadas=1, iguais=2)
    with motor.connect() as conexao:
        lidos = {i: r[5] for i, r in guardado(conexao).items()}
        assert lidos == {1: depois, 2: AGORA, 3: depois}
        assert conexao.scalars(text("SELECT odoo_id FROM odoo_produto WHERE atualizado_em > criado_em")).all() == [1]


def test_tocadas(motor: Engine) -> None:
    with motor.begin() as conexao:
        carregar(conexao, [linha(1), linha(2)])
    for _ in range(2):  # a temporária é reusada na mesma conexão
        with motor.begin() as conexao:
            carregar(conexao, [linha(1, "arruela"), linha(2), linha(3)], tocadas="tocadas")
            consulta = text("SELECT p.odoo_id, t.nova FROM tocadas t JOIN odoo_produto p USING (id) ORDER BY 1")
            assert conexao.execute(consulta).all() == [(1, False), (3, True)]
            conexao.rollback()


def test_a_mescla_nao_le_a_tabela_inteira(motor: Engine) -> None:
    """Uma página sobre uma tabela grande busca pelo índice: o tempo de mil páginas não cresce com o quadrado."""
    with motor.begin() as conexao:
        carregar(conexao, [linha(i) for i in range(5000)])
    lidas = text("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'odoo_produto'")
    with motor.begin() as conexao:
        antes = conexao.scalar(lidas)
        feito = Contagem()
        for inicio in range(4500, 6000, 500):
            feito += carregar(conexao, [linha(i) for i in range(inicio, inicio + 500)])
        assert conexao.scalar(lidas) == antes
    assert feito == Contagem(novas=1000, iguais=500)


def test_a_mesma_chave_duas_vezes_e_recusada(motor: Engine) -> None:
    with motor.begin() as conexao, pytest.raises(ChaveRepetidaNoLote, match="odoo_produto"):
        carregar(conexao, [linha(1), linha(1, "outra")])


def test_selecao_com_parametros_e_so_chave(motor: Engine) -> None:
    with motor.begin() as conexao:
        selecao = "SELECT n::bigint AS odoo_id, true AS ativo FROM generate_series(1, :n) n"
        assert mesclar(conexao, TABELA, selecao, ["odoo_id", "ativo"], ["odoo_id"], parametros={"n": 5}) == Contagem(novas=5)
        assert mesclar(conexao, TABELA, "SELECT 9::bigint AS odoo_id", ["odoo_id"], ["odoo_id"]) == Contagem(novas=1)
        assert mesclar(conexao, TABELA, "SELECT 9::bigint AS odoo_id", ["odoo_id"], ["odoo_id"]) == Contagem(iguais=1)


def test_temporaria_reusada_mudada_e_perdida_num_desfazer(motor: Engine) -> None:
    with motor.connect() as conexao:
        for colunas, esperado in (({"a": "bigint"}, 1), ({"a": "bigint"}, 1), ({"a": "text", "b": "numeric"}, 2)):
            with conexao.begin():
                copiar(conexao, "t", colunas, [(7,) if esperado == 1 else ("x", Decimal(1))])
                copiar(conexao, "t", colunas, [(8,) if esperado == 1 else ("y", Decimal(2))])
                assert conexao.scalar(text("SELECT count(*) FROM t")) == 1
        with conexao.begin() as transacao:
            copiar(conexao, "outra", {"a": "bigint"}, [(1,)])
            transacao.rollback()
        with conexao.begin():
            assert copiar(conexao, "outra", {"a": "bigint"}, [(1,), (2,)]) == 2


@pytest.mark.parametrize(
    ("coluna", "valor"),
    [("text", "com \x00 nulo"), ("bigint", 10**30), ("integer", 2**31), ("smallint", -(2**15) - 1), ("numeric(4,1)", Decimal("123456"))],
)
def test_valor_que_o_banco_nao_guarda_e_erro_de_dado(motor: Engine, coluna: str, valor: object) -> None:
    """O erro é o mesmo de um INSERT, e um ponto de retorno dentro da transação salva o resto."""
    with motor.begin() as conexao:
        copiar(conexao, "boa", {"a": "bigint"}, [(1,)])
        with pytest.raises(DataError), conexao.begin_nested():
            copiar(conexao, "ma", {"a": coluna}, [(valor,)])
        assert conexao.scalar(text("SELECT count(*) FROM boa")) == 1


def test_restricao_violada_e_integridade(motor: Engine) -> None:
    with motor.begin() as conexao, pytest.raises(IntegrityError):
        mesclar(conexao, TABELA, "SELECT 1::bigint AS odoo_id, NULL::boolean AS ativo", ["odoo_id", "ativo"], ["odoo_id"])


VALORES = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "numeric": st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20),
    "text": st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
    "date": st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    "timestamp with time zone": st.integers(-(2**51), 2**52).map(lambda n: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=n)),
    "boolean": st.booleans(),
    "bigint[]": st.lists(st.integers(0, 2**40), max_size=3),
    "text[]": st.lists(st.text("abç'\"{},\\", max_size=5), max_size=3),
    "jsonb": st.dictionaries(st.text('aé\\"', max_size=3), st.integers(-5, 5) | st.text("x\n\t", max_size=3), max_size=2),
    "double precision": st.floats(allow_nan=False),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "varchar(40)": st.text("abcção\t\n\\", max_size=10),
}


@given(st.lists(st.tuples(*(st.none() | v for v in VALORES.values())), max_size=5))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_o_que_vai_por_copy_volta_igual(motor: Engine, linhas: list[tuple[object, ...]]) -> None:
    colunas = {f"c{i}": tipo for i, tipo in enumerate(VALORES)}
    with motor.begin() as conexao:
        assert copiar(conexao, "tudo", colunas, linhas) == len(linhas)
        voltou = [tuple(r) for r in conexao.execute(text("SELECT * FROM tudo ORDER BY ctid"))]
    assert voltou == linhas


def test_temporaria_que_muda_de_forma_numa_transacao_desfeita(motor: Engine) -> None:
    with motor.connect() as conexao:
        with conexao.begin():
            copiar(conexao, "carga_forma", {"a": "integer"}, [(1,)])
        with conexao.begin() as transacao:
            copiar(conexao, "carga_forma", {"a": "integer", "b": "text"}, [(1, "x")])
            transacao.rollback()
        with conexao.begin():
            assert copiar(conexao, "carga_forma", {"a": "integer", "b": "text"}, [(2, "y")]) == 1
            assert conexao.execute(text("SELECT a, b FROM carga_forma")).all() == [(2, "y")]
