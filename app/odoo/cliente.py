"""O cliente do Odoo: ler modelos, por qualquer porta, com novas tentativas e as diferenças entre versões já resolvidas."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from app.odoo import agrupamento
from app.odoo.conexao import ConexaoOdoo, Conhecido
from app.odoo.descricao import ATRIBUTOS, CampoOdoo, campos_de
from app.odoo.erros import (
    CredenciaisRecusadas,
    ErroDoOdoo,
    ErroOdoo,
    ErroTransitorio,
    RegistroAusente,
    RespostaGrandeDemais,
    RespostaInvalida,
)
from app.odoo.escolha import PORTAS, escolher, escolher_banco
from app.odoo.rede import Http
from app.odoo.repeticao import Repetidor
from app.odoo.transporte import Contexto, Falha500EmHtml, Transporte, VersaoOdoo

# Só o que não muda nada no Odoo se repete: uma chamada cortada pode ter sido feita.
METODOS_LEITURA = frozenset(
    (
        "search",
        "read",
        "search_read",
        "search_count",
        "read_group",
        "formatted_read_group",
        "fields_get",
        "name_search",
        "check_access_rights",
        "has_access",
        "context_get",
    )
)
SERIE_LOAD_NO_SEARCH_READ = 16  # o 14 recusa search_read(load=…)
SERIE_FORMATTED = 19


class ClienteOdoo:
    """Uma conversa com um Odoo, usável de mais de uma linha de execução; feche-a, ou use-a com `with`.

    versao: VersaoOdoo. protocolo: a porta em uso. uid: o usuário (None em JSON-2, que não o pede).
    hora_servidor: o Date da última resposta, UTC. chamadas: pedidos HTTP feitos, novas tentativas incluídas.
    por_metodo: quantos pedidos por 'modelo.metodo'.
    """

    def __init__(self, contexto: Contexto, porta: Transporte, versao: VersaoOdoo, uid: int | None, repetidor: Repetidor) -> None:
        self.versao = versao
        self.uid = uid
        self.por_metodo: Counter[str] = Counter()
        self._contexto, self._porta, self._repetidor = contexto, porta, repetidor
        self._uid_conferido = False
        self._trava = threading.RLock()
        self._trava_contagem = threading.Lock()

    @classmethod
    def conectar(
        cls,
        conexao: ConexaoOdoo,
        *,
        conhecido: Conhecido | None = None,
        dormir: Callable[[float], None] = time.sleep,
        sorteio: random.Random | None = None,
    ) -> ClienteOdoo:
        """Abre a conversa: descobre versão, porta e usuário, ou acredita em `conhecido` e não pergunta nada.

        Erros: os de ErroOdoo; CredenciaisRecusadas sem segunda tentativa (o Odoo bloqueia a conta de quem insiste).
        """
        http = Http(conexao)
        contexto = Contexto(conexao, http, conexao.banco)
        repetidor = Repetidor(conexao.tentativas, dormir, sorteio or random.Random())  # noqa: S311  # espalha esperas; não guarda segredo
        try:
            if conhecido is not None and _serve(conhecido, conexao):
                contexto.texto_versao = conhecido.versao
                porta = PORTAS[conhecido.protocolo](contexto)
                return cls(contexto, porta, VersaoOdoo(conhecido.serie, conhecido.versao), conhecido.uid, repetidor)
            feitas: Counter[str] = Counter()
            porta, versao = repetidor.rodar(lambda: escolher(contexto, lambda nome: feitas.update([nome])))
            cliente = cls(contexto, porta, versao, None, repetidor)
            cliente.por_metodo = feitas
            if contexto.banco is None:
                contexto.banco = repetidor.rodar(lambda: escolher_banco(contexto, porta, cliente._contar))
            cliente._autenticar()
            return cliente
        except BaseException:
            http.fechar()
            raise

    @property
    def conexao(self) -> ConexaoOdoo:
        """A ligação com que se conectou."""
        return self._contexto.conexao

    @property
    def banco(self) -> str | None:
        """O banco em uso (o único do servidor, quando não foi dito)."""
        return self._contexto.banco

    @property
    def protocolo(self) -> str:
        """json2, jsonrpc ou xmlrpc."""
        return self._porta.nome

    @property
    def hora_servidor(self) -> datetime | None:
        """A hora do servidor na última resposta (cabeçalho Date), em UTC; None se não veio."""
        return self._contexto.http.hora_servidor

    @property
    def hora_desta_linha(self) -> datetime | None:
        """Como hora_servidor, mas só das respostas recebidas pela linha de execução que pergunta."""
        return self._contexto.http.hora_desta_linha

    @property
    def chamadas(self) -> int:
        """Pedidos HTTP feitos até agora."""
        return self._contexto.http.pedidos

    @property
    def conhecido(self) -> Conhecido:
        """O que guardar para a próxima execução não perguntar de novo."""
        return Conhecido(self.versao.serie, self.versao.texto, self.protocolo, self.uid)

    # --- Ler ----------------------------------------------------------------------------------------------------------

    def buscar(
        self,
        modelo: str,
        dominio: Sequence[Any],
        *,
        limite: int | None = None,
        ordem: str = "id",
        contexto: Mapping[str, Any] | None = None,
    ) -> list[int]:
        """Os ids que satisfazem o domínio."""
        nomeados = {"order": ordem, **({"limit": limite} if limite is not None else {}), **_com(contexto)}
        return self._lista(self.chamar(modelo, "search", [list(dominio)], nomeados), _eh_id)

    def ler(
        self,
        modelo: str,
        ids: Sequence[int],
        campos: Sequence[str],
        *,
        contexto: Mapping[str, Any] | None = None,
        sem_repetir: tuple[type[ErroTransitorio], ...] = (),
    ) -> list[dict[str, Any]]:
        """Os registros, na ordem dos ids, sem nomes de exibição: many2one é o id nu ou False. Quem não existe mais falta na lista.

        `sem_repetir`: classes transitórias que quem chama trata (a paginação divide a página em vez de insistir no prazo).
        """
        args, nomeados = [list(ids), list(campos)], {"load": "_classic_write", **_com(contexto)}
        return self._lista(self._executar(modelo, "read", args, nomeados, sem_repetir), _eh_registro)

    def buscar_ler(
        self,
        modelo: str,
        dominio: Sequence[Any],
        campos: Sequence[str],
        *,
        limite: int | None = None,
        ordem: str = "id",
        contexto: Mapping[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Buscar e ler em uma chamada (search_read); many2one é o id nu ou False também onde o Odoo manda [id, nome]."""
        nomeados: dict[str, Any] = {"fields": list(campos), "order": ordem, **_com(contexto)}
        if limite is not None:
            nomeados["limit"] = limite
        sem_nomes = self.versao.serie >= SERIE_LOAD_NO_SEARCH_READ
        if sem_nomes:
            nomeados["load"] = "_classic_write"
        linhas = self._lista(self.chamar(modelo, "search_read", [list(dominio)], nomeados), _eh_registro)
        return linhas if sem_nomes else _ids_nus(linhas)

    def contar(self, modelo: str, dominio: Sequence[Any], *, contexto: Mapping[str, Any] | None = None) -> int:
        """Quantos registros satisfazem o domínio."""
        total = self.chamar(modelo, "search_count", [list(dominio)], _com(contexto))
        if not _eh_id(total):
            raise RespostaInvalida(servidor=self._contexto.rotulo, detalhe="devolveu outra coisa onde se esperava um número")
        return int(total)

    def agrupar(
        self, modelo: str, dominio: Sequence[Any], por: Sequence[str], somas: Sequence[str], *, contexto: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Uma linha por grupo: cada `por` com o id nu ou o valor, cada soma com o número, e '__count'.

        Um `por` de período ('date:month') vale o começo do período, em texto; o fuso é o do contexto (tz), senão UTC.
        """
        if self.versao.serie >= SERIE_FORMATTED:
            nomeados = {"groupby": list(por), "aggregates": [*(f"{s}:sum" for s in somas), "__count"], **_com(contexto)}
            linhas = self._lista(self.chamar(modelo, "formatted_read_group", [list(dominio)], nomeados), _eh_grupo)
        else:
            args = [list(dominio), [f"{s}:sum" for s in somas], list(por)]
            linhas = self._lista(self.chamar(modelo, "read_group", args, {"lazy": False, **_com(contexto)}), _eh_grupo)
        return agrupamento.normalizar(linhas, por, somas)

    def descrever(self, modelo: str) -> dict[str, CampoOdoo]:
        """Os campos do modelo que este usuário vê. Erro: ModeloAusente."""
        return campos_de(self.chamar(modelo, "fields_get", [], {"attributes": list(ATRIBUTOS)}))

    def chamar(self, modelo: str, metodo: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Um método qualquer, com o que o Odoo devolver. Leituras se repetem nos erros que passam sozinhos; o resto, nunca."""
        return self._executar(modelo, metodo, args, kwargs)

    def fechar(self) -> None:
        """Fecha as conexões."""
        self._contexto.http.fechar()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, tipo: type[BaseException] | None, erro: BaseException | None, rastro: TracebackType | None) -> None:
        self.fechar()

    def __repr__(self) -> str:
        return f"<ClienteOdoo {self._contexto.rotulo} {self.banco} {self.versao.texto} {self.protocolo}>"

    # --- Por dentro ---------------------------------------------------------------------------------------------------

    def _executar(
        self,
        modelo: str,
        metodo: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        sem_repetir: tuple[type[ErroTransitorio], ...] = (),
    ) -> Any:
        leitura = metodo in METODOS_LEITURA
        if not leitura:
            return self._uma_vez(modelo, metodo, args, kwargs, leitura)
        return self._repetidor.rodar(lambda: self._uma_vez(modelo, metodo, args, kwargs, leitura), sem_repetir)

    def _uma_vez(self, modelo: str, metodo: str, args: Sequence[Any], kwargs: Mapping[str, Any], leitura: bool) -> Any:
        uid = self.uid
        try:
            resultado = self._perguntar(uid, modelo, metodo, args, kwargs, leitura)
            self._uid_conferido = True
            return resultado
        except (CredenciaisRecusadas, RegistroAusente) as erro:
            # O uid guardado por outra execução pode ter mudado de dono ou sumido; do que acabamos de autenticar não se duvida.
            if self._uid_conferido or self.protocolo == "json2" or not _do_usuario(erro):
                raise
        with self._trava:
            if self.uid == uid:
                self._autenticar()
        return self._perguntar(self.uid, modelo, metodo, args, kwargs, leitura)

    def _perguntar(self, uid: int | None, modelo: str, metodo: str, args: Sequence[Any], kwargs: Mapping[str, Any], leitura: bool) -> Any:
        self._contar(f"{modelo}.{metodo}")
        try:
            return self._porta.executar(uid, modelo, metodo, args, kwargs)
        except Falha500EmHtml:
            pass  # não diz a causa; a resposta está no XML-RPC, logo abaixo
        if not leitura:
            raise ErroDoOdoo(modelo=modelo, metodo=metodo, classe="HTTP 500", detalhe="o /jsonrpc não disse a causa")
        return self._por_xmlrpc(lambda xml: xml.executar(uid, modelo, metodo, args, kwargs), f"{modelo}.{metodo}")

    def _por_xmlrpc(self, chamada: Callable[[Transporte], Any], nome: str) -> Any:
        # Com vários bancos à vista, o 14 responde todo erro do /jsonrpc com um 500 em HTML que não diz nada: a mesma leitura
        # por XML-RPC diz a causa. Se ela responde com um erro do Odoo, o /jsonrpc está bom e seguimos nele (medido no 14: 24.400
        # linhas/s contra 13.100 por XML-RPC). Se ela dá certo, o /jsonrpc é que está quebrado: por ali ficamos.
        xml = PORTAS["xmlrpc"](self._contexto)
        self._contar(nome)
        resultado = chamada(xml)
        if self.conexao.protocolo == "auto":
            self._porta = xml
        return resultado

    def _autenticar(self) -> None:
        self._uid_conferido = True
        if self._porta.nome == "json2":
            return
        self.uid = self._repetidor.rodar(self._pedir_uid)

    def _pedir_uid(self) -> int | None:
        self._contar("common.authenticate")
        try:
            return self._porta.autenticar()
        except Falha500EmHtml:
            pass  # o 500 em HTML não diz a causa; a resposta está no XML-RPC, logo abaixo
        return self._por_xmlrpc(lambda xml: xml.autenticar(), "common.authenticate")  # type: ignore[no-any-return]

    def _contar(self, nome: str) -> None:
        with self._trava_contagem:
            self.por_metodo[nome] += 1

    def _lista(self, valor: Any, serve: Callable[[Any], bool]) -> list[Any]:
        rotulo = self._contexto.rotulo
        if not isinstance(valor, list):
            raise RespostaInvalida(servidor=rotulo, detalhe="devolveu outra coisa onde se esperava uma lista")
        teto = self.conexao.tetos.linhas
        if len(valor) > teto:
            raise RespostaGrandeDemais(servidor=rotulo, teto=f"{teto} linhas", detalhe=f"vieram {len(valor)}")
        if not all(map(serve, valor)):
            raise RespostaInvalida(servidor=rotulo, detalhe="a lista tem itens que não se esperavam")
        return valor


