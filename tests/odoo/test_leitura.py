"""Ler muito sem perder nada: chaves, páginas, adiantamento, ausentes, e o que custa."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.odoo.erros import ConexaoRecusada, RegistroAusente, RespostaInvalida
from app.odoo.leitura import Marca, TamanhoPagina, ler_paginas, listar
from app.odoo.valores import ValorInvalido
from tests.odoo.apoio import cliente
from tests.odoo.servidor_cru import PedidoCru, ServidorCru, resultado


class OdooDeMentira:
    """Só o que a leitura usa; os registros são ids que existem, todos com o mesmo segundo de write_date."""

    def __init__(self, existentes: list[int]) -> None:
        self.existentes = existentes
        self.chamadas: list[tuple[str, int]] = []
        self.hora_desta_linha: datetime | None = None
        self.linhas: set[str] = set()

    def buscar(self, modelo: str, dominio: list[Any], *, limite: int | None = None, contexto: Any = None) -> list[int]:
        self.chamadas.append(("search", limite or 0))
        if dominio[0][1] == "in":
            return [i for i in self.existentes if i in set(dominio[0][2])]
        achados = [i for i in self.existentes if i > dominio[0][2]]
        return achados[:limite]

    def buscar_ler(self, modelo: str, dominio: list[Any], campos: list[str], *, limite: int, contexto: Any = None) -> list[dict[str, Any]]:
        return [{"id": i, "write_date": "2026-11-24 12:00:00"} for i in self.buscar(modelo, dominio, limite=limite)]

    def ler(self, modelo: str, ids: list[int], campos: list[str], *, contexto: Any = None, sem_repetir: Any = ()) -> list[dict[str, Any]]:
        self.chamadas.append(("read", len(ids)))
        self.linhas.add(threading.current_thread().name)
        return [{"id": i} for i in ids if i in set(self.existentes)]


@settings(deadline=None)
@given(st.sets(st.integers(1, 300), max_size=120), st.integers(1, 50), st.integers(0, 100), st.booleans())
def test_listar_da_cada_um_uma_vez(existentes: set[int], lote: int, apos: int, so_ids: bool) -> None:
    odoo: Any = OdooDeMentira(sorted(existentes))
    lotes = list(listar(odoo, "m", [], apos_id=apos, lote=lote, so_ids=so_ids))
    assert [m.id for marcas in lotes for m in marcas] == sorted(i for i in existentes if i > apos)
    assert all(0 < len(marcas) <= lote for marcas in lotes)
    quando = None if so_ids else datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert all(m == Marca(m.id, quando) for marcas in lotes for m in marcas)


def test_listar_para_se_o_servidor_nao_avanca() -> None:
    odoo: Any = OdooDeMentira([])
    odoo.conexao = cliente("http://127.0.0.1:1").conexao
    odoo.buscar = lambda *_a, **_k: [1, 2]
    with pytest.raises(RespostaInvalida, match="não avançou"):
        list(listar(odoo, "m", [], lote=2, so_ids=True))


def test_write_date_ilegivel_e_dito() -> None:
    odoo: Any = OdooDeMentira([1])
    odoo.buscar_ler = lambda *_a, **_k: [{"id": 1, "write_date": "ontem"}]
    with pytest.raises(ValorInvalido):
        list(listar(odoo, "m", []))
    odoo.buscar_ler = lambda *_a, **_k: [{"id": 1, "write_date": False}]
    assert list(listar(odoo, "m", [])) == [[Marca(1, None)]]


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 200), unique=True, max_size=80), st.sets(st.integers(1, 200), max_size=150), st.integers(1, 30), st.booleans()
)
def test_paginas_cobrem_tudo_na_ordem(ids: list[int], existentes: set[int], tamanho: int, adiantar: bool) -> None:
    odoo: Any = OdooDeMentira(sorted(existentes))
    paginas = list(ler_paginas(odoo, "m", ids, ["id"], tamanho=TamanhoPagina(tamanho), adiantar=adiantar))
    assert [i for p in paginas for i in p.ids] == ids
    assert [r["id"] for p in paginas for r in p.registros] == [i for i in ids if i in existentes]
    assert [i for p in paginas for i in p.ausentes] == [i for i in ids if i not in existentes]
    assert len(odoo.chamadas) == -(-len(ids) // tamanho)


def test_a_pagina_seguinte_e_lida_enquanto_esta_e_usada() -> None:
    pedida = threading.Event()

    class Odoo(OdooDeMentira):
        def ler(self, modelo: str, ids: list[int], campos: list[str], **_k: Any) -> list[dict[str, Any]]:
            if ids[0] == 3:
                pedida.set()
            return super().ler(modelo, ids, campos)

    odoo: Any = Odoo(list(range(1, 7)))
    paginas = ler_paginas(odoo, "m", list(range(1, 7)), ["id"], tamanho=TamanhoPagina(2))
    assert next(paginas).ids == [1, 2]
    assert pedida.wait(5)
    assert [p.ids for p in paginas] == [[3, 4], [5, 6]]
    assert odoo.linhas == {"odoo-pagina_0"}
    assert not [t for t in threading.enumerate() if t.name.startswith("odoo-pagina")]


def test_quem_para_no_meio_nao_deixa_linha_de_execucao() -> None:
    odoo: Any = OdooDeMentira(list(range(1, 100)))
    paginas: Any = ler_paginas(odoo, "m", list(range(1, 100)), ["id"], tamanho=TamanhoPagina(5))
    next(paginas)
    paginas.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("odoo-pagina")]
    assert len(odoo.chamadas) <= 2


def test_erro_que_nao_se_cura_chega_a_quem_le() -> None:
    class Odoo(OdooDeMentira):
        def ler(self, modelo: str, ids: list[int], campos: list[str], **_k: Any) -> list[dict[str, Any]]:
            if ids[0] > 2:
                raise ConexaoRecusada(servidor="x", detalhe="y")
            return super().ler(modelo, ids, campos)

    odoo: Any = Odoo([1, 2, 3, 4])
    paginas = ler_paginas(odoo, "m", [1, 2, 3, 4], ["id"], tamanho=TamanhoPagina(2))
    assert next(paginas).ids == [1, 2]
    with pytest.raises(ConexaoRecusada):
        next(paginas)


def test_registro_que_some_durante_o_read() -> None:
    class Odoo(OdooDeMentira):
        def ler(self, modelo: str, ids: list[int], campos: list[str], **_k: Any) -> list[dict[str, Any]]:
            if 2 in ids:
                raise RegistroAusente(modelo=modelo, detalhe="x")
            return super().ler(modelo, ids, campos)

    odoo: Any = Odoo([1, 3])
    (pagina,) = ler_paginas(odoo, "m", [1, 2, 3], ["id"], tamanho=TamanhoPagina(10))
    assert ([r["id"] for r in pagina.registros], pagina.ausentes) == ([1, 3], [2])


def test_lido_em_e_a_hora_em_que_a_leitura_comecou() -> None:
    """O Date é de quando a resposta saiu; o que mudou durante uma leitura demorada não pode ser dado por lido."""
    fim = datetime(2026, 11, 24, 12, 0, 9, tzinfo=UTC)

    def ato(pedido: PedidoCru, canal: Any) -> bytes | None:
        canal.envia(b"HTTP/1.0 200 OK\r\n")
        canal._parada.wait(0.25)
        return resultado([{"id": 1}], mais=["Date: Tue, 24 Nov 2026 12:00:09 GMT"]).partition(b"\r\n")[2]

    with ServidorCru(ato) as servidor, cliente(servidor.url) as odoo:
        (pagina,) = ler_paginas(odoo, "m", [1], ["id"], tamanho=TamanhoPagina(10))
        assert odoo.hora_servidor == fim
    assert pagina.lido_em is not None
    assert timedelta(seconds=0.2) <= fim - pagina.lido_em <= timedelta(seconds=5)
