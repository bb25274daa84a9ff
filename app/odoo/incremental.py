"""O motor incremental: lê do Odoo o que mudou, página por página, e só avança com o que foi guardado.

Não conhece nenhuma tabela: um `Fluxo` diz o que perguntar e como guardar. O caminho de uma linha está em
docs/arquitetura.md; as armadilhas de write_date, em docs/odoo.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from app.odoo.cliente import ClienteOdoo
from app.odoo.dominio import Dominio as Dominio
from app.odoo.dominio import e as e
from app.odoo.dominio import ou as ou
from app.odoo.janela import Janela as Janela
from app.odoo.janela import Lugar as Lugar
from app.odoo.leitura import Marca, Pagina, TamanhoPagina, ler_paginas, listar

MARGEM_LEITURA = timedelta(seconds=2)
"""write_date vem cortado em segundos: só é prova de que nada mudou se a leitura foi mais de 2 s depois dele."""
TOLERANCIA_RELOGIO = timedelta(minutes=5)
MAXIMO_DOCUMENTOS_NO_DOMINIO = 20_000
LOTE_IDS = 20_000


@dataclass(frozen=True, slots=True)
class Guardada:
    """O que já se sabe de uma linha: write_date guardado, hora do Odoo naquela leitura (UTC) e seu documento."""

    write_date: datetime | None
    lido_em: datetime | None
    documento_id: int | None = None


@dataclass
class Contagem:
    """O que uma importação fez. `novas`, `mudadas` e `iguais` são linhas guardadas; os demais são registros do Odoo."""

    lidos: int = 0
    novas: int = 0
    mudadas: int = 0
    iguais: int = 0
    excluidas: int = 0
    rejeitados: int = 0
    ignorados: int = 0
    paginas: int = 0

    def somar(self, outra: Contagem) -> None:
        """Acrescenta outra contagem a esta."""
        for c in fields(self):
            setattr(self, c.name, getattr(self, c.name) + getattr(outra, c.name))

    @property
    def processados(self) -> int:
        """Linhas que a importação olhou e guardou (novas, mudadas ou iguais)."""
        return self.novas + self.mudadas + self.iguais

    def como_dict(self) -> dict[str, int]:
        """`processados` e as outras contagens, como os jobs as devolvem."""
        return {"processados": self.processados, **{c.name: getattr(self, c.name) for c in fields(self)}}


@dataclass(frozen=True)
class Pedido:
    """O que se pede de uma importação: reler desde uma data (ou None), e quanto cada janela volta no tempo."""

    sobreposicao: timedelta
    corte: date
    agora: datetime
    desde: datetime | None = None
    avancar: Callable[[int, int | None], None] = field(default=lambda feitos, total: None)


class Fluxo(ABC):
    """O que o motor precisa saber de um fluxo de linhas (uma por registro de `modelo`).

    Com `modelo_documento`, a linha também muda quando o cabeçalho (`campo_documento` da linha) muda.
    """

    nome: ClassVar[str]
    modelo: ClassVar[str]
    modelo_documento: ClassVar[str | None] = None
    campo_documento: ClassVar[str | None] = None
    tem_passado: ClassVar[bool] = True
    """Há documentos antigos que a primeira leitura deixa de fora (os cadastros se leem inteiros, e não têm)."""

    tamanho: TamanhoPagina

    @property
    def contexto(self) -> dict[str, Any]:
        """Contexto das chamadas ao Odoo; arquivados entram sempre."""
        return {"active_test": False}

    def preparar(self) -> None:
        """Antes de ler qualquer coisa: confere que o Odoo tem o que este fluxo precisa (erros terminais, com nome)."""
        return

    @abstractmethod
    def campos(self) -> list[str]:
        """Campos lidos de cada linha."""

    @abstractmethod
    def dominio(self) -> Dominio:
        """O que é do fluxo, qualquer que seja a data (empresas, linhas com produto…)."""

    @abstractmethod
    def dominio_alcance(self, corte: date) -> Dominio:
        """O que a primeira leitura traz: tudo o que está aberto, e o fechado desde `corte`."""

    def dominio_documento(self) -> Dominio:
        """O que é do fluxo, perguntado no cabeçalho."""
        return []

    @abstractmethod
    def lugar(self) -> Lugar:
        """Onde a última execução parou."""

    @abstractmethod
    def guardadas(self, ids: Sequence[int]) -> Mapping[int, Guardada]:
        """O que já está guardado destas linhas; as que não estão, ou que se deram por sumidas, ficam fora."""

    def documentos_guardados(self, ids: Sequence[int]) -> Mapping[int, Guardada]:
        """O write_date guardado de cada cabeçalho que tem linha aqui, e a leitura mais antiga dele."""
        return {}

    def linhas_dos_documentos(self, ids: Iterable[int]) -> list[int]:
        """Linhas guardadas, e não excluídas, destes cabeçalhos."""
        return []

    @abstractmethod
    def vazio(self) -> bool:
        """Nada deste fluxo está guardado ainda."""

    def completar(self, pagina: Pagina) -> None:
        """O que mais a página precisa do Odoo, posto em `pagina.anexo`; roda adiantado, em outra linha de execução."""
        return

    @abstractmethod
    def guardar(self, pagina: Pagina, lugar: Lugar | None, lido_em: datetime | None) -> tuple[Contagem, datetime | None]:
        """Guarda a página e o lugar alcançado (None: não mexe nele) numa só transação; devolve a contagem e o maior write_date."""

    @abstractmethod
    def excluir(self, ids: Sequence[int]) -> int:
        """Marca linhas que sumiram do Odoo; devolve quantas."""

    @abstractmethod
    def concluir(self, lugar: Lugar) -> None:
        """Fecha a janela e move o cursor, num só commit."""

    def estranhar(self, visto: datetime, hora_odoo: datetime) -> None:
        """O Odoo devolveu um write_date (`visto`) além da própria hora dele: alguém precisa saber."""
        return

    def pendentes(self) -> list[int]:
        """Ids rejeitados que devem ser tentados de novo nesta execução."""
        return []


def executar(fluxo: Fluxo, cliente: ClienteOdoo, pedido: Pedido) -> Contagem:
    """Uma importação inteira de um fluxo; continua a janela que outra execução deixou pela metade.

    Erros: os de app/odoo/erros.py e app/banco/erros.py sobem; o que já foi guardado, com o lugar, fica.
    """
    total = Contagem()
    fluxo.preparar()
    if pedido.desde is not None:
        # Reler um período não prova nada sobre o resto: o cursor, e uma janela pela metade, ficam como estavam.
        janela = Janela("desde", inicio=pedido.desde, aberta_em=cliente.hora_servidor)
        _percorrer(fluxo, cliente, Lugar(janela=janela), pedido, total)
    retomada = True
    while retomada:
        lugar = fluxo.lugar()
        janela, ultimo_id = abrir_janela(lugar, cliente, replace(pedido, desde=None))
        _uma_janela(fluxo, cliente, replace(lugar, janela=janela, ultimo_id=ultimo_id), pedido, total)
        # Uma janela retomada termina o que faltava; o que mudou desde que ela abriu é de outra janela, agora.
        retomada = ultimo_id > 0
    lugar = fluxo.lugar()
    antiga = janela_do_passado(lugar, cliente, pedido) if fluxo.tem_passado else None
    if antiga is not None:
        _uma_janela(fluxo, cliente, replace(lugar, janela=antiga), pedido, total)
    return total


def _uma_janela(fluxo: Fluxo, cliente: ClienteOdoo, lugar: Lugar, pedido: Pedido, total: Contagem) -> None:
    visto = _percorrer(fluxo, cliente, lugar, pedido, total)
    fluxo.concluir(fechar_janela(lugar, visto, cliente, pedido))
    hora = cliente.hora_servidor
    if visto is not None and hora is not None and visto > hora + TOLERANCIA_RELOGIO:
        fluxo.estranhar(visto, hora)


def reler(fluxo: Fluxo, cliente: ClienteOdoo, ids: Sequence[int]) -> Contagem:
    """Lê e guarda de novo só estes ids, pelo mesmo caminho de `executar`, sem mexer no cursor.

    Os que o Odoo já não tem são marcados como excluídos. Erros: os de `executar`.
    """
    total = Contagem()
    for inicio in range(0, len(ids), LOTE_IDS):
        lote = list(ids[inicio : inicio + LOTE_IDS])
        # Procura-se antes de ler: `read` de um id que não existe custa 1,8 ms cada no servidor.
        vivos = cliente.buscar(fluxo.modelo, [["id", "in", lote]], contexto=fluxo.contexto)
        for pagina in _paginas(fluxo, cliente, vivos):
            contagem, _ = fluxo.guardar(pagina, None, pagina.lido_em)
            contagem.paginas += 1
            total.somar(contagem)
        if sumidos := sorted(set(lote) - set(vivos)):
            total.excluidas += fluxo.excluir(sumidos)
    return total


def _desvio(cliente: ClienteOdoo, pedido: Pedido) -> float | None:
    return (cliente.hora_servidor - pedido.agora).total_seconds() if cliente.hora_servidor else None


def abrir_janela(lugar: Lugar, cliente: ClienteOdoo, pedido: Pedido) -> tuple[Janela, int]:
    """Escolhe a janela: a pedida, a que ficou pela metade, a primeira, ou as mudanças desde o cursor."""
    agora_odoo = cliente.hora_servidor
    if pedido.desde is not None:
        return Janela("desde", inicio=pedido.desde, aberta_em=agora_odoo), 0
    if lugar.janela is not None:
        return lugar.janela, lugar.ultimo_id
    if lugar.cursor is None:
        return Janela("primeira", corte=lugar.corte or pedido.corte, aberta_em=agora_odoo), 0
    inicio = lugar.cursor - pedido.sobreposicao
    if agora_odoo is not None:
        # Relógio do Odoo que andou para trás desde a última janela: o cursor pode estar no futuro dele.
        atual = _desvio(cliente, pedido) or 0.0
        recuo = max(0.0, (lugar.desvio_s if lugar.desvio_s is not None else atual) - atual)
        inicio = min(inicio, agora_odoo - pedido.sobreposicao) - timedelta(seconds=recuo)
    return Janela("mudancas", inicio=inicio, aberta_em=agora_odoo), 0


def janela_do_passado(lugar: Lugar, cliente: ClienteOdoo, pedido: Pedido) -> Janela | None:
    """A janela que traz o que ainda não se leu de antes: um corte mais antigo, ou o passado de uma empresa nova. Não move o cursor."""
    if lugar.cursor is None or not (lugar.novas or (lugar.corte is not None and pedido.corte < lugar.corte)):
        return None
    corte = min(lugar.corte, pedido.corte) if lugar.corte is not None else pedido.corte
    return Janela("preencher", corte=corte, aberta_em=cliente.hora_servidor)


def fechar_janela(lugar: Lugar, visto: datetime | None, cliente: ClienteOdoo, pedido: Pedido) -> Lugar:
    """O lugar depois da janela: o cursor só anda para valores vindos do Odoo, nunca além da hora em que a janela abriu."""
    janela = lugar.janela
    assert janela is not None
    cursor = lugar.cursor
    if janela.tipo == "preencher":
        return Lugar(cursor=cursor, corte=janela.corte, desvio_s=lugar.desvio_s)
    if visto is not None:
        novo = min(visto, janela.aberta_em) if janela.aberta_em else visto
        cursor = max(cursor, novo) if cursor else novo
    elif cursor is None:
        cursor = janela.aberta_em
    corte = janela.corte if janela.corte is not None else lugar.corte
    return Lugar(cursor=cursor, corte=corte, desvio_s=_desvio(cliente, pedido), novas=lugar.novas)


def _percorrer(fluxo: Fluxo, cliente: ClienteOdoo, lugar: Lugar, pedido: Pedido, total: Contagem) -> datetime | None:
    """Percorre a janela por id, guardando página a página; devolve o maior write_date visto."""
    janela = lugar.janela
    assert janela is not None
    visto = janela.teto
    dominio, documentos, visto_documentos = _dominio_da_janela(fluxo, cliente, janela)
    visto = _maior(visto, visto_documentos)
    reler_tudo = janela.tipo == "desde"
    so_ids = janela.inicio is None and fluxo.vazio()
    pendentes = set(fluxo.pendentes())
    feitos: set[int] = set()
    ultimo = lugar.ultimo_id
    for marcas in listar(cliente, fluxo.modelo, dominio, apos_id=ultimo, lote=LOTE_IDS, so_ids=so_ids, contexto=fluxo.contexto):
        for marca in marcas:
            visto = _maior(visto, marca.write_date)
        ids = [m.id for m in marcas] if reler_tudo or so_ids else _a_reler(fluxo, marcas, documentos)
        feitos.update(i for i in ids if i in pendentes)
        visto = _ler_e_guardar(fluxo, cliente, ids, lugar, visto, total, pedido, mover=not reler_tudo)
        ultimo = marcas[-1].id
    if documentos:
        _procurar_excluidas(fluxo, cliente, documentos, total)
    restantes = sorted(pendentes - feitos)
    if restantes:
        _ler_e_guardar(fluxo, cliente, restantes, lugar, None, total, pedido, mover=False)
    return visto


def _ler_e_guardar(
    fluxo: Fluxo,
    cliente: ClienteOdoo,
    ids: Sequence[int],
    lugar: Lugar,
    visto: datetime | None,
    total: Contagem,
    pedido: Pedido,
    mover: bool = True,
) -> datetime | None:
    """Lê e guarda os ids dados; com `mover`, cada commit leva o lugar alcançado. Devolve o maior write_date visto."""
    for pagina in _paginas(fluxo, cliente, ids):
        alcancado = None
        if mover:
            assert lugar.janela is not None
            alcancado = replace(lugar, ultimo_id=max(pagina.ids), janela=replace(lugar.janela, teto=visto))
        contagem, maior = fluxo.guardar(pagina, alcancado, pagina.lido_em)
        if mover:
            visto = _maior(visto, maior)
        contagem.paginas += 1
        total.somar(contagem)
        pedido.avancar(total.lidos, None)
    return visto


def _paginas(fluxo: Fluxo, cliente: ClienteOdoo, ids: Sequence[int]) -> Iterator[Pagina]:
    campos, contexto = fluxo.campos(), fluxo.contexto
    return ler_paginas(cliente, fluxo.modelo, ids, campos, tamanho=fluxo.tamanho, contexto=contexto, completar=fluxo.completar)


def _dominio_da_janela(fluxo: Fluxo, cliente: ClienteOdoo, janela: Janela) -> tuple[Dominio, set[int], datetime | None]:
    """O domínio das linhas da janela, os cabeçalhos que mudaram de verdade, e o maior write_date deles."""
    base = fluxo.dominio()
    if janela.inicio is None:
        assert janela.corte is not None
        return e(base, fluxo.dominio_alcance(janela.corte)), set(), None
    inicio = janela.inicio.strftime("%Y-%m-%d %H:%M:%S")
    mudou: Dominio = [["write_date", ">=", inicio]]
    documentos: set[int] = set()
    visto: datetime | None = None
    if fluxo.modelo_documento and fluxo.campo_documento:
        pergunta = e(fluxo.dominio_documento(), mudou)
        for marcas in listar(cliente, fluxo.modelo_documento, pergunta, apos_id=0, lote=LOTE_IDS, contexto=fluxo.contexto):
            guardados = fluxo.documentos_guardados([m.id for m in marcas])
            for marca in marcas:
                visto = _maior(visto, marca.write_date)
                if janela.tipo == "desde" or marca.id not in guardados or not sem_mudanca(guardados[marca.id], marca):
                    documentos.add(marca.id)
        if len(documentos) > MAXIMO_DOCUMENTOS_NO_DOMINIO:
            mudou = ou(mudou, [[f"{fluxo.campo_documento}.write_date", ">=", inicio]])
        elif documentos:
            mudou = ou(mudou, [[fluxo.campo_documento, "in", sorted(documentos)]])
    return e(base, mudou), documentos, visto


def sem_mudanca(guardado: Guardada, marca: Marca) -> bool:
    """A leitura guardada já tem este write_date, e foi feita mais de 2 s depois dele pelo relógio do Odoo."""
    if guardado.write_date is None or guardado.lido_em is None or marca.write_date is None:
        return False
    return guardado.write_date == marca.write_date and guardado.lido_em - marca.write_date > MARGEM_LEITURA


def _a_reler(fluxo: Fluxo, marcas: Sequence[Marca], documentos: set[int]) -> list[int]:
    guardadas = fluxo.guardadas([m.id for m in marcas])
    ids = []
    for marca in marcas:
        guardada = guardadas.get(marca.id)
        if guardada is None or guardada.documento_id in documentos or not sem_mudanca(guardada, marca):
            ids.append(marca.id)
    return ids


def _procurar_excluidas(fluxo: Fluxo, cliente: ClienteOdoo, documentos: set[int], total: Contagem) -> None:
    """Apagar uma linha só mexe no cabeçalho: dos que mudaram, as linhas guardadas que o Odoo já não tem."""
    nossas = fluxo.linhas_dos_documentos(documentos)
    for lote in (nossas[i : i + LOTE_IDS] for i in range(0, len(nossas), LOTE_IDS)):
        vivas = set(cliente.buscar(fluxo.modelo, [["id", "in", lote]], contexto=fluxo.contexto))
        if sumidas := [i for i in lote if i not in vivas]:
            total.excluidas += fluxo.excluir(sumidas)


def _maior(a: datetime | None, b: datetime | None) -> datetime | None:
    if a is None or b is None:
        return a or b
    return max(a, b)
