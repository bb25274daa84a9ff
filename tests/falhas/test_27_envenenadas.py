"""Falha 27: linhas envenenadas (vazias, 10³⁰, NaN, caracteres de controle). O resto da página entra, cada uma é listada com o seu
motivo, é tentada de novo sozinha, e entra quando se conserta no Odoo; o cursor anda."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from app.demo.odoo_simulado import linhas_no_mesmo_segundo
from tests.apoio.importacao import FONTES, Mundo
from tests.fontes.test_pedidos import confirmado

pytestmark = pytest.mark.falha(27)
LINHAS, RUINS = 10_000, 100


VENENOS: tuple[dict[str, Any], ...] = (
    {"product_uom_qty": 1e30},
    {"price_unit": math.nan},
    {"product_uom_qty": -math.inf},
    {"date_planned": "9999-99-99 99:99:99"},
    {"product_id": 999_999},  # um produto que o Odoo não deixa ler
)


def envenenar(mundo: Mundo, linhas: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Um veneno em cada linha; devolve id → valores de antes."""
    antes = {}
    with mundo.banco.transacao():
        for i, rid in enumerate(linhas):
            veneno, linha = VENENOS[i % len(VENENOS)], mundo.banco.exigir("purchase.order.line", rid)
            antes[rid] = {c: linha[c] for c in veneno}
            mundo.banco.escrever_cru("purchase.order.line", rid, veneno)
    return antes


def rejeitadas(mundo: Mundo, fonte: str = "pedidos") -> dict[int, str]:
    consulta = "SELECT odoo_id, motivo FROM rejeicao_integracao WHERE fonte = :f AND tipo = 'rejeitada' AND resolvida_em IS NULL"
    return {r[0]: r[1] for r in mundo.sql(consulta, f=fonte)}


@pytest.mark.parametrize("protocolo", ["json2", pytest.param("xmlrpc", marks=pytest.mark.longo)])
def test_um_por_cento_de_dez_mil(mundo19: Mundo, protocolo: str) -> None:
    mundo = mundo19
    mundo.mudancas_config["odoo_protocolo"] = protocolo
    ids = linhas_no_mesmo_segundo(mundo.banco, LINHAS)
    ruins = ids[7 :: LINHAS // RUINS]
    antes = envenenar(mundo, ruins)
    mundo.passar()
    feito = mundo.importar("pedidos")["pedidos"]
    assert (feito["novas"], feito["rejeitados"]) == (LINHAS - RUINS, RUINS)
    motivos = rejeitadas(mundo)
    assert sorted(motivos) == ruins
    assert all(len(m) > 10 for m in motivos.values())
    assert len(set(motivos.values())) == 4  # menos e mais infinito e NaN dizem o mesmo
    assert mundo.cursor("pedidos").cursor is not None
    assert mundo.cursor("pedidos").janela is None
    # Tentadas de novo a cada vez, sem contar como novidade nem atrapalhar as outras.
    mundo.passar(hours=2)
    feito = mundo.importar("pedidos")["pedidos"]
    assert (feito["novas"], feito["mudadas"], feito["rejeitados"]) == (0, 0, RUINS)
    assert set(mundo.sql("SELECT vezes FROM rejeicao_integracao WHERE fonte = 'pedidos'")) == {2}
    # Metade é consertada; depois o resto.
    for cura in (ruins[: RUINS // 2], ruins[RUINS // 2 :]):
        mundo.passar()
        with mundo.banco.transacao():
            for rid in cura:
                mundo.banco.escrever_cru("purchase.order.line", rid, antes[rid])
        mundo.passar()
        assert mundo.importar("pedidos")["pedidos"]["novas"] == RUINS // 2
    assert rejeitadas(mundo) == {}
    assert mundo.um("SELECT count(*) FROM rejeicao_integracao WHERE resolvida_em IS NOT NULL") == RUINS
    mundo.importar(*(f for f in FONTES if f != "pedidos"))
    mundo.conferir()


@pytest.mark.parametrize(
    ("campo", "valor", "motivo"),
    [
        ("product_uom_qty", 1e30, "fora da faixa"),
        ("price_unit", float("nan"), "não é finito"),
        ("price_unit", float("inf"), "não é finito"),
        ("product_uom_qty", -1e300, "fora da faixa"),
        ("date_planned", "0000-00-00 00:00:00", "data"),
        ("date_planned", "amanhã", "data"),
    ],
)
def test_cada_veneno_tem_o_seu_motivo(mundo19: Mundo, campo: str, valor: object, motivo: str) -> None:
    mundo, p = mundo19, mundo19.produto()
    mundo.mudancas_config["odoo_protocolo"] = "jsonrpc"
    pedido = mundo.banco.criar_pedido(mundo.fornecedor(), [{"produto": p, "qtd": n} for n in (1, 2, 3)])
    ruim = mundo.banco.linhas_do_pedido(pedido)[1]
    mundo.banco.escrever_cru("purchase.order.line", ruim, {campo: valor})
    mundo.passar()
    mundo.importar()
    assert list(rejeitadas(mundo)) == [ruim]
    assert motivo in rejeitadas(mundo)[ruim]
    mundo.conferir(rejeitados={"purchase.order.line": [ruim]})


def test_controle_no_nome_do_produto(mundo: Mundo) -> None:
    """O produto ilegível vai às rejeições de cadastros; as linhas dele, às dos pedidos; os outros entram. No 14 por XML-RPC a
    página inteira é XML inválido, e é dividida até o culpado (até a posição de estoque, que vem com os nomes)."""
    mundo.mudancas_config["odoo_protocolo"] = "xmlrpc" if mundo.banco.antigo else "jsonrpc"
    bom, ruim = mundo.produto("A1"), mundo.produto("B2", "Porca")
    molde = mundo.banco.exigir("product.product", ruim)["product_tmpl_id"]
    mundo.banco.escrever_cru("product.template", molde, {"name": "Por\x02ca"})
    pedido = confirmado(mundo, {"produto": bom, "qtd": 1}, {"produto": ruim, "qtd": 2})
    mundo.banco.receber(pedido)
    linhas = mundo.banco.linhas_do_pedido(pedido)
    mundo.passar()
    mundo.importar()
    assert list(rejeitadas(mundo, "cadastros")) == [ruim]
    assert list(rejeitadas(mundo)) == [linhas[1]]
    assert len(rejeitadas(mundo, "entradas")) == 1
    assert mundo.sql("SELECT odoo_id FROM pedido_compras") == [linhas[0]]
    mundo.passar()
    mundo.banco.escrever_cru("product.template", molde, {"name": "Porca"})
    mundo.tudo_certo()
    assert {**rejeitadas(mundo), **rejeitadas(mundo, "cadastros"), **rejeitadas(mundo, "entradas")} == {}


def test_cabecalho_envenenado(mundo: Mundo) -> None:
    """O nome do pedido tem um NUL: as linhas dele são rejeitadas, e as do outro pedido entram."""
    mundo.mudancas_config["odoo_protocolo"] = "jsonrpc"
    p, f = mundo.produto(), mundo.fornecedor()
    ruim, bom = (mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}, {"produto": p, "qtd": 2}]) for _ in range(2))
    mundo.banco.escrever_cru("purchase.order", ruim, {"name": "P\x00001"})
    mundo.passar()
    mundo.importar()
    assert sorted(rejeitadas(mundo)) == mundo.banco.linhas_do_pedido(ruim)
    assert mundo.sql("SELECT odoo_id FROM pedido_compras ORDER BY 1") == mundo.banco.linhas_do_pedido(bom)
    mundo.passar()
    mundo.banco.escrever("purchase.order", ruim, {"name": "P00001"})
    mundo.tudo_certo()


