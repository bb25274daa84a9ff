"""Falha 30: códigos repetidos, com `.0`, espaços e caixa, e produto arquivado. A identidade é o id do Odoo; o ambíguo é avisado.

As histórias de cada um estão em tests/fontes/test_cadastros.py; aqui, todos juntos, e nada somado pelo código.
"""

from __future__ import annotations

import pytest

from tests.apoio.importacao import Mundo
from tests.fontes.test_pedidos import confirmado

pytestmark = pytest.mark.falha(30)

CODIGOS: tuple[str | bool, ...] = (
    "1234",
    "1234 ",
    "1234.0",
    "01234",
    "abc",
    "ABC",
    "",
    "   ",
    False,
    "ÇÃO-1",
    "a b",
    "'; DROP TABLE x; --",
    "=1+1",
)


def test_todos_juntos(mundo: Mundo) -> None:
    produtos = [mundo.produto(c, f"Produto {i}") for i, c in enumerate(CODIGOS)]
    mundo.banco.arquivar_produto(produtos[0])
    pedido = confirmado(mundo, *({"produto": p, "qtd": i + 1} for i, p in enumerate(produtos)))
    mundo.banco.receber(pedido)
    for i, p in enumerate(produtos):
        mundo.banco.editar_estoque(p, 100 + i)
    mundo.tudo_certo()
    assert mundo.um("SELECT count(*) FROM pedido_compras") == len(CODIGOS)
    assert mundo.sql("SELECT qtd_movimentacao FROM movimentacao_estoque ORDER BY odoo_produto_id") == [i + 1 for i in range(len(CODIGOS))]
    # Um cadastro por código, do ativo de menor id; sem código, nenhum.
    assert mundo.um("SELECT odoo_produto_id FROM cadastro_palletizacao WHERE cod_produto = '1234'") == produtos[1]
    codigos = {str(c).strip() for c in CODIGOS if c and str(c).strip()}
    assert set(mundo.sql("SELECT cod_produto FROM cadastro_palletizacao")) == codigos
    (aviso,) = mundo.sql("SELECT mensagem FROM aviso WHERE tipo = 'codigo_repetido' AND fechado_em IS NULL")
    assert "1234" in aviso
    assert str(produtos[1]) in aviso
    assert str(produtos[0]) in aviso
