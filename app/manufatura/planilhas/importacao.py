"""Importar uma planilha, do arquivo ao commit: lê, confere, compara, grava o que difere e audita, numa transação só.

Tudo ou nada: com qualquer recusa nada se grava, a não ser com `aceitar_validas`. Antes de tirar linhas (modo substituir), pergunta a
quem chama, com o banco solto; a gravação compara de novo, com a tabela trancada, e para se as linhas a tirar já não são as ditas.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Engine, text

from app.manufatura.planilhas import conferencias, estruturas
from app.manufatura.planilhas.definicoes import TIPOS
from app.manufatura.planilhas.diferenca import Diferenca
from app.manufatura.planilhas.erros import MudouEnquantoConfirmava, SaldoVemDoOdoo
from app.manufatura.planilhas.fluxo import Fluxo, Quem
from app.manufatura.planilhas.folha import Limites
from app.manufatura.planilhas.problemas import Problema
from app.manufatura.planilhas.saldos import FluxoSaldos
from app.manufatura.planilhas.validacao import Lida, ler

ATUALIZAR, SUBSTITUIR = "atualizar", "substituir"


@dataclass(frozen=True)
class Ajustes:
    """O que as configurações dizem: SCHEDULER_TIMEZONE, a data de hoje nele, ESTOQUE_FONTE; e os limites de leitura."""

    fuso: ZoneInfo
    hoje: date
    estoque_fonte: str = "movimentos"
    limites: Limites = field(default_factory=Limites)


@dataclass(frozen=True)
class Opcoes:
    """As da linha de comando."""

    aba: str | None = None
    modo: str = ATUALIZAR
    aceitar_validas: bool = False
    simular: bool = False


@dataclass
class Resultado:
    """O que a importação fez (ou faria). `gravada`: algo foi confirmado no banco, ou não havia o que mudar e nada se recusou."""

    lida: Lida
    diferenca: Diferenca
    simulada: bool
    gravada: bool
    desistiu: bool = False

    @property
    def problemas(self) -> list[Problema]:
        """As recusas, por linha e coluna."""
        return self.lida.problemas

    @property
    def codigo(self) -> int:
        """Código de saída: 1 se algo foi recusado ou se desistiu."""
        return 1 if self.problemas or self.desistiu else 0

    def como_dict(self) -> dict[str, Any]:
        """O objeto do --json."""
        return {
            "tipo": self.lida.tipo.nome,
            "arquivo": self.lida.arquivo,
            "aba": self.lida.folha.nome or None,
            "simulada": self.simulada,
            "gravada": self.gravada,
            **self.diferenca.contagens(),
            "rejeitadas": len(self.lida.rejeitadas),
            "exemplos_ignorados": self.lida.exemplos,
            "avisos": self.lida.avisos,
            "problemas": [
                {"aba": p.aba or None, "celula": p.endereco, "coluna": p.titulo or None, "valor": p.valor, "esperado": p.esperado}
                for p in self.problemas
            ],
        }


def fluxo_de(nome: str, ajustes: Ajustes) -> Fluxo:
    """O fluxo de um tipo."""
    tipo = TIPOS[nome]
    match nome:
        case "estruturas":
            return estruturas.FluxoEstruturas(tipo)
        case "saldos":
            return FluxoSaldos(tipo, ajustes.fuso, ajustes.hoje)
        case "grupos":
            return conferencias.FluxoGrupos(tipo)
        case "previsoes":
            return conferencias.FluxoPrevisoes(tipo)
        case "separacoes" | "pre_separacoes":
            return conferencias.FluxoDatado(tipo)
        case _:
            return Fluxo(tipo)


def importar(
    motor: Engine,
    caminho: Path,
    nome: str,
    ajustes: Ajustes,
    opcoes: Opcoes,
    quem: Quem,
    confirmar: Callable[[Diferenca], bool] = lambda _: False,
) -> Resultado:
    """Importa `caminho` como planilha do tipo `nome`. `confirmar`: mostra as linhas que sairiam e diz se podem sair.

    Erros: os de erros.py (a planilha inteira não serve) e os do banco; uma célula ruim não é erro, é um problema no resultado.
    """
    if nome == "saldos" and ajustes.estoque_fonte == "odoo":
        raise SaldoVemDoOdoo()
    conferir = (estruturas.juntar,) if nome == "estruturas" else conferencias.DA_PLANILHA.get(nome, ())
    lida = ler(caminho, TIPOS[nome], ajustes.fuso, aba=opcoes.aba, limites=ajustes.limites, conferencias=conferir)
    fluxo = fluxo_de(nome, ajustes)
    substituir = opcoes.modo == SUBSTITUIR
    antes = _Antes(lida)
    with motor.connect() as conexao:
        diferenca = _comparar(conexao, fluxo, lida, substituir, trancar=False)
        conexao.rollback()
    if opcoes.simular or (lida.problemas and not opcoes.aceitar_validas) or not lida.linhas:
        return Resultado(lida, diferenca, opcoes.simular, gravada=False)
    if not diferenca.escreve:
        return Resultado(lida, diferenca, False, gravada=True)
    if diferenca.saem and not confirmar(diferenca):
        return Resultado(lida, diferenca, False, gravada=False, desistiu=True)
    ditas = diferenca.saem
    antes.refazer()
    with motor.begin() as conexao:
        diferenca = _comparar(conexao, fluxo, lida, substituir, trancar=True)
        if not diferenca.saem <= ditas:
            raise MudouEnquantoConfirmava(tabela=fluxo.tipo.titulo.lower())
        if lida.problemas and not opcoes.aceitar_validas:  # o que se guardou entretanto recusa linhas que serviam
            conexao.rollback()
            return Resultado(lida, diferenca, False, gravada=False)
        if diferenca.escreve:
            fluxo.gravar(conexao, lida, diferenca, quem)
            _auditar(conexao, fluxo, lida, diferenca, opcoes, quem)
    return Resultado(lida, diferenca, False, gravada=True)


class _Antes:
    """A planilha como se leu, para conferir de novo com a tabela trancada."""

    def __init__(self, lida: Lida) -> None:
        self.lida = lida
        self.linhas, self.problemas, self.avisos = list(lida.linhas), list(lida.problemas), list(lida.avisos)
        self.arrastadas = dict(lida.arrastadas)

    def refazer(self) -> None:
        self.lida.linhas, self.lida.problemas, self.lida.avisos = list(self.linhas), list(self.problemas), list(self.avisos)
        self.lida.arrastadas = dict(self.arrastadas)


def _comparar(conexao: Connection, fluxo: Fluxo, lida: Lida, substituir: bool, *, trancar: bool) -> Diferenca:
    if trancar:
        fluxo.trancar(conexao)
    conferencias.codigos(conexao, lida)
    if fluxo.tipo.nome == "estruturas":
        estruturas.arrastar(lida)
    lida.tirar_recusadas()
    fluxo.conferir(conexao, lida, substituir)
    lida.tirar_recusadas()
    diferenca = fluxo.comparar(conexao, lida, substituir)
    fluxo.avisar(conexao, lida, substituir)
    return diferenca


def _auditar(conexao: Connection, fluxo: Fluxo, lida: Lida, diferenca: Diferenca, opcoes: Opcoes, quem: Quem) -> None:
    """Uma linha por importação que mudou algo."""
    depois = {
        "tipo": fluxo.tipo.nome,
        "arquivo": lida.arquivo,
        "modo": opcoes.modo,
        **diferenca.contagens(),
        "rejeitadas": len(lida.rejeitadas),
    }
    saem = [e.quem for e in diferenca.exemplos if e.oque == "sai"]
    conexao.execute(
        text("INSERT INTO auditoria (quem, de_onde, acao, tabela, antes, depois) VALUES (:quem, :onde, :acao, :tabela, :antes, :depois)"),
        {
            "quem": quem.usuario,
            "onde": quem.de_onde,
            "acao": "planilha importar",
            "tabela": fluxo.tipo.tabela.name,
            "antes": Jsonb({"saem": saem}) if saem else None,
            "depois": Jsonb(depois),
        },
    )
