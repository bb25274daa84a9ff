"""O cliente: escolha da porta, o que cada versão recebe, contagens, fachada e verificação, sobre um servidor de bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from app.odoo.cliente import ClienteOdoo
from app.odoo.conexao import Conhecido
from app.odoo.erros import CredenciaisRecusadas, ProtocoloIndisponivel, VersaoNaoAceita
from app.odoo.fachada import OdooIntegration
from app.odoo.verificacao import Necessidade, verificar
from tests.odoo.apoio import CANARIO, cliente, conexao
from tests.odoo.servidor_cru import PedidoCru, ServidorCru, erro_jsonrpc, http, pagina, resultado, resultado_xml


def _versao(serie: int) -> dict[str, Any]:
    return {"server_version": f"{serie}.0", "server_serie": f"{serie}.0", "server_version_info": [serie, 0, 0, "final", 0, ""]}


def _odoo(
    serie: int, *, fechadas: tuple[str, ...] = (), responde: Callable[[str, str, list[Any], dict[str, Any]], Any] | None = None
) -> Callable[[PedidoCru, object], bytes]:
    """Um Odoo mínimo: versão, autenticação e o que `responde(modelo, metodo, args, kwargs)` devolver."""

    def ato(pedido: PedidoCru, _canal: object) -> bytes:
        if any(pedido.caminho.startswith(porta) for porta in fechadas):
            return pagina(404)
        if pedido.caminho == "/json/version":
            return http(json.dumps({"version": f"{serie}.0", "version_info": [serie, 0]}))
        if pedido.caminho.startswith("/json/2/"):
            _, _, _, modelo, metodo = pedido.caminho.split("/")
            return http(json.dumps(responde(modelo, metodo, [], pedido.json) if responde else []))
        if pedido.caminho == "/jsonrpc":
            parametros = pedido.json["params"]
            if parametros["method"] == "version":
                return resultado(_versao(serie))
            if parametros["method"] == "authenticate":
                return resultado(2)
            modelo, metodo, args, kwargs = parametros["args"][3:]
            valor = responde(modelo, metodo, args, kwargs) if responde else []
            return valor if isinstance(valor, bytes) else resultado(valor)
        if b"<methodName>version" in pedido.corpo:
            texto = f"<string>{serie}.0</string>"
            return resultado_xml(f"<struct><member><name>server_version</name><value>{texto}</value></member></struct>")
        return resultado_xml("<int>2</int>" if b"authenticate" in pedido.corpo else "<array><data></data></array>")

    return ato


@pytest.mark.parametrize(
    ("serie", "fechadas", "chave", "fixado", "porta", "pedidos"),
    [
        (14, (), True, "auto", "jsonrpc", 2),
        (19, (), True, "auto", "json2", 1),
        (19, (), False, "auto", "jsonrpc", 2),
        (14, ("/jsonrpc",), False, "auto", "xmlrpc", 3),
        (22, ("/jsonrpc", "/xmlrpc"), True, "auto", "json2", 3),
        (19, (), True, "jsonrpc", "jsonrpc", 2),
        (19, (), True, "xmlrpc", "xmlrpc", 2),
        (19, (), True, "json2", "json2", 1),
        (19, ("/json/version",), True, "json2", "json2", 2),
    ],
)
def test_escolha_da_porta(serie: int, fechadas: tuple[str, ...], chave: bool, fixado: str, porta: str, pedidos: int) -> None:
    mudancas: dict[str, Any] = {} if chave else {"chave_api": None}
    with ServidorCru(_odoo(serie, fechadas=fechadas)) as servidor:
        with ClienteOdoo.conectar(conexao(servidor.url, protocolo=fixado, **mudancas)) as odoo:
            assert (odoo.protocolo, odoo.versao.serie, odoo.chamadas) == (porta, serie, pedidos)
            assert odoo.uid == (None if porta == "json2" else 2)
            assert odoo.por_metodo["common.authenticate"] == (0 if porta == "json2" else 1)
            guardado = odoo.conhecido
        with ClienteOdoo.conectar(conexao(servidor.url, protocolo=fixado, **mudancas), conhecido=guardado) as odoo:
            assert odoo.chamadas == 0
            assert odoo.buscar("res.partner", []) == []
            assert odoo.chamadas == 1


def test_json2_fixado_num_odoo_que_nao_o_tem() -> None:
    with ServidorCru(_odoo(14, fechadas=("/json/",))) as servidor, pytest.raises(ProtocoloIndisponivel, match="JSON-2"):
        ClienteOdoo.conectar(conexao(servidor.url, protocolo="json2"))


def test_404_em_json_tambem_e_porta_fechada() -> None:
    """O 14 responde assim a um POST de JSON num caminho que não existe (ODOO_URL com um prefixo a mais)."""

    def ato(pedido: PedidoCru, canal: object) -> bytes:
        corpo = '{"jsonrpc": "2.0", "id": 1, "error": {"code": 404, "message": "404: Not Found", "data": {"name": "NotFound"}}}'
        return http(corpo, status=404) if pedido.caminho == "/jsonrpc" else _odoo(14)(pedido, canal)

    with ServidorCru(ato) as servidor, ClienteOdoo.conectar(conexao(servidor.url)) as odoo:
        assert odoo.protocolo == "xmlrpc"


def test_conhecido_que_nao_serve_mais_e_ignorado() -> None:
    with ServidorCru(_odoo(19)) as servidor:
        for velho in (Conhecido(19, "19.0", "jsonrpc", 2), Conhecido(14, "14.0", "soap", 2), Conhecido(14, "14.0", "jsonrpc", None)):
            with ClienteOdoo.conectar(conexao(servidor.url), conhecido=velho) as odoo:
                assert odoo.protocolo == "json2"
        with ClienteOdoo.conectar(conexao(servidor.url, chave_api=None), conhecido=Conhecido(19, "19.0", "json2", None)) as odoo:
            assert odoo.protocolo == "jsonrpc"


def test_versao_antiga_e_recusada() -> None:
    with ServidorCru(_odoo(13)) as servidor, pytest.raises(VersaoNaoAceita, match=r"13\.0"):
        ClienteOdoo.conectar(conexao(servidor.url))


def test_saas_e_versao_com_letras() -> None:
    def ato(_pedido: PedidoCru, _canal: object) -> bytes:
        return resultado({"server_version": "saas~17.4+e", "server_serie": "saas~17.4", "server_version_info": ["saas~17", 4]})

    from app.odoo.escolha import escolher
    from app.odoo.rede import Http
    from app.odoo.transporte import Contexto

    with ServidorCru(ato) as servidor:
        dados = conexao(servidor.url)
        assert escolher(Contexto(dados, Http(dados), "b"), lambda _n: None)[1].serie == 17


def test_o_que_cada_versao_recebe() -> None:
    vistos: list[tuple[str, list[Any], dict[str, Any]]] = []

    def responde(_modelo: str, metodo: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        vistos.append((metodo, args, kwargs))
        if metodo == "search_read":
            return [{"id": 1, "partner_id": [5, "X"], "linhas": [1, 2], "vazio": [], "nada": False}]
        if metodo == "read_group":
            dominio = ["&", ["date", ">=", "2026-11-01"], ["date", "<", "2026-12-01"]]
            return [{"product_id": [3, "P"], "date:month": "novembro", "qty": 2.5, "__count": 4, "__domain": dominio}]
        if metodo == "formatted_read_group":
            linha = {"product_id": [3, "P"], "date:month": ["2026-11-01", "novembro"], "qty:sum": 2.5, "__count": 4}
            return [linha, {**linha, "product_id": False, "qty:sum": None}]
        return 3

    esperado = {"product_id": 3, "date:month": "2026-11-01", "qty": 2.5, "__count": 4}
    contexto = {"active_test": False}
    with ServidorCru(_odoo(14, responde=responde)) as servidor, cliente(servidor.url, serie=14) as odoo:
        assert odoo.buscar_ler("m", [], ["partner_id"], contexto=contexto)[0] == {
            "id": 1,
            "partner_id": 5,
            "linhas": [1, 2],
            "vazio": [],
            "nada": False,
        }
        assert "load" not in vistos[-1][2]
        assert vistos[-1][2]["context"] == contexto
        assert odoo.agrupar("m", [], ["product_id", "date:month"], ["qty"]) == [esperado]
        assert odoo.contar("m", []) == 3
        assert vistos[-1][2] == {}
        assert odoo.por_metodo == {"m.search_read": 1, "m.read_group": 1, "m.search_count": 1}
    for protocolo in ("jsonrpc", "json2"):
        with ServidorCru(_odoo(19, responde=responde)) as servidor, cliente(servidor.url, protocolo, serie=19) as odoo:
            odoo.buscar_ler("m", [], ["partner_id"])
            assert vistos[-1][2]["load"] == "_classic_write"
            assert odoo.agrupar("m", [], ["product_id", "date:month"], ["qty"]) == [esperado, {**esperado, "product_id": False, "qty": 0}]


def test_datas_e_decimais_vao_como_o_odoo_escreve() -> None:
    from datetime import date
    from decimal import Decimal

    quando = datetime(2026, 11, 30, 22, 30, 5, 999, tzinfo=UTC)
    dominio = [("write_date", ">=", quando), ("d", "=", date(2026, 12, 1)), ("q", ">", Decimal("1.5"))]
    certo = [["write_date", ">=", "2026-11-30 22:30:05"], ["d", "=", "2026-12-01"], ["q", ">", 1.5]]
    with ServidorCru(_odoo(14)) as servidor:
        with cliente(servidor.url) as odoo:
            odoo.buscar("m", dominio)
        assert servidor.pedidos[-1].args[5] == [certo]
        with cliente(servidor.url, "xmlrpc") as odoo:
            odoo.buscar("m", dominio)
        assert b"2026-11-30 22:30:05" in servidor.pedidos[-1].corpo


def test_prefixo_do_caminho_e_cabecalhos() -> None:
    with ServidorCru(http("[]")) as servidor, cliente(servidor.url + "/erp/", "json2", serie=19) as odoo:
        odoo.buscar("res.partner", [])
        pedido = servidor.pedidos[0]
        assert pedido.caminho == "/erp/json/2/res.partner/search"
        assert pedido.cabecalhos["x-odoo-database"] == "fabrica"
        assert pedido.cabecalhos["host"] == f"127.0.0.1:{servidor.porta}"


def test_fachada_como_a_semente_a_usa() -> None:
    vistos: list[Any] = []

    def responde(modelo: str, metodo: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        vistos.append((modelo, metodo, args, kwargs))
        return [{"id": 1, "partner_id": [5, "X"]}]

    with ServidorCru(_odoo(14, responde=responde)) as servidor:
        odoo = OdooIntegration(conexao(servidor.url))
        assert not servidor.pedidos  # construir não conecta
        uid = odoo.common.authenticate(odoo.db_name or "", odoo.username or "", odoo.password, {})
        linhas = odoo.models.execute_kw(
            odoo.db_name,
            odoo.uid,
            odoo.password,
            "purchase.order",
            "search_read",
            [[("state", "=", "purchase")]],
            {"fields": ["partner_id"]},
        )
        assert (uid, odoo.uid, odoo.url) == (2, 2, servidor.url)
        assert linhas == [{"id": 1, "partner_id": [5, "X"]}]
        assert vistos == [("purchase.order", "search_read", [[["state", "=", "purchase"]]], {"fields": ["partner_id"]})]
        assert odoo.common.version()["server_version"] == "14.0"
        assert odoo.common.authenticate("fabrica", "integracao", CANARIO) == 2
        assert odoo.common.authenticate("fabrica", "integracao", "outra") is False
        assert odoo.common.authenticate("fabrica", "outro", odoo.password) is False
        with pytest.raises(CredenciaisRecusadas):
            odoo.models.execute_kw("fabrica", 2, "outra", "purchase.order", "search", [[]])
        odoo.fechar()


def test_verificar_diz_cada_coisa() -> None:
    def responde(modelo: str, metodo: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if modelo == "purchase.request":
            return erro_jsonrpc("odoo.exceptions.UserError", "Object purchase.request doesn't exist")
        if modelo == "mrp.production" and metodo == "search_count":
            return erro_jsonrpc("odoo.exceptions.AccessError", "not allowed to access 'MO' (mrp.production) records.")
        if metodo == "fields_get":
            return {"name": {"type": "char"}, "quantity_done": {"type": "float", "store": False}}
        if metodo == "check_access_rights":
            return modelo == "stock.move"
        return 1234

    necessidades: dict[str, Sequence[str] | Necessidade] = {
        "purchase.order": ["name"],
        "stock.move": Necessidade(["quantity|quantity_done", "nao_ha"]),
        "purchase.request": Necessidade(["name"], opcional=True),
        "mrp.production": ["name"],
    }
    with ServidorCru(_odoo(14, responde=responde)) as servidor:
        dados = conexao(servidor.url, chave_api=None)
        itens = {i.nome: i for i in verificar(dados, necessidades)}
        assert "relógio" not in itens
    assert {n: i.situacao for n, i in itens.items()} == {
        "alcance": "ok",
        "TLS": "ok",
        "versão": "ok",
        "protocolo": "ok",
        "banco": "ok",
        "login": "ok",
        "modelo purchase.order": "ok",
        "modelo stock.move": "falha",
        "modelo purchase.request": "ok",
        "modelo mrp.production": "falha",
        "só leitura": "aviso",
    }
    assert "1.234 registros" in itens["modelo purchase.order"].detalhe
    assert "nao_ha" in itens["modelo stock.move"].detalhe
    assert "quantity|" not in itens["modelo stock.move"].detalhe
    assert "mrp.production" in itens["modelo mrp.production"].detalhe
    assert "stock.move" in itens["só leitura"].detalhe
    assert all(i.remedio for i in itens.values() if i.situacao != "ok")


@pytest.mark.parametrize(("atraso", "situacao"), [(0, "ok"), (7200, "aviso"), (-7200, "aviso")])
def test_verificar_mede_o_relogio(atraso: int, situacao: str) -> None:
    agora = datetime(2026, 11, 24, 12, tzinfo=UTC)
    hora = (agora + timedelta(seconds=atraso)).strftime("Date: %a, %d %b %Y %H:%M:%S GMT")

    def ato(pedido: PedidoCru, canal: object) -> bytes:
        return _odoo(14)(pedido, canal).replace(b"\r\n", f"\r\n{hora}\r\n".encode(), 1)

    with ServidorCru(ato) as servidor:
        itens = {i.nome: i for i in verificar(conexao(servidor.url, chave_api=None), {}, agora=agora)}
    assert itens["relógio"].situacao == situacao
    assert ("adiantado" in itens["relógio"].detalhe) == (atraso > 0)


@pytest.mark.parametrize(("dias", "situacao", "texto"), [(90, "ok", "90 dias"), (10, "aviso", "10 dias"), (-2, "aviso", "vencida")])
def test_verificar_ve_a_chave_vencer(dias: int, situacao: str, texto: str) -> None:
    agora = datetime(2026, 11, 24, 12, tzinfo=UTC)
    fim = (agora + timedelta(days=dias)).strftime("%Y-%m-%d %H:%M:%S")

    def responde(modelo: str, metodo: str, _args: list[Any], _kwargs: dict[str, Any]) -> Any:
        return [{"id": 1, "expiration_date": fim}, {"id": 2, "expiration_date": False}] if modelo == "res.users.apikeys" else 3

    with ServidorCru(_odoo(19, responde=responde)) as servidor:
        itens = {i.nome: i for i in verificar(conexao(servidor.url, senha=None), {}, agora=agora)}
    assert itens["chave de API"].situacao == situacao
    assert texto in itens["chave de API"].detalhe
    assert itens["protocolo"].detalhe == "json2"


def test_verificar_para_no_primeiro_degrau() -> None:
    def nega(pedido: PedidoCru, canal: object) -> bytes:
        return resultado(False) if b"authenticate" in pedido.corpo else _odoo(14)(pedido, canal)

    with ServidorCru(nega) as servidor:
        (item,) = verificar(conexao(servidor.url, chave_api=None, senha=SecretStr(CANARIO)), {"x": ["y"]})
    assert (item.nome, item.situacao) == ("login", "falha")
    assert "ODOO_PASSWORD" in item.remedio
    assert CANARIO not in repr(item)
    (item,) = verificar(conexao("http://127.0.0.1:1"), {"x": ["y"]})
    assert (item.nome, item.situacao) == ("alcance", "falha")
