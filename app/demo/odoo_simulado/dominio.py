"""Domínios do Odoo (notação prefixa): confere, com as mensagens de cada versão, e vira uma função que diz se uma linha serve.

Um caminho com pontos vira, como no Odoo, o conjunto dos registros do outro modelo que servem, calculado uma vez só.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from app.demo.odoo_simulado.calculados import nome_por_id, valor
from app.demo.odoo_simulado.erros import ErroDoOdoo, erro_de_valor
from app.demo.odoo_simulado.esquema import Campo
from app.demo.odoo_simulado.nucleo import Linha, Nucleo

Predicado = Callable[[Linha], bool]
_OPERADORES = frozenset(
    [
        "=",
        "!=",
        "<>",
        "==",
        "<",
        "<=",
        ">",
        ">=",
        "in",
        "not",
        "in",
        "like",
        "ilike",
        "not",
        "like",
        "not",
        "ilike",
        "=like",
        "=ilike",
        "child_of",
        "parent_of",
        "=?",
    ]
) | {
    "not in",
    "not like",
    "not ilike",
}
_OPERADORES_19 = _OPERADORES | {"any", "not any", "not =like", "not =ilike"}


def cita_ativo(dominio: Any) -> bool:
    """O domínio fala de `active`? Então o Odoo não esconde os arquivados por conta própria."""
    return isinstance(dominio, (list, tuple)) and any(isinstance(x, (list, tuple)) and len(x) == 3 and x[0] == "active" for x in dominio)


class Compilador:
    """Compila domínios de um modelo. `conferir` é chamado com cada modelo em que o domínio entra (direito de leitura)."""

    def __init__(self, banco: Nucleo, conferir: Callable[[str], None], *, ativos: bool = True) -> None:
        self.banco, self.conferir, self.ativos = banco, conferir, ativos

    def compilar(self, modelo: str, dominio: Any) -> tuple[Predicado, Collection[Any] | None]:
        """O predicado e, quando o domínio o diz (`id in […]` no primeiro nível), os únicos ids que podem servir."""
        if not isinstance(dominio, (list, tuple)):
            raise erro_de_valor(f"Domain() invalid domain: {dominio!r}")
        itens = self._explicitar(list(dominio))
        restricao: Collection[Any] | None = None
        if not any(x in ("|", "!") for x in itens if isinstance(x, str)):
            for x in itens:
                if not isinstance(x, str) and x[0] == "id" and x[1] in ("in", "=") and len(x) == 3:
                    ids = x[2] if isinstance(x[2], (list, tuple)) else [x[2]]
                    restricao = set(ids) if restricao is None else set(ids) & set(restricao)
        pilha: list[Predicado] = []
        for item in reversed(itens):
            if isinstance(item, str):
                pilha.append(_juntar(item, pilha))
            else:
                pilha.append(self._folha(modelo, item))
        if not pilha:
            return (lambda _: True), None
        return pilha[0], restricao

    def _explicitar(self, dominio: list[Any]) -> list[Any]:
        """Põe os `&` que faltam, e recusa o que o Odoo recusa."""
        resultado: list[Any] = []
        esperados = 1
        for item in dominio:
            if esperados == 0:
                resultado.insert(0, "&")
                esperados = 1
            if isinstance(item, str) and item in ("&", "|", "!"):
                esperados += 1 if item != "!" else 0
            elif isinstance(item, (list, tuple)) and len(item) == 3:
                if isinstance(item[0], str) or (item[0] in (0, 1)):
                    esperados -= 1
                else:
                    raise self._folha_invalida(item)
            else:
                raise self._folha_invalida(item)
            resultado.append(item)
        if dominio and esperados:
            if self.banco.versao < 17:
                raise ErroDoOdoo("builtins.AssertionError", f"This domain is syntactically not correct: {dominio}")
            raise erro_de_valor(f"Domain() malformed domain {dominio!r}")
        return resultado

    def _folha_invalida(self, item: Any) -> ErroDoOdoo:
        if self.banco.versao < 17:
            return erro_de_valor(f"Invalid leaf {tuple(item) if isinstance(item, list) else item}")
        return erro_de_valor(f"Domain() invalid item in domain: {item!r}")

    def _folha(self, modelo: str, folha: Any) -> Predicado:
        nome, operador, v = folha
        if nome in (0, 1):
            return (lambda _: True) if nome == 1 else (lambda _: False)
        if operador not in (_OPERADORES if self.banco.versao < 17 else _OPERADORES_19):
            if self.banco.versao < 17:
                raise erro_de_valor(f"Invalid leaf {tuple(folha)}")
            raise erro_de_valor(f"Invalid operator in condition {tuple(folha)}")
        passo, _, resto = nome.partition(".")
        campo = self.banco.modelo(modelo).campos.get(passo)
        if campo is None:
            onde = "leaf" if self.banco.versao < 17 else "condition"
            raise erro_de_valor(f"Invalid field {modelo}.{passo} in {onde} {(resto or nome, operador, v)}")
        if resto and campo.relacao:
            return self._atraves(modelo, campo, [[resto, operador, v]])
        if operador in ("any", "not any"):
            dentro = self._atraves(modelo, campo, v)
            return dentro if operador == "any" else lambda x: not dentro(x)
        if campo.tipo in ("one2many", "many2many"):
            return self._de_muitos(modelo, campo, operador, v)
        ler = self._leitor(modelo, campo)
        if campo.relacao and isinstance(v, str):
            banco, relacao = self.banco, campo.relacao
            teste = _comparador(operador, v)
            return lambda x: teste(nome_por_id(banco, relacao, ler(x)) if ler(x) else False)
        if campo.tipo == "datetime":
            return _de_instante(self.banco.versao, operador, v, ler)
        teste = _comparador(operador, v)
        return lambda x: teste(ler(x))

    def _leitor(self, modelo: str, campo: Campo) -> Callable[[Linha], Any]:
        nome, banco = campo.nome, self.banco
        if nome in banco.em_branco(modelo):
            return lambda x: x[nome]
        return lambda x: valor(banco, modelo, x, nome)

    def _atraves(self, modelo: str, campo: Campo, dominio: Any) -> Predicado:
        relacao = campo.relacao or ""
        self.conferir(relacao)
        # Por um many2one o Odoo procura também entre os arquivados; por one2many e many2many, conforme o contexto.
        ativos = self.ativos and campo.tipo != "many2one" and "active" in self.banco.modelo(relacao).campos and not cita_ativo(dominio)
        predicado, restricao = self.compilar(relacao, dominio)
        servem = {
            x["id"]
            for x in self.banco.linhas(relacao)
            if (restricao is None or x["id"] in restricao) and (not ativos or x["active"]) and predicado(x)
        }
        banco, nome = self.banco, campo.nome
        if campo.tipo == "many2one":
            ler = self._leitor(modelo, campo)
            return lambda x: ler(x) in servem
        if campo.inverso:
            donos = {linha[campo.inverso] for i in servem if (linha := banco.linha(relacao, i))}
            return lambda x: x["id"] in donos
        return lambda x: not servem.isdisjoint(valor(banco, modelo, x, nome))

    def _de_muitos(self, modelo: str, campo: Campo, operador: str, v: Any) -> Predicado:
        banco, nome = self.banco, campo.nome
        if isinstance(v, str):
            teste = _comparador(operador, v)
            return lambda x: any(teste(nome_por_id(banco, campo.relacao or "", i)) for i in valor(banco, modelo, x, nome))
        negado = operador in ("!=", "not in", "<>")
        if v is False or v is None:
            return lambda x: bool(valor(banco, modelo, x, nome)) == negado
        alvo = set(v) if isinstance(v, (list, tuple)) else {v}
        vazio = bool({False, None} & alvo)
        alvo -= {False, None}
        if negado:
            return lambda x: alvo.isdisjoint(valor(banco, modelo, x, nome)) and not (vazio and not valor(banco, modelo, x, nome))
        return lambda x: not alvo.isdisjoint(valor(banco, modelo, x, nome)) or (vazio and not valor(banco, modelo, x, nome))


def _juntar(operador: str, pilha: list[Predicado]) -> Predicado:
    primeiro = pilha.pop()
    if operador == "!":
        return lambda x: not primeiro(x)
    segundo = pilha.pop()
    if operador == "&":
        return lambda x: primeiro(x) and segundo(x)
    return lambda x: primeiro(x) or segundo(x)


def _comparador(operador: str, v: Any) -> Callable[[Any], bool]:
    if v is None:
        v = False
    if operador in ("in", "not in"):
        conjunto = set(v) if isinstance(v, (list, tuple)) else {v}
        conjunto = {False if x is None else x for x in conjunto}
        return (lambda x: x in conjunto) if operador == "in" else (lambda x: x not in conjunto)
    if operador in ("=", "=="):
        return lambda x: x == v
    if operador in ("!=", "<>"):
        return lambda x: x != v
    if operador == "=?":
        return lambda x: v is False or x == v
    if operador in ("child_of", "parent_of"):
        ids = set(v) if isinstance(v, (list, tuple)) else {v}
        return lambda x: x in ids
    if "like" in operador:
        return _parecido(operador, v)
    comparacoes: dict[str, Callable[[Any, Any], bool]] = {
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }
    comparar = comparacoes[operador]
    if isinstance(v, str):  # um texto vazio (nulo) nunca é maior nem menor
        return lambda x: isinstance(x, str) and comparar(x, v)
    return lambda x: not isinstance(x, str) and comparar(x, v)


def _parecido(operador: str, v: Any) -> Callable[[Any], bool]:
    negado = operador.startswith("not")
    exato = "=" in operador
    padrao = str(v or "")
    if not exato:
        padrao = f"%{padrao}%"
    regex = "".join(".*" if c == "%" else "." if c == "_" else re.escape(c) for c in padrao)
    achar = re.compile(regex, re.DOTALL | (re.IGNORECASE if "ilike" in operador else 0)).fullmatch
    if negado:
        return lambda x: not (isinstance(x, str) and achar(x))
    return lambda x: isinstance(x, str) and achar(x) is not None


def _de_instante(versao: int, operador: str, v: Any, ler: Callable[[Linha], Any]) -> Predicado:
    """Datas com hora: a tabela tem microssegundos. A 14 compara com eles; a 19 compara segundos inteiros (`>` pula o resto do segundo)."""
    if isinstance(v, str) and len(v) == 10:
        v += " 23:59:59" if operador in (">", "<=") else " 00:00:00"
    if versao >= 17 and isinstance(v, str) and operador in (">", "<=", "=", "!="):
        depois = str(datetime.fromisoformat(v[:19]) + timedelta(seconds=1))
        v = v[:19]
        if operador == ">":
            operador, v = ">=", depois
        elif operador == "<=":
            operador, v = "<", depois
        else:
            mesmo = operador == "="
            return lambda x: (isinstance(ler(x), str) and v <= ler(x) < depois) == mesmo
    teste = _comparador(operador, _com_micro(v))
    return lambda x: teste(_com_micro(ler(x)))


def _com_micro(v: Any) -> Any:
    """O mesmo instante sempre escrito com microssegundos, para que a ordem dos textos seja a ordem do tempo."""
    if isinstance(v, str):
        return v if len(v) > 19 else v + ".000000"
    if isinstance(v, (list, tuple)):
        return [_com_micro(x) for x in v]
    return v
