"""Uma permissão que muda no Odoo esconde registros; não os apaga, e nada do que está guardado se perde por isso."""

from __future__ import annotations

import pytest

from tests.apoio.importacao import Mundo
from tests.fontes.test_pedidos import confirmado

pytestmark = pytest.mark.falha(41)
PEDIDOS = "SELECT num_pedido, empresa_id, status_odoo, qtd_recebida FROM pedido_compras ORDER BY odoo_id"
MOVIMENTOS = "SELECT qtd_movimentacao, empresa_id FROM movimentacao_estoque ORDER BY odoo_id"
SALDOS = "SELECT odoo_produto_id, empresa_id, qtd FROM posicao_estoque ORDER BY 1, 2"
AVISOS = "SELECT tipo, chave FROM aviso WHERE fechado_em IS NULL AND tipo IN ('empresa_sem_acesso', 'sumico_em_massa')"


def retrato(mundo: Mundo) -> list[object]:
    return [mundo.sql(q) for q in (PEDIDOS, MOVIMENTOS, SALDOS)]


def test_empresa_que_se_deixa_de_ver(mundo: Mundo) -> None:
    """O usuário perde a filial: o que é dela fica como estava, a conferência não a conta, e alguém é avisado."""
    p, f = mundo.produto(), mundo.fornecedor()
    filial = mundo.banco.criar_empresa("Filial")
    for nome, qtd, empresa in (("MATRIZ", 1, 1), ("FILIAL", 4, filial)):
        mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": qtd}, parceiro=f, name=nome, company_id=empresa))
    mundo.passar()
    mundo.importar()
    antes = retrato(mundo)
    usuario = mundo.banco.procurar("res.users", [["login", "=", "admin"]])[0]
    mundo.banco.escrever_cru("res.users", usuario, {"company_ids": [1]})
    mundo.passar(days=1)
    mundo.importar()
    mundo.passar()
    feita = mundo.reconciliar()
    assert feita.igual, feita.como_dict()
    assert retrato(mundo) == antes
    assert mundo.sql(AVISOS) == [("empresa_sem_acesso", str(filial))]
    assert "deixou de ver a empresa Filial" in mundo.um("SELECT mensagem FROM aviso WHERE fechado_em IS NULL")
    mundo.banco.escrever_cru("res.users", usuario, {"company_ids": [1, filial]})
    mundo.passar(days=1)
    mundo.importar()
    mundo.passar()
    assert mundo.reconciliar().igual
    assert mundo.sql(AVISOS) == []
    assert retrato(mundo) == antes


def test_sumico_em_massa_espera_confirmacao(mundo: Mundo) -> None:
    """30 de 40 linhas escondidas por uma regra de acesso: a reconciliação só avisa; quem confirma as exclui."""
    p, f = mundo.produto(), mundo.fornecedor()
    pedidos = [confirmado(mundo, *({"produto": p, "qtd": i + 1} for i in range(10)), parceiro=f) for _ in range(4)]
    mundo.passar()
    mundo.importar()
    antes = mundo.sql(PEDIDOS)
    mundo.banco.regra("purchase.order.line", [["order_id", "not in", pedidos[1:]]])
    mundo.passar()
    feita = mundo.reconciliar()
    assert not feita.igual
    assert feita.poupados == {"Pedidos de compra": 30}
    assert mundo.sql(PEDIDOS) == antes
    assert mundo.sql(AVISOS) == [("sumico_em_massa", "purchase.order.line")]
    mundo.passar()
    mundo.reconciliar(confirmado=True)
    assert mundo.um("SELECT count(*) FROM pedido_compras WHERE odoo_excluida") == 30
    assert mundo.sql(AVISOS) == []


def test_poucas_exclusoes_se_corrigem_sozinhas(mundo: Mundo) -> None:
    p, f = mundo.produto(), mundo.fornecedor()
    pedido = mundo.banco.criar_pedido(f, [{"produto": p, "qtd": i + 1} for i in range(30)])
    mundo.passar()
    mundo.importar()
    for linha in mundo.banco.linhas_do_pedido(pedido)[:20]:
        mundo.banco.excluir("purchase.order.line", linha)
    mundo.passar(days=2)
    feita = mundo.reconciliar()
    assert (feita.igual, feita.poupados, feita.contagem.excluidas) == (True, {}, 20)
