"""Falha 9, na importação: o COMMIT chegou ao banco e a confirmação se perdeu. Nada se repete: a seguinte parte do que ficou."""

from __future__ import annotations

import pytest

from app.banco.erros import ErroBanco
from app.banco.motor import criar_motor
from tests.apoio.corte_pg import CorteDeCommit
from tests.apoio.importacao import Mundo
from tests.fontes.test_pedidos import confirmado

pytestmark = pytest.mark.falha(9)

FONTES_CORTADAS = ("pedidos", "entradas", "estoque")


def criar_dados(mundo: Mundo) -> None:
    p, f = mundo.produto(), mundo.fornecedor()
    for i in range(4):
        (entrada,) = mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 5 + i}, parceiro=f))
        if i == 1:
            mundo.banco.devolver(entrada, 2)
    mundo.passar()


@pytest.mark.parametrize("no_commit", [2, 4, 5, 6, 7, 8, 9, 11])
def test_commit_sem_confirmacao(mundo19: Mundo, no_commit: int) -> None:
    mundo = mundo19
    criar_dados(mundo)
    direto = mundo.motor
    with CorteDeCommit(mundo.pg.url, no_commit) as corte:
        mundo.motor = criar_motor(corte.url)
        try:
            with pytest.raises(ErroBanco):
                mundo.importar(*FONTES_CORTADAS, pagina=2)
            assert corte.cortes == 1
            mundo.importar(*FONTES_CORTADAS, pagina=2)  # pelo mesmo pool, que tem de se refazer
        finally:
            mundo.motor.dispose()
            mundo.motor = direto
    mundo.importar("cadastros")
    mundo.conferir()
    assert mundo.um("SELECT count(*) FROM movimentacao_estoque") == 5
    assert mundo.sql("SELECT 1 FROM auditoria") == []  # nenhum movimento foi feito duas vezes nem corrigido
    mundo.importar()
    mundo.sem_novidade()
