"""Grava o plano: ordens novas e mudadas, o que cada uma atende, os motivos, os avisos e a posição usada. Só o que difere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from app.banco.base import tabela
from app.banco.carga import copiar, mesclar
from app.manufatura.models import OrdemExplicacao, OrdemProducao, OrdemProducaoDemanda, PlanejamentoPosicao
from app.manufatura.services import avisos
from app.manufatura.services.mto import auditoria
from app.manufatura.services.planejamento import motivos
from app.manufatura.services.planejamento.avisos_plano import TIPOS
from app.manufatura.services.planejamento.ordens import Existente, Ordem, Plano
from app.manufatura.services.planejamento.plano import Entrada

AUTOR = "Sistema MTO"
COLUNAS_ORDEM = [
    "id",
    "numero",
    "numero_ordem",
    "origem_ordem",
    "status",
    "cod_produto",
    "nome_produto",
    "materiais_necessarios",
    "qtd_planejada",
    "data_inicio_prevista",
    "data_fim_prevista",
    "criado_por",
    "ordem_pai_id",
]
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


def diferenca(plano: Plano, entrada: Entrada, em_pedido: Mapping[str, Decimal]) -> Diferenca:
    """Compara o plano com o que está guardado, sem gravar nada."""
    criadas = [o for o in plano.ordens if o.existente is None]
    mudadas = [o for o in plano.ordens if o.existente is not None and _mudou(o, entrada, em_pedido)]
    return Diferenca(criadas, mudadas, list(plano.canceladas))


def _mudou(ordem: Ordem, entrada: Entrada, em_pedido: Mapping[str, Decimal]) -> bool:
    e = ordem.existente
    assert e is not None
    if ordem.entrega is not None and (e.planejada, e.inicio, e.fim) != (ordem.planejada, ordem.inicio, ordem.fim):
        return True
    if ordem.demanda is not None and ordem.entrega is not None and e.demanda != _sem_linhas(ordem):
        return True
    return not motivos.iguais(e.materiais, motivos.materiais(ordem, entrada.catalogo, em_pedido))


def _sem_linhas(ordem: Ordem) -> Any:
    d = ordem.demanda
    return type(d)(d.lote, d.produto, d.expedicao, d.qtd, d.origem) if d is not None else None


def gravar(conexao: Connection, plano: Plano, entrada: Entrada, em_pedido: Mapping[str, Decimal]) -> Diferenca:
    """Grava, na transação dada, a diferença entre o plano e o guardado; devolve o que gravou."""
    dif = diferenca(plano, entrada, em_pedido)
    _cancelar(conexao, dif.canceladas)
    ids = _numerar(conexao, dif.criadas)
    escritas = [*dif.criadas, *dif.mudadas]
    if escritas:
        auditoria.mudancas(conexao, dif.mudadas, AUTOR)
        _ordens(conexao, escritas, ids, entrada, em_pedido)
        _demandas(conexao, escritas, ids)
        _motivos(conexao, escritas, ids, entrada)
    if escritas or dif.canceladas:
        _carteira(conexao)
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


def _numerar(conexao: Connection, criadas: Sequence[Ordem]) -> dict[int, tuple[int, int]]:
    """id() da ordem nova → (id da linha, número), tomados das sequências de uma vez."""
    if not criadas:
        return {}
    consulta = text("""
        SELECT nextval(pg_get_serial_sequence('ordem_producao', 'id')) AS id, nextval('ordem_producao_numero_seq') AS numero
        FROM generate_series(1, :n)""")
    pares = [(r.id, r.numero) for r in conexao.execute(consulta, {"n": len(criadas)})]
    return {id(o): par for o, par in zip(criadas, pares, strict=True)}


def _id(ordem: Ordem, ids: Mapping[int, tuple[int, int]]) -> int:
    return ordem.existente.id if ordem.existente is not None else ids[id(ordem)][0]


def _ordens(
    conexao: Connection, ordens: Sequence[Ordem], ids: Mapping[int, tuple[int, int]], entrada: Entrada, em_pedido: Mapping[str, Decimal]
) -> None:
    t = tabela(OrdemProducao)

    def linhas() -> Iterator[tuple[Any, ...]]:
        for o in ordens:
            e = o.existente
            numero = e.numero if e is not None else ids[id(o)][1]
            yield (
                _id(o, ids),
                numero,
                e.numero_ordem if e is not None else f"OP-{numero:06d}",
                o.origem,
                o.status,
                o.produto,
                entrada.catalogo.produto(o.produto).nome,
                Jsonb(motivos.materiais(o, entrada.catalogo, em_pedido)),
                o.planejada,
                o.inicio if o.entrega is not None or e is None else e.inicio,
                o.fim if o.entrega is not None or e is None else e.fim,
                AUTOR,
                (_id(o.pai, ids) if o.pai is not None else None) if e is None else e.pai_id,
            )

    copiar(conexao, "carga_ordem", {c: t.c[c].type for c in COLUNAS_ORDEM}, linhas())
    conexao.execute(
        text(
            f"INSERT INTO ordem_producao ({', '.join(COLUNAS_ORDEM)}) SELECT {', '.join(COLUNAS_ORDEM)} FROM carga_ordem c"  # noqa: S608
            " WHERE NOT EXISTS (SELECT 1 FROM ordem_producao o WHERE o.id = c.id)"
        )
    )
    mudam = ["materiais_necessarios", "qtd_planejada", "data_inicio_prevista", "data_fim_prevista"]
    conexao.execute(
        text(f"""UPDATE ordem_producao o SET {", ".join(f"{c} = c.{c}" for c in mudam)}, atualizado_em = now() FROM carga_ordem c
            WHERE o.id = c.id AND ({", ".join(f"o.{c}" for c in mudam)}) IS DISTINCT FROM ({", ".join(f"c.{c}" for c in mudam)})""")  # noqa: S608
    )


def _demandas(conexao: Connection, ordens: Sequence[Ordem], ids: Mapping[int, tuple[int, int]]) -> None:
    t = tabela(OrdemProducaoDemanda)
    linhas = [
        (_id(o, ids), o.demanda.lote, o.demanda.produto, o.demanda.expedicao, o.demanda.origem, o.demanda.qtd, True)
        for o in ordens
        if o.demanda is not None and o.entrega is not None
    ]
    if not linhas:
        return
    copiar(conexao, "carga_demanda", {c: t.c[c].type for c in COLUNAS_DEMANDA}, linhas)
    # Datas que trocam entre ordens do mesmo lote passariam pela mesma chave: solta-se antes o que vai mudar de data.
    conexao.execute(
        text("""UPDATE ordem_producao_demanda d SET segura = false FROM carga_demanda c
            WHERE d.ordem_producao_id = c.ordem_producao_id AND d.expedicao <> c.expedicao""")
    )
    mesclar(conexao, t, f"SELECT {', '.join(COLUNAS_DEMANDA)} FROM carga_demanda", COLUNAS_DEMANDA, ["ordem_producao_id"])  # noqa: S608


def _motivos(conexao: Connection, ordens: Sequence[Ordem], ids: Mapping[int, tuple[int, int]], entrada: Entrada) -> None:
    t = tabela(OrdemExplicacao)

    def linhas() -> Iterator[tuple[Any, ...]]:
        for o in ordens:
            for assunto, motivo in (("data", motivos.da_data(o, entrada.calendario)), ("quantidade", motivos.da_quantidade(o))):
                if motivo is not None:
                    yield (_id(o, ids), assunto, None, Jsonb(motivo))

    copiar(conexao, "carga_motivo", {c: t.c[c].type for c in COLUNAS_MOTIVO}, linhas())
    selecao = f"SELECT {', '.join(COLUNAS_MOTIVO)} FROM carga_motivo"  # noqa: S608 — nomes deste arquivo
    conexao.execute(
        text(f"""UPDATE ordem_explicacao e SET motivos = c.motivos, atualizado_em = now() FROM ({selecao}) c
            WHERE e.ordem_producao_id = c.ordem_producao_id AND e.assunto = c.assunto AND e.cod_produto IS NULL
                AND e.motivos IS DISTINCT FROM c.motivos""")  # noqa: S608
    )
    conexao.execute(
        text(f"""INSERT INTO ordem_explicacao ({", ".join(COLUNAS_MOTIVO)}) SELECT c.* FROM ({selecao}) c WHERE NOT EXISTS (
            SELECT 1 FROM ordem_explicacao e WHERE e.ordem_producao_id = c.ordem_producao_id AND e.assunto = c.assunto
                AND e.cod_produto IS NULL)""")  # noqa: S608
    )


def _carteira(conexao: Connection) -> None:
    """A ordem viva mais antiga de (lote, produto) em cada linha da carteira; vazia quando não há nenhuma."""
    conexao.execute(
        text("""
        WITH vivas AS (
            SELECT DISTINCT ON (d.separacao_lote_id, d.cod_produto) d.separacao_lote_id, d.cod_produto, o.id
            FROM ordem_producao_demanda d JOIN ordem_producao o ON o.id = d.ordem_producao_id
            WHERE d.segura AND o.status <> 'Cancelada'
            ORDER BY d.separacao_lote_id, d.cod_produto, d.expedicao, o.numero)
        UPDATE carteira_principal k SET ordem_producao_id = v.id,
            disparo_producao = CASE WHEN v.id IS NULL THEN k.disparo_producao ELSE 'MTO' END, atualizado_em = now()
        FROM carteira_principal j LEFT JOIN vivas v USING (separacao_lote_id, cod_produto)
        WHERE k.id = j.id AND (k.ordem_producao_id IS DISTINCT FROM v.id
            OR (v.id IS NOT NULL AND k.disparo_producao IS DISTINCT FROM 'MTO'))""")
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
