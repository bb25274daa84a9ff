"""O banco simulado inteiro: tabelas, regras, atos e os dados com que um Odoo nasce (empresa, usuários, unidades, locais, rotas)."""

from __future__ import annotations

from typing import Any

from app.demo.odoo_simulado.acessos import Acessos, Credencial
from app.demo.odoo_simulado.atos_cadastro import MODULOS_PADRAO, AtosCadastro
from app.demo.odoo_simulado.relogio import Relogio

ADMIN, SENHA_ADMIN = "admin", "admin"
CHAVE_ADMIN = "5e1a9c0d7b3f48e2a6c4d8f01b2e3a4c5d6f7081"

# (referência, nome, categoria, fator como a versão o guarda, tipo na 14, unidade relativa na 19)
_UNIDADES_14 = (
    ("unidade", "Units", "Unit", 1.0, "reference"),
    ("duzia", "Dozens", "Unit", 1 / 12, "bigger"),
    ("kg", "kg", "Weight", 1.0, "reference"),
    ("g", "g", "Weight", 1000.0, "smaller"),
    ("hora", "Hours", "Working Time", 8.0, "smaller"),
    ("t", "t", "Weight", 0.001, "bigger"),
    ("m", "m", "Length / Distance", 1.0, "reference"),
    ("cm", "cm", "Length / Distance", 100.0, "smaller"),
    ("l", "L", "Volume", 1.0, "reference"),
)
_UNIDADES_19 = (
    ("unidade", "Units", 1.0, None),
    ("pacote6", "Pack of 6", 6.0, "unidade"),
    ("duzia", "Dozens", 12.0, "unidade"),
    ("hora", "Hours", 1.0, None),
    ("cm", "cm", 1.0, None),
    ("m", "m", 100.0, "cm"),
    ("l", "L", 1.0, None),
    ("g", "g", 1.0, None),
    ("kg", "kg", 1000.0, "g"),
    ("t", "Ton", 1000.0, "kg"),
)


