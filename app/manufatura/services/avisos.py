"""Avisos: o que uma pessoa precisa olhar; abertos uma vez por (tipo, chave), fechados quando a causa acaba."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.banco.base import em_textos, tabela
from app.banco.carga import copiar, em_json, selecao_json
from app.manufatura.models import Aviso

T = tabela(Aviso)
COLUNAS = ["tipo", "severidade", "chave", "mensagem", "dados"]


def abrir(
    conexao: Connection, tipo: str, chave: str, mensagem: str, *, severidade: str = "atencao", dados: dict[str, Any] | None = None
) -> bool:
    """Abre um aviso, ou atualiza a mensagem do que já está aberto com esta chave; True se abriu agora.

    `severidade`: info, atencao ou critico.
    """
    comando = insert(T).values(tipo=tipo, chave=chave, mensagem=mensagem, severidade=severidade, dados=dados)
    comando = comando.on_conflict_do_update(
        index_elements=["tipo", "chave"],
        index_where=T.c.fechado_em.is_(None),
        set_={"mensagem": comando.excluded.mensagem, "severidade": comando.excluded.severidade, "dados": comando.excluded.dados},
        where=(T.c.mensagem != comando.excluded.mensagem) | T.c.dados.is_distinct_from(comando.excluded.dados),
    )
    return bool(conexao.execute(comando.returning(T.c.criado_em == func.now())).scalar())


Vigente = tuple[str, str, dict[str, Any] | None]
"""Um aviso a manter aberto: (chave, mensagem, dados)."""


def abrir_todos(conexao: Connection, tipo: str, vigentes: Sequence[Vigente], *, severidade: str = "atencao") -> None:
    """Abre (ou atualiza) vários avisos de um tipo, num comando só."""
    if not vigentes:
        return
    linhas = em_json(COLUNAS, [(tipo, severidade, chave, mensagem, dados) for chave, mensagem, dados in vigentes])
    comando = insert(T).from_select(COLUNAS, text(selecao_json(T, COLUNAS)).columns(*(T.c[c] for c in COLUNAS)))
    comando = comando.on_conflict_do_update(
        index_elements=["tipo", "chave"],
        index_where=T.c.fechado_em.is_(None),
        set_={c: comando.excluded[c] for c in ("mensagem", "severidade", "dados")},
        where=(T.c.mensagem != comando.excluded.mensagem) | T.c.dados.is_distinct_from(comando.excluded.dados),
    )
    conexao.execute(comando, {"linhas": linhas})


def sincronizar(conexao: Connection, tipo: str, vigentes: Sequence[Vigente], *, severidade: str = "atencao") -> None:
    """Deixa abertos, deste tipo, exatamente os avisos dados: abre os que faltam e fecha os que sobram."""
    conservar_so(conexao, tipo, [chave for chave, _, _ in vigentes])
    abrir_todos(conexao, tipo, vigentes, severidade=severidade)


def sincronizar_varios(
    conexao: Connection, tipos: Sequence[str], vigentes: Sequence[tuple[str, str, str, str, dict[str, Any]]]
) -> tuple[int, int]:
    """Deixa abertos, destes tipos, exatamente os avisos dados, sem crescer o número de comandos com o deles.

    `vigentes`: (tipo, chave, mensagem, severidade, dados), sem repetir (tipo, chave). Devolve (abertos agora, fechados agora).
    """
    colunas = {c: T.c[c].type for c in ("tipo", "chave", "mensagem", "severidade", "dados")}
    copiar(conexao, "carga_aviso", colunas, [(*v[:4], Jsonb(v[4])) for v in vigentes])
    fechados = conexao.execute(
        text("""UPDATE aviso a SET fechado_em = now(), atualizado_em = now() WHERE a.tipo = ANY(:tipos) AND a.fechado_em IS NULL
            AND NOT EXISTS (SELECT 1 FROM carga_aviso c WHERE c.tipo = a.tipo AND c.chave = a.chave)"""),
        {"tipos": list(tipos)},
    ).rowcount
    conexao.execute(
        text("""UPDATE aviso a SET mensagem = c.mensagem, severidade = c.severidade, dados = c.dados, atualizado_em = now()
            FROM carga_aviso c WHERE a.tipo = c.tipo AND a.chave = c.chave AND a.fechado_em IS NULL
            AND (a.mensagem, a.severidade, a.dados) IS DISTINCT FROM (c.mensagem, c.severidade, c.dados)""")
    )
    abertos_agora = conexao.execute(
        text("""INSERT INTO aviso (tipo, chave, mensagem, severidade, dados) SELECT c.* FROM carga_aviso c WHERE NOT EXISTS (
            SELECT 1 FROM aviso a WHERE a.tipo = c.tipo AND a.chave = c.chave AND a.fechado_em IS NULL) ON CONFLICT DO NOTHING""")
    ).rowcount
    return abertos_agora, fechados


def fechar(conexao: Connection, tipo: str, chaves: Iterable[str]) -> int:
    """Fecha os avisos abertos deste tipo com estas chaves; devolve quantos fechou."""
    lista = list(chaves)
    if not lista:
        return 0
    comando = update(T).where(T.c.tipo == tipo, em_textos(T.c.chave, lista), T.c.fechado_em.is_(None)).values(fechado_em=func.now())
    return conexao.execute(comando).rowcount


def conservar_so(conexao: Connection, tipo: str, chaves: Iterable[str]) -> int:
    """Fecha os avisos abertos deste tipo cuja chave não está em `chaves` (a causa deles acabou); devolve quantos."""
    comando = update(T).where(T.c.tipo == tipo, T.c.fechado_em.is_(None), ~em_textos(T.c.chave, chaves)).values(fechado_em=func.now())
    return conexao.execute(comando).rowcount


def abertos(conexao: Connection, tipo: str | None = None) -> list[Any]:
    """Os avisos abertos (de um tipo, ou todos), do mais grave e antigo ao mais novo: linhas da tabela aviso."""
    consulta = select(T).where(T.c.fechado_em.is_(None)).order_by(T.c.severidade, T.c.aberto_em, T.c.id)
    if tipo is not None:
        consulta = consulta.where(T.c.tipo == tipo)
    return list(conexao.execute(consulta))
