"""A demanda realizada, pelo nome e no lugar que a fábrica conhece (seed.md, seção 3)."""

from __future__ import annotations

from typing import Any

from app.config import obter_config
from app.manufatura.jobs.base_job import log_job_execution, motor_do_processo, tentativa_atual
from app.manufatura.services import demanda
from app.relogio import hoje


@log_job_execution("atualizar_demanda")
def atualizar_demanda_realizada() -> dict[str, Any]:
    """Põe em cada previsão do mês corrente e dos meses ainda abertos (DEMANDA_MESES_ABERTOS) o que se vendeu (diária).

    Devolve um dict com `processados` (previsões olhadas) e `mudadas`. O que não mudou não é gravado. Erros: os do banco.
    """
    config = obter_config()
    with motor_do_processo().begin() as conexao:
        tentativa = tentativa_atual()
        if tentativa is not None:
            tentativa.cercar(conexao)
        return demanda.atualizar(conexao, hoje(config.scheduler_timezone), config.demanda_meses_abertos)


def simular_demanda() -> dict[str, Any]:
    """O que atualizar_demanda_realizada mudaria agora, sem gravar: `processados`, `mudadas` e `previsoes` (antes e depois)."""
    config = obter_config()
    with motor_do_processo().connect() as conexao:
        return demanda.simular(conexao, hoje(config.scheduler_timezone), config.demanda_meses_abertos)
