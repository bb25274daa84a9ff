"""As fixtures de banco fazem o que prometem: vazio a cada teste, papéis certos, bancos separados."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from app.banco.erros import SemPermissao
from tests.apoio.pg import BancoTeste


@pytest.mark.parametrize("vez", [1, 2])
def test_banco_chega_vazio_a_cada_teste(motor: Engine, vez: int) -> None:
    with motor.begin() as conexao:
        assert conexao.scalar(text("SELECT count(*) FROM auditoria")) == 0
        conexao.execute(text("INSERT INTO auditoria (quem, acao) VALUES ('teste', 'x')"))
        assert conexao.scalar(text("SELECT id FROM auditoria")) == 1
        assert conexao.scalar(text("SELECT nextval('ordem_producao_numero_seq')")) == 1


def test_papeis(banco_pg: BancoTeste) -> None:
    with banco_pg.motor.connect() as conexao:
        assert conexao.scalar(text("SELECT current_user")) == "manufatura"
    with banco_pg.motor_dono.connect() as conexao:
        assert conexao.scalar(text("SELECT current_user")) == "dono"


def test_banco_novo_e_banco_vazio(banco_novo: BancoTeste, banco_vazio: BancoTeste) -> None:
    assert banco_novo.sql("SELECT count(*) FROM pedido_compras") == [(0,)]
    assert banco_vazio.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


@pytest.mark.parametrize("comando", ["UPDATE auditoria SET acao = 'y'", "DELETE FROM auditoria", "TRUNCATE auditoria", "CREATE TABLE x ()"])
def test_o_programa_so_acrescenta_a_auditoria(motor: Engine, comando: str) -> None:
    with motor.begin() as conexao:
        conexao.execute(text("INSERT INTO auditoria (quem, acao) VALUES ('teste', 'x')"))
    with motor.begin() as conexao, pytest.raises(SemPermissao):
        conexao.execute(text(comando))
