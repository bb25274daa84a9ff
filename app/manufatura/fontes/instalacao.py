"""Qual Odoo é este: a identidade guardada na primeira importação, e a recusa de importar de outro."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from app.banco.base import tabela
from app.manufatura.models import Auditoria, OdooInstalacao
from app.odoo.erros import ErroTerminal
from app.odoo.valores import instante


class OutroOdoo(ErroTerminal):
    """Este não é o Odoo de que os dados vieram: aqui está guardado {guardado}, e o servidor respondeu como {achado}.
    Nada foi importado. Se é o mesmo banco renomeado, atualizado ou restaurado em outro lugar, rode
    `manufatura odoo adotar`; se é outro, corrija ODOO_URL e ODOO_DB, ou use outro banco de Manufatura."""


@dataclass(frozen=True)
class Identidade:
    """Nome do banco e as datas de criação (UTC) da empresa 1 e do usuário 1 (None quando o usuário não os vê)."""

    banco: str
    empresa_criada_em: datetime | None
    usuario_criado_em: datetime | None
    versao: str

    @classmethod
    def de_registros(
        cls, banco: str, empresas: Sequence[Mapping[str, Any]], usuarios: Sequence[Mapping[str, Any]], versao: str
    ) -> Identidade:
        """Monta a identidade dos registros de res.company e res.users (com id e create_date)."""

        def criado(registros: Sequence[Mapping[str, Any]]) -> datetime | None:
            return next((instante(r["create_date"]) for r in registros if r["id"] == 1), None)

        return cls(banco, criado(empresas), criado(usuarios), versao)

    def __str__(self) -> str:
        criada = f", criado em {self.empresa_criada_em:%d/%m/%Y %H:%M} UTC" if self.empresa_criada_em else ""
        return f"o banco «{self.banco}»{criada}"

    def mesma(self, outra: Identidade) -> bool:
        """Mesmo banco e mesmas datas; uma data que um dos lados não viu não decide."""

        def igual(a: datetime | None, b: datetime | None) -> bool:
            return a is None or b is None or a == b

        datas = igual(self.empresa_criada_em, outra.empresa_criada_em) and igual(self.usuario_criado_em, outra.usuario_criado_em)
        return self.banco == outra.banco and datas


def guardada(conexao: Connection) -> Identidade | None:
    """A identidade guardada, ou None antes da primeira importação."""
    t = tabela(OdooInstalacao).c
    linha = conexao.execute(select(t.banco, t.empresa_criada_em, t.usuario_criado_em, t.versao)).first()
    return Identidade(linha[0], linha[1], linha[2], linha[3] or "") if linha else None


def conferir(conexao: Connection, achada: Identidade) -> None:
    """Guarda a identidade na primeira vez; depois, OutroOdoo se o servidor não é o mesmo."""
    antes = guardada(conexao)
    valores = {
        "banco": achada.banco,
        "empresa_criada_em": achada.empresa_criada_em,
        "usuario_criado_em": achada.usuario_criado_em,
        "versao": achada.versao,
    }
    if antes is None:
        conexao.execute(insert(tabela(OdooInstalacao)).values(**valores))
    elif not antes.mesma(achada):
        raise OutroOdoo(guardado=str(antes), achado=str(achada))
    elif antes.versao != achada.versao:
        conexao.execute(update(tabela(OdooInstalacao)).values(versao=achada.versao))


def adotar(conexao: Connection, achada: Identidade, quem: str) -> Identidade | None:
    """Passa a valer a identidade do servidor de agora, com registro na auditoria; devolve a anterior.

    Só serve a uma cópia renomeada ou atualizada do MESMO banco: os ids guardados continuam sendo os dela.
    """
    antes = guardada(conexao)
    if antes is None:
        conferir(conexao, achada)
        return None
    conexao.execute(
        update(tabela(OdooInstalacao)).values(
            banco=achada.banco,
            empresa_criada_em=achada.empresa_criada_em,
            usuario_criado_em=achada.usuario_criado_em,
            versao=achada.versao,
        )
    )
    conexao.execute(
        insert(tabela(Auditoria)).values(
            quem=quem, acao="odoo adotar", tabela="odoo_instalacao", antes={"identidade": str(antes)}, depois={"identidade": str(achada)}
        )
    )
    return antes
