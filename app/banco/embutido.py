"""O PostgreSQL embutido: um servidor de verdade, só por soquete unix, um por pasta de dados.

Como alcança uma pasta sob outra fechada (`/root`, por exemplo) sem abrir permissão nenhuma: no Linux, initdb e postgres são
executados já dentro da pasta de dados e a recebem como `/proc/self/cwd`. O kernel resolve esse nome pela pasta corrente do
processo, sem percorrer o caminho, e todo processo do servidor a herda; assim `nobody` serve dados que estão sob uma pasta 0700
de root, sem chmod nas pastas de cima e sem dar ao servidor a capacidade de ler o disco inteiro (o que CAP_DAC_READ_SEARCH daria).
De quebra, espaços, acentos e aspas no caminho não passam pelo shell do pg_ctl. Onde não há /proc vai o caminho absoluto.

Segurança: `trust` vale porque só o dono da pasta 0700 (e root) alcança o soquete; não há porta TCP.
Durabilidade: fsync ligado e somas de verificação nas páginas. Não é preciso parar o servidor antes de desligar a máquina.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shlex
import shutil
import signal
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import pq

from app.banco import papeis
from app.banco.binarios import Identidade, identidade, pasta_bin, pasta_bin_para, rodar, versao_principal
from app.banco.erros import DiscoCheio, EmbutidoIndisponivel, EmbutidoNaoSubiu, EmbutidoParado, traduzindo

PORTA = 5432  # só dá nome ao soquete (.s.PGSQL.5432); fixa, para PGPORT não mudar nada
LIMITE_SOQUETE = 85  # sun_path tem 104 bytes (macOS) ou 108 (Linux); o nome do soquete e da trava ocupam o resto
REGISTRO = "servidor.log"
_REGISTRO_MAX = 8 << 20
_PASSAGEIRAS = ("shared memory block", "postmaster.pid", "lock file", "starting up", "shutting down")
_PROC = Path("/proc/self/cwd")


@dataclass(frozen=True, slots=True)
class ServidorEmbutido:
    """Um servidor ligado: `casa` (pasta de dados do programa), `soquete` (pasta do soquete), `dados` (PGDATA), `bin` (programas)."""

    casa: Path
    soquete: Path
    dados: Path
    bin: Path

    def url(self, papel: str, banco: str = "manufatura") -> str:
        """Endereço para psycopg e SQLAlchemy (mesmo texto), sem senha: o soquete é que protege."""
        return f"postgresql://{quote(papel, safe='')}@/{quote(banco, safe='')}?host={quote(str(self.soquete))}&port={PORTA}"


@dataclass(frozen=True, slots=True)
class SituacaoServidor:
    """O que se vê do servidor sem ligá-lo; `versao`, `tamanho_bytes` (do banco) e `conexoes` só existem com ele ligado."""

    ligado: bool
    dados: Path
    soquete: Path
    pid: int | None = None
    versao: str | None = None
    tamanho_bytes: int | None = None
    conexoes: int | None = None


def _servidor(casa: Path) -> ServidorEmbutido:
    casa = casa.resolve()
    dados = casa / f"pg{versao_principal()}"
    soquete = dados
    if len(os.fsencode(dados)) >= LIMITE_SOQUETE:
        # /tmp fixo, e não TMPDIR: dois processos com TMPDIR diferentes têm de achar o mesmo soquete.
        soquete = Path("/tmp") / f"manufatura-pg-{hashlib.sha256(os.fsencode(dados)).hexdigest()[:16]}"  # noqa: S108
    return ServidorEmbutido(casa, soquete, dados, pasta_bin())


def ligar(
    casa: Path, usuario: str | None = None, *, descartavel: bool = False, prazo_s: float = 120.0, automatico: bool = False
) -> ServidorEmbutido:
    """Garante o servidor de `casa` no ar e devolve onde ele está; chamar de novo, ou de muitos processos, não faz nada a mais.

    `usuario` (só como root, e só na criação) é quem roda o servidor. `descartavel` cria o servidor sem fsync: para testes, nunca
    para dados de alguém. `prazo_s` limita a espera pela subida; uma recuperação em curso (o servidor responde que está subindo)
    é esperada até dez vezes isso. `automatico` é de quem religa sem uma pessoa pedir: respeita um `parar` (EmbutidoParado).
    Erros: EmbutidoIndisponivel, EmbutidoNaoSubiu (com o fim do registro do servidor), DiscoCheio.
    """
    try:
        return _ligar(casa.absolute(), usuario, descartavel, prazo_s, automatico)
    except OSError as erro:
        if erro.errno == errno.ENOSPC:
            raise DiscoCheio(detalhe=f"sem espaço em {casa}") from erro
        raise EmbutidoIndisponivel(motivo=f"{erro.filename or casa}: {erro.strerror}") from erro


def _ligar(casa: Path, usuario: str | None, descartavel: bool, prazo_s: float, automatico: bool) -> ServidorEmbutido:
    casa.mkdir(mode=0o700, parents=True, exist_ok=True)
    servidor = _servidor(casa)
    if automatico and _parado(servidor).exists():
        raise EmbutidoParado()
    if _pronto(servidor).exists() and _responde(servidor) == pq.Ping.OK and not _soquete_de_outro(servidor):
        return servidor
    with _trava(servidor, 2 * prazo_s):
        if automatico and _parado(servidor).exists():
            raise EmbutidoParado()
        quem = _dono_dos_dados(servidor) or identidade(usuario)
        if _soquete_de_outro(servidor) or _responde(servidor) != pq.Ping.OK:
            binarios = pasta_bin_para(quem)
            _criar_dados(servidor, binarios, quem, descartavel)
            _pasta_do_soquete(servidor, quem)
            _subir(servidor, binarios, quem, prazo_s)
        if not _pronto(servidor).exists():
            with traduzindo():
                papeis.criar_papeis_e_banco(servidor.url("dono", "postgres"))
            _pronto(servidor).touch(mode=0o600)
        _parado(servidor).unlink(missing_ok=True)
    return servidor


def parar(casa: Path, *, prazo_s: float = 60.0) -> bool:
    """Para o servidor de `casa` (fim ordenado, sem esperar as sessões abertas); devolve se havia um ligado."""
    servidor = _servidor(casa)
    if not servidor.dados.exists():
        return False
    with _trava(servidor, 2 * prazo_s):
        _parado(servidor).touch(mode=0o600)
        pid = _pid(servidor)
        if pid is None or not _e_deste_servidor(pid, servidor):
            return False
        fim = time.monotonic() + prazo_s
        os.kill(pid, signal.SIGINT)
        while _vivo(pid) and _e_deste_servidor(pid, servidor):
            if time.monotonic() > fim:  # parada imediata: o servidor recupera na próxima subida, nada se perde
                os.kill(pid, signal.SIGQUIT)
                fim = time.monotonic() + prazo_s
            time.sleep(0.01)
        if servidor.soquete != servidor.dados:
            shutil.rmtree(servidor.soquete, ignore_errors=True)
    return True


def situacao(casa: Path, banco: str = "manufatura") -> SituacaoServidor:
    """O estado do servidor de `casa`, sem ligá-lo."""
    servidor = _servidor(casa)
    if not servidor.dados.exists() or _responde(servidor) != pq.Ping.OK:
        return SituacaoServidor(False, servidor.dados, servidor.soquete)
    with traduzindo(), psycopg.connect(servidor.url("dono", banco), connect_timeout=10) as conexao:
        linha = conexao.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database()),"
            " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())"
        ).fetchone()
    assert linha is not None
    return SituacaoServidor(True, servidor.dados, servidor.soquete, _pid(servidor), linha[0], linha[1], linha[2])


# --- marcas e trava -------------------------------------------------------------------------------------------------------------


def _pronto(servidor: ServidorEmbutido) -> Path:
    """Marca de que papéis e banco existem (fica na casa: root não escreve dentro da pasta de outro usuário)."""
    return servidor.casa / f"{servidor.dados.name}.pronto"


def _parado(servidor: ServidorEmbutido) -> Path:
    """Marca de que uma pessoa parou o servidor: os processos que ainda rodam não o religam sozinhos."""
    return servidor.casa / f"{servidor.dados.name}.parado"


@contextmanager
def _trava(servidor: ServidorEmbutido, prazo_s: float) -> Iterator[None]:
    """Um processo por vez cria, sobe ou para o servidor. O descritor não é herdado: o servidor não vive com a trava."""
    fim = time.monotonic() + prazo_s
    with open(servidor.casa / f".{servidor.dados.name}.trava", "w") as arquivo:
        while True:
            try:
                fcntl.flock(arquivo, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > fim:
                    raise EmbutidoNaoSubiu(pasta=servidor.dados, detalhe=f"outro processo segura {arquivo.name} há muito tempo.") from None
                time.sleep(0.02)
        yield


# --- processo -------------------------------------------------------------------------------------------------------------------


def _responde(servidor: ServidorEmbutido) -> int:
    # `pg_ctl status` diz "rodando" depois de um kill -9; perguntar pelo soquete não se engana.
    texto = psycopg.conninfo.make_conninfo(host=str(servidor.soquete), port=PORTA, user="dono", dbname="postgres", connect_timeout=5)
    return pq.PGconn.ping(texto.encode())


def _pid(servidor: ServidorEmbutido) -> int | None:
    try:
        return int((servidor.dados / "postmaster.pid").read_text().split("\n")[0])
    except (FileNotFoundError, ValueError):
        return None


def _vivo(pid: int) -> bool:
    """Se o processo existe e não é um zumbi à espera de um pai que não o recolhe (comum em contêineres)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return not Path("/proc/self/stat").exists()


