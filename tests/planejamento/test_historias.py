"""Histórias do planejamento, com números pequenos: cada uma é uma regra de planejamento.md."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.planejamento.fabrica import Fabrica, dia


def test_feriado_no_caminho_de_volta(marcenaria: Fabrica) -> None:
    """Expedição na terça 24/11, 3 dias: segunda 23, quinta 19 (sexta 20 é feriado), quarta 18."""
    marcenaria.lote("L1", "MESA", 1, "24/11")
    marcenaria.planejar()
    mesa = marcenaria.ordem("MESA")
    assert (mesa.inicio, mesa.fim) == (dia("18/11"), dia("23/11"))
    assert "18/11/2026" in marcenaria.avisos()["inicio_no_passado"]


def test_prazo_zero_comeca_e_acaba_no_dia_da_expedicao(fabrica: Fabrica) -> None:
    fabrica.acabado("VASO", lead=0)
    fabrica.comprado("BARRO")
    fabrica.estrutura("VASO", {"BARRO": 1})
    fabrica.lote("L1", "VASO", 2, "30/11")
    fabrica.planejar()
    vaso = fabrica.ordem("VASO")
    assert (vaso.inicio, vaso.fim) == (dia("30/11"), dia("30/11"))


def test_expedicao_num_feriado_acaba_no_ultimo_dia_util_antes(marcenaria: Fabrica) -> None:
    marcenaria.lote("L1", "MESA", 1, "25/12")
    marcenaria.planejar()
    mesa = marcenaria.ordem("MESA")
    assert (mesa.inicio, mesa.fim) == (dia("21/12"), dia("23/12"))  # 24/12 é facultativo


def test_componente_partilhado_em_dois_niveis_se_soma_uma_vez_por_ordem(marcenaria: Fabrica) -> None:
    marcenaria.estoque(TAMPO=0, PE=0, COLA=3)
    marcenaria.lote("L1", "MESA", 10, "04/12")
    marcenaria.planejar()
    mesa, tampo = marcenaria.ordem("MESA"), marcenaria.ordem("TAMPO")
    # O tampo precisa antes (27/11): leva 1 dos 3; a mesa, os outros 2.
    assert (tampo.de("COLA"), tampo.de("COLA", "qtd_disponivel")) == (1, 1)
    assert (mesa.de("COLA"), mesa.de("COLA", "qtd_disponivel"), mesa.de("COLA", "qtd_comprar")) == (5, 2, 3)


def test_fantasma_dentro_de_fantasma_se_dissolve(fabrica: Fabrica) -> None:
    fabrica.acabado("ARMARIO")
    fabrica.produzido("KIT")
    fabrica.produzido("SAQUINHO")
    fabrica.comprado("PARAFUSO", "PORTA")
    fabrica.estrutura("ARMARIO", {"PORTA": 2, "KIT": 3, "PARAFUSO": 1})
    fabrica.estrutura("KIT", {"SAQUINHO": 2}, fantasma=True)
    fabrica.estrutura("SAQUINHO", {"PARAFUSO": 10}, base=5, fantasma=True)
    fabrica.lote("L1", "ARMARIO", 2, "11/12")
    fabrica.planejar()
    (armario,) = fabrica.ordens()  # nem o kit nem o saquinho viram ordem
    assert set(armario.materiais) == {"PORTA", "PARAFUSO"}
    assert armario.de("PARAFUSO") == 2 * (1 + 3 * 2 * 2)
    vias = {tuple(v["por"]): v["qtd"] for v in armario.materiais["PARAFUSO"]["caminhos"]}
    assert vias == {(): "2", ("KIT", "SAQUINHO"): "24"}


def test_perda_aumenta_a_necessidade_e_nunca_arredonda_para_peca_inteira(fabrica: Fabrica) -> None:
    fabrica.acabado("QUADRO")
    fabrica.comprado("VIDRO")
    fabrica.estrutura("QUADRO", {"VIDRO": 1}, base=3, perda={"VIDRO": "2.5"})
    fabrica.lote("L1", "QUADRO", 10, "11/12")
    fabrica.planejar()
    assert fabrica.ordem("QUADRO").de("VIDRO") == Decimal("3.416667")  # 10 × 1 / 3 × 1,025


def test_versao_que_muda_por_data(fabrica: Fabrica) -> None:
    fabrica.acabado("CADEIRA", lead=1)
    fabrica.comprado("COURO", "TECIDO")
    fabrica.estrutura("CADEIRA", {"COURO": 1}, versao="1", ate="30/11")
    fabrica.estrutura("CADEIRA", {"TECIDO": 2}, versao="2", de="01/12")
    fabrica.lote("ANTES", "CADEIRA", 1, "01/12")  # começa em 30/11
    fabrica.lote("DEPOIS", "CADEIRA", 1, "02/12")  # começa em 01/12
    fabrica.planejar()
    antes, depois = fabrica.ordens()
    assert (set(antes.materiais), set(depois.materiais)) == ({"COURO"}, {"TECIDO"})


def test_estoque_que_acaba_entre_duas_ordens_vai_primeiro_para_a_que_precisa_antes(marcenaria: Fabrica) -> None:
    marcenaria.lote("TARDE", "MESA", 10, "18/12")
    marcenaria.lote("CEDO", "MESA", 10, "04/12")
    marcenaria.planejar()
    por_lote = {o.inicio: o for o in marcenaria.ordens() if o.produto == "MESA"}
    cedo, tarde = por_lote[dia("01/12")], por_lote[dia("15/12")]
    assert (cedo.de("PE", "qtd_disponivel"), tarde.de("PE", "qtd_disponivel")) == (30, 0)
    assert (cedo.de("TAMPO", "qtd_produzir"), tarde.de("TAMPO", "qtd_produzir")) == (6, 10)


def test_pre_separacao_que_vira_separacao_fica_com_a_mesma_ordem(marcenaria: Fabrica) -> None:
    marcenaria.pre("S9", "MESA", 5, "11/12")
    marcenaria.planejar()
    antes = marcenaria.ordem("MESA")
    marcenaria.lote("S9", "MESA", 7, "18/12")
    marcenaria.planejar()
    depois = marcenaria.ordem("MESA")
    assert (antes.qtd, depois.numero, depois.qtd, depois.inicio) == (5, antes.numero, 7, dia("15/12"))


def test_lote_dobrado_enquanto_planejada_a_ordem_e_a_filha_seguem(marcenaria: Fabrica) -> None:
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    numeros = [o.numero for o in marcenaria.ordens()]
    marcenaria.mudar_lote("S1", qtd=20)
    marcenaria.planejar()
    assert [o.numero for o in marcenaria.ordens()] == numeros
    assert (marcenaria.ordem("MESA").qtd, marcenaria.ordem("TAMPO").qtd) == (20, 16)


def test_lote_movido_enquanto_planejada_e_depois_de_liberada(marcenaria: Fabrica) -> None:
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    marcenaria.mudar_lote("S1", expedicao="11/12")
    marcenaria.planejar()
    mesa = marcenaria.ordem("MESA")
    assert mesa.inicio == dia("08/12")
    marcenaria.ordem_status(mesa.numero, "Liberada")
    marcenaria.mudar_lote("S1", expedicao="18/12")
    marcenaria.planejar()
    assert marcenaria.ordem("MESA").inicio == dia("08/12")
    assert "11/12/2026" in marcenaria.avisos()["demanda_alterada"]
    assert "18/12/2026" in marcenaria.avisos()["demanda_alterada"]
    marcenaria.mudar_lote("S1", expedicao="11/12")  # a demanda volta: o aviso fecha sozinho
    marcenaria.planejar()
    assert "demanda_alterada" not in marcenaria.avisos()


def test_lote_cancelado_e_reaberto(marcenaria: Fabrica) -> None:
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.carteira("S1", "MESA")
    marcenaria.planejar()
    primeira = marcenaria.ordem("MESA").numero
    marcenaria.mudar_lote("S1", status="CANCELADO")
    marcenaria.planejar()
    assert marcenaria.ordens() == []
    assert marcenaria.rodar("SELECT ordem_producao_id FROM carteira_principal")[0][0] is None
    marcenaria.mudar_lote("S1", status="ABERTO")
    marcenaria.planejar()
    assert marcenaria.ordem("MESA").numero not in (primeira, None)  # a cancelada pelo sistema não conta: nasce outra


def test_ordem_cancelada_por_uma_pessoa_retem_a_demanda(marcenaria: Fabrica) -> None:
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    mesa = marcenaria.ordem("MESA").numero
    marcenaria.ordem_status(mesa, "Cancelada")
    marcenaria.rodar("UPDATE ordem_producao_demanda SET retida_por = 'joana'")
    marcenaria.planejar()
    assert marcenaria.ordens() == []  # nem a filha fica
    assert "joana" in marcenaria.avisos()["demanda_sem_ordem"]
    assert mesa in marcenaria.avisos()["demanda_sem_ordem"]
    marcenaria.mudar_lote("S1", expedicao="11/12")  # a data muda: continua retida
    marcenaria.planejar()
    assert marcenaria.ordens() == []


def test_produto_sem_estrutura_ganha_ordem_e_aviso(fabrica: Fabrica) -> None:
    fabrica.acabado("ESCULTURA")
    fabrica.lote("L1", "ESCULTURA", 1, "11/12")
    fabrica.planejar()
    assert fabrica.ordem("ESCULTURA").materiais == {}
    assert "ESCULTURA" in fabrica.avisos()["produto_sem_estrutura"]


def test_ciclo_vindo_de_fora_para_so_quem_chega_nele(marcenaria: Fabrica) -> None:
    marcenaria.acabado("GALINHA")
    marcenaria.produzido("OVO")
    marcenaria.estrutura("GALINHA", {"OVO": 1})
    marcenaria.estrutura("OVO", {"GALINHA": 1})
    marcenaria.lote("L1", "GALINHA", 1, "11/12")
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    assert {o.produto for o in marcenaria.ordens()} == {"MESA", "TAMPO"}
    assert "GALINHA → OVO → GALINHA" in marcenaria.avisos()["ciclo_na_estrutura"]


def test_ordem_meio_produzida_so_pede_o_que_ainda_falta(marcenaria: Fabrica) -> None:
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    mesa = marcenaria.ordem("MESA").numero
    marcenaria.ordem_status(mesa, "Em Produção")
    marcenaria.produzir(mesa, 5)
    marcenaria.planejar()
    vista = marcenaria.ordem("MESA")
    assert (vista.de("TAMPO", "qtd_necessaria"), vista.de("TAMPO"), vista.de("TAMPO", "qtd_produzir")) == (10, 5, 1)
    assert marcenaria.ordem("TAMPO").qtd == 1  # 5 que faltam menos 4 em estoque


def test_ordem_manual_de_um_intermediario_cobre_a_filha(marcenaria: Fabrica) -> None:
    marcenaria.rodar(
        "INSERT INTO ordem_producao (numero_ordem, origem_ordem, status, cod_produto, qtd_planejada, data_inicio_prevista,"
        " data_fim_prevista, criado_por) VALUES ('OP-900000', 'Manual', 'Liberada', 'TAMPO', 5, '2026-11-25', '2026-11-27', 'ana')"
    )
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    mesa = marcenaria.ordem("MESA")
    assert (mesa.de("TAMPO", "qtd_disponivel"), mesa.de("TAMPO", "qtd_de_ordens"), mesa.de("TAMPO", "qtd_produzir")) == (4, 5, 1)
    assert mesa.materiais["TAMPO"]["ordens"] == [{"ordem": "OP-900000", "qtd": "5"}]
    filha = next(o for o in marcenaria.ordens() if o.pai == mesa.numero)
    assert filha.qtd == 1


def test_ordem_manual_que_fica_pronta_tarde_nao_cobre(marcenaria: Fabrica) -> None:
    marcenaria.rodar(
        "INSERT INTO ordem_producao (numero_ordem, origem_ordem, status, cod_produto, qtd_planejada, data_inicio_prevista,"
        " data_fim_prevista, criado_por) VALUES ('OP-900000', 'Manual', 'Liberada', 'TAMPO', 5, '2026-12-02', '2026-12-03', 'ana')"
    )
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    assert marcenaria.ordem("MESA").de("TAMPO", "qtd_de_ordens") == 0


def test_componente_sem_marca_conta_como_comprado_e_avisa(fabrica: Fabrica) -> None:
    fabrica.acabado("BANCO")
    fabrica.solto("FELTRO")
    fabrica.estrutura("BANCO", {"FELTRO": 4})
    fabrica.lote("L1", "BANCO", 1, "11/12")
    fabrica.planejar()
    assert fabrica.ordem("BANCO").de("FELTRO", "qtd_comprar") == 4
    assert "FELTRO" in fabrica.avisos()["componente_sem_origem"]


def test_faturado_com_ordem_liberada_avisa_e_com_planejada_cancela(marcenaria: Fabrica) -> None:
    marcenaria.lote("A", "MESA", 1, "04/12")
    marcenaria.lote("B", "MESA", 1, "11/12")
    marcenaria.planejar()
    a, b = (o.numero for o in marcenaria.ordens() if o.produto == "MESA")
    marcenaria.ordem_status(a, "Liberada")
    marcenaria.mudar_lote("A", status="FATURADO")
    marcenaria.mudar_lote("B", status="FATURADO")
    marcenaria.planejar()
    assert [o.numero for o in marcenaria.ordens() if o.produto == "MESA"] == [a]
    assert a in marcenaria.avisos()["faturado_sem_concluir"]
    assert b not in str(marcenaria.avisos())


def test_embarcado_nao_planeja_de_novo_e_as_ordens_ficam(marcenaria: Fabrica) -> None:
    marcenaria.lote("A", "MESA", 2, "04/12")
    marcenaria.planejar()
    antes = [o.numero for o in marcenaria.ordens()]
    marcenaria.mudar_lote("A", status="EMBARCADO")
    marcenaria.planejar()
    assert [o.numero for o in marcenaria.ordens()] == antes
    marcenaria.lote("NOVO", "MESA", 2, "11/12", status="EMBARCADO")
    marcenaria.planejar()
    assert [o.numero for o in marcenaria.ordens()] == antes


@pytest.mark.parametrize(
    ("preparo", "tipo"),
    [
        ({"expedicao": None}, "demanda_sem_data"),
        ({"produto": "FANTASIA"}, "produto_desconhecido"),
        ({"produto": "SEMPRAZO"}, "produto_sem_lead_time"),
        ({"qtd": -3}, "demanda_negativa"),
        ({"status": None}, "lote_sem_pedido"),
    ],
)
def test_demanda_ruim_custa_so_a_si_mesma(marcenaria: Fabrica, preparo: dict[str, object], tipo: str) -> None:
    marcenaria.acabado("SEMPRAZO", lead=None)
    ruim: dict[str, object] = {"produto": "MESA", "qtd": 1, "expedicao": "11/12", "status": "ABERTO", **preparo}
    marcenaria.lote("RUIM", str(ruim["produto"]), ruim["qtd"], ruim["expedicao"], ruim["status"])  # type: ignore[arg-type]
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    assert marcenaria.ordem("MESA").qtd == 10
    assert "RUIM" in marcenaria.avisos()[tipo]


def test_saldo_zero_e_demanda_que_acabou(marcenaria: Fabrica) -> None:
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    marcenaria.mudar_lote("S1", qtd=0)
    marcenaria.planejar()
    assert marcenaria.ordens() == []


def test_varias_linhas_da_mesma_expedicao_somam_uma_ordem(marcenaria: Fabrica) -> None:
    marcenaria.lote("S1", "MESA", 4, "04/12", pedido="P1")
    marcenaria.lote("S1", "MESA", 6, "04/12", pedido="P2")
    marcenaria.lote("S1", "MESA", 3, "11/12", pedido="P1")
    for _ in range(3):  # linhas de carteira do mesmo lote não multiplicam o saldo, como na consulta do seed
        marcenaria.rodar(
            "INSERT INTO carteira_principal (num_pedido, cod_produto, separacao_lote_id) VALUES (gen_random_uuid()::text, 'MESA', 'S1')"
        )
    marcenaria.planejar()
    assert sorted(o.qtd for o in marcenaria.ordens() if o.produto == "MESA") == [3, 10]


def test_concluida_segura_a_demanda_e_so_avisa_se_faltar(marcenaria: Fabrica) -> None:
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    mesa = marcenaria.ordem("MESA").numero
    marcenaria.produzir(mesa, 10)
    marcenaria.ordem_status(mesa, "Concluída")
    marcenaria.planejar()
    assert [o.numero for o in marcenaria.ordens() if o.produto == "MESA"] == [mesa]
    assert not [o for o in marcenaria.ordens() if o.produto == "TAMPO"]  # a filha planejada caiu com o fim do pai
    marcenaria.mudar_lote("S1", qtd=12)
    marcenaria.planejar()
    assert "12" in marcenaria.avisos()["demanda_alterada"]


def test_filha_liberada_nao_e_reescrita(marcenaria: Fabrica) -> None:
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    tampo = marcenaria.ordem("TAMPO").numero
    marcenaria.ordem_status(tampo, "Liberada")
    marcenaria.mudar_lote("S1", qtd=12)
    marcenaria.planejar()
    assert marcenaria.ordem("TAMPO").qtd == 6
    assert tampo in marcenaria.avisos()["demanda_alterada"]
    marcenaria.mudar_lote("S1", status="CANCELADO")
    marcenaria.planejar()
    assert tampo in marcenaria.avisos()["demanda_cancelada"]


def test_sem_ordens_filhas_os_materiais_descem_todos_os_niveis(marcenaria: Fabrica) -> None:
    from app.manufatura.services.mto.rodada import Ajustes

    marcenaria.ajustes = Ajustes(ordens_filhas=False)
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.planejar()
    (mesa,) = marcenaria.ordens()
    assert {c: Decimal(m["qtd_pendente"]) for c, m in mesa.materiais.items()} == {
        "TAMPO": 10, "PE": 40, "COLA": Decimal("5.6"), "TABUA": 12,
    }  # fmt: skip
    assert mesa.materiais["TABUA"]["data_necessidade"] == "2026-11-27"


def test_data_alem_do_calendario_e_erro_dito_e_nao_palpite(marcenaria: Fabrica) -> None:
    marcenaria.lote("S1", "MESA", 1, "04/12/2040")
    marcenaria.planejar()
    assert marcenaria.ordens() == []
    assert "2040" in marcenaria.avisos()["data_fora_do_calendario"]


def test_segunda_rodada_sem_novidade_nao_grava_nada(marcenaria: Fabrica) -> None:
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.lote("S2", "MESA", 3, "18/11")
    marcenaria.carteira("S1", "MESA")
    marcenaria.planejar()
    antes = marcenaria.escritas()
    marcenaria.planejar()
    assert marcenaria.escritas() == antes
    assert marcenaria.hoje == date(2026, 11, 24)
