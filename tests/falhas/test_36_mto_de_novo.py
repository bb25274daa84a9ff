"""Falha 36: planejar de novo, lote mudado, ordem já liberada, expedição cancelada, e oito processos ao mesmo tempo."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from sqlalchemy import Engine

from tests.apoio.pg import BancoTeste
from tests.planejamento.fabrica import Fabrica

pytestmark = pytest.mark.falha(36)

PROGRAMA = """
import json
from app.manufatura.jobs.ordem_producao import contar, planejar_mto
print(json.dumps(contar(planejar_mto())))
"""


def _marcenaria(motor: Engine) -> Fabrica:
    fabrica = Fabrica(motor)
    fabrica.acabado("MESA", lead=3)
    fabrica.produzido("TAMPO", lead=2)
    fabrica.comprado("PE", "TABUA")
    fabrica.estrutura("MESA", {"TAMPO": 1, "PE": 4})
    fabrica.estrutura("TAMPO", {"TABUA": 2})
    fabrica.estoque(TAMPO=4, PE=30)
    return fabrica


def _quadro(fabrica: Fabrica) -> list[tuple[object, ...]]:
    return sorted((o.produto, o.status, o.qtd, o.inicio, o.fim, json.dumps(o.materiais, sort_keys=True)) for o in fabrica.ordens())


def test_rodar_de_novo_grava_zero_linhas(motor: Engine) -> None:
    fabrica = _marcenaria(motor)
    fabrica.lote("S1", "MESA", 10, "04/12")
    fabrica.lote("S2", "MESA", 2, "11/12")
    fabrica.planejar()
    antes = fabrica.escritas()
    for _ in range(2):
        fabrica.planejar()
    assert fabrica.escritas() == antes


def test_so_a_planejada_segue_a_liberada_avisa_e_a_cancelada_para(motor: Engine) -> None:
    fabrica = _marcenaria(motor)
    fabrica.lote("S1", "MESA", 10, "04/12")
    fabrica.lote("S2", "MESA", 10, "11/12")
    fabrica.lote("S3", "MESA", 10, "18/12")
    fabrica.planejar()
    primeira, segunda, terceira = (o for o in fabrica.ordens() if o.produto == "MESA")
    fabrica.ordem_status(segunda.numero, "Liberada")
    for lote in ("S1", "S2"):
        fabrica.mudar_lote(lote, qtd=15)
    fabrica.mudar_lote("S3", status="CANCELADO")
    fabrica.planejar()
    vivas = {o.numero: o.qtd for o in fabrica.ordens() if o.produto == "MESA"}
    assert vivas == {primeira.numero: 15, segunda.numero: 10}
    assert terceira.numero not in vivas
    assert segunda.numero in fabrica.avisos()["demanda_alterada"]


def test_oito_processos_ao_mesmo_tempo_dao_o_mesmo_que_um(banco_novo: BancoTeste) -> None:
    fabrica = _marcenaria(banco_novo.motor)
    for n in range(12):
        fabrica.lote(f"L{n:02d}", "MESA", n + 1, f"{4 + n}/01/2027")
    ambiente = {**banco_novo.ambiente, "ESTOQUE_FONTE": "odoo", "PATH": "/usr/bin:/bin"}
    processos = [subprocess.Popen([sys.executable, "-c", PROGRAMA], env=ambiente, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    saidas = [json.loads(p.communicate(timeout=90)[0].splitlines()[-1]) for p in processos]
    assert sorted(s["criadas"] for s in saidas)[:7] == [0] * 7
    juntos = _quadro(fabrica)
    numeros = [o.numero for o in fabrica.ordens(todas=True)]
    assert len(numeros) == len(set(numeros)) == len(juntos)

    # Uma rodada a mais, sozinha, não acha nada a fazer.
    antes = fabrica.escritas()
    sozinho = subprocess.run([sys.executable, "-c", PROGRAMA], env=ambiente, stdout=subprocess.PIPE, text=True, check=True)
    assert json.loads(sozinho.stdout.splitlines()[-1])["mudadas"] == 0
    assert fabrica.escritas() == antes


def test_um_processo_so_da_o_que_oito_dao(banco_novo: BancoTeste, motor: Engine) -> None:
    """O mesmo lote de demandas, planejado por uma rodada e por duas alternadas, dá o mesmo quadro (até os números)."""
    uma, outra = _marcenaria(banco_novo.motor), _marcenaria(motor)
    for n in range(6):
        for fabrica in (uma, outra):
            fabrica.lote(f"L{n:02d}", "MESA", n + 1, f"{4 + n}/01/2027")
        if n == 2:
            outra.planejar()
    uma.planejar()
    outra.planejar()
    assert _quadro(uma) == _quadro(outra)
