"""O que não serve numa planilha, célula a célula: aba, endereço, o que está lá e o que se esperava."""

from __future__ import annotations

from dataclasses import dataclass

from app.manufatura.planilhas.valores import Valor, endereco, mostrar


@dataclass(frozen=True)
class Problema:
    """Uma recusa. `linha` e `coluna` a partir de 0; sem coluna, é da linha toda. `esperado`: o que serviria, ou o que há de errado."""

    aba: str
    linha: int
    coluna: int | None
    titulo: str
    valor: str
    esperado: str

    @classmethod
    def da_celula(cls, aba: str, linha: int, coluna: int, titulo: str, valor: Valor | None, esperado: str) -> Problema:
        """De uma célula que não se converteu."""
        return cls(aba, linha, coluna, titulo, mostrar(valor), esperado)

    @property
    def endereco(self) -> str:
        """B7, ou "linha 7" quando é da linha toda."""
        return f"linha {self.linha + 1}" if self.coluna is None else endereco(self.linha, self.coluna)

    @property
    def motivo(self) -> str:
        """Sem a aba: 'B7 (Quantidade): "abc"; esperava um número'."""
        if self.coluna is None:
            return f"{self.endereco}: {self.esperado}"
        tem = f"“{self.valor}”" if self.valor else "vazia"
        return f"{self.endereco} ({self.titulo}): {tem}; esperava {self.esperado}"

    def __str__(self) -> str:
        return f"aba {self.aba}, {self.motivo}" if self.aba else self.motivo
