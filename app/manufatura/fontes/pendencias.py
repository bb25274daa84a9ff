"""O que falta recalcular: anotado no commit que mudou os fatos, para que uma queda entre a causa e o efeito não perca nada.

Quem recalcula é `efeitos.aplicar_pendentes`, ao começar e ao terminar cada importação. Cada commit acrescenta uma linha com
um vetor de ids; ninguém atualiza linha de ninguém, e por isso duas importações ao mesmo tempo não se travam nem se perdem.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, text

from app.banco.base import em, tabela
from app.manufatura.models import RecalculoPendente

PRAZO = "prazo"
"""O prazo dos fornecedores destes produtos."""
CADASTROS = frozenset({"product.product", "res.partner", "res.users", "res.currency", "uom.uom", "purchase.requisition", "stock.location"})
"""Cadastros de que sai alguma coluna de linhas guardadas."""


@dataclass(frozen=True)
class Pendencia:
    """Uma anotação: a linha da tabela, o tipo (PRAZO ou um modelo de cadastro) e os ids do Odoo."""

    linha: int
    tipo: str
    ids: tuple[int, ...]


def marcar(conexao: Connection, tipo: str, ids: Iterable[int]) -> None:
    """Anota, na transação dada, que estes ids do Odoo precisam ser recalculados."""
    if lista := sorted(set(ids)):
        conexao.execute(insert(tabela(RecalculoPendente)).values(tipo=tipo, ids=lista))


def marcar_prazos_dos_modelos(conexao: Connection, modelos: Iterable[int]) -> None:
    """Anota o prazo de todos os produtos destes product.template."""
    if lista := sorted(set(modelos)):
        consulta = text("SELECT odoo_id FROM odoo_produto WHERE modelo_id = ANY(:ids)")
        marcar(conexao, PRAZO, conexao.execute(consulta, {"ids": lista}).scalars())


def abertas(conexao: Connection, feitas: Collection[int] = ()) -> list[Pendencia]:
    """O que está anotado, na ordem em que foi, fora as linhas já `feitas`."""
    t = tabela(RecalculoPendente)
    linhas = conexao.execute(select(t.c.id, t.c.tipo, t.c.ids).order_by(t.c.id))
    return [Pendencia(r.id, r.tipo, tuple(r.ids)) for r in linhas if r.id not in feitas]


def apagar(conexao: Connection, feitas: Iterable[Pendencia]) -> None:
    """Tira o que já se recalculou."""
    t = tabela(RecalculoPendente)
    conexao.execute(delete(t).where(em(t.c.id, [p.linha for p in feitas])))


def um_por_vez(conexao: Connection) -> None:
    """Até o fim da transação, só esta recalcula: um cálculo mais velho não passa por cima de um mais novo."""
    conexao.execute(text("SELECT pg_advisory_xact_lock(hashtext('recalculo_pendente'))"))