def _e_deste_servidor(pid: int, servidor: ServidorEmbutido) -> bool:
    """Se o processo trabalha dentro da pasta de dados (um pid antigo pode ser hoje de outro programa)."""
    if not _PROC.exists():
        return _vivo(pid)
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", servidor.dados)
    except OSError:
        return False


def processos(servidor: ServidorEmbutido) -> list[int]:
    """Os pids de todos os processos do servidor (Linux): os que têm a pasta de dados como pasta corrente."""
    numeros = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()]
    return [pid for pid in numeros if _e_deste_servidor(pid, servidor) and _vivo(pid)]


def _tirar_pid_alheio(servidor: ServidorEmbutido) -> None:
    """Depois de uma queda da máquina, o pid anotado pode pertencer hoje a outro programa do mesmo usuário, e o PostgreSQL
    se recusaria a subir para sempre. Só apaga a anotação quando nenhum processo do servidor existe."""
    pid = _pid(servidor)
    if pid is not None and _PROC.exists() and _vivo(pid) and not _e_deste_servidor(pid, servidor) and not processos(servidor):
        (servidor.dados / "postmaster.pid").unlink(missing_ok=True)


# --- criação e subida -----------------------------------------------------------------------------------------------------------


def _dono_dos_dados(servidor: ServidorEmbutido) -> Identidade | None:
    """Quem é dono dos dados que já existem é quem roda o servidor, seja qual for a configuração de agora."""
    try:
        ficha = servidor.dados.stat()
    except FileNotFoundError:
        return None
    if ficha.st_uid == 0 or os.geteuid() not in (0, ficha.st_uid):
        raise EmbutidoIndisponivel(motivo=f"a pasta {servidor.dados} pertence a outro usuário (uid {ficha.st_uid})")
    return Identidade(ficha.st_uid, ficha.st_gid)


