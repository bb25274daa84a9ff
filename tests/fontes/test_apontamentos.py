"""Apontamentos: a família de cada ordem no Odoo, seus movimentos, a quantidade, o estado e as datas da ordem."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.manufatura.fontes.familias import Familia, destino
from app.manufatura.services import ordens, ordens_novas
from app.manufatura.services.ordens import Autor, Status
from tests.apoio.importacao import INICIO, CercaFatal, Morte, Mundo, retrato_xmin


class Fabrica:
    """Uma fábrica de mesas: o produto M1, um componente, a estrutura; e as ordens nossas dela."""

    def __init__(self, mundo: Mundo) -> None:
        self.mundo, self.banco = mundo, mundo.banco
        self.mesa = mundo.produto("M1", "Mesa")
        self.pe = mundo.produto("P1", "Pé")
        self.estrutura = mundo.banco.criar_estrutura(self.mesa, [(self.pe, 4)])
        mundo.importar("cadastros")

    def op(self, nome: str, qtd: float = 10, *, confirmada: bool = True, **outros: Any) -> int:
        op = self.banco.criar_op(nome, outros.pop("produto", self.mesa), qtd, self.estrutura, **outros)
        if confirmada:
            self.banco.confirmar_op(op)
        return op

    def feita(self, nome: str, qtd: float = 10) -> int:
        op = self.op(nome, qtd)
        self.banco.produzir(op, qtd)
        self.banco.encerrar_op(op)
        return op

    def ordem(self, numero: int, qtd: int = 10, **outros: Any) -> None:
        nova = ordens_novas.NovaOrdem("M1", Decimal(qtd), numero=numero, **outros)
        with self.mundo.motor.begin() as conexao:
            ordens_novas.criar(conexao, [nova], Autor("ana", "teste"))

    def importar(self) -> dict[str, Any]:
        self.mundo.passar()
        return self.mundo.importar("apontamentos")["apontamentos"]

    def ver(self, numero: int) -> Any:
        return self.mundo.um("SELECT * FROM ordem_producao WHERE numero = :n", n=numero)

    def estado(self, numero: int) -> tuple[str, Decimal]:
        o = self.ver(numero)
        return o.status, o.qtd_produzida

    def movimentos(self, numero: int) -> list[tuple[Any, ...]]:
        consulta = (
            "SELECT m.tipo_movimentacao, m.cod_produto, m.qtd_movimentacao FROM movimentacao_estoque m JOIN ordem_producao o"
            " ON o.id = m.ordem_producao_id WHERE o.numero = :n ORDER BY m.odoo_id"
        )
        return [tuple(x) for x in self.mundo.sql(consulta, n=numero)]

    def avisos(self) -> list[tuple[str, str]]:
        return [tuple(x) for x in self.mundo.sql("SELECT tipo, chave FROM aviso WHERE fechado_em IS NULL ORDER BY tipo, chave")]

    def acabado(self, op: int) -> int:
        (movimento,) = (m["id"] for m in self.banco.linhas("stock.move") if m["production_id"] == op and m["state"] == "done")
        return int(movimento)


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
    b.produzir(primeira, 4)
    segunda = b.encerrar_op(primeira, saldo=True)
    fabrica.importar()
    assert fabrica.estado(16) == ("Em Produção", 4)
    assert fabrica.ver(16).data_inicio_real == date(2026, 11, 24)
    fabrica.mundo.passar(days=1)
    b.produzir(segunda, 3)
    terceira = b.encerrar_op(segunda, saldo=True)
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
    b = fabrica.banco
    op = fabrica.op("OP-000016", 20)
    for _ in range(5):
        b.produzir(op, 2)
        op = b.encerrar_op(op, saldo=True)
    fabrica.mundo.passar(days=400)
    fabrica.ordem(16, 20)
    fabrica.importar()
    assert fabrica.estado(16) == ("Em Produção", 10)
    assert len(fabrica.mundo.sql("SELECT 1 FROM odoo_op WHERE ordem_producao_id IS NOT NULL")) == 6


def test_saldo_cancelado_conclui(fabrica: Fabrica) -> None:
    b = fabrica.banco
    fabrica.ordem(1)
    op = fabrica.op("OP-000001")
    b.produzir(op, 6)
    saldo = b.encerrar_op(op, saldo=True)
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


# --- chamadas, interrupção, releitura ---------------------------------------------------------------------------------------------


def chamadas(fabrica: Fabrica) -> int:
    fabrica.mundo.passar()
    return int(fabrica.mundo.importar("apontamentos")["apontamentos"]["chamadas"])


def test_sem_ordem_nossa_nao_pergunta_nada(fabrica: Fabrica) -> None:
    fabrica.feita("OP-000001")
    assert chamadas(fabrica) == 0


def test_chamadas_nao_crescem_com_as_ordens(fabrica: Fabrica) -> None:
    fabrica.ordem(1)
    fabrica.feita("OP-000001")
    primeiras = chamadas(fabrica)
    assert chamadas(fabrica) == 2
    for numero in range(2, 42):
        fabrica.ordem(numero)
        if numero % 2:
            fabrica.feita(f"OP-{numero:06d}")
    segundas = chamadas(fabrica)
    assert segundas <= primeiras + 2
    assert chamadas(fabrica) == 2
    for op in [o["id"] for o in fabrica.banco.linhas("mrp.production")]:
        fabrica.banco.desmontar(op, 1)
    assert chamadas(fabrica) <= 4  # as duas, as desmontagens e os movimentos delas
    assert chamadas(fabrica) == 2


@pytest.mark.falha(1)
def test_morto_em_qualquer_ponto_o_resultado_e_o_mesmo(mundo19: Mundo) -> None:
    """Morto antes de cada commit e depois de cada página, a execução seguinte deixa tudo como se nada fosse."""
    fabrica = Fabrica(mundo19)
    for numero in (1, 2, 3):
        fabrica.ordem(numero)
    op = fabrica.op("OP-000001")
    fabrica.banco.produzir(op, 4)
    fabrica.banco.encerrar_op(op, saldo=True)
    fabrica.banco.desmontar(fabrica.feita("OP-000002"), 2)
    fabrica.feita("OP-000003")
    esperado = [("Em Produção", 4), ("Concluída", 8), ("Concluída", 10)]
    mortes = 0
    for ponto in range(1, 60):
        antes = mortes
        for cerca in (CercaFatal(na_transacao=ponto), CercaFatal(depois_da_pagina=ponto)):
            _esquecer_tudo(mundo19)
            mundo19.passar()
            try:
                mundo19.importar("apontamentos", cerca=cerca)
            except Morte:
                mortes += 1
            fabrica.importar()
            assert [fabrica.estado(n) for n in (1, 2, 3)] == esperado, ponto
            assert len(mundo19.sql("SELECT 1 FROM movimentacao_estoque")) == 4
        if mortes == antes:
            break
    assert mortes >= 8
    mundo19.sem_novidade("apontamentos")


def _esquecer_tudo(mundo: Mundo) -> None:
    """As ordens como recém-criadas, e nada do Odoo guardado."""
    mundo.sql("DELETE FROM movimentacao_estoque")
    for nome in ("odoo_op", "odoo_movimento", "cursor_integracao"):
        mundo.sql(f"DELETE FROM {nome}")
    mundo.sql(
        "UPDATE ordem_producao SET status = 'Liberada', qtd_produzida = 0, data_inicio_real = NULL, data_fim_real = NULL,"
        " odoo_id = NULL, odoo_procurada_em = NULL"
    )


def test_reler_um_periodo_acerta_o_que_se_perdeu_e_nao_move_o_cursor(fabrica: Fabrica) -> None:
    fabrica.ordem(1)
    fabrica.feita("OP-000001")
    fabrica.importar()
    fabrica.mundo.passar(days=3)
    fabrica.importar()
    fabrica.mundo.sql("UPDATE odoo_movimento SET quantidade = 1, qtd = 1 WHERE fonte = 'apontamentos'")
    fabrica.mundo.sql("UPDATE movimentacao_estoque SET qtd_movimentacao = 1")
    antes = fabrica.mundo.cursor("apontamentos")
    fabrica.importar()
    assert fabrica.movimentos(1) == [("PRODUCAO", "M1", 1)]
    fabrica.mundo.importar("apontamentos", desde=date(2026, 11, 20))
    assert fabrica.movimentos(1) == [("PRODUCAO", "M1", 10)]
    assert fabrica.estado(1) == ("Concluída", 10)
    assert fabrica.mundo.cursor("apontamentos").cursor >= antes.cursor


def test_simulacao_nao_escreve(fabrica: Fabrica) -> None:
    from app.manufatura.fontes import apontamentos, sessao

    fabrica.ordem(1)
    fabrica.feita("OP-000001")
    fabrica.mundo.passar()
    antes = retrato_xmin(fabrica.mundo.motor)
    with fabrica.mundo.motor.connect() as conexao, conexao.begin() as transacao:
        with sessao.abrir(fabrica.mundo.config, fabrica.mundo.motor, fabrica.mundo.nosso_relogio(), simulada=conexao) as contexto:
            contagem = apontamentos.importar(contexto)
        transacao.rollback()
    assert contagem.novas == 2
    assert retrato_xmin(fabrica.mundo.motor) == antes


# --- a regra, sem banco -----------------------------------------------------------------------------------------------------------


def _familia(membros: int, feitas: int = 0, canceladas: int = 0, andamento: int = 0, produziu: bool = False) -> Familia:
    return Familia(membros, feitas, canceladas, andamento, produziu)


@pytest.mark.parametrize(
    ("atual", "familia", "esperado"),
    [
        (Status.LIBERADA, _familia(0), None),
        (Status.LIBERADA, _familia(1), None),
        (Status.LIBERADA, _familia(1, canceladas=1), None),
        (Status.LIBERADA, _familia(1, andamento=1), Status.EM_PRODUCAO),
        (Status.LIBERADA, _familia(2, feitas=1, produziu=True), Status.EM_PRODUCAO),
        (Status.LIBERADA, _familia(2, feitas=1), None),
        (Status.LIBERADA, _familia(2, feitas=1, canceladas=1), Status.CONCLUIDA),
        (Status.PLANEJADA, _familia(1, feitas=1, produziu=True), Status.CONCLUIDA),
        (Status.EM_PRODUCAO, _familia(1), None),
        (Status.EM_PRODUCAO, _familia(1, andamento=1), None),
        (Status.CONCLUIDA, _familia(1, feitas=1), None),
        (Status.CONCLUIDA, _familia(2, feitas=1), Status.EM_PRODUCAO),
        (Status.CONCLUIDA, _familia(1), None),
        (Status.CONCLUIDA, _familia(1, canceladas=1), None),
        (Status.CANCELADA, _familia(1, feitas=1, produziu=True), None),
    ],
)
def test_destino(atual: Status, familia: Familia, esperado: Status | None) -> None:
    assert destino(atual, familia) is esperado


def test_estados_do_codigo_sao_os_do_banco() -> None:
    from app.manufatura.tabelas.producao import STATUS_ORDEM

    assert tuple(ordens.Status) == STATUS_ORDEM
