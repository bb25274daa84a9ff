"""Um servidor HTTP de bytes: responde exatamente o que o teste manda, inclusive o que nenhum servidor são responderia."""

from __future__ import annotations

import gzip as _gzip
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

CERTIFICADOS = Path(__file__).parent / "certificados"


@dataclass
class PedidoCru:
    """Um pedido como chegou."""

    metodo: str
    caminho: str
    cabecalhos: dict[str, str]
    corpo: bytes

    @property
    def json(self) -> Any:
        """O corpo como JSON."""
        return json.loads(self.corpo)

    @property
    def args(self) -> list[Any]:
        """Os argumentos de um pedido JSON-RPC (serviço à parte)."""
        return list(self.json["params"]["args"])


class Canal:
    """A conexão aberta, do lado do servidor."""

    def __init__(self, soquete: socket.socket, parada: threading.Event) -> None:
        self._soquete, self._parada = soquete, parada

    def envia(self, dados: bytes) -> None:
        """Envia tudo."""
        self._soquete.sendall(dados)

    def pinga(self, dados: bytes, intervalo_s: float = 0.02) -> None:
        """Envia um byte de cada vez, com um intervalo, até o teste acabar."""
        for octeto in dados:
            if self._parada.wait(intervalo_s):
                return
            self._soquete.sendall(bytes([octeto]))

    def cala(self) -> None:
        """Não responde nada e não fecha, até o teste acabar."""
        self._parada.wait()

    def reseta(self) -> None:
        """Fecha com RST."""
        self._soquete.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # O arquivo de leitura ainda segura o socket: fecha-se o descritor mesmo.
        socket.close(self._soquete.detach())


Ato = Callable[[PedidoCru, Canal], bytes | None]


