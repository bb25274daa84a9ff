"""Apontamentos: a família de cada ordem no Odoo, seus movimentos, a quantidade, o estado e as datas da ordem."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.manufatura.services.ordens import Status
from tests.apoio.importacao import INICIO, Mundo
from tests.fontes.mesas import Fabrica


@pytest.fixture
def fabrica(mundo: Mundo) -> Fabrica:
    return Fabrica(mundo)


# --- o estado de cada ordem -----------------------------------------------------------------------------------------------------


def test_cada_estado_do_odoo(fabrica: Fabrica) -> None:
    """Seis OPs, uma em cada estado, e o que cada uma faz da sua ordem."""
    b = fabrica.banco
    fabrica.op("OP-000001", confirmada=False)
    fabrica.op("OP-000002")
    b.produzir(fabrica.op("OP-000003"), 4)
    b.produzir(fabrica.op("OP-000004"), 10)
    fabrica.feita("OP-000005", 8)
    b.cancelar_op(fabrica.op("OP-000006"))
    for numero in range(1, 7):
        fabrica.ordem(numero)
    feito = fabrica.importar()
    assert [fabrica.estado(n) for n in range(1, 7)] == [
        ("Liberada", 0),
        ("Liberada", 0),
        ("Em Produção", 0),
        ("Em Produção", 0),
        ("Concluída", 8),
        ("Liberada", 0),
    ]
    concluida = fabrica.ver(5)
    assert (concluida.data_inicio_real, concluida.data_fim_real) == (date(2026, 11, 24), date(2026, 11, 24))
    assert (fabrica.ver(3).data_inicio_real, fabrica.ver(3).data_fim_real) == (None, None)
    assert fabrica.avisos() == [("op_cancelada_no_odoo", "OP-000006")]
    assert fabrica.movimentos(5) == [("PRODUCAO", "M1", 8)]
    assert (feito["novas"], feito["mudadas"], feito["rejeitados"]) == (7, 0, 0)
    fabrica.mundo.sem_novidade("apontamentos")
    assert fabrica.avisos() == [("op_cancelada_no_odoo", "OP-000006")]


def test_parcial_renomeia_e_a_familia_segue(fabrica: Fabrica) -> None:
    """10 mesas: 4 no dia 24, 3 no dia 25, 3 no dia 26; a OP vira -001, -002 e -003."""
    b = fabrica.banco
    fabrica.ordem(16)
    primeira = fabrica.op("OP-000016")
    fabrica.importar()
    segunda = fabrica.parcial(primeira, 4)
    fabrica.importar()
    assert fabrica.estado(16) == ("Em Produção", 4)
    assert fabrica.ver(16).data_inicio_real == date(2026, 11, 24)
    fabrica.mundo.passar(days=1)
    terceira = fabrica.parcial(segunda, 3)
    fabrica.importar()
    assert fabrica.estado(16) == ("Em Produção", 7)
    fabrica.mundo.passar(days=1)
    b.produzir(terceira, 3)
    b.encerrar_op(terceira)
    fabrica.importar()
    ordem = fabrica.ver(16)
    assert (ordem.status, ordem.qtd_produzida, ordem.data_inicio_real, ordem.data_fim_real) == (
        "Concluída",
        10,
        date(2026, 11, 24),
        date(2026, 11, 26),
    )
    assert ordem.odoo_id == primeira
    nomes = fabrica.mundo.sql("SELECT nome FROM odoo_op ORDER BY odoo_id")
    assert nomes == ["OP-000016-001", "OP-000016-002", "OP-000016-003"]
    assert fabrica.movimentos(16) == [("PRODUCAO", "M1", 4), ("PRODUCAO", "M1", 3), ("PRODUCAO", "M1", 3)]
    fabrica.mundo.sem_novidade("apontamentos")


def test_ordem_criada_depois_da_producao(fabrica: Fabrica) -> None:
    """A família já tinha quatro OPs, com nomes que a busca não pergunta: o grupo as traz."""
    op = fabrica.op("OP-000016", 20)
    for _ in range(5):
        op = fabrica.parcial(op, 2)
    fabrica.mundo.passar(days=400)
    fabrica.ordem(16, 20)
    fabrica.importar()
    assert fabrica.estado(16) == ("Em Produção", 10)
    assert len(fabrica.mundo.sql("SELECT 1 FROM odoo_op WHERE ordem_producao_id IS NOT NULL")) == 6


def test_saldo_cancelado_conclui(fabrica: Fabrica) -> None:
    b = fabrica.banco
    fabrica.ordem(1)
    op = fabrica.op("OP-000001")
    saldo = fabrica.parcial(op, 6)
    fabrica.importar()
    b.cancelar_op(saldo)
    fabrica.importar()
    assert fabrica.estado(1) == ("Concluída", 6)
    assert fabrica.avisos() == []


@pytest.mark.falha(31)
def test_desmontagem_diminui_e_nao_reabre(fabrica: Fabrica) -> None:
    """Desmontar não desfaz o encerramento no Odoo: a quantidade cai, o estado fica."""
    fabrica.ordem(1)
    op = fabrica.feita("OP-000001")
    fabrica.importar()
    fabrica.mundo.passar(days=1)
    fabrica.banco.desmontar(op, 3)
    fabrica.importar()
    assert fabrica.estado(1) == ("Concluída", 7)
    assert fabrica.movimentos(1) == [("PRODUCAO", "M1", 10), ("ESTORNO_PRODUCAO", "M1", -3)]
    fabrica.banco.desmontar(op, 7)
    fabrica.importar()
    assert fabrica.estado(1) == ("Concluída", 0)
    referencias = fabrica.mundo.sql("SELECT DISTINCT referencia FROM movimentacao_estoque ORDER BY 1")
    assert referencias == ["OP-000001", "UB/00001", "UB/00002"]
    fabrica.mundo.sem_novidade("apontamentos")


@pytest.mark.falha(31)
def test_quantidade_feita_corrigida(fabrica: Fabrica) -> None:
    """A correção muda o mesmo movimento, e o valor antigo fica na auditoria."""
    fabrica.ordem(1)
    op = fabrica.feita("OP-000001")
    fabrica.importar()
    fabrica.mundo.passar(days=1)
    fabrica.banco.corrigir_feito(fabrica.acabado(op), 8)
    fabrica.importar()
    assert fabrica.estado(1) == ("Concluída", 8)
    assert fabrica.movimentos(1) == [("PRODUCAO", "M1", 8)]
    antes, depois = fabrica.mundo.um("SELECT antes, depois FROM auditoria WHERE tabela = 'movimentacao_estoque'")
    assert (antes["qtd_movimentacao"], depois["qtd_movimentacao"]) == ("10", "8")


@pytest.mark.falha(26)
def test_movimento_desfeito_no_odoo(fabrica: Fabrica) -> None:
    """Um módulo que cancela movimentos feitos: o movimento sai do estoque, com o valor na auditoria, e a soma o acompanha."""
    fabrica.ordem(1)
    op = fabrica.feita("OP-000001")
    fabrica.importar()
    fabrica.mundo.passar(days=1)
    fabrica.banco.escrever_cru("stock.move", fabrica.acabado(op), {"state": "cancel"})
    fabrica.importar()
    assert fabrica.ver(1).qtd_produzida == 0
    assert fabrica.movimentos(1) == []
    assert fabrica.mundo.um("SELECT acao FROM auditoria WHERE tabela = 'movimentacao_estoque'") == "remover"
    fabrica.mundo.sem_novidade("apontamentos")


def test_planejada_que_ja_produz_anda_com_aviso(fabrica: Fabrica) -> None:
    fabrica.ordem(1, status=Status.PLANEJADA)
    op = fabrica.op("OP-000001")
    fabrica.importar()
    assert fabrica.estado(1) == ("Planejada", 0)
    fabrica.banco.produzir(op, 2)
    fabrica.importar()
    assert fabrica.estado(1) == ("Em Produção", 0)
    assert fabrica.avisos() == [("planejada_em_producao", "OP-000001")]
    fabrica.banco.encerrar_op(op)
    fabrica.importar()
    fabrica.importar()
    assert fabrica.estado(1) == ("Concluída", 2)
    assert fabrica.avisos() == []
    acoes = fabrica.mundo.sql("SELECT acao, antes->>'status', depois->>'status' FROM auditoria WHERE tabela = 'ordem_producao' ORDER BY id")
    assert [tuple(a) for a in acoes[1:]] == [
        ("ordem iniciar", "Planejada", "Em Produção"),
        ("ordem concluir", "Em Produção", "Concluída"),
    ]


def test_saldo_novo_reabre_a_concluida(fabrica: Fabrica) -> None:
    """Uma OP a mais no mesmo grupo (uma divisão feita depois): a ordem volta a Em Produção, sem data de fim."""
    fabrica.ordem(1)
    op = fabrica.feita("OP-000001")
    fabrica.importar()
    grupo = fabrica.banco._grupo
    outra = fabrica.op("OP-000001-002", 5, **{grupo: fabrica.banco.exigir("mrp.production", op)[grupo]})
    fabrica.importar()
    assert fabrica.estado(1) == ("Em Produção", 10)
    assert fabrica.ver(1).data_fim_real is None
    fabrica.banco.produzir(outra, 5)
    fabrica.banco.encerrar_op(outra)
    fabrica.importar()
    assert fabrica.estado(1) == ("Concluída", 15)


def test_todas_canceladas_avisa_e_nao_cancela(fabrica: Fabrica) -> None:
    fabrica.ordem(1)
    op = fabrica.op("OP-000001")
    fabrica.importar()
    fabrica.banco.cancelar_op(op)
    fabrica.importar()
    assert fabrica.estado(1) == ("Liberada", 0)
    assert fabrica.avisos() == [("op_cancelada_no_odoo", "OP-000001")]
    fabrica.mundo.sql("UPDATE ordem_producao SET status = 'Cancelada'")
    fabrica.importar()
    assert fabrica.avisos() == []


def test_cancelada_aqui_e_aberta_la(fabrica: Fabrica) -> None:
    """Uma Cancelada não muda de estado pelo Odoo; o que ele produzir ainda entra no estoque e na soma."""
    fabrica.ordem(1)
    op = fabrica.op("OP-000001")
    fabrica.importar()
    fabrica.mundo.sql("UPDATE ordem_producao SET status = 'Cancelada'")
    fabrica.importar()
    assert fabrica.avisos() == [("op_aberta_de_ordem_cancelada", "OP-000001")]
    fabrica.banco.produzir(op, 10)
    fabrica.banco.encerrar_op(op)
    fabrica.importar()
    assert fabrica.estado(1) == ("Cancelada", 10)
    assert fabrica.avisos() == []


@pytest.mark.falha(26)
def test_op_apagada(fabrica: Fabrica) -> None:
    """Apagar não deixa rastro; a falta dela é notada, e uma OP nova com o mesmo nome entra no lugar."""
    fabrica.ordem(1)
    op = fabrica.op("OP-000001", confirmada=False)
    fabrica.importar()
    fabrica.banco.excluir("mrp.production", [op])
    feito = fabrica.importar()
    assert feito["excluidas"] == 1
    assert fabrica.avisos() == [("op_sumiu_do_odoo", "OP-000001")]
    nova = fabrica.feita("OP-000001")
    fabrica.importar()
    assert fabrica.estado(1) == ("Concluída", 10)
    assert fabrica.ver(1).odoo_id == nova
    assert fabrica.avisos() == []


# --- de quem é cada OP ----------------------------------------------------------------------------------------------------------


def test_op_de_outro_produto_nao_entra(fabrica: Fabrica) -> None:
    outro = fabrica.mundo.produto("X9", "Cadeira")
    fabrica.ordem(1)
    op = fabrica.op("OP-000001", produto=outro)
    fabrica.banco.produzir(op, 10)
    fabrica.banco.encerrar_op(op)
    fabrica.importar()
    fabrica.importar()
    assert fabrica.estado(1) == ("Liberada", 0)
    assert fabrica.mundo.sql("SELECT 1 FROM movimentacao_estoque") == []
    assert fabrica.avisos() == [("op_de_outro_produto", "OP-000001")]
    mensagem = fabrica.mundo.um("SELECT mensagem FROM aviso")
    assert "X9" in mensagem
    assert "M1" in mensagem
    fabrica.banco.escrever("mrp.production", op, {"name": "WH/MO/00077"})
    fabrica.feita("OP-000001", 9)
    fabrica.importar()
    assert fabrica.estado(1) == ("Concluída", 9)
    assert fabrica.avisos() == []


def test_op_renomeada_para_o_nosso_numero_traz_o_que_ja_produziu(fabrica: Fabrica) -> None:
    """O movimento é de um mês antes da janela; a OP só passou a ser nossa hoje."""
    fabrica.ordem(1)
    fabrica.importar()
    op = fabrica.feita("WH/MO/00001")
    fabrica.importar()
    fabrica.mundo.passar(days=30)
    fabrica.importar()
    fabrica.banco.escrever("mrp.production", op, {"name": "OP-000001"})
    fabrica.importar()
    assert fabrica.estado(1) == ("Concluída", 10)
    fabrica.banco.escrever("mrp.production", op, {"name": "outro nome"})
    fabrica.importar()
    assert fabrica.estado(1) == ("Concluída", 10)


def test_op_que_muda_de_produto_sai_da_familia(fabrica: Fabrica) -> None:
    fabrica.ordem(1)
    op = fabrica.op("OP-000001", confirmada=False)
    fabrica.importar()
    assert fabrica.ver(1).odoo_id == op
    fabrica.banco.escrever("mrp.production", op, {"product_id": fabrica.pe})
    fabrica.importar()
    assert fabrica.ver(1).odoo_id is None
    assert fabrica.avisos() == [("op_de_outro_produto", "OP-000001")]


def test_nome_parecido_nao_confunde(fabrica: Fabrica) -> None:
    """OP-0000011 e OP-000001-01 não são da família de OP-000001; OP-1000001 é de outra ordem."""
    fabrica.ordem(1)
    fabrica.feita("OP-0000011", 1)
    fabrica.feita("OP-000001-01", 2)
    fabrica.feita("OP-1000001", 4)
    fabrica.importar()
    assert fabrica.estado(1) == ("Liberada", 0)
    assert fabrica.avisos() == []


# --- quantidades ----------------------------------------------------------------------------------------------------------------


def test_op_em_duzias_conta_na_unidade_do_produto(fabrica: Fabrica) -> None:
    fabrica.ordem(1, 24)
    op = fabrica.op("OP-000001", 2)
    for m in fabrica.banco.linhas("stock.move"):
        if m["production_id"] == op:
            fabrica.banco.escrever_cru("stock.move", m["id"], {"product_uom": fabrica.banco.refs["duzia"]})
    fabrica.banco.produzir(op, 2)
    fabrica.banco.encerrar_op(op)
    fabrica.importar()
    assert fabrica.estado(1) == ("Concluída", 24)


def test_subproduto_e_refugo_nao_contam_na_ordem(fabrica: Fabrica) -> None:
    """O subproduto é movimento do produto dele; o refugo do acabado traz production_id e não é produção."""
    b = fabrica.banco
    sobra = fabrica.mundo.produto("S1", "Serragem")
    fabrica.ordem(1)
    op = fabrica.feita("OP-000001")
    b.concluir_movimento(b.criar_movimento(sobra, 3, b.refs["fabrica"], b.refs["estoque"], production_id=op, reference="OP-000001"))
    b.concluir_movimento(b.criar_movimento(fabrica.mesa, 1, b.refs["estoque"], b.refs["ajuste"], production_id=op, reference="SP/1"))
    fabrica.importar()
    assert fabrica.estado(1) == ("Concluída", 10)
    assert fabrica.movimentos(1) == [("PRODUCAO", "M1", 10), ("PRODUCAO", "S1", 3)]


@pytest.mark.falha(23)
def test_datas_sao_as_locais(mundo: Mundo) -> None:
    """01:30 UTC de 1º de dezembro é 30 de novembro em São Paulo."""
    fabrica = Fabrica(mundo)
    fabrica.ordem(1)
    mundo.relogio.avancar(datetime(2026, 12, 1, 1, 30, tzinfo=UTC) - INICIO)
    fabrica.feita("OP-000001")
    fabrica.importar()
    ordem = fabrica.ver(1)
    assert (ordem.data_inicio_real, ordem.data_fim_real) == (date(2026, 11, 30), date(2026, 11, 30))


def test_encerramento_datado_antes_do_movimento(fabrica: Fabrica) -> None:
    """O Odoo deixa escrever a data do encerramento: o início nunca passa do fim."""
    fabrica.ordem(1)
    op = fabrica.feita("OP-000001")
    fabrica.banco.escrever("mrp.production", op, {"date_finished": "2026-11-20 15:00:00"})
    fabrica.importar()
    ordem = fabrica.ver(1)
    assert (ordem.data_inicio_real, ordem.data_fim_real) == (date(2026, 11, 20), date(2026, 11, 20))


@pytest.mark.falha(27)
def test_movimento_envenenado_fica_de_fora_e_sara(fabrica: Fabrica) -> None:
    for numero in (1, 2):
        fabrica.ordem(numero)
    fabrica.feita("OP-000001")
    ruim = fabrica.acabado(fabrica.feita("OP-000002"))
    fabrica.banco.corrigir_feito(ruim, 1e30)
    feito = fabrica.importar()
    assert feito["rejeitados"] == 1
    assert (fabrica.estado(1), fabrica.estado(2)) == (("Concluída", 10), ("Concluída", 0))
    assert fabrica.mundo.um("SELECT odoo_id FROM rejeicao_integracao WHERE resolvida_em IS NULL") == ruim
    fabrica.mundo.passar(days=2)
    fabrica.banco.corrigir_feito(ruim, 9)
    fabrica.importar()
    assert fabrica.estado(2) == ("Concluída", 9)
    assert fabrica.mundo.sql("SELECT 1 FROM rejeicao_integracao WHERE resolvida_em IS NULL") == []


def test_unidade_corrigida_no_cadastro_refaz_a_soma(fabrica: Fabrica) -> None:
    fabrica.ordem(1)
    fabrica.feita("OP-000001")
    fabrica.importar()
    molde = fabrica.banco.exigir("product.product", fabrica.mesa)["product_tmpl_id"]
    fabrica.banco.escrever_cru("product.template", molde, {"uom_id": fabrica.banco.refs["duzia"]})
    fabrica.banco.escrever_cru("product.product", fabrica.mesa, {"uom_id": fabrica.banco.refs["duzia"]})
    fabrica.mundo.passar()
    fabrica.mundo.importar("cadastros")
    assert fabrica.ver(1).qtd_produzida.quantize(Decimal("0.0001")) == Decimal("0.8333")
