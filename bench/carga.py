"""Bancada `carga`: COPY para a etapa + mescla, contra o COPY puro numa gêmea vazia da tabela de destino.

A gêmea tem as mesmas colunas, restrições e índices de pedido_compras. O commit entra no tempo dos dois lados, o servidor é o
embutido com fsync, e as linhas e a forma do COPY são as mesmas. Os lados se alternam; valem as medianas.

Chaves: razao_vazia (destino vazio) e razao_igual (nada mudou), num lote só; com _paginas, em páginas de 5.000, cada uma com o seu
commit, como a importação faz.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import Engine, Table, text

from app.banco import carga, embutido, migracao
from app.banco.motor import criar_motor
from app.manufatura.models import PedidoCompras

TABELA: Table = PedidoCompras.__table__  # type: ignore[assignment]
COLUNAS = [c.name for c in TABELA.columns if c.name not in ("id", "criado_em", "atualizado_em")]
CHAVE = ["odoo_modelo", "odoo_id"]
PAGINA = 5_000
Linhas = Sequence[tuple[object, ...]]


def linhas_de_pedido(quantas: int, semente: int = 1) -> list[tuple[object, ...]]:
    """Linhas com a forma das de pedido_compras: cinco por pedido, 500 fornecedores, 7.000 produtos; iguais a cada execução."""
    sorteio = random.Random(semente)
    inicio = datetime(2024, 1, 1, tzinfo=UTC)
    feitas = []
    for i in range(quantas):
        escrita = inicio + timedelta(seconds=sorteio.randrange(60_000_000))
        fornecedor, produto = sorteio.randrange(500), sorteio.randrange(7_000)
        qtd, preco, recebida = Decimal(sorteio.randrange(1, 100_000)) / 100, Decimal(sorteio.randrange(1, 10**7)) / 1000, i % 2 == 1
        valores: dict[str, object] = dict(  # noqa: C408 - em chaves, cada linha passaria da largura
            num_pedido=f"P{i // 5:05d}", cnpj_fornecedor=f"{fornecedor:014d}", raz_social=f"Indústria e Comércio {fornecedor} Ltda",
            odoo_parceiro_id=fornecedor, data_pedido_criacao=escrita.date(), data_pedido_previsao=escrita.date() + timedelta(days=10),
            data_pedido_entrega=escrita.date() + timedelta(days=9) if recebida else None, cod_produto=f"{produto:08d}",
            nome_produto=f"Parafuso sextavado aço nº {produto}", qtd_produto_pedido=qtd, qtd_recebida=qtd if recebida else Decimal(0),
            preco_produto_pedido=preco, moeda="BRL", confirmacao_pedido=recebida, status_odoo="purchase", odoo_estado="purchase",
            odoo_contato_id=fornecedor, odoo_moeda_id=6, odoo_data_pedido=escrita, odoo_data_prevista=escrita + timedelta(days=10),
            odoo_unidade_id=1, odoo_qtd_produto=qtd, odoo_preco=preco, odoo_qtd_recebida=qtd, odoo_excluida=False,
            odoo_modelo="purchase.order.line", odoo_id=i + 1, odoo_documento_id=i // 5 + 1, odoo_produto_id=produto, empresa_id=1,
            odoo_write_date=escrita, odoo_documento_write_date=escrita, odoo_lido_em=escrita + timedelta(days=1), importado_odoo=True,
        )  # fmt: skip
        feitas.append(tuple(valores.get(c) for c in COLUNAS))
    return feitas


def _criar_gemea(motor: Engine) -> None:
    with motor.begin() as conexao:
        conexao.execute(text("CREATE SCHEMA gemea"))
        conexao.execute(text("CREATE TABLE gemea.pedido_compras (LIKE public.pedido_compras INCLUDING ALL)"))
        chaves = conexao.execute(
            text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'pedido_compras'::regclass AND contype = 'f'")
        )
        for (definicao,) in chaves:  # LIKE não traz chaves estrangeiras
            conexao.execute(text(f"ALTER TABLE gemea.pedido_compras ADD {definicao}"))


def _copy_puro(motor: Engine, linhas: Linhas) -> None:
    nomes = sql.SQL(", ").join(map(sql.Identifier, COLUNAS))
    tipos = [t.compile(dialect=motor.dialect) for t in carga.tipos(TABELA, COLUNAS).values()]
    with motor.begin() as conexao:
        carga.copiar_para(conexao, sql.SQL("gemea.pedido_compras ({})").format(nomes), tipos, linhas)


def _carregar(motor: Engine, linhas: Linhas, pagina: int) -> carga.Contagem:
    tipos = carga.tipos(TABELA, COLUNAS)
    soma = carga.Contagem()
    for i in range(0, len(linhas), pagina):
        with motor.begin() as conexao:
            carga.copiar(conexao, "carga_pedido_compras", tipos, linhas[i : i + pagina])
            soma += carga.mesclar(conexao, TABELA, "SELECT * FROM carga_pedido_compras", COLUNAS, CHAVE)
    return soma


def _cronometrar(motor: Engine, trabalho: Callable[[], object], esvaziar: str | None) -> float:
    with motor.begin() as conexao:
        if esvaziar:
            conexao.execute(text(f"TRUNCATE {esvaziar} CASCADE"))
    with motor.connect().execution_options(isolation_level="AUTOCOMMIT") as conexao:
        conexao.execute(text("CHECKPOINT"))  # nenhum lado paga a escrita que o outro deixou pendente
    inicio = time.perf_counter()
    trabalho()
    return time.perf_counter() - inicio


def executar(mostrar: Callable[[str], None] = print, repeticoes: int = 5, linhas: int = 100_000, **_opcoes: Any) -> dict[str, object]:
    """Mede e devolve as razões; `mostrar` recebe cada linha de texto."""
    with tempfile.TemporaryDirectory(prefix="manufatura-bench-") as pasta:
        casa = Path(pasta)
        motor = criar_motor(embutido.ligar(casa).url("dono"), statement_timeout_s=0)
        try:
            migracao.migrar(motor)
            _criar_gemea(motor)
            return _medir(motor, linhas_de_pedido(linhas), repeticoes, mostrar)
        finally:
            motor.dispose()
            embutido.parar(casa)


def _medir(motor: Engine, linhas: Linhas, repeticoes: int, mostrar: Callable[[str], None]) -> dict[str, object]:
    n = len(linhas)
    mostrar(f"carga: {n} linhas de {len(COLUNAS)} colunas, {repeticoes} repetições alternadas, commit incluído")

    def conferir(esperado: carga.Contagem, pagina: int) -> Callable[[], None]:
        def trabalho() -> None:
            feito = _carregar(motor, linhas, pagina)
            assert feito == esperado, f"a mescla contou {feito}, devia contar {esperado}"

        return trabalho

    novas, iguais = carga.Contagem(novas=n), carga.Contagem(iguais=n)
    lados: dict[str, tuple[Callable[[], None], str | None]] = {
        "copy_puro": (lambda: _copy_puro(motor, linhas), "gemea.pedido_compras"),
        "vazia": (conferir(novas, n), "public.pedido_compras"),
        "igual": (conferir(iguais, n), None),
        "vazia_paginas": (conferir(novas, PAGINA), "public.pedido_compras"),
        "igual_paginas": (conferir(iguais, PAGINA), None),
    }
    tempos: dict[str, list[float]] = {lado: [] for lado in lados}
    for _ in range(repeticoes):
        for lado, (trabalho, esvaziar) in lados.items():
            tempos[lado].append(_cronometrar(motor, trabalho, esvaziar))
    medianas = {lado: statistics.median(t) for lado, t in tempos.items()}
    titulos = {
        "copy_puro": "COPY puro na gêmea vazia",
        "vazia": "etapa e mescla, destino vazio",
        "igual": "etapa e mescla, nada mudou",
        "vazia_paginas": f"destino vazio, páginas de {PAGINA}",
        "igual_paginas": f"nada mudou, páginas de {PAGINA}",
    }
    resultado: dict[str, object] = {"linhas": n, "repeticoes": repeticoes}
    for lado, titulo in titulos.items():
        razao = medianas[lado] / medianas["copy_puro"]
        faixa = f"{min(tempos[lado]):.2f} a {max(tempos[lado]):.2f} s"
        mostrar(f"  {titulo:36} {medianas[lado]:6.2f} s  ({faixa})  {razao:5.2f} × o COPY".replace(".", ","))
        resultado[f"{lado}_s"] = round(medianas[lado], 4)
        if lado != "copy_puro":
            resultado[f"razao_{lado}"] = round(razao, 3)
    return resultado
