"""Fixtures do Odoo: simulado por padrão; de verdade onde o teste pede.

    def test_x(odoo):                       # roda no simulado, na 14 e na 19 (ou só `odoo14`, `odoo19`)
        odoo.url, odoo.nome_banco           # conexão
        odoo.banco.confirmar_pedido(7)      # mexe na fábrica
        odoo.plano.na_chamada(3, derrubar())
        odoo.por_metodo["purchase.order.line.read"]
        ConexaoOdoo(**odoo_conexao(odoo))   # url, banco, usuario, senha (e chave_api, se `chave=True`)

    def test_y(odoo_alvo):                  # suíte de contrato: simulado 14 e 19 e, com --odoo-real, os de verdade
        with odoo_alvo.cliente() as c: ...
        odoo_alvo.edicao.receber(...)

Os de verdade são os de odoo-real/: `ligar_real(19, "rascunho")` liga e devolve a ligação; ODOO_REAL_14_URL, ODOO_REAL_14_DB (e _19_), se
dadas, apontam para servidores já ligados. Nada aqui mexe num banco que não seja de rascunho.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.demo.odoo_simulado import ADMIN, CHAVE_ADMIN, SENHA_ADMIN, BancoSimulado, ServidorSimulado, fabrica_pequena
from app.odoo.cliente import ClienteOdoo
from app.odoo.conexao import ConexaoOdoo
from tests.contrato.edicao_real import EdicaoReal
from tests.contrato.edicao_simulada import EdicaoSimulada

_KIT = Path(__file__).resolve().parents[2] / "odoo-real"


def odoo_conexao(servidor: ServidorSimulado, *, chave: bool = False, protocolo: str = "auto") -> dict[str, Any]:
    """Os argumentos de ConexaoOdoo para o servidor simulado; com `chave`, a do administrador (JSON-2, só na 19)."""
    dados: dict[str, Any] = {"url": servidor.url, "banco": servidor.nome_banco, "usuario": ADMIN, "senha": SecretStr(SENHA_ADMIN)}
    if chave:
        dados["chave_api"] = SecretStr(CHAVE_ADMIN)
    return {**dados, "protocolo": protocolo}


@pytest.fixture
def banco14() -> BancoSimulado:
    """Uma fábrica pequena na 14."""
    return fabrica_pequena(14)


@pytest.fixture
def banco19() -> BancoSimulado:
    """Uma fábrica pequena na 19."""
    return fabrica_pequena(19)


@pytest.fixture
def odoo14(banco14: BancoSimulado) -> Iterator[ServidorSimulado]:
    """Um Odoo 14 simulado, só deste teste, com uma fábrica pequena."""
    with ServidorSimulado(banco14) as servidor:
        yield servidor


@pytest.fixture
def odoo19(banco19: BancoSimulado) -> Iterator[ServidorSimulado]:
    """Um Odoo 19 simulado, só deste teste, com uma fábrica pequena."""
    with ServidorSimulado(banco19) as servidor:
        yield servidor


@pytest.fixture(params=[14, 19], ids=["odoo14", "odoo19"])
def odoo(request: pytest.FixtureRequest) -> Iterator[ServidorSimulado]:
    """O teste roda duas vezes: no 14 e no 19 simulados, com uma fábrica pequena cada."""
    with ServidorSimulado(fabrica_pequena(request.param)) as servidor:
        yield servidor


# --- Odoo de verdade ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OdooReal:
    """Um banco num Odoo de verdade ligado por odoo-real/ligar.sh."""

    versao: int
    url: str
    banco: str
    chave: str | None
    pg: str | None


@lru_cache
def ligar_real(versao: int, nome: str, refazer: bool = False) -> OdooReal:
    """Liga (se preciso) o Odoo da versão com o banco `nome` (um tamanho de semear.py, ou outro nome: uma cópia vazia, de rascunho)."""
    url = os.environ.get(f"ODOO_REAL_{versao}_URL")
    if url:
        prefixo = f"ODOO_REAL_{versao}_"
        return OdooReal(versao, url, os.environ[prefixo + "DB"], os.environ.get(prefixo + "CHAVE"), os.environ.get("ODOO_REAL_PG"))
    ambiente = {**os.environ, **({"ODOO_REAL_REFAZER": "1"} if refazer else {})}
    saida = subprocess.run(
        [str(_KIT / "ligar.sh"), str(versao), nome],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=ambiente,
        stdin=subprocess.DEVNULL,
    )
    assert saida.returncode == 0, saida.stderr
    v = dict(par.split("=", 1) for linha in saida.stdout.splitlines() for par in shlex.split(linha) if "=" in par)
    return OdooReal(versao, v["ODOO_URL"], v["ODOO_DB"], v.get("ODOO_API_KEY"), v.get("ODOO_REAL_PG"))


# --- a suíte de contrato --------------------------------------------------------------------------------------------------------


@dataclass
class Alvo:
    """Contra quem a suíte de contrato roda: o simulado ou um Odoo de verdade, com a mesma cara."""

    versao: int
    url: str
    banco: str
    chave: str | None
    edicao: Any
    simulado: ServidorSimulado | None = None

    @property
    def antigo(self) -> bool:
        return self.versao < 17

    def conexao(self, protocolo: str = "auto", *, usuario: str = ADMIN, senha: str = SENHA_ADMIN, **outros: Any) -> ConexaoOdoo:
        """A ligação; com protocolo json2, a chave do administrador vai junto."""
        chave = SecretStr(self.chave) if protocolo == "json2" and self.chave else None
        dados: dict[str, Any] = {"url": self.url, "banco": self.banco, "usuario": usuario, "senha": SecretStr(senha), "chave_api": chave}
        return ConexaoOdoo(**{**dados, "protocolo": protocolo, **outros})

    def cliente(self, protocolo: str = "auto", **outros: Any) -> ClienteOdoo:
        return ClienteOdoo.conectar(self.conexao(protocolo, **outros))

    @property
    def protocolos(self) -> tuple[str, ...]:
        return ("jsonrpc", "xmlrpc") if self.antigo else ("json2", "jsonrpc", "xmlrpc")


@lru_cache
def _alvo_real(versao: int) -> Alvo:
    real = ligar_real(versao, "contrato", refazer=True)
    return Alvo(versao, real.url, real.banco, real.chave, EdicaoReal(real.url, real.banco, pg=real.pg))


_ALVOS = [
    pytest.param(("simulado", 14), id="simulado14"),
    pytest.param(("simulado", 19), id="simulado19"),
    pytest.param(("real", 14), id="real14", marks=pytest.mark.requer("odoo_real")),
    pytest.param(("real", 19), id="real19", marks=pytest.mark.requer("odoo_real")),
]


@pytest.fixture(params=_ALVOS)
def odoo_alvo(request: pytest.FixtureRequest) -> Iterator[Alvo]:
    """O alvo da suíte de contrato: um banco quase vazio (o teste cria o que usa), com outro banco à vista no mesmo servidor."""
    onde, versao = request.param
    if onde == "real":
        yield _alvo_real(versao)
        return
    banco = BancoSimulado(versao)
    with ServidorSimulado(banco, outros_bancos=["outro"]) as servidor:
        yield Alvo(versao, servidor.url, banco.nome, None if versao < 19 else CHAVE_ADMIN, EdicaoSimulada(banco), servidor)
