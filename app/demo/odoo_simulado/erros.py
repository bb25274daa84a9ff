"""As exceções do Odoo, com o que cada porta mostra delas: classe, código de Fault do XML-RPC e estado HTTP do JSON-2."""

from __future__ import annotations

from typing import Any


class ErroDoOdoo(Exception):
    """Uma exceção que o Odoo de verdade levantaria; `nome` é a classe que ele diz (`odoo.exceptions.UserError`, `builtins.ValueError`…)."""

    def __init__(self, nome: str, mensagem: str, *, falta: int = 1, http: int = 500, argumentos: list[Any] | None = None) -> None:
        super().__init__(mensagem)
        self.nome, self.mensagem, self.falta, self.http = nome, mensagem, falta, http
        self.argumentos = [mensagem] if argumentos is None else argumentos

    @property
    def rastro(self) -> str:
        """O fim do traceback que o Odoo manda em `debug` e, no XML-RPC, na Fault de código 1."""
        curto = self.nome.removeprefix("builtins.")
        onde = '  File "/usr/lib/python3/dist-packages/odoo/http.py", line 1, in dispatch'
        return f"Traceback (most recent call last):\n{onde}\n{curto}: {self.mensagem}\n"


def erro_de_valor(mensagem: str) -> ErroDoOdoo:
    return ErroDoOdoo("builtins.ValueError", mensagem)


def erro_de_tipo(mensagem: str) -> ErroDoOdoo:
    return ErroDoOdoo("builtins.TypeError", mensagem)


def erro_do_usuario(mensagem: str) -> ErroDoOdoo:
    return ErroDoOdoo("odoo.exceptions.UserError", mensagem, falta=2, http=422)


def erro_de_validacao(mensagem: str) -> ErroDoOdoo:
    return ErroDoOdoo("odoo.exceptions.ValidationError", mensagem, falta=2, http=422)


def erro_de_acesso(mensagem: str) -> ErroDoOdoo:
    return ErroDoOdoo("odoo.exceptions.AccessError", mensagem, falta=4, http=403)


def acesso_negado() -> ErroDoOdoo:
    return ErroDoOdoo("odoo.exceptions.AccessDenied", "Access Denied", falta=3, http=403)


def registro_ausente(modelo: str, ids: list[int]) -> ErroDoOdoo:
    mensagem = f"Record does not exist or has been deleted.\n(Record: {modelo}({', '.join(map(str, ids))},), User: 2)"
    return ErroDoOdoo("odoo.exceptions.MissingError", mensagem, falta=2, http=404)


def campo_invalido(versao: int, modelo: str, campo: str) -> ErroDoOdoo:
    """`read` e afins de um campo que não existe; a 19 diz 'on' sem a palavra 'model'."""
    return erro_de_valor(f"Invalid field {campo!r} on {'model ' if versao < 17 else ''}{modelo!r}")


def falha_de_serializacao(versao: int) -> ErroDoOdoo:
    """A disputa de duas transações que o Odoo desistiu de repetir (transitória)."""
    nome = "psycopg2.errors.SerializationFailure"
    return ErroDoOdoo(nome, "could not serialize access due to concurrent update\n")
