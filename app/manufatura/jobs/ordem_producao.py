"""Ordens de produção pelos nomes que a fábrica conhece."""

from __future__ import annotations

from app.manufatura.jobs.base_job import motor_do_processo
from app.manufatura.services.ordens import numero_ordem
from app.manufatura.services.ordens_novas import proximos_numeros


def gerar_numero_ordem() -> str:
    """O próximo número de ordem ('OP-000001'), tirado da sequência do banco: nunca se repete, mesmo pedido por muitos ao mesmo
    tempo; um número pedido e não usado não volta. Acima de 999.999 o número continua inteiro ('OP-1000000')."""
    with motor_do_processo().begin() as conexao:
        return numero_ordem(proximos_numeros(conexao, 1)[0])
