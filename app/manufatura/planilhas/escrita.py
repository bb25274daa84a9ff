"""Escrever XLSX e CSV: células com tipo, texto que nunca vira fórmula, e o arquivo inteiro ou nenhum.

Fonte: OWASP ASVS 5.0 1.2.10 (injeção de fórmula). No CSV, um texto que começa por = + - @ tabulação ou retorno ganha um apóstrofo,
que a leitura tira. No XLSX a célula é de tipo texto e leva a marca de apóstrofo do próprio Excel, e o texto fica exato.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # a biblioteca não traz tipos

from app.manufatura.planilhas.erros import ArquivoNaoEscrito, NaoCabeEmXlsx
from app.manufatura.planilhas.valores import Defeito, Percentual

LIMITE_XLSX = 1_048_575
PERIGOSO = re.compile(r"'*[=+\-@\t\r\0]")
FORMATOS = {"dinheiro": "R$ #,##0.00##", "data": "dd/mm/yyyy", "inteiro": "0", "texto": "@", "logico": "@"}
OPCOES_XLSX = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": False}


@dataclass(frozen=True)
class ColunaSaida:
    """Título, formato (os de tipos.Coluna), largura em letras e, se houver, as opções que o Excel oferece."""

    titulo: str
    formato: str = "texto"
    largura: int = 16
    opcoes: tuple[str, ...] = ()


class Caderno:
    """Um XLSX sendo escrito, com os formatos que se repetem."""

    def __init__(self, caminho: Path, *, corrido: bool = True) -> None:
        self.livro = xlsxwriter.Workbook(str(caminho), {**OPCOES_XLSX, "constant_memory": corrido})
        self.livro.set_properties({"author": "", "comments": ""})
        self.titulo = self.livro.add_format({"bold": True, "bg_color": "#D9E2EC", "border": 1, "text_wrap": True, "valign": "vcenter"})
        self.exemplo = {"italic": True, "font_color": "#808080"}
        self._formatos: dict[tuple[str, bool, bool], Any] = {}

    def formato(self, nome: str, *, exemplo: bool = False, marcado: bool = False) -> Any:
        """O formato de célula de uma espécie de coluna; `marcado`: com o apóstrofo do Excel."""
        chave = (nome, exemplo, marcado)
        if chave not in self._formatos:
            definicao: dict[str, Any] = {"num_format": FORMATOS.get(nome, "General")}
            definicao |= self.exemplo if exemplo else {}
            definicao |= {"quote_prefix": True} if marcado else {}
            self._formatos[chave] = self.livro.add_format(definicao)
        return self._formatos[chave]

    def escrever(self, aba: Any, linha: int, coluna: int, valor: Any, formato: str, *, exemplo: bool = False) -> None:
        """Uma célula, com o tipo dela."""
        if valor is None or valor == "":
            return
        celula = self.formato(formato, exemplo=exemplo)
        match valor:
            case bool():
                aba.write_string(linha, coluna, "sim" if valor else "não", celula)
            case Percentual():
                aba.write_number(linha, coluna, float(valor), self.livro.add_format({"num_format": "0.00%"}))
            case Decimal() if not _cabe(valor):
                aba.write_string(linha, coluna, brasileiro(valor), self.formato("texto", exemplo=exemplo))
            case int() | float() | Decimal():
                aba.write_number(linha, coluna, float(valor), self.formato("numero" if formato == "texto" else formato, exemplo=exemplo))
            case datetime():
                aba.write_datetime(linha, coluna, valor, self.livro.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}))
            case date():
                aba.write_datetime(linha, coluna, valor, self.formato("data", exemplo=exemplo))
            case time() | timedelta():
                aba.write_string(linha, coluna, str(valor), celula)
            case _:
                texto = valor.mostra if isinstance(valor, Defeito) else str(valor)
                aba.write_string(linha, coluna, texto, self.formato("texto", exemplo=exemplo, marcado=bool(PERIGOSO.match(texto))))

    def cabecalho(self, aba: Any, colunas: Sequence[ColunaSaida]) -> None:
        """A linha de títulos, presa no alto, com filtro; as colunas com o formato e a largura delas."""
        for i, coluna in enumerate(colunas):
            aba.set_column(i, i, coluna.largura, self.formato(coluna.formato))
            aba.write_string(0, i, coluna.titulo, self.titulo)
        aba.freeze_panes(1, 0)


def _cabe(valor: Decimal) -> bool:
    """Se o número da planilha (15 algarismos) é exatamente este."""
    return valor.is_finite() and Decimal(f"{float(valor):.15g}") == valor


def xlsx(caminho: Path, nome_aba: str, colunas: Sequence[ColunaSaida], linhas: Iterable[Sequence[Any]]) -> int:
    """Escreve uma folha; devolve quantas linhas. Erros: ArquivoNaoEscrito (disco), NaoCabeEmXlsx."""
    quantas = 0
    with inteiro(caminho) as parcial:
        caderno = Caderno(parcial)
        aba = caderno.livro.add_worksheet(nome_aba)
        caderno.cabecalho(aba, colunas)
        try:
            for linha in linhas:
                quantas += 1
                if quantas > LIMITE_XLSX:
                    raise NaoCabeEmXlsx(linhas=f"mais de {LIMITE_XLSX}", limite=LIMITE_XLSX)
                for i, (valor, coluna) in enumerate(zip(linha, colunas, strict=True)):
                    caderno.escrever(aba, quantas, i, valor, coluna.formato)
            aba.autofilter(0, 0, max(quantas, 1), len(colunas) - 1)
        finally:
            caderno.livro.close()
    return quantas


def texto_csv(caminho: Path, colunas: Sequence[ColunaSaida], linhas: Iterable[Sequence[Any]]) -> int:
    """Escreve CSV: `;`, UTF-8 com BOM, vírgula decimal, dd/mm/aaaa. Devolve quantas linhas."""
    quantas = 0
    with inteiro(caminho) as parcial, parcial.open("w", encoding="utf-8-sig", newline="") as saida:
        escritor = csv.writer(saida, delimiter=";")
        escritor.writerow([coluna.titulo for coluna in colunas])
        for linha in linhas:
            escritor.writerow([em_texto(valor) for valor in linha])
            quantas += 1
    return quantas


def em_texto(valor: Any) -> str:
    """O valor como vai num CSV brasileiro."""
    match valor:
        case None:
            return ""
        case bool():
            return "sim" if valor else "não"
        case Percentual():
            return brasileiro(Decimal(f"{valor * 100:.12g}")) + "%"
        case float():
            return brasileiro(Decimal(f"{valor:.15g}"))
        case int() | Decimal():
            return brasileiro(Decimal(valor))
        case datetime():
            return f"{valor:%d/%m/%Y %H:%M:%S}"
        case date():
            return f"{valor:%d/%m/%Y}"
        case _:
            texto = valor.mostra if isinstance(valor, Defeito) else str(valor)
            return f"'{texto}" if PERIGOSO.match(texto) else texto


def brasileiro(valor: Decimal) -> str:
    """Decimal exato → '1234,5' (sem milhar, que outra planilha poderia ler mal)."""
    return f"{valor:f}".replace(".", ",")


@contextmanager
def inteiro(caminho: Path) -> Iterator[Path]:
    """Um arquivo ao lado que toma o nome certo só no fim: quem lê nunca vê metade. Erro: ArquivoNaoEscrito."""
    try:
        with NamedTemporaryFile(dir=caminho.parent, prefix=f".{caminho.name}.", suffix=caminho.suffix, delete=False) as aberto:
            parcial = Path(aberto.name)
    except OSError as erro:
        raise ArquivoNaoEscrito(arquivo=str(caminho), motivo=erro.strerror or "erro de escrita") from None
    try:
        yield parcial
        parcial.chmod(0o644)
        parcial.replace(caminho)
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as erro:
        raise ArquivoNaoEscrito(arquivo=str(caminho), motivo=getattr(erro, "strerror", None) or str(erro)) from None
    finally:
        parcial.unlink(missing_ok=True)
