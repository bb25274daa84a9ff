"""Conferir com o Odoo e reler o que difere: o job diário (docs/arquitetura.md, passo 7) e o que `manufatura conferir --odoo` usa.

Pega o que a leitura incremental não vê: gravações tardias (write_date mais velho que o cursor) e exclusões sem rastro.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from app.banco.base import tabela
from app.config import obter_config
from app.manufatura.fontes import acesso, sessao
from app.manufatura.fontes.completude import correcao, prova
from app.manufatura.fontes.completude.prova import Alcance, Avanco
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.jobs.base_job import log_job_execution, motor_do_processo, tentativa_atual
from app.manufatura.models import CursorIntegracao
from app.manufatura.services import avisos
from app.manufatura.services.conferencia.comparacao import Comparacao
from app.odoo.incremental import Contagem
from app.relogio import agora, data_local

JOB = "reconciliar_com_odoo"
MESES_DIARIOS = 3
MASSA_MINIMA, MASSA_FRACAO = 20, 0.05
"""Mais do que isto de um fluxo sumido do Odoo de uma vez parece uma permissão que mudou, e não milhares de exclusões."""
EM_MASSA = "sumico_em_massa"
COMPLETA_A_CADA = timedelta(days=7)
"""Os meses mais antigos são comparados uma vez por semana; conferido_em, em cursor_integracao, diz quando foi a última."""


@dataclass
class Reconciliacao:
    """O que se achou, o que se releu (`contagem`) e o que ficou: `restante` são as comparações refeitas dos modelos que diferiam.

    `poupados`: título → registros que sumiram do Odoo em massa, e por isso ficaram como estavam.
    """

    achado: list[Comparacao]
    restante: list[Comparacao] = field(default_factory=list)
    contagem: Contagem = field(default_factory=Contagem)
    corrigida: bool = False
    completa: bool = True
    poupados: dict[str, int] = field(default_factory=dict)
    chamadas: int = 0
    segundos: float = 0.0

    @property
    def final(self) -> list[Comparacao]:
        """Como ficou cada modelo: o refeito, onde houve correção."""
        refeitos = {c.modelo: c for c in self.restante}
        return [refeitos.get(c.modelo, c) for c in self.achado]

    @property
    def igual(self) -> bool:
        """No fim, nada falta, sobra ou difere."""
        return all(c.igual for c in self.final)

    def como_dict(self) -> dict[str, Any]:
        """O dict do job: `processados` são os registros comparados; `rejeitados`, as diferenças que ficaram."""
        contas = self.contagem.como_dict()
        return {
            "processados": sum(c.registros for c in self.achado),
            "diferencas": sum(len(c.diferencas) for c in self.achado),
            "rejeitados": sum(len(c.diferencas) + bool(c.erro) for c in self.final),
            **{c: contas[c] for c in ("lidos", "novas", "mudadas", "iguais", "excluidas", "ignorados", "paginas")},
            "completa": self.completa,
            "poupados": self.poupados,
            "erros": {c.titulo: c.erro for c in self.final if c.erro},
            "chamadas": self.chamadas,
            "segundos": round(self.segundos, 3),
        }


def reconciliar(
    contexto: Contexto, *, corrigir: bool, confirmado: bool = False, alcance: Alcance | None = None, avancar: Avanco | None = None
) -> Reconciliacao:
    """Compara o Odoo com o que está guardado e, com `corrigir`, relê o que difere e compara de novo. `alcance` None é tudo.

    O que sumiu do Odoo em massa (`sumido_em_massa`) é contado e avisado, e fica como está, a não ser com `confirmado`: uma
    permissão que muda lá esconde tudo de uma vez, e não é exclusão. Erros: os de app/odoo/erros.py e app/banco/erros.py; o que
    já foi relido fica.
    """
    alcance = alcance or Alcance()
    inicio, antes = time.monotonic(), contexto.cliente.chamadas
    feita = Reconciliacao(prova.comparar(contexto, alcance, avancar=avancar), corrigida=corrigir, completa=alcance.completo)
    diferentes = [c for c in feita.achado if c.diferencas]
    if corrigir and diferentes:
        for comparacao in diferentes:
            if not confirmado and (sumidos := sumido_em_massa(comparacao)):
                feita.poupados[comparacao.titulo] = sumidos
                comparacao = replace(comparacao, diferencas=[d for d in comparacao.diferencas if d.tipo != "sobra"])
            feita.contagem.somar(correcao.corrigir(contexto, comparacao))
        feita.restante = prova.comparar(contexto, alcance, modelos=[c.modelo for c in diferentes], avancar=avancar)
    if corrigir:
        _avisar(contexto, feita)
    if alcance.completo:
        _anotar_conferencia(contexto)
    feita.chamadas, feita.segundos = contexto.cliente.chamadas - antes, time.monotonic() - inicio
    return feita


def sumido_em_massa(comparacao: Comparacao) -> int:
    """Quantos registros o Odoo já não mostra, se são mais de 20 e mais de 5% dos guardados; senão, 0."""
    sobras = sum(d.tipo == "sobra" for d in comparacao.diferencas)
    return sobras if sobras > MASSA_MINIMA and sobras > MASSA_FRACAO * comparacao.guardados else 0


def _avisar(contexto: Contexto, feita: Reconciliacao) -> None:
    """Abre e fecha os avisos de sumiço em massa e de empresa que o usuário da integração deixou de ver."""
    with contexto.transacao() as conexao:
        for c in feita.final:
            if sumidos := sumido_em_massa(c):
                mensagem = (
                    f"{c.titulo}: {sumidos} dos {c.guardados} registros guardados não aparecem mais no Odoo. Nada foi mudado aqui. Se o"
                    " usuário da integração perdeu uma permissão, devolva-a; se foram mesmo apagados, confirme com"
                    " «manufatura conferir --odoo --corrigir --sim»."
                )
                avisos.abrir(conexao, EM_MASSA, c.modelo, mensagem, severidade="critico", dados={"sumidos": sumidos})
            elif not c.erro:
                avisos.fechar(conexao, EM_MASSA, [c.modelo])
        acesso.avisar_empresas(conexao, contexto)


@log_job_execution(JOB)
def reconciliar_com_odoo() -> dict[str, Any]:
    """Confere com o Odoo o que está aberto e os últimos 3 meses (uma vez por semana, tudo), e relê o que difere (todo dia)."""
    with sessao.abrir(obter_config(), motor_do_processo(), agora(), cerca=tentativa_atual()) as contexto:
        return reconciliar(contexto, corrigir=True, alcance=alcance_de_hoje(contexto)).como_dict()


@log_job_execution(JOB)
def como_job(trabalho: Callable[[], Reconciliacao]) -> dict[str, Any]:
    """Registra como execução do mesmo job o que `trabalho` faz (o `conferir --odoo --corrigir` de uma pessoa)."""
    return trabalho().como_dict()


def alcance_de_hoje(contexto: Contexto) -> Alcance:
    """Tudo, se a última conferência completa de algum fluxo faz uma semana (ou nunca houve); senão, os últimos meses."""
    t = tabela(CursorIntegracao).c
    with contexto.leitura() as conexao:
        total, conferidos, mais_antigo = conexao.execute(select(func.count(), func.count(t.conferido_em), func.min(t.conferido_em))).one()
    if total == conferidos and mais_antigo is not None and contexto.agora - mais_antigo < COMPLETA_A_CADA:
        return Alcance(desde=_meses_atras(data_local(contexto.agora, contexto.fuso), MESES_DIARIOS), completo=False)
    return Alcance()


def _meses_atras(hoje: date, meses: int) -> date:
    total = hoje.year * 12 + hoje.month - 1 - meses
    return date(total // 12, total % 12 + 1, 1)


def _anotar_conferencia(contexto: Contexto) -> None:
    with contexto.transacao() as conexao:
        conexao.execute(tabela(CursorIntegracao).update().values(conferido_em=contexto.agora))
