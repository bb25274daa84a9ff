"""Planilhas de mentira e a importação delas, em poucas letras."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter  # type: ignore[import-untyped]
from sqlalchemy import Engine, text

from app.manufatura.planilhas.diferenca import Diferenca
from app.manufatura.planilhas.fluxo import Quem
from app.manufatura.planilhas.folha import Limites
from app.manufatura.planilhas.importacao import Ajustes, Opcoes, Resultado, importar

FUSO = ZoneInfo("America/Sao_Paulo")
HOJE = date(2026, 11, 30)
AJUSTES = Ajustes(FUSO, HOJE)
ANA = Quem("ana", "teste")


def csv(pasta: Path, *linhas: str, nome: str = "planilha.csv", codificacao: str = "utf-8") -> Path:
    """Um CSV com estas linhas."""
    arquivo = pasta / nome
    arquivo.write_bytes("".join(f"{linha}\r\n" for linha in linhas).encode(codificacao))
    return arquivo


def xlsx(pasta: Path, *linhas: Sequence[Any], nome: str = "planilha.xlsx", formatos: dict[int, str] | None = None) -> Path:
    """Um XLSX com estas linhas; `formatos`: coluna → formato de número."""
    arquivo = pasta / nome
    livro = xlsxwriter.Workbook(str(arquivo), {"strings_to_formulas": False})
    aba = livro.add_worksheet("Plan1")
    data = livro.add_format({"num_format": "dd/mm/yyyy"})
    celula = {c: livro.add_format({"num_format": f}) for c, f in (formatos or {}).items()}
    for i, linha in enumerate(linhas):
        for j, valor in enumerate(linha):
            if isinstance(valor, date):
                aba.write_datetime(i, j, valor, data)
            elif valor is not None:
                aba.write(i, j, valor, celula.get(j) if i else None)
    livro.close()
    return arquivo


def enviar(
    motor: Engine, arquivo: Path, tipo: str, *, confirma: bool = False, ajustes: Ajustes = AJUSTES, ditas: list[Diferenca] | None = None,
    **opcoes: Any,
) -> Resultado:  # fmt: skip
    """Importa; `confirma`: o que se responde à pergunta do substituir; `ditas` recebe o que foi perguntado."""

    def confirmar(diferenca: Diferenca) -> bool:
        if ditas is not None:
            ditas.append(diferenca)
        return confirma

    return importar(motor, arquivo, tipo, ajustes, Opcoes(**opcoes), ANA, confirmar)


def linhas(motor: Engine, consulta: str, **parametros: Any) -> list[tuple[Any, ...]]:
    """As linhas de uma consulta."""
    with motor.connect() as conexao:
        return [tuple(r) for r in conexao.execute(text(consulta), parametros)]


def motivos(resultado: Resultado) -> list[str]:
    """As recusas em texto."""
    return [str(p) for p in resultado.problemas]


def limites(**op: int) -> Ajustes:
    """Ajustes com outros limites de leitura."""
    return Ajustes(FUSO, HOJE, limites=Limites(**op))
