"""Um invariante: uma consulta que devolve as linhas que o desmentem, e a explicação para quem planeja."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

MAXIMO_LINHAS = 1_000


@dataclass(frozen=True)
class Invariante:
    """O que tem de ser sempre verdade.

    `nome`: identificador estável. `titulo`: a verdade, em uma frase. `explicacao`: o que significa quando não vale, e o que
    fazer. `sql`: SELECT das linhas que a desmentem (as colunas são as que se mostram), com os parâmetros :fuso (texto),
    :agora (instante UTC), :dias_rejeicao e :meses_abertos (inteiros).
    """

    nome: str
    titulo: str
    explicacao: str
    sql: str


@dataclass(frozen=True)
class Resultado:
    """O que se achou de um invariante: quantas linhas o desmentem e as primeiras delas (coluna → valor)."""

    invariante: Invariante
    total: int
    linhas: Sequence[Mapping[str, Any]] = field(default=())

    @property
    def certo(self) -> bool:
        """Nenhuma linha o desmente."""
        return self.total == 0


def conferir(
    conexao: Connection, invariantes: Iterable[Invariante], parametros: Mapping[str, Any], maximo: int = MAXIMO_LINHAS
) -> list[Resultado]:
    """Roda cada invariante, um comando por um, e devolve os resultados na ordem; só lê."""
    return [_um(conexao, i, parametros, maximo) for i in invariantes]


def _um(conexao: Connection, invariante: Invariante, parametros: Mapping[str, Any], maximo: int) -> Resultado:
    comando = text(f"SELECT q.*, count(*) OVER () AS total_ FROM ({invariante.sql}) q LIMIT :maximo_")  # noqa: S608 — consultas deste pacote
    usados = {nome: valor for nome, valor in parametros.items() if f":{nome}" in invariante.sql}
    linhas = [dict(r._mapping) for r in conexao.execute(comando, {**usados, "maximo_": maximo})]
    total = int(linhas[0]["total_"]) if linhas else 0
    for linha in linhas:
        del linha["total_"]
    return Resultado(invariante, total, linhas)
