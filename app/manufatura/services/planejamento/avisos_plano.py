"""As mensagens do planejamento: o que houve e o que o planejador deve fazer. Um construtor por tipo de aviso."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.manufatura.services.planejamento.consumo import texto
from app.manufatura.services.planejamento.ordens import AvisoPlano, Demanda, Existente

ZERO = Decimal(0)
TIPOS = (
    "lote_sem_pedido",
    "demanda_sem_data",
    "demanda_negativa",
    "produto_desconhecido",
    "produto_sem_lead_time",
    "produto_mto_nao_produzido",
    "produto_sem_estrutura",
    "componente_sem_origem",
    "ciclo_na_estrutura",
    "data_fora_do_calendario",
    "inicio_no_passado",
    "demanda_alterada",
    "demanda_cancelada",
    "demanda_sem_ordem",
    "faturado_sem_concluir",
)
"""Os tipos que o planejamento abre e fecha: a cada rodada, o que não foi aberto de novo é fechado."""


def dia(data: date) -> str:
    """dd/mm/aaaa."""
    return f"{data:%d/%m/%Y}"


def numero(qtd: Decimal) -> str:
    """Decimal à brasileira, sem zeros sobrando."""
    return texto(qtd).replace(".", ",")


def da_demanda(tipo: str, lote: str, produto: str, motivo: str, expedicao: date | None = None) -> AvisoPlano:
    """Uma demanda que não vira ordem, com o que consertar."""
    quando = f", expedição {dia(expedicao)}" if expedicao else ""
    dados = {"lote": lote, "cod_produto": produto, "expedicao": expedicao.isoformat() if expedicao else None}
    chave = f"{lote}|{produto}|{expedicao.isoformat() if expedicao else ''}"
    return AvisoPlano(tipo, chave, f"Lote {lote}, produto {produto}{quando}: {motivo}", dados=dados)


def sem_estrutura(produto: str) -> AvisoPlano:
    """Produto produzido sem estrutura válida."""
    texto_aviso = (
        f"O produto {produto} é produzido e não tem estrutura válida: a ordem sai sem materiais. Cadastre a estrutura"
        " (`manufatura planilha modelo estruturas`) ou corrija a validade."
    )
    return AvisoPlano("produto_sem_estrutura", produto, texto_aviso, dados={"cod_produto": produto})


def sem_origem(produto: str) -> AvisoPlano:
    """Componente que ninguém disse se é comprado ou produzido."""
    texto_aviso = f"O componente {produto} não está marcado como comprado nem produzido; conta como comprado. Marque-o no cadastro."
    return AvisoPlano("componente_sem_origem", produto, texto_aviso, dados={"cod_produto": produto})


def ciclo(produto: str, caminho: tuple[str, ...]) -> AvisoPlano:
    """Estrutura com ciclo: para só as ordens que chegam nele."""
    seta = " → ".join(caminho)
    texto_aviso = f"A estrutura de {produto} chega a um ciclo ({seta}): as ordens dele não são planejadas até o ciclo ser desfeito."
    return AvisoPlano("ciclo_na_estrutura", produto, texto_aviso, "critico", {"cod_produto": produto, "caminho": list(caminho)})


def fora_do_calendario(quem: str, motivo: str) -> AvisoPlano:
    """Data que o calendário não alcança."""
    return AvisoPlano("data_fora_do_calendario", quem, f"{quem}: {motivo}", dados={"de": quem})


def inicio_no_passado(quem: str, chave: str, inicio: date, hoje: date) -> AvisoPlano:
    """A ordem já deveria ter começado."""
    texto_aviso = f"{quem} devia começar em {dia(inicio)}, antes de hoje ({dia(hoje)}): libere já, ou combine outra data de expedição."
    return AvisoPlano("inicio_no_passado", chave, texto_aviso, dados={"inicio": inicio.isoformat()})


def alterada(ordem: Existente, antes: str, depois: str) -> AvisoPlano:
    """Ordem firme cuja demanda (ou cujo pai) mudou."""
    texto_aviso = (
        f"A ordem {ordem.numero_ordem} ({ordem.status}) foi feita para {antes}, e a demanda agora é {depois}."
        f" Ela não é reescrita: ajuste-a com `manufatura ordem ajustar {ordem.numero_ordem}`, ou deixe como está."
    )
    return AvisoPlano("demanda_alterada", ordem.numero_ordem, texto_aviso, dados={"antes": antes, "depois": depois})


def cancelada(ordem: Existente, motivo: str) -> AvisoPlano:
    """Ordem firme cuja demanda acabou."""
    texto_aviso = f"A ordem {ordem.numero_ordem} ({ordem.status}) ficou sem demanda: {motivo}. Decida: concluir para estoque, ou cancelar."
    return AvisoPlano("demanda_cancelada", ordem.numero_ordem, texto_aviso, dados={"motivo": motivo})


def faturado(ordem: Existente) -> AvisoPlano:
    """Faturado com a ordem ainda aberta."""
    texto_aviso = (
        f"O lote da ordem {ordem.numero_ordem} ({ordem.status}) foi faturado e a ordem não está concluída: aponte a produção"
        " que falta, ou cancele a ordem."
    )
    return AvisoPlano("faturado_sem_concluir", ordem.numero_ordem, texto_aviso)


def sem_ordem(demanda: Demanda, ordem: Existente) -> AvisoPlano:
    """Demanda retida pela ordem que uma pessoa cancelou."""
    texto_aviso = (
        f"Lote {demanda.lote}, produto {demanda.produto}, expedição {dia(demanda.expedicao)} ({numero(demanda.qtd)}): sem ordem, porque"
        f" {ordem.retida_por} cancelou a {ordem.numero_ordem}. Para planejar de novo: `manufatura ordem replanejar {ordem.numero_ordem}`."
    )
    dados = {"lote": demanda.lote, "cod_produto": demanda.produto, "ordem": ordem.numero_ordem}
    return AvisoPlano("demanda_sem_ordem", f"{demanda.lote}|{demanda.produto}|{demanda.expedicao.isoformat()}", texto_aviso, dados=dados)
