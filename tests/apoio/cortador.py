"""Um intermediário TCP entre o cliente e o PostgreSQL que corta a conexão na hora escolhida (o "P" da matriz de falhas)."""

from __future__ import annotations

import contextlib
import socket
import threading
from enum import Enum
from pathlib import Path
from typing import Self


class Corte(Enum):
    """Quando cortar, a contar do envio da marca (por exemplo b"COMMIT") pelo cliente."""

    ANTES = "a marca não chega ao servidor"
    SEM_ESPERAR = "a marca chega ao servidor; ninguém espera a resposta"
    DEPOIS = "o servidor responde à marca, e a resposta se perde"


class Cortador:
    """Atende em 127.0.0.1 e repassa ao soquete unix `alvo`; armado com `armar`, corta a próxima conexão que enviar a marca."""

    def __init__(self, alvo: Path) -> None:
        self.alvo = str(alvo)
        self.marca: bytes | None = None
        self.corte = Corte.DEPOIS
        self.cortes = 0
        self._fim = False
        self._escuta = socket.create_server(("127.0.0.1", 0))
        self.porta: int = self._escuta.getsockname()[1]
        self._linhas = [threading.Thread(target=self._aceitar, daemon=True)]
        self._linhas[0].start()

    def armar(self, corte: Corte, marca: bytes = b"COMMIT\x00") -> None:
        """A partir de agora, a primeira conexão que mandar `marca` é cortada (uma vez); o zero final do padrão é o fim do comando."""
        self.corte, self.marca = corte, marca

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_erro: object) -> None:
        self._fim = True
        self._escuta.close()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.porta), timeout=0.2).close()
        for linha in self._linhas:
            linha.join(timeout=5)

    def _aceitar(self) -> None:
        while not self._fim:
            try:
                cliente, _ = self._escuta.accept()
            except OSError:
                return
            servidor = socket.socket(socket.AF_UNIX)
            try:
                servidor.connect(self.alvo)
            except OSError:
                cliente.close()
                servidor.close()
                continue
            calar = threading.Event()
            for alvo in (self._ida, self._volta):
                linha = threading.Thread(target=alvo, args=(cliente, servidor, calar), daemon=True)
                self._linhas.append(linha)
                linha.start()

    def _ida(self, cliente: socket.socket, servidor: socket.socket, calar: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while dados := cliente.recv(65536):
                if self.marca is not None and self.marca in dados:
                    self.marca = None
                    self.cortes += 1
                    calar.set()
                    if self.corte is not Corte.ANTES:
                        servidor.sendall(dados)
                    if self.corte is not Corte.DEPOIS:
                        break
                    continue
                servidor.sendall(dados)
        self._fechar(cliente, servidor)

    def _volta(self, cliente: socket.socket, servidor: socket.socket, calar: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while dados := servidor.recv(65536):
                if calar.is_set():
                    break  # a resposta à marca morre aqui
                cliente.sendall(dados)
        self._fechar(cliente, servidor)

    @staticmethod
    def _fechar(*pontas: socket.socket) -> None:
        for ponta in pontas:
            with contextlib.suppress(OSError):
                ponta.shutdown(socket.SHUT_RDWR)
            ponta.close()
