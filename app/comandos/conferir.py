"""`manufatura conferir`: o que tem de ser verdade nos nossos dados e, com --odoo, se nada falta do Odoo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Engine

from app.banco.migracao import motor_pronto
from app.comandos import saida
from app.comandos.importar import valor
from app.comandos.rodada import ODOO, usuario_do_sistema
from app.comandos.saida import Coluna, escrever, inteiro
from app.config import Config, obter_config
from app.erros import ErroManufatura
from app.manufatura.fontes import sessao
from app.manufatura.jobs import reconciliacao
from app.manufatura.jobs.base_job import pedido_por, tentativa_atual
from app.manufatura.jobs.reconciliacao import Reconciliacao
from app.manufatura.services.conferencia.comparacao import Comparacao, Diferenca, Mes
from app.manufatura.services.conferencia.invariante import Resultado
from app.manufatura.services.conferencia.todos import conferir_tudo
from app.relogio import agora

DIFERE = 1
MAXIMO_DIFERENCAS, MAXIMO_LINHAS = 50, 10
PALAVRAS = {"falta": "falta aqui", "sobra": "sobra aqui", "difere": "difere"}


@click.command("conferir")
@click.option("--odoo", "com_odoo", is_flag=True, help="Compara com o Odoo: registros e somas, por fluxo e mês.")
@click.option("--corrigir", is_flag=True, help="Com --odoo: relê do Odoo o que difere e compara de novo.")
@click.option(
    "--sim", "confirmado", is_flag=True, help="Com --corrigir: aceita também o que sumiu do Odoo em massa (foi mesmo apagado lá)."
)
@click.option("--tudo", is_flag=True, help="Mostra também os meses que estão iguais.")
@click.option("--json", "em_json", is_flag=True, help="Um objeto em JSON, com todas as diferenças, e nada mais na saída.")
def comando(com_odoo: bool, corrigir: bool, confirmado: bool, tudo: bool, em_json: bool) -> int:
    """Confere os nossos dados e, com --odoo, se nada falta do Odoo. Sai com 1 se algo difere."""
    if corrigir and not com_odoo:
        raise click.UsageError("--corrigir relê do Odoo, e precisa de --odoo.")
    if confirmado and not corrigir:
        raise click.UsageError("--sim confirma o que --corrigir faz, e precisa dele.")
    try:
        config = obter_config()
        motor = motor_pronto(config)
        feita = _com_odoo(config, motor, corrigir, confirmado, em_json) if com_odoo else None
        with motor.connect() as conexao:
            resultados = conferir_tudo(conexao, config.scheduler_timezone, agora(), meses_abertos=config.demanda_meses_abertos)
    except ErroManufatura as erro:
        if not em_json:
            raise
        saida.escrever_json({"codigo": erro.codigo_saida, "erro": {"classe": type(erro).__name__, "mensagem": erro.mensagem}})
        return erro.codigo_saida
    codigo = _codigo(resultados, feita)
    if em_json:
        saida.escrever_json(_em_dict(resultados, feita, codigo))
        return codigo
    if feita is not None:
        mostrar_prova(feita, tudo)
    mostrar_invariantes(resultados)
    return codigo


def _com_odoo(config: Config, motor: Engine, corrigir: bool, confirmado: bool, em_json: bool) -> Reconciliacao:
    """A comparação; a que corrige grava, e por isso é registrada como uma execução do job."""
    feitas: list[Reconciliacao] = []

    def trabalho() -> Reconciliacao:
        with sessao.abrir(config, motor, agora(), cerca=tentativa_atual()) as contexto:
            if em_json:
                feitas.append(reconciliacao.reconciliar(contexto, corrigir=corrigir, confirmado=confirmado))
            else:
                with saida.andamento("Comparando com o Odoo") as andamento:
                    contagem: dict[str, int] = {}

                    def avancar(titulo: str, feitos: int) -> None:
                        contagem[titulo] = feitos
                        andamento.definir(sum(contagem.values()), texto=f"Comparando com o Odoo: {titulo}" if saida.no_terminal() else None)

                    feitas.append(reconciliacao.reconciliar(contexto, corrigir=corrigir, confirmado=confirmado, avancar=avancar))
                    andamento.definir(sum(contagem.values()), texto="Comparado com o Odoo")
        return feitas[0]

    if not corrigir:
        return trabalho()
    with pedido_por("cli", usuario_do_sistema()):
        reconciliacao.como_job(trabalho)
    return feitas[0]


def _codigo(resultados: Sequence[Resultado], feita: Reconciliacao | None) -> int:
    if feita is not None and any(c.erro for c in feita.final):
        return ODOO
    return DIFERE if any(not r.certo for r in resultados) or (feita is not None and not feita.igual) else 0


# --- com o Odoo -----------------------------------------------------------------------------------------------------------------


def mostrar_prova(feita: Reconciliacao, tudo: bool = False) -> None:
    """Por fluxo, o total dos dois lados; depois os meses que diferem (ou todos) e cada diferença."""
    if feita.corrigida:
        _mostrar_correcao(feita)
    if saida.no_terminal():
        escrever()
    saida.tabela(
        [
            Coluna("comparado"),
            *(Coluna(t, direita=True) for t in ("no Odoo", "aqui", "ignorados", "faltam", "sobram", "diferem")),
            Coluna("resultado"),
        ],
        [_linha_do_fluxo(c) for c in feita.final],
    )
    meses = [(c, m) for c in feita.final for _, m in sorted(c.meses.items()) if m.mes and (tudo or not m.igual)]
    if meses:
        saida.tabela(
            [
                Coluna("comparado"),
                Coluna("mês"),
                *(
                    Coluna(t, direita=True)
                    for t in ("no Odoo", "aqui", "soma no Odoo", "soma aqui", "ignorados", "faltam", "sobram", "diferem")
                ),
            ],
            [_linha_do_mes(c, m) for c, m in meses],
            titulo="Por mês" if tudo else "Meses que diferem",
        )
    for titulo, sumidos in feita.poupados.items():
        escrever(
            f"{titulo}: {inteiro(sumidos)} registros não aparecem mais no Odoo, e ficaram aqui como estavam. Se o usuário da integração"
            " perdeu uma permissão, devolva-a; se foram mesmo apagados, repita com --corrigir --sim.",
            estilo="yellow",
        )
    _mostrar_diferencas([d for c in feita.final for d in c.diferencas])
    for c in feita.final:
        if c.erro:
            escrever(f"{c.titulo}: não pude comparar. {c.erro}", estilo="red", erro=True)
    if feita.igual:
        escrever(
            f"Nada falta, nada sobra, nada difere: {inteiro(sum(c.registros for c in feita.final))} registros comparados.", estilo="green"
        )


def _mostrar_correcao(feita: Reconciliacao) -> None:
    quantas = sum(len(c.diferencas) for c in feita.achado)
    if not quantas:
        return
    c = feita.contagem
    escrever(
        f"{inteiro(quantas)} diferenças achadas; relido do Odoo: {inteiro(c.novas)} linhas novas, {inteiro(c.mudadas)} mudadas,"
        f" {inteiro(c.excluidas)} excluídas."
    )
    _mostrar_diferencas([d for c in feita.achado for d in c.diferencas], "Diferenças que havia")


def _linha_do_fluxo(c: Comparacao) -> list[object]:
    meses = c.meses.values()
    somas = [
        sum(getattr(m, campo) for m in meses) for campo in ("registros_la", "registros_aqui", "ignorados_la", "faltam", "sobram", "diferem")
    ]
    return [c.titulo, *map(inteiro, somas), "não comparado" if c.erro else "igual" if c.igual else "difere"]


def _linha_do_mes(c: Comparacao, m: Mes) -> list[object]:
    ano, mes = m.mes.split("-")
    somas = [saida.numero(round(m.soma_la, 3)), saida.numero(round(m.soma_aqui, 3))]
    contas = [inteiro(n) for n in (m.ignorados_la, m.faltam, m.sobram, m.diferem)]
    return [c.titulo, f"{mes}/{ano}", inteiro(m.registros_la), inteiro(m.registros_aqui), *somas, *contas]


def _mostrar_diferencas(diferencas: Sequence[Diferenca], titulo: str = "Diferenças") -> None:
    if not diferencas:
        return
    saida.tabela(
        [Coluna("modelo", discreta=True), Coluna("id no Odoo", direita=True), "documento", "o que há", "detalhe"],
        [[d.modelo, str(d.odoo_id), d.documento, PALAVRAS[d.tipo], _detalhe(d)] for d in diferencas[:MAXIMO_DIFERENCAS]],
        titulo=titulo,
    )
    if len(diferencas) > MAXIMO_DIFERENCAS:
        escrever(f"… e mais {inteiro(len(diferencas) - MAXIMO_DIFERENCAS)}; todas com --json.", estilo="dim")


def _detalhe(d: Diferenca) -> str:
    if d.motivo:
        return d.motivo
    if d.tipo == "difere":
        return f"{d.campo}: {valor(d.la)} no Odoo, {valor(d.aqui)} aqui"
    quantidade = d.la if d.tipo == "falta" else d.aqui
    return f"quantidade {valor(quantidade)}" if quantidade is not None else ""


# --- os nossos dados ------------------------------------------------------------------------------------------------------------


def mostrar_invariantes(resultados: Sequence[Resultado]) -> None:
    """O que não vale, com a explicação e as linhas; se tudo vale, uma frase."""
    errados = [r for r in resultados if not r.certo]
    for r in errados:
        escrever(f"✗ Não vale: {r.invariante.titulo.lower()} ({inteiro(r.total)} {'linha' if r.total == 1 else 'linhas'})", estilo="red")
        escrever(f"  {r.invariante.explicacao}")
        colunas = [Coluna(c) for c in r.linhas[0]]
        saida.tabela(colunas, [[_celula(v) for v in linha.values()] for linha in r.linhas[:MAXIMO_LINHAS]])
        if r.total > MAXIMO_LINHAS:
            escrever(f"  … e mais {inteiro(r.total - MAXIMO_LINHAS)}; com --json, até {inteiro(len(r.linhas))}.", estilo="dim")
    if errados:
        escrever(f"{len(resultados) - len(errados)} de {len(resultados)} conferências dos nossos dados estão certas.")
    else:
        escrever(f"Nossos dados: {len(resultados)} conferências, todas certas.", estilo="green")


def _celula(v: Any) -> str:
    return "" if v is None else v.isoformat(sep=" ") if isinstance(v, datetime) else valor(v)


def _em_dict(resultados: Sequence[Resultado], feita: Reconciliacao | None, codigo: int) -> Mapping[str, Any]:
    proprios = [
        {"nome": r.invariante.nome, "titulo": r.invariante.titulo, "certo": r.certo, "total": r.total, "linhas": list(r.linhas)}
        for r in resultados
    ]
    dados: dict[str, Any] = {"codigo": codigo, "invariantes": proprios}
    if feita is not None:
        dados["odoo"] = {
            **feita.como_dict(),
            "igual": feita.igual,
            "corrigida": feita.corrigida,
            "fluxos": [
                {
                    "fluxo": c.fluxo,
                    "titulo": c.titulo,
                    "modelo": c.modelo,
                    "igual": c.igual,
                    "erro": c.erro or None,
                    "meses": [m.como_dict() for _, m in sorted(c.meses.items())],
                    "diferencas": [asdict(d) for d in c.diferencas],
                }
                for c in feita.final
            ],
            "achadas": [asdict(d) for c in feita.achado for d in c.diferencas] if feita.corrigida else None,
        }
    return dados
