"""A janela de uma leitura e o lugar em que um fluxo está: o que se guarda para parar no meio e continuar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal

TipoJanela = Literal["primeira", "mudancas", "desde", "preencher"]


@dataclass(frozen=True)
class Janela:
    """Uma leitura que pode parar no meio e continuar: o que se pergunta, e a hora do Odoo quando começou (UTC).

    `inicio` é o menor write_date que interessa (None: todos); `corte` é a data desde a qual entram documentos
    fechados (só nas janelas `primeira` e `preencher`).
    """

    tipo: TipoJanela
    inicio: datetime | None = None
    corte: date | None = None
    aberta_em: datetime | None = None
    teto: datetime | None = None

    def como_json(self) -> dict[str, Any]:
        """Forma que cabe em cursor_integracao.janela."""
        return {c.name: v.isoformat() if isinstance(v := getattr(self, c.name), (date, datetime)) else v for c in fields(self)}

    @classmethod
    def de_json(cls, dados: Mapping[str, Any]) -> Janela:
        """Inverso de `como_json`."""

        def instante(nome: str) -> datetime | None:
            return datetime.fromisoformat(dados[nome]) if dados.get(nome) else None

        corte = date.fromisoformat(dados["corte"]) if dados.get("corte") else None
        return cls(dados["tipo"], instante("inicio"), corte, instante("aberta_em"), instante("teto"))


@dataclass(frozen=True)
class Lugar:
    """Onde um fluxo está: cursor (write_date do Odoo, UTC), janela em curso, último id guardado, corte e desvio (s).

    `novas`: empresas pedidas que ainda não têm lugar, quando outras já têm: falta ler o que elas tinham antes.
    """

    cursor: datetime | None = None
    janela: Janela | None = None
    ultimo_id: int = 0
    corte: date | None = None
    desvio_s: float | None = None
    novas: tuple[int, ...] = ()
