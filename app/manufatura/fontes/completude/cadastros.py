"""Cadastros espelhados: produtos (todos), fornecedores citados e seus prazos; o que o nosso cadastro diz de cada um."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from app.manufatura.fontes.completude.lado import Lado, aparado, id_de, numero
from app.manufatura.services.conferencia.comparacao import Registro


class LadoProdutos(Lado):
    """product.product contra odoo_produto: código sem espaços, nome, unidade e marcas."""

    fluxo = "cadastros"
    titulo = "Produtos"
    modelo = "product.product"

    def dominio(self, corte: date) -> list[Any]:
        return []

    def campos(self) -> list[str]:
        return ["default_code", "name", "active", "purchase_ok", "sale_ok", "uom_id"]

    def do_odoo(self, registros: Sequence[Mapping[str, Any]]) -> dict[int, Registro]:
        lidos = {}
        for r in registros:
            codigo, nome = aparado(r["default_code"]), aparado(r["name"])
            campos = {
                "código": codigo,
                "nome": nome,
                "ativo": bool(r["active"]),
                "compra": bool(r["purchase_ok"]),
                "venda": bool(r["sale_ok"]),
                "unidade": id_de(r["uom_id"]),
            }
            lidos[r["id"]] = Registro(r["id"], codigo or nome or "", campos=campos)
        return lidos

    def daqui(self, conexao: Connection, apos: int, ate: int | None) -> dict[int, Registro]:
        consulta = """
            SELECT odoo_id, codigo, nome, ativo, compravel, vendavel, unidade_id FROM odoo_produto
            WHERE odoo_id > :apos AND odoo_id <= :ate"""
        guardados = {}
        for r in self.linhas(conexao, consulta, apos, ate):
            campos = {
                "código": r.codigo,
                "nome": r.nome,
                "ativo": r.ativo,
                "compra": bool(r.compravel),
                "venda": bool(r.vendavel),
                "unidade": r.unidade_id,
            }
            guardados[r.odoo_id] = Registro(r.odoo_id, r.codigo or r.nome or "", campos=campos)
        return guardados


class LadoParceiros(Lado):
    """res.partner contra odoo_parceiro, só dos que linhas importadas citam."""

    fluxo = "cadastros"
    titulo = "Fornecedores"
    modelo = "res.partner"
    parcial = True

    def dominio(self, corte: date) -> list[Any]:
        return []

    def campos(self) -> list[str]:
        return ["name", "vat", "commercial_partner_id"]

    def do_odoo(self, registros: Sequence[Mapping[str, Any]]) -> dict[int, Registro]:
        lidos = {}
        for r in registros:
            campos = {"nome": aparado(r["name"]), "CNPJ": aparado(r["vat"]), "empresa comercial": id_de(r["commercial_partner_id"])}
            lidos[r["id"]] = Registro(r["id"], aparado(r["name"]) or "", campos=campos)
        return lidos

    def daqui(self, conexao: Connection, apos: int, ate: int | None) -> dict[int, Registro]:
        consulta = """
            SELECT odoo_id, nome, vat, comercial_id FROM odoo_parceiro
            WHERE odoo_id > :apos AND odoo_id <= :ate ORDER BY odoo_id LIMIT 20000"""
        guardados = {}
        for r in self.linhas(conexao, consulta, apos, ate):
            campos = {"nome": r.nome, "CNPJ": r.vat, "empresa comercial": r.comercial_id}
            guardados[r.odoo_id] = Registro(r.odoo_id, r.nome or "", campos=campos)
        return guardados


class LadoPrazos(Lado):
    """product.supplierinfo contra odoo_preco_fornecedor: prazo de entrega, fornecedor e preço."""

    fluxo = "cadastros"
    titulo = "Prazos de fornecedor"
    modelo = "product.supplierinfo"

    def dominio(self, corte: date) -> list[Any]:
        return self.ctx.dominio_empresas(aceita_vazio=True)

    @property
    def _fornecedor(self) -> str:
        return self.ctx.capacidades.primeiro(self.modelo, "partner_id", "name") or "partner_id"

    def campos(self) -> list[str]:
        return [self._fornecedor, "product_tmpl_id", "delay", "price"]

    def do_odoo(self, registros: Sequence[Mapping[str, Any]]) -> dict[int, Registro]:
        lidos = {}
        for r in registros:
            campos = {
                "fornecedor": id_de(r[self._fornecedor]),
                "produto": id_de(r["product_tmpl_id"]),
                "prazo": int(r["delay"] or 0),
                "preço": numero(r["price"]),
            }
            lidos[r["id"]] = Registro(r["id"], f"#{r['id']}", campos=campos)
        return lidos

    def daqui(self, conexao: Connection, apos: int, ate: int | None) -> dict[int, Registro]:
        consulta = """
            SELECT odoo_id, parceiro_id, modelo_id, prazo, preco FROM odoo_preco_fornecedor
            WHERE odoo_id > :apos AND odoo_id <= :ate AND coalesce(empresa_id = ANY(:empresas), true)"""
        guardados = {}
        for r in self.linhas(conexao, consulta, apos, ate):
            preco = Decimal(r.preco) if r.preco is not None else None
            campos = {"fornecedor": r.parceiro_id, "produto": r.modelo_id, "prazo": r.prazo, "preço": preco}
            guardados[r.odoo_id] = Registro(r.odoo_id, f"#{r.odoo_id}", campos=campos)
        return guardados
