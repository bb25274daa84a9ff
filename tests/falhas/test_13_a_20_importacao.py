"""Falhas 13 a 20 e 42 vistas da importação: só a fonte atingida para, as outras seguem; nenhuma página fica pela metade, e o
cursor não anda. Consertado o Odoo, a mesma importação dá o mesmo que o oráculo.

O que cada falha faz ao transporte está em test_13… a test_20… e test_42….
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.demo.odoo_simulado import Falha
from app.demo.odoo_simulado.falhas import (
    charset_errado,
    cortar,
    derrubar,
    http,
    modelo_ausente,
    pagina_de_login,
    pela_metade,
    recusar,
    sem_direito,
    senha_recusada,
    serializacao,
)
from app.erros import ErroManufatura
from app.manufatura.fontes.campos import TipoDeCampoMudou
from app.odoo import conexao as conexoes
from app.odoo import repeticao
from app.odoo.conexao import Prazos
from app.odoo.erros import AcessoNegado, CampoAusente, CredenciaisRecusadas, ErroOdoo, ModeloAusente, RespostaInvalida
from tests.apoio.importacao import FONTES, Mundo
from tests.fontes.test_pedidos import confirmado

LINHA = "purchase.order.line"
LINHAS = 12


@pytest.fixture(autouse=True)
def _sem_esperas(monkeypatch: pytest.MonkeyPatch) -> None:
    """As novas tentativas não esperam de verdade."""
    monkeypatch.setattr(repeticao.Repetidor, "_espera", lambda *_: 0.0)


def dados(mundo: Mundo) -> None:
    p, f = mundo.produto(), mundo.fornecedor()
    mundo.banco.criar_requisicao([{"produto": p, "qtd": 1}], fornecedor=f)
    for q in range(1, LINHAS + 1):
        mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": q}, parceiro=f))
    mundo.passar()


def importar_cada(mundo: Mundo, pagina: int | None = None) -> dict[str, ErroManufatura]:
    """Importa cada fonte por si, como `importar tudo`; devolve os erros das que falharam."""
    erros: dict[str, ErroManufatura] = {}
    with mundo.sessao(pagina=pagina) as contexto:
        from app.manufatura.jobs import importacao

        for fonte in FONTES:
            try:
                importacao.importar(fonte, contexto)
            except ErroManufatura as erro:
                erros[fonte] = erro
    return erros


def so_pedidos_parou(mundo: Mundo, erros: dict[str, ErroManufatura], linhas: int = 0) -> None:
    """Só `pedidos` falhou; o que ficou dele são páginas inteiras, e o cursor não andou."""
    assert list(erros) == ["pedidos"]
    assert mundo.um("SELECT count(*) FROM pedido_compras") == linhas
    lugar = mundo.cursor("pedidos")
    assert lugar is None or (lugar.cursor is None and (lugar.ultimo_id or 0) == linhas)
    assert mundo.um("SELECT count(*) FROM odoo_movimento") == LINHAS
    assert mundo.um("SELECT count(*) FROM requisicao_compras") == 1
    assert mundo.um("SELECT count(*) FROM posicao_estoque") == 1
    assert mundo.cursor("entradas").cursor is not None


def depois_tudo_certo(mundo: Mundo) -> None:
    mundo.plano.limpar()
    mundo.tudo_certo()


TERMINAIS: dict[str, tuple[int, Callable[[], Falha], type[ErroOdoo], str]] = {
    "login em HTML": (15, pagina_de_login, ErroOdoo, "URL|proxy"),
    "charset": (16, charset_errado, RespostaInvalida, "não pôde ser lida"),
    "modelo sumiu": (19, lambda: modelo_ausente(LINHA), ModeloAusente, re.escape(LINHA)),
    "sem direito": (20, lambda: sem_direito(LINHA), AcessoNegado, re.escape(LINHA)),
    "senha trocada": (20, senha_recusada, CredenciaisRecusadas, "admin"),
}


@pytest.mark.parametrize("caso", [pytest.param(k, marks=pytest.mark.falha(v[0])) for k, v in TERMINAIS.items()])
def test_terminal_para_so_a_fonte(mundo: Mundo, caso: str) -> None:
    """Na leitura das linhas de pedido, a falha é permanente: sem insistir, e sem página."""
    _, falha, classe, dizeres = TERMINAIS[caso]
    mundo.mudancas_config["odoo_protocolo"] = "jsonrpc"
    dados(mundo)
    mundo.plano.quando(falha(), modelo=LINHA, metodo="read", vezes=None)
    erros = importar_cada(mundo)
    so_pedidos_parou(mundo, erros)
    assert isinstance(erros["pedidos"], classe)
    assert not erros["pedidos"].transitorio
    assert re.search(dizeres, str(erros["pedidos"])), str(erros["pedidos"])
    assert len(mundo.plano.disparadas) <= 20  # uma página ilegível se divide até o registro; ninguém insiste além disso
    depois_tudo_certo(mundo)


TRANSITORIAS: dict[str, tuple[int, Callable[[], Falha]]] = {
    "RST": (14, derrubar),
    "resposta cortada": (14, lambda: cortar(40)),
    "recusada": (14, lambda: recusar(0.05)),
    "502": (15, lambda: http(502)),
    "503 em HTML": (15, lambda: http(503)),
    "429": (17, lambda: http(429, espera=0)),
    "conflito": (14, serializacao),
}


@pytest.mark.parametrize("caso", [pytest.param(k, marks=pytest.mark.falha(v[0])) for k, v in TRANSITORIAS.items()])
def test_transitoria_passa_sozinha(mundo19: Mundo, caso: str) -> None:
    """Duas vezes seguidas no meio da leitura: a importação nem nota."""
    mundo = mundo19
    dados(mundo)
    mundo.plano.quando(TRANSITORIAS[caso][1](), modelo=LINHA, metodo="read", vezes=2, pular=1)
    assert importar_cada(mundo, pagina=2) == {}
    assert len(mundo.plano.disparadas) == 2
    mundo.conferir()


@pytest.mark.parametrize(
    "falha",
    [
        pytest.param(lambda: http(503), marks=pytest.mark.falha(15), id="503"),
        pytest.param(pela_metade, marks=pytest.mark.falha(16), id="meio JSON"),
        pytest.param(derrubar, marks=pytest.mark.falha(14), id="RST"),
        pytest.param(lambda: http(429), marks=pytest.mark.falha(17), id="429"),
    ],
)
def test_transitoria_que_nao_passa_deixa_paginas_inteiras(mundo: Mundo, falha: Callable[[], Falha]) -> None:
    """A terceira página nunca vem: as duas primeiras ficam, com o lugar, e a seguinte parte dali."""
    dados(mundo)
    mundo.plano.quando(falha(), modelo=LINHA, metodo="read", vezes=None, pular=2)
    erros = importar_cada(mundo, pagina=4)
    assert erros["pedidos"].transitorio
    so_pedidos_parou(mundo, erros, linhas=8)
    mundo.plano.limpar()
    mundo.servidor.zerar_registro()
    mundo.passar()
    assert mundo.importar("pedidos", pagina=4)["pedidos"]["novas"] == 4
    depois_tudo_certo(mundo)


@pytest.mark.falha(13)
def test_odoo_que_trava(mundo19: Mundo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recebe o pedido e não responde: o prazo da chamada acaba, a página se divide, e no fim a fonte para; as outras, não."""
    from app.demo.odoo_simulado.falhas import travar

    mundo = mundo19
    dados(mundo)
    monkeypatch.setattr(conexoes.ConexaoOdoo.__dataclass_fields__["prazos"], "default", None, raising=False)
    original = conexoes.ConexaoOdoo.de_config.__func__  # type: ignore[attr-defined]

    def com_pressa(classe: type[conexoes.ConexaoOdoo], config: object) -> conexoes.ConexaoOdoo:
        from dataclasses import replace

        pronta: conexoes.ConexaoOdoo = original(classe, config)
        return replace(pronta, prazos=Prazos(conexao_s=0.5, leitura_s=0.2, total_s=0.3), tentativas=1)

    monkeypatch.setattr(conexoes.ConexaoOdoo, "de_config", classmethod(com_pressa))
    mundo.plano.quando(travar(), modelo=LINHA, metodo="read", vezes=None)
    erros = importar_cada(mundo)
    assert erros["pedidos"].transitorio
    so_pedidos_parou(mundo, erros)
    depois_tudo_certo(mundo)


