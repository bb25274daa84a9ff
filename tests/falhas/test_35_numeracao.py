"""Falha 35: muitas numerações ao mesmo tempo, passando de OP-999999 a OP-1000000: nenhum número se repete nem volta."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.config import Config, definir_config, limpar_config
from app.manufatura.jobs import base_job
from app.manufatura.jobs.ordem_producao import gerar_numero_ordem
from app.manufatura.services.ordens import numero_ordem
from app.manufatura.services.ordens_novas import proximos_numeros
from tests.apoio.pg import BancoTeste

pytestmark = pytest.mark.falha(35)
PROCESSOS, LINHAS, CADA = 4, 16, 200
# Num processo: 16 linhas de execução, cada uma com a sua conexão; os números saem de um em um, com todas ao mesmo tempo.
TRABALHO = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from app.banco.motor import criar_motor
from app.manufatura.services.ordens import numero_ordem
from app.manufatura.services.ordens_novas import proximos_numeros
linhas, cada = int(sys.argv[2]), int(sys.argv[3])
motor = criar_motor(sys.argv[1], conexoes=linhas)
def muitos(_):
    with motor.begin() as conexao:
        return [numero_ordem(n) for _ in range(cada) for n in proximos_numeros(conexao, 1)]
with ThreadPoolExecutor(linhas) as todas:
    print(json.dumps([n for lista in todas.map(muitos, range(linhas)) for n in lista]))
"""


def test_64_de_200_ao_mesmo_tempo_dao_12800_numeros_distintos(banco_novo: BancoTeste, raiz: Path) -> None:
    banco_novo.sql("ALTER SEQUENCE ordem_producao_numero_seq RESTART WITH 999990")

    def um(_: int) -> list[str]:
        comando = [sys.executable, "-c", TRABALHO, banco_novo.url, str(LINHAS), str(CADA)]
        feito = subprocess.run(comando, env={"PYTHONPATH": str(raiz)}, cwd=raiz, capture_output=True, text=True, timeout=100, check=False)
        assert feito.returncode == 0, feito.stderr
        numeros: list[str] = json.loads(feito.stdout)
        return numeros

    with ThreadPoolExecutor(PROCESSOS) as processos:
        numeros = [n for lista in processos.map(um, range(PROCESSOS)) for n in lista]
    assert len(numeros) == len(set(numeros)) == PROCESSOS * LINHAS * CADA == 12_800
    assert {numero_ordem(n) for n in range(999_990, 999_990 + 12_800)} == set(numeros)
    assert {"OP-999999", "OP-1000000"} <= set(numeros)


def test_a_funcao_do_seed_passa_de_op_999999_em_muitas_linhas_de_execucao(banco_novo: BancoTeste) -> None:
    banco_novo.sql("ALTER SEQUENCE ordem_producao_numero_seq RESTART WITH 999990")
    definir_config(
        Config.model_validate({"database_url": SecretStr(banco_novo.url), "database_url_migracao": SecretStr(banco_novo.url_dono)})
    )
    base_job.motor_do_processo.cache_clear()
    try:
        with ThreadPoolExecutor(8) as linhas:
            numeros = list(linhas.map(lambda _: gerar_numero_ordem(), range(200)))
    finally:
        base_job.motor_do_processo.cache_clear()
        limpar_config()
    assert set(numeros) == {numero_ordem(n) for n in range(999_990, 1_000_190)}


def test_um_numero_de_transacao_desfeita_nao_volta(banco_pg: BancoTeste) -> None:
    with banco_pg.motor.connect() as conexao, conexao.begin() as transacao:
        primeiro = proximos_numeros(conexao, 3)
        transacao.rollback()
    with banco_pg.motor.begin() as conexao:
        assert proximos_numeros(conexao, 1) == [primeiro[-1] + 1]
