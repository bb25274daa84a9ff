"""Que linhas de separação e pré-separação são demanda de uma ordem sob encomenda, e por que as outras não.

Fonte das regras: planejamento.md (Which demand becomes an MTO order); seed.md seção 3, gerar_ordens_mto_automaticas.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.manufatura.services.planejamento import avisos_plano
from app.manufatura.services.planejamento.ordens import Ausencia, AvisoPlano, Chave, Demanda
from app.manufatura.services.planejamento.produtos import Catalogo, Produto

VIVOS = ("ABERTO", "COTADO")
ENCERRADOS = ("EMBARCADO", "FATURADO", "CANCELADO")
SEPARACAO, PRE_SEPARACAO = "separacao", "pre_separacao"


@dataclass(frozen=True, slots=True)
class LinhaDemanda:
    """Uma linha de separacao ou pre_separacao_item."""

    lote: str
    pedido: str | None
    produto: str
    expedicao: date | None
    qtd: Decimal
    origem: str = SEPARACAO


@dataclass(frozen=True, slots=True)
class PedidoDoLote:
    """Um pedido num lote (num vazio: vale para o lote inteiro), com seu status."""

    lote: str
    num: str | None
    status: str


@dataclass
class Demandas:
    """`validas`: as que pedem ordem. `travadas`: (lote, produto) cujas ordens ficam como estão (dado ruim, ou já embarcou).
    `ausencias`: por que a demanda de (lote, produto) acabou; quem não está aqui simplesmente sumiu."""

    validas: list[Demanda] = field(default_factory=list)
    travadas: set[Chave] = field(default_factory=set)
    ausencias: dict[Chave, Ausencia] = field(default_factory=dict)
    ausencia_do_lote: dict[str, Ausencia] = field(default_factory=dict)
    avisos: list[AvisoPlano] = field(default_factory=list)

    def ausencia(self, chave: Chave) -> Ausencia:
        """Por que não há mais demanda desta chave."""
        return self.ausencias.get(chave) or self.ausencia_do_lote.get(chave[0]) or Ausencia.SUMIU


def classificar(linhas: Sequence[LinhaDemanda], pedidos: Iterable[PedidoDoLote], catalogo: Catalogo) -> Demandas:
    """Soma, por (lote, produto, expedição), as linhas que são demanda, e diz por que as outras não são."""
    do_lote: dict[str, list[PedidoDoLote]] = {}
    for p in pedidos:
        do_lote.setdefault(p.lote, []).append(p)
    resultado = Demandas(ausencia_do_lote={lote: a for lote, ps in do_lote.items() if (a := _ausencia(ps)) is not None})
    com_separacao = {linha.lote for linha in linhas if linha.origem == SEPARACAO}
    somas: dict[tuple[str, str, date | None], tuple[Decimal, int, str]] = {}
    sem_pedido: set[tuple[str, str]] = set()
    for linha in linhas:
        produto = catalogo.produtos.get(linha.produto)
        if produto is not None and produto.disparo != "MTO":
            continue
        if linha.origem == PRE_SEPARACAO:
            if linha.lote in com_separacao or any(p.status in ENCERRADOS for p in do_lote.get(linha.lote, ())):
                continue
        else:
            casados = [p for p in do_lote.get(linha.lote, ()) if not linha.pedido or not p.num or p.num == linha.pedido]
            if not casados:
                sem_pedido.add((linha.lote, linha.pedido or ""))
                resultado.travadas.add((linha.lote, linha.produto))
                continue
            if not any(p.status in VIVOS for p in casados):
                _ausentar(resultado, (linha.lote, linha.produto), casados)
                continue
        chave = (linha.lote, linha.produto, linha.expedicao)
        qtd, n, _ = somas.get(chave, (Decimal(0), 0, ""))
        somas[chave] = (qtd + linha.qtd, n + 1, linha.origem)
    for lote, pedido in sorted(sem_pedido):
        resultado.avisos.append(_lote_sem_pedido(lote, pedido))
    for (lote, codigo, expedicao), (qtd, n, origem) in sorted(somas.items(), key=lambda s: (s[0][0], s[0][1], s[0][2] or date.max)):
        _julgar(resultado, lote, codigo, expedicao, qtd, n, origem, catalogo.produtos.get(codigo))
    return resultado


def _julgar(
    resultado: Demandas, lote: str, codigo: str, expedicao: date | None, qtd: Decimal, n: int, origem: str, produto: Produto | None
) -> None:
    """Uma soma: demanda válida, ou um aviso que diz o que consertar (e as ordens dela ficam como estão)."""
    if qtd == 0:
        return
    motivo = _impedimento(expedicao, qtd, produto)
    if motivo is None:
        assert expedicao is not None
        resultado.validas.append(Demanda(lote, codigo, expedicao, qtd, origem, n))
        return
    tipo, texto = motivo
    resultado.travadas.add((lote, codigo))
    resultado.avisos.append(avisos_plano.da_demanda(tipo, lote, codigo, texto, expedicao))


def _impedimento(expedicao: date | None, qtd: Decimal, produto: Produto | None) -> tuple[str, str] | None:
    if produto is None:
        return "produto_desconhecido", "o produto não está no cadastro, e não se sabe como planejá-lo. Cadastre-o, ou corrija o código."
    if qtd < 0:
        return "demanda_negativa", f"a soma dos saldos é negativa ({avisos_plano.numero(qtd)}). Corrija os saldos da separação."
    if not produto.produzido:
        return "produto_mto_nao_produzido", "o produto é MTO e não está marcado como produzido. Corrija o cadastro."
    if produto.lead_time is None:
        return "produto_sem_lead_time", "o produto não tem lead time de produção (lead_time_mto). Preencha-o no cadastro, em dias úteis."
    if expedicao is None:
        return "demanda_sem_data", "a linha não tem data de expedição. Informe-a na separação."
    return None


def _ausentar(resultado: Demandas, chave: Chave, casados: Sequence[PedidoDoLote]) -> None:
    ausencia = _ausencia(casados)
    if ausencia is Ausencia.EMBARCADO:
        resultado.travadas.add(chave)
    elif ausencia is not None and resultado.ausencias.get(chave) is not Ausencia.FATURADO:
        resultado.ausencias[chave] = ausencia


def _ausencia(pedidos: Sequence[PedidoDoLote]) -> Ausencia | None:
    status = {p.status for p in pedidos}
    for nome, ausencia in (("EMBARCADO", Ausencia.EMBARCADO), ("FATURADO", Ausencia.FATURADO), ("CANCELADO", Ausencia.CANCELADO)):
        if nome in status and not status & set(VIVOS):
            return ausencia
    return None


def _lote_sem_pedido(lote: str, pedido: str) -> AvisoPlano:
    qual = f"do pedido {pedido}" if pedido else "sem número de pedido"
    texto = f"Lote {lote}: a separação {qual} não tem pedido correspondente, e não se sabe se ainda vale. Informe o pedido do lote."
    return AvisoPlano("lote_sem_pedido", f"{lote}|{pedido}", texto, dados={"lote": lote, "num_pedido": pedido or None})
