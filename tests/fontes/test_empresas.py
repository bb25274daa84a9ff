"""Várias empresas no mesmo Odoo: a empresa entra em cada chave, e ODOO_EMPRESAS diz quais valem."""

from __future__ import annotations

import pytest

from app.manufatura.fontes.sessao import EmpresaDesconhecida
from tests.apoio.importacao import Mundo

pytestmark = pytest.mark.falha(41)


def duas_empresas(mundo: Mundo) -> int:
    """Um pedido recebido e uma requisição em cada empresa; devolve o id da filial."""
    p, f = mundo.produto(), mundo.fornecedor()
    filial = mundo.banco.criar_empresa("Filial")
    for empresa in (1, filial):
        mundo.banco.criar_requisicao([{"produto": p, "qtd": 1}], fornecedor=f, company_id=empresa)
        pedido = mundo.banco.criar_pedido(f, [{"produto": p, "qtd": empresa}], company_id=empresa)
        mundo.banco.confirmar_pedido(pedido)
        mundo.banco.receber(pedido)
    return filial


TABELAS = ("pedido_compras", "requisicao_compras", "movimentacao_estoque", "lead_time_fornecedor")


def test_todas_as_que_o_usuario_ve(mundo: Mundo) -> None:
    filial = duas_empresas(mundo)
    mundo.tudo_certo()
    for tabela in TABELAS:
        assert mundo.sql(f"SELECT empresa_id FROM {tabela} ORDER BY 1") == [1, filial], tabela


def test_so_as_pedidas_e_depois_mais_uma(mundo: Mundo) -> None:
    """Acrescentar uma empresa traz os documentos antigos dela: a primeira leitura é por empresa."""
    filial = duas_empresas(mundo)
    mundo.mudancas_config["odoo_empresas"] = "1"
    mundo.passar()
    mundo.importar()
    mundo.conferir(empresas=[1])
    for tabela in TABELAS:
        assert mundo.sql(f"SELECT empresa_id FROM {tabela}") == [1], tabela
    mundo.sem_novidade()
    mundo.mudancas_config["odoo_empresas"] = f"1,{filial}"
    mundo.passar(days=3)
    mundo.importar()
    mundo.conferir()
    mundo.sem_novidade()


def test_empresa_nova_no_odoo(mundo: Mundo) -> None:
    """Criada depois da primeira importação: os documentos dela vêm na seguinte."""
    mundo.produto()
    mundo.tudo_certo()
    mundo.passar(days=2)
    duas_empresas(mundo)
    mundo.tudo_certo()


def test_empresa_que_nao_se_ve(mundo: Mundo) -> None:
    mundo.mudancas_config["odoo_empresas"] = "1,99"
    with pytest.raises(EmpresaDesconhecida, match="99"):
        mundo.importar()
    assert mundo.sql("SELECT 1 FROM cursor_integracao") == []


def test_pedido_passa_de_uma_empresa_a_outra(mundo: Mundo) -> None:
    """Raro, mas possível em rascunho: com só uma empresa pedida, a linha que saiu dela não pode ficar como viva."""
    p, f = mundo.produto(), mundo.fornecedor()
    filial = mundo.banco.criar_empresa("Filial")
    pedido = mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}])
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.escrever("purchase.order", pedido, {"company_id": filial})
    mundo.tudo_certo()
    assert mundo.um("SELECT empresa_id FROM pedido_compras") == filial
