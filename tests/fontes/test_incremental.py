"""O motor incremental por fora: cortes, cursores, retomada, sobreposição, releitura e identidade do Odoo."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.manufatura.fontes.instalacao import OutroOdoo
from app.manufatura.fontes.sessao import corte_do_historico
from tests.apoio.importacao import FONTES, CercaFatal, Morte, Mundo
from tests.fontes.test_pedidos import confirmado


def numeros(mundo: Mundo) -> list[str]:
    return mundo.sql("SELECT num_pedido FROM pedido_compras ORDER BY odoo_id")


@pytest.mark.parametrize(
    ("hoje", "meses", "corte"),
    [
        (date(2026, 11, 24), 24, date(2024, 11, 1)),
        (date(2026, 1, 31), 1, date(2025, 12, 1)),
        (date(2026, 3, 31), 0, date(2026, 3, 1)),
        (date(2026, 12, 1), 12, date(2025, 12, 1)),
    ],
)
def test_corte_do_historico(hoje: date, meses: int, corte: date) -> None:
    assert corte_do_historico(hoje, meses) == corte


def historia(mundo: Mundo) -> None:
    """Pedidos e requisições de várias idades: fechados e abertos."""
    p, f = mundo.produto(), mundo.fornecedor()
    hoje = mundo.relogio()
    for nome, dias, receber in (
        ("FECHADO-3A", 1100, 5),
        ("FECHADO-1A", 400, 5),
        ("MEIO-3A", 1100, 2),
        ("COTACAO-3A", 1100, None),
        ("HOJE", 0, 5),
    ):
        mundo.relogio.acertar(hoje - timedelta(days=dias))
        pedido = mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 5}], name=nome)
        if receber:
            mundo.banco.confirmar_pedido(pedido)
            mundo.banco.receber(pedido, {mundo.banco.linhas_do_pedido(pedido)[0]: receber})
        req = mundo.banco.criar_requisicao([{"produto": p, "qtd": 1}], fornecedor=f, name=f"R-{nome}")
        mundo.banco.escrever("purchase.requisition", req, {"state": "done" if "FECHADO" in nome else "draft"})
    mundo.relogio.acertar(hoje)


def test_primeira_leitura_traz_o_aberto_de_qualquer_idade(mundo: Mundo) -> None:
    """24 meses para trás, e o que ainda está aberto; o recebido parcial de um pedido velho vem inteiro."""
    historia(mundo)
    mundo.passar()
    mundo.importar()
    assert numeros(mundo) == ["FECHADO-1A", "MEIO-3A", "COTACAO-3A", "HOJE"]
    assert mundo.sql("SELECT num_requisicao FROM requisicao_compras ORDER BY odoo_id") == [
        "R-FECHADO-1A",
        "R-MEIO-3A",
        "R-COTACAO-3A",
        "R-HOJE",
    ]
    assert mundo.sql("SELECT qtd_recebida FROM pedido_compras WHERE num_pedido = 'MEIO-3A'") == [2]
    assert mundo.sql("SELECT corte FROM cursor_integracao WHERE fonte = 'pedidos'") == [date(2024, 11, 1)]
    mundo.sem_novidade()


def test_mais_historico_completa_o_passado(mundo: Mundo) -> None:
    historia(mundo)
    mundo.mudancas_config["odoo_historico_meses"] = "6"
    mundo.passar()
    mundo.importar()
    assert numeros(mundo) == ["MEIO-3A", "COTACAO-3A", "HOJE"]
    mundo.mudancas_config["odoo_historico_meses"] = "120"
    mundo.passar()
    mundo.importar()
    assert numeros(mundo) == ["FECHADO-3A", "FECHADO-1A", "MEIO-3A", "COTACAO-3A", "HOJE"]
    mundo.conferir()
    mundo.mudancas_config["odoo_historico_meses"] = "6"
    mundo.sem_novidade()  # um corte menor não tira nada, nem faz reler


def test_documento_velho_que_muda_entra(mundo: Mundo) -> None:
    """Um pedido fechado antes do corte, editado agora, passa a ser importado com o que se recebeu dele."""
    historia(mundo)
    mundo.passar()
    mundo.importar()
    mundo.passar(days=1)
    (velho,) = mundo.banco.procurar("purchase.order", [["name", "=", "FECHADO-3A"]])
    mundo.banco.escrever("purchase.order", velho, {"partner_ref": "NF 123"})
    mundo.passar()
    mundo.importar()
    assert "FECHADO-3A" in numeros(mundo)
    linha = mundo.um("SELECT * FROM pedido_compras WHERE num_pedido = 'FECHADO-3A'")
    assert linha.confirmacao_pedido is True
    assert linha.qtd_recebida == 5


def test_cursor_so_tem_valores_do_odoo(mundo: Mundo) -> None:
    pedido = confirmado(mundo, {"produto": mundo.produto(), "qtd": 1})
    escrito = mundo.relogio()
    mundo.passar(hours=3)
    mundo.importar("pedidos")
    assert mundo.cursor("pedidos").cursor == escrito
    mundo.passar(hours=3)
    mundo.importar("pedidos")
    assert mundo.cursor("pedidos").cursor == escrito  # nada mudou: não anda com o relógio
    mundo.passar(hours=1)
    mundo.banco.escrever("purchase.order", pedido, {"partner_ref": "x"})
    escrito = mundo.relogio()
    mundo.passar(hours=1)
    mundo.importar("pedidos")
    assert mundo.cursor("pedidos").cursor == escrito


def test_sem_nenhum_registro_o_cursor_e_a_hora_do_odoo(mundo: Mundo) -> None:
    mundo.passar()
    mundo.importar("pedidos")
    assert abs(mundo.cursor("pedidos").cursor - mundo.relogio()) < timedelta(seconds=2)
    confirmado(mundo, {"produto": mundo.produto(), "qtd": 1})
    mundo.tudo_certo()


@pytest.mark.falha(1)
@pytest.mark.parametrize("fonte", ["pedidos", "requisicoes", "entradas"])
def test_primeira_importacao_cortada_continua(mundo: Mundo, fonte: str) -> None:
    """Morre depois da 2ª página de três: a seguinte lê só o que falta, e nada se perde nem repete."""
    p, f = mundo.produto(), mundo.fornecedor()
    for _ in range(6):
        mundo.banco.criar_requisicao([{"produto": p, "qtd": 1}], fornecedor=f)
        mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f))
    mundo.passar()
    with pytest.raises(Morte):
        mundo.importar(fonte, cerca=CercaFatal(depois_da_pagina=2), pagina=2)
    lugar = mundo.cursor(fonte)
    assert (lugar.cursor, lugar.janela["tipo"]) == (None, "primeira")
    # O que já tinha sido lido muda, e o que falta também, antes de continuar.
    mundo.passar()
    for modelo in ("purchase.order", "purchase.requisition"):
        for rid in (1, 6):
            mundo.banco.escrever(modelo, rid, {"name": f"{modelo}-{rid}"})
    mundo.passar()
    feito = mundo.importar(fonte, pagina=2)[fonte]
    assert feito["novas"] == 2
    assert mundo.cursor(fonte).janela is None
    mundo.tudo_certo()


@pytest.mark.falha(1)
def test_morrer_no_meio_da_transacao_nao_deixa_nada(mundo: Mundo) -> None:
    confirmado(mundo, {"produto": mundo.produto(), "qtd": 1})
    mundo.passar()
    mundo.importar("cadastros")
    antes = mundo.sql("SELECT count(*) FROM odoo_parceiro")
    for n in range(2, 12):
        cerca = CercaFatal(na_transacao=n)
        try:
            mundo.importar("pedidos", cerca=cerca)
        except Morte:
            linhas = mundo.sql("SELECT count(*) FROM pedido_compras")
            assert linhas == [0] or mundo.cursor("pedidos").ultimo_id == 1
            assert mundo.sql("SELECT count(*) FROM odoo_parceiro") == antes or linhas == [1]
        else:
            break
    else:
        pytest.fail("nunca chegou ao fim")
    mundo.tudo_certo()


def test_ordem_qualquer_das_fontes(mundo: Mundo) -> None:
    """Cada fonte anda sozinha: de trás para a frente dá o mesmo."""
    p, f = mundo.produto(), mundo.fornecedor()
    req = mundo.banco.criar_requisicao([{"produto": p, "qtd": 1}], fornecedor=f)
    mundo.banco.receber(confirmado(mundo, {"produto": p, "qtd": 1}, parceiro=f, requisition_id=req))
    mundo.passar()
    mundo.importar(*reversed(FONTES))
    mundo.conferir()
    mundo.sem_novidade()


def test_desde_rele_o_periodo_sem_mexer_no_cursor(mundo: Mundo) -> None:
    """Alguém estragou o nosso banco: reler desde a data conserta, mesmo com write_date igual."""
    mundo.banco.receber(confirmado(mundo, {"produto": mundo.produto(), "qtd": 3}))
    mundo.tudo_certo()
    cursor = mundo.cursor("pedidos").cursor
    mundo.sql("UPDATE pedido_compras SET qtd_produto_pedido = 99, odoo_qtd_produto = 99")
    mundo.sql("UPDATE odoo_movimento SET qtd = 99, quantidade = 99")
    mundo.passar()
    feito = mundo.importar("pedidos", "entradas", desde=date(2026, 11, 24))
    assert (feito["pedidos"]["mudadas"], feito["entradas"]["mudadas"]) == (1, 1)
    assert mundo.cursor("pedidos").cursor == cursor
    mundo.tudo_certo()


@pytest.mark.falha(24)
def test_gravacao_tardia_dentro_da_sobreposicao(mundo: Mundo) -> None:
    """Uma confirmação demorada começa antes de outra edição e só é publicada depois de a lermos."""
    p, f = mundo.produto(), mundo.fornecedor()
    tardio = mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}], name="TARDIO")
    outro = mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}], name="OUTRO")
    mundo.tudo_certo()
    mundo.passar()
    comeco = mundo.relogio()
    mundo.passar(minutes=10)
    mundo.banco.escrever("purchase.order", outro, {"name": "OUTRO-2"})
    mundo.passar()
    mundo.importar()
    with mundo.banco.transacao(inicio=comeco):
        mundo.banco.confirmar_pedido(tardio)
    mundo.passar()
    mundo.importar()
    assert mundo.sql("SELECT status_odoo FROM pedido_compras WHERE num_pedido = 'TARDIO'") == ["purchase"]
    mundo.conferir()


def test_outro_odoo_e_recusado(mundo: Mundo) -> None:
    """Apontado para outra base, nada é importado."""
    confirmado(mundo, {"produto": mundo.produto(), "qtd": 1})
    mundo.tudo_certo()
    mundo.banco.escrever_cru("res.company", 1, {"create_date": "2020-01-01 00:00:00.000000"})
    confirmado(mundo, {"produto": mundo.produto("B2"), "qtd": 1})
    mundo.passar()
    with pytest.raises(OutroOdoo, match="odoo adotar"):
        mundo.importar()
    assert mundo.sql("SELECT count(*) FROM pedido_compras") == [1]


@pytest.mark.parametrize("protocolo", ["json2", "jsonrpc", "xmlrpc"])
def test_as_tres_portas_dao_o_mesmo(mundo19: Mundo, protocolo: str) -> None:
    mundo19.mudancas_config["odoo_protocolo"] = protocolo
    p = mundo19.produto("A1", "Parafuso «ção» & <b>")
    mundo19.banco.receber(confirmado(mundo19, {"produto": p, "qtd": 3, "duzia": True, "preco": 0.07}))
    mundo19.banco.editar_estoque(p, 2.5)
    mundo19.tudo_certo()


def test_xmlrpc_no_14(mundo14: Mundo) -> None:
    mundo14.mudancas_config["odoo_protocolo"] = "xmlrpc"
    mundo14.banco.receber(confirmado(mundo14, {"produto": mundo14.produto(), "qtd": 3}))
    mundo14.tudo_certo()


def test_chamadas_nao_crescem_com_as_linhas(mundo: Mundo) -> None:
    """Nada de uma chamada por linha: 5 ou 300 linhas custam o mesmo."""
    p = [mundo.produto(f"P{i}") for i in range(30)]
    f = mundo.fornecedor()

    def importar(quantas: int) -> int:
        for _ in range(quantas // 5):
            mundo.banco.receber(confirmado(mundo, *({"produto": p[i], "qtd": 1} for i in range(5)), parceiro=f))
        mundo.passar()
        antes = len(mundo.servidor.registro)
        mundo.importar("pedidos", "entradas")
        return len(mundo.servidor.registro) - antes

    importar(5)
    poucas = importar(5)
    assert importar(300) <= poucas
    mundo.passar()
    mundo.importar()
    mundo.servidor.zerar_registro()
    mundo.sem_novidade()
    assert len(mundo.servidor.registro) <= 16


def test_hora_de_sao_paulo_no_corte(mundo: Mundo) -> None:
    """O corte é o primeiro dia do mês LOCAL: à 1h UTC de 1º de dezembro ainda é novembro em São Paulo."""
    mundo.relogio.acertar(datetime(2026, 12, 1, 1, tzinfo=UTC))
    mundo.importar("pedidos")
    assert mundo.sql("SELECT corte FROM cursor_integracao WHERE fonte = 'pedidos'") == [date(2024, 11, 1)]


@pytest.mark.parametrize("limite", [1, 20_000])
def test_cabecalhos_demais_para_o_dominio(mundo: Mundo, monkeypatch: pytest.MonkeyPatch, limite: int) -> None:
    """Com mais cabeçalhos mudados do que cabem num domínio, pergunta-se pela data deles: o resultado é o mesmo."""
    from app.odoo import incremental

    monkeypatch.setattr(incremental, "MAXIMO_DOCUMENTOS_NO_DOMINIO", limite)
    monkeypatch.setattr(incremental, "LOTE_IDS", 2)
    p, f = mundo.produto(), mundo.fornecedor()
    pedidos = [mundo.banco.criar_pedido(f, [{"produto": p, "qtd": 1}, {"produto": p, "qtd": 2}]) for _ in range(5)]
    mundo.tudo_certo()
    mundo.passar(hours=1)
    for n, pedido in enumerate(pedidos[:4]):
        mundo.banco.escrever("purchase.order", pedido, {"name": f"NOVO-{n}"})
    apagada = mundo.banco.linhas_do_pedido(pedidos[1])[0]
    mundo.banco.excluir("purchase.order.line", apagada)
    mundo.passar()
    feito = mundo.importar("pedidos")["pedidos"]
    assert (feito["mudadas"], feito["excluidas"]) == (7, 1)
    mundo.tudo_certo()
