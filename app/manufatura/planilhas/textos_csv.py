"""CSV como o Excel, o LibreOffice, o Google e os ERPs escrevem: descobre a codificação e o separador, ou recusa dizendo onde."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator

from app.manufatura.planilhas.erros import ArquivoIlegivel, FormatoDesconhecido
from app.manufatura.planilhas.folha import Folha, Limites
from app.manufatura.planilhas.valores import Valor

SEPARADORES = (";", ",", "\t")
_AMOSTRA = 40
_PROTEGIDO = re.compile(r"^'(?='*[=+\-@\t\r])")  # o apóstrofo que a exportação (e muita gente) põe para o texto não virar fórmula


def ler(arquivo: str, bruto: bytes, limites: Limites, nota: Callable[[list[list[str]]], int]) -> Folha:
    """A folha única de um CSV. `nota` diz quantos títulos conhece nestas primeiras linhas: escolhe entre os separadores."""
    texto = _texto(arquivo, bruto)
    primeira, quebra, resto = texto.partition("\n")
    dica = primeira.strip().lower()
    if dica.startswith("sep=") and len(dica) <= 5:  # o Excel põe (e esconde) esta linha
        separador, texto = primeira.strip()[4:5] or "\t", resto
    else:
        separador = max(SEPARADORES, key=lambda s: _nota(texto, s, nota))
    del quebra
    linhas: list[list[Valor]] = []
    for campos in _registros(arquivo, texto, separador):
        linhas.append([_PROTEGIDO.sub("", campo) for campo in campos])
        limites.conferir(arquivo, len(linhas), len(campos) or 1)
    return Folha("", linhas, csv=True)


def _texto(arquivo: str, bruto: bytes) -> str:
    if bruto[:2] in (b"\xff\xfe", b"\xfe\xff"):
        codificacao = "utf-16"
    else:
        if b"\0" in bruto:
            raise FormatoDesconhecido(arquivo=arquivo, motivo="tem bytes que não são de texto")
        codificacao = "utf-8-sig"
    try:
        return bruto.decode(codificacao)
    except UnicodeDecodeError:
        pass
    try:
        return bruto.decode("cp1252")
    except UnicodeDecodeError as erro:
        linha = bruto[: erro.start].count(b"\n") + 1
        raise ArquivoIlegivel(arquivo=arquivo, motivo=f"a linha {linha} não está em UTF-8 nem em Latin-1 (Windows)") from None


def _nota(texto: str, separador: str, nota: Callable[[list[list[str]]], int]) -> tuple[int, int]:
    """Quantos títulos se reconhecem com este separador e, no empate, quantas colunas dá na linha mais larga."""
    amostra: list[list[str]] = []
    try:
        for campos in csv.reader(io.StringIO(texto[:200_000], newline=""), delimiter=separador):
            amostra.append(campos)
            if len(amostra) == _AMOSTRA:
                break
    except csv.Error:
        return (0, 0)
    return nota(amostra), max(map(len, amostra), default=0)


def _registros(arquivo: str, texto: str, separador: str) -> Iterator[list[str]]:
    leitor = csv.reader(io.StringIO(texto, newline=""), delimiter=separador, strict=True)
    try:
        yield from leitor
    except csv.Error as erro:
        motivo = "as aspas não fecham" if "end of data" in str(erro) else "há aspas no meio de um campo"
        raise ArquivoIlegivel(arquivo=arquivo, motivo=f"na linha {leitor.line_num} {motivo}") from None
