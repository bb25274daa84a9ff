"""Relê do Odoo só o que a prova de completude achou diferente, pelo caminho da própria importação."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import text

from app.banco.base import em, tabela
from app.manufatura.fontes import cadastro_fabrica, efeitos, estoque, mestres, movimentos, pendencias
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.entradas import Entradas
from app.manufatura.fontes.espelhos import PARCEIRO, PRECO, PRODUTO, Espelho
from app.manufatura.fontes.pedidos import Pedidos
from app.manufatura.fontes.requisicoes import Requisicoes, RequisicoesOca
from app.manufatura.models import OdooPrecoFornecedor
from app.manufatura.services.conferencia.comparacao import Comparacao
from app.odoo.incremental import Contagem, reler

LOTE = 20_000


def corrigir(contexto: Contexto, comparacao: Comparacao) -> Contagem:
    """Relê os registros que diferem e marca os que o Odoo já não tem; devolve a contagem. Sem diferença, nada faz.

    Erros: os da importação sobem; o que já foi relido fica.
    """
    ids = sorted({d.odoo_id for d in comparacao.diferencas})
    if not ids:
        return Contagem()
    contagem = _RELEITURAS[comparacao.modelo](contexto, ids)
    efeitos.aplicar_pendentes(contexto)
    return contagem


def _pedidos(contexto: Contexto, ids: Sequence[int]) -> Contagem:
    return reler(Pedidos(contexto, efeitos.de_pedidos), contexto.cliente, ids)


def _requisicoes(contexto: Contexto, ids: Sequence[int]) -> Contagem:
    return reler(Requisicoes(contexto, efeitos.de_requisicoes), contexto.cliente, ids)


def _requisicoes_oca(contexto: Contexto, ids: Sequence[int]) -> Contagem:
    return reler(RequisicoesOca(contexto, efeitos.de_requisicoes_oca), contexto.cliente, ids)


def _entradas(contexto: Contexto, ids: Sequence[int]) -> Contagem:
    contagem = reler(Entradas(contexto, efeitos.de_entradas), contexto.cliente, ids)
    with contexto.transacao() as conexao:
        movimentos.atualizar_movimentacao(conexao, list(ids))
        contagem.mudadas += movimentos.acertar_marcas(conexao)
    return contagem


def _apontamentos(contexto: Contexto, ids: Sequence[int]) -> Contagem:
    """Procura de novo, inteira, a família de cada ordem que difere."""
    from app.manufatura.fontes import apontamentos

    with contexto.transacao() as conexao:
        conexao.execute(
            text(
                "UPDATE ordem_producao o SET odoo_procurada_em = NULL WHERE o.status <> 'Cancelada' AND (o.odoo_id = ANY(:ids)"
                " OR NOT EXISTS (SELECT FROM odoo_op x WHERE x.ordem_producao_id = o.id)"
                " OR EXISTS (SELECT FROM odoo_op x WHERE x.ordem_producao_id = o.id AND x.odoo_id = ANY(:ids)))"
            ),
            {"ids": list(ids)},
        )
    return apontamentos.importar(contexto)


def _estoque(contexto: Contexto, ids: Sequence[int]) -> Contagem:
    return estoque.importar(contexto)


def _cadastro(espelho: Espelho) -> Callable[[Contexto, Sequence[int]], Contagem]:
    def reler_cadastro(contexto: Contexto, ids: Sequence[int]) -> Contagem:
        total = Contagem()
        for inicio in range(0, len(ids), LOTE):
            total.somar(_reler_espelho(contexto, espelho, ids[inicio : inicio + LOTE]))
        return total

    return reler_cadastro


def _reler_espelho(contexto: Contexto, espelho: Espelho, ids: Sequence[int]) -> Contagem:
    vivos = contexto.cliente.buscar(espelho.modelo, [["id", "in", list(ids)]], contexto=contexto.contexto_odoo)
    sumidos = sorted(set(ids) - set(vivos))
    lidos = mestres.ler(contexto, espelho, vivos)
    faltantes: list[mestres.Lidos] = []
    if espelho is PRODUTO:
        faltantes = mestres.exigir_unidades(contexto, lidos, mestres.Vistos())
    elif espelho is PARCEIRO:
        comerciais = [r["commercial_partner_id"] for r in lidos.registros]
        faltantes = mestres.buscar_faltantes(contexto, {"comerciais": (PARCEIRO, comerciais)})
    with contexto.transacao() as conexao:
        for faltante in faltantes:
            mestres.guardar(conexao, contexto, faltante)
        feito, _ = mestres.guardar(conexao, contexto, lidos)
        if sumidos and "ativo" in espelho.tabela.c:
            conexao.execute(espelho.tabela.update().where(em(espelho.tabela.c.odoo_id, sumidos)).values(ativo=False))
            pendencias.marcar(conexao, espelho.modelo, sumidos)
        elif sumidos:
            t = tabela(OdooPrecoFornecedor)
            conexao.execute(t.delete().where(em(t.c.odoo_id, sumidos)))
        if espelho is PRECO:
            com_prazo = conexao.execute(text("SELECT DISTINCT odoo_produto_id FROM lead_time_fornecedor")).scalars()
            pendencias.marcar(conexao, pendencias.PRAZO, com_prazo)
        cadastro_fabrica.atualizar(conexao)
    rejeitados = len(vivos) - feito.total
    return Contagem(len(lidos.registros), feito.novas, feito.mudadas, feito.iguais, len(sumidos), rejeitados, paginas=1)


_RELEITURAS: dict[str, Callable[[Contexto, Sequence[int]], Contagem]] = {
    PRODUTO.modelo: _cadastro(PRODUTO),
    PARCEIRO.modelo: _cadastro(PARCEIRO),
    PRECO.modelo: _cadastro(PRECO),
    Requisicoes.modelo: _requisicoes,
    RequisicoesOca.modelo: _requisicoes_oca,
    Pedidos.modelo: _pedidos,
    Entradas.modelo: _entradas,
    "mrp.production": _apontamentos,
    "stock.quant": _estoque,
}
"""Modelo do Odoo → como se relê (contexto, ids)."""
