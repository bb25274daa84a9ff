"""As tentativas de execução dos jobs, em log_integracao: pedir, assumir, bater, cercar e terminar.

Uma linha é uma tentativa (arquitetura, "A run"). Cada passo é uma transação própria: o registro sobrevive ao rollback
do job. Só uma tentativa de cada job executa por vez: quem garante é um índice único parcial, não uma consulta.
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


def assumir(
    motor: Engine, tipo: str, job_id: str, *, origem: str, usuario: str | None = None, morte_s: float = 30, aguardando: int | None = None
) -> Tentativa:
    """Abre uma tentativa já executando (ou assume a que espera na fila, `aguardando` = id dela).

    Uma execução que parou de dar sinal há mais de `morte_s` segundos (pelo relógio do banco), ou cujo processo morreu
    nesta máquina, é marcada interrompida e dá lugar. Erros: JobEmExecucao, com a que está no caminho.
    """
    for _ in range(3):
        _dar_por_mortas(motor, job_id, morte_s)
        try:
            with motor.begin() as conexao:
                return _abrir(conexao, motor, tipo, job_id, origem, usuario, aguardando)
        except IntegrityError:
            ocupante = _em_curso(motor, job_id)
            if ocupante is None:
                continue  # terminou entre a tentativa e a pergunta
            if _morreu(ocupante, morte_s):
                continue
            raise JobEmExecucao(
                job=job_id,
                execucao=ocupante.execucao_id or ocupante.id,
                inicio=f"{ocupante.data_execucao:%d/%m/%Y %H:%M:%S} UTC",
                origem=ocupante.origem,
                silencio=round(ocupante.silencio),
                morte=round(morte_s),
            ) from None
    raise JobEmExecucao(job=job_id, execucao="?", inicio="?", origem="?", silencio="?", morte=round(morte_s))


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
    return Tentativa(motor, linha.id, execucao_id, job_id, detalhes={"processo": quem_sou()})


def _em_curso(motor: Engine, job_id: str) -> Any:
    silencio = func.extract("epoch", func.clock_timestamp() - func.coalesce(T.c.batimento, T.c.data_execucao)).label("silencio")
    with motor.connect() as conexao:
        consulta = select(T.c.id, T.c.execucao_id, T.c.data_execucao, T.c.origem, T.c.detalhes, silencio)
        return conexao.execute(consulta.where(T.c.job_id == job_id, T.c.status == "executando")).first()


def _dar_por_mortas(motor: Engine, job_id: str, morte_s: float) -> None:
    """Marca interrompida a tentativa deste job que já não dá sinal de vida."""
    ocupante = _em_curso(motor, job_id)
    if ocupante is None or not _morreu(ocupante, morte_s):
        return
    with motor.begin() as conexao:
        conexao.execute(
            update(T)
            .where(T.c.id == ocupante.id, T.c.status == "executando")
            .values(
                status="interrompida",
                mensagem="o processo morreu no meio; a execução seguinte continua de onde ele parou",
                tempo_execucao=func.extract("epoch", func.coalesce(T.c.batimento, T.c.data_execucao) - T.c.data_execucao),
            )
        )


def _morreu(ocupante: Any, morte_s: float) -> bool:
    if ocupante.silencio > morte_s:
        return True
    processo = (ocupante.detalhes or {}).get("processo") or {}
    if {k: processo.get(k) for k in ("maquina", "espaco")} != {k: quem_sou()[k] for k in ("maquina", "espaco")}:
        return False
    pid = processo.get("pid")
    return pid is not None and (_inicio_do_processo(pid) != processo.get("inicio"))


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
