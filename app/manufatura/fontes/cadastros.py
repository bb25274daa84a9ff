"""Cadastros: produtos, parceiros, unidades, usuários e prazos de fornecedor espelhados, e o cadastro da fábrica que deles sai.

Fonte das regras: docs/dados.md (cadastro_palletizacao).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, delete, select, text

from app.banco.base import em, tabela
from app.manufatura.fontes import cadastro_fabrica, mestres, pendencias, rejeicoes
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.espelhos import LOCAL, MOEDA, PARCEIRO, PRECO, PRODUTO, REQUISICAO, UNIDADE, USUARIO, Espelho
from app.manufatura.fontes.fluxo_espelho import FluxoEspelho, FluxoProdutos
from app.manufatura.fontes.rejeicoes import Rejeicao
from app.manufatura.models import OdooPrecoFornecedor
from app.odoo.erros import AcessoNegado, ArgumentoInvalido, CampoAusente, ErroTerminal, MetodoAusente, ModeloAusente
from app.odoo.incremental import Contagem, Dominio, executar, ou
from app.odoo.leitura import listar

MAXIMO_POR_CHAMADA = 20_000
SO_CITADOS = (USUARIO, MOEDA, LOCAL, REQUISICAO)
"""Cadastros lidos só quando citados, sem fluxo próprio: aqui se tenta de novo o que deles foi rejeitado."""
SEM_ACESSO = (AcessoNegado, ModeloAusente, CampoAusente, MetodoAusente, ArgumentoInvalido)
O_MODELO_TODO = 0
"""O id com que se rejeita um modelo inteiro, que não se pôde ler."""


def importar(contexto: Contexto, desde: datetime | None = None) -> Contagem:
    """Põe os espelhos em dia e preenche cadastro_palletizacao; devolve a contagem dos espelhos.

    Produtos: todos, arquivados inclusive. Parceiros: os já citados por linhas importadas (os usuários, quem abre a sessão os lê).
    `desde` relê o período. O que as linhas guardadas tiram dos cadastros fica anotado em recalculo_pendente, página a página.
    Preços de fornecedor, estruturas ou rotas que não se podem ler não param o resto: ficam nas rejeições, pelo nome do modelo.
    """
    total = Contagem()
    for fluxo in (FluxoEspelho(contexto, UNIDADE), FluxoProdutos(contexto), FluxoEspelho(contexto, PARCEIRO, so_espelhados=True)):
        if not fluxo.so_espelhados or not fluxo.vazio():
            total.somar(executar(fluxo, contexto.cliente, contexto.pedido(desde)))
        else:
            total.somar(_tentar_de_novo(contexto, PARCEIRO))
    for espelho in SO_CITADOS:
        total.somar(_tentar_de_novo(contexto, espelho))
    with _parcial(contexto, PRECO.modelo, total):
        _precos(contexto, total, reler=desde is not None)
    produzidos, certos = _fabricados(contexto, total)
    with contexto.transacao() as conexao:
        _marcar_fabricados(conexao, produzidos, certos=certos)
        cadastro_fabrica.atualizar(conexao)
    return total


@contextmanager
def _parcial(contexto: Contexto, modelo: str, total: Contagem) -> Iterator[None]:
    """O que se faz aqui dentro pode falhar por falta de direito ou de módulo: conta-se como rejeitado o modelo todo, e segue-se."""
    erro: ErroTerminal | None = None
    try:
        yield
    except SEM_ACESSO as falha:
        erro = falha
        total.rejeitados += 1
        if not isinstance(falha, AcessoNegado):
            contexto.capacidades.esquecer()  # o esquema do Odoo mudou: o que se sabia dele não vale mais
    with contexto.transacao() as conexao:
        if erro is not None:
            rejeicoes.anotar(conexao, mestres.FONTE, modelo, [Rejeicao(O_MODELO_TODO, str(erro))])
        else:
            rejeicoes.resolver(conexao, mestres.FONTE, modelo, [O_MODELO_TODO])


def _tentar_de_novo(contexto: Contexto, espelho: Espelho) -> Contagem:
    """Lê outra vez os registros deste cadastro que foram rejeitados; sem nenhum, não faz nada."""
    with contexto.leitura() as conexao:
        ids = rejeicoes.pendentes(conexao, mestres.FONTE, espelho.modelo)
    if not ids:
        return Contagem()
    lidos = mestres.buscar_faltantes(contexto, {espelho.modelo: (espelho, ids)})
    contagem = Contagem(rejeitados=len(ids))
    with contexto.transacao() as conexao:
        for lido in lidos:
            feito, _ = mestres.guardar(conexao, contexto, lido)
            contagem.somar(Contagem(len(lido.registros), feito.novas, feito.mudadas, feito.iguais, paginas=1))
    contagem.rejeitados = len({i for lido in lidos for i in lido.faltaram()})
    return contagem


def _precos(contexto: Contexto, total: Contagem, *, reler: bool) -> None:
    """product.supplierinfo: lista-se inteiro (uma chamada), pois apagar um não deixa rastro; anota os prazos que mudam com isso."""
    if not contexto.capacidades.existe(PRECO.modelo):
        return
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
    for inicio in range(0, len(a_ler), MAXIMO_POR_CHAMADA):
        lidos = mestres.ler(contexto, PRECO, a_ler[inicio : inicio + MAXIMO_POR_CHAMADA])
        campo = PRECO.campos(contexto.capacidades)[0]
        parceiros = mestres.buscar_faltantes(contexto, {"parceiros": (PARCEIRO, [r[campo] for r in lidos.registros])})
        with contexto.transacao() as conexao:
            for faltante in [*parceiros, lidos]:
                feito, _ = mestres.guardar(conexao, contexto, faltante)
            antes = {guardados[r["id"]].modelo_id for r in lidos.registros if r["id"] in guardados}
            agora = {r["product_tmpl_id"] or None for r in lidos.registros}
            pendencias.marcar_prazos_dos_modelos(conexao, (m for m in antes | agora if m))
        parcial = Contagem(len(lidos.registros), feito.novas, feito.mudadas, feito.iguais, paginas=1)
        parcial.rejeitados = len(lidos.registros) + len(lidos.rejeicoes) - feito.total
        total.somar(parcial)
    sumidos = set(guardados) - vistos
    if sumidos:
        with contexto.transacao() as conexao:
            conexao.execute(delete(t).where(em(t.c.odoo_id, sumidos)))
            pendencias.marcar_prazos_dos_modelos(conexao, (m for i in sumidos if (m := guardados[i].modelo_id)))
        total.excluidas += len(sumidos)


def _igual(guardado: object, write_date: datetime | None) -> bool:
    escrita = getattr(guardado, "odoo_write_date", None)
    lido = getattr(guardado, "odoo_lido_em", None)
    return escrita is not None and lido is not None and escrita == write_date and (lido - escrita).total_seconds() > 2


ESTRUTURA: Dominio = [
    "|",
    ["variant_bom_ids.type", "=", "normal"],
    "&",
    ["product_tmpl_id.bom_ids.type", "=", "normal"],
    ["product_tmpl_id.bom_ids.product_id", "=", False],
]
ROTA: Dominio = [["product_tmpl_id.route_ids.rule_ids.action", "=", "manufacture"]]


def _fabricados(contexto: Contexto, total: Contagem) -> tuple[set[int], bool]:
    """Os produtos que a fábrica faz (têm estrutura normal, ou a rota de fabricação), e se se pôde saber de todos.

    Uma chamada; nenhuma sem o módulo mrp. Se ela falha por falta de direito, pergunta-se cada coisa à parte.
    """
    if not contexto.capacidades.existe("mrp.bom"):
        return set(), True
    try:
        ids = _produtos(contexto, ou(ESTRUTURA, ROTA))
    except SEM_ACESSO:
        ids = set()
    else:
        with contexto.transacao() as conexao:
            for modelo in ("mrp.bom", "stock.route"):
                rejeicoes.resolver(conexao, mestres.FONTE, modelo, [O_MODELO_TODO])
        return ids, True
    antes = total.rejeitados
    for modelo, dominio in (("mrp.bom", ESTRUTURA), ("stock.route", ROTA)):
        with _parcial(contexto, modelo, total):
            ids |= _produtos(contexto, dominio)
    return ids, total.rejeitados == antes


def _produtos(contexto: Contexto, dominio: Dominio) -> set[int]:
    ids: set[int] = set()
    for marcas in listar(contexto.cliente, PRODUTO.modelo, dominio, lote=200_000, so_ids=True, contexto={"active_test": False}):
        ids.update(m.id for m in marcas)
    return ids


def _marcar_fabricados(conexao: Connection, produzidos: set[int], *, certos: bool) -> None:
    """Com `certos`, quem não está na lista não é fabricado; sem, não se sabe, e fica como estava."""
    so_os_da_lista = "" if certos else " AND odoo_id = ANY(:ids)"
    conexao.execute(
        text(
            "UPDATE odoo_produto SET fabricado = (odoo_id = ANY(:ids)), atualizado_em = now()"  # noqa: S608 — texto fixo
            f" WHERE fabricado IS DISTINCT FROM (odoo_id = ANY(:ids)){so_os_da_lista}"
        ),
        {"ids": sorted(produzidos)},
    )
