"""Comparar o que o Odoo tem com o que está guardado, registro por registro e mês por mês: só valores entram e saem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Literal

Tipo = Literal["falta", "sobra", "difere"]
TOLERANCIA = Decimal("0.000001")
"""Diferença de quantidade que é só de arredondamento (o Odoo calcula em ponto flutuante)."""


@dataclass(frozen=True, slots=True)
class Registro:
    """Um registro visto de um dos lados.

    `quantidade` na unidade do produto, com sinal (None: o registro não tem quantidade, ou ela não é um número). `mes` é
    'aaaa-mm' no nosso fuso ('' quando não há data). `campos`: o que mais se compara, só o que os dois lados têm.
    `ignorado`: fica de fora por regra, e conta à parte. `documento_id`: o cabeçalho no Odoo, para dar nome ao que falta.
    """

    odoo_id: int
    documento: str = ""
    mes: str = ""
    quantidade: Decimal | None = None
    campos: Mapping[str, Any] = field(default_factory=dict)
    ignorado: bool = False
    documento_id: int | None = None


@dataclass(frozen=True, slots=True)
class Diferenca:
    """Um registro que falta aqui, sobra aqui, ou difere (em `campo`: `la` no Odoo, `aqui` guardado); `motivo` diz o que se sabe."""

    fluxo: str
    modelo: str
    odoo_id: int
    documento: str
    mes: str
    tipo: Tipo
    campo: str = ""
    la: Any = None
    aqui: Any = None
    motivo: str = ""
    documento_id: int | None = None


@dataclass
class Mes:
    """As contas de um fluxo num mês: registros e somas de quantidade de cada lado, ignorados à parte, e quantos diferem."""

    fluxo: str
    mes: str
    registros_la: int = 0
    registros_aqui: int = 0
    soma_la: Decimal = Decimal(0)
    soma_aqui: Decimal = Decimal(0)
    ignorados_la: int = 0
    ignorados_aqui: int = 0
    faltam: int = 0
    sobram: int = 0
    diferem: int = 0

    @property
    def igual(self) -> bool:
        """Nada falta, sobra ou difere neste mês."""
        return not (self.faltam or self.sobram or self.diferem)

    def como_dict(self) -> dict[str, Any]:
        """As colunas, para o JSON."""
        return {c.name: getattr(self, c.name) for c in fields(self)}


@dataclass
class Comparacao:
    """O resultado de um fluxo (de um modelo do Odoo), que cresce página a página; `erro` diz por que não se pôde comparar."""

    fluxo: str
    titulo: str
    modelo: str
    meses: dict[str, Mes] = field(default_factory=dict)
    diferencas: list[Diferenca] = field(default_factory=list)
    erro: str = ""

    @property
    def igual(self) -> bool:
        """Os dois lados dizem o mesmo."""
        return not self.diferencas and not self.erro

    @property
    def registros(self) -> int:
        """Registros do Odoo comparados."""
        return sum(m.registros_la + m.ignorados_la for m in self.meses.values())

    @property
    def guardados(self) -> int:
        """Registros guardados aqui que entraram na comparação."""
        return sum(m.registros_aqui + m.ignorados_aqui for m in self.meses.values())

    def comparar(self, la: Mapping[int, Registro], aqui: Mapping[int, Registro]) -> list[Diferenca]:
        """Soma os dois lados de uma página (chave → registro) e devolve as diferenças dela, já acrescentadas."""
        novas: list[Diferenca] = []
        for registro in la.values():
            self._somar(registro, "la")
        for registro in aqui.values():
            self._somar(registro, "aqui")
        for chave in sorted(la.keys() | aqui.keys()):
            novas.extend(self._diferencas(la.get(chave), aqui.get(chave)))
        self.diferencas.extend(novas)
        return novas

    def _mes(self, nome: str) -> Mes:
        return self.meses.setdefault(nome, Mes(self.fluxo, nome))

    def _somar(self, registro: Registro, lado: Literal["la", "aqui"]) -> None:
        mes = self._mes(registro.mes)
        if registro.ignorado:
            setattr(mes, f"ignorados_{lado}", getattr(mes, f"ignorados_{lado}") + 1)
            return
        setattr(mes, f"registros_{lado}", getattr(mes, f"registros_{lado}") + 1)
        if registro.quantidade is not None:
            setattr(mes, f"soma_{lado}", getattr(mes, f"soma_{lado}") + registro.quantidade)

    def _diferencas(self, la: Registro | None, aqui: Registro | None) -> Iterator[Diferenca]:
        if aqui is None:
            assert la is not None
            self._mes(la.mes).faltam += 1
            yield self._diferenca(la, "falta", la=la.quantidade)
        elif la is None:
            self._mes(aqui.mes).sobram += 1
            yield self._diferenca(aqui, "sobra", aqui=aqui.quantidade)
        else:
            achados = list(_campos_diferentes(la, aqui))
            self._mes(la.mes).diferem += bool(achados)
            for campo, valor_la, valor_aqui in achados:
                yield self._diferenca(aqui, "difere", campo, valor_la, valor_aqui)

    def _diferenca(self, registro: Registro, tipo: Tipo, campo: str = "", la: Any = None, aqui: Any = None) -> Diferenca:
        r = registro
        return Diferenca(self.fluxo, self.modelo, r.odoo_id, r.documento, r.mes, tipo, campo, la, aqui, documento_id=r.documento_id)


def _campos_diferentes(la: Registro, aqui: Registro) -> Iterator[tuple[str, Any, Any]]:
    if la.quantidade is not None and not iguais(la.quantidade, aqui.quantidade):
        yield "quantidade", la.quantidade, aqui.quantidade
    if la.mes != aqui.mes:
        yield "mês", la.mes, aqui.mes
    for campo in la.campos.keys() & aqui.campos.keys():
        if not iguais(la.campos[campo], aqui.campos[campo]):
            yield campo, la.campos[campo], aqui.campos[campo]


def iguais(a: Any, b: Any) -> bool:
    """Mesmo valor; números, a menos de TOLERANCIA (relativa, acima de 1)."""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return abs(a - b) <= TOLERANCIA * max(Decimal(1), abs(a))
    return bool(a == b)
