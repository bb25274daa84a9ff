"""Os passos da vida de uma ordem: liberar, iniciar, concluir, cancelar, ajustar, replanejar. Cada um replaneja o que depende dele."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import click

from app.banco.migracao import motor_pronto
from app.comandos.entrada import ler_data, ler_numero, ler_quantidade, usuario
from app.comandos.saida import data, escrever, escrever_json, numero
from app.config import obter_config
from app.manufatura.jobs import vida_da_ordem
from app.manufatura.services import ordens
from app.manufatura.services.mto.rodada import Rodada
from app.manufatura.services.ordens import Autor, Mudou
from app.manufatura.services.planejamento.consumo import texto

ROTULOS = {
    "qtd_planejada": "quantidade",
    "inicio": "início",
    "fim": "fim",
    "expedicao": "expedição",
    "qtd_demanda": "quantidade do lote",
}
NUMERO = click.argument("numero_dado", metavar="NUMERO")
JSON = click.option("--json", "em_json", is_flag=True, help="O que mudou, em JSON.")


def _autor() -> Autor:
    return Autor(usuario(), "terminal")


@click.command("liberar")
@NUMERO
@click.option("--com-filhas", is_flag=True, help="Libera junto as filhas Planejadas, de todos os níveis.")
@click.option("--mesmo-assim", metavar="MOTIVO", help="Libera apesar do que falta; o motivo fica na auditoria.")
@JSON
def liberar(numero_dado: str, com_filhas: bool, mesmo_assim: str | None, em_json: bool) -> None:
    """Libera a ordem NUMERO: quantidade, datas e materiais dela deixam de mudar com a demanda.

    Recusa enquanto falta algo a comprar ou uma filha ainda é Planejada.
    """
    if mesmo_assim is not None and not mesmo_assim.strip():
        raise click.BadParameter("diga o motivo.", param_hint="--mesmo-assim")
    motor = motor_pronto(obter_config())
    feito = vida_da_ordem.liberar(motor, ler_numero(numero_dado), _autor(), com_filhas=com_filhas, mesmo_assim=mesmo_assim)
    _dizer(feito.passo, "Liberada", feito.rodada, em_json)


@click.command("iniciar")
@NUMERO
@JSON
def iniciar(numero_dado: str, em_json: bool) -> None:
    """Põe a ordem NUMERO, já Liberada, Em Produção, com o início de hoje."""
    feito = vida_da_ordem.iniciar(motor_pronto(obter_config()), ler_numero(numero_dado), _autor())
    _dizer(feito.passo, "Em Produção", feito.rodada, em_json)


@click.command("cancelar")
@NUMERO
@click.option("--motivo", help="Por quê; fica na auditoria.")
@JSON
def cancelar(numero_dado: str, motivo: str | None, em_json: bool) -> None:
    """Cancela a ordem NUMERO e as filhas Planejadas dela. A demanda fica sem ordem até `manufatura ordem replanejar NUMERO`."""
    n = ler_numero(numero_dado)
    motor = motor_pronto(obter_config())
    feito = vida_da_ordem.cancelar(motor, n, _autor(), motivo)
    _dizer(feito.passo, "Cancelada", feito.rodada, em_json)
    if em_json:
        return
    with motor.connect() as conexao:
        o = ordens.ler(conexao, n)
    if o["qtd_produzida"]:
        escrever(f"O que ela já produziu ({numero(o['qtd_produzida'])}) continua no estoque.", estilo="dim")
    if abertas := [op["nome"] for op in o["familia"] if not op["excluida"] and op["estado"] not in ("done", "cancel")]:
        escrever(f"No Odoo ela continua aberta ({', '.join(abertas)}): cancele-a lá também.", estilo="yellow")


@click.command("concluir")
@NUMERO
@click.option("--qtd", "qtd", metavar="QUANTIDADE", help="Quanto se produziu ao todo (padrão: a quantidade planejada).")
@JSON
def concluir(numero_dado: str, qtd: str | None, em_json: bool) -> None:
    """Conclui a ordem NUMERO que não tem OP no Odoo: lança a produção que falta apontar e o consumo dos materiais."""
    quanto = ler_quantidade(qtd) if qtd else None
    feito = vida_da_ordem.concluir(motor_pronto(obter_config()), ler_numero(numero_dado), _autor(), quanto)
    o = feito.passo
    if em_json:
        escrever_json(
            {
                "ordens": [_uma(o.ordem.numero_ordem, o.ordem.status, "Concluída")],
                "producao": texto(o.producao),
                "consumos": {codigo: texto(q) for codigo, q in o.consumos},
                "planejamento": _rodada(feito.rodada),
            }
        )
        return
    escrever(f"{o.ordem.numero_ordem}: {o.ordem.status} → Concluída, com {numero(o.ordem.produzida + o.producao)} de {o.ordem.produto}.")
    if o.producao:
        consumos_ditos = ", ".join(f"{numero(q)} de {codigo}" for codigo, q in o.consumos)
        escrever(f"Lançados: produção de {numero(o.producao)}" + (f"; consumo de {consumos_ditos}." if consumos_ditos else "."))
    _propagou(feito.rodada)


@click.command("ajustar")
@NUMERO
@click.option("--qtd", metavar="QUANTIDADE", help="A quantidade planejada nova.")
@click.option("--data", "entrega", metavar="DATA", help="A data de entrega nova (a expedição do lote); início e fim se contam dela.")
@click.option("--motivo", help="Por quê; fica na auditoria.")
@JSON
def ajustar(numero_dado: str, qtd: str | None, entrega: str | None, motivo: str | None, em_json: bool) -> None:
    """Muda a quantidade ou a data da ordem NUMERO, já firme; sem --qtd nem --data, ela toma as que a demanda pede agora.

    Os materiais seguem a quantidade, as filhas Planejadas são replanejadas, e o aviso de demanda alterada se fecha quando a ordem volta
    a ser o que a demanda pede.
    """
    feito = vida_da_ordem.ajustar(
        motor_pronto(obter_config()),
        ler_numero(numero_dado),
        _autor(),
        qtd=ler_quantidade(qtd) if qtd else None,
        entrega=ler_data(entrega) if entrega else None,
        motivo=motivo,
    )
    a = feito.passo
    if em_json:
        mudou = {campo: {"antes": antes, "depois": depois} for campo, (antes, depois) in a.mudou.items()}
        escrever_json({"numero_ordem": a.ordem.numero_ordem, "mudou": mudou, "planejamento": _rodada(feito.rodada)})
        return
    if not a.mudou:
        escrever(f"{a.ordem.numero_ordem}: já estava assim.")
        return
    partes = [f"{ROTULOS[c]} {_valor(c, antes)} → {_valor(c, depois)}" for c, (antes, depois) in a.mudou.items()]
    escrever(f"{a.ordem.numero_ordem}: {'; '.join(partes)}.")
    _propagou(feito.rodada)


@click.command("replanejar")
@NUMERO
@JSON
def replanejar(numero_dado: str, em_json: bool) -> None:
    """Solta a demanda que a ordem NUMERO, cancelada por alguém, ainda retém: o planejamento faz outra ordem para ela."""
    feito, nova = vida_da_ordem.replanejar(motor_pronto(obter_config()), ler_numero(numero_dado), _autor())
    antiga = feito.passo.numero_ordem
    if em_json:
        escrever_json({"numero_ordem": antiga, "nova": nova, "planejamento": _rodada(feito.rodada)})
        return
    escrever(
        f"{antiga}: a demanda está solta; {f'a ordem dela agora é a {nova}' if nova else 'ela não existe mais, e nenhuma ordem foi feita'}."
    )
    _propagou(feito.rodada)


COMANDOS = (liberar, iniciar, concluir, cancelar, ajustar, replanejar)


def _dizer(mudadas: Sequence[Mudou], para: str, rodada: Rodada, em_json: bool) -> None:
    if em_json:
        escrever_json({"ordens": [_uma(m.numero_ordem, m.de, para) for m in mudadas], "planejamento": _rodada(rodada)})
        return
    for m in mudadas:
        escrever(f"{m.numero_ordem}: {m.de} → {para}.")
    _propagou(rodada)


def _uma(numero_da_ordem: str, de: str, para: str) -> dict[str, str]:
    return {"numero_ordem": numero_da_ordem, "de": str(de), "para": para}


def _rodada(rodada: Rodada) -> Mapping[str, Any]:
    d = rodada.diferenca
    return {
        "criadas": len(d.criadas),
        "mudadas": len(d.mudadas),
        "canceladas": [e.numero_ordem for e, _ in d.canceladas],
        "avisos_abertos": d.avisos_abertos,
        "avisos_fechados": d.avisos_fechados,
    }


def _propagou(rodada: Rodada) -> None:
    """O que o planejamento mudou por causa do passo."""
    d = rodada.diferenca
    partes = [
        f"{len(lista)} {palavra}{'s' if len(lista) > 1 else ''}"
        for lista, palavra in ((d.criadas, "criada"), (d.mudadas, "mudada"), (d.canceladas, "cancelada"))
        if lista
    ]
    if partes:
        escrever(f"No planejamento: {', '.join(partes)}.", estilo="dim")


def _valor(campo: str, v: str | None) -> str:
    if v is None:
        return "—"
    return numero(Decimal(v)) if campo.startswith("qtd") else data(date.fromisoformat(v))
