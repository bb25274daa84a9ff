"""O que se compara inteiro, e não em faixas de id: a posição de estoque e a produção das nossas ordens."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from app.manufatura.fontes.completude.lado import Lado, aparado, id_de, numero
from app.manufatura.services.conferencia.comparacao import Registro
from app.odoo.incremental import e, ou

LOTE = 20_000
COM_SALDO = re.compile(r"^(.+?)(?:-\d{3,})?$")
Chave = Any


class LadoInteiro(Lado, ABC):
    """Um lado que se lê de uma vez; as chaves das duas leituras são as mesmas."""

    def dominio(self, corte: date) -> list[Any]:
        return []

    def campos(self) -> list[str]:
        return []

    def do_odoo(self, registros: Sequence[Mapping[str, Any]]) -> dict[int, Registro]:
        raise NotImplementedError("este lado se lê inteiro: veja `ler`")

    def daqui(self, conexao: Connection, apos: int, ate: int | None) -> dict[int, Registro]:
        raise NotImplementedError("este lado se lê inteiro: veja `ler`")

    @abstractmethod
    def ler(self) -> tuple[dict[Chave, Registro], dict[Chave, Registro]]:
        """(o que o Odoo tem, o que está guardado)."""

    def paginas(self, modelo: str, dominio: list[Any], campos: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
        """Tudo o que satisfaz o domínio, por id, em páginas de até 20.000 registros, uma chamada cada."""
        ultimo = 0
        while True:
            pagina = self.ctx.cliente.buscar_ler(
                modelo, e([["id", ">", ultimo]], dominio), campos, limite=LOTE, contexto=self.ctx.contexto_odoo
            )
            if pagina:
                yield pagina
                ultimo = pagina[-1]["id"]
            if len(pagina) < LOTE:
                return


class LadoEstoque(LadoInteiro):
    """Os stock.quant de locais internos, um a um, somados aqui por produto e empresa, contra posicao_estoque."""

    fluxo = "estoque"
    titulo = "Posição de estoque"
    modelo = "stock.quant"

    def ler(self) -> tuple[dict[Chave, Registro], dict[Chave, Registro]]:
        somas: dict[Chave, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        dominio = [["location_id.usage", "=", "internal"], *self.ctx.dominio_empresas()]
        for pagina in self.paginas(self.modelo, dominio, ["product_id", "company_id", "quantity", "reserved_quantity"]):
            for r in pagina:
                saldo = somas[(id_de(r["product_id"]) or 0, id_de(r["company_id"]) or 0)]
                saldo[0] += numero(r["quantity"]) or 0
                saldo[1] += numero(r["reserved_quantity"]) or 0
        consulta = """SELECT odoo_produto_id, empresa_id, cod_produto, qtd, qtd_reservada FROM posicao_estoque
            WHERE :apos < :ate AND (empresa_id = ANY(:empresas) OR empresa_id = 0)"""
        with self.ctx.leitura() as conexao:
            linhas = list(self.linhas(conexao, consulta, 0, None))
        aqui = {
            (r.odoo_produto_id, r.empresa_id): _saldo(r.odoo_produto_id, r.cod_produto, Decimal(r.qtd), Decimal(r.qtd_reservada))
            for r in linhas
            if r.qtd or r.qtd_reservada
        }
        codigos = {r.odoo_produto_id: r.cod_produto for r in linhas}
        la = {c: _saldo(c[0], codigos.get(c[0]), *saldo) for c, saldo in somas.items() if c[0] and any(saldo)}
        return la, aqui


def _saldo(produto: int, codigo: str | None, qtd: Decimal, reservada: Decimal) -> Registro:
    return Registro(produto, codigo or f"produto {produto}", quantidade=qtd, campos={"reservada": reservada})


@dataclass
class _Familia:
    """As OPs de uma ordem no Odoo: ids e estados, e o saldo do que produziram menos o que se desmontou."""

    ids: list[int] = field(default_factory=list)
    estados: list[str] = field(default_factory=list)
    soma: Decimal = Decimal(0)

    def estado(self) -> str | None:
        """O que a família diz do estado da ordem; None se nada começou."""
        if "done" in self.estados and set(self.estados) <= {"done", "cancel"}:
            return "Concluída"
        comecou = self.soma > 0 or {"progress", "to_close"} & set(self.estados)
        return "Em Produção" if comecou else None


class LadoApontamentos(LadoInteiro):
    """Por ordem nossa, a soma dos movimentos feitos da família dela no Odoo contra qtd_produzida, e o estado."""

    fluxo = "apontamentos"
    titulo = "Apontamentos de produção"
    modelo = "mrp.production"

    def ler(self) -> tuple[dict[Chave, Registro], dict[Chave, Registro]]:
        ordens, ligadas = self._nossas()
        if not ordens:
            return {}, {}
        familias = self._familias(ordens, ligadas)
        self._somar(ordens, familias)
        la = {o: _ordem(ordens[o], f.ids[0], f.soma, f.estado()) for o, f in familias.items()}
        com_op = set(ligadas.values())
        aqui = {o: _ordem(r, r.odoo_id or 0, Decimal(r.qtd_produzida), r.status) for o, r in ordens.items() if o in com_op}
        return la, aqui

    def _nossas(self) -> tuple[dict[int, Any], dict[int, int]]:
        """As ordens vivas (id → linha), menos as que se produzem numa empresa que não se vê, e as OPs já ligadas a elas (id → ordem)."""
        ordens = (
            "SELECT id, numero_ordem, odoo_id, odoo_produto_id, cod_produto, status, qtd_produzida FROM ordem_producao"
            " WHERE status <> 'Cancelada'"
        )
        ops = "SELECT odoo_id, ordem_producao_id FROM odoo_op WHERE ordem_producao_id IS NOT NULL AND NOT excluida"
        fora = f"SELECT ordem_producao_id FROM odoo_op WHERE ordem_producao_id IS NOT NULL AND NOT (true{self.so_empresas()})"  # noqa: S608
        with self.ctx.leitura() as conexao:
            invisiveis = {r[0] for r in conexao.execute(text(fora), {"empresas": list(self.ctx.empresas)})}
            vivas = {r.id: r for r in conexao.execute(text(ordens)) if r.id not in invisiveis}
            return vivas, {r[0]: r[1] for r in conexao.execute(text(ops)) if r[1] in vivas}

    def _familias(self, ordens: Mapping[int, Any], ligadas: Mapping[int, int]) -> dict[int, _Familia]:
        """Ordem → família: pelo nome (com ou sem o sufixo do saldo), pelo id já ligado, e pelo grupo de qualquer uma delas."""
        grupo = self.ctx.capacidades.primeiro(self.modelo, "production_group_id", "procurement_group_id")
        campos = ["name", "product_id", "state", "company_id", *([grupo] if grupo else [])]
        por_numero = {o.numero_ordem: i for i, o in ordens.items()}
        achadas: dict[int, tuple[int, dict[str, Any]]] = {}
        grupos: dict[int, int] = {}
        empresas: dict[int, int | None] = {}  # uma família é de uma empresa só: a da OP de menor id, e as páginas vêm por id

        def receber(pagina: Sequence[dict[str, Any]]) -> None:
            codigos = self._codigos(r["product_id"] for r in pagina)
            for r in pagina:
                nome = aparado(r["name"]) or ""
                base = COM_SALDO.match(nome)
                do_grupo = grupos.get(id_de(r[grupo]) or 0) if grupo else None
                ordem = ligadas.get(r["id"]) or do_grupo or por_numero.get(nome) or por_numero.get(base.group(1) if base else "")
                if ordem is None or r["id"] in achadas or not _mesmo_produto(ordens[ordem], r, codigos):
                    continue
                if empresas.setdefault(ordem, id_de(r["company_id"])) != id_de(r["company_id"]):
                    continue
                achadas[r["id"]] = (ordem, r)
                if grupo and (g := id_de(r[grupo])):
                    grupos.setdefault(g, ordem)

        ids = sorted(ligadas)
        partes = [ids[i : i + LOTE] for i in range(0, len(ids), LOTE)] or [[]]
        for i, parte in enumerate(partes):
            pelo_nome = [["name", "=like", "OP-%"]] if i == 0 else []
            for pagina in self.paginas(self.modelo, e(ou(pelo_nome, [["id", "in", parte]]), self.ctx.dominio_empresas()), campos):
                receber(pagina)
        if grupo:
            todos = sorted(grupos)
            for inicio in range(0, len(todos), LOTE):
                for pagina in self.paginas(self.modelo, [[grupo, "in", todos[inicio : inicio + LOTE]]], campos):
                    receber(pagina)
        familias: dict[int, _Familia] = defaultdict(_Familia)
        for odoo_id, (ordem, r) in sorted(achadas.items()):
            familias[ordem].ids.append(odoo_id)
            familias[ordem].estados.append(r["state"] or "")
        return familias

    def _codigos(self, produtos: Any) -> dict[int, str | None]:
        ids = sorted({i for p in produtos if (i := id_de(p))})
        with self.ctx.leitura() as conexao:
            linhas = conexao.execute(text("SELECT odoo_id, codigo FROM odoo_produto WHERE odoo_id = ANY(:ids)"), {"ids": ids})
            return {r[0]: r[1] for r in linhas}

    def _somar(self, ordens: Mapping[int, Any], familias: Mapping[int, _Familia]) -> None:
        """Soma em cada família os movimentos feitos do produto dela: o que saiu da produção, menos o que voltou desmontado."""
        dona = {op: o for o, f in familias.items() for op in f.ids}
        feita = self.ctx.capacidades.primeiro("stock.move", "quantity_done", "quantity") or "quantity"
        comuns = ["product_id", "product_uom", feita, "production_id", "unbuild_id"]
        ops = sorted(dona)
        for inicio in range(0, len(ops), LOTE):
            lote = ops[inicio : inicio + LOTE]
            produziu = [
                ["state", "=", "done"],
                ["production_id", "in", lote],
                ["unbuild_id", "=", False],
                ["location_id.usage", "=", "production"],
            ]
            desfez = [["state", "=", "done"], ["unbuild_id.mo_id", "in", lote], ["location_dest_id.usage", "=", "production"]]
            for pagina in self.paginas("stock.move", produziu, comuns):
                self._acumular(pagina, feita, 1, {r["id"]: id_de(r["production_id"]) for r in pagina}, dona, ordens, familias)
            for pagina in self.paginas("stock.move", desfez, comuns):
                desmontes = sorted({i for r in pagina if (i := id_de(r["unbuild_id"]))})
                de = {u["id"]: id_de(u["mo_id"]) for u in self.ctx.cliente.ler("mrp.unbuild", desmontes, ["mo_id"])}
                self._acumular(pagina, feita, -1, {r["id"]: de.get(id_de(r["unbuild_id"]) or 0) for r in pagina}, dona, ordens, familias)

    def _acumular(
        self,
        pagina: Sequence[dict[str, Any]],
        feita: str,
        sinal: int,
        op_de: Mapping[int, int | None],
        dona: Mapping[int, int],
        ordens: Mapping[int, Any],
        familias: Mapping[int, _Familia],
    ) -> None:
        self.aprender_produtos(r["product_id"] for r in pagina)
        codigos = self._codigos(r["product_id"] for r in pagina)
        for r in pagina:
            ordem = dona.get(op_de[r["id"]] or 0)
            if ordem is not None and _mesmo_produto(ordens[ordem], r, codigos):
                feito = self.na_unidade_do_produto(r[feita], r["product_uom"], r["product_id"])
                familias[ordem].soma += sinal * (feito or 0)


def _mesmo_produto(ordem: Any, r: Mapping[str, Any], codigos: Mapping[int, str | None]) -> bool:
    produto = id_de(r["product_id"]) or 0
    if ordem.odoo_produto_id is not None:
        return bool(ordem.odoo_produto_id == produto)
    return bool(codigos.get(produto) == ordem.cod_produto)


def _ordem(ordem: Any, odoo_id: int, soma: Decimal, estado: str | None) -> Registro:
    # Se nada começou no Odoo, o estado é de quem planeja: não se compara.
    campos = {} if estado is None else {"estado": estado}
    return Registro(odoo_id, ordem.numero_ordem, quantidade=soma, campos=campos)
