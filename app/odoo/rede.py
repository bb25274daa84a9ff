"""O pedido HTTP: um prazo, tetos de tamanho, sem seguir redirecionamento, e cada falha da rede com o seu nome."""

from __future__ import annotations

import logging
import ssl
import threading
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import certifi
import httpcore

from app import relogio
from app.odoo.conexao import ConexaoOdoo, Tetos
from app.odoo.erros import (
    AutoridadeIlegivel,
    ConexaoCaiu,
    ErroOdoo,
    MuitosPedidos,
    PaginaGrande,
    PrazoDoServidor,
    Redirecionado,
    RespostaCortada,
    RespostaGrandeDemais,
    RespostaInvalida,
    ServidorForaDoAr,
)
from app.odoo.prazo import Prazo, Rede, com_prazo

# Servidor caído ou reiniciando, visto por um proxy; 520–524 são as do Cloudflare para o mesmo.
_FORA_DO_AR = frozenset({502, 503, 520, 521, 522, 523})
_DEMOROU = frozenset({504, 524})
_REDIRECIONA = frozenset({301, 302, 303, 307, 308})
_FATIA = 1 << 20

# O httpcore, em DEBUG, escreve no registro os cabeçalhos que recebe: um servidor que devolva os nossos poria lá a chave.
logging.getLogger("httpcore").setLevel(logging.INFO)


