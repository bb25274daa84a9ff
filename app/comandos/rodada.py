"""Uma rodada de importações com uma só sessão do Odoo: uma fonte que falha não impede as outras."""

from __future__ import annotations

import getpass
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Engine

from app.banco.erros import ErroBanco
from app.comandos.saida import Andamento
from app.config import Config
from app.erros import ErroManufatura
from app.manufatura.fontes import sessao
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.registro import FONTES
from app.manufatura.jobs import importacao
from app.manufatura.jobs.base_job import pedido_por, tentativa_atual
from app.manufatura.jobs.odoo_integration import POR_FONTE
from app.manufatura.services.execucoes import JobEmExecucao
from app.odoo.erros import CredenciaisRecusadas, ErroOdoo
from app.relogio import agora

registro = logging.getLogger("manufatura.importar")
CERTO, REJEITOU, OUTRO_ERRO, ODOO, BANCO, EM_EXECUCAO = 0, 1, 1, 3, 4, 5
Acompanhar = Callable[[str], AbstractContextManager[Andamento]]
"""Dado o título de uma fonte, um bloco que recebe o andamento dela (uma barra, ou nada)."""


class Inesperado(ErroManufatura):
    """A importação parou por algo que não foi previsto ({tipo}: {motivo}). O que já estava guardado fica; rode de novo com --depurar."""


@dataclass
class Rodada:
    """O que cada fonte pedida fez, ou o erro com que parou; `puladas`: as que nem se tentaram depois de um erro que as pararia.

    `chamadas` ao Odoo e `segundos` são os da rodada inteira.
    """

    simulada: bool = False
    feitas: dict[str, dict[str, Any]] = field(default_factory=dict)
    erros: dict[str, ErroManufatura] = field(default_factory=dict)
    puladas: list[str] = field(default_factory=list)
    chamadas: int = 0
    segundos: float = 0.0

    @property
    def rejeitados(self) -> int:
        """Registros rejeitados em toda a rodada."""
        return sum(int(f["rejeitados"]) for f in self.feitas.values())

    @property
    def codigo(self) -> int:
        """O código de saída: o do erro mais grave; sem erro, 1 se algo foi rejeitado."""
        erros = self.erros.values()
        if any(isinstance(e, ErroBanco) for e in erros):
            return BANCO
        if any(isinstance(e, ErroOdoo) and e.codigo_saida == ODOO for e in erros):  # os de configuração (2) ficam para depois
            return ODOO
        if any(e.codigo_saida == EM_EXECUCAO for e in erros):
            return EM_EXECUCAO
        if erros:
            return max(e.codigo_saida for e in erros)
        return REJEITOU if self.rejeitados else CERTO

    @property
    def erro_unico(self) -> ErroManufatura | None:
        """O erro, se nenhuma fonte passou dele e é o mesmo em todas (falta ODOO_URL, o Odoo não responde)."""
        mensagens = {e.mensagem for e in self.erros.values()}
        return next(iter(self.erros.values())) if not self.feitas and len(mensagens) == 1 else None

    def situacao(self, nome: str) -> str:
        """Em uma palavra, como a fonte terminou."""
        if nome in self.puladas:
            return "não tentada"
        if nome in self.erros:
            return "já em execução" if isinstance(self.erros[nome], JobEmExecucao) else "erro"
        return "parcial" if self.feitas[nome]["rejeitados"] else "certo"

    def como_dict(self) -> dict[str, Any]:
        """O objeto do --json."""
        fontes: dict[str, dict[str, Any]] = {}
        for nome in FONTES:
            if nome in self.feitas or nome in self.erros:
                fontes[nome] = {"situacao": self.situacao(nome), **self.feitas.get(nome, {})}
            if nome in self.erros:
                fontes[nome]["erro"] = {"classe": type(self.erros[nome]).__name__, "mensagem": self.erros[nome].mensagem}
        return {
            "simulada": self.simulada,
            "codigo": self.codigo,
            "fontes": fontes,
            "chamadas": self.chamadas,
            "segundos": round(self.segundos, 3),
        }


