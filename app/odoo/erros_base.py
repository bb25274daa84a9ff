"""As três raízes dos erros do Odoo e a limpeza do texto que vem do servidor."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from app.erros import ErroManufatura

_CONTROLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class ErroOdoo(ErroManufatura):
    """A conversa com o Odoo falhou: {detalhe}."""

    codigo_saida: ClassVar[int] = 3


class ErroTransitorio(ErroOdoo):
    """O Odoo não pôde responder agora: {detalhe}. Tente de novo em instantes.

    `maximo_tentativas` limita as tentativas de uma classe em que insistir sai caro (None = o limite da conexão);
    `espera_s`, quando há, é o que o servidor pediu que se espere.
    """

    transitorio: ClassVar[bool] = True
    maximo_tentativas: ClassVar[int | None] = None

    @property
    def espera_s(self) -> float | None:
        """Segundos que o servidor mandou esperar (Retry-After); None se não disse."""
        valor = self.fatos.get("espera")
        return float(valor) if valor is not None else None

    @property
    def conexao_parada(self) -> bool:
        """Se caiu uma conexão reaproveitada: o servidor a fechou por ociosa, e uma nova resolve na hora."""
        return bool(self.fatos.get("reaproveitada"))


class ErroTerminal(ErroOdoo):
    """O Odoo recusou o pedido: {detalhe}. Repetir não adianta: é preciso corrigir a causa."""


def limpar_texto(texto: object, segredos: Iterable[str] = (), limite: int = 300) -> str:
    """O texto do servidor em uma linha, sem caracteres de controle nem segredos, com no máximo `limite` caracteres."""
    linha = str(texto)
    for segredo in segredos:
        if segredo:
            linha = linha.replace(segredo, "***")
    linha = _CONTROLE.sub(" ", linha).strip()
    return linha if len(linha) <= limite else linha[: limite - 1] + "…"
