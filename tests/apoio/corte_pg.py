"""Um atravessador entre o programa e o PostgreSQL que corta a conexão depois de um COMMIT: o servidor confirma, e ninguém fica sabendo."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

_COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"


class CorteDeCommit:
    """Escuta numa porta de 127.0.0.1 e repassa ao servidor de `url`; no n-ésimo COMMIT, espera a confirmação e a joga fora.

    `url` é um endereço de soquete Unix como o do servidor embutido; `self.url` é o mesmo banco pelo atravessador.
    """

    def __init__(self, url: str, no_commit: int) -> None:
        partes = urlsplit(url)
        consulta = parse_qs(partes.query)
        self._destino = f"{consulta['host'][0]}/.s.PGSQL.{consulta['port'][0]}"
        self._no_commit, self.commits, self.cortes = no_commit, 0, 0
        self._trava = threading.Lock()
        self._escuta = socket.create_server(("127.0.0.1", 0))
        self.url = f"postgresql://{partes.username}@127.0.0.1:{self._escuta.getsockname()[1]}{partes.path}"
        threading.Thread(target=self._aceitar, daemon=True).start()

    def __enter__(self) -> CorteDeCommit:
        return self

    def __exit__(self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None) -> None:
        with contextlib.suppress(OSError):
            self._escuta.shutdown(socket.SHUT_RDWR)
        self._escuta.close()

    def _aceitar(self) -> None:
        while True:
            try:
                cliente, _ = self._escuta.accept()
            except OSError:
                return
            servidor = socket.socket(socket.AF_UNIX)
            servidor.connect(self._destino)
            cortar = threading.Event()
            threading.Thread(target=self._repassar, args=(cliente, servidor, cortar), daemon=True).start()
            threading.Thread(target=self._devolver, args=(servidor, cliente, cortar), daemon=True).start()

    def _repassar(self, cliente: socket.socket, servidor: socket.socket, cortar: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while dados := cliente.recv(1 << 16):
                if _COMMIT in dados:
                    with self._trava:
                        self.commits += 1
                        if self.commits == self._no_commit:
                            cortar.set()
                servidor.sendall(dados)
        _fechar(servidor)

    def _devolver(self, servidor: socket.socket, cliente: socket.socket, cortar: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while dados := servidor.recv(1 << 16):
                if cortar.is_set():  # é a confirmação do COMMIT: o servidor já gravou
                    self.cortes += 1
                    break
                cliente.sendall(dados)
        _fechar(cliente)
        _fechar(servidor)


def _fechar(canal: socket.socket) -> None:
    with contextlib.suppress(OSError):
        canal.shutdown(socket.SHUT_RDWR)
    canal.close()
