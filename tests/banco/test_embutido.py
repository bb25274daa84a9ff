"""O servidor embutido: sobe uma vez só, em qualquer pasta, sem abrir permissões e sem levar nada de quem o ligou."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.banco import binarios, embutido
from app.banco.embutido import ServidorEmbutido
from app.banco.erros import EmbutidoIndisponivel, EmbutidoNaoSubiu, EmbutidoParado
from tests.apoio.pg import matar_servidor


def _quem_sou(servidor: ServidorEmbutido) -> str:
    with psycopg.connect(servidor.url("manufatura")) as conexao:
        (papel,) = conexao.execute("SELECT current_user").fetchone() or (None,)
        return str(papel)


@pytest.fixture
def pasta(tmp_path: Path) -> Iterator[Path]:
    """Uma pasta para casas de servidores, todos parados no fim."""
    yield tmp_path
    for dados in tmp_path.rglob("PG_VERSION"):
        if dados.parent.name.startswith("pg1"):
            embutido.parar(dados.parent.parent)


@pytest.mark.parametrize("nome", ["açúcar & pão", "com 'aspas' \"duplas\" e $HOME", "longo " * 18])
def test_caminhos_dificeis(pasta: Path, nome: str) -> None:
    servidor = embutido.ligar(pasta / nome, descartavel=True)
    assert _quem_sou(servidor) == "manufatura"
    assert (servidor.soquete == servidor.dados) == (len(os.fsencode(servidor.dados)) < embutido.LIMITE_SOQUETE)
    assert stat.S_IMODE(servidor.soquete.stat().st_mode) == 0o700
    assert embutido.parar(servidor.casa)
    assert servidor.soquete == servidor.dados or not servidor.soquete.exists()


def test_varios_processos_ao_mesmo_tempo_fazem_um_servidor_so(pasta: Path) -> None:
    programa = (
        "import sys; from pathlib import Path; from app.banco import embutido; s = embutido.ligar(Path(sys.argv[1]), descartavel=True);"
        " print(embutido.situacao(s.casa).pid)"
    )
    comando = [sys.executable, "-c", programa, str(pasta / "casa")]
    raiz = Path(__file__).parents[2]
    processos = [subprocess.Popen(comando, stdout=subprocess.PIPE, text=True, cwd=raiz) for _ in range(4)]
    saidas = [p.communicate(timeout=60)[0].strip() for p in processos]
    assert [p.returncode for p in processos] == [0] * 4
    assert len(set(saidas)) == 1
    assert saidas[0].isdigit()


def test_o_servidor_nao_herda_arquivos_nem_pai(servidor_proprio: ServidorEmbutido, tmp_path: Path) -> None:
    embutido.parar(servidor_proprio.casa)
    with open(tmp_path / "herdado", "w") as aberto:
        os.set_inheritable(aberto.fileno(), True)
        embutido.ligar(servidor_proprio.casa)
    principal = embutido.situacao(servidor_proprio.casa).pid or 0
    alvos = [os.readlink(descritor) for descritor in Path(f"/proc/{principal}/fd").iterdir()]  # os filhos herdam dele
    fora = [alvo for alvo in alvos if alvo.startswith("/") and not alvo.startswith((str(servidor_proprio.dados), "/dev/"))]
    assert not fora, f"o servidor segura {fora}"
    assert os.getsid(principal) != os.getsid(0)


def test_parar_e_respeitado_por_quem_religa_sozinho(servidor_proprio: ServidorEmbutido) -> None:
    casa = servidor_proprio.casa
    assert embutido.parar(casa)
    assert not embutido.parar(casa)
    assert not embutido.processos(servidor_proprio)
    with pytest.raises(EmbutidoParado):
        embutido.ligar(casa, automatico=True)
    embutido.ligar(casa)
    assert embutido.situacao(casa).ligado
    embutido.ligar(casa, automatico=True)


def test_sobe_depois_de_matarem_so_o_principal(servidor_proprio: ServidorEmbutido) -> None:
    os.kill(embutido.situacao(servidor_proprio.casa).pid or 0, signal.SIGKILL)
    embutido.ligar(servidor_proprio.casa)
    assert _quem_sou(servidor_proprio) == "manufatura"


def test_pid_anotado_que_hoje_e_de_outro_programa(servidor_proprio: ServidorEmbutido) -> None:
    anotacao = servidor_proprio.dados / "postmaster.pid"
    linhas = anotacao.read_text().split("\n")
    matar_servidor(servidor_proprio)
    dono = servidor_proprio.dados.stat()
    troca = {"user": dono.st_uid, "group": dono.st_gid} if os.geteuid() == 0 else {}
    alheio = subprocess.Popen(["sleep", "60"], cwd="/", **troca)  # type: ignore[call-overload]
    try:
        anotacao.write_text("\n".join([str(alheio.pid), *linhas[1:]]))
        embutido.ligar(servidor_proprio.casa)
        assert _quem_sou(servidor_proprio) == "manufatura"
        assert alheio.poll() is None
    finally:
        alheio.kill()
        alheio.wait()


def test_initdb_interrompido_recomeca(pasta: Path) -> None:
    casa = pasta / "casa"
    novo = casa / f"pg{binarios.versao_principal()}.novo"
    novo.mkdir(parents=True)
    (novo / "PG_VERSION").write_text("meio")
    assert _quem_sou(embutido.ligar(casa, descartavel=True)) == "manufatura"
    assert not novo.exists()


def test_pasta_ocupada_por_outra_coisa_e_recusada(pasta: Path) -> None:
    ocupada = pasta / "casa" / f"pg{binarios.versao_principal()}"
    ocupada.mkdir(parents=True)
    if os.geteuid() == 0:
        shutil.chown(ocupada, "nobody")
    (ocupada / "planilha.xls").touch()
    with pytest.raises(EmbutidoNaoSubiu, match="não é um banco"):
        embutido.ligar(pasta / "casa")


def test_pasta_do_soquete_de_outro_e_recusada(pasta: Path) -> None:
    casa = pasta / ("longo" * 20)
    casa.mkdir()
    soquete = embutido._servidor(casa).soquete
    soquete.mkdir(mode=0o755)
    soquete.chmod(0o755)
    try:
        with pytest.raises(EmbutidoIndisponivel, match="não é uma pasta fechada"):
            embutido.ligar(casa, descartavel=True)
    finally:
        soquete.rmdir()


def test_servidor_que_nao_sobe_diz_por_que(servidor_proprio: ServidorEmbutido) -> None:
    embutido.parar(servidor_proprio.casa)
    conf = servidor_proprio.dados / "postgresql.conf"
    original = conf.read_text()
    conf.write_text(original + "\nparametro_que_nao_existe = 1\n")
    with pytest.raises(EmbutidoNaoSubiu, match="parametro_que_nao_existe"):
        embutido.ligar(servidor_proprio.casa, prazo_s=5)
    conf.write_text(original)
    embutido.ligar(servidor_proprio.casa)


@pytest.mark.requer("root")
def test_como_root_serve_sob_pasta_fechada_sem_abrir_nada(pasta: Path) -> None:
    fechada = pasta / "fechada"
    fechada.mkdir(mode=0o700)
    casa = fechada / "mais" / "casa"
    servidor = embutido.ligar(casa, descartavel=True)
    assert _quem_sou(servidor) == "manufatura"
    assert servidor.dados.owner() == "nobody"
    assert {stat.S_IMODE(p.stat().st_mode) for p in (fechada, casa)} == {0o700}
    assert fechada.owner() == casa.owner() == "root"


@pytest.mark.requer("root")
def test_como_root_copia_binarios_que_so_root_alcanca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publica = Path(tempfile.mkdtemp(prefix="manufatura-teste-"))
    try:
        publica.chmod(0o755)
        raiz = binarios.pasta_bin().parents[2]
        so_root = tmp_path / "so root"  # a pasta temporária do pytest é 0700
        for nome in (binarios.PACOTE, f"{binarios.PACOTE}.libs"):
            shutil.copytree(raiz / nome, so_root / nome, symlinks=True)
        monkeypatch.setattr(binarios, "pasta_bin", lambda: so_root / binarios.PACOTE / "pginstall" / "bin")
        monkeypatch.setattr(binarios, "PASTA_PUBLICA", publica / "pg")
        casa = tmp_path / "casa"
        servidor = embutido.ligar(casa, descartavel=True)
        assert _quem_sou(servidor) == "manufatura"
        pid = embutido.situacao(casa).pid
        assert os.readlink(f"/proc/{pid}/exe").startswith(str(publica))
        embutido.parar(casa)
    finally:
        shutil.rmtree(publica)


@pytest.mark.requer("root")
def test_usuario_desconhecido_ou_root_e_recusado(tmp_path: Path) -> None:
    for usuario in ("ninguem-com-este-nome", "root"):
        with pytest.raises(EmbutidoIndisponivel, match=r"MANUFATURA_PG_USUARIO"):
            embutido.ligar(tmp_path / "casa", usuario)


def test_pasta_que_nao_se_pode_criar(tmp_path: Path) -> None:
    (tmp_path / "arquivo").touch()
    with pytest.raises(EmbutidoIndisponivel, match="arquivo"):
        embutido.ligar(tmp_path / "arquivo" / "casa")


def test_trava_presa_por_outro_tem_fim(tmp_path: Path) -> None:
    casa = tmp_path / "casa"
    casa.mkdir()
    with embutido._trava(embutido._servidor(casa), 1), pytest.raises(EmbutidoNaoSubiu, match="outro processo segura"):
        embutido.ligar(casa, prazo_s=0.1)
