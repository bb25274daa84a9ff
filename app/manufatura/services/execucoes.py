"""As tentativas de execução dos jobs, em log_integracao: pedir, assumir, bater, cercar e terminar.

Uma linha é uma tentativa (docs/arquitetura.md, «Uma execução»). Cada passo é uma transação própria: o registro sobrevive
ao rollback do job. Só uma tentativa de cada job executa por vez: quem garante é um índice único parcial, não uma consulta.

Quem está vivo: a tentativa cuja linha está travada (está gravando uma página, e o sinal dela só aparece no commit); a de
um processo desta máquina que ainda existe, por mais calado que esteja; e a de outra máquina que deu sinal há pouco.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.banco.base import tabela
from app.erros import ErroManufatura
from app.manufatura.models import LogIntegracao

T = tabela(LogIntegracao)
_abertas: set[int] = set()
"""As tentativas deste processo ainda em curso (ids)."""


class JobEmExecucao(ErroManufatura):
    """O job {job} já está em execução: a execução {execucao} começou em {inicio} ({origem}) e deu sinal há {silencio} s.
    Espere que ela termine, ou rode de novo {morte} s depois do último sinal se ela tiver morrido."""

    codigo_saida = 5


class TentativaPerdida(ErroManufatura):
    """A execução {execucao} já não vale: foi dada por morta ou cancelada enquanto trabalhava. Nada mais foi gravado por
    ela; o que já estava guardado fica, e a próxima continua dali."""


class ExecucaoCancelada(ErroManufatura):
    """A execução {execucao} foi cancelada por pedido de alguém, entre duas páginas. O que já estava guardado fica."""


@dataclass
class Tentativa:
    """Uma tentativa em curso: sua linha no registro e o progresso, que a próxima cerca grava."""

    motor: Engine
    id: int
    execucao_id: int
    job_id: str
    feitos: int = 0
    total: int | None = None
    detalhes: dict[str, Any] = field(default_factory=dict)

    def cercar(self, conexao: Connection) -> None:
        """Na transação da página: bate, grava o progresso, e confere que esta tentativa ainda vale.

        Erros: ExecucaoCancelada, se alguém a cancelou; TentativaPerdida, se foi dada por morta.

        A linha fica travada até o commit: quem quisesse declarar morta esta tentativa espera a página acabar.
        """
        comando = (
            update(T)
            .where(T.c.id == self.id, T.c.status == "executando")
            .values(batimento=func.clock_timestamp(), progresso_atual=self.feitos, progresso_total=self.total)
        )
        if conexao.execute(comando).rowcount != 1:
            status = conexao.execute(select(T.c.status).where(T.c.id == self.id)).scalar_one_or_none()
            raise (ExecucaoCancelada if status == "cancelada" else TentativaPerdida)(execucao=self.execucao_id)

    def avancar(self, feitos: int, total: int | None) -> None:
        """Anota o progresso, que segue no próximo commit ou batimento."""
        self.feitos, self.total = feitos, total

    def bater(self) -> bool:
        """Um sinal de vida, em transação própria; False se a tentativa não vale mais."""
        with self.motor.begin() as conexao:
            comando = (
                update(T)
                .where(T.c.id == self.id, T.c.status == "executando")
                .values(batimento=func.clock_timestamp(), progresso_atual=self.feitos, progresso_total=self.total)
            )
            return conexao.execute(comando).rowcount == 1

    def terminar(self, status: str, *, resultado: dict[str, Any] | None = None, erro: BaseException | None = None) -> None:
        """Fecha a linha com o desfecho: status, contagens, tempo e, se houve, o erro (classe e mensagem).

        Só quem ainda está executando é fechado: uma tentativa dada por morta não muda mais.
        """
        contagens = dict(resultado or {})
        detalhes = {**self.detalhes, **contagens}
        if erro is not None:
            detalhes["erro"] = {"classe": type(erro).__name__, "mensagem": str(erro), "transitorio": getattr(erro, "transitorio", False)}
        try:
            with self.motor.begin() as conexao:
                conexao.execute(
                    update(T)
                    .where(T.c.id == self.id, T.c.status == "executando")
                    .values(
                        status=status,
                        mensagem=str(erro) if erro is not None else contagens.get("mensagem"),
                        registros_processados=int(contagens.get("processados", 0)),
                        registros_erro=int(contagens.get("rejeitados", 0)) + (1 if status == "erro" else 0),
                        tempo_execucao=func.extract("epoch", func.clock_timestamp() - T.c.data_execucao),
                        progresso_atual=self.feitos,
                        progresso_total=self.total,
                        batimento=func.clock_timestamp(),
                        detalhes=detalhes,
                    )
                )
        finally:  # fechada ou não no banco, aqui acabou
            _abertas.discard(self.id)


def assumir(
    motor: Engine, tipo: str, job_id: str, *, origem: str, usuario: str | None = None, morte_s: float = 30, aguardando: int | None = None
) -> Tentativa:
    """Abre uma tentativa já executando (ou assume a que espera na fila, `aguardando` = id dela).

    Uma execução morta (de outra máquina, sem sinal há mais de `morte_s` segundos pelo relógio do banco; ou desta, cujo
    processo já não existe) é marcada interrompida e dá lugar. Erros: JobEmExecucao, com a que está no caminho.
    """
    for _ in range(3):
        try:
            with motor.begin() as conexao:
                # Em fila: sem isto, o INSERT esperaria no índice único pela página de quem acabou de entrar.
                conexao.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"assumir {job_id}", 0))))
                _dar_por_mortas(conexao, job_id, morte_s)
                if (ocupante := _em_curso(conexao, job_id)) is not None:
                    raise em_execucao(job_id, ocupante, morte_s)
                return _abrir(conexao, motor, tipo, job_id, origem, usuario, aguardando)
        except IntegrityError:
            continue  # alguém pôs a linha por outro caminho; a próxima volta diz quem
    raise JobEmExecucao(job=job_id, execucao="?", inicio="?", origem="?", silencio="?", morte=round(morte_s))


def em_execucao(job_id: str, ocupante: Any, morte_s: float) -> JobEmExecucao:
    """O erro de quem encontrou `ocupante` (uma linha de `_em_curso`) no caminho."""
    return JobEmExecucao(
        job=job_id,
        execucao=ocupante.execucao_id or ocupante.id,
        inicio=f"{ocupante.data_execucao:%d/%m/%Y %H:%M:%S} UTC",
        origem=ocupante.origem,
        silencio=round(ocupante.silencio),
        morte=round(morte_s),
    )


def _abrir(
    conexao: Connection, motor: Engine, tipo: str, job_id: str, origem: str, usuario: str | None, aguardando: int | None
) -> Tentativa:
    valores = {
        "status": "executando",
        "data_execucao": func.clock_timestamp(),
        "batimento": func.clock_timestamp(),
        "detalhes": {"processo": quem_sou()},
    }
    if aguardando is not None:
        comando = update(T).where(T.c.id == aguardando, T.c.status == "na fila").values(**valores).returning(T.c.id, T.c.execucao_id)
        linha = conexao.execute(comando).first()
        if linha is None:
            raise TentativaPerdida(execucao=aguardando)
    else:
        novo = insert(T).values(tipo_integracao=tipo, job_id=job_id, origem=origem, usuario=usuario, tentativa=1, **valores)
        linha = conexao.execute(novo.returning(T.c.id, T.c.execucao_id)).one()
    execucao_id = linha.execucao_id or linha.id
    if linha.execucao_id is None:
        conexao.execute(update(T).where(T.c.id == linha.id).values(execucao_id=linha.id))
    _abertas.add(linha.id)
    return Tentativa(motor, linha.id, execucao_id, job_id, detalhes={"processo": quem_sou()})


SILENCIO = func.extract("epoch", func.clock_timestamp() - func.coalesce(T.c.batimento, T.c.data_execucao))
"""Segundos desde o último sinal de uma tentativa (SQL), pelo relógio do banco."""
_EM_CURSO = select(T.c.id, T.c.job_id, T.c.execucao_id, T.c.data_execucao, T.c.origem, T.c.detalhes, SILENCIO.label("silencio")).where(
    T.c.status == "executando"
)


def _em_curso(conexao: Connection, job_id: str) -> Any:
    return conexao.execute(_EM_CURSO.where(T.c.job_id == job_id)).first()


def alguma_viva(conexao: Connection, morte_s: float) -> Any:
    """A linha de uma tentativa viva, de qualquer job; None se não há nenhuma.

    Trava as linhas que examina até o fim da transação: desfaça-a logo.
    """
    soltas = {r.id: r for r in conexao.execute(_EM_CURSO.with_for_update(skip_locked=True))}
    todas = conexao.execute(_EM_CURSO.order_by(T.c.id))
    return next((r for r in todas if r.id not in soltas or not _morreu(soltas[r.id], morte_s)), None)


def _dar_por_mortas(conexao: Connection, job_id: str, morte_s: float) -> None:
    """Marca interrompida a tentativa deste job que já não dá sinal de vida.

    A que está travada está viva: é a página dela. A que se trava aqui não muda mais até o commit, e o silêncio é medido de
    novo na própria mudança.
    """
    for ocupante in conexao.execute(_EM_CURSO.where(T.c.job_id == job_id).with_for_update(skip_locked=True)).all():
        if not _morreu(ocupante, morte_s):
            continue
        comando = (
            update(T)
            .where(T.c.id == ocupante.id, T.c.status == "executando")
            .values(
                status="interrompida",
                mensagem="o processo morreu no meio; a execução seguinte continua de onde ele parou",
                tempo_execucao=func.extract("epoch", func.coalesce(T.c.batimento, T.c.data_execucao) - T.c.data_execucao),
            )
        )
        if _daqui(ocupante) is None:
            comando = comando.where(SILENCIO.op(">")(morte_s))
        conexao.execute(comando)


def _morreu(ocupante: Any, morte_s: float) -> bool:
    processo = _daqui(ocupante)
    if processo is None:
        return bool(ocupante.silencio > morte_s)
    if processo["pid"] == os.getpid() and processo.get("inicio") == _inicio_do_processo(os.getpid()):
        return ocupante.id not in _abertas  # deste processo: não pôde ser fechada no banco, mas já acabou
    return _inicio_do_processo(processo["pid"]) != processo.get("inicio")


def _daqui(ocupante: Any) -> dict[str, Any] | None:
    """O processo da tentativa, se é desta máquina e deste espaço de pids (e dá para ver se ainda existe)."""
    processo: dict[str, Any] = (ocupante.detalhes or {}).get("processo") or {}
    eu = quem_sou()
    mesmo = processo.get("espaco") and all(processo.get(k) == eu[k] for k in ("maquina", "espaco"))
    return processo if mesmo and processo.get("pid") is not None else None


def quem_sou() -> dict[str, Any]:
    """Este processo, de um modo que outro da mesma máquina possa conferir se ainda vive (pid e hora em que começou)."""
    return {"maquina": socket.gethostname(), "espaco": _espaco_de_pids(), "pid": os.getpid(), "inicio": _inicio_do_processo(os.getpid())}


def _espaco_de_pids() -> str:
    """Identifica o núcleo que está no ar e o espaço de pids: dois contêineres podem ter o mesmo nome de máquina."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip() + str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _inicio_do_processo(pid: int) -> str | None:
    """Instante de início do processo (em tiques do núcleo), ou None se ele não existe; pids são reusados."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return None


def cancelar(motor: Engine, execucao_id: int) -> bool:
    """Cancela a tentativa em curso de uma execução: ela para entre duas páginas. False se não havia nenhuma."""
    with motor.begin() as conexao:
        comando = update(T).where(T.c.execucao_id == execucao_id, T.c.status.in_(("executando", "na fila")))
        return conexao.execute(comando.values(status="cancelada", mensagem="cancelada a pedido")).rowcount > 0


def ultima(motor: Engine, job_id: str) -> datetime | None:
    """Quando terminou bem pela última vez (UTC), ou None."""
    with motor.connect() as conexao:
        fim = func.max(T.c.data_execucao + func.make_interval(0, 0, 0, 0, 0, 0, func.coalesce(T.c.tempo_execucao, 0)))
        return conexao.execute(select(fim).where(T.c.job_id == job_id, T.c.status.in_(("sucesso", "parcial")))).scalar()
