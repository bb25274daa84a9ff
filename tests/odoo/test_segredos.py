"""O canário: nenhum erro, de classe nenhuma, carrega a senha ou a chave, nem nos erros encadeados, nem no registro."""

from __future__ import annotations

import inspect
import logging
import pickle
import traceback
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from app.odoo import erros
from app.odoo.cliente import ClienteOdoo
from app.odoo.erros import ErroOdoo, ErroTerminal, ErroTransitorio
from app.odoo.fachada import OdooIntegration
from tests.odoo.apoio import CANARIO, CANARIO_CHAVE, CURTOS, PEQUENOS, cliente, conexao
from tests.odoo.servidor_cru import Ato, PedidoCru, ServidorCru, erro_json2, erro_jsonrpc, falha_xml, http, pagina, resultado


def _eco(pedido: PedidoCru, _canal: object) -> bytes:
    """Um servidor malcriado: devolve o pedido inteiro dentro do erro."""
    texto = pedido.corpo.decode() + " ".join(pedido.cabecalhos.values())
    if pedido.caminho.startswith("/json/2"):
        return erro_json2(500, "builtins.ValueError", texto)
    if pedido.caminho == "/jsonrpc":
        return erro_jsonrpc("builtins.ValueError", texto)
    return falha_xml(1, texto.replace("&", "&amp;").replace("<", "&lt;"))


def _eco_direito(pedido: PedidoCru, _canal: object) -> bytes:
    texto = f"not allowed {pedido.corpo.decode()[:500]} {pedido.cabecalhos.get('authorization')}"
    return erro_json2(403, "odoo.exceptions.AccessError", texto) if "json/2" in pedido.caminho else erro_jsonrpc("AccessError", texto)


FALHAS: dict[str, Ato | bytes] = {
    "eco": _eco,
    "eco em erro de direito": _eco_direito,
    "eco sem HTTP": lambda pedido, _canal: pedido.corpo,
    "eco em HTML": lambda pedido, _canal: http(b"<html>" + pedido.corpo, tipo="text/html"),
    "eco em JSON estragado": lambda pedido, _canal: http(pedido.corpo + b"}"),
    "eco em cabeçalho": lambda pedido, _canal: http(b"[1", mais=[f"X: {pedido.cabecalhos.get('authorization')}"]),
    "eco no redirecionamento": lambda pedido, _canal: http(status=302, mais=["Location: http://outro.exemplo/" + CANARIO]),
    "página": pagina(500),
    "401": erro_json2(401, "x", CANARIO),
    "recusa": erro_jsonrpc("AccessDenied", CANARIO),
    "cortada": resultado([1])[:-3],
    "cala": lambda _pedido, canal: canal.cala(),
    "reseta": lambda _pedido, canal: canal.reseta(),
    "413": http(status=413),
    "429": http(status=429),
    "504": pagina(504),
    "grande": http(b" " * 100_000),
    "vazia": b"",
}


def _encadeados(erro: BaseException | None) -> Iterator[BaseException]:
    vistos: list[BaseException] = []
    fila = [erro]
    while fila:
        atual = fila.pop()
        if atual is not None and atual not in vistos:
            vistos.append(atual)
            yield atual
            fila += [atual.__cause__, atual.__context__]


def _sem_canario(erro: BaseException) -> None:
    for um in _encadeados(erro):
        for texto in (str(um), repr(um), repr(um.args), repr(vars(um)), "".join(traceback.format_exception(um))):
            assert CANARIO not in texto
            assert CANARIO_CHAVE not in texto
        if isinstance(um, ErroOdoo):
            assert CANARIO.encode() not in pickle.dumps(um)


@pytest.mark.parametrize("protocolo", ["jsonrpc", "xmlrpc", "json2"])
@pytest.mark.parametrize("falha", FALHAS)
def test_canario(falha: str, protocolo: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        ServidorCru(FALHAS[falha]) as servidor,
        cliente(servidor.url, protocolo, prazos=CURTOS, tetos=PEQUENOS, tentativas=2) as odoo,
    ):
        with pytest.raises(ErroOdoo) as erro:
            odoo.buscar("res.partner", [("name", "=", "x")])
        _sem_canario(erro.value)
        assert CANARIO not in repr(odoo) + repr(odoo.conexao) + repr(vars(odoo.conexao))
    assert CANARIO not in caplog.text
    assert CANARIO_CHAVE not in caplog.text


def test_conectar_e_argumentos_que_nao_se_codificam() -> None:
    with ServidorCru(_eco) as servidor:
        with pytest.raises(ErroOdoo) as erro:
            ClienteOdoo.conectar(conexao(servidor.url))
        _sem_canario(erro.value)
        for protocolo in ("jsonrpc", "xmlrpc", "json2"):
            for ruim in (object(), {1, 2}):
                with cliente(servidor.url, protocolo) as odoo, pytest.raises((ErroOdoo, TypeError)) as estranho:
                    odoo.chamar("res.partner", "search", [[("name", "=", ruim)]], {})
                _sem_canario(estranho.value)
    with pytest.raises(ErroOdoo) as torta:
        conexao("http://127.0.0.1:1", chave_api=SecretStr(CANARIO_CHAVE + "\n"))
    _sem_canario(torta.value)


def test_fachada_nao_mostra_a_senha() -> None:
    fachada = OdooIntegration(conexao("http://127.0.0.1:1"))
    assert CANARIO not in repr(vars(fachada)) + str(fachada.password) + repr(fachada.password) + f"{fachada.password}"
    assert CANARIO.encode() not in pickle.dumps(fachada.password)


CLASSES = [c for _, c in inspect.getmembers(erros, inspect.isclass) if issubclass(c, ErroOdoo)]


@pytest.mark.parametrize("classe", CLASSES, ids=lambda c: c.__name__)
def test_cada_classe_se_explica(classe: type[ErroOdoo]) -> None:
    import string

    assert classe.__doc__
    campos = {nome for _, nome, _, _ in string.Formatter().parse(classe.__doc__) if nome}
    erro = classe(**{campo: "fato." if campo == "remedio" else "fato" for campo in campos})
    assert "{" not in erro.mensagem
    assert erro.mensagem.endswith((".", ").", "!"))
    assert erro.codigo_saida in (2, 3)
    assert erro.transitorio is issubclass(classe, ErroTransitorio)
    if classe not in (ErroOdoo, ErroTerminal, ErroTransitorio):
        assert issubclass(classe, ErroTerminal) != issubclass(classe, ErroTransitorio)
        assert classe.__name__ in erros.__all__
    copia = pickle.loads(pickle.dumps(erro))
    assert (type(copia), copia.mensagem) == (classe, erro.mensagem)
