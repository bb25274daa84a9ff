"""O que uma fonte muda nas tabelas das outras. Cada efeito é função de fatos guardados: feito duas vezes, dá o mesmo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from app.manufatura.fontes import familias, lead_time, movimentos
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
    lead_time.recalcular(conexao, _so(ligacoes, "produto"))


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
        lead_time.recalcular(conexao, _produtos(conexao, linhas))


# Que linhas guardadas citam um cadastro: (fonte, modelo do cadastro) → condição sobre a tabela da fonte.
_PRODUTO_DA_UNIDADE = "(SELECT odoo_id FROM odoo_produto WHERE unidade_id = ANY(:ids))"
_CITAM: dict[type[FonteLinhas], dict[str, str]] = {
    Pedidos: {
        "product.product": "odoo_produto_id = ANY(:ids)",
        "res.partner": "(odoo_contato_id = ANY(:ids) OR odoo_parceiro_id = ANY(:ids))",
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
        "uom.uom": f"fonte = 'entradas' AND (unidade_id = ANY(:ids) OR produto_id IN {_PRODUTO_DA_UNIDADE})",
    },
    MovimentosProducao: {
        "product.product": "fonte = 'apontamentos' AND produto_id = ANY(:ids)",
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
    if produtos or mudados.get("uom.uom"):
        unidades = {"produtos": produtos, "unidades": list(mudados.get("uom.uom", ()))}
        consulta = text(
            "SELECT m.odoo_id FROM odoo_movimento m LEFT JOIN odoo_produto p ON p.odoo_id = m.produto_id"
            " WHERE m.produto_id = ANY(:produtos) OR m.unidade_id = ANY(:unidades) OR p.unidade_id = ANY(:unidades)"
        )
        tocados = list(conexao.execute(consulta, unidades).scalars())
        movimentos.atualizar_movimentacao(conexao, tocados)
        familias.aplicar(conexao, familias.ordens_dos_movimentos(conexao, tocados), str(ctx.fuso))
    lead_time.recalcular(conexao, sorted(set(produtos) | _produtos_dos_parceiros(conexao, mudados.get("res.partner", ()))))
    return total


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
