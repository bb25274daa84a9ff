"""O que passa sozinho: a rede, o servidor ocupado, o prazo. O cliente tenta de novo antes de desistir."""

from __future__ import annotations

from typing import ClassVar

from app.odoo.erros_base import ErroTransitorio


class NomeNaoResolvido(ErroTransitorio):
    """O nome {servidor} não foi encontrado no DNS ({detalhe}). Confira ODOO_URL e a rede; se o nome está certo, tente de novo em
    instantes.
    """


class ConexaoRecusada(ErroTransitorio):
    """O servidor {servidor} não aceitou a conexão ({detalhe}). Confira se o Odoo está ligado e se a porta de ODOO_URL é a certa."""


class ConexaoSemResposta(ErroTransitorio):
    """O servidor {servidor} não respondeu ao pedido de conexão em {segundos} s. Confira a rede, o firewall e a porta de ODOO_URL."""


class ConexaoCaiu(ErroTransitorio):
    """A conexão com {servidor} caiu no meio da chamada ({detalhe}). A leitura será refeita do começo; nada dela foi guardado."""


class RespostaCortada(ErroTransitorio):
    """A resposta de {servidor} veio cortada ({detalhe}). Nada dela foi guardado; a leitura será refeita do começo."""


class PrazoEsgotado(ErroTransitorio):
    """O servidor {servidor} não terminou de responder em {segundos} s ({fase}). O Odoo está lento ou a página é grande demais: a
    leitura continua em páginas menores.
    """

    # Cada tentativa custa até o prazo inteiro: insistir cinco vezes deixaria a importação dez minutos parada.
    maximo_tentativas: ClassVar[int | None] = 2


class PrazoDoServidor(PrazoEsgotado):
    """O servidor à frente do Odoo em {servidor} desistiu de esperar (HTTP 504). O Odoo está lento ou fora do ar: a leitura continua
    em páginas menores.
    """


class ServidorForaDoAr(ErroTransitorio):
    """O Odoo em {servidor} está fora do ar ou reiniciando (HTTP {status}). Tente de novo em instantes; se continuar, veja o serviço
    do Odoo.
    """


class MuitosPedidos(ErroTransitorio):
    """O servidor {servidor} pediu para irmos mais devagar (HTTP 429). A leitura espera o tempo que ele indica e continua."""


class ConflitoNoOdoo(ErroTransitorio):
    """O Odoo desistiu de {modelo}.{metodo} por conflito com outra gravação ({detalhe}). A leitura será refeita."""


class BancoDoOdooIndisponivel(ErroTransitorio):
    """O Odoo não conseguiu falar com o PostgreSQL dele ({detalhe}). Tente de novo em instantes; se continuar, veja o servidor do
    Odoo.
    """
