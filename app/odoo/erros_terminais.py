"""O que só uma pessoa resolve: endereço, credencial, direito, esquema. O cliente não insiste."""

from __future__ import annotations

from typing import ClassVar

from app.odoo.erros_base import ErroTerminal

# --- Endereço e rede --------------------------------------------------------------------------------------------------


class OdooNaoConfigurado(ErroTerminal):
    """Falta dizer onde está o Odoo: {falta}. Preencha no .env ou no ambiente (veja .env.exemplo)."""

    codigo_saida: ClassVar[int] = 2


class UrlInvalida(ErroTerminal):
    """ODOO_URL não serve: {detalhe}. Use a forma https://servidor ou http://servidor:8069, sem usuário nem senha no endereço."""

    codigo_saida: ClassVar[int] = 2


class EnderecoProibido(ErroTerminal):
    """O endereço {servidor} leva a uma rede local de enlace ou ao serviço de metadados da nuvem, onde não há Odoo. Corrija ODOO_URL."""


class Redirecionado(ErroTerminal):
    """O servidor {servidor} mandou seguir para {destino}, e a senha não é entregue a quem não foi configurado. {remedio}"""


class CertificadoRecusado(ErroTerminal):
    """O certificado TLS de {servidor} não foi aceito ({detalhe}). Se a autoridade é da própria empresa, aponte ODOO_CA para o
    arquivo dela; se venceu, renove-o no servidor.
    """


class TlsFalhou(ErroTerminal):
    """Não houve conversa TLS com {servidor} ({detalhe}). A porta de ODOO_URL talvez fale http e não https, ou só aceite TLS antigo."""


class AutoridadeIlegivel(ErroTerminal):
    """O arquivo de ODOO_CA não pôde ser lido ({detalhe}). Aponte-o para um certificado PEM que este usuário possa ler."""

    codigo_saida: ClassVar[int] = 2


class PaginaHtml(ErroTerminal):
    """O servidor {servidor} respondeu uma página HTML (HTTP {status}) em vez de dados: URL errada ou um proxy no caminho. Confira
    ODOO_URL e a tela de login do proxy.
    """


class ProtocoloIndisponivel(ErroTerminal):
    """O servidor {servidor} não atende {protocolo} em {caminho} (HTTP {status}). Confira ODOO_URL; se o provedor bloqueia essa
    porta, escolha outra com ODOO_PROTOCOLO.
    """


class BarradoPeloProxy(ErroTerminal):
    """Um proxy ou firewall à frente de {servidor} barrou o pedido (HTTP {status}). Peça a liberação de {caminho} para este
    computador.
    """


# --- A resposta -------------------------------------------------------------------------------------------------------


class PaginaGrande(ErroTerminal):
    """O servidor {servidor} recusou o pedido por tamanho ({detalhe}). A leitura continua em páginas menores."""


class RespostaGrandeDemais(ErroTerminal):
    """A resposta de {servidor} passou do teto de {teto} ({detalhe}). A leitura continua em páginas menores; uma resposta só nunca
    passa do teto.
    """


class RespostaInvalida(ErroTerminal):
    """A resposta de {servidor} não pôde ser lida ({detalhe}). Se for um registro com caractere inválido, ele será separado; se for
    tudo, confira ODOO_URL e o proxy.
    """


class NaoCabeEmXmlRpc(ErroTerminal):
    """O Odoo não consegue escrever a resposta de {modelo}.{metodo} em XML-RPC ({detalhe}). Use ODOO_PROTOCOLO=jsonrpc ou json2."""


# --- Quem pede e o que pode -------------------------------------------------------------------------------------------


class CredenciaisRecusadas(ErroTerminal):
    """O Odoo recusou o usuário {usuario} no banco {banco}: senha ou chave errada, vencida ou revogada. Corrija ODOO_USER e
    ODOO_PASSWORD (ou ODOO_API_KEY); não insistimos para o Odoo não bloquear a conta.
    """


class BancoInexistente(ErroTerminal):
    """O banco {banco} não existe neste Odoo. Corrija ODOO_DB (a lista está em /web/database/selector, se o servidor a mostra)."""


class VariosBancos(ErroTerminal):
    """Este Odoo tem vários bancos à vista ({bancos}) e ODOO_DB não diz qual. Escolha um em ODOO_DB."""

    codigo_saida: ClassVar[int] = 2


class BancoNaoInformado(ErroTerminal):
    """Falta ODOO_DB, e o Odoo não mostra a lista de bancos para escolher. Pergunte o nome do banco a quem cuida do Odoo."""

    codigo_saida: ClassVar[int] = 2


class AcessoNegado(ErroTerminal):
    """O usuário do Odoo não tem direito de {direito} em {modelo} ({detalhe}). Dê esse direito ao usuário da integração no Odoo; o
    resto da importação continua.
    """


class RegistroAusente(ErroTerminal):
    """Um registro pedido de {modelo} não existe mais no Odoo ({detalhe}). A leitura continua sem ele."""


# --- O esquema --------------------------------------------------------------------------------------------------------


class VersaoNaoAceita(ErroTerminal):
    """O Odoo {versao} é anterior ao 14, o mais antigo que sabemos ler. Atualize o Odoo."""


class ModeloAusente(ErroTerminal):
    """O modelo {modelo} não existe neste Odoo {versao}: o módulo dele não está instalado. Instale-o ou desligue a importação que o
    usa.
    """


class CampoAusente(ErroTerminal):
    """O campo {campo} não existe em {modelo} neste Odoo {versao}. Uma customização pode tê-lo removido; só a importação que o usa
    para.
    """


class MetodoAusente(ErroTerminal):
    """O método {metodo} não existe em {modelo} neste Odoo {versao} ({detalhe})."""


class ArgumentoInvalido(ErroTerminal):
    """O Odoo não aceitou os argumentos de {modelo}.{metodo} ({detalhe}). É um defeito de quem chamou, não dos dados."""


class ErroDoOdoo(ErroTerminal):
    """O Odoo falhou por dentro em {modelo}.{metodo}: {classe}: {detalhe}. Veja o registro do servidor do Odoo nesse horário."""
