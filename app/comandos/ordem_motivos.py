"""Os motivos guardados de uma ordem, em palavras: de onde saiu cada data e cada quantidade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.comandos.saida import data, numero

FIM_DE_SEMANA = ("sábado", "domingo")
ORIGENS = {"separacao": "separação", "pre_separacao": "pré-separação"}


def porque_data(motivo: Mapping[str, Any] | None) -> str:
    """'entrega 24/11/2026 − 3 dias úteis = 18/11/2026; 20/11 feriado: Dia Nacional de Zumbi e da Consciência Negra'."""
    if not motivo:
        return "datas dadas por quem criou a ordem"
    n = motivo["dias_uteis"]
    de = "entrega" if motivo["entrega"] == "expedição" else motivo["entrega"]
    conta = f"{de} {dia(motivo['data_fim'])} − {n} {'dia útil' if n == 1 else 'dias úteis'} = {dia(motivo['data_inicio'])}"
    parados = [f"{dia(p['data'], False)} {p['motivo']}" for p in motivo["pulados"] if p["motivo"] not in FIM_DE_SEMANA]
    ajuste = f" (ajustada por {motivo['ajustada_por']})" if motivo.get("ajustada_por") else ""
    return "; ".join([conta, *parados]) + ajuste


def porque_quantidade(motivo: Mapping[str, Any] | None) -> str:
    """'10 do lote S1 (separação)', ou a conta de uma filha, ou quem a ajustou."""
    if not motivo:
        return "quantidade dada por quem criou a ordem"
    qtd = _n(motivo["qtd"])
    if motivo["de"] == "demanda":
        linhas = int(motivo.get("linhas", 1))
        soma = f", soma de {linhas} linhas" if linhas > 1 else ""
        return f"{qtd} do lote {motivo['lote']} ({ORIGENS.get(motivo['origem'], motivo['origem'])}{soma})"
    if motivo["de"] == "ajuste":
        return f"{qtd}, ajustada por {motivo['quem']} (era {_n(motivo['antes'])})"
    partes = [f"{qtd} = {_n(motivo['necessidade'])} que {motivo['produto_pai']} ainda precisa", f"{_n(motivo['estoque'])} do estoque"]
    if Decimal(motivo["de_ordens"]):
        partes.append(f"{_n(motivo['de_ordens'])} de outras ordens")
    feita = f" + {_n(motivo['ja_produzida'])} já produzida" if Decimal(motivo["ja_produzida"]) else ""
    return " − ".join(partes) + feita


def contas(material: Mapping[str, Any], produto: str, planejada: Decimal) -> Iterator[str]:
    """Uma linha por caminho: '40 = 10 de MESA × 4', com base e perda quando há, e os fantasmas no meio."""
    for caminho in material["caminhos"]:
        por = f", por {' → '.join(caminho['por'])}" if caminho["por"] else ""
        de = f"{numero(planejada)} de {produto}" if caminho["em"] == produto else f"o que falta de {caminho['em']}"
        yield f"{_n(caminho['qtd'])} = {de}{''.join(_passo(p) for p in caminho['passos'])}{por}"


def _passo(passo: Sequence[str]) -> str:
    utilizada, base, perda = passo
    texto = f" × {_n(utilizada)}"
    if Decimal(base) != 1:
        texto += f" / {_n(base)}"
    if Decimal(perda):
        texto += f" × (1 + {_n(perda)}%)"
    return texto


def destino(material: Mapping[str, Any]) -> str:
    """'40 = 30 do estoque + 10 a comprar'."""
    partes = [
        f"{_n(material[campo])} {palavra}"
        for campo, palavra in (
            ("qtd_disponivel", "do estoque"),
            ("qtd_de_ordens", "de outras ordens"),
            ("qtd_comprar", "a comprar"),
            ("qtd_produzir", "a fazer"),
        )
        if Decimal(material[campo])
    ]
    return f"{_n(material['qtd_pendente'])} = {' + '.join(partes) or '0'}"


def dia(iso: str, com_ano: bool = True) -> str:
    """'2026-11-24' → '24/11/2026', ou '24/11'."""
    escrito = data(date.fromisoformat(iso))
    return escrito if com_ano else escrito[:5]


def _n(texto: str) -> str:
    return numero(Decimal(texto))
