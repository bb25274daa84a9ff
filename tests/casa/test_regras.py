"""Regras da casa que nenhuma ferramenta confere: tamanho, relógio, ambiente, esperas, matriz de falhas, setas."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

RAIZ = Path(__file__).resolve().parents[2]
LIMITE_LINHAS = 400
# o motivo, escrito no próprio arquivo: um comentário, ou (numa migração) ser o registro gerado dos modelos
MOTIVOS_DE_TAMANHO = ("# arquivo longo: ", "Gerada dos modelos por app.banco.nova_revisao")
# As linhas da matriz de falhas que esta versão promete (as outras vêm com o relógio, a fila e o painel).
FALHAS_PROMETIDAS = {1, 8, 9, 10, 11, *range(13, 28), *range(30, 37), 41, 42}


def arquivos(*pastas: str) -> list[Path]:
    return sorted(arquivo for pasta in pastas for arquivo in (RAIZ / pasta).rglob("*.py") if "__pycache__" not in arquivo.parts)


@cache
def arvore(arquivo: Path) -> ast.Module:
    return ast.parse(arquivo.read_text(encoding="utf-8"))


def nomes_pontuados(arquivo: Path) -> Iterator[tuple[int, str]]:
    """(linha, 'modulo.atributo') de cada acesso `a.b` ou `a.b.c` no arquivo."""
    for no in ast.walk(arvore(arquivo)):
        if isinstance(no, ast.Attribute):
            yield no.lineno, ast.unparse(no)


def achados(lugares: list[Path], proibidos: set[str], exceto: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    return [
        f"{arquivo.relative_to(RAIZ)}:{linha} {nome}"
        for arquivo in lugares
        if str(arquivo.relative_to(RAIZ)) not in exceto
        for linha, nome in nomes_pontuados(arquivo)
        if nome in proibidos
    ]


def test_nenhum_arquivo_passa_de_400_linhas_sem_motivo() -> None:
    longos = []
    for arquivo in arquivos("app", "bench", "tests", "migracoes"):
        texto = arquivo.read_text(encoding="utf-8")
        if texto.count("\n") > LIMITE_LINHAS and not any(motivo in texto for motivo in MOTIVOS_DE_TAMANHO):
            longos.append(f"{arquivo.relative_to(RAIZ)} ({texto.count(chr(10))} linhas)")
    assert not longos


def test_so_o_relogio_le_as_horas() -> None:
    proibidos = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime", "time.strftime"}
    proibidos |= {f"datetime.{nome}" for nome in ("datetime.now", "datetime.utcnow", "date.today")}
    assert not achados(arquivos("app"), proibidos, {"app/relogio.py"})


def test_so_a_configuracao_le_o_ambiente() -> None:
    assert not achados(arquivos("app"), {"os.environ", "os.getenv", "os.environb"}, {"app/config.py"})


def test_testes_esperam_condicoes_e_nao_o_tempo() -> None:
    assert not achados([arquivo for arquivo in arquivos("tests") if "apoio" not in arquivo.parts], {"time.sleep"})


def test_nenhum_teste_e_pulado() -> None:
    proibidos = {"pytest.skip", "pytest.xfail", "pytest.importorskip", "pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"}
    assert not achados(arquivos("tests"), proibidos, {"tests/casa/test_regras.py"})


def test_listas_de_dados_vao_num_parametro_so() -> None:
    """`.in_(lista)` tem um parâmetro por item, e passa de 65.535 numa fábrica grande: `em` e `em_textos` (app/banco/base.py) não."""
    achadas = []
    for arquivo in arquivos("app"):
        for no in ast.walk(arvore(arquivo)):
            if not (isinstance(no, ast.Call) and isinstance(no.func, ast.Attribute) and no.func.attr in ("in_", "not_in")):
                continue
            lista = no.args[0] if no.args else None
            if not (isinstance(lista, (ast.Tuple, ast.List)) and all(isinstance(item, ast.Constant) for item in lista.elts)):
                achadas.append(f"{arquivo.relative_to(RAIZ)}:{no.lineno} {ast.unparse(no)}")
    assert not achadas


def falhas_provadas() -> set[int]:
    """Os números N que algum teste traz em `@pytest.mark.falha(N)`."""
    provadas: set[int] = set()
    for arquivo in arquivos("tests"):
        for no in ast.walk(arvore(arquivo)):
            if isinstance(no, ast.Call) and ast.unparse(no.func).endswith("mark.falha"):
                provadas |= {a.value for a in no.args if isinstance(a, ast.Constant) and isinstance(a.value, int)}
    return provadas


def test_cada_falha_prometida_tem_um_teste_com_o_numero_dela() -> None:
    assert not FALHAS_PROMETIDAS - falhas_provadas()


def test_cada_modulo_tem_docstring() -> None:
    assert not [str(arquivo.relative_to(RAIZ)) for arquivo in arquivos("app", "bench") if not ast.get_docstring(arvore(arquivo))]


def test_as_setas_de_importacao_valem() -> None:
    comando = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    resultado = subprocess.run(comando, cwd=RAIZ, capture_output=True, text=True, timeout=100, check=False)
    assert resultado.returncode == 0, resultado.stdout + resultado.stderr


@pytest.mark.parametrize("arquivo", sorted(RAIZ.glob("app/comandos/*.py")), ids=lambda caminho: caminho.name)
def test_comandos_nao_imprimem_por_print(arquivo: Path) -> None:
    chamadas = [no.lineno for no in ast.walk(arvore(arquivo)) if isinstance(no, ast.Call) and ast.unparse(no.func) == "print"]
    assert not chamadas
