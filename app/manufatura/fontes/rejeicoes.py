"""O que não pôde ser guardado, ou ficou de fora por regra: anotado com o motivo, tentado de novo, fechado sozinho."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, func, null, select, update
from sqlalchemy.dialects.postgresql import insert

from app.banco.base import em, tabela
from app.manufatura.models import RejeicaoIntegracao

TENTAR_POR_EXECUCAO = 1_000


@dataclass(frozen=True)
class Rejeicao:
    """Um registro do Odoo fora das nossas tabelas, e por quê."""

    odoo_id: int
    motivo: str
    tipo: Literal["rejeitada", "ignorada"] = "rejeitada"
    dados: dict[str, Any] = field(default_factory=dict)


def anotar(conexao: Connection, fonte: str, modelo: str, rejeicoes: Sequence[Rejeicao]) -> None:
    """Abre (ou reabre, ou atualiza) uma linha por registro rejeitado ou ignorado."""
    if not rejeicoes:
        return
    t = tabela(RejeicaoIntegracao)
    unicas = {r.odoo_id: r for r in rejeicoes}
    linhas = [
        {"tipo": r.tipo, "fonte": fonte, "odoo_modelo": modelo, "odoo_id": r.odoo_id, "motivo": r.motivo, "dados": r.dados}
        for r in unicas.values()
    ]
    comando = insert(t).values(linhas)
    mudou = (t.c.resolvida_em.is_not(None)) | (t.c.tipo == "rejeitada") | t.c.motivo.is_distinct_from(comando.excluded.motivo)
    conexao.execute(
        comando.on_conflict_do_update(
            index_elements=["fonte", "odoo_modelo", "odoo_id"],
            set_={
                "tipo": comando.excluded.tipo,
                "motivo": comando.excluded.motivo,
                "dados": comando.excluded.dados,
                "ultima_vez": func.now(),
                "vezes": t.c.vezes + 1,
                "resolvida_em": null(),
            },
            where=mudou,
        )
    )


def resolver(conexao: Connection, fonte: str, modelo: str, ids: Iterable[int]) -> int:
    """Fecha as rejeições abertas destes registros, que agora estão guardados (ou sumiram); devolve quantas."""
    t = tabela(RejeicaoIntegracao)
    # O comum é não haver nenhuma aberta: perguntar isso custa um décimo de procurar uma por id.
    alguma = select(t.c.id).where(t.c.fonte == fonte, t.c.odoo_modelo == modelo, t.c.resolvida_em.is_(None)).limit(1)
    if conexao.execute(alguma).first() is None:
        return 0
    comando = (
        update(t)
        .where(t.c.fonte == fonte, t.c.odoo_modelo == modelo, em(t.c.odoo_id, ids), t.c.resolvida_em.is_(None))
        .values(resolvida_em=func.now())
    )
    return conexao.execute(comando).rowcount


def pendentes(conexao: Connection, fonte: str, modelo: str) -> list[int]:
    """Os ids rejeitados há mais tempo, a tentar de novo (até 1.000 por execução)."""
    t = tabela(RejeicaoIntegracao)
    consulta = (
        select(t.c.odoo_id)
        .where(t.c.fonte == fonte, t.c.odoo_modelo == modelo, t.c.tipo == "rejeitada", t.c.resolvida_em.is_(None))
        .order_by(t.c.ultima_vez, t.c.odoo_id)
        .limit(TENTAR_POR_EXECUCAO)
    )
    return list(conexao.execute(consulta).scalars())
