"""O oráculo vê cada coluna: estragar qualquer uma, em qualquer tabela importada, é acusado pelo nome."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.apoio.importacao import Mundo
from tests.apoio.oraculo import Oraculo, diferencas, retrato_do_simulado
from tests.fontes.test_pedidos import confirmado

ESTRAGOS = {
    "bigint": "coalesce({0}, 0) + 1000",
    "integer": "coalesce({0}, 0) + 1",
    "numeric": "coalesce({0}, 0) + 1",
    "text": "coalesce({0}, '') || 'x'",
    "boolean": "NOT {0}",
    "date": "coalesce({0}, '2026-01-01') + 1",
    "timestamp with time zone": "coalesce({0}, now()) + interval '1 day'",
}


def completo(mundo: Mundo) -> None:
    p, f = mundo.produto(), mundo.fornecedor(vat="12.345.678/0001-95")
    req = mundo.banco.criar_requisicao([{"produto": p, "qtd": 1}], fornecedor=f)
    (entrada,) = mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 5, "duzia": True}, parceiro=f, requisition_id=req))
    mundo.banco.devolver(entrada, 2)
    mundo.tudo_certo()


def test_cada_coluna_estragada_e_acusada(mundo19: Mundo) -> None:
    mundo = mundo19
    completo(mundo)
    retrato = retrato_do_simulado(mundo.banco)
    for tabela, linhas in Oraculo(retrato).esperado().tabelas.items():
        tipos = dict(mundo.sql("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = :t", t=tabela))
        colunas = [c for c in next(iter(linhas.values())) if c in tipos]
        assert len(colunas) >= 3, tabela
        for coluna in colunas:
            sql = ESTRAGOS[tipos[coluna]].format(coluna)
            if coluna in ("qtd_movimentacao", "ordem_producao_id", "tipo_movimentacao", "status"):
                continue  # têm restrições no banco
            with mundo.motor.connect() as conexao:  # desfeito ao sair
                conexao.execute(text(f"UPDATE {tabela} SET {coluna} = {sql}"))
                achadas = diferencas(conexao, retrato)
            assert any(a.startswith(tabela) and (coluna in a or "falta" in a) for a in achadas), f"{tabela}.{coluna} passou: {achadas}"
    assert diferencas(mundo.motor, retrato) == []


@pytest.mark.parametrize("tabela", ["movimentacao_estoque", "lead_time_fornecedor", "posicao_estoque", "requisicao_compras"])
def test_linha_que_falta_ou_sobra_e_acusada(mundo19: Mundo, tabela: str) -> None:
    completo(mundo19)
    mundo19.sql(f"DELETE FROM {tabela}")
    assert any(a.startswith(tabela) and "falta" in a for a in diferencas(mundo19.motor, retrato_do_simulado(mundo19.banco)))
