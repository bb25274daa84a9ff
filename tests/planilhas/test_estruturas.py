"""Estruturas por planilha: inteiras, sem ciclo, sem validades cruzadas, e só o que difere se grava."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from app.manufatura.planilhas import rejeitadas
from tests.planilhas.apoio import csv, enviar, linhas, motivos

TITULOS = "Produto;Componente;Qtd;Versão;Válida de;Válida até;Quantidade-base;Fantasma"


def guardadas(motor: Engine) -> list[tuple[Any, ...]]:
    return linhas(motor, """
        SELECT e.cod_produto_produzido, e.versao, string_agg(l.cod_produto_componente || ':' || trim_scale(l.qtd_utilizada), ' '
            ORDER BY l.cod_produto_componente) FROM estrutura e LEFT JOIN lista_materiais l ON l.estrutura_id = e.id
        GROUP BY e.id ORDER BY 1, 2""")  # fmt: skip


@pytest.mark.falha(32)
def test_ciclo_se_recusa_com_o_caminho_na_planilha_e_com_o_que_ja_ha(motor: Engine, tmp_path: Path) -> None:
    feito = enviar(motor, csv(tmp_path, "Produto;Componente;Qtd", "A;B;1", "A;X;1", "B;C;1", "C;A;1", "D;E;1"), "estruturas")
    assert [p.endereco for p in feito.problemas] == ["B2", "B4", "B5"]
    assert "(A → B → C → A)" in motivos(feito)[0]
    assert guardadas(motor) == []
    enviar(motor, csv(tmp_path, "Produto;Componente;Qtd", "A;B;1", "B;C;1"), "estruturas")
    feito = enviar(motor, csv(tmp_path, "Produto;Componente;Qtd", "C;X;1", "C;A;1"), "estruturas")
    assert [(p.endereco, "(C → A → B → C)" in str(p)) for p in feito.problemas] == [("B3", True)]
    # Uma inativa não fecha ciclo; e o mesmo produto nele mesmo nem chega ao banco.
    assert not enviar(motor, csv(tmp_path, "Produto;Componente;Qtd;Status", "C;A;1;inativo"), "estruturas").problemas
    feito = enviar(motor, csv(tmp_path, "Produto;Componente;Qtd", "Z;Z;1"), "estruturas")
    assert "não é componente de si mesmo" in motivos(feito)[0]


@pytest.mark.falha(32)
def test_recusar_uma_estrutura_nao_deixa_fechar_um_ciclo_com_a_velha(motor: Engine, tmp_path: Path) -> None:
    enviar(motor, csv(tmp_path, "Produto;Componente;Qtd", "A;B;1"), "estruturas")
    # A passaria a usar C, e B a usar A: sem ciclo. Mas a nova A é ruim, e a A velha com a B nova daria A → B → A.
    feito = enviar(motor, csv(tmp_path, "Produto;Componente;Qtd", "A;C;zero", "B;A;1", "D;E;1"), "estruturas", aceitar_validas=True)
    assert [p.endereco for p in feito.problemas] == ["C2", "B3"]
    assert guardadas(motor) == [("A", "1", "B:1"), ("D", "1", "E:1")]


def test_uma_linha_ruim_deixa_a_estrutura_inteira_de_fora_e_ela_volta_inteira(motor: Engine, tmp_path: Path) -> None:
    arquivo = csv(tmp_path, "Produto;Componente;Qtd", "A;B;1", "A;C;x", "D;E;0", "D;F;1", "G;H;2")
    feito = enviar(motor, arquivo, "estruturas", aceitar_validas=True)
    assert guardadas(motor) == [("G", "1", "H:2")]
    assert feito.lida.rejeitadas == [1, 2, 3, 4]
    volta = tmp_path / "volta.csv"
    rejeitadas.escrever(volta, feito.lida)
    texto = volta.read_text("utf-8-sig")
    assert "a estrutura de A (versão 1) tem outra linha recusada: C3" in texto
    volta.write_text(texto.replace(";x;", ";3;").replace(";0;", ";5;"), encoding="utf-8")
    assert enviar(motor, volta, "estruturas").diferenca.novas == 2
    assert guardadas(motor) == [("A", "1", "B:1 C:3"), ("D", "1", "E:5 F:1"), ("G", "1", "H:2")]


def test_so_uma_ativa_por_dia_e_duas_trocam_de_periodo(motor: Engine, tmp_path: Path) -> None:
    cruzadas = csv(tmp_path, TITULOS, "A;B;1;1;;31/12/2026;;", "A;C;1;2;31/12/2026;;;")
    feito = enviar(motor, cruzadas, "estruturas")
    assert [p.endereco for p in feito.problemas] == ["E2"]
    assert "versão 2 (31/12/2026 a sem fim)" in motivos(feito)[0]
    enviar(motor, csv(tmp_path, TITULOS, "A;B;1;1;;31/12/2026;;", "A;C;1;2;01/01/2027;;10;sim"), "estruturas")
    so_uma = enviar(motor, csv(tmp_path, TITULOS, "A;D;1;3;15/06/2027;;;"), "estruturas")
    assert "da versão 2" in motivos(so_uma)[0]
    trocadas = enviar(motor, csv(tmp_path, TITULOS, "A;B;1;1;01/01/2027;;;", "A;C;1;2;;31/12/2026;10;sim"), "estruturas")
    assert (motivos(trocadas), trocadas.diferenca.mudadas) == ([], 2)
    consulta = "SELECT versao, valido_de::text, valido_ate::text, qtd_base, fantasma FROM estrutura ORDER BY 1"
    assert linhas(motor, consulta) == [("1", "2027-01-01", None, 1, False), ("2", None, "2026-12-31", 10, True)]
    assert "a partir de" in motivos(enviar(motor, csv(tmp_path, TITULOS, "Z;B;1;1;02/01/2027;01/01/2027;;"), "estruturas"))[0]


def test_a_cabeca_se_escreve_uma_vez_e_contradita_se_recusa(motor: Engine, tmp_path: Path) -> None:
    arquivo = csv(tmp_path, TITULOS, "A;B;1;;;;10;sim", "A;C;1;;;;;", "D;B;1;;;;2;", "D;C;1;;;;3;")
    feito = enviar(motor, arquivo, "estruturas", aceitar_validas=True)
    assert [(p.endereco, p.esperado) for p in feito.problemas] == [("G5", "o mesmo da linha 4: é da estrutura inteira")]
    assert linhas(motor, "SELECT cod_produto_produzido, qtd_base, fantasma FROM estrutura") == [("A", 10, True)]


def test_so_as_linhas_que_diferem_se_gravam_e_a_coluna_ausente_fica(motor: Engine, tmp_path: Path) -> None:
    enviar(motor, csv(tmp_path, TITULOS, "A;B;1;;;;10;sim", "A;C;2;;;;;", "A;C;2;;;;;", "X;Y;1;;;;;"), "estruturas")
    consulta = "SELECT cod_produto_componente, qtd_utilizada, id FROM lista_materiais ORDER BY id"
    antes = linhas(motor, consulta)
    feito = enviar(motor, csv(tmp_path, "Produto;Componente;Qtd", "A;C;2", "A;B;1", "A;D;4"), "estruturas")
    assert feito.diferenca.contagens() == {"novas": 0, "mudadas": 1, "iguais": 0, "ausentes": 1, "saem": 0}
    assert linhas(motor, consulta) == [antes[0], antes[1], antes[3], ("D", 4, antes[3][2] + 1)]
    assert linhas(motor, "SELECT qtd_base, fantasma FROM estrutura WHERE cod_produto_produzido = 'A'") == [(10, True)]
    enviar(motor, csv(tmp_path, "Produto;Componente;Qtd", "A;B;1"), "estruturas", modo="substituir", confirma=True)
    assert guardadas(motor) == [("A", "1", "B:1")]
