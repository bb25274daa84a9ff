"""As palavras do próprio click em português (uso, opções, erros de digitação).

O click procura traduções pelo idioma do sistema e não traz a nossa; como o programa fala português em
qualquer idioma, trocamos a função de tradução dos módulos dele. Um texto que faltar aqui sai em inglês:
tests/comandos confere que nenhum dos que o programa usa falta.
"""

from __future__ import annotations

import sys

import click

TEXTOS = {
    "Aborted!": "Interrompido.",
    "deprecated": "obsoleto",
    "Missing command.": "Falta dizer o comando.",
    "Options": "Opções",
    "Positional arguments": "Argumentos",
    "Commands": "Comandos",
    "Got unexpected extra argument ({args})": "Há um argumento a mais ({args})",
    "Got unexpected extra arguments ({args})": "Há argumentos a mais ({args})",
    "env var: {var}": "variável: {var}",
    "default: {default}": "padrão: {default}",
    "required": "obrigatório",
    "(dynamic)": "(depende)",
    "Takes {nargs} values but 1 was given.": "Precisa de {nargs} valores e veio 1.",
    "Takes {nargs} values but {len} were given.": "Precisa de {nargs} valores e vieram {len}.",
    "Do you want to continue?": "Quer continuar?",
    "Confirm the action without prompting.": "Confirma sem perguntar.",
    "%(prog)s, version %(version)s": "%(prog)s, versão %(version)s",
    "Show the version and exit.": "Mostra a versão e sai.",
    "Show this message and exit.": "Mostra esta ajuda e sai.",
    "Did you mean {possibility}?": "Seria {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(Seria um destes: {possibilities}?)",
    "Missing argument": "Falta o argumento",
    "unknown error": "erro desconhecido",
    "Invalid value for {param_hint}: {message}": "Valor que não serve em {param_hint}: {message}",
    "Missing option": "Falta a opção",
    "Could not open file {filename!r}: {message}": "Não consegui abrir {filename!r}: {message}",
    "Error: {message}": "Erro: {message}",
    "Try '{command} {option}' for help.": "Veja '{command} {option}'.",
    "Missing parameter": "Falta o parâmetro",
    "Missing parameter: {param_name}": "Falta o parâmetro: {param_name}",
    "No such option {name!r}.": "Não existe a opção {name!r}.",
    "No such command {name!r}.": "Não existe o comando {name!r}.",
    "Invalid value: {message}": "Valor que não serve: {message}",
    "Missing {param_type}": "Falta {param_type}",
    "Usage:": "Uso:",
    "Option {name!r} does not take a value.": "A opção {name!r} não leva valor.",
    "Option {name!r} requires an argument.": "A opção {name!r} precisa de um valor.",
    "Option {name!r} requires {nargs} arguments.": "A opção {name!r} precisa de {nargs} valores.",
    "Argument {name!r} takes {nargs} values.": "O argumento {name!r} leva {nargs} valores.",
    "Press any key to continue...": "Aperte uma tecla para continuar…",
    "Repeat for confirmation": "Repita para confirmar",
    "Error: The two entered values do not match.": "Erro: os dois valores não são iguais.",
    "Error: invalid input": "Erro: entrada que não serve",
    "file": "arquivo",
    "directory": "pasta",
    "path": "caminho",
    "Choose from:\n\t{choices}": "Escolha entre:\n\t{choices}",
    "{value!r} is not {choice}.": "{value!r} não é {choice}.",
    "{value!r} is not one of {choices}.": "{value!r} não é um destes: {choices}.",
    "Choice({choices})": "uma escolha ({choices})",
    "{value!r} does not match the format {format}.": "{value!r} não está no formato {format}.",
    "{value!r} does not match the formats {formats}.": "{value!r} não está em nenhum dos formatos {formats}.",
    "{value} is not in the range {range}.": "{value} está fora da faixa {range}.",
    "{value!r} is not a valid boolean. Recognized values: {states}": "{value!r} não é sim nem não. Valores aceitos: {states}",
    "{len_type} values are required, but {len_value} was given.": "São precisos {len_type} valores e veio {len_value}.",
    "{len_type} values are required, but {len_value} were given.": "São precisos {len_type} valores e vieram {len_value}.",
    "{value!r} is not a valid {number_type}.": "{value!r} não é um número ({number_type}).",
    "{value!r} is not a valid UUID.": "{value!r} não é um UUID.",
    "{name} {filename!r} is a file.": "{name} {filename!r} é um arquivo.",
    "{name} {filename!r} is a directory.": "{name} {filename!r} é uma pasta.",
    "{name} {filename!r} is not readable.": "{name} {filename!r} não pode ser lido.",
    "{name} {filename!r} is not writable.": "{name} {filename!r} não pode ser gravado.",
    "{name} {filename!r} is not executable.": "{name} {filename!r} não pode ser executado.",
    "{name} {filename!r} does not exist.": "{name} {filename!r} não existe.",
}
TIPOS = {
    **dict.fromkeys(("integer", "integer range", "float", "float range"), "NÚMERO"),
    **dict.fromkeys(("filename", "file"), "ARQUIVO"),
    "text": "TEXTO",
    "path": "CAMINHO",
    "directory": "PASTA",
    "datetime": "DATA",
}
# textos que só aparecem para quem programa, no Windows, ou em recursos que não usamos
NAO_USADOS = (
    *("d", "{editor}: Editing failed", "{editor}: Editing failed: {e}", "Windows error: {error}"),
    *("Value must be an iterable.", "(dynamic)", "Unknown color {colour!r}", "Unknown standard stream '{name}'"),
    "DeprecationWarning: The command {name!r} is deprecated.{extra_message}",
    "DeprecationWarning: The {param_type} {name!r} is deprecated.{extra_message}",
    "Could not determine name for option with declarations {decls!r}",
    "No options defined but a name was passed ({name}). Did you mean to declare an argument instead? Did you mean to pass '--{name}'?",
    "Arguments take exactly one parameter declaration, got {length}: {decls}.",
    "Name '{name}' defined twice",
    "Boolean option {decl!r} cannot use the same flag for true/false.",
    "Invalid start character for option ({option})",
    "Couldn't detect Bash version, shell completion is not supported.",
    "Shell completion is not supported for Bash versions older than 4.4.",
)


