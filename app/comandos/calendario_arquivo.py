"""Dias de uma planilha (CSV ou XLSX): data, descrição e, se há, se é útil."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from app.erros import ErroManufatura
from app.manufatura.planilhas import celulas, leitura
from app.manufatura.planilhas.celulas import CelulaInvalida, Leitura, chave
from app.manufatura.planilhas.valores import Valor, endereco, vazio
from app.manufatura.services.calendario_mudanca import Pedido

TITULOS = {
    "data": {"data", "dia"},
    "descricao": {"descricao", "motivo", "feriado", "nome"},
    "util": {"util", "dia util"},
}
MAXIMO_PROBLEMAS = 10


class DiasRecusados(ErroManufatura):
    """Nenhum dia foi mudado, porque {arquivo} tem o que corrigir: {problemas}."""

    codigo_saida = 1


class SemTitulos(ErroManufatura):
    """{arquivo} não tem a linha de títulos: são data, descricao e (se houver) util, como em `data;descricao;util`."""

    codigo_saida = 1


def ler(arquivo: Path, fuso: ZoneInfo) -> list[Pedido]:
    """Os dias da primeira aba visível; `util` vazio é não. Erros: DiasRecusados (todas as células ruins), SemTitulos, ErroPlanilha."""
    livro = leitura.ler(arquivo, _nota)
    folha = livro.abrir(livro.nomes[0])
    opcoes = Leitura(fuso, sistema_1904=folha.sistema_1904)
    inicio, colunas = _cabecalho(arquivo, folha.linhas)
    pedidos: list[Pedido] = []
    problemas: list[str] = []
    for i in range(inicio, len(folha.linhas)):
        if all(vazio(v) for v in folha.linhas[i]):
            continue
        lido = _linha(folha.linhas[i], i, colunas, opcoes, problemas)
        if lido is not None:
            pedidos.append(lido)
    datas: dict[object, Pedido] = {}
    repetidos = [pedido.data for pedido in pedidos if datas.setdefault(pedido.data, pedido) != pedido]
    problemas.extend(f"{d:%d/%m/%Y} aparece duas vezes, com valores diferentes" for d in repetidos)
    if not pedidos and not problemas:
        problemas.append("não há nenhum dia depois dos títulos")
    if problemas:
        resto = [f"e mais {len(problemas) - MAXIMO_PROBLEMAS}"] if len(problemas) > MAXIMO_PROBLEMAS else []
        raise DiasRecusados(arquivo=arquivo.name, problemas="; ".join([*problemas[:MAXIMO_PROBLEMAS], *resto]))
    return pedidos


def _linha(valores: Sequence[Valor], i: int, colunas: dict[str, int], opcoes: Leitura, problemas: list[str]) -> Pedido | None:
    def celula(nome: str) -> Valor:
        coluna = colunas.get(nome)
        return valores[coluna] if coluna is not None and coluna < len(valores) else ""

    try:
        nome = "data"
        data = celulas.data(celula("data"), opcoes)
        nome = "descricao"
        descricao = celulas.texto(celula("descricao"), 200)
        if not descricao:
            raise CelulaInvalida("o motivo do dia")
        nome = "util"
        util = False if vazio(celula("util")) else celulas.logico(celula("util"))
    except CelulaInvalida as erro:
        problemas.append(f"{endereco(i, colunas.get(nome, 0))}: {str(celula(nome))!r} não é {erro}")
        return None
    return Pedido(data, util, descricao)


def _cabecalho(arquivo: Path, linhas: Sequence[Sequence[Valor]]) -> tuple[int, dict[str, int]]:
    """A primeira linha que traz data e descrição, entre as dez de cima: (linha seguinte, nome → coluna)."""
    for i, linha in enumerate(linhas[:10]):
        achadas = _titulos(linha)
        if {"data", "descricao"} <= achadas.keys():
            return i + 1, achadas
    raise SemTitulos(arquivo=arquivo.name)


def _titulos(linha: Sequence[Valor]) -> dict[str, int]:
    achadas: dict[str, int] = {}
    for j, valor in enumerate(linha):
        for nome, aceitos in TITULOS.items():
            if chave(str(valor)) in aceitos:
                achadas.setdefault(nome, j)
    return achadas


def _nota(amostra: list[list[str]]) -> int:
    return max((len(_titulos(linha)) for linha in amostra), default=0)
