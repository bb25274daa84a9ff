"""Uma simulação e as execuções de verdade: quem grava passa na frente.

A simulação corre numa transação só, que segura as linhas que tocou até o fim; uma importação de verdade que a encontrasse
esperaria até desistir. Por isso: uma simulação de cada vez; ela não começa com uma execução em curso; e a execução que
começa a encerra (fecha a conexão dela no banco, o que a desfaz, como ela se desfaria no fim).

Cada lado primeiro se anuncia (a simulação, por uma trava de aviso; a execução, pela sua linha em log_integracao) e só depois
olha o outro: começando juntos, ao menos um vê o outro.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, exc, func, select, text

from app.banco.base import tabela
from app.banco.erros import ErroBanco
from app.erros import ErroManufatura
from app.manufatura.models import LogIntegracao
from app.manufatura.services import execucoes

TRAVA = {"classe": 0x4D414E, "objeto": 1}
"""A trava de aviso que uma simulação segura enquanto dura."""
PRAZO_MS = 5_000


class SimulacaoEmCurso(ErroManufatura):
    """Outra simulação está em curso (processo {pid} do banco, desde {inicio}). Espere que ela termine: duas ao mesmo tempo
    se travariam."""

    codigo_saida = 5


class SimulacaoInterrompida(ErroManufatura):
    """A simulação foi encerrada porque uma execução de verdade começou: a {execucao}, de {job}. Nada foi gravado; simule de novo
    quando ela terminar."""

    codigo_saida = 5


class SimulacaoNoCaminho(ErroManufatura):
    """Uma simulação (processo {pid} do banco, desde {inicio}) segura linhas de que esta execução precisa, e não pude encerrá-la.
    Espere que ela termine, ou interrompa-a."""

    codigo_saida = 5
    transitorio = True


_QUEM = text("""
    SELECT l.pid, to_char(a.xact_start AT TIME ZONE 'UTC', 'DD/MM/YYYY HH24:MI:SS "UTC"') AS inicio
    FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.classid = :classe AND l.objid = :objeto AND l.objsubid = 2
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())""")


@contextmanager
def reservada(conexao: Connection, motor: Engine, morte_s: float) -> Iterator[None]:
    """Dentro deste bloco, a transação de `conexao` é a simulação em curso; quem a abriu a desfaz no fim.

    Erros: SimulacaoEmCurso; JobEmExecucao, se há uma execução de verdade; e SimulacaoInterrompida, no lugar do erro de
    banco, se uma começou e encerrou esta.
    """
    if not conexao.execute(text("SELECT pg_try_advisory_xact_lock(:classe, :objeto)"), TRAVA).scalar_one():
        outra = conexao.execute(_QUEM, TRAVA).first()
        raise SimulacaoEmCurso(pid=outra.pid if outra else "?", inicio=outra.inicio if outra else "?")
    with motor.connect() as olhar:
        viva = execucoes.alguma_viva(olhar, morte_s)
        ultima = olhar.execute(select(func.coalesce(func.max(execucoes.T.c.id), 0))).scalar_one()
        olhar.rollback()
    if viva is not None:
        raise execucoes.em_execucao(viva.job_id, viva, morte_s)
    try:
        yield
    except (ErroBanco, exc.SQLAlchemyError) as erro:
        if conexao.invalidated and (quem := _depois_de(motor, ultima)) is not None:
            raise quem from erro
        raise


def _depois_de(motor: Engine, ultima: int) -> SimulacaoInterrompida | None:
    t = tabela(LogIntegracao).c
    with motor.connect() as conexao:
        consulta = select(t.id, t.execucao_id, t.job_id).where(t.id > ultima).order_by(t.id)
        linha = conexao.execute(consulta).first()
    return None if linha is None else SimulacaoInterrompida(execucao=linha.execucao_id or linha.id, job=linha.job_id)


def encerrar(motor: Engine) -> bool:
    """Encerra a simulação que esteja em curso, para a execução que acaba de se registrar; True se havia uma.

    Erros: SimulacaoNoCaminho, se o banco não a deixou encerrar.
    """
    with motor.connect() as conexao:
        quem = conexao.execute(_QUEM, TRAVA).first()
        if quem is None:
            return False
        conexao.execute(text("SELECT pg_terminate_backend(:pid, :prazo)"), {"pid": quem.pid, "prazo": PRAZO_MS})
        if conexao.execute(_QUEM, TRAVA).first() is not None:
            raise SimulacaoNoCaminho(pid=quem.pid, inicio=quem.inicio)
        return True
