"""`manufatura ordem explicar`: por que cada número e cada data, pela conta que ficou guardada quando se planejou."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import click

from app.banco.migracao import motor_pronto
from app.comandos.entrada import ler_numero
from app.comandos.ordem_motivos import contas, destino, dia, porque_data, porque_quantidade
from app.comandos.saida import data, escrever, escrever_json, inteiro, numero
from app.config import obter_config
from app.erros import ErroManufatura
from app.manufatura.services import ordens_arvore

MAXIMO_ORDENS = 10


class MaterialDeOutra(ErroManufatura):
    """A ordem {ordem} não consome {material}. {consome}"""

    codigo_saida = 2


@click.command("explicar")
@click.argument("numero_dado", metavar="NUMERO")
@click.argument("material", required=False)
@click.option("--json", "em_json", is_flag=True, help="Os motivos guardados, em JSON.")
def explicar(numero_dado: str, material: str | None, em_json: bool) -> None:
    """Abre os motivos da ordem NUMERO: a quantidade, as datas e cada material; com MATERIAL, tudo sobre ele."""
    with motor_pronto(obter_config()).connect() as conexao:
        ordem = ordens_arvore.ler(conexao, ler_numero(numero_dado))
        escolhidos = _escolher(ordem, material.strip() if material else None)
        estoque = ordens_arvore.do_estoque(conexao, escolhidos[0]["cod_produto"]) if material else None
    if em_json:
        escrever_json(
            {
                "numero_ordem": ordem["numero_ordem"],
                "motivos": ordem["motivos"],
                "demanda": ordem["demanda"],
                "materiais": escolhidos,
                **({"estoque": estoque} if estoque is not None else {}),
            }
        )
        return
    if estoque is None:
        _da_ordem(ordem)
        return
    _do_material(ordem, escolhidos[0], estoque)


def _escolher(ordem: Mapping[str, Any], material: str | None) -> list[Mapping[str, Any]]:
    materiais: list[Mapping[str, Any]] = ordem["materiais"]
    if material is None:
        return materiais
    achados = [m for m in materiais if m["cod_produto"] == material]
    if not achados:
        codigos = ", ".join(m["cod_produto"] for m in materiais[:20])
        consome = f"Ela consome {codigos}." if codigos else "Ela não tem materiais."
        raise MaterialDeOutra(ordem=ordem["numero_ordem"], material=material, consome=consome)
    return achados


def _da_ordem(o: Mapping[str, Any]) -> None:
    escrever(f"{o['numero_ordem']} · {o['status']} · {o['cod_produto']} {o['nome_produto'] or ''}".rstrip(), estilo="bold")
    escrever(f"Quantidade: {porque_quantidade(o['motivos'].get('quantidade'))}.")
    _datas(o)
    for m in o["materiais"]:
        escrever(f"{m['cod_produto']} {m['nome_produto'] or ''}".rstrip(), estilo="bold")
        for conta in contas(m, o["cod_produto"], o["qtd_planejada"]):
            escrever(f"  {conta}")
        escrever(f"  {destino(m)}, até {dia(m['data_necessidade'])}")
    if o["materiais"]:
        escrever(f"Tudo sobre um material: `manufatura ordem explicar {o['numero_ordem']} CODIGO`.", estilo="dim")


def _datas(o: Mapping[str, Any]) -> None:
    motivo = o["motivos"].get("data")
    escrever(f"Início e fim: {data(o['data_inicio_prevista']) or '—'} a {data(o['data_fim_prevista']) or '—'}; {porque_data(motivo)}.")
    if motivo and motivo["pulados"]:
        escrever("  dias pulados: " + ", ".join(f"{dia(p['data'], False)} {p['motivo']}" for p in motivo["pulados"]))


def _do_material(o: Mapping[str, Any], m: Mapping[str, Any], estoque: Mapping[str, Any]) -> None:
    escrever(f"{m['cod_produto']} {m['nome_produto'] or ''} na {o['numero_ordem']} ({o['cod_produto']})", estilo="bold")
    unidade = f" {m['unidade']}" if m["unidade"] else ""
    escrever(f"Precisa de {numero(Decimal(m['qtd_necessaria']))}{unidade}:")
    for conta in contas(m, o["cod_produto"], o["qtd_planejada"]):
        escrever(f"  {conta}")
    if m["qtd_pendente"] != m["qtd_necessaria"]:
        escrever(
            f"Ainda precisa de {numero(Decimal(m['qtd_pendente']))}: já se produziu {numero(o['qtd_produzida'])} de"
            f" {numero(o['qtd_planejada'])} da ordem."
        )
    escrever(f"De onde vem: {destino(m)}.")
    for fonte in m["ordens"]:
        escrever(f"  {numero(Decimal(fonte['qtd']))} da {fonte['ordem']}, que não atende a lote nenhum e fica pronta a tempo")
    if m["filha"]:
        escrever(f"  o que se faz é da {m['filha']}")
    if Decimal(m["qtd_em_pedido"]):
        escrever(f"  em pedidos de compra abertos há {numero(Decimal(m['qtd_em_pedido']))} (mostrado, não descontado)")
    _do_estoque(estoque, o["numero_ordem"])
    nivel_proprio = any(c["em"] == o["cod_produto"] for c in m["caminhos"])
    de_quando = f"o início da {o['numero_ordem']}" if nivel_proprio else "o começo do que o consome, dentro da mesma ordem"
    escrever(f"Até {dia(m['data_necessidade'])}: {de_quando}.")
    _datas(o)


def _do_estoque(estoque: Mapping[str, Any], desta: str) -> None:
    if estoque["posicao"] is None:
        escrever("Estoque: o último planejamento não viu posição deste item.")
        return
    ordens = estoque["ordens"]
    quantas = {0: "que não se dá a nenhuma ordem.", 1: "dada a 1 ordem:"}.get(
        len(ordens), f"dada a {inteiro(len(ordens))} ordens, nesta sequência:"
    )
    escrever(f"Estoque: posição {numero(estoque['posicao'])}, {quantas}")
    for n, outra in enumerate(ordens):
        if n >= MAXIMO_ORDENS and outra["numero_ordem"] != desta:
            continue
        marca = " ← esta" if outra["numero_ordem"] == desta else ""
        quando = f", começa em {data(outra['data_inicio_prevista'])}" if outra["data_inicio_prevista"] else ""
        escrever(f"  {numero(outra['qtd'])} à {outra['numero_ordem']} ({outra['status']}{quando}){marca}")
    if len(ordens) > MAXIMO_ORDENS:
        escrever(f"  … {inteiro(len(ordens))} ao todo; com --json, todas.", estilo="dim")
