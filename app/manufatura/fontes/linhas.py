"""A base das fontes que guardam uma linha por registro do Odoo: página → mestres → carga → mescla → efeitos."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, ClassVar

from sqlalchemy import Connection, Table, func, literal_column, select, text
from sqlalchemy.exc import DataError, IntegrityError

from app.banco.base import em
from app.banco.carga import copiar, mesclar
from app.manufatura.fontes import campos, cursores, mestres, rejeicoes, relogio_odoo
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.espelhos import LOCAL, MOEDA, PARCEIRO, PRODUTO, UNIDADE, Espelho, Registro
from app.manufatura.fontes.mestres import Lidos
from app.manufatura.fontes.rejeicoes import Rejeicao
from app.odoo.incremental import Contagem, Fluxo, Guardada, Lugar
from app.odoo.leitura import Pagina, TamanhoPagina, ler_paginas
from app.odoo.valores import ValorInvalido, instante

PAGINA = 2_000
"""Linhas por página. Ler em páginas de 5.000 é 20% mais rápido, mas com menores guarda-se uma enquanto se lê a seguinte: ganha-se mais."""
MARCAS = ("odoo_write_date", "odoo_documento_write_date", "odoo_lido_em")


EXIGIDOS = {
    "odoo_produto_id": (PRODUTO.modelo, "o produto lido"),
    "produto_id": (PRODUTO.modelo, "o produto lido"),
    "odoo_unidade_id": (UNIDADE.modelo, "a unidade lida"),
    "unidade_id": (UNIDADE.modelo, "a unidade lida"),
    "odoo_contato_id": (PARCEIRO.modelo, "o parceiro lido"),
    "odoo_moeda_id": (MOEDA.modelo, "a moeda lida"),
    "origem_id": (LOCAL.modelo, "o local lido"),
    "destino_id": (LOCAL.modelo, "o local lido"),
}
"""Coluna da linha → o cadastro sem o qual ela não se guarda, e como dizê-lo."""


Ligacoes = set[tuple[str, int]]
"""A que linhas guardadas estão ligadas: pares (o quê, id), como ("requisicao", 7) ou ("produto", 12)."""
Efeito = Callable[[Connection, Contexto, Sequence[int], Ligacoes], None]
"""O que linhas guardadas mudam em outras tabelas: (conexão, contexto, ids tocados, ligações de antes)."""


class Ignorado(Exception):
    """O registro fica de fora por regra, sem ser erro; `motivo` None = nem se conta (seção, nota)."""

    def __init__(self, motivo: str | None) -> None:
        super().__init__(motivo)
        self.motivo = motivo


@dataclass
class Junto:
    """Tudo o que uma página precisa para ser guardada sem mais nada do Odoo: as suas linhas brutas e os cadastros que faltavam."""

    mestres: list[Lidos]
    linhas: list[tuple[Any, ...]]
    rejeitadas: list[Rejeicao]
    maior: datetime | None


class FonteLinhas(Fluxo):
    """Uma fonte cujas linhas vivem em `tabela`, com identidade em `coluna_id` (e odoo_modelo, onde a tabela o tem).

    A subclasse diz os campos, o que a página cita, como um registro vira a linha bruta (`colunas_brutas`), e a
    seleção SQL que dela calcula as demais colunas (`selecao`): a mesma serve para a página e para recalcular
    linhas guardadas quando um cadastro ou outra fonte muda (`recalcular`).
    """

    tabela: ClassVar[Table]
    colunas_brutas: ClassVar[tuple[str, ...]]
    colunas_calculadas: ClassVar[tuple[str, ...]]
    campos_documento: ClassVar[tuple[str, ...]] = ()
    grava_modelo: ClassVar[bool] = True
    coluna_documento: ClassVar[str | None] = "odoo_documento_id"

    def __init__(self, contexto: Contexto, efeito: Efeito | None = None) -> None:
        self.ctx = contexto
        self.efeito = efeito
        self.tamanho: TamanhoPagina = contexto.tamanhos.setdefault(self.modelo, TamanhoPagina(PAGINA))
        self.vistos = mestres.Vistos()
        self.sem: dict[str, set[int]] = {}
        """Modelo do cadastro → os ids citados que não puderam ser espelhados nesta execução."""

    # --- o que cada fonte diz ---------------------------------------------------------------------------------------

    @abstractmethod
    def citados(
        self, registros: Sequence[Registro], documentos: Mapping[int, Registro]
    ) -> Mapping[str, tuple[Espelho, Iterable[int | None]]]:
        """Os cadastros que a página cita: rótulo → (espelho, ids)."""

    @abstractmethod
    def linha(self, registro: Registro, documento: Registro | None) -> Mapping[str, Any]:
        """A linha bruta de um registro (colunas_brutas sem modelo, id e marcas); ValorInvalido ou Ignorado se não há."""

    def cabecalho(self, documento: Registro) -> Mapping[str, Any]:
        """As colunas brutas que vêm do cabeçalho, iguais em todas as linhas dele (e que `linha` não traz)."""
        return {}

    @abstractmethod
    def selecao(self, origem: str) -> str:
        """SELECT que dá colunas_brutas e colunas_calculadas a partir de `origem` (um FROM com as brutas, apelido f)."""

    def parametros(self) -> dict[str, Any]:
        """Parâmetros da seleção."""
        return {"fuso": str(self.ctx.fuso)}

    def fotografar(self, conexao: Connection, ids: Sequence[int]) -> Ligacoes:
        """A que estas linhas estavam ligadas antes da página (o efeito também alcança o que elas deixaram)."""
        return set()

    def aplicar_efeito(self, conexao: Connection, ids: Sequence[int], antes: Ligacoes, *, mudou: bool) -> None:
        """Aplica, se algo mudou, o efeito destas linhas nas outras tabelas (função só de fatos guardados)."""
        if mudou and self.efeito is not None:
            self.efeito(conexao, self.ctx, ids, antes)

    def ignorados_da_pagina(self, conexao: Connection, ids: Sequence[int]) -> int:
        """Quantas linhas da página as regras deixam sem efeito (contadas como ignoradas)."""
        return 0

    def preparar(self) -> None:
        versao = self.ctx.cliente.versao.texto
        campos.conferir(self.ctx.capacidades, self.modelo, self.campos(), versao)
        if self.modelo_documento:
            campos.conferir(self.ctx.capacidades, self.modelo_documento, ["write_date", *self.campos_do_documento()], versao)

    # --- o que o motor pergunta ----------------------------------------------------------------------------------------

    @property
    def contexto(self) -> dict[str, Any]:
        return self.ctx.contexto_odoo

    @property
    def colunas(self) -> list[str]:
        """Todas as colunas que a fonte escreve."""
        return [*self.colunas_brutas, *self.colunas_calculadas]

    @property
    def chave(self) -> list[str]:
        """A identidade da linha na tabela."""
        return ["odoo_modelo", "odoo_id"] if self.grava_modelo else ["odoo_id"]

    def _do_modelo(self) -> list[Any]:
        return [self.tabela.c.odoo_modelo == self.modelo] if self.grava_modelo else []

    def _vivas(self) -> list[Any]:
        """As linhas que não se deram por sumidas: uma que volta a aparecer no Odoo é lida de novo."""
        return [~self.tabela.c.odoo_excluida] if "odoo_excluida" in self.tabela.c else []

    def vazio(self) -> bool:
        with self.ctx.leitura() as conexao:
            return conexao.execute(select(literal_column("1")).select_from(self.tabela).where(*self._do_modelo()).limit(1)).first() is None

    def lugar(self) -> Lugar:
        with self.ctx.leitura() as conexao:
            return cursores.ler(conexao, self.nome, self.ctx.empresas)

    def pendentes(self) -> list[int]:
        with self.ctx.leitura() as conexao:
            return rejeicoes.pendentes(conexao, self.nome, self.modelo)

    def guardadas(self, ids: Sequence[int]) -> Mapping[int, Guardada]:
        t = self.tabela.c
        documento = t[self.coluna_documento] if self.coluna_documento else literal_column("NULL")
        consulta = select(t.odoo_id, t.odoo_write_date, t.odoo_lido_em, documento)
        consulta = consulta.where(*self._do_modelo(), *self._vivas(), em(t.odoo_id, ids))
        with self.ctx.leitura() as conexao:
            return {r[0]: Guardada(r[1], r[2], r[3]) for r in conexao.execute(consulta)}

    def documentos_guardados(self, ids: Sequence[int]) -> Mapping[int, Guardada]:
        t = self.tabela.c
        consulta = (
            select(t.odoo_documento_id, func.min(t.odoo_documento_write_date), func.min(t.odoo_lido_em))
            .where(*self._do_modelo(), *self._vivas(), em(t.odoo_documento_id, ids))
            .group_by(t.odoo_documento_id)
        )
        with self.ctx.leitura() as conexao:
            return {r[0]: Guardada(r[1], r[2]) for r in conexao.execute(consulta)}

    def linhas_dos_documentos(self, ids: Iterable[int]) -> list[int]:
        t = self.tabela.c
        consulta = select(t.odoo_id).where(*self._do_modelo(), em(t.odoo_documento_id, ids), ~t.odoo_excluida).order_by(t.odoo_id)
        with self.ctx.leitura() as conexao:
            return list(conexao.execute(consulta).scalars())

    def concluir(self, lugar: Lugar) -> None:
        with self.ctx.transacao() as conexao:
            cursores.gravar(conexao, self.nome, self.ctx.empresas, lugar)

    def estranhar(self, visto: datetime, hora_odoo: datetime) -> None:
        with self.ctx.transacao() as conexao:
            relogio_odoo.avisar_futuro(conexao, self.nome, visto, hora_odoo)

    def excluir(self, ids: Sequence[int]) -> int:
        t = self.tabela
        with self.ctx.transacao() as conexao:
            comando = t.update().where(*self._do_modelo(), em(t.c.odoo_id, ids), ~t.c.odoo_excluida).values(odoo_excluida=True)
            quantas = conexao.execute(comando).rowcount
            self.recalcular(conexao, "odoo_id = ANY(:ids)", {"ids": list(ids)})
            self.aplicar_efeito(conexao, ids, set(), mudou=True)
            rejeicoes.resolver(conexao, self.nome, self.modelo, ids)
            return quantas

    def completar(self, pagina: Pagina) -> None:
        # Numa simulação tudo corre numa conexão só, que não serve a duas linhas de execução: lê-se ao guardar.
        if self.ctx.simulada is None:
            pagina.anexo = self.ler_junto(pagina)

    def ler_junto(self, pagina: Pagina) -> Junto:
        """Lê os cabeçalhos da página e os cadastros que ela cita e o espelho não tem, e converte tudo: só falta o banco."""
        documentos = self._ler_documentos(pagina.registros)
        lidos = mestres.buscar_faltantes(self.ctx, self.citados(pagina.registros, documentos), self.vistos)
        linhas, rejeitadas, maior = self._mapear(pagina, documentos)
        for lido in lidos:
            sem = self.sem.get(lido.espelho.modelo, set())
            self.sem[lido.espelho.modelo] = (sem - lido.guardaveis()) | lido.faltaram()
        linhas, sem_mestres = self._sem_mestres(linhas)
        return Junto(lidos, linhas, rejeitadas + sem_mestres, maior)

    def guardar(self, pagina: Pagina, lugar: Lugar | None, lido_em: datetime | None) -> tuple[Contagem, datetime | None]:
        junto: Junto = pagina.anexo or self.ler_junto(pagina)
        contagem = Contagem(lidos=len(pagina.registros))
        linhas, rejeitadas, maior = junto.linhas, junto.rejeitadas, junto.maior
        with self.ctx.transacao() as conexao:
            for lido in junto.mestres:
                mestres.guardar(conexao, self.ctx, lido)
            do_id = 1 if self.grava_modelo else 0
            antes = self.fotografar(conexao, [linha[do_id] for linha in linhas]) if linhas else set()
            if linhas:
                self._armazenar(conexao, linhas, contagem, rejeitadas)
            ids = [linha[do_id] for linha in linhas]
            rejeicoes.anotar(conexao, self.nome, self.modelo, rejeitadas)
            fora = {r.odoo_id for r in rejeitadas}
            rejeicoes.resolver(conexao, self.nome, self.modelo, [i for i in [*ids, *pagina.ausentes] if i not in fora], tipo="rejeitada")
            contagem.rejeitados = sum(r.tipo == "rejeitada" for r in rejeitadas)
            contagem.ignorados = sum(r.tipo == "ignorada" for r in rejeitadas)
            if ids:
                self.aplicar_efeito(conexao, ids, antes, mudou=contagem.novas + contagem.mudadas > 0)
                contagem.ignorados += self.ignorados_da_pagina(conexao, ids)
            if lugar is not None:
                cursores.gravar(conexao, self.nome, self.ctx.empresas, lugar)
        if pagina.ausentes:
            contagem.excluidas += self.excluir(pagina.ausentes)
        return contagem, maior

    def recalcular(self, conexao: Connection, onde: str, parametros: Mapping[str, Any]) -> int:
        """Recalcula, das brutas guardadas, as linhas que casam com `onde` (SQL sobre a tabela); devolve quantas mudaram."""
        brutas = ", ".join(self.colunas_brutas)
        so_do_modelo = f"odoo_modelo = '{self.modelo}' AND " if self.grava_modelo else ""
        origem = f"(SELECT {brutas} FROM {self.tabela.name} WHERE {so_do_modelo}{onde})"  # noqa: S608 — nomes e condições do programa
        todos = {**self.parametros(), **parametros}
        contagem = mesclar(conexao, self.tabela, self.selecao(origem), self.colunas, self.chave, parametros=todos)
        return contagem.mudadas

    # --- passos de uma página --------------------------------------------------------------------------------------------

    def _ler_documentos(self, registros: Sequence[Registro]) -> dict[int, Registro]:
        if not (self.modelo_documento and self.campo_documento and registros):
            return {}
        ids = sorted({r[self.campo_documento] for r in registros if r[self.campo_documento]})
        lidos: dict[int, Registro] = {}
        # Página por página, como as linhas: um cabeçalho ilegível separa-se dos outros, e só as linhas dele são rejeitadas.
        tamanho = self.ctx.tamanhos.setdefault(self.modelo_documento, TamanhoPagina())
        do_documento = ["write_date", *self.campos_do_documento()]
        paginas = ler_paginas(
            self.ctx.cliente, self.modelo_documento, ids, do_documento, tamanho=tamanho, contexto=self.contexto, adiantar=False
        )
        for pagina in paginas:
            lidos.update((r["id"], r) for r in pagina.registros)
        return lidos

    def campos_do_documento(self) -> list[str]:
        """Campos lidos do cabeçalho nesta versão."""
        return list(self.campos_documento)

    def _mapear(self, pagina: Pagina, documentos: Mapping[int, Registro]) -> tuple[list[tuple[Any, ...]], list[Rejeicao], datetime | None]:
        linhas: list[tuple[Any, ...]] = []
        fora = [Rejeicao(i, motivo) for i, motivo in pagina.rejeitados]
        maior: datetime | None = None
        tirar = itemgetter(*(c for c in self.colunas_brutas if c not in ("odoo_modelo", "odoo_id", *MARCAS)))
        tem_documento = "odoo_documento_write_date" in self.colunas_brutas
        identidade = (self.modelo,) if self.grava_modelo else ()
        cabecalhos = {i: self._cabecalho(documento) for i, documento in documentos.items()}
        for registro in pagina.registros:
            do_registro = registro[self.campo_documento] if self.campo_documento else None
            documento = documentos.get(do_registro)  # type: ignore[arg-type]
            try:
                escrita, do_documento = instante(registro["write_date"]), None
                maior = _maior(maior, escrita)
                valores = self.linha(registro, documento)
                if documento is not None:
                    cabeca = cabecalhos[documento["id"]]
                    if isinstance(cabeca, ValorInvalido):
                        raise ValorInvalido(cabeca.fatos["motivo"])
                    do_documento, comuns = cabeca
                    maior = _maior(maior, do_documento)
                    valores = {**comuns, **valores}
            except Ignorado as ignorado:
                if ignorado.motivo is not None:
                    fora.append(Rejeicao(registro["id"], ignorado.motivo, "ignorada"))
                continue
            except ValorInvalido as erro:
                fora.append(Rejeicao(registro["id"], str(erro)))
                continue
            marcas = (escrita, do_documento, pagina.lido_em) if tem_documento else (escrita, pagina.lido_em)
            linhas.append((*identidade, registro["id"], *marcas, *tirar(valores)))
        return linhas, fora, maior

    def _cabecalho(self, documento: Registro) -> tuple[datetime | None, Mapping[str, Any]] | ValorInvalido:
        """write_date e colunas do cabeçalho, convertidos uma vez por documento; ou por que não servem (a nenhuma linha dele)."""
        try:
            return instante(documento["write_date"]), self.cabecalho(documento)
        except ValorInvalido as erro:
            return erro

    def _ordem(self) -> list[str]:
        """Colunas da carga, na ordem em que `_mapear` as põe."""
        marcas = [m for m in MARCAS if m in self.colunas_brutas]
        resto = [c for c in self.colunas_brutas if c not in ("odoo_modelo", "odoo_id", *MARCAS)]
        return [*(["odoo_modelo"] if self.grava_modelo else []), "odoo_id", *marcas, *resto]

    def _sem_mestres(self, linhas: list[tuple[Any, ...]]) -> tuple[list[tuple[Any, ...]], list[Rejeicao]]:
        """Separa as linhas que citam um cadastro que não pôde ser espelhado: sem ele a quantidade, o preço ou o dono sairia errado."""
        ordem = self._ordem()
        olhar = [(ordem.index(c), nome, sem) for c, (modelo, nome) in EXIGIDOS.items() if c in ordem and (sem := self.sem.get(modelo))]
        if not olhar:
            return linhas, []
        do_id = ordem.index("odoo_id")
        boas, mas = [], []
        for linha in linhas:
            falta = next(((nome, linha[p]) for p, nome, sem in olhar if linha[p] in sem), None)
            if falta is None:
                boas.append(linha)
            else:
                o_que, lido = falta[0].rsplit(" ", 1)
                motivo = f"{o_que} {falta[1]} do Odoo não pôde ser {lido}; veja as rejeições de cadastros"
                mas.append(Rejeicao(linha[do_id], motivo))
        return boas, mas

    def _armazenar(self, conexao: Connection, linhas: list[tuple[Any, ...]], contagem: Contagem, rejeitadas: list[Rejeicao]) -> None:
        """Carga e mescla; se o banco recusa algo, divide até achar a linha culpada, que vai às rejeições."""
        ordem = self._ordem()
        try:
            with conexao.begin_nested():
                temporaria = f"carga_{self.tabela.name}"
                copiar(conexao, temporaria, {c: self.tabela.c[c].type for c in ordem}, linhas)
                feito = mesclar(
                    conexao,
                    self.tabela,
                    self.selecao(temporaria),
                    self.colunas,
                    self.chave,
                    parametros=self.parametros(),
                    ignorar_na_comparacao=MARCAS,
                )
                if feito.iguais:
                    self._renovar_marcas(conexao, temporaria)
        except (DataError, IntegrityError) as erro:
            if len(linhas) == 1:
                diag = str(getattr(getattr(erro.orig, "diag", None), "message_primary", None) or erro.orig)
                rejeitadas.append(Rejeicao(linhas[0][ordem.index("odoo_id")], f"o banco recusou a linha: {diag}"))
                linhas.clear()
                return
            meio = len(linhas) // 2
            partes = [linhas[:meio], linhas[meio:]]
            linhas.clear()
            for parte in partes:
                self._armazenar(conexao, parte, contagem, rejeitadas)
                linhas.extend(parte)
            return
        contagem.novas += feito.novas
        contagem.mudadas += feito.mudadas
        contagem.iguais += feito.iguais

    def _renovar_marcas(self, conexao: Connection, temporaria: str) -> None:
        """write_date moveu sem que nada mudasse (ou a leitura era recente demais): guarda as marcas, sem contar mudança."""
        marcas = [m for m in MARCAS if m in self.colunas_brutas]
        iguais = ", ".join(f"{m} = s.{m}" for m in marcas)
        datas = [m for m in marcas if m != "odoo_lido_em"]
        do_modelo = "d.odoo_modelo = s.odoo_modelo AND " if self.grava_modelo else ""
        diferem = " OR ".join(f"d.{m} IS DISTINCT FROM s.{m}" for m in datas)
        comando = (
            f"UPDATE {self.tabela.name} d SET {iguais} FROM {temporaria} s WHERE {do_modelo}d.odoo_id = s.odoo_id"  # noqa: S608 — nomes do programa
            f" AND ({diferem} OR d.odoo_lido_em IS NULL OR d.odoo_lido_em <= d.odoo_write_date + interval '2 s')"
        )
        conexao.execute(text(comando))


def _maior(a: datetime | None, b: datetime | None) -> datetime | None:
    return b if a is None else a if b is None or b < a else b
