"""O que uma fonte muda nas tabelas das outras. Cada efeito é função de fatos guardados: feito duas vezes, dá o mesmo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from app.manufatura.fontes import familias, lead_time, movimentos, pendencias
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.entradas import Entradas
from app.manufatura.fontes.linhas import FonteLinhas, Ligacoes
from app.manufatura.fontes.movimentos_producao import MovimentosProducao
from app.manufatura.fontes.pedidos import Pedidos
from app.manufatura.fontes.requisicoes import Requisicoes, RequisicoesOca


def de_pedidos(conexao: Connection, ctx: Contexto, ids: Sequence[int], antes: Ligacoes) -> None:
    """Depois de linhas de pedido: o status das requisições que elas atendem ou atendiam, e o que já se recebeu delas."""
    ligacoes = antes | Pedidos(ctx).fotografar(conexao, ids)
    if documentos := _so(ligacoes, "requisicao"):
        Requisicoes(ctx).recalcular(conexao, "odoo_documento_id = ANY(:docs)", {"docs": documentos})
    if solicitacoes := _so(ligacoes, "solicitacao"):
        RequisicoesOca(ctx).recalcular(conexao, "odoo_id = ANY(:linhas)", {"linhas": solicitacoes})
    consulta = text("SELECT odoo_id FROM odoo_movimento WHERE linha_pedido_id = ANY(:ids)")
    movimentos.atualizar_movimentacao(conexao, list(conexao.execute(consulta, {"ids": list(ids)}).scalars()))
    pendencias.marcar(conexao, pendencias.PRAZO, _so(ligacoes, "produto"))


def de_requisicoes(conexao: Connection, ctx: Contexto, ids: Sequence[int], antes: Ligacoes) -> None:
    """Depois de linhas de requisição: o número dela (que o Odoo só dá ao confirmar) nos pedidos que a citam."""
    renomeadas = text("""
        UPDATE odoo_requisicao q SET nome = r.num_requisicao, atualizado_em = now() FROM (
            SELECT DISTINCT odoo_documento_id, num_requisicao FROM requisicao_compras
            WHERE odoo_modelo = 'purchase.requisition.line' AND odoo_id = ANY(:ids)) r
        WHERE q.odoo_id = r.odoo_documento_id AND q.nome IS DISTINCT FROM r.num_requisicao RETURNING q.odoo_id""")
    documentos = list(conexao.execute(renomeadas, {"ids": list(ids)}).scalars())
    if documentos:
        Pedidos(ctx).recalcular(conexao, "odoo_requisicao_id = ANY(:docs)", {"docs": documentos})


def de_requisicoes_oca(conexao: Connection, ctx: Contexto, ids: Sequence[int], antes: Ligacoes) -> None:
    """Depois de linhas de solicitação da OCA: o número da requisição nos pedidos que as atendem."""
    Pedidos(ctx).recalcular(conexao, "odoo_linhas_solicitacao && CAST(:ids AS bigint[])", {"ids": list(ids)})


def de_entradas(conexao: Connection, ctx: Contexto, ids: Sequence[int], antes: Ligacoes) -> None:
    """Depois de movimentos: o pedido (recebido, entrega, confirmação), o estoque e o prazo do fornecedor, nesta ordem."""
    linhas = _so(antes | Entradas(ctx).fotografar(conexao, ids), "linha")
    if linhas:
        Pedidos(ctx).recalcular(conexao, "odoo_id = ANY(:linhas)", {"linhas": linhas})
    movimentos.atualizar_movimentacao(conexao, ids)
    if linhas:
        pendencias.marcar(conexao, pendencias.PRAZO, _produtos(conexao, linhas))


# Que linhas guardadas citam um cadastro: (fonte, modelo do cadastro) → condição sobre a tabela da fonte.
_PRODUTO_DA_UNIDADE = "(SELECT odoo_id FROM odoo_produto WHERE unidade_id = ANY(:ids))"
_CONTATOS = "(SELECT odoo_id FROM odoo_parceiro WHERE comercial_id = ANY(:ids))"
_CITAM: dict[type[FonteLinhas], dict[str, str]] = {
    Pedidos: {
        "product.product": "odoo_produto_id = ANY(:ids)",
        "res.partner": f"(odoo_contato_id = ANY(:ids) OR odoo_parceiro_id = ANY(:ids) OR odoo_contato_id IN {_CONTATOS})",
        "res.currency": "odoo_moeda_id = ANY(:ids)",
        "purchase.requisition": "odoo_requisicao_id = ANY(:ids)",
        "uom.uom": f"(odoo_unidade_id = ANY(:ids) OR odoo_produto_id IN {_PRODUTO_DA_UNIDADE})",
    },
    Requisicoes: {
        "product.product": "odoo_produto_id = ANY(:ids)",
        "res.users": "odoo_usuario_id = ANY(:ids)",
        "uom.uom": f"(odoo_unidade_id = ANY(:ids) OR odoo_produto_id IN {_PRODUTO_DA_UNIDADE})",
    },
    RequisicoesOca: {
        "product.product": "odoo_produto_id = ANY(:ids)",
        "res.users": "odoo_usuario_id = ANY(:ids)",
        "uom.uom": f"(odoo_unidade_id = ANY(:ids) OR odoo_produto_id IN {_PRODUTO_DA_UNIDADE})",
    },
    Entradas: {
        "product.product": "fonte = 'entradas' AND produto_id = ANY(:ids)",
        "stock.location": "fonte = 'entradas' AND (origem_id = ANY(:ids) OR destino_id = ANY(:ids))",
        "uom.uom": f"fonte = 'entradas' AND (unidade_id = ANY(:ids) OR produto_id IN {_PRODUTO_DA_UNIDADE})",
    },
    MovimentosProducao: {
        "product.product": "fonte = 'apontamentos' AND produto_id = ANY(:ids)",
        "stock.location": "fonte = 'apontamentos' AND (origem_id = ANY(:ids) OR destino_id = ANY(:ids))",
        "uom.uom": f"fonte = 'apontamentos' AND (unidade_id = ANY(:ids) OR produto_id IN {_PRODUTO_DA_UNIDADE})",
    },
}


def de_cadastros(conexao: Connection, ctx: Contexto, mudados: Mapping[str, Sequence[int]]) -> int:
    """Depois de cadastros mudados (modelo do Odoo → ids): recalcula as linhas que os citam; devolve quantas mudaram."""
    total = 0
    for classe, condicoes in _CITAM.items():
        fonte = classe(ctx)
        for modelo, onde in condicoes.items():
            if mudados.get(modelo):
                total += fonte.recalcular(conexao, onde, {"ids": list(mudados[modelo])})
    produtos = list(mudados.get("product.product", ()))
    unidades, locais = list(mudados.get("uom.uom", ())), list(mudados.get("stock.location", ()))
    if produtos or unidades or locais:
        consulta = text(
            "SELECT m.odoo_id FROM odoo_movimento m LEFT JOIN odoo_produto p ON p.odoo_id = m.produto_id"
            " WHERE m.produto_id = ANY(:produtos) OR m.unidade_id = ANY(:unidades) OR p.unidade_id = ANY(:unidades)"
            " OR m.origem_id = ANY(:locais) OR m.destino_id = ANY(:locais)"
        )
        tocados = list(conexao.execute(consulta, {"produtos": produtos, "unidades": unidades, "locais": locais}).scalars())
        movimentos.atualizar_movimentacao(conexao, tocados)
        familias.aplicar(conexao, familias.ordens_dos_movimentos(conexao, tocados), str(ctx.fuso))
    pendencias.marcar(conexao, pendencias.PRAZO, {*produtos, *_produtos_dos_parceiros(conexao, mudados.get("res.partner", ()))})
    return total


LOTE = 2_000
"""Ids recalculados por transação."""


def aplicar_pendentes(ctx: Contexto) -> None:
    """Recalcula o que os commits de importação deixaram anotado, e apaga as anotações; sem nenhuma, é uma consulta.

    Cada lote é uma transação, e as anotações só saem depois de todos: uma queda no meio repete trabalho, nunca o perde.
    """
    feitas: set[int] = set()
    while True:
        with ctx.leitura() as conexao:
            abertas = pendencias.abertas(conexao, feitas)
        if not abertas:
            return
        # Os cadastros primeiro: deles saem prazos a recalcular, que assim se recalculam uma vez só.
        vez = [p for p in abertas if p.tipo != pendencias.PRAZO] or abertas
        for tipo in sorted({p.tipo for p in vez}):
            ids = sorted({i for p in vez if p.tipo == tipo for i in p.ids})
            for inicio in range(0, len(ids), LOTE):
                with ctx.transacao() as conexao:
                    _recalcular(conexao, ctx, tipo, ids[inicio : inicio + LOTE])
        feitas |= {p.linha for p in vez}
        if ctx.simulada is None:  # numa simulação nada se apaga: as linhas apagadas ficariam presas até o fim dela
            with ctx.transacao() as conexao:
                pendencias.apagar(conexao, vez)


def _recalcular(conexao: Connection, ctx: Contexto, tipo: str, ids: Sequence[int]) -> None:
    if ctx.simulada is None:
        pendencias.um_por_vez(conexao)
    if tipo == pendencias.PRAZO:
        lead_time.recalcular(conexao, ids)
    else:
        de_cadastros(conexao, ctx, {tipo: ids})


def _so(ligacoes: Ligacoes, o_que: str) -> list[int]:
    """Os ids de um tipo de ligação, em ordem."""
    return sorted(i for nome, i in ligacoes if nome == o_que)


def _produtos(conexao: Connection, linhas: Sequence[int]) -> list[int]:
    consulta = text(
        "SELECT DISTINCT odoo_produto_id FROM pedido_compras WHERE odoo_modelo = 'purchase.order.line' AND odoo_id = ANY(:linhas)"
    )
    return list(conexao.execute(consulta, {"linhas": list(linhas)}).scalars())


def _produtos_dos_parceiros(conexao: Connection, parceiros: Sequence[int]) -> set[int]:
    """Os produtos cujo prazo depende destes parceiros: por pedidos (com eles ou com contatos deles) e por preços de fornecedor."""
    if not parceiros:
        return set()
    consulta = text("""
        SELECT odoo_produto_id FROM pedido_compras WHERE (odoo_contato_id = ANY(:ids) OR odoo_parceiro_id = ANY(:ids))
            AND data_pedido_entrega IS NOT NULL AND odoo_produto_id IS NOT NULL
        UNION SELECT odoo_produto_id FROM lead_time_fornecedor WHERE odoo_parceiro_id = ANY(:ids)
        UNION SELECT p.odoo_id FROM odoo_produto p JOIN odoo_preco_fornecedor s ON s.modelo_id = p.modelo_id
            WHERE s.parceiro_id = ANY(:ids)""")
    return set(conexao.execute(consulta, {"ids": list(parceiros)}).scalars())
