"""Falha 9: o COMMIT foi enviado e a resposta se perdeu. Repetir o trabalho não dobra nada, nem quando ele tinha sido gravado."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, text

from app.banco.carga import Contagem, copiar, mesclar, tipos
from app.banco.embutido import ServidorEmbutido
from app.banco.erros import ServidorForaDoAr
from app.banco.motor import criar_motor
from app.manufatura.models import MovimentacaoEstoque
from tests.apoio.cortador import Cortador, Corte
from tests.apoio.pg import BancoTeste

pytestmark = pytest.mark.falha(9)
TABELA: Any = MovimentacaoEstoque.__table__
COLUNAS = ["odoo_modelo", "odoo_id", "tipo_movimentacao", "cod_produto", "qtd_movimentacao", "data_movimentacao", "origem"]


@pytest.fixture
def cortador(servidor_pg: ServidorEmbutido) -> Iterator[Cortador]:
    with Cortador(servidor_pg.soquete / ".s.PGSQL.5432") as feito:
        yield feito


@pytest.fixture
def pelo_cortador(banco_pg: BancoTeste, cortador: Cortador) -> Iterator[Engine]:
    feito = criar_motor(f"postgresql://manufatura@127.0.0.1:{cortador.porta}/{banco_pg.nome}?sslmode=disable&gssencmode=disable")
    yield feito
    feito.dispose()


def _importar(motor: Engine) -> Contagem:
    """Uma página de dez entradas de 1,5 cada, como a importação faz: etapa, mescla, commit."""
    from datetime import UTC, datetime

    quando = datetime(2026, 3, 1, tzinfo=UTC)
    linhas = [("stock.move", i, "ENTRADA_COMPRA", "007", Decimal("1.5"), quando, "odoo") for i in range(1, 11)]
    with motor.begin() as conexao:
        copiar(conexao, "etapa", tipos(TABELA, COLUNAS), linhas)
        return mesclar(conexao, TABELA, "SELECT * FROM etapa", COLUNAS, ["odoo_modelo", "odoo_id"])


def _saldo(banco: BancoTeste) -> tuple[object, ...]:
    return banco.sql("SELECT count(*), sum(qtd_movimentacao) FROM movimentacao_estoque")[0]


@pytest.mark.parametrize("corte", list(Corte))
def test_movimento_nao_dobra(pelo_cortador: Engine, cortador: Cortador, banco_pg: BancoTeste, corte: Corte) -> None:
    with pelo_cortador.connect() as conexao:  # a conexão já está de pé quando o corte vem
        conexao.execute(text("SELECT 1"))
    cortador.armar(corte)
    with pytest.raises(ServidorForaDoAr) as erro:
        _importar(pelo_cortador)
    assert erro.value.transitorio
    assert cortador.cortes == 1

    feito = _importar(pelo_cortador)

    assert feito.total == 10
    if corte is Corte.ANTES:
        assert feito == Contagem(novas=10)
    if corte is Corte.DEPOIS:
        assert feito == Contagem(iguais=10), "o commit tinha chegado: a repetição só podia achar tudo igual"
    assert _saldo(banco_pg) == (10, Decimal("15.0"))


@pytest.mark.parametrize("corte", list(Corte))
def test_numero_de_ordem_nao_se_repete(pelo_cortador: Engine, cortador: Cortador, banco_pg: BancoTeste, corte: Corte) -> None:
    """A sequência não volta atrás: um número tirado por quem não soube do commit não é dado a outro."""
    comando = text("SELECT nextval('ordem_producao_numero_seq')")
    tirados = []
    for armado in (True, False):
        if armado:
            cortador.armar(corte)
        try:
            with pelo_cortador.begin() as conexao:
                tirados.append(conexao.scalar(comando))
        except ServidorForaDoAr:
            assert armado
    with banco_pg.motor.begin() as conexao:
        tirados.append(conexao.scalar(comando))
    assert len(set(tirados)) == 3
