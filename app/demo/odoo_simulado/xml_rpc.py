"""XML-RPC como o Odoo o escreve: sem None, inteiros só até 2³¹−1, e caracteres de controle crus na 14 (XML inválido) ou retirados na 19."""

from __future__ import annotations

from typing import Any

from app.demo.odoo_simulado.erros import ErroDoOdoo

_CONTROLE = dict.fromkeys(set(range(32)) - {9, 10, 13})
_MAIOR = 2**31 - 1


class Escritor:
    """Escreve um valor em XML-RPC. `extensoes` liga `<nil/>` e `<i8>`, que o Odoo não usa mas proxies e versões futuras podem usar."""

    def __init__(self, versao: int, *, extensoes: bool = False) -> None:
        self.limpar, self.extensoes = versao >= 17, extensoes

    def resposta(self, valor: Any) -> bytes:
        partes = ["<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n"]
        self._valor(valor, partes.append)
        partes.append("</param>\n</params>\n</methodResponse>\n")
        return "".join(partes).encode("utf-8", "surrogatepass")

    def falta(self, codigo: int, mensagem: str) -> bytes:
        partes = ["<?xml version='1.0'?>\n<methodResponse>\n<fault>\n"]
        self._valor({"faultCode": codigo, "faultString": mensagem}, partes.append)
        partes.append("</fault>\n</methodResponse>\n")
        return "".join(partes).encode("utf-8", "surrogatepass")

    def _texto(self, valor: str) -> str:
        if self.limpar:
            valor = valor.translate(_CONTROLE)
        return valor.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def _valor(self, v: Any, por: Any) -> None:
        tipo = type(v)
        if tipo is str:
            por(f"<value><string>{self._texto(v)}</string></value>\n")
        elif tipo is bool:
            por(f"<value><boolean>{int(v)}</boolean></value>\n")
        elif tipo is int:
            if -(2**31) <= v <= _MAIOR:
                por(f"<value><int>{v}</int></value>\n")
            elif self.extensoes:
                por(f"<value><i8>{v}</i8></value>\n")
            else:
                raise ErroDoOdoo("builtins.OverflowError", "int exceeds XML-RPC limits")
        elif tipo is float:
            por(f"<value><double>{v!r}</double></value>\n")
        elif tipo is dict:
            por("<value><struct>\n")
            for nome, dentro in v.items():
                por(f"<member>\n<name>{self._texto(str(nome))}</name>\n")
                self._valor(dentro, por)
                por("</member>\n")
            por("</struct></value>\n")
        elif tipo in (list, tuple):
            por("<value><array><data>\n")
            for dentro in v:
                self._valor(dentro, por)
            por("</data></array></value>\n")
        elif v is None and self.extensoes:
            por("<value><nil/></value>\n")
        else:
            raise ErroDoOdoo("builtins.TypeError", "cannot marshal None unless allow_none is enabled")
