"""Cadastros: produtos, parceiros, unidades, usuários e prazos de fornecedor espelhados, e o cadastro da fábrica que deles sai.

Fonte das regras: odoo.md (cadastros) e dados.md (cadastro_palletizacao, identidade e códigos).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, text

from app.banco.base import tabela
from app.manufatura.fontes import cadastro_fabrica, efeitos, lead_time, mestres, rejeicoes
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.espelhos import PARCEIRO, PRECO, PRODUTO, UNIDADE
from app.manufatura.fontes.fluxo_espelho import FluxoEspelho, FluxoProdutos
from app.manufatura.models import OdooPrecoFornecedor
from app.odoo.incremental import Contagem, executar
from app.odoo.leitura import listar

MAXIMO_POR_CHAMADA = 20_000


def importar(contexto: Contexto, desde: datetime | None = None) -> Contagem:
    """Põe os espelhos em dia, recalcula o que os cita e preenche cadastro_palletizacao; devolve a contagem dos espelhos.

    Produtos: todos, arquivados inclusive. Parceiros e usuários: os já citados por linhas importadas. `desde` relê o período.
    """
    total = Contagem()
    mudados: dict[str, Sequence[int]] = {}
    fluxos: list[FluxoEspelho] = [
        FluxoEspelho(contexto, UNIDADE),
        FluxoProdutos(contexto),
        FluxoEspelho(contexto, PARCEIRO, so_espelhados=True),
    ]
    for fluxo in fluxos:
        if fluxo.so_espelhados and fluxo.vazio():
            continue
        total.somar(executar(fluxo, contexto.cliente, contexto.pedido(desde)))
        if fluxo.mudados:
            mudados[fluxo.modelo] = sorted(fluxo.mudados)
    modelos_com_prazo_novo = _precos(contexto, total, reler=desde is not None)
    produzidos = _fabricados(contexto)
    with contexto.transacao() as conexao:
        if mudados:
            efeitos.de_cadastros(conexao, contexto, mudados)
        if modelos_com_prazo_novo:
            consulta = text("SELECT odoo_id FROM odoo_produto WHERE modelo_id = ANY(:ids)")
            lead_time.recalcular(conexao, list(conexao.execute(consulta, {"ids": modelos_com_prazo_novo}).scalars()))
        _marcar_fabricados(conexao, produzidos)
        cadastro_fabrica.atualizar(conexao)
    return total


def _precos(contexto: Contexto, total: Contagem, *, reler: bool) -> list[int]:
    """product.supplierinfo: lista-se inteiro (uma chamada), pois apagar um não deixa rastro; devolve os templates mexidos."""
    if not contexto.capacidades.existe(PRECO.modelo):
        return []
    t = tabela(OdooPrecoFornecedor)
    with contexto.leitura() as conexao:
        guardados = {r.odoo_id: r for r in conexao.execute(select(t.c.odoo_id, t.c.odoo_write_date, t.c.odoo_lido_em, t.c.modelo_id))}
        pendentes = set(rejeicoes.pendentes(conexao, mestres.FONTE, PRECO.modelo))
    vistos: set[int] = set()
    a_ler: list[int] = []
    dominio = contexto.dominio_empresas(aceita_vazio=True)
    for marcas in listar(
        contexto.cliente, PRECO.modelo, dominio, lote=MAXIMO_POR_CHAMADA, so_ids=not guardados, contexto=contexto.contexto_odoo
    ):
        vistos.update(m.id for m in marcas)
        a_ler += [m.id for m in marcas if reler or m.id in pendentes or not _igual(guardados.get(m.id), m.write_date)]
    mexidos: set[int] = set()
    for inicio in range(0, len(a_ler), MAXIMO_POR_CHAMADA):
        lidos = mestres.ler(contexto, PRECO, a_ler[inicio : inicio + MAXIMO_POR_CHAMADA])
        campo = PRECO.campos(contexto.capacidades)[0]
        parceiros = mestres.buscar_faltantes(contexto, {"parceiros": (PARCEIRO, [r[campo] for r in lidos.registros])})
        with contexto.transacao() as conexao:
            for faltante in [*parceiros, lidos]:
                feito, _ = mestres.guardar(conexao, contexto, faltante)
        mexidos |= {r["product_tmpl_id"] for r in lidos.registros if r["product_tmpl_id"]}
        parcial = Contagem(len(lidos.registros), feito.novas, feito.mudadas, feito.iguais, paginas=1)
        parcial.rejeitados = len(lidos.registros) + len(lidos.rejeicoes) - feito.total
        total.somar(parcial)
    sumidos = set(guardados) - vistos
    if sumidos:
        with contexto.transacao() as conexao:
            conexao.execute(delete(t).where(t.c.odoo_id.in_(sumidos)))
        total.excluidas += len(sumidos)
        mexidos |= {guardados[i].modelo_id for i in sumidos}
    return sorted(m for m in mexidos if m)


def _igual(guardado: object, write_date: datetime | None) -> bool:
    escrita = getattr(guardado, "odoo_write_date", None)
    lido = getattr(guardado, "odoo_lido_em", None)
    return escrita is not None and lido is not None and escrita == write_date and (lido - escrita).total_seconds() > 2


def _fabricados(contexto: Contexto) -> set[int]:
    """Os produtos que a fábrica faz: têm estrutura normal, ou a rota de fabricação. Uma chamada; nenhuma sem o módulo mrp."""
    if not contexto.capacidades.existe("mrp.bom"):
        return set()
    dominio = [
        "|",
        "|",
        ["variant_bom_ids.type", "=", "normal"],
        "&",
        ["product_tmpl_id.bom_ids.type", "=", "normal"],
        ["product_tmpl_id.bom_ids.product_id", "=", False],
        ["product_tmpl_id.route_ids.rule_ids.action", "=", "manufacture"],
    ]
    ids: set[int] = set()
    for marcas in listar(contexto.cliente, PRODUTO.modelo, dominio, lote=200_000, so_ids=True, contexto={"active_test": False}):
        ids.update(m.id for m in marcas)
    return ids


def _marcar_fabricados(conexao: Connection, produzidos: set[int]) -> None:
    conexao.execute(
        text(
            "UPDATE odoo_produto SET fabricado = (odoo_id = ANY(:ids)), atualizado_em = now()"
            " WHERE fabricado IS DISTINCT FROM (odoo_id = ANY(:ids))"
        ),
        {"ids": sorted(produzidos)},
    )
