# ruff: noqa: S608 - só nomes de tabelas e colunas do programa entram no SQL
"""Exportar o que está guardado, com os mesmos títulos que a importação lê: exportar e importar de volta não muda nada."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from app.manufatura.planilhas import escrita
from app.manufatura.planilhas.definicoes import TIPOS
from app.manufatura.planilhas.erros import NaoCabeEmXlsx
from app.manufatura.planilhas.escrita import LIMITE_XLSX, ColunaSaida
from app.manufatura.planilhas.tipos import Tipo

ESTRUTURAS = """
    SELECT e.cod_produto_produzido, l.cod_produto_componente, l.qtd_utilizada, l.perda_percentual, e.versao, e.qtd_base, e.fantasma,
        e.valido_de, e.valido_ate, e.status, p.nome_produto, c.nome_produto AS nome_componente, c.unidade
    FROM estrutura e JOIN lista_materiais l ON l.estrutura_id = e.id
    LEFT JOIN cadastro_palletizacao p ON p.cod_produto = e.cod_produto_produzido
    LEFT JOIN cadastro_palletizacao c ON c.cod_produto = l.cod_produto_componente
    ORDER BY e.cod_produto_produzido, e.versao, l.id"""
SALDOS = {
    "movimentos": """
        SELECT cod_produto, trim_scale(sum(qtd_movimentacao)) AS saldo, CAST(:hoje AS date) AS data FROM movimentacao_estoque
        WHERE cod_produto IS NOT NULL AND (data_movimentacao AT TIME ZONE :fuso)::date <= :hoje GROUP BY 1 ORDER BY 1""",
    "odoo": """
        SELECT cod_produto, trim_scale(sum(qtd)) AS saldo, CAST(:hoje AS date) AS data FROM posicao_estoque
        WHERE cod_produto IS NOT NULL GROUP BY 1 ORDER BY 1""",
}


def exportar(
    conexao: Connection, nome: str, caminho: Path, *, formato: str, fuso: ZoneInfo, hoje: date, estoque_fonte: str = "movimentos"
) -> int:
    """Escreve o arquivo e devolve quantas linhas. `formato`: 'xlsx' ou 'csv'; `hoje`: data local dos saldos.

    Erros: ArquivoNaoEscrito, NaoCabeEmXlsx.
    """
    tipo = TIPOS[nome]
    colunas = colunas_de(tipo)
    parametros: dict[str, Any] = {"fuso": str(fuso), "hoje": hoje} if nome == "saldos" else {}
    consulta = {"estruturas": ESTRUTURAS, "saldos": SALDOS[estoque_fonte]}.get(nome) or _consulta(tipo)
    if estoque_fonte == "odoo":
        parametros.pop("fuso", None)
    if formato == "xlsx":
        quantas = conexao.execute(text(f"SELECT count(*) FROM ({consulta}) q"), parametros).scalar_one()
        if quantas > LIMITE_XLSX:
            raise NaoCabeEmXlsx(linhas=quantas, limite=LIMITE_XLSX)
    linhas = _linhas(conexao, tipo, consulta, parametros)
    if formato == "xlsx":
        return escrita.xlsx(caminho, tipo.titulo, colunas, linhas)
    return escrita.texto_csv(caminho, colunas, linhas)


def colunas_de(tipo: Tipo) -> list[ColunaSaida]:
    """As do tipo, e as que só se exportam."""
    return [
        *(ColunaSaida(c.titulo, c.formato, c.largura) for c in tipo.colunas),
        *(ColunaSaida(titulo, "numero" if "Quantidade" in titulo else "texto", 24) for titulo in tipo.so_exporta),
    ]


def _consulta(tipo: Tipo) -> str:
    colunas = [f"d.{c.nome}" for c in tipo.colunas] + [f"{sql} AS extra_{i}" for i, sql in enumerate(tipo.so_exporta.values())]
    return f"SELECT {', '.join(colunas)} FROM {tipo.tabela.name} d ORDER BY {', '.join(f'd.{c}' for c in tipo.chave)}"


def _linhas(conexao: Connection, tipo: Tipo, consulta: str, parametros: dict[str, Any]) -> Iterator[Sequence[Any]]:
    """As linhas do banco, aos poucos, na ordem das colunas."""
    resultado = conexao.execution_options(stream_results=True, yield_per=5_000).execute(text(consulta), parametros)
    titulos = {c.nome: c.titulo for c in tipo.colunas}
    for linha in resultado:
        yield [", ".join(titulos[n] for n in valor if n in titulos) if isinstance(valor, list) else valor for valor in linha]
