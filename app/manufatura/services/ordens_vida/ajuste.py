"""Ajustar a quantidade ou a data de uma ordem firme, com os materiais que ficaram fixados quando ela foi liberada.

Fonte da regra: planejamento.md (`ordem ajustar`). O que se deu de estoque a cada material, quem renova é a rodada.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from app.manufatura.services.calendario import Calendario
from app.manufatura.services.mto import catalogo, leitura
from app.manufatura.services.ordens import Autor, Status
from app.manufatura.services.ordens_vida import materiais as refeitos
from app.manufatura.services.ordens_vida.recusas import (
    DataOcupada,
    DemandaAcabou,
    EstadoNaoPermite,
    QuantidadeAbaixoDoProduzido,
    SegueADemanda,
)
from app.manufatura.services.ordens_vida.travada import Travada, pai, travar
from app.manufatura.services.planejamento.avisos_plano import dia as dia_br
from app.manufatura.services.planejamento.avisos_plano import numero as por_extenso
from app.manufatura.services.planejamento.consumo import normal, texto
from app.manufatura.services.planejamento.pareamento import parear
from app.manufatura.services.planejamento.topo import datas


@dataclass(frozen=True)
class Ajuste:
    """O que mudou: campo → (antes, depois), em texto; vazio quando a ordem já estava assim."""

    ordem: Travada
    mudou: Mapping[str, tuple[str | None, str | None]]


def ajustar(
    conexao: Connection,
    numero: int,
    autor: Autor,
    calendario: Calendario,
    *,
    qtd: Decimal | None = None,
    entrega: date | None = None,
    motivo: str | None = None,
) -> Ajuste:
    """Muda a quantidade e a data de entrega de uma ordem Liberada ou Em Produção (ou Planejada sem lote nem pai).

    `entrega`: a expedição do lote, o dia em que o pai começa, ou (numa ordem manual) quando tem de estar pronta; dela se contam para
    trás início e fim, pelo lead time do produto. Sem `qtd` nem `entrega`, a ordem toma as que a demanda (ou o pai) pede agora.
    Erros: OrdemDesconhecida e as de recusas.py; DataForaDoCalendario.
    """
    ordem = travar(conexao, numero)
    _conferir_estado(conexao, ordem)
    if qtd is None and entrega is None:
        qtd, entrega = _o_que_se_pede(conexao, ordem)
    nova = ordem.planejada if qtd is None else normal(qtd)
    if nova < ordem.produzida or nova <= 0:
        raise QuantidadeAbaixoDoProduzido(ordem=ordem.numero_ordem, produzida=por_extenso(ordem.produzida), qtd=por_extenso(nova))
    prazos = refeitos.prazos(conexao, ordem)
    inicio, fim = ordem.inicio, ordem.fim
    if entrega is not None:
        _conferir_data(conexao, ordem, entrega)
        inicio, fim = datas(calendario, entrega, prazos.get(ordem.produto, 0))
    mudou = _diferenca(ordem, nova, inicio, fim, entrega)
    if mudou:
        itens = refeitos.reescalar(ordem, nova, inicio, calendario, prazos)
        _gravar(conexao, ordem, nova, inicio, fim, itens)
        _explicar(conexao, ordem, nova, entrega, fim, calendario, prazos, autor)
        _demanda(conexao, ordem, nova, entrega)
        _auditar(conexao, ordem, mudou, autor, (motivo or "").strip() or None)
    return Ajuste(ordem, mudou)


def _conferir_estado(conexao: Connection, ordem: Travada) -> None:
    if not ordem.aberta:
        raise EstadoNaoPermite(ordem=ordem.numero_ordem, status=ordem.status, acao="ajustar", motivo="só se ajusta uma ordem aberta")
    if ordem.status is not Status.PLANEJADA:
        return
    mae = pai(conexao, ordem)
    if ordem.demanda is not None:
        raise SegueADemanda(ordem=ordem.numero_ordem, quem=f"a demanda do lote {ordem.demanda.lote}")
    if mae is not None:
        raise SegueADemanda(ordem=ordem.numero_ordem, quem=f"a ordem {mae.numero_ordem}, que a consome")


def _o_que_se_pede(conexao: Connection, ordem: Travada) -> tuple[Decimal, date | None]:
    """A quantidade e a data que a demanda pareada com a ordem, ou o pai dela, pede agora."""
    if ordem.demanda is not None:
        demandas, _ = leitura.ler_demandas(conexao, catalogo.ler(conexao))
        chave = ordem.demanda.chave
        existentes = [o for o in leitura.ler_ordens(conexao, [ordem.demanda.lote]) if o.demanda is not None and o.demanda.chave == chave]
        pares = parear([d for d in demandas.validas if d.chave == chave], existentes).pares
        for demanda, existente in pares:
            if existente.id == ordem.id:
                return demanda.qtd, demanda.expedicao
    mae = pai(conexao, ordem)
    if mae is not None and mae.aberta:
        for m in mae.materiais or ():
            if m["cod_produto"] == ordem.produto:
                return Decimal(m["qtd_produzir"]) + ordem.produzida, mae.inicio
    raise DemandaAcabou(ordem=ordem.numero_ordem)


def _conferir_data(conexao: Connection, ordem: Travada, entrega: date) -> None:
    if ordem.demanda is None:
        return
    consulta = text("""SELECT o.numero_ordem FROM ordem_producao_demanda d JOIN ordem_producao o ON o.id = d.ordem_producao_id
        WHERE d.segura AND d.separacao_lote_id = :lote AND d.cod_produto = :produto AND d.expedicao = :data AND o.id <> :id""")
    d = ordem.demanda
    outra = conexao.execute(consulta, {"lote": d.lote, "produto": d.produto, "data": entrega, "id": ordem.id}).scalar()
    if outra is not None:
        raise DataOcupada(lote=d.lote, produto=d.produto, data=dia_br(entrega), outra=outra)


def _diferenca(
    ordem: Travada, nova: Decimal, inicio: date | None, fim: date | None, entrega: date | None
) -> dict[str, tuple[str | None, str | None]]:
    pares: dict[str, tuple[str | None, str | None]] = {
        "qtd_planejada": (texto(ordem.planejada), texto(nova)),
        "inicio": (_iso(ordem.inicio), _iso(inicio)),
        "fim": (_iso(ordem.fim), _iso(fim)),
    }
    if ordem.demanda is not None:
        pares["expedicao"] = (_iso(ordem.demanda.expedicao), _iso(entrega or ordem.demanda.expedicao))
        pares["qtd_demanda"] = (texto(ordem.demanda.qtd), texto(nova))
    return {campo: par for campo, par in pares.items() if par[0] != par[1]}


def _iso(data: date | None) -> str | None:
    return data.isoformat() if data is not None else None


def _gravar(
    conexao: Connection, ordem: Travada, nova: Decimal, inicio: date | None, fim: date | None, itens: Sequence[dict[str, Any]] | None
) -> None:
    # Sem resumo, a rodada sabe que tem de escrever de novo o que dá de estoque a cada material.
    conexao.execute(
        text("""UPDATE ordem_producao SET qtd_planejada = :qtd, data_inicio_prevista = :inicio, data_fim_prevista = :fim,
            materiais_necessarios = :itens, materiais_resumo = NULL, atualizado_em = now() WHERE id = :id"""),
        {"qtd": nova, "inicio": inicio, "fim": fim, "itens": Jsonb(list(itens)) if itens is not None else None, "id": ordem.id},
    )


def _explicar(
    conexao: Connection,
    ordem: Travada,
    nova: Decimal,
    entrega: date | None,
    fim: date | None,
    calendario: Calendario,
    prazos: Mapping[str, int],
    autor: Autor,
) -> None:
    """Os motivos que valiam deixam de valer: a quantidade e a data agora são as que esta pessoa quis."""
    motivos: dict[str, dict[str, Any]] = {}
    if nova != ordem.planejada:
        motivos["quantidade"] = {"de": "ajuste", "quem": autor.quem, "antes": texto(ordem.planejada), "qtd": texto(nova)}
    if entrega is not None:
        de = "expedição" if ordem.demanda is not None else "início da ordem pai" if ordem.pai_id is not None else "entrega"
        conta = calendario.explicar(entrega, prazos.get(ordem.produto, 0))
        motivos["data"] = {"entrega": de, **conta, "data_fim_prevista": _iso(fim), "ajustada_por": autor.quem}
    for assunto, motivo in motivos.items():
        fatos = {"id": ordem.id, "assunto": assunto, "motivos": Jsonb(motivo)}
        conexao.execute(text("DELETE FROM ordem_explicacao WHERE ordem_producao_id = :id AND assunto = :assunto"), fatos)
        conexao.execute(text("INSERT INTO ordem_explicacao (ordem_producao_id, assunto, motivos) VALUES (:id, :assunto, :motivos)"), fatos)


def _demanda(conexao: Connection, ordem: Travada, nova: Decimal, entrega: date | None) -> None:
    if ordem.demanda is None:
        return
    conexao.execute(
        text("""UPDATE ordem_producao_demanda SET qtd = :qtd, expedicao = :expedicao, atualizado_em = now()
            WHERE ordem_producao_id = :id"""),
        {"qtd": nova, "expedicao": entrega or ordem.demanda.expedicao, "id": ordem.id},
    )


def _auditar(conexao: Connection, ordem: Travada, mudou: Mapping[str, tuple[Any, Any]], autor: Autor, motivo: str | None) -> None:
    depois = {campo: par[1] for campo, par in mudou.items()} | ({"motivo": motivo} if motivo else {})
    conexao.execute(
        text("""INSERT INTO auditoria (quem, de_onde, acao, tabela, registro_id, antes, depois)
            VALUES (:quem, :onde, 'ordem ajustar', 'ordem_producao', :id, :antes, :depois)"""),
        {
            "quem": autor.quem,
            "onde": autor.de_onde,
            "id": ordem.id,
            "antes": Jsonb({campo: par[0] for campo, par in mudou.items()}),
            "depois": Jsonb(depois),
        },
    )
