"""Fixtures do Odoo simulado: `odoo14`, `odoo19` e `odoo` (as duas), cada uma um servidor próprio do teste sobre uma fábrica pequena.

def test_x(odoo):                       # roda na 14 e na 19
    odoo.url, odoo.nome_banco           # conexão
    odoo.banco.confirmar_pedido(7)      # mexe na fábrica
    odoo.plano.na_chamada(3, derrubar())
    odoo.por_metodo["purchase.order.line.read"]
    ConexaoOdoo(**odoo_conexao(odoo))   # url, banco, usuario, senha (e chave_api, se `chave=True`)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from app.demo.odoo_simulado import ADMIN, CHAVE_ADMIN, SENHA_ADMIN, BancoSimulado, ServidorSimulado, fabrica_pequena


def odoo_conexao(servidor: ServidorSimulado, *, chave: bool = False, protocolo: str = "auto") -> dict[str, Any]:
    """Os argumentos de ConexaoOdoo para o servidor; com `chave`, a do administrador (JSON-2, só na 19)."""
    dados: dict[str, Any] = {
        "url": servidor.url,
        "banco": servidor.nome_banco,
        "usuario": ADMIN,
        "senha": SecretStr(SENHA_ADMIN),
        "protocolo": protocolo,
    }
    if chave:
        dados["chave_api"] = SecretStr(CHAVE_ADMIN)
    return dados


@pytest.fixture
def banco14() -> BancoSimulado:
    return fabrica_pequena(14)


@pytest.fixture
def banco19() -> BancoSimulado:
    return fabrica_pequena(19)


@pytest.fixture
def odoo14(banco14: BancoSimulado) -> Iterator[ServidorSimulado]:
    with ServidorSimulado(banco14) as servidor:
        yield servidor


@pytest.fixture
def odoo19(banco19: BancoSimulado) -> Iterator[ServidorSimulado]:
    with ServidorSimulado(banco19) as servidor:
        yield servidor


@pytest.fixture(params=[14, 19], ids=["odoo14", "odoo19"])
def odoo(request: pytest.FixtureRequest) -> Iterator[ServidorSimulado]:
    with ServidorSimulado(fabrica_pequena(request.param)) as servidor:
        yield servidor