def _eh_id(item: Any) -> bool:
    return type(item) is int


def _eh_registro(item: Any) -> bool:
    return type(item) is dict and type(item.get("id")) is int


def _eh_grupo(item: Any) -> bool:
    return type(item) is dict and type(item.get("__count")) is int


def _serve(conhecido: Conhecido, conexao: ConexaoOdoo) -> bool:
    """Se o que outra execução descobriu ainda vale para esta ligação."""
    if conhecido.protocolo not in PORTAS or conexao.protocolo not in ("auto", conhecido.protocolo):
        return False
    if conhecido.protocolo == "json2":
        return conexao.chave_api is not None
    # Quem ganhou uma chave num 19 passa a JSON-2: vale perguntar de novo.
    ganhou_chave = conexao.protocolo == "auto" and conexao.chave_api is not None and conhecido.serie >= SERIE_FORMATTED
    return conhecido.uid is not None and conexao.banco is not None and not ganhou_chave


def _do_usuario(erro: ErroOdoo) -> bool:
    return isinstance(erro, CredenciaisRecusadas) or erro.fatos.get("modelo") == "res.users"


def _com(contexto: Mapping[str, Any] | None) -> dict[str, Any]:
    return {} if contexto is None else {"context": dict(contexto)}


def _ids_nus(linhas: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Troca [id, nome] por id; listas de ids (one2many) ficam."""
    prontas = []
    for linha in linhas:
        for campo, valor in linha.items():
            if type(valor) is list and len(valor) == 2 and type(valor[1]) is str:
                linha[campo] = valor[0]
        prontas.append(linha)
    return prontas
