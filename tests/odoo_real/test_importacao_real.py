"""Aceitação das importações nos Odoo 14 e 19 de verdade: as mesmas histórias do simulado, conferidas pelo mesmo oráculo."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app import relogio
from app.manufatura.fontes.registro import FONTES as REGISTRADAS
from app.manufatura.jobs import importacao
from app.odoo.erros import AcessoNegado, BancoInexistente, CredenciaisRecusadas, ErroOdoo, VariosBancos
from tests.apoio.importacao import FONTES
from tests.apoio.odoo import ligar_real
from tests.apoio.pg import BancoTeste
from tests.odoo_real.mundo import MundoReal

pytestmark = [pytest.mark.requer("odoo_real"), pytest.mark.timeout(900)]


def pedir(mundo: MundoReal, sufixo: str, *itens: dict[str, Any], confirmar: bool = True, **outros: Any) -> tuple[int, list[int]]:
    """Um produto e um fornecedor novos, e um pedido deles; devolve o pedido e as suas linhas."""
    produto = mundo.odoo.criar_produto(f"Produto {sufixo}", sufixo)
    fornecedor = mundo.odoo.criar_parceiro(f"Fornecedor {sufixo}", vat="11.222.333/0001-81")
    pedido = mundo.odoo.criar_pedido(fornecedor, [{"produto": produto, **i} for i in itens], **outros)
    if confirmar:
        mundo.odoo.confirmar_pedido(pedido)
    return pedido, mundo.odoo.linhas_do_pedido(pedido)


def linha(mundo: MundoReal, odoo_id: int) -> Any:
    return mundo.um("SELECT * FROM pedido_compras WHERE odoo_id = :i", i=odoo_id)


@pytest.mark.parametrize("versao", [14, 19], ids=["real14", "real19"])
def test_importacao_completa_do_pequeno(versao: int, banco_pg: BancoTeste) -> None:
    """O conjunto pequeno inteiro, só lido: igual ao oráculo; a segunda vez não escreve nada e custa poucas chamadas."""
    mundo = MundoReal(ligar_real(versao, "pequeno"), banco_pg)
    mundo.tudo_certo()
    assert mundo.um("SELECT count(*) FROM pedido_compras") == len(
        mundo.edicao.procurar("purchase.order.line", [["product_id", "!=", False]])
    )
    with mundo.sessao() as contexto:
        for fonte in REGISTRADAS:
            importacao.importar(fonte, contexto)
        assert contexto.cliente.chamadas <= 16
    assert mundo.reconciliar().igual


@pytest.mark.falha(31)
def test_vida_de_um_pedido(real: MundoReal, sufixo: str) -> None:
    """Dúzia a R$ 60; 7 recebidas, o resto depois; volta uma parte; corrige-se o feito; edita-se, trava-se e destrava-se."""
    pedido, (duzia, avulsas) = pedir(real, sufixo, {"qtd": 1, "preco": 60, "duzia": True}, {"qtd": 4, "preco": 6.5})
    real.tudo_certo()
    achada = linha(real, duzia)
    assert (achada.qtd_produto_pedido, achada.preco_produto_pedido) == (12, 5)
    assert achada.cnpj_fornecedor == "11222333000181"
    assert achada.confirmacao_pedido is False
    (entrada,) = real.odoo.receber(pedido, {duzia: 7})
    real.tudo_certo()
    assert (linha(real, duzia).qtd_recebida, linha(real, duzia).confirmacao_pedido) == (7, True)
    real.odoo.receber(pedido)
    real.tudo_certo()
    assert (linha(real, duzia).qtd_recebida, linha(real, avulsas).qtd_recebida) == (12, 4)
    real.odoo.devolver(entrada, 3)
    real.tudo_certo()
    assert linha(real, duzia).qtd_recebida == 9
    real.odoo.corrigir_feito(entrada, 6)
    real.tudo_certo()
    assert linha(real, duzia).qtd_recebida == 8
    for mudanca in ({"product_qty": 9}, {"price_unit": 7.25}, {"date_planned": "2027-01-01 02:00:00"}):
        real.odoo.mudar_linha(avulsas, **mudanca)
        real.tudo_certo()
    achada = linha(real, avulsas)
    assert (achada.qtd_produto_pedido, achada.preco_produto_pedido) == (9, Decimal("7.25"))
    assert str(achada.data_pedido_previsao) == "2026-12-31"
    real.odoo.travar_pedido(pedido)
    real.tudo_certo()
    real.odoo.destravar_pedido(pedido)
    real.odoo.escrever("purchase.order", pedido, {"name": f"PC-{sufixo}"})
    real.tudo_certo()
    assert linha(real, duzia).num_pedido == f"PC-{sufixo}"


@pytest.mark.falha(26)
def test_cancela_reabre_e_apaga(real: MundoReal, sufixo: str) -> None:
    pedido, (a, b) = pedir(real, sufixo, {"qtd": 1}, {"qtd": 2}, confirmar=False)
    real.tudo_certo()
    real.odoo.excluir("purchase.order.line", b)
    real.tudo_certo()
    assert [linha(real, i).status_odoo for i in (a, b)] == ["draft", "excluida"]
    real.odoo.confirmar_pedido(pedido)
    real.tudo_certo()
    real.odoo.cancelar_pedido(pedido)
    real.tudo_certo()
    assert linha(real, a).status_odoo == "cancel"
    real.odoo.reabrir_pedido(pedido)
    real.odoo.acrescentar_linha(pedido, {"produto": real.odoo.ver("purchase.order.line", a, "product_id")["product_id"], "qtd": 3})
    real.tudo_certo()
    real.odoo.cancelar_pedido(pedido)
    real.odoo.excluir("purchase.order", pedido)
    real.passar()
    real.importar()
    assert real.reconciliar().igual  # apagar o pedido inteiro não deixa rastro
    assert linha(real, a).status_odoo == "excluida"
    real.tudo_certo()


@pytest.mark.falha(26)
def test_19_cancela_pedido_recebido(banco_pg: BancoTeste, sufixo: str) -> None:
    """Só o 19 deixa: o recebido continua, e o que faltava deixa de faltar."""
    from tests.odoo_real.conftest import rascunho

    real = MundoReal(rascunho(19), banco_pg)
    pedido, (a,) = pedir(real, f"{sufixo}R", {"qtd": 5})
    real.odoo.receber(pedido, {a: 2})
    real.odoo.cancelar_pedido(pedido)
    real.tudo_certo()
    assert (linha(real, a).status_odoo, linha(real, a).qtd_recebida) == ("cancel", 2)


def test_requisicoes(real: MundoReal, sufixo: str) -> None:
    produto = real.odoo.criar_produto(f"Produto {sufixo}", sufixo)
    fornecedor = real.odoo.criar_parceiro(f"Fornecedor {sufixo}")
    req = real.odoo.criar_requisicao([{"produto": produto, "qtd": 3}], fornecedor=fornecedor)
    real.tudo_certo()

    def status() -> list[str]:
        return real.sql("SELECT status FROM requisicao_compras WHERE odoo_documento_id = :r", r=req)

    assert status() == ["Requisitada"]
    real.odoo.confirmar_requisicao(req)
    pedido = real.odoo.criar_pedido(fornecedor, [{"produto": produto, "qtd": 3}], requisition_id=req)
    real.tudo_certo()
    assert status() == ["Em Cotação"]
    assert real.sql("SELECT num_requisicao FROM pedido_compras WHERE odoo_documento_id = :p", p=pedido) == [
        real.odoo.ver("purchase.requisition", req, "name")["name"]
    ]
    real.odoo.confirmar_pedido(pedido)
    real.tudo_certo()
    assert status() == ["Pedido Colocado"]
    real.odoo.cancelar_pedido(pedido)
    real.odoo.cancelar_requisicao(req)
    real.tudo_certo()
    assert status() == ["Cancelada"]


@pytest.mark.falha(30)
def test_cadastros_mudam(real: MundoReal, sufixo: str) -> None:
    """Renomear o template, trocar o código, arquivar, repetir código, mudar o fornecedor: as linhas acompanham."""
    pedido, (a,) = pedir(real, sufixo, {"qtd": 5})
    real.odoo.receber(pedido)
    real.tudo_certo()
    produto = real.odoo.ver("purchase.order.line", a, "product_id")["product_id"]
    molde = real.odoo.ver("product.product", produto, "product_tmpl_id")["product_tmpl_id"]
    real.odoo.escrever("product.template", molde, {"name": f"Renomeado {sufixo}"})
    real.tudo_certo()
    assert linha(real, a).nome_produto == f"Renomeado {sufixo}"
    real.odoo.escrever("product.product", produto, {"default_code": f" {sufixo}-N "})
    real.odoo.criar_produto("Gêmeo", f"{sufixo}-N")
    real.tudo_certo()
    assert linha(real, a).cod_produto == f"{sufixo}-N"
    assert real.um("SELECT odoo_produto_id FROM cadastro_palletizacao WHERE cod_produto = :c", c=f"{sufixo}-N") == produto
    real.odoo.escrever("product.product", produto, {"active": False})
    parceiro = real.odoo.ver("purchase.order", pedido, "partner_id")["partner_id"]
    real.odoo.escrever("res.partner", parceiro, {"name": f"Novo nome {sufixo}"})
    real.tudo_certo()
    assert linha(real, a).raz_social == f"Novo nome {sufixo}"


@pytest.mark.falha(24)
def test_gravacao_tardia(real: MundoReal, sufixo: str) -> None:
    """Uma transação aberta no PostgreSQL do Odoo enquanto outra edição é confirmada e lida: a tardia tem o write_date do começo."""
    _, (a,) = pedir(real, sufixo, {"qtd": 1}, confirmar=False)
    _, (b,) = pedir(real, f"{sufixo}B", {"qtd": 2}, confirmar=False)  # noutro pedido: o 14 regrava as linhas irmãs
    real.tudo_certo()
    with real.odoo.escrita_demorada("purchase.order.line", a, {"price_unit": 77}):
        real.passar()
        real.odoo.mudar_linha(b, price_unit=88)
        real.passar()
        real.importar()
        assert real.cursor("pedidos").cursor > real.um("SELECT odoo_write_date FROM pedido_compras WHERE odoo_id = :i", i=a)
        assert linha(real, b).preco_produto_pedido == 88
        assert linha(real, a).preco_produto_pedido == 1
    real.passar()
    real.importar()
    assert linha(real, a).preco_produto_pedido == 77
    real.conferir()


@pytest.mark.falha(24)
def test_gravacao_mais_tardia_que_a_sobreposicao(real: MundoReal, sufixo: str) -> None:
    """Sem sobreposição nenhuma, é a reconciliação que acha a linha que o cursor já tinha passado."""
    _pedido, (a, _b) = pedir(real, sufixo, {"qtd": 1}, {"qtd": 2}, confirmar=False)
    real.mudancas_config["odoo_sobreposicao"] = "0"
    real.passar()
    real.importar()
    with real.odoo.escrita_demorada("purchase.order.line", a, {"price_unit": 77}):
        real.passar()
        real.odoo.escrever("purchase.order", real.odoo.criar_pedido(1, []), {})
        real.passar()
        real.importar()
    real.importar()
    assert linha(real, a).preco_produto_pedido == 1
    assert real.reconciliar().igual
    assert linha(real, a).preco_produto_pedido == 77
    real.conferir(menos=("odoo_write_date", "odoo_documento_write_date"))


@pytest.mark.parametrize("protocolo", ["json2", "jsonrpc", "xmlrpc"])
def test_tres_portas(real: MundoReal, sufixo: str, protocolo: str) -> None:
    if protocolo == "json2" and real.versao < 19:
        protocolo = "auto"
    real.mudancas_config["odoo_protocolo"] = protocolo
    pedido, _ = pedir(real, sufixo, {"qtd": 1.5, "preco": 0.07, "duzia": True})
    real.odoo.receber(pedido)
    real.tudo_certo()


def importar_cada(mundo: MundoReal) -> dict[str, ErroOdoo]:
    erros: dict[str, ErroOdoo] = {}
    with mundo.sessao() as contexto:
        for fonte in FONTES:
            try:
                importacao.importar(fonte, contexto)
            except ErroOdoo as erro:
                erros[fonte] = erro
    return erros


@pytest.mark.falha(20)
def test_usuario_sem_direitos(real: MundoReal, sufixo: str) -> None:
    """Um usuário interno sem grupos: cada fonte que não pode diz o modelo; nada é insistido, e nada fica pela metade."""
    login, senha = f"sem.direitos.{sufixo}", "uma-senha-longa-9"
    real.odoo.criar_usuario(login, senha)
    real.mudancas_config.update(odoo_user=login, odoo_password=senha, odoo_api_key=None)
    erros = importar_cada(real)
    negados = {"requisicoes": "purchase.requisition", "pedidos": "purchase.order", "entradas": "stock.move"}
    for fonte, modelo in negados.items():
        assert isinstance(erros[fonte], AcessoNegado), (fonte, erros.get(fonte))
        assert modelo in str(erros[fonte])
        assert not erros[fonte].transitorio
    assert real.um("SELECT count(*) FROM pedido_compras") == 0
    assert real.cursor("pedidos") is None


@pytest.mark.falha(20)
def test_senha_errada(real: MundoReal) -> None:
    real.mudancas_config.update(odoo_password="errada", odoo_api_key=None)
    with pytest.raises(CredenciaisRecusadas):
        real.importar()
    del real.mudancas_config["odoo_password"], real.mudancas_config["odoo_api_key"]
    real.importar("cadastros")  # a certa continua entrando


def test_varios_bancos_a_vista(real: MundoReal, sufixo: str) -> None:
    """Sem ODOO_DB, com vários à vista: diz quais há. Com um que não existe: diz isso. Com o certo, anda (no 14, até os erros vêm
    em HTML)."""
    real.mudancas_config["odoo_db"] = None
    with pytest.raises(VariosBancos, match=real.real.banco):
        real.importar("cadastros")
    real.mudancas_config["odoo_db"] = "nao_existe_este_banco"
    with pytest.raises(BancoInexistente):
        real.importar("cadastros")
    del real.mudancas_config["odoo_db"]
    real.importar("cadastros")
    assert real.um("SELECT count(*) FROM odoo_produto") > 0


@pytest.mark.falha(21)
def test_cursor_e_do_odoo(real: MundoReal, sufixo: str) -> None:
    """O nosso relógio um dia atrasado não muda o que se lê."""
    real.nosso_relogio = lambda: relogio.agora() - timedelta(days=1)
    _pedido, (a,) = pedir(real, sufixo, {"qtd": 1})
    real.tudo_certo()
    real.odoo.mudar_linha(a, product_qty=3)
    real.tudo_certo()
    assert linha(real, a).qtd_produto_pedido == 3
