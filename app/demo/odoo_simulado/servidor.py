"""O servidor HTTP/1.0 do Odoo simulado, em 127.0.0.1: uma conexão por chamada, latência a gosto e as falhas do plano."""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from email.utils import format_datetime
from types import TracebackType

from app.demo.odoo_simulado.banco import BancoSimulado
from app.demo.odoo_simulado.erros import ErroDoOdoo
from app.demo.odoo_simulado.falhas import Chamada, Falha, PlanoFalhas
from app.demo.odoo_simulado.portas import Pedido, Portas, Resposta

_RAZOES = {
    200: "OK",
    400: "BAD REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT FOUND",
    413: "Request Entity Too Large",
    415: "UNSUPPORTED MEDIA TYPE",
    422: "UNPROCESSABLE ENTITY",
    429: "Too Many Requests",
    500: "INTERNAL SERVER ERROR",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Time-out",
}


class ServidorSimulado:
    """Um Odoo simulado escutando numa porta. É gerenciador de contexto: `with ServidorSimulado(banco) as s: s.url`.

    `bancos`: um BancoSimulado, ou nome → BancoSimulado. `outros_bancos`: nomes a mais em `db.list` (na 14, mais de um banco à vista faz
    todo erro do /jsonrpc virar HTTP 500 em HTML). `controle` abre o serviço `simulado` do /jsonrpc, que chama os atos do banco de outro
    processo. `registro` tem uma Chamada por pedido HTTP, em ordem de chegada.
    """

    def __init__(
        self,
        bancos: BancoSimulado | Mapping[str, BancoSimulado],
        *,
        latencia_s: float = 0.0,
        plano: PlanoFalhas | None = None,
        porta: int = 0,
        outros_bancos: Sequence[str] = (),
        listar_bancos: bool = True,
        extensoes_xml: bool = False,
        comprimir: bool = False,
        controle: bool = False,
    ) -> None:
        self.bancos = {bancos.nome: bancos} if isinstance(bancos, BancoSimulado) else dict(bancos)
        self.banco = next(iter(self.bancos.values()))
        self.nome_banco = next(iter(self.bancos))
        self.portas = Portas(self.bancos, outros=list(outros_bancos), listar=listar_bancos, extensoes_xml=extensoes_xml, controle=controle)
        self.latencia_s, self.plano = latencia_s, plano or PlanoFalhas()
        self.comprimir = comprimir
        self.registro: list[Chamada] = []
        self.deslocamento_date = timedelta()
        self._porta_pedida, self.porta = porta, 0
        self._escuta: socket.socket | None = None
        self._parar = threading.Event()
        self._trava = threading.Lock()
        self._abertas: set[socket.socket] = set()

    # --- ligar e desligar -----------------------------------------------------------------------------------------------------
    def __enter__(self) -> ServidorSimulado:
        return self.ligar()

    def __exit__(self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None) -> None:
        self.desligar()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.porta}"

    @property
    def por_metodo(self) -> Counter[str]:
        """Quantas chamadas de cada `modelo.metodo` (ou `servico.metodo`)."""
        return Counter(c.nome for c in self.registro)

    def ligar(self) -> ServidorSimulado:
        self._parar.clear()
        falha = self.plano.recusa_em(1)
        self._escutar()
        if falha:
            self._fechar_escuta(falha.segundos)
        return self

    def desligar(self) -> None:
        self._parar.set()
        self._fechar_escuta(None)
        for conexao in list(self._abertas):
            with contextlib.suppress(OSError):
                conexao.shutdown(socket.SHUT_RDWR)

    def recusar(self, por_s: float | None = None) -> None:
        """Deixa de escutar (conexões recusadas); volta sozinho depois de `por_s`, ou quando `voltar` for chamado."""
        self._fechar_escuta(por_s)

    def voltar(self) -> None:
        if self._escuta is None and not self._parar.is_set():
            self._escutar()

    def zerar_registro(self) -> None:
        """Esquece as chamadas feitas; a próxima volta a ser a de número 1."""
        with self._trava:
            self.registro.clear()

    def _escutar(self) -> None:
        escuta = socket.socket()
        escuta.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        escuta.bind(("127.0.0.1", self.porta or self._porta_pedida))
        escuta.listen(64)
        self.porta = escuta.getsockname()[1]
        self._escuta = escuta
        threading.Thread(target=self._aceitar, args=(escuta,), daemon=True, name="odoo-simulado").start()

    def _fechar_escuta(self, por_s: float | None) -> None:
        escuta, self._escuta = self._escuta, None
        if escuta is not None:
            with contextlib.suppress(OSError):
                escuta.shutdown(socket.SHUT_RDWR)  # acorda quem está em accept()
            escuta.close()
        if por_s is not None and not self._parar.is_set():
            relogio = threading.Timer(por_s, self.voltar)
            relogio.daemon = True
            relogio.start()

    def _aceitar(self, escuta: socket.socket) -> None:
        while not self._parar.is_set():
            try:
                conexao, _ = escuta.accept()
            except OSError:
                return
            threading.Thread(target=self._atender, args=(conexao,), daemon=True).start()

    # --- um pedido ------------------------------------------------------------------------------------------------------------
    def _atender(self, conexao: socket.socket) -> None:
        self._abertas.add(conexao)
        try:
            conexao.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            lido = _ler_pedido(conexao)
            if lido is not None:
                self._responder(conexao, *lido)
        except OSError:
            return  # o cliente foi embora
        finally:
            self._abertas.discard(conexao)
            conexao.close()

    def _responder(self, conexao: socket.socket, verbo: str, caminho: str, cabecalhos: dict[str, str], corpo: bytes) -> None:
        entendido = self.portas.entender(verbo, caminho, cabecalhos, corpo)
        chamada = self._registrar(entendido, caminho)
        falha = self.plano.para(chamada)
        if self.latencia_s:
            time.sleep(self.latencia_s)
        if falha:
            if falha.tipo == "derrubar":
                _derrubar(conexao)
                return
            if falha.tipo in ("travar", "atrasar"):
                self._esperar(conexao, falha.segundos)
                if falha.tipo == "travar":
                    return
            elif falha.tipo == "antes" and falha.funcao:
                falha.funcao(self.banco)
        resposta = self._produzir(entendido, falha)
        proxima = self.plano.recusa_em(chamada.n + 1)
        if proxima:
            self._fechar_escuta(proxima.segundos)
        self._enviar(conexao, resposta, falha)

    def _registrar(self, entendido: Pedido | Resposta, caminho: str) -> Chamada:
        with self._trava:
            n = len(self.registro) + 1
            quando = self.banco.relogio()
            if isinstance(entendido, Pedido):
                servico = "object" if entendido.porta == "json2" else entendido.servico
                chamada = Chamada(
                    n, entendido.porta, servico, entendido.modelo, entendido.metodo_orm, entendido.args, entendido.kwargs, quando
                )
            else:
                chamada = Chamada(n, "http", caminho, None, None, [], {}, quando)
            self.registro.append(chamada)
            return chamada

    def _esperar(self, conexao: socket.socket, segundos: float) -> None:
        """Espera sem responder, até o prazo, o servidor parar ou o cliente fechar."""
        fim = time.monotonic() + segundos
        conexao.settimeout(0.05)
        while time.monotonic() < fim and not self._parar.is_set():
            try:
                if not conexao.recv(1, socket.MSG_PEEK):
                    return
            except TimeoutError:
                continue
            except OSError:
                return
        conexao.settimeout(None)

    def _produzir(self, entendido: Pedido | Resposta, falha: Falha | None) -> Resposta:
        if falha and falha.corpo is not None:
            return Resposta(falha.estado, falha.corpo, falha.tipo_conteudo, falha.cabecalhos)
        if isinstance(entendido, Resposta):
            return entendido
        try:
            if falha and falha.erro:
                raise falha.erro
            resultado = self.portas.executar(entendido)
            if falha and falha.tipo == "resultado" and falha.funcao:
                resultado = falha.funcao(resultado)
            return self.portas.sucesso(entendido, resultado)
        except ErroDoOdoo as erro:
            return self.portas.falha(entendido.porta, erro, entendido.ident)
        except (LookupError, TypeError, ValueError, AttributeError) as erro:  # o que o Odoo também responderia como erro de servidor
            return self.portas.falha(entendido.porta, ErroDoOdoo(f"builtins.{type(erro).__name__}", str(erro)), entendido.ident)

    def _enviar(self, conexao: socket.socket, r: Resposta, falha: Falha | None) -> None:
        corpo = r.corpo
        tipo = falha.tipo if falha else ""
        if tipo == "metade":
            corpo = corpo[: len(corpo) // 2]
        elif tipo == "charset":
            corpo = (
                corpo.decode("utf-8", "replace")
                .encode("ascii", "replace")
                .replace(b'"', b'"\xe7\xe3', 3)
                .replace(b"<string>", b"<string>\xe7\xe3", 1)
            )
        extra = dict(r.cabecalhos)
        if self.comprimir and not extra:
            corpo = gzip.compress(corpo, 1)
            extra["Content-Encoding"] = "gzip"
        deslocamento = self.deslocamento_date + (falha.deslocamento if falha else timedelta())
        cabeca = [
            f"HTTP/1.0 {r.estado} {_RAZOES.get(r.estado, 'UNKNOWN')}",
            f"Content-Type: {r.tipo}",
            f"Content-Length: {len(corpo)}",
            f"Server: Werkzeug/{'1.0.1 Python/3.9.2' if self.portas.versao < 17 else '2.2.2 Python/3.11.2'}",
            f"Date: {format_datetime(self.banco.relogio() + deslocamento, usegmt=True)}",
            *(f"{k}: {v}" for k, v in extra.items()),
        ]
        if tipo == "cortar":
            corpo = corpo[: falha.n if falha else 0]
        elif tipo == "cortar_fracao":
            corpo = corpo[: int(len(corpo) * (falha.segundos if falha else 0))]
        bruto = "\r\n".join(cabeca).encode("latin-1") + b"\r\n\r\n"
        if tipo == "pingar" and falha:
            conexao.sendall(bruto)
            for i in range(len(corpo)):
                if self._parar.wait(falha.segundos):
                    return
                conexao.sendall(corpo[i : i + 1])
            return
        conexao.sendall(bruto + corpo)


def _derrubar(conexao: socket.socket) -> None:
    """Fecha com RST: o cliente vê `Connection reset by peer`."""
    conexao.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _ler_pedido(conexao: socket.socket) -> tuple[str, str, dict[str, str], bytes] | None:
    """Lê um pedido HTTP inteiro; None se a conexão acabou antes."""
    dados = bytearray()
    while (fim := dados.find(b"\r\n\r\n")) < 0:
        parte = conexao.recv(65536)
        if not parte or len(dados) > 1 << 20:
            return None
        dados += parte
    primeira, *linhas = dados[:fim].decode("latin-1").split("\r\n")
    cabecalhos = {}
    for linha in linhas:
        nome, _, v = linha.partition(":")
        cabecalhos[nome.strip().lower()] = v.strip()
    if cabecalhos.get("expect", "").lower() == "100-continue":
        conexao.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    tamanho = int(cabecalhos.get("content-length") or 0)
    corpo = dados[fim + 4 :]
    while len(corpo) < tamanho:
        parte = conexao.recv(1 << 20)
        if not parte:
            return None
        corpo += parte
    verbo, caminho, *_ = primeira.split(" ")
    return verbo, caminho, cabecalhos, bytes(corpo)
