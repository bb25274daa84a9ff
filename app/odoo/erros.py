"""Todos os erros do Odoo, por causa. A docstring da classe é a mensagem; o tipo diz se vale tentar de novo.

    ErroOdoo
    ├── ErroTransitorio   passa sozinho (erros_transitorios.py): o cliente repete, com espera crescente
    └── ErroTerminal      só uma pessoa resolve (erros_terminais.py): para na hora e diz o que fazer

Nenhum carrega o corpo de um pedido: é nele que a senha viaja (JSON-RPC e XML-RPC).
"""

from __future__ import annotations

from app.odoo.erros_base import ErroOdoo, ErroTerminal, ErroTransitorio
from app.odoo.erros_terminais import (
    AcessoNegado,
    ArgumentoInvalido,
    AutoridadeIlegivel,
    BancoInexistente,
    BancoNaoInformado,
    BarradoPeloProxy,
    CampoAusente,
    CertificadoRecusado,
    CredenciaisRecusadas,
    EnderecoProibido,
    ErroDoOdoo,
    MetodoAusente,
    ModeloAusente,
    NaoCabeEmXmlRpc,
    OdooNaoConfigurado,
    PaginaGrande,
    PaginaHtml,
    ProtocoloIndisponivel,
    Redirecionado,
    RegistroAusente,
    RespostaGrandeDemais,
    RespostaInvalida,
    TlsFalhou,
    UrlInvalida,
    VariosBancos,
    VersaoNaoAceita,
)
from app.odoo.erros_transitorios import (
    BancoDoOdooIndisponivel,
    ConexaoCaiu,
    ConexaoRecusada,
    ConexaoSemResposta,
    ConflitoNoOdoo,
    MuitosPedidos,
    NomeNaoResolvido,
    PrazoDoServidor,
    PrazoEsgotado,
    RespostaCortada,
    ServidorForaDoAr,
)

__all__ = [
    "AcessoNegado",
    "ArgumentoInvalido",
    "AutoridadeIlegivel",
    "BancoDoOdooIndisponivel",
    "BancoInexistente",
    "BancoNaoInformado",
    "BarradoPeloProxy",
    "CampoAusente",
    "CertificadoRecusado",
    "ConexaoCaiu",
    "ConexaoRecusada",
    "ConexaoSemResposta",
    "ConflitoNoOdoo",
    "CredenciaisRecusadas",
    "EnderecoProibido",
    "ErroDoOdoo",
    "ErroOdoo",
    "ErroTerminal",
    "ErroTransitorio",
    "MetodoAusente",
    "ModeloAusente",
    "MuitosPedidos",
    "NaoCabeEmXmlRpc",
    "NomeNaoResolvido",
    "OdooNaoConfigurado",
    "PaginaGrande",
    "PaginaHtml",
    "PrazoDoServidor",
    "PrazoEsgotado",
    "ProtocoloIndisponivel",
    "Redirecionado",
    "RegistroAusente",
    "RespostaCortada",
    "RespostaGrandeDemais",
    "RespostaInvalida",
    "ServidorForaDoAr",
    "TlsFalhou",
    "UrlInvalida",
    "VariosBancos",
    "VersaoNaoAceita",
]
