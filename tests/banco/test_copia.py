"""Cópias: o que se copia volta inteiro, o banco de antes fica guardado, e nenhum número de ordem se repete (falha 38)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.engine import URL

from app.banco import copia, embutido, migracao, motor, numeracao
from app.banco.embutido import ServidorEmbutido
from app.banco.erros import BancoComDados, CopiaInvalida, EsquemaMaisNovo, FerramentaAntiga, SemDireitoDeCriarBanco, ServidorForaDoAr
from app.config import Config
from tests.apoio.pg import BancoTeste

RAIZ = Path(__file__).parents[2]
HOJE = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
ORDEM = (
    "INSERT INTO ordem_producao (numero_ordem, origem_ordem, status, cod_produto, qtd_planejada, criado_por)"
    " SELECT 'OP-' || lpad((currval_ + n)::text, 6, '0'), 'Manual', 'Liberada', 'x', 1, 'teste'"
    " FROM generate_series(1, {n}) n, (SELECT coalesce(max(numero), 0) AS currval_ FROM ordem_producao) m"
)


@pytest.fixture
def config(banco_novo: BancoTeste, tmp_path: Path) -> Iterator[Config]:
    """Configuração de um servidor externo (o de teste), com cópias numa pasta própria."""
    yield Config(
        database_url=SecretStr(banco_novo.url),
        database_url_migracao=SecretStr(banco_novo.url_dono),
        manufatura_dados=tmp_path,
        manufatura_copia_dir=tmp_path / "cópias de segurança",
    )
    for (nome,) in banco_novo.sql("SELECT datname FROM pg_database WHERE datname LIKE %s", f"{banco_novo.nome}\\_%"):
        banco_novo.sql(f'DROP DATABASE "{nome}" WITH (FORCE)')


@pytest.mark.falha(38)
def test_restaurar_copia_de_dois_dias_nao_repete_numero(config: Config, banco_novo: BancoTeste) -> None:
    banco_novo.sql(ORDEM.format(n=5))
    arquivo = copia.copiar(config, HOJE)
    assert arquivo.stat().st_mode & 0o777 == 0o600
    banco_novo.sql(ORDEM.format(n=40))
    banco_novo.sql("DELETE FROM ordem_producao WHERE numero > 20")  # números dados e já sem rastro na tabela
    with pytest.raises(BancoComDados, match="ordem_producao"):
        copia.restaurar(config, arquivo, HOJE)

    feito = copia.restaurar(config, arquivo, HOJE, sim=True, maior_no_odoo=lambda: 77)

    assert feito.proximo_numero == 77 + numeracao.FOLGA
    assert banco_novo.sql("SELECT max(numero), count(*) FROM ordem_producao") == [(5, 5)]
    banco_novo.sql(ORDEM.format(n=1))
    assert banco_novo.sql("SELECT max(numero) FROM ordem_producao") == [(1077,)]
    assert feito.banco_anterior is not None
    antes = banco_novo.url_dono.replace(banco_novo.nome, feito.banco_anterior)
    with psycopg.connect(antes) as conexao:
        assert conexao.execute("SELECT count(*) FROM ordem_producao").fetchone() == (20,)
    with motor.motor_aplicacao(config).begin() as com_papel:  # o papel do programa continua podendo o que podia, e só
        com_papel.execute(text("INSERT INTO auditoria (quem, acao) VALUES ('x', 'y')"))
    assert feito.revisao == migracao.cabeca()


def test_sem_odoo_vale_o_maior_daqui(config: Config, banco_novo: BancoTeste) -> None:
    banco_novo.sql(ORDEM.format(n=5))
    arquivo = copia.copiar(config, HOJE)
    banco_novo.sql(ORDEM.format(n=25))
    assert copia.restaurar(config, arquivo, HOJE, sim=True).proximo_numero == 30 + numeracao.FOLGA


def test_restaurar_num_banco_sem_tabelas(config: Config, banco_novo: BancoTeste, banco_vazio: BancoTeste) -> None:
    banco_novo.sql(ORDEM.format(n=3))
    arquivo = copia.copiar(config, HOJE)
    outra = config.model_copy(update={"database_url": SecretStr(banco_vazio.url), "database_url_migracao": SecretStr(banco_vazio.url_dono)})
    feito = copia.restaurar(outra, arquivo, HOJE)
    assert feito.banco_anterior is None
    assert banco_vazio.sql("SELECT count(*) FROM ordem_producao") == [(3,)]


def test_copia_de_programa_mais_novo_e_recusada_antes_de_tudo(config: Config, banco_novo: BancoTeste, banco_vazio: BancoTeste) -> None:
    banco_novo.sql("UPDATE alembic_version SET version_num = '9999'")
    arquivo = copia.copiar(config, HOJE)
    outra = config.model_copy(update={"database_url_migracao": SecretStr(banco_vazio.url_dono)})
    with pytest.raises(EsquemaMaisNovo):
        copia.restaurar(outra, arquivo, HOJE, sim=True)
    assert banco_vazio.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


@pytest.mark.parametrize("conteudo", [None, b"", b"isto nao e uma copia"])
def test_arquivo_que_nao_e_copia(config: Config, tmp_path: Path, conteudo: bytes | None) -> None:
    arquivo = tmp_path / "x.dump"
    if conteudo is not None:
        arquivo.write_bytes(conteudo)
    with pytest.raises(CopiaInvalida):
        copia.restaurar(config, arquivo, HOJE, sim=True)


def test_copia_cortada_nao_troca_o_banco(config: Config, banco_novo: BancoTeste, tmp_path: Path) -> None:
    banco_novo.sql(ORDEM.format(n=5000))
    inteira = copia.copiar(config, HOJE).read_bytes()
    cortada = tmp_path / "cortada.dump"
    cortada.write_bytes(inteira[: len(inteira) // 2])
    with pytest.raises(Exception, match=r"o banco ficou como estava|não é uma cópia"):
        copia.restaurar(config, cortada, HOJE, sim=True)
    assert banco_novo.sql("SELECT count(*) FROM ordem_producao") == [(5000,)]
    assert banco_novo.sql("SELECT datname FROM pg_database WHERE datname LIKE %s", f"{banco_novo.nome}\\_novo%") == []


def test_copias_velhas_saem_e_a_mais_nova_fica(config: Config) -> None:
    feitas = [copia.copiar(config, HOJE + timedelta(days=dias)) for dias in (0, 1, 20)]
    alheio = feitas[0].with_name("minha.dump")
    alheio.touch()
    assert copia.copias(copia.pasta_das_copias(config)) == [feitas[2]]
    assert alheio.exists()
    assert not list(feitas[0].parent.glob("*.parcial"))


def test_servidor_mais_novo_que_o_pg_dump(monkeypatch: pytest.MonkeyPatch, config: Config) -> None:
    monkeypatch.setattr(copia, "_versao_do_servidor", lambda _config: 99)
    with pytest.raises(FerramentaAntiga, match="postgresql-client"):
        copia.copiar(config, HOJE)


def test_sem_direito_de_criar_banco(config: Config, banco_novo: BancoTeste, servidor_pg: ServidorEmbutido) -> None:
    arquivo = copia.copiar(config, HOJE)
    papel = f"fraco_{banco_novo.nome}"
    banco_novo.sql(f'CREATE ROLE "{papel}" LOGIN')
    banco_novo.sql(f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{papel}"; GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO "{papel}"')
    fraca = config.model_copy(update={"database_url_migracao": SecretStr(servidor_pg.url(papel, banco_novo.nome))})
    try:
        with pytest.raises(SemDireitoDeCriarBanco, match="CREATEDB"):
            copia.restaurar(fraca, arquivo, HOJE, sim=True)
    finally:
        banco_novo.sql(f'DROP OWNED BY "{papel}"')
        banco_novo.sql(f'DROP ROLE "{papel}"')


def test_a_senha_vai_pelo_ambiente(monkeypatch: pytest.MonkeyPatch) -> None:
    vistos: list[tuple[list[str], dict[str, str]]] = []

    def falso(partes: list[str], *, env: dict[str, str], **_resto: object) -> subprocess.CompletedProcess[bytes]:
        vistos.append(([str(p) for p in partes], env))
        return subprocess.CompletedProcess(partes, 0, b"", b"")

    monkeypatch.setattr(copia.subprocess, "run", falso)
    for endereco in ("postgresql+psycopg://u:canario@h:5433/b?sslmode=require", "postgresql+psycopg://u@h/b?password=canario"):
        from sqlalchemy import make_url

        url: URL = make_url(endereco)
        copia._rodar(["pg_dump"], url)
    for argumentos, ambiente in vistos:
        assert "canario" not in " ".join(argumentos)
        assert ambiente["PGPASSWORD"] == "canario"


def test_copiar_com_o_servidor_fora_do_ar(tmp_path: Path) -> None:
    config = Config(database_url=SecretStr("postgresql://u:segredo@127.0.0.1:1/b"), manufatura_dados=tmp_path)
    with pytest.raises(ServidorForaDoAr):
        copia.copiar(config, HOJE)


def _manufatura(casa: Path, *argumentos: str, codigo: int = 0) -> str:
    """Roda o programa como uma pessoa rodaria, só com MANUFATURA_DADOS, e confere o código de saída."""
    ambiente = {
        "PATH": os.environ["PATH"],
        "MANUFATURA_DADOS": str(casa),
        "PYTHONPATH": os.pathsep.join([str(RAIZ), *sys.path]),
        "LC_ALL": "C.UTF-8",
    }
    feito = subprocess.run(
        [sys.executable, "-m", "app", "banco", *argumentos], env=ambiente, cwd=casa.parent, capture_output=True, text=True, check=False
    )
    assert feito.returncode == codigo, feito.stdout + feito.stderr
    assert "Traceback" not in feito.stderr
    return feito.stdout + feito.stderr


def test_os_comandos_no_banco_embutido(tmp_path: Path) -> None:
    casa = tmp_path / "dados da fábrica"
    try:
        assert json.loads(_manufatura(casa, "situacao", "--json"))["ligado"] is False
        assert "para a" in _manufatura(casa, "migrar")
        assert "já estava" in _manufatura(casa, "migrar")
        visto = json.loads(_manufatura(casa, "situacao", "--json"))
        assert (visto["ligado"], visto["esquema"], visto["revisao"]) == (True, "em dia", migracao.cabeca())
        assert "Cópia feita" in _manufatura(casa, "copiar")
        (arquivo,) = (casa / "copias").glob("*.dump")
        assert "1.000" in _manufatura(casa, "restaurar", str(arquivo))
        assert json.loads(_manufatura(casa, "situacao", "--json"))["ultima_copia"] == str(arquivo)
        assert "não é uma cópia" in _manufatura(casa, "restaurar", str(casa / "nada.dump"), codigo=4)
        assert "parado" in _manufatura(casa, "parar")
        assert "já estava parado" in _manufatura(casa, "parar")
    finally:
        embutido.parar(casa)
