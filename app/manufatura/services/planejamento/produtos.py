"""Os produtos e as estruturas como o planejamento os vê: valores imutáveis, carregados de uma vez."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Produto:
    """Um produto do cadastro. `lead_time` em dias úteis (None: não planejado)."""

    codigo: str
    nome: str | None = None
    unidade: str | None = None
    comprado: bool = False
    produzido: bool = False
    lead_time: int | None = None
    disparo: str | None = None


@dataclass(frozen=True, slots=True)
class Componente:
    """Uma linha de estrutura: quanto entra (por qtd_base, na unidade do componente) e a perda em %."""

    codigo: str
    qtd: Decimal
    perda: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Estrutura:
    """Uma versão ativa da estrutura de um produto; validade inclusive nas duas pontas, None = sem limite."""

    produto: str
    componentes: tuple[Componente, ...]
    versao: str = "1"
    qtd_base: Decimal = Decimal(1)
    fantasma: bool = False
    valido_de: date | None = None
    valido_ate: date | None = None

    def vale(self, dia: date) -> bool:
        """Se está válida no dia."""
        return (self.valido_de is None or self.valido_de <= dia) and (self.valido_ate is None or dia <= self.valido_ate)


@dataclass(frozen=True)
class Catalogo:
    """Todos os produtos (por código) e as estruturas ativas de cada um."""

    produtos: Mapping[str, Produto]
    estruturas: Mapping[str, tuple[Estrutura, ...]] = field(default_factory=dict)

    @classmethod
    def de(cls, produtos: Iterable[Produto], estruturas: Iterable[Estrutura] = ()) -> Catalogo:
        """Monta o catálogo de listas soltas."""
        por_produto: dict[str, tuple[Estrutura, ...]] = {}
        for e in estruturas:
            por_produto[e.produto] = (*por_produto.get(e.produto, ()), e)
        return cls({p.codigo: p for p in produtos}, por_produto)

    def vigente(self, codigo: str, dia: date) -> Estrutura | None:
        """A estrutura do produto válida no dia (o banco garante que há no máximo uma)."""
        for estrutura in self.estruturas.get(codigo, ()):
            if estrutura.vale(dia):
                return estrutura
        return None

    def produto(self, codigo: str) -> Produto:
        """O produto, ou um sem marca nenhuma quando o código não está no cadastro."""
        return self.produtos.get(codigo) or Produto(codigo)
