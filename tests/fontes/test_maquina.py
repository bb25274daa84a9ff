"""A máquina: atos ao acaso no Odoo, importações de fontes ao acaso, mortes no meio; no fim, tudo igual ao oráculo.

O relógio anda a cada ato, e as gravações tardias ficam dentro da sobreposição. Uma importação morre na n-ésima transação ou
depois da n-ésima página; a seguinte continua dali. Ao fim de cada história: `importar tudo` duas vezes é igual ao oráculo, e
uma terceira não escreve nada.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from app.demo.odoo_simulado.erros import ErroDoOdoo
from app.odoo import incremental
from tests.apoio.importacao import FONTES, CercaFatal, Morte, Mundo
from tests.apoio.pg import BancoTeste, _Faxina

qual = st.integers(0, 10**6)
QTDS = st.sampled_from([1, 2, 5, 12, 0.5, 7])
PRECOS = st.sampled_from([1, 60, 0.01, 9.99])


class Maquina(RuleBasedStateMachine):
    """Um mundo, e tudo o que pode acontecer nele. As subclasses dizem a versão e o banco."""

    versao: int
    pg: BancoTeste
    limpar: _Faxina

    def __init__(self) -> None:
        super().__init__()
        self.limpar()
        self.mundo = Mundo(self.versao, self.pg)
        self.mundo.servidor.ligar()
        self.odoo = self.mundo.banco
        self.n = 0

    def teardown(self) -> None:
        try:
            self._conferir_no_fim()
        finally:
            self.mundo.servidor.desligar()

    def _conferir_no_fim(self) -> None:
        self.mundo.passar()
        self.mundo.importar()
        self.mundo.passar()
        self.mundo.importar()
        self.mundo.conferir()
        self.mundo.sem_novidade()

    # --- peças --------------------------------------------------------------------------------------------------------------------

    def um(self, modelo: str, n: int, dominio: list[Any] | None = None) -> int | None:
        """O n-ésimo (em volta) registro que serve, ou None."""
        ids = self.odoo.procurar(modelo, dominio or [])
        return ids[n % len(ids)] if ids else None

    def tentar(self, funcao: Any, *args: Any, **opcoes: Any) -> Any:
        """O ato, ou nada, se o Odoo o recusa (regra de negócio dele)."""
        self.mundo.passar(seconds=20)
        try:
            return funcao(*args, **opcoes)
        except (ErroDoOdoo, LookupError):
            return None

    # --- começo -------------------------------------------------------------------------------------------------------------------

    @initialize()
    def nascer(self) -> None:
        codigos: tuple[str | bool, ...] = ("A1", "B2", "A1", False)
        for i, codigo in enumerate(codigos):
            self.mundo.produto(codigo, f"Produto {i}", purchase_ok=i != 1)
        empresa = self.mundo.fornecedor("Aços", vat="12.345.678/0001-95")
        self.mundo.fornecedor("Outra")
        self.odoo.criar("res.partner", {"name": "Contato", "parent_id": empresa, "is_company": False})
        self.primeiro_parceiro = empresa

    # --- atos no Odoo ---------------------------------------------------------------------------------------------------------------

    @rule(n=qual, m=qual, qtds=st.lists(QTDS, min_size=1, max_size=3), preco=PRECOS, duzia=st.booleans(), requisicao=st.booleans())
    def pedir(self, n: int, m: int, qtds: list[float], preco: float, duzia: bool, requisicao: bool) -> None:
        itens = [{"produto": self.um("product.product", n + i), "qtd": q, "preco": preco, "duzia": duzia} for i, q in enumerate(qtds)]
        outros = {}
        if requisicao and (req := self.um("purchase.requisition", m)):
            outros["requisition_id"] = req
        parceiro = self.um("res.partner", m, [["id", ">=", self.primeiro_parceiro]])
        assert parceiro is not None
        self.tentar(self.odoo.criar_pedido, parceiro, itens, **outros)

    @rule(n=qual, qtd=QTDS)
    def requisitar(self, n: int, qtd: float) -> None:
        itens = [{"produto": self.um("product.product", n), "qtd": qtd}, {"produto": self.um("product.product", n + 1), "qtd": 1}]
        self.tentar(self.odoo.criar_requisicao, itens, fornecedor=self.primeiro_parceiro)

    @rule(n=qual, ato=st.sampled_from(["confirmar_requisicao", "cancelar_requisicao"]))
    def mexer_na_requisicao(self, n: int, ato: str) -> None:
        if req := self.um("purchase.requisition", n):
            self.tentar(getattr(self.odoo, ato), req)

    @rule(n=qual)
    def confirmar(self, n: int) -> None:
        if pedido := self.um("purchase.order", n, [["state", "=", "draft"]]):
            self.tentar(self.odoo.confirmar_pedido, pedido)

    @rule(n=qual, parte=st.sampled_from([None, 1, 3]))
    def receber(self, n: int, parte: float | None) -> None:
        if pedido := self.um("purchase.order", n, [["state", "=", "purchase"]]):
            partes = None if parte is None else dict.fromkeys(self.odoo.linhas_do_pedido(pedido), float(parte))
            self.tentar(self.odoo.receber, pedido, partes)

    @rule(n=qual, qtd=st.sampled_from([1, 0.5]))
    def devolver(self, n: int, qtd: float) -> None:
        feitos = [["state", "=", "done"], ["purchase_line_id", "!=", False], ["picking_id", "!=", False]]
        if movimento := self.um("stock.move", n, feitos):
            self.tentar(self.odoo.devolver, movimento, qtd)

    @rule(n=qual, qtd=st.sampled_from([0, 2, 6.5]))
    def corrigir(self, n: int, qtd: float) -> None:
        if movimento := self.um("stock.move", n, [["state", "=", "done"], ["purchase_line_id", "!=", False]]):
            self.tentar(self.odoo.corrigir_feito, movimento, qtd)

    @rule(n=qual, ato=st.sampled_from(["cancelar_pedido", "reabrir_pedido", "travar_pedido", "destravar_pedido", "entrega_direta"]))
    def mexer_no_pedido(self, n: int, ato: str) -> None:
        travado = "done" if self.odoo.antigo else "purchase"
        serve = {"reabrir_pedido": "cancel", "travar_pedido": "purchase", "destravar_pedido": travado, "entrega_direta": "draft"}
        estado = serve.get(ato)
        if pedido := self.um("purchase.order", n, [["state", "=", estado]] if estado else []):
            self.tentar(getattr(self.odoo, ato), pedido)

    @rule(n=qual, campo=st.sampled_from(["product_qty", "price_unit", "date_planned", "product_id"]), m=qual)
    def mudar_linha(self, n: int, campo: str, m: int) -> None:
        estados = ["draft"] if campo == "product_id" else ["draft", "purchase"]
        if linha := self.um("purchase.order.line", n, [["order_id.state", "in", estados], ["product_id", "!=", False]]):
            valores: dict[str, Any] = {
                "product_qty": float(1 + m % 20),
                "price_unit": m % 50 + 0.5,
                "date_planned": f"2026-12-{1 + m % 28:02d} 02:30:00",
                "product_id": self.um("product.product", m),
            }
            self.tentar(self.odoo.mudar_linha, linha, **{campo: valores[campo]})

    @rule(n=qual)
    def apagar_linha(self, n: int) -> None:
        if linha := self.um("purchase.order.line", n, [["order_id.state", "=", "draft"]]):
            self.tentar(self.odoo.excluir, "purchase.order.line", linha)

    @rule(n=qual, m=qual)
    def mudar_cabecalho(self, n: int, m: int) -> None:
        if pedido := self.um("purchase.order", n):
            parceiro = self.um("res.partner", m, [["id", ">=", self.primeiro_parceiro]])
            data = f"2026-11-{1 + m % 28:02d} 01:00:00"
            self.tentar(self.odoo.escrever, "purchase.order", pedido, {"partner_id": parceiro, "date_order": data})

    @rule(n=qual, m=qual, o_que=st.sampled_from(["nome", "codigo", "arquivar", "marca"]))
    def mexer_no_produto(self, n: int, m: int, o_que: str) -> None:
        produto = self.um("product.product", n)
        assert produto is not None
        if o_que == "nome":
            self.tentar(self.odoo.renomear_produto, produto, f"Renomeado {m % 100}")
        elif o_que == "codigo":
            self.tentar(self.odoo.mudar_codigo, produto, ["A1", "B2", "C3", " D4 ", False][m % 5])
        elif o_que == "arquivar":
            self.tentar(self.odoo.arquivar_produto, produto, bool(m % 2))
        else:
            self.tentar(self.odoo.escrever, "product.product", produto, {"purchase_ok": bool(m % 2)})

    @rule(n=qual, m=qual)
    def mexer_no_parceiro(self, n: int, m: int) -> None:
        parceiro = self.um("res.partner", n, [["id", ">=", self.primeiro_parceiro]])
        assert parceiro is not None
        self.tentar(self.odoo.escrever, "res.partner", parceiro, {"name": f"Parceiro {m % 100}"})

    @rule(n=qual, qtd=st.sampled_from([0, 3, 10]))
    def mexer_no_estoque(self, n: int, qtd: float) -> None:
        self.tentar(self.odoo.editar_estoque, self.um("product.product", n), qtd)

    @rule(n=qual, fontes=st.lists(st.sampled_from(FONTES), min_size=1, max_size=3), minutos=st.integers(1, 25))
    def gravar_tarde(self, n: int, fontes: list[str], minutos: int) -> None:
        """Uma transação começa, nós importamos, e só depois ela é publicada, com o write_date do começo."""
        # O mesmo registro gravado duas vezes no mesmo segundo, por transações que se cruzam, não se distingue pelo RPC.
        self.mundo.passar(seconds=3)
        comeco = self.mundo.relogio()
        self.mundo.passar(minutes=minutos)
        self.mundo.importar(*fontes)
        pedido = self.um("purchase.order", n, [["state", "=", "draft"]])
        produto = self.um("product.product", n)
        assert produto is not None
        try:
            with self.odoo.transacao(inicio=comeco):
                if pedido:
                    self.odoo.confirmar_pedido(pedido)
                self.odoo.escrever("product.product", produto, {"weight": float(n % 7)})
        except (ErroDoOdoo, LookupError):
            return

    # --- nós --------------------------------------------------------------------------------------------------------------------------

    @rule(fontes=st.lists(st.sampled_from(FONTES), min_size=1, max_size=5, unique=True), pagina=st.sampled_from([None, 1, 2]))
    def importar(self, fontes: list[str], pagina: int | None) -> None:
        self.mundo.passar(seconds=5)
        self.mundo.importar(*fontes, pagina=pagina)

    @rule(fonte=st.sampled_from(FONTES), n=st.integers(1, 8), na_transacao=st.booleans(), adianta=st.sampled_from([0, 1, 5]))
    def morrer(self, fonte: str, n: int, na_transacao: bool, adianta: int) -> None:
        """Uma importação que morre no meio: dentro da n-ésima transação, ou depois da n-ésima página."""
        self.mundo.passar(seconds=1 + adianta)
        cerca = CercaFatal(na_transacao=n) if na_transacao else CercaFatal(depois_da_pagina=n)
        try:
            self.mundo.importar(fonte, cerca=cerca, pagina=1)
        except Morte:
            return

    @precondition(lambda self: self.n < 2)
    @rule(campo=st.sampled_from(["produto_comprado", "nome_produto"]), n=qual)
    def pessoa_fixa(self, campo: str, n: int) -> None:
        """Alguém da fábrica fixa um campo do cadastro."""
        self.n += 1
        valor = "NOT produto_comprado" if campo == "produto_comprado" else "'Nome nosso'"
        self.mundo.sql(
            f"UPDATE cadastro_palletizacao SET {campo} = {valor}, campos_fixados = ARRAY['{campo}'] WHERE id = ("
            "SELECT id FROM cadastro_palletizacao WHERE odoo_produto_id IS NOT NULL ORDER BY id LIMIT 1)"
        )


@pytest.fixture(params=[14, 19], ids=["odoo14", "odoo19"])
def maquina(
    request: pytest.FixtureRequest, banco_que_se_limpa: tuple[BancoTeste, _Faxina], monkeypatch: pytest.MonkeyPatch
) -> type[Maquina]:
    # Limites de verdade são milhares: pequenos, as histórias curtas passam por eles.
    monkeypatch.setattr(incremental, "LOTE_IDS", 5)
    monkeypatch.setattr(incremental, "MAXIMO_DOCUMENTOS_NO_DOMINIO", 2)
    banco, limpar = banco_que_se_limpa
    return type("MaquinaDaVersao", (Maquina,), {"versao": request.param, "pg": banco, "limpar": staticmethod(limpar)})


def rodar(maquina: type[Maquina], historias: int, passos: int) -> None:
    run_state_machine_as_test(
        maquina,
        settings=settings(
            max_examples=historias,
            stateful_step_count=passos,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )


@pytest.mark.falha(26)
@pytest.mark.falha(24)
def test_historias_ao_acaso(maquina: type[Maquina]) -> None:
    rodar(maquina, historias=6, passos=25)


@pytest.mark.longo
@pytest.mark.timeout(3600)
def test_muitas_historias_ao_acaso(maquina: type[Maquina]) -> None:
    rodar(maquina, historias=150, passos=40)
