"""O que move o write_date de cada registro, e o que não move: a tabela que a janela do importador tem de respeitar."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.apoio.odoo import Alvo


@dataclass
class Vigia:
    """Olha write_date (com microssegundos) de vários registros e diz quais andaram desde a última olhada."""

    alvo: Alvo
    quem: dict[str, tuple[str, int]]
    marcas: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.marcas = self._agora()

    def _agora(self) -> dict[str, str]:
        return {nome: self.alvo.edicao.marca(*chave) for nome, chave in self.quem.items()}

    def moveu(self, ato: Callable[[], object]) -> set[str]:
        """O que se moveu quando o ato foi feito."""
        self.marcas = self._agora()
        ato()
        novas = self._agora()
        movidos = {nome for nome, marca in novas.items() if marca != self.marcas[nome]}
        self.marcas = novas
        return movidos


@pytest.fixture
def cena(odoo_alvo: Alvo) -> dict[str, Any]:
    e, marca = odoo_alvo.edicao, uuid.uuid4().hex[:8]
    a, b = e.criar_produto(f"Tampo {marca}", f"T{marca}"), e.criar_produto(f"Perna {marca}", f"P{marca}")
    f = e.criar_parceiro(f"Fornecedor {marca}")
    pedido = e.criar_pedido(f, [{"produto": a, "qtd": 10, "preco": 5}, {"produto": b, "qtd": 7, "preco": 60, "duzia": True}])
    linha, outra = e.linhas_do_pedido(pedido)
    return {"marca": marca, "a": a, "b": b, "f": f, "pedido": pedido, "linha": linha, "outra": outra}


def test_produto_e_template(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e, a = odoo_alvo.edicao, cena["a"]
    molde = e.ver("product.product", a, "product_tmpl_id")["product_tmpl_id"]
    v = Vigia(odoo_alvo, {"produto": ("product.product", a), "molde": ("product.template", molde)})
    ambos = {"produto", "molde"}
    # na 14, mexer no template não move o produto; na 19, move
    no_molde = {"molde"} if odoo_alvo.antigo else ambos
    assert v.moveu(lambda: e.escrever("product.template", molde, {"name": "Tampo novo"})) == no_molde
    assert v.moveu(lambda: e.escrever("product.template", molde, {"name": "Tampo novo"})) == no_molde
    assert v.moveu(lambda: e.escrever("product.template", molde, {"purchase_ok": False})) == no_molde
    assert v.moveu(lambda: e.escrever("product.product", a, {"name": "Tampo outro"})) == ambos
    assert v.moveu(lambda: e.escrever("product.product", a, {"default_code": f"N{cena['marca']}"})) == ambos
    assert e.ver("product.template", molde, "default_code")["default_code"] == f"N{cena['marca']}"
    assert v.moveu(lambda: e.escrever("product.product", a, {"default_code": f"N{cena['marca']}"})) == {"produto"}
    assert v.moveu(lambda: e.escrever("product.product", a, {"active": False})) == {"produto"}
    assert v.moveu(lambda: e.escrever("product.product", a, {"active": True})) == {"produto"}


def test_pedido_em_rascunho(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e, pedido, linha = odoo_alvo.edicao, cena["pedido"], cena["linha"]
    v = Vigia(
        odoo_alvo,
        {"pedido": ("purchase.order", pedido), "linha": ("purchase.order.line", linha), "outra": ("purchase.order.line", cena["outra"])},
    )
    antigo = odoo_alvo.antigo
    assert v.moveu(lambda: e.escrever("purchase.order", pedido, {"partner_ref": "NF 1"})) == {"pedido"}
    assert v.moveu(lambda: e.escrever("purchase.order", pedido, {"partner_ref": "NF 1"})) == {"pedido"}
    assert v.moveu(lambda: e.escrever("purchase.order", pedido, {"date_order": "2026-11-20 12:00:00"})) == {"pedido"}
    assert v.moveu(lambda: e.mudar_linha(linha, date_planned="2026-12-25 12:00:00")) == ({"pedido", "linha"} if antigo else {"linha"})
    assert v.moveu(lambda: e.mudar_linha(linha, price_unit=6.0)) == ({"pedido", "linha", "outra"} if antigo else {"pedido", "linha"})
    assert v.moveu(lambda: e.mudar_linha(linha, price_unit=6.0)) == ({"linha", "outra"} if antigo else {"linha"})
    nova: list[int] = []
    todos = {"pedido", "linha", "outra"} if antigo else {"pedido"}
    assert v.moveu(lambda: nova.append(e.acrescentar_linha(pedido, {"produto": cena["b"], "qtd": 1}))) == todos
    assert v.moveu(lambda: e.excluir("purchase.order.line", nova[0])) == todos
    assert e.procurar("purchase.order.line", [["id", "=", nova[0]]]) == []


def test_confirmar_receber_e_travar(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e, pedido, linha, outra = odoo_alvo.edicao, cena["pedido"], cena["linha"], cena["outra"]
    quem = {"pedido": ("purchase.order", pedido), "linha": ("purchase.order.line", linha), "outra": ("purchase.order.line", outra)}
    v = Vigia(odoo_alvo, {**quem, "produto": ("product.product", cena["a"]), "fornecedor": ("res.partner", cena["f"])})
    antigo, tudo = odoo_alvo.antigo, {"pedido", "linha", "outra"}
    # confirmar acrescenta o fornecedor ao produto (que se move); a linha só se move na 14, onde o estado é gravado nela
    assert v.moveu(lambda: e.confirmar_pedido(pedido)) == ({*tudo, "produto"} if antigo else {"pedido", "produto"})
    assert v.moveu(lambda: e.mudar_linha(linha, product_qty=15)) == (tudo if antigo else {"pedido", "linha"})
    feitos: list[int] = []
    assert v.moveu(lambda: feitos.extend(e.receber(pedido, {linha: 5, outra: 7}))) == tudo
    assert v.moveu(lambda: e.devolver(feitos[0], 2)) == {"pedido", "linha"}
    assert v.moveu(lambda: e.corrigir_feito(feitos[0], 4)) == {"linha"}
    travadas = tudo if antigo else {"pedido"}
    assert v.moveu(lambda: e.travar_pedido(pedido)) == travadas
    assert v.moveu(lambda: e.destravar_pedido(pedido)) == travadas


def test_cancelar_e_reabrir(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e, pedido, linha = odoo_alvo.edicao, cena["pedido"], cena["linha"]
    e.confirmar_pedido(pedido)
    v = Vigia(odoo_alvo, {"pedido": ("purchase.order", pedido), "linha": ("purchase.order.line", linha)})
    assert v.moveu(lambda: e.cancelar_pedido(pedido)) == {"pedido", "linha"}
    assert v.moveu(lambda: e.reabrir_pedido(pedido)) == ({"pedido", "linha"} if odoo_alvo.antigo else {"pedido"})
    lido = e.ver("purchase.order", pedido, "state", "date_approve")
    assert lido["state"] == "draft"
    assert lido["date_approve"]


def test_estrutura_e_requisicao(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e = odoo_alvo.edicao
    bom = e.criar_estrutura(cena["a"], [(cena["b"], 4)])
    linha_bom = e.procurar("mrp.bom.line", [["bom_id", "=", bom]])[0]
    v = Vigia(odoo_alvo, {"bom": ("mrp.bom", bom), "linha": ("mrp.bom.line", linha_bom)})
    assert v.moveu(lambda: e.escrever("mrp.bom.line", linha_bom, {"product_qty": 5})) == {"linha"}
    r = e.criar_requisicao([{"produto": cena["b"], "qtd": 3}], fornecedor=cena["f"])
    linha = e.procurar("purchase.requisition.line", [["requisition_id", "=", r]])[0]
    v = Vigia(odoo_alvo, {"requisicao": ("purchase.requisition", r), "linha": ("purchase.requisition.line", linha)})
    assert v.moveu(lambda: e.confirmar_requisicao(r)) == {"requisicao"}
    assert v.moveu(lambda: e.escrever("purchase.requisition.line", linha, {"product_qty": 9})) == {"linha"}
    assert v.moveu(lambda: e.cancelar_requisicao(r)) == {"requisicao"}


def test_producao(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e = odoo_alvo.edicao
    bom = e.criar_estrutura(cena["a"], [(cena["b"], 4)])
    op = e.criar_op(f"OP-{cena['marca']}", cena["a"], 10, bom)
    acabado = e.movimentos([["production_id", "=", op]])[0]
    consumo = e.movimentos([["raw_material_production_id", "=", op]])[0]
    v = Vigia(odoo_alvo, {"op": ("mrp.production", op), "acabado": ("stock.move", acabado), "consumo": ("stock.move", consumo)})
    assert "op" in v.moveu(lambda: e.confirmar_op(op))
    assert v.moveu(lambda: e.produzir(op, 4)) == {"op", "consumo"}
    assert v.moveu(lambda: e.encerrar_op(op, saldo=True)) == {"op", "acabado", "consumo"}
    assert v.moveu(lambda: e.desmontar(op, 1)) == set()  # o desmonte não deixa marca na ordem: só nos movimentos dele


def test_escrita_demorada_fica_no_passado(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    """Uma transação que começou antes e terminou depois aparece com o write_date do começo: nenhum cursor que já passou a acha."""
    e, linha = odoo_alvo.edicao, cena["linha"]
    with e.escrita_demorada("purchase.order.line", linha, {"name": "mudada devagar"}):
        e.escrever("purchase.order.line", cena["outra"], {"name": "mudada depressa"})
        depressa = e.marca("purchase.order.line", cena["outra"])
        with odoo_alvo.cliente() as c:
            assert c.ler("purchase.order.line", [linha], ["name"])[0]["name"] != "mudada devagar"
    with odoo_alvo.cliente() as c:
        assert c.ler("purchase.order.line", [linha], ["name"])[0]["name"] == "mudada devagar"
        assert e.marca("purchase.order.line", linha) < depressa
        achados = c.buscar("purchase.order.line", [["id", "in", [linha, cena["outra"]]], ["write_date", ">", depressa]])
    assert linha not in achados
