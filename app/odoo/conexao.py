"""Com quem e como falar: o endereço, a credencial, os prazos e os tetos de uma ligação ao Odoo."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from app.odoo.enderecos import Endereco, ler_url
from app.odoo.erros import OdooNaoConfigurado, UrlInvalida

PROTOCOLOS = ("auto", "json2", "jsonrpc", "xmlrpc")


@dataclass(frozen=True)
class Prazos:
    """Limites de tempo, em segundos: abrir a conexão, ficar sem receber nada, e a chamada inteira (exceto o DNS)."""

    conexao_s: float = 10
    leitura_s: float = 60
    total_s: float = 120


@dataclass(frozen=True)
class Tetos:
    """Limites de UMA resposta: bytes na rede, bytes depois de descomprimir, linhas de uma lista, e valores ao todo.

    O último existe porque poucos bytes viram muita memória: `[],[],[]…` custa vinte vezes o seu tamanho depois de lido.
    """

    resposta_bytes: int = 64 << 20
    expandido_bytes: int = 256 << 20
    linhas: int = 200_000
    valores: int = 5_000_000


@dataclass(frozen=True)
class ConexaoOdoo:
    """Uma ligação ao Odoo, conferida ao construir; a senha e a chave não aparecem no repr.

    `banco` None: pergunta-se ao servidor, e vale se houver um só. Sem `senha`, a chave de API serve de senha em
    JSON-RPC e XML-RPC (14+). `tentativas` conta a primeira; só leituras se repetem.

    Erros: UrlInvalida, EnderecoProibido, OdooNaoConfigurado.
    """

    url: str
    banco: str | None
    usuario: str | None
    senha: SecretStr | None = None
    chave_api: SecretStr | None = None
    protocolo: str = "auto"
    ca: Path | None = None
    prazos: Prazos = field(default_factory=Prazos)
    tetos: Tetos = field(default_factory=Tetos)
    tentativas: int = 5

    def __post_init__(self) -> None:
        if self.protocolo not in PROTOCOLOS:
            raise OdooNaoConfigurado(falta="ODOO_PROTOCOLO deve ser auto, json2, jsonrpc ou xmlrpc")
        if self.chave_api is not None and not _cabe_em_cabecalho(self.chave_api.get_secret_value()):
            # Recusada aqui para o valor nunca chegar a uma biblioteca que o repetiria na mensagem de erro.
            raise OdooNaoConfigurado(falta="ODOO_API_KEY tem espaço, acento ou quebra de linha; copie-a de novo")
        if self.banco is not None and not _cabe_em_cabecalho(self.banco):
            raise OdooNaoConfigurado(falta="ODOO_DB tem espaço, acento ou quebra de linha")
        if "\x00" in self.url or not self.url.strip():
            raise UrlInvalida(detalhe="está vazio")
        ler_url(self.url)

    @property
    def endereco(self) -> Endereco:
        """ODOO_URL desmontado."""
        return ler_url(self.url)

    @property
    def segredo_rpc(self) -> SecretStr | None:
        """O que vai no lugar da senha em JSON-RPC e XML-RPC: a senha ou, sem ela, a chave de API."""
        return self.senha if self.senha is not None else self.chave_api

    @property
    def segredos(self) -> tuple[str, ...]:
        """Os textos que nunca podem aparecer em mensagem alguma (para apagá-los do que o servidor devolve)."""
        return tuple(s.get_secret_value() for s in (self.senha, self.chave_api) if s is not None)

    @classmethod
    def de_config(cls, config: Any) -> ConexaoOdoo:
        """Monta a ligação a partir da configuração (app.config.Config ou o que tiver os mesmos atributos).

        Erros: OdooNaoConfigurado se falta ODOO_URL, ODOO_USER ou a credencial.
        """
        url, senha, chave = config.odoo_url, config.odoo_password, config.odoo_api_key
        usuario, protocolo = config.odoo_user, config.odoo_protocolo
        if not url:
            raise OdooNaoConfigurado(falta="ODOO_URL está vazia")
        if senha is None and chave is None:
            raise OdooNaoConfigurado(falta="ODOO_PASSWORD ou ODOO_API_KEY")
        if protocolo == "json2" and chave is None:
            raise OdooNaoConfigurado(falta="ODOO_PROTOCOLO=json2 pede ODOO_API_KEY")
        if not usuario and (chave is None or protocolo in ("jsonrpc", "xmlrpc")):
            raise OdooNaoConfigurado(falta="ODOO_USER")
        return cls(
            url=str(url),
            banco=config.odoo_db or None,
            usuario=usuario or None,
            senha=senha,
            chave_api=chave,
            protocolo=protocolo,
            ca=config.odoo_ca,
        )


@dataclass(frozen=True)
class Conhecido:
    """O que uma execução anterior descobriu e guardou; evita perguntar a versão e autenticar de novo."""

    serie: int
    versao: str
    protocolo: str
    uid: int | None


def _cabe_em_cabecalho(valor: str) -> bool:
    return bool(valor) and all(0x21 <= ord(c) <= 0x7E for c in valor)
