"""As marcas dos testes: o que falta na máquina fica de fora e é contado, também com o xdist."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTES = """
import pytest
from tests.apoio import requisitos

requisitos.REQUISITOS["ha"] = lambda: True
requisitos.REQUISITOS["nao_ha"] = lambda: False

def test_comum(): pass

@pytest.mark.falha(12)
@pytest.mark.requer("ha")
def test_com(): pass

@pytest.mark.requer("ha", "nao_ha")
@pytest.mark.parametrize("n", range(3))
def test_sem(n): raise AssertionError("não era para rodar")

@pytest.mark.requer("odoo_real", "nao_ha")
def test_real(): raise AssertionError("não era para rodar")

@pytest.mark.longo
def test_longo(): raise AssertionError("não era para rodar")
"""


def rodar(raiz: Path, pasta: Path, *opcoes: str, testes: str = TESTES) -> subprocess.CompletedProcess[str]:
    (pasta / "test_exemplo.py").write_text(testes, encoding="utf-8")
    comando = [sys.executable, "-m", "pytest", "-p", "tests.apoio.requisitos", "--rootdir", str(pasta), "-c", "/dev/null", "-q", *opcoes]
    ambiente = {"PYTHONPATH": str(raiz), "PATH": "/usr/bin:/bin", "HOME": str(pasta)}
    return subprocess.run([*comando, str(pasta)], cwd=pasta, env=ambiente, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize("opcoes", [["-n0"], ["-n2"]])
def test_conta_o_que_ficou_de_fora(raiz: Path, tmp_path: Path, opcoes: list[str]) -> None:
    saida = rodar(raiz, tmp_path, *opcoes)
    assert saida.returncode == 0, saida.stdout + saida.stderr
    assert "2 passed" in saida.stdout
    assert saida.stdout.splitlines()[-1] == "3 não executados: falta nao_ha (3)"


@pytest.mark.parametrize("opcoes", [["-n0"], ["-n2"]])
def test_exigir_tudo_faz_disso_uma_falha(raiz: Path, tmp_path: Path, opcoes: list[str]) -> None:
    assert rodar(raiz, tmp_path, "--exigir-tudo", *opcoes).returncode == 1
    assert rodar(raiz, tmp_path, "--exigir-tudo", *opcoes, testes="def test_comum(): pass").returncode == 0


def test_longo_e_odoo_real_so_quando_pedidos(raiz: Path, tmp_path: Path) -> None:
    saida = rodar(raiz, tmp_path, "-n0", "--longo", "--odoo-real")
    assert "FAILED test_exemplo.py::test_longo" in saida.stdout
    assert saida.stdout.splitlines()[-1] == "4 não executados: falta nao_ha (4)"  # pedido o Odoo de verdade, ele entra na conta


def test_so_os_do_odoo_de_verdade(raiz: Path, tmp_path: Path) -> None:
    testes = "import pytest\n@pytest.mark.requer('odoo_real')\ndef test_real(): pass\n@pytest.mark.requer('root')\ndef test_outro(): pass"
    assert "1 passed" in rodar(raiz, tmp_path, "-n0", "--odoo-real", "-m", "odoo_real", testes=testes).stdout


def test_requisito_desconhecido_e_erro(raiz: Path, tmp_path: Path) -> None:
    saida = rodar(raiz, tmp_path, "-n0", testes="import pytest\n@pytest.mark.requer('telepatia')\ndef test_x(): pass")
    assert saida.returncode != 0
    assert "telepatia" in saida.stdout + saida.stderr
