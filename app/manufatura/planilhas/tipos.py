"""O que é um tipo de planilha: as suas colunas, a tabela em que elas entram e o que identifica uma linha."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table

from app.manufatura.planilhas.celulas import Leitura, chave
from app.manufatura.planilhas.valores import Valor

Converter = Callable[[Valor, Leitura], Any]
LIGADURAS = frozenset({"de", "do", "da", "dos", "das", "o", "a", "em", "por", "no", "na", "p", "para"})


@dataclass(frozen=True)
class Coluna:
    """Uma coluna que se lê e se escreve.

    `nome`: o da coluna na tabela. `formato`: como o modelo e a exportação a formatam (texto, numero, inteiro, dinheiro, percentual,
    data, logico). `conserva`: a célula vazia deixa o que está guardado (nas outras, apaga). `padrao`: o valor de uma célula vazia.
    `numerica`: conta na decisão de o ponto ser decimal. `nova`: SQL do valor numa linha nova quando a planilha não o dá.
    """

    nome: str
    titulo: str
    converter: Converter
    ajuda: str
    formato: str = "texto"
    sinonimos: tuple[str, ...] = ()
    obrigatoria: bool = False
    conserva: bool = False
    padrao: Any = None
    opcoes: tuple[str, ...] = ()
    exemplo: Any = None
    largura: int = 16
    nova: str | None = None

    @property
    def numerica(self) -> bool:
        """Se a coluna é de números que podem vir em texto."""
        return self.formato in {"numero", "dinheiro", "percentual"}


@dataclass(frozen=True)
class Tipo:
    """Um tipo de planilha. `chave`: colunas da identidade (dados.md). `vazias`: as da chave que podem ser vazias (vazio = vazio).

    `calculadas`: dadas as colunas presentes, coluna da tabela → SQL sobre `f` (linha da planilha) e `d` (linha guardada, ou nulos).
    `junta`: junções de que esses SQL precisam; `{coluna}` vira o valor com que a linha fica. `travas`: tabelas trancadas durante a
    gravação, sempre na mesma ordem. `pode_sair`: SQL sobre `d` que diz se uma linha ausente sai em --modo substituir. `so_exporta`:
    títulos que a exportação mostra e a importação ignora → SQL sobre `d`. `repete`: a identidade não é de uma linha só.
    `produtos`: colunas com códigos de produto. `notas`: frases da folha de instruções.
    """

    nome: str
    titulo: str
    resumo: str
    tabela: Table
    colunas: tuple[Coluna, ...]
    chave: tuple[str, ...]
    vazias: tuple[str, ...] = ()
    calculadas: Callable[[Collection[str]], Mapping[str, str]] | None = None
    junta: str = ""
    travas: tuple[Table, ...] = ()
    pode_sair: str | None = None
    so_exporta: Mapping[str, str] = field(default_factory=dict)
    produtos: tuple[str, ...] = ("cod_produto",)
    repete: bool = False
    notas: tuple[str, ...] = ()

    def coluna(self, nome: str) -> Coluna:
        """A coluna com este nome."""
        return next(c for c in self.colunas if c.nome == nome)

    def titulos(self) -> dict[str, str]:
        """Forma simples de cada título e sinônimo → nome da coluna."""
        achados: dict[str, str] = {}
        for coluna in self.colunas:
            for titulo in (coluna.nome, coluna.titulo, *coluna.sinonimos):
                simples = simplificar(titulo)
                assert achados.setdefault(simples, coluna.nome) == coluna.nome, f"{self.nome}: {titulo} serve a duas colunas"
        return achados

    def ignoradas(self) -> set[str]:
        """Formas simples dos títulos que se reconhecem e não se leem."""
        return {simplificar(t) for t in (*self.so_exporta, *IGNORADAS)}


IGNORADAS = ("Motivo da recusa", "Linha de origem")


def simplificar(titulo: str) -> str:
    """O título sem acentos, pontuação nem ligaduras: 'Código do Produto*' → 'codigo produto'; 'Qtd. (un)' → 'qtd'."""
    sem_parenteses = titulo.split("(")[0] if not titulo.lstrip().startswith("(") else titulo
    palavras = chave(sem_parenteses).split()
    return " ".join(p for p in palavras if p not in LIGADURAS) or " ".join(palavras)
