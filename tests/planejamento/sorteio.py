"""Fábricas ao acaso para as propriedades: grafos sem ciclo, com fantasmas, perdas, versões, estoque, lotes e ordens soltas."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from app.manufatura.services.calendario import Calendario, montar
from app.manufatura.services.feriados import feriados
from app.manufatura.services.mto.gravacao import Escritor
from app.manufatura.services.planejamento.demandas import LinhaDemanda, PedidoDoLote, classificar
from app.manufatura.services.planejamento.ordens import CANCELADA, Existente, Plano
from app.manufatura.services.planejamento.plano import Entrada
from app.manufatura.services.planejamento.produtos import Catalogo, Componente, Estrutura, Produto

HOJE = date(2026, 11, 24)
CALENDARIO = Calendario(montar(date(2025, 1, 1), date(2027, 12, 31), feriados(range(2025, 2028), (), True), {}))
QTDS = st.decimals(min_value="0.001", max_value="50", places=3)
PERDAS = st.sampled_from([Decimal(0), Decimal(0), Decimal("2.5"), Decimal(10)])
BASES = st.sampled_from([Decimal(1), Decimal(1), Decimal(3), Decimal(12)])


@st.composite
def catalogos(draw: st.DrawFn, *, fantasmas: bool = True, itens: int = 9, inteiros: bool = False) -> Catalogo:
    """Itens I0…In: cada um só usa os de índice maior (não há ciclo); o último nível é comprado."""
    n = draw(st.integers(2, itens))
    qtds = st.integers(1, 9).map(Decimal) if inteiros else QTDS
    perdas, bases = (st.just(Decimal(0)), st.just(Decimal(1))) if inteiros else (PERDAS, BASES)
    produtos, estruturas = [], []
    for i in range(n):
        filhos = draw(st.lists(st.integers(i + 1, n), max_size=4)) if i + 1 <= n else []
        produzido = bool(filhos) or i == 0
        lead = draw(st.integers(0, 4)) if produzido else None
        produtos.append(
            Produto(f"I{i}", produzido=produzido, comprado=not produzido, lead_time=lead, disparo="MTO" if i < 2 and produzido else None)
        )
        if filhos:
            linhas = tuple(Componente(f"I{f}", draw(qtds), draw(perdas)) for f in filhos)  # repetidos somam
            fantasma = fantasmas and i > 1 and draw(st.integers(0, 3)) == 0
            estruturas.append(Estrutura(f"I{i}", linhas, qtd_base=draw(bases), fantasma=fantasma))
    produtos.append(Produto(f"I{n}", comprado=True))
    return Catalogo.de(produtos, estruturas)


@st.composite
def entradas(draw: st.DrawFn) -> Entrada:
    """Uma fábrica, de 1 a 6 lotes dos dois primeiros itens, estoque, e até duas ordens manuais."""
    catalogo = draw(catalogos())
    acabados = [c for c, p in catalogo.produtos.items() if p.disparo == "MTO"]
    linhas, pedidos = [], []
    for i in range(draw(st.integers(1, 6))):
        lote = f"L{draw(st.integers(0, 2))}"
        expedicao = HOJE + timedelta(days=draw(st.integers(15, 40)))
        linhas.append(LinhaDemanda(lote, f"P{i}", draw(st.sampled_from(acabados)), expedicao, draw(QTDS)))
        pedidos.append(PedidoDoLote(lote, f"P{i}", "ABERTO"))
    posicao = draw(
        st.dictionaries(st.sampled_from(sorted(catalogo.produtos)), st.decimals(min_value=0, max_value=500, places=2), max_size=6)
    )
    manuais = [
        Existente(
            id=900 + i, numero=900 + i, numero_ordem=f"OP-{900 + i:06d}", origem="Manual",
            status=draw(st.sampled_from(["Planejada", "Liberada"])),
            produto=draw(st.sampled_from([c for c, p in catalogo.produtos.items() if p.produzido])), planejada=draw(QTDS), inicio=HOJE,
            fim=HOJE + timedelta(days=draw(st.integers(0, 20))),
        )
        for i in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    return Entrada(HOJE, CALENDARIO, catalogo, classificar(linhas, pedidos, catalogo), manuais, posicao, draw(st.booleans()))


def aplicar(plano: Plano, entrada: Entrada) -> Entrada:
    """A entrada da rodada seguinte: as ordens do plano como se tivessem sido gravadas."""
    escritor = Escritor(plano, entrada, {})
    ids = {id(o): (o.existente.id if o.existente else 10_000 + i) for i, o in enumerate(plano.ordens)}
    guardadas = []
    for o in plano.ordens:
        escrito, resumo = escritor.materiais(o)
        datas = (o.inicio, o.fim) if o.entrega is not None or o.existente is None else (o.existente.inicio, o.existente.fim)
        guardadas.append(
            Existente(
                id=ids[id(o)], numero=o.existente.numero if o.existente else ids[id(o)],
                numero_ordem=o.existente.numero_ordem if o.existente else f"OP-{ids[id(o)]:06d}", origem=o.origem, status=o.status,
                produto=o.produto, planejada=o.planejada, produzida=o.produzida, inicio=datas[0], fim=datas[1],
                pai_id=ids[id(o.pai)] if o.pai is not None else None, demanda=replace(o.demanda, linhas=1) if o.demanda else None,
                materiais=json.loads(escrito) if o.firme else None, resumo=resumo,
            )
        )  # fmt: skip
    guardadas += [replace(e, status=CANCELADA, demanda=None) for e, _ in plano.canceladas]
    return replace(entrada, ordens=guardadas)
