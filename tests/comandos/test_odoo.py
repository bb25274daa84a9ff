"""`manufatura odoo`: cada problema com o remédio, e adotar só o mesmo banco, com registro."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from app.demo.odoo_simulado import CHAVE_ADMIN, ServidorSimulado
from tests.apoio.pg import BancoTeste
from tests.comandos.apoio import fabrica, instalacao, rodar


@pytest.fixture(params=[14, 19], ids=["odoo14", "odoo19"])
def odoo_minimo(request: pytest.FixtureRequest, banco_pg: BancoTeste) -> Iterator[ServidorSimulado]:
    with ServidorSimulado(fabrica(request.param)) as servidor, instalacao(servidor, banco_pg):
        yield servidor


def test_verificar_um_odoo_bom(odoo_minimo: ServidorSimulado) -> None:
    codigo, saida, erros = rodar("odoo", "verificar")
    assert (codigo, erros) == (0, "")
    for trecho in ("✓ alcance", "✓ login", "✓ relógio", "✓ modelo purchase.order.line", "✓ modelo stock.move", "Tudo pronto para importar"):
        assert trecho in saida
    assert "✗" not in saida
    assert "purchase.request: módulo não instalado (opcional)" in saida
    assert "! só leitura: o usuário pode ALTERAR" in saida  # o da demonstração é o administrador


def test_verificar_acha_o_que_falta_e_diz_o_remedio(odoo_minimo: ServidorSimulado) -> None:
    odoo_minimo.banco.retirar_campo("purchase.order.line", "price_unit")
    odoo_minimo.banco.retirar_modelo("stock.quant")
    codigo, saida, _ = rodar("odoo", "verificar")
    assert codigo == 3
    assert "✗ modelo purchase.order.line" in saida
    assert "faltam os campos price_unit" in saida
    assert "✗ modelo stock.quant" in saida
    assert saida.count("    → ") >= 2
    codigo, saida, _ = rodar("odoo", "verificar", "--json")
    dados = json.loads(saida)
    assert codigo == dados["codigo"] == 3
    assert {i["nome"] for i in dados["itens"] if i["situacao"] == "falha"} == {"modelo purchase.order.line", "modelo stock.quant"}


def test_verificar_mede_a_validade_da_chave(banco_pg: BancoTeste) -> None:
    with ServidorSimulado(fabrica(19)) as servidor, instalacao(servidor, banco_pg, odoo_api_key=CHAVE_ADMIN):
        codigo, saida, _ = rodar("odoo", "verificar")
    assert codigo == 0
    assert "protocolo: json2" in saida
    assert "chave de API: sem data de validade" in saida
    assert CHAVE_ADMIN not in saida


def test_verificar_sem_configuracao_e_senha_errada(banco_pg: BancoTeste) -> None:
    with ServidorSimulado(fabrica(14)) as servidor:
        with instalacao(servidor, banco_pg, odoo_password="trocada-9"):
            codigo, saida, _ = rodar("odoo", "verificar")
            assert codigo == 3
            assert "✗ login" in saida
            assert "trocada-9" not in saida
        with instalacao(servidor, banco_pg, odoo_url=None):
            codigo, _, erros = rodar("odoo", "verificar")
            assert codigo == 2
            assert "ODOO_URL" in erros


def test_adotar_o_mesmo_banco_com_outro_nome(banco_pg: BancoTeste, motor: Engine) -> None:
    b = fabrica(19)
    with ServidorSimulado({"fabrica": b}) as servidor, instalacao(servidor, banco_pg):
        assert rodar("importar", "cadastros")[0] == 0
        codigo, saida, _ = rodar("odoo", "adotar")
        assert codigo == 0
        assert "Já é o Odoo guardado aqui" in saida
    with ServidorSimulado({"fabrica_2026": b}) as servidor, instalacao(servidor, banco_pg):
        codigo, _, erros = rodar("importar", "cadastros", "pedidos")
        assert codigo == 3
        assert "manufatura odoo adotar" in erros
        codigo, _, erros = rodar("odoo", "adotar")
        assert codigo == 2
        assert "--sim" in erros
        codigo, saida, _ = rodar("odoo", "adotar", "--sim", "--json")
        assert codigo == 0
        assert json.loads(saida)["adotada"] is True
        assert rodar("importar", "cadastros", "pedidos")[0] == 0
    with motor.connect() as conexao:
        auditada = conexao.execute(text("SELECT acao, antes, depois FROM auditoria WHERE tabela = 'odoo_instalacao'")).one()
    assert auditada.acao == "odoo adotar"
    assert "fabrica_2026" in auditada.depois["identidade"]
