"""As linhas ruins da fábrica de demonstração: as que existem em todo Odoo de verdade."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app.demo.odoo_simulado.banco import BancoSimulado


def plantar(b: BancoSimulado, ruins: dict[str, list[tuple[str, int]]], fornecedor: int, insumos: Sequence[int]) -> None:
    """Planta cada caso e anota em `ruins`: caso → lista de (modelo, id)."""

    def anotar(caso: str, modelo: str, rid: int) -> None:
        ruins.setdefault(caso, []).append((modelo, rid))

    base = b.relogio()
    prevista = (base + timedelta(days=12)).strftime("%Y-%m-%d 15:00:00")

    def comprar(caso: str, produto: int, *, quem: int = fornecedor, qtd: float = 10, **veneno: Any) -> None:
        pedido = b.criar_pedido(quem, [{"produto": produto, "qtd": qtd, "preco": 7.5, "previsto": prevista}])
        b.confirmar_pedido(pedido)
        linha = b.linhas_do_pedido(pedido)[0]
        if veneno:
            b.escrever_cru("purchase.order.line", linha, veneno)
        anotar(caso, "purchase.order.line", linha)

    for i in range(4):
        comprar("produto sem código", b.criar_produto(f"Amostra de acabamento {i + 1}", False, sale_ok=False))
    for i in range(3):
        comprar("código com espaços", b.criar_produto(f"Perfil de alumínio {i + 1}", f"  PFA-{i + 1:03d} ", sale_ok=False))
    for i in range(3):
        comprar("código repetido", b.criar_produto(f"Dobradiça de reposição {i + 1}", "DOB35-001", sale_ok=False))
    for i in range(3):
        p = b.criar_produto(f"Etiqueta {i + 1}", f"ETQ-{i + 1:03d}", sale_ok=False)
        molde = b.exigir("product.product", p)["product_tmpl_id"]
        b.escrever_cru("product.template", molde, {"name": f"Etiqueta{chr(2 + i)} térmica {i + 1}\n100 × 50"})
        comprar("caractere de controle no nome", p)
    for i, qtd in enumerate((1e30, 1e30, -5.0)):
        comprar("quantidade absurda" if qtd > 0 else "quantidade negativa", insumos[i], product_qty=qtd, product_uom_qty=qtd)
    for i in range(3):
        quem = b.criar_parceiro(f"Marcenaria do bairro {i + 1}", vat=False)
        comprar("fornecedor sem CNPJ", insumos[10 + i], quem=quem)
    quem = b.criar_parceiro("Fornecedor de fora", vat=False)
    b.escrever_cru("res.partner", quem, {"vat": "12.345.678/0001-00"})
    comprar("CNPJ inválido", insumos[20], quem=quem)
    comprar("quantidade zerada", insumos[21], product_qty=0.0, product_uom_qty=0.0)
    arquivado = b.criar_produto("Puxador fora de linha", "PUX-OLD", sale_ok=False)
    comprar("produto arquivado", arquivado)
    b.arquivar_produto(arquivado)
    comprar("só espaços no código", b.criar_produto("Bucha plástica", "   ", sale_ok=False))
    comprar("zeros à esquerda", b.criar_produto("Catálogo impresso", "007", sale_ok=False))
    comprar("código com .0", b.criar_produto("Selo de garantia", "1020.0", sale_ok=False))
