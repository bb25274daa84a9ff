"""O que os comandos escrevem: tabelas, barras de progresso e números à brasileira.

No terminal, com cor e barras (rich); fora dele, ou com NO_COLOR, linhas simples que um `grep` entende.
A tabela fora do terminal é separada por tabulações e sem molduras. O rich é importado só quando se usa.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from app.comandos.larguras import Ajuste, ajustar
from app.comandos.larguras import Coluna as Coluna

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


@lru_cache(maxsize=2)
def console(erro: bool = False) -> Console:
    """O console do rich para stdout (ou stderr); cor só em terminal e sem NO_COLOR."""
    from rich.console import Console

    return Console(stderr=erro, highlight=False, soft_wrap=not (sys.stderr if erro else sys.stdout).isatty())


def no_terminal() -> bool:
    """Se a saída é um terminal de verdade (e não um arquivo ou outro programa)."""
    return console().is_terminal


def inteiro(valor: int) -> str:
    """1234567 → '1.234.567'."""
    return f"{valor:,}".replace(",", ".")


def numero(valor: Decimal | float, casas: int | None = None) -> str:
    """Número à brasileira: Decimal('1234.5') → '1.234,5'; com `casas`, arredonda (meio para o par) e completa."""
    decimal = valor if isinstance(valor, Decimal) else Decimal(repr(valor))
    if not decimal.is_finite():
        return str(decimal)
    if casas is not None:
        decimal = decimal.quantize(Decimal(1).scaleb(-casas), rounding=ROUND_HALF_EVEN)
    texto = f"{decimal:,f}"
    if casas is None and "." in texto:
        texto = texto.rstrip("0").rstrip(".")
    return texto.replace(",", " ").replace(".", ",").replace(" ", ".")


def reais(valor: Decimal) -> str:
    """Decimal('1234.5') → 'R$ 1.234,50'; negativo: '-R$ 1,00'."""
    return ("-" if valor < 0 else "") + "R$ " + numero(abs(valor), 2)


def data(valor: date | None) -> str:
    """date(2026, 11, 24) → '24/11/2026'; None → ''."""
    return valor.strftime("%d/%m/%Y") if valor else ""


def data_hora(valor: datetime | None, fuso: ZoneInfo) -> str:
    """Instante com fuso → 'dd/mm/aaaa hh:mm:ss' no fuso dado; None → ''."""
    return valor.astimezone(fuso).strftime("%d/%m/%Y %H:%M:%S") if valor else ""


def duracao(segundos: float) -> str:
    """Segundos → '0,4 s', '12 s', '3 min 05 s' ou '2 h 10 min'."""
    if segundos < 10:
        return f"{numero(segundos, 1)} s"
    if segundos < 60:
        return f"{segundos:.0f} s"
    minutos, resto = divmod(round(segundos), 60)
    if minutos < 60:
        return f"{minutos} min {resto:02d} s"
    return f"{minutos // 60} h {minutos % 60:02d} min"


def cnpj(valor: str | None) -> str:
    """'12345678000195' → '12.345.678/0001-95' (14 caracteres, letras inclusive); outro texto volta como veio."""
    if valor is None or len(valor) != 14:
        return valor or ""
    return f"{valor[:2]}.{valor[2:5]}.{valor[5:8]}/{valor[8:12]}-{valor[12:]}"


def limpo(texto: object) -> str:
    """O texto sem quebras, tabulações nem sequências de terminal (nomes vêm do Odoo e podem trazer qualquer coisa)."""
    return "".join(letra if letra.isprintable() else " " for letra in str(texto))


def escrever(texto: str = "", *, estilo: str | None = None, erro: bool = False) -> None:
    """Uma linha em stdout (ou stderr). `estilo` é do rich ('bold', 'green', 'yellow'…); colchetes saem como são."""
    console(erro).print(limpo_linhas(texto), style=estilo, markup=False)


def limpo_linhas(texto: str) -> str:
    """Como `limpo`, linha a linha: conserva as quebras que o programa pôs."""
    return "\n".join(limpo(linha) for linha in texto.split("\n"))


def escrever_json(valor: Any) -> None:
    """Um valor em JSON, numa linha, em stdout; Decimal vira texto exato e datas viram ISO 8601."""
    sys.stdout.write(json.dumps(valor, ensure_ascii=False, default=_para_json) + "\n")
    sys.stdout.flush()


def _para_json(valor: object) -> str:
    return valor.isoformat() if isinstance(valor, date | datetime) else str(valor)


@dataclass(frozen=True)
class Pintado:
    """Uma célula de `tabela` com cor no terminal; fora dele, só o texto. `estilo`: como em `escrever`."""

    texto: str
    estilo: str

    def __str__(self) -> str:
        return self.texto


def tabela(colunas: Sequence[Coluna | str], linhas: Sequence[Sequence[object]], titulo: str | None = None) -> None:
    """Tabela: no terminal, do rich; fora dele, uma linha por registro com colunas separadas por tabulação."""
    cabecalho = [coluna if isinstance(coluna, Coluna) else Coluna(coluna) for coluna in colunas]
    if not no_terminal():
        if titulo:
            escrever(f"# {titulo}")
        sys.stdout.write("\t".join(coluna.titulo for coluna in cabecalho) + "\n")
        sys.stdout.writelines("\t".join(limpo(celula) for celula in linha) + "\n" for linha in linhas)
        sys.stdout.flush()
        return
    limpas = [[limpo(celula) for celula in linha] for linha in linhas]
    naturais = [max(len(c.titulo), *(len(linha[i]) for linha in limpas), 0) for i, c in enumerate(cabecalho)]
    if sum(naturais) + 3 * len(naturais) - 1 <= console().width:
        console().print(_desenhar(cabecalho, linhas, limpas, titulo, None))
        return
    ajuste = ajustar(cabecalho, limpas, console().width)
    console().print(_desenhar(cabecalho, linhas, limpas, titulo, ajuste))
    if ajuste.sumiram:
        escrever(f"(o terminal é estreito para: {', '.join(ajuste.sumiram)})", estilo="dim")
    escrever()


def _desenhar(
    colunas: Sequence[Coluna],
    linhas: Sequence[Sequence[object]],
    limpas: Sequence[Sequence[str]],
    titulo: str | None,
    ajuste: Ajuste | None,
) -> Table:
    """A tabela do rich; com `ajuste`, só as colunas e as larguras dele, e menos espaço entre elas."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    padding = (0, 1, 0, 0) if ajuste else (0, 1)
    desenho = Table(title=titulo, box=SIMPLE_HEAD, title_justify="left", pad_edge=False, show_edge=ajuste is None, padding=padding)
    ficam = list(ajuste.larguras) if ajuste else list(range(len(colunas)))
    for i in ficam:
        c = colunas[i]
        desenho.add_column(
            c.titulo,
            justify="right" if c.direita else "left",
            style="dim" if c.discreta else None,
            width=ajuste.larguras[i] if ajuste else None,
            no_wrap=c.corta,
        )
    for linha, textos in zip(linhas, limpas, strict=True):
        celulas = (Text(textos[i], style=v.estilo if isinstance(v := linha[i], Pintado) else "") for i in ficam)
        desenho.add_row(*celulas)
    return desenho


