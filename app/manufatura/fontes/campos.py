"""Os tipos que esperamos dos campos do Odoo: o que mudou é descoberto antes da leitura, com nome, não linha por linha (falha 19)."""

from __future__ import annotations

from collections.abc import Iterable

from app.odoo.capacidades import Capacidades
from app.odoo.erros import CampoAusente, ErroTerminal, ModeloAusente

_LIGACAO = ("many2one",)
_NUMERO = ("float", "monetary", "integer")
_INSTANTE = ("datetime",)
_DIA = ("date", "datetime")
_TEXTO = ("char", "text")

TIPOS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("order_id", "product_id", "product_uom", "product_uom_id", "partner_id", "company_id", "currency_id"), _LIGACAO),
    **dict.fromkeys(("requisition_id", "request_id", "user_id", "requested_by", "picking_id", "purchase_line_id"), _LIGACAO),
    **dict.fromkeys(("location_id", "location_dest_id", "production_id", "unbuild_id"), _LIGACAO),
    **dict.fromkeys(("product_uom_qty", "product_qty", "price_unit", "qty_received", "quantity_done", "quantity"), _NUMERO),
    **dict.fromkeys(("write_date", "create_date", "date_order", "date_planned", "date", "date_finished"), _INSTANTE),
    **dict.fromkeys(("schedule_date", "date_end", "date_required", "date_start"), _DIA),
    **dict.fromkeys(("name", "reference"), _TEXTO),
    **dict.fromkeys(("locked", "is_subcontract"), ("boolean",)),
    "state": ("selection",),
}
"""Nome do campo → tipos do Odoo que sabemos ler; um campo fora daqui não é conferido."""


class TipoDeCampoMudou(ErroTerminal):
    """O campo {campo} de {modelo} é do tipo {achado} neste Odoo ({versao}), e esperávamos {esperado}: alguma personalização o
    trocou. Só este fluxo parou; os outros seguem. Desfaça a personalização, ou peça o ajuste com o nome do campo e a versão."""


def conferir(capacidades: Capacidades, modelo: str, campos: Iterable[str], versao: str) -> None:
    """Confere que o modelo tem os campos, dos tipos esperados. Erros: ModeloAusente, CampoAusente, TipoDeCampoMudou."""
    lista = list(campos)
    try:
        _conferir(capacidades, modelo, lista, versao)
    except (ModeloAusente, CampoAusente, TipoDeCampoMudou):
        capacidades.esquecer()  # o que está guardado pode ser de antes de o conserto ser feito no Odoo
        _conferir(capacidades, modelo, lista, versao)


def _conferir(capacidades: Capacidades, modelo: str, lista: list[str], versao: str) -> None:
    capacidades.exigir(modelo, *lista)
    existentes = capacidades.campos(modelo)
    for campo in lista:
        esperados = TIPOS.get(campo)
        if esperados and existentes[campo].tipo not in esperados:
            raise TipoDeCampoMudou(
                campo=campo, modelo=modelo, achado=existentes[campo].tipo, esperado=" ou ".join(esperados), versao=versao
            )
