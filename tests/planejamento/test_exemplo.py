"""O exemplo de docs/planejamento.md, palavra por palavra."""

from __future__ import annotations

from decimal import Decimal

from app.manufatura.services.explosao_materiais_service import explodir_materiais
from tests.planejamento.fabrica import Fabrica, dia


def _explodir(fabrica: Fabrica, qtd: int, estoque: dict[str, Decimal] | None) -> dict[str, Decimal]:
    with fabrica.motor.connect() as conexao:
        lista = explodir_materiais("MESA", qtd, data=fabrica.hoje, estoque=estoque, sessao=conexao)
    return {m["cod_produto"]: m["qtd_necessaria"] for m in lista}


def test_antes_da_ordem_a_explosao_desconta_o_estoque(marcenaria: Fabrica) -> None:
    esperado = {"TAMPO": Decimal(10), "PE": Decimal(40), "COLA": Decimal("5.6"), "TABUA": Decimal(12)}
    assert _explodir(marcenaria, 10, {"TAMPO": Decimal(4), "PE": Decimal(30)}) == esperado


def test_lote_s1_de_10_mesas_para_04_12(marcenaria: Fabrica) -> None:
    marcenaria.lote("S1", "MESA", 10, "04/12")
    marcenaria.carteira("S1", "MESA")
    marcenaria.planejar()

    mesa, tampo = marcenaria.ordem("MESA"), marcenaria.ordem("TAMPO")
    assert (mesa.qtd, mesa.inicio, mesa.fim) == (10, dia("01/12"), dia("03/12"))
    assert (tampo.qtd, tampo.inicio, tampo.fim, tampo.pai) == (6, dia("27/11"), dia("30/11"), mesa.numero)

    assert (mesa.de("TAMPO"), mesa.de("TAMPO", "qtd_disponivel"), mesa.de("TAMPO", "qtd_produzir")) == (10, 4, 6)
    assert (mesa.de("PE"), mesa.de("PE", "qtd_disponivel"), mesa.de("PE", "qtd_comprar")) == (40, 30, 10)
    assert mesa.materiais["PE"]["data_necessidade"] == "2026-12-01"
    assert mesa.de("COLA") == 5
    assert set(mesa.materiais) == {"TAMPO", "PE", "COLA"}
    assert (tampo.de("TABUA", "qtd_comprar"), tampo.de("COLA", "qtd_comprar")) == (12, Decimal("0.6"))
    assert tampo.materiais["TABUA"]["data_necessidade"] == "2026-11-27"

    # Depois dela, com o estoque livre que sobrou (nenhum tampo, nenhum pé).
    depois = _explodir(marcenaria, 10, _livre(marcenaria))
    assert depois["COLA"] == 6
    assert depois["TABUA"] == 20
    assert marcenaria.rodar("SELECT ordem_producao_id, disparo_producao FROM carteira_principal")[0] == (
        _id(marcenaria, mesa.numero),
        "MTO",
    )


def _livre(fabrica: Fabrica) -> dict[str, Decimal]:
    from app.manufatura.services.mto import catalogo

    with fabrica.motor.connect() as conexao:
        return catalogo.livre(conexao, "odoo")


def _id(fabrica: Fabrica, numero: str) -> int:
    return int(fabrica.rodar("SELECT id FROM ordem_producao WHERE numero_ordem = :n", n=numero)[0][0])
