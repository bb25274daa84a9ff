"""As ordens do topo: as que existem seguem sua demanda, as demandas livres ganham ordem, as ordens soltas param.

Fonte das regras: planejamento.md (The order).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from app.manufatura.services.calendario import Calendario, DataForaDoCalendario
from app.manufatura.services.planejamento import avisos_plano
from app.manufatura.services.planejamento.demandas import Demandas
from app.manufatura.services.planejamento.ordens import (
    ABERTAS,
    CANCELADA,
    CONCLUIDA,
    PLANEJADA,
    Ausencia,
    AvisoPlano,
    Demanda,
    Existente,
    Ordem,
    Plano,
)
from app.manufatura.services.planejamento.pareamento import parear
from app.manufatura.services.planejamento.produtos import Catalogo


def datas(calendario: Calendario, entrega: date, lead_time: int) -> tuple[date, date]:
    """(início, fim): `lead_time` dias úteis antes da entrega, e o último dia útil antes dela, nunca antes do início."""
    inicio = calendario.retroativa(entrega, lead_time)
    return inicio, max(calendario.retroativa(entrega, 1), inicio)


def do_topo(
    plano: Plano,
    demandas: Demandas,
    existentes: Iterable[Existente],
    catalogo: Catalogo,
    calendario: Calendario,
    ciclos: Mapping[str, tuple[str, ...]],
) -> None:
    """Põe no plano as ordens que servem a uma demanda, cancela as soltas e abre os avisos delas."""
    com_demanda = [o for o in existentes if o.demanda is not None]
    pareaveis = [o for o in com_demanda if o.demanda is not None and (o.demanda.chave not in demandas.travadas)]
    travadas = [o for o in com_demanda if o.demanda is not None and o.demanda.chave in demandas.travadas]
    plano.avisos.extend(demandas.avisos)
    validas = [d for d in demandas.validas if d.chave not in demandas.travadas]
    presas = [d for d in demandas.validas if d.chave in demandas.travadas]
    resultado = parear(validas, pareaveis)
    # Numa chave travada por uma linha ruim, as outras datas dela ainda pareiam; só nada se cancela.
    meio = parear(presas, travadas)
    for demanda, ordem in [*resultado.pares, *meio.pares]:
        _seguir(plano, demanda, ordem, catalogo, calendario, ciclos)
    for demanda in [*resultado.livres, *meio.livres]:
        _criar(plano, demanda, catalogo, calendario, ciclos)
    for ordem in meio.soltas:
        if ordem.status in ABERTAS:
            plano.ordens.append(como_esta(ordem))
    for ordem in resultado.soltas:
        _soltar(plano, ordem, demandas.ausencia(ordem.demanda.chave) if ordem.demanda else Ausencia.SUMIU)


def como_esta(ordem: Existente, pai: Ordem | None = None) -> Ordem:
    """A ordem existente, sem mudar quantidade nem datas (sem datas: as de hoje são dadas por quem chama)."""
    inicio = ordem.inicio or ordem.fim or date.min
    return Ordem(
        produto=ordem.produto,
        planejada=ordem.planejada,
        inicio=inicio,
        fim=ordem.fim or inicio,
        origem=ordem.origem,
        status=ordem.status,
        produzida=ordem.produzida,
        existente=ordem,
        pai=pai,
        demanda=ordem.demanda,
    )


def _criar(plano: Plano, demanda: Demanda, catalogo: Catalogo, calendario: Calendario, ciclos: Mapping[str, tuple[str, ...]]) -> None:
    nova = _planejada(plano, demanda, None, catalogo, calendario, ciclos)
    if nova is not None:
        plano.ordens.append(nova)


def _planejada(
    plano: Plano,
    demanda: Demanda,
    existente: Existente | None,
    catalogo: Catalogo,
    calendario: Calendario,
    ciclos: Mapping[str, tuple[str, ...]],
) -> Ordem | None:
    """A ordem Planejada que atende à demanda; None (com aviso) quando a estrutura tem ciclo ou a data não cabe no calendário."""
    if demanda.produto in ciclos:
        plano.avisos.append(avisos_plano.ciclo(demanda.produto, ciclos[demanda.produto]))
        return None
    lead_time = catalogo.produto(demanda.produto).lead_time or 0
    try:
        inicio, fim = datas(calendario, demanda.expedicao, lead_time)
    except DataForaDoCalendario as erro:
        plano.avisos.append(avisos_plano.fora_do_calendario(f"Lote {demanda.lote}, produto {demanda.produto}", str(erro)))
        return None
    ordem = Ordem(
        demanda.produto, demanda.qtd, inicio, fim, demanda=demanda, existente=existente, entrega=demanda.expedicao, lead_time=lead_time
    )
    if existente is not None:
        ordem.produzida, ordem.origem = existente.produzida, existente.origem
    return ordem


def _seguir(
    plano: Plano, demanda: Demanda, ordem: Existente, catalogo: Catalogo, calendario: Calendario, ciclos: Mapping[str, tuple[str, ...]]
) -> None:
    """Uma demanda com a sua ordem: a Planejada toma os números novos; a firme só avisa; a cancelada por alguém retém."""
    if ordem.status == CANCELADA:
        plano.avisos.append(avisos_plano.sem_ordem(demanda, ordem))
        return
    if ordem.status == CONCLUIDA:
        if demanda.qtd > ordem.produzida:
            plano.avisos.append(_alterada(ordem, demanda))
        return
    if ordem.status == PLANEJADA:
        nova = _planejada(plano, demanda, ordem, catalogo, calendario, ciclos)
        plano.ordens.append(nova or como_esta(ordem))
        return
    assert ordem.demanda is not None
    if (ordem.planejada, ordem.demanda.expedicao) != (demanda.qtd, demanda.expedicao):
        plano.avisos.append(_alterada(ordem, demanda))
    plano.ordens.append(como_esta(ordem))


def _alterada(ordem: Existente, demanda: Demanda) -> AvisoPlano:
    assert ordem.demanda is not None
    feito: Decimal = ordem.produzida if ordem.status == CONCLUIDA else ordem.planejada
    antes = f"{avisos_plano.numero(feito)} em {avisos_plano.dia(ordem.demanda.expedicao)}"
    depois = f"{avisos_plano.numero(demanda.qtd)} em {avisos_plano.dia(demanda.expedicao)}"
    return avisos_plano.alterada(ordem, antes, depois)


def _soltar(plano: Plano, ordem: Existente, ausencia: Ausencia) -> None:
    """A demanda acabou: a Planejada é cancelada; a firme avisa; a Concluída e a já cancelada, nada."""
    if ordem.status not in ABERTAS:
        return
    if ausencia is Ausencia.EMBARCADO:
        plano.ordens.append(como_esta(ordem))
        return
    motivo = {
        Ausencia.FATURADO: "o pedido foi faturado",
        Ausencia.CANCELADO: "o pedido foi cancelado",
    }.get(ausencia, "a demanda do lote não existe mais")
    if ordem.status == PLANEJADA:
        plano.canceladas.append((ordem, motivo))
        return
    aviso = avisos_plano.faturado(ordem) if ausencia is Ausencia.FATURADO else avisos_plano.cancelada(ordem, motivo)
    plano.avisos.append(aviso)
    plano.ordens.append(como_esta(ordem))
