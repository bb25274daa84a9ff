"""As mesmas edições de EdicaoReal, num BancoSimulado deste processo (os atos têm os mesmos nomes e argumentos)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from app.demo.odoo_simulado import BancoSimulado
from app.demo.odoo_simulado.calculados import valor


class EdicaoSimulada:
    """Um administrador mexendo na fábrica simulada; o que não está aqui é do próprio banco."""

    def __init__(self, banco: BancoSimulado) -> None:
        self.banco_simulado = banco
        self.versao, self.antigo, self.feita = banco.versao, banco.antigo, banco.feita
        self.unidade_da_linha = banco.unidade_da_linha
        self.UNIDADE, self.DUZIA, self.brasil = banco.refs["unidade"], banco.refs["duzia"], banco.refs["brasil"]

    def __getattr__(self, nome: str) -> Any:
        return getattr(self.banco_simulado, nome)

    def ver(self, modelo: str, rid: int, *campos: str) -> dict[str, Any]:
        b = self.banco_simulado
        linha = b.exigir(modelo, rid)
        lidos = {c: valor(b, modelo, linha, c) for c in ("id", *campos)}
        return {c: v[:19] if isinstance(v, str) and b.esquema[modelo].campos[c].tipo == "datetime" else v for c, v in lidos.items()}

    def criar_usuario(self, login: str, senha: str) -> int:
        return self.banco_simulado.criar_usuario(login, senha)

    def criar_pedido(self, parceiro: int, itens: Sequence[Mapping[str, Any]], **outros: Any) -> int:
        return self.banco_simulado.criar_pedido(parceiro, [{"previsto": "2026-12-20 12:00:00", **i} for i in itens], **outros)

    def criar(self, modelo: str, valores: Mapping[str, Any]) -> int:
        return self.banco_simulado.criar(modelo, valores)

    def excluir(self, modelo: str, ids: Sequence[int] | int) -> None:
        self.banco_simulado.excluir(modelo, ids)

    @contextmanager
    def escrita_demorada(self, modelo: str, rid: int, valores: Mapping[str, Any]) -> Iterator[None]:
        demorada = self.banco_simulado.segurar()
        with demorada:
            self.banco_simulado.escrever_cru(modelo, rid, valores)
        yield
        demorada.publicar()

    def marca(self, modelo: str, rid: int) -> str:
        linha = self.banco_simulado.linha(modelo, rid)
        if linha is None:
            raise LookupError(f"{modelo}({rid})")
        return str(linha["write_date"])
