"""Refaz tests/planilhas/corpus/: `python -m tests.planilhas.gerar_corpus` (precisa do LibreOffice para os arquivos lo-*).

Os lo-* são escritos pelo próprio LibreOffice, a partir de folhas montadas aqui em FODS; os outros, XML e bytes feitos à mão, com as
formas que o Excel, o Google e os ERPs escrevem. Nenhum vem da biblioteca com que o programa escreve.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape, quoteattr

from tests.planilhas.corpus_excel import CORPUS, do_excel
from tests.planilhas.corpus_textos import textos

Celula = str

# --- LibreOffice: folhas em FODS -------------------------------------------------------------------------------------------------

ESTILOS = """<office:automatic-styles>
<number:date-style style:name="NData"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>
<number:text>/</number:text><number:year number:style="long"/></number:date-style>
<number:percentage-style style:name="NPerc"><number:number number:decimal-places="1" number:min-integer-digits="1"/>
<number:text>%</number:text></number:percentage-style>
<number:number-style style:name="NZeros"><number:number number:decimal-places="0" number:min-integer-digits="5"/></number:number-style>
<number:currency-style style:name="NReal"><number:currency-symbol number:language="pt" number:country="BR">R$</number:currency-symbol>
<number:text> </number:text><number:number number:decimal-places="2" number:min-integer-digits="1" number:grouping="true"/>
</number:currency-style>
<number:boolean-style style:name="NLog"><number:boolean/></number:boolean-style>
<style:style style:name="data" style:family="table-cell" style:data-style-name="NData"/>
<style:style style:name="perc" style:family="table-cell" style:data-style-name="NPerc"/>
<style:style style:name="zeros" style:family="table-cell" style:data-style-name="NZeros"/>
<style:style style:name="real" style:family="table-cell" style:data-style-name="NReal"/>
<style:style style:name="log" style:family="table-cell" style:data-style-name="NLog"/>
<style:style style:name="oculta" style:family="table"><style:table-properties table:display="false"/></style:style>
</office:automatic-styles>"""
ESPACOS = (
    " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{u}:1.0"'
        for n, u in {"office": "office", "table": "table", "text": "text", "style": "style", "number": "datastyle"}.items()
    )
    + ' xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'
)


def t(texto: str, *, anda: int = 1, desce: int = 1) -> Celula:
    """Texto, mesclado sobre `anda` colunas e `desce` linhas."""
    mescla = f' table:number-columns-spanned="{anda}" table:number-rows-spanned="{desce}"' if anda > 1 or desce > 1 else ""
    return f'<table:table-cell office:value-type="string"{mescla}><text:p>{escape(texto)}</text:p></table:table-cell>'


def n(valor: float, estilo: str = "", tipo: str = "float") -> Celula:
    """Número, com um estilo (perc, zeros, real)."""
    marca = f' table:style-name="{estilo}"' if estilo else ""
    return f'<table:table-cell{marca} office:value-type="{tipo}" office:value="{valor}"/>'


def d(iso: str) -> Celula:
    """Data."""
    return f'<table:table-cell table:style-name="data" office:value-type="date" office:date-value="{iso}"/>'


def logico(valor: bool) -> Celula:
    """Verdadeiro ou falso."""
    return f'<table:table-cell table:style-name="log" office:value-type="boolean" office:boolean-value="{str(valor).lower()}"/>'


def f(formula: str) -> Celula:
    """Fórmula, que o LibreOffice calcula ao abrir."""
    return f"<table:table-cell table:formula={quoteattr(f'of:={formula}')}/>"


VAZIA = "<table:table-cell/>"
COBERTA = "<table:covered-table-cell/>"


def fods(abas: Mapping[str, Sequence[Sequence[Celula]]], ocultas: Sequence[str] = ()) -> str:
    """O livro inteiro."""
    corpo = ""
    for nome, linhas in abas.items():
        estilo = ' table:style-name="oculta"' if nome in ocultas else ""
        corpo += f'<table:table table:name="{escape(nome)}"{estilo}>'
        corpo += "".join(f"<table:table-row>{''.join(linha) or VAZIA}</table:table-row>" for linha in linhas) + "</table:table>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {ESPACOS} office:version="1.3"'
        f' office:mimetype="application/vnd.oasis.opendocument.spreadsheet">{ESTILOS}'
        f"<office:body><office:spreadsheet>{corpo}</office:spreadsheet></office:body></office:document>"
    )


TITULO_ACIMA = {
    "Relatório": [
        [t("ACME Móveis Ltda.")],
        [t("Estruturas em"), d("2026-11-24")],
        [],
        [t("CÓDIGO DO PRODUTO"), t("Componente"), t("Qtde."), t("Observação")],
        [t("MESA"), t("PÉ-01"), n(4), t("madeira")],
        [],
        [t("MESA"), t("COLA"), n(0.5), VAZIA],
    ]
}
MESCLADO = {
    "Plan1": [
        [t("Produto", anda=2), COBERTA, t("Componente", anda=3), COBERTA, COBERTA, t("Versão", desce=2)],
        [t("Código"), t("Descrição"), t("Código"), t("Quantidade"), t("Perda"), COBERTA],
        [t("MESA", desce=2), t("Mesa"), t("TAMPO"), n(1), VAZIA, n(1)],
        [COBERTA, t("Mesa"), t("PÉ"), n(4), t("5%"), n(1)],
    ]
}
FORMULAS = {
    "Plan1": [
        [t("Produto"), t("Componente"), t("Quantidade")],
        [t("MESA"), t("PE"), f("2*2")],
        [t("MESA"), t("COLA"), f("0.1+0.2")],
        [t("MESA"), f('"TAM"&"PO"'), f("[.C2]/4")],
    ]
}
ERRO = {
    "Plan1": [
        [t("Produto"), t("Componente"), t("Quantidade"), t("Perda")],
        [t("MESA"), t("PE"), n(4), f("NA()")],
        [t("MESA"), t("COLA"), f("1/0"), VAZIA],
    ]
}
PERCENTUAL = {
    "Plan1": [
        [t("Produto"), t("Componente"), t("Quantidade"), t("% de perda")],
        [t("MESA"), t("PE"), n(4), n(0.05, "perc", "percentage")],
        [t("MESA"), t("COLA"), n(0.5), n(2.5)],
        [t("MESA"), t("TAMPO"), n(1), t("0,5%")],
    ]
}
ZEROS = {"Plan1": [[t("Produto"), t("Nome")], [n(7, "zeros"), t("Parafuso")], [t("00008"), t("Porca")], [n(9), t("Arruela")]]}
DATAS = {
    "Plan1": [
        [t("Lote"), t("Produto"), t("Saldo"), t("Data de expedição")],
        [t("L1"), t("MESA"), n(10), d("2026-12-04")],
        [t("L2"), t("MESA"), n(1), d("2026-12-04T23:59:59")],
        [t("L3"), t("MESA"), n(2), t("04/12/2026")],
        [t("L4"), t("MESA"), n(3), n(46360)],
        [t("L5"), t("MESA"), n(4), t("sexta-feira, 4 de dezembro de 2026")],
    ]
}
LOGICOS = {
    "Plan1": [
        [t("Código"), t("Comprado?"), t("Produzido?"), t("Ativo")],
        [t("A"), logico(True), logico(False), t("S")],
        [t("B"), t("não"), t("VERDADEIRO"), n(1)],
    ]
}
OCULTA = {
    "Leia-me": [[t("Preencha a aba Dados")], [t("Código do produto")]],
    "velha": [[t("Grupo"), t("CNPJ")], [t("Velho"), t("00.000.000/0001-91")]],
    "Dados": [[t("Grupo empresarial"), t("Raiz do CNPJ")], [t("Rede Sul"), t("11.222.333/0001-81")], [t("Nova"), t("12ABC345")]],
}
MOEDA = {
    "Plan1": [
        [t("Código"), t("Custo")],
        [t("MESA"), n(1234.56, "real", "currency")],
        [t("PE"), t("R$ 1.234,56")],
        [t("COLA"), t("R$ 12")],
    ]
}
ACENTOS = {
    "Plan1": [
        [t("Grupo"), t("Prefixo do CNPJ")],
        [t("Irmãos Gonçalves; Filhos"), t("11222333")],
        [t('Café "Três Corações"'), t("33000167")],
    ]
}
CSV_LATIN1 = "csv:Text - txt - csv (StarCalc):59,34,12,1"
CSV_UTF8 = "csv:Text - txt - csv (StarCalc):44,34,76,1"
DO_LIBREOFFICE = {
    "lo-titulo-acima.xlsx": (TITULO_ACIMA, "xlsx", ()),
    "lo-titulo-acima.ods": (TITULO_ACIMA, "ods", ()),
    "lo-mesclado.xlsx": (MESCLADO, "xlsx", ()),
    "lo-mesclado.xls": (MESCLADO, "xls", ()),
    "lo-mesclado.ods": (MESCLADO, "ods", ()),
    "lo-formulas.xlsx": (FORMULAS, "xlsx", ()),
    "lo-formulas.ods": (FORMULAS, "ods", ()),
    "lo-erro.xlsx": (ERRO, "xlsx", ()),
    "lo-erro.ods": (ERRO, "ods", ()),
    "lo-erro.xls": (ERRO, "xls", ()),
    "lo-percentual.xlsx": (PERCENTUAL, "xlsx", ()),
    "lo-percentual.ods": (PERCENTUAL, "ods", ()),
    "lo-percentual.xls": (PERCENTUAL, "xls", ()),
    "lo-zeros.xlsx": (ZEROS, "xlsx", ()),
    "lo-datas.xlsx": (DATAS, "xlsx", ()),
    "lo-datas.xls": (DATAS, "xls", ()),
    "lo-logicos.ods": (LOGICOS, "ods", ()),
    "lo-logicos.xlsx": (LOGICOS, "xlsx", ()),
    "lo-oculta.xlsx": (OCULTA, "xlsx", ("velha",)),
    "lo-moeda.xlsx": (MOEDA, "xlsx", ()),
    "lo-latin1.csv": (ACENTOS, CSV_LATIN1, ()),
    "lo-virgula.csv": (DATAS, CSV_UTF8, ()),
}


def do_libreoffice(programa: str) -> None:
    """Cada folha convertida pelo LibreOffice."""
    with TemporaryDirectory() as pasta:
        for nome, (abas, filtro, ocultas) in DO_LIBREOFFICE.items():
            origem = Path(pasta) / f"{Path(nome).stem}.fods"
            origem.write_text(fods(abas, ocultas), encoding="utf-8")
            comando = [programa, "--headless", f"-env:UserInstallation=file://{pasta}/perfil", "--convert-to", filtro, "--outdir", pasta]
            subprocess.run([*comando, str(origem)], check=True, capture_output=True, timeout=120)
            shutil.copyfile(origem.with_suffix(Path(nome).suffix), CORPUS / nome)


def principal() -> None:
    """Refaz tudo; sem LibreOffice, deixa os lo-* como estão."""
    CORPUS.mkdir(exist_ok=True)
    do_excel()
    textos()
    programa = shutil.which("soffice")
    if programa is None:
        sys.stderr.write("sem LibreOffice: os lo-* ficaram como estavam\n")
        return
    do_libreoffice(programa)


if __name__ == "__main__":
    principal()
