"""Ordens de produção: os estados e suas transições, a quantidade produzida, e a leitura para telas e comandos.

Estados: Planejada → Liberada → Em Produção → Concluída; Cancelada a partir dos três primeiros. O que o
Odoo apontou pode ainda levar uma Planejada direto a Em Produção ou Concluída, e uma Concluída de volta a Em Produção
quando a OP reabre lá. Cada transição é uma função com nome e uma linha na auditoria.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select, text

from app.banco.base import em_textos, tabela
from app.erros import ErroManufatura
from app.manufatura.models import OrdemProducao

T = tabela(OrdemProducao)


class Status(StrEnum):
    """O estado de uma ordem, com a palavra que as telas mostram."""

    PLANEJADA = "Planejada"
    LIBERADA = "Liberada"
    EM_PRODUCAO = "Em Produção"
    CONCLUIDA = "Concluída"
    CANCELADA = "Cancelada"


ABERTAS = (Status.PLANEJADA, Status.LIBERADA, Status.EM_PRODUCAO)


class OrdemDesconhecida(ErroManufatura):
    """Não há ordem com o número {numero}. Veja as que há com `manufatura ordem listar`."""

    codigo_saida = 2


@dataclass(frozen=True)
class Autor:
    """Quem muda uma ordem e de onde, como vai à auditoria."""

    quem: str
    de_onde: str


ODOO = Autor("Sistema", "importação do Odoo")


@dataclass(frozen=True)
class Datas:
    """As datas reais com que uma ordem fica ao mudar de estado (datas locais)."""

    ordem_id: int
    inicio: date | None = None
    fim: date | None = None


@dataclass(frozen=True)
class Mudou:
    """Uma transição feita."""

    ordem_id: int
    numero_ordem: str
    de: Status


# --- transições -------------------------------------------------------------------------------------------------------------


def liberar(conexao: Connection, ordens: Sequence[Datas], autor: Autor, motivo: str | None = None) -> list[Mudou]:
    """Planejada → Liberada; `motivo`: por que, apesar do que falta. Devolve as que mudaram."""
    return _transitar(conexao, ordens, (Status.PLANEJADA,), Status.LIBERADA, "ordem liberar", autor, motivo)


def cancelar(conexao: Connection, ordens: Sequence[Datas], autor: Autor, motivo: str | None = None) -> list[Mudou]:
    """Qualquer estado aberto → Cancelada; devolve as que mudaram."""
    return _transitar(conexao, ordens, ABERTAS, Status.CANCELADA, "ordem cancelar", autor, motivo)


def iniciar(conexao: Connection, ordens: Sequence[Datas], autor: Autor) -> list[Mudou]:
    """Planejada ou Liberada → Em Produção; devolve as que mudaram (as demais ficam como estavam)."""
    return _transitar(conexao, ordens, (Status.PLANEJADA, Status.LIBERADA), Status.EM_PRODUCAO, "ordem iniciar", autor)


def concluir(conexao: Connection, ordens: Sequence[Datas], autor: Autor) -> list[Mudou]:
    """Qualquer estado aberto → Concluída; devolve as que mudaram."""
    return _transitar(conexao, ordens, ABERTAS, Status.CONCLUIDA, "ordem concluir", autor)


def reabrir(conexao: Connection, ordens: Sequence[Datas], autor: Autor) -> list[Mudou]:
    """Concluída → Em Produção, quando a OP reabre no Odoo (um saldo novo, um encerramento desfeito)."""
    return _transitar(conexao, ordens, (Status.CONCLUIDA,), Status.EM_PRODUCAO, "ordem reabrir", autor)


def acertar_datas(conexao: Connection, ordens: Sequence[Datas]) -> int:
    """Põe as datas reais das ordens que não mudam de estado; devolve quantas eram outras."""
    if not ordens:
        return 0
    comando = text(f"""
        WITH alvo AS ({ALVO})
        UPDATE ordem_producao o SET data_inicio_real = alvo.inicio, data_fim_real = alvo.fim, atualizado_em = now()
        FROM alvo WHERE o.id = alvo.id AND (o.data_inicio_real, o.data_fim_real) IS DISTINCT FROM (alvo.inicio, alvo.fim)""")  # noqa: S608
    return conexao.execute(comando, _vetores(ordens)).rowcount


ALVO = """SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:inicios AS date[]), CAST(:fins AS date[])) AS a(id, inicio, fim)"""


def _vetores(ordens: Sequence[Datas]) -> dict[str, list[Any]]:
    return {"ids": [o.ordem_id for o in ordens], "inicios": [o.inicio for o in ordens], "fins": [o.fim for o in ordens]}


def _transitar(
    conexao: Connection,
    ordens: Sequence[Datas],
    de: Collection[Status],
    para: Status,
    acao: str,
    autor: Autor,
    motivo: str | None = None,
) -> list[Mudou]:
    """Muda de estado, num comando só, as ordens que estão num dos estados `de`; a auditoria vai junto."""
    if not ordens:
        return []
    comando = text(f"""
        WITH alvo AS ({ALVO}),
        antes AS (
            SELECT o.id, o.status FROM ordem_producao o WHERE o.id = ANY(:ids) AND o.status = ANY(:de) ORDER BY o.id FOR UPDATE),
        depois AS (
            UPDATE ordem_producao o SET status = :para, data_inicio_real = alvo.inicio, data_fim_real = alvo.fim, atualizado_em = now()
            FROM alvo, antes WHERE o.id = alvo.id AND o.id = antes.id
            RETURNING o.id, o.numero_ordem, antes.status AS de, o.data_inicio_real, o.data_fim_real),
        auditadas AS (
            INSERT INTO auditoria (quem, de_onde, acao, tabela, registro_id, antes, depois)
            SELECT :quem, :de_onde, :acao, 'ordem_producao', d.id, jsonb_build_object('status', d.de),
                jsonb_build_object('status', CAST(:para AS text), 'data_inicio_real', d.data_inicio_real, 'data_fim_real', d.data_fim_real)
                || CASE WHEN CAST(:motivo AS text) IS NULL THEN jsonb_build_object()
                    ELSE jsonb_build_object('motivo', CAST(:motivo AS text)) END
            FROM depois d)
        SELECT id, numero_ordem, de FROM depois ORDER BY id""")  # noqa: S608 — só constantes deste arquivo
    fatos = {
        **_vetores(ordens),
        "de": [str(s) for s in de],
        "para": str(para),
        "acao": acao,
        "quem": autor.quem,
        "de_onde": autor.de_onde,
        "motivo": motivo,
    }
    return [Mudou(r.id, r.numero_ordem, Status(r.de)) for r in conexao.execute(comando, fatos)]


# --- quantidade ---------------------------------------------------------------------------------------------------------------


def recalcular_produzido(conexao: Connection, ordens: Collection[int]) -> int:
    """qtd_produzida = soma dos movimentos PRODUCAO e ESTORNO_PRODUCAO da ordem, do seu produto; devolve quantas mudaram.

    Subprodutos são movimentos de outro produto, e não contam.
    """
    if not ordens:
        return 0
    comando = text("""
        UPDATE ordem_producao o SET qtd_produzida = s.qtd, atualizado_em = now()
        FROM (
            SELECT q.id, coalesce(sum(m.qtd_movimentacao), 0) AS qtd
            FROM ordem_producao q
            LEFT JOIN movimentacao_estoque m ON m.ordem_producao_id = q.id AND m.tipo_movimentacao IN ('PRODUCAO', 'ESTORNO_PRODUCAO')
                AND coalesce(m.odoo_produto_id = q.odoo_produto_id, m.cod_produto = q.cod_produto)
            WHERE q.id = ANY(:ids) GROUP BY q.id
        ) s WHERE o.id = s.id AND o.qtd_produzida <> s.qtd""")
    return conexao.execute(comando, {"ids": list(ordens)}).rowcount


# --- leitura ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filtro:
    """Que ordens listar; `hoje` (data local) decide as atrasadas. Vazio não filtra."""

    status: Sequence[Status] = ()
    produto: str | None = None
    atrasadas: bool = False
    hoje: date | None = None
    limite: int | None = None


def listar(conexao: Connection, filtro: Filtro) -> list[dict[str, Any]]:
    """As ordens em ordem de número (todas as colunas da tabela).

    Atrasada: data_fim_prevista já passou e a ordem continua aberta.
    """
    consulta = select(T).order_by(T.c.numero)
    if filtro.status:
        consulta = consulta.where(em_textos(T.c.status, map(str, filtro.status)))
    if filtro.produto:
        consulta = consulta.where(T.c.cod_produto == filtro.produto.strip())
    if filtro.atrasadas:
        consulta = consulta.where(T.c.data_fim_prevista < filtro.hoje, em_textos(T.c.status, map(str, ABERTAS)))
    if filtro.limite:
        consulta = consulta.limit(filtro.limite)
    return [dict(linha) for linha in conexao.execute(consulta).mappings()]


def ler(conexao: Connection, numero: int) -> Mapping[str, Any]:
    """Uma ordem, com `familia` (as OPs dela no Odoo), `movimentos`, `avisos` abertos e `qtd_pendente`.

    Erro: OrdemDesconhecida.
    """
    ordem = conexao.execute(select(T).where(T.c.numero == numero)).mappings().first()
    if ordem is None:
        raise OrdemDesconhecida(numero=numero_ordem(numero))
    familia = conexao.execute(
        text("SELECT odoo_id, nome, estado, fim, excluida FROM odoo_op WHERE ordem_producao_id = :id ORDER BY odoo_id"), {"id": ordem["id"]}
    )
    movimentos = conexao.execute(
        text(
            "SELECT data_movimentacao, tipo_movimentacao, cod_produto, qtd_movimentacao, referencia, origem, usuario"
            " FROM movimentacao_estoque WHERE ordem_producao_id = :id ORDER BY data_movimentacao, id"
        ),
        {"id": ordem["id"]},
    )
    avisos = conexao.execute(
        text("SELECT tipo, severidade, mensagem, aberto_em FROM aviso WHERE chave = :chave AND fechado_em IS NULL ORDER BY id"),
        {"chave": ordem["numero_ordem"]},
    )
    return {
        **ordem,
        "qtd_pendente": max(ordem["qtd_planejada"] - ordem["qtd_produzida"], 0),
        "familia": [dict(r) for r in familia.mappings()],
        "movimentos": [dict(r) for r in movimentos.mappings()],
        "avisos": [dict(r) for r in avisos.mappings()],
    }


def numero_ordem(numero: int) -> str:
    """16 → 'OP-000016'; acima de seis dígitos o número continua inteiro ('OP-1000000')."""
    return f"OP-{numero:06d}"
