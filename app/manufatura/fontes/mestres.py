"""Garante que os cadastros citados por uma página estejam espelhados antes de guardá-la."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.banco.base import em
from app.banco.carga import Contagem as ContagemCarga
from app.banco.carga import copiar, em_json, mesclar, selecao_json, tipos
from app.manufatura.fontes import pendencias, rejeicoes
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.espelhos import PARCEIRO, PRODUTO, UNIDADE, Espelho, Registro
from app.manufatura.fontes.rejeicoes import Rejeicao
from app.odoo.capacidades import Capacidades
from app.odoo.erros import RespostaInvalida
from app.odoo.leitura import TamanhoPagina, ler_paginas
from app.odoo.valores import ValorInvalido, instante

FONTE = "cadastros"
MARCAS = ("odoo_write_date", "odoo_lido_em")
# O write_date moveu sem que nada daqui mudasse, ou a leitura guardada era recente demais: só as marcas se renovam.
MARCA_VELHA = (
    "d.odoo_write_date IS DISTINCT FROM f.odoo_write_date OR d.odoo_lido_em IS NULL OR d.odoo_lido_em <= d.odoo_write_date + interval '2 s'"
)
POUCAS = 200
"""Até quantas linhas a tabela temporária custa mais que o JSON."""


@dataclass
class Lidos:
    """Registros de um cadastro lidos do Odoo, ainda por guardar, e os que não podem ser.

    `linhas` (com `colunas`) são os registros convertidos; enquanto é None, ainda não se converteu. `pedidos`: os ids procurados.
    """

    espelho: Espelho
    registros: list[Registro] = field(default_factory=list)
    rejeicoes: list[Rejeicao] = field(default_factory=list)
    lido_em: datetime | None = None
    pedidos: frozenset[int] = frozenset()
    colunas: list[str] = field(default_factory=list)
    linhas: list[tuple[Any, ...]] | None = None

    def converter(self, capacidades: Capacidades) -> list[tuple[Any, ...]]:
        """As linhas do espelho, convertidas uma vez; o registro que não serve vai às rejeições."""
        if self.linhas is None:
            self.linhas = []
            for registro in self.registros:
                try:
                    valores = self.espelho.linha(registro, capacidades)
                    marcas = (registro["id"], instante(registro["write_date"]), self.lido_em)
                except ValorInvalido as erro:
                    self.rejeicoes.append(Rejeicao(registro["id"], str(erro)))
                    continue
                self.colunas = self.colunas or ["odoo_id", "odoo_write_date", "odoo_lido_em", *valores]
                self.linhas.append((*marcas, *valores.values()))
        return self.linhas

    def faltaram(self) -> set[int]:
        """Dos ids procurados, os que o Odoo não devolveu ou que não podem ser guardados (depois de converter)."""
        return set(self.pedidos) - self.guardaveis()

    def guardaveis(self) -> set[int]:
        """Os ids que se podem guardar (depois de converter)."""
        return {linha[0] for linha in self.linhas or ()}

    def anotar_ausentes(self) -> None:
        """Põe nas rejeições o que se procurou e o Odoo não devolveu: fica à vista, e é tentado de novo até aparecer."""
        for i in sorted(self.faltaram() - {r.odoo_id for r in self.rejeicoes}):
            self.rejeicoes.append(Rejeicao(i, "o Odoo não devolve este registro: foi apagado, ou o usuário da integração não o vê"))


class Vistos:
    """Os cadastros que uma execução já procurou: não se pergunta de novo por eles, nem aqui nem ao Odoo.

    Vale só enquanto a execução segue: se uma página falha, o que ela ia guardar não ficou, e quem recomeça faz outro.
    """

    TETO = 200_000  # ids por modelo; passou disso, esquece: repetir a pergunta só custa tempo

    def __init__(self) -> None:
        self._ids: dict[str, set[int]] = {}
        self.unidades: set[int] = set()
        """As unidades já lidas do Odoo nesta execução, guardadas ou por guardar."""

    def novos(self, modelo: str, ids: Iterable[int | None]) -> set[int]:
        """Dos ids dados, os ainda não vistos; passam a vistos."""
        vistos = self._ids.setdefault(modelo, set())
        novos = {i for i in ids if i} - vistos
        if len(vistos) > self.TETO:
            vistos.clear()
        vistos |= novos
        return novos


def buscar_faltantes(
    contexto: Contexto, citados: Mapping[str, tuple[Espelho, Iterable[int | None]]], vistos: Vistos | None = None
) -> list[Lidos]:
    """Lê do Odoo (uma chamada por modelo) o que é citado e o espelho ainda não tem; não grava nada.

    `citados`: um rótulo qualquer → (espelho, ids). Os parceiros trazem junto a sua empresa comercial. `vistos` poupa a procura
    do que a mesma execução já procurou.
    """
    vistos = vistos or Vistos()
    resultado = []
    for espelho, faltam in _faltantes(contexto, [(espelho, vistos.novos(espelho.modelo, ids)) for espelho, ids in citados.values()]):
        lidos = ler(contexto, espelho, sorted(faltam))
        resultado.append(lidos)
        if espelho is PARCEIRO:
            comerciais = vistos.novos(espelho.modelo, [r["commercial_partner_id"] for r in lidos.registros])
            resultado += [ler(contexto, espelho, sorted(ids)) for _, ids in _faltantes(contexto, [(espelho, comerciais)])]
    for lidos in resultado:
        lidos.converter(contexto.capacidades)
        if lidos.espelho is UNIDADE:
            vistos.unidades |= lidos.guardaveis()
    # As unidades dos produtos vêm antes deles: quem guarda na ordem da lista nunca tem um produto sem a sua unidade.
    unidades = [u for lidos in resultado if lidos.espelho is PRODUTO for u in exigir_unidades(contexto, lidos, vistos)]
    for lidos in resultado:
        lidos.anotar_ausentes()
    return [*unidades, *resultado]


def exigir_unidades(contexto: Contexto, produtos: Lidos, vistos: Vistos) -> list[Lidos]:
    """Lê as unidades que estes produtos citam e o espelho não tem; o produto cuja unidade não pode ser guardada vai às rejeições.

    Sem a unidade, uma dúzia valeria um: melhor o produto (e as linhas dele) esperar do que uma quantidade errada.
    """
    linhas = produtos.converter(contexto.capacidades)
    if not linhas:
        return []
    posicao = produtos.colunas.index("unidade_id")
    citadas = {linha[posicao] for linha in linhas if linha[posicao]} - vistos.unidades
    faltam = {i for _, ids in _faltantes(contexto, [(UNIDADE, citadas)]) for i in ids}
    vistos.unidades |= citadas - faltam
    extras = []
    if procurar := vistos.novos(UNIDADE.modelo, faltam):
        lidas = ler(contexto, UNIDADE, sorted(procurar))
        lidas.converter(contexto.capacidades)
        lidas.anotar_ausentes()
        vistos.unidades |= lidas.guardaveis()
        faltam -= vistos.unidades
        extras.append(lidas)
    if faltam:
        for linha in linhas:
            if linha[posicao] in faltam:
                motivo = f"a unidade {linha[posicao]} do Odoo não pôde ser lida; veja as rejeições de cadastros"
                produtos.rejeicoes.append(Rejeicao(linha[0], motivo))
        produtos.linhas = [linha for linha in linhas if linha[posicao] not in faltam]
    return extras


def ler(contexto: Contexto, espelho: Espelho, ids: Sequence[int]) -> Lidos:
    """Lê do Odoo os registros dados (ou o modelo inteiro, se é pequeno)."""
    campos = ["write_date", *espelho.campos(contexto.capacidades)]
    lidos = Lidos(espelho, pedidos=frozenset(ids))
    if espelho.inteiro:
        try:
            lidos.registros = contexto.cliente.buscar_ler(espelho.modelo, [], campos, contexto=contexto.contexto_odoo)
            lidos.lido_em = contexto.cliente.hora_servidor
            return lidos
        except RespostaInvalida:  # um registro ilegível (XML do 14): página por página ele se separa dos outros
            ids = contexto.cliente.buscar(espelho.modelo, [], contexto=contexto.contexto_odoo)
    tamanho = contexto.tamanhos.setdefault(espelho.modelo, TamanhoPagina())
    for pagina in ler_paginas(contexto.cliente, espelho.modelo, ids, campos, tamanho=tamanho, contexto=contexto.contexto_odoo):
        lidos.registros.extend(pagina.registros)
        lidos.rejeicoes.extend(Rejeicao(i, motivo) for i, motivo in pagina.rejeitados)
        lidos.lido_em = lidos.lido_em or pagina.lido_em
    return lidos


def guardar(conexao: Connection, contexto: Contexto, lidos: Lidos) -> tuple[ContagemCarga, set[int]]:
    """Guarda no espelho o que foi lido, na transação dada; devolve a contagem e os ids que mudaram de conteúdo.

    O registro que não pode ser guardado vai às rejeições de `cadastros` e fica fora do espelho. O que mudou, ou que faltava e
    chegou (a rejeição que se fecha), fica anotado para recalcular as linhas que o citam.
    """
    espelho = lidos.espelho
    linhas = lidos.converter(contexto.capacidades)
    rejeicoes.anotar(conexao, FONTE, espelho.modelo, lidos.rejeicoes)
    if not linhas:
        return ContagemCarga(0, 0, 0), set()
    contagem = _mesclar(conexao, espelho, lidos.colunas, linhas)
    curados = rejeicoes.resolver(conexao, FONTE, espelho.modelo, [linha[0] for linha in linhas])
    mudados = {*contagem.chaves_mudadas, *curados}
    if espelho.modelo in pendencias.CADASTROS:
        pendencias.marcar(conexao, espelho.modelo, mudados)
    return contagem, mudados


def _mesclar(conexao: Connection, espelho: Espelho, colunas: Sequence[str], linhas: Sequence[tuple[Any, ...]]) -> ContagemCarga:
    """Mescla as linhas no espelho: por JSON quando são poucas, por COPY quando são muitas."""
    parametros = {}
    if len(linhas) <= POUCAS:
        selecao, parametros["linhas"] = selecao_json(espelho.tabela, colunas), em_json(colunas, linhas)
    else:
        temporaria = f"carga_{espelho.tabela.name}"
        copiar(conexao, temporaria, tipos(espelho.tabela, colunas), linhas)
        selecao = f"SELECT {', '.join(colunas)} FROM {temporaria}"  # noqa: S608 — nomes fixos do programa
    return mesclar(
        conexao,
        espelho.tabela,
        selecao,
        colunas,
        ["odoo_id"],
        parametros=parametros,
        ignorar_na_comparacao=MARCAS,
        renovar_quando=MARCA_VELHA,
        dizer_mudadas="odoo_id",
    )


def _faltantes(contexto: Contexto, procurados: Sequence[tuple[Espelho, set[int]]]) -> list[tuple[Espelho, set[int]]]:
    """De cada espelho, os ids procurados que ele não tem; fora da lista quem tem todos."""
    procurados = [(espelho, ids) for espelho, ids in procurados if ids]
    if not procurados:
        return []
    faltam = []
    with contexto.leitura() as conexao:
        for espelho, ids in procurados:
            coluna = espelho.tabela.c.odoo_id
            ausentes = ids - set(conexao.execute(select(coluna).where(em(coluna, ids))).scalars())
            if ausentes:
                faltam.append((espelho, ausentes))
    return faltam


def todas_as_unidades(contexto: Contexto) -> Lidos:
    """Lê todas as unidades de medida."""
    return ler(contexto, UNIDADE, [])
