"""Ler muito sem perder nada: ids por chave (nunca por write_date) e páginas que se adaptam ao que o servidor aguenta."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.odoo.cliente import ClienteOdoo
from app.odoo.erros import ErroOdoo, PaginaGrande, PrazoEsgotado, RegistroAusente, RespostaGrandeDemais, RespostaInvalida
from app.odoo.valores import instante

# O que se cura com uma página menor.
_DIVIDIR = (PrazoEsgotado, PaginaGrande, RespostaGrandeDemais)
# Páginas boas seguidas antes de tentar crescer de novo.
_PACIENCIA = 8
# Registros seguidos, todos ilegíveis e nenhum bom, depois dos quais o problema é do servidor e não dos registros.
_DESISTE = 8


@dataclass(frozen=True, slots=True)
class Marca:
    """A identidade de um registro e quando o Odoo diz que ele mudou (segundos inteiros; None se não foi pedido)."""

    id: int
    write_date: datetime | None


@dataclass
class Pagina:
    """Uma página lida.

    ids: os pedidos. registros: os que vieram. ausentes: os que não existem mais. rejeitados: os que não puderam ser lidos,
    com o motivo. lido_em: a hora do Odoo (Date) em que a leitura COMEÇOU, para trás do verdadeiro se houver dúvida; None
    se o servidor não diz a hora. anexo: o que quem pediu a página leu junto com ela (`completar`).
    """

    ids: list[int]
    registros: list[dict[str, Any]] = field(default_factory=list)
    ausentes: list[int] = field(default_factory=list)
    rejeitados: list[tuple[int, str]] = field(default_factory=list)
    lido_em: datetime | None = None
    anexo: Any = None


class TamanhoPagina:
    """Quantos registros pedir de cada vez; encolhe à metade quando não cabe e lembra, e volta devagar até o inicial."""

    def __init__(self, inicial: int = 5000, minimo: int = 1) -> None:
        self.inicial, self.minimo = inicial, minimo
        self.atual = inicial
        self._boas = 0

    def encolher(self, pedidos: int) -> None:
        """A página de `pedidos` registros não coube."""
        self.atual = max(self.minimo, min(self.atual, pedidos) // 2)
        self._boas = 0

    def coube(self) -> None:
        """Mais uma página boa."""
        if self.atual >= self.inicial:
            return
        self._boas += 1
        if self._boas >= _PACIENCIA:
            self._boas = 0
            self.atual = min(self.inicial, self.atual * 2)


def listar(
    cliente: ClienteOdoo,
    modelo: str,
    dominio: Sequence[Any],
    *,
    apos_id: int = 0,
    lote: int = 20_000,
    so_ids: bool = False,
    contexto: Mapping[str, Any] | None = None,
) -> Iterator[list[Marca]]:
    """Tudo o que satisfaz o domínio, em ordem de id, em listas de até `lote` marcas, a partir do id seguinte a `apos_id`.

    Página por id: write_date se repete em milhares de linhas, e paginar por ele perde ou repete. `so_ids` dispensa o
    write_date (metade do custo). Erros: os de ErroOdoo; ValorInvalido se um write_date vier ilegível.
    """
    ultimo = apos_id
    while True:
        todo = [("id", ">", ultimo), *dominio]
        if so_ids:
            marcas = [Marca(i, None) for i in cliente.buscar(modelo, todo, limite=lote, contexto=contexto)]
        else:
            linhas = cliente.buscar_ler(modelo, todo, ["write_date"], limite=lote, contexto=contexto)
            marcas = _marcar(linhas)
        if marcas:
            if marcas[-1].id <= ultimo:
                # Um servidor que ignora a ordem ou o domínio nos faria girar para sempre.
                raise RespostaInvalida(
                    servidor=cliente.conexao.endereco.rotulo, detalhe=f"a lista de {modelo} não avançou depois do id {ultimo}"
                )
            ultimo = marcas[-1].id
            yield marcas
        if len(marcas) < lote:
            return


def ler_paginas(
    cliente: ClienteOdoo,
    modelo: str,
    ids: Sequence[int],
    campos: Sequence[str],
    *,
    tamanho: TamanhoPagina,
    contexto: Mapping[str, Any] | None = None,
    adiantar: bool = True,
    completar: Callable[[Pagina], None] | None = None,
) -> Iterator[Pagina]:
    """Os registros, página por página, na ordem dos ids; enquanto uma é usada, a seguinte já está sendo lida.

    Prazo estourado, 413 e resposta grande demais cortam a página ao meio (e `tamanho` lembra); uma resposta ilegível é
    dividida até o registro culpado, que vai para `rejeitados`. Erros: os de ErroOdoo que não se curam assim.
    `completar` roda logo depois de cada página lida, na linha de execução que lê: o que mais ela precisa do Odoo também se adianta.
    """
    leitor = _Leitor(cliente, modelo, campos, tamanho, contexto, completar)
    if not adiantar or len(ids) <= tamanho.atual:  # com uma página só não há o que adiantar
        inicio = 0
        while inicio < len(ids):
            pagina = leitor.proxima(ids, inicio)
            inicio += len(pagina.ids)
            yield pagina
        return
    # Uma só página adiantada: medido, ler em paralelo ganha no máximo 10%, e o servidor tem outros usuários.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="odoo-pagina") as adiantada:
        futura: Future[Pagina] | None = adiantada.submit(leitor.proxima, ids, 0) if ids else None
        inicio = 0
        while futura is not None:
            pagina = futura.result()
            inicio += len(pagina.ids)
            futura = adiantada.submit(leitor.proxima, ids, inicio) if inicio < len(ids) else None
            yield pagina


class _Leitor:
    def __init__(
        self,
        cliente: ClienteOdoo,
        modelo: str,
        campos: Sequence[str],
        tamanho: TamanhoPagina,
        contexto: Mapping[str, Any] | None,
        completar: Callable[[Pagina], None] | None,
    ) -> None:
        self._cliente, self._modelo, self._campos = cliente, modelo, list(campos)
        self._tamanho, self._contexto, self._completar = tamanho, contexto, completar

    def proxima(self, ids: Sequence[int], inicio: int) -> Pagina:
        """A página que começa em `inicio`, do tamanho que couber."""
        while True:
            pedidos = list(ids[inicio : inicio + self._tamanho.atual])
            try:
                pagina = self._ler(pedidos)
            except _DIVIDIR:
                if len(pedidos) == 1:
                    raise
                self._tamanho.encolher(len(pedidos))
                continue
            self._tamanho.coube()
            if self._completar is not None:
                self._completar(pagina)
            return pagina

    def _ler(self, pedidos: list[int]) -> Pagina:
        pagina, comeco = Pagina(pedidos), time.monotonic()
        try:
            pagina.registros = self._read(pedidos)
        except RespostaInvalida as erro:
            self._separar(pedidos, erro, pagina)
        # O Date é de quando a resposta saiu; o que mudou durante a leitura pode não estar nela. Vale a hora em que começou.
        if (hora := self._cliente.hora_desta_linha) is not None:
            pagina.lido_em = hora - timedelta(seconds=time.monotonic() - comeco)
        if len(pagina.registros) + len(pagina.rejeitados) < len(pedidos):
            vistos = {r["id"] for r in pagina.registros}
            vistos.update(i for i, _ in pagina.rejeitados)
            pagina.ausentes = [i for i in pedidos if i not in vistos]
        return pagina

    def _separar(self, pedidos: list[int], erro: ErroOdoo, pagina: Pagina) -> None:
        """Divide uma página ilegível até isolar os registros culpados."""
        if len(pedidos) == 1:
            pagina.rejeitados.append((pedidos[0], str(erro.fatos.get("detalhe", erro))))
            if len(pagina.rejeitados) >= _DESISTE and not pagina.registros:
                raise erro
            return
        meio = len(pedidos) // 2
        for metade in (pedidos[:meio], pedidos[meio:]):
            try:
                pagina.registros += self._read(metade)
            except RespostaInvalida as outro:
                self._separar(metade, outro, pagina)

    def _read(self, pedidos: list[int]) -> list[dict[str, Any]]:
        # Com mais de um registro não se insiste no prazo: metade da página é resposta melhor que outra espera igual.
        sem_repetir = (PrazoEsgotado,) if len(pedidos) > 1 else ()
        try:
            return self._cliente.ler(self._modelo, pedidos, self._campos, contexto=self._contexto, sem_repetir=sem_repetir)
        except RegistroAusente:
            # Um campo calculado sobre um registro que acabou de sumir derruba o read inteiro: fica quem ainda existe.
            dominio = [("id", "in", pedidos)]
            vivos = self._cliente.buscar(self._modelo, dominio, contexto={"active_test": False, **(self._contexto or {})})
            return self._cliente.ler(self._modelo, vivos, self._campos, contexto=self._contexto) if vivos else []


def _marcar(linhas: Sequence[Mapping[str, Any]]) -> list[Marca]:
    # Muitas linhas partilham o segundo: cada texto é convertido uma vez.
    vistos: dict[Any, datetime | None] = {}
    marcas = []
    for linha in linhas:
        bruto = linha["write_date"]
        if bruto not in vistos:
            vistos[bruto] = instante(bruto)
        marcas.append(Marca(linha["id"], vistos[bruto]))
    return marcas
