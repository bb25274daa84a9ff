"""Um cadastro do Odoo lido aos poucos para o seu espelho, com o mesmo motor das fontes por linha."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, func, select, text

from app.banco.base import em
from app.banco.carga import em_json
from app.manufatura.fontes import cursores, mestres, rejeicoes, relogio_odoo
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.espelhos import PARCEIRO, PRODUTO, Espelho
from app.manufatura.fontes.mestres import Lidos
from app.manufatura.fontes.rejeicoes import Rejeicao
from app.odoo.incremental import Contagem, Dominio, Fluxo, Guardada, Lugar
from app.odoo.leitura import Pagina, TamanhoPagina
from app.odoo.valores import instante


class FluxoEspelho(Fluxo):
    """Mantém um espelho em dia: todos os registros ou, com `so_espelhados`, só os que linhas importadas já citaram."""

    tem_passado = False

    def __init__(self, contexto: Contexto, espelho: Espelho, *, so_espelhados: bool = False) -> None:
        self.ctx = contexto
        self.espelho = espelho
        self.so_espelhados = so_espelhados
        self.modelo = espelho.modelo  # type: ignore[misc]  # cada instância é o fluxo de um modelo
        self.nome = f"{mestres.FONTE}:{espelho.modelo}"  # type: ignore[misc]
        self.tamanho: TamanhoPagina = contexto.tamanhos.setdefault(espelho.modelo, TamanhoPagina())
        self.vistos = mestres.Vistos()

    @property
    def contexto(self) -> dict[str, object]:
        return self.ctx.contexto_odoo

    def campos(self) -> list[str]:
        return ["write_date", *self.espelho.campos(self.ctx.capacidades)]

    def espelhados(self) -> list[int]:
        """Os ids que o espelho tem."""
        with self.ctx.leitura() as conexao:
            return list(conexao.execute(select(self.espelho.tabela.c.odoo_id).order_by(self.espelho.tabela.c.odoo_id)).scalars())

    def dominio(self) -> Dominio:
        return [["id", "in", self.espelhados()]] if self.so_espelhados else []

    def dominio_alcance(self, corte: date) -> Dominio:
        return []

    def vazio(self) -> bool:
        with self.ctx.leitura() as conexao:
            return conexao.execute(select(self.espelho.tabela.c.id).limit(1)).first() is None

    def lugar(self) -> Lugar:
        with self.ctx.leitura() as conexao:
            return cursores.ler(conexao, self.nome, [cursores.SEM_EMPRESA])

    def guardadas(self, ids: Sequence[int]) -> Mapping[int, Guardada]:
        t = self.espelho.tabela.c
        with self.ctx.leitura() as conexao:
            linhas = conexao.execute(select(t.odoo_id, t.odoo_write_date, t.odoo_lido_em).where(em(t.odoo_id, ids)))
            return {r[0]: Guardada(r[1], r[2]) for r in linhas}

    def guardar(self, pagina: Pagina, lugar: Lugar | None, lido_em: datetime | None) -> tuple[Contagem, datetime | None]:
        lidos = Lidos(self.espelho, pagina.registros, [Rejeicao(i, m) for i, m in pagina.rejeitados], lido_em)
        # Um contato pode ter passado a outra empresa, que linha nenhuma citava ainda.
        comerciais = [r["commercial_partner_id"] for r in pagina.registros] if self.espelho is PARCEIRO else []
        faltantes = mestres.buscar_faltantes(self.ctx, {"comerciais": (PARCEIRO, comerciais)})
        if self.espelho is PRODUTO:
            faltantes += mestres.exigir_unidades(self.ctx, lidos, self.vistos)
        with self.ctx.transacao() as conexao:
            for faltante in faltantes:
                mestres.guardar(conexao, self.ctx, faltante)
            feito, _ = mestres.guardar(conexao, self.ctx, lidos)
            self.ao_guardar(conexao, pagina)
            if lugar is not None:
                cursores.gravar(conexao, self.nome, [cursores.SEM_EMPRESA], lugar)
        rejeitados = len(pagina.registros) + len(pagina.rejeitados) - feito.total
        contagem = Contagem(len(pagina.registros), feito.novas, feito.mudadas, feito.iguais, rejeitados=rejeitados)
        escritas = [instante(r["write_date"]) for r in pagina.registros]
        return contagem, max((e for e in escritas if e), default=None)

    def ao_guardar(self, conexao: Connection, pagina: Pagina) -> None:
        """O que mais se grava na transação da página."""
        return

    def excluir(self, ids: Sequence[int]) -> int:
        return 0

    def concluir(self, lugar: Lugar) -> None:
        with self.ctx.transacao() as conexao:
            cursores.gravar(conexao, self.nome, [cursores.SEM_EMPRESA], lugar)

    def estranhar(self, visto: datetime, hora_odoo: datetime) -> None:
        with self.ctx.transacao() as conexao:
            relogio_odoo.avisar_futuro(conexao, self.modelo, visto, hora_odoo)

    def pendentes(self) -> list[int]:
        with self.ctx.leitura() as conexao:
            return rejeicoes.pendentes(conexao, mestres.FONTE, self.modelo)


class FluxoProdutos(FluxoEspelho):
    """product.product, que também muda quando o seu product.template muda (no 14, sem mover o write_date do produto)."""

    modelo_documento = "product.template"
    campo_documento = "product_tmpl_id"

    def __init__(self, contexto: Contexto) -> None:
        super().__init__(contexto, PRODUTO)
        self.datas: dict[int, datetime | None] = {}

    def guardadas(self, ids: Sequence[int]) -> Mapping[int, Guardada]:
        t = self.espelho.tabela.c
        with self.ctx.leitura() as conexao:
            linhas = select(t.odoo_id, t.odoo_write_date, t.odoo_lido_em, t.modelo_id, t.modelo_write_date).where(em(t.odoo_id, ids))
            # O que outra fonte espelhou, por citar, ainda não tem o write_date do template: relê-se uma vez.
            return {r[0]: Guardada(r[1] if r[4] else None, r[2], r[3]) for r in conexao.execute(linhas)}

    def documentos_guardados(self, ids: Sequence[int]) -> Mapping[int, Guardada]:
        t = self.espelho.tabela.c
        consulta = (
            select(t.modelo_id, func.min(t.modelo_write_date), func.min(t.odoo_lido_em)).where(em(t.modelo_id, ids)).group_by(t.modelo_id)
        )
        with self.ctx.leitura() as conexao:
            return {r[0]: Guardada(r[1], r[2]) for r in conexao.execute(consulta)}

    def guardar(self, pagina: Pagina, lugar: Lugar | None, lido_em: datetime | None) -> tuple[Contagem, datetime | None]:
        modelos = sorted({r["product_tmpl_id"] for r in pagina.registros if r["product_tmpl_id"]})
        lidos = self.ctx.cliente.ler("product.template", modelos, ["write_date"], contexto=self.contexto) if modelos else []
        self.datas = {r["id"]: instante(r["write_date"]) for r in lidos}
        contagem, maior = super().guardar(pagina, lugar, lido_em)
        return contagem, max((d for d in (maior, *self.datas.values()) if d), default=None)

    def ao_guardar(self, conexao: Connection, pagina: Pagina) -> None:
        datas = em_json(["modelo_id", "quando"], list(self.datas.items()))
        conexao.execute(MODELOS_LIDOS, {"datas": datas})


MODELOS_LIDOS = text("""
    UPDATE odoo_produto p SET modelo_write_date = d.quando, atualizado_em = now()
    FROM json_to_recordset(CAST(:datas AS json)) AS d(modelo_id bigint, quando timestamptz)
    WHERE p.modelo_id = d.modelo_id AND p.modelo_write_date IS DISTINCT FROM d.quando""")
"""O write_date do template de cada produto da página, num comando só."""
