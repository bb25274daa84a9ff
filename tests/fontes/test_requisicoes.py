"""Requisições: o status por linha, as datas, e as da OCA."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.odoo.erros import ModeloAusente
from tests.apoio.importacao import Mundo


def status(mundo: Mundo) -> list[str]:
    return mundo.sql("SELECT status FROM requisicao_compras ORDER BY odoo_id")


def test_requisicao_e_sua_linha(mundo: Mundo) -> None:
    req = mundo.banco.criar_requisicao([{"produto": mundo.produto(), "qtd": 3}], fornecedor=mundo.fornecedor(), previsto="2026-12-20")
    mundo.banco.confirmar_requisicao(req)
    mundo.tudo_certo()
    linha = mundo.um("SELECT * FROM requisicao_compras")
    assert (linha.status, linha.qtd_produto_requisicao, linha.cod_produto) == ("Requisitada", 3, "A1")
    assert (linha.data_requisicao_criacao, linha.data_requisicao_solicitada) == (date(2026, 11, 24), date(2026, 12, 20))
    assert linha.usuario_requisicao_criacao == "Administrator"


def test_data_da_linha_vence_a_do_cabecalho(mundo14: Mundo) -> None:
    """14: schedule_date da linha; sem ela, a do cabeçalho; sem as duas, date_end (um instante: 1h UTC é a véspera)."""
    itens: list[dict[str, Any]] = [
        {"produto": mundo14.produto(), "qtd": 1, "previsto": "2026-12-25"},
        {"produto": mundo14.produto("B2"), "qtd": 1, "previsto": False},
    ]
    req = mundo14.banco.criar_requisicao(itens, fornecedor=mundo14.fornecedor(), schedule_date="2026-12-28", date_end="2027-01-01 01:00:00")
    mundo14.tudo_certo()
    consulta = "SELECT data_requisicao_solicitada FROM requisicao_compras ORDER BY odoo_id"
    assert mundo14.sql(consulta) == [date(2026, 12, 25), date(2026, 12, 28)]
    mundo14.passar()
    mundo14.banco.escrever("purchase.requisition", req, {"schedule_date": False})
    mundo14.tudo_certo()
    assert mundo14.sql(consulta) == [date(2026, 12, 25), date(2026, 12, 31)]


def test_quantidade_na_unidade_do_produto(mundo: Mundo) -> None:
    req = mundo.banco.criar_requisicao([{"produto": mundo.produto(), "qtd": 2}], fornecedor=mundo.fornecedor())
    (linha,) = mundo.banco.procurar("purchase.requisition.line", [["requisition_id", "=", req]])
    mundo.banco.escrever("purchase.requisition.line", linha, {"product_uom_id": mundo.banco.refs["duzia"]})
    mundo.tudo_certo()
    assert mundo.um("SELECT qtd_produto_requisicao FROM requisicao_compras") == 24


def test_status_por_linha_acompanha_os_pedidos(mundo: Mundo) -> None:
    """Duas linhas: só a do produto cotado muda; o cabeçalho cancelado não vence o que foi pedido."""
    a, b, f = mundo.produto("A1"), mundo.produto("B2", "Porca"), mundo.fornecedor()
    req = mundo.banco.criar_requisicao([{"produto": a, "qtd": 1}, {"produto": b, "qtd": 1}], fornecedor=f)
    mundo.banco.confirmar_requisicao(req)
    mundo.tudo_certo()
    assert status(mundo) == ["Requisitada", "Requisitada"]
    mundo.passar()
    pedido = mundo.banco.criar_pedido(f, [{"produto": a, "qtd": 1}], requisition_id=req)
    mundo.tudo_certo()
    assert status(mundo) == ["Em Cotação", "Requisitada"]
    mundo.passar()
    mundo.banco.confirmar_pedido(pedido)
    mundo.tudo_certo()
    assert status(mundo) == ["Pedido Colocado", "Requisitada"]
    mundo.passar()
    mundo.banco.cancelar_requisicao(req)
    mundo.tudo_certo()
    assert status(mundo) == ["Pedido Colocado", "Cancelada"]
    mundo.passar()
    mundo.banco.cancelar_pedido(pedido)
    mundo.tudo_certo()
    assert status(mundo) == ["Cancelada", "Cancelada"]


def test_pedido_muda_de_requisicao(mundo: Mundo) -> None:
    """As linhas da requisição que o pedido deixou voltam a Requisitada."""
    p, f = mundo.produto(), mundo.fornecedor()
    um = mundo.banco.criar_requisicao([{"produto": p, "qtd": 1}], fornecedor=f)
    outra = mundo.banco.criar_requisicao([{"produto": p, "qtd": 1}], fornecedor=f)
    pedido = mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}], requisition_id=um)
    mundo.tudo_certo()
    assert status(mundo) == ["Em Cotação", "Requisitada"]
    mundo.passar()
    mundo.banco.escrever("purchase.order", pedido, {"requisition_id": outra})
    mundo.tudo_certo()
    assert status(mundo) == ["Requisitada", "Em Cotação"]


def test_numero_do_pedido_acompanha_a_requisicao_renomeada(mundo: Mundo) -> None:
    """Na 14 a requisição se chama New até ser confirmada; em qualquer uma alguém pode renomeá-la."""
    p, f = mundo.produto(), mundo.fornecedor()
    req = mundo.banco.criar_requisicao([{"produto": p, "qtd": 1}], fornecedor=f)
    mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}], requisition_id=req)
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.confirmar_requisicao(req)
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.escrever("purchase.requisition", req, {"name": "REQ-7"})
    mundo.tudo_certo()
    assert mundo.um("SELECT num_requisicao FROM pedido_compras") == "REQ-7"


@pytest.mark.falha(26)
def test_linha_apagada(mundo: Mundo) -> None:
    p = mundo.produto()
    req = mundo.banco.criar_requisicao([{"produto": p, "qtd": 1}, {"produto": p, "qtd": 2}], fornecedor=mundo.fornecedor())
    mundo.tudo_certo()
    mundo.passar()
    apagada = mundo.banco.procurar("purchase.requisition.line", [["requisition_id", "=", req]])[1]
    mundo.banco.excluir("purchase.requisition.line", apagada)
    mundo.banco.escrever("purchase.requisition", req, {})
    mundo.tudo_certo()
    assert status(mundo) == ["Requisitada", "Cancelada"]


def test_pedido_importado_antes_da_requisicao(mundo: Mundo) -> None:
    p, f = mundo.produto(), mundo.fornecedor()
    req = mundo.banco.criar_requisicao([{"produto": p, "qtd": 1}], fornecedor=f)
    mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}], requisition_id=req)
    mundo.passar()
    mundo.importar("pedidos", "requisicoes")
    assert status(mundo) == ["Em Cotação"]
    mundo.tudo_certo()


@pytest.mark.falha(41)
def test_estado_desconhecido(mundo: Mundo) -> None:
    req = mundo.banco.criar_requisicao([{"produto": mundo.produto(), "qtd": 1}], fornecedor=mundo.fornecedor())
    mundo.banco.escrever_cru("purchase.requisition", req, {"state": "na diretoria", "user_id": False})
    mundo.tudo_certo()
    linha = mundo.um("SELECT * FROM requisicao_compras")
    assert (linha.status, linha.odoo_estado, linha.usuario_requisicao_criacao) == ("Requisitada", "na diretoria", None)


def test_usuario_renomeado(mundo: Mundo) -> None:
    uid = mundo.banco.criar_usuario("ana", "segredo", tudo=True)
    with mundo.banco.transacao(usuario=uid):
        mundo.banco.criar_requisicao([{"produto": mundo.produto(), "qtd": 1}], fornecedor=mundo.fornecedor())
    mundo.tudo_certo()
    assert mundo.um("SELECT usuario_requisicao_criacao FROM requisicao_compras") == "ana"
    mundo.passar()
    mundo.banco.escrever("res.users", uid, {"name": "Ana Souza"})
    mundo.tudo_certo()
    assert mundo.um("SELECT usuario_requisicao_criacao FROM requisicao_compras") == "Ana Souza"


def com_oca(mundo: Mundo) -> None:
    """A OCA põe também, na linha de pedido, as linhas de solicitação que ela atende."""
    from app.demo.odoo_simulado.esquema import Campo

    mundo.banco.instalar("purchase_request")
    mundo.banco.esquema["purchase.order.line"].campos["purchase_request_lines"] = Campo(
        "purchase_request_lines", "many2many", True, False, "purchase.request.line"
    )
    mundo.banco._brancos.clear()


def test_solicitacao_da_oca(mundo: Mundo) -> None:
    com_oca(mundo)
    a, b, f = mundo.produto("A1"), mundo.produto("B2", "Porca"), mundo.fornecedor()
    pr = mundo.banco.criar_solicitacao([{"produto": a, "qtd": 2, "data": "2026-12-15"}, {"produto": b, "qtd": 1}])
    mundo.tudo_certo()
    consulta = (
        "SELECT status, data_requisicao_solicitada FROM requisicao_compras WHERE odoo_modelo = 'purchase.request.line' ORDER BY odoo_id"
    )
    assert [tuple(x) for x in mundo.sql(consulta)] == [("Requisitada", date(2026, 12, 15)), ("Requisitada", date(2026, 11, 24))]
    mundo.passar()
    linhas = mundo.banco.filhos("purchase.request.line", "request_id", pr)
    pedido = mundo.banco.criar_pedido(f, [{"produto": a, "qtd": 2}])
    mundo.banco.escrever("purchase.order.line", mundo.banco.linhas_do_pedido(pedido)[0], {"purchase_request_lines": [(6, 0, linhas[:1])]})
    mundo.tudo_certo()
    assert [x[0] for x in mundo.sql(consulta)] == ["Em Cotação", "Requisitada"]
    assert mundo.um("SELECT num_requisicao FROM pedido_compras") == mundo.banco.exigir("purchase.request", pr)["name"]
    mundo.passar()
    mundo.banco.escrever("purchase.request", pr, {"state": "rejected", "name": "PR-NOVA"})
    mundo.tudo_certo()
    assert [x[0] for x in mundo.sql(consulta)] == ["Em Cotação", "Cancelada"]
    assert mundo.um("SELECT num_requisicao FROM pedido_compras") == "PR-NOVA"


def test_pedido_deixa_a_solicitacao(mundo: Mundo) -> None:
    """A linha de pedido que já não cita a solicitação a devolve a Requisitada."""
    com_oca(mundo)
    a, f = mundo.produto("A1"), mundo.fornecedor()
    pr = mundo.banco.criar_solicitacao([{"produto": a, "qtd": 2}])
    pedido = mundo.banco.criar_pedido(f, [{"produto": a, "qtd": 2}])
    (linha,) = mundo.banco.linhas_do_pedido(pedido)
    pedidas = mundo.banco.filhos("purchase.request.line", "request_id", pr)
    mundo.banco.escrever("purchase.order.line", linha, {"purchase_request_lines": [(6, 0, pedidas)]})
    mundo.tudo_certo()
    assert status(mundo) == ["Em Cotação"]
    mundo.passar()
    mundo.banco.escrever("purchase.order.line", linha, {"purchase_request_lines": [(6, 0, [])]})
    mundo.tudo_certo()
    assert status(mundo) == ["Requisitada"]


@pytest.mark.falha(19)
def test_sem_nenhum_modulo_de_requisicao(mundo: Mundo) -> None:
    mundo.banco.desinstalar("purchase_requisition")
    with pytest.raises(ModeloAusente, match=r"purchase\.requisition"):
        mundo.importar("requisicoes")
