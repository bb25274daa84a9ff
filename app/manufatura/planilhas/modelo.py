"""O modelo de um tipo de planilha: pronto para preencher, com os formatos certos, uma linha de exemplo marcada e as instruções."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.manufatura.planilhas.escrita import Caderno, ColunaSaida, inteiro
from app.manufatura.planilhas.tipos import Coluna, Tipo
from app.manufatura.planilhas.validacao import MARCA_EXEMPLO

LINHAS_COM_LISTA = 5_000
SO_DE_VOLTA = frozenset({"campos_fixados", "ocorrencia"})
"""Colunas que servem a exportar e trazer de volta; no modelo, só confundiriam."""
GERAIS = (
    "Apague ou deixe a linha de exemplo: a que começa por “(exemplo)” não é lida.",
    "As colunas com * são obrigatórias. As outras podem sair; a ordem não importa.",
    "Números com vírgula decimal (1.234,56); datas como 24/11/2026; sim ou não.",
    "Códigos são texto: 007 guarda os zeros. As colunas de código deste modelo já estão formatadas assim.",
    "Cada linha tem uma identidade: a mesma planilha enviada duas vezes não muda nada na segunda.",
    "Antes de gravar, veja o que mudaria: manufatura planilha importar {tipo} ARQUIVO --simular",
)


def titulos(tipo: Tipo) -> list[ColunaSaida]:
    """As colunas do modelo, as obrigatórias com *."""
    return [ColunaSaida(c.titulo + ("*" if c.obrigatoria else ""), c.formato, c.largura, c.opcoes) for c in _no_modelo(tipo)]


def _no_modelo(tipo: Tipo) -> list[Coluna]:
    """As colunas que uma pessoa preenche."""
    return [c for c in tipo.colunas if c.nome not in SO_DE_VOLTA]


def escrever(caminho: Path, tipo: Tipo) -> None:
    """Escreve o XLSX em `caminho` (o que houver ali é trocado). Erro: ArquivoNaoEscrito."""
    with inteiro(caminho) as parcial:
        caderno = Caderno(parcial, corrido=False)
        try:
            aba = caderno.livro.add_worksheet(tipo.titulo)
            colunas = titulos(tipo)
            caderno.cabecalho(aba, colunas)
            usadas = _no_modelo(tipo)
            for i, coluna in enumerate(usadas):
                caderno.escrever(aba, 1, i, _exemplo(tipo, coluna), coluna.formato, exemplo=True)
                if coluna.opcoes:
                    regra = {"validate": "list", "source": list(coluna.opcoes), "error_type": "warning", "error_title": coluna.titulo,
                             "error_message": coluna.ajuda[:250]}  # fmt: skip
                    aba.data_validation(2, i, LINHAS_COM_LISTA, i, regra)
            _instrucoes(caderno, tipo, usadas)
        finally:
            caderno.livro.close()


def _exemplo(tipo: Tipo, coluna: Coluna) -> Any:
    """O exemplo da coluna, com a marca na primeira coluna da identidade que seja texto."""
    marcada = next(c for c in tipo.colunas if c.obrigatoria and c.formato == "texto")
    return f"{MARCA_EXEMPLO} {coluna.exemplo}" if coluna is marcada else coluna.exemplo


def _instrucoes(caderno: Caderno, tipo: Tipo, colunas: list[Coluna]) -> None:
    aba = caderno.livro.add_worksheet("Instruções")
    largo = caderno.livro.add_format({"text_wrap": True, "valign": "top"})
    negrito = caderno.livro.add_format({"bold": True, "font_size": 14})
    aba.set_column(0, 0, 28, largo)
    aba.set_column(1, 1, 13, largo)
    aba.set_column(2, 2, 70, largo)
    aba.write_string(0, 0, tipo.titulo, negrito)
    aba.write_string(1, 0, tipo.resumo)
    linha = 3
    for frase in (*GERAIS, *tipo.notas):
        aba.merge_range(linha, 0, linha, 2, f"• {frase.format(tipo=tipo.nome)}", largo)
        linha += 1
    linha += 1
    for i, titulo in enumerate(("A coluna", "Obrigatória?", "O que vai nela")):
        aba.write_string(linha, i, titulo, caderno.titulo)
    for coluna in colunas:
        linha += 1
        aba.write_string(linha, 0, coluna.titulo, largo)
        aba.write_string(linha, 1, "sim" if coluna.obrigatoria else "não", largo)
        aba.write_string(linha, 2, coluna.ajuda, largo)
