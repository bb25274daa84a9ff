"""Posição de estoque: lida inteira a cada execução, já somada pelo Odoo por produto e empresa.

Fonte das regras: docs/dados.md (posicao_estoque): quants se fundem e somem, não há como lê-los aos poucos.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from app.banco.base import tabela
from app.banco.carga import copiar, mesclar
from app.manufatura.fontes import cursores, mestres, rejeicoes
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.espelhos import PRODUTO
from app.manufatura.fontes.rejeicoes import Rejeicao
from app.manufatura.models import PosicaoEstoque
from app.odoo.erros import RespostaInvalida
from app.odoo.incremental import Contagem, Lugar
from app.odoo.leitura import TamanhoPagina, ler_paginas, listar
from app.odoo.valores import ValorInvalido, decimal, m2o

NOME = "estoque"
MODELO = "stock.quant"
COLUNAS = ["odoo_produto_id", "empresa_id", "cod_produto", "qtd", "qtd_reservada"]
CHAVE = ["odoo_produto_id", "empresa_id"]
CHAVE_NO_ODOO = ["product_id", "company_id"]
SOMAS = ["quantity", "reserved_quantity"]


def importar(contexto: Contexto, desde: datetime | None = None) -> Contagem:
    """Lê a posição inteira e a guarda num só commit; o que o Odoo já não tem vira 0. `desde` não muda nada aqui."""
    contexto.capacidades.exigir(MODELO, "product_id", "company_id", "location_id", "quantity", "reserved_quantity")
    dominio = [["location_id.usage", "=", "internal"], *contexto.dominio_empresas()]
    try:
        grupos = contexto.cliente.agrupar(MODELO, dominio, CHAVE_NO_ODOO, SOMAS, contexto=contexto.contexto_odoo)
    except RespostaInvalida:
        grupos = _um_por_um(contexto, dominio)
    somas, rejeitadas = _somar(grupos)
    lidos = mestres.buscar_faltantes(contexto, {"produtos": (PRODUTO, {produto for produto, _ in somas})})
    contagem = Contagem(lidos=len(grupos), paginas=1, rejeitados=len(rejeitadas))
    with contexto.transacao() as conexao:
        for lido in lidos:
            mestres.guardar(conexao, contexto, lido)
        _gravar(conexao, somas, contagem, contexto, [r.odoo_id for r in rejeitadas])
        rejeicoes.anotar(conexao, NOME, "product.product", rejeitadas)
        fora = {r.odoo_id for r in rejeitadas}
        abertas = rejeicoes.pendentes(conexao, NOME, "product.product")
        rejeicoes.resolver(conexao, NOME, "product.product", [i for i in abertas if i not in fora])
        cursores.gravar(conexao, NOME, contexto.empresas, Lugar(cursor=contexto.cliente.hora_servidor))
    contexto.cerca.avancar(len(grupos), len(grupos))
    return contagem


def _um_por_um(contexto: Contexto, dominio: list[Any]) -> list[dict[str, Any]]:
    """Os quants sem agrupar nem nomes: no 14, por XML-RPC, um caractere de controle no nome de um produto estraga o grupo inteiro."""
    ids = [m.id for marcas in listar(contexto.cliente, MODELO, dominio, so_ids=True, contexto=contexto.contexto_odoo) for m in marcas]
    campos, tamanho = [*CHAVE_NO_ODOO, *SOMAS], contexto.tamanhos.setdefault(MODELO, TamanhoPagina())
    paginas = ler_paginas(contexto.cliente, MODELO, ids, campos, tamanho=tamanho, contexto=contexto.contexto_odoo)
    return [registro for pagina in paginas for registro in pagina.registros]


def _somar(grupos: list[dict[str, Any]]) -> tuple[dict[tuple[int, int], tuple[Decimal, Decimal]], list[Rejeicao]]:
    """Grupos do Odoo → (produto, empresa) → (saldo, reservado); o grupo cujo número não serve é rejeitado pelo produto."""
    somas: dict[tuple[int, int], tuple[Decimal, Decimal]] = {}
    rejeitadas = []
    for grupo in grupos:
        produto = m2o(grupo["product_id"])
        if produto is None:
            continue
        chave = (produto, m2o(grupo["company_id"]) or 0)
        try:
            qtd, reservada = decimal(grupo["quantity"]), decimal(grupo["reserved_quantity"])
        except ValorInvalido as erro:
            rejeitadas.append(Rejeicao(produto, f"saldo de estoque: {erro}"))
            continue
        antes = somas.get(chave, (Decimal(0), Decimal(0)))
        somas[chave] = (antes[0] + qtd, antes[1] + reservada)
    return somas, rejeitadas


def _gravar(
    conexao: Connection,
    somas: dict[tuple[int, int], tuple[Decimal, Decimal]],
    contagem: Contagem,
    contexto: Contexto,
    ilegiveis: list[int],
) -> None:
    destino = tabela(PosicaoEstoque)
    brutas = [c for c in COLUNAS if c != "cod_produto"]
    copiar(conexao, "carga_posicao", {c: destino.c[c].type for c in brutas}, [(*chave, *valores) for chave, valores in somas.items()])
    # O que estava guardado (das empresas lidas) e o Odoo não devolveu entra na mescla com saldo zero; o ilegível fica como estava.
    selecao = """
        SELECT f.odoo_produto_id, f.empresa_id, p.codigo AS cod_produto, trim_scale(round(f.qtd, 10)) AS qtd,
            trim_scale(round(f.qtd_reservada, 10)) AS qtd_reservada
        FROM (SELECT odoo_produto_id, empresa_id, qtd, qtd_reservada FROM carga_posicao
            UNION ALL
            SELECT e.odoo_produto_id, e.empresa_id, 0, 0 FROM posicao_estoque e
            WHERE (e.empresa_id = ANY(:empresas) OR e.empresa_id = 0) AND e.odoo_produto_id <> ALL(:ilegiveis) AND NOT EXISTS (
                SELECT 1 FROM carga_posicao c WHERE (c.odoo_produto_id, c.empresa_id) = (e.odoo_produto_id, e.empresa_id))) f
        LEFT JOIN odoo_produto p ON p.odoo_id = f.odoo_produto_id"""
    parametros = {"empresas": list(contexto.empresas), "ilegiveis": ilegiveis}
    feito = mesclar(conexao, destino, selecao, COLUNAS, CHAVE, parametros=parametros)
    contagem.novas, contagem.mudadas, contagem.iguais = feito.novas, feito.mudadas, feito.iguais
