"""As funções do seed, no lugar delas: não recebem nada, devolvem um dict com `processados`, e deixam uma linha no registro."""

from __future__ import annotations

import inspect

import pytest

from app.config import limpar_config
from app.manufatura.fontes.registro import FONTES as REGISTRADAS
from app.manufatura.jobs import importacao
from app.manufatura.jobs.importacao import Opcoes, com_opcoes, simulacao
from app.manufatura.jobs.odoo_integration import (
    POR_FONTE,
    importar_apontamentos_producao,
    importar_entradas_material,
    importar_pedidos_compra_odoo,
    importar_requisicoes_odoo,
)
from app.odoo.erros import CredenciaisRecusadas, ErroOdoo
from tests.apoio.importacao import FONTES, Mundo, retrato_xmin
from tests.fontes.test_pedidos import confirmado

DO_SEED = (importar_requisicoes_odoo, importar_pedidos_compra_odoo, importar_apontamentos_producao, importar_entradas_material)
CONTAS = {"processados", "novas", "mudadas", "iguais", "excluidas", "rejeitados", "ignorados", "lidos", "paginas", "chamadas", "segundos"}


def dados(mundo: Mundo) -> None:
    p, f = mundo.produto(), mundo.fornecedor()
    req = mundo.banco.criar_requisicao([{"produto": p, "qtd": 1}], fornecedor=f)
    mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f, requisition_id=req))
    mundo.passar()


def test_as_quatro_do_seed(fabrica: Mundo) -> None:
    dados(fabrica)
    for funcao in DO_SEED:
        assert not inspect.signature(funcao).parameters
        resultado = funcao()
        assert set(resultado) >= CONTAS
        assert resultado["processados"] == (0 if funcao is importar_apontamentos_producao else 1)
    registro = fabrica.sql("SELECT tipo_integracao, status, registros_processados FROM log_integracao ORDER BY id")
    assert [tuple(x) for x in registro] == [
        ("importar_requisicoes", "sucesso", 1),
        ("importar_pedidos_compra", "sucesso", 1),
        ("importar_apontamentos", "sucesso", 0),
        ("importar_entradas", "sucesso", 1),
    ]


def test_todas_as_fontes_tem_job(fabrica: Mundo) -> None:
    assert set(POR_FONTE) == set(REGISTRADAS)
    for nome, fonte in REGISTRADAS.items():
        POR_FONTE[nome]()
        assert fabrica.um("SELECT job_id FROM log_integracao ORDER BY id DESC LIMIT 1") == fonte.job_id


def test_erro_do_odoo_fica_no_registro(fabrica: Mundo, ambiente: pytest.MonkeyPatch) -> None:
    ambiente.setenv("ODOO_PASSWORD", "errada-7f3a9c")
    ambiente.delenv("ODOO_API_KEY", raising=False)
    limpar_config()
    with pytest.raises(CredenciaisRecusadas):
        importar_pedidos_compra_odoo()
    linha = fabrica.um("SELECT * FROM log_integracao")
    assert (linha.status, linha.registros_erro, linha.detalhes["erro"]["classe"]) == ("erro", 1, "CredenciaisRecusadas")
    assert linha.detalhes["erro"]["transitorio"] is False
    assert "errada-7f3a9c" not in str(linha)


def test_erro_transitorio_dito(fabrica: Mundo) -> None:
    fabrica.servidor.recusar()
    with pytest.raises(ErroOdoo):
        importar_pedidos_compra_odoo()
    assert fabrica.um("SELECT detalhes FROM log_integracao")["erro"]["transitorio"] is True


def test_cancelar_no_meio_guarda_paginas_e_continua(fabrica: Mundo) -> None:
    """Alguém cancela depois da primeira página: ela fica, e a execução seguinte parte dali."""
    from app.manufatura.services import execucoes
    from app.odoo.leitura import TamanhoPagina

    for i in range(6):
        confirmado(fabrica, {"produto": fabrica.produto(f"P{i}"), "qtd": 1})
    fabrica.passar()

    def cancelar(feitos: int, _total: int | None) -> None:
        if feitos == 2:
            execucoes.cancelar(fabrica.motor, fabrica.um("SELECT execucao_id FROM log_integracao WHERE status = 'executando'"))

    with (
        fabrica.sessao(pagina=2) as contexto,
        com_opcoes(Opcoes(contexto=contexto, avancar=cancelar)),
        pytest.raises(execucoes.ExecucaoCancelada),
    ):
        importar_pedidos_compra_odoo()
    assert fabrica.um("SELECT count(*) FROM pedido_compras") == 2
    assert TamanhoPagina().inicial == 5000
    assert importar_pedidos_compra_odoo()["novas"] == 4
    assert fabrica.sql("SELECT status FROM log_integracao ORDER BY id") == ["cancelada", "sucesso"]


def test_simulacao_nao_deixa_nada(fabrica: Mundo) -> None:
    """Diz o que faria, e o banco fica como estava: nem linha no registro, nem cursor, nem sequência de números."""
    dados(fabrica)
    antes = retrato_xmin(fabrica.motor)
    with simulacao(fabrica.motor) as contexto:
        feito = {nome: importacao.importar(nome, contexto) for nome in FONTES}
    assert (feito["pedidos"]["novas"], feito["entradas"]["novas"], feito["requisicoes"]["novas"]) == (1, 1, 1)
    assert retrato_xmin(fabrica.motor) == antes
    for tabela in ("log_integracao", "cursor_integracao", "odoo_capacidade"):
        assert fabrica.um(f"SELECT count(*) FROM {tabela}") == 0, tabela
    fabrica.tudo_certo()
