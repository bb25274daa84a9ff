# arquivo longo: é docs/dados.md escrito como conta, para ler de uma vez com ele ao lado; partido, perderia a ordem dele
"""O oráculo: o que as tabelas importadas têm de conter, calculado à parte, em Python simples, dos registros do Odoo.

Não usa nada de app/manufatura: lê docs/dados.md ao pé da letra, com Fraction e dicionários. `conferir_com_oraculo` compara as tabelas
inteiras e diz, linha a linha e coluna a coluna, o que difere. Uma linha que sumiu do Odoo só tem de estar marcada como excluída.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, text

from app.demo.odoo_simulado import BancoSimulado
from app.demo.odoo_simulado.calculados import valor

Linha = dict[str, Any]
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
CONFIRMADO = ("purchase", "done")
COTACAO = ("draft", "sent", "to approve")

# modelo → campos que o oráculo olha; nomes que mudam com a versão estão em NOMES.
CAMPOS: dict[str, tuple[str, ...]] = {
    "product.product": ("default_code", "name", "active", "product_tmpl_id", "uom_id", "purchase_ok", "sale_ok", "weight", "route_ids"),
    "mrp.bom": ("type", "product_tmpl_id", "product_id"),
    "stock.rule": ("action", "route_id"),
    "res.partner": ("name", "vat", "commercial_partner_id"),
    "uom.uom": ("name", "factor"),
    "res.users": ("name",),
    "res.currency": ("name",),
    "stock.location": ("usage",),
    "stock.picking": ("name",),
    "purchase.requisition": ("name", "state", "user_id", "create_date", "company_id", "date_end", "schedule_date", "write_date"),
    "purchase.requisition.line": ("requisition_id", "product_id", "product_qty", "product_uom_id", "schedule_date", "write_date"),
    "purchase.request": ("name", "state", "requested_by", "create_date", "company_id", "date_start", "write_date"),
    "purchase.request.line": ("request_id", "product_id", "product_qty", "product_uom_id", "date_required", "write_date"),
    "purchase.order": ("name", "state", "partner_id", "date_order", "company_id", "currency_id", "requisition_id", "locked", "write_date"),
    "purchase.order.line": (
        "order_id", "product_id", "product_uom_qty", "price_unit", "date_planned", "qty_received", "unidade", "purchase_request_lines",
        "write_date",
    ),
    "stock.move": (
        "state", "product_id", "company_id", "product_uom", "date", "picking_id", "location_id", "location_dest_id", "feito",
        "purchase_line_id", "reference", "is_subcontract",
    ),
    "product.supplierinfo": (
        "fornecedor", "product_tmpl_id", "product_id", "company_id", "delay", "sequence", "min_qty", "price",
    ),
    "stock.quant": ("product_id", "company_id", "location_id", "quantity", "reserved_quantity"),
}  # fmt: skip
NOMES = {
    14: {"unidade": "product_uom", "feito": "quantity_done", "fornecedor": "name"},
    19: {"unidade": "product_uom_id", "feito": "quantity", "fornecedor": "partner_id"},
}


@dataclass
class Retrato:
    """Os registros de um Odoo num instante: modelo → id → campos (many2one como id nu, vazio como False)."""

    versao: int
    registros: dict[str, dict[int, Linha]]

    def __getitem__(self, modelo: str) -> dict[int, Linha]:
        return self.registros.get(modelo, {})

    def sem(self, fora: Mapping[str, Collection[int]]) -> Retrato:
        """O mesmo, sem estes registros (os que têm de ter sido rejeitados)."""
        return Retrato(self.versao, {m: {i: x for i, x in r.items() if i not in fora.get(m, ())} for m, r in self.registros.items()})


def retrato_do_simulado(banco: BancoSimulado) -> Retrato:
    """Copia do Odoo simulado o que interessa, direto da memória dele."""
    nomes = NOMES[14 if banco.antigo else 19]
    registros: dict[str, dict[int, Linha]] = {}
    with banco.trava:
        for modelo, campos in CAMPOS.items():
            if modelo not in banco.esquema:
                continue
            tem = banco.esquema[modelo].campos
            uteis = [(c, nomes.get(c, c)) for c in campos if nomes.get(c, c) in tem]
            registros[modelo] = {x["id"]: {c: valor(banco, modelo, x, real) for c, real in uteis} for x in banco.linhas(modelo)}
    return Retrato(14 if banco.antigo else 19, registros)


# --- contas simples -------------------------------------------------------------------------------------------------------------


def exato(numero: Any) -> Fraction:
    """O número que se lê no Odoo, sem o erro do float."""
    return Fraction(repr(numero) if isinstance(numero, float) else str(numero or 0))


def fator(r: Retrato, unidade: Any) -> Fraction | None:
    """Unidades de referência numa desta: dúzia = 12 nas duas versões."""
    u = r["uom.uom"].get(unidade)
    if u is None:
        return None
    f = exato(u["factor"]).limit_denominator(10**7)
    return 1 / f if r.versao < 17 else f


def em(r: Retrato, qtd: Fraction, de: Any, para: Any) -> Fraction:
    """A quantidade em outra unidade; unidades desconhecidas não convertem."""
    a, b = fator(r, de), fator(r, para)
    return qtd * a / b if a and b else qtd


def dez_casas(f: Fraction) -> Decimal:
    return (Decimal(f.numerator) / Decimal(f.denominator)).quantize(Decimal("1e-10"))


def instante(v: Any) -> datetime | None:
    if isinstance(v, datetime):
        return v.replace(tzinfo=UTC)
    return datetime.strptime(str(v)[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) if v else None


def dia(v: Any, fuso: ZoneInfo) -> date | None:
    """A data local de um instante; um campo de data fica como está."""
    if not v:
        return None
    if len(str(v)) <= 10:
        return date.fromisoformat(str(v))
    quando = instante(v)
    return quando.astimezone(fuso).date() if quando else None


def limpo(v: Any) -> str | None:
    return (str(v).strip() or None) if v else None


def cnpj(v: Any) -> str | None:
    so = re.sub(r"[^0-9A-Za-z]", "", str(v or "")).upper()
    if len(so) == 16 and so.startswith("BR"):
        so = so[2:]
    return so or None


def percentil(dias: Sequence[int], p: Fraction) -> Fraction:
    """percentile_cont: interpolação linear entre os vizinhos."""
    ordem = sorted(dias)
    onde = p * (len(ordem) - 1)
    baixo = onde.numerator // onde.denominator
    resto = onde - baixo
    alto = min(baixo + 1, len(ordem) - 1)
    return ordem[baixo] + (ordem[alto] - ordem[baixo]) * resto


# --- o que cada tabela tem de conter ------------------------------------------------------------------------------------------------


@dataclass
class Fixado:
    """O que uma pessoa fixou num produto do cadastro: coluna → valor."""

    valores: dict[str, Any] = field(default_factory=dict)


@dataclass
class Esperado:
    """Tabela → chave → colunas."""

    tabelas: dict[str, dict[Any, Linha]]
    ignorados: set[int]


class Oraculo:
    """As regras de docs/dados.md sobre um retrato. `fixados`: código do produto → colunas que uma pessoa fixou e seus valores."""

    def __init__(
        self, retrato: Retrato, fuso: ZoneInfo = SAO_PAULO, empresas: Collection[int] = (), fixados: Mapping[str, Linha] | None = None
    ) -> None:
        self.r, self.fuso, self.empresas, self.fixados = retrato, fuso, empresas, fixados or {}
        self.movimentos = {i: m for i, m in retrato["stock.move"].items() if m["state"] == "done" and self._minha(m["company_id"])}
        self.da_linha: dict[int, list[tuple[datetime, int, Linha, str]]] = defaultdict(list)
        for i, m in self.movimentos.items():
            if m.get("purchase_line_id"):
                quando = instante(m["date"])
                assert quando is not None
                self.da_linha[m["purchase_line_id"]].append((quando, i, m, self.tipo(m)))

    def _minha(self, empresa: Any) -> bool:
        return not self.empresas or empresa in self.empresas

    def _uso(self, local: Any) -> str:
        return str(self.r["stock.location"].get(local, {}).get("usage", ""))

    def tipo(self, m: Linha) -> str:
        """O que o movimento feito é para nós, pelas pontas dele."""
        de, para = self._uso(m["location_id"]), self._uso(m["location_dest_id"])
        if de == "supplier" and para in ("internal", "transit"):
            return "entrada"
        if m.get("is_subcontract") and para in ("internal", "transit"):
            return "entrada"
        if {de, para} == {"supplier", "customer"}:
            return "direta" if de == "supplier" else "devolucao direta"
        if para == "supplier":
            return "devolucao"
        return "cliente" if de == "customer" else "outro"

    def qtd(self, m: Linha) -> Fraction:
        """Quantidade feita na unidade do produto."""
        return em(self.r, exato(m["feito"]), m["product_uom"], self.r["product.product"][m["product_id"]]["uom_id"])

    # --- cadastro ----------------------------------------------------------------------------------------------------------------

    def donos(self) -> dict[str, int]:
        """Código → produto dono: o ativo de menor id."""
        por_codigo: dict[str, list[tuple[bool, int]]] = defaultdict(list)
        for i, p in self.r["product.product"].items():
            if codigo := limpo(p["default_code"]):
                por_codigo[codigo].append((not p["active"], i))
        return {codigo: min(lista)[1] for codigo, lista in por_codigo.items()}

    def fabricados(self) -> set[int]:
        modelos: set[int] = set()
        variantes: set[int] = set()
        for b in self.r["mrp.bom"].values():
            if b["type"] == "normal":
                (variantes if b["product_id"] else modelos).add(b["product_id"] or b["product_tmpl_id"])
        rotas = {x["route_id"] for x in self.r["stock.rule"].values() if x["action"] == "manufacture"}
        return {
            i
            for i, p in self.r["product.product"].items()
            if i in variantes or p["product_tmpl_id"] in modelos or rotas & set(p.get("route_ids") or ())
        }

    def cadastro(self) -> dict[Any, Linha]:
        fabricados = self.fabricados()
        linhas: dict[Any, Linha] = {}
        for codigo, i in self.donos().items():
            p = self.r["product.product"][i]
            linhas[codigo] = {
                "odoo_produto_id": i,
                "nome_produto": limpo(p["name"]),
                "unidade": limpo(self.r["uom.uom"][p["uom_id"]]["name"]),
                "produto_comprado": bool(p["purchase_ok"]),
                "produto_produzido": i in fabricados,
                "produto_vendido": bool(p["sale_ok"]),
                "peso_bruto": Decimal(repr(p["weight"] or 0)),
                "ativo": bool(p["active"]),
                **self.fixados.get(codigo, {}),
            }
        return linhas

    def comprado(self, produto: int) -> bool:
        """A marca "comprado": do cadastro do próprio produto; quem não tem linha própria usa o purchase_ok do Odoo."""
        p = self.r["product.product"][produto]
        codigo = limpo(p["default_code"])
        if codigo and self.donos().get(codigo) == produto:
            return bool(self.fixados.get(codigo, {}).get("produto_comprado", p["purchase_ok"]))
        return bool(p["purchase_ok"])

    # --- pedidos -----------------------------------------------------------------------------------------------------------------

    def pedidos(self) -> dict[Any, Linha]:
        linhas: dict[Any, Linha] = {}
        for i, x in self.r["purchase.order.line"].items():
            o = self.r["purchase.order"].get(x["order_id"])
            if not x["product_id"] or o is None or not self._minha(o["company_id"]) or x["product_id"] not in self.r["product.product"]:
                continue
            linhas[i] = self._pedido(i, x, o)
        return linhas

    def _pedido(self, i: int, x: Linha, o: Linha) -> Linha:
        p = self.r["product.product"][x["product_id"]]
        contato = self.r["res.partner"].get(o["partner_id"])
        comercial_id = (contato or {}).get("commercial_partner_id") or o["partner_id"]
        comercial = self.r["res.partner"].get(comercial_id)
        f_linha, f_produto = fator(self.r, x["unidade"]), fator(self.r, p["uom_id"])
        preco = exato(x["price_unit"]) * (f_produto / f_linha if f_linha and f_produto else 1)
        entradas, recebida = self.recebido(i, x, p)
        travado = o["state"] == "done" or bool(o.get("locked") and o["state"] == "purchase")
        requisicao = self.r["purchase.requisition"].get(o.get("requisition_id") or 0)
        pedidas = [self.r["purchase.request.line"][j]["request_id"] for j in x.get("purchase_request_lines") or ()]
        numeros = sorted({str(limpo(self.r["purchase.request"][d]["name"])) for d in pedidas})
        return {
            "odoo_documento_id": x["order_id"],
            "odoo_produto_id": x["product_id"],
            "empresa_id": o["company_id"] or None,
            "odoo_write_date": instante(x["write_date"]),
            "odoo_documento_write_date": instante(o["write_date"]),
            "importado_odoo": True,
            "num_pedido": limpo(o["name"]),
            "num_requisicao": limpo(requisicao["name"]) if requisicao else ", ".join(numeros) or None,
            "cnpj_fornecedor": cnpj(comercial["vat"]) if comercial else None,
            "raz_social": limpo(comercial["name"]) if comercial else None,
            "odoo_parceiro_id": comercial_id or None,
            "data_pedido_criacao": dia(o["date_order"], self.fuso),
            "data_pedido_previsao": dia(x["date_planned"], self.fuso),
            "data_pedido_entrega": min(entradas).astimezone(self.fuso).date() if entradas else None,
            "cod_produto": limpo(p["default_code"]),
            "nome_produto": limpo(p["name"]),
            "qtd_produto_pedido": Decimal(repr(x["product_uom_qty"])),
            "qtd_recebida": dez_casas(recebida),
            "preco_produto_pedido": dez_casas(preco),
            "moeda": limpo(self.r["res.currency"].get(o["currency_id"], {}).get("name")),
            "confirmacao_pedido": travado or bool(entradas) or recebida > 0,
            "status_odoo": o["state"] or None,
        }

    def recebido(self, i: int, x: Linha, p: Linha) -> tuple[list[datetime], Fraction]:
        """Os instantes das entradas feitas da linha, e o recebido menos o devolvido, na unidade do produto."""
        entradas = [quando for quando, _, _, tipo in self.da_linha[i] if tipo in ("entrada", "direta")]
        proprios = [
            (1 if tipo in ("entrada", "direta") else -1) * self.qtd(m)
            for _, _, m, tipo in self.da_linha[i]
            if m["product_id"] == x["product_id"] and tipo in ("entrada", "direta", "devolucao", "devolucao direta")
        ]
        return entradas, sum(proprios, Fraction(0)) if proprios else em(self.r, exato(x["qty_received"]), x["unidade"], p["uom_id"])

    # --- requisições ---------------------------------------------------------------------------------------------------------------

    def requisicoes(self) -> dict[Any, Linha]:
        linhas: dict[Any, Linha] = {}
        for modelo, cabecalho, campo, usuario in (
            ("purchase.requisition.line", "purchase.requisition", "requisition_id", "user_id"),
            ("purchase.request.line", "purchase.request", "request_id", "requested_by"),
        ):
            for i, x in self.r[modelo].items():
                c = self.r[cabecalho].get(x[campo])
                if x["product_id"] and c is not None and self._minha(c["company_id"]):
                    linhas[(modelo, i)] = self._requisicao(modelo, i, x, c, campo, usuario)
        return linhas

    def _requisicao(self, modelo: str, i: int, x: Linha, c: Linha, campo: str, usuario: str) -> Linha:
        p = self.r["product.product"][x["product_id"]]
        datas = [x.get("schedule_date"), c.get("schedule_date"), c.get("date_end")]
        if modelo == "purchase.request.line":
            datas = [x.get("date_required"), c.get("date_start")]
        return {
            "odoo_documento_id": x[campo],
            "odoo_produto_id": x["product_id"],
            "empresa_id": c["company_id"] or None,
            "odoo_write_date": instante(x["write_date"]),
            "odoo_documento_write_date": instante(c["write_date"]),
            "importado_odoo": True,
            "num_requisicao": limpo(c["name"]),
            "data_requisicao_criacao": dia(c["create_date"], self.fuso),
            "usuario_requisicao_criacao": limpo(self.r["res.users"].get(c[usuario], {}).get("name")),
            "cod_produto": limpo(p["default_code"]),
            "nome_produto": limpo(p["name"]),
            "qtd_produto_requisicao": dez_casas(em(self.r, exato(x["product_qty"]), x["product_uom_id"], p["uom_id"])),
            "data_requisicao_solicitada": next((dia(d, self.fuso) for d in datas if d), None),
            "status": self.status(modelo, i, x[campo], x["product_id"], c["state"]),
        }

    def status(self, modelo: str, i: int, documento: int, produto: int, estado: str) -> str:
        """Pela linha: o que a atende manda mais que o cabeçalho."""
        estados = set()
        for x in self.r["purchase.order.line"].values():
            o = self.r["purchase.order"].get(x["order_id"])
            if o is None or not x["product_id"]:
                continue
            if modelo == "purchase.request.line":
                atende = i in (x.get("purchase_request_lines") or ())
            else:
                atende = o.get("requisition_id") == documento and x["product_id"] == produto
            if atende:
                estados.add(o["state"])
        if estados & set(CONFIRMADO):
            return "Pedido Colocado"
        if estados & set(COTACAO):
            return "Em Cotação"
        return "Cancelada" if estado in ("cancel", "rejected", "excluida") else "Requisitada"

    # --- estoque e prazos ---------------------------------------------------------------------------------------------------------

    def movimentacao(self, pedidos: Mapping[Any, Linha]) -> tuple[dict[Any, Linha], set[int]]:
        linhas: dict[Any, Linha] = {}
        ignorados: set[int] = set()
        for i, m in self.movimentos.items():
            tipo = self.tipo(m)
            usos = {self._uso(m["location_id"])} & {"supplier", "customer"} or {self._uso(m["location_dest_id"])} & {"supplier"}
            if not usos and not m.get("purchase_line_id") and not m.get("is_subcontract"):
                continue  # não é da conta das entradas
            if tipo not in ("entrada", "devolucao") or not self.comprado(m["product_id"]):
                ignorados.add(i)
                continue
            linha = m.get("purchase_line_id") or None
            guia = self.r["stock.picking"].get(m["picking_id"])
            q = dez_casas(self.qtd(m))
            linhas[i] = {
                "odoo_documento_id": m["picking_id"] or None,
                "odoo_produto_id": m["product_id"],
                "empresa_id": m["company_id"] or None,
                "importado_odoo": True,
                "tipo_movimentacao": "ENTRADA_COMPRA" if tipo == "entrada" else "DEVOLUCAO_COMPRA",
                "cod_produto": limpo(self.r["product.product"][m["product_id"]]["default_code"]),
                "qtd_movimentacao": q if tipo == "entrada" else -q,
                "data_movimentacao": instante(m["date"]),
                "num_pedido": pedidos[linha]["num_pedido"] if linha in pedidos else None,
                "linha_pedido": linha if linha in pedidos else None,
                "ordem_producao_id": None,
                "origem": "Odoo",
                "referencia": limpo(guia["name"]) if guia else limpo(m.get("reference")),
                "usuario": "Sistema",
            }
        return linhas, ignorados

    def prazos(self, pedidos: Mapping[Any, Linha]) -> dict[Any, Linha]:
        entregas: dict[Any, list[tuple[date, int, int]]] = defaultdict(list)
        exemplo: dict[Any, Linha] = {}
        for i, x in pedidos.items():
            if x["data_pedido_entrega"] and x["data_pedido_criacao"] and x["odoo_parceiro_id"] and x["empresa_id"]:
                chave = (x["empresa_id"], x["odoo_parceiro_id"], x["odoo_produto_id"])
                d = max((x["data_pedido_entrega"] - x["data_pedido_criacao"]).days, 0)
                entregas[chave].append((x["data_pedido_entrega"], i, d))
                exemplo[chave] = x
        linhas: dict[Any, Linha] = {}
        for chave, lista in entregas.items():
            dias = [d for _, _, d in sorted(lista)]
            media = Decimal(dias[0])
            for d in dias[1:]:
                media = ((media + d) / 2).quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
            x, prazo = exemplo[chave], self.previsto(*chave)
            linhas[chave] = {
                "cnpj_fornecedor": x["cnpj_fornecedor"],
                "nome_fornecedor": x["raz_social"],
                "cod_produto": x["cod_produto"],
                "nome_produto": x["nome_produto"],
                "lead_time_previsto": Decimal(prazo if prazo is not None else dias[0]),
                "lead_time_historico": media,
                "entregas": len(dias),
                "lead_time_mediano": dez_casas(percentil(dias, Fraction(1, 2))),
                "lead_time_p90": dez_casas(percentil(dias, Fraction(9, 10))),
                "ultimo_lead_time": dias[-1],
            }
        return linhas

    def previsto(self, empresa: int, parceiro: int, produto: int) -> int | None:
        modelo = self.r["product.product"][produto]["product_tmpl_id"]
        servem = []
        for i, s in self.r["product.supplierinfo"].items():
            dono = self.r["res.partner"].get(s["fornecedor"], {}).get("commercial_partner_id") or s["fornecedor"]
            do_produto = s["product_id"] == produto or (not s["product_id"] and s["product_tmpl_id"] == modelo)
            if dono == parceiro and do_produto and s["delay"] > 0 and s["company_id"] in (False, empresa):
                servem.append((s["sequence"], -s["min_qty"], s["price"], i, s["delay"]))
        return min(servem)[-1] if servem else None

    def posicao(self) -> dict[Any, Linha]:
        somas: dict[Any, list[Fraction]] = {}
        for q in self.r["stock.quant"].values():
            if self._uso(q["location_id"]) == "internal" and self._minha(q["company_id"]):
                soma = somas.setdefault((q["product_id"], q["company_id"] or 0), [Fraction(0), Fraction(0)])
                soma[0] += exato(q["quantity"])
                soma[1] += exato(q["reserved_quantity"])
        return {
            chave: {
                "cod_produto": limpo(self.r["product.product"][chave[0]]["default_code"]),
                "qtd": dez_casas(qtd),
                "qtd_reservada": dez_casas(reservada),
            }
            for chave, (qtd, reservada) in somas.items()
        }

    def esperado(self) -> Esperado:
        pedidos = self.pedidos()
        movimentacao, ignorados = self.movimentacao(pedidos)
        tabelas = {
            "pedido_compras": pedidos,
            "requisicao_compras": self.requisicoes(),
            "movimentacao_estoque": movimentacao,
            "lead_time_fornecedor": self.prazos(pedidos),
            "posicao_estoque": self.posicao(),
            "cadastro_palletizacao": self.cadastro(),
        }
        return Esperado(tabelas, ignorados)


# --- o que está no banco, e a comparação ----------------------------------------------------------------------------------------------

CONSULTAS = {
    "pedido_compras": ("SELECT odoo_id AS chave, * FROM pedido_compras WHERE odoo_modelo = 'purchase.order.line'"),
    "requisicao_compras": "SELECT odoo_modelo, odoo_id, * FROM requisicao_compras WHERE importado_odoo",
    "movimentacao_estoque": """SELECT m.odoo_id AS chave, m.*, p.odoo_id AS linha_pedido FROM movimentacao_estoque m
        LEFT JOIN pedido_compras p ON p.id = m.pedido_compras_id
        WHERE m.odoo_modelo = 'stock.move' AND m.tipo_movimentacao IN ('ENTRADA_COMPRA', 'DEVOLUCAO_COMPRA')""",
    "lead_time_fornecedor": "SELECT * FROM lead_time_fornecedor",
    "posicao_estoque": "SELECT * FROM posicao_estoque",
    "cadastro_palletizacao": "SELECT * FROM cadastro_palletizacao",
}
CHAVES: dict[str, tuple[str, ...]] = {
    "pedido_compras": ("odoo_id",),
    "requisicao_compras": ("odoo_modelo", "odoo_id"),
    "movimentacao_estoque": ("odoo_id",),
    "lead_time_fornecedor": ("empresa_id", "odoo_parceiro_id", "odoo_produto_id"),
    "posicao_estoque": ("odoo_produto_id", "empresa_id"),
    "cadastro_palletizacao": ("cod_produto",),
}


@contextmanager
def _conectado(onde: Engine | Connection) -> Iterator[Connection]:
    if isinstance(onde, Connection):
        yield onde
        return
    with onde.connect() as conexao:
        yield conexao


def guardado(motor: Engine | Connection) -> dict[str, dict[Any, Linha]]:
    """As tabelas importadas como estão: tabela → chave → colunas."""
    achado: dict[str, dict[Any, Linha]] = {}
    with _conectado(motor) as conexao:
        for nome, consulta in CONSULTAS.items():
            chave = CHAVES[nome]
            linhas = [dict(x) for x in conexao.execute(text(consulta)).mappings()]
            achado[nome] = {x[chave[0]] if len(chave) == 1 else tuple(x[c] for c in chave): x for x in linhas}
            assert len(achado[nome]) == len(linhas), f"{nome}: chave repetida"
    return achado


def fixados_por_pessoas(motor: Engine | Connection) -> dict[str, Linha]:
    """O que pessoas fixaram no cadastro (é fato nosso, não do Odoo)."""
    with _conectado(motor) as conexao:
        linhas = conexao.execute(text("SELECT * FROM cadastro_palletizacao WHERE campos_fixados <> '{}'")).mappings()
        return {x["cod_produto"]: {c: x[c] for c in x["campos_fixados"]} for x in linhas}


def ignorados_abertos(motor: Engine | Connection) -> set[int]:
    consulta = "SELECT odoo_id FROM rejeicao_integracao WHERE fonte = 'entradas' AND tipo = 'ignorada' AND resolvida_em IS NULL"
    with _conectado(motor) as conexao:
        return set(conexao.execute(text(consulta)).scalars())


def diferencas(
    motor: Engine | Connection,
    retrato: Retrato,
    *,
    fuso: ZoneInfo = SAO_PAULO,
    empresas: Collection[int] = (),
    rejeitados: Mapping[str, Collection[int]] | None = None,
    tabelas: Iterable[str] | None = None,
    menos: Collection[str] = (),
) -> list[str]:
    """O que difere entre o banco e o que o oráculo espera do retrato; vazio é perfeito.

    `rejeitados`: registros (modelo → ids) que têm de estar fora por não poderem ser guardados. `menos`: colunas a não comparar.
    """
    oraculo = Oraculo(retrato.sem(rejeitados or {}), fuso, empresas, fixados_por_pessoas(motor))
    esperado, aqui = oraculo.esperado(), guardado(motor)
    achadas: list[str] = []
    for nome in tabelas or esperado.tabelas:
        deve, tem = esperado.tabelas[nome], aqui[nome]
        achadas += [f"{nome}[{chave}]: falta; devia ser {deve[chave]}" for chave in sorted(deve.keys() - tem.keys(), key=str)]
        for chave in sorted(tem.keys() - deve.keys(), key=str):
            if motivo := _sobra(oraculo, nome, chave, tem[chave]):
                achadas.append(f"{nome}[{chave}]: {motivo}")
        for chave in sorted(deve.keys() & tem.keys(), key=str):
            for coluna, valor_certo in deve[chave].items():
                if coluna not in menos and not _iguais(tem[chave][coluna], valor_certo, nome):
                    achadas.append(f"{nome}[{chave}].{coluna}: no banco {tem[chave][coluna]!r}, devia ser {valor_certo!r}")
    if tabelas is None or "movimentacao_estoque" in tabelas:
        abertos = ignorados_abertos(motor)
        achadas += [f"movimento {i}: devia estar listado como ignorado" for i in sorted(esperado.ignorados - abertos)]
        achadas += [f"movimento {i}: listado como ignorado sem razão" for i in sorted(abertos - esperado.ignorados)]
    return achadas


def _sobra(oraculo: Oraculo, tabela: str, chave: Any, linha: Linha) -> str | None:
    """Por que uma linha que o Odoo já não tem não devia estar aqui (ou como devia estar); None se está certa."""
    r = oraculo.r
    if tabela == "pedido_compras":
        if chave in r["purchase.order.line"]:
            return "não devia existir"
        return None if linha["status_odoo"] == "excluida" else f"sumiu do Odoo e está {linha['status_odoo']!r}, não 'excluida'"
    if tabela == "requisicao_compras":
        if chave[1] in r[chave[0]]:
            return "não devia existir"
        certo = oraculo.status(chave[0], chave[1], linha["odoo_documento_id"], linha["odoo_produto_id"], "excluida")
        return None if linha["status"] == certo else f"sumiu do Odoo e está {linha['status']!r}, não {certo!r}"
    if tabela == "posicao_estoque":
        return None if linha["qtd"] == 0 and linha["qtd_reservada"] == 0 else f"o Odoo não tem mais saldo, e aqui há {linha['qtd']}"
    if tabela == "cadastro_palletizacao":
        sem_dono = linha["odoo_produto_id"] is None
        return None if sem_dono and (not linha["ativo"] or "ativo" in linha["campos_fixados"]) else "código sem dono no Odoo e ainda ativo"
    return "não devia existir"


def _iguais(a: Any, b: Any, tabela: str) -> bool:
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        # percentile_cont e a posição somada pelo Odoo são contas em ponto flutuante.
        folga = Decimal("0.0001") if tabela == "lead_time_fornecedor" else Decimal("1e-9") if tabela == "posicao_estoque" else Decimal(0)
        return abs(a - b) <= folga
    if isinstance(a, datetime) and isinstance(b, datetime):
        return a.replace(microsecond=0) == b
    return bool(a == b)


def conferir_com_oraculo(motor: Engine, banco: BancoSimulado | Retrato, **opcoes: Any) -> None:
    """Falha, dizendo o que difere, se as tabelas importadas não são as que o oráculo calcula do Odoo."""
    retrato = banco if isinstance(banco, Retrato) else retrato_do_simulado(banco)
    achadas = diferencas(motor, retrato, **opcoes)
    mostra = "\n  ".join(achadas[:40]) + (f"\n  … e mais {len(achadas) - 40}" if len(achadas) > 40 else "")
    assert not achadas, f"{len(achadas)} diferenças entre o banco e o oráculo:\n  {mostra}"
