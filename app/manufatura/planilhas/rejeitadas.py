"""A planilha das linhas recusadas: como vieram, com uma coluna de motivos. Corrigida, ela se importa sozinha."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from app.manufatura.planilhas import escrita
from app.manufatura.planilhas.escrita import ColunaSaida
from app.manufatura.planilhas.tipos import IGNORADAS
from app.manufatura.planilhas.validacao import Lida


def caminho_livre(entrada: Path) -> Path:
    """Ao lado da entrada: NOME-rejeitadas.xlsx, ou -rejeitadas-2… se já há (pode ser uma que alguém está corrigindo)."""
    candidato = entrada.with_name(f"{entrada.stem}-rejeitadas.xlsx")
    numero = 2
    while candidato.exists():
        candidato = entrada.with_name(f"{entrada.stem}-rejeitadas-{numero}.xlsx")
        numero += 1
    return candidato


def escrever(caminho: Path, lida: Lida) -> int:
    """Escreve em XLSX (ou em CSV, pelo nome) as linhas recusadas; devolve quantas. Erro: ArquivoNaoEscrito."""
    indices, colunas = _colunas(lida)
    linhas = _linhas(lida, indices)
    if caminho.suffix.lower() == ".csv":
        return escrita.texto_csv(caminho, colunas, linhas)
    return escrita.xlsx(caminho, lida.tipo.titulo, colunas, linhas)


def _colunas(lida: Lida) -> tuple[list[int], list[ColunaSaida]]:
    achadas = sorted({*lida.cabecalho.colunas, *lida.cabecalho.outras})
    colunas = []
    for indice in achadas:
        nome = lida.cabecalho.colunas.get(indice)
        if nome is None:
            colunas.append(ColunaSaida(lida.cabecalho.outras[indice]))
        else:
            coluna = lida.tipo.coluna(nome)
            colunas.append(ColunaSaida(coluna.titulo, coluna.formato, coluna.largura))
    if _conta(lida):
        colunas.append(ColunaSaida(lida.tipo.coluna("ocorrencia").titulo, "inteiro"))
    motivo, linha = IGNORADAS
    return achadas, [*colunas, ColunaSaida(motivo, "texto", 80), ColunaSaida(linha, "inteiro", 14)]


def _conta(lida: Lida) -> bool:
    """No histórico, a linha recusada leva o seu número de ocorrência: sozinha, ela seria contada de novo desde 1."""
    return "ocorrencia" in lida.tipo.chave and "ocorrencia" not in lida.presentes


def _linhas(lida: Lida, indices: Sequence[int]) -> Iterator[Sequence[Any]]:
    motivos: dict[int, list[str]] = {}
    for p in lida.problemas:
        motivos.setdefault(p.linha, []).append(p.motivo)
    for numero in lida.rejeitadas:
        valores: list[Any] = [lida.folha.celula(numero, i) for i in indices]
        if _conta(lida):
            valores.append(lida.ocorrencias.get(numero))
        motivo = "; ".join(motivos.get(numero, ())) or lida.arrastadas.get(numero, "")
        yield [*valores, motivo, numero + 1]
