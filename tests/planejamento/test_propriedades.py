"""Propriedades do planejamento, ao acaso: a explosão contra a recursão ingênua e contra o SQL, a conservação, a repetição, a ordem."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from app.manufatura.services.calendario import calcular_data_util_retroativa
from app.manufatura.services.mto.gravacao import Escritor
from app.manufatura.services.planejamento import motivos
from app.manufatura.services.planejamento.explosao import explodir
from app.manufatura.services.planejamento.ordens import Plano
from app.manufatura.services.planejamento.plano import Entrada, planejar
from app.manufatura.services.planejamento.produtos import Catalogo
from tests.planejamento.sorteio import CALENDARIO, HOJE, QTDS, aplicar, catalogos, entradas

MUITOS = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


def _bruto(catalogo: Catalogo, codigo: str, qtd: Fraction, soma: dict[str, Fraction]) -> None:
    """A recursão ingênua, sem estoque: cada item uma vez por caminho; fantasma não conta, só passa."""
    estrutura = catalogo.vigente(codigo, HOJE)
    for linha in estrutura.componentes if estrutura else ():
        parcela = qtd * Fraction(linha.qtd) / Fraction(estrutura.qtd_base) * (1 + Fraction(linha.perda) / 100)  # type: ignore[union-attr]
        dentro = catalogo.vigente(linha.codigo, HOJE)
        if dentro is None or not dentro.fantasma:
            soma[linha.codigo] += parcela
        _bruto(catalogo, linha.codigo, parcela, soma)


@MUITOS
@given(catalogos(itens=7, inteiros=True), st.integers(1, 50))
def test_explosao_igual_a_recursao_ingenua(catalogo: Catalogo, qtd: int) -> None:
    """Sem estoque e com números que não precisam de arredondamento: item a item, exatamente o mesmo."""
    soma: dict[str, Fraction] = defaultdict(Fraction)
    _bruto(catalogo, "I0", Fraction(qtd), soma)
    assert {n.codigo: n.total for n in explodir(catalogo, CALENDARIO, "I0", Decimal(qtd), HOJE, {})[0]} == soma


@MUITOS
@given(catalogos(itens=7), QTDS)
def test_explosao_com_arredondamento_fica_a_um_arredondamento_por_nivel(catalogo: Catalogo, qtd: Decimal) -> None:
    """Cada nível parte do que o de cima arredondou: a folga é meio milionésimo por item, levado para baixo pelos coeficientes."""
    soma: dict[str, Fraction] = defaultdict(Fraction)
    folga: dict[str, Fraction] = defaultdict(Fraction)
    _bruto(catalogo, "I0", Fraction(qtd), soma)
    for codigo in sorted(catalogo.produtos, key=lambda c: int(c[1:])):
        estrutura = catalogo.vigente(codigo, HOJE)
        for linha in estrutura.componentes if estrutura else ():
            por = Fraction(linha.qtd) * (1 + Fraction(linha.perda) / 100) / Fraction(estrutura.qtd_base)  # type: ignore[union-attr]
            folga[linha.codigo] += (folga[codigo] + Fraction(1, 2_000_000)) * por
    achado = {n.codigo: n.total for n in explodir(catalogo, CALENDARIO, "I0", qtd, HOJE, {})[0]}
    assert set(achado) <= set(soma)  # o que arredonda a zero não desce
    for codigo, exato in soma.items():
        assert abs(Fraction(achado.get(codigo, Decimal(0))) - exato) <= folga[codigo] + Fraction(1, 2_000_000), codigo


NIVEL_A_NIVEL = """
    WITH passo AS (
        SELECT l.componente, sum(a.qtd * l.qtd * (100 + l.perda) / (l.base * 100)) AS qtd
        FROM _atual a JOIN _linha l ON l.produto = a.item GROUP BY 1)
    SELECT componente, qtd FROM passo"""


def _por_sql(conexao: Connection, catalogo: Catalogo, qtd: Decimal) -> dict[str, Decimal]:
    """A explosão nível a nível em SQL, por código de nível mais baixo, com o mesmo arredondamento por item."""
    from app.manufatura.services.planejamento.niveis import calcular

    nivel = calcular(catalogo).nivel
    conexao.execute(
        text("CREATE TEMP TABLE IF NOT EXISTS _linha (produto text, componente text, qtd numeric, perda numeric, base numeric)")
    )
    conexao.execute(text("CREATE TEMP TABLE IF NOT EXISTS _atual (item text, qtd numeric)"))
    conexao.execute(text("TRUNCATE _linha, _atual"))
    linhas = [
        {"p": e.produto, "c": c.codigo, "q": c.qtd, "pe": c.perda, "b": e.qtd_base}
        for es in catalogo.estruturas.values()
        for e in es
        for c in e.componentes
    ]
    if linhas:
        conexao.execute(text("INSERT INTO _linha VALUES (:p, :c, :q, :pe, :b)"), linhas)
    total: dict[str, Decimal] = {"I0": qtd}
    for item in sorted(nivel, key=lambda c: (nivel[c], c)):
        if item not in total:
            continue
        # numeric do PostgreSQL arredonda metade para longe do zero; metade para o par é feito aqui.
        arredondado = total[item] if item == "I0" else total[item].quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
        total[item] = arredondado
        conexao.execute(text("TRUNCATE _atual"))
        conexao.execute(text("INSERT INTO _atual VALUES (:i, :q)"), {"i": item, "q": arredondado})
        for componente, parcela in conexao.execute(text(NIVEL_A_NIVEL)):
            total[componente] = total.get(componente, Decimal(0)) + parcela
    total.pop("I0")
    return total


@MUITOS
@given(catalogo=catalogos(fantasmas=False, itens=6), qtd=QTDS)
def test_explosao_igual_ao_sql_nivel_a_nivel(motor: Engine, catalogo: Catalogo, qtd: Decimal) -> None:
    achado = {n.codigo: n.total for n in explodir(catalogo, CALENDARIO, "I0", qtd, HOJE, {})[0] if n.total}
    with motor.connect() as conexao:
        esperado = {codigo: total for codigo, total in _por_sql(conexao, catalogo, qtd).items() if total}
    assert achado == esperado  # o que arredonda a zero não desce


@MUITOS
@given(entradas())
def test_compensacao_conserva(entrada: Entrada) -> None:
    """Necessidade = estoque + outras ordens + comprar + produzir, em cada item de cada ordem; nada se promete duas vezes."""
    plano = planejar(entrada)
    dado: dict[str, Decimal] = defaultdict(Decimal)
    de_ordens: dict[str, Decimal] = defaultdict(Decimal)
    for ordem in plano.ordens:
        for n in ordem.necessidades.values():
            assert n.pendente == n.estoque + n.de_ordens + n.comprar + n.produzir
            assert min(n.estoque, n.de_ordens, n.comprar, n.produzir) >= 0
            assert not (n.comprar and n.produzir)
            dado[n.codigo] += n.estoque
            de_ordens[n.codigo] += n.de_ordens
            total = sum((Decimal(v["qtd"]) for v in motivos.caminhos(n, ordem.produto)), Decimal(0)) if n.guardado is None else n.total
            assert total == n.total
    for codigo, qtd in dado.items():
        assert qtd <= entrada.posicao.get(codigo, Decimal(0))
        assert plano.prometido.get(codigo, Decimal(0)) == qtd
    livres: dict[str, Decimal] = defaultdict(Decimal)
    for ordem in plano.ordens:
        if ordem.origem == "Manual" and ordem.demanda is None and ordem.pai is None:
            livres[ordem.produto] += ordem.falta_produzir
    assert all(qtd <= livres[c] for c, qtd in de_ordens.items())
    _conferir_filhas(plano, entrada)


def _conferir_filhas(plano: Plano, entrada: Entrada) -> None:
    for ordem in plano.ordens:
        assert ordem.inicio <= ordem.fim
        if ordem.pai is None:
            continue
        assert entrada.ordens_filhas
        assert ordem.planejada == ordem.pai.necessidades[ordem.produto].produzir
        assert ordem.inicio <= ordem.pai.inicio


@MUITOS
@given(entradas())
def test_planejar_duas_vezes_nao_muda_nada(entrada: Entrada) -> None:
    plano = planejar(entrada)
    seguinte = aplicar(plano, entrada)
    outra = planejar(seguinte)
    diferenca = Escritor(outra, seguinte, {}).diferenca()
    assert (diferenca.criadas, diferenca.mudadas, diferenca.canceladas) == ([], [], [])
    assert outra.prometido == plano.prometido
    assert {(a.tipo, a.chave, a.mensagem) for a in outra.avisos} == {(a.tipo, a.chave, a.mensagem) for a in plano.avisos}


@MUITOS
@given(entradas(), st.randoms(use_true_random=False))
def test_qualquer_ordem_das_mesmas_demandas_da_os_mesmos_totais(entrada: Entrada, sorteio: object) -> None:
    def totais(plano: Plano) -> dict[str, tuple[Decimal, ...]]:
        somas: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 5)
        for o in plano.ordens:
            for n in o.necessidades.values():
                somas[n.codigo] = [
                    a + b for a, b in zip(somas[n.codigo], (n.total, n.estoque, n.de_ordens, n.comprar, n.produzir), strict=True)
                ]
            somas[f"ordem {o.produto}"][0] += o.planejada
        return {c: tuple(v) for c, v in somas.items()}

    embaralhadas = list(entrada.demandas.validas)
    sorteio.shuffle(embaralhadas)  # type: ignore[attr-defined]
    ordens = list(entrada.ordens)
    sorteio.shuffle(ordens)  # type: ignore[attr-defined]
    outra = replace(entrada, demandas=replace(entrada.demandas, validas=embaralhadas), ordens=ordens)
    assert totais(planejar(entrada)) == totais(planejar(outra))


@MUITOS
@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 60))
def test_dias_uteis_iguais_ao_laco_ingenuo(fim: date, dias: int) -> None:
    assert CALENDARIO.retroativa(fim, dias) == calcular_data_util_retroativa(fim, dias, CALENDARIO)
    parados = {d for d in (date(2025, 1, 1) + timedelta(days=i) for i in range(1095)) if d in CALENDARIO}
    assert CALENDARIO.retroativa(fim, dias) == calcular_data_util_retroativa(fim, dias, parados)
    inicio = CALENDARIO.retroativa(fim, dias)
    uteis = sum(CALENDARIO.dia_util(inicio + timedelta(days=i)) for i in range((fim - inicio).days))
    assert uteis == dias


@MUITOS
@given(fim=st.dates(date(2026, 1, 1), date(2027, 12, 31)), dias=st.integers(0, 60))
def test_dias_uteis_iguais_aos_da_tabela(calendario_no_banco: Connection, fim: date, dias: int) -> None:
    from app.manufatura.services import calendario_banco

    calendario = calendario_banco.ler(calendario_no_banco)
    assert calendario is not None
    assert calendario_banco.retroativa_sql(calendario_no_banco, fim, dias) == calendario.retroativa(fim, dias)
