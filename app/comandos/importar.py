"""`manufatura importar`: traz do Odoo o que mudou, agora e aqui."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import click
from sqlalchemy import Engine, text

from app.banco.migracao import motor_pronto
from app.comandos import rodada as rodadas
from app.comandos import saida
from app.comandos.rodada import Acompanhar, Rodada
from app.comandos.saida import Andamento, Coluna, escrever, inteiro
from app.config import obter_config
from app.erros import ErroManufatura
from app.manufatura.fontes.registro import FONTES
from app.manufatura.jobs import importacao
from app.manufatura.services import mudancas
from app.manufatura.services.mudancas import Mudanca, Mudancas

TUDO = "tudo"
CONTAS = {
    "novas": "novas",
    "mudadas": "mudadas",
    "iguais": "iguais",
    "excluidas": "excluídas",
    "rejeitados": "rejeitadas",
    "ignorados": "ignoradas",
    "chamadas": "chamadas",
}
LARGURA = max(len(f.titulo) for f in FONTES.values())


@click.command("importar")
@click.argument("fontes", nargs=-1, metavar="[FONTES]...", type=click.Choice([*FONTES, TUDO]))
@click.option("--simular", is_flag=True, help="Diz o que seria criado, mudado e rejeitado, e não grava nada.")
@click.option(
    "--desde",
    type=click.DateTime(["%d/%m/%Y", "%Y-%m-%d"]),
    metavar="DATA",
    help="Relê o que mudou desde o dia (dd/mm/aaaa ou aaaa-mm-dd).",
)
@click.option("--json", "em_json", is_flag=True, help="Um objeto em JSON, e nada mais na saída.")
def comando(fontes: Sequence[str], simular: bool, desde: datetime | None, em_json: bool) -> int:
    """Importa do Odoo agora, aqui: cadastros, requisicoes, pedidos, entradas, apontamentos, estoque, ou tudo (o padrão).

    Uma fonte que falha não impede as outras. Sai com 1 se algo foi rejeitado, 3 por erro do Odoo, 4 do banco, 5 se a mesma
    importação já está em curso.
    """
    nomes = [n for n in FONTES if not fontes or TUDO in fontes or n in fontes]
    dia = desde.date() if desde else None
    try:
        config = obter_config()
        motor = motor_pronto(config)
        acompanhar: Acompanhar = rodadas.calado if em_json else barra
        if simular:
            return _simulada(motor, nomes, dia, acompanhar, em_json)
        rodada = rodadas.importar(config, motor, nomes, acompanhar, desde=dia)
    except ErroManufatura as erro:
        if not em_json:
            raise
        saida.escrever_json({"codigo": erro.codigo_saida, "erro": {"classe": type(erro).__name__, "mensagem": erro.mensagem}})
        return erro.codigo_saida
    if em_json:
        saida.escrever_json(rodada.como_dict())
    elif (unico := rodada.erro_unico) is not None:
        raise unico
    else:
        mostrar(rodada)
        mostrar_rejeicoes(motor, nomes if rodada.rejeitados else [])
    return rodada.codigo


@contextmanager
def barra(titulo: str) -> Iterator[Andamento]:
    """A barra de uma fonte, com os títulos alinhados."""
    with saida.andamento(titulo.ljust(LARGURA) if saida.no_terminal() else titulo) as andamento:
        yield andamento


def mostrar(rodada: Rodada) -> None:
    """A tabela do que cada fonte fez e, de cada uma que falhou, o porquê."""
    direita = partial(Coluna, direita=True)
    contas = {c: t for c, t in CONTAS.items() if c != "excluidas" or any(f[c] for f in rodada.feitas.values()) or not saida.no_terminal()}
    colunas = [Coluna("fonte"), *map(direita, [*contas.values(), "tempo"]), Coluna("situação")]
    linhas = []
    for nome, fonte in FONTES.items():
        titulo = fonte.titulo.split()[0] if saida.no_terminal() else fonte.titulo
        if f := rodada.feitas.get(nome):
            numeros = [inteiro(f[c]) for c in contas]
            linhas.append([titulo, *numeros, saida.duracao(f["segundos"]), rodada.situacao(nome)])
        elif nome in rodada.erros:
            linhas.append([titulo, *[""] * (len(contas) + 1), rodada.situacao(nome)])
    if saida.no_terminal():
        escrever()
    saida.tabela(colunas, linhas)
    por_mensagem: dict[str, list[str]] = {}
    for nome, erro in rodada.erros.items():
        por_mensagem.setdefault(erro.mensagem, []).append(FONTES[nome].titulo)
    for mensagem, titulos in por_mensagem.items():
        escrever(f"{', '.join(titulos)}: {mensagem}", estilo="red", erro=True)
    o_que = "Nada foi gravado: era uma simulação. " if rodada.simulada else ""
    escrever(f"{o_que}{inteiro(rodada.chamadas)} chamadas ao Odoo, {saida.duracao(rodada.segundos)}.", estilo="dim")


REJEICOES = text("""
    SELECT regexp_replace(motivo, '(o produto|o pedido|a requisição) [0-9]+', '\\1') AS motivo, count(*) AS quantos,
        (array_agg(concat_ws(' ', odoo_modelo, nullif(odoo_id, 0)) ORDER BY odoo_id))[1:3] AS exemplos
    FROM rejeicao_integracao WHERE tipo = 'rejeitada' AND resolvida_em IS NULL AND fonte = ANY(:fontes)
    GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 8""")


def mostrar_rejeicoes(motor: Engine, nomes: Sequence[str]) -> None:
    """As rejeições abertas das fontes dadas, juntas por motivo, com os primeiros registros de cada."""
    if not nomes:
        return
    with motor.connect() as conexao:
        linhas = conexao.execute(REJEICOES, {"fontes": [*nomes, "requisicoes_oca"]}).all()
    if linhas:
        escrever("Rejeitados (entram sozinhos depois de corrigidos no Odoo):", estilo="yellow")
        saida.tabela(
            [Coluna("registros", direita=True), Coluna("motivo"), Coluna("por exemplo", discreta=True)],
            [[inteiro(r.quantos), r.motivo, ", ".join(r.exemplos)] for r in linhas],
        )


# --- simulação ------------------------------------------------------------------------------------------------------------------


def _simulada(motor: Engine, nomes: Sequence[str], desde: date | None, acompanhar: Acompanhar, em_json: bool) -> int:
    rodada, achadas = simular(motor, nomes, desde, acompanhar)
    if not em_json and (unico := rodada.erro_unico) is not None:
        raise unico
    if em_json:
        saida.escrever_json({**rodada.como_dict(), "mudancas": [mudancas_em_dict(m) for m in achadas]})
    else:
        mostrar(rodada)
        mostrar_mudancas(achadas)
    return rodada.codigo


def simular(
    motor: Engine, nomes: Sequence[str], desde: date | None, acompanhar: Acompanhar, exemplos: int = 5
) -> tuple[Rodada, list[Mudancas]]:
    """Importa numa transação que é desfeita; devolve o que cada fonte faria e o que mudaria em cada tabela, com exemplos."""
    with importacao.simulacao(motor) as contexto:
        rodada = rodadas.simular(contexto, nomes, acompanhar, desde=desde)
        assert contexto.simulada is not None
        return rodada, mudancas.da_transacao(contexto.simulada, motor, exemplos)


def mostrar_mudancas(achadas: Sequence[Mudancas]) -> None:
    """Por assunto, quantas linhas novas e mudadas, e exemplos: o novo com seus valores, o mudado com o antes e o depois."""
    if not achadas:
        escrever("Nada seria criado nem mudado.")
    for m in achadas:
        escrever(f"{m.assunto.titulo}: {contar(m)}", estilo="bold")
        for exemplo in m.exemplos:
            escrever(f"  {'+' if exemplo.nova else '~'} {exemplo.quem}: {descrever(exemplo)}", estilo="green" if exemplo.nova else "yellow")
        if (restam := m.novas + m.mudadas - len(m.exemplos)) > 0:
            escrever(f"  … e mais {inteiro(restam)}", estilo="dim")


def contar(m: Mudancas) -> str:
    """'3 novas, 1 mudada'."""
    partes = []
    if m.novas:
        partes.append(f"{inteiro(m.novas)} nova{'s' if m.novas > 1 else ''}")
    if m.mudadas:
        partes.append(f"{inteiro(m.mudadas)} mudada{'s' if m.mudadas > 1 else ''}")
    return ", ".join(partes)


def descrever(exemplo: Mudanca) -> str:
    """'qtd_recebida 0 → 7; confirmacao_pedido não → sim', ou os valores de uma linha nova."""
    if exemplo.nova:
        return ", ".join(f"{rotulo(c)} {valor(v)}" for c, v in exemplo.depois.items() if v is not None)
    return "; ".join(f"{rotulo(c)}: {valor(exemplo.antes[c])} → {valor(v)}" for c, v in exemplo.depois.items())


ROTULOS = {
    "qtd_produto_requisicao": "quantidade",
    "qtd_produto_pedido": "quantidade",
    "qtd_movimentacao": "quantidade",
    "qtd_recebida": "recebido",
    "qtd_produzida": "produzido",
    "qtd": "saldo",
    "qtd_reservada": "reservado",
    "preco_produto_pedido": "preço",
    "data_pedido_previsao": "previsto",
    "data_pedido_entrega": "entregue",
    "data_inicio_real": "início",
    "data_fim_real": "fim",
    "data_movimentacao": "data",
    "tipo_movimentacao": "tipo",
    "confirmacao_pedido": "confirmado",
    "status_odoo": "situação",
    "status": "situação",
    "raz_social": "fornecedor",
    "num_pedido": "pedido",
    "cod_produto": "código",
    "nome_produto": "nome",
    "produto_comprado": "comprado",
    "produto_produzido": "produzido aqui",
    "lead_time_historico": "prazo histórico",
    "lead_time_mediano": "prazo mediano",
    "lead_time_p90": "prazo p90",
    "ultimo_lead_time": "último prazo",
}
PALAVRAS = {
    "draft": "cotação",
    "sent": "cotação enviada",
    "to approve": "a aprovar",
    "purchase": "confirmado",
    "done": "encerrado",
    "cancel": "cancelado",
    "excluida": "excluído",
    "ENTRADA_COMPRA": "entrada de compra",
    "DEVOLUCAO_COMPRA": "devolução de compra",
    "PRODUCAO": "produção",
    "ESTORNO_PRODUCAO": "estorno de produção",
}


def rotulo(coluna: str) -> str:
    """O nome de uma coluna como uma pessoa o diz."""
    return ROTULOS.get(coluna, coluna.replace("_", " "))


def valor(v: Any) -> str:
    """Um valor como uma pessoa o escreve."""
    if v is None:
        return "(vazio)"
    if isinstance(v, bool):
        return "sim" if v else "não"
    if isinstance(v, Decimal):
        return saida.numero(v)
    if isinstance(v, datetime):
        return saida.data_hora(v, obter_config().scheduler_timezone)
    if isinstance(v, date):
        return saida.data(v)
    return PALAVRAS.get(str(v), str(v))


def mudancas_em_dict(m: Mudancas) -> dict[str, Any]:
    """As de um assunto, para o JSON."""
    exemplos = [{"quem": x.quem, "nova": x.nova, "antes": dict(x.antes), "depois": dict(x.depois)} for x in m.exemplos]
    return {"tabela": m.assunto.tabela.name, "novas": m.novas, "mudadas": m.mudadas, "exemplos": exemplos}
