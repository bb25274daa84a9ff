"""O programa manufatura: ajuda em português, códigos de saída, rapidez, e o comando config sem segredos."""

from __future__ import annotations

import ast
import json
import logging
import os
import resource
import subprocess
import sys
from pathlib import Path

import click
import pytest

from app.comandos import COMANDOS, _UmaLinha, portugues, principal
from app.config import Config

CANARIO = "canario-51ab-segredo"


def rodar(*argumentos: str, pasta: Path, raiz: Path, **ambiente: str) -> subprocess.CompletedProcess[str]:
    base = {nome: valor for nome, valor in os.environ.items() if nome in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "-m", "app", *argumentos],
        cwd=pasta,
        env={**base, "PYTHONPATH": str(raiz), **ambiente},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_ajuda_e_toda_em_portugues(tmp_path: Path, raiz: Path) -> None:
    saida = rodar("--help", pasta=tmp_path, raiz=raiz)
    assert saida.returncode == 0
    for palavra in ("Uso: manufatura [OPÇÕES] COMANDO [ARGUMENTOS]...", "Opções:", "Comandos:", "Mostra esta ajuda e sai."):
        assert palavra in saida.stdout
    for palavra in ("Usage", "Options", "Commands", "Show this", "ARGS"):
        assert palavra not in saida.stdout


@pytest.mark.parametrize("nome", sorted(COMANDOS))
def test_cada_comando_existe_e_tem_ajuda_em_portugues(nome: str, tmp_path: Path, raiz: Path) -> None:
    saida = rodar(nome, "--help", pasta=tmp_path, raiz=raiz)
    assert saida.returncode == 0, saida.stderr
    assert f"Uso: manufatura {nome} [OPÇÕES]" in saida.stdout
    assert "Show this" not in saida.stdout


def test_ajuda_responde_depressa(tmp_path: Path, raiz: Path) -> None:
    tempos = []
    for _ in range(5):
        antes = resource.getrusage(resource.RUSAGE_CHILDREN)
        rodar("--help", pasta=tmp_path, raiz=raiz)
        depois = resource.getrusage(resource.RUSAGE_CHILDREN)
        tempos.append(depois.ru_utime + depois.ru_stime - antes.ru_utime - antes.ru_stime)
    assert min(tempos) < 0.25  # tempo de processador: o de relógio depende do que mais roda na máquina


def test_ajuda_nao_importa_nada_pesado(tmp_path: Path, raiz: Path) -> None:
    codigo = "import sys; import app.comandos; print(sorted({'pydantic', 'sqlalchemy', 'rich', 'httpcore', 'flask'} & set(sys.modules)))"
    saida = subprocess.run([sys.executable, "-c", codigo], cwd=raiz, capture_output=True, text=True, timeout=60, check=True)
    assert saida.stdout.strip() == "[]"


