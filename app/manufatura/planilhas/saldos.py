# ruff: noqa: S608 - só nomes do programa entram no SQL
"""Saldos por planilha: o saldo contado vira o movimento que falta para os movimentos somarem esse saldo.

Só para ESTOQUE_FONTE=movimentos. O saldo é o do fim do dia da data. A soma dos movimentos até o fim desse dia (data local) que difere
dele gera um movimento nesse dia, ao meio-dia local (que existe em todo fuso e dia): SALDO_INICIAL se o produto não tinha movimento
até ali, AJUSTE se tinha. A mesma planilha duas vezes não acha diferença, e não grava nada. Nenhum movimento é apagado nem mudado.

De um produto que já tem saldo por planilha numa data posterior, uma data anterior é recusada: o movimento dela desfaria aquele saldo.
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from app.banco.carga import copiar
from app.manufatura.planilhas.diferenca import EXEMPLOS, Diferenca, Exemplo
from app.manufatura.planilhas.erros import ErroPlanilha
from app.manufatura.planilhas.fluxo import CARGA, DESTINO, Fluxo, Quem, copiar_nova
from app.manufatura.planilhas.tipos import Tipo
from app.manufatura.planilhas.validacao import Lida

ORIGEM = "Planilha"


class DatasDiferentes(ErroPlanilha):
    """Com --modo substituir, a planilha de saldos é a contagem inteira de um dia, e esta tem mais de uma data ({datas}). Separe-a."""

    codigo_saida = 2


class FluxoSaldos(Fluxo):
    """`fuso`: SCHEDULER_TIMEZONE; `hoje`: data local."""

    def __init__(self, tipo: Tipo, fuso: ZoneInfo, hoje: date) -> None:
        super().__init__(tipo)
        self.fuso, self.hoje = fuso, hoje

    def conferir(self, conexao: Connection, lida: Lida, substituir: bool) -> None:
        """Data futura, e data anterior a um saldo que já veio por planilha."""
        for linha in lida.linhas:
            if linha.valores["data"] > self.hoje:
                lida.recusar(linha.numero, "data", f"uma data até hoje ({self.hoje:%d/%m/%Y})")
        datas = {linha.valores["data"] for linha in lida.linhas}
        if substituir and len(datas) > 1:
            raise DatasDiferentes(datas=", ".join(f"{d:%d/%m/%Y}" for d in sorted(datas)[:5]))
        maiores: dict[str, date] = {}
        for linha in lida.linhas:
            produto = linha.valores["cod_produto"]
            maiores[produto] = max(maiores.get(produto, date.min), linha.valores["data"])
        consulta = text("""
            SELECT cod_produto, max((data_movimentacao AT TIME ZONE :fuso)::date) FROM movimentacao_estoque
            WHERE origem = :origem AND cod_produto = ANY(:produtos) GROUP BY 1""")
        parametros = {"fuso": str(self.fuso), "origem": ORIGEM, "produtos": sorted(maiores)}
        posteriores = {p: d for p, d in conexao.execute(consulta, parametros) if d > maiores[p]}
        for linha in lida.linhas:
            if depois := posteriores.get(linha.valores["cod_produto"]):
                lida.recusar(linha.numero, "data", f"uma data a partir de {depois:%d/%m/%Y}, a do último saldo deste produto por planilha")

    def comparar(self, conexao: Connection, lida: Lida, substituir: bool) -> Diferenca:
        """Novas: os movimentos que faltam; iguais: os produtos que já somam o saldo dito."""
        linhas = [(linha.numero, *(linha.valores[c] for c in ("cod_produto", "saldo", "data"))) for linha in lida.linhas]
        copiar_nova(conexao, CARGA, {"linha": "integer", "cod_produto": "text", "saldo": "numeric", "data": "date"}, linhas)
        ausentes = self._ausentes(conexao, max(linha[3] for linha in linhas)) if linhas else []
        if substituir and ausentes:
            zeros = [(1 << 30, produto, 0, linhas[0][3]) for produto in ausentes]
            copiar(conexao, "planilha_zeros", {"linha": "integer", "cod_produto": "text", "saldo": "numeric", "data": "date"}, zeros)
            conexao.execute(text(f"INSERT INTO pg_temp.{CARGA} SELECT * FROM pg_temp.planilha_zeros"))
        conexao.execute(text(f"ANALYZE pg_temp.{CARGA}"))
        conexao.execute(text(f"DROP TABLE IF EXISTS pg_temp.{DESTINO}"))
        conexao.execute(
            text(f"""CREATE TEMP TABLE {DESTINO} ON COMMIT DROP AS
                WITH base AS (
                    SELECT f.*, m.soma, m.quantos FROM pg_temp.{CARGA} f CROSS JOIN LATERAL (
                        SELECT coalesce(sum(qtd_movimentacao), 0) AS soma, count(*) AS quantos FROM movimentacao_estoque m
                        WHERE m.cod_produto = f.cod_produto AND (m.data_movimentacao AT TIME ZONE :fuso)::date <= f.data) m),
                falta AS (
                    SELECT b.*, (saldo - soma) - coalesce(lag(saldo - soma) OVER por_produto, 0) AS movimento,
                        quantos = 0 AND row_number() OVER por_produto = 1 AS primeiro
                    FROM base b WINDOW por_produto AS (PARTITION BY cod_produto ORDER BY data))
                SELECT linha, cod_produto, data, saldo, soma, trim_scale(movimento) AS movimento,
                    CASE WHEN primeiro THEN 'SALDO_INICIAL' ELSE 'AJUSTE' END AS tipo FROM falta"""),
            {"fuso": str(self.fuso)},
        )
        total, novas = conexao.execute(text(f"SELECT count(*), count(*) FILTER (WHERE movimento <> 0) FROM {DESTINO}")).one()
        diferenca = Diferenca(novas, 0, total - novas, len(ausentes), frozenset(ausentes) if substituir else frozenset())
        consulta = text(f"SELECT * FROM {DESTINO} WHERE movimento <> 0 ORDER BY linha, cod_produto LIMIT {EXEMPLOS}")
        diferenca.exemplos = [
            Exemplo("nova", f"{r.cod_produto} · {r.data:%d/%m/%Y}", {"saldo": r.soma}, {"saldo": r.saldo, r.tipo: r.movimento})
            for r in conexao.execute(consulta)
        ]
        diferenca.exemplos += [Exemplo("sai", f"{p} (vai a zero)", {}, {}) for p in ausentes[:EXEMPLOS] if substituir]
        return diferenca

    def gravar(self, conexao: Connection, lida: Lida, diferenca: Diferenca, quem: Quem) -> None:
        """Um INSERT com os movimentos que faltam."""
        conexao.execute(
            text(f"""
                INSERT INTO movimentacao_estoque (tipo_movimentacao, cod_produto, qtd_movimentacao, data_movimentacao, origem, referencia,
                    usuario)
                SELECT tipo, cod_produto, movimento, (data + time '12:00') AT TIME ZONE :fuso, :origem,
                    'saldo de ' || to_char(data, 'DD/MM/YYYY') || ' (' || :arquivo || ')', :usuario
                FROM {DESTINO} WHERE movimento <> 0 ORDER BY linha, cod_produto"""),
            {"fuso": str(self.fuso), "origem": ORIGEM, "arquivo": lida.arquivo, "usuario": quem.usuario},
        )

    def _ausentes(self, conexao: Connection, em: date) -> list[str]:
        """Produtos com saldo na data e que a planilha não tem."""
        consulta = text(f"""
            SELECT m.cod_produto FROM movimentacao_estoque m
            WHERE m.cod_produto IS NOT NULL AND (m.data_movimentacao AT TIME ZONE :fuso)::date <= :em
                AND NOT EXISTS (SELECT 1 FROM pg_temp.{CARGA} f WHERE f.cod_produto = m.cod_produto)
            GROUP BY 1 HAVING sum(m.qtd_movimentacao) <> 0 ORDER BY 1""")
        return list(conexao.execute(consulta, {"fuso": str(self.fuso), "em": em}).scalars())
