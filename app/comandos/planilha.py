"""`manufatura planilha`: modelo, importar e exportar dados por XLSX e CSV."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from app.banco.migracao import motor_pronto
from app.comandos.saida import data, escrever, escrever_json, inteiro, numero
from app.config import obter_config
from app.manufatura.planilhas import exportacao, modelo, rejeitadas
from app.manufatura.planilhas.definicoes import TIPOS
from app.manufatura.planilhas.diferenca import Diferenca, Exemplo
from app.manufatura.planilhas.erros import ArquivoJaExiste, ArquivoNaoEscrito
from app.manufatura.planilhas.fluxo import Quem
from app.manufatura.planilhas.importacao import ATUALIZAR, SUBSTITUIR, Ajustes, Opcoes, Resultado
from app.manufatura.planilhas.importacao import importar as importar_planilha
from app.manufatura.planilhas.tipos import Tipo
from app.relogio import hoje

MOSTRA = 20
TIPO = click.argument("tipo", type=click.Choice(list(TIPOS)), metavar="TIPO")


@click.group("planilha", epilog="Tipos: " + ", ".join(TIPOS) + ".")
def comando() -> None:
    """Dados por planilha (XLSX e CSV): modelo, importar, exportar."""


@comando.command("modelo")
@TIPO
@click.argument("arquivo", required=False, type=click.Path(path_type=Path))
@click.option("--sobrescrever", is_flag=True, help="Troca o arquivo, se já existe.")
def modelo_(tipo: str, arquivo: Path | None, sobrescrever: bool) -> None:
    """Escreve um XLSX pronto para preencher, com um exemplo e as instruções (padrão: TIPO-modelo.xlsx)."""
    destino = _destino(arquivo or Path(f"{tipo}-modelo.xlsx"), sobrescrever)
    modelo.escrever(destino, TIPOS[tipo])
    escrever(f"Modelo escrito em {destino}. Preencha e veja o que mudaria: manufatura planilha importar {tipo} {destino} --simular")


@comando.command("exportar")
@TIPO
@click.argument("arquivo", required=False, type=click.Path(path_type=Path))
@click.option("--sobrescrever", is_flag=True, help="Troca o arquivo, se já existe.")
@click.option("--json", "em_json", is_flag=True, help="O arquivo e as linhas em JSON.")
def exportar(tipo: str, arquivo: Path | None, sobrescrever: bool, em_json: bool) -> None:
    """Escreve o que está guardado em XLSX ou, se o nome acaba em .csv, em CSV (padrão: TIPO.xlsx)."""
    destino = _destino(arquivo or Path(f"{tipo}.xlsx"), sobrescrever)
    config = obter_config()
    formato = "csv" if destino.suffix.lower() == ".csv" else "xlsx"
    with motor_pronto(config).connect() as conexao:
        linhas = exportacao.exportar(
            conexao,
            tipo,
            destino,
            formato=formato,
            fuso=config.scheduler_timezone,
            hoje=hoje(config.scheduler_timezone),
            estoque_fonte=config.estoque_fonte,
        )
    if em_json:
        escrever_json({"tipo": tipo, "arquivo": str(destino), "linhas": linhas})
    else:
        escrever(f"{_contar(linhas, 'linha', 'linhas')} em {destino}.")


def _destino(arquivo: Path, sobrescrever: bool) -> Path:
    if arquivo.exists() and not sobrescrever:
        raise ArquivoJaExiste(arquivo=str(arquivo))
    return arquivo


@comando.command("importar")
@TIPO
@click.argument("arquivo", type=click.Path(path_type=Path))
@click.option("--aba", metavar="NOME", help="A aba, quando mais de uma serve.")
@click.option("--modo", type=click.Choice([ATUALIZAR, SUBSTITUIR]), default=ATUALIZAR, show_default=True,
              help="atualizar: o que a planilha não tem fica; substituir: sai, depois de mostrado.")  # fmt: skip
@click.option("--simular", is_flag=True, help="Mostra o que mudaria e não grava nada.")
@click.option("--aceitar-validas", is_flag=True, help="Grava as linhas boas mesmo que haja ruins (sem isto, tudo ou nada).")
@click.option("--rejeitadas", "arquivo_rejeitadas", type=click.Path(path_type=Path), metavar="ARQ",
              help="Onde escrever as linhas recusadas, com os motivos (padrão: ao lado do arquivo).")  # fmt: skip
@click.option("--sim", is_flag=True, help="Não pergunta antes de tirar linhas.")
@click.option("--json", "em_json", is_flag=True, help="O resultado em JSON.")
def importar(
    tipo: str,
    arquivo: Path,
    aba: str | None,
    modo: str,
    simular: bool,
    aceitar_validas: bool,
    arquivo_rejeitadas: Path | None,
    sim: bool,
    em_json: bool,
) -> int:
    """Importa ARQUIVO (XLSX, XLS, ODS ou CSV) como planilha de TIPO."""
    if modo == SUBSTITUIR and aceitar_validas:
        raise click.UsageError("--modo substituir não vai com --aceitar-validas: as linhas recusadas sairiam como se faltassem.")
    config = obter_config()
    ajustes = Ajustes(config.scheduler_timezone, hoje(config.scheduler_timezone), config.estoque_fonte)
    opcoes = Opcoes(aba, modo, aceitar_validas, simular)
    quem = Quem(_usuario(), f"terminal, arquivo {arquivo.name}")

    def confirmar(diferenca: Diferenca) -> bool:
        return sim or _perguntar(diferenca, TIPOS[tipo])

    resultado = importar_planilha(motor_pronto(config), arquivo, tipo, ajustes, opcoes, quem, confirmar)
    escritas = _escrever_rejeitadas(resultado, arquivo, arquivo_rejeitadas)
    if em_json:
        escrever_json({**resultado.como_dict(), "arquivo_rejeitadas": str(escritas) if escritas else None})
    else:
        _mostrar(resultado, opcoes, escritas)
    return resultado.codigo


def _perguntar(diferenca: Diferenca, tipo: Tipo) -> bool:
    saem = [e.quem for e in diferenca.exemplos if e.oque == "sai"]
    quantas = _contar(len(diferenca.saem), "linha", "linhas")
    escrever(f"{tipo.titulo}: {quantas} que a planilha não tem e que sairiam com ela:", erro=True)
    for linha in saem[:MOSTRA]:
        escrever(f"  − {linha}", erro=True)
    if len(diferenca.saem) > len(saem):
        escrever(f"  … e mais {inteiro(len(diferenca.saem) - len(saem))}", erro=True)
    if not sys.stdin.isatty():
        escrever("Sem um terminal para perguntar, nada foi gravado. Se é isso mesmo, rode com --sim.", erro=True)
        return False
    resposta = click.prompt("Tirar essas linhas e gravar o resto? (sim ou não)", default="não", err=True)
    return str(resposta).strip().casefold() in {"s", "sim"}


def _escrever_rejeitadas(resultado: Resultado, arquivo: Path, pedido: Path | None) -> Path | None:
    """Escreve as recusadas, se há; numa simulação, só se alguém disse onde. Não poder escrevê-las não desfaz a importação."""
    if not resultado.lida.rejeitadas or (resultado.simulada and pedido is None):
        return None
    destino = pedido or rejeitadas.caminho_livre(arquivo)
    try:
        rejeitadas.escrever(destino, resultado.lida)
    except ArquivoNaoEscrito as erro:
        escrever(f"Aviso: {erro.mensagem}", estilo="yellow", erro=True)
        return None
    return destino


def _mostrar(resultado: Resultado, opcoes: Opcoes, escritas: Path | None) -> None:
    lida, diferenca = resultado.lida, resultado.diferenca
    for p in resultado.problemas[:MOSTRA]:
        escrever(f"✗ {p}", estilo="red")
    if len(resultado.problemas) > MOSTRA:
        escrever(f"✗ … e mais {inteiro(len(resultado.problemas) - MOSTRA)}")
    for aviso in lida.avisos:
        escrever(f"Aviso: {aviso}", estilo="yellow")
    if resultado.simulada:
        for e in diferenca.exemplos:
            escrever(em_linha(e, lida.tipo))
    escrever(veredito(resultado, opcoes), estilo="bold")
    if escritas:
        escrever(f"{_recusadas(len(lida.rejeitadas)).capitalize()}, com os motivos, em {escritas}: corrija e importe só esse arquivo.")


def veredito(resultado: Resultado, opcoes: Opcoes) -> str:
    """O que a importação fez, numa frase."""
    d, recusadas = resultado.diferenca, len(resultado.lida.rejeitadas)
    pares = (
        (d.novas, "nova", "novas"),
        (d.mudadas, "mudada", "mudadas"),
        (d.iguais, "igual", "iguais"),
        (d.ausentes, "ausente", "ausentes"),
    )
    contas = ", ".join(_contar(*p) for p in pares)
    if d.saem:
        saida = ("saiu", "saíram") if resultado.gravada else ("sai", "saem")
        contas += f" ({_contar(len(d.saem), *saida)})"
    elif d.ausentes:
        contas += " (fica)" if d.ausentes == 1 else " (ficam)"
    recusa = f"; {_recusadas(recusadas)}" if recusadas else ""
    if resultado.simulada:
        return f"Simulação, nada gravado: {contas}{recusa}."
    if resultado.desistiu:
        return f"Nada foi gravado. Seriam {contas}."
    if not resultado.gravada:
        dica = "" if opcoes.aceitar_validas else " Corrija, ou grave só as boas com --aceitar-validas."
        return f"Nada foi gravado: {_recusadas(recusadas)} (as outras seriam {contas}).{dica}"
    return f"{resultado.lida.tipo.titulo}: {contas}{recusa}."


def _contar(quantos: int, singular: str, plural: str) -> str:
    return f"{inteiro(quantos)} {singular if quantos == 1 else plural}"


def _recusadas(quantas: int) -> str:
    return _contar(quantas, "linha recusada", "linhas recusadas")


def em_linha(e: Exemplo, tipo: Tipo) -> str:
    """Uma linha da diferença: o sinal, quem, e cada coluna com o antes e o depois."""
    sinal = {"nova": "+", "mudada": "~", "sai": "−"}[e.oque]
    titulos = {c.nome: c.titulo for c in tipo.colunas}
    partes = [
        f"{titulos.get(c, c)}: " + (f"{_valor(e.antes[c])} → {_valor(v)}" if c in e.antes else _valor(v)) for c, v in e.depois.items()
    ]
    return f"{sinal} {e.quem}" + (f": {'; '.join(partes)}" if partes else "")


def _valor(valor: Any) -> str:
    match valor:
        case None:
            return "vazio"
        case bool():
            return "sim" if valor else "não"
        case Decimal():
            return numero(valor)
        case date():
            return data(valor)
        case list() | tuple():
            return ", ".join(map(str, valor)) or "nenhum"
        case Mapping():
            return ", ".join(f"{k} {v}" for k, v in valor.items())
        case _:
            return str(valor)


def _usuario() -> str:
    """Quem está no terminal, pelo sistema operacional."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
