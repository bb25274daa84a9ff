"""Falha 1: a importação morta com kill -9 em qualquer ponto. A página está inteira ou não está; a seguinte deixa tudo igual.

A varredura inteira (cada pedido, comando e commit de uma importação de três páginas) é longa; aqui vai uma amostra.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.apoio.condutor import CHEGOU_AO_FIM, PONTOS, Ponto, importar_num_processo
from tests.apoio.importacao import Mundo
from tests.apoio.pg import BancoTeste, _Faxina

pytestmark = pytest.mark.falha(1)

FONTES_MORTAS = ("pedidos", "entradas")
PAGINA = 4
LINHAS = 12  # três páginas de cada fonte


@contextmanager
def mundo_com_tres_paginas(banco: BancoTeste, versao: int = 19) -> Iterator[Mundo]:
    """Doze linhas de pedido recebidas (uma devolvida), de três requisições, num mundo de hora corrente."""
    mundo = Mundo(versao, banco)
    p, f = [mundo.produto(f"P{i}") for i in range(3)], mundo.fornecedor()
    for i in range(LINHAS // 3):
        req = mundo.banco.criar_requisicao([{"produto": p[0], "qtd": 1}], fornecedor=f)
        pedido = mundo.banco.criar_pedido(f, [{"produto": x, "qtd": i + 1, "duzia": True} for x in p], requisition_id=req)
        mundo.banco.confirmar_pedido(pedido)
        feitos = mundo.banco.receber(pedido)
        if i == 0:
            mundo.banco.devolver(feitos[0], 1)
    mundo.passar()
    with mundo.servidor:
        yield mundo


def conferir_consistencia(mundo: Mundo) -> None:
    """O que se pode exigir no meio: páginas inteiras, o lugar guardado com elas, e nenhum efeito sem a sua causa."""
    linhas = mundo.um("SELECT count(*) FROM pedido_compras")
    assert linhas % PAGINA == 0
    lugar = mundo.cursor("pedidos")
    guardado = mundo.um("SELECT max(odoo_id) FROM pedido_compras")
    if lugar is not None and lugar.janela is not None:
        assert lugar.ultimo_id == guardado
    else:
        assert linhas in (0, LINHAS)
    assert mundo.um("SELECT count(*) FROM odoo_movimento") % PAGINA in (0, 1)
    assert mundo.um("SELECT count(*) FROM movimentacao_estoque") == mundo.um("SELECT count(*) FROM odoo_movimento")


def morrer_e_continuar(mundo: Mundo, ponto: Ponto, n: int) -> bool:
    """Mata a importação no n-ésimo ponto e roda outra até o fim; False se ela acabou antes do ponto."""
    saida = importar_num_processo(mundo.ambiente, FONTES_MORTAS, pagina=PAGINA, ponto=ponto, n=n)
    if saida == CHEGOU_AO_FIM:
        return False
    assert saida == -9
    conferir_consistencia(mundo)
    assert importar_num_processo(mundo.ambiente, FONTES_MORTAS, pagina=PAGINA) == CHEGOU_AO_FIM
    # A morta está marcada; a que continuou é a tentativa seguinte e terminou bem.
    assert mundo.sql("SELECT DISTINCT status FROM log_integracao WHERE status <> 'sucesso'") in ([], ["interrompida"])
    mundo.importar()
    mundo.conferir()
    assert mundo.um("SELECT count(*) FROM movimentacao_estoque") == LINHAS + 1
    assert mundo.sql("SELECT 1 FROM auditoria") == []  # nada foi feito e depois corrigido
    return True


AMOSTRA: list[tuple[Ponto, int]] = [
    ("antes do pedido", 7),
    ("depois do pedido", 10),
    ("antes do comando", 30),
    ("depois do comando", 60),
    ("depois do comando", 95),
    ("antes do commit", 4),
    ("antes do commit", 7),
    ("depois do commit", 5),
    ("depois do commit", 8),
]


@pytest.mark.parametrize(("ponto", "n"), AMOSTRA)
def test_morta_em(banco_pg: BancoTeste, ponto: Ponto, n: int) -> None:
    with mundo_com_tres_paginas(banco_pg) as mundo:
        assert morrer_e_continuar(mundo, ponto, n), f"a importação acabou antes do {n}º {ponto}"


@pytest.mark.longo
@pytest.mark.parametrize("versao", [14, 19])
@pytest.mark.parametrize("ponto", PONTOS)
def test_morta_em_cada(banco_que_se_limpa: tuple[BancoTeste, _Faxina], ponto: Ponto, versao: int) -> None:
    """De um em um, até a importação acabar antes do ponto."""
    banco, limpar = banco_que_se_limpa
    for n in range(1, 2000):
        limpar()
        with mundo_com_tres_paginas(banco, versao) as mundo:
            if not morrer_e_continuar(mundo, ponto, n):
                assert n > 10, "cedo demais: o ponto não está sendo contado"
                return
    pytest.fail("a importação nunca chega ao fim")
