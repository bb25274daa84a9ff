"""Falha 21: o relógio do Odoo adiantado ou atrasado em horas, o nosso que salta para trás. O cursor só tem valores do Odoo."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.apoio.importacao import Mundo
from tests.fontes.test_pedidos import confirmado

pytestmark = pytest.mark.falha(21)
HORAS = timedelta(hours=1)


def avisos(mundo: Mundo, tipo: str) -> list[str]:
    return mundo.sql("SELECT mensagem FROM aviso WHERE tipo = :t AND fechado_em IS NULL", t=tipo)


@pytest.mark.parametrize("horas", [-2, 2])
def test_odoo_fora_da_hora(mundo: Mundo, horas: int) -> None:
    """O relógio do Odoo difere do nosso em 2 h o tempo todo: nada se perde, o cursor é o do Odoo, e alguém é avisado."""
    mundo.nosso_relogio = lambda: mundo.relogio() - horas * HORAS
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 1})
    mundo.tudo_certo()
    assert mundo.cursor("pedidos").cursor <= mundo.relogio()
    (aviso,) = avisos(mundo, "relogio_odoo")
    assert ("adiantado" if horas > 0 else "atrasado") in aviso
    for n in range(2, 5):
        mundo.passar(minutes=7)
        mundo.banco.mudar_linha(mundo.banco.linhas_do_pedido(pedido)[0], product_qty=float(n))
        mundo.tudo_certo()
    mundo.nosso_relogio = mundo.relogio
    mundo.tudo_certo()
    assert avisos(mundo, "relogio_odoo") == []


def test_odoo_acerta_o_relogio_para_tras(mundo: Mundo) -> None:
    """Estava 2 h adiantado e foi acertado: o que se grava agora é mais velho que o cursor, e tem de ser visto."""
    mundo.nosso_relogio = lambda: mundo.relogio()
    certo = mundo.relogio()
    mundo.nosso_relogio = lambda: certo
    mundo.relogio.acertar(certo + 2 * HORAS)
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 1})
    mundo.passar(minutes=1)
    mundo.importar()
    assert mundo.cursor("pedidos").cursor > certo + HORAS
    mundo.relogio.acertar(certo + timedelta(minutes=2))
    mundo.nosso_relogio = mundo.relogio
    mundo.banco.mudar_linha(mundo.banco.linhas_do_pedido(pedido)[0], product_qty=9.0)
    mundo.passar(minutes=1)
    mundo.importar()
    mundo.conferir()
    assert mundo.um("SELECT qtd_produto_pedido FROM pedido_compras") == 9
    # E assim por diante, até a hora passar da do cursor adiantado.
    for n in range(8):
        mundo.passar(minutes=25)
        mundo.banco.mudar_linha(mundo.banco.linhas_do_pedido(pedido)[0], product_qty=10.0 + n)
        mundo.passar(minutes=1)
        mundo.importar("pedidos")
        assert mundo.um("SELECT qtd_produto_pedido FROM pedido_compras") == 10 + n


def test_nosso_relogio_salta_para_tras(mundo: Mundo) -> None:
    """A nossa hora não entra no cursor: pular 5 h para trás (ou um dia para a frente) não muda o que se lê."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 1})
    mundo.tudo_certo()
    for n, salto in enumerate((-5, 24, -48), 2):
        mundo.nosso_relogio = lambda salto=salto: mundo.relogio() + salto * HORAS  # type: ignore[misc]
        mundo.passar(minutes=3)
        mundo.banco.mudar_linha(mundo.banco.linhas_do_pedido(pedido)[0], product_qty=float(n))
        mundo.passar(minutes=3)
        mundo.importar()
        mundo.conferir()


def test_gravacao_no_futuro_alarma_e_nao_leva_o_cursor(mundo: Mundo) -> None:
    """O banco do Odoo esteve adiantado: uma linha datada de daqui a 2 h. O cursor não passa da hora do Odoo."""
    p, f = mundo.produto(), mundo.fornecedor()
    with mundo.banco.transacao(inicio=mundo.relogio() + 2 * HORAS):
        confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f)
    mundo.passar()
    mundo.importar()
    assert mundo.cursor("pedidos").cursor <= mundo.relogio()
    assert any("gravações de pedidos" in aviso for aviso in avisos(mundo, "write_date_no_futuro"))
    mundo.passar(minutes=10)
    confirmado(mundo, {"produto": p, "qtd": 2}, parceiro=f)
    mundo.passar()
    mundo.importar()
    mundo.conferir()
    assert mundo.um("SELECT count(*) FROM pedido_compras") == 2
    mundo.passar(hours=3)
    mundo.importar("pedidos")
    assert avisos(mundo, "write_date_no_futuro") == []  # a hora do Odoo passou da data estranha


@pytest.mark.parametrize("minutos", [-3, 3])
def test_uns_minutos_nao_alarmam(mundo19: Mundo, minutos: int) -> None:
    mundo19.nosso_relogio = lambda: mundo19.relogio() + timedelta(minutes=minutos)
    confirmado(mundo19, {"produto": mundo19.produto(), "qtd": 1})
    mundo19.tudo_certo()
    assert mundo19.sql("SELECT 1 FROM aviso") == []


def test_servidor_sem_cabecalho_date(mundo: Mundo) -> None:
    """Um proxy tira o Date: sem a hora do Odoo nada se salta; só se relê mais."""
    mundo.servidor.deslocamento_date = -timedelta(days=40_000)  # um Date absurdo, do século passado, também não atrapalha
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 1})
    mundo.passar()
    mundo.importar()
    mundo.passar(minutes=7)
    mundo.banco.mudar_linha(mundo.banco.linhas_do_pedido(pedido)[0], product_qty=2.0)
    mundo.passar()
    mundo.importar()
    mundo.conferir()
