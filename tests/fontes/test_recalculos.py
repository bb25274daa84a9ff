"""O que se recalcula depois: anotado no commit da causa, feito no fim da execução, e nunca perdido numa queda."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, text

from app.manufatura.fontes import cadastro_fabrica, lead_time, rejeicoes
from app.manufatura.fontes.rejeicoes import Rejeicao
from app.manufatura.services import avisos
from tests.apoio.importacao import CercaFatal, Morte, Mundo
from tests.fontes.test_pedidos import confirmado

ENTREGUES = text("""
    INSERT INTO pedido_compras (odoo_modelo, odoo_id, odoo_documento_id, odoo_produto_id, empresa_id, importado_odoo, num_pedido,
        odoo_parceiro_id, data_pedido_criacao, data_pedido_entrega, cod_produto, qtd_produto_pedido, odoo_qtd_produto, status_odoo,
        odoo_estado)
    SELECT 'purchase.order.line', 1000 + g, g / 5, 1000 + g % 2000, 1, true, 'P' || g, 10 + g % 50, date '2025-01-01' + g % 300,
        date '2025-01-01' + g % 300 + g % 30 - 1, 'C', 1, 1, 'purchase', 'purchase' FROM generate_series(1, :n) g""")
"""Uma entrega em cada 30 é de antes do pedido."""


def pendentes(mundo: Mundo) -> int:
    return int(mundo.um("SELECT count(*) FROM recalculo_pendente"))


def test_prazos_de_muitas_entregas_em_poucos_comandos(mundo19: Mundo) -> None:
    """70.000 entregas: mais que os 65.535 parâmetros de um comando, e tantos comandos quantos para uma."""
    comandos: list[str] = []
    motor = mundo19.motor
    with motor.begin() as conexao:
        conexao.execute(ENTREGUES, {"n": 70_000})
    event.listen(motor, "before_cursor_execute", lambda c, cursor, comando, *resto: comandos.append(comando))
    with motor.begin() as conexao:
        lead_time.recalcular(conexao, range(1000, 3000))
    assert len(comandos) < 12
    negativas = "SELECT count(*) FROM pedido_compras WHERE data_pedido_entrega < data_pedido_criacao"
    abertos = "SELECT count(*) FROM aviso WHERE tipo = 'lead_time_negativo' AND fechado_em IS NULL"
    assert mundo19.um(abertos) == mundo19.um(negativas) > 2_000
    mundo19.sql("UPDATE pedido_compras SET data_pedido_entrega = data_pedido_criacao WHERE data_pedido_entrega < data_pedido_criacao")
    with motor.begin() as conexao:
        lead_time.recalcular(conexao, range(1000, 3000))
    assert mundo19.um(abertos) == 0


def test_rejeicoes_e_avisos_aos_milhares(mundo19: Mundo) -> None:
    n = 70_000
    muitas = [Rejeicao(i, "caractere inválido", "ignorada", {"qtd": "1"}) for i in range(1, n + 1)]
    with mundo19.motor.begin() as conexao:
        rejeicoes.anotar(conexao, "entradas", "stock.move", muitas)
        rejeicoes.anotar(conexao, "entradas", "stock.move", muitas)
        avisos.sincronizar(conexao, "teste", [(str(i), "olhe", None if i % 2 else {"i": i}) for i in range(n)])
        assert avisos.fechar(conexao, "teste", map(str, range(n - 1))) == n - 1
        assert len(rejeicoes.resolver(conexao, "entradas", "stock.move", range(2, n + 1), tipo="ignorada")) == n - 1
        assert rejeicoes.resolver(conexao, "entradas", "stock.move", [1], tipo="rejeitada") == []
    assert mundo19.sql("SELECT odoo_id FROM rejeicao_integracao WHERE resolvida_em IS NULL") == [1]
    assert mundo19.sql("SELECT chave FROM aviso WHERE fechado_em IS NULL") == [str(n - 1)]
    assert mundo19.um("SELECT count(*) FROM aviso WHERE dados IS NULL") == n // 2


@pytest.mark.falha(1)
@pytest.mark.parametrize("fonte", ["pedidos", "entradas"])
def test_morte_depois_da_pagina_nao_perde_o_prazo(mundo: Mundo, fonte: str) -> None:
    """A página foi guardada, e o processo morreu antes de recalcular o prazo: a próxima importação, de qualquer fonte, o faz."""
    p, f = mundo.produto(), mundo.fornecedor()
    mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f))
    mundo.passar()
    outras = [n for n in ("cadastros", "requisicoes", "pedidos", "entradas", "estoque") if n != fonte]
    mundo.importar(*outras)
    with pytest.raises(Morte):
        mundo.importar(fonte, cerca=CercaFatal(depois_da_pagina=1))
    assert pendentes(mundo) > 0
    mundo.passar()
    mundo.importar("estoque")
    assert pendentes(mundo) == 0
    mundo.importar()
    assert mundo.um("SELECT entregas FROM lead_time_fornecedor") == 1
    mundo.tudo_certo()


def muda_de_codigo(mundo: Mundo) -> int:
    p = mundo.produto("VELHO")
    mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 1}))
    mundo.passar()
    mundo.importar()
    mundo.passar(hours=1)
    mundo.banco.mudar_codigo(p, "NOVO")
    mundo.passar()
    return p


def codigos(mundo: Mundo) -> set[Any]:
    tabelas = ("pedido_compras", "movimentacao_estoque", "lead_time_fornecedor", "cadastro_palletizacao")
    return {c for t in tabelas for c in mundo.sql(f"SELECT cod_produto FROM {t}")}


def _morreu(mundo: Mundo, transacao: int) -> bool:
    try:
        mundo.importar("cadastros", cerca=CercaFatal(na_transacao=transacao))
    except Morte:
        return True
    return False


@pytest.mark.falha(1)
def test_morte_entre_o_cadastro_e_o_efeito(mundo: Mundo) -> None:
    muda_de_codigo(mundo)
    n = 1
    while _morreu(mundo, n):
        n += 1
    assert n > 3
    mundo.importar("pedidos")
    assert codigos(mundo) == {"NOVO"}
    assert pendentes(mundo) == 0


@pytest.mark.falha(20)
@pytest.mark.parametrize("modelo", ["product.supplierinfo", "mrp.bom"])
def test_sem_direito_num_modelo_o_resto_dos_cadastros_anda(mundo: Mundo, modelo: str) -> None:
    mesa = mundo.produto("M1", "Mesa")
    mundo.banco.criar_estrutura(mesa, [(mundo.produto("C1"), 4)])
    muda_de_codigo(mundo)
    mundo.banco.negar("admin", modelo)
    assert mundo.importar("cadastros")["cadastros"]["rejeitados"] == 1
    assert codigos(mundo) == {"NOVO", "M1", "C1"}
    assert mundo.um("SELECT produto_produzido FROM cadastro_palletizacao WHERE cod_produto = 'M1'") is True
    aberta = "SELECT motivo FROM rejeicao_integracao WHERE odoo_modelo = :m AND odoo_id = 0 AND resolvida_em IS NULL"
    assert modelo in mundo.um(aberta, m=modelo)
    mundo.banco.permitir("admin", modelo)
    mundo.tudo_certo()
    assert mundo.sql(aberta, m=modelo) == []


def test_releitura_nao_tira_da_lista_o_que_se_ignora(mundo: Mundo) -> None:
    p = mundo.produto("N1", purchase_ok=False)
    mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 5}))
    mundo.passar()
    mundo.importar()
    abertas = "SELECT count(*) FROM rejeicao_integracao WHERE tipo = 'ignorada' AND resolvida_em IS NULL"
    assert mundo.um(abertas) == 1
    mundo.passar()
    assert mundo.importar("entradas", desde=date(2026, 11, 1))["entradas"]["ignorados"] == 1
    assert mundo.um(abertas) == 1
    mundo.banco.escrever("product.product", p, {"purchase_ok": True})
    mundo.tudo_certo()
    assert mundo.um(abertas) == 0


def fixar(mundo: Mundo, codigo: str) -> None:
    mundo.sql(
        "UPDATE cadastro_palletizacao SET ativo = true, lead_time_mto = 7, disparo_producao = 'MTO',"
        " campos_fixados = '{ativo,lead_time_mto,disparo_producao}' WHERE cod_produto = :c",
        c=codigo,
    )


def cadastro_por_produto(mundo: Mundo) -> dict[Any, tuple[Any, ...]]:
    consulta = "SELECT odoo_produto_id, cod_produto, lead_time_mto, ativo FROM cadastro_palletizacao"
    return {r[0]: tuple(r[1:]) for r in mundo.sql(consulta)}


@pytest.mark.falha(30)
@pytest.mark.parametrize("novos", [("B", "A", "C"), ("B", "C", "A"), ("B", "C", "D"), ("B", "X", "C")], ids="-".join)
def test_o_fixado_segue_o_produto_em_trocas_e_cadeias(mundo19: Mundo, novos: tuple[str, ...]) -> None:
    mundo = mundo19
    produtos = [mundo.produto(c, f"Produto {c}") for c in "ABC"]
    mundo.passar()
    mundo.importar("cadastros")
    fixar(mundo, "A")
    mundo.passar()
    for produto, novo in zip(produtos, novos, strict=True):
        mundo.banco.mudar_codigo(produto, novo)
    mundo.passar()
    mundo.importar("cadastros")
    esperado = {p: (novo, 7 if n == 0 else None, True) for n, (p, novo) in enumerate(zip(produtos, novos, strict=True))}
    assert cadastro_por_produto(mundo) == esperado


@pytest.mark.falha(30)
def test_quem_perde_o_codigo_nao_o_deixa_com_o_fixado(mundo19: Mundo) -> None:
    """A→B enquanto B fica sem código: a linha de B, com o que uma pessoa fixou, não passa a A, e `ativo` fixado fica."""
    mundo = mundo19
    a, b = mundo.produto("A"), mundo.produto("B")
    mundo.passar()
    mundo.importar("cadastros")
    fixar(mundo, "B")
    mundo.passar()
    mundo.banco.mudar_codigo(b, False)
    mundo.banco.mudar_codigo(a, "B")
    mundo.passar()
    mundo.importar("cadastros")
    assert cadastro_por_produto(mundo) == {a: ("B", None, True), None: (f"B (antes do produto {b})", 7, True)}
    with mundo.motor.begin() as conexao:
        assert cadastro_fabrica.atualizar(conexao) == 0


def test_correcao_de_requisicao_renomeia_os_pedidos_dela(mundo: Mundo) -> None:
    """Reler uma requisição por não conferir faz o mesmo que importá-la: o número chega aos pedidos que a citam."""
    p, f = mundo.produto(), mundo.fornecedor()
    requisicao = mundo.banco.criar_requisicao([{"produto": p, "qtd": 3}], fornecedor=f)
    mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 3}], requisition_id=requisicao)
    mundo.tudo_certo()
    mundo.passar(hours=3)
    mundo.banco.escrever_cru("purchase.requisition", requisicao, {"name": "REQ-NOVA"})
    (linha,) = mundo.banco.filhos("purchase.requisition.line", "requisition_id", requisicao)
    mundo.banco.escrever_cru("purchase.requisition.line", linha, {"product_qty": 4.0})  # sem mover write_date: só a conferência vê
    mundo.passar()
    assert mundo.reconciliar().igual
    assert mundo.sql("SELECT num_requisicao FROM requisicao_compras") == ["REQ-NOVA"]
    assert mundo.sql("SELECT num_requisicao FROM pedido_compras") == ["REQ-NOVA"]
