"""Falha 11: travas que não se soltam, comandos que não acabam, impasses e conexões esgotadas têm fim, nome e repetição."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from app.banco.erros import ConexoesEsgotadas, ConflitoDeTransacao, ConsultaDemorada, ErroBanco, TravaOcupada, traduzindo
from app.banco.motor import criar_motor, repetir_em_conflito
from tests.apoio.pg import BancoTeste

pytestmark = pytest.mark.falha(11)
MUDAR = text("UPDATE odoo_moeda SET codigo = :c WHERE odoo_id = :i")


@pytest.fixture
def curto(banco_pg: BancoTeste) -> Iterator[Engine]:
    """Um motor de prazos curtos, com duas moedas gravadas."""
    banco_pg.sql("INSERT INTO odoo_moeda (odoo_id, codigo) VALUES (1, 'a'), (2, 'b')")
    feito = criar_motor(
        banco_pg.url, lock_timeout_s=0.2, statement_timeout_s=0.5, ocioso_em_transacao_s=1, conexoes=2, extras=1, espera_conexao_s=0.1
    )
    yield feito
    feito.dispose()


def _transitorio(erro: pytest.ExceptionInfo[ErroBanco]) -> bool:
    return erro.value.transitorio and erro.value.codigo_saida == 4


def test_linha_presa_por_outra_sessao(curto: Engine, banco_pg: BancoTeste) -> None:
    with banco_pg.motor.begin() as outra:
        outra.execute(MUDAR, {"c": "x", "i": 1})
        inicio = time.monotonic()
        with pytest.raises(TravaOcupada) as erro, curto.begin() as conexao:
            conexao.execute(MUDAR, {"c": "y", "i": 1})
        assert time.monotonic() - inicio < 5
        assert _transitorio(erro)
    with curto.begin() as conexao:
        conexao.execute(MUDAR, {"c": "y", "i": 1})
    assert banco_pg.sql("SELECT codigo FROM odoo_moeda WHERE odoo_id = 1") == [("y",)]


def test_comando_que_nao_acaba(curto: Engine) -> None:
    with pytest.raises(ConsultaDemorada) as erro, curto.connect() as conexao:
        conexao.execute(text("SELECT pg_sleep(60)"))
    assert _transitorio(erro)
    with curto.connect() as conexao:
        assert conexao.scalar(text("SELECT 1")) == 1


def test_quem_para_no_meio_da_transacao_solta_as_travas(curto: Engine, banco_pg: BancoTeste) -> None:
    """Um processo congelado dentro de uma transação não segura as linhas para sempre."""
    parada = curto.connect()
    parada.execute(MUDAR, {"c": "parada", "i": 1})
    with banco_pg.motor.begin() as conexao:
        conexao.execute(text("SET LOCAL lock_timeout = '20s'"))
        conexao.execute(MUDAR, {"c": "seguiu", "i": 1})
    with pytest.raises(ErroBanco) as erro:
        parada.execute(text("SELECT 1"))
    assert _transitorio(erro)
    parada.close()
    assert banco_pg.sql("SELECT codigo FROM odoo_moeda WHERE odoo_id = 1") == [("seguiu",)]


def test_conexoes_do_programa_esgotadas(curto: Engine) -> None:
    abertas = [curto.connect() for _ in range(3)]
    with pytest.raises(ConexoesEsgotadas) as erro, traduzindo():
        curto.connect()
    assert _transitorio(erro)
    for conexao in abertas:
        conexao.close()
    with curto.connect() as conexao:
        assert conexao.scalar(text("SELECT 1")) == 1


def test_impasse_repete_e_os_dois_terminam(motor: Engine, banco_pg: BancoTeste) -> None:
    """Duas transações pegam as mesmas linhas em ordem trocada: o banco desfaz uma, que se repete sozinha."""
    banco_pg.sql("INSERT INTO odoo_moeda (odoo_id, codigo) VALUES (1, '0'), (2, '0')")
    encontro = threading.Barrier(2, timeout=20)
    somar = text("UPDATE odoo_moeda SET codigo = (codigo::int + 1)::text WHERE odoo_id = :i")
    vezes = {1: 0, 2: 0}

    def trabalho(primeira: int) -> None:
        def uma_vez() -> None:
            vezes[primeira] += 1
            with motor.begin() as conexao:
                conexao.execute(somar, {"i": primeira})
                if vezes[primeira] == 1:
                    encontro.wait()
                conexao.execute(somar, {"i": 3 - primeira})

        repetir_em_conflito(uma_vez)

    with ThreadPoolExecutor(2) as linhas:
        for futuro in [linhas.submit(trabalho, primeira) for primeira in (1, 2)]:
            futuro.result(timeout=30)
    assert banco_pg.sql("SELECT DISTINCT codigo FROM odoo_moeda") == [("2",)]
    assert sum(vezes.values()) == 3, "só a desfeita se repete, e uma vez"


def test_conflito_que_nao_passa_desiste_na_quinta(motor: Engine, banco_pg: BancoTeste) -> None:
    banco_pg.sql("INSERT INTO odoo_moeda (odoo_id, codigo) VALUES (1, 'a')")
    chamadas, esperas = 0, []

    def trabalho() -> None:
        nonlocal chamadas
        chamadas += 1
        with motor.connect().execution_options(isolation_level="REPEATABLE READ") as conexao, conexao.begin():
            conexao.execute(text("SELECT 1 FROM odoo_moeda"))
            banco_pg.sql("UPDATE odoo_moeda SET codigo = codigo || 'x'")
            conexao.execute(MUDAR, {"c": "y", "i": 1})

    with pytest.raises(ConflitoDeTransacao) as erro:
        repetir_em_conflito(trabalho, dormir=esperas.append)
    assert _transitorio(erro)
    assert chamadas == 5
    assert len(esperas) == 4
    assert max(esperas) < 1


def test_outro_erro_nao_se_repete() -> None:
    chamadas = []

    def trabalho() -> None:
        chamadas.append(1)
        raise TravaOcupada(detalhe="x")

    with pytest.raises(TravaOcupada):
        repetir_em_conflito(trabalho)
    assert len(chamadas) == 1