@pytest.mark.falha(17)
@pytest.mark.falha(18)
@pytest.mark.parametrize("demais", [http(413), http(413, "Request Entity Too Large")])
def test_pagina_grande_se_divide_e_lembra(mundo19: Mundo, demais: Falha) -> None:
    mundo = mundo19
    dados(mundo)
    mundo.plano.quando(demais, modelo=LINHA, metodo="read", vezes=None, se=lambda c: len(_ids(c)) > 2)
    assert importar_cada(mundo) == {}
    mundo.conferir()
    assert len(mundo.plano.disparadas) <= 4  # 12 → 6 → 3 → 1: daí em diante as páginas já vêm do tamanho que cabe


def _ids(chamada: object) -> list[int]:
    from app.demo.odoo_simulado import Chamada

    assert isinstance(chamada, Chamada)
    if chamada.argumentos:
        lista: list[int] = chamada.argumentos[0]
        return lista
    ids: list[int] = chamada.opcoes.get("ids") or []
    return ids


@pytest.mark.falha(19)
def test_campo_retirado(mundo: Mundo) -> None:
    """Descoberto antes de ler qualquer linha, com modelo, campo e versão; volta a andar quando o campo volta."""
    dados(mundo)
    mundo.banco.retirar_campo(LINHA, "date_planned")
    erros = importar_cada(mundo)
    so_pedidos_parou(mundo, erros)
    assert isinstance(erros["pedidos"], CampoAusente)
    assert {"date_planned", LINHA} <= set(re.findall(r"[\w.]+", str(erros["pedidos"])))
    assert str(mundo.versao) in str(erros["pedidos"])
    assert mundo.servidor.por_metodo[f"{LINHA}.read"] == 0
    mundo.banco.repor_campo(LINHA, "date_planned")
    depois_tudo_certo(mundo)