class Andamento(Protocol):
    """O progresso de uma tarefa."""

    def avancar(self, quantos: int = 1) -> None:
        """Mais `quantos` feitos."""

    def definir(self, feitos: int, total: int | None = None, texto: str | None = None) -> None:
        """Feitos até agora e, quando se sabe, o total e um texto novo."""


class _Linhas:
    """Andamento fora do terminal: uma linha no começo, no fim, e no máximo uma a cada 5 s no meio."""

    INTERVALO_S = 5.0

    def __init__(self, texto: str, total: int | None) -> None:
        self.texto, self.total, self.feitos = texto, total, 0
        self.inicio = self.ultima = time.monotonic()

    def avancar(self, quantos: int = 1) -> None:
        self.definir(self.feitos + quantos)

    def definir(self, feitos: int, total: int | None = None, texto: str | None = None) -> None:
        self.feitos, self.total, self.texto = feitos, total or self.total, texto or self.texto
        if time.monotonic() - self.ultima >= self.INTERVALO_S:
            self.ultima = time.monotonic()
            self.dizer()

    def dizer(self, fim: bool = False) -> None:
        de = f" de {inteiro(self.total)}" if self.total else ""
        tempo = f" em {duracao(time.monotonic() - self.inicio)}" if fim else ""
        escrever(f"{self.texto}: {inteiro(self.feitos)}{de}{tempo}")


class _Barra:
    """Andamento no terminal, sobre uma barra do rich."""

    def __init__(self, barras: Any, tarefa: Any) -> None:
        self.barras, self.tarefa = barras, tarefa

    def avancar(self, quantos: int = 1) -> None:
        self.barras.update(self.tarefa, advance=quantos)

    def definir(self, feitos: int, total: int | None = None, texto: str | None = None) -> None:
        self.barras.update(self.tarefa, completed=feitos, total=total, description=limpo(texto) if texto else None)


@contextmanager
def andamento(texto: str, total: int | None = None) -> Iterator[Andamento]:
    """Uma barra de progresso enquanto o bloco roda (fora do terminal, linhas simples). `total` None: não se sabe."""
    if not no_terminal():
        linhas = _Linhas(texto, total)
        yield linhas
        linhas.dizer(fim=True)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    colunas = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*colunas, console=console()) as barras:
        tarefa = barras.add_task(limpo(texto), total=total)
        yield _Barra(barras, tarefa)
        barras.update(tarefa, total=barras.tasks[0].total or barras.tasks[0].completed)