def traduzir(texto: str) -> str:
    """O texto do click em português, ou ele mesmo quando não há tradução."""
    return TEXTOS.get(texto, texto)


def traduzir_plural(singular: str, plural: str, n: int) -> str:
    """Como `ngettext`: a tradução do singular ou do plural, conforme n."""
    return traduzir(singular if n == 1 else plural)


def traduzir_comando(comando: click.Command) -> None:
    """Troca, no comando e nos de dentro dele, as palavras da linha de uso ([OPTIONS], COMMAND, TEXT…)."""
    instalar()  # o click carrega partes de si mesmo aos poucos
    comando.options_metavar = "[OPÇÕES]"
    for parametro in comando.params:
        if parametro.metavar is None and isinstance(parametro, click.Option) and not isinstance(parametro.type, click.Choice):
            parametro.metavar = None if parametro.is_flag else TIPOS.get(parametro.type.name)
    if isinstance(comando, click.Group):
        comando.subcommand_metavar = "COMANDO [ARGUMENTOS]..."
        for interno in comando.commands.values():
            traduzir_comando(interno)


def instalar() -> None:
    """Põe as traduções nos módulos do click já carregados; repetir não muda nada."""
    for nome, modulo in list(sys.modules.items()):
        if nome == "click" or nome.startswith("click."):
            if hasattr(modulo, "_"):
                vars(modulo)["_"] = traduzir
            if hasattr(modulo, "ngettext"):
                vars(modulo)["ngettext"] = traduzir_plural
