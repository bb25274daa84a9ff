"""As migrações: iguais aos modelos, sobem e descem do zero, e um programa velho recusa um banco novo (falha 37)."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from app.banco import embutido, migracao, motor, papeis
from app.banco.erros import EsquemaMaisNovo, EsquemaPendente
from app.banco.nova_revisao import conferir
from app.banco.retrato import diferencas, retrato
from app.config import Config
from tests.apoio.pg import BancoTeste, _abrir, _criar, _fechar

RAIZ = Path(__file__).parents[2]


def _pasta_com_mais_uma(tmp_path: Path, corpo: str) -> Path:
    """Uma cópia das migrações com uma revisão a mais, que faz `corpo`."""
    pasta = tmp_path / "migracoes"
    shutil.copytree(migracao.PASTA, pasta)
    atual = migracao.cabeca()
    (pasta / "versoes" / "9999_a_mais.py").write_text(
        f'from alembic import op\n\nrevision: str = "9999"\ndown_revision: str | None = "{atual}"\n\n'
        f"def upgrade() -> None:\n    {corpo}\n\ndef downgrade() -> None:\n    pass\n"
    )
    return pasta


def test_modelos_e_migracoes_sao_iguais(banco_vazio: BancoTeste, servidor_pg: embutido.ServidorEmbutido) -> None:
    outro = f"{banco_vazio.nome}_modelos"
    _criar(servidor_pg, outro, "template1")
    dos_modelos = _abrir(servidor_pg, outro)
    try:
        assert conferir(dos_modelos.motor_dono, banco_vazio.motor_dono) == []
    finally:
        _fechar(dos_modelos)
        banco_vazio.sql(f"DROP DATABASE {outro} WITH (FORCE)")


def test_sobe_desce_e_sobe_do_zero(banco_vazio: BancoTeste) -> None:
    antes = migracao.migrar(banco_vazio.motor_dono)
    assert (antes.atual, antes.pendente) == (None, True)
    with banco_vazio.motor_dono.connect() as conexao:
        primeiro = retrato(conexao)
    migracao.desfazer(banco_vazio.motor_dono)
    with banco_vazio.motor_dono.connect() as conexao:
        assert retrato(conexao) == {}
    migracao.migrar(banco_vazio.motor_dono)
    with banco_vazio.motor_dono.connect() as conexao:
        assert diferencas(primeiro, retrato(conexao)) == []
    depois = migracao.migrar(banco_vazio.motor_dono)
    assert (depois.atual, depois.pendente) == (migracao.cabeca(), False)


def test_o_retrato_ve_o_que_o_alembic_nao_ve(banco_novo: BancoTeste) -> None:
    with banco_novo.motor_dono.connect() as conexao:
        antes = retrato(conexao)
    banco_novo.sql("ALTER TABLE ordem_producao DROP CONSTRAINT ck_ordem_producao_qtd_planejada")
    banco_novo.sql("DROP INDEX uq_log_integracao_executando")
    banco_novo.sql("CREATE UNIQUE INDEX uq_log_integracao_executando ON log_integracao (job_id) WHERE status = 'erro'")
    with banco_novo.motor_dono.connect() as conexao:
        frases = diferencas(antes, retrato(conexao))
    assert len(frases) == 2, frases


def test_exigir_esquema(banco_vazio: BancoTeste) -> None:
    with pytest.raises(EsquemaPendente, match="manufatura banco migrar"):
        migracao.exigir_esquema(banco_vazio.motor)
    migracao.migrar(banco_vazio.motor_dono)
    migracao.exigir_esquema(banco_vazio.motor)


@pytest.mark.falha(37)
def test_programa_velho_recusa_esquema_novo(banco_novo: BancoTeste, tmp_path: Path) -> None:
    pasta = _pasta_com_mais_uma(tmp_path, "op.execute('CREATE TABLE do_futuro ()')")
    migracao.migrar(banco_novo.motor_dono, pasta=pasta)
    migracao.exigir_esquema(banco_novo.motor, pasta=pasta)
    for tentativa in (migracao.exigir_esquema, migracao.migrar):
        with pytest.raises(EsquemaMaisNovo, match="Instale a versão nova"):
            tentativa(banco_novo.motor_dono)
    with pytest.raises(EsquemaMaisNovo):
        migracao.motor_pronto(Config(database_url=SecretStr(banco_novo.url)))


def _migrar_em_outro_processo(banco: BancoTeste, pasta: Path) -> subprocess.Popen[bytes]:
    programa = (
        "import sys; from pathlib import Path; from app.banco import migracao; from app.banco.motor import criar_motor;"
        " migracao.migrar(criar_motor(sys.argv[1], statement_timeout_s=0), pasta=Path(sys.argv[2]))"
    )
    return subprocess.Popen([sys.executable, "-c", programa, banco.url_dono, str(pasta)], cwd=RAIZ)


@pytest.mark.falha(37)
@pytest.mark.parametrize("alvo", ["programa", "sessao"])
def test_migracao_interrompida_roda_de_novo(banco_novo: BancoTeste, tmp_path: Path, alvo: str) -> None:
    """Morta no meio (tabela criada, revisão por terminar), nada fica; a seguinte sobe inteira."""
    pasta = _pasta_com_mais_uma(tmp_path, "op.execute('CREATE TABLE pela_metade ()'); op.execute('SELECT pg_sleep(100)')")
    processo = _migrar_em_outro_processo(banco_novo, pasta)
    try:
        dormindo = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query = 'SELECT pg_sleep(100)' AND state = 'active'"
        )
        fim = time.monotonic() + 30
        while not (pids := banco_novo.sql(dormindo)):
            assert time.monotonic() < fim
            assert processo.poll() is None
        if alvo == "programa":
            os.kill(processo.pid, signal.SIGKILL)
        else:
            banco_novo.sql("SELECT pg_terminate_backend(%s)", pids[0][0])
        assert processo.wait(timeout=30) != 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            processo.kill()
    # Quem migra agora espera a sessão órfã largar a trava: o servidor percebe sozinho que o cliente morreu.
    boa = _pasta_com_mais_uma(tmp_path / "boa", "op.execute('CREATE TABLE pela_metade ()')")
    antes = migracao.migrar(banco_novo.motor_dono, pasta=boa)
    assert antes.atual == migracao.cabeca()
    assert banco_novo.sql("SELECT count(*) FROM pela_metade") == [(0,)]


def test_dois_processos_migrando_ao_mesmo_tempo(banco_vazio: BancoTeste) -> None:
    processos = [_migrar_em_outro_processo(banco_vazio, migracao.PASTA) for _ in range(3)]
    assert [p.wait(timeout=60) for p in processos] == [0, 0, 0]
    migracao.exigir_esquema(banco_vazio.motor)


def test_motor_pronto_migra_o_embutido_e_pede_no_externo(tmp_path: Path, banco_vazio: BancoTeste) -> None:
    with pytest.raises(EsquemaPendente):
        migracao.motor_pronto(Config(database_url=SecretStr(banco_vazio.url)))
    config = Config(manufatura_dados=tmp_path / "casa")
    try:
        with migracao.motor_pronto(config).connect() as conexao:
            assert conexao.scalar(text("SELECT count(*) FROM pedido_compras")) == 0
    finally:
        motor.esquecer_motores()
        embutido.parar(config.manufatura_dados)


def test_permissoes_vao_ao_papel_da_configuracao(banco_vazio: BancoTeste, servidor_pg: embutido.ServidorEmbutido) -> None:
    """Num servidor externo o papel do programa tem outro nome; as tabelas criadas depois também são dele para usar."""
    papel = f"pcp_{banco_vazio.nome}"
    banco_vazio.sql(f'CREATE ROLE "{papel}" LOGIN')
    try:
        config = Config(database_url=SecretStr(servidor_pg.url(papel, banco_vazio.nome)))
        migracao.migrar(banco_vazio.motor_dono, aplicacao=migracao.papel_da_aplicacao(config))
        banco_vazio.sql("CREATE TABLE criada_depois (n int)")
        with psycopg.connect(servidor_pg.url(papel, banco_vazio.nome), autocommit=True) as conexao:
            conexao.execute("INSERT INTO criada_depois VALUES (1)")
            conexao.execute("INSERT INTO auditoria (quem, acao) VALUES ('x', 'y')")
            for proibido in ("DELETE FROM auditoria", "UPDATE alembic_version SET version_num = ''", "CREATE TABLE minha ()"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conexao.execute(proibido.encode())
        with banco_vazio.motor_dono.begin() as conexao_dono:
            assert papeis.permitir(conexao_dono, "papel_que_nao_ha", None) == []
    finally:
        banco_vazio.sql(f'DROP OWNED BY "{papel}"')
        banco_vazio.sql(f'DROP ROLE "{papel}"')
