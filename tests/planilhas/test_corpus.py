"""O corpus: cada forma estranha e real é lida certa, ou recusada com o endereço da célula. Como se fez: gerar_corpus.py."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.manufatura.planilhas import conferencias, estruturas
from app.manufatura.planilhas.definicoes import TIPOS
from app.manufatura.planilhas.erros import ErroPlanilha
from app.manufatura.planilhas.validacao import Lida, ler
from tests.planilhas.apoio import FUSO

CORPUS = Path(__file__).parent / "corpus"
D, SEXTA = Decimal, date(2026, 12, 4)
ESTRUTURA = ("cod_produto_produzido", "cod_produto_componente", "qtd_utilizada", "perda_percentual")
SEPARACAO = ("separacao_lote_id", "cod_produto", "qtd_saldo", "expedicao")
ZERO = D(0)

# arquivo → tipo, colunas, linhas que se leem, e recusas (endereço, trecho do que se diz)
LIDOS: dict[str, tuple[str, tuple[str, ...], list[tuple[Any, ...]], list[tuple[str, str]]]] = {
    "lo-titulo-acima": ("estruturas", ESTRUTURA[:3], [("MESA", "PÉ-01", D(4)), ("MESA", "COLA", D("0.5"))], []),
    "lo-mesclado": (
        "estruturas",
        (*ESTRUTURA, "versao"),
        [("MESA", "TAMPO", D(1), ZERO, "1"), ("MESA", "PÉ", D(4), D(5), "1")],
        [],
    ),
    "lo-formulas": ("estruturas", ESTRUTURA[:3], [("MESA", "PE", D(4)), ("MESA", "COLA", D("0.3")), ("MESA", "TAMPO", D(1))], []),
    "lo-erro": ("estruturas", ESTRUTURA, [], [("D2", "#N/"), ("C3", "#DIV/0!")]),
    "lo-percentual": (
        "estruturas",
        ESTRUTURA,
        [("MESA", "PE", D(4), D(5)), ("MESA", "COLA", D("0.5"), D("2.5")), ("MESA", "TAMPO", D(1), D("0.5"))],
        [],
    ),
    "lo-zeros": ("cadastro", ("cod_produto", "nome_produto"), [("00007", "Parafuso"), ("00008", "Porca"), ("9", "Arruela")], []),
    "lo-datas": ("separacoes", SEPARACAO, [(f"L{i}", "MESA", D(q), SEXTA) for i, q in enumerate((10, 1, 2, 3, 4), 1)], []),
    "lo-virgula": (
        "separacoes",
        SEPARACAO,
        [("L1", "MESA", D(10), SEXTA), ("L2", "MESA", D(1), SEXTA), ("L3", "MESA", D(2), SEXTA), ("L5", "MESA", D(4), SEXTA)],
        [("D5", "“46360”; esperava uma data como 24/11/2026")],
    ),
    "lo-logicos": (
        "cadastro",
        ("cod_produto", "produto_comprado", "produto_produzido", "ativo"),
        [("A", True, False, True), ("B", False, True, True)],
        [],
    ),
    "lo-oculta": ("grupos", ("nome_grupo", "prefixo_cnpj"), [("Rede Sul", "11222333"), ("Nova", "12ABC345")], []),
    "lo-moeda": ("cadastro", ("cod_produto", "custo_produto"), [("MESA", D("1234.56")), ("PE", D("1234.56")), ("COLA", D(12))], []),
    "lo-latin1": (
        "grupos",
        ("nome_grupo", "prefixo_cnpj"),
        [("Irmãos Gonçalves; Filhos", "11222333"), ('Café "Três Corações"', "33000167")],
        [],
    ),
    "excel-texto-rico": ("estruturas", ESTRUTURA[:3], [("MESA", "7", D("0.04"))], []),
    "excel-formula-sem-valor": ("estruturas", ESTRUTURA[:3], [], [("C3", "fórmula que ninguém calculou")]),
    "excel-erro": ("estruturas", ESTRUTURA[:3], [], [("B2", "#N/D"), ("C3", "#REF!")]),
    "excel-1904": ("separacoes", SEPARACAO, [("L1", "MESA", D(3), SEXTA), ("2", "MESA", D(3), SEXTA)], []),
    "sdk-prefixo": ("grupos", ("nome_grupo", "prefixo_cnpj"), [("Rede", "01222333")], [("B3", "#VALOR!")]),
    "gerador-sem-enderecos": ("estruturas", ESTRUTURA[:3], [], [("C3", "fórmula que ninguém calculou")]),
    "excel-macro": ("estruturas", ESTRUTURA[:3], [("MESA", "PE", D(4))], []),
    "excel-ligacao-externa": ("estruturas", ESTRUTURA[:3], [("MESA", "PE", D("4.5"))], []),
    "excel-codigo-virou-data": (
        "estruturas",
        ESTRUTURA[:3],
        [],
        [("B2", "“02/01/2026”; esperava um código; a planilha fez dele uma data"), ("B3", "só o formato da célula faz parecer")],
    ),
    "pandas-ponto-zero": (
        "estruturas",
        ESTRUTURA[:3],
        [],
        [("B2", "mais de 15 algarismos"), ("A3", "um número com casas decimais não é um")],
    ),
    "google-previsao": (
        "previsoes",
        ("cod_produto", "data_mes", "data_ano", "qtd_demanda_prevista"),
        [("MESA", 12, 2026, D(1234))],
        [("B2", "o ano")],
    ),
    "excel-ponto-e-virgula": (
        "cadastro",
        ("cod_produto", "nome_produto", "custo_produto", "peso_bruto"),
        [("007", "Mesa", D("1234.56"), D("28.5")), ("08.01", "Pé", D(1234), None)],
        [],
    ),
    "excel-sep": ("separacoes", SEPARACAO, [("L1", "MESA", D("1234.5"), SEXTA)], []),
    "excel-unicode": ("separacoes", SEPARACAO, [("L1", "MESA", D(10), SEXTA)], []),
    "mac-antigo": ("grupos", ("nome_grupo", "prefixo_cnpj"), [("São João", "11222333"), ("Irmãos", "33000167")], []),
    "google": (
        "separacoes",
        ("separacao_lote_id", "num_pedido", "cod_produto", "qtd_saldo", "expedicao"),
        [("L1", "0012", "MESA", D("1234.56"), SEXTA), ("L1", None, "MESA, grande", D(3), None)],
        [],
    ),
    "virgula-sem-aspas": ("separacoes", SEPARACAO[:3], [("L2", "MESA", D(3))], [("D2", "mais células que os títulos")]),
    "notacao-cientifica": ("cadastro", ("cod_produto",), [("7891234567895",)], [("A2", "notação científica")]),
    "ponto-duvidoso": ("separacoes", SEPARACAO[:3], [("L1", "MESA", D("12.5")), ("L3", "MESA", D(7))], [("C3", "pode ser 1234 ou 1,234")]),
    "americano": ("separacoes", SEPARACAO[:3], [("L2", "MESA", D(5))], [("C2", "ponto nos milhares e vírgula nos decimais")]),
    "componente-duvidoso": ("estruturas", ESTRUTURA[:3], [], [("C2", "1.250 pode ser 1250 ou 1,250")]),
    "sap": (
        "historico",
        ("num_pedido", "data_pedido", "cod_produto", "qtd_produto_pedido", "valor_produto_pedido"),
        [("001", date(2026, 11, 3), "MESA", D(10), D(9000)), ("002", date(2026, 11, 4), "MESA", D(-2), D(-1800))],
        [("B7", "não existe no calendário"), ("B8", "a data do pedido"), ("C8", "o código do produto")],
    ),
    "colado-do-chat": (
        "separacoes",
        SEPARACAO,
        [("L1", "MESA", D("1234.5"), SEXTA)],
        [("C3", "“−3”; esperava um número a partir de 0"), ("C4", "“10 un”"), ("D4", "“hoje”; esperava uma data")],
    ),
}
RECUSADOS = {
    "excel-celula-perdida.xlsx": ("estruturas", "vai até a coluna 16384"),
    "baixado-pela-metade.xlsx": ("estruturas", "cortado ou estragado"),
    "erp.xls": ("separacoes", "é uma página HTML"),
    "aspas-abertas.csv": ("separacoes", "na linha 3 as aspas não fecham"),
}
COM_TESTE_PROPRIO = {"instantes.csv"}


def abrir(arquivo: Path, tipo: str) -> Lida:
    conferir = (estruturas.juntar,) if tipo == "estruturas" else conferencias.DA_PLANILHA.get(tipo, ())
    return ler(arquivo, TIPOS[tipo], FUSO, conferencias=conferir)


@pytest.mark.parametrize("arquivo", sorted(a for a in CORPUS.iterdir() if a.stem in LIDOS), ids=lambda a: a.name)
def test_cada_forma_se_le_certa_ou_se_recusa_com_o_endereco(arquivo: Path) -> None:
    tipo, colunas, esperadas, recusas = LIDOS[arquivo.stem]
    lida = abrir(arquivo, tipo)
    assert [tuple(linha.valores.get(c) for c in colunas) for linha in lida.linhas] == esperadas
    assert [p.endereco for p in lida.problemas] == [endereco for endereco, _ in recusas]
    for problema, (_, trecho) in zip(lida.problemas, recusas, strict=True):
        assert trecho in str(problema)
        if arquivo.suffix not in {".csv", ".txt"}:
            assert str(problema).startswith("aba Plan1, ")


@pytest.mark.parametrize("nome", sorted(RECUSADOS))
def test_o_arquivo_que_nao_serve_e_recusado_por_inteiro_dizendo_por_que(nome: str) -> None:
    tipo, trecho = RECUSADOS[nome]
    with pytest.raises(ErroPlanilha) as erro:
        abrir(CORPUS / nome, tipo)
    assert nome in erro.value.mensagem
    assert trecho in erro.value.mensagem


def test_todo_arquivo_do_corpus_tem_resultado_esperado() -> None:
    nomes = {a.name for a in CORPUS.iterdir()}
    assert not {n for n in nomes if Path(n).stem not in LIDOS} - RECUSADOS.keys() - COM_TESTE_PROPRIO
    assert len(nomes) >= 50
    assert len({Path(n).stem for n in nomes}) >= 40


@pytest.mark.falha(22, 23)
def test_instantes_em_texto_viram_a_data_local_nas_viradas_de_ano_e_nas_noites_do_horario_de_verao() -> None:
    # 02:59:59Z é 31/12 em São Paulo, e um segundo depois já é 01/01. 04/11/2018 não teve meia-noite local: 02:30Z é 23:30 do dia 3,
    # e 00:30 daquele dia, que o relógio pulou, é um texto sem fuso: vale a data que ele diz.
    lida = abrir(CORPUS / "instantes.csv", "historico")
    datas = [linha.valores["data_pedido"] for linha in lida.linhas]
    assert datas == [date(2026, 12, 31), date(2027, 1, 1), date(2018, 11, 3), date(2018, 11, 4)]
