"""`python -m bench [NOME…] [--json] [--repeticoes N] [--opcao=valor …]`: roda as bancadas da pasta.

Cada `bench/<nome>.py` expõe `executar(mostrar, repeticoes=5, **opcoes) -> dict`: `mostrar` recebe uma linha de
texto por vez; o dict sai como um objeto JSON na última linha com `--json` (e o texto vai a stderr). Sem nome,
roda todas e o JSON é um objeto com uma chave por bancada. Uma opção que o programa não conhece (`--real`,
`--linhas=1000`) vai à bancada como argumento de mesmo nome.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.erros import ErroManufatura

Mostrar = Callable[[str], None]


def nomes() -> list[str]:
    """As bancadas que há, pelo nome do arquivo: as que têm a função `executar`."""
    pasta = Path(__file__).parent
    return sorted(
        arquivo.stem
        for arquivo in pasta.glob("*.py")
        if not arquivo.stem.startswith("_") and "\ndef executar(" in arquivo.read_text(encoding="utf-8")
    )


def _valor(texto: str) -> Any:
    for tipo in (int, float):
        try:
            return tipo(texto)
        except ValueError:
            continue
    return texto


def _argumentos(argumentos: list[str]) -> tuple[list[str], bool, dict[str, Any]]:
    escolhidas, em_json, opcoes = [], False, {}
    fila = list(argumentos)
    while fila:
        argumento = fila.pop(0)
        if argumento == "--json":
            em_json = True
        elif argumento == "--repeticoes":
            opcoes["repeticoes"] = int(fila.pop(0)) if fila else 5
        elif argumento.startswith("--"):
            chave, igual, valor = argumento[2:].partition("=")
            opcoes[chave.replace("-", "_")] = _valor(valor) if igual else True
        else:
            escolhidas.append(argumento)
    return escolhidas, em_json, opcoes


def principal(argumentos: list[str]) -> int:
    """Roda as bancadas pedidas; devolve 0, ou 2 se um nome não existe."""
    if {"-h", "--help"} & set(argumentos):
        print(__doc__)
        print("Bancadas: " + ", ".join(nomes()))
        return 0
    escolhidas, em_json, opcoes = _argumentos(argumentos)
    existentes = nomes()
    if estranhas := [nome for nome in escolhidas if nome not in existentes]:
        print(f"Não há a bancada {', '.join(estranhas)}. As que há: {', '.join(existentes)}", file=sys.stderr)
        return 2

    def mostrar(texto: str) -> None:
        print(texto, file=sys.stderr if em_json else sys.stdout, flush=True)

    resultados: dict[str, dict[str, Any]] = {}
    for nome in escolhidas or existentes:
        mostrar(f"== {nome}")
        try:
            resultados[nome] = importlib.import_module(f"bench.{nome}").executar(mostrar, **opcoes)
        except ErroManufatura as erro:
            print(f"bench {nome}: {erro.mensagem}", file=sys.stderr)
            return erro.codigo_saida
        if not em_json:
            for chave, valor in resultados[nome].items():
                mostrar(f"  {chave} = {valor}")
    if em_json:
        unico = resultados[escolhidas[0]] if len(escolhidas) == 1 else resultados
        print(json.dumps(unico, ensure_ascii=False, default=str), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(principal(sys.argv[1:]))
