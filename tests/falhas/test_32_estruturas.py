"""Falha 32: estruturas difíceis: ciclo, laço em si mesma, duas ativas, quantidade zero, 30 níveis, losango."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from app.manufatura.services.planejamento.explosao import CicloNaEstrutura, explodir
from app.manufatura.services.planejamento.niveis import calcular, ciclo_com
from app.manufatura.services.planejamento.produtos import Catalogo, Componente, Estrutura, Produto
from tests.planejamento.fabrica import Fabrica
from tests.planejamento.sorteio import CALENDARIO, HOJE

pytestmark = pytest.mark.falha(32)


def _catalogo(**estruturas: Mapping[str, object]) -> Catalogo:
    codigos = {c for filhos in estruturas.values() for c in filhos} | set(estruturas)
    produtos = [Produto(c, produzido=c in estruturas, comprado=c not in estruturas) for c in sorted(codigos)]
    return Catalogo.de(produtos, [Estrutura(p, tuple(Componente(c, Decimal(str(q))) for c, q in f.items())) for p, f in estruturas.items()])


def _totais(catalogo: Catalogo, codigo: str, qtd: int) -> dict[str, Decimal]:
    return {n.codigo: n.total for n in explodir(catalogo, CALENDARIO, codigo, Decimal(qtd), HOJE, {})[0]}


def test_ciclo_e_dito_com_o_caminho_e_nao_trava() -> None:
    catalogo = _catalogo(A={"B": 1}, B={"C": 1}, C={"A": 1}, D={"A": 1, "E": 1})
    assert calcular(catalogo).ciclos["D"] == ("D", "A", "B", "C", "A")
    with pytest.raises(CicloNaEstrutura, match="D → A → B → C → A"):
        explodir(catalogo, CALENDARIO, "D", Decimal(1), HOJE, {})


def test_laco_em_si_mesma() -> None:
    catalogo = _catalogo(A={"A": 1})
    assert calcular(catalogo).ciclos["A"] == ("A", "A")
    assert ciclo_com({}, "A", {"A"}) == ("A", "A")
    assert ciclo_com({"B": {"C"}, "C": {"D"}}, "D", {"B"}) == ("D", "B", "C", "D")
    assert ciclo_com({"B": {"C"}}, "A", {"B"}) is None


def test_losango_conta_as_duas_vias() -> None:
    catalogo = _catalogo(TOPO={"ESQ": 2, "DIR": 3}, ESQ={"BASE": 5}, DIR={"BASE": 7})
    assert _totais(catalogo, "TOPO", 1)["BASE"] == 2 * 5 + 3 * 7


def test_trinta_niveis() -> None:
    catalogo = _catalogo(**{f"N{i:02d}": {f"N{i + 1:02d}": 2} for i in range(30)})
    assert _totais(catalogo, "N00", 1)["N30"] == 2**30


def test_losangos_em_cadeia_nao_explodem_no_tempo() -> None:
    """25 losangos um sobre o outro: 2²⁵ caminhos, e só 75 itens."""
    estruturas: dict[str, dict[str, object]] = {}
    for i in range(25):
        estruturas |= {f"T{i}": {f"E{i}": 1, f"D{i}": 1}, f"E{i}": {f"T{i + 1}": 1}, f"D{i}": {f"T{i + 1}": 1}}
    assert _totais(_catalogo(**estruturas), "T0", 1)["T25"] == 2**25


def test_o_banco_recusa_duas_ativas_no_mesmo_dia_e_quantidade_zero(motor: Engine) -> None:
    fabrica = Fabrica(motor)
    fabrica.acabado("MESA")
    fabrica.acabado("BANCO")
    fabrica.comprado("PE")
    fabrica.estrutura("MESA", {"PE": 4}, versao="1", ate="30/11")
    fabrica.estrutura("MESA", {"PE": 3}, versao="2", de="01/12")
    with pytest.raises(IntegrityError, match="ex_estrutura_uma_ativa_por_dia"):
        fabrica.estrutura("MESA", {"PE": 5}, versao="3", de="15/11", ate="15/12")
    with pytest.raises(IntegrityError, match="qtd_utilizada"):
        fabrica.estrutura("BANCO", {"PE": 0})
    assert fabrica.hoje == date(2026, 11, 24)