@dataclass(frozen=True, repr=False)
class Resposta:
    """Uma resposta inteira: status HTTP, tipo do conteúdo (minúsculo, sem parâmetros) e o corpo já descomprimido.

    sem_tamanho: o servidor não disse onde o corpo acaba (nem Content-Length nem chunked): só o fechar da conexão.
    """

    status: int
    tipo: str
    corpo: bytes
    sem_tamanho: bool = False

    @property
    def html(self) -> bool:
        """Se o corpo é uma página, pelo tipo declarado ou pelo começo (há quem sirva a tela de login como JSON)."""
        comeco = self.corpo[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        return self.tipo in ("text/html", "application/xhtml+xml") or comeco.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


class Http:
    """As conexões com um servidor. Guarda a última hora dita por ele (cabeçalho Date) e quantos pedidos foram feitos."""

    def __init__(self, conexao: ConexaoOdoo) -> None:
        self.endereco = conexao.endereco
        self.hora_servidor: datetime | None = None
        self.pedidos = 0
        self._trava = threading.Lock()
        self._local = threading.local()
        self._prazos = conexao.prazos
        self._tetos = conexao.tetos
        self._base = f"{self.endereco.esquema}://{self.endereco.rotulo}"
        self._conexoes = httpcore.ConnectionPool(
            ssl_context=_contexto_tls(conexao) if self.endereco.esquema == "https" else None,
            max_connections=4,
            max_keepalive_connections=2,
            keepalive_expiry=15,
            network_backend=Rede(conexao.prazos.conexao_s),
        )

    def pedir(self, caminho: str, corpo: bytes | None, tipo: str, cabecalhos: Mapping[bytes | str, bytes | str] | None = None) -> Resposta:
        """POST de `corpo` (GET quando None) em `caminho`, relativo a ODOO_URL; devolve a resposta inteira.

        Erros transitórios: os da rede, RespostaCortada, PrazoEsgotado, MuitosPedidos, ServidorForaDoAr. Terminais:
        TLS, Redirecionado, PaginaGrande (413), RespostaGrandeDemais, RespostaInvalida. Os outros status voltam a quem pediu.
        """
        with self._trava:
            self.pedidos += 1
        todos: dict[bytes | str, bytes | str] = {
            "Host": self._host,
            "Accept": "application/json, text/xml",
            "Accept-Encoding": "gzip, identity",
            "User-Agent": "Manufatura",
            **({} if corpo is None else {"Content-Type": tipo, "Content-Length": str(len(corpo))}),
            **(cabecalhos or {}),
        }
        rotulo = self.endereco.rotulo
        limites = {"connect": self._prazos.conexao_s, "read": self._prazos.leitura_s, "write": self._prazos.leitura_s}
        detalhe = ""
        with com_prazo(Prazo(self._prazos.total_s, rotulo)) as prazo:
            try:
                with self._conexoes.stream(
                    "GET" if corpo is None else "POST",
                    self._base + self.endereco.prefixo + caminho,
                    headers=todos,
                    content=corpo,
                    extensions={"timeout": {**limites, "pool": self._prazos.total_s}},
                ) as resposta:
                    return self._ler(resposta)
            # Traduzidos fora do except: o erro da biblioteca não fica encadeado ao nosso, e com ele o que carregue do pedido.
            except httpcore.RemoteProtocolError as erro:
                detalhe = _motivo_do_protocolo(str(erro))
            except httpcore.WriteError:
                detalhe = "o servidor fechou a conexão durante o envio"
            except (httpcore.LocalProtocolError, httpcore.PoolTimeout) as erro:
                detalhe = type(erro).__name__
        # Nenhum byte da resposta é uma queda; alguns, um corte.
        if detalhe.startswith("o servidor fechou"):
            raise ConexaoCaiu(servidor=rotulo, detalhe=detalhe, reaproveitada=not prazo.abriu_conexao)
        raise RespostaCortada(servidor=rotulo, detalhe=detalhe)

    @property
    def hora_desta_linha(self) -> datetime | None:
        """O Date da última resposta recebida por esta linha de execução (as outras não interferem); None se não veio."""
        return getattr(self._local, "hora", None)

    def fechar(self) -> None:
        """Fecha as conexões abertas."""
        self._conexoes.close()

    @property
    def _host(self) -> str:
        padrao = 443 if self.endereco.esquema == "https" else 80
        return self.endereco.rotulo.rpartition(":")[0] if self.endereco.porta == padrao else self.endereco.rotulo

    def _ler(self, resposta: httpcore.Response) -> Resposta:
        cabecalhos = {n.decode("latin-1").lower(): v.decode("latin-1").strip() for n, v in resposta.headers}
        hora = _instante_http(cabecalhos.get("date"))
        self.hora_servidor = hora or self.hora_servidor
        self._local.hora = hora
        erro = self._erro_de_status(resposta.status, cabecalhos, hora)
        if erro is not None:
            raise erro
        corpo = _ler_corpo(resposta, cabecalhos, self._tetos, self.endereco.rotulo)
        tipo = cabecalhos.get("content-type", "").partition(";")[0].strip().lower()
        sem_tamanho = "content-length" not in cabecalhos and "transfer-encoding" not in cabecalhos
        return Resposta(resposta.status, tipo, corpo, sem_tamanho)

    def _erro_de_status(self, status: int, cabecalhos: Mapping[str, str], hora: datetime | None) -> ErroOdoo | None:
        rotulo = self.endereco.rotulo
        espera = _espera(cabecalhos.get("retry-after"), hora)
        if status in _REDIRECIONA:
            return self._redirecionado(cabecalhos.get("location", ""))
        if status == 413:
            return PaginaGrande(servidor=rotulo, detalhe="HTTP 413")
        if status == 429:
            return MuitosPedidos(servidor=rotulo, espera=espera)
        if status in _DEMOROU:
            return PrazoDoServidor(servidor=rotulo, espera=espera)
        if status in _FORA_DO_AR:
            return ServidorForaDoAr(servidor=rotulo, status=status, espera=espera)
        return None

    def _redirecionado(self, para: str) -> ErroOdoo:
        try:
            destino = urlsplit(urljoin(self._base + "/", para))
            outro, porta = destino.hostname or "", destino.port
        except ValueError:
            return Redirecionado(servidor=self.endereco.rotulo, destino="um endereço inválido", remedio="Confira ODOO_URL.")
        mesmo = outro == self.endereco.servidor
        if mesmo and destino.scheme == "https" and self.endereco.esquema == "http":
            onde, remedio = f"https://{outro}", "Troque http por https em ODOO_URL."
        elif mesmo and (porta or self.endereco.porta) == self.endereco.porta:
            onde, remedio = destino.path[:80], "Confira ODOO_URL e ODOO_DB: o serviço não deveria levar a uma página."
        else:
            onde, remedio = f"{outro}:{porta}" if porta else outro, "Se esse é o endereço certo, ponha-o em ODOO_URL."
        return Redirecionado(servidor=self.endereco.rotulo, destino=onde or "lugar nenhum", remedio=remedio)


def _ler_corpo(resposta: httpcore.Response, cabecalhos: Mapping[str, str], tetos: Tetos, rotulo: str) -> bytes:
    codificacao = cabecalhos.get("content-encoding", "identity").lower() or "identity"
    if codificacao not in ("gzip", "x-gzip", "identity"):
        raise RespostaInvalida(servidor=rotulo, detalhe=f"compressão {codificacao[:20]}, que não pedimos")
    anunciado = cabecalhos.get("content-length", "")
    if anunciado.isdecimal() and int(anunciado) > tetos.resposta_bytes:
        raise RespostaGrandeDemais(servidor=rotulo, teto=_mib(tetos.resposta_bytes), detalhe=f"anunciou {_mib(int(anunciado))}")
    gzip = _Gzip(tetos.expandido_bytes, rotulo) if "gzip" in codificacao else None
    corpo, lidos = bytearray(), 0
    for pedaco in resposta.iter_stream():
        lidos += len(pedaco)
        if lidos > tetos.resposta_bytes:
            raise RespostaGrandeDemais(servidor=rotulo, teto=_mib(tetos.resposta_bytes), detalhe="na rede")
        if gzip is None:
            corpo += pedaco
        else:
            gzip.expandir(pedaco, corpo)
    if gzip is not None and lidos and not gzip.inteiro:
        raise RespostaCortada(servidor=rotulo, detalhe="a compressão acaba no meio")
    return bytes(corpo)


class _Gzip:
    """Descompressão com teto: nunca produz mais de 1 MiB de uma vez, e para assim que o total passa do limite."""

    def __init__(self, teto: int, rotulo: str) -> None:
        self._teto, self._rotulo = teto, rotulo
        self._fluxo = zlib.decompressobj(wbits=31)

    @property
    def inteiro(self) -> bool:
        return self._fluxo.eof

    def expandir(self, pedaco: bytes, corpo: bytearray) -> None:
        ruim = False
        while pedaco and not ruim:
            try:
                if self._fluxo.eof:
                    self._fluxo = zlib.decompressobj(wbits=31)
                corpo += self._fluxo.decompress(pedaco, _FATIA)
            except zlib.error:
                ruim = True
            if len(corpo) > self._teto:
                raise RespostaGrandeDemais(servidor=self._rotulo, teto=_mib(self._teto), detalhe="depois de descomprimida")
            pedaco = self._fluxo.unconsumed_tail or self._fluxo.unused_data
        if ruim:
            raise RespostaInvalida(servidor=self._rotulo, detalhe="a compressão gzip está estragada")


def _contexto_tls(conexao: ConexaoOdoo) -> ssl.SSLContext:
    contexto = ssl.create_default_context()
    if not contexto.cert_store_stats()["x509_ca"]:
        # Instalação mínima sem o pacote ca-certificates: valem as autoridades que vêm com as bibliotecas.
        contexto.load_verify_locations(cafile=certifi.where())
    if conexao.ca is not None:
        try:
            contexto.load_verify_locations(cafile=str(conexao.ca))
            return contexto
        except (OSError, ssl.SSLError) as erro:
            detalhe = f"{conexao.ca}: {erro.strerror or type(erro).__name__}"
        raise AutoridadeIlegivel(detalhe=detalhe)
    return contexto


def _motivo_do_protocolo(texto: str) -> str:
    # O texto do h11 pode citar bytes da resposta: fica só o que se entende.
    if "without sending a response" in texto:
        return "o servidor fechou a conexão sem responder"
    if "incomplete" in texto or "without sending complete" in texto or "closed connection" in texto:
        return "a conexão fechou antes do fim"
    return "o que veio não é HTTP"


def _espera(valor: str | None, hora: datetime | None) -> float | None:
    """Retry-After em segundos, dado como número ou como data (contada da hora do próprio servidor)."""
    if not valor:
        return None
    if valor.isdecimal():
        return float(valor[:9])
    ate = _instante_http(valor)
    return None if ate is None else max(0.0, (ate - (hora or relogio.agora())).total_seconds())


def _instante_http(valor: str | None) -> datetime | None:
    if not valor:
        return None
    try:
        instante = parsedate_to_datetime(valor)
    except (ValueError, TypeError, IndexError):
        return None
    return instante.replace(tzinfo=UTC) if instante.tzinfo is None else instante.astimezone(UTC)


def _mib(octetos: int) -> str:
    return f"{octetos / (1 << 20):.0f} MiB" if octetos >= 1 << 20 else f"{octetos} bytes"
