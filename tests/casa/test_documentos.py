"""Documentos: os links levam a algum lugar e os comandos e configurações que citam existem."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from sqlalchemy import Engine

from app.comandos import manufatura
from app.config import Config
from tests.casa.test_regras import falhas_provadas

RAIZ = Path(__file__).resolve().parents[2]
DOCUMENTOS = sorted([*RAIZ.glob("*.md"), *(RAIZ / "docs").rglob("*.md"), *(RAIZ / "odoo-real").glob("*.md")])


def ancora(titulo: str) -> str:
    """O nome que o GitHub dá a um título: minúsculas, sem pontuação, espaços viram hífens."""
    return re.sub(r"[^\w\- ]", "", titulo.strip().lower()).replace(" ", "-")


def sem_codigo(texto: str) -> str:
    return re.sub(r"```.*?```", "", texto, flags=re.DOTALL)


@pytest.mark.parametrize("documento", DOCUMENTOS, ids=lambda caminho: str(caminho.relative_to(RAIZ)))
def test_links_existem(documento: Path) -> None:
    texto = sem_codigo(documento.read_text(encoding="utf-8"))
    for alvo in re.findall(r"\]\(([^)\s]+)\)", texto) + re.findall(r'src="([^"]+)"', texto):
        if re.match(r"[a-z]+:", alvo):
            continue
        arquivo, _, parte = alvo.partition("#")
        destino = (documento.parent / arquivo).resolve() if arquivo else documento
        assert destino.exists(), f"{documento.name}: {alvo}"
        if parte:
            titulos = re.findall(r"^#+ (.+)$", destino.read_text(encoding="utf-8"), re.MULTILINE)
            assert parte in {ancora(titulo) for titulo in titulos}, f"{documento.name}: {alvo}"


@pytest.mark.parametrize("nome", ["README.md", "README.en.md"])
def test_leiame_tem_os_dois_comandos_na_primeira_tela(nome: str) -> None:
    tela = "\n".join((RAIZ / nome).read_text(encoding="utf-8").splitlines()[:40])
    assert "git clone" in tela
    assert "make demo" in tela


def test_leiame_mostra_o_programa_e_os_cinco_passos() -> None:
    texto = (RAIZ / "README.md").read_text(encoding="utf-8")
    assert re.search(r"!\[[^\]]+\]\(docs/[^)]+\.svg\)", "\n".join(texto.splitlines()[:40]))
    passos = re.findall(r"^(\d)\. ", texto.partition("Conecte o seu Odoo")[2].partition("\n## ")[0], re.MULTILINE)
    assert "".join(passos) == "12345"


def citacoes(texto: str) -> set[str]:
    """Os comandos `manufatura …` escritos como código no documento, sem o que vem antes e depois."""
    trechos = re.findall(r"`([^`\n]+)`|^ {4}(.+)$|^(ExecStart=.+)$", texto, re.MULTILINE)
    codigo = "\n".join("".join(partes) for partes in trechos)
    return set(re.findall(r"(?:^|(?<=[ /]))manufatura ([a-z-][^\n#|>&;]*)", codigo, re.MULTILINE))


@pytest.mark.parametrize("documento", DOCUMENTOS, ids=lambda caminho: str(caminho.relative_to(RAIZ)))
def test_comandos_citados_existem(documento: Path) -> None:
    for citado in citacoes(documento.read_text(encoding="utf-8")):
        for alternativa in citado.replace("[", "").replace("]", "").split("|"):
            comando: click.Command = manufatura
            for palavra in alternativa.split():
                if isinstance(comando, click.Group) and not palavra.startswith("-"):
                    interno = comando.get_command(click.Context(comando), palavra)
                    assert interno is not None, f"{documento.name}: manufatura {citado}"
                    comando = interno
                elif palavra.startswith("--") and palavra != "--help":
                    opcoes = {opcao for parametro in [*comando.params, *manufatura.params] for opcao in parametro.opts}
                    assert palavra.partition("=")[0] in opcoes, f"{documento.name}: manufatura {citado}"


@pytest.mark.parametrize("documento", DOCUMENTOS, ids=lambda caminho: str(caminho.relative_to(RAIZ)))
def test_configuracoes_citadas_existem(documento: Path) -> None:
    texto = documento.read_text(encoding="utf-8")
    nomes = set(re.findall(r"\b((?:ODOO|MANUFATURA|SCHEDULER|MTO|FERIADOS|DATABASE)_[A-Z_]+[A-Z])\b", texto))
    conhecidos = {campo.upper() for campo in Config.model_fields} | {f"{campo.upper()}_FILE" for campo in Config.SEGREDOS}
    estranhos = {nome for nome in nomes - conhecidos if not nome.startswith("ODOO_REAL_")}
    assert not estranhos, documento.name


def _secoes() -> dict[str, str]:
    texto = (RAIZ / "docs/dados.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", texto, re.MULTILINE | re.DOTALL))


def test_dados_descreve_cada_tabela_e_cada_coluna_de_relatorio() -> None:
    import app.estoque.models
    import app.manufatura.models  # noqa: F401
    from app.banco.base import Base

    texto, secoes = (RAIZ / "docs/dados.md").read_text(encoding="utf-8"), _secoes()
    tabelas = Base.metadata.tables
    assert not [nome for nome in tabelas if nome not in secoes and f"`{nome}`" not in texto]
    de_todas = {"id", "criado_em", "atualizado_em", "empresa_id", "importado_odoo"}
    for nome, corpo in secoes.items():
        citadas = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (.+?) \|", corpo, re.MULTILINE))))
        colunas = {coluna.name for coluna in tabelas[nome].columns}
        assert citadas <= colunas, nome
        assert not {coluna for coluna in colunas - citadas - de_todas if not coluna.startswith("odoo_")}, nome


@pytest.mark.parametrize("consulta", re.findall(r"```sql\n(.*?)```", (RAIZ / "docs/dados.md").read_text(encoding="utf-8"), re.DOTALL))
def test_consultas_de_dados_rodam(consulta: str, motor: Engine) -> None:
    with motor.connect() as conexao:
        conexao.exec_driver_sql(consulta.replace("%", "%%")).all()


def test_confiabilidade_tem_as_falhas_que_os_testes_provam() -> None:
    texto = (RAIZ / "docs/confiabilidade.md").read_text(encoding="utf-8")
    descritas = {int(numero) for numero in re.findall(r"^\| (\d+) \|", texto, re.MULTILINE)}
    assert falhas_provadas() == descritas
