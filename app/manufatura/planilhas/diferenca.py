"""O que uma planilha muda no que está guardado: contagens, exemplos com o antes e o depois, e as linhas que sairiam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EXEMPLOS = 20


@dataclass(frozen=True)
class Exemplo:
    """Uma linha `nova`, `mudada` ou que `sai`; `quem` a identifica; `antes` e `depois` só com as colunas que interessam."""

    oque: str
    quem: str
    antes: Mapping[str, Any]
    depois: Mapping[str, Any]


@dataclass
class Diferenca:
    """`ausentes`: linhas guardadas que a planilha não tem; `saem`: ids das que --modo substituir tira."""

    novas: int = 0
    mudadas: int = 0
    iguais: int = 0
    ausentes: int = 0
    saem: frozenset[Any] = frozenset()
    exemplos: list[Exemplo] = field(default_factory=list)

    @property
    def escreve(self) -> int:
        """Quantas linhas se gravam ou saem."""
        return self.novas + self.mudadas + len(self.saem)

    def contagens(self) -> dict[str, int]:
        """Para o JSON, a tela e a auditoria."""
        return {"novas": self.novas, "mudadas": self.mudadas, "iguais": self.iguais, "ausentes": self.ausentes, "saem": len(self.saem)}
