"""O planejamento inteiro: do topo para baixo, nível por nível, dando o estoque a quem precisa e criando as ordens filhas.

Fonte das regras: planejamento.md (Explosion). Todas as necessidades de um item são conhecidas antes de se dar qualquer
uma, porque os itens são percorridos pelo nível mais baixo em que aparecem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from heapq import heappop, heappush

from app.manufatura.services.calendario import Calendario
from app.manufatura.services.planejamento import avisos_plano, niveis, topo
from app.manufatura.services.planejamento.compensacao import Saldos
from app.manufatura.services.planejamento.demandas import Demandas
from app.manufatura.services.planejamento.filhas import Filhas
from app.manufatura.services.planejamento.necessidades import Explosao
from app.manufatura.services.planejamento.ordens import ABERTAS, PLANEJADA, Existente, Ordem, Plano
from app.manufatura.services.planejamento.produtos import Catalogo

SEM_NIVEL = 1 << 30


@dataclass(frozen=True)
class Entrada:
    """Tudo o que o planejamento lê. `posicao`: saldo por código, na unidade do produto; `hoje`: data local."""

    hoje: date
    calendario: Calendario
    catalogo: Catalogo
    demandas: Demandas
    ordens: Sequence[Existente] = ()
    posicao: Mapping[str, Decimal] = field(default_factory=dict)
    ordens_filhas: bool = True


def planejar(entrada: Entrada) -> Plano:
    """O plano completo: ordens abertas com suas necessidades, cancelamentos, avisos, e o estoque prometido por item."""
    plano = Plano()
    mapa = niveis.calcular(entrada.catalogo)
    topo.do_topo(plano, entrada.demandas, entrada.ordens, entrada.catalogo, entrada.calendario, mapa.ciclos)
    _sem_demanda(plano, entrada)
    filhas = Filhas(plano, entrada.ordens, entrada.catalogo, entrada.calendario, mapa.ciclos)
    filhas.abrir_firmes()
    explosao = Explosao(plano, entrada.catalogo, entrada.calendario, entrada.hoje, mapa)
    saldos = Saldos(entrada.posicao, plano.ordens)
    percorrer(plano, mapa.nivel, explosao, saldos, filhas if entrada.ordens_filhas else None)
    filhas.encerrar_orfas()
    _avisar_atrasadas(plano, entrada.hoje)
    plano.prometido = saldos.prometido
    plano.avisos = list({(a.tipo, a.chave): a for a in plano.avisos}.values())
    return plano


def _sem_demanda(plano: Plano, entrada: Entrada) -> None:
    """As ordens abertas que não servem a demanda nem têm pai (manuais, do plano mestre); sem data, contam de hoje."""
    for existente in entrada.ordens:
        if existente.demanda is None and existente.pai_id is None and existente.status in ABERTAS:
            ordem = topo.como_esta(existente)
            if existente.inicio is None:
                ordem.inicio = entrada.hoje
                ordem.fim = max(existente.fim or entrada.hoje, entrada.hoje)
            plano.ordens.append(ordem)


def percorrer(plano: Plano, nivel: Mapping[str, int], explosao: Explosao, saldos: Saldos, filhas: Filhas | None) -> None:
    """Abre as ordens conhecidas e segue, item por item, em ordem de nível; as filhas nascem no caminho e também se abrem."""
    fila: list[tuple[int, str]] = []
    pendentes: dict[str, list[Ordem]] = {}

    def esperar(codigos: Sequence[str], ordem: Ordem) -> None:
        for codigo in codigos:
            if codigo not in pendentes:
                pendentes[codigo] = []
                heappush(fila, (nivel.get(codigo, SEM_NIVEL), codigo))
            pendentes[codigo].append(ordem)

    for ordem in plano.ordens:
        esperar(explosao.abrir(ordem), ordem)
    while fila:
        _, codigo = heappop(fila)
        ordens = sorted(pendentes.pop(codigo), key=lambda o: o.prioridade)
        for ordem in ordens:
            explosao.fechar(ordem, ordem.necessidades[codigo])
        saldos.dar(codigo, ordens)
        for ordem in ordens:
            necessidade = ordem.necessidades[codigo]
            if necessidade.tipo != "produzido":
                continue
            if filhas is None:
                esperar(explosao.descer(ordem, necessidade), ordem)
                continue
            filha = filhas.para(ordem, necessidade)
            if filha is not None:
                esperar(explosao.abrir(filha), filha)


def _avisar_atrasadas(plano: Plano, hoje: date) -> None:
    for ordem in plano.ordens:
        if ordem.status == PLANEJADA and ordem.inicio < hoje and ordem.origem == "MTO":
            plano.avisos.append(avisos_plano.inicio_no_passado(*_nome_e_chave(ordem), ordem.inicio, hoje))


def _nome_e_chave(ordem: Ordem) -> tuple[str, str]:
    raiz = ordem.raiz
    if raiz.demanda is not None:
        chave = f"{raiz.demanda.lote}|{raiz.produto}|{raiz.demanda.expedicao.isoformat()}"
        de = f"do lote {raiz.demanda.lote}"
    else:
        chave = de = raiz.existente.numero_ordem if raiz.existente else raiz.produto
    if ordem is not raiz:
        chave += "|" + _caminho(ordem)
    return f"A ordem {de}, produto {ordem.produto},", chave


def _caminho(ordem: Ordem) -> str:
    return ordem.produto if ordem.pai is None else f"{_caminho(ordem.pai)}>{ordem.produto}"
