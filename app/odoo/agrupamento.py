"""Linhas de grupo com as mesmas chaves em todas as versões (read_group até a 18, formatted_read_group na 19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def normalizar(linhas: Sequence[Mapping[str, Any]], por: Sequence[str], somas: Sequence[str]) -> list[dict[str, Any]]:
    """Cada `por` vira o id nu ou o valor; um período ('date:month') vira o texto do seu começo; cada soma, um número (0 se vazia)."""
    prontas = []
    for linha in linhas:
        pronta: dict[str, Any] = {chave: _valor(linha, chave) for chave in por}
        for soma in somas:
            pronta[soma] = linha.get(f"{soma}:sum", linha.get(soma)) or 0
        pronta["__count"] = linha["__count"]
        prontas.append(pronta)
    return prontas


def _valor(linha: Mapping[str, Any], chave: str) -> Any:
    valor = linha.get(chave)
    if isinstance(valor, list | tuple):
        # many2one: (id, nome); período no 19: (começo, nome)
        return valor[0] if valor else False
    if ":" in chave and valor is not False:
        return _comeco(linha, chave) or valor
    return valor


def _comeco(linha: Mapping[str, Any], chave: str) -> str | None:
    # O 14 só dá o nome do período no idioma do usuário; o começo está no domínio do grupo (ou em __range, do 15 ao 18).
    campo = chave.partition(":")[0]
    faixas = linha.get("__range")
    if isinstance(faixas, Mapping):
        faixa = faixas.get(chave) or faixas.get(campo)
        if isinstance(faixa, Mapping) and faixa.get("from"):
            return str(faixa["from"])
    for folha in linha.get("__domain", ()):
        if isinstance(folha, list | tuple) and len(folha) == 3 and folha[0] == campo and folha[1] == ">=":
            return str(folha[2])
    return None
