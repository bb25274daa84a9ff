"""Quantas chamadas custa uma importação sem novidade, com ordens nossas para acompanhar."""

from __future__ import annotations

from tests.apoio.importacao import Mundo
from tests.fontes.mesas import Fabrica
from tests.fontes.test_pedidos import confirmado

MAXIMO = 16


def com_ordens(mundo: Mundo) -> Fabrica:
    """Um pedido recebido, uma ordem concluída, uma em produção e uma que o Odoo ainda não tem; tudo importado."""
    fabrica = Fabrica(mundo)
    mundo.banco.receber(confirmado(mundo, {"produto": fabrica.pe, "qtd": 1}))
    fabrica.feita("OP-000001")
    mundo.banco.produzir(fabrica.op("OP-000002"), 4)
    for numero in (1, 2, 3):
        fabrica.ordem(numero)
    # A compra move o write_date do produto sem mudar nada que se guarde; com outro código, a leitura dele fica guardada.
    mundo.banco.mudar_codigo(fabrica.pe, "P2")
    mundo.passar()
    mundo.importar()
    return fabrica


def sem_novidade(mundo: Mundo) -> int:
    mundo.servidor.zerar_registro()
    mundo.sem_novidade()
    return len(mundo.servidor.registro)


def test_sem_novidade_com_ordens(mundo: Mundo) -> None:
    com_ordens(mundo)
    assert sem_novidade(mundo) <= MAXIMO
    mundo.passar(hours=3)
    assert sem_novidade(mundo) <= MAXIMO


def test_sem_novidade_um_dia_depois(mundo: Mundo) -> None:
    """Os campos de cada modelo envelhecem juntos, e são perguntados de novo aos poucos: duas chamadas por sessão, mais a entrada."""
    com_ordens(mundo)
    mundo.passar(hours=25)
    assert sem_novidade(mundo) <= MAXIMO + 2 + 2
    custos = [sem_novidade(mundo) for _ in range(8)]
    assert max(custos) <= MAXIMO + 2
    assert custos[-1] <= MAXIMO  # e então está tudo em dia


def test_sem_novidade_numa_instalacao_parada_ha_muito(mundo: Mundo) -> None:
    """Depois de uma semana não se confia em nada do que se sabia."""
    com_ordens(mundo)
    mundo.passar(days=8)
    assert sem_novidade(mundo) > MAXIMO + 4
    assert sem_novidade(mundo) <= MAXIMO
