"""`manufatura calendario`: o que se lista, fechar e abrir dias, e a planilha de dias."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner

from app.comandos.calendario import comando
from app.comandos.calendario_arquivo import DiasRecusados, SemTitulos
from app.erros import ErroManufatura
from app.manufatura.services.calendario import DataForaDoCalendario
from tests.apoio.pg import BancoTeste
from tests.comandos.planejado import Rodar, terminal


@pytest.fixture
def rodar(banco_pg: BancoTeste, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rodar]:
    with terminal(banco_pg, monkeypatch, comando, feriados_uf="SP") as feito:
        yield feito


def recusa(tipo: type[ErroManufatura], *argumentos: str) -> str:
    with pytest.raises(tipo) as erro:
        CliRunner().invoke(comando, list(argumentos), catch_exceptions=False)
    return erro.value.mensagem


def test_listar_diz_que_feriados_contam_e_quantos_dias_uteis_ha(rodar: Rodar) -> None:
    saida = rodar("listar", "--mes", "11")
    assert "Contam os feriados nacionais, estaduais de SP, com os pontos facultativos" in saida
    assert "20/11/2026\tsex\tparada\tferiado: Dia Nacional de Zumbi e da Consciência Negra" in saida
    assert "11/2026\t19" in saida
    ano = rodar("listar")
    for parte in ("17/02/2026\tter\tparada\tponto facultativo: Carnaval", "09/07/2026", "Corpus Christi"):
        assert parte in ano
    assert "O calendário vai de 01/01/2021 a 31/12/2028." in ano
    dias = json.loads(rodar("listar", "--ano", "2027", "--mes", "2", "--json"))["dias"]
    assert len(dias) == 28
    assert "31/12/2028" in recusa(DataForaDoCalendario, "listar", "--ano", "2029")


def test_fechar_um_periodo_so_mexe_nos_dias_uteis(rodar: Rodar, banco_pg: BancoTeste) -> None:
    saida = rodar("fechar", "21/12/2026", "02/01/2027", "--motivo", "Férias coletivas")
    assert "21/12/2026 (seg): a fábrica para (Férias coletivas)." in saida
    assert "26/12/2026" not in saida
    assert "7 dias já estavam assim." in saida
    assert banco_pg.sql("SELECT count(*) FROM calendario_excecao") == [(6,)]
    assert banco_pg.sql("SELECT dia_util, descricao FROM calendario_dia WHERE data = '2026-12-22'") == [(False, "Férias coletivas")]
    de_novo = json.loads(rodar("fechar", "21/12/2026", "--motivo", "Férias coletivas", "--json"))
    assert de_novo == {"mudados": [], "iguais": ["2026-12-21"]}
    assert banco_pg.sql("SELECT DISTINCT acao FROM auditoria") == [("fechar dia",)]
    assert "21/12/2026\tseg\tparada\tFérias coletivas" in rodar("listar", "--mes", "12")


def test_abrir_um_sabado_um_feriado_e_um_dia_que_estava_fechado(rodar: Rodar, banco_pg: BancoTeste) -> None:
    assert "28/11/2026 (sáb): a fábrica trabalha (Compensação)" in rodar("abrir", "28/11/2026", "--motivo", "Compensação")
    rodar("abrir", "20/11/2026", "--motivo", "Inventário")
    rodar("fechar", "25/11/2026", "--motivo", "Aniversário da cidade")
    assert banco_pg.sql("SELECT count(*) FROM calendario_excecao") == [(3,)]
    rodar("abrir", "25/11/2026", "--motivo", "engano")
    rodar("fechar", "28/11/2026", "--motivo", "engano")
    assert banco_pg.sql("SELECT data FROM calendario_excecao") == [(date(2026, 11, 20),)]
    assert "20/11/2026\tsex\taberta\tInventário" in rodar("listar", "--mes", "11")


def test_datas_erradas_sao_ditas(rodar: Rodar, banco_pg: BancoTeste) -> None:
    assert "vem antes" in rodar("fechar", "10/12/2026", "01/12/2026", "--motivo", "x", codigo=2)
    assert "não é uma data" in rodar("abrir", "31/11/2026", "--motivo", "x", codigo=2)
    assert "diga o motivo" in rodar("abrir", "28/11/2026", "--motivo", "  ", codigo=2)
    assert "01/01/2029" in recusa(DataForaDoCalendario, "fechar", "01/01/2029", "--motivo", "x")
    assert banco_pg.sql("SELECT count(*) FROM calendario_excecao") == [(0,)]


def test_importar_csv_e_xlsx_dao_o_mesmo(rodar: Rodar, tmp_path: Path, banco_pg: BancoTeste) -> None:
    arquivo = tmp_path / "dias.csv"
    arquivo.write_bytes("Data;Descrição;Útil?\n25/01/2027;Aniversário de São Paulo;\n28/11/2026;Compensação;sim\n\n".encode("cp1252"))
    saida = rodar("importar", str(arquivo))
    assert "25/01/2027 (seg): a fábrica para (Aniversário de São Paulo)." in saida
    assert "28/11/2026 (sáb): a fábrica trabalha" in saida
    livro = tmp_path / "dias.xlsx"
    with xlsxwriter.Workbook(livro) as pasta:
        folha = pasta.add_worksheet()
        folha.write_row(0, 0, ["data", "motivo", "dia útil"])
        folha.write_datetime(1, 0, date(2027, 1, 25), pasta.add_format({"num_format": "dd/mm/yyyy"}))
        folha.write_row(1, 1, ["Aniversário de São Paulo", "não"])
        folha.write_row(2, 0, ["28/11/2026", "Compensação", "S"])
    assert json.loads(rodar("importar", str(livro), "--json"))["mudados"] == []
    assert banco_pg.sql("SELECT count(*) FROM calendario_excecao") == [(2,)]


def test_planilha_com_erro_nao_muda_nada_e_diz_a_celula(rodar: Rodar, tmp_path: Path, banco_pg: BancoTeste) -> None:
    arquivo = tmp_path / "dias.csv"
    arquivo.write_text("data;descricao;util\n25/01/2027;Aniversário;\n31/02/2027;Carnaval;\n28/11/2026;;talvez\n", encoding="utf-8")
    mensagem = recusa(DiasRecusados, "importar", str(arquivo))
    assert "A3: '31/02/2027' não é uma data" in mensagem
    assert "B4" in mensagem
    assert banco_pg.sql("SELECT count(*) FROM calendario_excecao") == [(0,)]
    arquivo.write_text("25/01/2027;Aniversário\n", encoding="utf-8")
    assert "data;descricao;util" in recusa(SemTitulos, "importar", str(arquivo))
    arquivo.write_text("data;descricao;util\n25/01/2027;A;sim\n25/01/2027;B;\n", encoding="utf-8")
    assert "25/01/2027 aparece duas vezes" in recusa(DiasRecusados, "importar", str(arquivo))
