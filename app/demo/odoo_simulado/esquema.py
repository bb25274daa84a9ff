"""Os campos de cada modelo do Odoo simulado, por versão: o que `fields_get` responde e o que pode ser lido, gravado e pesquisado.

O texto vem de servidores de verdade (esquema_14.py, esquema_19.py); aqui ele vira objetos, com os campos que todo modelo tem e os da
OCA (purchase.request), que não vêm com o Odoo.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from app.demo.odoo_simulado import esquema_14, esquema_19

# `purchase_request` da OCA, nos nomes que valem da 14 à 19; só existe no banco que o instala (BancoSimulado.instalar).
_OCA = """
[purchase.request] Purchase Request
name char*; origin char; date_start date; requested_by many2one* res.users; assigned_to many2one res.users; description text;
company_id many2one* res.company; line_ids one2many purchase.request.line/request_id;
state selection* draft,to_approve,approved,rejected,done

[purchase.request.line] Purchase Request Line
name char; request_id many2one* purchase.request; product_id many2one product.product; product_uom_id many2one uom.uom;
product_qty float; company_id many2one res.company; requested_by many2one res.users; date_start date; date_required date*;
request_state selection draft,to_approve,approved,rejected,done; cancelled boolean; purchase_lines many2many purchase.order.line;
purchased_qty float; purchase_state selection draft,sent,to approve,purchase,done,cancel; description text
"""

_COMUNS = (
    "id integer; -display_name char; create_date datetime; create_uid many2one res.users; write_date datetime; write_uid many2one res.users"
)

# Modelos que não guardam quem e quando mexeu (`_log_access = False`).
_SEM_AUTORIA = ("res.users.apikeys",)

# A ordem padrão (`_order`) dos modelos em que ela não é o nome: aparece quando o pedido não diz `order`.
ORDEM_PADRAO = {
    "purchase.order": "priority desc, id desc",
    "purchase.order.line": "order_id, sequence, id",
    "purchase.requisition": "id desc",
    "purchase.requisition.line": "id",
    "product.product": "default_code, name, id",
    "product.supplierinfo": "sequence, min_qty desc, price, id",
    "mrp.bom": "sequence, id",
    "mrp.bom.line": "sequence, id",
    "mrp.production": "id",
    "mrp.unbuild": "id desc",
    "stock.move": "sequence, id",
    "stock.move.line": "id",
    "stock.picking": "scheduled_date, id desc",
    "stock.quant": "id",
    "stock.location": "complete_name, id",
    "uom.uom": "id",
    "res.groups": "name",
}


@dataclass(frozen=True)
class Campo:
    """Um campo de um modelo, como o `fields_get` o descreve."""

    nome: str
    tipo: str
    gravado: bool
    obrigatorio: bool = False
    relacao: str | None = None
    inverso: str | None = None
    selecao: tuple[str, ...] = ()

    @property
    def vazio(self) -> object:
        """O valor de quem nunca foi preenchido: números são 0, o resto é `false` (nunca nulo)."""
        if self.tipo == "integer" or self.tipo == "many2one_reference":
            return 0
        if self.tipo in ("float", "monetary"):
            return 0.0
        if self.tipo == "many2many":
            return ()
        return False

    def descricao(self, atributos: list[str] | None) -> dict[str, object]:
        """O que `fields_get` devolve do campo, só com os atributos pedidos (todos, se nenhum)."""
        tudo: dict[str, object] = {
            "type": self.tipo,
            "store": self.gravado,
            "string": self.nome.replace("_id", "").replace("_", " ").title(),
            "required": self.obrigatorio,
            "readonly": not self.gravado,
        }
        if self.relacao:
            tudo["relation"] = self.relacao
        if self.inverso:
            tudo["relation_field"] = self.inverso
        if self.tipo == "selection":
            tudo["selection"] = [[v, v.replace("_", " ").capitalize()] for v in self.selecao]
        return tudo if not atributos else {k: v for k, v in tudo.items() if k in atributos}


@dataclass
class Modelo:
    """Um modelo: seus campos, o nome que as mensagens de erro mostram e a linha em branco de onde nasce um registro."""

    nome: str
    titulo: str
    campos: dict[str, Campo] = field(default_factory=dict)

    @property
    def gravados(self) -> tuple[str, ...]:
        """Os campos que moram na linha (tudo o que é gravado, menos os one2many)."""
        return tuple(c.nome for c in self.campos.values() if c.gravado and c.tipo != "one2many")

    @property
    def ordem(self) -> str:
        return ORDEM_PADRAO.get(self.nome, "name, id" if "name" in self.campos else "id")


def _campo(texto: str) -> Campo:
    nome, resto = texto.split(None, 1)
    tipo, _, extra = resto.partition(" ")
    relacao = inverso = None
    selecao: tuple[str, ...] = ()
    if tipo.startswith("selection"):
        selecao = tuple(extra.split(",")) if extra else ()
    elif extra:
        relacao, _, inv = extra.partition("/")
        inverso = inv or None
    return Campo(nome.lstrip("-"), tipo.rstrip("*"), not nome.startswith("-"), tipo.endswith("*"), relacao, inverso, selecao)


def _ler(texto: str) -> dict[str, Modelo]:
    modelos: dict[str, Modelo] = {}
    for bloco in texto.strip().split("\n["):
        cabeca, _, corpo = bloco.lstrip("[").partition("\n")
        nome, _, titulo = cabeca.partition("]")
        modelo = modelos[nome] = Modelo(nome, titulo.strip())
        for c in [*_COMUNS.split(";"), *" ".join(corpo.split()).split(";")]:
            if c.strip():
                campo = _campo(c.strip())
                if nome not in _SEM_AUTORIA or campo.nome not in ("create_uid", "write_date", "write_uid"):
                    modelo.campos[campo.nome] = campo
    return modelos


@lru_cache
def _esquema(versao: int) -> dict[str, Modelo]:
    return {**_ler(esquema_14.ESQUEMA if versao < 17 else esquema_19.ESQUEMA), **_ler(_OCA)}


def esquema(versao: int) -> dict[str, Modelo]:
    """O esquema da versão (14 ou 19), numa cópia que o banco pode estragar (campo retirado, modelo ausente)."""
    return {nome: Modelo(m.nome, m.titulo, dict(m.campos)) for nome, m in _esquema(versao).items()}
