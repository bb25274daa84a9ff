"""Tabelas num terminal estreito: códigos e números inteiros, nomes cortados, o que está vazio fora."""

from __future__ import annotations

import pytest

from app.comandos.larguras import Coluna, ajustar, recuo

COLUNAS = [
    Coluna("material"),
    Coluna("nome", corta=True, dispensavel=True),
    Coluna("precisa", direita=True),
    Coluna("de ordens", direita=True, se_houver=True),
    Coluna("em pedido", direita=True, dispensavel=True),
]
LINHAS = [["  └ MDF18-004", "Chapa MDF 18 mm Jequitibá", "21,6", "0", "41"], ["PC-02ARO", "Tampo colado Aroeira", "20", "0", "1.885"]]


@pytest.mark.parametrize(
    ("largura", "larguras", "sumiram"),
    [
        (80, {0: 13, 1: 25, 2: 7, 4: 6}, ()),
        (50, {0: 13, 1: 18, 2: 7, 4: 6}, ()),
        (40, {0: 13, 2: 7, 4: 6}, ("nome",)),
        (24, {0: 13, 2: 7}, ("nome", "em pedido")),
        (5, {0: 13, 2: 7}, ("nome", "em pedido")),
    ],
)
def test_reparte_o_que_ha(largura: int, larguras: dict[int, int], sumiram: tuple[str, ...]) -> None:
    ajuste = ajustar(COLUNAS, LINHAS, largura)
    assert (ajuste.larguras, ajuste.sumiram) == (larguras, sumiram)


def test_se_houver_fica_quando_alguma_linha_a_preenche() -> None:
    assert 3 in ajustar(COLUNAS, [*LINHAS, ["COLA", "Cola", "1", "0,5", "0"]], 60).larguras


def test_sem_linhas() -> None:
    assert ajustar(COLUNAS, [], 10).larguras


def test_texto_comprido_quebra_nas_palavras_e_palavra_enorme_no_meio() -> None:
    colunas = [Coluna("o que"), Coluna("por que as datas")]
    ajuste = ajustar(colunas, [["x" * 80, "início da ordem pai 09/12/2026 − 2 dias úteis = 07/12/2026"]], 60)
    assert ajuste.larguras[0] >= 30
    assert ajuste.larguras[1] >= 10
    assert sum(ajuste.larguras.values()) + 2 <= 60


def test_recuo() -> None:
    assert [recuo(t) for t in ("PC", "└ PC", "  └ PC", "")] == [0, 2, 4, 0]
