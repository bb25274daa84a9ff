"""O que cada ordem precisa de cada componente: da estrutura válida, ou do que ficou fixado quando ela foi liberada."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.manufatura.services.calendario import Calendario, DataForaDoCalendario
from app.manufatura.services.planejamento import avisos_plano
from app.manufatura.services.planejamento.consumo import Consumo, de_estrutura, vezes
from app.manufatura.services.planejamento.niveis import Niveis
from app.manufatura.services.planejamento.ordens import Necessidade, Ordem, Plano
from app.manufatura.services.planejamento.produtos import Catalogo, Estrutura

ZERO, UM = Decimal(0), Decimal(1)
COMPRADO, PRODUZIDO = "comprado", "produzido"


class Explosao:
    """Abre ordens em necessidades; guarda o consumo de cada estrutura, que muitas ordens repetem."""

    def __init__(self, plano: Plano, catalogo: Catalogo, calendario: Calendario, hoje: date, niveis: Niveis) -> None:
        self.plano, self.catalogo, self.calendario, self.hoje, self.niveis = plano, catalogo, calendario, hoje, niveis
        self._consumos: dict[tuple[str, str, date | None], tuple[Consumo, ...]] = {}
        self._tipos: dict[tuple[str, date | None], str] = {}
        # Só dependem do dia as estruturas que têm fantasma dentro, e os produtos com versão que começa ou acaba.
        self._fantasmas = {c for c, es in catalogo.estruturas.items() if any(e.fantasma for e in es)}
        self._datados = {c for c, es in catalogo.estruturas.items() if any(e.valido_de or e.valido_ate for e in es)}

    def abrir(self, ordem: Ordem) -> Sequence[str]:
        """Preenche `ordem.necessidades` do seu próprio nível; devolve os códigos."""
        guardados = ordem.existente.materiais if ordem.existente is not None else None
        # Firme sem nada fixado (o produto não tinha estrutura): olha-se a estrutura de novo, e o aviso dura enquanto ela faltar.
        if guardados and ordem.firme:
            for material in guardados:
                self._da_guardada(ordem, material)
            return list(ordem.necessidades)
        if ordem.produto in self.niveis.ciclos:
            self.plano.avisos.append(avisos_plano.ciclo(ordem.produto, self.niveis.ciclos[ordem.produto]))
            ordem.intocada = True
            return []
        estrutura = self.catalogo.vigente(ordem.produto, ordem.inicio)
        if estrutura is None:
            self.plano.avisos.append(avisos_plano.sem_estrutura(ordem.produto))
            return []
        for consumo in self._consumo(estrutura, ordem.inicio):
            total = consumo.vezes(ordem.planejada)
            tipo = self._tipo(consumo.componente, ordem.inicio)
            ordem.necessidades[consumo.componente] = Necessidade(
                consumo.componente, tipo, total, pendente(ordem, total), ordem.inicio, consumo=consumo
            )
        return list(ordem.necessidades)

    def descer(self, ordem: Ordem, necessidade: Necessidade) -> Sequence[str]:
        """Sem ordens filhas: o que falta de um produzido vira, na mesma ordem, necessidade dos componentes dele.

        Devolve os códigos que passaram a ser esperados (os que já eram só crescem). Numa ordem firme nada desce: os níveis de
        baixo já estão entre os materiais que ficaram fixados.
        """
        if necessidade.guardado is not None:
            return []
        estrutura = self.catalogo.vigente(necessidade.codigo, necessidade.data)
        if estrutura is None or not necessidade.produzir or necessidade.codigo in self.niveis.ciclos:
            return []
        lead_time = self.catalogo.produto(necessidade.codigo).lead_time or 0
        try:
            quando = self.calendario.retroativa(necessidade.data, lead_time)
        except DataForaDoCalendario as erro:
            self.plano.avisos.append(avisos_plano.fora_do_calendario(f"Produto {necessidade.codigo}", str(erro)))
            quando = necessidade.data
        novos = []
        for consumo in self._consumo(estrutura, necessidade.data):
            codigo = consumo.componente
            parcela = Fraction(necessidade.produzir) * consumo.coeficiente
            atual = ordem.necessidades.get(codigo)
            if atual is None:
                novos.append(codigo)
                atual = Necessidade(codigo, self._tipo(codigo, quando), ZERO, ZERO, quando, necessidade.nivel + 1)
                ordem.necessidades[codigo] = atual
            atual.descidas = (*atual.descidas, (necessidade.codigo, parcela, consumo))
            atual.data = min(atual.data, quando)
            atual.nivel = max(atual.nivel, necessidade.nivel + 1)
        return novos

    @staticmethod
    def fechar(ordem: Ordem, necessidade: Necessidade) -> None:
        """Antes de se dar estoque: soma exata de todas as vias, arredondada uma vez."""
        if not necessidade.descidas:
            return
        # O que desceu de um intermediário já vem líquido do que a ordem produziu; o do próprio nível, não.
        descido = sum((d[1] for d in necessidade.descidas), Fraction(0))
        proprio = necessidade.consumo.coeficiente if necessidade.consumo else Fraction(0)
        necessidade.total = vezes(UM, Fraction(ordem.planejada) * proprio + descido)
        necessidade.pendente = vezes(UM, Fraction(ordem.falta_produzir) * proprio + descido)

    def _consumo(self, estrutura: Estrutura, dia: date) -> tuple[Consumo, ...]:
        depende_do_dia = any(c.codigo in self._fantasmas for c in estrutura.componentes)
        chave = (estrutura.produto, estrutura.versao, dia if depende_do_dia else None)
        feito = self._consumos.get(chave)
        if feito is None:
            feito = self._consumos[chave] = de_estrutura(self.catalogo, estrutura, dia)
        return feito

    def _da_guardada(self, ordem: Ordem, material: dict[str, Any]) -> None:
        """Firme: a necessidade é a que ficou fixada; só o que se dá a ela é renovado."""
        total = Decimal(material["qtd_necessaria"])
        quando = date.fromisoformat(material["data_necessidade"]) if material.get("data_necessidade") else ordem.inicio
        ordem.necessidades[material["cod_produto"]] = Necessidade(
            codigo=material["cod_produto"],
            tipo=material["tipo"],
            total=total,
            pendente=pendente(ordem, total),
            data=quando,
            nivel=material.get("nivel", 1),
            guardado=material,
        )

    def _tipo(self, codigo: str, dia: date) -> str:
        chave = (codigo, dia if codigo in self._datados else None)
        tipo = self._tipos.get(chave)
        if tipo is None:
            tipo = self._tipos[chave] = self._decidir_tipo(codigo, dia)
        return tipo

    def _decidir_tipo(self, codigo: str, dia: date) -> str:
        produto = self.catalogo.produto(codigo)
        tem = self.catalogo.vigente(codigo, dia) is not None
        if produto.produzido:
            if not tem:
                self.plano.avisos.append(avisos_plano.sem_estrutura(codigo))
            return PRODUZIDO
        if not produto.comprado and not tem:
            self.plano.avisos.append(avisos_plano.sem_origem(codigo))
        return COMPRADO


def pendente(ordem: Ordem, total: Decimal) -> Decimal:
    """O que a ordem ainda precisa: necessidade × (planejada − produzida) / planejada, nunca abaixo de 0."""
    if not ordem.produzida:
        return total
    return vezes(total, Fraction(ordem.falta_produzir) / Fraction(ordem.planejada))