@pytest.mark.falha(19)
def test_campo_retirado_depois_da_primeira(mundo: Mundo) -> None:
    """O que se sabia do Odoo era de ontem: a leitura falha uma vez com o nome do campo, e o cursor fica."""
    dados(mundo)
    mundo.importar()
    cursor = mundo.cursor("pedidos")
    mundo.passar()
    confirmado(mundo, {"produto": 1, "qtd": 9})
    mundo.banco.retirar_campo(LINHA, "price_unit")
    mundo.passar()
    erros = importar_cada(mundo)
    assert isinstance(erros["pedidos"], CampoAusente)
    assert list(erros) == ["pedidos"]
    assert mundo.cursor("pedidos").cursor == cursor.cursor
    mundo.banco.repor_campo(LINHA, "price_unit")
    depois_tudo_certo(mundo)


@pytest.mark.falha(19)
def test_tipo_do_campo_mudou(mundo: Mundo) -> None:
    dados(mundo)
    mundo.banco.mudar_tipo(LINHA, "product_uom_qty", "char")
    erros = importar_cada(mundo)
    so_pedidos_parou(mundo, erros)
    assert isinstance(erros["pedidos"], TipoDeCampoMudou)
    mundo.banco.mudar_tipo(LINHA, "product_uom_qty", "float")
    depois_tudo_certo(mundo)


@pytest.mark.falha(19)
def test_modulo_desinstalado(mundo: Mundo) -> None:
    dados(mundo)
    mundo.banco.desinstalar("purchase_requisition")
    erros = importar_cada(mundo)
    assert list(erros) == ["requisicoes"]
    assert "purchase.requisition" in str(erros["requisicoes"])


