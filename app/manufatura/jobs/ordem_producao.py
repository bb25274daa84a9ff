"""Ordens de produção pelos nomes que a fábrica conhece."""

from __future__ import annotations

from typing import Any

from app.banco.motor import repetir_em_conflito
from app.config import obter_config
from app.manufatura.jobs.base_job import log_job_execution, motor_do_processo, tentativa_atual
from app.manufatura.services.calendario import calcular_data_util_retroativa
from app.manufatura.services.explosao_materiais_service import explodir_materiais
from app.manufatura.services.mto import rodada, simulacao
from app.manufatura.services.mto.rodada import Ajustes, Rodada
from app.manufatura.services.mto.simulacao import Simulacao
from app.manufatura.services.ordens import numero_ordem
from app.manufatura.services.ordens_novas import proximos_numeros
from app.relogio import hoje

__all__ = ["calcular_data_util_retroativa", "explodir_materiais", "gerar_numero_ordem", "gerar_ordens_mto_automaticas"]


@log_job_execution("gerar_ordens_mto")
def gerar_ordens_mto_automaticas() -> dict[str, Any]:
    """Planeja sob encomenda (a cada hora): cria, segue e cancela ordens para o que os lotes vão expedir.

    Devolve um dict com `processados` (demandas atendidas por ordem aberta), criadas, mudadas, canceladas, avisos_abertos e
    avisos_fechados. Rodar de novo sem novidade não grava nada. Erros: os do banco, e JobEmExecucao.
    """
    return contar(planejar_mto())


def planejar_mto() -> Rodada:
    """Uma rodada inteira, com commit, fora do registro de execuções (oito ao mesmo tempo dão o mesmo que uma)."""
    return repetir_em_conflito(_rodada)


def _rodada() -> Rodada:
    config = obter_config()
    with motor_do_processo().begin() as conexao:
        tentativa = tentativa_atual()
        if tentativa is not None:
            tentativa.cercar(conexao)
        return rodada.executar(conexao, hoje(config.scheduler_timezone), ajustes())


def simular_mto() -> Simulacao:
    """O que uma rodada mudaria agora: lê, decide e compara numa transação só de leitura. Nada é gravado, e nenhum número se gasta."""
    config = obter_config()
    with motor_do_processo().connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as conexao:
        return simulacao.simular(conexao, hoje(config.scheduler_timezone), ajustes())


def ajustes() -> Ajustes:
    """Os ajustes do planejamento, das configurações em vigor."""
    config = obter_config()
    return Ajustes(config.estoque_fonte, config.mto_ordens_filhas, tuple(config.feriados_uf), config.feriados_facultativos)


def contar(feita: Rodada | Simulacao) -> dict[str, Any]:
    """As contagens de uma rodada, como o job as devolve."""
    d = feita.diferenca
    return {
        "processados": sum(o.demanda is not None for o in feita.plano.ordens),
        "criadas": len(d.criadas),
        "mudadas": len(d.mudadas),
        "canceladas": len(d.canceladas),
        "ordens_abertas": len(feita.plano.ordens),
        "avisos_abertos": d.avisos_abertos,
        "avisos_fechados": d.avisos_fechados,
    }


def gerar_numero_ordem() -> str:
    """O próximo número de ordem ('OP-000001'), tirado da sequência do banco: nunca se repete, mesmo pedido por muitos ao mesmo
    tempo; um número pedido e não usado não volta. Acima de 999.999 o número continua inteiro ('OP-1000000')."""
    with motor_do_processo().begin() as conexao:
        return numero_ordem(proximos_numeros(conexao, 1)[0])