def test_linha_boa_que_se_envenena_fica_como_estava(mundo: Mundo) -> None:
    """A versão anterior da linha continua aqui, e a rejeição diz que a de agora não entrou."""
    mundo.mudancas_config["odoo_protocolo"] = "jsonrpc"
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 4})
    (linha,) = mundo.banco.linhas_do_pedido(pedido)
    mundo.tudo_certo()
    mundo.passar()
    mundo.banco.escrever_cru("purchase.order.line", linha, {"product_uom_qty": 1e30})
    mundo.passar()
    mundo.importar()
    assert list(rejeitadas(mundo)) == [linha]
    assert mundo.um("SELECT qtd_produto_pedido FROM pedido_compras") == 4
    mundo.passar()
    mundo.banco.escrever_cru("purchase.order.line", linha, {"product_uom_qty": 6.0})
    mundo.tudo_certo()
    assert rejeitadas(mundo) == {}


def test_saldo_ilegivel(mundo: Mundo) -> None:
    """A posição de um produto não pode ser lida: as outras entram, e a dele fica como estava."""
    mundo.mudancas_config["odoo_protocolo"] = "jsonrpc"
    a, b = mundo.produto("A1"), mundo.produto("B2")
    mundo.banco.editar_estoque(a, 5)
    mundo.banco.editar_estoque(b, 6)
    mundo.tudo_certo()
    (quant,) = mundo.banco.procurar("stock.quant", [["product_id", "=", b], ["location_id.usage", "=", "internal"]])
    mundo.banco.escrever_cru("stock.quant", quant, {"quantity": 1e30})
    mundo.banco.editar_estoque(a, 9)
    mundo.passar()
    assert mundo.importar("estoque")["estoque"]["rejeitados"] == 1
    assert [tuple(x) for x in mundo.sql("SELECT cod_produto, qtd FROM posicao_estoque ORDER BY 1")] == [("A1", 9), ("B2", 6)]
    mundo.banco.escrever_cru("stock.quant", quant, {"quantity": 7.0})
    mundo.tudo_certo()