def test_todo_texto_do_click_esta_traduzido() -> None:
    textos = set()
    for arquivo in Path(click.__file__).parent.glob("*.py"):
        for no in ast.walk(ast.parse(arquivo.read_text(encoding="utf-8"))):
            if isinstance(no, ast.Call) and isinstance(no.func, ast.Name) and no.func.id in {"_", "ngettext"}:
                textos |= {a.value for a in no.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    assert textos <= portugues.TEXTOS.keys() | set(portugues.NAO_USADOS)


@pytest.mark.parametrize(
    ("argumentos", "codigo", "trecho"),
    [
        (["nao-ha"], 2, "Não existe o comando 'nao-ha'"),
        (["config", "--nao-ha"], 2, "Não existe a opção '--nao-ha'"),
        (["config", "sobra"], 2, "Há um argumento a mais (sobra)"),
    ],
)
def test_erro_de_uso(argumentos: list[str], codigo: int, trecho: str, tmp_path: Path, raiz: Path) -> None:
    saida = rodar(*argumentos, pasta=tmp_path, raiz=raiz)
    assert saida.returncode == codigo
    assert trecho in saida.stderr
    assert saida.stdout == ""


def test_erro_nosso_e_um_paragrafo_e_o_traceback_so_com_depurar(tmp_path: Path, raiz: Path) -> None:
    (tmp_path / ".env").write_text(f"ODOO_URL=http://u:{CANARIO}@odoo\nDATABASE_URL={CANARIO}\n", encoding="utf-8")
    simples = rodar("config", pasta=tmp_path, raiz=raiz)
    assert simples.returncode == 2
    assert simples.stderr.count("\n") == 1
    assert "ODOO_URL (.env)" in simples.stderr
    depurando = rodar("config", "--depurar", pasta=tmp_path, raiz=raiz)
    assert depurando.returncode == 2
    assert "Traceback" in depurando.stderr
    assert CANARIO not in simples.stderr + depurando.stderr


@pytest.mark.parametrize("formato", [[], ["--json"]])
def test_config_mascara_todos_os_segredos(formato: list[str], tmp_path: Path, raiz: Path) -> None:
    segredos = {nome.upper(): CANARIO for nome in Config.SEGREDOS if not nome.startswith("database")}
    segredos |= {nome.upper(): f"postgresql://u:{CANARIO}@h/b" for nome in Config.SEGREDOS if nome.startswith("database")}
    saida = rodar("config", *formato, pasta=tmp_path, raiz=raiz, **segredos)
    assert saida.returncode == 0, saida.stderr
    assert CANARIO not in saida.stdout + saida.stderr
    for nome in segredos:
        assert nome in saida.stdout
    assert saida.stdout.count("********") == len(segredos)


def test_config_em_json_e_em_linhas(tmp_path: Path, raiz: Path) -> None:
    saida = rodar("config", "--json", pasta=tmp_path, raiz=raiz, ODOO_DB="producao")
    linhas = {linha["nome"]: linha for linha in json.loads(saida.stdout)}
    assert (linhas["ODOO_DB"]["valor"], linhas["ODOO_DB"]["origem"]) == ("producao", "ambiente")
    saida = rodar("config", pasta=tmp_path, raiz=raiz, ODOO_DB="producao", FORCE_COLOR="")
    assert "ODOO_DB\tproducao\tambiente\t" in saida.stdout
    assert "\x1b" not in saida.stdout


def test_avisos_de_nomes_desconhecidos_saem_em_stderr(tmp_path: Path, raiz: Path) -> None:
    saida = rodar("config", pasta=tmp_path, raiz=raiz, ODOO_PASWORD=CANARIO)
    assert saida.returncode == 0
    assert saida.stderr.startswith("aviso: ODOO_PASWORD")
    assert CANARIO not in saida.stderr


class _Recusa(Exception):
    """Como a do SQLAlchemy: traz o erro do driver em `orig`."""

    orig = ValueError("conexão recusada\ndetalhe que não interessa")


_Recusa.__module__ = "sqlalchemy.exc"


@pytest.mark.parametrize(
    ("levanta", "codigo", "trecho"),
    [
        (KeyboardInterrupt(), 130, "Interrompido."),
        (_Recusa("INSERT … " + CANARIO), 4, "conexão recusada"),
        (RuntimeError("estranho"), 1, "RuntimeError: estranho"),
    ],
)
def test_outras_excecoes(
    levanta: BaseException, codigo: int, trecho: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def explodir() -> None:
        raise levanta

    monkeypatch.setattr("app.comandos.config.obter_config", explodir)
    with pytest.raises(SystemExit) as saida:
        principal(["config"])
    assert saida.value.code == codigo
    erro = capsys.readouterr().err
    assert trecho in erro
    assert "Traceback" not in erro
    assert CANARIO not in erro


def test_uma_linha_de_registro_e_sempre_uma_linha() -> None:
    hostil = logging.LogRecord("x", logging.WARNING, "", 0, "produto %s", ("a\nerro: falso\x1b[31m",), None)
    assert _UmaLinha().format(hostil) == "aviso: produto a\\nerro: falso\\x1b[31m"
