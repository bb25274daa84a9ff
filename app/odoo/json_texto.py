"""JSON que vem de fora: lido com rigor, e nenhuma falha dele vira outra coisa que RespostaCortada ou RespostaInvalida."""

from __future__ import annotations

import json
from typing import Any

from app.odoo.erros import ErroOdoo, RespostaCortada, RespostaInvalida


def ler_json(corpo: bytes, rotulo: str) -> Any:
    """O valor do corpo.

    NaN e Infinity, que não são JSON mas há quem escreva, viram os floats correspondentes: quem guarda o valor
    (valores.decimal) o recusa, e só aquele registro fica de fora.
    """
    falha: ErroOdoo
    try:
        return json.loads(corpo.decode("utf-8-sig"))
    except UnicodeDecodeError as erro:
        falha = RespostaInvalida(servidor=rotulo, detalhe=f"bytes que não são UTF-8 na posição {erro.start}")
    except RecursionError:
        falha = RespostaInvalida(servidor=rotulo, detalhe="JSON aninhado demais")
    except ValueError as erro:
        # Um JSON inteiro acaba em chave ou colchete; o resto é uma resposta que não chegou ao fim.
        inteiro = corpo.rstrip().endswith((b"}", b"]"))
        motivo = erro.msg if isinstance(erro, json.JSONDecodeError) else "número impossível"
        classe = RespostaInvalida if inteiro else RespostaCortada
        falha = classe(servidor=rotulo, detalhe=f"JSON incompleto ou estragado: {motivo}")
    raise falha
