"""Cada bancada em tamanho mínimo: o JSON da última linha tem as chaves nomeadas, com valores possíveis (não se mede nada aqui)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench.__main__ import nomes, principal
from bench.odoo_sintetico import Sintetico

pytestmark = pytest.mark.timeout(240)


def rodar(capsys: pytest.CaptureFixture[str], *argumentos: str) -> dict[str, Any]:
    assert principal([*argumentos, "--json", "--repeticoes", "1"]) == 0
    ultima = capsys.readouterr().out.splitlines()[-1]
    dito: dict[str, Any] = json.loads(ultima)
    return dito


def test_as_tres_bancadas_existem() -> None:
    assert {"carga", "importacao", "volume"} <= set(nomes())


def test_bancada_desconhecida(capsys: pytest.CaptureFixture[str]) -> None:
    assert principal(["nenhuma"]) == 2
    assert "nenhuma" in capsys.readouterr().err


def test_importacao(capsys: pytest.CaptureFixture[str]) -> None:
    r = rodar(capsys, "importacao", "--fabrica=pequena", "--pedidos=2")
    assert r["razao_piso"] > 0
    assert r["razao_semente"] > 0
    assert 0 < r["chamadas"] <= 25
    assert 0 < r["chamadas_sem_novidade"] <= 16
    assert r["novidades_da_segunda"] == 0
    assert r["linhas_s_simulado"] > 0
    assert r["linhas"] > 0
    assert r["porta"] == "json2"


def test_volume(capsys: pytest.CaptureFixture[str]) -> None:
    r = rodar(capsys, "volume", "--linhas=400")
    assert r["razao_10x"] > 0
    assert 0 < r["pico_mb"] <= 250
    assert (r["linhas"], r["linhas_maior"]) == (400, 4_000)


def test_carga(capsys: pytest.CaptureFixture[str]) -> None:
    r = rodar(capsys, "carga", "--linhas=200")
    assert r["razao_vazia"] > 0
    assert r["razao_igual"] > 0


def test_sintetico_da_sempre_a_mesma_linha() -> None:
    s = Sintetico(100)
    campos = ["order_id", "product_id", "product_uom_qty", "price_unit", "write_date"]
    todas = json.loads(s.responder("object", "execute_kw", ["b", 2, "x", "purchase.order.line", "read", [list(range(1, 101)), campos], {}]))
    assert [r["id"] for r in todas] == list(range(1, 101))
    uma = json.loads(s.responder("object", "execute_kw", ["b", 2, "x", "purchase.order.line", "read", [[50, 101], campos], {}]))
    assert uma == [todas[49]], "o id além do fim não existe, e o conteúdo não depende do que mais se pede"
    ids = json.loads(s.responder("object", "execute_kw", ["b", 2, "x", "purchase.order.line", "search", [[["id", ">", 90]]], {"limit": 5}]))
    assert ids == [91, 92, 93, 94, 95]
