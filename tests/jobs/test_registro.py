"""O registro das execuções: a linha existe enquanto o job roda, sobrevive ao rollback e conta o que houve."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from sqlalchemy import text

from app.manufatura.jobs import base_job
from app.manufatura.jobs.base_job import log_job_execution, pedido_por, tentativa_atual
from app.manufatura.services import execucoes
from app.manufatura.services.execucoes import ExecucaoCancelada, JobEmExecucao, TentativaPerdida
from tests.apoio.pg import BancoTeste

pytestmark = pytest.mark.usefixtures("ambiente")


def linhas(banco: BancoTeste, colunas: str = "status, registros_processados, registros_erro") -> list[tuple[Any, ...]]:
    return banco.sql(f"SELECT {colunas} FROM log_integracao ORDER BY id")


def nada() -> dict[str, int]:
    """Um job que não faz nada."""
    return {}


def test_a_linha_esta_la_enquanto_roda(banco_pg: BancoTeste) -> None:
    @log_job_execution("job_x")
    def job() -> dict[str, int]:
        vista.extend(linhas(banco_pg, "status, tipo_integracao, job_id, origem, tempo_execucao, execucao_id = id, tentativa"))
        return {"processados": 7}

    vista: list[tuple[Any, ...]] = []
    assert job() == {"processados": 7}
    assert vista == [("executando", "job_x", "job_x", "manual", None, True, 1)]
    assert linhas(banco_pg) == [("sucesso", 7, 0)]
    ((tempo, detalhes),) = linhas(banco_pg, "tempo_execucao, detalhes")
    assert 0 <= tempo < 5
    assert detalhes["processados"] == 7
    assert detalhes["processo"]["pid"] == os.getpid()


def test_sobrevive_ao_rollback_e_guarda_o_erro(banco_pg: BancoTeste) -> None:
    @log_job_execution("job_x")
    def job() -> None:
        with base_job.motor_do_processo().begin() as conexao:
            conexao.execute(text("INSERT INTO aviso (tipo, severidade, chave, mensagem) VALUES ('t', 'info', 'k', 'm')"))
            raise ValueError("quebrou no meio")

    with pytest.raises(ValueError, match="quebrou no meio"):
        job()
    assert linhas(banco_pg) == [("erro", 0, 1)]
    ((mensagem, detalhes),) = linhas(banco_pg, "mensagem, detalhes")
    assert mensagem == "quebrou no meio"
    assert detalhes["erro"] == {"classe": "ValueError", "mensagem": "quebrou no meio", "transitorio": False}
    assert banco_pg.sql("SELECT 1 FROM aviso") == []


def test_parcial_quando_algo_foi_rejeitado(banco_pg: BancoTeste) -> None:
    log_job_execution("job_x")(lambda: {"processados": 5, "rejeitados": 2})()
    assert linhas(banco_pg) == [("parcial", 5, 2)]


@pytest.mark.parametrize("resultado", [None, 3, {"processados": 0}])
def test_resultado_sem_contas(banco_pg: BancoTeste, resultado: object) -> None:
    assert log_job_execution("job_x")(lambda: resultado)() == resultado
    assert linhas(banco_pg) == [("sucesso", 0, 0)]


def test_origem_e_usuario(banco_pg: BancoTeste) -> None:
    job = log_job_execution("job_x")(nada)
    with pedido_por("cli", "ana"):
        job()
    job()
    assert linhas(banco_pg, "origem, usuario") == [("cli", "ana"), ("manual", None)]


def test_progresso_e_batimento_a_vista(banco_pg: BancoTeste, ambiente: pytest.MonkeyPatch) -> None:
    """O progresso segue em cada commit de página e, entre eles, no batimento."""
    ambiente.setattr(base_job, "batimento", _batendo_depressa(base_job.batimento))

    @log_job_execution("job_x")
    def job() -> None:
        tentativa = tentativa_atual()
        assert tentativa is not None
        tentativa.avancar(30, 100)
        with base_job.motor_do_processo().begin() as conexao:
            tentativa.cercar(conexao)
        assert linhas(banco_pg, "progresso_atual, progresso_total") == [(30, 100)]
        tentativa.avancar(60, 100)
        antes = linhas(banco_pg, "batimento")
        _ate(lambda: linhas(banco_pg, "progresso_atual") == [(60,)])
        assert linhas(banco_pg, "batimento") > antes

    job()
    assert tentativa_atual() is None


def test_um_em_execucao_por_job(banco_pg: BancoTeste) -> None:
    """Dois ao mesmo tempo: um roda, o outro diz quem está no caminho; outro job não tem nada com isso."""
    solta, entrou = threading.Event(), threading.Event()

    @log_job_execution("job_x")
    def demorado() -> dict[str, int]:
        entrou.set()
        assert solta.wait(30)
        return {"processados": 1}

    linha = threading.Thread(target=demorado)
    linha.start()
    try:
        assert entrou.wait(30)
        with pytest.raises(JobEmExecucao, match="job_x já está em execução") as erro:
            demorado()
        assert erro.value.codigo_saida == 5
        assert erro.value.fatos["execucao"] == linhas(banco_pg, "id")[0][0]
        log_job_execution("job_y")(nada)()
    finally:
        solta.set()
        linha.join()
    demorado()
    assert linhas(banco_pg, "job_id, status") == [("job_x", "sucesso"), ("job_y", "sucesso"), ("job_x", "sucesso")]


@pytest.mark.falha(7)
def test_muitos_ao_mesmo_tempo_um_so_executa(banco_pg: BancoTeste) -> None:
    """Dezesseis partem juntos, várias vezes: nunca há dois executando, e todos terminam ou dizem que há outro."""
    juntos, agora, maximo = threading.Barrier(16), 0, 0
    trava = threading.Lock()

    @log_job_execution("job_x")
    def job() -> None:
        nonlocal agora, maximo
        with trava:
            agora += 1
            maximo = max(maximo, agora)
        with trava:
            agora -= 1

    recusas: list[JobEmExecucao] = []
    outros: list[BaseException] = []

    def partir() -> None:
        for _ in range(5):
            juntos.wait()
            try:
                job()
            except JobEmExecucao as erro:
                recusas.append(erro)
            except BaseException as erro:  # noqa: BLE001 - o que escapar de uma linha de execução tem de aparecer no teste
                outros.append(erro)

    linhas_de_execucao = [threading.Thread(target=partir) for _ in range(16)]
    for x in linhas_de_execucao:
        x.start()
    for x in linhas_de_execucao:
        x.join()
    assert outros == []
    assert maximo == 1
    status = [s for (s,) in linhas(banco_pg, "status")]
    assert set(status) == {"sucesso"}
    assert len(status) + len(recusas) == 80


def test_cancelada_entre_paginas(banco_pg: BancoTeste) -> None:
    @log_job_execution("job_x")
    def job() -> None:
        tentativa = tentativa_atual()
        assert tentativa is not None
        motor = base_job.motor_do_processo()
        assert execucoes.cancelar(motor, tentativa.execucao_id)
        with motor.begin() as conexao:
            tentativa.cercar(conexao)

    with pytest.raises(ExecucaoCancelada):
        job()
    assert linhas(banco_pg, "status, mensagem") == [("cancelada", "cancelada a pedido")]
    assert not execucoes.cancelar(base_job.motor_do_processo(), linhas(banco_pg, "execucao_id")[0][0])


@pytest.mark.falha(2)
def test_dada_por_morta_nao_grava_mais(banco_pg: BancoTeste) -> None:
    """A cerca recusa o commit de quem perdeu a vez, e o fim dele não fecha a tentativa nova."""

    @log_job_execution("job_x")
    def job() -> None:
        tentativa = tentativa_atual()
        assert tentativa is not None
        banco_pg.sql("UPDATE log_integracao SET status = 'interrompida'")
        assert tentativa.bater() is False
        with base_job.motor_do_processo().begin() as conexao:
            tentativa.cercar(conexao)

    with pytest.raises(TentativaPerdida):
        job()
    assert linhas(banco_pg, "status") == [("interrompida",)]


def test_silencio_longo_da_lugar(banco_pg: BancoTeste) -> None:
    """Outra máquina parou de dar sinal há mais de MANUFATURA_MORTE_S: a linha dela vira interrompida, pelo relógio do banco."""
    banco_pg.sql(
        "INSERT INTO log_integracao (tipo_integracao, job_id, origem, status, batimento, data_execucao, detalhes) VALUES"
        " ('job_x', 'job_x', 'cli', 'executando', now() - interval '29 s', now() - interval '1 h',"
        " jsonb_build_object('processo', jsonb_build_object('maquina', 'outra')))"
    )
    job = log_job_execution("job_x")(nada)
    with pytest.raises(JobEmExecucao):
        job()
    banco_pg.sql("UPDATE log_integracao SET batimento = now() - interval '31 s'")
    job()
    assert linhas(banco_pg, "status") == [("interrompida",), ("sucesso",)]
    ((tempo,), _) = linhas(banco_pg, "tempo_execucao")
    assert 3500 < tempo < 3600  # até o último sinal


MORRE = """
import os, signal
from app.manufatura.jobs.base_job import log_job_execution