class BancoSimulado(AtosCadastro):
    """Uma fábrica em memória com os modos do Odoo 14 ou 19.

    `relogio`: função que dá o instante presente (datetime com fuso); padrão, a hora de verdade. `refs` guarda os ids do que nasce com o
    banco (empresa, moeda, unidade, duzia, estoque, fornecedores, clientes, fabrica, tipo_entrada…);
    `ruins`, o que uma fábrica plantou de propósito (caso → pares modelo, id).
    """

    def __init__(self, versao: int, *, relogio: Relogio | None = None, nome: str = "fabrica") -> None:
        super().__init__(versao, relogio=relogio)
        self.nome = nome
        self.acessos = Acessos(self)
        self.ruins: dict[str, list[tuple[str, int]]] = {}
        for modelo in ("purchase.request", "purchase.request.line"):
            del self.esquema[modelo]  # a OCA se instala à parte
        with self.transacao(usuario=1):
            self._nascer()
        self.acessos.credenciais[2] = Credencial(2, ADMIN, SENHA_ADMIN)
        if not self.antigo:
            self.acessos.criar_chave(2, CHAVE_ADMIN, nome="demonstração", dias=None)

    def _nascer(self) -> None:
        r, ins = self.refs, self.inserir_cru
        r["brasil"] = ins("res.country", {"name": "Brazil", "code": "BR"})
        ins("res.country", {"name": "United States", "code": "US"})
        r["sao_paulo"] = ins("res.country.state", {"name": "São Paulo", "code": "SP", "country_id": r["brasil"]})
        r["moeda"] = ins("res.currency", {"name": "BRL", "symbol": "R$", "active": True, "rounding": 0.01})
        r["dolar"] = ins("res.currency", {"name": "USD", "symbol": "$", "active": True, "rounding": 0.01})
        parceiro = ins(
            "res.partner", {"name": "My Company", "is_company": True, "active": True, "type": "contact", "country_id": r["brasil"]}
        )
        self.escrever_cru("res.partner", parceiro, {"commercial_partner_id": parceiro})
        extra = {} if self.antigo else {"active": True}
        r["empresa"] = ins("res.company", {"name": "My Company", "partner_id": parceiro, "currency_id": r["moeda"], **extra})
        for login, nome, ativo in (("__system__", "OdooBot", False), (ADMIN, "Administrator", True)):
            p = ins("res.partner", {"name": nome, "active": ativo, "type": "contact"})
            self.escrever_cru("res.partner", p, {"commercial_partner_id": p})
            ins("res.users", {"login": login, "active": ativo, "partner_id": p, "company_id": r["empresa"], "company_ids": (r["empresa"],)})
        r["categoria"] = ins("product.category", {"name": "All", "complete_name": "All"})
        self._unidades()
        self._locais()
        if self.antigo:
            r["tipo_requisicao"] = ins("purchase.requisition.type", {"name": "Blanket Order"})
        for modulo in MODULOS_PADRAO:
            ins("ir.module.module", {"name": modulo, "state": "installed", "latest_version": f"{self.versao}.0.1.0"})
        for nome in self.esquema:
            ins("ir.model", {"name": self.esquema[nome].titulo, "model": nome})
        for xmlid, ref, modelo in (
            ("product_uom_unit", "unidade", "uom.uom"),
            ("product_uom_dozen", "duzia", "uom.uom"),
            ("br", "brasil", "res.country"),
        ):
            ins("ir.model.data", {"name": xmlid, "module": "uom" if modelo == "uom.uom" else "base", "model": modelo, "res_id": r[ref]})

    def _unidades(self) -> None:
        if self.antigo:
            categorias: dict[str, int] = {}
            for ref, nome, categoria, fator, tipo in _UNIDADES_14:
                if categoria not in categorias:
                    categorias[categoria] = self.inserir_cru("uom.category", {"name": categoria})
                v: dict[str, Any] = {
                    "name": nome,
                    "category_id": categorias[categoria],
                    "factor": fator,
                    "uom_type": tipo,
                    "rounding": 0.01,
                    "active": True,
                }
                self.refs[ref] = self.inserir_cru("uom.uom", v)
            return
        for ref, nome, relativo, de in _UNIDADES_19:
            base = self.exigir("uom.uom", self.refs[de])["factor"] if de else 1.0
            v = {
                "name": nome,
                "relative_factor": relativo,
                "factor": base * relativo,
                "relative_uom_id": self.refs[de] if de else False,
                "active": True,
            }
            self.refs[ref] = self.inserir_cru("uom.uom", v)

    def _locais(self) -> None:
        r, ins = self.refs, self.inserir_cru
        parceiros, virtuais = ("Partner Locations/", "Virtual Locations/") if self.antigo else ("", "")
        for ref, nome, completo, uso, da_empresa in (
            ("fornecedores", "Vendors", parceiros + "Vendors", "supplier", False),
            ("clientes", "Customers", parceiros + "Customers", "customer", False),
            ("transito", "Inter-warehouse transit", "Inter-warehouse transit", "transit", True),
            ("armazem", "WH", "WH", "view", True),
            ("estoque", "Stock", "WH/Stock", "internal", True),
            ("ajuste", "Inventory adjustment", virtuais + "Inventory adjustment", "inventory", True),
            ("fabrica", "Production", virtuais + "Production", "production", True),
        ):
            v: dict[str, Any] = {
                "name": nome,
                "complete_name": completo,
                "usage": uso,
                "active": True,
                "company_id": r["empresa"] if da_empresa else False,
            }
            if ref == "estoque":
                v["location_id"] = r["armazem"]
            r[ref] = ins("stock.location", v)
        for ref, nome, codigo, sigla, de, para in (
            ("tipo_entrada", "Receipts", "incoming", "IN", "fornecedores", "estoque"),
            ("tipo_saida", "Delivery Orders", "outgoing", "OUT", "estoque", "clientes"),
            ("tipo_interno", "Internal Transfers", "internal", "INT", "estoque", "estoque"),
            ("tipo_producao", "Manufacturing", "mrp_operation", "MO", "estoque", "estoque"),
        ):
            v = {"name": nome, "code": codigo, "sequence_code": sigla, "active": True, "company_id": r["empresa"]}
            v.update(default_location_src_id=r[de], default_location_dest_id=r[para])
            r[ref] = ins("stock.picking.type", v)
        r["deposito"] = ins(
            "stock.warehouse",
            {
                "name": "San Francisco" if self.antigo else "My Company",
                "code": "WH",
                "active": True,
                "company_id": r["empresa"],
                "lot_stock_id": r["estoque"],
                "view_location_id": r["armazem"],
                "in_type_id": r["tipo_entrada"],
                "out_type_id": r["tipo_saida"],
                "manu_type_id": r["tipo_producao"],
            },
        )
        rota = "stock.location.route" if self.antigo else "stock.route"
        local = "location_id" if self.antigo else "location_dest_id"
        for ref, nome, acao, ativa in (
            ("rota_mto", "Replenish on Order (MTO)", "pull", False),
            ("rota_fabricar", "Manufacture", "manufacture", True),
            ("rota_comprar", "Buy", "buy", True),
        ):
            r[ref] = ins(rota, {"name": nome, "active": ativa, "product_selectable": self.antigo, "company_id": False})
            ins(
                "stock.rule",
                {
                    "name": f"WH: {nome}",
                    "action": acao,
                    "active": True,
                    "route_id": r[ref],
                    local: r["estoque"],
                    "company_id": r["empresa"],
                    "picking_type_id": r["tipo_entrada"] if acao == "buy" else r["tipo_producao"],
                    "procure_method": "make_to_stock",
                },
            )

    def criar_empresa(self, nome: str, *, moeda: str = "moeda") -> int:
        """Outra empresa no mesmo Odoo (o administrador passa a vê-la)."""
        with self.transacao():
            parceiro = self.criar("res.partner", {"name": nome, "is_company": True})
            extra = {} if self.antigo else {"active": True}
            empresa = self.inserir_cru("res.company", {"name": nome, "partner_id": parceiro, "currency_id": self.refs[moeda], **extra})
            admin = self.exigir("res.users", 2)
            self.escrever_cru("res.users", 2, {"company_ids": (*admin["company_ids"], empresa)})
            return empresa
