"""conferir --odoo: nada falta depois de importar, e o que falta, sobra ou difere é achado e relido."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text

from app.demo.odoo_simulado import ServidorSimulado
from app.manufatura.fontes.completude import correcao, prova
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.services.conferencia.comparacao import Comparacao, Registro
from app.manufatura.services.conferencia.todos import conferir_tudo
from tests.apoio.pg import BancoTeste
from tests.comandos.apoio import criar_ordens, importar_tudo, instalacao, sessao_aberta


@pytest.fixture
def importado(odoo: ServidorSimulado, banco_pg: BancoTeste) -> Iterator[tuple[Contexto, Engine]]:
    """A fábrica pequena importada inteira (com as nossas ordens), numa sessão aberta."""
    with instalacao(odoo, banco_pg) as config:
        with sessao_aberta(config, banco_pg.motor):
            pass
        importar_tudo(config, banco_pg.motor)  # cadastros antes das ordens, para os códigos existirem
        criar_ordens(odoo, banco_pg, 20)
        importar_tudo(config, banco_pg.motor)
        with sessao_aberta(config, banco_pg.motor) as contexto:
            yield contexto, banco_pg.motor


def diferencas(comparacoes: list[Comparacao]) -> list[tuple[str, str, int, str]]:
    return [(c.modelo, d.tipo, d.odoo_id, d.campo) for c in comparacoes for d in c.diferencas]


def test_depois_de_importar_nada_falta_sobra_ou_difere(importado: tuple[Contexto, Engine], odoo: ServidorSimulado) -> None:
    contexto, motor = importado
    odoo.zerar_registro()
    comparacoes = prova.comparar(contexto)
    assert diferencas(comparacoes) == []
    por_modelo = {c.modelo: c.registros for c in comparacoes}
    assert por_modelo["purchase.order.line"] == sum(bool(x["product_id"]) for x in odoo.banco.linhas("purchase.order.line"))
    assert min(por_modelo[m] for m in ("product.product", "purchase.requisition.line", "stock.move", "mrp.production", "stock.quant")) > 0
    assert sum(len(c.meses) for c in comparacoes if c.modelo == "purchase.order.line") >= 2
    assert len(odoo.registro) < 60  # chamadas não crescem com as linhas
    with motor.connect() as conexao:
        assert [r.invariante.nome for r in conferir_tudo(conexao, contexto.fuso, contexto.agora) if not r.certo] == []


def test_o_que_falta_sobra_ou_difere_e_achado_e_relido(importado: tuple[Contexto, Engine], odoo: ServidorSimulado) -> None:
    contexto, motor = importado
    b = odoo.banco
    linhas = [x for x in b.linhas("purchase.order.line") if x["product_id"] and x["product_uom_qty"] > 0]
    sumida, tardia, perdida, estado, apagada = (x["id"] for x in linhas[:5])
    produto = next(x["id"] for x in b.linhas("product.product") if x["default_code"] == "C00007")
    requisicao = b.linhas("purchase.requisition.line")[0]["id"]
    with motor.begin() as conexao:
        conexao.execute(
            text(
                "UPDATE movimentacao_estoque SET pedido_compras_id = NULL"
                " WHERE pedido_compras_id = (SELECT id FROM pedido_compras WHERE odoo_id = :i)"
            ),
            {"i": sumida},
        )
        conexao.execute(text("DELETE FROM pedido_compras WHERE odoo_id = :i"), {"i": sumida})
        conexao.execute(text("UPDATE pedido_compras SET qtd_produto_pedido = 99999 WHERE odoo_id = :i"), {"i": perdida})
        conexao.execute(text("UPDATE pedido_compras SET status_odoo = 'sent', odoo_estado = 'sent' WHERE odoo_id = :i"), {"i": estado})
        movimento = conexao.execute(
            text(
                "DELETE FROM movimentacao_estoque WHERE id = (SELECT min(id) FROM movimentacao_estoque"
                " WHERE tipo_movimentacao = 'ENTRADA_COMPRA') RETURNING odoo_id"
            )
        ).scalar_one()
        saldo = conexao.execute(
            text("UPDATE posicao_estoque SET qtd = qtd + 1 WHERE id = (SELECT min(id) FROM posicao_estoque) RETURNING odoo_produto_id")
        ).scalar_one()
        ordem = conexao.execute(
            text(
                "UPDATE ordem_producao SET qtd_produzida = qtd_produzida + 1 WHERE id = (SELECT min(id) FROM ordem_producao"
                " WHERE odoo_id IS NOT NULL) RETURNING odoo_id"
            )
        ).scalar_one()
        conexao.execute(text("UPDATE odoo_produto SET codigo = 'OUTRO' WHERE odoo_id = :i"), {"i": produto})
        conexao.execute(
            text("UPDATE requisicao_compras SET qtd_produto_requisicao = 1.5, odoo_quantidade = 1.5 WHERE odoo_id = :i"), {"i": requisicao}
        )
    b.escrever_cru("purchase.order.line", tardia, {"product_uom_qty": 3.0}, mover=False)  # um commit tardio não move o que já se leu
    b.excluir_cru("purchase.order.line", apagada)  # uma exclusão não deixa rastro

    achadas = prova.comparar(contexto)
    assert sorted(diferencas(achadas)) == sorted(
        [
            ("purchase.order.line", "falta", sumida, ""),
            ("purchase.order.line", "difere", tardia, "quantidade"),
            ("purchase.order.line", "difere", perdida, "quantidade"),
            ("purchase.order.line", "difere", estado, "estado"),
            ("purchase.order.line", "sobra", apagada, ""),
            ("stock.move", "difere", movimento, "destino"),
            ("stock.quant", "difere", saldo, "quantidade"),
            ("mrp.production", "difere", ordem, "quantidade"),
            ("product.product", "difere", produto, "código"),
            ("purchase.requisition.line", "difere", requisicao, "quantidade"),
        ]
    )
    falta = next(d for c in achadas for d in c.diferencas if d.tipo == "falta")
    assert falta.documento == b.exigir("purchase.order", b.exigir("purchase.order.line", sumida)["order_id"])["name"]

    for comparacao in achadas:
        correcao.corrigir(contexto, comparacao)
    assert diferencas(prova.comparar(contexto)) == []
    with motor.connect() as conexao:
        assert [r.invariante.nome for r in conferir_tudo(conexao, contexto.fuso, contexto.agora) if not r.certo] == []


def test_rejeitado_conta_como_falta_com_o_motivo(odoo19: ServidorSimulado, banco_pg: BancoTeste) -> None:
    linha = next(x["id"] for x in odoo19.banco.linhas("purchase.order.line") if x["product_id"])
    odoo19.banco.escrever_cru("purchase.order.line", linha, {"price_unit": 1e30})
    with instalacao(odoo19, banco_pg) as config:
        importar_tudo(config, banco_pg.motor)
        with sessao_aberta(config, banco_pg.motor) as contexto:
            (d,) = [d for c in prova.comparar(contexto) for d in c.diferencas]
    assert (d.modelo, d.tipo, d.odoo_id) == ("purchase.order.line", "falta", linha)
    assert d.motivo.startswith("rejeitada: ")


def test_so_o_fim_do_periodo_ve_exclusao_antiga_mas_nao_rele_o_antigo(odoo19: ServidorSimulado, banco_pg: BancoTeste) -> None:
    b = odoo19.banco
    with instalacao(odoo19, banco_pg) as config:
        importar_tudo(config, banco_pg.motor)
        fechadas = [x["id"] for x in b.linhas("purchase.order.line") if x["product_id"] and x["qty_received"] >= x["product_qty"] > 0]
        mudada, apagada = fechadas[:2]
        b.escrever_cru("purchase.order.line", mudada, {"product_uom_qty": 1.0}, mover=False)
        b.excluir_cru("purchase.order.line", apagada)
        with sessao_aberta(config, banco_pg.motor) as contexto:
            depois = date(2030, 1, 1)  # tudo da fábrica é anterior: só o aberto está no alcance
            recentes = prova.comparar(contexto, prova.Alcance(depois, completo=False), modelos=["purchase.order.line"])
            todas = prova.comparar(contexto, modelos=["purchase.order.line"])
    assert diferencas(recentes) == [("purchase.order.line", "sobra", apagada, "")]
    assert sorted(diferencas(todas)) == sorted(
        [("purchase.order.line", "sobra", apagada, ""), ("purchase.order.line", "difere", mudada, "quantidade")]
    )


def test_contas_por_mes_e_tolerancia() -> None:
    c = Comparacao("pedidos", "Pedidos", "purchase.order.line")
    la = {
        1: Registro(1, "PC1", "2026-10", Decimal(10), {"estado": "purchase"}),
        2: Registro(2, "PC1", "2026-10", Decimal("0.30000000000000004"), {"estado": "purchase", "só lá": 1}),
        3: Registro(3, "PC2", "2026-11", Decimal(5)),
        4: Registro(4, "PC3", "2026-11", Decimal(7), ignorado=True),
    }
    aqui = {
        1: Registro(1, "PC1", "2026-10", Decimal(12), {"estado": "purchase"}),
        2: Registro(2, "PC1", "2026-10", Decimal("0.3"), {"estado": "purchase"}),
        4: Registro(4, "PC3", "2026-11", Decimal(7), ignorado=True),
        9: Registro(9, "PC9", "2026-11", Decimal(1)),
    }
    c.comparar(la, aqui)
    assert [(d.odoo_id, d.tipo, d.campo, d.la, d.aqui) for d in c.diferencas] == [
        (1, "difere", "quantidade", Decimal(10), Decimal(12)),
        (3, "falta", "", Decimal(5), None),
        (9, "sobra", "", None, Decimal(1)),
    ]
    outubro, novembro = c.meses["2026-10"], c.meses["2026-11"]
    assert (outubro.registros_la, outubro.registros_aqui, outubro.diferem, outubro.igual) == (2, 2, 1, False)
    assert (novembro.registros_la, novembro.ignorados_la, novembro.faltam, novembro.sobram) == (1, 1, 1, 1)
    assert (novembro.soma_la, novembro.soma_aqui) == (5, 1)
