"""As fábricas com a forma e o tamanho das de odoo-real/semear.py (`pequeno`, `medio`): as mesmas contagens, casos difíceis e proporções.

Os números sorteados não são os mesmos do servidor de verdade (lá o create muda a ordem dos sorteios); a forma é.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.demo.odoo_simulado.banco import BancoSimulado
from app.demo.odoo_simulado.fabricas.tempo import Construcao
from app.demo.odoo_simulado.relogio import Relogio

TAMANHOS = {
    "pequeno": {
        "comprados": 120,
        "intermediarios": 20,
        "acabados": 20,
        "fornecedores": 15,
        "pedidos": 30,
        "linhas": 5,
        "requisicoes": 10,
        "ops": 30,
    },
    "medio": {
        "comprados": 1700,
        "intermediarios": 200,
        "acabados": 100,
        "fornecedores": 100,
        "pedidos": 500,
        "linhas": 10,
        "requisicoes": 60,
        "ops": 200,
    },
}
BASE = date(2026, 12, 1)


def fabrica_pequena(versao: int, *, semente: int = 7, relogio: Relogio | None = None, nome: str = "fabrica") -> BancoSimulado:
    """A forma de `pequeno`: ~160 produtos, 15 fornecedores, 34 pedidos com ~5 linhas, 10 requisições, 30 ordens de produção."""
    return _Semeadura(versao, "pequeno", semente, nome).fazer(relogio)


def fabrica_media(versao: int, *, semente: int = 7, relogio: Relogio | None = None, nome: str = "fabrica") -> BancoSimulado:
    """A forma de `medio`: 2.005 produtos, 100 fornecedores, 525 pedidos com ~5.300 linhas, 60 requisições, 200 ordens de produção."""
    return _Semeadura(versao, "medio", semente, nome).fazer(relogio)


def cnpj(n: int) -> str:
    """Um CNPJ válido, com os dois dígitos verificadores, diferente para cada n."""
    b = f"{10000000 + n * 7919 % 89999999:08d}0001"
    for pesos in ((5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)):
        r = sum(int(c) * w for c, w in zip(b, pesos, strict=True)) % 11
        b += str(0 if r < 2 else 11 - r)
    return f"{b[:2]}.{b[2:5]}.{b[5:8]}/{b[8:12]}-{b[12:]}"


class _Semeadura:
    def __init__(self, versao: int, tamanho: str, semente: int, nome: str) -> None:
        self.n = TAMANHOS[tamanho]
        self.rnd = random.Random(f"{semente}/{tamanho}")
        self.obra = Construcao(versao, datetime(BASE.year, BASE.month, BASE.day, 12, tzinfo=UTC) - timedelta(days=7), nome)
        self.b = self.obra.banco

    def fazer(self, relogio: Relogio | None) -> BancoSimulado:
        self._cadastros()
        self._estruturas()
        self._estoque()
        self._requisicoes()
        self._pedidos()
        self._recebimentos()
        self._ordens()
        arquivado = self.b.exigir("purchase.order.line", self.b.linhas_do_pedido(self.confirmados[0])[0])["product_id"]
        if arquivado:
            self.b.arquivar_produto(arquivado)
        return self.obra.pronta(relogio)

    def _dia(self, n: int) -> str:
        return (BASE + timedelta(days=n)).isoformat()

    # --- cadastros ------------------------------------------------------------------------------------------------------------
    def _codigo(self, prefixo: str, i: int) -> str | bool:
        """A cada 300, um sem código, um repetido e um com espaços."""
        if prefixo == "C" and i % 300 == 50:
            return False
        if prefixo == "C" and i % 300 == 51:
            return f"C{i - 2:05d}"
        return f" C{i:05d} " if prefixo == "C" and i % 300 == 53 else f"{prefixo}{i:05d}"

    def _produtos(self, prefixo: str, nome: str, quantos: int, **outros: Any) -> list[int]:
        with self.b.transacao():
            ids = [self.b.criar_produto(f"{nome} {i:05d}", self._codigo(prefixo, i), **outros) for i in range(quantos)]
        self.obra.passar(3)
        return ids

    def _cadastros(self) -> None:
        b, n = self.b, self.n
        self.comprados = self._produtos("C", "Componente ação", n["comprados"], purchase_ok=True, sale_ok=False)
        self.intermediarios = self._produtos("I", "Intermediário", n["intermediarios"], purchase_ok=False, sale_ok=False)
        self.acabados = self._produtos("A", "Acabado", n["acabados"], purchase_ok=False, sale_ok=True, list_price=100.0)
        self.kits = self._produtos("K", "Kit", max(2, n["acabados"] // 20), purchase_ok=False, sale_ok=False)
        self.frete = b.criar_produto("Frete", "FRETE", servico=True, purchase_ok=True, sale_ok=False, purchase_method="purchase")
        br = b.refs["brasil"]
        with b.transacao():
            self.fornecedores = [
                b.criar_parceiro(f"Fornecedor {i:04d} Ltda", country_id=br, vat=False if i % 20 == 7 else cnpj(i))
                for i in range(n["fornecedores"])
            ]
            self.contatos = [b.criar_parceiro(f"Vendedor {i}", parent_id=self.fornecedores[i], is_company=False) for i in range(3)]
            self.clientes = [b.criar_parceiro(f"Cliente {i:04d}", country_id=br) for i in range(20)]
        self.obra.passar(2)
        with b.transacao():
            dono = "name" if b.antigo else "partner_id"
            for i, c in enumerate(self.comprados):
                molde = b.exigir("product.product", c)["product_tmpl_id"]
                b.criar(
                    "product.supplierinfo",
                    {
                        dono: self.rnd.choice(self.fornecedores),
                        "product_tmpl_id": molde,
                        "price": 1 + i % 50,
                        "delay": 3 + i % 20,
                        "min_qty": (0, 1, 10)[i % 3],
                    },
                )
        self.obra.passar(2)

    def _estrutura(self, produto: int, componentes: list[int], *, duzia: bool = False, **outros: Any) -> int:
        bom = self.b.criar_estrutura(produto, [(c, self.rnd.randint(1, 9)) for c in componentes], **outros)
        if duzia:
            self.b.escrever_cru("mrp.bom.line", self.b.filhos("mrp.bom.line", "bom_id", bom)[0], {"product_uom_id": self.b.refs["duzia"]})
        return bom

    def _estruturas(self) -> None:
        """Três níveis: acabado de 2 intermediários e 6 comprados (e um kit, às vezes); intermediário de 4 comprados (alguns rendem 12)."""
        rnd = self.rnd
        self.bom_de: dict[int, int] = {}
        for i, p in enumerate(self.intermediarios):
            self.bom_de[p] = self._estrutura(p, rnd.sample(self.comprados, 4), product_qty=12.0 if i % 10 == 3 else 1.0, duzia=i % 10 == 5)
        for i, p in enumerate(self.acabados):
            kit = [self.kits[i // 15 % len(self.kits)]] if i % 15 == 4 else []
            self.bom_de[p] = self._estrutura(p, rnd.sample(self.intermediarios, 2) + rnd.sample(self.comprados, 6) + kit)
        for p in self.kits:
            self._estrutura(p, rnd.sample(self.comprados, 3), type="phantom")
        for p in self.acabados[::25]:
            self._estrutura(p, rnd.sample(self.comprados, 5), sequence=20)
        self.obra.passar(3)

    def _estoque(self) -> None:
        for lote in range(0, len(self.comprados + self.intermediarios), 400):
            with self.b.transacao():
                for p in (self.comprados + self.intermediarios)[lote : lote + 400 : 2]:
                    self.b.editar_estoque(p, self.rnd.randint(0, 5000))
            self.obra.passar(2)

    # --- compras --------------------------------------------------------------------------------------------------------------
    def _requisicoes(self) -> None:
        rnd, b = self.rnd, self.b
        self.requisicoes = []
        for _ in range(self.n["requisicoes"]):
            itens = [
                {
                    "produto": rnd.choice(self.comprados),
                    "qtd": rnd.randint(1, 90),
                    "preco": 1 + rnd.randint(0, 900) / 100,
                    "previsto": self._dia(rnd.randint(0, 60)),
                }
                for _ in range(self.n["linhas"])
            ]
            self.requisicoes.append(b.criar_requisicao(itens, fornecedor=rnd.choice(self.fornecedores), previsto=self._dia(60)))
        self.obra.passar()
        for r in self.requisicoes[::2]:
            b.confirmar_requisicao(r)
        self.obra.passar()

    def _item(self, produto: int, duzia: bool = False) -> dict[str, Any]:
        rnd = self.rnd
        return {
            "produto": produto,
            "qtd": rnd.randint(1, 500),
            "preco": rnd.randint(1, 9000) / 100,
            "previsto": self._dia(rnd.randint(0, 60)) + " 12:00:00",
            "duzia": duzia,
        }

    def _pedido(self, i: int) -> int:
        rnd = self.rnd
        escolhidos = rnd.sample(self.comprados, self.n["linhas"])
        if i % 10 == 3:
            escolhidos[-1] = escolhidos[0]  # duas linhas do mesmo produto
        itens: list[dict[str, Any]] = [self._item(c, j == 1 and i % 7 == 2) for j, c in enumerate(escolhidos)]
        if i % 20 == 11:
            itens.append(self._item(self.frete))
        if i % 25 == 5:
            itens = [{"secao": "Itens da obra"}, *itens, {"nota": "Entregar pela manhã"}]
        outros: dict[str, Any] = {
            "date_order": self._dia(-rnd.randint(1, 40)) + " 15:30:00",
            "partner_ref": f"NF-{i:05d}" if i % 3 else False,
        }
        if i % 8 == 0:
            outros["requisition_id"] = self.requisicoes[(i // 8 * 2) % len(self.requisicoes)]
        return self.b.criar_pedido(self.contatos[i % 3] if i % 50 == 9 else rnd.choice(self.fornecedores), itens, **outros)

    def _pedidos(self) -> None:
        b = self.b
        extras = max(4, self.n["pedidos"] // 20)
        pedidos = []
        for i in range(self.n["pedidos"] + extras):
            if i % 25 == 0:
                self.obra.passar(2)
            pedidos.append(self._pedido(i))
        total = self.n["pedidos"]
        self.confirmados, cancelados = pedidos[:total], pedidos[-extras // 2 :]
        for i in range(0, len(self.confirmados), 25):
            self.obra.passar(1.5)
            b.confirmar_pedido(*self.confirmados[i : i + 25])
        b.confirmar_pedido(*cancelados[::2])
        for p in cancelados:
            b.cancelar_pedido(p)
        zerada = next(x for x in b.linhas_do_pedido(self.confirmados[-1]) if b.exigir("purchase.order.line", x)["product_id"])
        b.mudar_linha(zerada, product_qty=0)  # linha confirmada não se apaga; o comprador a zera
        self.obra.passar()

    def _recebimentos(self) -> None:
        b = self.b
        chegadas = [
            x["id"] for x in b.linhas("stock.picking") if x["state"] == "assigned" and x["picking_type_id"] == b.refs["tipo_entrada"]
        ]
        totais, parciais = chegadas[0::5] + chegadas[1::5], chegadas[2::5]
        for guia in totais:
            b.validar_guia(guia)
            self.obra.passar(0.4)
        i = 0
        for guia in parciais:
            partes_da_guia: dict[int, float] = {}
            for m in b.filhos("stock.move", "picking_id", guia):
                if i % 3 == 0:  # um terço dos itens, pela metade
                    partes_da_guia[m] = float(max(1, int(b.exigir("stock.move", m)["product_uom_qty"] / 2)))
                i += 1
            if partes_da_guia:
                b.validar_guia(guia, partes_da_guia)
            self.obra.passar(0.4)
        for guia in totais[::20]:
            devolvido = b.exigir("stock.move", b.filhos("stock.move", "picking_id", guia)[0])
            b.devolver(devolvido["id"], max(1, int(devolvido["product_uom_qty"] / 4)))
            self.obra.passar()

    # --- produção -------------------------------------------------------------------------------------------------------------
    def _ordens(self) -> None:
        b, rnd, k = self.b, self.rnd, self.n["ops"]
        ops = []
        for i in range(k):
            produto = rnd.choice(self.acabados + self.intermediarios)
            fim = self._dia(rnd.randint(1, 60)) + " 18:00:00"
            ops.append(b.criar_op(f"OP-{i + 1:06d}", produto, rnd.randint(10, 99), self.bom_de[produto], previsto=fim))
            if i % 20 == 0:
                self.obra.passar()
        em_ordem = ops[:]
        rnd.shuffle(em_ordem)
        feitas, parciais, andamento = em_ordem[: k * 3 // 10], em_ordem[k * 3 // 10 : k * 45 // 100], em_ordem[k * 45 // 100 : k * 6 // 10]
        canceladas = em_ordem[-(k // 20) :]
        rascunhos = set(em_ordem[k * 85 // 100 : -(k // 20)])
        b.confirmar_op(*(o for o in ops if o not in rascunhos))
        self.obra.passar()
        for o in feitas:
            b.encerrar_op(o)
            self.obra.passar(0.5)
        for o in andamento:
            b.produzir(o, self._parte(o, 0.4))
        for o in parciais:
            b.produzir(o, self._parte(o, 0.5))
            b.encerrar_op(o, saldo=True)
            self.obra.passar(0.5)
        for o in canceladas:
            b.cancelar_op(o)
        self.obra.passar()

    def _parte(self, op: int, fracao: float) -> int:
        return max(1, int(self.b.exigir("mrp.production", op)["product_qty"] * fracao))
