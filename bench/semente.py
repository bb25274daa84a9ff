# ruff: noqa: DTZ007 - as datas sem fuso são da semente, e o algoritmo é o dela
"""O algoritmo da semente (o importar_pedidos_compra_odoo que a fábrica usava), escrito de novo à letra, para comparar.

Um search_read dos pedidos com nomes de exibição; um read de linhas por pedido; um read de produto e um de fornecedor por linha; uma
consulta e um objeto de ORM por linha; um commit no fim. Os reparos permitidos, sem os quais ele não roda ou não traz o mesmo
conjunto, estão marcados com «reparo» abaixo.

Cada pedido a `python -m bench.semente` diz o banco e quantos pedidos percorrer; a resposta, quanto levou cada parte, para extrapolar.
"""

from __future__ import annotations

import time
import xmlrpc.client
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.banco.motor import url_de
from app.config import Config, obter_config
from bench.apoio import atender


class Base(DeclarativeBase):
    """Base das tabelas da semente, à parte das nossas."""


class PedidoCompras(Base):
    """A tabela como a semente a usa: um pedido por (odoo_id do cabeçalho, código do produto)."""

    __tablename__ = "semente_pedido_compras"

    id: Mapped[int] = mapped_column(primary_key=True)
    num_pedido: Mapped[str | None]
    num_requisicao: Mapped[str | None]
    cnpj_fornecedor: Mapped[str | None]
    raz_social: Mapped[str | None]
    data_pedido_criacao: Mapped[date | None]
    data_pedido_previsao: Mapped[date | None]
    cod_produto: Mapped[str | None]
    nome_produto: Mapped[str | None]
    qtd_produto_pedido: Mapped[Decimal | None]
    preco_produto_pedido: Mapped[Decimal | None]
    confirmacao_pedido: Mapped[bool | None]
    importado_odoo: Mapped[bool | None]
    # A semente não diz que índices há; com este a consulta por linha custa o mínimo, o que a favorece.
    odoo_id: Mapped[str | None] = mapped_column(index=True)


class Odoo:
    """OdooIntegration da semente; conta as chamadas."""

    def __init__(self, config: Config) -> None:
        segredo = config.odoo_password or config.odoo_api_key
        assert config.odoo_url
        assert segredo is not None
        url = config.odoo_url.rstrip("/")
        self.db_name, self.password = config.odoo_db, segredo.get_secret_value()
        common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
        self.uid = common.authenticate(self.db_name, config.odoo_user, self.password, {})
        self.models = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object", allow_none=True)
        self.chamadas = 1

    def execute_kw(self, modelo: str, metodo: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """models.execute_kw com banco, usuário e senha."""
        self.chamadas += 1
        return self.models.execute_kw(self.db_name, self.uid, self.password, modelo, metodo, args, kwargs)


def importar(config: Config, sessao: Session, quantos: int) -> dict[str, Any]:
    """Importa os `quantos` primeiros pedidos; devolve o tempo da lista de pedidos, o do resto, e as linhas feitas e por fazer."""
    inicio = time.perf_counter()
    odoo = Odoo(config)
    domain = [
        ("create_date", ">=", "1970-01-01"),  # reparo: a janela de 7 dias alargada, para ver todos os pedidos
        ("state", "in", ["purchase", "done"]),
    ]
    # reparo: `state` entre os campos (o original o usa sem tê-lo pedido)
    fields = ["name", "partner_id", "date_order", "date_planned", "order_line", "requisition_id", "state"]
    pedidos_odoo = odoo.execute_kw("purchase.order", "search_read", [domain], {"fields": fields})
    lista_s = time.perf_counter() - inicio
    inicio, feitas = time.perf_counter(), 0
    amostra = pedidos_odoo[:quantos]
    for ped_odoo in amostra:
        linhas = odoo.execute_kw(
            "purchase.order.line", "read", [ped_odoo["order_line"]], {"fields": ["product_id", "product_qty", "price_unit", "date_planned"]}
        )
        for linha in linhas:
            if not linha["product_id"]:  # reparo: linhas de seção e nota não têm produto
                continue
            # `read` de um id só devolve uma lista de um, como no original
            produto = odoo.execute_kw("product.product", "read", [linha["product_id"][0]], {"fields": ["default_code", "name"]})[0]
            fornecedor = odoo.execute_kw("res.partner", "read", [ped_odoo["partner_id"][0]], {"fields": ["vat", "name"]})[0]
            # reparo: vazio no Odoo é False, e a coluna é texto
            codigo = produto["default_code"] or None
            pedido = sessao.query(PedidoCompras).filter_by(odoo_id=str(ped_odoo["id"]), cod_produto=codigo).first()
            if not pedido:
                pedido = PedidoCompras(
                    num_pedido=ped_odoo["name"],
                    num_requisicao=ped_odoo["requisition_id"][1] if ped_odoo.get("requisition_id") else None,
                    cnpj_fornecedor=fornecedor["vat"] or None,
                    raz_social=fornecedor["name"],
                    data_pedido_criacao=datetime.strptime(ped_odoo["date_order"], "%Y-%m-%d %H:%M:%S").date(),
                    data_pedido_previsao=datetime.strptime(linha["date_planned"], "%Y-%m-%d %H:%M:%S").date(),
                    cod_produto=codigo,
                    nome_produto=produto["name"],
                    qtd_produto_pedido=linha["product_qty"],
                    preco_produto_pedido=linha["price_unit"],
                    confirmacao_pedido=ped_odoo["state"] == "done",
                    importado_odoo=True,
                    odoo_id=str(ped_odoo["id"]),
                )
                sessao.add(pedido)
            else:
                pedido.confirmacao_pedido = ped_odoo["state"] == "done"
                pedido.data_pedido_previsao = datetime.strptime(linha["date_planned"], "%Y-%m-%d %H:%M:%S").date()
            feitas += 1
    sessao.commit()
    return {
        "lista_s": lista_s,
        "linhas_s": time.perf_counter() - inicio,
        "chamadas": odoo.chamadas,
        "linhas": feitas,
        "linhas_da_amostra": sum(len(p["order_line"]) for p in amostra),
        "linhas_ao_todo": sum(len(p["order_line"]) for p in pedidos_odoo),
        "pedidos": len(amostra),
        "pedidos_ao_todo": len(pedidos_odoo),
    }


def responder(pedido: dict[str, Any]) -> dict[str, Any]:
    """Cria a tabela da semente no banco dado (`url_dono`), importa `pedidos` pedidos e devolve as medidas."""
    motor = create_engine(url_de(pedido["url_dono"]))
    Base.metadata.create_all(motor)
    with Session(motor) as sessao:
        medida = importar(obter_config(), sessao, pedido["pedidos"])
    motor.dispose()
    return medida


if __name__ == "__main__":
    atender(responder)
