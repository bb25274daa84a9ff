"""A vida de uma ordem pelas mãos de uma pessoa: o que cada passo muda, o que recusa e o que diz, e o que a rodada propaga."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from app.manufatura.services import calendario_banco
from app.manufatura.services.mto import rodada, trava
from app.manufatura.services.ordens import Autor, OrdemDesconhecida
from app.manufatura.services.ordens_vida import ajuste, conclusao, passos
from app.manufatura.services.ordens_vida.recusas import (
    ConcluiNoOdoo,
    DataOcupada,
    DemandaAcabou,
    EstadoNaoPermite,
    FaltaComprar,
    FilhaPlanejada,
    NadaProduzido,
    NaoRetem,
    OrdemRecusada,
    QuantidadeAbaixoDoProduzido,
    SegueADemanda,
)
from tests.planejamento.fabrica import HOJE, Fabrica, dia

T = TypeVar("T")
ANA = Autor("ana", "teste")
AGORA = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def passo(fabrica: Fabrica, um: Callable[[Connection], T]) -> T:
    """O passo e a rodada que o propaga, com commit."""
    with fabrica.motor.begin() as conexao:
        trava.travar(conexao)
        feito = um(conexao)
        rodada.executar(conexao, fabrica.hoje, fabrica.ajustes)
    return feito


def liberar(fabrica: Fabrica, numero: int, **opcoes: object) -> list[str]:
    return [m.numero_ordem for m in passo(fabrica, lambda c: passos.liberar(c, numero, ANA, **opcoes))]  # type: ignore[arg-type]


def concluir(fabrica: Fabrica, numero: int, qtd: object = None) -> conclusao.Conclusao:
    quanto = Decimal(str(qtd)) if qtd is not None else None
    return passo(fabrica, lambda c: conclusao.concluir(c, numero, ANA, HOJE, AGORA, quanto))


def ajustar(fabrica: Fabrica, numero: int, qtd: object = None, entrega: str | None = None) -> ajuste.Ajuste:
    def um(conexao: Connection) -> ajuste.Ajuste:
        calendario = calendario_banco.garantir(conexao, HOJE, (), True)
        quanto = Decimal(str(qtd)) if qtd is not None else None
        return ajuste.ajustar(conexao, numero, ANA, calendario, qtd=quanto, entrega=dia(entrega) if entrega else None)

    return passo(fabrica, um)


def movimentos(fabrica: Fabrica) -> dict[tuple[str, str], Decimal]:
    linhas = fabrica.rodar(
        "SELECT tipo_movimentacao, cod_produto, qtd_movimentacao FROM movimentacao_estoque WHERE origem = 'Manual' AND usuario = 'ana'"
    )
    return {(r[0], r[1]): r[2] for r in linhas}


def auditoria(fabrica: Fabrica, acao: str) -> list[dict[str, object]]:
    return [r.depois for r in fabrica.rodar("SELECT depois FROM auditoria WHERE acao = :a AND quem = 'ana' ORDER BY id", a=acao)]


@pytest.fixture
def s1(marcenaria: Fabrica) -> Fabrica:
    """O exemplo planejado: OP-000001 MESA 10 para 04/12, com a filha OP-000002 TAMPO 6; nada em estoque falta comprar de TAMPO."""
    marcenaria.carteira("S1", "MESA")
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    assert [(o.numero, o.produto) for o in marcenaria.ordens()] == [("OP-000001", "MESA"), ("OP-000002", "TAMPO")]
    return marcenaria


@pytest.fixture
def abastecida(s1: Fabrica) -> Fabrica:
    """A mesma, com tudo comprado."""
    s1.estoque(TAMPO=4, PE=40, COLA=10, TABUA=12)
    s1.planejar()
    return s1


# --- liberar ------------------------------------------------------------------------------------------------------------------


def test_liberar_recusa_o_que_falta_comprar_e_diz_quanto_e_ate_quando(s1: Fabrica) -> None:
    with pytest.raises(FaltaComprar) as erro:
        liberar(s1, 1)
    assert "10 de PE (até 01/12/2026)" in str(erro.value)
    assert "5 de COLA" in str(erro.value)
    assert "--mesmo-assim" in str(erro.value)
    assert {o.status for o in s1.ordens()} == {"Planejada"}


def test_liberar_recusa_filha_planejada_e_com_filhas_libera_as_duas(abastecida: Fabrica) -> None:
    with pytest.raises(FilhaPlanejada) as erro:
        liberar(abastecida, 1)
    assert "OP-000002 (TAMPO)" in str(erro.value)
    assert liberar(abastecida, 1, com_filhas=True) == ["OP-000001", "OP-000002"]
    assert {o.status for o in abastecida.ordens()} == {"Liberada"}
    assert [d["status"] for d in auditoria(abastecida, "ordem liberar")] == ["Liberada", "Liberada"]


def test_com_filhas_confere_o_que_falta_nas_filhas_tambem(abastecida: Fabrica) -> None:
    abastecida.estoque(TABUA=11)
    abastecida.planejar()
    with pytest.raises(FaltaComprar) as erro:
        liberar(abastecida, 1, com_filhas=True)
    assert "OP-000002" in str(erro.value)
    assert "1 de TABUA" in str(erro.value)


def test_a_filha_liberada_nao_impede_o_pai(abastecida: Fabrica) -> None:
    assert liberar(abastecida, 2) == ["OP-000002"]
    assert liberar(abastecida, 1) == ["OP-000001"]


def test_mesmo_assim_libera_e_guarda_o_motivo(s1: Fabrica) -> None:
    assert liberar(s1, 1, mesmo_assim="o cliente traz os pés") == ["OP-000001"]
    assert auditoria(s1, "ordem liberar")[0]["motivo"] == "o cliente traz os pés"
    assert [o.status for o in s1.ordens()] == ["Liberada", "Planejada"]


def test_so_se_libera_planejada_e_numero_desconhecido_e_dito(abastecida: Fabrica) -> None:
    liberar(abastecida, 1, com_filhas=True)
    with pytest.raises(EstadoNaoPermite, match="está Liberada"):
        liberar(abastecida, 1)
    with pytest.raises(OrdemDesconhecida, match="OP-000099"):
        liberar(abastecida, 99)


# --- iniciar e concluir -------------------------------------------------------------------------------------------------------


def test_iniciar_so_de_liberada(abastecida: Fabrica) -> None:
    with pytest.raises(EstadoNaoPermite, match="libere-a antes"):
        passo(abastecida, lambda c: passos.iniciar(c, 1, ANA, HOJE))
    liberar(abastecida, 1, com_filhas=True)
    passo(abastecida, lambda c: passos.iniciar(c, 1, ANA, HOJE))
    (r,) = abastecida.rodar("SELECT status, data_inicio_real FROM ordem_producao WHERE numero = 1")
    assert tuple(r) == ("Em Produção", HOJE)


def test_concluir_lanca_a_producao_e_o_consumo_juntos(abastecida: Fabrica) -> None:
    liberar(abastecida, 1, com_filhas=True)
    feita = concluir(abastecida, 1)
    assert feita.producao == 10
    assert movimentos(abastecida) == {
        ("PRODUCAO", "MESA"): Decimal(10),
        ("CONSUMO", "TAMPO"): Decimal(-10),
        ("CONSUMO", "PE"): Decimal(-40),
        ("CONSUMO", "COLA"): Decimal(-5),
    }
    (r,) = abastecida.rodar("SELECT status, qtd_produzida, data_inicio_real, data_fim_real FROM ordem_producao WHERE numero = 1")
    assert tuple(r) == ("Concluída", Decimal(10), HOJE, HOJE)


def test_concluir_com_menos_consome_na_proporcao_e_so_o_que_falta_apontar(abastecida: Fabrica) -> None:
    liberar(abastecida, 1, com_filhas=True)
    abastecida.rodar(
        "INSERT INTO movimentacao_estoque (tipo_movimentacao, cod_produto, qtd_movimentacao, data_movimentacao, ordem_producao_id, origem)"
        " SELECT 'PRODUCAO', 'MESA', 3, now(), id, 'Planilha' FROM ordem_producao WHERE numero = 1"
    )
    abastecida.rodar(
        "UPDATE ordem_producao SET qtd_produzida = 3, status = 'Em Produção', data_inicio_real = '2026-11-20' WHERE numero = 1"
    )
    with pytest.raises(QuantidadeAbaixoDoProduzido, match="já tem 3"):
        concluir(abastecida, 1, 2)
    assert concluir(abastecida, 1, "7.5").producao == Decimal("4.5")
    assert movimentos(abastecida)["CONSUMO", "PE"] == -18
    assert movimentos(abastecida)["CONSUMO", "COLA"] == Decimal("-2.25")
    (r,) = abastecida.rodar("SELECT qtd_produzida, data_inicio_real FROM ordem_producao WHERE numero = 1")
    assert tuple(r) == (Decimal("7.5"), date(2026, 11, 20))
    # produziu menos do que a demanda pede: o planejamento diz
    assert "7,5" in abastecida.avisos()["demanda_alterada"]


def test_concluir_recusa_planejada_zero_e_o_que_o_odoo_aponta(abastecida: Fabrica) -> None:
    with pytest.raises(EstadoNaoPermite, match="libere-a antes"):
        concluir(abastecida, 1)
    liberar(abastecida, 1, com_filhas=True)
    with pytest.raises(NadaProduzido):
        concluir(abastecida, 1, 0)
    abastecida.rodar(
        "INSERT INTO odoo_op (odoo_id, nome, estado, produto_id, empresa_id, ordem_producao_id)"
        " SELECT 30, 'OP-000001', 'progress', 11, 1, id FROM ordem_producao WHERE numero = 1"
    )
    with pytest.raises(ConcluiNoOdoo, match="OP-000001"):
        concluir(abastecida, 1)
    assert not movimentos(abastecida)
    abastecida.rodar("UPDATE odoo_op SET estado = 'cancel'")
    assert concluir(abastecida, 1).producao == 10


def test_concluir_sem_ordens_filhas_nao_consome_o_que_nasce_dentro_dela(marcenaria: Fabrica) -> None:
    marcenaria.ajustes = rodada.Ajustes(ordens_filhas=False)
    marcenaria.estoque(TAMPO=4, PE=40, COLA=10, TABUA=12)
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    liberar(marcenaria, 1)
    concluir(marcenaria, 1)
    assert movimentos(marcenaria) == {
        ("PRODUCAO", "MESA"): Decimal(10),
        ("CONSUMO", "TAMPO"): Decimal(-4),
        ("CONSUMO", "PE"): Decimal(-40),
        ("CONSUMO", "COLA"): Decimal("-5.6"),
        ("CONSUMO", "TABUA"): Decimal(-12),
    }


# --- cancelar e replanejar ----------------------------------------------------------------------------------------------------


def test_cancelar_leva_as_filhas_retem_a_demanda_e_replanejar_faz_outra(s1: Fabrica) -> None:
    assert s1.rodar("SELECT ordem_producao_id FROM carteira_principal")[0][0] is not None
    mudadas = passo(s1, lambda c: passos.cancelar(c, 1, ANA, "cliente desistiu"))
    assert [m.numero_ordem for m in mudadas] == ["OP-000001", "OP-000002"]
    assert s1.ordens() == []
    (r,) = s1.rodar("SELECT retida_por, segura FROM ordem_producao_demanda")
    assert tuple(r) == ("ana", True)
    assert s1.rodar("SELECT ordem_producao_id FROM carteira_principal")[0][0] is None
    assert "manufatura ordem replanejar OP-000001" in s1.avisos()["demanda_sem_ordem"]
    s1.planejar()
    assert s1.ordens() == []

    solta = passo(s1, lambda c: passos.replanejar(c, 1, ANA))
    assert [(o.produto, o.qtd) for o in s1.ordens()] == [("MESA", 10), ("TAMPO", 6)]
    assert "demanda_sem_ordem" not in s1.avisos()
    with s1.motor.connect() as conexao:
        assert passos.ordem_da_demanda(conexao, solta) == "OP-000003"
    assert auditoria(s1, "ordem cancelar")[0]["motivo"] == "cliente desistiu"
    assert len(auditoria(s1, "ordem replanejar")) == 1


def test_filha_ja_liberada_fica_com_aviso_quando_o_pai_e_cancelado(abastecida: Fabrica) -> None:
    liberar(abastecida, 2)
    assert [m.numero_ordem for m in passo(abastecida, lambda c: passos.cancelar(c, 1, ANA))] == ["OP-000001"]
    assert [(o.numero, o.status) for o in abastecida.ordens()] == [("OP-000002", "Liberada")]
    assert "OP-000002" in abastecida.avisos()["demanda_cancelada"]


def test_filha_planejada_nao_se_cancela_sozinha_mas_a_liberada_sim_e_volta_outra(abastecida: Fabrica) -> None:
    with pytest.raises(OrdemRecusada, match="é filha da OP-000001"):
        passo(abastecida, lambda c: passos.cancelar(c, 2, ANA))
    liberar(abastecida, 2)
    passo(abastecida, lambda c: passos.cancelar(c, 2, ANA))
    assert [(o.numero, o.produto, o.status) for o in abastecida.ordens()] == [
        ("OP-000001", "MESA", "Planejada"),
        ("OP-000003", "TAMPO", "Planejada"),
    ]


def test_o_que_nao_se_cancela_nem_se_replaneja(abastecida: Fabrica) -> None:
    with pytest.raises(NaoRetem, match="está Planejada"):
        passo(abastecida, lambda c: passos.replanejar(c, 1, ANA))
    abastecida.mudar_lote("S1", status="CANCELADO")
    abastecida.planejar()  # o sistema cancela as duas
    with pytest.raises(EstadoNaoPermite, match="está Cancelada"):
        passo(abastecida, lambda c: passos.cancelar(c, 1, ANA))
    with pytest.raises(NaoRetem, match="já está solta"):
        passo(abastecida, lambda c: passos.replanejar(c, 1, ANA))
    with pytest.raises(NaoRetem, match="não atendia a um lote"):
        passo(abastecida, lambda c: passos.replanejar(c, 2, ANA))


# --- ajustar ------------------------------------------------------------------------------------------------------------------


def test_ajustar_segue_a_demanda_que_mudou_replaneja_a_filha_e_fecha_o_aviso(s1: Fabrica) -> None:
    liberar(s1, 1, mesmo_assim="pressa")
    s1.mudar_lote("S1", qtd=20, expedicao="11/12")
    s1.planejar()
    assert "20 em 11/12/2026" in s1.avisos()["demanda_alterada"]
    feito = ajustar(s1, 1)
    assert feito.mudou["qtd_planejada"] == ("10", "20")
    assert feito.mudou["expedicao"] == ("2026-12-04", "2026-12-11")
    mesa, tampo = s1.ordem("MESA"), s1.ordem("TAMPO")
    assert (mesa.qtd, mesa.inicio, mesa.fim) == (20, date(2026, 12, 8), date(2026, 12, 10))
    assert (mesa.de("PE", "qtd_necessaria"), mesa.de("PE", "qtd_disponivel"), mesa.de("PE", "qtd_comprar")) == (80, 30, 50)
    assert sum(Decimal(c["qtd"]) for c in mesa.materiais["PE"]["caminhos"]) == 80
    assert mesa.materiais["PE"]["data_necessidade"] == "2026-12-08"
    assert (tampo.qtd, tampo.fim, tampo.status) == (16, date(2026, 12, 7), "Planejada")
    assert "demanda_alterada" not in s1.avisos()
    motivos = {r.assunto: r.motivos for r in s1.rodar("SELECT assunto, motivos FROM ordem_explicacao e JOIN ordem_producao o"
                                                        " ON o.id = e.ordem_producao_id WHERE o.numero = 1")}  # fmt: skip
    assert motivos["quantidade"] == {"de": "ajuste", "quem": "ana", "antes": "10", "qtd": "20"}
    assert (motivos["data"]["data_fim"], motivos["data"]["data_inicio"]) == ("2026-12-11", "2026-12-08")
    assert auditoria(s1, "ordem ajustar")[0]["qtd_planejada"] == "20"
    antes = s1.escritas()
    s1.planejar()
    assert s1.escritas() == antes


def test_ajustar_so_a_quantidade_deixa_as_datas_e_o_aviso_da_data(s1: Fabrica) -> None:
    liberar(s1, 1, mesmo_assim="pressa")
    s1.mudar_lote("S1", qtd=20, expedicao="11/12")
    ajustar(s1, 1, qtd=20)
    mesa = s1.ordem("MESA")
    assert (mesa.qtd, mesa.inicio) == (20, date(2026, 12, 1))
    assert "11/12/2026" in s1.avisos()["demanda_alterada"]
    ajustar(s1, 1, entrega="11/12")
    assert "demanda_alterada" not in s1.avisos()
    assert ajustar(s1, 1).mudou == {}  # já está como a demanda pede


def test_ajustar_a_filha_liberada_toma_o_que_o_pai_pede(abastecida: Fabrica) -> None:
    liberar(abastecida, 2)
    abastecida.mudar_lote("S1", qtd=12)
    abastecida.planejar()
    assert "OP-000002" in abastecida.avisos()["demanda_alterada"]
    ajustar(abastecida, 2)
    tampo = abastecida.ordem("TAMPO")
    assert (tampo.qtd, tampo.de("TABUA", "qtd_necessaria"), tampo.de("COLA", "qtd_necessaria")) == (8, 16, Decimal("0.8"))
    assert "demanda_alterada" not in abastecida.avisos()


def test_ajustar_recusa_o_que_nao_faz_sentido(abastecida: Fabrica) -> None:
    with pytest.raises(SegueADemanda, match="lote S1"):
        ajustar(abastecida, 1, qtd=12)
    with pytest.raises(SegueADemanda, match="OP-000001"):
        ajustar(abastecida, 2, qtd=12)
    liberar(abastecida, 1, com_filhas=True)
    abastecida.produzir("OP-000001", 6)
    with pytest.raises(QuantidadeAbaixoDoProduzido, match="já tem 6"):
        ajustar(abastecida, 1, qtd=5)
    abastecida.lote("S1", "MESA", 3, "18/12", pedido="outro")
    abastecida.rodar("INSERT INTO pedido (separacao_lote_id, num_pedido, status) VALUES ('S1', 'outro', 'ABERTO') ON CONFLICT DO NOTHING")
    abastecida.planejar()
    with pytest.raises(DataOcupada, match="18/12/2026"):
        ajustar(abastecida, 1, entrega="18/12")
    abastecida.rodar("DELETE FROM separacao")
    abastecida.planejar()
    with pytest.raises(DemandaAcabou):
        ajustar(abastecida, 1)
    abastecida.rodar("UPDATE ordem_producao SET status = 'Concluída' WHERE numero = 1")
    with pytest.raises(EstadoNaoPermite, match="está Concluída"):
        ajustar(abastecida, 1, qtd=12)


def test_ordem_manual_planejada_se_ajusta_e_a_rodada_refaz_os_materiais(marcenaria: Fabrica) -> None:
    marcenaria.rodar(
        "INSERT INTO ordem_producao (numero_ordem, origem_ordem, status, cod_produto, qtd_planejada, criado_por)"
        " VALUES ('OP-000001', 'Manual', 'Planejada', 'TAMPO', 5, 'ana')"
    )
    marcenaria.planejar()
    ajustar(marcenaria, 1, qtd=8, entrega="04/12")
    tampo = marcenaria.ordem("TAMPO")
    assert (tampo.qtd, tampo.inicio, tampo.fim) == (8, date(2026, 12, 2), date(2026, 12, 3))
    assert tampo.de("TABUA", "qtd_necessaria") == 16
    assert tampo.materiais["TABUA"]["data_necessidade"] == "2026-12-02"


def test_ajustar_sem_ordens_filhas_refaz_todos_os_niveis_e_as_datas_deles(marcenaria: Fabrica) -> None:
    marcenaria.ajustes = rodada.Ajustes(ordens_filhas=False)
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    liberar(marcenaria, 1, mesmo_assim="pressa")
    ajustar(marcenaria, 1, qtd=20, entrega="11/12")
    mesa = marcenaria.ordem("MESA")
    assert {c: mesa.de(c, "qtd_necessaria") for c in mesa.materiais} == {
        "TAMPO": 20,
        "PE": 80,
        "COLA": Decimal("11.2"),
        "TABUA": 24,
    }
    assert (mesa.materiais["TABUA"]["data_necessidade"], mesa.materiais["PE"]["data_necessidade"]) == ("2026-12-04", "2026-12-08")
    for m in mesa.materiais.values():
        assert sum(Decimal(c["qtd"]) for c in m["caminhos"]) == Decimal(m["qtd_necessaria"])


def test_duas_pessoas_liberam_a_mesma_ordem_e_so_uma_consegue(abastecida: Fabrica) -> None:
    def tentar(_: int) -> str:
        try:
            return ",".join(liberar(abastecida, 1, com_filhas=True))
        except EstadoNaoPermite as erro:
            return str(erro.fatos["status"])

    with ThreadPoolExecutor(4) as pessoas:
        assert sorted(pessoas.map(tentar, range(4))) == ["Liberada", "Liberada", "Liberada", "OP-000001,OP-000002"]
    assert len(auditoria(abastecida, "ordem liberar")) == 2
