"""As marcas dos testes e o aviso final do que ficou de fora.

- `@pytest.mark.falha(12)`: o teste prova a linha 12 da matriz de falhas (docs/confiabilidade.md).
- `@pytest.mark.requer("root", "strace")`: precisa disso na máquina. Onde falta, o teste não é coletado, e a
  execução termina com "N não executados: falta X". `--exigir-tudo` (o que .ci/run usa) faz disso uma falha.
- `@pytest.mark.requer("odoo_real")`: precisa dos Odoo de verdade; só roda com `--odoo-real` e não entra na conta.
- `@pytest.mark.longo`: varredura de muitos minutos; só roda com `--longo` (make teste-longo) e não entra na conta.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import settings

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _roda(*comando: str) -> bool:
    """Se o programa existe e funciona aqui (num contêiner sem ptrace, o strace existe e não funciona)."""
    if shutil.which(comando[0]) is None:
        return False
    return subprocess.run(comando, capture_output=True, timeout=30, check=False).returncode == 0


def _monta_tmpfs() -> bool:
    """Se dá para montar um tmpfs num espaço de montagem só nosso (some junto com o processo)."""
    return os.geteuid() == 0 and _roda("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt")


REQUISITOS: dict[str, Callable[[], bool]] = {
    "root": lambda: os.geteuid() == 0,
    "tmpfs": _monta_tmpfs,
    "strace": lambda: _roda("strace", "-qq", "-e", "trace=none", "true"),
    "faketime": lambda: _roda("faketime", "2026-01-01 00:00:00", "true"),
    "chromium": lambda: any(shutil.which(nome) for nome in CHROMIUM),
}
FORA_DA_CONTA = "odoo_real"


def _requisitos(item: pytest.Item) -> list[str]:
    return [nome for marca in item.iter_markers("requer") for nome in marca.args]


@lru_cache
def _ha(requisito: str) -> bool:
    if requisito not in REQUISITOS:
        raise pytest.UsageError(f"requer({requisito!r}): não conheço; os que há são {', '.join([*REQUISITOS, FORA_DA_CONTA])}")
    return REQUISITOS[requisito]()


def pytest_addoption(parser: pytest.Parser) -> None:
    grupo = parser.getgroup("manufatura")
    grupo.addoption("--longo", action="store_true", help="roda também as varreduras longas (marca longo)")
    grupo.addoption("--odoo-real", action="store_true", help="roda também os testes nos Odoo de verdade")
    grupo.addoption("--exigir-tudo", action="store_true", help="falha se algum teste ficou de fora por falta de requisito")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "falha(n): prova a linha n da matriz de falhas")
    config.addinivalue_line("markers", "requer(nome, ...): precisa disto na máquina: " + ", ".join([*REQUISITOS, FORA_DA_CONTA]))
    config.addinivalue_line("markers", f"{FORA_DA_CONTA}: posta sozinha em quem requer os Odoo de verdade")
    # Na suíte de sempre os casos ao acaso são os mesmos em toda parte; quem procura casos novos é a longa.
    settings.register_profile("suite", derandomize=not config.getoption("longo"))
    settings.load_profile("suite")
    config.addinivalue_line("markers", "longo: varredura de muitos minutos, só com --longo")
    config.pluginmanager.register(_Contagem(config), "manufatura-contagem")


class _Contagem:
    """Deixa fora o que não pode rodar e soma o que faltou, também quando o xdist coleta em outros processos."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.faltas: Counter[str] = Counter()
        self.fora = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        ficam: list[pytest.Item] = []
        saem: list[pytest.Item] = []
        for item in items:
            if FORA_DA_CONTA in _requisitos(item):
                item.add_marker(FORA_DA_CONTA)  # para `-m odoo_real` escolher só estes
            (ficam if self._pode(item) else saem).append(item)
        if saem:
            items[:] = ficam
            config.hook.pytest_deselected(items=saem)

    def _pode(self, item: pytest.Item) -> bool:
        requisitos = _requisitos(item)
        if item.get_closest_marker("longo") and not self.config.getoption("longo"):
            return False
        if FORA_DA_CONTA in requisitos:
            if not self.config.getoption("odoo_real"):
                return False
            requisitos = [nome for nome in requisitos if nome != FORA_DA_CONTA]
        faltam = [nome for nome in requisitos if not _ha(nome)]
        if faltam:
            self.fora += 1
            self.faltas.update(faltam)
        return not faltam

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        saida = getattr(session.config, "workeroutput", None)
        if saida is not None:  # num processo do xdist: conta ao principal
            saida["nao_executados"] = (self.fora, dict(self.faltas))
        elif self.fora and self.config.getoption("exigir_tudo"):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        fora, faltas = getattr(node, "workeroutput", {}).get("nao_executados", (0, {}))
        if fora > self.fora:  # todos os processos coletam o mesmo: vale um deles
            self.fora, self.faltas = fora, Counter(faltas)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        terminal = config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None or hasattr(config, "workeroutput") or config.getoption("collectonly"):
            return
        terminal.write_line(self.frase(), yellow=bool(self.fora))

    def frase(self) -> str:
        """A última linha de `make teste`: quantos não rodaram e o que faltou."""
        if not self.fora:
            return "0 não executados"
        faltas = ", ".join(f"{nome} ({quantos})" for nome, quantos in sorted(self.faltas.items()))
        return f"{self.fora} não executados: falta {faltas}"


@pytest.fixture
def sem_config() -> Iterator[None]:
    """Esquece a configuração lida antes e depois do teste."""
    from app.config import limpar_config

    limpar_config()
    yield
    limpar_config()


@pytest.fixture(scope="session")
def raiz() -> Path:
    """A pasta do projeto."""
    return Path(__file__).resolve().parents[2]
