"""A sessão partilhada de uma rodada: também o que ela grava ao abrir passa pela cerca da tentativa."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from app.comandos.rodada import SessaoPartilhada
from app.config import obter_config
from app.demo.odoo_simulado import ServidorSimulado
from app.manufatura.jobs.base_job import log_job_execution
from app.manufatura.services.execucoes import TentativaPerdida


@pytest.mark.falha(2)
def test_quem_perdeu_a_vez_nao_grava_nem_ao_abrir_a_sessao(odoo_minimo: ServidorSimulado, motor: Engine) -> None:
    """Dada por morta antes de entrar no Odoo: empresas, usuários e identidade não são gravados por ela."""
    config = obter_config()

    @log_job_execution("job_x")
    def job() -> None:
        with motor.begin() as conexao:
            conexao.execute(text("UPDATE log_integracao SET status = 'interrompida'"))
        with SessaoPartilhada(config, motor) as partilhada:
            partilhada()

    with pytest.raises(TentativaPerdida):
        job()
    with motor.connect() as conexao:
        assert conexao.execute(text("SELECT (SELECT count(*) FROM odoo_empresa), (SELECT count(*) FROM odoo_instalacao)")).one() == (0, 0)
