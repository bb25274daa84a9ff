"""Falha 24: uma gravação do Odoo aparece depois, com write_date mais velho que o cursor já lido.

Até ODOO_SOBREPOSICAO depois, a leitura seguinte a pega; mais tarde que isso, a reconciliação diária. O mesmo vale para o que o
Odoo apaga sem deixar rastro.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.apoio.importacao import Mundo
from tests.fontes.test_pedidos import confirmado

pytestmark = pytest.mark.falha(24)


def atrasada(mundo: Mundo, minutos: int) -> None:
    """Quarenta pedidos confirmados numa transação que dura `minutos`; no meio dela, outra edição é lida e o cursor anda."""
    p, f = mundo.produto(), mundo.fornecedor()
    pedidos = [mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}]) for _ in range(40)]
    outro = mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}])
    mundo.passar(hours=2)
    mundo.importar()
    mundo.passar(seconds=30)
    comeco = mundo.relogio()
    mundo.passar(minutes=minutos)
    mundo.banco.escrever("purchase.order", outro, {"name": "OUTRO"})
    mundo.passar(seconds=30)
    mundo.importar()
    assert mundo.cursor("pedidos").cursor > comeco
    with mundo.banco.transacao(inicio=comeco):
        mundo.banco.confirmar_pedido(*pedidos)
    mundo.passar(seconds=30)
    mundo.importar()


@pytest.mark.parametrize("minutos", [1, 29])
def test_dentro_da_sobreposicao(mundo: Mundo, minutos: int) -> None:
    atrasada(mundo, minutos)
    assert mundo.um("SELECT count(*) FROM pedido_compras WHERE status_odoo = 'purchase'") == 40
    mundo.conferir()


def test_sobreposicao_maior(mundo19: Mundo) -> None:
    mundo19.mudancas_config["odoo_sobreposicao"] = "120"
    atrasada(mundo19, 110)
    mundo19.conferir()


def test_alem_da_sobreposicao_a_reconciliacao_pega(mundo: Mundo) -> None:
    atrasada(mundo, 45)
    assert mundo.um("SELECT count(*) FROM pedido_compras WHERE status_odoo = 'purchase'") == 0
    feita = mundo.reconciliar()
    assert feita.igual
    assert mundo.um("SELECT count(*) FROM pedido_compras WHERE status_odoo = 'purchase'") == 40
    mundo.passar()
    mundo.importar()
    mundo.conferir()
    mundo.sem_novidade()


@pytest.mark.falha(26)
def test_apagados_sem_rastro(mundo: Mundo) -> None:
    """Um pedido inteiro apagado não deixa cabeçalho que o denuncie: a reconciliação o marca como excluído."""
    p, f = mundo.produto(), mundo.fornecedor()
    fica, some = (mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}]) for _ in range(2))
    req = mundo.banco.criar_requisicao([{"produto": p, "qtd": 1}], fornecedor=f)
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.cancelar_pedido(some)
    mundo.passar()
    for linha in mundo.banco.linhas_do_pedido(some):
        mundo.banco.excluir_cru("purchase.order.line", linha)
    mundo.banco.excluir_cru("purchase.order", some)
    for linha in mundo.banco.filhos("purchase.requisition.line", "requisition_id", req):
        mundo.banco.excluir_cru("purchase.requisition.line", linha)
    mundo.banco.excluir_cru("purchase.requisition", req)
    mundo.passar(days=1)
    mundo.importar()
    assert mundo.reconciliar().igual
    assert mundo.sql("SELECT odoo_documento_id FROM pedido_compras WHERE status_odoo = 'excluida'") == [some]
    assert mundo.sql("SELECT odoo_documento_id FROM pedido_compras WHERE status_odoo <> 'excluida'") == [fica]
    assert mundo.sql("SELECT status FROM requisicao_compras") == ["Cancelada"]
    mundo.conferir()
    mundo.sem_novidade()


def test_movimento_tardio(mundo: Mundo) -> None:
    """Um recebimento validado numa transação demorada."""
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 5})
    mundo.tudo_certo()
    comeco = mundo.relogio() + timedelta(seconds=10)
    mundo.passar(minutes=50)
    mundo.banco.escrever("purchase.order", pedido, {"partner_ref": "NF 1"})
    confirmado(mundo, {"produto": mundo.produto("B2"), "qtd": 1})
    mundo.passar()
    mundo.importar()
    with mundo.banco.transacao(inicio=comeco):
        mundo.banco.receber(pedido)
    mundo.passar()
    mundo.importar()
    assert mundo.reconciliar().igual
    assert mundo.um("SELECT qtd_movimentacao FROM movimentacao_estoque") == 5
    mundo.passar()
    mundo.importar()
    # O conteúdo é igual; o write_date que andou para trás só é visto quando a linha for relida.
    mundo.conferir(menos=("odoo_write_date", "odoo_documento_write_date"))
