"""Apontamentos de produção: o que as OPs das nossas ordens produziram no Odoo, e o estado em que estão.

A regra de cada coluna está em docs/dados.md (ordem_producao, movimentacao_estoque). Duas perguntas por execução,
quantas forem as ordens: o que mudou em mrp.production (e quais das abertas ainda existem) e o que mudou nos movimentos
de produção. Uma ordem nova, ou a que ganhou uma OP, é procurada inteira: pelo nome, pelo grupo, e todos os seus movimentos.

Interrompida no meio, a próxima execução repete a janela: o que já está guardado não é lido de novo, e a ordem cuja
família não chegou a ser lida inteira continua marcada para ser procurada.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.manufatura.fontes import cursores, familias
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.espelhos import Registro
from app.manufatura.fontes.linhas import FonteLinhas
from app.manufatura.fontes.movimentos_producao import DESMONTADO, MovimentosProducao
from app.manufatura.fontes.ops import Ops
from app.odoo.erros import RespostaInvalida
from app.odoo.incremental import LOTE_IDS, Contagem, Dominio, abrir_janela, e, fechar_janela, ou, sem_mudanca
from app.odoo.leitura import Marca, Pagina, TamanhoPagina, ler_paginas
from app.odoo.valores import instante

NOME = "apontamentos"
SUFIXOS = ("", "-001", "-002", "-003")
"""Os nomes por que se procura uma família: basta achar uma OP dela, e o grupo traz as outras."""
ORDENS_POR_BUSCA = LOTE_IDS // len(SUFIXOS)
MARCAS_DE_MOVIMENTO = ["write_date", "state", "production_id", "unbuild_id"]


def importar(contexto: Contexto, desde: datetime | None = None) -> Contagem:
    """Importa os apontamentos; `desde` (UTC) relê o período e procura de novo as ordens sem OP. Devolve a contagem.

    Sem nenhuma ordem nossa não pergunta nada ao Odoo. Erros: os de app/odoo/erros.py e app/banco/erros.py.
    """
    return Rodada(contexto, desde).executar()


class Rodada:
    """Uma importação de apontamentos, do começo ao fim."""

    def __init__(self, contexto: Contexto, desde: datetime | None) -> None:
        self.ctx, self.desde = contexto, desde
        self.ops, self.movimentos = Ops(contexto), MovimentosProducao(contexto)
        self.total = Contagem()
        self.visto: datetime | None = None
        self.lidos: dict[str, set[int]] = {self.ops.modelo: set(), self.movimentos.modelo: set()}

    def executar(self) -> Contagem:
        with self.ctx.leitura() as conexao:
            if conexao.execute(text("SELECT 1 FROM ordem_producao LIMIT 1")).first() is None:
                return self.total
            # O corte do histórico não vale aqui: a família de uma ordem nossa interessa qualquer que seja a idade.
            lugar = replace(cursores.ler(conexao, NOME, self.ctx.empresas), corte=None)
        self.ops.preparar()
        self.movimentos.preparar()
        pedido = self.ctx.pedido(self.desde)
        janela, _ = abrir_janela(lugar, self.ctx.cliente, pedido)
        if janela.inicio is not None:
            self._mudancas(janela.inicio)
        self._procurar(todas=lugar.cursor is None or bool(lugar.novas))
        self._tentar_rejeitados()
        with self.ctx.transacao() as conexao:
            familias.avaliar_avisos(conexao)
            # Reler um período não prova nada sobre o que veio antes dele: só a leitura normal move o cursor.
            if self.desde is None or lugar.cursor is None:
                fim = fechar_janela(replace(lugar, janela=janela), self.visto, self.ctx.cliente, pedido)
                cursores.gravar(conexao, NOME, self.ctx.empresas, replace(fim, corte=None, novas=()))
        return self.total

    # --- o que mudou desde a última vez ------------------------------------------------------------------------------------------

    def _mudancas(self, inicio: datetime) -> None:
        mudou: Dominio = [["write_date", ">=", inicio.strftime("%Y-%m-%d %H:%M:%S")]]
        self._ops_mudadas(mudou)
        with self.ctx.leitura() as conexao:
            if conexao.execute(text("SELECT 1 FROM odoo_op WHERE ordem_producao_id IS NOT NULL LIMIT 1")).first() is None:
                return
        onde = e(mudou, ["|", ["production_id", "!=", False], *DESMONTADO], self.ctx.dominio_empresas())
        for marcas in self._listar(self.movimentos, onde, MARCAS_DE_MOVIMENTO):
            self._ver(marcas.registros)
            self._ler_movimentos(self._dos_nossos(marcas.registros, reler=self.desde is not None))

    def _ops_mudadas(self, mudou: Dominio) -> None:
        """OPs mudadas, de qualquer um (a nossa pode ter nascido ou sido renomeada agora), e as nossas que podem ter sido apagadas.

        Apagar uma OP não deixa rastro: as abertas de ordens vivas são perguntadas por id na mesma chamada.
        """
        abertas = self._abertas()
        for posicao in range(0, max(len(abertas), 1), LOTE_IDS):
            lote = abertas[posicao : posicao + LOTE_IDS]
            partes = ([] if posicao else mudou, [["id", "in", lote]] if lote else [])
            achadas: set[int] = set()
            for pagina in self._listar(self.ops, e(ou(*partes), self.ctx.dominio_empresas()), self.ops.campos()):
                achadas.update(pagina.ids)
                self._ver(pagina.registros)
                self._guardar(self.ops, self._so_as_nossas(pagina))
            if sumidas := [i for i in lote if i not in achadas]:
                self.total.excluidas += self.ops.excluir(sumidas)

    def _abertas(self) -> list[int]:
        consulta = text(
            "SELECT x.odoo_id FROM odoo_op x JOIN ordem_producao o ON o.id = x.ordem_producao_id"
            " WHERE NOT x.excluida AND x.estado IS DISTINCT FROM 'done' AND o.status NOT IN ('Concluída', 'Cancelada')"
            " AND (x.empresa_id IS NULL OR x.empresa_id = ANY(:empresas)) ORDER BY x.odoo_id"
        )
        with self.ctx.leitura() as conexao:
            return list(conexao.execute(consulta, {"empresas": list(self.ctx.empresas)}).scalars())

    def _so_as_nossas(self, pagina: Pagina) -> Pagina:
        """Da página, as OPs já espelhadas, as de um grupo nosso e as que têm o número de uma ordem nossa."""
        grupo = self.ops.campo_grupo
        consulta = text("""
            WITH f AS (
                SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:grupos AS bigint[]), CAST(:nomes AS text[]), CAST(:bases AS text[]))
                    AS f(id, grupo, nome, base))
            SELECT f.id FROM f JOIN odoo_op x ON x.odoo_id = f.id
            UNION SELECT f.id FROM f JOIN odoo_op x ON x.grupo_id = f.grupo AND x.ordem_producao_id IS NOT NULL
            UNION SELECT f.id FROM f JOIN ordem_producao o ON o.numero_ordem = f.nome AND o.status <> 'Cancelada'
            UNION SELECT f.id FROM f JOIN ordem_producao o ON o.numero_ordem = f.base AND o.status <> 'Cancelada'""")
        nomes = [str(r["name"] or "").replace("\0", "").strip() for r in pagina.registros]
        valores: dict[str, list[Any]] = {
            "ids": [r["id"] for r in pagina.registros],
            "grupos": [(r[grupo] or None) if grupo else None for r in pagina.registros],
            "nomes": nomes,
            "bases": [familias.base_do_nome(nome) for nome in nomes],
        }
        with self.ctx.leitura() as conexao:
            nossas = set(conexao.execute(consulta, valores).scalars())
        registros = [r for r in pagina.registros if r["id"] in nossas]
        return replace(pagina, ids=[r["id"] for r in registros], registros=registros, rejeitados=[])

    def _dos_nossos(self, marcas: Sequence[Registro], *, reler: bool) -> list[int]:
        """Os movimentos a ler: de OPs nossas, feitos (ou que estavam guardados), e que podem ter mudado (`reler`: todos)."""
        self.movimentos.conhecer_desmontes(marcas)
        ops = sorted({op for r in marcas if (op := self.movimentos.op_de(r))})
        with self.ctx.leitura() as conexao:
            consulta = text("SELECT odoo_id FROM odoo_op WHERE ordem_producao_id IS NOT NULL AND odoo_id = ANY(:ids)")
            nossas = set(conexao.execute(consulta, {"ids": ops}).scalars())
        candidatos = [r for r in marcas if self.movimentos.op_de(r) in nossas]
        guardados = self.movimentos.guardadas([r["id"] for r in candidatos]) if candidatos else {}
        a_ler = []
        for r in candidatos:
            guardado = guardados.get(r["id"])
            if guardado is None and r["state"] != "done":
                continue
            if reler or guardado is None or not sem_mudanca(guardado, Marca(r["id"], instante(r["write_date"]))):
                a_ler.append(r["id"])
        return a_ler

    # --- famílias a procurar ------------------------------------------------------------------------------------------------------

    def _procurar(self, *, todas: bool) -> None:
        """Procura inteira a família das ordens marcadas (`todas`: de todas; ao reler, também das que não têm OP)."""
        alem = "true" if todas else "NOT EXISTS (SELECT 1 FROM odoo_op x WHERE x.ordem_producao_id = o.id)" if self.desde else "false"
        consulta = text(f"""
            SELECT o.id, o.numero_ordem, EXISTS (SELECT 1 FROM odoo_op x WHERE x.ordem_producao_id = o.id AND NOT x.excluida) AS tem
            FROM ordem_producao o WHERE (o.odoo_procurada_em IS NULL OR {alem}) AND (o.status <> 'Cancelada' OR o.odoo_id IS NOT NULL)
            ORDER BY o.id""")  # noqa: S608 — só constantes deste arquivo
        with self.ctx.leitura() as conexao:
            marcadas = list(conexao.execute(consulta))
        # Em várias empresas, a que já tem OP pode ter outra, de menor id, na que ainda não se viu.
        todas = todas or len(self.ctx.empresas) > 1
        for i in range(0, len(marcadas), ORDENS_POR_BUSCA):
            lote = marcadas[i : i + ORDENS_POR_BUSCA]
            ids = [o.id for o in lote]
            self._pelo_nome([o.numero_ordem for o in lote if todas or not o.tem])
            self._pelo_grupo(ids)
            self._movimentos_das_ordens(ids)
            with self.ctx.transacao() as conexao:
                conexao.execute(text("UPDATE ordem_producao SET odoo_procurada_em = now() WHERE id = ANY(:ids)"), {"ids": ids})

    def _pelo_nome(self, numeros: Sequence[str]) -> None:
        nomes = [numero + sufixo for numero in numeros for sufixo in SUFIXOS]
        if nomes:
            for pagina in self._listar(self.ops, [["name", "in", nomes], *self.ctx.dominio_empresas()], self.ops.campos()):
                self._guardar(self.ops, pagina)

    def _pelo_grupo(self, ordens: Sequence[int]) -> None:
        """As OPs do grupo das que já se conhecem (os saldos, qualquer que seja o nome); sem grupo, elas mesmas."""
        consulta = text("SELECT odoo_id, grupo_id FROM odoo_op WHERE ordem_producao_id = ANY(:ids) AND NOT excluida")
        with self.ctx.leitura() as conexao:
            conhecidas = list(conexao.execute(consulta, {"ids": list(ordens)}))
        grupos = sorted({c.grupo_id for c in conhecidas if c.grupo_id})
        if not grupos or not self.ops.campo_grupo:
            return
        for i in range(0, len(grupos), LOTE_IDS):
            onde: Dominio = [[self.ops.campo_grupo, "in", grupos[i : i + LOTE_IDS]], *self.ctx.dominio_empresas()]
            for pagina in self._listar(self.ops, onde, self.ops.campos()):
                self._guardar(self.ops, self._so_as_nossas(pagina))

    def _movimentos_das_ordens(self, ordens: Sequence[int]) -> None:
        consulta = text("SELECT odoo_id FROM odoo_op WHERE ordem_producao_id = ANY(:ids) AND NOT excluida ORDER BY odoo_id")
        with self.ctx.leitura() as conexao:
            ops = list(conexao.execute(consulta, {"ids": list(ordens)}).scalars())
        for i in range(0, len(ops), LOTE_IDS):
            for marcas in self._listar(self.movimentos, self.movimentos.dominio_das_ops(ops[i : i + LOTE_IDS]), MARCAS_DE_MOVIMENTO):
                self._ler_movimentos(self._dos_nossos(marcas.registros, reler=True))

    # --- ler e guardar ------------------------------------------------------------------------------------------------------------

    def _listar(self, fonte: FonteLinhas, onde: Dominio, campos: Sequence[str]) -> Iterator[Pagina]:
        """Tudo o que satisfaz o domínio, em páginas de até LOTE_IDS registros, uma chamada cada; a página já traz os registros.

        Um registro que torna a resposta ilegível (caractere de controle em XML) faz a página ser relida aos pedaços.
        """
        cliente, ultimo = self.ctx.cliente, 0
        while True:
            alcance: Dominio = [["id", ">", ultimo], *onde]
            comeco = time.monotonic()
            try:
                registros = cliente.buscar_ler(fonte.modelo, alcance, campos, limite=LOTE_IDS, contexto=fonte.contexto)
                ids = [r["id"] for r in registros]
                hora = cliente.hora_desta_linha
                if ids:
                    yield Pagina(ids, registros, lido_em=hora and hora - timedelta(seconds=time.monotonic() - comeco))
            except RespostaInvalida:
                ids = cliente.buscar(fonte.modelo, alcance, limite=LOTE_IDS, contexto=fonte.contexto)
                yield from ler_paginas(cliente, fonte.modelo, ids, campos, tamanho=TamanhoPagina(), contexto=fonte.contexto)
            if len(ids) < LOTE_IDS:
                return
            ultimo = ids[-1]

    def _ler_movimentos(self, ids: Sequence[int]) -> None:
        fonte = self.movimentos
        for pagina in ler_paginas(self.ctx.cliente, fonte.modelo, ids, fonte.campos(), tamanho=fonte.tamanho, contexto=fonte.contexto):
            self._guardar(fonte, pagina)

    def _guardar(self, fonte: FonteLinhas, pagina: Pagina) -> None:
        if not (pagina.registros or pagina.rejeitados or pagina.ausentes):
            return
        self.lidos[fonte.modelo].update(pagina.ids)
        contagem, _ = fonte.guardar(pagina, None, pagina.lido_em)
        contagem.paginas = 1
        self.total.somar(contagem)
        self.ctx.cerca.avancar(self.total.lidos, None)

    def _tentar_rejeitados(self) -> None:
        for fonte in (self.ops, self.movimentos):
            if ids := [i for i in fonte.pendentes() if i not in self.lidos[fonte.modelo]]:
                lidas = ler_paginas(self.ctx.cliente, fonte.modelo, ids, fonte.campos(), tamanho=fonte.tamanho, contexto=fonte.contexto)
                for pagina in lidas:
                    self._guardar(fonte, pagina)

    def _ver(self, registros: Sequence[Registro]) -> None:
        """Guarda o maior write_date visto: é até onde o cursor poderá andar."""
        for bruto in {r["write_date"] for r in registros}:
            quando = instante(bruto)
            if quando and (self.visto is None or quando > self.visto):
                self.visto = quando
