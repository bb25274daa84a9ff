"""Datas de uma célula. Uma data é a local (SCHEDULER_TIMEZONE); um instante com fuso se converte, nunca se monta uma meia-noite."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.manufatura.planilhas.numeros import CelulaInvalida
from app.manufatura.planilhas.valores import ESPACOS, INVISIVEIS, Valor

ESPERADO = "uma data como 24/11/2026"
PRIMEIRA, ULTIMA = date(1990, 1, 1), date(2200, 12, 31)
MESES = ("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez")
NOMES = ("janeiro", "fevereiro", "marco", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro")
_SEMANA = re.compile(r"^(?:seg|ter|qua|qui|sex|s[aá]b|dom)[a-zç-]*\.?,?\s+", re.IGNORECASE)
_DMA = re.compile(r"([0-9]{1,2})\s*[/.\-]\s*([0-9]{1,2})\s*[/.\-]\s*([0-9]{4}|[0-9]{2})(?:[\sT]+(.+))?")
_POR_EXTENSO = re.compile(r"([0-9]{1,2})º?[\s/\-]+(?:de\s+)?([a-zç]{3,9})\.?[\s/\-]+(?:de\s+)?([0-9]{4}|[0-9]{2})", re.IGNORECASE)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].+)?")
_ANO_MES_DIA = re.compile(r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})")
_HORA = re.compile(r"[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?")


def data(valor: Valor, fuso: ZoneInfo, sistema_1904: bool = False) -> date:
    """A data local da célula. Erro: CelulaInvalida."""
    match valor:
        case bool() | time() | timedelta():
            raise CelulaInvalida(ESPERADO)
        case datetime():
            achada = _do_instante(valor, fuso)
        case date():
            achada = valor
        case int() | float():
            achada = _da_serie(float(valor), sistema_1904)
        case str():
            achada = _do_texto(valor.strip(ESPACOS), fuso)
        case _:
            raise CelulaInvalida(ESPERADO)
    if not PRIMEIRA <= achada <= ULTIMA:
        raise CelulaInvalida(f"{ESPERADO}, entre {PRIMEIRA.year} e {ULTIMA.year}")
    return achada


def _do_instante(instante: datetime, fuso: ZoneInfo) -> date:
    """Sem fuso, é o relógio da parede: vale a data dele. Com fuso, a data em `fuso` no mesmo instante."""
    return instante.date() if instante.tzinfo is None else instante.astimezone(fuso).date()


def _da_serie(numero: float, sistema_1904: bool) -> date:
    """Número de série do Excel (dias desde 30/12/1899, ou desde 01/01/1904) → data; a fração é a hora, ao segundo."""
    if not 1 <= numero < 200_000:  # também recusa NaN
        raise CelulaInvalida(ESPERADO)
    origem = datetime(1904, 1, 1) if sistema_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - relógio da parede, sem fuso
    return (origem + timedelta(seconds=round(numero * 86_400))).date()


def _do_texto(escrito: str, fuso: ZoneInfo) -> date:
    limpo = _SEMANA.sub("", INVISIVEIS.sub("", escrito))
    if not limpo.isascii() and not any(c in "çÇºáÁ" for c in limpo):
        raise CelulaInvalida(ESPERADO)
    if _ISO.fullmatch(limpo):
        return _iso(limpo, fuso)
    if (achado := _DMA.fullmatch(limpo)) and (achado[4] is None or _HORA.fullmatch(achado[4].strip())):
        return _montar(achado[3], int(achado[2]), achado[1])
    if achado := _POR_EXTENSO.fullmatch(limpo):
        if mes := mes_do_nome(achado[2]):
            return _montar(achado[3], mes, achado[1])
    elif achado := _ANO_MES_DIA.fullmatch(limpo):
        return _montar(achado[1], int(achado[2]), achado[3])
    raise CelulaInvalida(ESPERADO)


def _iso(escrito: str, fuso: ZoneInfo) -> date:
    try:
        return _do_instante(datetime.fromisoformat(escrito.replace(",", ".")), fuso)
    except (ValueError, OverflowError):
        raise CelulaInvalida(ESPERADO) from None


def _montar(ano: str, mes: int, dia: str) -> date:
    completo = int(ano) + (2000 if len(ano) == 2 else 0)
    try:
        return date(completo, mes, int(dia))
    except ValueError:
        raise CelulaInvalida(f"{ESPERADO} (dia, mês, ano); esta não existe no calendário") from None


def mes_do_nome(palavra: str) -> int | None:
    """'nov', 'Novembro', 'março' → 11, 11, 3; outra coisa → None."""
    simples = palavra.casefold().replace("ç", "c").rstrip(".")
    if simples in NOMES:
        return NOMES.index(simples) + 1
    return MESES.index(simples) + 1 if simples in MESES else None


_MES_ANO = re.compile(r"([0-9]{1,2}|[a-zç]{3,9}\.?)[\s/\-.]+(?:de\s+)?([0-9]{4}|[0-9]{2})", re.IGNORECASE)


def mes(valor: Valor) -> tuple[int, int | None]:
    """Mês e, se a célula o diz, ano: 11, 'nov', 'novembro/2026', '11/2026', ou a célula de data. Erro: CelulaInvalida."""
    esperado = "um mês, como 11, novembro ou 11/2026"
    if isinstance(valor, datetime | date):
        return valor.month, valor.year
    if isinstance(valor, str):
        limpo = valor.strip(ESPACOS)
        if achado := _MES_ANO.fullmatch(limpo):
            nome, ano = achado[1], int(achado[2]) + (2000 if len(achado[2]) == 2 else 0)
            numero = int(nome) if nome.isdigit() else mes_do_nome(nome)
            if numero is not None and 1 <= numero <= 12:
                return numero, ano
        elif achado := _DMA.fullmatch(limpo):
            dia = _montar(achado[3], int(achado[2]), achado[1])
            return dia.month, dia.year
        elif numero := (int(limpo) if limpo.isascii() and limpo.isdigit() else mes_do_nome(limpo)):
            valor = numero
    if isinstance(valor, int | float) and not isinstance(valor, bool) and valor in range(1, 13):
        return int(valor), None
    raise CelulaInvalida(esperado)
