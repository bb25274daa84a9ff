"""XML-RPC escrito e lido por nós: inteiros além de 2^31, nulo, e nenhuma DTD ou entidade."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape
from xmlrpc.client import Fault, ResponseError, Unmarshaller

from defusedxml.xmlrpc import DefusedExpatParser  # type: ignore[import-untyped]  # a biblioteca não traz tipos

_INT4 = 2**31
_FORA_DO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Falha:
    """O `fault` de XML-RPC: código (no Odoo: 1 erro, 2 aviso, 3 credencial, 4 direito) e texto."""

    codigo: int
    texto: str


class XmlIlegivel(ValueError):
    """O corpo não é uma resposta XML-RPC; `cortada` quando ela só não chegou ao fim."""

    def __init__(self, motivo: str, cortada: bool) -> None:
        super().__init__(motivo)
        self.cortada = cortada


def codificar(metodo: str, parametros: Sequence[object]) -> bytes:
    """O corpo de um pedido. Erros: ValueError/TypeError para o que o XML não leva (controle, NaN, tipo estranho)."""
    partes = ["<?xml version='1.0'?>\n<methodCall><methodName>", escape(metodo), "</methodName><params>"]
    for parametro in parametros:
        partes.append("<param>")
        _valor(parametro, partes)
        partes.append("</param>")
    partes.append("</params></methodCall>")
    return "".join(partes).encode()


def decodificar(corpo: bytes) -> tuple[Any, Falha | None]:
    """O valor devolvido, ou a falha. Datas viram datetime sem fuso e base64 vira bytes. Erro: XmlIlegivel."""
    leitor = Unmarshaller(use_datetime=True, use_builtin_types=True)
    motivo = ""
    try:
        analisador = DefusedExpatParser(leitor, forbid_dtd=True)
        analisador.feed(corpo)
        analisador.close()
        valores = leitor.close()
        return next(iter(valores), None), None
    except Fault as erro:
        return None, Falha(erro.faultCode if type(erro.faultCode) is int else 1, str(erro.faultString))
    except expat.ExpatError as erro:
        motivo = f"XML inválido na linha {erro.lineno}: {expat.ErrorString(erro.code)}"
    except (ValueError, TypeError, LookupError, AttributeError, ResponseError, OverflowError) as erro:
        # O corpo é de fora: um XML bem formado que não é XML-RPC quebra o leitor de muitos jeitos.
        motivo = f"XML que não é uma resposta XML-RPC ({type(erro).__name__})"
    raise XmlIlegivel(motivo, cortada=not corpo.rstrip().endswith(b"</methodResponse>"))


def _valor(valor: object, partes: list[str]) -> None:
    if isinstance(valor, str):
        if _FORA_DO_XML.search(valor):
            raise ValueError("texto com caractere que o XML não leva")
        partes.append(f"<value><string>{escape(valor)}</string></value>")
    elif isinstance(valor, bool):
        partes.append(f"<value><boolean>{int(valor)}</boolean></value>")
    elif isinstance(valor, int):
        nome = "int" if -_INT4 <= valor < _INT4 else "i8"
        partes.append(f"<value><{nome}>{valor}</{nome}></value>")
    elif isinstance(valor, float | Decimal):
        numero = float(valor)
        if not math.isfinite(numero):
            raise ValueError("NaN e infinito não vão por XML-RPC")
        partes.append(f"<value><double>{numero!r}</double></value>")
    elif valor is None:
        partes.append("<value><nil/></value>")
    elif isinstance(valor, Mapping):
        partes.append("<value><struct>")
        for chave, dentro in valor.items():
            partes.append(f"<member><name>{escape(str(chave))}</name>")
            _valor(dentro, partes)
            partes.append("</member>")
        partes.append("</struct></value>")
    elif isinstance(valor, list | tuple):
        partes.append("<value><array><data>")
        for dentro in valor:
            _valor(dentro, partes)
        partes.append("</data></array></value>")
    elif isinstance(valor, datetime | date):
        _valor(texto_odoo(valor), partes)
    elif isinstance(valor, bytes):
        partes.append(f"<value><base64>{base64.b64encode(valor).decode()}</base64></value>")
    else:
        raise TypeError(f"{type(valor).__name__} não vai por XML-RPC")


def texto_odoo(valor: date | datetime) -> str:
    """Como o Odoo escreve datas: 2026-12-01, e instantes em UTC sem fuso: 2026-12-01 01:30:00."""
    if isinstance(valor, datetime):
        em_utc = valor.astimezone(UTC) if valor.tzinfo is not None else valor
        return em_utc.strftime("%Y-%m-%d %H:%M:%S")
    return valor.isoformat()
