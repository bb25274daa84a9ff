"""O nível mais baixo em que cada item aparece (low-level code), e os ciclos que uma carga de fora pode ter trazido."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from app.manufatura.services.planejamento.produtos import Catalogo


@dataclass(frozen=True)
class Niveis:
    """`nivel`: item → seu nível (0 = não entra em nada), só dos que não dependem de ciclo. `ciclos`: item que chega a um
    ciclo → o caminho dele (A → B → A)."""

    nivel: Mapping[str, int]
    ciclos: Mapping[str, tuple[str, ...]]


def calcular(catalogo: Catalogo) -> Niveis:
    """Níveis de todos os itens, pela união de todas as estruturas ativas (qualquer data)."""
    filhos: dict[str, set[str]] = {}
    for codigo, estruturas in catalogo.estruturas.items():
        filhos[codigo] = {c.codigo for e in estruturas for c in e.componentes}
    ciclos = _que_chegam_a_ciclo(filhos)
    nivel: dict[str, int] = {}
    entradas: dict[str, int] = dict.fromkeys(filhos, 0)
    for pai, componentes in filhos.items():
        if pai in ciclos:
            continue
        for c in componentes:
            entradas[c] = entradas.get(c, 0) + 1
    fila = deque(c for c, n in entradas.items() if n == 0 and c not in ciclos)
    for c in fila:
        nivel[c] = 0
    while fila:
        pai = fila.popleft()
        for c in filhos.get(pai, ()):
            nivel[c] = max(nivel.get(c, 0), nivel[pai] + 1)
            entradas[c] -= 1
            if entradas[c] == 0:
                fila.append(c)
    for codigo in catalogo.produtos:
        if codigo not in ciclos:
            nivel.setdefault(codigo, 0)
    return Niveis(nivel, ciclos)


def _que_chegam_a_ciclo(filhos: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    """Item → caminho até fechar o ciclo, de todos os que chegam a algum. Retira folhas até não haver mais nenhuma."""
    pais: dict[str, set[str]] = {}
    faltam = {c: len(f) for c, f in filhos.items()}
    for pai, componentes in filhos.items():
        for c in componentes:
            pais.setdefault(c, set()).add(pai)
            faltam.setdefault(c, 0)
    fila = deque(c for c, n in faltam.items() if n == 0)
    while fila:
        for pai in pais.get(fila.popleft(), ()):
            faltam[pai] -= 1
            if faltam[pai] == 0:
                fila.append(pai)
    presos = {c for c, n in faltam.items() if n > 0}
    return {c: _caminho(c, filhos, presos) for c in presos}


def _caminho(inicio: str, filhos: Mapping[str, set[str]], presos: set[str]) -> tuple[str, ...]:
    """De um item preso, anda sempre a um filho preso até repetir: o caminho inclui o ciclo fechado."""
    caminho, vistos = [inicio], {inicio}
    while True:
        proximo = min(f for f in filhos[caminho[-1]] if f in presos)
        caminho.append(proximo)
        if proximo in vistos:
            return tuple(caminho)
        vistos.add(proximo)


def ciclo_com(filhos: Mapping[str, set[str]], produto: str, componentes: set[str]) -> tuple[str, ...] | None:
    """O ciclo que nasceria se `produto` passasse a ter estes componentes (A → B → A), ou None."""
    novo = {**filhos, produto: set(componentes)}
    pilha: list[tuple[str, tuple[str, ...]]] = [(produto, (produto,))]
    vistos: set[str] = set()
    while pilha:
        atual, caminho = pilha.pop()
        for c in sorted(novo.get(atual, ()), reverse=True):
            if c == produto:
                return (*caminho, c)
            if c not in vistos:
                vistos.add(c)
                pilha.append((c, (*caminho, c)))
    return None
