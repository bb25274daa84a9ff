"""Dias úteis: o calendário da fábrica e a conta de trás para a frente.

Fonte das regras: planejamento.md (Business days); seed.md seção 3, calcular_data_util_retroativa.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.erros import ErroManufatura

UM_DIA = timedelta(days=1)
FIM_DE_SEMANA = {5: "sábado", 6: "domingo"}


class DataForaDoCalendario(ErroManufatura):
    """{data} está fora do calendário, que vai de {inicio} a {fim}: não há como contar dias úteis até lá sem adivinhar.
    Confira a data; se ela está certa, rode `manufatura calendario listar` para ver até onde o calendário vai."""


@dataclass(frozen=True, slots=True)
class Dia:
    """Um dia do calendário; `descricao` diz por que não é útil (ou por que um sábado é)."""

    data: date
    dia_util: bool
    descricao: str | None = None


class Calendario:
    """O calendário da fábrica num intervalo contínuo de dias.

    Serve de `feriados` a calcular_data_util_retroativa: `data in calendario` diz se o dia está parado por feriado ou
    fechamento, e `dia_util(data)` decide por inteiro (um sábado pode ser útil). Uma data fora do intervalo é
    DataForaDoCalendario, nunca um palpite.
    """

    def __init__(self, dias: Iterable[Dia]) -> None:
        self._dias = {d.data: d for d in sorted(dias, key=lambda d: d.data)}
        if not self._dias:
            raise ValueError("um calendário tem ao menos um dia")
        datas = list(self._dias)
        self.inicio, self.fim = datas[0], datas[-1]
        if (self.fim - self.inicio).days + 1 != len(datas):
            raise ValueError("o calendário tem um buraco")
        self._uteis = [d for d in datas if self._dias[d].dia_util]

    def dia(self, data: date) -> Dia:
        """O dia desta data."""
        dia = self._dias.get(data)
        if dia is None:
            raise DataForaDoCalendario(data=f"{data:%d/%m/%Y}", inicio=f"{self.inicio:%d/%m/%Y}", fim=f"{self.fim:%d/%m/%Y}")
        return dia

    def dia_util(self, data: date) -> bool:
        """Se a fábrica trabalha neste dia."""
        return self.dia(data).dia_util

    def __contains__(self, data: object) -> bool:
        dia = self.dia(data) if isinstance(data, date) else None
        return dia is not None and not dia.dia_util and dia.data.weekday() not in FIM_DE_SEMANA

    def retroativa(self, data_fim: date, dias_uteis: int) -> date:
        """O `dias_uteis`-ésimo dia útil estritamente antes de `data_fim`; 0 dá a própria data."""
        self.dia(data_fim)
        if dias_uteis == 0:
            return data_fim
        posicao = bisect_left(self._uteis, data_fim) - dias_uteis
        if posicao < 0:
            raise DataForaDoCalendario(
                data=f"{dias_uteis} dias úteis antes de {data_fim:%d/%m/%Y}", inicio=f"{self.inicio:%d/%m/%Y}", fim=f"{self.fim:%d/%m/%Y}"
            )
        return self._uteis[posicao]

    def explicar(self, data_fim: date, dias_uteis: int) -> dict[str, Any]:
        """Por que `retroativa` deu o que deu: os dias contados e os pulados, com o motivo (datas em ISO)."""
        inicio = self.retroativa(data_fim, dias_uteis)
        entre = [inicio + UM_DIA * i for i in range((data_fim - inicio).days)]
        pulados = [{"data": d.isoformat(), "motivo": self.motivo(d)} for d in entre if not self._dias[d].dia_util]
        return {"data_fim": data_fim.isoformat(), "dias_uteis": dias_uteis, "data_inicio": inicio.isoformat(), "pulados": pulados}

    def motivo(self, data: date) -> str | None:
        """Por que a data não é útil, em palavras; None se é."""
        dia = self.dia(data)
        if dia.dia_util:
            return None
        return dia.descricao or FIM_DE_SEMANA.get(data.weekday(), "dia parado")


def calcular_data_util_retroativa(data_fim: date, dias_uteis: int, feriados: Container[date]) -> date:
    """O `dias_uteis`-ésimo dia útil estritamente antes de `data_fim` (0 dá a própria data).

    Sábado, domingo e o que está em `feriados` não são úteis. Se `feriados` tem `dia_util(data) -> bool`, é ele que decide.
    Erros: ValueError para dias negativos; DataForaDoCalendario, se `feriados` é um Calendario que não chega lá.
    """
    if dias_uteis < 0:
        raise ValueError(f"dias úteis não podem ser negativos: {dias_uteis}")
    decide = getattr(feriados, "dia_util", None)
    data, contados = data_fim, 0
    while contados < dias_uteis:
        data -= UM_DIA
        util = decide(data) if decide is not None else data.weekday() not in FIM_DE_SEMANA and data not in feriados
        contados += bool(util)
    return data


def montar(inicio: date, fim: date, feriados: Mapping[date, str], excecoes: Mapping[date, tuple[bool, str]]) -> list[Dia]:
    """Os dias de `inicio` a `fim`: fim de semana e feriado param; a exceção (útil?, descrição) da empresa manda em tudo."""
    dias = []
    for n in range((fim - inicio).days + 1):
        data = inicio + UM_DIA * n
        util, descricao = data.weekday() not in FIM_DE_SEMANA, None
        if data in feriados:
            util, descricao = False, feriados[data]
        if data in excecoes:
            util, descricao = excecoes[data]
        dias.append(Dia(data, util, descricao))
    return dias
