"""Os campos: o que o simulado diz ter é o que o Odoo de verdade tem, com o mesmo tipo, relação, gravação e seleção."""

from __future__ import annotations

from collections.abc import Iterator

from app.demo.odoo_simulado.esquema import Modelo, esquema
from app.odoo.cliente import ClienteOdoo
from app.odoo.erros import ModeloAusente
from tests.apoio.odoo import Alvo
from tests.contrato.colher_esquema import CAMPOS


def diferencas(c: ClienteOdoo, nome_modelo: str, esperado: Modelo | None) -> Iterator[str]:
    """O que o servidor diz do modelo e o esquema do simulado não, e o contrário."""
    try:
        achados = c.descrever(nome_modelo)
    except ModeloAusente:
        if esperado is not None:
            yield f"{nome_modelo}: falta no servidor"
        return
    if esperado is None:
        yield f"{nome_modelo}: sobra no servidor"
        return
    for nome in [*CAMPOS[nome_modelo].split(), "id", "create_date", "write_date", "create_uid", "write_uid"]:
        campo, achado = esperado.campos.get(nome), achados.get(nome)
        if campo is None or achado is None:
            if (campo is None) != (achado is None):
                yield f"{nome_modelo}.{nome}: simulado {campo}, servidor {achado}"
            continue
        if (achado.tipo, achado.relacao or None, achado.gravado) != (campo.tipo, campo.relacao, campo.gravado):
            yield f"{nome_modelo}.{nome}: simulado {campo}, servidor {achado}"
        if campo.selecao and set(achado.selecao) != set(campo.selecao):
            yield f"{nome_modelo}.{nome}: simulado {campo.selecao}, servidor {achado.selecao}"


def test_campos_e_modelos(odoo_alvo: Alvo) -> None:
    with odoo_alvo.cliente() as c:
        assert [d for m in CAMPOS for d in diferencas(c, m, esquema(odoo_alvo.versao).get(m))] == []


def test_atributos_pedidos_sao_os_que_vem(odoo_alvo: Alvo) -> None:
    with odoo_alvo.cliente() as c:
        achado = c.chamar(
            "purchase.order", "fields_get", [["order_line", "state", "partner_id"]], {"attributes": ["type", "relation", "store"]}
        )
    assert achado["order_line"] == {"type": "one2many", "relation": "purchase.order.line", "store": True}
    assert achado["state"] == {"type": "selection", "store": True}
    assert achado["partner_id"] == {"type": "many2one", "relation": "res.partner", "store": True}
