"""Falha 17: 429 (com e sem Retry-After) e 413. O pedido de ir devagar é obedecido; a página encolhe e isso é lembrado."""

from __future__ import annotations

import pytest

from app.odoo.conexao import Prazos
from app.odoo.erros import MuitosPedidos, PaginaGrande, PrazoEsgotado
from app.odoo.leitura import TamanhoPagina, ler_paginas
from app.odoo.repeticao import TETO_RETRY_AFTER_S
from tests.odoo.apoio import cliente
from tests.odoo.servidor_cru import Ato, PedidoCru, ServidorCru, http, pagina, resultado

pytestmark = pytest.mark.falha(17)

AGORA = "Date: Tue, 24 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("cabecalhos", "minimo", "maximo"),
    [
        (["Retry-After: 7"], 7, 7),
        ([AGORA, "Retry-After: Tue, 24 Nov 2026 12:00:09 GMT"], 9, 9),
        ([AGORA, "Retry-After: Tue, 24 Nov 2026 11:00:00 GMT"], 0, 1),
        (["Retry-After: 86400"], TETO_RETRY_AFTER_S, TETO_RETRY_AFTER_S),
        (["Retry-After: depois"], 0, 1),
        (["Retry-After: -5"], 0, 1),
        ([], 0, 1),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after(cabecalhos: list[str], minimo: float, maximo: float, status: int) -> None:
    vezes: list[int] = []

    def ato(_pedido: PedidoCru, _canal: object) -> bytes:
        vezes.append(1)
        return http("devagar", status=status, mais=cabecalhos) if len(vezes) < 3 else resultado([7])

    esperas: list[float] = []
    with ServidorCru(ato) as servidor, cliente(servidor.url, tentativas=5, esperas=esperas) as odoo:
        assert odoo.buscar("res.partner", []) == [7]
    assert len(esperas) == 2
    assert all(minimo <= espera <= maximo for espera in esperas)


def test_429_sem_fim_desiste_e_diz() -> None:
    with ServidorCru(http(status=429)) as servidor, cliente(servidor.url, tentativas=4) as odoo:
        with pytest.raises(MuitosPedidos) as erro:
            odoo.buscar("res.partner", [])
        assert erro.value.transitorio
        assert odoo.chamadas == 4


def _ate(limite: int, recusa: Ato | bytes) -> tuple[Ato, list[int]]:
    tamanhos: list[int] = []

    def ato(pedido: PedidoCru, canal: object) -> bytes | None:
        ids = pedido.args[5][0]
        tamanhos.append(len(ids))
        if len(ids) > limite:
            return recusa(pedido, canal) if callable(recusa) else recusa  # type: ignore[arg-type]
        return resultado([{"id": i} for i in ids])

    return ato, tamanhos


def _cala(_pedido: PedidoCru, canal: object) -> None:
    canal.cala()  # type: ignore[attr-defined]


@pytest.mark.parametrize("causa", ["413", "504", "prazo"])
def test_pagina_encolhe_e_lembra(causa: str) -> None:
    recusas: dict[str, Ato | bytes] = {"413": http(status=413), "504": pagina(504), "prazo": _cala}
    recusa = recusas[causa]
    ato, tamanhos = _ate(30, recusa)
    tamanho = TamanhoPagina(100)
    prazos = Prazos(conexao_s=5, leitura_s=0.3, total_s=5)
    with ServidorCru(ato) as servidor, cliente(servidor.url, tentativas=5, prazos=prazos) as odoo:
        paginas = list(ler_paginas(odoo, "res.partner", list(range(1, 101)), ["id"], tamanho=tamanho))
        assert [r["id"] for p in paginas for r in p.registros] == list(range(1, 101))
        assert tamanhos == [100, 50, 25, 25, 25, 25]  # uma recusa por tamanho, nenhuma insistência
        assert tamanho.atual == 25
        tamanhos.clear()
        list(ler_paginas(odoo, "res.partner", list(range(1, 51)), ["id"], tamanho=tamanho))
        assert tamanhos == [25, 25]


def test_volta_a_crescer_devagar_e_nunca_alem_do_inicio() -> None:
    tamanho = TamanhoPagina(100)
    tamanho.encolher(100)
    tamanho.encolher(50)
    vistos = []
    for _ in range(40):
        tamanho.coube()
        vistos.append(tamanho.atual)
    assert vistos[:7] == [25] * 7
    assert vistos[7] == 50
    assert max(vistos) == vistos[-1] == 100


def test_um_registro_so_que_nao_cabe_e_erro() -> None:
    with ServidorCru(http(status=413)) as servidor, cliente(servidor.url) as odoo, pytest.raises(PaginaGrande):
        list(ler_paginas(odoo, "res.partner", [1, 2], ["id"], tamanho=TamanhoPagina(10)))
    prazos = Prazos(conexao_s=5, leitura_s=0.2, total_s=0.4)
    with ServidorCru(_cala) as servidor, cliente(servidor.url, prazos=prazos) as odoo, pytest.raises(PrazoEsgotado):
        list(ler_paginas(odoo, "res.partner", [1, 2], ["id"], tamanho=TamanhoPagina(10)))
