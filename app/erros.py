"""A exceção-base de Manufatura: a docstring de cada classe é a mensagem que a pessoa lê."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar


class ErroManufatura(Exception):
    """Algo deu errado em Manufatura.

    Cada subclasse escreve na docstring, em uma frase ou duas, o que houve e o que fazer; os `{campos}`
    entre chaves são preenchidos com os fatos dados ao construir. Os fatos ficam em `fatos` (dict), para
    registros e API; nunca ponha um segredo entre eles.

    `transitorio` diz se vale tentar de novo sem ninguém mexer em nada. `codigo_saida` é o que o programa
    `manufatura` devolve ao terminar por este erro (1 inconsistência, 2 uso, 3 Odoo, 4 banco,
    5 já em execução).
    """

    transitorio: ClassVar[bool] = False
    codigo_saida: ClassVar[int] = 1

    def __init__(self, **fatos: Any) -> None:
        self.fatos = fatos
        super().__init__(self.mensagem)

    @property
    def mensagem(self) -> str:
        """A docstring da classe, em um parágrafo, com os fatos no lugar dos campos."""
        texto = " ".join(inspect.cleandoc(type(self).__doc__ or type(self).__name__).split("\n\n")[0].split())
        try:
            return texto.format(**self.fatos)
        except (KeyError, IndexError, ValueError):
            return f"{texto} {self.fatos}" if self.fatos else texto

    def __reduce__(self) -> tuple[Any, ...]:
        return (_refazer, (type(self), self.fatos))


def _refazer(classe: type[ErroManufatura], fatos: dict[str, Any]) -> ErroManufatura:
    return classe(**fatos)
