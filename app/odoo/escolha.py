"""Por qual porta falar: a versão decide, a credencial decide, e o que o provedor bloqueia também."""

from __future__ import annotations

from collections.abc import Callable

from app.odoo.erros import (
    BancoNaoInformado,
    BarradoPeloProxy,
    ErroOdoo,
    PaginaHtml,
    ProtocoloIndisponivel,
    RespostaInvalida,
    VariosBancos,
    VersaoNaoAceita,
)
from app.odoo.porta_json2 import PortaJson2
from app.odoo.porta_jsonrpc import PortaJsonRpc
from app.odoo.porta_xmlrpc import PortaXmlRpc
from app.odoo.transporte import Contexto, Falha500EmHtml, Transporte, VersaoOdoo

PORTAS: dict[str, Callable[[Contexto], Transporte]] = {"json2": PortaJson2, "jsonrpc": PortaJsonRpc, "xmlrpc": PortaXmlRpc}
SERIE_MINIMA = 14
SERIE_JSON2 = 19
# Sinais de que esta porta não atende, e vale bater em outra; qualquer outro erro vale para todas.
_PORTA_FECHADA = (ProtocoloIndisponivel, BarradoPeloProxy, PaginaHtml, RespostaInvalida)


def escolher(contexto: Contexto, contar: Callable[[str], None]) -> tuple[Transporte, VersaoOdoo]:
    """A porta e a versão do servidor.

    auto: JSON-2 no 19+ com chave de API; senão JSON-RPC; senão XML-RPC. Um protocolo fixado é obedecido.
    `contar` recebe o nome de cada chamada feita. Erros: os da rede, VersaoNaoAceita, ou o da primeira porta se nenhuma atende.
    """
    conexao = contexto.conexao
    if conexao.protocolo == "auto":
        candidatas = ["jsonrpc", "xmlrpc"] + (["json2"] if conexao.chave_api is not None else [])
    elif conexao.protocolo == "json2":
        candidatas = ["json2", "jsonrpc"]  # a versão também se pergunta pelo /jsonrpc, enquanto ele existir
    else:
        candidatas = [conexao.protocolo]
    primeiro: ErroOdoo | None = None
    for nome in candidatas:
        porta = PORTAS[nome](contexto)
        contar("common.version")
        try:
            versao = porta.versao()
        except _PORTA_FECHADA as erro:
            primeiro = primeiro or erro
            continue
        except Falha500EmHtml:
            primeiro = primeiro or PaginaHtml(servidor=contexto.rotulo, status=500)
            continue
        if versao.serie < SERIE_MINIMA:
            raise VersaoNaoAceita(versao=versao.texto)
        contexto.texto_versao = versao.texto
        if conexao.protocolo == "json2" and versao.serie < SERIE_JSON2:
            raise ProtocoloIndisponivel(servidor=contexto.rotulo, protocolo="JSON-2", caminho="/json/2", status=404)
        if conexao.protocolo == "json2" or (conexao.protocolo == "auto" and conexao.chave_api is not None and versao.serie >= SERIE_JSON2):
            return PortaJson2(contexto), versao
        return porta, versao
    if primeiro is None:
        raise ProtocoloIndisponivel(servidor=contexto.rotulo, protocolo=conexao.protocolo, caminho="/", status="sem resposta")
    raise primeiro


def escolher_banco(contexto: Contexto, porta: Transporte, contar: Callable[[str], None]) -> str | None:
    """O único banco à vista, para quando ODOO_DB não foi dito. Erros: VariosBancos, BancoNaoInformado.

    None só em JSON-2, que se entende sem o nome com um servidor de banco único.
    """
    json2 = porta.nome == "json2"
    if json2:
        porta = PortaJsonRpc(contexto)  # a porta JSON-2 não lista bancos
    contar("db.list")
    bancos: list[str] = []
    try:
        bancos = porta.bancos()
    except (ErroOdoo, Falha500EmHtml) as erro:
        # Muitos servidores escondem a lista de propósito; a falha de rede, porém, é ela mesma a notícia.
        if isinstance(erro, ErroOdoo) and erro.transitorio:
            raise
    if len(bancos) > 1:
        raise VariosBancos(bancos=", ".join(sorted(bancos)[:10]) + (", …" if len(bancos) > 10 else ""))
    if not bancos and json2:
        return None
    if not bancos:
        raise BancoNaoInformado()
    return bancos[0]
