"""Cadastros: o produto como a fábrica o vê, códigos repetidos e trocados, e o que uma pessoa fixou."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apoio.importacao import Mundo
from tests.fontes.test_pedidos import confirmado


def cadastro(mundo: Mundo) -> list[tuple[Any, ...]]:
    consulta = "SELECT cod_produto, nome_produto, odoo_produto_id, ativo FROM cadastro_palletizacao ORDER BY cod_produto"
    return [tuple(x) for x in mundo.sql(consulta)]


def repetidos(mundo: Mundo) -> list[str]:
    return mundo.sql("SELECT chave FROM aviso WHERE tipo = 'codigo_repetido' AND fechado_em IS NULL ORDER BY 1")


def test_comprado_vendido_e_produzido(mundo: Mundo) -> None:
    """Produzido: tem estrutura normal (do template ou da variante), ou a rota de fabricar; kit não é."""
    peca = mundo.produto("C1", "Peça", sale_ok=False, weight=1.5)
    mesa, kit, tampo = (mundo.produto(c, n, purchase_ok=False) for c, n in (("M1", "Mesa"), ("K1", "Kit"), ("T1", "Tampo")))
    mundo.banco.criar_estrutura(mesa, [(peca, 4)])
    mundo.banco.criar_estrutura(kit, [(peca, 4)], type="phantom")
    mundo.banco.escrever("product.product", tampo, {"active": True})
    molde = mundo.banco.exigir("product.product", tampo)["product_tmpl_id"]
    mundo.banco.escrever("product.template", molde, {"route_ids": [(6, 0, [mundo.banco.refs["rota_fabricar"]])]})
    mundo.tudo_certo()
    marcas = "SELECT cod_produto, produto_comprado, produto_vendido, produto_produzido FROM cadastro_palletizacao ORDER BY 1"
    assert [tuple(x) for x in mundo.sql(marcas)] == [
        ("C1", True, False, False),
        ("K1", False, True, False),
        ("M1", False, True, True),
        ("T1", False, True, True),
    ]
    mundo.passar()
    mundo.banco.excluir("mrp.bom", mundo.banco.procurar("mrp.bom", [["type", "=", "normal"]]))
    mundo.tudo_certo()
    assert mundo.um("SELECT produto_produzido FROM cadastro_palletizacao WHERE cod_produto = 'M1'") is False


@pytest.mark.falha(30)
def test_codigo_com_espacos_zeros_e_caixa(mundo: Mundo) -> None:
    for codigo in (" 007 ", "007.0", "abc", "ABC"):
        mundo.produto(codigo, f"Produto {codigo.strip()}")
    mundo.tudo_certo()
    assert [x[0] for x in cadastro(mundo)] == sorted(["007", "007.0", "abc", "ABC"])


@pytest.mark.falha(30)
def test_codigo_repetido_e_do_ativo_de_menor_id(mundo: Mundo) -> None:
    a, b, c = mundo.produto("X", "Velho"), mundo.produto("X ", "Novo"), mundo.produto("X", "Outro")
    mundo.banco.arquivar_produto(a)
    pedido = confirmado(mundo, *({"produto": p, "qtd": n} for n, p in enumerate((a, b, c), 1)))
    mundo.banco.receber(pedido)
    mundo.tudo_certo()
    assert cadastro(mundo) == [("X", "Novo", b, True)]
    assert repetidos(mundo) == ["X"]
    somas = mundo.sql("SELECT odoo_produto_id, sum(qtd_movimentacao) FROM movimentacao_estoque GROUP BY 1 ORDER BY 1")
    assert [tuple(x) for x in somas] == [(a, 1), (b, 2), (c, 3)]  # nada se soma pelo código
    mundo.passar()
    mundo.banco.arquivar_produto(b)
    mundo.tudo_certo()
    assert cadastro(mundo) == [("X", "Outro", c, True)]
    mundo.passar()
    for p, codigo in ((a, "X1"), (b, "X2")):
        mundo.banco.mudar_codigo(p, codigo)
    mundo.tudo_certo()
    assert [x[0] for x in cadastro(mundo)] == ["X", "X1", "X2"]
    assert repetidos(mundo) == []


@pytest.mark.falha(30)
def test_codigo_muda_e_a_linha_acompanha(mundo: Mundo) -> None:
    """O que uma pessoa pôs na linha segue o produto; os pedidos e movimentos dele mudam de código."""
    p = mundo.produto("A1")
    pedido = confirmado(mundo, {"produto": p, "qtd": 2})
    mundo.banco.receber(pedido)
    mundo.tudo_certo()
    mundo.sql("UPDATE cadastro_palletizacao SET disparo_producao = 'MTO', lead_time_mto = 7")
    mundo.passar()
    mundo.banco.mudar_codigo(p, "A1-NOVO")
    mundo.tudo_certo()
    assert [tuple(x) for x in mundo.sql("SELECT cod_produto, lead_time_mto FROM cadastro_palletizacao")] == [("A1-NOVO", 7)]
    for tabela in ("pedido_compras", "movimentacao_estoque", "lead_time_fornecedor", "posicao_estoque"):
        assert mundo.sql(f"SELECT cod_produto FROM {tabela}") == ["A1-NOVO"], tabela
    mundo.passar()
    mundo.banco.mudar_codigo(p, False)
    mundo.tudo_certo()
    assert mundo.um("SELECT cod_produto FROM pedido_compras") is None
    assert mundo.um("SELECT ativo FROM cadastro_palletizacao") is False


@pytest.mark.falha(30)
def test_dois_produtos_trocam_de_codigo(mundo: Mundo) -> None:
    a, b = mundo.produto("A1", "Parafuso"), mundo.produto("B2", "Porca")
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.mudar_codigo(a, "B2")
    mundo.banco.mudar_codigo(b, "A1")
    mundo.tudo_certo()
    assert cadastro(mundo) == [("A1", "Porca", b, True), ("B2", "Parafuso", a, True)]


def test_campo_fixado_por_pessoa_nao_e_tocado(mundo: Mundo) -> None:
    p = mundo.produto("A1", "Parafuso", weight=2.0)
    mundo.tudo_certo()
    mundo.sql(
        "UPDATE cadastro_palletizacao SET peso_bruto = 2.5, nome_produto = 'Parafuso M6', campos_fixados = '{peso_bruto,nome_produto}'"
    )
    mundo.passar()
    mundo.banco.escrever("product.product", p, {"weight": 9.0})
    mundo.banco.renomear_produto(p, "Parafuso sextavado")
    mundo.tudo_certo()
    assert tuple(mundo.um("SELECT nome_produto, peso_bruto FROM cadastro_palletizacao")) == ("Parafuso M6", 2.5)
    mundo.sql("UPDATE cadastro_palletizacao SET campos_fixados = '{}'")
    mundo.passar()
    mundo.importar("cadastros")
    assert tuple(mundo.um("SELECT nome_produto, peso_bruto FROM cadastro_palletizacao")) == ("Parafuso sextavado", 9)


def test_template_renomeado_chega_as_linhas(mundo: Mundo) -> None:
    """Na 14, renomear o template não move o write_date do produto."""
    p = mundo.produto("A1", "Parafuso")
    pedido = confirmado(mundo, {"produto": p, "qtd": 2})
    mundo.banco.receber(pedido)
    mundo.tudo_certo()
    mundo.passar(hours=5)
    mundo.banco.renomear_produto(p, "Parafuso sextavado")
    mundo.tudo_certo()
    for tabela in ("pedido_compras", "lead_time_fornecedor", "cadastro_palletizacao"):
        assert mundo.sql(f"SELECT nome_produto FROM {tabela}") == ["Parafuso sextavado"], tabela


@pytest.mark.falha(30)
def test_produto_arquivado_segue_nas_linhas(mundo: Mundo) -> None:
    p = mundo.produto()
    confirmado(mundo, {"produto": p, "qtd": 2})
    mundo.banco.editar_estoque(p, 8)
    mundo.banco.arquivar_produto(p)
    mundo.tudo_certo()
    assert mundo.um("SELECT cod_produto FROM pedido_compras") == "A1"
    assert mundo.um("SELECT qtd FROM posicao_estoque") == 8
    assert cadastro(mundo) == [("A1", "Parafuso", p, False)]


def test_parceiro_renomeado_e_cnpj_mudado(mundo: Mundo) -> None:
    f = mundo.fornecedor("Aços Ltda", vat="12.345.678/0001-95")
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 2}, parceiro=f)
    mundo.banco.receber(pedido)
    mundo.tudo_certo()
    mundo.passar(hours=3)
    mundo.banco.escrever("res.partner", f, {"name": "Aços do Sul Ltda", "vat": "98.765.432/0001-10"})
    mundo.tudo_certo()
    assert tuple(mundo.um("SELECT raz_social, cnpj_fornecedor FROM pedido_compras")) == ("Aços do Sul Ltda", "98765432000110")
    assert tuple(mundo.um("SELECT nome_fornecedor, cnpj_fornecedor FROM lead_time_fornecedor")) == ("Aços do Sul Ltda", "98765432000110")


def test_fator_da_unidade_corrigido(mundo: Mundo) -> None:
    """A dúzia valia 12 e alguém a corrigiu para 10: preços e quantidades guardados são recalculados."""
    confirmado(mundo, {"produto": mundo.produto(), "qtd": 1, "preco": 60, "duzia": True})
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.escrever_cru("uom.uom", mundo.banco.refs["duzia"], {"factor": 0.1 if mundo.banco.antigo else 10.0})
    mundo.tudo_certo()
    assert mundo.um("SELECT preco_produto_pedido FROM pedido_compras") == 6


@pytest.mark.falha(30)
def test_sem_modulo_de_producao(mundo: Mundo) -> None:
    """Um Odoo sem mrp: ninguém é produzido, e o resto anda."""
    mundo.produto()
    mundo.banco.desinstalar("mrp")
    mundo.banco.esquema["product.product"].campos.pop("variant_bom_ids", None)
    mundo.passar()
    mundo.importar("cadastros")
    assert mundo.um("SELECT produto_produzido FROM cadastro_palletizacao") is False
