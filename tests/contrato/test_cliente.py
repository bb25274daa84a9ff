"""O mesmo exame do cliente em todo Odoo que há: simulado 14 e 19 sempre; 14 e 19 de verdade com --odoo-real. Em cada porta.

Só lê o banco `pequeno`; o usuário sem direitos é criado num banco de rascunho (`clientes`).
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.demo.odoo_simulado import BancoSimulado, ServidorSimulado, fabrica_pequena
from app.odoo import erros
from app.odoo.capacidades import Capacidades
from app.odoo.cliente import ClienteOdoo
from app.odoo.conexao import ConexaoOdoo, Conhecido
from app.odoo.erros import ErroOdoo
from app.odoo.leitura import TamanhoPagina, ler_paginas, listar
from app.odoo.valores import decimal, instante
from app.odoo.verificacao import Necessidade, verificar
from app.relogio import agora
from tests.apoio.odoo import odoo_conexao

LIGAR = Path(__file__).parents[2] / "odoo-real" / "ligar.sh"
_trava = threading.Lock()
LINHA = "purchase.order.line"


@dataclass
class Alvo:
    """Um Odoo e uma porta dele. `sem_direitos()` dá a ligação de um usuário interno sem grupo nenhum."""

    serie: int
    porta: str
    conexao: ConexaoOdoo
    sem_direitos: Callable[[], ConexaoOdoo]

    def ligar(self, **mudancas: Any) -> ClienteOdoo:
        return ClienteOdoo.conectar(replace(self.conexao, tentativas=1, **mudancas))


@lru_cache
def _real(serie: int, tamanho: str) -> dict[str, str]:
    """Liga o Odoo de verdade (não faz nada se já está ligado) e devolve o ambiente dele."""
    saida = subprocess.run([str(LIGAR), str(serie), tamanho], capture_output=True, text=True, timeout=300, check=True).stdout
    pares = [p.partition("=") for linha in saida.splitlines() if linha.startswith("export ") for p in linha.split()[1:]]
    return {nome: valor for nome, _, valor in pares}


def _conexao_real(serie: int, porta: str, tamanho: str = "pequeno") -> ConexaoOdoo:
    a = _real(serie, tamanho)
    chave = SecretStr(a["ODOO_API_KEY"]) if porta == "json2" else None
    return ConexaoOdoo(a["ODOO_URL"], a["ODOO_DB"], a["ODOO_USER"], SecretStr(a["ODOO_PASSWORD"]), chave, porta)


def _real_sem_direitos(serie: int) -> ConexaoOdoo:
    conexao = _conexao_real(serie, "jsonrpc", "clientes")
    with _trava, ClienteOdoo.conectar(conexao) as admin:
        if not admin.buscar("res.users", [("login", "=", "semnada")]):
            interno = admin.buscar_ler("ir.model.data", [("module", "=", "base"), ("name", "=", "group_user")], ["res_id"])[0]["res_id"]
            grupos = "group_ids" if serie >= 19 else "groups_id"
            dados = {"name": "Sem nada", "login": "semnada", "password": "semnada", grupos: [(6, 0, [interno])]}
            admin.chamar("res.users", "create", [dados], {})
    return replace(conexao, usuario="semnada", senha=SecretStr("semnada"))


PORTAS = [(14, "jsonrpc"), (14, "xmlrpc"), (19, "jsonrpc"), (19, "xmlrpc"), (19, "json2")]
ALVOS = [pytest.param((onde, *porta), id=f"{onde}-{porta[0]}-{porta[1]}", marks=marcas) for onde, marcas in (
    ("simulado", ()), ("real", (pytest.mark.requer("odoo_real"),))
) for porta in PORTAS]  # fmt: skip


@pytest.fixture(scope="module")
def fabricas() -> dict[int, BancoSimulado]:
    return {14: fabrica_pequena(14), 19: fabrica_pequena(19)}


@pytest.fixture(params=ALVOS)
def alvo(request: pytest.FixtureRequest, fabricas: dict[int, BancoSimulado]) -> Iterator[Alvo]:
    onde, serie, porta = request.param
    if onde == "real":
        yield Alvo(serie, porta, _conexao_real(serie, porta), lambda: _real_sem_direitos(serie))
        return
    with ServidorSimulado(fabricas[serie]) as servidor:
        conexao = ConexaoOdoo(**odoo_conexao(servidor, chave=porta == "json2", protocolo=porta))

        def sem_direitos() -> ConexaoOdoo:
            banco = fabricas[serie]
            if not any(c.login == "semnada" for c in banco.acessos.credenciais.values()):
                banco.criar_usuario("semnada", "semnada")
            return replace(conexao, usuario="semnada", senha=SecretStr("semnada"), protocolo="jsonrpc")

        yield Alvo(serie, porta, conexao, sem_direitos)


def test_conectar_e_reconectar_sem_perguntar(alvo: Alvo) -> None:
    with alvo.ligar() as odoo:
        assert (odoo.versao.serie, odoo.protocolo) == (alvo.serie, alvo.porta)
        assert odoo.chamadas == (1 if alvo.porta == "json2" else 2)
        assert odoo.hora_servidor is not None
        guardado = odoo.conhecido
    with ClienteOdoo.conectar(alvo.conexao, conhecido=guardado) as odoo:
        assert odoo.contar(LINHA, []) > 100
        assert odoo.chamadas == 1


def test_ler_de_todos_os_jeitos_da_o_mesmo(alvo: Alvo) -> None:
    campos = ["product_id", "product_qty", "price_unit", "date_planned", "write_date", "name", "display_type"]
    with alvo.ligar() as odoo:
        ids = odoo.buscar(LINHA, [])
        assert ids == sorted(ids)
        assert odoo.contar(LINHA, []) == len(ids)
        assert [m.id for marcas in listar(odoo, LINHA, [], lote=50) for m in marcas] == ids
        assert [m.id for marcas in listar(odoo, LINHA, [], lote=50, so_ids=True) for m in marcas] == ids
        inteiras = {r["id"]: r for r in odoo.ler(LINHA, ids, campos)}
        assert list(inteiras) == ids
        assert {r["id"]: r for r in odoo.buscar_ler(LINHA, [], campos)} == inteiras
        sumido = max(ids) + 10**6
        paginas = list(ler_paginas(odoo, LINHA, [*ids, sumido], campos, tamanho=TamanhoPagina(40)))
        assert {r["id"]: r for p in paginas for r in p.registros} == inteiras
        assert [i for p in paginas for i in p.ausentes] == [sumido]
        assert all(p.lido_em is not None and p.lido_em <= odoo.hora_servidor for p in paginas)  # type: ignore[operator]
    for linha in inteiras.values():
        assert linha["product_id"] is False or isinstance(linha["product_id"], int)
        assert isinstance(linha["date_planned"], str | bool)
        assert isinstance(instante(linha["write_date"]), datetime)
    assert any(linha["product_id"] is False for linha in inteiras.values())  # seção ou nota


def test_marcas_tem_o_write_date_em_utc(alvo: Alvo) -> None:
    with alvo.ligar() as odoo:
        marca = next(listar(odoo, LINHA, [], lote=1))[0]
    assert marca.write_date is not None
    assert (marca.write_date.tzinfo, marca.write_date.microsecond) == (UTC, 0)


def test_agrupar_confere_com_ler(alvo: Alvo) -> None:
    with alvo.ligar() as odoo:
        dominio = [("location_id.usage", "=", "internal")]
        grupos = odoo.agrupar("stock.quant", dominio, ["product_id", "company_id"], ["quantity"], contexto={"active_test": False})
        lidas = odoo.buscar_ler("stock.quant", dominio, ["product_id", "company_id", "quantity"], contexto={"active_test": False})
        certo: dict[tuple[int, int], Decimal] = {}
        for linha in lidas:
            chave = (linha["product_id"], linha["company_id"])
            certo[chave] = certo.get(chave, Decimal(0)) + decimal(linha["quantity"])
        assert {(g["product_id"], g["company_id"]): round(decimal(g["quantity"]), 6) for g in grupos} == {
            chave: round(soma, 6) for chave, soma in certo.items()
        }
        assert sum(g["__count"] for g in grupos) == len(lidas)
        meses = odoo.agrupar("purchase.order", [], ["date_order:month"], ["amount_total"])
        assert all(str(m["date_order:month"])[8:10] == "01" for m in meses)
        estados = odoo.agrupar("purchase.order", [], ["state"], [])
        assert sum(g["__count"] for g in estados) == sum(m["__count"] for m in meses) == odoo.contar("purchase.order", [])


def test_capacidades_dizem_a_diferenca_entre_as_versoes(alvo: Alvo) -> None:
    with alvo.ligar() as odoo:
        capacidades = Capacidades(odoo)
        velho = alvo.serie < 17
        assert capacidades.primeiro("stock.move", "quantity_done", "quantity") == ("quantity_done" if velho else "quantity")
        assert capacidades.primeiro(LINHA, "product_uom", "product_uom_id") == ("product_uom" if velho else "product_uom_id")
        assert not capacidades.existe("purchase.request")
        estado = capacidades.campos("purchase.order")["state"]
        assert ("done" in estado.selecao) is velho
        assert (estado.tipo, estado.gravado) == ("selection", True)
        assert capacidades.campos("purchase.order")["partner_id"].relacao == "res.partner"
        assert capacidades.campos(LINHA)["state"].gravado is velho


ERROS: list[tuple[str, Callable[[ClienteOdoo], object], type[ErroOdoo]]] = [
    ("modelo", lambda o: o.buscar("foo.bar", []), erros.ModeloAusente),
    ("modelo no fields_get", lambda o: o.descrever("foo.bar"), erros.ModeloAusente),
    ("campo no domínio", lambda o: o.buscar("res.partner", [("foo", "=", 1)]), erros.CampoAusente),
    ("campo no read", lambda o: o.ler("res.partner", o.buscar("res.partner", [], limite=1), ["foo"]), erros.CampoAusente),
    ("campo no search_read", lambda o: o.buscar_ler("res.partner", [], ["foo"], limite=1), erros.CampoAusente),
    ("campo no grupo", lambda o: o.agrupar("res.partner", [], ["foo"], []), erros.CampoAusente),
    ("argumento", lambda o: o.chamar("res.partner", "search", [[]], {"foo": 1}), erros.ArgumentoInvalido),
    ("domínio torto", lambda o: o.buscar("res.partner", [("x", "foo", 1, 2)]), erros.ErroDoOdoo),
]


@pytest.mark.falha(19)
@pytest.mark.parametrize("caso", ERROS, ids=lambda c: c[0])
def test_erros_tem_nome(alvo: Alvo, caso: tuple[str, Callable[[ClienteOdoo], object], type[ErroOdoo]]) -> None:
    _, chamada, classe = caso
    with alvo.ligar() as odoo:
        with pytest.raises(classe) as erro:
            chamada(odoo)
        assert not erro.value.transitorio
        if classe is erros.CampoAusente:
            assert (erro.value.fatos["campo"], erro.value.fatos["modelo"]) == ("foo", "res.partner")
        assert odoo.protocolo == alvo.porta


@pytest.mark.falha(20)
def test_credenciais_e_banco(alvo: Alvo) -> None:
    errada = {"chave_api": SecretStr("x" * 40)} if alvo.porta == "json2" else {"senha": SecretStr("errada")}
    for mudanca, classe in ((errada, erros.CredenciaisRecusadas), ({"banco": "nao_existe"}, erros.BancoInexistente)):
        with pytest.raises(classe) as erro, alvo.ligar(**mudanca) as odoo:
            odoo.contar("res.partner", [])
        assert not erro.value.transitorio


@pytest.mark.falha(20)
def test_uid_guardado_que_nao_e_mais_o_nosso(alvo: Alvo) -> None:
    for uid in (1, 999):
        conhecido = Conhecido(alvo.serie, f"{alvo.serie}.0", alvo.porta, uid)
        with ClienteOdoo.conectar(replace(alvo.conexao, tentativas=1), conhecido=conhecido) as odoo:
            assert odoo.contar("res.partner", []) > 0
            assert odoo.por_metodo["common.authenticate"] == (0 if alvo.porta == "json2" else 1)
            if alvo.porta != "json2":
                assert odoo.uid not in (1, 999)


@pytest.mark.falha(20)
def test_usuario_sem_direitos(alvo: Alvo) -> None:
    # Em JSON-2 o direito é o da chave; a mesma recusa, com a chave de outro usuário, está em tests/falhas/test_20_credenciais.py.
    conexao = replace(alvo.sem_direitos(), protocolo="jsonrpc" if alvo.porta == "json2" else alvo.porta)
    with ClienteOdoo.conectar(conexao) as odoo:
        with pytest.raises(erros.AcessoNegado) as erro:
            odoo.buscar("purchase.order", [])
        assert (erro.value.fatos["modelo"], erro.value.fatos["direito"]) == ("purchase.order", "leitura")
        assert odoo.contar("res.partner", []) > 0
    itens = {i.nome: i for i in verificar(conexao, {"purchase.order": ["name"], "res.partner": ["name"]}, agora=agora())}
    assert itens["modelo purchase.order"].situacao == "falha"
    assert itens["modelo res.partner"].situacao == "ok"
    assert itens["login"].situacao == "ok"


@pytest.mark.falha(42)
def test_ids_grandes(alvo: Alvo) -> None:
    with alvo.ligar() as odoo:
        um = odoo.buscar("res.partner", [], limite=1)[0]
        assert odoo.buscar("res.partner", [("id", "in", [2**31 + 5, um])]) == [um]
        assert [r["id"] for r in odoo.ler("res.partner", [2**31 + 5, um], ["name"])] == [um]


def test_verificar(alvo: Alvo) -> None:
    necessidades = {
        LINHA: Necessidade(["product_id", "product_uom|product_uom_id"]),
        "stock.move": Necessidade(["quantity|quantity_done", "nao_ha"]),
        "purchase.request": Necessidade(["name"], opcional=True),
    }
    itens = {i.nome: i for i in verificar(alvo.conexao, necessidades)}
    assert itens[f"modelo {LINHA}"].situacao == "ok"
    assert "nao_ha" in itens["modelo stock.move"].detalhe
    assert itens["modelo purchase.request"].situacao == "ok"
    assert itens["só leitura"].situacao == "aviso"  # admin pode tudo
    assert itens["protocolo"].detalhe.startswith(alvo.porta)


def test_varios_bancos_a_vista(fabricas: dict[int, BancoSimulado]) -> None:
    """No 14 com vários bancos, todo erro do /jsonrpc é um 500 em HTML: o XML-RPC o explica e a leitura segue no JSON-RPC."""
    with ServidorSimulado({"um": fabricas[14], "dois": fabrica_pequena(14)}) as servidor:
        conexao = ConexaoOdoo(**{**odoo_conexao(servidor), "banco": None})
        with pytest.raises(erros.VariosBancos, match="dois, um"):
            ClienteOdoo.conectar(conexao)
        with pytest.raises(erros.BancoInexistente):
            ClienteOdoo.conectar(replace(conexao, banco="outro"))
        with ClienteOdoo.conectar(replace(conexao, banco="um")) as odoo:
            with pytest.raises(erros.ModeloAusente):
                odoo.descrever("purchase.request")
            assert odoo.protocolo == "jsonrpc"
            assert odoo.contar(LINHA, []) > 0
