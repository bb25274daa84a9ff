"""Arquivos do corpus feitos à mão: CSV como o Excel, o Google e os ERPs escrevem, e o que finge ser planilha."""

from __future__ import annotations

from tests.planilhas.corpus_excel import CORPUS

TEXTOS = {
    "excel-ponto-e-virgula.csv": (
        "utf-8-sig",
        "Código;Nome do produto;Custo;Peso bruto (kg)\r\n007;Mesa;R$ 1.234,56;28,5\r\n;;;\r\n08.01;Pé;1.234;\r\n",
    ),
    "excel-sep.csv": ("cp1252", 'sep=;\r\nLote;Produto;Qtde;Expedição\r\nL1;MESA;"1.234,5";04/12/2026\r\n'),
    "excel-unicode.txt": ("utf-16", "Lote\tProduto\tQuantidade\tExpedição\r\nL1\tMESA\t10\t04/12/2026\r\n"),
    "mac-antigo.csv": ("cp1252", "Grupo;Raiz CNPJ\rSão João;11222333\rIrmãos;33000167\r"),
    "google.csv": ("utf-8", 'Lote,Pedido,Produto,Saldo,Expedição\nL1,0012,MESA,"1.234,56",2026-12-04\nL1,,"MESA, grande",3,\n'),
    "virgula-sem-aspas.csv": ("utf-8", "Lote,Produto,Saldo\nL1,MESA,10,5\nL2,MESA,3\n"),
    "notacao-cientifica.csv": ("cp1252", "Código;Nome\r\n7,89123E+12;Parafuso\r\n7891234567895;Porca\r\n"),
    "ponto-duvidoso.csv": ("utf-8", "Lote;Produto;Saldo\nL1;MESA;12.5\nL2;MESA;1.234\nL3;MESA;7\n"),
    "americano.csv": ("utf-8", 'Lote;Produto;Saldo\nL1;MESA;"1,234.56"\nL2;MESA;5\n'),
    "componente-duvidoso.csv": ("utf-8", "Produto;Componente;Qtd\nMESA;PE;1.250\nMESA;COLA;0.125\n"),
    "sap.csv": (
        "cp1252",
        """Relatório de vendas;;;;\r
;;;;\r
Nº Pedido;Data;Produto;Quantidade;Valor total\r
001;03.11.2026;MESA;10,000;9.000,00\r
002;04.11.2026;MESA;2,000-;1.800,00-\r
Nº Pedido;Data;Produto;Quantidade;Valor total\r
003;31.11.2026;MESA;1,000;900,00\r
Total;;;9,000;8.100,00\r
""",
    ),
    "erp.xls": ("utf-8", "<html><head><meta charset='utf-8'></head><table><tr><td>Produto</td><td>Saldo</td></tr></table></html>"),
    "aspas-abertas.csv": ("utf-8", 'Lote;Produto;Saldo\nL1;MESA;"10\nL2;MESA;5\n'),
    "colado-do-chat.csv": (
        "utf-8",
        """\ufeffLote;Produto;Saldo;Expedição
\u00a0L1\u00a0;\u200bMESA ;\u202f1.234,5;04\u200b/12/2026
L2;MESA;−3;04/12/2026
L3;MESA;10 un;hoje
""",
    ),
    "instantes.csv": (
        "utf-8",
        """Pedido;Data;Produto;Quantidade
1;2027-01-01T02:59:59Z;A;1
2;2027-01-01T03:00:00Z;A;2
3;2018-11-04T02:30:00Z;A;4
4;2018-11-04 00:30:00;A;8
""",
    ),
}


def textos() -> None:
    """Os CSV e o que finge ser planilha."""
    for nome, (codificacao, conteudo) in TEXTOS.items():
        (CORPUS / nome).write_bytes(conteudo.encode(codificacao))
