# ruff: noqa: S608 - o SQL é montado só com nomes de tabelas e colunas do programa, citados; os valores vão por COPY e parâmetros
"""Comparar uma planilha com a sua tabela e gravar o que difere: COPY para uma temporária, e um comando por efeito.

Com a tabela trancada contra outras gravações (as leituras seguem), a comparação vale até o commit, e o que está igual não é tocado:
a mesma planilha duas vezes não grava linha nenhuma. A junção iguala os vazios da chave (`coalesce`), o que `carga.mesclar` não faz.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Date, Table, text

from app.banco.carga import copiar, tipos
from app.manufatura.planilhas.diferenca import EXEMPLOS, Diferenca, Exemplo
from app.manufatura.planilhas.tipos import Tipo
from app.manufatura.planilhas.validacao import Lida

CARGA, DESTINO = "planilha_carga", "planilha_destino"


@dataclass(frozen=True)
class Quem:
    """Quem importa e de onde, para a auditoria e os movimentos."""

    usuario: str
    de_onde: str


class Fluxo:
    """O caminho de um tipo comum. Os outros (estruturas, saldos) refazem os três passos."""

    def __init__(self, tipo: Tipo) -> None:
        self.tipo = tipo

    def trancar(self, conexao: Connection) -> None:
        """Espera as gravações em curso e segura as novas até o commit. Erro: TravaOcupada, se a espera passa de lock_timeout."""
        for tabela in (*self.tipo.travas, self.tipo.tabela):
            conexao.execute(text(f"LOCK TABLE {tabela.name} IN SHARE ROW EXCLUSIVE MODE"))

    def conferir(self, conexao: Connection, lida: Lida, substituir: bool) -> None:
        """Recusas que dependem do que está guardado. Acrescenta a `lida.problemas`; quem chama tira as linhas recusadas."""

    def avisar(self, conexao: Connection, lida: Lida, substituir: bool) -> None:
        """Depois de comparar: o que convém dizer a quem importa, em `lida.avisos`."""

    def comparar(self, conexao: Connection, lida: Lida, substituir: bool) -> Diferenca:
        """O que mudaria. Deixa a temporária de destino pronta para `gravar`, na mesma transação."""
        self._carregar(conexao, lida)
        t = self.tipo.tabela
        comparadas = [c for c in self._gravadas(lida.presentes) if c not in self.tipo.chave]
        conta = conexao.execute(
            text(f"""SELECT count(*) FILTER (WHERE id IS NULL), count(*) FILTER (WHERE mudou), count(*) FROM {DESTINO}""")
        ).one()
        fora = f"NOT EXISTS (SELECT 1 FROM {DESTINO} x WHERE x.id = d.id)"
        ausentes = int(conexao.execute(text(f"SELECT count(*) FROM {t.name} d WHERE {fora}")).scalar_one())
        saem: frozenset[int] = frozenset()
        if substituir and ausentes:
            onde = f"{fora} AND ({self.tipo.pode_sair or 'true'})"
            saem = frozenset(conexao.execute(text(f"SELECT d.id FROM {t.name} d WHERE {onde}")).scalars())
        diferenca = Diferenca(conta[0], conta[1], conta[2] - conta[0] - conta[1], ausentes, saem)
        diferenca.exemplos = [*self._exemplos(conexao, comparadas), *self._exemplos_saem(conexao, saem)]
        return diferenca

    def gravar(self, conexao: Connection, lida: Lida, diferenca: Diferenca, quem: Quem) -> None:
        """Tira, muda e insere, nesta ordem: o que sai pode ceder o lugar. Supõe `comparar` feito nesta transação."""
        t, colunas = self.tipo.tabela, self._gravadas(lida.presentes)
        if diferenca.saem:
            conexao.execute(text(f"DELETE FROM {t.name} WHERE id = ANY(:ids)"), {"ids": sorted(diferenca.saem)})
        comparadas = [c for c in colunas if c not in self.tipo.chave]
        if diferenca.mudadas and comparadas:
            ajustes = ", ".join(f"{c} = x.{c}" for c in comparadas)
            conexao.execute(text(f"UPDATE {t.name} d SET {ajustes}, atualizado_em = now() FROM {DESTINO} x WHERE d.id = x.id AND x.mudou"))
        if diferenca.novas:
            nomes = ", ".join(colunas)
            conexao.execute(text(f"INSERT INTO {t.name} ({nomes}) SELECT {nomes} FROM {DESTINO} WHERE id IS NULL ORDER BY linha"))
        self.depois(conexao, lida)

    def depois(self, conexao: Connection, lida: Lida) -> None:
        """Efeitos em outras tabelas."""

    # --- montagem ---------------------------------------------------------------------------------------------------------------

    def _da_planilha(self, presentes: Collection[str]) -> list[str]:
        """As colunas que vão por COPY: a chave inteira e as presentes."""
        nomes = dict.fromkeys([*self.tipo.chave, *presentes])
        return [n for n in nomes if n in self.tipo.tabela.c]

    def _efetivas(self, presentes: Collection[str]) -> dict[str, str]:
        """Coluna → SQL do valor com que a linha fica."""
        efetivas = {c: f"f.{c}" for c in self.tipo.chave}
        for coluna in self.tipo.colunas:
            nome = coluna.nome
            if nome in efetivas or nome not in self.tipo.tabela.c:
                continue
            guardado = f"CASE WHEN d.id IS NULL THEN {coluna.nova} ELSE d.{nome} END" if coluna.nova else f"d.{nome}"
            if nome not in presentes:
                efetivas[nome] = guardado
            else:
                efetivas[nome] = f"coalesce(f.{nome}, {guardado})" if coluna.conserva else f"f.{nome}"
        return efetivas

    def _gravadas(self, presentes: Collection[str]) -> list[str]:
        """As colunas que se comparam e gravam: chave, presentes, as que têm valor para a linha nova, e as calculadas."""
        nomes = [*self.tipo.chave]
        nomes += [c.nome for c in self.tipo.colunas if (c.nome in presentes or c.nova) and c.nome in self.tipo.tabela.c]
        nomes += list(self.tipo.calculadas(presentes)) if self.tipo.calculadas else []
        return list(dict.fromkeys(nomes))

    def _carregar(self, conexao: Connection, lida: Lida) -> None:
        t, presentes = self.tipo.tabela, lida.presentes
        nomes = self._da_planilha(presentes)
        linhas = ((linha.numero, *(linha.valores.get(n) for n in nomes)) for linha in lida.linhas)
        copiar_nova(conexao, CARGA, {"linha": "integer", **tipos(t, nomes)}, linhas)
        efetivas = self._efetivas(presentes)
        if self.tipo.calculadas:
            efetivas |= self.tipo.calculadas(presentes)
        colunas = self._gravadas(presentes)
        comparadas = [c for c in colunas if c not in self.tipo.chave]
        difere = (
            f"({', '.join(f'r.{c}' for c in comparadas)}) IS DISTINCT FROM ({', '.join(f'd.{c}' for c in comparadas)})"
            if comparadas
            else "false"
        )
        conexao.execute(text(f"ANALYZE pg_temp.{CARGA}"))
        conexao.execute(text(f"DROP TABLE IF EXISTS pg_temp.{DESTINO}"))
        conexao.execute(
            text(f"""CREATE TEMP TABLE {DESTINO} ON COMMIT DROP AS
                SELECT r.*, r.id IS NOT NULL AND {difere} AS mudou FROM (
                    SELECT f.linha, d.id, {", ".join(f"{efetivas[c]} AS {c}" for c in colunas)}
                    FROM pg_temp.{CARGA} f LEFT JOIN {t.name} d ON {casa(t, self.tipo)} {self.tipo.junta.format(**efetivas)}) r
                LEFT JOIN {t.name} d ON d.id = r.id""")
        )
        conexao.execute(text(f"ANALYZE pg_temp.{DESTINO}"))

    # --- exemplos ---------------------------------------------------------------------------------------------------------------

    def _exemplos(self, conexao: Connection, comparadas: list[str]) -> list[Exemplo]:
        t = self.tipo.tabela
        antes = ", ".join(f"d.{c} AS antes_{c}" for c in comparadas)
        consulta = f"""SELECT x.*{", " + antes if antes else ""} FROM {DESTINO} x LEFT JOIN {t.name} d ON d.id = x.id
            WHERE {{}} ORDER BY x.linha LIMIT {EXEMPLOS}"""
        feitos = []
        for oque, onde in (("nova", "x.id IS NULL"), ("mudada", "x.mudou")):
            for r in conexao.execute(text(consulta.format(onde))).mappings():
                mudou = [c for c in comparadas if oque == "nova" or r[c] != r[f"antes_{c}"]]
                depois = {c: r[c] for c in mudou if oque == "mudada" or r[c] is not None}
                feitos.append(
                    Exemplo(oque, self.identidade(dict(r)), {c: r[f"antes_{c}"] for c in mudou} if oque == "mudada" else {}, depois)
                )
        return feitos

    def _exemplos_saem(self, conexao: Connection, saem: frozenset[int]) -> list[Exemplo]:
        consulta = text(f"SELECT * FROM {self.tipo.tabela.name} WHERE id = ANY(:ids) ORDER BY id LIMIT {EXEMPLOS}")
        achadas = conexao.execute(consulta, {"ids": sorted(saem)[:EXEMPLOS]}).mappings() if saem else ()
        return [Exemplo("sai", self.identidade(dict(r)), {}, {}) for r in achadas]

    def identidade(self, linha: Mapping[str, Any]) -> str:
        """A linha em palavras: os valores da chave."""
        return " · ".join(_mostrar(linha[c]) for c in self.tipo.chave if linha[c] is not None)


def copiar_nova(conexao: Connection, nome: str, colunas: Mapping[str, Any], linhas: Iterable[Sequence[object]]) -> None:
    """`carga.copiar` para uma temporária feita de novo: as colunas mudam de planilha a planilha, e uma simulação desfeita devolve à
    conexão a temporária de antes dela."""
    conexao.execute(text(f"DROP TABLE IF EXISTS pg_temp.{nome}"))
    copiar(conexao, nome, colunas, linhas)


def casa(t: Table, tipo: Tipo) -> str:
    """A condição da junção entre planilha (f) e tabela (d), com os vazios iguais entre si."""
    partes = []
    for nome in tipo.chave:
        if nome not in tipo.vazias:
            partes.append(f"d.{nome} = f.{nome}")
        else:
            nada = "'-infinity'::date" if isinstance(t.c[nome].type, Date) else "''"
            partes.append(f"coalesce(d.{nome}, {nada}) = coalesce(f.{nome}, {nada})")
    return " AND ".join(partes)


def _mostrar(valor: Any) -> str:
    return f"{valor:%d/%m/%Y}" if hasattr(valor, "strftime") else str(valor)
