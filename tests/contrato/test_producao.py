"""Produção: estados, o saldo que renomeia, o que conta como produzido e o desmonte."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.apoio.odoo import Alvo


@pytest.fixture
def cena(odoo_alvo: Alvo) -> dict[str, Any]:
    e, marca = odoo_alvo.edicao, uuid.uuid4().hex[:8]
    mesa, perna = e.criar_produto(f"Mesa {marca}", f"M{marca}"), e.criar_produto(f"Perna {marca}", f"P{marca}")
    bom = e.criar_estrutura(mesa, [(perna, 4)])
    nome = f"OP-{marca}"
    op = e.criar_op(nome, mesa, 10, bom)
    return {"mesa": mesa, "perna": perna, "bom": bom, "op": op, "nome": nome}


def ordem(alvo: Alvo, op: int) -> dict[str, Any]:
    grupo = "procurement_group_id" if alvo.antigo else "production_group_id"
    lida: dict[str, Any] = alvo.edicao.ver(
        "mrp.production", op, "name", "state", "product_qty", "qty_producing", "qty_produced", "date_finished", "backorder_sequence", grupo
    )
    lida["grupo"] = lida.pop(grupo)
    return lida


def feitos(alvo: Alvo, op: int) -> list[tuple[int, float]]:
    """(produto, quantidade feita) dos movimentos feitos do acabado."""
    e = alvo.edicao
    ids = e.movimentos([["production_id", "=", op], ["state", "=", "done"]])
    return [(m["product_id"], m[e.feita]) for m in (e.ver("stock.move", i, "product_id", e.feita) for i in ids)]


def test_estados_e_produzido(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e, op = odoo_alvo.edicao, cena["op"]
    assert ordem(odoo_alvo, op)["state"] == "draft"
    e.confirmar_op(op)
    assert ordem(odoo_alvo, op)["state"] == "confirmed"
    e.produzir(op, 4)
    em_curso = ordem(odoo_alvo, op)
    assert (em_curso["state"], em_curso["qty_producing"], em_curso["qty_produced"]) == ("progress", 4.0, 0.0)
    assert feitos(odoo_alvo, op) == []
    e.produzir(op, 10)
    assert ordem(odoo_alvo, op)["state"] == "to_close"
    e.encerrar_op(op)
    final = ordem(odoo_alvo, op)
    assert (final["state"], final["name"], final["qty_produced"]) == ("done", cena["nome"], 10.0)
    assert final["date_finished"]
    assert feitos(odoo_alvo, op) == [(cena["mesa"], 10.0)]


def test_saldo_renomeia_a_ordem(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e, op = odoo_alvo.edicao, cena["op"]
    e.confirmar_op(op)
    e.produzir(op, 4)
    e.encerrar_op(op, saldo=True)
    primeira = ordem(odoo_alvo, op)
    nova = next(i for i in e.procurar("mrp.production", [["name", "like", cena["nome"]]]) if i != op)
    segunda = ordem(odoo_alvo, nova)
    assert (primeira["name"], segunda["name"]) == (f"{cena['nome']}-001", f"{cena['nome']}-002")
    assert (primeira["state"], segunda["state"]) == ("done", "confirmed")
    assert (primeira["product_qty"], segunda["product_qty"], segunda["qty_produced"]) == (4.0, 6.0, 0.0)
    assert primeira["grupo"] == segunda["grupo"]
    assert (primeira["backorder_sequence"], segunda["backorder_sequence"]) == (1, 2)
    assert feitos(odoo_alvo, op) == [(cena["mesa"], 4.0)]
    assert feitos(odoo_alvo, nova) == []
    e.produzir(nova, 6)
    e.encerrar_op(nova)
    assert feitos(odoo_alvo, nova) == [(cena["mesa"], 6.0)]
    assert ordem(odoo_alvo, nova)["name"] == f"{cena['nome']}-002"


def test_encerrar_com_menos_sem_saldo(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e, op = odoo_alvo.edicao, cena["op"]
    e.confirmar_op(op)
    e.produzir(op, 3)
    e.encerrar_op(op)
    final = ordem(odoo_alvo, op)
    assert (final["state"], final["name"], final["qty_produced"]) == ("done", cena["nome"], 3.0)
    assert final["product_qty"] == (3.0 if odoo_alvo.antigo else 10.0)
    assert feitos(odoo_alvo, op) == [(cena["mesa"], 3.0)]


def test_cancelada(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e, op = odoo_alvo.edicao, cena["op"]
    e.confirmar_op(op)
    e.cancelar_op(op)
    assert ordem(odoo_alvo, op)["state"] == "cancel"
    todos = e.movimentos(["|", ["production_id", "=", op], ["raw_material_production_id", "=", op]])
    assert {e.ver("stock.move", m, "state")["state"] for m in todos} == {"cancel"}


def test_desmonte(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e, op = odoo_alvo.edicao, cena["op"]
    e.confirmar_op(op)
    e.produzir(op, 10)
    e.encerrar_op(op)
    desmonte = e.desmontar(op, 2)
    lido = e.ver("mrp.unbuild", desmonte, "name", "state", "mo_id", "product_id", "product_qty")
    assert (lido["state"], lido["mo_id"], lido["product_id"], lido["product_qty"]) == ("done", op, cena["mesa"], 2.0)
    ids = e.movimentos([["unbuild_id", "=", desmonte]])
    campos = (
        "state",
        "product_id",
        "location_id",
        "location_dest_id",
        "production_id",
        "consume_unbuild_id",
        "origin_returned_move_id",
        "reference",
    )
    meus = {m["product_id"]: m for m in (e.ver("stock.move", i, *campos, e.feita) for i in ids)}
    volta, peca = meus[cena["mesa"]], meus[cena["perna"]]
    usos = [e.ver("stock.location", volta[x], "usage")["usage"] for x in ("location_id", "location_dest_id")]
    assert usos == ["internal", "production"]
    assert (volta[e.feita], peca[e.feita]) == (2.0, 8.0)
    assert volta["production_id"] is False
    assert volta["consume_unbuild_id"] is False
    assert volta["reference"] == lido["name"]
    assert bool(volta["origin_returned_move_id"]) == (
        not odoo_alvo.antigo
    )  # na 19 um desmonte também o traz: não serve para achar devolução
    assert ordem(odoo_alvo, op)["qty_produced"] == 10.0  # o desmonte não desconta


def test_feito_corrigido_depois_de_encerrada(odoo_alvo: Alvo, cena: dict[str, Any]) -> None:
    e, op = odoo_alvo.edicao, cena["op"]
    e.confirmar_op(op)
    e.produzir(op, 10)
    e.encerrar_op(op)
    acabado = e.movimentos([["production_id", "=", op], ["state", "=", "done"]])[0]
    e.corrigir_feito(acabado, 9)
    assert feitos(odoo_alvo, op) == [(cena["mesa"], 9.0)]
    assert ordem(odoo_alvo, op)["qty_produced"] == 9.0
