"""Quem está vivo e quem morreu: uma página demorada não é silêncio, e quem chega depois ouve o nome de quem está no caminho."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from app.banco.motor import criar_motor
from app.manufatura.services import execucoes
from app.manufatura.services.execucoes import JobEmExecucao, Tentativa
from tests.apoio.pg import BancoTeste

pytestmark = pytest.mark.falha(2)
HA_MUITO = "UPDATE log_integracao SET batimento = now() - interval '1 h'"
DE_OUTRA_MAQUINA = "UPDATE log_integracao SET detalhes = jsonb_build_object('processo', jsonb_build_object('maquina', 'outra', 'pid', 1))"


@pytest.fixture
def motor_curto(banco_pg: BancoTeste) -> Iterator[Engine]:
    """Quem chega: espera por travas só 0,3 s, para a espera indevida aparecer como TravaOcupada."""
    motor = criar_motor(banco_pg.url, lock_timeout_s=0.3)
    yield motor
    motor.dispose()


def assumir(motor: Engine, **outros: Any) -> Tentativa:
    return execucoes.assumir(motor, "job_x", "job_x", origem="cli", morte_s=30, **outros)


def situacoes(banco: BancoTeste) -> list[str]:
    return [str(s) for (s,) in banco.sql("SELECT status FROM log_integracao ORDER BY id")]


@pytest.mark.parametrize("onde", ["", DE_OUTRA_MAQUINA], ids=["desta máquina", "de outra"])
def test_numa_pagina_demorada_esta_vivo(banco_pg: BancoTeste, motor_curto: Engine, onde: str) -> None:
    """A página em curso segura a linha, e o sinal só aparece no commit: quem chega não espera, nem a dá por morta."""
    viva = assumir(banco_pg.motor)
    banco_pg.sql(HA_MUITO)
    if onde:
        banco_pg.sql(onde)
    with banco_pg.motor.begin() as pagina:
        viva.cercar(pagina)
        comeco = time.monotonic()
        with pytest.raises(JobEmExecucao) as erro:
            assumir(motor_curto)
        assert time.monotonic() - comeco < 5
    assert (erro.value.codigo_saida, erro.value.fatos["execucao"]) == (5, viva.execucao_id)
    assert situacoes(banco_pg) == ["executando"]
    with banco_pg.motor.begin() as pagina:
        viva.cercar(pagina)
    viva.terminar("sucesso")
    assumir(motor_curto)
    assert situacoes(banco_pg) == ["sucesso", "executando"]


def test_processo_vivo_desta_maquina_nao_morre_de_silencio(banco_pg: BancoTeste) -> None:
    """Parado há uma hora (suspenso, por exemplo), mas o processo existe: não se toma o lugar dele."""
    pai = {**execucoes.quem_sou(), "pid": os.getppid(), "inicio": execucoes._inicio_do_processo(os.getppid())}
    assumir(banco_pg.motor)
    with banco_pg.motor.begin() as conexao:
        conexao.execute(
            text("UPDATE log_integracao SET detalhes = jsonb_build_object('processo', CAST(:p AS jsonb))"), {"p": json.dumps(pai)}
        )
    banco_pg.sql(HA_MUITO)
    with pytest.raises(JobEmExecucao):
        assumir(banco_pg.motor)
    with banco_pg.motor.begin() as conexao:  # o pid é o mesmo e o processo, outro
        conexao.execute(
            text("UPDATE log_integracao SET detalhes = jsonb_build_object('processo', CAST(:p AS jsonb))"),
            {"p": json.dumps({**pai, "inicio": "1"})},
        )
    assumir(banco_pg.motor)
    assert situacoes(banco_pg) == ["interrompida", "executando"]


def test_a_deste_processo_que_acabou_sem_fechar_da_lugar(banco_pg: BancoTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    """O banco caiu na hora de fechar a linha: o processo segue vivo, e a tentativa, não."""
    perdida = assumir(banco_pg.motor)

    class ForaDoAr:
        def begin(self) -> Any:
            raise OSError("fora do ar")

    monkeypatch.setattr(perdida, "motor", ForaDoAr())
    with pytest.raises(OSError, match="fora do ar"):
        perdida.terminar("erro")
    assumir(banco_pg.motor)
    assert situacoes(banco_pg) == ["interrompida", "executando"]


def test_sinal_dado_na_ultima_hora_vale(banco_pg: BancoTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entre o olhar e a mudança ninguém pode bater, porque a linha está travada; e a mudança mede o silêncio outra vez."""
    assumir(banco_pg.motor)
    banco_pg.sql(DE_OUTRA_MAQUINA)
    monkeypatch.setattr(execucoes, "_morreu", lambda _ocupante, _morte: True)
    with pytest.raises(JobEmExecucao):
        assumir(banco_pg.motor)
    assert situacoes(banco_pg) == ["executando"]


def test_quem_chega_junto_com_a_pagina_longa(banco_pg: BancoTeste, motor_curto: Engine) -> None:
    """Dez chegam enquanto a página está aberta: todos ouvem JobEmExecucao, nenhum TravaOcupada."""
    viva = assumir(banco_pg.motor)
    recusas: list[BaseException] = []

    def chegar() -> None:
        try:
            assumir(motor_curto)
        except BaseException as erro:  # noqa: BLE001 - o que escapar tem de aparecer no teste
            recusas.append(erro)

    with banco_pg.motor.begin() as pagina:
        viva.cercar(pagina)
        todos = [threading.Thread(target=chegar) for _ in range(10)]
        for x in todos:
            x.start()
        for x in todos:
            x.join()
    assert [type(r) for r in recusas] == [JobEmExecucao] * 10
