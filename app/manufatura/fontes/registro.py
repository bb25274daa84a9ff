"""As fontes que existem, na ordem em que `importar tudo` as percorre. Uma fonte nova é um arquivo novo e uma linha aqui."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.manufatura.fontes import apontamentos, cadastros, entradas, estoque, pedidos, requisicoes
from app.manufatura.fontes.contexto import Contexto
from app.odoo.incremental import Contagem


@dataclass(frozen=True)
class Fonte:
    """Uma fonte importável: nome no terminal, título para pessoas, id do job e a função que a importa.

    `importar(contexto, desde)`: `desde` (UTC) relê o período; None lê o que mudou. Devolve a contagem.
    """

    nome: str
    titulo: str
    job_id: str
    importar: Callable[[Contexto, datetime | None], Contagem]


FONTES: dict[str, Fonte] = {
    f.nome: f
    for f in (
        Fonte("cadastros", "Cadastros", "importar_cadastros", cadastros.importar),
        Fonte("requisicoes", "Requisições de compra", "importar_requisicoes", requisicoes.importar),
        Fonte("pedidos", "Pedidos de compra", "importar_pedidos_compra", pedidos.importar),
        Fonte("entradas", "Entradas de material", "importar_entradas", entradas.importar),
        Fonte("apontamentos", "Apontamentos de produção", "importar_apontamentos", apontamentos.importar),
        Fonte("estoque", "Posição de estoque", "importar_estoque", estoque.importar),
    )
}
