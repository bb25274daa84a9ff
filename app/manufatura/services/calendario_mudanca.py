"""Fechar e abrir dias: a exceção da empresa sobre o calendário oficial, só onde ela muda alguma coisa."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection

from app.manufatura.services import calendario_banco
from app.manufatura.services.calendario import Calendario, montar
from app.manufatura.services.feriados import feriados
from app.manufatura.services.mto import trava


@dataclass(frozen=True)
class Pedido:
    """Um dia a tratar diferente: útil ou não, e por quê."""

    data: date
    util: bool
    motivo: str


@dataclass
class Mudanca:
    """Os dias que mudaram e os que já estavam assim; `calendario`: como ficou."""

    calendario: Calendario
    mudados: list[date] = field(default_factory=list)
    iguais: list[date] = field(default_factory=list)


def dias(inicio: date, fim: date) -> list[date]:
    """Cada dia de `inicio` a `fim`, inclusive."""
    return [inicio + timedelta(days=n) for n in range((fim - inicio).days + 1)]


def mudar(conexao: Connection, pedidos: Iterable[Pedido], quem: str, hoje: date, ufs: Sequence[str], facultativos: bool) -> Mudanca:
    """Deixa cada dia como pedido e refaz calendario_dia, na transação dada; todos ou nenhum.

    Um dia que já está assim não ganha exceção; um que volta ao calendário oficial perde a que tinha. Erro: DataForaDoCalendario,
    porque de um dia que o calendário não alcança nada se sabe.
    """
    trava.travar(conexao)
    calendario = calendario_banco.montar_sem_gravar(conexao, hoje, ufs, facultativos)
    oficial = Calendario(
        montar(calendario.inicio, calendario.fim, feriados(range(calendario.inicio.year, calendario.fim.year + 1), ufs, facultativos), {})
    )
    mudanca = Mudanca(calendario)
    for pedido in sorted({p.data: p for p in pedidos}.values(), key=lambda p: p.data):
        if calendario.dia_util(pedido.data) == pedido.util:
            mudanca.iguais.append(pedido.data)
            continue
        if oficial.dia_util(pedido.data) == pedido.util:
            calendario_banco.desfazer_excecao(conexao, pedido.data, quem)
        else:
            calendario_banco.excecao(conexao, pedido.data, pedido.util, pedido.motivo, quem)
        mudanca.mudados.append(pedido.data)
    mudanca.calendario = calendario_banco.garantir(conexao, hoje, ufs, facultativos)
    return mudanca
