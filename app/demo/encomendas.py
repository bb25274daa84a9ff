"""As planilhas da demonstração: o cadastro e as estruturas (planilhas/*.csv) e as que dependem da data, escritas em XLSX.

São arquivos como os que uma pessoa mandaria, e entram pelo mesmo caminho. As datas são relativas a hoje, em dias úteis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.demo.odoo_simulado.fabricas.semeada import cnpj
from app.manufatura.planilhas import escrita
from app.manufatura.planilhas.escrita import ColunaSaida

FIXAS = Path(__file__).parent / "planilhas"
GRUPOS: Mapping[str, Sequence[tuple[str, int, str, str]]] = {
    "Rede Horizonte": (("Horizonte Centro", 901, "Curitiba", "PR"), ("Horizonte Norte", 902, "Londrina", "PR")),
    "Bem Morar": (("Bem Morar Matriz", 903, "Campinas", "SP"),),
}
AVULSA = ("Casa Bela Móveis", 904, "Joinville", "SC")  # cliente sem grupo
# lote, pedido, produto, quantidade, expedição em dias úteis a partir de hoje
SEPARADO = (
    ("L-1041", "PV-5301", "MJ6-ARO", 20, 16),
    ("L-1041", "PV-5301", "CAD-ARO", 80, 16),
    ("L-1042", "PV-5302", "GR6-JAC", 12, 20),
    ("L-1043", "PV-5303", "RK18-CED", 30, 14),
    ("L-1044", "PV-5304", "COM5-IMB", 15, 18),
)
ESCOLHIDO = (("L-1045", "PV-5305", "MJ6-ARO", 10, 24), ("L-1045", "PV-5305", "RK18-CED", 12, 24))
# O que muda depois do primeiro planejamento: (lote, produto) → quantidade e expedição novas.
MUDADO = {("L-1041", "MJ6-ARO"): (40, 16), ("L-1041", "CAD-ARO"): (120, 16), ("L-1043", "RK18-CED"): (30, 21)}
CANCELADO = "L-1042"
LEAD_TIME_QUE_FALTAVA = ("COM5-IMB", 4)
TITULOS_VENDAS = ("Pedido", "Data", "CNPJ", "Cliente", "Cidade", "UF", "Produto", "Quantidade")
TITULOS_ESCOLHA = ("Lote", "Pedido", "Produto", "Qtd.", "Expedição")
PREVISTO = {"MJ6-ARO": 60, "CAD-ARO": 240, "GR6-JAC": 25, "RK18-CED": 45}


class Planilhas:
    """Escreve as planilhas em `pasta`. `hoje`: a data local; `util(n)`: o n-ésimo dia útil depois dela."""

    def __init__(self, pasta: Path, hoje: date, util: Callable[[int], date]) -> None:
        self.pasta, self.hoje, self.util = pasta, hoje, util

    def primeiras(self) -> dict[str, Path]:
        """Tipo → arquivo, na ordem em que se mandam."""
        meses = [self._mes(-1), self._mes(0), self._mes(1)]
        todas = [(produto, None, qtd) for produto, qtd in PREVISTO.items()]
        da_rede = [(produto, "Rede Horizonte", qtd // 2) for produto, qtd in PREVISTO.items()]
        previsoes = [(f"{m:%m/%Y}", grupo, produto, qtd) for m in meses for produto, grupo, qtd in (*todas, *da_rede)]
        grupos = [(grupo, cnpj(n)) for grupo, clientes in GRUPOS.items() for _, n, _, _ in clientes]
        carteira = [(pedido, produto, lote, qtd) for lote, pedido, produto, qtd, _ in (*SEPARADO, *ESCOLHIDO)]
        return {
            "cadastro": FIXAS / "cadastro.csv",
            "estruturas": FIXAS / "estruturas.csv",
            "grupos": self._escrever("grupos", ("Grupo", "CNPJ"), grupos),
            "historico": self._escrever("historico", TITULOS_VENDAS, self._vendas()),
            "previsoes": self._escrever("previsoes", ("Mês", "Grupo", "Produto", "Quantidade prevista"), previsoes),
            "pedidos": self.pedidos(),
            "separacoes": self.separacoes(),
            "pre_separacoes": self._escrever("pre_separacoes", TITULOS_ESCOLHA, self._datadas(ESCOLHIDO)),
            "carteira": self._escrever("carteira", ("Pedido", "Produto", "Lote", "Saldo"), carteira),
        }

    def separacoes(self, *, mudadas: bool = False) -> Path:
        """As separações; `mudadas`: com a quantidade e as datas de depois."""
        linhas = [(lote, p, c, *(MUDADO.get((lote, c), (q, n)) if mudadas else (q, n))) for lote, p, c, q, n in SEPARADO]
        return self._escrever("separacoes", ("Lote", "Pedido", "Produto", "Saldo a expedir", "Expedição"), self._datadas(linhas))

    def pedidos(self, *, mudados: bool = False) -> Path:
        """O estado de cada pedido no lote; `mudados`: com um cancelado."""
        pares = dict.fromkeys((lote, p) for lote, p, *_ in (*SEPARADO, *ESCOLHIDO))
        linhas = [(lote, p, "CANCELADO" if mudados and lote == CANCELADO else "ABERTO") for lote, p in pares]
        return self._escrever("pedidos", ("Lote", "Pedido", "Situação"), linhas)

    def lead_time(self) -> Path:
        """Só o que faltava no cadastro."""
        return self._escrever("cadastro", ("Código", "Lead time"), [LEAD_TIME_QUE_FALTAVA])

    def _datadas(self, linhas: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [(*linha[:-1], self.util(linha[-1])) for linha in linhas]

    def _vendas(self) -> list[tuple[Any, ...]]:
        """As vendas do mês passado e as deste até hoje: quase o previsto, repartido entre os clientes."""
        clientes = [*(c for grupo in GRUPOS.values() for c in grupo), AVULSA]
        linhas: list[tuple[Any, ...]] = []
        for primeiro, ultimo in ((self._mes(-1), self._mes(0) - timedelta(days=1)), (self._mes(0), self.hoje)):
            dias = (ultimo - primeiro).days + 1
            parte = dias / 30
            for i, (produto, previsto) in enumerate(PREVISTO.items()):
                for j, (nome, numero, cidade, uf) in enumerate(clientes):
                    dia = primeiro + timedelta(days=(7 * i + 11 * j) % dias)
                    qtd = max(1, round(previsto * parte * (0.32, 0.21, 0.27, 0.13)[(i + j) % 4]))
                    linhas.append((f"PV-{4000 + len(linhas)}", dia, cnpj(numero), nome, cidade, uf, produto, qtd))
        return linhas

    def _mes(self, n: int) -> date:
        """O dia 1º do mês corrente, mais `n` meses."""
        meses = self.hoje.year * 12 + self.hoje.month - 1 + n
        return date(meses // 12, meses % 12 + 1, 1)

    def _escrever(self, nome: str, titulos: Sequence[str], linhas: Sequence[Sequence[Any]]) -> Path:
        caminho = self.pasta / f"{nome}.xlsx"
        formato = {"Expedição": "data", "Data": "data", "Lead time": "inteiro"}
        escrita.xlsx(caminho, "Plan1", [ColunaSaida(t, formato.get(t, "texto")) for t in titulos], linhas)
        return caminho
