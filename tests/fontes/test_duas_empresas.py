"""Uma família é de uma empresa só: OPs de mesmo nome em duas empresas não se somam numa ordem nossa."""

from __future__ import annotations

import pytest

from tests.apoio.importacao import Mundo
from tests.fontes.mesas import Fabrica

pytestmark = pytest.mark.falha(41)


@pytest.fixture
def fabrica(mundo: Mundo) -> Fabrica:
    return Fabrica(mundo)


@pytest.fixture
def filial(fabrica: Fabrica) -> int:
    return int(fabrica.banco.criar_empresa("Filial"))


def empresas_da_ordem(fabrica: Fabrica) -> list[int]:
    return fabrica.mundo.sql("SELECT DISTINCT empresa_id FROM odoo_op WHERE ordem_producao_id IS NOT NULL")


def so_a_matriz(fabrica: Fabrica) -> None:
    """5 peças, da matriz; e o aviso diz o nome das duas empresas."""
    assert fabrica.estado(1) == ("Concluída", 5)
    assert empresas_da_ordem(fabrica) == [1]
    assert fabrica.avisos() == [("op_em_duas_empresas", "OP-000001")]
    mensagem = fabrica.mundo.um("SELECT mensagem FROM aviso WHERE fechado_em IS NULL")
    matriz = fabrica.mundo.um("SELECT nome FROM odoo_empresa WHERE odoo_id = 1")
    assert f"os de {matriz}, e os de Filial não entram" in mensagem
    fabrica.mundo.sem_novidade("apontamentos")
    fabrica.mundo.passar()
    assert fabrica.mundo.reconciliar().igual


def acabar(fabrica: Fabrica, *ops: tuple[int, int]) -> None:
    for op, qtd in ops:
        fabrica.banco.produzir(op, qtd)
        fabrica.banco.encerrar_op(op)


def test_as_duas_ja_existiam(fabrica: Fabrica, filial: int) -> None:
    matriz, outra = fabrica.op("OP-000001", 5), fabrica.op("OP-000001", 7, company_id=filial)
    acabar(fabrica, (matriz, 5), (outra, 7))
    fabrica.ordem(1, 5)
    fabrica.mundo.passar()
    fabrica.mundo.importar("cadastros", "apontamentos")
    so_a_matriz(fabrica)


@pytest.mark.parametrize("da_filial_primeiro", [False, True], ids=["matriz-primeiro", "filial-primeiro"])
def test_a_ordem_em_que_chegam_nao_importa(fabrica: Fabrica, filial: int, da_filial_primeiro: bool) -> None:
    """Uma por execução: a da filial, de id maior, ligada antes, cede o lugar; a da matriz não."""
    fabrica.ordem(1, 5)
    matriz, outra = fabrica.op("RASCUNHO-1", 5), fabrica.op("RASCUNHO-2", 7, company_id=filial)
    fabrica.importar()
    ordem = [(outra, 7), (matriz, 5)] if da_filial_primeiro else [(matriz, 5), (outra, 7)]
    for op, qtd in ordem:
        fabrica.banco.escrever("mrp.production", op, {"name": "OP-000001"})
        acabar(fabrica, (op, qtd))
        fabrica.mundo.passar(hours=1)
        fabrica.mundo.importar("cadastros", "apontamentos")
    so_a_matriz(fabrica)


def test_so_a_da_filial_mudou_e_a_da_matriz_e_procurada(fabrica: Fabrica, filial: int) -> None:
    """A ordem nova ganha a OP da filial pelas mudanças; a da matriz, parada há muito, ainda é achada pelo nome."""
    matriz = fabrica.op("OP-000001", 5)
    acabar(fabrica, (matriz, 5))
    fabrica.ordem(2)
    fabrica.importar()
    fabrica.mundo.passar(days=30)
    acabar(fabrica, (fabrica.op("OP-000001", 7, company_id=filial), 7))
    fabrica.ordem(1, 5)
    fabrica.mundo.passar()
    fabrica.mundo.importar("cadastros", "apontamentos")
    so_a_matriz(fabrica)


def test_mudar_o_numero_de_uma_fecha_o_aviso(fabrica: Fabrica, filial: int) -> None:
    matriz, outra = fabrica.op("OP-000001", 5), fabrica.op("OP-000001", 7, company_id=filial)
    fabrica.ordem(1, 5)
    fabrica.importar()
    assert fabrica.avisos() == [("op_em_duas_empresas", "OP-000001")]
    fabrica.banco.escrever("mrp.production", outra, {"name": "OP-000901"})
    acabar(fabrica, (matriz, 5), (outra, 7))
    fabrica.importar()
    assert fabrica.avisos() == []
    assert fabrica.estado(1) == ("Concluída", 5)
