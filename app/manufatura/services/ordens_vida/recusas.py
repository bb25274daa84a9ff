"""O que impede um passo da vida de uma ordem, e o que fazer."""

from __future__ import annotations

from app.erros import ErroManufatura


class OrdemRecusada(ErroManufatura):
    """A ordem {ordem} não pode ser mudada: {motivo}."""


class EstadoNaoPermite(OrdemRecusada):
    """A ordem {ordem} está {status} e não dá para {acao}: {motivo}."""


class FaltaComprar(OrdemRecusada):
    """A ordem {ordem} não pode ser liberada: falta comprar {faltas}. Dê entrada do que falta (ou importe o estoque) e tente de novo;
    para liberar assim mesmo, `manufatura ordem liberar {ordem} --mesmo-assim "o motivo"`."""


class FilhaPlanejada(OrdemRecusada):
    """A ordem {ordem} não pode ser liberada: {filhas} ainda Planejada. Libere-a antes, ou todas juntas com --com-filhas; para liberar
    só esta, --mesmo-assim "o motivo"."""


class ConcluiNoOdoo(OrdemRecusada):
    """A ordem {ordem} tem OP no Odoo ({ops}), que é quem aponta a produção dela: encerre-a lá e rode
    `manufatura importar apontamentos`."""


class QuantidadeAbaixoDoProduzido(OrdemRecusada):
    """A ordem {ordem} já tem {produzida} produzido, e a quantidade {qtd} é menor. Dê uma quantidade a partir de {produzida}."""


class NadaProduzido(OrdemRecusada):
    """A ordem {ordem} não tem nada produzido: concluí-la com quantidade 0 não faz sentido. Cancele-a com
    `manufatura ordem cancelar {ordem}`."""


class SegueADemanda(OrdemRecusada):
    """A ordem {ordem} é Planejada e segue sozinha {quem}: mude lá a quantidade ou a data e rode `manufatura planejar mto`; ou libere-a
    antes de ajustar."""


class DemandaAcabou(OrdemRecusada):
    """A ordem {ordem} já não tem demanda a seguir. Diga a quantidade (--qtd) ou a data (--data) que quer, ou cancele-a com
    `manufatura ordem cancelar {ordem}`."""


class DataOcupada(OrdemRecusada):
    """O lote {lote} já tem em {data} a ordem {outra} para o produto {produto}. Cancele uma delas, ou escolha outra data."""


class NaoRetem(OrdemRecusada):
    """A ordem {ordem} não retém demanda nenhuma: {motivo}."""
