"""Os jobs de integração com o Odoo, pelos nomes e no lugar que a fábrica conhece.

Cada função não recebe nada e devolve um dict com `processados` e as outras contagens (novas, mudadas, iguais,
excluidas, rejeitados, ignorados, lidos, paginas, chamadas, segundos). Pode rodar quantas vezes se quiser: o que não
mudou no Odoo não muda aqui. Erros: os de app/odoo/erros.py, de app/banco/erros.py, e JobEmExecucao.
"""

from __future__ import annotations

from typing import Any

from app.manufatura.jobs import importacao
from app.manufatura.jobs.base_job import log_job_execution
from app.odoo.fachada import OdooIntegration

__all__ = [
    "OdooIntegration",
    "importar_apontamentos_producao",
    "importar_cadastros_odoo",
    "importar_entradas_material",
    "importar_pedidos_compra_odoo",
    "importar_posicao_estoque",
    "importar_requisicoes_odoo",
]


@log_job_execution("importar_requisicoes")
def importar_requisicoes_odoo() -> dict[str, Any]:
    """Importa as requisições de compra (a cada 30 minutos)."""
    return importacao.executar("requisicoes")


@log_job_execution("importar_pedidos_compra")
def importar_pedidos_compra_odoo() -> dict[str, Any]:
    """Importa os pedidos de compra (a cada 30 minutos)."""
    return importacao.executar("pedidos")


@log_job_execution("importar_apontamentos")
def importar_apontamentos_producao() -> dict[str, Any]:
    """Importa os apontamentos de produção das nossas ordens (a cada hora)."""
    return importacao.executar("apontamentos")


@log_job_execution("importar_entradas")
def importar_entradas_material() -> dict[str, Any]:
    """Importa as entradas de material e as devoluções a fornecedor (a cada 30 minutos)."""
    return importacao.executar("entradas")


@log_job_execution("importar_cadastros")
def importar_cadastros_odoo() -> dict[str, Any]:
    """Importa produtos, parceiros, unidades, usuários e prazos de fornecedor."""
    return importacao.executar("cadastros")


@log_job_execution("importar_estoque")
def importar_posicao_estoque() -> dict[str, Any]:
    """Importa a posição de estoque inteira."""
    return importacao.executar("estoque")


POR_FONTE = {
    "cadastros": importar_cadastros_odoo,
    "requisicoes": importar_requisicoes_odoo,
    "pedidos": importar_pedidos_compra_odoo,
    "entradas": importar_entradas_material,
    "apontamentos": importar_apontamentos_producao,
    "estoque": importar_posicao_estoque,
}
"""A função de cada fonte de fontes/registro.py."""
