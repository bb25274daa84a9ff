"""O relógio enquanto uma fábrica é construída: anda só quando o construtor manda, e no fim passa a ser o de verdade."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app import relogio as relogio_da_casa
from app.demo.odoo_simulado.banco import BancoSimulado
from app.demo.odoo_simulado.relogio import Relogio, RelogioSimulado


class Construcao:
    """Uma fábrica em obras: `banco` nasce com um relógio parado em `inicio`; `pronta` entrega-o com o relógio definitivo."""

    def __init__(self, versao: int, inicio: datetime, nome: str) -> None:
        self.relogio = RelogioSimulado(inicio, parado=True)
        self.banco = BancoSimulado(versao, relogio=self.relogio, nome=nome)

    def passar(self, segundos: float = 1.0) -> None:
        self.relogio.avancar(timedelta(seconds=segundos))

    def ir_para(self, instante: datetime) -> None:
        self.relogio.acertar(instante.replace(tzinfo=UTC) if instante.tzinfo is None else instante)

    def pronta(self, relogio: Relogio | None) -> BancoSimulado:
        """Troca o relógio pelo dado, ou pela hora de verdade (nunca antes do último write_date da fábrica)."""
        if relogio is None:
            relogio = RelogioSimulado(max(relogio_da_casa.agora(), self.relogio() + timedelta(seconds=1)))
        self.banco.relogio = relogio
        return self.banco
