"""O que não pôde ser guardado, ou ficou de fora por regra: anotado com o motivo, tentado de novo, fechado sozinho."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, func, null, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.banco.base import em, tabela
from app.banco.carga import em_json, selecao_json
from app.manufatura.models import RejeicaoIntegracao

TENTAR_POR_EXECUCAO = 1_000
COLUNAS = ["tipo", "fonte", "odoo_modelo", "odoo_id", "motivo", "dados"]
Tipo = Literal["rejeitada", "ignorada"]


@dataclass(frozen=True)
class Rejeicao:
    """Um registro do Odoo fora das nossas tabelas, e por quê."""

    odoo_id: int
    motivo: str
    tipo: Tipo = "rejeitada"
    dados: dict[str, Any] = field(default_factory=dict)


def anotar(conexao: Connection, fonte: str, modelo: str, rejeicoes: Sequence[Rejeicao]) -> None:
    """Abre (ou reabre, ou atualiza) uma linha por registro rejeitado ou ignorado."""
    if not rejeicoes:
        return
    t = tabela(RejeicaoIntegracao)
    unicas = {r.odoo_id: r for r in rejeicoes}
    # Num parâmetro só: dez mil linhas de seis valores passariam dos 65.535 que o protocolo aceita.
    linhas = em_json(COLUNAS, [(r.tipo, fonte, modelo, r.odoo_id, r.motivo, r.dados) for r in unicas.values()])
    comando = insert(t).from_select(COLUNAS, text(selecao_json(t, COLUNAS)).columns(*(t.c[c] for c in COLUNAS)))
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
        ),
        {"linhas": linhas},
    )


def resolver(conexao: Connection, fonte: str, modelo: str, ids: Iterable[int], tipo: Tipo | None = None) -> list[int]:
    """Fecha as rejeições abertas destes registros, que agora estão guardados (ou sumiram); devolve os ids das que fechou.

    Com `tipo`, só as desse tipo: ter sido relida não faz uma linha ignorada deixar de o ser.
    """
    t = tabela(RejeicaoIntegracao)
    onde = [t.c.fonte == fonte, t.c.odoo_modelo == modelo, t.c.resolvida_em.is_(None), *([t.c.tipo == tipo] if tipo else [])]
    # O comum é não haver nenhuma aberta: perguntar isso custa um décimo de procurar uma por id.
    if conexao.execute(select(t.c.id).where(*onde).limit(1)).first() is None:
        return []
    comando = update(t).where(*onde, em(t.c.odoo_id, ids)).values(resolvida_em=func.now()).returning(t.c.odoo_id)
    return list(conexao.execute(comando).scalars())


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