@log_job_execution("job_x")
def job():
    print("dentro", flush=True)
    signal.pause() if {espera} else os.kill(os.getpid(), signal.SIGKILL)

job()
"""


@pytest.mark.falha(1)
def test_processo_morto_da_lugar_na_hora(banco_pg: BancoTeste) -> None:
    """Morto com kill -9 nesta máquina: não se espera silêncio nenhum."""
    saida = subprocess.run([sys.executable, "-c", MORRE.format(espera=False)], capture_output=True, timeout=60, check=False)
    assert saida.returncode == -signal.SIGKILL, saida.stderr
    assert linhas(banco_pg, "status") == [("executando",)]
    log_job_execution("job_x")(nada)()
    assert linhas(banco_pg, "status") == [("interrompida",), ("sucesso",)]
    assert "o processo morreu" in linhas(banco_pg, "mensagem")[0][0]


@pytest.mark.falha(39)
def test_sigterm_e_interrompida(banco_pg: BancoTeste) -> None:
    """Ctrl-C chega como KeyboardInterrupt: a linha fecha como interrompida, não como erro."""
    with subprocess.Popen([sys.executable, "-c", MORRE.format(espera=True)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as processo:
        assert processo.stdout is not None
        assert processo.stdout.readline() == b"dentro\n"
        processo.send_signal(signal.SIGINT)
        processo.communicate(timeout=60)
    assert linhas(banco_pg, "status") == [("interrompida",)]


def test_assume_a_que_espera_na_fila(banco_pg: BancoTeste) -> None:
    ((na_fila,),) = banco_pg.sql(
        "INSERT INTO log_integracao (tipo_integracao, job_id, origem, status) VALUES ('job_x', 'job_x', 'agenda', 'na fila') RETURNING id"
    )
    assert isinstance(na_fila, int)
    job = log_job_execution("job_x")(nada)
    with pedido_por("agenda", aguardando=na_fila):
        job()
    assert linhas(banco_pg, "id, status, origem") == [(na_fila, "sucesso", "agenda")]
    with pedido_por("agenda", aguardando=na_fila), pytest.raises(TentativaPerdida):
        job()


def test_o_banco_some_no_batimento(banco_pg: BancoTeste, ambiente: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """O batimento que falha só avisa: quem decide é a próxima página."""
    from app.banco.erros import ErroBanco

    ambiente.setattr(base_job, "batimento", _batendo_depressa(base_job.batimento))
    falhou = threading.Event()

    def bater(_: execucoes.Tentativa) -> bool:
        falhou.set()
        raise ErroBanco(motivo="x")

    ambiente.setattr(execucoes.Tentativa, "bater", bater)

    @log_job_execution("job_x")
    def job() -> None:
        assert falhou.wait(30)

    job()
    assert linhas(banco_pg, "status") == [("sucesso",)]
    assert "o batimento da execução" in caplog.text


def _batendo_depressa(original: Any) -> Any:
    return lambda tentativa, _intervalo: original(tentativa, 0.02)


def _ate(condicao: Any, prazo_s: float = 20) -> None:
    fim = time.monotonic() + prazo_s
    while not condicao():
        assert time.monotonic() < fim, "a condição não chegou"
        threading.Event().wait(0.01)
