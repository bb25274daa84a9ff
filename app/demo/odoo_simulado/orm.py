"""create, write e unlink como o Odoo os faz: valores padrão, comandos de one2many, herança do produto, campos que arrastam outros.

O que cada escrita move em `write_date` foi medido nos servidores de verdade (tests/contrato/test_write_date.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from app.demo.odoo_simulado.calculados import RELACIONADOS, converter, nome_de
from app.demo.odoo_simulado.erros import erro_de_validacao, erro_de_valor, erro_do_usuario
from app.demo.odoo_simulado.nucleo import Linha, Nucleo
from app.demo.odoo_simulado.relogio import texto

Valores = Mapping[str, Any]


class Orm(Nucleo):
    """O núcleo com as regras de escrita de cada modelo."""

    _sequencias: ClassVar[dict[str, str]] = {"purchase.order": "P{:05d}", "mrp.unbuild": "UB/{:05d}", "procurement.group": "{:05d}"}
    antigo: bool

    def __init__(self, versao: int, **opcoes: Any) -> None:
        super().__init__(versao, **opcoes)
        self.antigo = versao < 17
        self.feita = "quantity_done" if self.antigo else "quantity"
        self.unidade_da_linha = "product_uom" if self.antigo else "product_uom_id"
        self.precos_a_mao: set[int] = set()
        self._contadores: dict[str, int] = {}
        self.refs: dict[str, int] = {}

    def agora_texto(self) -> str:
        return texto(self.relogio())

    def sequencia(self, nome: str, forma: str) -> str:
        """O próximo nome da sequência (`P00001`, `WH/IN/00001`…)."""
        with self.trava:
            self._contadores[nome] = self._contadores.get(nome, 0) + 1
            return forma.format(self._contadores[nome])

    # --- create ---------------------------------------------------------------------------------------------------------------
    def criar(self, modelo: str, valores: Valores) -> int:
        """Cria um registro, com os padrões do Odoo, e devolve o id. Aceita comandos `(0, 0, {…})` e `(6, 0, ids)`."""
        campos = self.modelo(modelo).campos
        dados = dict(valores)
        for nome in dados:
            if nome not in campos:
                ligacao = "on model" if self.antigo else "in"
                raise erro_de_valor(f"Invalid field {nome!r} {ligacao} {modelo!r}")
        with self.transacao():
            preparar = getattr(self, "_padroes_" + modelo.replace(".", "_"), None)
            if preparar:
                preparar(dados)
            gravados = self.em_branco(modelo)
            linha = {n: self.coagir(modelo, campos[n], v) for n, v in dados.items() if n in gravados}
            if "active" in gravados:
                linha.setdefault("active", True)
            rid = self.inserir_cru(modelo, linha)
            self._filhos_por_comando(modelo, rid, {n: v for n, v in dados.items() if campos[n].tipo == "one2many"})
            depois = getattr(self, "_criado_" + modelo.replace(".", "_"), None)
            if depois:
                depois(rid)
            return rid

    def _filhos_por_comando(self, modelo: str, dono: int, comandos: Valores) -> None:
        for nome, lista in comandos.items():
            campo = self.esquema[modelo].campos[nome]
            for comando in lista or ():
                if comando[0] == 0 and campo.relacao and campo.inverso:
                    self.criar(campo.relacao, {**comando[2], campo.inverso: dono})
                elif comando[0] == 1 and campo.relacao:
                    self.escrever(campo.relacao, comando[1], comando[2])
                elif comando[0] == 2 and campo.relacao:
                    self.excluir(campo.relacao, comando[1])

    # --- write ----------------------------------------------------------------------------------------------------------------
    def escrever(self, modelo: str, ids: int | Sequence[int], valores: Valores) -> None:
        """Grava os valores; o write_date do próprio registro move mesmo que nada mude (é assim no Odoo)."""
        campos = self.modelo(modelo).campos
        for nome in valores:
            if nome not in campos:
                ligacao = "on model" if self.antigo else "in"
                raise erro_de_valor(f"Invalid field {nome!r} {ligacao} {modelo!r}")
        gravados = self.em_branco(modelo)
        with self.transacao():
            for rid in [ids] if isinstance(ids, int) else ids:
                antes = self.exigir(modelo, rid)
                conferir = getattr(self, "_antes_" + modelo.replace(".", "_"), None)
                if conferir:
                    conferir(antes, valores)
                self.escrever_cru(modelo, rid, {n: self.coagir(modelo, campos[n], v) for n, v in valores.items() if n in gravados})
                self._herdados(modelo, antes, {n: v for n, v in valores.items() if n not in gravados})
                self._filhos_por_comando(modelo, rid, {n: v for n, v in valores.items() if campos[n].tipo == "one2many"})
                depois = getattr(self, "_escrito_" + modelo.replace(".", "_"), None)
                if depois:
                    depois(antes, self.exigir(modelo, rid), set(valores))

    def _herdados(self, modelo: str, linha: Linha, valores: Valores) -> None:
        """Campos que moram noutro registro: os do template (produto) e os `related` (usuário, empresa)."""
        if modelo == "product.product" and valores:
            self.escrever("product.template", linha["product_tmpl_id"], {n: v for n, v in valores.items() if not _e_lista(v)})
            return
        for nome, v in valores.items():
            caminho = RELACIONADOS.get((modelo, nome))
            if caminho and caminho.count(".") == 1:
                passo, alvo = caminho.split(".")
                relacao = self.esquema[modelo].campos[passo].relacao
                if relacao and linha[passo]:
                    self.escrever(relacao, linha[passo], {alvo: v})

    # --- unlink ---------------------------------------------------------------------------------------------------------------
    def excluir(self, modelo: str, ids: int | Sequence[int]) -> None:
        """Apaga sem deixar rastro; pedido e linha confirmados são recusados, como no Odoo. Os filhos obrigatórios vão junto."""
        with self.transacao():
            for rid in [ids] if isinstance(ids, int) else ids:
                linha = self.exigir(modelo, rid)
                conferir = getattr(self, "_apagar_" + modelo.replace(".", "_"), None)
                if conferir:
                    conferir(linha)
                for campo in self.esquema[modelo].campos.values():
                    if (
                        campo.tipo == "one2many"
                        and campo.inverso
                        and campo.relacao
                        and self.esquema[campo.relacao].campos[campo.inverso].obrigatorio
                    ):
                        for filho in self.filhos(campo.relacao, campo.inverso, rid):
                            self.excluir_cru(campo.relacao, filho)
                self.excluir_cru(modelo, rid)
                depois = getattr(self, "_apagado_" + modelo.replace(".", "_"), None)
                if depois:
                    depois(linha)

    # --- produtos -------------------------------------------------------------------------------------------------------------
    def _padroes_product_template(self, v: dict[str, Any]) -> None:
        v.setdefault("type", "product" if self.antigo else "consu")
        v.setdefault("uom_id", self.refs["unidade"])
        v.setdefault("sale_ok", True)
        v.setdefault("purchase_ok", True)
        v.setdefault("tracking", "none")
        v.setdefault("categ_id", self.refs["categoria"])
        v.setdefault("purchase_method", "receive")
        v.setdefault("invoice_policy", "order")
        if self.antigo:
            v.setdefault("uom_po_id", v["uom_id"])

    def _padroes_product_product(self, v: dict[str, Any]) -> None:
        if not v.get("product_tmpl_id"):
            proprios = self.em_branco("product.product")
            molde = {n: x for n, x in v.items() if n not in proprios or n in ("default_code", "active", "weight", "volume")}
            v["product_tmpl_id"] = self.criar(
                "product.template", {n: x for n, x in molde.items() if n in self.esquema["product.template"].campos}
            )

    def _escrito_product_template(self, antes: Linha, depois: Linha, campos: set[str]) -> None:
        variantes = self.filhos("product.product", "product_tmpl_id", depois["id"])
        copiados: dict[str, Any] = {
            str(c): depois[c] for c in ("default_code", "weight", "volume", "active") if c in campos and antes[c] != depois[c]
        }
        for variante in variantes:
            if copiados or not self.antigo:  # na 19 mexer no template move a variante; na 14, só se algo dela muda
                self.escrever_cru("product.product", variante, copiados)

    def _escrito_product_product(self, antes: Linha, depois: Linha, campos: set[str]) -> None:
        copiados: dict[str, Any] = {
            str(c): depois[c] for c in ("default_code", "weight", "volume") if c in campos and antes[c] != depois[c]
        }
        if copiados and len(self.filhos("product.product", "product_tmpl_id", depois["product_tmpl_id"])) == 1:
            self.escrever_cru("product.template", depois["product_tmpl_id"], copiados)

    def _padroes_product_supplierinfo(self, v: dict[str, Any]) -> None:
        v.setdefault("delay", 1)
        v.setdefault("currency_id", self.refs["moeda"])
        v.setdefault("sequence", 1)
        if not self.antigo:
            v.setdefault("product_uom_id", self.refs["unidade"])
            if v.get("product_id") and not v.get("product_tmpl_id"):
                v["product_tmpl_id"] = self.exigir("product.product", v["product_id"])["product_tmpl_id"]

    # --- parceiros ------------------------------------------------------------------------------------------------------------
    def _padroes_res_partner(self, v: dict[str, Any]) -> None:
        v.setdefault("type", "contact")
        pai = self.linha("res.partner", v["parent_id"]) if v.get("parent_id") else None
        if pai and not v.get("is_company"):
            v["vat"] = pai["vat"]
        v["vat"] = self._cnpj(v.get("vat"), v.get("country_id"))

    def _criado_res_partner(self, rid: int) -> None:
        self._empresa_comercial(rid)

    def _escrito_res_partner(self, antes: Linha, depois: Linha, campos: set[str]) -> None:
        if {"parent_id", "is_company"} & campos:
            self._empresa_comercial(depois["id"])
        if "vat" in campos:
            limpo = self._cnpj(depois["vat"], depois["country_id"])
            if limpo != depois["vat"]:
                self.escrever_cru("res.partner", depois["id"], {"vat": limpo})
            for filho in self.filhos("res.partner", "parent_id", depois["id"]):
                if not self.exigir("res.partner", filho)["is_company"]:
                    self.escrever_cru("res.partner", filho, {"vat": limpo})

    def _empresa_comercial(self, rid: int) -> None:
        linha = self.exigir("res.partner", rid)
        comercial = rid
        if linha["parent_id"] and not linha["is_company"]:
            comercial = self.exigir("res.partner", linha["parent_id"])["commercial_partner_id"]
        if linha["commercial_partner_id"] != comercial:
            self.escrever_cru("res.partner", rid, {"commercial_partner_id": comercial})
            for filho in self.filhos("res.partner", "parent_id", rid):
                self._empresa_comercial(filho)

    def _cnpj(self, vat: Any, pais: Any) -> Any:
        """A 14 guarda o que digitaram; a 19, com país Brasil, confere e guarda só letras e dígitos."""
        if self.antigo or not vat or pais != self.refs["brasil"]:
            return vat or False
        limpo = "".join(c for c in str(vat) if c.isalnum()).upper()
        if len(limpo) not in (11, 14):
            raise erro_de_validacao(f"The VAT number [{vat}] does not seem to be valid.")
        return limpo

    # --- estruturas, requisições e outros ---------------------------------------------------------------------------------------
    def _padroes_mrp_bom(self, v: dict[str, Any]) -> None:
        v.setdefault("product_qty", 1.0)
        v.setdefault("product_uom_id", self.refs["unidade"])
        v.setdefault("type", "normal")
        v.setdefault("company_id", self.refs["empresa"])
        v.setdefault("sequence", 0)

    def _padroes_mrp_bom_line(self, v: dict[str, Any]) -> None:
        v.setdefault("product_qty", 1.0)
        v.setdefault("product_uom_id", self.refs["unidade"])
        v.setdefault("sequence", 1)
        v.setdefault("company_id", self.refs["empresa"])
        if not self.antigo:
            v["product_tmpl_id"] = self.exigir("product.product", v["product_id"])["product_tmpl_id"]

    def _padroes_purchase_requisition(self, v: dict[str, Any]) -> None:
        v.setdefault("state", "draft")
        v.setdefault("company_id", self.refs["empresa"])
        v.setdefault("currency_id", self.refs["moeda"])
        v.setdefault("user_id", self._usuario)
        if self.antigo:
            v.setdefault("name", "New")  # o número só vem na confirmação
            v.setdefault("type_id", self.refs["tipo_requisicao"])
        else:
            v.setdefault("requisition_type", "blanket_order")
            v.setdefault("name", self.sequencia("purchase.requisition", "BO{:05d}"))

    def _padroes_purchase_requisition_line(self, v: dict[str, Any]) -> None:
        v.setdefault("product_uom_id", self.refs["unidade"])
        v.setdefault("company_id", self.exigir("purchase.requisition", v["requisition_id"])["company_id"])

    def _padroes_purchase_request(self, v: dict[str, Any]) -> None:
        v.setdefault("state", "draft")
        v.setdefault("name", self.sequencia("purchase.request", "PR{:05d}"))
        v.setdefault("company_id", self.refs["empresa"])
        v.setdefault("requested_by", self._usuario)
        v.setdefault("date_start", self.agora_texto()[:10])

    def _padroes_purchase_request_line(self, v: dict[str, Any]) -> None:
        pai = self.exigir("purchase.request", v["request_id"])
        v.setdefault("company_id", pai["company_id"])
        v.setdefault("requested_by", pai["requested_by"])
        v.setdefault("date_start", pai["date_start"])
        v.setdefault("date_required", self.agora_texto()[:10])
        v.setdefault("request_state", pai["state"])
        v.setdefault("product_uom_id", self.refs["unidade"])

    def _escrito_purchase_request(self, antes: Linha, depois: Linha, campos: set[str]) -> None:
        if "state" in campos:
            for rid in self.filhos("purchase.request.line", "request_id", depois["id"]):
                self.escrever_cru("purchase.request.line", rid, {"request_state": depois["state"]})

    # --- pedidos de compra ----------------------------------------------------------------------------------------------------
    @property
    def _usuario(self) -> int:
        return self._atual.usuario if self._atual else 2

    def _padroes_purchase_order(self, v: dict[str, Any]) -> None:
        v.setdefault("name", self.sequencia("purchase.order", "P{:05d}"))
        v.setdefault("state", "draft")
        v.setdefault("date_order", self.agora_texto())
        v.setdefault("company_id", self.refs["empresa"])
        v.setdefault("currency_id", self.refs["moeda"])
        v.setdefault("user_id", self._usuario)
        v.setdefault("picking_type_id", self.refs["tipo_entrada"])
        v.setdefault("invoice_status", "no")
        v.setdefault("priority", "0")

    def _padroes_purchase_order_line(self, v: dict[str, Any]) -> None:
        pedido = self.exigir("purchase.order", v["order_id"])
        v.update(company_id=pedido["company_id"], partner_id=pedido["partner_id"], currency_id=pedido["currency_id"], state=pedido["state"])
        v.setdefault("sequence", 10)
        if v.get("display_type"):
            v.update(product_id=False, date_planned=False, product_qty=0.0, **{self.unidade_da_linha: False})
            return
        produto = self.exigir("product.product", v["product_id"])
        molde = self.exigir("product.template", produto["product_tmpl_id"])
        v.setdefault(self.unidade_da_linha, molde["uom_po_id"] if self.antigo else molde["uom_id"])
        v.setdefault("name", nome_de(self, "product.product", produto))
        v.setdefault("date_planned", pedido["date_planned"] or pedido["date_order"])
        v.setdefault("qty_received_method", "manual" if molde["type"] == "service" else "stock_moves")
        v.setdefault("product_qty", 1.0)
        v.update(self._da_linha(molde, v))

    def _da_linha(self, molde: Linha, v: Valores) -> dict[str, Any]:
        """O que se calcula da quantidade e do preço de uma linha de pedido."""
        total = round(float(v["product_qty"]) * float(v.get("price_unit") or 0) * (1 - float(v.get("discount") or 0) / 100), 2)
        na_unidade = converter(self, float(v["product_qty"]), v[self.unidade_da_linha], molde["uom_id"])
        return {"product_uom_qty": round(na_unidade, 6), "price_subtotal": total, "price_total": total}

    def _criado_purchase_order_line(self, rid: int) -> None:
        linha = self.exigir("purchase.order.line", rid)
        if self.exigir("purchase.order", linha["order_id"])["state"] == "purchase":
            self.ajustar_movimentos(rid, linha["product_uom_qty"])
        self._totais(linha["order_id"], menos=rid)

    def ajustar_movimentos(self, linha: int, diferenca: float, *, juntar: bool = True) -> None:
        """Um pedido confirmado acompanha a quantidade da linha com movimentos (AtosCompras)."""
        raise NotImplementedError

    def _replanejar(self, rid: int) -> bool:
        """Na 19, mudar a quantidade refaz a data prevista pelo prazo do fornecedor (a menos que o preço tenha sido escrito à mão)."""
        x = self.exigir("purchase.order.line", rid)
        if self.antigo or rid in self.precos_a_mao:
            return False
        dono = self.exigir("res.partner", x["partner_id"])["commercial_partner_id"]
        molde = self.exigir("product.product", x["product_id"])["product_tmpl_id"]
        precos = [self.exigir("product.supplierinfo", i) for i in self.filhos("product.supplierinfo", "product_tmpl_id", molde)]
        prazos = [p["delay"] for p in precos if p["partner_id"] == dono]
        if not prazos:
            return False
        emissao = datetime.fromisoformat(self.exigir("purchase.order", x["order_id"])["date_order"])
        self.escrever_cru("purchase.order.line", rid, {"date_planned": str(emissao + timedelta(days=prazos[0]))[:19]})
        return True

    def _antes_purchase_order_line(self, antes: Linha, valores: Valores) -> None:
        pedido = self.exigir("purchase.order", antes["order_id"])
        if (
            self.antigo
            and "product_qty" in valores
            and pedido["state"] in ("purchase", "done")
            and float(valores["product_qty"]) < antes["qty_received"]
        ):
            raise erro_do_usuario("You cannot decrease the ordered quantity below the received quantity.\nCreate a return first.")

    def _escrito_purchase_order_line(self, antes: Linha, depois: Linha, campos: set[str]) -> None:
        recalculam = {"product_qty", "price_unit", "product_id", "discount", self.unidade_da_linha} & campos
        if recalculam and depois["product_id"]:
            molde = self.exigir("product.template", self.exigir("product.product", depois["product_id"])["product_tmpl_id"])
            self.escrever_cru("purchase.order.line", depois["id"], self._da_linha(molde, depois))
            mudou = any(antes[c] != depois[c] for c in recalculam)
            self._totais(depois["order_id"], menos=depois["id"], cabecalho=mudou)
            if "price_unit" in campos:
                self.precos_a_mao.add(depois["id"])
            outra_data = "product_qty" in campos and "date_planned" not in campos and self._replanejar(depois["id"])
            if "product_qty" in campos and self.exigir("purchase.order", depois["order_id"])["state"] == "purchase":
                agora = self.exigir("purchase.order.line", depois["id"])["product_uom_qty"]
                self.ajustar_movimentos(depois["id"], agora - antes["product_uom_qty"], juntar=not outra_data)
        elif "date_planned" in campos and self.antigo:
            self._totais(depois["order_id"], irmas=False)

    def _totais(self, pedido: int, *, menos: int = 0, irmas: bool = True, cabecalho: bool = True) -> None:
        """Refaz os totais do pedido (que se move) e, na 14, regrava todas as linhas dele (que se movem)."""
        linhas = [self.exigir("purchase.order.line", i) for i in self.filhos("purchase.order.line", "order_id", pedido)]
        if cabecalho:
            total = sum(x["price_subtotal"] for x in linhas)
            previstas = [x["date_planned"] for x in linhas if x["date_planned"]]
            self.escrever_cru(
                "purchase.order",
                pedido,
                {"amount_untaxed": total, "amount_total": total, "date_planned": min(previstas) if previstas else False},
            )
        if irmas and self.antigo:
            for x in linhas:
                if x["id"] != menos and not x["display_type"]:
                    self.escrever_cru("purchase.order.line", x["id"], {})

    def _apagar_purchase_order_line(self, linha: Linha) -> None:
        estado = self.exigir("purchase.order", linha["order_id"])["state"]
        if estado in ("purchase", "done"):
            raise erro_do_usuario(f"Cannot delete a purchase order line which is in state '{estado}'.")

    def _apagado_purchase_order_line(self, linha: Linha) -> None:
        self._totais(linha["order_id"])

    def _apagar_purchase_order(self, linha: Linha) -> None:
        if linha["state"] != "cancel":
            raise erro_do_usuario("In order to delete a purchase order, you must cancel it first.")


def _e_lista(v: Any) -> bool:
    return isinstance(v, (list, tuple))
