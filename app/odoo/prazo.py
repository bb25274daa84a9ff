"""Um prazo total para cada chamada: a rede do httpcore por baixo de um relógio que não recomeça a cada byte.

Os prazos de socket valem por operação: um servidor que pinga um byte por segundo nunca os estoura. Aqui cada conectar, ler
e escrever recebe o menor entre o seu limite e o que resta do prazo da chamada inteira.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any

import httpcore

from app.odoo.enderecos import ip_de_texto, proibido
from app.odoo.erros import (
    CertificadoRecusado,
    ConexaoCaiu,
    ConexaoRecusada,
    ConexaoSemResposta,
    EnderecoProibido,
    ErroOdoo,
    NomeNaoResolvido,
    PrazoEsgotado,
    TlsFalhou,
    UrlInvalida,
)

_PEDACO = 256 * 1024


class Prazo:
    """O instante (relógio monotônico) em que a chamada tem de ter acabado; e se ela abriu conexão ou usou uma já aberta."""

    def __init__(self, total_s: float, rotulo: str) -> None:
        self.total_s = total_s
        self.rotulo = rotulo
        self.abriu_conexao = False
        self._fim = time.monotonic() + total_s

    def resta(self, limite: float | None, fase: str) -> float:
        """Segundos para a próxima operação: o menor entre `limite` e o que resta. Erro: PrazoEsgotado."""
        resta = self._fim - time.monotonic()
        if resta <= 0:
            raise PrazoEsgotado(servidor=self.rotulo, segundos=_segundos(self.total_s), fase=f"{fase}; prazo da chamada inteira")
        return resta if limite is None else min(limite, resta)

    def estouro(self, limite: float, fase: str) -> PrazoEsgotado:
        """O erro de uma operação que ficou parada até o limite dela."""
        return PrazoEsgotado(servidor=self.rotulo, segundos=_segundos(limite), fase=fase)


_atual: ContextVar[Prazo] = ContextVar("prazo_da_chamada")


@contextlib.contextmanager
def com_prazo(prazo: Prazo) -> Iterator[Prazo]:
    """Faz valer o prazo para tudo o que a rede fizer aqui dentro, nesta linha de execução."""
    ficha = _atual.set(prazo)
    try:
        yield prazo
    finally:
        _atual.reset(ficha)


class Rede(httpcore.NetworkBackend):
    """A rede do httpcore com prazo total e com os endereços conferidos depois do DNS (é a eles que se conecta)."""

    def __init__(self, conexao_s: float) -> None:
        self._conexao_s = conexao_s

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Conecta ao primeiro endereço permitido que aceitar."""
        prazo = _atual.get()
        falha: ErroOdoo = ConexaoRecusada(servidor=prazo.rotulo, detalhe="nenhum endereço")
        for familia, destino in _resolver(host, port, prazo.rotulo):
            limite = prazo.resta(self._conexao_s, "conectar")
            soquete = socket.socket(familia, socket.SOCK_STREAM)
            try:
                soquete.settimeout(limite)
                prazo.abriu_conexao = True
                soquete.connect(destino)
                soquete.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                soquete.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                return Fluxo(soquete)
            except TimeoutError:
                falha = ConexaoSemResposta(servidor=prazo.rotulo, segundos=_segundos(limite))
            except OSError as erro:
                falha = ConexaoRecusada(servidor=prazo.rotulo, detalhe=erro.strerror or type(erro).__name__)
            soquete.close()
        raise falha