def _lugar(pasta: Path) -> str:
    return str(_PROC) if _PROC.exists() else str(pasta)


def _criar_dados(servidor: ServidorEmbutido, binarios: Path, quem: Identidade, descartavel: bool) -> None:
    if (servidor.dados / "PG_VERSION").exists():
        return
    if servidor.dados.exists():
        raise EmbutidoNaoSubiu(pasta=servidor.dados, detalhe="a pasta existe e não é um banco de dados; tire-a do caminho.")
    _pronto(servidor).unlink(missing_ok=True)
    novo = servidor.dados.with_name(f"{servidor.dados.name}.novo")
    shutil.rmtree(novo, ignore_errors=True)
    novo.mkdir(mode=0o700)
    if quem.trocar:
        os.chown(novo, quem.uid, quem.gid)
    ajustes = {
        "listen_addresses": "",
        "port": PORTA,
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "cluster_name": "manufatura",
        # Consultas paralelas usam /dev/shm, que em contêineres tem 64 MB; com dois núcleos não fariam falta.
        "max_parallel_workers_per_gather": 0,
        "log_line_prefix": "%m [%p] %q%u@%d %a ",
    }
    if descartavel:
        ajustes |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    comando: list[str | Path] = [binarios / "initdb", "-D", _lugar(novo), "-U", "dono", "-A", "trust", "-E", "UTF8", "-k"]
    # As rodas não trazem ICU; o provedor embutido dá maiúsculas e minúsculas certas com acento, igual em toda máquina.
    comando += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    comando += [f"--set={nome}={valor}" for nome, valor in ajustes.items()] + (["--no-sync"] if descartavel else [])
    saida = rodar(comando, quem, novo)
    if saida.returncode != 0:
        if "No space left" in saida.stdout:
            raise DiscoCheio(detalhe=f"não coube um banco novo em {servidor.casa}")
        raise EmbutidoNaoSubiu(pasta=servidor.dados, detalhe=_fim(saida.stdout))
    novo.rename(servidor.dados)  # só agora existe: uma queda no meio do initdb não deixa meio banco