class ServidorCru:
    """Escuta em 127.0.0.1, porta livre. `ato` recebe cada pedido e devolve os bytes da resposta, ou age sobre o canal e devolve None.

    Depois de cada pedido a conexão é fechada, a menos que `mantem`. `sem_ler`: o ato roda antes de ler o pedido (que é vazio).
    """

    def __init__(self, ato: Ato | bytes, *, certificado: str | None = None, mantem: bool = False, sem_ler: bool = False) -> None:
        if isinstance(ato, bytes):
            fixa = ato
            self._ato: Ato = lambda _pedido, _canal: fixa
        else:
            self._ato = ato
        self._mantem, self._sem_ler = mantem, sem_ler
        self._tls: ssl.SSLContext | None = None
        if certificado:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(CERTIFICADOS / certificado)
        self.pedidos: list[PedidoCru] = []
        self.conexoes = 0
        self._parada = threading.Event()
        self._escuta = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.porta: int = self._escuta.getsockname()[1]
        self._linhas = [threading.Thread(target=self._aceitar, daemon=True)]

    @property
    def url(self) -> str:
        """O endereço para ODOO_URL."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.porta}"

    def __enter__(self) -> Self:
        self._linhas[0].start()
        return self

    def __exit__(self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None) -> None:
        self._parada.set()
        # shutdown acorda o accept; close sozinho, no Linux, não.
        self._escuta.shutdown(socket.SHUT_RDWR)
        self._escuta.close()
        for linha in self._linhas:
            linha.join(timeout=5)

    def _aceitar(self) -> None:
        while not self._parada.is_set():
            try:
                soquete, _ = self._escuta.accept()
            except OSError:
                return
            self.conexoes += 1
            linha = threading.Thread(target=self._atender, args=(soquete,), daemon=True)
            self._linhas.append(linha)
            linha.start()

    def _atender(self, soquete: socket.socket) -> None:
        try:
            if self._tls is not None:
                soquete.settimeout(10)
                soquete = self._tls.wrap_socket(soquete, server_side=True)
            soquete.settimeout(10)
            with soquete:
                arquivo = soquete.makefile("rb")
                while self._um(arquivo, Canal(soquete, self._parada)) and self._mantem:
                    pass
                self._despedir(soquete)
        except (OSError, ValueError):
            return  # o cliente desistiu, que é o que muitos testes querem

    def _um(self, arquivo: Any, canal: Canal) -> bool:
        pedido = PedidoCru("", "", {}, b"")
        if not self._sem_ler:
            lido = _ler_pedido(arquivo)
            if lido is None:
                return False
            pedido = lido
        self.pedidos.append(pedido)
        resposta = self._ato(pedido, canal)
        if resposta is not None:
            canal.envia(resposta)
        return True

    def _despedir(self, soquete: socket.socket) -> None:
        if isinstance(soquete, ssl.SSLSocket) or soquete.fileno() < 0:
            return
        # Fecha a escrita e escoa o que o cliente ainda mandou: fechar com bytes por ler viraria um RST no meio da resposta.
        soquete.shutdown(socket.SHUT_WR)
        while soquete.recv(65536):
            pass


def _ler_pedido(arquivo: Any) -> PedidoCru | None:
    linha = arquivo.readline()
    if not linha:
        return None
    metodo, caminho, _ = linha.decode().split(" ", 2)
    cabecalhos = {}
    while (linha := arquivo.readline().decode().strip()) != "":
        nome, _, valor = linha.partition(":")
        cabecalhos[nome.lower()] = valor.strip()
    return PedidoCru(metodo, caminho, cabecalhos, arquivo.read(int(cabecalhos.get("content-length", 0))))


def http(
    corpo: bytes | str = b"",
    *,
    status: int = 200,
    tipo: str = "application/json",
    versao: str = "1.1",
    tamanho: bool = True,
    gzip: bool = False,
    fecha: bool = True,
    mais: Iterable[str] = (),
) -> bytes:
    """Uma resposta HTTP inteira."""
    dados = corpo.encode() if isinstance(corpo, str) else corpo
    if gzip:
        dados = _gzip.compress(dados)
    linhas = [f"HTTP/{versao} {status} Dito", f"Content-Type: {tipo}", *mais]
    if fecha and versao == "1.1":
        linhas.append("Connection: close")
    if tamanho:
        linhas.append(f"Content-Length: {len(dados)}")
    if gzip:
        linhas.append("Content-Encoding: gzip")
    return ("\r\n".join(linhas) + "\r\n\r\n").encode() + dados


def resultado(valor: object, **opcoes: Any) -> bytes:
    """Uma resposta JSON-RPC boa."""
    return http(json.dumps({"jsonrpc": "2.0", "id": 1, "result": valor}), **opcoes)


def erro_jsonrpc(classe: str, mensagem: str, codigo: int = 200) -> bytes:
    """Um erro do Odoo por JSON-RPC (código 200 no 14, 0 no 19)."""
    dados = {"name": classe, "message": mensagem, "debug": "Traceback…", "arguments": [mensagem]}
    return http(json.dumps({"jsonrpc": "2.0", "id": 1, "error": {"code": codigo, "message": "Odoo Server Error", "data": dados}}))


def erro_json2(status: int, classe: str, mensagem: str) -> bytes:
    """Um erro do Odoo por JSON-2."""
    corpo = {"name": classe, "message": mensagem, "arguments": [mensagem], "context": {}, "debug": "Traceback…"}
    return http(json.dumps(corpo), status=status, tipo="application/json; charset=utf-8")


def resultado_xml(dentro: str, **opcoes: Any) -> bytes:
    """Uma resposta XML-RPC boa; `dentro` é o conteúdo de <value>."""
    xml = f"<?xml version='1.0'?>\n<methodResponse><params><param><value>{dentro}</value></param></params></methodResponse>\n"
    return http(xml, tipo="text/xml", **opcoes)


def falha_xml(codigo: int, texto: str) -> bytes:
    """Um Fault de XML-RPC."""
    membros = (
        f"<member><name>faultCode</name><value><int>{codigo}</int></value></member>"
        f"<member><name>faultString</name><value><string>{texto}</string></value></member>"
    )
    xml = f"<?xml version='1.0'?>\n<methodResponse><fault><value><struct>{membros}</struct></value></fault></methodResponse>\n"
    return http(xml, tipo="text/xml")


PAGINA = "<!DOCTYPE html>\n<html><head><title>Entrar</title></head><body>Entrar</body></html>"


def pagina(status: int = 200, **opcoes: Any) -> bytes:
    """Uma página HTML (tela de login, erro de proxy)."""
    return http(PAGINA, status=status, tipo="text/html; charset=utf-8", **opcoes)
