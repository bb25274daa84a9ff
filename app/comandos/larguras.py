"""Quanto espaço cada coluna de uma tabela ganha num terminal estreito: códigos e números inteiros, nomes cortados.

O rich, sem ajuda, encurta todas por igual, e um código pela metade não serve a ninguém.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

ESPACO = 2  # entre colunas
PALAVRA_MAXIMA, NOME_MINIMO = 30, 10
RECUO = " └"
VAZIAS = {"", "0", "—"}


@dataclass(frozen=True)
class Coluna:
    """Uma coluna de tabela: título; `direita` para números; `discreta` apaga um pouco a cor.

    No terminal estreito: `corta` encurta com reticências; `se_houver` some quando nenhuma linha a preenche; `dispensavel` some
    quando sem isso a tabela não cabe (e a tabela diz que sumiu).
    """

    titulo: str
    direita: bool = False
    discreta: bool = False
    corta: bool = False
    se_houver: bool = False
    dispensavel: bool = False


@dataclass(frozen=True)
class Ajuste:
    """Colunas que ficam (índice → largura em letras) e os títulos das que sumiram tendo o que dizer."""

    larguras: dict[int, int]
    sumiram: tuple[str, ...] = ()


def ajustar(colunas: Sequence[Coluna], linhas: Sequence[Sequence[str]], largura: int) -> Ajuste:
    """Reparte `largura` letras; se nem o mínimo cabe, fica o mínimo (o terminal quebra a linha, e nada se perde)."""
    ficam = [i for i, c in enumerate(colunas) if not (c.se_houver and all(linha[i] in VAZIAS for linha in linhas))]
    minimas = {i: _minima(colunas[i], [linha[i] for linha in linhas]) for i in ficam}
    sumiram = []
    for i in [i for i in ficam if colunas[i].dispensavel]:
        if _ocupa(minimas) <= largura:
            break
        del minimas[i]
        sumiram.append(colunas[i].titulo)
    sobra = max(0, largura - _ocupa(minimas))
    queriam = {i: max(0, max((len(linha[i]) for linha in linhas), default=0) - m) for i, m in minimas.items()}
    falta = sum(queriam.values())
    return Ajuste({i: m + min(queriam[i], sobra * queriam[i] // falta if falta else 0) for i, m in minimas.items()}, tuple(sumiram))


def _ocupa(larguras: dict[int, int]) -> int:
    return sum(larguras.values()) + ESPACO * (len(larguras) - 1)


def _minima(coluna: Coluna, celulas: Collection[str]) -> int:
    """A maior palavra (o recuo de uma árvore não se separa do que vem depois), ou pouco, se a coluna pode ser cortada."""
    titulo = max(map(len, coluna.titulo.split()), default=1)
    if coluna.corta:
        return max(titulo, min(NOME_MINIMO, max(map(len, celulas), default=0)))
    maior = max((recuo(c) + max(map(len, c.lstrip(RECUO).split()), default=0) for c in celulas), default=0)
    return max(titulo, min(PALAVRA_MAXIMA, maior))


def recuo(celula: str) -> int:
    """Quantas letras de recuo de árvore a célula tem no começo."""
    return len(celula) - len(celula.lstrip(RECUO))
