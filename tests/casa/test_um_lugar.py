"""Cada coluna importada é calculada num lugar só: `git grep` pela coluna leva ao arquivo da fonte dela."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

RAIZ = Path(__file__).resolve().parents[2]
FONTES = "app/manufatura/fontes/"
# Coluna → arquivo que a calcula. As que têm o mesmo nome em várias tabelas (cod_produto…) não entram: cada tabela tem a sua.
DONOS = {
    **dict.fromkeys(
        (
            *("num_requisicao", "raz_social", "data_pedido_criacao", "data_pedido_previsao", "data_pedido_entrega"),
            *("qtd_produto_pedido", "qtd_recebida", "preco_produto_pedido", "moeda", "confirmacao_pedido", "status_odoo"),
        ),
        FONTES + "pedidos.py",
    ),
    **dict.fromkeys(("usuario_requisicao_criacao", "qtd_produto_requisicao"), FONTES + "requisicoes.py"),
    **dict.fromkeys(("qtd_movimentacao", "data_movimentacao", "tipo_movimentacao", "pedido_compras_id"), FONTES + "movimentos.py"),
    **dict.fromkeys(("lead_time_historico", "lead_time_mediano", "lead_time_p90", "ultimo_lead_time"), FONTES + "lead_time.py"),
    "qtd_reservada": FONTES + "estoque.py",
    **dict.fromkeys(("produto_comprado", "produto_produzido", "produto_vendido", "peso_bruto"), FONTES + "cadastro_fabrica.py"),
    **dict.fromkeys(("qtd_produzida", "data_inicio_real", "data_fim_real"), "app/manufatura/services/ordens.py"),
}
# Quem lê o banco para comparar repete a conta de propósito: é a prova, e não pode usar a conta que prova.
PROVAS = ("app/manufatura/services/conferencia/", "app/manufatura/fontes/completude/")


def lugares(padrao: str) -> set[str]:
    achados = set()
    for arquivo in (RAIZ / "app").rglob("*.py"):
        nome = str(arquivo.relative_to(RAIZ))
        if nome.startswith(PROVAS):
            continue
        if re.search(padrao, arquivo.read_text(encoding="utf-8")):
            achados.add(nome)
    return achados


@pytest.mark.parametrize(("coluna", "dono"), DONOS.items())
def test_so_um_arquivo_calcula(coluna: str, dono: str) -> None:
    # dar nome ao resultado de uma conta (AS coluna), ou atribuir (SET coluna = …)
    assert lugares(rf"\bAS {coluna}\b|\bSET\s+(\w+ = [^\n]+,\s*)*{coluna} =|^\s+{coluna} = \(") <= {dono}
    assert coluna in (RAIZ / dono).read_text(encoding="utf-8")


@pytest.mark.parametrize(("coluna", "dono"), [(coluna, dono) for coluna, dono in DONOS.items() if dono == FONTES + "pedidos.py"])
def test_pedidos_nao_sao_gravados_por_mais_ninguem(coluna: str, dono: str) -> None:
    escritas = rf"(UPDATE pedido_compras\b[^;]*\b{coluna} =|INSERT INTO pedido_compras\b[^;]*\b{coluna}\b)"
    assert not lugares(escritas) - {dono}
