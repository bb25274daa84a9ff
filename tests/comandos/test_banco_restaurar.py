"""`banco restaurar` pergunta ao Odoo o maior número de ordem, e segue sem ele quando não responde."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.banco.copia import Restauracao
from app.comandos import banco
from app.comandos.saida import console
from app.config import Config, definir_config, limpar_config
from app.demo.odoo_simulado import ServidorSimulado
from app.manufatura.fontes.numeracao_odoo import maior_numero
from app.odoo.cliente import ClienteOdoo
from app.odoo.conexao import ConexaoOdoo
from tests.apoio.odoo import odoo_conexao


def renomear_ops(odoo: ServidorSimulado, *nomes: str) -> None:
    """As OPs da fábrica ganham esses nomes, na ordem; as que sobram, um que não conta."""
    ids = [linha["id"] for linha in odoo.banco.linhas("mrp.production")]
    assert len(ids) >= len(nomes)
    for identificador, nome in zip(ids, [*nomes, *["outra"] * (len(ids) - len(nomes))], strict=True):
        odoo.banco.escrever("mrp.production", [identificador], {"name": nome})


def test_maior_numero_e_numerico_e_nao_de_texto(odoo: ServidorSimulado, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.manufatura.fontes.numeracao_odoo.PAGINA", 2)
    renomear_ops(odoo, "OP-1000000-002", "OP-999999", "OP-7-rascunho", "WH/MO/9999999")
    with ClienteOdoo.conectar(ConexaoOdoo(**odoo_conexao(odoo))) as cliente:
        assert maior_numero(cliente) == 1_000_000


def restaurar(config: Config, monkeypatch: pytest.MonkeyPatch, pasta: Path) -> tuple[str, list[int | None]]:
    perguntados: list[int | None] = []

    def de_mentira(_config: Config, *_args: Any, maior_no_odoo: Callable[[], int | None] | None, **_op: Any) -> Restauracao:
        perguntados.append(maior_no_odoo() if maior_no_odoo else None)
        return Restauracao(proximo_numero=2000, banco_anterior=None, revisao="0002")

    monkeypatch.setattr("app.banco.copia.restaurar", de_mentira)
    definir_config(config)
    console.cache_clear()
    try:
        resultado = CliRunner().invoke(banco.comando, ["restaurar", str(pasta / "x.dump")])
    finally:
        limpar_config()
        console.cache_clear()
    assert resultado.exit_code == 0, resultado.output
    return resultado.output, perguntados


def test_pergunta_ao_odoo_e_diz(odoo: ServidorSimulado, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    renomear_ops(odoo, "OP-000500")
    dados = odoo_conexao(odoo)
    config = Config(odoo_url=dados["url"], odoo_db=dados["banco"], odoo_user=dados["usuario"], odoo_password=dados["senha"])
    saida, perguntados = restaurar(config, monkeypatch, tmp_path)
    assert perguntados == [500]
    assert "na cópia, no banco de antes e no Odoo" in saida


def test_sem_resposta_do_odoo_a_restauracao_segue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, odoo14: ServidorSimulado) -> None:
    dados = odoo_conexao(odoo14)
    config = Config(odoo_url=dados["url"], odoo_db="nao-ha", odoo_user=dados["usuario"], odoo_password=dados["senha"])
    saida, perguntados = restaurar(config, monkeypatch, tmp_path)
    assert perguntados == [None]
    assert "aviso: não deu para perguntar ao Odoo" in saida
    assert "na cópia e no banco de antes" in saida
    assert restaurar(Config(), monkeypatch, tmp_path)[1] == [None]
