"""A fábrica da demonstração: móveis, dois anos de compras até hoje, com tudo o que dá trabalho a um importador.

Cerca de 3.400 linhas de pedido, recebimentos parciais, devoluções, dúzias, linhas gêmeas, seções, fretes, requisições, ordens de produção
em todos os estados e umas 25 linhas ruins plantadas de propósito (`banco.ruins` diz quais e por quê).
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from app import relogio as relogio_da_casa
from app.demo.odoo_simulado.banco import BancoSimulado
from app.demo.odoo_simulado.fabricas.nomes import INSUMOS, LINHAS, MOVEIS, PECAS, VENDEDORES, fornecedores
from app.demo.odoo_simulado.fabricas.semeada import cnpj
from app.demo.odoo_simulado.fabricas.tempo import Construcao
from app.demo.odoo_simulado.relogio import Relogio

_PEDIDOS, _DIAS, _FORNECEDORES = 560, 710, 72


def fabrica_demo(
    versao: int, *, semente: int = 2026, hoje: date | None = None, relogio: Relogio | None = None, nome: str = "moveis"
) -> BancoSimulado:
    """A fábrica de móveis, de `hoje` − 710 dias a `hoje` (padrão: a data de agora). Mesma semente e mesmo dia, mesmos registros."""
    return _Moveis(versao, semente, hoje or relogio_da_casa.agora().date(), nome).fazer(relogio)


class _Moveis:
    def __init__(self, versao: int, semente: int, hoje: date, nome: str) -> None:
        self.rnd = random.Random(f"{semente}/demo")
        self.hoje = hoje
        self.primeiro = hoje - timedelta(days=_DIAS)
        self.obra = Construcao(versao, self._instante(self.primeiro - timedelta(days=20)), nome)
        self.b = self.obra.banco
        self.precos: dict[int, float] = {}
        self.lotes: dict[int, tuple[int, int]] = {}
        self.duzias: set[int] = set()
        self.agenda: list[tuple[datetime, int, Callable[[], object]]] = []
        self.marcados = 0
        self.ruins: dict[str, list[tuple[str, int]]] = {}

    @staticmethod
    def _instante(dia: date, hora: int = 11, minuto: int = 0) -> datetime:
        return datetime.combine(dia, time(hora, minuto), tzinfo=UTC)

    def fazer(self, relogio: Relogio | None) -> BancoSimulado:
        self._cadastros()
        self._estruturas()
        self._dois_anos()
        self._plantar_ruins()
        self._estoque()
        self.b.ruins = self.ruins
        return self.obra.pronta(relogio)

    # --- cadastros ------------------------------------------------------------------------------------------------------------
    def _cadastros(self) -> None:
        b, rnd = self.b, self.rnd
        br = b.refs["brasil"]
        self.insumos: list[int] = []
        with b.transacao():
            for familia, (prefixo, unidade, precos, lote, variacoes) in INSUMOS.items():
                for i, variacao in enumerate(variacoes):
                    em = "unidade" if unidade == "duzia" else unidade
                    extra: dict[str, Any] = {"uom_po_id": b.refs[em]} if b.antigo else {}
                    p = b.criar_produto(
                        f"{familia} {variacao}",
                        f"{prefixo}-{i + 1:03d}",
                        uom_id=b.refs[em],
                        sale_ok=False,
                        weight=round(rnd.uniform(0.01, 30), 3),
                        **extra,
                    )
                    self.insumos.append(p)
                    self.precos[p] = round(rnd.uniform(*precos), 2)
                    self.lotes[p] = lote
                    if unidade == "duzia":
                        self.duzias.add(p)
            self.frete = b.criar_produto("Frete rodoviário", "FRETE", servico=True, sale_ok=False, purchase_method="purchase")
        self.obra.passar(3600)
        with b.transacao():
            self.fornecedores = [
                b.criar_parceiro(n, country_id=br, vat=cnpj(i + 101)) for i, n in enumerate(fornecedores()[:_FORNECEDORES])
            ]
            self.contatos = [
                b.criar_parceiro(f"{VENDEDORES[i % 3]} {i + 1}", parent_id=self.fornecedores[i], is_company=False) for i in range(9)
            ]
        self.obra.passar(3600)
        self.dono: dict[int, list[int]] = {}
        with b.transacao():
            campo = "name" if b.antigo else "partner_id"
            for i, p in enumerate(self.insumos):
                self.dono[p] = [self.fornecedores[(i * 5) % _FORNECEDORES], self.fornecedores[(i * 5 + 11) % _FORNECEDORES]]
                molde = b.exigir("product.product", p)["product_tmpl_id"]
                b.criar(
                    "product.supplierinfo",
                    {
                        campo: self.dono[p][0],
                        "product_tmpl_id": molde,
                        "price": self.precos[p],
                        "delay": rnd.choice((3, 5, 7, 10, 15, 20, 30)),
                        "min_qty": 1.0,
                    },
                )
        self.obra.passar(3600)

    def _estruturas(self) -> None:
        b, rnd = self.b, self.rnd
        self.bom_de: dict[int, int] = {}
        with b.transacao():
            pecas = [b.criar_produto(f"{peca} {linha}", f"PC-{i + 1:02d}{linha[:3].upper()}", purchase_ok=False, sale_ok=False)
                     for i, peca in enumerate(PECAS) for linha in LINHAS]  # fmt: skip
            for p in pecas:
                self.bom_de[p] = b.criar_estrutura(p, [(c, float(rnd.randint(1, 6))) for c in rnd.sample(self.insumos, 4)])
            self.acabados: list[int] = []
            for movel, (prefixo, preco) in MOVEIS.items():
                for linha in LINHAS:
                    p = b.criar_produto(
                        f"{movel} {linha}",
                        f"{prefixo}-{linha[:3].upper()}",
                        purchase_ok=False,
                        list_price=preco,
                        weight=round(rnd.uniform(8, 90), 1),
                    )
                    self.acabados.append(p)
                    partes = [(c, 1.0) for c in rnd.sample(pecas, 3)] + [
                        (c, float(rnd.randint(2, 24))) for c in rnd.sample(self.insumos, 6)
                    ]
                    self.bom_de[p] = b.criar_estrutura(p, partes)
        self.obra.passar(3600)

    # --- dois anos de vida ----------------------------------------------------------------------------------------------------
    def _dois_anos(self) -> None:
        """Os fatos acontecem na ordem do tempo: cada um é uma data e um ato, e um ato pode marcar outros para depois."""
        for i in range(_PEDIDOS):
            dia = self.primeiro + timedelta(days=int(i * (_DIAS - 1) / _PEDIDOS))
            self._marcar(dia, partial(self._comprar, i))
        for i in range(96):
            dia = self.primeiro + timedelta(days=int(i * (_DIAS - 3) / 96))
            self._marcar(dia, partial(self._requisitar, i))
        for i in range(150):
            dia = self.primeiro + timedelta(days=int(i * (_DIAS - 5) / 150))
            self._marcar(dia, partial(self._produzir, i))
        for i in range(24):
            self._marcar(self.primeiro + timedelta(days=60 + i * 26), partial(self._cliente, i))
        limite = self._instante(self.hoje, 10)
        while self.agenda:
            quando, _, ato = heapq.heappop(self.agenda)
            if quando < limite:
                if quando > self.obra.relogio():
                    self.obra.ir_para(quando)
                else:
                    self.obra.passar(7)
                ato()

    def _marcar(self, dia: date, ato: Callable[[], object]) -> None:
        instante = self._instante(dia, self.rnd.randint(11, 20), self.rnd.randint(0, 59))
        self.marcados += 1  # desempata os de mesma hora
        heapq.heappush(self.agenda, (instante, self.marcados, ato))

    def _depois(self, dias: int, ato: Callable[[], object]) -> None:
        self._marcar(self.obra.relogio().date() + timedelta(days=max(0, dias)), ato)

    def _comprar(self, i: int) -> None:
        b, rnd = self.b, self.rnd
        fornecedor = rnd.choice(self.fornecedores)
        dele = [p for p in self.insumos if fornecedor in self.dono[p]] or self.insumos
        escolhidos = rnd.sample(dele, min(len(dele), rnd.randint(2, 4))) + rnd.sample(self.insumos, rnd.randint(2, 5))
        if i % 9 == 4:
            escolhidos.append(escolhidos[0])  # o mesmo produto em duas linhas: entrega em duas datas
        hoje = self.obra.relogio().date()
        prazo = rnd.choice((3, 5, 7, 10, 15, 20, 30))
        itens: list[dict[str, Any]] = []
        for j, p in enumerate(escolhidos):
            qtd = rnd.randint(*self.lotes[p])
            preco = round(self.precos[p] * rnd.uniform(0.94, 1.12), 2)
            prevista = hoje + timedelta(days=prazo + (7 if j and p == escolhidos[0] else 0))
            itens.append(
                {
                    "produto": p,
                    "qtd": qtd,
                    "preco": preco * (12 if p in self.duzias else 1),
                    "duzia": p in self.duzias,
                    "previsto": f"{prevista} 15:00:00",
                }
            )
        if i % 6 == 1:
            itens.append(
                {
                    "produto": self.frete,
                    "qtd": 1,
                    "preco": round(rnd.uniform(80, 900), 2),
                    "previsto": f"{hoje + timedelta(days=prazo)} 15:00:00",
                }
            )
        if i % 17 == 3:
            itens = [{"secao": "Reposição de estoque"}, *itens, {"nota": "Entregar pela manhã, doca 2"}]
        quem = rnd.choice(self.contatos) if i % 23 == 7 else fornecedor
        pedido = b.criar_pedido(quem, itens, date_order=b.agora_texto(), partner_ref=f"OC {7000 + i}" if i % 3 else False)
        if i % 37 == 11:
            return  # cotação que ficou parada
        self._depois(rnd.randint(0, 2), lambda: self._confirmar(i, pedido, prazo))

    def _confirmar(self, i: int, pedido: int, prazo: int) -> None:
        b, rnd = self.b, self.rnd
        b.confirmar_pedido(pedido)
        if i % 41 == 17:
            self._depois(2, lambda: b.cancelar_pedido(pedido))
        else:
            self._depois(prazo + rnd.choice((-2, -1, 0, 0, 0, 1, 2, 3, 6, 12)), lambda: self._receber(i, pedido))

    def _receber(self, i: int, pedido: int) -> None:
        b, rnd = self.b, self.rnd
        if i % 4 == 2:  # entrega parcial: parte das linhas, às vezes parte da quantidade; o resto vem depois (quase sempre)
            partes = {}
            for linha in b.linhas_do_pedido(pedido):
                x = b.exigir("purchase.order.line", linha)
                if x["qty_received_method"] == "stock_moves" and x["product_uom_qty"] > 0 and rnd.random() < 0.6:
                    partes[linha] = float(max(1, int(x["product_uom_qty"] * rnd.choice((0.3, 0.5, 0.8, 1.0)))))
            feitos = b.receber(pedido, partes) if partes else []
            if i % 20 != 6:
                self._depois(rnd.randint(4, 14), lambda: b.receber(pedido))
        else:
            feitos = b.receber(pedido)
        if feitos and i % 21 == 5:
            m = rnd.choice(feitos)
            quanto = max(1.0, float(int(b.feito_de(m) / 5)))
            self._depois(rnd.randint(1, 6), lambda: b.devolver(m, quanto))
        if feitos and i % 53 == 8:
            m = feitos[0]
            certo = max(1.0, b.feito_de(m) - 2)
            self._depois(3, lambda: b.corrigir_feito(m, certo))
        if i % 5 == 0:
            self._depois(20, lambda: b.travar_pedido(pedido))

    def _requisitar(self, i: int) -> None:
        b, rnd = self.b, self.rnd
        prevista = (self.obra.relogio().date() + timedelta(days=rnd.randint(10, 40))).isoformat()
        produtos = rnd.sample(self.insumos, rnd.randint(2, 6))
        itens = [{"produto": p, "qtd": rnd.randint(*self.lotes[p]), "preco": self.precos[p], "previsto": prevista} for p in produtos]
        fornecedor = self.dono[produtos[0]][0]
        r = b.criar_requisicao(itens, fornecedor=fornecedor, previsto=prevista)
        if i % 8 == 7:
            return  # rascunho
        self._depois(1, lambda: b.confirmar_requisicao(r))
        if i % 12 == 5:
            self._depois(5, lambda: b.cancelar_requisicao(r))
        elif i % 3 != 2:
            self._depois(3, lambda: self._pedir(i, r, fornecedor, itens))

    def _pedir(self, i: int, requisicao: int, fornecedor: int, itens: list[dict[str, Any]]) -> None:
        b = self.b
        prevista = itens[0]["previsto"] + " 15:00:00"
        pedido = b.criar_pedido(
            fornecedor,
            [{**x, "previsto": prevista} for x in itens],
            requisition_id=requisicao,
            origin=b.exigir("purchase.requisition", requisicao)["name"],
        )
        if i % 6:
            self._depois(2, lambda: self._confirmar(i * 4, pedido, 10))

    def _produzir(self, i: int) -> None:
        b, rnd = self.b, self.rnd
        produto = rnd.choice(self.acabados)
        prevista = self.obra.relogio().date() + timedelta(days=rnd.randint(5, 20))
        op = b.criar_op(f"OP-{i + 1:06d}", produto, rnd.randint(8, 60), self.bom_de[produto], previsto=f"{prevista} 20:00:00")
        if i % 30 == 29:
            return
        self._depois(1, lambda: b.confirmar_op(op))
        if i % 25 == 13:
            self._depois(3, lambda: b.cancelar_op(op))
        elif i % 5 == 2:
            self._depois(6, lambda: self._parcial(op, i))
        elif i % 11 != 9:
            self._depois(rnd.randint(5, 18), lambda: b.encerrar_op(op))

    def _parcial(self, op: int, i: int) -> None:
        b = self.b
        b.produzir(op, max(1, int(b.exigir("mrp.production", op)["product_qty"] * 0.4)))
        if i % 10 == 2:
            self._depois(2, lambda: self._com_saldo(op, i))

    def _com_saldo(self, op: int, i: int) -> None:
        b = self.b
        saldo = b.encerrar_op(op, saldo=True)
        if saldo and i % 20 == 2:
            self._depois(6, lambda: b.encerrar_op(saldo))
        if i % 40 == 12:
            self._depois(4, lambda: b.desmontar(op, 1))

    def _cliente(self, i: int) -> None:
        produto = self.rnd.choice(self.acabados)
        self.b.entrega_a_cliente(produto, 3)
        if i % 4 == 1:
            self._depois(5, lambda: self.b.devolucao_de_cliente(produto, 1))

    # --- o que dá trabalho ----------------------------------------------------------------------------------------------------
    def _plantar_ruins(self) -> None:
        """Umas 25 linhas que um importador descuidado perde ou guarda errado."""
        from app.demo.odoo_simulado.fabricas.ruins import plantar

        plantar(self.b, self.ruins, self.fornecedores[0], self.insumos)

    def _estoque(self) -> None:
        """O inventário de abertura acerta os saldos de hoje (e deixa alguns negativos, como na vida)."""
        for i, p in enumerate(self.insumos + self.acabados):
            if i % 19 != 7:
                self.b.editar_estoque(p, float(self.rnd.randint(0, 900)), reservada=float(self.rnd.choice((0, 0, 0, 5))))
            if i % 20 == 0:
                self.obra.passar(30)
