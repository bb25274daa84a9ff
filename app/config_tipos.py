"""Os tipos das configurações: como o texto de uma variável vira valor, e o que se esperava quando não vira.

Cada conversor recebe o texto (ou o valor já pronto, como os testes dão) e devolve o valor; se não puder,
levanta ValueError com o que era esperado, em palavras, sem repetir o valor (pode ser um segredo).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, SecretStr

Rede = IPv4Network | IPv6Network

UFS = frozenset(
    {
        *("AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA"),
        *("PB", "PE", "PI", "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO"),
    }
)
_VERDADEIRO = frozenset({"1", "true", "sim", "s", "yes", "on", "verdadeiro"})
_FALSO = frozenset({"0", "false", "nao", "não", "n", "no", "off", "falso"})


def _logico(valor: Any) -> bool:
    if isinstance(valor, bool):
        return valor
    texto = str(valor).strip().lower()
    if texto in _VERDADEIRO:
        return True
    if texto in _FALSO:
        return False
    raise ValueError("true ou false")


def _inteiro_entre(minimo: int, maximo: int, unidade: str = "") -> Callable[[Any], int]:
    esperado = f"um número inteiro de {minimo} a {maximo}" + (f", em {unidade}" if unidade else "")

    def converter(valor: Any) -> int:
        try:
            numero = int(str(valor).strip())
        except ValueError:
            raise ValueError(esperado) from None
        if not minimo <= numero <= maximo:
            raise ValueError(esperado)
        return numero

    return converter


def _minutos(valor: Any) -> timedelta:
    if isinstance(valor, timedelta):
        return valor
    return timedelta(minutes=_inteiro_entre(0, 7 * 24 * 60, "minutos")(valor))


def _fuso(valor: Any) -> ZoneInfo:
    if isinstance(valor, ZoneInfo):
        return valor
    try:
        return ZoneInfo(str(valor).strip())
    except (ValueError, KeyError, OSError):  # ZoneInfoNotFoundError é KeyError; um caminho ou pasta dá os outros
        raise ValueError("um fuso horário conhecido, como America/Sao_Paulo") from None


def _caminho(valor: Any) -> Path:
    return Path(valor).expanduser()


def _inteiros(valor: Any) -> tuple[int, ...]:
    if isinstance(valor, str):
        valor = [parte for parte in valor.replace(";", ",").split(",") if parte.strip()]
    try:
        numeros = tuple(int(parte) for parte in valor)
    except (TypeError, ValueError):
        numeros = (0,)
    if any(numero <= 0 for numero in numeros):
        raise ValueError("números inteiros positivos separados por vírgula, como 1,3")
    return numeros


def _redes(valor: Any) -> tuple[Rede, ...]:
    if isinstance(valor, str):
        valor = [parte.strip() for parte in valor.replace(";", ",").split(",") if parte.strip()]
    try:
        return tuple(ipaddress.ip_network(parte) for parte in valor)
    except (TypeError, ValueError):
        raise ValueError("endereços ou redes IP separados por vírgula, como 10.0.0.0/8,192.168.1.20") from None


def _ufs(valor: Any) -> tuple[str, ...]:
    if isinstance(valor, str):
        valor = [parte.strip().upper() for parte in valor.replace(";", ",").split(",") if parte.strip()]
    ufs = tuple(valor)
    if not set(ufs) <= UFS:
        raise ValueError("siglas de estados separadas por vírgula, como SP ou SP,MG")
    return ufs


def _endereco_proibido(host: str) -> bool:
    """Se o host é um IP de enlace local ou de metadados de nuvem (também escrito em decimal ou hexadecimal)."""
    try:
        ip = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        try:  # 2852039166 e 0xa9fea9fe também são 169.254.169.254 para quem abre a conexão
            ip = ipaddress.ip_address(socket.inet_aton(host))
        except (OSError, ValueError):
            return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip.is_link_local or ip.is_unspecified or ip.is_multicast or str(ip) in {"100.100.100.200", "fd00:ec2::254"}


def _endereco_http(valor: Any) -> str:
    texto = str(valor).strip().rstrip("/")
    try:
        partes = urlsplit(texto)
        host, _porta = partes.hostname or "", partes.port  # .port confere se é número
    except ValueError:
        host, partes = "", urlsplit("")
    if partes.scheme not in {"http", "https"} or not host or any(c.isspace() for c in texto):
        raise ValueError("um endereço que começa por http:// ou https://, como https://odoo.empresa.com.br")
    if partes.username is not None or partes.password is not None:
        raise ValueError("um endereço sem usuário e senha dentro dele (use ODOO_USER e ODOO_PASSWORD)")
    if partes.query or partes.fragment:
        raise ValueError("um endereço sem ? e sem #")
    if _endereco_proibido(host):
        raise ValueError("o endereço de um servidor, e não um IP de enlace local ou de metadados de nuvem")
    return texto


def _segredo(valor: Any) -> SecretStr:
    if isinstance(valor, SecretStr):
        return valor
    texto = str(valor)
    if "\x00" in texto or "\n" in texto:
        raise ValueError("um texto de uma linha só")
    return SecretStr(texto)


def _url_banco(valor: Any) -> SecretStr:
    segredo = _segredo(valor)
    texto = segredo.get_secret_value().strip()
    esquema, separador, resto = texto.partition("://")
    if not separador or not resto or esquema not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise ValueError("um endereço postgresql://usuario:senha@servidor:5432/banco (somente PostgreSQL, 15 ou mais novo)")
    return SecretStr("postgresql://" + resto)


def _texto(valor: Any) -> str:
    texto = str(valor).strip()
    if any(ord(c) < 32 for c in texto):
        raise ValueError("um texto de uma linha, sem caracteres de controle")
    return texto


def um_de(*opcoes: str) -> BeforeValidator:
    """Validador de uma palavra entre as dadas (maiúsculas e minúsculas tanto faz)."""

    def converter(valor: Any) -> str:
        texto = str(valor).strip().lower()
        if texto not in opcoes:
            raise ValueError("uma destas palavras: " + ", ".join(opcoes))
        return texto

    return BeforeValidator(converter)


def inteiro(minimo: int, maximo: int, unidade: str = "") -> BeforeValidator:
    """Validador de um inteiro na faixa fechada [minimo, maximo]."""
    return BeforeValidator(_inteiro_entre(minimo, maximo, unidade))


Logico = Annotated[bool, BeforeValidator(_logico)]
Minutos = Annotated[timedelta, BeforeValidator(_minutos)]
Fuso = Annotated[ZoneInfo, BeforeValidator(_fuso)]
Caminho = Annotated[Path, BeforeValidator(_caminho)]
Inteiros = Annotated[tuple[int, ...], BeforeValidator(_inteiros)]
Redes = Annotated[tuple[Rede, ...], BeforeValidator(_redes)]
Ufs = Annotated[tuple[str, ...], BeforeValidator(_ufs)]
EnderecoHttp = Annotated[str, BeforeValidator(_endereco_http)]
Segredo = Annotated[SecretStr, BeforeValidator(_segredo)]
UrlBanco = Annotated[SecretStr, BeforeValidator(_url_banco)]
Texto = Annotated[str, BeforeValidator(_texto)]
