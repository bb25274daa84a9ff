"""Os materiais fixados de uma ordem firme para outra quantidade e outro começo, pelas contas guardadas em cada caminho."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, text

from app.manufatura.services.calendario import Calendario
from app.manufatura.services.ordens_vida.travada import Travada
from app.manufatura.services.planejamento.consumo import repartir, texto, vezes

UM = Decimal(1)


def coeficiente(passos: Sequence[Sequence[str]]) -> Fraction:
    """Quanto entra por unidade, pela conta guardada: para cada passo, qtd_utilizada / qtd_base × (1 + perda / 100)."""
    total = Fraction(1)
    for utilizada, base, perda in passos:
        total *= Fraction(utilizada) * (100 + Fraction(perda)) / (Fraction(base) * 100)
    return total


def prazos(conexao: Connection, ordem: Travada) -> dict[str, int]:
    """O lead time (dias úteis) do produto da ordem e dos seus materiais; vazio no cadastro conta 0."""
    codigos = [ordem.produto, *(m["cod_produto"] for m in ordem.materiais or ())]
    consulta = text("SELECT cod_produto, coalesce(lead_time_mto, 0) FROM cadastro_palletizacao WHERE cod_produto = ANY(:codigos)")
    return {r[0]: r[1] for r in conexao.execute(consulta, {"codigos": codigos})}


def reescalar(
    ordem: Travada, nova: Decimal, inicio: date | None, calendario: Calendario, lead_times: Mapping[str, int]
) -> list[dict[str, Any]] | None:
    """Os materiais com qtd_necessaria, caminhos e data_necessidade para a quantidade `nova` e o começo `inicio`.

    No nível da própria ordem a conta é refeita exata; o que desceu de um intermediário (sem ordens filhas) cresce na proporção.
    None se a ordem não tem materiais guardados (a rodada a explode pela estrutura).
    """
    if ordem.materiais is None:
        return None
    razao = Fraction(nova) / Fraction(ordem.planejada)
    quando: dict[str, date] = {}
    refeitos = []
    for m in sorted(ordem.materiais, key=lambda m: (m["nivel"], m["cod_produto"])):
        partes: dict[tuple[str, ...], Fraction] = {}
        inicios = []
        for i, caminho in enumerate(m["caminhos"]):
            proprio = caminho["em"] == ordem.produto
            partes[(str(i),)] = Fraction(nova) * coeficiente(caminho["passos"]) if proprio else Fraction(caminho["qtd"]) * razao
            if inicio is not None:
                em = quando.get(caminho["em"])
                inicios.append(inicio if proprio or em is None else calendario.retroativa(em, lead_times.get(caminho["em"], 0)))
        total = vezes(UM, sum(partes.values(), Fraction(0)))
        cotas = repartir(total, partes)
        if inicios:
            quando[m["cod_produto"]] = min(inicios)
        refeitos.append(
            {
                **m,
                "qtd_necessaria": texto(total),
                "data_necessidade": quando[m["cod_produto"]].isoformat() if inicios else m["data_necessidade"],
                "caminhos": [{**c, "qtd": texto(cotas[(str(i),)])} for i, c in enumerate(m["caminhos"])],
            }
        )
    return refeitos
