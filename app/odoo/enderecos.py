"""Que endereços podem ser um Odoo: http e https, rede privada e loopback sim, enlace local e metadados de nuvem nunca."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from app.odoo.erros import EnderecoProibido, UrlInvalida

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

# Onde as nuvens servem credenciais a quem perguntar de dentro da máquina (além de 169.254.169.254, que cai na rede de enlace).
_METADADOS = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16")))
_NUMERICO = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}\.?", re.IGNORECASE)
# O que as pessoas copiam da barra do navegador e não faz parte do endereço do serviço.
_TELAS = re.compile(r"^/(web|odoo)(/.*)?$")


@dataclass(frozen=True)
class Endereco:
    """Um ODOO_URL já conferido: esquema, servidor (ASCII), porta e prefixo do caminho (sem barra no fim)."""

    esquema: str
    servidor: str
    porta: int
    prefixo: str

    @property
    def rotulo(self) -> str:
        """Como o servidor aparece nas mensagens: servidor:porta."""
        return f"[{self.servidor}]:{self.porta}" if ":" in self.servidor else f"{self.servidor}:{self.porta}"


def ler_url(url: str) -> Endereco:
    """Confere e desmonta ODOO_URL.

    Recusa outro esquema, usuário ou senha no endereço, porta impossível e IP de enlace ou metadados em qualquer
    grafia (decimal, hexadecimal, octal). Nunca repete o endereço na mensagem quando ele traz senha.

    Erros: UrlInvalida, EnderecoProibido.
    """
    try:
        partes = urlsplit(url.strip())
        porta, servidor = partes.port, partes.hostname
    except ValueError:
        partes = None
    if partes is None:
        raise UrlInvalida(detalhe="a porta ou o servidor não fazem sentido")
    if partes.scheme not in ("http", "https"):
        raise UrlInvalida(detalhe="só http e https são aceitos, com http:// ou https:// no começo")
    if partes.username is not None or partes.password is not None:
        raise UrlInvalida(detalhe="há usuário ou senha no endereço; use ODOO_USER e ODOO_PASSWORD")
    if not servidor or any(c.isspace() for c in servidor):
        raise UrlInvalida(detalhe="falta o nome do servidor")
    if not servidor.isascii():
        try:
            servidor = servidor.encode("idna").decode("ascii")
        except UnicodeError:
            servidor = ""
        if not servidor:
            raise UrlInvalida(detalhe="o nome do servidor não é um nome de rede")
    if len(servidor) > 253 or (any(len(parte) > 63 for parte in servidor.split(".")) and ":" not in servidor):
        raise UrlInvalida(detalhe="o nome do servidor é comprido demais")
    numero = ip_de_texto(servidor)
    if numero is not None and proibido(numero):
        raise EnderecoProibido(servidor=servidor)
    caminho = partes.path.rstrip("/")
    return Endereco(
        esquema=partes.scheme,
        servidor=servidor.lower(),
        porta=porta or (443 if partes.scheme == "https" else 80),
        prefixo="" if _TELAS.match(caminho) else quote(caminho, safe="/%:@!$&'()*+,;=~"),
    )


def ip_de_texto(servidor: str) -> Ip | None:
    """O IP que o texto é, também nas grafias antigas (2852039166, 0xa9fea9fe, 0251.0376.0251.0376); None se for um nome."""
    try:
        return ipaddress.ip_address(servidor.strip("[]"))
    except ValueError:
        pass  # não é a grafia comum; ainda pode ser uma das antigas
    if _NUMERICO.fullmatch(servidor):
        try:
            return ipaddress.IPv4Address(socket.inet_aton(servidor.rstrip(".")))
        except OSError:
            return None
    return None


def proibido(ip: Ip) -> bool:
    """Se o IP é de enlace local ou de metadados, inclusive escondido dentro de um IPv6 (mapeado, NAT64, 6to4, Teredo)."""
    if ip in _METADADOS or ip.is_link_local or ip.is_multicast:
        return True
    if isinstance(ip, ipaddress.IPv4Address):
        return ip == ipaddress.IPv4Address("255.255.255.255")
    dentro = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in ipaddress.ip_network("64:ff9b::/96") or ip in ipaddress.ip_network("::/96"):
        dentro.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return any(v4 is not None and proibido(v4) for v4 in dentro)
