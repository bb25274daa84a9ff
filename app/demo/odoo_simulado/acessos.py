"""Quem entra e o que pode: senhas, chaves de API, direitos por modelo, regras de registro e empresas permitidas."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.demo.odoo_simulado.erros import ErroDoOdoo, acesso_negado, erro_de_acesso
from app.demo.odoo_simulado.nucleo import Linha, Nucleo

OPERACOES = ("read", "write", "create", "unlink")
# O que qualquer usuário interno lê sem grupo nenhum, no Odoo padrão (medido nos dois).
_DE_TODOS = (
    "res.company res.users res.partner res.country res.country.state res.currency res.groups res.users.apikeys uom.uom product.category "
    "product.product product.template product.supplierinfo stock.location stock.picking.type stock.move.line stock.quant stock.rule "
    "stock.warehouse"
)
_DE_TODOS_14 = frozenset(f"{_DE_TODOS} uom.category ir.model ir.model.data stock.location.route".split())
_DE_TODOS_19 = frozenset(f"{_DE_TODOS} ir.module.module stock.route".split())


def leitura_de_todos(versao: int) -> frozenset[str]:
    """Os modelos que um usuário interno sem grupo nenhum pode ler."""
    return _DE_TODOS_14 if versao < 17 else _DE_TODOS_19


_ACOES = {"read": "access", "write": "modify", "create": "create", "unlink": "delete"}
_SENHAS_ERRADAS, _CASTIGO_S = 10, 60.0
_ORIGEM = "127.0.0.1"


@dataclass
class Credencial:
    """O que um usuário apresenta e pode. `direitos` é None para quem pode tudo; senão, modelo → operações."""

    uid: int
    login: str
    senha: str
    chaves: set[str] = field(default_factory=set)
    direitos: dict[str, frozenset[str]] | None = None
    negados: set[tuple[str, str]] = field(default_factory=set)
    campos_negados: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True)
class Regra:
    """Regra de registro: quem ela atinge (None: todos) só vê, do modelo, o que o domínio deixa passar."""

    nome: str
    modelo: str
    dominio: tuple[Any, ...]
    uid: int | None = None


class Acessos:
    """As credenciais de um banco. As falhas de `authenticate` contam por banco e, no 14, dez trancam a porta por um minuto."""

    def __init__(self, banco: Nucleo) -> None:
        self.banco = banco
        self.credenciais: dict[int, Credencial] = {}
        self.regras: list[Regra] = []
        self.senhas_erradas = 0
        self._erros: dict[str, tuple[int, float]] = {}

    def autenticar(self, login: Any, senha: Any, origem: str = _ORIGEM) -> int | bool:
        """O uid, ou False (senha errada, usuário arquivado ou porta trancada), como `common.authenticate`."""
        quantos, quando = self._erros.get(origem, (0, 0.0))
        if self.banco.versao < 17 and quantos >= _SENHAS_ERRADAS and time.monotonic() - quando < _CASTIGO_S:
            return False  # medido: a 14 tranca na décima; a 19, pelo RPC, não tranca
        for c in self.credenciais.values():
            if c.login == login and self._confere(c, senha) and self._ativo(c):
                self._erros.pop(origem, None)
                return c.uid
        self.senhas_erradas += 1
        self._erros[origem] = (quantos + 1, time.monotonic())
        return False

    def perdoar(self) -> None:
        """Esquece as senhas erradas (como se o minuto tivesse passado)."""
        self._erros.clear()

    def conferir(self, uid: Any, senha: Any) -> Credencial:
        """A credencial de quem chama `execute_kw`; AccessDenied se a senha (ou chave) não é dele."""
        c = self.credenciais.get(uid)
        if c is None or not self._confere(c, senha) or not self._ativo(c):
            quantos, _ = self._erros.get(_ORIGEM, (0, 0.0))
            self._erros[_ORIGEM] = (quantos + 1, time.monotonic())
            self.senhas_erradas += 1
            raise acesso_negado()
        return c

    def por_chave(self, chave: str) -> Credencial | None:
        """A credencial de uma chave de API (JSON-2), se vale."""
        for c in self.credenciais.values():
            if chave in c.chaves and self._ativo(c) and not self._vencida(chave):
                return c
        return None

    def _confere(self, c: Credencial, senha: Any) -> bool:
        return isinstance(senha, str) and bool(senha) and (senha == c.senha or (senha in c.chaves and not self._vencida(senha)))

    def _ativo(self, c: Credencial) -> bool:
        linha = self.banco.tabelas["res.users"].get(c.uid)
        return bool(linha and linha["active"])

    def _vencida(self, chave: str) -> bool:
        for linha in self.banco.tabelas["res.users.apikeys"].values():
            if linha.get("_chave") == chave:
                fim = linha.get("expiration_date")
                return bool(fim) and str(fim) < self.banco.relogio().strftime("%Y-%m-%d %H:%M:%S")
        return False

    # --- direitos por modelo --------------------------------------------------------------------------------------------------
    def pode(self, c: Credencial, modelo: str, operacao: str) -> bool:
        if (modelo, operacao) in c.negados:
            return False
        if c.direitos is None:
            return True
        return operacao in c.direitos.get(modelo, ()) or (operacao == "read" and modelo in leitura_de_todos(self.banco.versao))

    def exigir(self, c: Credencial, modelo: str, operacao: str) -> None:
        if not self.pode(c, modelo, operacao):
            raise self.sem_direito(modelo, operacao)

    def sem_direito(self, modelo: str, operacao: str) -> ErroDoOdoo:
        titulo = self.banco.esquema[modelo].titulo
        grupo = (
            "Purchase/User"
            if modelo.startswith("purchase")
            else "Inventory/User"
            if modelo.startswith("stock")
            else "Administration/Settings"
        )
        return erro_de_acesso(
            f"You are not allowed to {_ACOES[operacao]} '{titulo}' ({modelo}) records.\n\n"
            f"This operation is allowed for the following groups:\n\t- {grupo}\n\n"
            "Contact your administrator to request access if necessary."
        )

    def exigir_campos(self, c: Credencial, modelo: str, campos: Iterable[str]) -> None:
        """Campos que um grupo esconde do usuário: `read` deles é AccessError, e `fields_get` não os mostra."""
        ruins = [x for x in campos if (modelo, x) in c.campos_negados]
        if ruins:
            titulo = self.banco.esquema[modelo].titulo
            if self.banco.versao < 17:
                raise erro_de_acesso(
                    f'You do not have enough rights to access the fields "{",".join(ruins)}" on {titulo} ({modelo}). '
                    "Please contact your system administrator.\n\n(Operation: read)"
                )
            raise erro_de_acesso(
                f'You do not have enough rights to access the field "{ruins[0]}" on {titulo} ({modelo}). '
                "Please contact your system administrator.\n\nOperation: read"
            )

    # --- regras de registro ---------------------------------------------------------------------------------------------------
    def empresas(self, c: Credencial, contexto: dict[str, Any]) -> set[int]:
        """As empresas em jogo: as do contexto (`allowed_company_ids`), que têm de ser do usuário, ou todas as dele."""
        usuario = self.banco.exigir("res.users", c.uid)
        dele = set(usuario["company_ids"])
        pedidas = set(contexto.get("allowed_company_ids") or ())
        if pedidas - dele:
            raise erro_de_acesso("Access to unauthorized or invalid companies.")
        return pedidas or dele

    def regra_quebrada(self, c: Credencial, modelo: str, linhas: list[Linha]) -> ErroDoOdoo:
        titulo = self.banco.esquema[modelo].titulo
        if self.banco.versao < 17:
            return erro_de_acesso(
                f"Due to security restrictions, you are not allowed to access '{titulo}' ({modelo}) records.\n\n"
                "Contact your administrator to request access if necessary."
            )
        ids = ", ".join(str(x["id"]) for x in linhas[:6])
        return erro_de_acesso(
            "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\n"
            f"Sorry, {c.login} (id={c.uid}) doesn't have 'read' access to:\n- {titulo} ({modelo}: {ids})\n\n"
            "If you really, really need access, perhaps you can win over your friendly administrator with a batch of freshly baked cookies."
        )

    def criar_chave(self, uid: int, chave: str, *, nome: str = "integração", dias: int | None = 90) -> int:
        """Uma chave de API do usuário; `dias=None` não vence (só administradores podem, no Odoo)."""
        self.credenciais[uid].chaves.add(chave)
        fim = (self.banco.relogio() + timedelta(days=dias)).strftime("%Y-%m-%d %H:%M:%S") if dias is not None else False
        valores: dict[str, Any] = {"name": nome, "user_id": uid, "scope": "rpc", "_chave": chave}
        if "expiration_date" in self.banco.esquema["res.users.apikeys"].campos:
            valores["expiration_date"] = fim
        return self.banco.inserir_cru("res.users.apikeys", valores)
