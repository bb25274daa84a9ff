"""O que cada importação precisa ler do Odoo: modelos e campos, perguntados às próprias fontes, num lugar só.

Serve a `manufatura odoo verificar`. Os nomes que mudam entre versões vão como alternativas ('quantity_done|quantity'); os
campos que as fontes só leem onde existem não são exigidos.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from app.manufatura.fontes import espelhos
from app.manufatura.fontes.entradas import Entradas
from app.manufatura.fontes.linhas import FonteLinhas
from app.manufatura.fontes.movimentos_producao import MovimentosProducao
from app.manufatura.fontes.ops import Ops
from app.manufatura.fontes.pedidos import Pedidos
from app.manufatura.fontes.requisicoes import Requisicoes, RequisicoesOca
from app.odoo.verificacao import Necessidade

FONTES: tuple[type[FonteLinhas], ...] = (Pedidos, Entradas, Requisicoes, RequisicoesOca, Ops, MovimentosProducao)
ESPELHOS = (espelhos.PRODUTO, espelhos.PARCEIRO, espelhos.UNIDADE, espelhos.MOEDA, espelhos.LOCAL, espelhos.PRECO)
# O que se lê fora das fontes por linha: a sessão, a posição de estoque, a rota de fabricação e `conferir --odoo`.
ALEM: dict[str, tuple[str, ...]] = {
    "res.company": ("name", "create_date"),
    "res.users": ("name", "login", "create_date"),
    "product.template": ("write_date", "route_ids"),
    "purchase.order.line": ("state", "date_order"),
    "stock.move": ("purchase_line_id", "reference"),
    "stock.quant": ("product_id", "company_id", "location_id", "quantity", "reserved_quantity"),
    "mrp.bom": ("type", "product_tmpl_id", "product_id"),
    "mrp.unbuild": ("mo_id",),
}
OPCIONAIS = frozenset(
    (
        *("purchase.requisition", "purchase.requisition.line", "purchase.request", "purchase.request.line"),
        *("mrp.production", "mrp.unbuild", "mrp.bom"),
    )
)
"""De módulos que podem não estar instalados: sem eles, a importação que os usa não roda e as outras seguem."""


class _SemVersao:
    """Um Odoo de que nada se sabe: a fonte diz então o que pede em qualquer versão, e as alternativas do que muda de nome."""

    def tem(self, modelo: str, campo: str) -> bool:
        return False

    def existe(self, modelo: str) -> bool:
        return True

    def primeiro(self, modelo: str, *alternativas: str) -> str:
        return "|".join(alternativas)


def necessidades() -> dict[str, Necessidade]:
    """Modelo do Odoo → o que se precisa dele, em ordem alfabética."""
    todas: dict[str, dict[str, None]] = {}

    def pedir(modelo: str, campos: Iterable[str]) -> None:
        todas.setdefault(modelo, {}).update(dict.fromkeys(campos))

    nada: Any = _SemVersao()
    contexto: Any = SimpleNamespace(capacidades=nada, tamanhos={}, contexto_odoo={})
    for espelho in ESPELHOS:
        pedir(espelho.modelo, espelho.campos(nada))
    for classe in FONTES:
        fonte = classe(contexto)
        # Os de produção só interessam onde o módulo de fabricação está: stock.move existe sem eles.
        campos = [c for c in fonte.campos() if c not in ("production_id", "unbuild_id")]
        pedir(fonte.modelo, campos)
        if fonte.modelo_documento:
            pedir(fonte.modelo_documento, fonte.campos_do_documento())
    for modelo, extras in ALEM.items():
        pedir(modelo, extras)
    return {m: Necessidade(tuple(c), opcional=m in OPCIONAIS) for m, c in sorted(todas.items())}
