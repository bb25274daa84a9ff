"""As fontes que existem, na ordem em que `importar tudo` as percorre. Uma fonte nova é um arquivo novo e uma linha aqui."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.manufatura.fontes import apontamentos, cadastros, efeitos, estoque, movimentos
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.entradas import Entradas, buscar_antigos
from app.manufatura.fontes.pedidos import Pedidos
from app.manufatura.fontes.requisicoes import Requisicoes, RequisicoesOca
from app.odoo.erros import ModeloAusente
from app.odoo.incremental import Contagem, executar


def importar_requisicoes(contexto: Contexto, desde: datetime | None = None) -> Contagem:
    """As linhas de purchase.requisition e, onde o módulo da OCA está, de purchase.request; ModeloAusente sem nenhum dos dois."""
    total = Contagem()
    padrao, oca = (contexto.capacidades.existe(c.modelo) for c in (Requisicoes, RequisicoesOca))
    if not padrao and not oca:
        raise ModeloAusente(modelo=Requisicoes.modelo, versao=contexto.cliente.versao.texto)
    if padrao:
        total.somar(executar(Requisicoes(contexto, efeitos.de_requisicoes), contexto.cliente, contexto.pedido(desde)))
    if oca:
        total.somar(executar(RequisicoesOca(contexto, efeitos.de_requisicoes_oca), contexto.cliente, contexto.pedido(desde)))
    return total


def importar_pedidos(contexto: Contexto, desde: datetime | None = None) -> Contagem:
    """As linhas de pedido de compra, e os movimentos das que são de antes do corte."""
    contagem = executar(Pedidos(contexto, efeitos.de_pedidos), contexto.cliente, contexto.pedido(desde))
    buscar_antigos(Entradas(contexto, efeitos.de_entradas))
    return contagem


def importar_entradas(contexto: Contexto, desde: datetime | None = None) -> Contagem:
    """Entradas e devoluções; ao fim, traz (ou tira) o que mudou de marca "comprado" desde a última vez."""
    fonte = Entradas(contexto, efeitos.de_entradas)
    contagem = executar(fonte, contexto.cliente, contexto.pedido(desde))
    contagem.somar(buscar_antigos(fonte))
    with contexto.transacao() as conexao:
        contagem.mudadas += movimentos.acertar_marcas(conexao)
    return contagem


Importar = Callable[[Contexto, datetime | None], Contagem]


def _em_dia(importar: Importar) -> Importar:
    """A importação, com o que outra deixou por recalcular feito antes dela (a que caiu), e o que ela deixou, depois."""

    def importar_e_recalcular(contexto: Contexto, desde: datetime | None = None) -> Contagem:
        efeitos.aplicar_pendentes(contexto)
        contagem = importar(contexto, desde)
        efeitos.aplicar_pendentes(contexto)
        return contagem

    return importar_e_recalcular


@dataclass(frozen=True)
class Fonte:
    """Uma fonte importável: nome no terminal, título para pessoas, id do job e a função que a importa.

    `importar(contexto, desde)`: `desde` (UTC) relê o período; None lê o que mudou. Devolve a contagem.
    """

    nome: str
    titulo: str
    job_id: str
    importar: Importar


FONTES: dict[str, Fonte] = {
    f.nome: f
    for f in (
        Fonte("cadastros", "Cadastros", "importar_cadastros", _em_dia(cadastros.importar)),
        Fonte("requisicoes", "Requisições de compra", "importar_requisicoes", _em_dia(importar_requisicoes)),
        Fonte("pedidos", "Pedidos de compra", "importar_pedidos_compra", _em_dia(importar_pedidos)),
        Fonte("entradas", "Entradas de material", "importar_entradas", _em_dia(importar_entradas)),
        Fonte("apontamentos", "Apontamentos de produção", "importar_apontamentos", _em_dia(apontamentos.importar)),
        Fonte("estoque", "Posição de estoque", "importar_estoque", _em_dia(estoque.importar)),
    )
}
