"""O programa `manufatura`: um arquivo por grupo de comandos, carregado só quando o comando é chamado.

Aqui ficam a porta de entrada (`principal`), a tradução de erros em um parágrafo e um código de saída
(docs/operacao.md: 0 certo, 1 rejeitado ou inconsistente, 2 uso, 3 Odoo, 4 banco, 5 já em execução) e a lista
de comandos. Nada pesado é importado neste módulo: `manufatura --help` responde em menos de 0,25 s.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import logging
import sys
import traceback
from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn

import click

from app.comandos import portugues
from app.erros import ErroManufatura

# Nome → frase da ajuda. O comando vive em app/comandos/<nome>.py, numa variável `comando` ou com o nome dele.
COMANDOS = {
    "demo": "Mostra o sistema inteiro nesta máquina, sem configurar nada.",
    "importar": "Importa do Odoo agora, aqui.",
    "conferir": "Confere os nossos dados e, com --odoo, se nada falta do Odoo.",
    "planejar": "Planeja agora: a demanda realizada e as ordens sob encomenda.",
    "ordem": "Ordens de produção: criar, ver, explicar, liberar, concluir…",
    "calendario": "Dias úteis: listar, fechar, abrir, importar.",
    "planilha": "Dados por planilha (XLSX, CSV): modelo, importar, exportar.",
    "odoo": "A ligação com o Odoo: verificar, adotar.",
    "banco": "O banco de dados: migrar, situação, copiar, restaurar, parar.",
    "config": "Mostra cada configuração, o valor e de onde veio.",
}
INTERROMPIDO = 130
INESPERADO = 1
USO = 2


class Programa(click.Group):
    """Grupo que sabe o nome e a frase de cada comando sem importar o arquivo dele."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [nome for nome in COMANDOS if importlib.util.find_spec(f"app.comandos.{nome}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        modulo = importlib.import_module(f"app.comandos.{cmd_name}")
        comando = getattr(modulo, "comando", None) or getattr(modulo, cmd_name)
        assert isinstance(comando, click.Command)
        portugues.traduzir_comando(comando)
        return comando

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Comandos"):
            formatter.write_dl([(nome, COMANDOS[nome]) for nome in self.list_commands(ctx)])


def _versao(ctx: click.Context, _parametro: click.Parameter, pedida: bool) -> None:
    if not pedida or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        texto = version("manufatura-pcp")
    except PackageNotFoundError:
        texto = "(não instalado: rodando do código)"
    click.echo(f"manufatura {texto}")
    ctx.exit()


@click.command(
    cls=Programa,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Ajuda de um comando: manufatura COMANDO --help. O que cada erro pede que se faça: docs/operacao.md.",
)
@click.option("--depurar", is_flag=True, help="Num erro, mostra também o caminho dele no código (vale em qualquer posição).")
@click.option("--versao", is_flag=True, is_eager=True, expose_value=False, callback=_versao, help="Mostra a versão e sai.")
def manufatura(depurar: bool) -> None:
    """Planejamento e controle da produção ao lado do seu Odoo."""


class _UmaLinha(logging.Formatter):
    """Uma linha por registro, sem quebras nem sequências de terminal que um nome vindo do Odoo traga."""

    PALAVRAS: ClassVar = {"WARNING": "aviso", "ERROR": "erro", "CRITICAL": "erro", "INFO": "nota", "DEBUG": "depuração"}

    def format(self, record: logging.LogRecord) -> str:
        texto = f"{self.PALAVRAS.get(record.levelname, record.levelname)}: {record.getMessage()}"
        return "".join(letra if letra.isprintable() else letra.encode("unicode_escape").decode("ascii") for letra in texto)


def principal(argumentos: Sequence[str] | None = None) -> NoReturn:
    """Roda o programa com os argumentos dados (os da linha de comando, se None) e sai com o código certo.

    Um ErroManufatura sai como um parágrafo em stderr; o traceback, só com `--depurar`.
    """
    argumentos = list(sys.argv[1:] if argumentos is None else argumentos)
    depurar = "--depurar" in argumentos[: argumentos.index("--")] if "--" in argumentos else "--depurar" in argumentos
    if depurar:
        argumentos.remove("--depurar")
    for fluxo in (sys.stdout, sys.stderr):
        if isinstance(fluxo, io.TextIOWrapper):  # num terminal que não é UTF-8, um acento não derruba o programa
            fluxo.reconfigure(errors="replace")
    tratador = logging.StreamHandler()
    tratador.setFormatter(_UmaLinha())
    logging.basicConfig(level=logging.WARNING, handlers=[tratador])
    portugues.instalar()
    portugues.traduzir_comando(manufatura)
    sys.exit(_rodar(argumentos, depurar))


def _rodar(argumentos: list[str], depurar: bool) -> int:
    try:
        resultado: Any = manufatura.main(args=argumentos, prog_name="manufatura", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as erro:
        click.echo(erro.format_message())
        return 0
    except click.ClickException as erro:
        erro.show()
        return erro.exit_code
    except click.exceptions.Exit as saida:
        return saida.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrompido.", err=True)
        return INTERROMPIDO
    except ErroManufatura as erro:
        return _relatar(erro.mensagem, erro.codigo_saida, depurar)
    except Exception as erro:  # noqa: BLE001 a borda do programa: tudo vira um parágrafo e um código de saída
        return _relatar(*_inesperado(erro), depurar)
    return resultado if isinstance(resultado, int) else 0


def _inesperado(erro: Exception) -> tuple[str, int]:
    """Parágrafo e código de saída de um erro que ninguém previu; um do banco vale 4."""
    original = getattr(erro, "orig", None) or erro  # o do SQLAlchemy traz o comando e os dados junto; o do driver, não
    motivo = str(original).strip().partition("\n")[0] or "sem mensagem"
    do_banco = type(erro).__module__.partition(".")[0] in {"sqlalchemy", "psycopg", "psycopg_pool"}
    ajuda = "Rode de novo com --depurar para ver onde foi e, se for um defeito nosso, relate com essa saída."
    if do_banco:
        return f"O banco de dados recusou ou não respondeu ({motivo}). Confira com `manufatura banco situacao`. {ajuda}", 4
    return f"Aconteceu algo que não foi previsto ({type(original).__name__}: {motivo}). {ajuda}", INESPERADO


def _relatar(mensagem: str, codigo: int, depurar: bool) -> int:
    if depurar:
        traceback.print_exc()
    click.echo(f"manufatura: {mensagem}", err=True)
    return codigo


if __name__ == "__main__":
    principal()