def usuario_do_sistema() -> str:
    """Quem está rodando o comando, para o registro e a auditoria."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # um contêiner pode não ter nome para o uid
        return f"uid {os.getuid()}"


def importar(config: Config, motor: Engine, nomes: Sequence[str], acompanhar: Acompanhar, *, desde: date | None = None) -> Rodada:
    """Roda os jobs das fontes dadas, na ordem, com uma sessão só; nunca levanta o erro de uma fonte: ele fica na rodada.

    A sessão abre dentro do primeiro job: se não abre, os jobs pedidos ficam registrados com esse erro, sem insistir no Odoo.
    Sem banco, ou com a senha recusada, os seguintes nem se tentam.
    """
    rodada, inicio = Rodada(), time.monotonic()
    with SessaoPartilhada(config, motor) as partilhada, pedido_por("cli", usuario_do_sistema()):
        _cada_uma(nomes, acompanhar, rodada, lambda nome, andamento: _pelo_job(nome, partilhada, desde, andamento))
        rodada.chamadas = partilhada.chamadas
    rodada.segundos = time.monotonic() - inicio
    return rodada


def simular(contexto: Contexto, nomes: Sequence[str], acompanhar: Acompanhar, *, desde: date | None = None) -> Rodada:
    """O mesmo, numa sessão de importacao.simulacao: nada fica, e nenhuma execução é registrada."""
    rodada, inicio = Rodada(simulada=True), time.monotonic()

    def uma(nome: str, andamento: Andamento) -> Mapping[str, Any]:
        contexto.cerca = importacao.CercaObservada(contexto.cerca, andamento.definir)
        return importacao.importar(nome, contexto, desde)

    _cada_uma(nomes, acompanhar, rodada, uma)
    rodada.chamadas, rodada.segundos = contexto.cliente.chamadas, time.monotonic() - inicio
    return rodada


def _cada_uma(nomes: Sequence[str], acompanhar: Acompanhar, rodada: Rodada, uma: Callable[[str, Andamento], Mapping[str, Any]]) -> None:
    for nome in nomes:
        try:
            with acompanhar(FONTES[nome].titulo) as andamento:
                rodada.feitas[nome] = dict(uma(nome, andamento))
                andamento.definir(int(rodada.feitas[nome]["lidos"]))
        except ErroManufatura as erro:
            rodada.erros[nome] = erro
            if isinstance(erro, ErroBanco | CredenciaisRecusadas):
                # Sem banco nada se guarda; e quem insiste com a senha errada tem a conta bloqueada pelo Odoo.
                rodada.puladas = list(nomes[nomes.index(nome) + 1 :])
                rodada.erros.update(dict.fromkeys(rodada.puladas, erro))
                return
        except Exception as erro:  # noqa: BLE001 — um defeito numa fonte não pode calar as outras
            registro.debug("erro inesperado na fonte %s", nome, exc_info=True)
            rodada.erros[nome] = Inesperado(tipo=type(erro).__name__, motivo=str(erro).partition("\n")[0])


def _pelo_job(nome: str, partilhada: SessaoPartilhada, desde: date | None, andamento: Andamento) -> Mapping[str, Any]:
    with importacao.com_opcoes(importacao.Opcoes(desde=desde, sessao=partilhada, avancar=andamento.definir)):
        return POR_FONTE[nome]()


class SessaoPartilhada:
    """Uma sessão com o Odoo aberta na primeira vez em que é pedida; se não abre, o mesmo erro sai nas outras vezes."""

    def __init__(self, config: Config, motor: Engine) -> None:
        self.config, self.motor = config, motor
        self._pilha = ExitStack()
        self._contexto: Contexto | None = None
        self._erro: ErroManufatura | None = None

    def __enter__(self) -> SessaoPartilhada:
        return self

    def __exit__(self, *_: object) -> None:
        self._pilha.close()

    def __call__(self) -> Contexto:
        if self._erro is not None:
            raise self._erro
        if self._contexto is None:
            try:
                self._contexto = self._pilha.enter_context(sessao.abrir(self.config, self.motor, agora(), cerca=tentativa_atual()))
            except ErroManufatura as erro:
                self._erro = erro
                raise
        return self._contexto

    @property
    def chamadas(self) -> int:
        """Chamadas feitas ao Odoo nesta sessão, a entrada incluída."""
        return self._contexto.cliente.chamadas if self._contexto is not None else 0


class Calado:
    """Um andamento que ninguém vê (com --json)."""

    def avancar(self, quantos: int = 1) -> None:
        """Nada a mostrar."""

    def definir(self, feitos: int, total: int | None = None, texto: str | None = None) -> None:
        """Nada a mostrar."""


@contextmanager
def calado(_titulo: str) -> Iterator[Andamento]:
    """Acompanha sem mostrar nada."""
    yield Calado()
