"""Percorre os lados e compara: em faixas de id, com memória que não cresce com a tabela."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import text

from app.manufatura.fontes import cursores
from app.manufatura.fontes.completude.cadastros import LadoParceiros, LadoPrazos, LadoProdutos
from app.manufatura.fontes.completude.compras import LadoPedidos, LadoRequisicoes, LadoRequisicoesOca
from app.manufatura.fontes.completude.entradas import LadoEntradas
from app.manufatura.fontes.completude.inteiros import LadoApontamentos, LadoEstoque, LadoInteiro
from app.manufatura.fontes.completude.lado import Lado
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.services.conferencia.comparacao import Comparacao, Diferenca, Registro
from app.odoo.erros import CredenciaisRecusadas, ErroTerminal
from app.odoo.incremental import e
from app.odoo.leitura import TamanhoPagina, ler_paginas

LADOS: tuple[type[Lado], ...] = (
    LadoProdutos,
    LadoParceiros,
    LadoPrazos,
    LadoRequisicoes,
    LadoRequisicoesOca,
    LadoPedidos,
    LadoEntradas,
    LadoApontamentos,
    LadoEstoque,
)
LOTE = 20_000
Avanco = Callable[[str, int], None]
"""Avisado a cada página: (título do que se compara, registros já comparados)."""


@dataclass(frozen=True)
class Alcance:
    """Até onde comparar. `desde`: data local; None é tudo o que se importa. `completo`: também o que está guardado e já saiu do
    alcance (fechado e antigo) é relido; senão, dele só se procura o que foi apagado no Odoo."""

    desde: date | None = None
    completo: bool = True


def comparar(
    contexto: Contexto, alcance: Alcance | None = None, *, modelos: Iterable[str] | None = None, avancar: Avanco | None = None
) -> list[Comparacao]:
    """Compara o que o Odoo tem com o que está guardado, em todos os lados (ou só nos `modelos` dados); só lê.

    Um modelo que este Odoo não tem fica fora; o que o usuário não pode ler vem com `erro`, e os outros seguem. Erros: os
    transitórios e os de entrada de app/odoo/erros.py, e os de app/banco/erros.py.
    """
    alcance = alcance or Alcance()
    avancar = avancar or (lambda titulo, feitos: None)
    pedidos = None if modelos is None else set(modelos)
    resultado = []
    for classe in LADOS:
        lado = classe(contexto)
        comparacao = Comparacao(lado.fluxo, lado.titulo, lado.modelo)
        try:
            if (pedidos is not None and lado.modelo not in pedidos) or not lado.existe():
                continue
            avancar(lado.titulo, 0)
            if isinstance(lado, LadoInteiro):
                _anotar(lado, comparacao, comparacao.comparar(*lado.ler()))
            else:
                _por_faixas(lado, comparacao, alcance, avancar)
        except ErroTerminal as erro:
            if isinstance(erro, CredenciaisRecusadas):
                raise
            comparacao.erro = erro.mensagem
        avancar(lado.titulo, comparacao.registros)
        resultado.append(comparacao)
    return resultado


def _por_faixas(lado: Lado, comparacao: Comparacao, alcance: Alcance, avancar: Avanco) -> None:
    dominio = lado.dominio(_corte(lado, alcance))
    apos = 0
    while True:
        ids, ate, aqui = _faixa(lado, dominio, apos)
        la = _ler(lado, ids)
        sobras = sorted(aqui.keys() - la.keys())
        if sobras:
            vivas = _vivas(lado, sobras)
            if alcance.completo:
                la |= _ler(lado, sorted(vivas))
            for i in sobras:
                # Cadastro apagado no Odoo e já inativo aqui está certo; o que só saiu do alcance não é sobra.
                if (i in vivas and i not in la) or (i not in vivas and aqui[i].campos.get("ativo") is False):
                    del aqui[i]
        lado.conciliar(la, aqui)
        _anotar(lado, comparacao, comparacao.comparar(la, aqui))
        avancar(lado.titulo, comparacao.registros)
        if ate is None:
            return
        apos = ate


def _faixa(lado: Lado, dominio: list[object], apos: int) -> tuple[list[int], int | None, dict[int, Registro]]:
    """Os próximos ids do Odoo, o fim da faixa (None: a última) e o que está guardado nela."""
    cliente, ctx = lado.ctx.cliente, lado.ctx
    if lado.parcial:
        with ctx.leitura() as conexao:
            aqui = lado.daqui(conexao, apos, None)
        ate = max(aqui) if len(aqui) == LOTE else None
        return sorted(_vivas(lado, sorted(aqui))), ate, aqui
    ids = cliente.buscar(lado.modelo, e([["id", ">", apos]], dominio), limite=LOTE, contexto=ctx.contexto_odoo)
    ate = ids[-1] if len(ids) == LOTE else None
    with ctx.leitura() as conexao:
        return ids, ate, lado.daqui(conexao, apos, ate)


def _ler(lado: Lado, ids: Sequence[int]) -> dict[int, Registro]:
    if not ids:
        return {}
    tamanho = lado.ctx.tamanhos.setdefault(f"conferir {lado.modelo}", TamanhoPagina(LOTE))
    lidos: dict[int, Registro] = {}
    for pagina in ler_paginas(lado.ctx.cliente, lado.modelo, ids, lado.campos(), tamanho=tamanho, contexto=lado.ctx.contexto_odoo):
        if pagina.registros:
            lidos |= lado.do_odoo(pagina.registros)
        lidos |= {i: Registro(i, f"#{i}") for i, _motivo in pagina.rejeitados}
    return lidos


def _vivas(lado: Lado, ids: Sequence[int]) -> set[int]:
    """Destes ids, os que o Odoo ainda tem."""
    achados: set[int] = set()
    for inicio in range(0, len(ids), LOTE):
        lote = ids[inicio : inicio + LOTE]
        achados.update(lado.ctx.cliente.buscar(lado.modelo, [["id", "in", lote]], contexto=lado.ctx.contexto_odoo))
    return achados


def _corte(lado: Lado, alcance: Alcance) -> date:
    """O corte do histórico guardado na primeira importação do fluxo, ou um mais recente se só se quer o fim."""
    with lado.ctx.leitura() as conexao:
        guardado = cursores.ler(conexao, lado.fluxo, lado.ctx.empresas).corte or lado.ctx.corte
    return max(guardado, alcance.desde) if alcance.desde else guardado


def _anotar(lado: Lado, comparacao: Comparacao, novas: Sequence[Diferenca]) -> None:
    """Dá nome ao documento do que falta, e o motivo ao que foi rejeitado."""
    faltas = [d for d in novas if d.tipo == "falta"]
    if not faltas:
        return
    nomes = lado.nomes({d.documento_id for d in faltas if d.documento_id and not d.documento})
    consulta = text(
        "SELECT odoo_id, motivo FROM rejeicao_integracao WHERE odoo_modelo = :modelo AND odoo_id = ANY(:ids)"
        " AND tipo = 'rejeitada' AND resolvida_em IS NULL"
    )
    with lado.ctx.leitura() as conexao:
        motivos = {r[0]: r[1] for r in conexao.execute(consulta, {"modelo": lado.modelo, "ids": [d.odoo_id for d in faltas]})}
    trocadas = {
        id(d): replace(
            d,
            documento=d.documento or nomes.get(d.documento_id or 0, f"#{d.odoo_id}"),
            motivo=f"rejeitada: {motivos[d.odoo_id]}" if d.odoo_id in motivos else "",
        )
        for d in faltas
    }
    inicio = len(comparacao.diferencas) - len(novas)
    comparacao.diferencas[inicio:] = [trocadas.get(id(d), d) for d in novas]
