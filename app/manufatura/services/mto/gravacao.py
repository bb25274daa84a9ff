"""Grava o plano: ordens novas e mudadas, o que cada uma atende, os motivos, os avisos e a posição usada. Só o que difere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects import postgresql

from app.banco.base import tabela
from app.banco.carga import copiar, copiar_para, mesclar
from app.manufatura.models import OrdemExplicacao, OrdemProducao, OrdemProducaoDemanda, PlanejamentoPosicao
from app.manufatura.services import avisos
from app.manufatura.services.mto import auditoria
from app.manufatura.services.ordens import numero_ordem
from app.manufatura.services.planejamento import motivos
from app.manufatura.services.planejamento.avisos_plano import TIPOS
from app.manufatura.services.planejamento.ordens import Demanda, Existente, Ordem, Plano
from app.manufatura.services.planejamento.plano import Entrada

AUTOR = "Sistema MTO"
_DIALETO = postgresql.dialect()  # type: ignore[no-untyped-call]  # a biblioteca não anota o construtor
COLUNAS_ORDEM = [
    "id",
    "numero",
    "numero_ordem",
    "origem_ordem",
    "status",
    "cod_produto",
    "nome_produto",
    "materiais_necessarios",
    "materiais_resumo",
    "qtd_planejada",
    "data_inicio_prevista",
    "data_fim_prevista",
    "criado_por",
    "ordem_pai_id",
]
COLUNAS_MUDAM = ["materiais_necessarios", "materiais_resumo", "qtd_planejada", "data_inicio_prevista", "data_fim_prevista"]
COLUNAS_DEMANDA = ["ordem_producao_id", "separacao_lote_id", "cod_produto", "expedicao", "origem", "qtd", "segura"]
COLUNAS_MOTIVO = ["ordem_producao_id", "assunto", "cod_produto", "motivos"]


@dataclass
class Diferenca:
    """O que o plano muda em relação ao guardado."""

    criadas: list[Ordem]
    mudadas: list[Ordem]
    canceladas: list[tuple[Existente, str]]
    avisos_abertos: int = 0
    avisos_fechados: int = 0


class Escritor:
    """Escreve o plano de uma rodada: sabe os nomes, o que está em pedido e os números das ordens novas."""

    def __init__(self, plano: Plano, entrada: Entrada, em_pedido: Mapping[str, Decimal]) -> None:
        self.plano, self.entrada = plano, entrada
        self._materiais = motivos.EscritorDeMateriais(entrada.catalogo, em_pedido)
        self._novas: dict[int, tuple[int, int]] = {}

    def materiais(self, ordem: Ordem) -> tuple[str, str]:
        """(jsonb em texto, resumo) dos materiais da ordem."""
        return self._materiais.escrever(ordem)

    def diferenca(self) -> Diferenca:
        """Compara o plano com o que está guardado, sem gravar nada."""
        criadas = [o for o in self.plano.ordens if o.existente is None]
        mudadas = [o for o in self.plano.ordens if o.existente is not None and self._mudou(o, o.existente)]
        return Diferenca(criadas, mudadas, list(self.plano.canceladas))

    def _mudou(self, ordem: Ordem, e: Existente) -> bool:
        if ordem.intocada:
            return False
        if ordem.entrega is not None:
            if (e.planejada, e.inicio, e.fim) != (ordem.planejada, ordem.inicio, ordem.fim):
                return True
            if ordem.demanda is not None and e.demanda != _guardavel(ordem.demanda):
                return True
        return e.resumo != self.materiais(ordem)[1]

    def numerar(self, conexao: Connection, criadas: Sequence[Ordem]) -> None:
        """Toma das sequências, de uma vez, o id e o número de cada ordem nova."""
        if not criadas:
            return
        consulta = text("""
            SELECT nextval(pg_get_serial_sequence('ordem_producao', 'id')) AS id, nextval('ordem_producao_numero_seq') AS numero
            FROM generate_series(1, :n)""")
        pares = [(r.id, r.numero) for r in conexao.execute(consulta, {"n": len(criadas)})]
        self._novas = {id(o): par for o, par in zip(criadas, pares, strict=True)}

    def id(self, ordem: Ordem) -> int:
        """O id da linha da ordem."""
        return ordem.existente.id if ordem.existente is not None else self._novas[id(ordem)][0]

    def linhas_novas(self, criadas: Sequence[Ordem]) -> Iterator[tuple[Any, ...]]:
        """As linhas de ordem_producao das ordens novas, na ordem de COLUNAS_ORDEM."""
        for o in criadas:
            numero = self._novas[id(o)][1]
            escrito, resumo = self.materiais(o)
            nome = self.entrada.catalogo.produto(o.produto).nome
            pai = self.id(o.pai) if o.pai is not None else None
            yield (
                self.id(o), numero, numero_ordem(numero), o.origem, o.status, o.produto, nome, _pronto(escrito), resumo,
                o.planejada, o.inicio, o.fim, AUTOR, pai,
            )  # fmt: skip

    def linhas_mudadas(self, mudadas: Sequence[Ordem]) -> Iterator[tuple[Any, ...]]:
        """(id, materiais, resumo, planejada, início, fim) das ordens que mudam; as datas que não são do plano ficam as guardadas."""
        for o in mudadas:
            e = o.existente
            assert e is not None
            escrito, resumo = self.materiais(o)
            datas = (o.inicio, o.fim) if o.entrega is not None else (e.inicio, e.fim)
            yield (e.id, _pronto(escrito), resumo, o.planejada, *datas)


def _guardavel(demanda: Demanda) -> Demanda:
    """A demanda como fica em ordem_producao_demanda (sem a contagem de linhas)."""
    return replace(demanda, linhas=1)


def _pronto(escrito: str) -> Jsonb:
    return Jsonb(escrito, dumps=str)


def gravar(conexao: Connection, plano: Plano, entrada: Entrada, em_pedido: Mapping[str, Decimal]) -> Diferenca:
    """Grava, na transação dada, a diferença entre o plano e o guardado; devolve o que gravou."""
    escritor = Escritor(plano, entrada, em_pedido)
    dif = escritor.diferenca()
    _cancelar(conexao, dif.canceladas)
    escritor.numerar(conexao, dif.criadas)
    auditoria.mudancas(conexao, dif.mudadas, AUTOR)
    _ordens(conexao, escritor, dif)
    _demandas(conexao, escritor, dif)
    _motivos(conexao, escritor, dif)
    carteira(conexao)
    _posicao(conexao, plano, entrada)
    vigentes = [(a.tipo, a.chave, a.mensagem, a.severidade, a.dados) for a in plano.avisos]
    dif.avisos_abertos, dif.avisos_fechados = avisos.sincronizar_varios(conexao, TIPOS, vigentes)
    return dif


def _cancelar(conexao: Connection, canceladas: Sequence[tuple[Existente, str]]) -> None:
    if not canceladas:
        return
    ids = [e.id for e, _ in canceladas]
    conexao.execute(
        text("UPDATE ordem_producao SET status = 'Cancelada', atualizado_em = now() WHERE id = ANY(:ids) AND status = 'Planejada'"),
        {"ids": ids},
    )
    conexao.execute(
        text("UPDATE ordem_producao_demanda SET segura = false, atualizado_em = now() WHERE ordem_producao_id = ANY(:ids)"), {"ids": ids}
    )
    auditoria.cancelamentos(conexao, canceladas, AUTOR)


def _ordens(conexao: Connection, escritor: Escritor, dif: Diferenca) -> None:
    t = tabela(OrdemProducao)
    if dif.criadas:
        destino = sql.SQL("ordem_producao ({})").format(sql.SQL(", ").join(map(sql.Identifier, COLUNAS_ORDEM)))
        copiar_para(conexao, destino, tipos_sql(t, COLUNAS_ORDEM), escritor.linhas_novas(dif.criadas))
    if dif.mudadas:
        copiar(conexao, "carga_ordem", {c: t.c[c].type for c in ("id", *COLUNAS_MUDAM)}, escritor.linhas_mudadas(dif.mudadas))
        valores = ", ".join(f"{c} = c.{c}" for c in COLUNAS_MUDAM)
        conexao.execute(text(f"UPDATE ordem_producao o SET {valores}, atualizado_em = now() FROM carga_ordem c WHERE o.id = c.id"))  # noqa: S608


def _demandas(conexao: Connection, escritor: Escritor, dif: Diferenca) -> None:
    t = tabela(OrdemProducaoDemanda)

    def linhas(ordens: Sequence[Ordem]) -> list[tuple[Any, ...]]:
        return [
            (escritor.id(o), o.demanda.lote, o.demanda.produto, o.demanda.expedicao, o.demanda.origem, o.demanda.qtd, True)
            for o in ordens
            if o.demanda is not None and o.entrega is not None
        ]

    if mudadas := linhas(dif.mudadas):
        copiar(conexao, "carga_demanda", {c: t.c[c].type for c in COLUNAS_DEMANDA}, mudadas)
        # Datas que trocam entre ordens do mesmo lote passariam pela mesma chave: solta-se antes o que vai mudar de data.
        conexao.execute(
            text("""UPDATE ordem_producao_demanda d SET segura = false FROM carga_demanda c
                WHERE d.ordem_producao_id = c.ordem_producao_id AND d.expedicao <> c.expedicao""")
        )
        mesclar(conexao, t, f"SELECT {', '.join(COLUNAS_DEMANDA)} FROM carga_demanda", COLUNAS_DEMANDA, ["ordem_producao_id"])  # noqa: S608
    if criadas := linhas(dif.criadas):
        nomes = sql.SQL(", ").join(map(sql.Identifier, COLUNAS_DEMANDA))
        copiar_para(conexao, sql.SQL("ordem_producao_demanda ({})").format(nomes), tipos_sql(t, COLUNAS_DEMANDA), criadas)


def _motivos(conexao: Connection, escritor: Escritor, dif: Diferenca) -> None:
    t = tabela(OrdemExplicacao)
    nomes = sql.SQL(", ").join(map(sql.Identifier, COLUNAS_MOTIVO))
    if dif.mudadas:
        conexao.execute(
            text("DELETE FROM ordem_explicacao WHERE ordem_producao_id = ANY(:ids)"),
            {"ids": [escritor.id(o) for o in dif.mudadas if o.entrega is not None]},
        )

    def linhas() -> Iterator[tuple[Any, ...]]:
        for o in (*dif.criadas, *dif.mudadas):
            for assunto, motivo in (("data", motivos.da_data(o, escritor.entrada.calendario)), ("quantidade", motivos.da_quantidade(o))):
                if motivo is not None:
                    yield (escritor.id(o), assunto, None, Jsonb(motivo))

    copiar_para(conexao, sql.SQL("ordem_explicacao ({})").format(nomes), tipos_sql(t, COLUNAS_MOTIVO), linhas())


def tipos_sql(destino: Table, nomes: Sequence[str]) -> list[str]:
    """Os tipos SQL destas colunas, para o COPY direto."""
    return [destino.c[n].type.compile(dialect=_DIALETO) for n in nomes]


def carteira(conexao: Connection) -> None:
    """A ordem viva mais antiga de (lote, produto) em cada linha da carteira; vazia quando não há nenhuma."""
    conexao.execute(
        text("""
        UPDATE carteira_principal k SET ordem_producao_id = j.ordem, atualizado_em = now(),
            disparo_producao = CASE WHEN j.ordem IS NULL THEN k.disparo_producao ELSE 'MTO' END
        FROM (
            SELECT c.id, c.ordem_producao_id AS antes, c.disparo_producao AS disparo, v.id AS ordem
            FROM carteira_principal c LEFT JOIN LATERAL (
                SELECT o.id FROM ordem_producao_demanda d JOIN ordem_producao o ON o.id = d.ordem_producao_id
                WHERE d.separacao_lote_id = c.separacao_lote_id AND d.cod_produto = c.cod_produto AND d.segura AND o.status <> 'Cancelada'
                ORDER BY d.expedicao, o.numero LIMIT 1) v ON true) j
        WHERE k.id = j.id AND (j.antes IS DISTINCT FROM j.ordem OR (j.ordem IS NOT NULL AND j.disparo IS DISTINCT FROM 'MTO'))""")
    )


def _posicao(conexao: Connection, plano: Plano, entrada: Entrada) -> None:
    """A posição contra a qual se compensou, e o prometido dela, dos itens que alguma ordem precisa."""
    t = tabela(PlanejamentoPosicao)
    itens = {codigo for o in plano.ordens for codigo in o.necessidades}
    linhas = [(c, entrada.posicao.get(c, Decimal(0)), plano.prometido.get(c, Decimal(0))) for c in sorted(itens)]
    colunas = ["cod_produto", "qtd", "qtd_prometida"]
    copiar(conexao, "carga_posicao_plano", {c: t.c[c].type for c in colunas}, linhas)
    mesclar(conexao, t, f"SELECT {', '.join(colunas)} FROM carga_posicao_plano", colunas, ["cod_produto"])  # noqa: S608
    conexao.execute(
        text(
            "DELETE FROM planejamento_posicao p WHERE NOT EXISTS (SELECT 1 FROM carga_posicao_plano c WHERE c.cod_produto = p.cod_produto)"
        )
    )
