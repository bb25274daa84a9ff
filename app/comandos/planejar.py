"""`manufatura planejar`: a demanda realizada e as ordens sob encomenda, agora e aqui."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from app.banco.erros import ErroBanco
from app.banco.migracao import motor_pronto
from app.comandos import planejar_diferenca, saida
from app.comandos.rodada import usuario_do_sistema
from app.comandos.saida import escrever, inteiro
from app.config import obter_config
from app.erros import ErroManufatura
from app.manufatura.jobs import calculo_demanda, ordem_producao
from app.manufatura.jobs.base_job import pedido_por

DEMANDA, MTO = "demanda", "mto"
TITULOS = {DEMANDA: "Demanda realizada", MTO: "Ordens sob encomenda"}
JOBS: dict[str, Callable[[], dict[str, Any]]] = {
    DEMANDA: calculo_demanda.atualizar_demanda_realizada,
    MTO: ordem_producao.gerar_ordens_mto_automaticas,
}


@click.command("planejar")
@click.argument("partes", nargs=-1, metavar="[PARTES]...", type=click.Choice([DEMANDA, MTO]))
@click.option("--simular", is_flag=True, help="Mostra o que seria criado, mudado, cancelado e avisado, e não grava nada.")
@click.option("--json", "em_json", is_flag=True, help="Um objeto em JSON, e nada mais na saída.")
def comando(partes: Sequence[str], simular: bool, em_json: bool) -> int:
    """Planeja agora: demanda (o que se vendeu de cada previsão) e mto (as ordens que os lotes pedem); sem nada, as duas.

    Uma parte que falha não impede a outra. Sai com 4 por erro do banco, 5 se o mesmo planejamento já está em curso.
    """
    nomes = [n for n in TITULOS if not partes or n in partes]
    motor_pronto(obter_config())
    feitas: dict[str, Mapping[str, Any]] = {}
    erros: dict[str, ErroManufatura] = {}
    for nome in nomes:
        inicio = time.monotonic()
        try:
            feita = _simular(nome, em_json) if simular else rodar(nome)
        except ErroManufatura as erro:
            erros[nome] = erro
            if not em_json:
                escrever(f"{TITULOS[nome]}: {erro.mensagem}", estilo="red", erro=True)
            if isinstance(erro, ErroBanco):
                break
            continue
        feitas[nome] = {**feita, "segundos": round(time.monotonic() - inicio, 3)}
        if not em_json and not simular:
            mostrar(nome, feitas[nome])
    codigo = max((e.codigo_saida for e in erros.values()), default=0)
    if em_json:
        partes_json: dict[str, Any] = {n: dict(f) for n, f in feitas.items()}
        partes_json |= {n: {"erro": {"classe": type(e).__name__, "mensagem": e.mensagem}} for n, e in erros.items()}
        saida.escrever_json({"simulada": simular, "codigo": codigo, **partes_json})
    elif simular and feitas:
        escrever("Nada foi gravado: era uma simulação.", estilo="dim")
    return codigo


def rodar(nome: str) -> dict[str, Any]:
    """Roda um dos planejamentos, como um job pedido por quem está no terminal."""
    with pedido_por("cli", usuario_do_sistema()):
        return JOBS[nome]()


def _simular(nome: str, em_json: bool) -> dict[str, Any]:
    if nome == DEMANDA:
        demanda = calculo_demanda.simular_demanda()
        if not em_json:
            planejar_diferenca.mostrar_demanda(demanda)
        return demanda
    simulada = ordem_producao.simular_mto()
    if not em_json:
        planejar_diferenca.mostrar_mto(simulada)
    return {**ordem_producao.contar(simulada), **planejar_diferenca.em_dict(simulada)}


def mostrar(nome: str, f: Mapping[str, Any]) -> None:
    """O que um planejamento fez: as contagens do job, e `segundos`."""
    tempo = saida.duracao(f["segundos"])
    if nome == DEMANDA:
        escrever(f"{TITULOS[nome]}: {_plural(f['processados'], 'previsão', 'previsões')}, {_plural(f['mudadas'], 'mudada')}, em {tempo}.")
        return
    partes = [_plural(f["criadas"], "criada"), _plural(f["mudadas"], "mudada"), _plural(f["canceladas"], "cancelada")]
    escrever(f"{TITULOS[nome]}: {', '.join(partes)}; {_plural(f['ordens_abertas'], 'aberta')} ao todo, em {tempo}.")
    if f["avisos_abertos"] or f["avisos_fechados"]:
        novos, fechados = _plural(f["avisos_abertos"], "aviso novo", "avisos novos"), _plural(f["avisos_fechados"], "fechado")
        escrever(f"{novos}, {fechados}.", estilo="yellow" if f["avisos_abertos"] else None)


def _plural(n: int, um: str, muitos: str | None = None) -> str:
    return f"{inteiro(n)} {um if n == 1 else muitos or um + 's'}"
