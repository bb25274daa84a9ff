"""Posição de estoque: inteira a cada vez, somada por produto e empresa; o que some vira zero."""

from __future__ import annotations

import pytest

from tests.apoio.importacao import Mundo


def posicao(mundo: Mundo) -> dict[str, float]:
    return {r[0]: float(r[1]) for r in mundo.sql("SELECT cod_produto, qtd FROM posicao_estoque")}


def test_soma_locais_e_zera_o_que_some(mundo: Mundo) -> None:
    a, b = mundo.produto("A1"), mundo.produto("B2")
    r = mundo.banco.refs
    outro = mundo.banco.criar(
        "stock.location", {"name": "Galpão 2", "usage": "internal", "location_id": r["armazem"], "company_id": r["empresa"]}
    )
    mundo.banco.editar_estoque(a, 10, reservada=3)
    mundo.banco.editar_estoque(a, 2.5, local=outro)
    mundo.banco.editar_estoque(b, 7)
    mundo.tudo_certo()
    assert posicao(mundo) == {"A1": 12.5, "B2": 7}
    assert mundo.sql("SELECT qtd_reservada FROM posicao_estoque WHERE cod_produto = 'A1'") == [3]
    mundo.passar()
    mundo.banco.entrega_a_cliente(b, 7)
    mundo.tudo_certo()
    assert posicao(mundo) == {"A1": 12.5, "B2": 0}


@pytest.mark.falha(31)
def test_saldo_negativo(mundo: Mundo) -> None:
    p = mundo.produto()
    mundo.banco.entrega_a_cliente(p, 4)
    mundo.tudo_certo()
    assert posicao(mundo) == {"A1": -4}


def test_sem_saldo_nenhum(mundo: Mundo) -> None:
    mundo.produto()
    mundo.tudo_certo()
    assert posicao(mundo) == {}


@pytest.mark.falha(41)
def test_por_empresa_e_quant_sem_empresa(mundo: Mundo) -> None:
    p, r = mundo.produto(), mundo.banco.refs
    filial = mundo.banco.criar_empresa("Filial")
    la = mundo.banco.criar("stock.location", {"name": "Filial/Estoque", "usage": "internal", "company_id": filial})
    geral = mundo.banco.criar("stock.location", {"name": "Consignado", "usage": "internal"})
    mundo.banco.mexer_quant(p, r["estoque"], 5)
    mundo.banco.mexer_quant(p, la, 6, filial)
    mundo.banco.mexer_quant(p, geral, 7)
    mundo.tudo_certo()
    linhas = mundo.sql("SELECT empresa_id, qtd FROM posicao_estoque ORDER BY 1")
    assert [tuple(x) for x in linhas] == [(0, 7), (1, 5), (filial, 6)]
    mundo.banco.mexer_quant(p, la, -6, filial)
    mundo.banco.mexer_quant(p, geral, -7)
    mundo.tudo_certo()
    assert mundo.sql("SELECT sum(qtd) FROM posicao_estoque") == [5]


@pytest.mark.falha(41)
def test_uma_empresa_so_nao_zera_as_outras(mundo: Mundo) -> None:
    """Com ODOO_EMPRESAS=1, a posição da filial, lida antes, fica como estava."""
    p = mundo.produto()
    filial = mundo.banco.criar_empresa("Filial")
    la = mundo.banco.criar("stock.location", {"name": "Filial/Estoque", "usage": "internal", "company_id": filial})
    mundo.banco.mexer_quant(p, mundo.banco.refs["estoque"], 5)
    mundo.banco.mexer_quant(p, la, 6, filial)
    mundo.tudo_certo()
    mundo.mudancas_config["odoo_empresas"] = "1"
    mundo.banco.mexer_quant(p, la, 1, filial)
    mundo.passar()
    mundo.importar()
    linhas = mundo.sql("SELECT empresa_id, qtd FROM posicao_estoque ORDER BY 1")
    assert [tuple(x) for x in linhas] == [(1, 5), (filial, 6)]
