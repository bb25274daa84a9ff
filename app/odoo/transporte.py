"""A interface pequena que as três portas têm em comum; o resto do código não sabe por qual delas fala."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from app.odoo.classificar import ErroRemoto, Pedido, classificar
from app.odoo.conexao import ConexaoOdoo
from app.odoo.erros import BarradoPeloProxy, ErroOdoo, PaginaHtml, ProtocoloIndisponivel, RespostaInvalida
from app.odoo.json_texto import ler_json
from app.odoo.rede import Http, Resposta
from app.odoo.xml_codigo import texto_odoo


@dataclass(frozen=True)
class VersaoOdoo:
    """A versão do servidor: a série (14, 19; 17 para saas~17.4) e o texto que ele diz."""

    serie: int
    texto: str


class Transporte(Protocol):
    """Uma porta do Odoo."""

    nome: str

    def versao(self) -> VersaoOdoo:
        """A versão, sem credencial."""
        ...

    def bancos(self) -> list[str]:
        """Os bancos à vista, sem credencial."""
        ...

    def autenticar(self) -> int | None:
        """O uid do usuário. Erro: CredenciaisRecusadas."""
        ...

    def executar(self, uid: int | None, modelo: str, metodo: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Chama um método de um modelo."""
        ...


class Falha500EmHtml(Exception):
    """O /jsonrpc respondeu 500 em HTML: não diz o que houve. Só o cliente a vê, e a troca pela resposta do XML-RPC."""


class Contexto:
    """O que os três transportes partilham: a ligação, o HTTP, e como falar de um pedido numa mensagem de erro."""

    def __init__(self, conexao: ConexaoOdoo, http: Http, banco: str | None) -> None:
        self.conexao, self.http, self.banco = conexao, http, banco
        self.texto_versao = ""

    @property
    def rotulo(self) -> str:
        """servidor:porta, para mensagens."""
        return self.http.endereco.rotulo

    def pedido(self, modelo: str, metodo: str) -> Pedido:
        """Os fatos de um pedido que podem aparecer numa mensagem."""
        conexao = self.conexao
        return Pedido(modelo, metodo, self.rotulo, self.banco, conexao.usuario, self.texto_versao, conexao.segredos)

    def erro(self, classe: str, mensagem: str, modelo: str, metodo: str) -> ErroOdoo:
        """O erro nomeado para o que o Odoo contou."""
        return classificar(ErroRemoto(classe, mensagem), self.pedido(modelo, metodo))

    def json(self, resposta: Resposta) -> Any:
        """O corpo como JSON, dentro dos tetos. Erros: RespostaCortada, RespostaInvalida, RespostaGrandeDemais."""
        return ler_json(resposta.corpo, self.rotulo, self.conexao.tetos.valores, sem_tamanho=resposta.sem_tamanho)

    def recusar_html(self, resposta: Resposta, protocolo: str, caminho: str) -> ErroOdoo:
        """O erro para uma resposta que não é do serviço: página, porta fechada, proxy."""
        fatos = {"servidor": self.rotulo, "status": resposta.status, "caminho": caminho}
        if resposta.status in (404, 405, 410, 501):
            return ProtocoloIndisponivel(**fatos, protocolo=protocolo)
        if resposta.status in (401, 403, 407, 451, 511):
            return BarradoPeloProxy(**fatos)
        if resposta.html:
            return PaginaHtml(servidor=self.rotulo, status=resposta.status)
        return RespostaInvalida(servidor=self.rotulo, detalhe=f"HTTP {resposta.status}, {resposta.tipo or 'sem tipo'}")


def versao_de(bruto: object, rotulo: str) -> VersaoOdoo:
    """A versão a partir do dicionário de `common.version`. Erro: RespostaInvalida."""
    if isinstance(bruto, Mapping):
        texto = str(bruto.get("server_version") or bruto.get("version") or "")
        serie = re.search(r"\d+", str(bruto.get("server_serie") or texto))
        if serie:
            return VersaoOdoo(int(serie[0][:4]), texto[:40])
    raise RespostaInvalida(servidor=rotulo, detalhe="não disse a versão; talvez não seja um Odoo")


def para_json(valor: object) -> object:
    """O `default` do json.dumps: datas como o Odoo as escreve, Decimal como número. Erro: TypeError."""
    if isinstance(valor, datetime | date):
        return texto_odoo(valor)
    if isinstance(valor, Decimal):
        return float(valor)
    raise TypeError(f"{type(valor).__name__} não vai por JSON")
