"""O maior número de ordem que o Odoo conhece: para a numeração, depois de restaurar uma cópia, não repetir nenhum."""

from __future__ import annotations

import re

from app.odoo.cliente import ClienteOdoo

MODELO = "mrp.production"
PAGINA = 20_000
_NUMERO = re.compile(r"OP-([0-9]+)(?:-[0-9]+)?", re.ASCII)


def maior_numero(cliente: ClienteOdoo) -> int | None:
    """O maior N das OPs chamadas OP-N (ou OP-N-001, da mesma família) no Odoo; None se não há nenhuma.

    Lê só os nomes, em páginas por id: como texto, OP-999999 vem depois de OP-1000000. Erros: os de app/odoo/erros.py.
    """
    maior: int | None = None
    ultimo = 0
    while True:
        dominio = [["name", "=like", "OP-%"], ["id", ">", ultimo]]
        pagina = cliente.buscar_ler(MODELO, dominio, ["name"], limite=PAGINA)
        for registro in pagina:
            achado = _NUMERO.fullmatch(str(registro["name"]).strip())
            if achado:
                maior = max(maior or 0, int(achado.group(1)))
        if len(pagina) < PAGINA:
            return maior
        ultimo = max(int(registro["id"]) for registro in pagina)
