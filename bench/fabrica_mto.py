"""A fábrica da bancada `mto`: 2.000 acabados de três níveis, 7.000 itens partilhados, e estoque para metade do que se precisa."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import psycopg
from psycopg import sql

HOJE = date(2026, 11, 24)
ACABADOS = [f"A{i:05d}" for i in range(2_000)]
NIVEL_1 = [f"I{i:05d}" for i in range(1_000)]
NIVEL_2 = [f"J{i:05d}" for i in range(500)]
COMPRADOS = [f"C{i:05d}" for i in range(3_500)]


class Fabrica:
    """Estruturas e demandas, iguais a cada execução. `demandas` linhas de separação, cada uma de um lote."""

    def __init__(self, demandas: int, semente: int = 7) -> None:
        sorteio = random.Random(semente)
        self.estruturas: dict[str, list[tuple[str, int]]] = {}
        for codigo in ACABADOS:
            self.estruturas[codigo] = self._linhas(sorteio, sorteio.sample(NIVEL_1, 2) + sorteio.sample(COMPRADOS, 8))
        for codigo in NIVEL_1:
            self.estruturas[codigo] = self._linhas(sorteio, sorteio.sample(NIVEL_2, 1) + sorteio.sample(COMPRADOS, 7))
        for codigo in NIVEL_2:
            self.estruturas[codigo] = self._linhas(sorteio, sorteio.sample(COMPRADOS, 6))
        self.demandas = [
            (f"L{i:07d}", f"V{i:07d}", sorteio.choice(ACABADOS), sorteio.randint(1, 50), HOJE + timedelta(days=sorteio.randint(20, 90)))
            for i in range(demandas)
        ]

    @staticmethod
    def _linhas(sorteio: random.Random, componentes: list[str]) -> list[tuple[str, int]]:
        return [(c, sorteio.randint(1, 9)) for c in componentes]

    def estoque(self) -> dict[str, Decimal]:
        """Metade da necessidade bruta de cada item."""
        bruta: dict[str, int] = defaultdict(int)
        for _, _, produto, qtd, _ in self.demandas:
            bruta[produto] += qtd
        for nivel in (ACABADOS, NIVEL_1, NIVEL_2):
            for pai in nivel:
                for componente, por in self.estruturas[pai]:
                    bruta[componente] += bruta[pai] * por
        return {c: Decimal(q) / 2 for c, q in bruta.items() if c not in self.estruturas or not c.startswith("A")}

    def gravar(self, url_dono: str) -> None:
        """Enche um banco migrado e vazio com a fábrica."""
        with psycopg.connect(url_dono) as conexao:
            self._copiar(
                conexao,
                "cadastro_palletizacao",
                "cod_produto nome_produto produto_comprado produto_produzido disparo_producao lead_time_mto",
                self._cadastro(),
            )
            ids = {c: i for i, c in enumerate(self.estruturas, 1)}
            self._copiar(conexao, "estrutura", "id cod_produto_produzido", ((i, c) for c, i in ids.items()))
            linhas = ((ids[p], c, q) for p, cs in self.estruturas.items() for c, q in cs)
            self._copiar(conexao, "lista_materiais", "estrutura_id cod_produto_componente qtd_utilizada", linhas)
            saldos = ((i, 1, c, q) for i, (c, q) in enumerate(self.estoque().items(), 1))
            self._copiar(conexao, "posicao_estoque", "odoo_produto_id empresa_id cod_produto qtd", saldos)
            self._copiar(conexao, "separacao", "separacao_lote_id num_pedido cod_produto qtd_saldo expedicao", self.demandas)
            self._copiar(conexao, "pedido", "separacao_lote_id num_pedido status", ((d[0], d[1], "ABERTO") for d in self.demandas))
            self._copiar(
                conexao, "carteira_principal", "num_pedido cod_produto separacao_lote_id", ((d[1], d[2], d[0]) for d in self.demandas)
            )
            conexao.commit()
            conexao.autocommit = True
            conexao.execute("VACUUM ANALYZE")

    @staticmethod
    def _cadastro() -> Iterator[tuple[object, ...]]:
        for codigo in ACABADOS:
            yield codigo, f"Produto acabado {codigo}", False, True, "MTO", 5
        for codigo in NIVEL_1 + NIVEL_2:
            yield codigo, f"Intermediário {codigo}", False, True, None, 3
        for codigo in COMPRADOS:
            yield codigo, f"Componente {codigo}", True, False, None, None

    @staticmethod
    def _copiar(conexao: psycopg.Connection, tabela: str, colunas: str, linhas: Iterable[tuple[object, ...]]) -> None:
        nomes = sql.SQL(", ").join(map(sql.Identifier, colunas.split()))
        with conexao.cursor() as cursor, cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(tabela), nomes)) as copia:
            for linha in linhas:
                copia.write_row(linha)