@pytest.mark.falha(20)
def test_usuario_sem_direito_num_modelo(mundo: Mundo) -> None:
    """O usuário da integração lê tudo, menos stock.quant: só a posição de estoque para, dizendo o que falta."""
    dados(mundo)
    mundo.banco.criar_usuario("integracao", "segredo-1", tudo=True, chave="c0ffee" * 6 + "aaaa")
    mundo.mudancas_config.update(odoo_user="integracao", odoo_password="segredo-1", odoo_api_key=None)
    mundo.banco.negar("integracao", "stock.quant")
    erros = importar_cada(mundo)
    assert list(erros) == ["estoque"]
    assert isinstance(erros["estoque"], AcessoNegado)
    assert "stock.quant" in str(erros["estoque"])
    mundo.banco.permitir("integracao", "stock.quant")
    depois_tudo_certo(mundo)


@pytest.mark.falha(20)
def test_regra_de_registro_esconde_sem_excluir(mundo: Mundo) -> None:
    """Uma regra nova esconde pedidos ao usuário: o que já estava aqui não é dado por apagado por isso."""
    dados(mundo)
    mundo.banco.criar_usuario("integracao", "segredo-1", tudo=True)
    mundo.mudancas_config.update(odoo_user="integracao", odoo_password="segredo-1", odoo_api_key=None)
    mundo.importar()
    mundo.banco.regra("purchase.order.line", [["id", "<=", 3]], login="integracao")
    mundo.passar()
    mundo.importar()
    assert mundo.um("SELECT count(*) FROM pedido_compras WHERE status_odoo <> 'excluida'") == LINHAS


@pytest.mark.falha(20)
def test_senha_errada_nao_insiste(mundo14: Mundo) -> None:
    """Uma tentativa só: dez trancariam a porta por um minuto, até para a senha certa."""
    mundo14.mudancas_config["odoo_password"] = "errada"
    with pytest.raises(CredenciaisRecusadas):
        mundo14.importar()
    assert mundo14.banco.acessos.senhas_erradas == 1
    assert mundo14.sql("SELECT 1 FROM cursor_integracao") == []


@pytest.mark.falha(42)
def test_ids_acima_de_31_bits(mundo: Mundo) -> None:
    """Todos os ids passam de 2³¹: nas três portas e no banco."""
    for modelo in ("product.product", "res.partner", "purchase.order", LINHA, "stock.move", "purchase.requisition.line"):
        mundo.banco.proximo_id(modelo, 2**31 + 10)
    dados(mundo)
    mundo.tudo_certo()
    assert mundo.um("SELECT min(odoo_id) FROM pedido_compras") > 2**31


@pytest.mark.falha(42)
def test_none_em_resposta(mundo19: Mundo) -> None:
    """null onde o Odoo poria false: vale como vazio."""
    from app.demo.odoo_simulado.falhas import transformar

    mundo = mundo19
    dados(mundo)

    def com_nulos(resultado: object) -> object:
        assert isinstance(resultado, list)
        return [{c: None if v is False else v for c, v in r.items()} for r in resultado]

    for modelo in (LINHA, "purchase.order", "stock.move", "product.product", "res.partner"):
        mundo.plano.quando(transformar(com_nulos), modelo=modelo, metodo="read", vezes=None)
    assert importar_cada(mundo) == {}
    mundo.conferir()


@pytest.mark.falha(14)
def test_odoo_fora_do_ar_nem_abre_a_sessao(mundo: Mundo) -> None:
    dados(mundo)
    mundo.importar()
    antes = mundo.cursor("pedidos")
    mundo.servidor.recusar()
    with pytest.raises(ErroOdoo) as erro:
        mundo.importar()
    assert erro.value.transitorio
    assert mundo.cursor("pedidos") == antes
    mundo.servidor.voltar()
    mundo.passar(hours=1)
    mundo.relogio.avancar(timedelta(seconds=1))
    depois_tudo_certo(mundo)
