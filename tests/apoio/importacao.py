"""Um mundo de teste: um Odoo simulado com relógio parado, um banco vazio, e como importar de um para o outro.

A fixture `mundo` corre nas duas versões do Odoo; `mundo14` e `mundo19`, numa só. O relógio só anda por `passar`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from app.banco.base import Base
from app.config import Config
from app.demo.odoo_simulado import CHAVE_ADMIN, BancoSimulado, PlanoFalhas, RelogioSimulado, ServidorSimulado
from app.manufatura.fontes import sessao
from app.manufatura.fontes.contexto import Cerca, Contexto
from app.manufatura.jobs import importacao
from app.manufatura.jobs.reconciliacao import Reconciliacao, reconciliar
from app.odoo.leitura import TamanhoPagina
from tests.apoio.oraculo import Retrato, conferir_com_oraculo, retrato_do_simulado
from tests.apoio.pg import BancoTeste, _Faxina

INICIO = datetime(2026, 11, 24, 15, tzinfo=UTC)
"""Meio-dia em São Paulo."""
FONTES = ("cadastros", "requisicoes", "pedidos", "entradas", "apontamentos", "estoque")
DE_MAQUINA = ("log_integracao", "cursor_integracao", "odoo_capacidade", "alembic_version")
"""Tabelas que mudam a cada execução por natureza; as outras só mudam se algo mudou no Odoo."""


class Morte(BaseException):
    """O processo morreu aqui (para o que se prova dentro de um processo só)."""


class CercaFatal:
    """Uma cerca que mata a importação na n-ésima transação (antes do commit), ou logo depois do n-ésimo commit de página."""

    def __init__(self, *, na_transacao: int | None = None, depois_da_pagina: int | None = None) -> None:
        self.na_transacao, self.depois_da_pagina = na_transacao, depois_da_pagina
        self.transacoes = self.paginas = 0

    def cercar(self, conexao: Connection) -> None:
        self.transacoes += 1
        if self.transacoes == self.na_transacao:
            raise Morte(f"na transação {self.transacoes}")

    def avancar(self, feitos: int, total: int | None) -> None:
        self.paginas += 1
        if self.paginas == self.depois_da_pagina:
            raise Morte(f"depois da página {self.paginas}")


class MundoBase(ABC):
    """O nosso lado: importar de um Odoo, olhar o que ficou, comparar com o oráculo."""

    def __init__(self, versao: int, banco_pg: BancoTeste, agora: Callable[[], datetime]) -> None:
        self.versao = versao
        self.pg, self.motor = banco_pg, banco_pg.motor
        self.nosso_relogio = agora
        self.mudancas_config: dict[str, Any] = {}

    @property
    @abstractmethod
    def ligacao(self) -> dict[str, Any]:
        """odoo_url, odoo_db, odoo_user, odoo_password e, se há, odoo_api_key."""

    @abstractmethod
    def retrato(self) -> Retrato:
        """O que o Odoo tem agora, para o oráculo."""

    @abstractmethod
    def passar(self, **quanto: float) -> None:
        """O tempo do Odoo anda o bastante para uma leitura valer como prova."""

    @property
    def config(self) -> Config:
        valores = {**self.ligacao, **self.mudancas_config}
        return Config.model_validate({k: v for k, v in valores.items() if v is not None})

    @property
    def ambiente(self) -> dict[str, str]:
        """As variáveis com que outro processo importa deste Odoo para este banco."""
        c = self.config
        segredos = {"ODOO_PASSWORD": c.odoo_password, "ODOO_API_KEY": c.odoo_api_key}
        return {
            **self.pg.ambiente,
            "ODOO_URL": str(c.odoo_url),
            "ODOO_DB": c.odoo_db or "",
            "ODOO_USER": c.odoo_user or "",
            **{nome: s.get_secret_value() for nome, s in segredos.items() if s is not None},
        }

    @contextmanager
    def sessao(self, cerca: Cerca | None = None, pagina: int | None = None) -> Iterator[Contexto]:
        """Uma sessão de importação; `pagina` limita os registros lidos por vez."""
        with sessao.abrir(self.config, self.motor, self.nosso_relogio(), cerca=cerca) as contexto:
            if pagina:
                contexto.tamanhos = _Paginas(pagina)
            yield contexto

    def importar(
        self, *fontes: str, cerca: Cerca | None = None, pagina: int | None = None, desde: date | None = None
    ) -> dict[str, dict[str, Any]]:
        """Importa as fontes dadas (todas, se nenhuma), numa sessão; devolve o dict de cada uma."""
        with self.sessao(cerca, pagina) as contexto:
            return {nome: importacao.importar(nome, contexto, desde) for nome in fontes or FONTES}

    def reconciliar(self, *, confirmado: bool = False) -> Reconciliacao:
        """A reconciliação diária, completa: compara com o Odoo e relê o que difere (`confirmado`: também o que sumiu em massa)."""
        with self.sessao() as contexto:
            return reconciliar(contexto, corrigir=True, confirmado=confirmado)

    def conferir(self, **opcoes: Any) -> None:
        """As tabelas são as que o oráculo calcula."""
        conferir_com_oraculo(self.motor, self.retrato(), **opcoes)

    def tudo_certo(self, **opcoes: Any) -> None:
        """Importa tudo, confere com o oráculo, e prova que uma segunda vez não escreve nada."""
        self.passar()
        self.importar()
        self.conferir(**opcoes)
        self.sem_novidade()

    def sem_novidade(self, *fontes: str) -> None:
        """Importar de novo não muda nenhuma linha de tabela nenhuma (pelo xmin)."""
        self.passar()
        antes = retrato_xmin(self.motor)
        feito = self.importar(*fontes)
        depois = retrato_xmin(self.motor)
        mudaram = {t: len(depois.get(t, set()) ^ antes.get(t, set())) for t in antes | depois if antes.get(t) != depois.get(t)}
        assert not mudaram, f"uma segunda importação escreveu em {mudaram}: {feito}"
        tocadas = {nome: (c["novas"], c["mudadas"], c["excluidas"]) for nome, c in feito.items()}
        assert all(t == (0, 0, 0) for t in tocadas.values()), tocadas

    def sql(self, consulta: str, **parametros: Any) -> list[Any]:
        """Linhas de uma consulta; de uma coluna só, os valores."""
        with self.motor.begin() as conexao:
            resultado = conexao.execute(text(consulta), parametros)
            if not resultado.returns_rows:
                return []
            linhas = resultado.all()
        return [r[0] for r in linhas] if linhas and len(linhas[0]) == 1 else list(linhas)

    def um(self, consulta: str, **parametros: Any) -> Any:
        """O único resultado da consulta."""
        (linha,) = self.sql(consulta, **parametros)
        return linha

    def cursor(self, fonte: str) -> Any:
        """(cursor, janela, ultimo_id) guardados da fonte; None se não há."""
        linhas = self.sql("SELECT cursor, janela, ultimo_id FROM cursor_integracao WHERE fonte = :f", f=fonte)
        return linhas[0] if linhas else None


class Mundo(MundoBase):
    """Um Odoo simulado, de relógio parado, e o nosso banco."""

    def __init__(self, versao: int, banco_pg: BancoTeste, *, inicio: datetime = INICIO, **do_servidor: Any) -> None:
        self.relogio = RelogioSimulado(inicio, parado=True)
        self.banco = BancoSimulado(versao, relogio=self.relogio)
        self.plano = PlanoFalhas()
        self.servidor = ServidorSimulado(self.banco, plano=self.plano, **do_servidor)
        super().__init__(versao, banco_pg, self.relogio)

    @property
    def ligacao(self) -> dict[str, Any]:
        chave = {} if self.versao < 17 else {"odoo_api_key": CHAVE_ADMIN}
        return {"odoo_url": self.servidor.url, "odoo_db": self.banco.nome, "odoo_user": "admin", "odoo_password": "admin", **chave}

    def retrato(self) -> Retrato:
        return retrato_do_simulado(self.banco)

    # --- o Odoo -----------------------------------------------------------------------------------------------------------------

    def passar(self, **quanto: float) -> None:
        """O tempo anda (padrão: um minuto); timedelta(**quanto)."""
        self.relogio.avancar(timedelta(**quanto) if quanto else timedelta(minutes=1))

    def produto(self, codigo: str | bool = "A1", nome: str = "Parafuso", **outros: Any) -> int:
        return self.banco.criar_produto(nome, codigo, **outros)

    def fornecedor(self, nome: str = "Aços Ltda", **outros: Any) -> int:
        return self.banco.criar_parceiro(nome, **outros)


class _Paginas(dict[str, Any]):
    """Tamanhos de página por modelo, todos a começar (e ficar) em `maximo`."""

    def __init__(self, maximo: int) -> None:
        super().__init__()
        self.maximo = maximo

    def setdefault(self, chave: str, padrao: Any = None) -> Any:
        return super().setdefault(chave, TamanhoPagina(inicial=self.maximo))


def retrato_xmin(motor: Engine) -> dict[str, set[tuple[int, str]]]:
    """(id, xmin) de cada linha de cada tabela de dados: duas vezes igual quer dizer que nada foi escrito."""
    achado: dict[str, set[tuple[int, str]]] = {}
    with motor.connect() as conexao:
        for nome, rid, xmin in conexao.execute(text(" UNION ALL ".join(_CONSULTAS_XMIN))):
            achado.setdefault(nome, set()).add((rid, xmin))
    return achado


_CONSULTAS_XMIN = [
    f"SELECT '{t.name}' AS tabela, id, xmin::text FROM \"{t.name}\""
    for t in Base.metadata.sorted_tables
    if t.name not in DE_MAQUINA and "id" in t.c
]


@pytest.fixture(params=[14, 19], ids=["odoo14", "odoo19"])
def mundo(request: pytest.FixtureRequest, banco_pg: BancoTeste) -> Iterator[Mundo]:
    """Um mundo de cada versão do Odoo."""
    novo = Mundo(request.param, banco_pg)
    with novo.servidor:
        yield novo


@pytest.fixture
def mundo14(banco_pg: BancoTeste) -> Iterator[Mundo]:
    novo = Mundo(14, banco_pg)
    with novo.servidor:
        yield novo


@pytest.fixture
def mundo19(banco_pg: BancoTeste) -> Iterator[Mundo]:
    novo = Mundo(19, banco_pg)
    with novo.servidor:
        yield novo


@pytest.fixture
def banco_que_se_limpa(_banco_do_processo: tuple[BancoTeste, _Faxina]) -> Iterator[tuple[BancoTeste, _Faxina]]:
    """O banco deste processo e a função que o esvazia, para quem precisa de muitos mundos no mesmo teste."""
    banco, limpar = _banco_do_processo
    limpar()
    yield banco, limpar
    limpar()
