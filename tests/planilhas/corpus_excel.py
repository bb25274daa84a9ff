"""Arquivos do corpus feitos à mão: XLSX com as formas do Excel, do SDK da Microsoft, do Google e de quem grava por conta própria."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

CORPUS = Path(__file__).parent / "corpus"
QUANDO = (2026, 11, 24, 12, 0, 0)

PRINCIPAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELACOES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACOTE = "http://schemas.openxmlformats.org/package/2006/relationships"
TIPO = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MACRO = "application/vnd.ms-excel.sheet.macroEnabled"


def pacote(
    nome: str,
    folha: str,
    *,
    textos: Sequence[str] = (),
    estilos: str = "",
    ajustes: str = "",
    extras: Mapping[str, str] | None = None,
    livro: str = "",
    tipo: str = TIPO,
    aba: str = "Plan1",
) -> None:
    """Um XLSX de uma folha. `folha`: o XML dela; `textos`: os compartilhados, já em XML; `livro`: o workbook.xml, se for outro."""
    partes = {
        "[Content_Types].xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types'
        ' xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{tipo}.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml"'
        f' ContentType="{TIPO}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACOTE}"><Relationship Id="rId1" Type="{RELACOES}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": livro
        or f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><workbook xmlns="{PRINCIPAL}" xmlns:r="{RELACOES}">{ajustes}'
        f'<sheets><sheet name="{aba}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACOTE}"><Relationship Id="rId1" Type="{RELACOES}/worksheet"'
        f' Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{RELACOES}/styles" Target="styles.xml"/><Relationship Id="rId3"'
        f' Type="{RELACOES}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId9" Type="{RELACOES}/externalLink"'
        ' Target="file:///C:/Users/Ana/custos.xlsx" TargetMode="External"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{PRINCIPAL}">{estilos or ESTILOS_EXCEL}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{PRINCIPAL}" count="{len(textos)}" uniqueCount="{len(textos)}">'
        + "".join(f"<si>{texto}</si>" for texto in textos)
        + "</sst>",
        "xl/worksheets/sheet1.xml": folha,
        **(extras or {}),
    }
    with zipfile.ZipFile(CORPUS / nome, "w", zipfile.ZIP_DEFLATED) as saida:
        for parte, conteudo in partes.items():
            saida.writestr(zipfile.ZipInfo(parte, QUANDO), conteudo, zipfile.ZIP_DEFLATED)


ESTILOS_EXCEL = (
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="000"/><numFmt numFmtId="165" formatCode="&quot;P-&quot;0000"/></numFmts>'
    "<fonts><font/></fonts><fills><fill/></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
    '<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="9" applyNumberFormat="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs>'
)


def folha(linhas: str, *, antes: str = "", depois: str = "") -> str:
    """O XML de uma folha do Excel."""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{PRINCIPAL}" xmlns:r="{RELACOES}">{antes}'
        f"<sheetData>{linhas}</sheetData>{depois}</worksheet>"
    )


def compartilhadas(*valores: str) -> list[str]:
    """Textos compartilhados simples."""
    return [f'<t xml:space="preserve">{escape(v)}</t>' for v in valores]


def do_excel() -> None:
    """As formas do Excel, do SDK da Microsoft e de quem grava XLSX por conta própria."""
    cabeca = '<row r="1" spans="1:3"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>'
    titulos = compartilhadas("Produto", "Componente", "Quantidade")
    rico = "<r><rPr><b/></rPr><t>ME</t></r><r><t xml:space='preserve'>SA </t></r>"
    pacote(
        "excel-texto-rico.xlsx",
        folha(
            cabeca + '<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2"><v>7</v></c><c r="C2"><v>4.0000000000000001E-2</v></c></row>',
            antes='<dimension ref="A1:C2"/>',
        ),
        textos=[*titulos, rico],
    )
    pacote(
        "excel-formula-sem-valor.xlsx",
        folha(
            cabeca
            + '<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" t="s"><v>4</v></c><c r="C2"><f>2*2</f><v>4</v></c></row>'
            + '<row r="3"><c r="A3" t="s"><v>3</v></c><c r="B3" t="s"><v>4</v></c><c r="C3"><f>C2*2</f></c></row>'
        ),
        textos=[*titulos, *compartilhadas("MESA", "PE")],
    )
    pacote(
        "excel-erro.xlsx",
        folha(
            cabeca
            + '<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" t="e"><f>PROCV(1,2,3)</f><v>#N/A</v></c><c r="C2"><v>4</v></c></row>'
            + '<row r="3"><c r="A3" t="s"><v>3</v></c><c r="B3" t="s"><v>4</v></c><c r="C3" t="e"><v>#REF!</v></c></row>'
        ),
        textos=[*titulos, *compartilhadas("MESA", "PE")],
    )
    lote = compartilhadas("Lote", "Produto", "Saldo", "Expedição", "L1", "MESA")
    cabeca4 = "<row r='1'>" + "".join(f"<c r='{c}1' t='s'><v>{i}</v></c>" for i, c in enumerate("ABCD")) + "</row>"
    pacote(
        "excel-1904.xlsx",
        folha(
            cabeca4
            + '<row r="2"><c r="A2" t="s"><v>4</v></c><c r="B2" t="s"><v>5</v></c>'
            + '<c r="C2"><v>3</v></c><c r="D2" s="1"><v>44898</v></c></row>'
            + '<row r="3"><c r="A3"><v>2</v></c><c r="B3" t="s"><v>5</v></c><c r="C3"><v>3</v></c><c r="D3"><v>44898</v></c></row>'
        ),
        textos=lote,
        ajustes='<workbookPr date1904="1"/>',
    )
    x = (
        f'<?xml version="1.0" encoding="utf-8"?><x:worksheet xmlns:x="{PRINCIPAL}"><x:sheetData>'
        '<x:row r="1"><x:c r="A1" t="str"><x:v>Grupo</x:v></x:c><x:c r="B1" t="str"><x:v>CNPJ</x:v></x:c></x:row>'
        '<x:row r="2"><x:c r="A2" t="str"><x:v>Rede</x:v></x:c><x:c r="B2"><x:v>1222333</x:v></x:c></x:row>'
        '<x:row r="3"><x:c r="A3" t="str"><x:v>Sul</x:v></x:c><x:c r="B3" t="e"><x:v>#VALUE!</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    livro = (
        f'<?xml version="1.0" encoding="utf-8"?><x:workbook xmlns:x="{PRINCIPAL}" xmlns:r="{RELACOES}"><x:sheets>'
        '<x:sheet name="Plan1" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>'
    )
    pacote("sdk-prefixo.xlsx", x, livro=livro)
    pacote(
        "gerador-sem-enderecos.xlsx",
        folha(
            "<row><c t='inlineStr'><is><t>Produto</t></is></c><c t='inlineStr'><is><t>Componente</t></is></c>"
            "<c t='inlineStr'><is><t>Qtd</t></is></c></row>"
            "<row><c t='inlineStr'><is><t>MESA</t></is></c><c><v>7</v></c><c><v>2</v></c></row>"
            "<row><c t='inlineStr'><is><t>MESA</t></is></c><c t='inlineStr'><is><t>COLA</t></is></c><c><f>A1</f></c></row>"
        ),
    )
    pacote(
        "excel-celula-perdida.xlsx",
        folha(
            cabeca
            + '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2"><v>4</v></c></row>'
            + '<row r="1048576"><c r="XFD1048576"><v>0</v></c></row>',
            antes='<dimension ref="A1:C2"/>',
        ),
        textos=titulos,
    )
    vba = {"xl/vbaProject.bin": "não é código: só está aqui para provar que ninguém o abre"}
    pacote(
        "excel-macro.xlsm",
        folha(cabeca + '<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" t="s"><v>4</v></c><c r="C2"><v>4</v></c></row>'),
        textos=[*titulos, *compartilhadas("MESA", "PE")],
        tipo=MACRO,
        extras=vba,
    )
    pacote(
        "excel-ligacao-externa.xlsx",
        folha(
            cabeca
            + '<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" t="s"><v>4</v></c><c r="C2"><f>[1]Custos!$B$2</f><v>4.5</v></c></row>',
            depois='<hyperlinks><hyperlink ref="A2" r:id="rId9"/></hyperlinks>',
        ),
        textos=[*titulos, *compartilhadas("MESA", "PE")],
    )
    pacote(
        "excel-codigo-virou-data.xlsx",
        folha(
            cabeca
            + '<row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2" s="1"><v>46024</v></c><c r="C2"><v>4</v></c></row>'
            + '<row r="3"><c r="A3" t="s"><v>3</v></c><c r="B3" s="4"><v>12</v></c><c r="C3"><v>4</v></c></row>'
            + '<row r="4"><c r="A4" t="s"><v>3</v></c><c r="B4" s="3"><v>7</v></c><c r="C4"><v>4</v></c></row>'
        ),
        textos=[*titulos, *compartilhadas("MESA")],
    )
    pacote(
        "pandas-ponto-zero.xlsx",
        folha(
            cabeca
            + '<row r="2"><c r="A2" t="n"><v>7.0</v></c><c r="B2" t="n"><v>12345678901234567890</v></c><c r="C2" t="n"><v>1.5</v></c></row>'
            + '<row r="3"><c r="A3" t="n"><v>7.5</v></c><c r="B3" t="n"><v>8</v></c><c r="C3" t="n"><v>0.30000000000000004</v></c></row>'
        ),
        textos=titulos,
    )
    google = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{PRINCIPAL}" xmlns:mx="http://schemas.microsoft.com/'
        'office/mac/excel/2008/main"><sheetPr><outlinePr summaryBelow="0"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0"/></sheetViews>'
        '<sheetFormatPr customHeight="1" defaultColWidth="12.63" defaultRowHeight="15.75"/><sheetData>'
        '<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="1" t="s"><v>1</v></c><c r="C1" s="1" t="s"><v>2</v></c></row>'
        '<row r="2"><c r="A2" s="1" t="s"><v>3</v></c><c r="B2" s="1"><v>11.0</v></c><c r="C2" s="1"><v>120.0</v></c></row>'
        '<row r="3"><c r="A3" s="1" t="s"><v>3</v></c><c r="B3" s="1" t="s"><v>4</v></c><c r="C3" s="1" t="str"><f>"1.234"</f><v>1.234</v>'
        '</c></row><row r="4"><c r="A4" s="2"/></row></sheetData></worksheet>'
    )
    pacote(
        "google-previsao.xlsx",
        google,
        textos=compartilhadas("Produto", "Mês/Ano", "Previsão", "MESA", "dez/2026"),
        estilos=ESTILOS_EXCEL.replace('numFmtId="14" applyNumberFormat="1"', 'numFmtId="0"'),
    )
    bruto = (CORPUS / "excel-macro.xlsm").read_bytes()
    (CORPUS / "baixado-pela-metade.xlsx").write_bytes(bruto[: len(bruto) // 2])
