"""As ordens filhas: o que falta de um componente produzido, para o começo da ordem que o consome.

Fonte das regras: planejamento.md (Explosion, "a produced component that is missing gets a child order").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.manufatura.services.calendario import Calendario, DataForaDoCalendario
from app.manufatura.services.planejamento import avisos_plano
from app.manufatura.services.planejamento.consumo import normal
from app.manufatura.services.planejamento.ordens import ABERTAS, FIRMES, PLANEJADA, Existente, Necessidade, Ordem, Plano
from app.manufatura.services.planejamento.produtos import Catalogo
from app.manufatura.services.planejamento.topo import como_esta, datas


class Filhas:
    """As filhas abertas que existem, por pai e produto, e a decisão sobre cada uma."""

    def __init__(
        self,
        plano: Plano,
        existentes: Iterable[Existente],
        catalogo: Catalogo,
        calendario: Calendario,
        ciclos: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.plano, self.catalogo, self.calendario, self.ciclos = plano, catalogo, calendario, ciclos
        self._abertas: dict[tuple[int, str], Existente] = {}
        self._firmes: dict[int, Ordem] = {}
        self._decididas: set[int] = set()
        for e in sorted(existentes, key=lambda e: e.numero):
            if e.pai_id is not None and e.status in ABERTAS:
                self._abertas.setdefault((e.pai_id, e.produto), e)

    def abrir_firmes(self) -> None:
        """As filhas Liberadas ou Em Produção entram no plano desde o começo: sua quantidade não depende de mais nada."""
        for e in self._abertas.values():
            if e.status in FIRMES:
                ordem = como_esta(e)
                self._firmes[e.id] = ordem
                self.plano.ordens.append(ordem)

    def para(self, pai: Ordem, necessidade: Necessidade) -> Ordem | None:
        """A filha Planejada (nova ou que segue) que faz o que falta; None quando não há o que abrir agora."""
        existente = self._abertas.get((pai.existente.id, necessidade.codigo)) if pai.existente is not None else None
        if existente is not None:
            self._decididas.add(existente.id)
            querida = necessidade.produzir + existente.produzida
            if existente.status in FIRMES:
                self._firmes[existente.id].pai = pai
                if existente.planejada != querida:
                    antes, depois = avisos_plano.numero(existente.planejada), avisos_plano.numero(querida)
                    self.plano.avisos.append(avisos_plano.alterada(existente, f"{antes} de {existente.produto}", depois))
                return None
            if querida <= 0:
                self.plano.canceladas.append((existente, "a ordem que a consome já não precisa dela"))
                return None
        if necessidade.produzir <= 0 and existente is None:
            return None
        if self.catalogo.vigente(necessidade.codigo, necessidade.data) is None or necessidade.codigo in self.ciclos:
            if existente is not None:
                self._decididas.discard(existente.id)
            return None
        return self._planejada(pai, necessidade, existente)

    def _planejada(self, pai: Ordem, necessidade: Necessidade, existente: Existente | None) -> Ordem | None:
        produto = self.catalogo.produto(necessidade.codigo)
        lead_time = produto.lead_time or 0
        try:
            inicio, fim = datas(self.calendario, pai.inicio, lead_time)
        except DataForaDoCalendario as erro:
            self.plano.avisos.append(avisos_plano.fora_do_calendario(f"Produto {necessidade.codigo}", str(erro)))
            return None
        produzida = existente.produzida if existente is not None else avisos_plano.ZERO
        filha = Ordem(
            necessidade.codigo,
            normal(necessidade.produzir + produzida),
            inicio,
            fim,
            produzida=produzida,
            existente=existente,
            pai=pai,
            entrega=pai.inicio,
            lead_time=lead_time,
            para=necessidade,
        )
        self.plano.ordens.append(filha)
        return filha

    def encerrar_orfas(self) -> None:
        """As filhas que nenhum pai do plano reclamou: a Planejada é cancelada, a firme avisa (a ordem pai acabou)."""
        for e in self._abertas.values():
            if e.id in self._decididas:
                continue
            motivo = "a ordem que a consome foi cancelada, concluída ou já não usa este produto"
            if e.status == PLANEJADA:
                self.plano.canceladas.append((e, motivo))
            else:
                self.plano.avisos.append(avisos_plano.cancelada(e, motivo))
