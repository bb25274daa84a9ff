"""O que uma importação leva consigo: o banco, o Odoo, as configurações que usa, e a cerca da tentativa."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from app.odoo.capacidades import Capacidades
from app.odoo.cliente import ClienteOdoo
from app.odoo.incremental import Pedido


class Cerca(Protocol):
    """A tentativa em curso, vista de dentro de cada commit."""

    def cercar(self, conexao: Connection) -> None:
        """Garante, na transação dada, que esta tentativa ainda é a que vale; erra se outra a substituiu ou foi cancelada."""

    def avancar(self, feitos: int, total: int | None) -> None:
        """Anota o progresso (registros lidos, e quantos ao todo quando se sabe)."""


class SemCerca:
    """Cerca de quem não tem tentativa registrada: simulações e testes de uma fonte só."""

    def cercar(self, conexao: Connection) -> None:
        """Nada a garantir."""

    def avancar(self, feitos: int, total: int | None) -> None:
        """Nada a anotar."""


@dataclass
class Contexto:
    """Tudo de que uma fonte precisa para importar; dura uma sessão com o Odoo.

    `corte` é a data local desde a qual entram documentos fechados; `agora`, o instante de referência (UTC).
    Com `simulada`, as transações são pontos de retorno dentro dessa conexão, que quem a abriu desfaz no fim.
    """

    motor: Engine
    cliente: ClienteOdoo
    capacidades: Capacidades
    fuso: ZoneInfo
    sobreposicao: timedelta
    corte: date
    agora: datetime
    empresas: tuple[int, ...]
    restringe_empresas: bool = False
    idioma: str | None = None
    cerca: Cerca = field(default_factory=SemCerca)
    simulada: Connection | None = None
    tamanhos: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def transacao(self) -> Iterator[Connection]:
        """Uma transação dona do seu commit, com a cerca da tentativa dentro dela."""
        if self.simulada is not None:
            with self.simulada.begin_nested():
                yield self.simulada
            return
        with self.motor.begin() as conexao:
            self.cerca.cercar(conexao)
            yield conexao

    @contextmanager
    def leitura(self) -> Iterator[Connection]:
        """Uma conexão para só consultar."""
        if self.simulada is not None:
            yield self.simulada
            return
        with self.motor.connect() as conexao:
            yield conexao

    @property
    def contexto_odoo(self) -> dict[str, Any]:
        """Contexto das chamadas: arquivados incluídos, nomes na língua do usuário da integração."""
        contexto: dict[str, Any] = {"active_test": False}
        if self.idioma:
            contexto["lang"] = self.idioma
        return contexto

    def dominio_empresas(self, campo: str = "company_id", aceita_vazio: bool = False) -> list[Any]:
        """Domínio que restringe às empresas escolhidas; vazio quando valem todas as que o usuário vê."""
        if not self.restringe_empresas:
            return []
        lista = list(self.empresas)
        return [[campo, "in", [*lista, False]]] if aceita_vazio else [[campo, "in", lista]]

    def pedido(self, desde: datetime | None) -> Pedido:
        """O que pedir ao motor incremental nesta sessão."""
        return Pedido(sobreposicao=self.sobreposicao, corte=self.corte, agora=self.agora, desde=desde, avancar=self.cerca.avancar)
