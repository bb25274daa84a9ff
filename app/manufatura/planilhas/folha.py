"""Uma folha lida: as células de cada linha, as mescladas, e os limites do que se aceita ler."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.manufatura.planilhas.erros import PlanilhaGrandeDemais
from app.manufatura.planilhas.valores import Valor, vazio

Mesclada = tuple[tuple[int, int], tuple[int, int]]
"""Primeira e última célula (linha, coluna), a partir de 0."""


@dataclass(frozen=True)
class Limites:
    """Até onde se lê: bytes do arquivo e depois de expandido, linhas e colunas de uma folha, e células ao todo."""

    arquivo_bytes: int = 64 << 20
    expandido_bytes: int = 512 << 20
    linhas: int = 1_048_576
    colunas: int = 512
    celulas: int = 12_000_000

    def conferir(self, arquivo: str, linhas: int, colunas: int) -> None:
        """Recusa uma folha que vai longe demais (uma célula perdida em XFD1048576 faria dela bilhões). Contagens, não índices."""
        if linhas > self.linhas:
            raise PlanilhaGrandeDemais(arquivo=arquivo, motivo=f"vai até a linha {linhas}, e o máximo é {self.linhas}")
        if colunas > self.colunas:
            raise PlanilhaGrandeDemais(arquivo=arquivo, motivo=f"vai até a coluna {colunas}, e o máximo é {self.colunas}")
        if linhas * colunas > self.celulas:
            motivo = f"tem {linhas} linhas por {colunas} colunas, e o máximo são {self.celulas} células"
            raise PlanilhaGrandeDemais(arquivo=arquivo, motivo=motivo)


@dataclass
class Folha:
    """`linhas[i][j]` é a célula da linha i+1, coluna j (A = 0). `nome`: o da aba ("" num CSV). `formatos`: ver Leitura."""

    nome: str
    linhas: list[list[Valor]]
    mescladas: list[Mesclada] = field(default_factory=list)
    formatos: bool = True
    sistema_1904: bool = False
    csv: bool = False
    espalhadas: set[tuple[int, int]] = field(default_factory=set)

    def celula(self, linha: int, coluna: int) -> Valor | None:
        """A célula, ou None fora do que foi lido."""
        valores = self.linhas[linha] if 0 <= linha < len(self.linhas) else []
        return valores[coluna] if coluna < len(valores) else None

    def espalhar(self) -> None:
        """Escreve nas células de uma mesclagem que desce várias linhas o valor da primeira: cada linha fica completa."""
        for (linha, coluna), (ultima, _) in self.mescladas:
            valor = self.celula(linha, coluna)
            if ultima == linha or vazio(valor):
                continue
            assert valor is not None
            for i in range(linha + 1, min(ultima + 1, len(self.linhas))):
                valores = self.linhas[i]
                if coluna >= len(valores):
                    valores.extend([""] * (coluna + 1 - len(valores)))
                if vazio(valores[coluna]):
                    valores[coluna] = valor
                    self.espalhadas.add((i, coluna))
