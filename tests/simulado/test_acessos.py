"""Senhas, chaves, direitos, regras, empresas e customizações do banco simulado."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from app.demo.odoo_simulado import CHAVE_ADMIN, BancoSimulado, RelogioSimulado, ServidorSimulado
from tests.simulado.apoio import ErroRpc, chamar, jsonrpc, postar


@pytest.fixture(params=[14, 19])
def s(request: pytest.FixtureRequest) -> Iterator[ServidorSimulado]:
    with ServidorSimulado(BancoSimulado(request.param)) as servidor:
        yield servidor


def entrar(s: ServidorSimulado, login: str, senha: str) -> object:
    return json.loads(jsonrpc(s, "common", "authenticate", s.nome_banco, login, senha, {})[2])["result"]


def test_dez_senhas_erradas_trancam(s: ServidorSimulado) -> None:
    for _ in range(9):
        assert entrar(s, "admin", "errada") is False
    assert entrar(s, "admin", "admin") == 2  # acertar a tempo zera a conta
    for _ in range(10):
        assert entrar(s, "admin", "errada") is False
    assert entrar(s, "admin", "admin") == (False if s.banco.antigo else 2)  # a 19, pelo RPC, não tranca
    assert s.banco.acessos.senhas_erradas == 19
    s.banco.acessos.perdoar()
    assert entrar(s, "admin", "admin") == 2


def test_senha_trocada_no_meio(s: ServidorSimulado) -> None:
    assert chamar(s, "res.company", "search", []) == [1]
    s.banco.mudar_senha("admin", "outra")
    with pytest.raises(ErroRpc, match="Access Denied"):
        chamar(s, "res.company", "search", [])


def test_direitos_por_modelo_e_campo(s: ServidorSimulado) -> None:
    uid = s.banco.criar_usuario("leitor", "x", direitos={"purchase.order": "r", "purchase.order.line": "r"})
    assert chamar(s, "purchase.order", "search", [], uid=uid, senha="x") == []
    with pytest.raises(ErroRpc, match=r"not allowed to access 'Stock Move' \(stock.move\) records"):
        chamar(s, "stock.move", "search", [], uid=uid, senha="x")
    with pytest.raises(ErroRpc, match="not allowed to modify"):
        chamar(s, "purchase.order", "write", [1], {"notes" if s.banco.antigo else "note": "x"}, uid=uid, senha="x")
    s.banco.negar_campo("leitor", "purchase.order", "partner_id")
    with pytest.raises(ErroRpc, match="do not have enough rights to access the field"):
        chamar(s, "purchase.order", "search_read", [], ["partner_id"], uid=uid, senha="x")
    assert "partner_id" not in chamar(s, "purchase.order", "fields_get", [], uid=uid, senha="x")
    s.banco.negar("leitor", "purchase.order")
    with pytest.raises(ErroRpc, match="not allowed to access"):
        chamar(s, "purchase.order", "search", [], uid=uid, senha="x")


def test_regra_de_registro(s: ServidorSimulado) -> None:
    a, b = s.banco.criar_parceiro("Visível"), s.banco.criar_parceiro("Escondido")
    uid = s.banco.criar_usuario("leitor", "x")
    s.banco.regra("res.partner", [["name", "!=", "Escondido"]], login="leitor")
    ids = chamar(s, "res.partner", "search", [["id", "in", [a, b]]], uid=uid, senha="x")
    assert ids == [a]
    esperado = "Due to security restrictions" if s.banco.antigo else "top-secret records"
    with pytest.raises(ErroRpc, match=esperado):
        chamar(s, "res.partner", "read", [a, b], ["name"], uid=uid, senha="x")


def test_segunda_empresa(s: ServidorSimulado) -> None:
    outra = s.banco.criar_empresa("Filial")
    f, p = s.banco.criar_parceiro("F"), s.banco.criar_produto("P")
    aqui = s.banco.criar_pedido(f, [{"produto": p, "qtd": 1}])
    la = s.banco.criar_pedido(f, [{"produto": p, "qtd": 1}], company_id=outra)
    assert chamar(s, "purchase.order", "search", [], order="id") == [aqui, la]
    assert chamar(s, "purchase.order", "search", [], context={"allowed_company_ids": [outra]}) == [la]
    uid = s.banco.criar_usuario("so-da-matriz", "x", tudo=True)
    assert chamar(s, "purchase.order", "search", [], uid=uid, senha="x") == [aqui]
    with pytest.raises(ErroRpc, match="unauthorized or invalid companies"):
        chamar(s, "purchase.order", "search", [], uid=uid, senha="x", context={"allowed_company_ids": [outra]})


def test_campo_retirado_modelo_ausente_modulo(s: ServidorSimulado) -> None:
    b = s.banco
    b.retirar_campo("purchase.order", "partner_ref")
    with pytest.raises(ErroRpc, match="Invalid field 'partner_ref' on"):
        chamar(s, "purchase.order", "read", [1], ["partner_ref"])
    b.repor_campo("purchase.order", "partner_ref")
    assert chamar(s, "purchase.order", "read", [1], ["partner_ref"]) == []
    b.desinstalar("mrp")
    with pytest.raises(ErroRpc, match=r"Object mrp\.production doesn't exist"):
        chamar(s, "mrp.production", "search", [])
    with pytest.raises(ErroRpc, match=r"Object purchase\.request doesn't exist"):
        chamar(s, "purchase.request", "search", [])
    b.instalar("purchase_request")
    r = b.criar_solicitacao([{"produto": b.criar_produto("P"), "qtd": 3, "data": "2026-12-01"}])
    lidas = chamar(s, "purchase.request.line", "search_read", [["request_id", "=", r]], ["product_qty", "date_required", "request_state"])
    assert [(x["product_qty"], x["date_required"], x["request_state"]) for x in lidas] == [(3.0, "2026-12-01", "draft")]


def test_chave_de_api_vencida() -> None:
    b = BancoSimulado(19)
    uid = b.criar_usuario("integra", "x", chave="c" * 40)
    with ServidorSimulado(b) as s:

        def chamar_json2(chave: str) -> int:
            return postar(s, "/json/2/res.company/search", '{"domain": []}', Authorization=f"Bearer {chave}")[0]

        assert (chamar_json2("c" * 40), chamar_json2(CHAVE_ADMIN), chamar_json2("z" * 40)) == (200, 200, 401)
        lidas = chamar(s, "res.users.apikeys", "search_read", [["user_id", "=", uid]], ["expiration_date", "scope"])
        assert len(lidas) == 1
        assert lidas[0]["expiration_date"] > b.agora_texto()
        assert isinstance(b.relogio, RelogioSimulado)
        from datetime import timedelta

        b.relogio.avancar(timedelta(days=91))
        assert (chamar_json2("c" * 40), chamar_json2(CHAVE_ADMIN)) == (401, 200)
