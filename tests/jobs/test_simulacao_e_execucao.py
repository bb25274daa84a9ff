"""Uma simulação não atrapalha uma execução de verdade: não começa com uma em curso, e a que começa a encerra."""

from __future__ import annotations

import pytest

from app.manufatura.jobs import importacao
from app.manufatura.jobs.importacao import simulacao
from app.manufatura.jobs.odoo_integration import importar_pedidos_compra_odoo
from app.manufatura.services import execucoes
from app.manufatura.services.simulacoes import SimulacaoEmCurso, SimulacaoInterrompida
from tests.apoio.importacao import FONTES, Mundo
from tests.fontes.test_pedidos import confirmado

pytestmark = pytest.mark.falha(11)


def test_a_execucao_encerra_a_simulacao_e_importa(fabrica: Mundo) -> None:
    """A simulação já segura linhas de tudo; a importação entra, sem esperar, e a simulação diz por que acabou."""
    confirmado(fabrica, {"produto": fabrica.produto(), "qtd": 3})
    fabrica.passar()

    def simular() -> None:
        with simulacao(fabrica.motor) as contexto:
            for nome in FONTES:
                importacao.importar(nome, contexto)
            assert importar_pedidos_compra_odoo()["novas"] == 1
            importacao.importar("pedidos", contexto)

    with pytest.raises(SimulacaoInterrompida) as erro:
        simular()
    assert erro.value.codigo_saida == 5
    assert erro.value.fatos["job"] == "importar_pedidos_compra"
    assert fabrica.sql("SELECT status FROM log_integracao") == ["sucesso"]
    assert fabrica.um("SELECT count(*) FROM pedido_compras") == 1
    fabrica.tudo_certo()


def test_uma_simulacao_de_cada_vez(fabrica: Mundo) -> None:
    with simulacao(fabrica.motor), pytest.raises(SimulacaoEmCurso) as erro, simulacao(fabrica.motor):
        pass
    assert erro.value.codigo_saida == 5
    with simulacao(fabrica.motor):
        pass  # acabou a primeira, e a trava com ela


def test_nao_comeca_com_uma_execucao_em_curso(fabrica: Mundo) -> None:
    viva = execucoes.assumir(fabrica.motor, "job_x", "job_x", origem="agenda")
    with pytest.raises(execucoes.JobEmExecucao, match="job_x já está em execução"), simulacao(fabrica.motor):
        pass
    with fabrica.motor.begin() as pagina:  # nem no meio de uma página dela
        viva.cercar(pagina)
        with pytest.raises(execucoes.JobEmExecucao), simulacao(fabrica.motor):
            pass
    fabrica.sql("UPDATE log_integracao SET batimento = now() - interval '1 h', detalhes = '{}'")
    with simulacao(fabrica.motor):  # a que morreu não impede, e a simulação não a marca: nada grava
        pass
    assert fabrica.sql("SELECT status FROM log_integracao") == ["executando"]
