"""O mesmo exame, num ODS: extensão (com as repetições desfeitas), erros, fórmulas sem valor, percentuais e mesclagens."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from app.manufatura.planilhas.erros import ArquivoIlegivel
from app.manufatura.planilhas.folha import Limites, Mesclada
from app.manufatura.planilhas.partes_xlsx import SEM_VALOR, Parte
from app.manufatura.planilhas.valores import Defeito

_T = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_O = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_C = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_TX = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


@dataclass
class ParteOds(Parte):
    """Uma tabela do ODS; `mescladas` como nas outras folhas."""

    mescladas: list[Mesclada] = field(default_factory=list)


def examinar(arquivo: str, conteudo: bytes, limites: Limites) -> dict[str, ParteOds]:
    """Nome da tabela → o que se viu nela. Erros: ArquivoIlegivel, PlanilhaGrandeDemais (antes de expandir as repetições)."""
    abas: dict[str, ParteOds] = {}
    atual, linha = ParteOds(), 0
    try:
        for evento, no in iterparse(io.BytesIO(conteudo), events=("start", "end")):
            if evento == "start" and no.tag == _T + "table":
                atual, linha = ParteOds(), 0
                abas[no.get(_T + "name", "")] = atual
            elif evento == "end" and no.tag == _T + "table-row":
                vezes = _repeticoes(no, "rows")
                if _linha(no, atual, linha):
                    atual.linhas = linha + vezes
                    limites.conferir(arquivo, atual.linhas, max(atual.colunas, 1))
                linha += vezes
                no.clear()
    except (ParseError, DefusedXmlException, ValueError):
        raise ArquivoIlegivel(arquivo=arquivo, motivo="a parte content.xml está estragada") from None
    return abas


def _repeticoes(no: Element, quais: str) -> int:
    return max(1, int(no.get(f"{_T}number-{quais}-repeated", "1")))


def _linha(no: Element, parte: ParteOds, linha: int) -> bool:
    """Anota as células de uma linha; diz se alguma tem conteúdo."""
    coluna, cheia = 0, False
    for celula in no:
        if celula.tag not in (_T + "table-cell", _T + "covered-table-cell"):
            continue
        vezes = _repeticoes(celula, "columns")
        tipo = celula.get(_O + "value-type")
        formula = celula.get(_T + "formula")
        if tipo is not None or formula is not None or celula.find(_TX + "p") is not None:
            cheia = True
            parte.colunas = max(parte.colunas, coluna + vezes)
            if celula.get(_C + "value-type") == "error" or (formula is not None and _texto(celula).startswith("#")):
                mostra = _texto(celula) or "#ERRO!"
                parte.defeitos[linha, coluna] = Defeito(mostra, f"um valor; a célula tem o erro {mostra}")
            elif formula is not None and tipo is None:
                parte.defeitos[linha, coluna] = Defeito("", SEM_VALOR)
            elif tipo == "percentage":
                for c in range(coluna, coluna + min(vezes, 512)):
                    parte.formatos[linha, c] = "0%"
        desce, anda = (int(celula.get(f"{_T}number-{q}-spanned", "1")) for q in ("rows", "columns"))
        if desce > 1 or anda > 1:
            parte.mescladas.append(((linha, coluna), (linha + desce - 1, coluna + anda - 1)))
        coluna += vezes
    return cheia


def _texto(celula: Element) -> str:
    return "".join("".join(p.itertext()) for p in celula.findall(_TX + "p"))
