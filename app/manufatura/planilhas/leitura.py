"""De um arquivo às suas folhas. O conteúdo diz o que ele é, não o nome: um .xls pode ser uma página HTML ou um CSV.

Nada do arquivo é executado nem buscado: macros, ligações com outros livros e endereços são ignorados. Antes de ler os valores
conferem-se tamanho, expansão e extensão.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from app.manufatura.planilhas import partes_ods, partes_xls, partes_xlsx, textos_csv
from app.manufatura.planilhas.erros import ArquivoIlegivel, FormatoDesconhecido, PlanilhaGrandeDemais
from app.manufatura.planilhas.folha import Folha, Limites, Mesclada
from app.manufatura.planilhas.partes_xlsx import Parte
from app.manufatura.planilhas.valores import Valor

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass
class Livro:
    """As folhas visíveis de um arquivo, na ordem dele; `ocultas`: nomes das que não se leem sem pedir."""

    arquivo: str
    nomes: list[str]
    ocultas: list[str]
    abrir: Callable[[str], Folha]


def ler(caminho: Path, nota: Callable[[list[list[str]]], int], limites: Limites | None = None) -> Livro:
    """Abre o arquivo. `nota`: ver textos_csv.ler. Erros: os de erros.py, sempre com o nome do arquivo."""
    limites = limites or Limites()
    arquivo = caminho.name
    try:
        with caminho.open("rb") as aberto:
            bruto = aberto.read(limites.arquivo_bytes + 1)
    except OSError as erro:
        raise ArquivoIlegivel(arquivo=arquivo, motivo=erro.strerror or "erro de leitura") from None
    if len(bruto) > limites.arquivo_bytes:
        raise PlanilhaGrandeDemais(arquivo=arquivo, motivo=f"tem mais de {limites.arquivo_bytes >> 20} MB")
    return _reconhecer(arquivo, bruto, limites, nota)


def _reconhecer(arquivo: str, bruto: bytes, limites: Limites, nota: Callable[[list[list[str]]], int]) -> Livro:
    if not bruto.strip():
        raise ArquivoIlegivel(arquivo=arquivo, motivo="está vazio")
    if bruto.startswith(b"PK"):
        return _pacote(arquivo, bruto, limites)
    if bruto.startswith(_OLE):
        partes = partes_xls.examinar(bruto)
        for parte in (partes or {}).values():
            limites.conferir(arquivo, parte.linhas, parte.colunas)
        return _com_calamine(arquivo, bruto, limites, partes or {}, formatos=partes is not None)
    inicio = bruto[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if inicio.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<style")):
        raise FormatoDesconhecido(arquivo=arquivo, motivo="é uma página HTML ou XML com nome de planilha, como alguns sistemas exportam")
    if inicio.startswith(b"%pdf"):
        raise FormatoDesconhecido(arquivo=arquivo, motivo="é um PDF")
    folha = textos_csv.ler(arquivo, bruto, limites, nota)
    return Livro(arquivo, [""], [], lambda _nome: folha)


def _pacote(arquivo: str, bruto: bytes, limites: Limites) -> Livro:
    try:
        pacote = zipfile.ZipFile(io.BytesIO(bruto))
    except (zipfile.BadZipFile, OSError, ValueError):
        raise ArquivoIlegivel(arquivo=arquivo, motivo="o arquivo está cortado ou estragado; salve-o ou baixe-o de novo") from None
    with pacote:
        partes_xlsx.abrir_pacote(arquivo, pacote, limites)
        nomes = set(pacote.namelist())
        try:
            if "content.xml" in nomes:
                return _ods(arquivo, bruto, pacote, limites)
            if any(n.endswith(("workbook.xml", "workbook22.xml", "workbook2.xml")) for n in nomes):
                return _xlsx(arquivo, bruto, pacote, limites)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError):
            raise ArquivoIlegivel(arquivo=arquivo, motivo="o arquivo está cortado ou estragado; salve-o ou baixe-o de novo") from None
    binario = any(n.endswith("workbook.bin") for n in nomes)
    raise FormatoDesconhecido(arquivo=arquivo, motivo="é um XLSB" if binario else "é um ZIP que não é planilha")


def _xlsx(arquivo: str, bruto: bytes, pacote: zipfile.ZipFile, limites: Limites) -> Livro:
    abas, de_1904 = partes_xlsx.partes_das_abas(arquivo, pacote)
    mudam = partes_xlsx.estilos(arquivo, pacote)
    partes: dict[str, Parte] = {}
    for nome, parte in abas.items():
        if "worksheets" not in parte:
            continue
        conteudo = pacote.read(parte) if parte in pacote.namelist() else b""
        if conteudo[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise ArquivoIlegivel(arquivo=arquivo, motivo=f"a aba {nome} está em UTF-16; abra-o no Excel e salve de novo")
        partes[nome] = partes_xlsx.examinar(conteudo, mudam)
        limites.conferir(arquivo, partes[nome].linhas, partes[nome].colunas)
    return _com_calamine(arquivo, bruto, limites, partes, de_1904=de_1904)


def _ods(arquivo: str, bruto: bytes, pacote: zipfile.ZipFile, limites: Limites) -> Livro:
    if "META-INF/manifest.xml" in pacote.namelist() and b"encryption-data" in pacote.read("META-INF/manifest.xml"):
        raise ArquivoIlegivel(arquivo=arquivo, motivo="está protegido por senha; salve uma cópia sem senha")
    partes = partes_ods.examinar(arquivo, pacote.read("content.xml"), limites)
    return _com_calamine(arquivo, bruto, limites, dict(partes))


def _com_calamine(
    arquivo: str, bruto: bytes, limites: Limites, partes: dict[str, Parte], *, formatos: bool = True, de_1904: bool = False
) -> Livro:
    try:
        livro = CalamineWorkbook.from_filelike(io.BytesIO(bruto))
    except PasswordError:
        raise ArquivoIlegivel(arquivo=arquivo, motivo="está protegido por senha; salve uma cópia sem senha") from None
    except (CalamineError, OSError, ValueError) as erro:
        protegido = "EncryptedPackage".encode("utf-16-le") in bruto
        motivo = "está protegido por senha; salve uma cópia sem senha" if protegido else "o arquivo está cortado ou estragado"
        raise ArquivoIlegivel(arquivo=arquivo, motivo=motivo) from erro
    folhas = [m for m in livro.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    visiveis = [m.name for m in folhas if m.visible == SheetVisibleEnum.Visible]

    def abrir(nome: str) -> Folha:
        try:
            folha = livro.get_sheet_by_name(nome)
            limites.conferir(arquivo, folha.total_height, folha.total_width)
            linhas = _linhas(folha)
        except (CalamineError, OSError, ValueError) as erro:
            raise ArquivoIlegivel(arquivo=arquivo, motivo=f"a aba {nome} está estragada") from erro
        parte = partes.get(nome)
        mescladas: list[Mesclada] = list(folha.merged_cell_ranges or [])
        if isinstance(parte, partes_ods.ParteOds):
            mescladas = parte.mescladas
        if parte is not None:
            parte.acertar(linhas)
        lida = Folha(nome, linhas, mescladas, formatos=formatos, sistema_1904=de_1904)
        lida.espalhar()
        return lida

    return Livro(arquivo, visiveis, [m.name for m in folhas if m.name not in visiveis], abrir)


def _linhas(folha: CalamineSheet) -> list[list[Valor]]:
    """As linhas desde a 1 e as colunas desde a A (o calamine começa na primeira coluna usada)."""
    if folha.start is None:
        return []
    antes: list[Valor] = [""] * folha.start[1]
    return [[*antes, *linha] for linha in folha.iter_rows()]