def _pasta_do_soquete(servidor: ServidorEmbutido, quem: Identidade) -> None:
    """A pasta curta do soquete, 0700 e de quem roda o servidor; recusa uma que outro tenha posto no lugar."""
    if servidor.soquete == servidor.dados:
        return
    try:
        servidor.soquete.mkdir(mode=0o700)
        if quem.trocar:
            os.chown(servidor.soquete, quem.uid, quem.gid)
    except FileExistsError:
        pass
    ficha = servidor.soquete.lstat()
    if not stat.S_ISDIR(ficha.st_mode) or ficha.st_uid != quem.uid or ficha.st_mode & 0o077:
        raise EmbutidoIndisponivel(motivo=f"{servidor.soquete} existe e não é uma pasta fechada do usuário {quem.uid}; apague-a")


def _soquete_de_outro(servidor: ServidorEmbutido) -> bool:
    """Se a pasta do soquete em /tmp é de outro usuário que não o dono dos dados (um servidor falso à nossa espera)."""
    if servidor.soquete == servidor.dados:
        return False
    try:
        return servidor.soquete.lstat().st_uid != servidor.dados.stat().st_uid
    except FileNotFoundError:
        return False


def _subir(servidor: ServidorEmbutido, binarios: Path, quem: Identidade, prazo_s: float) -> None:
    chave = "/proc/self/cwd" if servidor.soquete == servidor.dados and _PROC.exists() else shlex.quote(str(servidor.soquete))
    registro = REGISTRO if _PROC.exists() else str(servidor.dados / REGISTRO)
    comando: list[str | Path] = [binarios / "pg_ctl", "start", "-w", "-s", "-t", "30", "-D", _lugar(servidor.dados)]
    comando += ["-l", registro, "-o", f"-k {chave}"]
    fim, fim_recuperando = time.monotonic() + prazo_s, time.monotonic() + 10 * prazo_s
    arquivo = servidor.dados / REGISTRO
    if arquivo.exists() and arquivo.lstat().st_size > _REGISTRO_MAX:
        arquivo.rename(arquivo.with_suffix(".log.1"))
    definitivas = 0
    while True:
        estado = _responde(servidor)
        if estado == pq.Ping.OK:
            return
        if estado == pq.Ping.REJECT:  # subindo, recuperando ou parando: não é hora de começar outro
            if time.monotonic() > fim_recuperando:
                raise EmbutidoNaoSubiu(pasta=servidor.dados, detalhe=_fim(_ler_registro(arquivo, 0)))
            time.sleep(0.05)
            continue
        _tirar_pid_alheio(servidor)
        antes = arquivo.lstat().st_size if arquivo.exists() else 0
        if rodar(comando, quem, servidor.dados).returncode == 0:
            continue
        dito = _ler_registro(arquivo, antes)
        if "No space left" in dito:
            raise DiscoCheio(detalhe=f"o servidor não conseguiu subir em {servidor.dados}")
        # Depois de um kill -9 os filhos antigos levam 1 a 2 s para sair; até lá o servidor novo se recusa, e com razão.
        definitivas += bool(dito) and not any(texto in dito for texto in _PASSAGEIRAS)
        if definitivas >= 3 or time.monotonic() > fim:
            raise EmbutidoNaoSubiu(pasta=servidor.dados, detalhe=_fim(dito))
        time.sleep(0.1)


def _ler_registro(arquivo: Path, de: int) -> str:
    try:
        fd = os.open(arquivo, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return ""
    with os.fdopen(fd, "rb") as f:
        f.seek(de)
        return f.read(1 << 20).decode("utf-8", "replace")


def _fim(texto: str) -> str:
    linhas = [linha for linha in texto.strip().splitlines() if linha.strip()]
    return " / ".join(linhas[-6:])[-1500:] or "sem explicação no registro do servidor"
