"""`manufatura ordem`: a vida de uma ordem pelo terminal, o que `ver` e `explicar` mostram, e as recusas em um parágrafo."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from app.comandos.ordem import comando
from app.erros import ErroManufatura
from tests.apoio.pg import BancoTeste
from tests.comandos.planejado import Rodar, marcenaria_de, terminal
from tests.planejamento.fabrica import Fabrica


@pytest.fixture
def rodar(banco_pg: BancoTeste, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rodar]:
    with terminal(banco_pg, monkeypatch, comando) as feito:
        yield feito


@pytest.fixture
def s1(banco_pg: BancoTeste) -> Fabrica:
    """O exemplo: lote S1, 10 MESA para 04/12, planejado em 24/11/2026."""
    fabrica = marcenaria_de(banco_pg.motor)
    fabrica.lote("S1", "MESA", 10, "04/12")
    fabrica.planejar()
    return fabrica


def recusa(argumentos: list[str]) -> str:
    with pytest.raises(ErroManufatura) as erro:
        CliRunner().invoke(comando, argumentos, catch_exceptions=False)
    return erro.value.mensagem


def test_ver_mostra_a_demanda_a_arvore_a_situacao_e_o_porque_das_datas(s1: Fabrica, rodar: Rodar) -> None:
    saida = rodar("ver", "1")
    assert "lote S1: 10 para expedir em 04/12/2026 (separação)" in saida
    assert "entrega 04/12/2026 − 3 dias úteis = 01/12/2026" in saida
    linhas = {linha.split("\t")[0].strip(" └"): linha.split("\t") for linha in saida.splitlines() if "\t" in linha}
    assert linhas["PE"][2:] == ["40", "30", "0", "10", "0", "0", "01/12/2026", "falta", ""]
    assert linhas["TAMPO"][2:] == ["10", "4", "0", "0", "6", "0", "01/12/2026", "esperado", "OP-000002"]
    assert linhas["TABUA"][2:4] == ["12", "0"]
    assert linhas["TABUA"][0] == "└ TABUA"
    assert "início da ordem pai 01/12/2026 − 2 dias úteis = 27/11/2026" in saida
    s1.estoque(PE=40)
    s1.planejar()
    assert "\tpronto\t" in next(linha for linha in rodar("ver", "1").splitlines() if linha.startswith("PE\t"))


def test_o_feriado_pulado_e_dito_pelo_nome(banco_pg: BancoTeste, rodar: Rodar) -> None:
    fabrica = marcenaria_de(banco_pg.motor)
    fabrica.lote("S1", "MESA", 1, "24/11")
    fabrica.planejar()
    assert "entrega 24/11/2026 − 3 dias úteis = 18/11/2026; 20/11 feriado: Dia Nacional de Zumbi e da Consciência Negra" in rodar(
        "ver", "1"
    )
    explicada = rodar("explicar", "1")
    assert "dias pulados: 20/11 feriado: Dia Nacional de Zumbi e da Consciência Negra, 21/11 sábado, 22/11 domingo" in explicada


def test_ver_em_json_traz_a_arvore_inteira(s1: Fabrica, rodar: Rodar) -> None:
    o: dict[str, Any] = json.loads(rodar("ver", "1", "--json"))
    assert (o["demanda"]["lote"], o["demanda"]["qtd"]) == ("S1", "10")
    assert {m["cod_produto"]: m["situacao"] for m in o["materiais"]} == {"COLA": "falta", "PE": "falta", "TAMPO": "esperado"}
    assert [f["numero_ordem"] for f in o["filhas"]] == ["OP-000002"]
    assert o["motivos"]["data"]["dias_uteis"] == 3
    assert "materiais_resumo" not in o


def test_explicar_a_ordem_e_um_material_dela(s1: Fabrica, rodar: Rodar) -> None:
    ordem = rodar("explicar", "OP-000001")
    assert "Quantidade: 10 do lote S1 (separação)." in ordem
    assert "40 = 10 de MESA × 4" in ordem
    assert "40 = 30 do estoque + 10 a comprar, até 01/12/2026" in ordem
    material = rodar("explicar", "1", "PE")
    assert "Estoque: posição 30, dada a 1 ordem:" in material
    assert "30 à OP-000001 (Planejada, começa em 01/12/2026) ← esta" in material
    filha = rodar("explicar", "2")
    assert "Quantidade: 6 = 10 que MESA ainda precisa − 4 do estoque." in filha
    dados = json.loads(rodar("explicar", "1", "PE", "--json"))
    assert (dados["estoque"]["posicao"], dados["materiais"][0]["caminhos"][0]["passos"]) == ("30", [["4", "1", "0"]])
    assert "não consome VIDRO. Ela consome COLA, PE, TAMPO." in recusa(["explicar", "1", "VIDRO"])


def test_explicar_fantasma_perda_base_e_outra_ordem(banco_pg: BancoTeste, rodar: Rodar) -> None:
    fabrica = Fabrica(banco_pg.motor)
    fabrica.acabado("MESA", lead=3)
    fabrica.produzido("KIT")
    fabrica.produzido("TAMPO", lead=2)
    fabrica.comprado("PARAFUSO", "TABUA")
    fabrica.estrutura("MESA", {"KIT": 2, "TAMPO": 1})
    fabrica.estrutura("KIT", {"PARAFUSO": 30}, base=4, fantasma=True, perda={"PARAFUSO": 10})
    fabrica.estrutura("TAMPO", {"TABUA": 2})
    fabrica.rodar(
        "INSERT INTO ordem_producao (numero_ordem, origem_ordem, status, cod_produto, qtd_planejada, criado_por, data_inicio_prevista,"
        " data_fim_prevista) VALUES ('OP-000001', 'Manual', 'Liberada', 'TAMPO', 3, 'ana', '2026-11-24', '2026-11-26')"
    )
    fabrica.lote("S1", "MESA", 10, "04/12")
    fabrica.planejar()
    assert "165 = 10 de MESA × 2 × 30 / 4 × (1 + 10%), por KIT" in rodar("explicar", "2", "PARAFUSO")
    tampo = rodar("explicar", "2", "TAMPO")
    assert "10 = 3 de outras ordens + 7 a fazer" in tampo
    assert "3 da OP-000001, que não atende a lote nenhum" in tampo
    assert "o que se faz é da OP-000003" in tampo


def test_a_vida_inteira_pelo_terminal(s1: Fabrica, rodar: Rodar) -> None:
    assert "falta comprar" in recusa(["liberar", "1"])
    s1.estoque(TAMPO=4, PE=40, COLA=10, TABUA=12)  # liberar replaneja antes: não é preciso planejar para ver o estoque que chegou
    assert "OP-000002 (TAMPO)" in recusa(["liberar", "1"])
    saida = rodar("liberar", "1", "--com-filhas")
    assert "OP-000002: Planejada → Liberada." in saida
    assert "OP-000001: Planejada → Liberada." in saida
    assert "OP-000001: Liberada → Em Produção." in rodar("iniciar", "1")
    s1.mudar_lote("S1", qtd=12)
    ajustada = rodar("ajustar", "1")
    assert "quantidade 10 → 12" in ajustada
    assert "já estava assim" in rodar("ajustar", "1")
    feito = json.loads(rodar("concluir", "1", "--qtd", "12", "--json"))
    assert (feito["producao"], feito["consumos"]["PE"]) == ("12", "48")
    assert "está Concluída" in recusa(["cancelar", "1"])
    assert "PRODUCAO" in rodar("ver", "1")


def test_cancelar_e_replanejar_pelo_terminal(s1: Fabrica, rodar: Rodar) -> None:
    saida = rodar("cancelar", "1", "--motivo", "engano")
    assert "OP-000001: Planejada → Cancelada." in saida
    assert "OP-000002: Planejada → Cancelada." in saida
    visto = rodar("ver", "1")
    assert "a cancelou" in visto
    assert "manufatura ordem replanejar OP-000001" in visto
    assert "a ordem dela agora é a OP-000003" in rodar("replanejar", "1")
    assert json.loads(rodar("ver", "3", "--json"))["status"] == "Planejada"


def test_o_que_se_escreve_errado_e_dito(rodar: Rodar) -> None:
    assert "não é uma quantidade" in rodar("ajustar", "1", "--qtd", "dez", codigo=2)
    assert "não é uma data" in rodar("ajustar", "1", "--data", "31/02/2026", codigo=2)
    assert "diga o motivo" in rodar("liberar", "1", "--mesmo-assim", " ", codigo=2)
    assert "OP-000009" in recusa(["iniciar", "9"])
