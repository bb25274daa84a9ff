"""`manufatura calendario`: os dias em que a fábrica trabalha, e os que ela fecha ou abre por conta própria."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from app.banco.migracao import motor_pronto
from app.comandos.calendario_arquivo import ler
from app.comandos.entrada import ler_data
from app.comandos.rodada import usuario_do_sistema
from app.comandos.saida import data, escrever, escrever_json, inteiro, tabela
from app.config import Config, obter_config
from app.manufatura.services import calendario_banco
from app.manufatura.services.calendario import Calendario
from app.manufatura.services.calendario_mudanca import Mudanca, Pedido, dias, mudar
from app.relogio import hoje

SEMANA = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")


@click.group("calendario")
def comando() -> None:
    """Dias úteis: listar, fechar, abrir, importar de uma planilha."""


@comando.command("listar")
@click.option("--ano", type=click.IntRange(2000, 2200), help="O ano (padrão: este).")
@click.option("--mes", type=click.IntRange(1, 12), help="Só este mês.")
@click.option("--json", "em_json", is_flag=True, help="Cada dia do período em JSON.")
def listar(ano: int | None, mes: int | None, em_json: bool) -> None:
    """Mostra os feriados e as exceções do período, quantos dias úteis cada mês tem, e que feriados contam."""
    config = obter_config()
    agora = hoje(config.scheduler_timezone)
    ano = ano or agora.year
    with motor_pronto(config).connect() as conexao:
        calendario = calendario_banco.montar_sem_gravar(conexao, agora, config.feriados_uf, config.feriados_facultativos)
        excecoes = calendario_banco.excecoes(conexao)
    meses = [mes] if mes else list(range(1, 13))
    periodo = [d for m in meses for d in dias(date(ano, m, 1), date(ano, m, monthrange(ano, m)[1]))]
    for d in (periodo[0], periodo[-1]):
        calendario.dia(d)
    if em_json:
        escrever_json(
            {
                "feriados": _o_que_conta(config),
                "inicio": calendario.inicio,
                "fim": calendario.fim,
                "dias": [
                    {"data": d, "util": calendario.dia_util(d), "motivo": _motivo(calendario, d), "excecao": d in excecoes} for d in periodo
                ],
            }
        )
        return
    escrever(_o_que_conta(config))
    especiais = [d for d in periodo if d in excecoes or (not calendario.dia_util(d) and calendario.dia(d).descricao)]
    if especiais:
        tabela(
            ["data", "dia", "fábrica", "motivo"],
            [
                [data(d), SEMANA[d.weekday()], "aberta" if calendario.dia_util(d) else "parada", _motivo(calendario, d) or ""]
                for d in especiais
            ],
        )
    tabela(
        ["mês", "dias úteis"],
        [[f"{m:02d}/{ano}", str(sum(calendario.dia_util(d) for d in periodo if d.month == m))] for m in meses],
    )
    escrever(f"O calendário vai de {data(calendario.inicio)} a {data(calendario.fim)}.", estilo="dim")


@comando.command("fechar")
@click.argument("inicio", metavar="DATA")
@click.argument("fim", metavar="[ATE]", required=False)
@click.option("--motivo", required=True, help="Por que a fábrica para (férias coletivas, feriado municipal…).")
@click.option("--json", "em_json", is_flag=True, help="O que mudou, em JSON.")
def fechar(inicio: str, fim: str | None, motivo: str, em_json: bool) -> None:
    """Fecha a fábrica em DATA (24/12/2026), ou de DATA até ATE."""
    primeiro, ultimo = ler_data(inicio), ler_data(fim or inicio)
    if ultimo < primeiro:
        raise click.BadParameter(f"{data(ultimo)} vem antes de {data(primeiro)}.", param_hint="ATE")
    if (ultimo - primeiro).days > 366:
        raise click.BadParameter("mais de um ano de uma vez; confira as datas.", param_hint="ATE")
    _dizer(_mudar([Pedido(d, False, _preenchido(motivo)) for d in dias(primeiro, ultimo)]), em_json)


@comando.command("abrir")
@click.argument("quando", metavar="DATA")
@click.option("--motivo", required=True, help="Por que a fábrica trabalha (sábado de compensação…).")
@click.option("--json", "em_json", is_flag=True, help="O que mudou, em JSON.")
def abrir(quando: str, motivo: str, em_json: bool) -> None:
    """Abre a fábrica em DATA: um sábado que se trabalha, um feriado que não se guarda, ou um dia que estava fechado."""
    _dizer(_mudar([Pedido(ler_data(quando), True, _preenchido(motivo))]), em_json)


@comando.command("importar")
@click.argument("arquivo", metavar="ARQUIVO", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "em_json", is_flag=True, help="O que mudou, em JSON.")
def importar(arquivo: Path, em_json: bool) -> None:
    """Lê dias de ARQUIVO, CSV ou XLSX com as colunas data, descricao e util (vazia: não): todos ou nenhum."""
    _dizer(_mudar(ler(arquivo, obter_config().scheduler_timezone)), em_json)


def _preenchido(motivo: str) -> str:
    limpo = " ".join(motivo.split())
    if not limpo:
        raise click.BadParameter("diga o motivo.", param_hint="--motivo")
    return limpo


def _mudar(pedidos: Sequence[Pedido]) -> Mudanca:
    config = obter_config()
    with motor_pronto(config).begin() as conexao:
        agora = hoje(config.scheduler_timezone)
        return mudar(conexao, pedidos, usuario_do_sistema(), agora, config.feriados_uf, config.feriados_facultativos)


def _dizer(mudanca: Mudanca, em_json: bool) -> None:
    calendario = mudanca.calendario
    if em_json:
        escrever_json(
            {
                "mudados": [{"data": d, "util": calendario.dia_util(d), "motivo": _motivo(calendario, d)} for d in mudanca.mudados],
                "iguais": mudanca.iguais,
            }
        )
        return
    for d in mudanca.mudados:
        estado = "a fábrica trabalha" if calendario.dia_util(d) else "a fábrica para"
        motivo = _motivo(calendario, d)
        escrever(f"{data(d)} ({SEMANA[d.weekday()]}): {estado}{f' ({motivo})' if motivo else ''}.")
    if mudanca.iguais:
        quantos = len(mudanca.iguais)
        escrever(f"{'1 dia já estava' if quantos == 1 else f'{inteiro(quantos)} dias já estavam'} assim.", estilo="dim")
    if mudanca.mudados:
        escrever("As ordens Planejadas tomam as datas novas no próximo planejamento (`manufatura planejar mto`).", estilo="dim")


def _motivo(calendario: Calendario, d: date) -> str | None:
    return calendario.dia(d).descricao if calendario.dia_util(d) else calendario.motivo(d)


def _o_que_conta(config: Config) -> str:
    """Que feriados contam, em uma frase."""
    estados = f"estaduais de {', '.join(config.feriados_uf)}" if config.feriados_uf else "nenhum estadual (FERIADOS_UF)"
    facultativos = "com" if config.feriados_facultativos else "sem"
    return (
        f"Contam os feriados nacionais, {estados}, {facultativos} os pontos facultativos, como Carnaval e Corpus Christi"
        " (FERIADOS_FACULTATIVOS). Os municipais e os dias da empresa entram com `manufatura calendario fechar`."
    )
