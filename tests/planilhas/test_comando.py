"""`manufatura planilha`: o que a pessoa vê, os arquivos que saem, a pergunta do substituir e os códigos de saída."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from app.comandos import portugues
from app.comandos.planilha import comando
from app.config import Config, definir_config, limpar_config
from app.erros import ErroManufatura
from tests.apoio.pg import BancoTeste
from tests.planilhas.apoio import csv, linhas, xlsx

Rodar = Callable[..., Result]


@pytest.fixture
def rodar(banco_pg: BancoTeste, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rodar]:
    """O comando, na pasta do teste e com o banco dele. Um erro nosso sai como o programa o mostra: código e parágrafo."""
    definir_config(Config.model_validate({
        "database_url": SecretStr(banco_pg.url), "database_url_migracao": SecretStr(banco_pg.url_dono), "estoque_fonte": "movimentos",
    }))  # fmt: skip
    monkeypatch.chdir(tmp_path)
    portugues.traduzir_comando(comando)

    def um(*argumentos: str, entrada: str | None = None, terminal: bool = False) -> Result:
        if terminal:
            monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
        resultado = CliRunner().invoke(comando, argumentos, input=entrada, standalone_mode=False)
        if isinstance(resultado.exception, ErroManufatura):
            resultado.exit_code = resultado.exception.codigo_saida
        elif resultado.exception is None:
            resultado.exit_code = int(resultado.return_value or 0)
        return resultado

    yield um
    limpar_config()


def test_do_modelo_a_exportacao(rodar: Rodar, tmp_path: Path) -> None:
    assert "Modelo escrito em cadastro-modelo.xlsx" in rodar("modelo", "cadastro").output
    assert rodar("modelo", "cadastro").exit_code == 2  # já existe
    assert rodar("modelo", "cadastro", "--sobrescrever").exit_code == 0
    arquivo = csv(tmp_path, "Código;Nome;Lead time", "MESA;Mesa;3", "PE;Pé;")
    simula = rodar("importar", "cadastro", str(arquivo), "--simular")
    assert "+ MESA: Nome do produto: Mesa" in simula.output
    assert "Simulação, nada gravado: 2 novas, 0 mudadas, 0 iguais, 0 ausentes." in simula.output
    assert "Cadastro de produtos: 2 novas" in rodar("importar", "cadastro", str(arquivo)).output
    muda = csv(tmp_path, "Código;Lead time", "MESA;5")
    assert "~ MESA: Lead time (dias úteis): 3 → 5" in rodar("importar", "cadastro", str(muda), "--simular").output
    assert "0 novas, 1 mudada, 0 iguais, 1 ausente (fica)" in rodar("importar", "cadastro", str(muda)).output
    assert "2 linhas em cadastro.xlsx." in rodar("exportar", "cadastro").output
    feito = rodar("exportar", "cadastro", "saida.csv", "--json")
    assert json.loads(feito.output) == {"tipo": "cadastro", "arquivo": "saida.csv", "linhas": 2}
    assert (tmp_path / "saida.csv").read_bytes().startswith("\ufeffCódigo do produto;Nome do produto;".encode())


def test_recusa_mostra_cada_celula_e_escreve_as_linhas_ao_lado(rodar: Rodar, tmp_path: Path, banco_pg: BancoTeste) -> None:
    arquivo = xlsx(tmp_path, ["Lote", "Produto", "Saldo"], ["L1", "A", "dez"], ["L2", "A", 5])
    feito = rodar("importar", "separacoes", str(arquivo))
    assert feito.exit_code == 1
    assert "✗ aba Plan1, C2 (Saldo a expedir): “dez”; esperava um número a partir de 0, como 1.234,56" in feito.output
    assert "Nada foi gravado: 1 linha recusada" in feito.output
    assert (tmp_path / "planilha-rejeitadas.xlsx").exists()
    aceita = rodar("importar", "separacoes", str(arquivo), "--aceitar-validas", "--json")
    resposta = json.loads(aceita.output)
    assert (aceita.exit_code, resposta["novas"], resposta["rejeitadas"], resposta["gravada"]) == (1, 1, 1, True)
    assert resposta["problemas"][0]["celula"] == "C2"
    assert resposta["arquivo_rejeitadas"].endswith("planilha-rejeitadas-2.xlsx")  # a primeira pode estar sendo corrigida
    escolhido = tmp_path / "ruins.csv"
    rodar("importar", "separacoes", str(arquivo), "--rejeitadas", str(escolhido), "--simular")
    assert "Motivo da recusa" in escolhido.read_text("utf-8-sig")
    assert linhas(banco_pg.motor, "SELECT separacao_lote_id FROM separacao") == [("L2",)]


def test_substituir_pergunta_num_terminal_e_sem_ele_pede_sim(rodar: Rodar, tmp_path: Path, banco_pg: BancoTeste) -> None:
    rodar("importar", "pedidos", str(csv(tmp_path, "Lote;Status", "L1;aberto", "L2;aberto")))
    menor = str(csv(tmp_path, "Lote;Status", "L1;aberto"))
    sem = rodar("importar", "pedidos", menor, "--modo", "substituir")
    assert (sem.exit_code, "rode com --sim" in sem.output, "  − L2" in sem.output) == (1, True, True)
    nega = rodar("importar", "pedidos", menor, "--modo", "substituir", entrada="\n", terminal=True)
    assert (nega.exit_code, "Nada foi gravado." in nega.output) == (1, True)
    assert len(linhas(banco_pg.motor, "SELECT 1 FROM pedido")) == 2
    aceita = rodar("importar", "pedidos", menor, "--modo", "substituir", entrada="sim\n", terminal=True)
    assert (aceita.exit_code, "(1 saiu)" in aceita.output) == (0, True)
    rodar("importar", "pedidos", str(csv(tmp_path, "Lote;Status", "L9;aberto")), "--modo", "substituir", "--sim")
    assert linhas(banco_pg.motor, "SELECT separacao_lote_id FROM pedido") == [("L9",)]
    quem, onde = linhas(banco_pg.motor, "SELECT quem, de_onde FROM auditoria ORDER BY id DESC LIMIT 1")[0]
    assert (bool(quem), onde) == (True, "terminal, arquivo planilha.csv")


def test_erros_de_uso_e_de_arquivo(rodar: Rodar, tmp_path: Path) -> None:
    arquivo = str(csv(tmp_path, "Lote;Status", "L1;aberto"))
    junto = rodar("importar", "pedidos", arquivo, "--modo", "substituir", "--aceitar-validas")
    assert "sairiam como se faltassem" in str(junto.exception.format_message())  # type: ignore[union-attr]
    errado = rodar("importar", "cadastro", arquivo)
    assert errado.exit_code == 1
    assert "“Código do produto”" in str(errado.exception)
    assert "manufatura planilha modelo cadastro" in str(errado.exception)
    assert rodar("importar", "pedidos", str(tmp_path / "nao-ha.xlsx")).exit_code == 1
    assert rodar("importar", "pedidos", arquivo, "--aba", "x").exit_code == 1


def test_nao_poder_escrever_as_recusadas_nao_desfaz_a_importacao(rodar: Rodar, tmp_path: Path, banco_pg: BancoTeste) -> None:
    arquivo = csv(tmp_path, "Lote;Produto;Saldo", "L1;A;x", "L2;A;5")
    feito = rodar("importar", "separacoes", str(arquivo), "--aceitar-validas", "--rejeitadas", str(tmp_path / "nao" / "ha" / "r.xlsx"))
    assert "Não consegui escrever" in feito.output
    assert len(linhas(banco_pg.motor, "SELECT 1 FROM separacao")) == 1