class Fluxo(httpcore.NetworkStream):
    """Um socket (com ou sem TLS) que obedece ao prazo da chamada."""

    def __init__(self, soquete: socket.socket) -> None:
        self._soquete = soquete

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Lê o que houver, até `max_bytes`; b"" quando o outro lado fechou."""
        prazo = _atual.get()
        limite = prazo.resta(timeout, "lendo a resposta")
        try:
            self._soquete.settimeout(limite)
            return self._soquete.recv(max_bytes)
        except TimeoutError:
            falha: ErroOdoo = prazo.estouro(limite, "sem receber nada")
        except OSError as erro:
            detalhe = erro.strerror or type(erro).__name__
            falha = ConexaoCaiu(servidor=prazo.rotulo, detalhe=detalhe, reaproveitada=not prazo.abriu_conexao)
        raise falha

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Escreve tudo. Um servidor que fechou não é erro ainda: ele pode ter respondido antes (413, por exemplo)."""
        prazo = _atual.get()
        resto = memoryview(buffer)
        while resto:
            limite = prazo.resta(timeout, "enviando o pedido")
            try:
                self._soquete.settimeout(limite)
                resto = resto[self._soquete.send(resto[:_PEDACO]) :]
                continue
            except TimeoutError:
                falha: Exception = prazo.estouro(limite, "sem conseguir enviar")
            except OSError as erro:
                falha = httpcore.WriteError(type(erro).__name__)
            raise falha

    def close(self) -> None:
        """Fecha o socket."""
        self._soquete.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Sobe o TLS sobre a conexão; certificado recusado e TLS impossível são erros terminais."""
        prazo = _atual.get()
        limite = prazo.resta(timeout, "abrindo o TLS")
        try:
            self._soquete.settimeout(limite)
            return Fluxo(ssl_context.wrap_socket(self._soquete, server_hostname=server_hostname))
        except ssl.SSLCertVerificationError as erro:
            falha: ErroOdoo = CertificadoRecusado(servidor=prazo.rotulo, detalhe=erro.verify_message or erro.reason)
        except TimeoutError:
            falha = ConexaoSemResposta(servidor=prazo.rotulo, segundos=_segundos(limite))
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            falha = ConexaoCaiu(servidor=prazo.rotulo, detalhe="fechou no meio do TLS")
        except ssl.SSLError as erro:
            falha = TlsFalhou(servidor=prazo.rotulo, detalhe=erro.reason or "sem motivo dado")
        except OSError as erro:
            falha = ConexaoCaiu(servidor=prazo.rotulo, detalhe=erro.strerror or type(erro).__name__)
        self._soquete.close()
        raise falha

    def get_extra_info(self, info: str) -> Any:
        """O que o httpcore pergunta: se há algo a ler (o servidor fechou a conexão parada?) e o objeto TLS."""
        if info == "ssl_object":
            return self._soquete if isinstance(self._soquete, ssl.SSLSocket) else None
        if info == "socket":
            return self._soquete
        if info == "is_readable":
            return _ha_o_que_ler(self._soquete)
        return None


def _resolver(host: str, porta: int, rotulo: str) -> list[tuple[socket.AddressFamily, Any]]:
    try:
        achados = socket.getaddrinfo(host, porta, type=socket.SOCK_STREAM)
    except socket.gaierror as erro:
        falha: ErroOdoo = NomeNaoResolvido(servidor=host, detalhe=erro.strerror or "sem resposta")
        achados = []
    except (UnicodeError, OverflowError):
        falha = UrlInvalida(detalhe="o nome do servidor ou a porta não fazem sentido")
        achados = []
    if not achados:
        raise falha
    permitidos: list[tuple[socket.AddressFamily, Any]] = []
    for familia, _, _, _, destino in achados:
        ip = ip_de_texto(str(destino[0]).split("%")[0])
        if ip is not None and not proibido(ip):
            permitidos.append((familia, destino))
    if not permitidos:
        raise EnderecoProibido(servidor=rotulo)
    return permitidos


def _ha_o_que_ler(soquete: socket.socket) -> bool:
    # Algo a ler numa conexão parada quer dizer que o servidor a fechou.
    if soquete.fileno() < 0:
        return True
    vigia = select.poll()
    vigia.register(soquete, select.POLLIN)
    return bool(vigia.poll(0))


def _segundos(valor: float) -> str:
    return f"{valor:g}".replace(".", ",") if valor < 1000 else f"{valor:.0f}"
