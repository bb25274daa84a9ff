"""`manufatura config`: cada configuração, o valor e de onde veio."""

from __future__ import annotations

import click

from app.comandos.saida import Coluna, escrever_json, tabela
from app.config import obter_config


@click.command("config")
@click.option("--json", "em_json", is_flag=True, help="Uma lista em JSON, com nome, valor, origem e descricao.")
def comando(em_json: bool) -> None:
    """Mostra cada configuração, o valor e de onde veio; segredos aparecem mascarados."""
    linhas = list(obter_config().linhas())
    if em_json:
        escrever_json([linha._asdict() for linha in linhas])
        return
    tabela(
        [Coluna("configuração"), Coluna("valor"), Coluna("origem"), Coluna("o que é", discreta=True)],
        [[linha.nome, linha.valor, linha.origem, linha.descricao] for linha in linhas],
    )
