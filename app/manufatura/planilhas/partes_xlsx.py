"""O que se tira do próprio XML de um XLSX antes de ler os valores: extensão, erros, fórmulas sem valor, formatos que mudam o sentido.

O leitor de valores (calamine) devolve vazio para `#N/D` e para uma fórmula que ninguém calculou, perde os zeros de um código que só
o formato mostra, e reserva memória para o retângulo inteiro que as células cercam. Aqui se vê tudo isso, célula a célula, sem montar
árvore: 400.000 células em 0,6 s.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from posixpath import join, normpath
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from app.manufatura.planilhas.erros import ArquivoIlegivel, PlanilhaGrandeDemais
from app.manufatura.planilhas.folha import Limites
from app.manufatura.planilhas.valores import Defeito, Mascarado, Percentual, Valor, posicao

ERROS = {
    "#DIV/0!": "#DIV/0!", "#N/A": "#N/D", "#NAME?": "#NOME?", "#NULL!": "#NULO!", "#NUM!": "#NÚM!", "#REF!": "#REF!", "#VALUE!": "#VALOR!",
}  # fmt: skip
SEM_VALOR = "um valor; há uma fórmula que ninguém calculou. Abra o arquivo, deixe calcular e salve, ou cole só os valores"
# O conteúdo da célula vai até a próxima etiqueta `c`, aberta ou fechada: nunca se volta atrás, por estragado que esteja o XML.
_CELULA = re.compile(rb"<(?:\w+:)?(?:(row)\b([^<>]*)>|c\b([^<>]*?)(?:/>|>([^<]*(?:<(?!/?(?:\w+:)?c\b)[^<]*)*)))")
_LUGAR = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_LINHA = re.compile(rb"\br=[\"']([0-9]{1,7})[\"']")
_ESTILO = re.compile(rb"\bs=[\"']([0-9]{1,6})[\"']")
_ERRO = re.compile(rb"\bt=[\"']e[\"']")
_TEXTO_NA_CELULA = re.compile(rb"\bt=[\"'](?:s|str|inlineStr|b|d)[\"']")
_VALOR = re.compile(rb"<(?:\w+:)?v\b[^<>]*>([^<]*)<")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_EMBUTIDOS_PERCENTUAIS = {9: "0%", 10: "0.00%"}


@dataclass
class Parte:
    """Uma folha no pacote: `linhas` e `colunas` até onde vai; `defeitos`: (linha, coluna) → o que se lê no lugar; `formatos`:
    (linha, coluna) → formato de número dos que mudam o sentido do número."""

    linhas: int = 0
    colunas: int = 0
    defeitos: dict[tuple[int, int], Defeito] = field(default_factory=dict)
    formatos: dict[tuple[int, int], str] = field(default_factory=dict)

    def acertar(self, linhas: list[list[Valor]]) -> None:
        """Põe nas linhas lidas os defeitos e os números que o formato muda."""
        for (linha, coluna), defeito in self.defeitos.items():
            _por(linhas, linha, coluna, defeito)
        for (linha, coluna), formato in self.formatos.items():
            valor = linhas[linha][coluna] if linha < len(linhas) and coluna < len(linhas[linha]) else None
            if isinstance(valor, int | float) and not isinstance(valor, bool):
                linhas[linha][coluna] = _com_formato(float(valor), formato)


def _por(linhas: list[list[Valor]], linha: int, coluna: int, valor: Valor) -> None:
    while len(linhas) <= linha:
        linhas.append([])
    if len(linhas[linha]) <= coluna:
        linhas[linha].extend([""] * (coluna + 1 - len(linhas[linha])))
    linhas[linha][coluna] = valor


def _com_formato(valor: float, formato: str) -> Valor:
    """Zeros à esquerda viram texto (7 mostrado como 007 é '007'); % vira Percentual; o resto que engana, Mascarado."""
    if "%" in formato:
        return Percentual(valor)
    if re.fullmatch(r"0{2,}", formato) and valor.is_integer() and 0 <= valor < 1e15:
        return str(int(valor)).zfill(len(formato))
    return Mascarado(valor)


def que_muda_o_sentido(formato: str) -> str | None:
    """A primeira seção do formato, se ela mostra o número de um jeito que não é só o número; senão None."""
    secao = formato.split(";")[0].strip()
    secao = re.sub(r"\[[^\]]*\]", "", secao)
    if "%" in secao.replace('"%"', ""):
        return secao
    inteira = secao.partition(".")[0]
    return secao if re.search(r"0{2,}", inteira) and "#" not in inteira else None


def abrir_pacote(arquivo: str, pacote: zipfile.ZipFile, limites: Limites) -> None:
    """Confere o pacote antes de expandir: número de partes e tamanho expandido declarado (o zipfile não passa do declarado)."""
    partes = pacote.infolist()
    total = sum(p.file_size for p in partes)
    if total > limites.expandido_bytes or len(partes) > 10_000:
        raise PlanilhaGrandeDemais(arquivo=arquivo, motivo=f"expandido, tem {total >> 20} MB em {len(partes)} partes")
    for parte in partes:
        if parte.flag_bits & 1:
            raise ArquivoIlegivel(arquivo=arquivo, motivo="está protegido por senha; salve uma cópia sem senha")


def xml(arquivo: str, pacote: zipfile.ZipFile, nome: str) -> Element:
    """Uma parte como árvore, sem entidades nem DTD. Erro: ArquivoIlegivel."""
    try:
        return fromstring(pacote.read(nome))  # type: ignore[no-any-return]
    except KeyError:
        raise ArquivoIlegivel(arquivo=arquivo, motivo=f"falta a parte {nome}") from None
    except (ParseError, DefusedXmlException, zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
        raise ArquivoIlegivel(arquivo=arquivo, motivo=f"a parte {nome} está estragada") from None


def partes_das_abas(arquivo: str, pacote: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    """Nome da aba → nome da parte, e se a pasta de trabalho conta os dias desde 1904."""
    nomes = pacote.namelist()
    principal = "xl/workbook.xml"
    if principal not in nomes:  # alguns geradores dão outro nome
        relacoes = _relacoes(arquivo, pacote, "_rels/.rels", "")
        principal = next((alvo for alvo in relacoes.values() if "workbook" in alvo), principal)
    pasta, _, base = principal.rpartition("/")
    relacoes = _relacoes(arquivo, pacote, f"{pasta}/_rels/{base}.rels", pasta)
    raiz = xml(arquivo, pacote, principal)
    abas: dict[str, str] = {}
    de_1904 = False
    for no in raiz.iter():
        etiqueta = _local(no.tag)
        if etiqueta == "workbookPr":
            de_1904 = no.get("date1904") in ("1", "true")
        elif etiqueta == "sheet":
            relacao = next((v for k, v in no.attrib.items() if _local(k) == "id" and k != "id"), "")
            if relacao in relacoes:
                abas[no.get("name", "")] = relacoes[relacao]
    return abas, de_1904


def _relacoes(arquivo: str, pacote: zipfile.ZipFile, nome: str, pasta: str) -> dict[str, str]:
    """Id → parte, só das internas: uma ligação para fora do arquivo (outro livro, um endereço) nunca é seguida."""
    raiz = xml(arquivo, pacote, nome)
    return {
        r.get("Id", ""): normpath(join(pasta, r.get("Target", ""))) if not r.get("Target", "").startswith("/") else r.get("Target", "")[1:]
        for r in raiz
        if r.get("TargetMode") != "External"
    }


def estilos(arquivo: str, pacote: zipfile.ZipFile) -> dict[int, str]:
    """Índice de estilo de célula → formato de número, só dos que mudam o sentido (%, zeros à esquerda)."""
    nome = next((n for n in pacote.namelist() if n.endswith("styles.xml")), None)
    if nome is None:
        return {}
    raiz = xml(arquivo, pacote, nome)
    formatos = dict(_EMBUTIDOS_PERCENTUAIS)
    celulas: list[int] = []
    for no in raiz.iter():
        if _local(no.tag) == "numFmt" and no.get("numFmtId", "").isdigit():
            formatos[int(no.get("numFmtId", "0"))] = unescape(no.get("formatCode", ""))
        elif _local(no.tag) == "cellXfs":
            celulas = [int(x.get("numFmtId", "0") or 0) for x in no]
    achados = {i: que_muda_o_sentido(formatos[f]) for i, f in enumerate(celulas) if f in formatos}
    return {i: f for i, f in achados.items() if f}


def examinar(bruto: bytes, estilos_que_mudam: dict[int, str]) -> Parte:
    """Percorre o XML de uma folha. Uma célula sem endereço está à direita da anterior, como manda o formato."""
    parte = Parte()
    linha = coluna = -1
    for achado in _CELULA.finditer(bruto):
        e_linha, da_linha, atributos, dentro = achado.groups()
        if e_linha:
            lugar = _LINHA.search(da_linha)
            linha, coluna = (int(lugar[1]) - 1 if lugar else linha + 1), -1
            continue
        lugar = _LUGAR.search(atributos)
        linha, coluna = (int(lugar[2]) - 1, _coluna(lugar[1])) if lugar else (max(linha, 0), coluna + 1)
        if not dentro:
            continue
        if linha >= parte.linhas:
            parte.linhas = linha + 1
        if coluna >= parte.colunas:
            parte.colunas = coluna + 1
        if _ERRO.search(atributos):
            mostra = (_VALOR.search(dentro) or [b"", b"#ERRO!"])[1].decode("utf-8", "replace")
            parte.defeitos[linha, coluna] = Defeito(ERROS.get(mostra, mostra), f"um valor; a célula tem o erro {ERROS.get(mostra, mostra)}")
        elif _FORMULA.search(dentro) and not (_VALOR.search(dentro) or [b"", b""])[1] and not _TEXTO_NA_CELULA.search(atributos):
            parte.defeitos[linha, coluna] = Defeito("", SEM_VALOR)
        elif estilos_que_mudam and (estilo := _ESTILO.search(atributos)) and int(estilo[1]) in estilos_que_mudam:
            parte.formatos[linha, coluna] = estilos_que_mudam[int(estilo[1])]
    return parte


@lru_cache(maxsize=1024)
def _coluna(letras_: bytes) -> int:
    return posicao(letras_.decode() + "1")[1]


def _local(etiqueta: str) -> str:
    return etiqueta.rpartition("}")[2]
