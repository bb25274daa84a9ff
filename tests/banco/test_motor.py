"""O motor: limites, erros com nome, e o que nunca pode aparecer numa mensagem."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

import app
from app.banco import embutido, motor
from app.banco.embutido import ServidorEmbutido
from app.banco.erros import (
    AcessoRecusado,
    BancoInexistente,
    ComandoImpossivel,
    ConexoesEsgotadas,
    EnderecoInvalido,
    ErroBanco,
    ServidorForaDoAr,
    SomenteLeitura,
    VersaoAntiga,
)
from app.config import Config, definir_config, limpar_config
from tests.apoio.pg import BancoTeste, matar_servidor

CANARIO = "canario-da-senha"


def test_conexao_em_utc_com_limites(motor: Engine) -> None:
    with motor.connect() as conexao:
        ajustes = {n: conexao.scalar(text(f"SHOW {n}")) for n in ("timezone", "statement_timeout", "lock_timeout", "application_name")}
    assert ajustes == {"timezone": "UTC", "statement_timeout": "5min", "lock_timeout": "10s", "application_name": "manufatura"}


@pytest.mark.parametrize(
    "texto", [f"mysql://u:{CANARIO}@h/b", f"postgresql://u:{CANARIO}@h:porta/b", f"{CANARIO}", f"postgresql://u:{CANARIO}@h"]
)
def test_endereco_malformado_nao_repete_a_senha(texto: str) -> None:
    with pytest.raises(EnderecoInvalido) as erro:
        motor.url_de(texto)
    assert CANARIO not in str(erro.value) + repr(erro.value) + str(erro.value.__cause__)


def test_servidor_que_nao_ha_e_transitorio_e_nao_diz_a_senha() -> None:
    parado = motor.criar_motor(f"postgresql://u:{CANARIO}@127.0.0.1:1/b")
    with pytest.raises(ServidorForaDoAr) as erro:
        parado.connect()
    assert erro.value.transitorio
    assert erro.value.codigo_saida == 4
    assert CANARIO not in f"{erro.value!r} {erro.value.__cause__!r} {parado!r}"


def test_papel_e_banco_que_nao_ha(servidor_pg: ServidorEmbutido) -> None:
    with pytest.raises(AcessoRecusado):
        motor.criar_motor(servidor_pg.url("estranho", "postgres")).connect()
    with pytest.raises(BancoInexistente):
        motor.criar_motor(servidor_pg.url("manufatura", "nao_ha")).connect()


def test_papel_leitura_so_le(banco_pg: BancoTeste, servidor_pg: ServidorEmbutido) -> None:
    leitura = motor.criar_motor(servidor_pg.url("leitura", banco_pg.nome))
    with leitura.connect() as conexao:
        assert conexao.scalar(text("SELECT count(*) FROM pedido_compras")) == 0
        with pytest.raises(SomenteLeitura):
            conexao.execute(text("INSERT INTO odoo_moeda (odoo_id) VALUES (1)"))
    leitura.dispose()


def test_todas_as_conexoes_ocupadas(banco_pg: BancoTeste) -> None:
    pequeno = motor.criar_motor(banco_pg.url, conexoes=1, extras=0, espera_conexao_s=0.05)
    with pequeno.connect(), pytest.raises(Exception) as erro:
        pequeno.connect()
    assert isinstance(motor.traduzir(erro.value), ConexoesEsgotadas)
    pequeno.dispose()


def test_restricao_violada_sai_como_veio(motor: Engine) -> None:
    with motor.begin() as conexao, pytest.raises(IntegrityError) as erro:
        conexao.execute(text("INSERT INTO aviso (tipo, severidade, chave, mensagem) VALUES (:v, 'nenhuma', 'x', 'x')"), {"v": CANARIO})
    assert CANARIO not in str(erro.value).split("DETAIL")[0]


def test_versao_antiga_e_recusada(banco_pg: BancoTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(motor, "VERSAO_MINIMA", 990_000)
    with pytest.raises(VersaoAntiga, match="PostgreSQL 18"):
        motor.criar_motor(banco_pg.url).connect()


def test_religa_o_embutido_sozinho(tmp_path: Path) -> None:
    config = Config(manufatura_dados=tmp_path / "casa")
    feito = motor.motor_aplicacao(config)
    try:
        assert motor.motor_aplicacao(config) is feito
        with feito.connect() as conexao:
            conexao.execute(text("SELECT 1"))
            matar_servidor(embutido._servidor(config.manufatura_dados))
            with pytest.raises(ServidorForaDoAr):
                conexao.execute(text("SELECT 1"))
        with feito.connect() as conexao:
            assert conexao.scalar(text("SELECT 1")) == 1
    finally:
        motor.esquecer_motores()
        embutido.parar(config.manufatura_dados)


def test_app_db_usa_o_banco_da_configuracao(banco_pg: BancoTeste) -> None:
    from app.manufatura.models import OdooMoeda

    definir_config(Config(database_url=SecretStr(banco_pg.url)))
    try:
        with app.create_app().app_context():
            app.db.session.add(OdooMoeda(odoo_id=7, codigo="BRL"))
            app.db.session.commit()
            assert app.db.session.query(OdooMoeda).filter_by(odoo_id=7).one().codigo == "BRL"
        assert issubclass(OdooMoeda, app.db.Model)
        assert banco_pg.sql("SELECT codigo FROM odoo_moeda") == [("BRL",)]
    finally:
        app.db.session.remove()
        limpar_config()


def test_todo_erro_de_banco_tem_mensagem_e_codigo_4() -> None:
    classes = list(ErroBanco.__subclasses__())
    assert len(classes) > 15
    for classe in classes:
        assert classe.__doc__
        assert classe.codigo_saida in (2, 4)


def test_comando_que_nem_sai_daqui_e_defeito_e_nao_banco_fora_do_ar(motor: Engine) -> None:
    """Passar de 65.535 parâmetros é recusado pela biblioteca do cliente, sem código: esperar o banco voltar não adiantaria."""
    muitos = {f"p{n}": n for n in range(65_536)}
    with motor.connect() as conexao, pytest.raises(ComandoImpossivel) as erro:
        conexao.execute(text(f"SELECT 1 WHERE 1 IN ({', '.join(f':{p}' for p in muitos)})"), muitos)
    assert not erro.value.transitorio
    with motor.connect() as conexao:
        assert conexao.scalar(text("SELECT 1")) == 1
