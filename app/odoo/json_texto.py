"""JSON que vem de fora: lido com rigor, e nenhuma falha dele vira outra coisa que RespostaCortada ou RespostaInvalida."""

from __future__ import annotations

import json
from typing import Any

from app.odoo.erros import ErroOdoo, RespostaCortada, RespostaGrandeDemais, RespostaInvalida


def ler_json(corpo: bytes, rotulo: str, valores: int, *, sem_tamanho: bool = False) -> Any:
    """O valor do corpo, se não tem mais de `valores` valores (contados por alto, antes de gastar a memória).

    NaN e Infinity, que não são JSON mas há quem escreva, viram os floats correspondentes: quem guarda o valor
    (valores.decimal) o recusa, e só aquele registro fica de fora.
    """
    falha: ErroOdoo
    if corpo.count(b",") + corpo.count(b"[") + corpo.count(b"{") > valores:
        raise RespostaGrandeDemais(servidor=rotulo, teto=f"{valores} valores", detalhe="contados antes de ler")
    try:
        return json.loads(corpo.decode("utf-8-sig"))
    except UnicodeDecodeError as erro:
        falha = RespostaInvalida(servidor=rotulo, detalhe=f"bytes que não são UTF-8 na posição {erro.start}")
    except RecursionError:
        falha = RespostaInvalida(servidor=rotulo, detalhe="JSON aninhado demais")
    except ValueError as erro:
        # Um JSON inteiro acaba em chave ou colchete, e sabe-se inteiro quando o tamanho foi dito; o resto é uma resposta cortada.
        inteiro = not sem_tamanho and corpo.rstrip().endswith((b"}", b"]"))
        motivo = erro.msg if isinstance(erro, json.JSONDecodeError) else "número impossível"
        classe = RespostaInvalida if inteiro else RespostaCortada
        falha = classe(servidor=rotulo, detalhe=f"JSON incompleto ou estragado: {motivo}")
    raise falha
