"""`manufatura ordem`: criar (uma, ou um arquivo inteiro), listar e ver; números e códigos."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr
from sqlalchemy import Engine, text

from app.comandos.ordem import comando, ler_data, ler_numero, ler_quantidade, ler_status
from app.config import Config, definir_config, limpar_config
from app.erros import ErroManufatura
from app.manufatura.jobs import base_job
from app.manufatura.jobs.ordem_producao import gerar_numero_ordem
from app.manufatura.services import ordens_novas
from app.manufatura.services.ordens import Autor, Status
from app.manufatura.services.ordens_novas import NovaOrdem
from tests.apoio.pg import BancoTeste

PRODUTOS = """
INSERT INTO odoo_produto (odoo_id, codigo, nome, ativo) VALUES
    (10, 'M1', 'Mesa', true), (11, '007', 'Cadeira', true), (12, 'R1', 'Repetido', true), (13, 'R1', 'Outro repetido', true),
    (14, 'V1', 'Velho', false), (15, 'V1', 'Novo', true);
INSERT INTO cadastro_palletizacao (cod_produto, nome_produto, odoo_produto_id) VALUES
    ('M1', 'Mesa do cadastro', 10), ('C1', 'Só aqui', NULL);
"""


@pytest.fixture
def banco(banco_pg: BancoTeste) -> Iterator[BancoTeste]:
    """Um banco com alguns produtos, que é o da configuração deste processo."""
    with banco_pg.motor.begin() as conexao:
        conexao.exec_driver_sql(PRODUTOS)
    definir_config(Config.model_validate({"database_url": SecretStr(banco_pg.url), "database_url_migracao": SecretStr(banco_pg.url_dono)}))
    base_job.motor_do_processo.cache_clear()
    yield banco_pg
    base_job.motor_do_processo.cache_clear()
    limpar_config()


def rodar(*argumentos: str) -> Result:
    return CliRunner().invoke(comando, list(argumentos))


def certo(*argumentos: str) -> str:
    saida = rodar(*argumentos)
    assert saida.exit_code == 0, saida.output or saida.exception
    return saida.output


def recusado(*argumentos: str) -> str:
    """A mensagem do erro; o programa sai com 2 (uso)."""
    saida = rodar(*argumentos)
    if isinstance(saida.exception, ErroManufatura):
        assert saida.exception.codigo_saida == 2
        return saida.exception.mensagem
    assert saida.exit_code == 2, saida.output
    return saida.output


def ordens(banco: BancoTeste) -> list[tuple[Any, ...]]:
    return banco.sql("SELECT numero_ordem, status, cod_produto, qtd_planejada FROM ordem_producao ORDER BY numero")


# --- criar ----------------------------------------------------------------------------------------------------------------------


def test_criar_libera_e_audita(banco: BancoTeste) -> None:
    assert certo("criar", "M1", "1.234,5") == "Ordem OP-000001 criada, Liberada: 1.234,5 de M1 (Mesa).\n"
    linha = banco.sql("SELECT origem_ordem, criado_por, odoo_produto_id, qtd_produzida, qtd_planejada FROM ordem_producao")[0]
    assert (linha[0], linha[2], linha[3], linha[4]) == ("Manual", 10, 0, Decimal("1234.5"))
    ((quem, de_onde, acao, depois),) = banco.sql("SELECT quem, de_onde, acao, depois FROM auditoria")
    assert (quem, de_onde, acao) == (linha[1], "terminal", "ordem criar")
    assert depois == {"numero_ordem": "OP-000001", "status": "Liberada", "cod_produto": "M1", "qtd_planejada": "1234.5"}


def test_criar_planejada_com_datas_e_linha(banco: BancoTeste) -> None:
    saida = certo("criar", " 007 ", "3", "--planejada", "--inicio", "24/11/2026", "--fim", "2026-11-30", "--linha", "L2", "--json")
    ordem = json.loads(saida)
    assert (ordem["status"], ordem["cod_produto"], ordem["qtd_planejada"]) == ("Planejada", "007", "3")
    assert (ordem["data_inicio_prevista"], ordem["data_fim_prevista"], ordem["linha_producao"]) == ("2026-11-24", "2026-11-30", "L2")
    assert "fim previsto" in recusado("criar", "M1", "1", "--inicio", "24/11/2026", "--fim", "23/11/2026")


def test_produto_so_do_cadastro_e_produto_novo_com_codigo_de_um_arquivado(banco: BancoTeste) -> None:
    certo("criar", "C1", "1")
    certo("criar", "V1", "1")
    assert banco.sql("SELECT cod_produto, nome_produto, odoo_produto_id FROM ordem_producao ORDER BY numero") == [
        ("C1", "Só aqui", None),
        ("V1", "Novo", 15),
    ]


def test_produto_desconhecido_e_repetido(banco: BancoTeste) -> None:
    assert "manufatura importar cadastros" in recusado("criar", "7", "1")
    mensagem = recusado("criar", "R1", "1")
    assert "12 (Repetido); 13 (Outro repetido)" in mensagem
    assert "--produto-odoo" in mensagem
    certo("criar", "R1", "1", "--produto-odoo", "13")
    assert banco.sql("SELECT odoo_produto_id FROM ordem_producao") == [(13,)]
    assert "tem o código M1" in recusado("criar", "R1", "1", "--produto-odoo", "10")
    assert "não está entre" in recusado("criar", "R1", "1", "--produto-odoo", "99")


def test_numero_dado_e_a_sequencia_adiante(banco: BancoTeste) -> None:
    certo("criar", "M1", "1", "--numero", "OP-000016")
    certo("criar", "M1", "1", "--numero", "3")
    certo("criar", "M1", "1")
    assert [o[0] for o in ordens(banco)] == ["OP-000003", "OP-000016", "OP-000017"]
    assert "OP-000016 já é de outra ordem" in recusado("criar", "M1", "1", "--numero", "op-16")
    assert "longe demais" in recusado("criar", "M1", "1", "--numero", "9000000")
    assert gerar_numero_ordem() == "OP-000018"


def test_numero_passa_de_seis_algarismos(banco: BancoTeste) -> None:
    certo("criar", "M1", "1", "--numero", "999999")
    certo("criar", "M1", "1")
    certo("criar", "M1", "1", "--numero", "5")
    assert [o[0] for o in ordens(banco)] == ["OP-000005", "OP-999999", "OP-1000000"]
    assert gerar_numero_ordem() == "OP-1000001"


def test_numeros_dados_e_tirados_ao_mesmo_tempo_nunca_se_repetem(motor: Engine, banco: BancoTeste) -> None:
    def criar(i: int) -> str | None:
        nova = NovaOrdem("M1", Decimal(1), numero=100 + 10 * i if i % 4 == 0 else None)
        try:
            with motor.begin() as conexao:
                return str(ordens_novas.criar(conexao, [nova], Autor("ana", "teste"))[0]["numero_ordem"])
        except ordens_novas.NumeroEmUso:
            assert nova.numero is not None  # só quem deu o número pode encontrá-lo tomado
            return None

    with ThreadPoolExecutor(8) as linhas:
        feitas = list(linhas.map(criar, range(400)))
    criadas = [n for n in feitas if n is not None]
    assert len(set(criadas)) == len(criadas) >= 300
    assert len(ordens(banco)) == len(criadas)


@pytest.mark.parametrize("ruim", ["0", "-1", "12.5", "1.23,4", "1,2,3", "mil", "", "1e3", "NaN"])
def test_quantidade_que_nao_serve(ruim: str, banco: BancoTeste) -> None:
    with pytest.raises(click.BadParameter):
        ler_quantidade(ruim)
    assert rodar("criar", "M1", "--", ruim).exit_code == 2
    assert ordens(banco) == []


@pytest.mark.parametrize(
    ("escrita", "valor"), [("1.234,5", "1234.5"), ("12", "12"), ("0,001", "0.001"), ("1.000.000", "1000000"), (" 7 ", "7")]
)
def test_quantidade_brasileira(escrita: str, valor: str) -> None:
    assert ler_quantidade(escrita) == Decimal(valor)


def test_numero_data_e_status_como_as_pessoas_escrevem() -> None:
    assert [ler_numero(n) for n in ("OP-000016", "op-16", "16", " 0016 ", "OP-1000000")] == [16, 16, 16, 16, 1_000_000]
    for ruim in ("0", "OP-", "OP-16-001", "16a", "OP-000000"):
        with pytest.raises(click.BadParameter):
            ler_numero(ruim)
    assert (ler_data("24/11/2026"), ler_data("2026-11-24")) == (date(2026, 11, 24), date(2026, 11, 24))
    for ruim in ("31/02/2026", "24-11-2026", "ontem"):
        with pytest.raises(click.BadParameter):
            ler_data(ruim)
    assert [ler_status(s) for s in ("em producao", "Em Produção", "LIBERADA", "concluida")] == [
        Status.EM_PRODUCAO,
        Status.EM_PRODUCAO,
        Status.LIBERADA,
        Status.CONCLUIDA,
    ]


# --- arquivo --------------------------------------------------------------------------------------------------------------------


def test_arquivo_cria_todas(banco: BancoTeste, tmp_path: Path) -> None:
    arquivo = tmp_path / "ordens.csv"
    arquivo.write_text("\ufeffNúmero;Código;Quantidade\r\nOP-000005;M1;1.000,5\r\n;007;2\r\n\r\n7;C1;3\r\n", encoding="utf-8")
    assert certo("criar", "--arquivo", str(arquivo)) == "3 ordens criadas, Liberadas.\n"
    assert ordens(banco) == [
        ("OP-000005", "Liberada", "M1", Decimal("1000.5")),
        ("OP-000007", "Liberada", "C1", Decimal(3)),
        ("OP-000008", "Liberada", "007", Decimal(2)),
    ]
    assert banco.sql("SELECT DISTINCT de_onde FROM auditoria") == [("terminal, arquivo ordens.csv",)]


def test_arquivo_ruim_nao_cria_nenhuma_e_diz_cada_linha(banco: BancoTeste, tmp_path: Path) -> None:
    certo("criar", "M1", "1", "--numero", "9")
    arquivo = tmp_path / "ordens.csv"
    arquivo.write_text("numero;codigo;quantidade\n;M1;1\n9;M1;1\n;NADA;2\n;R1;1\n;M1;12.5\n20;M1;1\n20;M1;1\n;;1\n", encoding="utf-8")
    mensagem = recusado("criar", "--arquivo", str(arquivo))
    for trecho in (
        "linha 3: O número OP-000009",
        "linha 4: O produto NADA",
        "linha 5: O código R1",
        "linha 6: '12.5'",
        "linha 9: O produto (vazio)",
    ):
        assert trecho in mensagem
    assert "linha 7: A ordem não pode ser criada: o número OP-000020 aparece mais de uma vez" in mensagem
    assert "linha 2:" not in mensagem
    assert "tem 7 linhas a corrigir" in mensagem
    assert len(ordens(banco)) == 1


@pytest.mark.parametrize("conteudo", ["", "a;b;c\n", "numero;codigo;quantidade\n", "numero,codigo,quantidade\n1,M1,1\n"])
def test_arquivo_que_nao_e_de_ordens(conteudo: str, banco: BancoTeste, tmp_path: Path) -> None:
    arquivo = tmp_path / "ordens.csv"
    arquivo.write_text(conteudo, encoding="utf-8")
    assert "ordens.csv" in recusado("criar", "--arquivo", str(arquivo))


def test_arquivo_em_outra_codificacao_ou_ausente(banco: BancoTeste, tmp_path: Path) -> None:
    arquivo = tmp_path / "ordens.csv"
    arquivo.write_bytes("número;código;quantidade\n".encode("latin-1"))
    assert "UTF-8" in recusado("criar", "--arquivo", str(arquivo))
    assert "não consegui ler" in recusado("criar", "--arquivo", str(tmp_path / "nada.csv"))
    assert "vêm dele" in recusado("criar", "M1", "1", "--arquivo", str(arquivo))
    assert "produto e a quantidade" in recusado("criar", "M1")


# --- listar e ver -----------------------------------------------------------------------------------------------------------------


def test_listar_em_ordem_de_numero_e_com_filtros(banco: BancoTeste) -> None:
    certo("criar", "M1", "1", "--numero", "999999", "--fim", "01/01/2020")
    certo("criar", "007", "2.500", "--planejada")
    certo("criar", "M1", "3", "--numero", "2")
    linhas = certo("listar").splitlines()
    assert [linha.split("\t")[0] for linha in linhas] == ["ordem", "OP-000002", "OP-999999", "OP-1000000"]
    assert linhas[3].split("\t")[4] == "2.500"

    def numeros(*filtros: str) -> list[str]:
        return [o["numero_ordem"] for o in json.loads(certo("listar", "--json", *filtros))]

    assert numeros("--status", "planejada") == ["OP-1000000"]
    assert numeros("--status", "planejada", "--status", "Liberada", "--limite", "2") == ["OP-000002", "OP-999999"]
    assert numeros("--produto", "007") == ["OP-1000000"]
    assert numeros("--atrasadas") == ["OP-999999"]
    with banco.motor.begin() as conexao:
        conexao.execute(text("UPDATE ordem_producao SET status = 'Concluída'"))
    assert numeros("--atrasadas") == []
    assert "Nenhuma ordem assim" in certo("listar", "--produto", "X")
    assert "não é um estado" in recusado("listar", "--status", "feita")


def test_ver_mostra_familia_movimentos_pendente_e_avisos(banco: BancoTeste) -> None:
    certo("criar", "M1", "10", "--numero", "16")
    with banco.motor.begin() as conexao:
        conexao.exec_driver_sql("""
            INSERT INTO odoo_op (odoo_id, nome, estado, produto_id, fim, ordem_producao_id)
                SELECT 30, 'OP-000016-001', 'done', 10, '2026-12-01 01:30+00', id FROM ordem_producao;
            INSERT INTO odoo_op (odoo_id, nome, estado, produto_id, ordem_producao_id)
                SELECT 31, 'OP-000016-002', 'progress', 10, id FROM ordem_producao;
            INSERT INTO movimentacao_estoque (tipo_movimentacao, cod_produto, qtd_movimentacao, data_movimentacao, ordem_producao_id,
                origem, referencia) SELECT 'PRODUCAO', 'M1', 4, '2026-12-01 01:30+00', id, 'Odoo', 'OP-000016-001' FROM ordem_producao;
            UPDATE ordem_producao SET qtd_produzida = 4, status = 'Em Produção';
            INSERT INTO aviso (tipo, severidade, chave, mensagem) VALUES ('x', 'atencao', 'OP-000016', 'olhe isto');""")
    saida = certo("ver", "16")
    for trecho in (
        "OP-000016 · Em Produção · M1 Mesa",
        "pendente\t6",
        "OP-000016-001\tfeita\t30/11/2026 22:30:00",
        "em andamento",
        "olhe isto",
    ):
        assert trecho in saida
    dados = json.loads(certo("ver", "OP-000016", "--json"))
    assert (dados["qtd_pendente"], len(dados["familia"]), dados["movimentos"][0]["qtd_movimentacao"]) == ("6", 2, "4")
    assert "Não há ordem com o número OP-000099" in recusado("ver", "99")
