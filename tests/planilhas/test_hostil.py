"""Arquivos feitos para derrubar: bombas, extensões sem fim, XML com entidades; e textos que virariam fórmula ao sair."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, text

from app.manufatura.planilhas import exportacao, modelo
from app.manufatura.planilhas.definicoes import TIPOS
from app.manufatura.planilhas.erros import ArquivoIlegivel, ErroPlanilha, FormatoDesconhecido, PlanilhaGrandeDemais
from app.manufatura.planilhas.validacao import ler
from bench.memoria import pico_mb
from tests.planilhas import corpus_excel
from tests.planilhas.apoio import FUSO, HOJE, csv, enviar, limites, xlsx

PERIGOSOS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")', "=IMPORTXML(A1)",
    "-2+3+cmd|' /C'!A0", "'=1", "''=1", "=", "+", "-", "@", "=A1;=B1", '="a"', "=DDE(1)", "-x",
]  # fmt: skip


def pacote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folha: str, **op: str) -> Path:
    monkeypatch.setattr(corpus_excel, "CORPUS", tmp_path)
    corpus_excel.pacote("hostil.xlsx", folha, **op)
    return tmp_path / "hostil.xlsx"


def abrir(arquivo: Path, tipo: str = "pedidos") -> None:
    ler(arquivo, TIPOS[tipo], FUSO, limites=limites(arquivo_bytes=1 << 20, expandido_bytes=8 << 20).limites)


@pytest.mark.falha(27)
def test_bomba_de_zip_se_recusa_sem_expandir(tmp_path: Path) -> None:
    arquivo = tmp_path / "bomba.xlsx"
    with zipfile.ZipFile(arquivo, "w", zipfile.ZIP_DEFLATED) as saida:
        saida.writestr("xl/workbook.xml", "<workbook/>")
        saida.writestr("xl/worksheets/sheet1.xml", b"0" * (64 << 20))
    # 5 em clear_refs põe o pico no que o processo ocupa agora: sem isso, o de um teste anterior esconderia este.
    Path("/proc/self/clear_refs").write_text("5")
    antes = pico_mb()
    with pytest.raises(PlanilhaGrandeDemais, match="expandido, tem 64 MB"):
        abrir(arquivo)
    assert pico_mb() - antes < 32


@pytest.mark.falha(27)
def test_zip_que_mente_o_tamanho_nao_passa_do_que_disse(tmp_path: Path) -> None:
    memoria = io.BytesIO()
    with zipfile.ZipFile(memoria, "w", zipfile.ZIP_DEFLATED) as saida:
        saida.writestr("xl/workbook.xml", b"0" * (64 << 20))
    mentira = memoria.getvalue().replace((64 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    (tmp_path / "mente.xlsx").write_bytes(mentira)
    with pytest.raises(ErroPlanilha):
        abrir(tmp_path / "mente.xlsx")


@pytest.mark.parametrize(
    "documento",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><workbook>&a;</workbook>',
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><workbook>&b;</workbook>',
        "<workbook",
    ],
)
def test_entidades_e_xml_estragado_se_recusam(documento: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ArquivoIlegivel, match=r"xl/workbook\.xml está estragada"):
        abrir(pacote(tmp_path, monkeypatch, corpus_excel.folha(""), livro=documento))


@pytest.mark.falha(27)
@pytest.mark.parametrize(
    "linhas",
    [
        '<row r="1048576"><c r="A1048576"><v>1</v></c></row><row r="1"><c r="OB1"><v>1</v></c></row>',
        '<row r="1"><c r="XFD1"><v>1</v></c></row>',
        '<row r="9999999"><c r="A9999999"><v>1</v></c></row>',
    ],
)
def test_celula_perdida_longe_nao_reserva_memoria(linhas: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PlanilhaGrandeDemais, match="Divida-o em partes, ou apague o que sobra"):
        abrir(pacote(tmp_path, monkeypatch, corpus_excel.folha(linhas)))


@pytest.mark.parametrize("ruim", ["<c r='A1'>", "<c><v>", "<c><f>", "<v ", "<c", "<row", "<c r='A1'><v", "<c><c/>"])
def test_xml_estragado_nao_prende_o_exame(ruim: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inicio = time.monotonic()
    with pytest.raises(ErroPlanilha):
        abrir(pacote(tmp_path, monkeypatch, ruim * 50_000))
    assert time.monotonic() - inicio < 10


def test_ods_com_repeticoes_sem_fim_se_recusa(tmp_path: Path) -> None:
    arquivo = tmp_path / "repete.ods"
    espacos = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    )
    celula = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    linha = f'<table:table-row table:number-rows-repeated="1048576">{celula}</table:table-row>'
    corpo = f'<office:document-content {espacos}><table:table table:name="P">{linha}</table:table></office:document-content>'
    with zipfile.ZipFile(arquivo, "w") as saida:
        saida.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        saida.writestr("content.xml", corpo)
    with pytest.raises(PlanilhaGrandeDemais):
        abrir(arquivo)


@pytest.mark.parametrize(
    ("nome", "conteudo", "erro", "trecho"),
    [
        ("vazia.xlsx", b"", ArquivoIlegivel, "está vazio"),
        ("nada.csv", b"  \r\n", ArquivoIlegivel, "está vazio"),
        ("foto.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0", FormatoDesconhecido, "não são de texto"),
        ("nota.xls", b"%PDF-1.7", FormatoDesconhecido, "é um PDF"),
        ("outro.zip", b"PK\x05\x06" + b"\0" * 18, FormatoDesconhecido, "é um ZIP que não é planilha"),
        ("velho.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ArquivoIlegivel, "cortado ou estragado"),
        ("grande.csv", b"Lote;Status\n" * 200_000, PlanilhaGrandeDemais, "mais de 1 MB"),
        ("ruim.csv", b"Lote;Status\nL1;\x81\x8d\n", ArquivoIlegivel, "a linha 2 não está em UTF-8 nem em Latin-1"),
    ],
)  # fmt: skip
def test_o_que_nao_e_planilha_se_recusa_pelo_nome(
    nome: str, conteudo: bytes, erro: type[ErroPlanilha], trecho: str, tmp_path: Path
) -> None:
    (tmp_path / nome).write_bytes(conteudo)
    with pytest.raises(erro, match=trecho) as achado:
        abrir(tmp_path / nome)
    assert nome in achado.value.mensagem


def test_arquivo_que_nao_ha_e_pasta(tmp_path: Path) -> None:
    for caminho in (tmp_path / "nao-ha.csv", tmp_path):
        with pytest.raises(ArquivoIlegivel):
            abrir(caminho)


def test_limites_de_linhas_e_colunas(motor: Engine, tmp_path: Path) -> None:
    longa = csv(tmp_path, "Lote;Status", *("L;aberto" for _ in range(50)))
    with pytest.raises(PlanilhaGrandeDemais, match="vai até a linha 21"):
        enviar(motor, longa, "pedidos", ajustes=limites(linhas=20))
    with pytest.raises(PlanilhaGrandeDemais, match="coluna 3"):
        enviar(motor, xlsx(tmp_path, ["Lote", "Status", "x"]), "pedidos", ajustes=limites(colunas=2))


@pytest.mark.parametrize("formato", ["xlsx", "csv"])
def test_nenhum_texto_guardado_vira_formula_e_todos_voltam_exatos(formato: str, motor: Engine, tmp_path: Path) -> None:
    with motor.begin() as conexao:
        for i, perigo in enumerate(PERIGOSOS):
            conexao.execute(
                text("INSERT INTO grupo_empresarial (nome_grupo, prefixo_cnpj) VALUES (:n, :p)"), {"n": perigo, "p": f"{i:08d}"}
            )
    arquivo = tmp_path / f"grupos.{formato}"
    with motor.connect() as conexao:
        exportacao.exportar(conexao, "grupos", arquivo, formato=formato, fuso=FUSO, hoje=HOJE)
    if formato == "csv":
        for linha in arquivo.read_bytes().decode("utf-8-sig").split("\r\n")[1:]:
            assert linha.lstrip('"')[:1] not in set("=+-@\t\r")
    else:
        assert b"<f" not in zipfile.ZipFile(arquivo).read("xl/worksheets/sheet1.xml")
        lidos = [linha[0] for linha in CalamineWorkbook.from_path(arquivo).get_sheet_by_index(0).to_python()[1:]]
        assert sorted(lidos) == sorted(PERIGOSOS)  # exatos: a marca de apóstrofo do Excel é do formato, não do texto
    lida = ler(arquivo, TIPOS["grupos"], FUSO)
    assert {linha.valores["nome_grupo"] for linha in lida.linhas} == {p.strip() for p in PERIGOSOS}


@pytest.mark.parametrize("tipo", TIPOS)
def test_o_modelo_vazio_nao_tem_linhas_e_preenchido_se_le(tipo: str, tmp_path: Path) -> None:
    arquivo = tmp_path / "modelo.xlsx"
    modelo.escrever(arquivo, TIPOS[tipo])
    livro = CalamineWorkbook.from_path(arquivo)
    assert livro.sheet_names == [TIPOS[tipo].titulo, "Instruções"]
    with pytest.raises(ErroPlanilha, match="nenhuma linha de dados"):
        ler(arquivo, TIPOS[tipo], FUSO)
    titulos, exemplo = livro.get_sheet_by_index(0).to_python()[:2]
    preenchido = xlsx(tmp_path, titulos, [str(v).replace("(exemplo) ", "") if isinstance(v, str) else v for v in exemplo])
    lida = ler(preenchido, TIPOS[tipo], FUSO)
    assert not lida.problemas
    assert len(lida.linhas) == 1
    instrucoes = " ".join(str(v) for linha in livro.get_sheet_by_index(1).to_python() for v in linha)
    assert all(c.ajuda in instrucoes for c in TIPOS[tipo].colunas if c.nome not in modelo.SO_DE_VOLTA)
    assert f"importar {tipo}" in instrucoes
