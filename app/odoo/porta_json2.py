"""JSON-2 em /json/2/<modelo>/<método> (19 em diante): chave de API no cabeçalho, argumentos por nome."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.odoo.erros import (
    ArgumentoInvalido,
    BancoInexistente,
    BancoNaoInformado,
    CredenciaisRecusadas,
    ErroOdoo,
    OdooNaoConfigurado,
    ProtocoloIndisponivel,
    RespostaCortada,
    RespostaInvalida,
)
from app.odoo.rede import Resposta
from app.odoo.transporte import Contexto, VersaoOdoo, para_json, versao_de

# Os nomes dos argumentos que as outras portas dão por posição. `ids` é o registro sobre o qual o método roda.
_NOMES: dict[str, tuple[str, ...]] = {
    "search": ("domain", "offset", "limit", "order"),
    "search_count": ("domain", "limit"),
    "search_read": ("domain", "fields", "offset", "limit", "order"),
    "read": ("ids", "fields", "load"),
    "fields_get": ("allfields", "attributes"),
    "formatted_read_group": ("domain", "groupby", "aggregates", "having", "offset", "limit", "order"),
    "read_group": ("domain", "fields", "groupby", "offset", "limit", "orderby", "lazy"),
    "name_search": ("name", "domain", "operator", "limit"),
    "has_access": ("ids", "operation"),
    "context_get": (),
    "check_access_rights": ("operation", "raise_exception"),
}


class PortaJson2:
    """A porta nova: sem autenticar antes, erros com status HTTP e a classe da exceção no corpo."""

    nome = "json2"

    def __init__(self, contexto: Contexto) -> None:
        self._contexto = contexto

    def versao(self) -> VersaoOdoo:
        """A versão dita em /json/version."""
        c = self._contexto
        resposta = c.http.pedir("/json/version", None, "")
        if resposta.html or resposta.status != 200:
            raise c.recusar_html(resposta, "JSON-2", "/json/version")
        return versao_de(c.json(resposta), c.rotulo)

    def bancos(self) -> list[str]:
        """Esta porta não lista bancos: sem ODOO_DB, o servidor escolhe o único que houver."""
        return []

    def autenticar(self) -> int | None:
        """Não há o que autenticar: a chave vai em cada pedido. Devolve None."""
        return None

    def executar(self, uid: int | None, modelo: str, metodo: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """POST /json/2/<modelo>/<método>. Erro: ArgumentoInvalido se não sabemos o nome de um argumento."""
        c = self._contexto
        chave = c.conexao.chave_api
        if chave is None:
            raise OdooNaoConfigurado(falta="ODOO_API_KEY, que o protocolo json2 pede")
        cabecalhos: dict[bytes | str, bytes | str] = {"Authorization": f"bearer {chave.get_secret_value()}"}
        if c.banco:
            cabecalhos["X-Odoo-Database"] = c.banco
        caminho = f"/json/2/{modelo}/{metodo}"
        corpo = json.dumps(_por_nome(modelo, metodo, args, kwargs), default=para_json).encode()
        resposta = c.http.pedir(caminho, corpo, "application/json", cabecalhos)
        if resposta.status == 200 and not resposta.html:
            if resposta.sem_tamanho and not resposta.corpo.rstrip().endswith((b"}", b"]")):
                # Um número cortado ao meio ainda é um número: sem o tamanho dito, não há como saber que chegou inteiro.
                raise RespostaCortada(servidor=c.rotulo, detalhe="sem Content-Length")
            return c.json(resposta)
        raise self._erro(resposta, modelo, metodo, caminho)

    def _erro(self, resposta: Resposta, modelo: str, metodo: str, caminho: str) -> ErroOdoo:
        c = self._contexto
        if resposta.html or resposta.tipo != "application/json":
            if resposta.status == 404 and resposta.html:
                # O 19 responde assim quando o banco não existe ou não foi dito (e quando a porta não existe).
                return self._banco_ou_porta(resposta, caminho)
            return c.recusar_html(resposta, "JSON-2", caminho)
        dados = c.json(resposta)
        if not isinstance(dados, Mapping):
            return RespostaInvalida(servidor=c.rotulo, detalhe=f"HTTP {resposta.status} sem explicação")
        if resposta.status == 401:
            return CredenciaisRecusadas(usuario=c.conexao.usuario or "da chave de API", banco=c.banco or "único")
        return c.erro(str(dados.get("name") or ""), str(dados.get("message") or ""), modelo, metodo)

    def _banco_ou_porta(self, resposta: Resposta, caminho: str) -> ErroOdoo:
        # /json/version não depende de banco: se responde, a porta existe e o que falta é o banco.
        c = self._contexto
        try:
            self.versao()
        except ErroOdoo:
            return ProtocoloIndisponivel(servidor=c.rotulo, protocolo="JSON-2", caminho=caminho, status=resposta.status)
        return BancoInexistente(banco=c.banco) if c.banco else BancoNaoInformado()


def _por_nome(modelo: str, metodo: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    nomes = _NOMES.get(metodo, ("ids",))
    if len(args) > len(nomes):
        raise ArgumentoInvalido(modelo=modelo, metodo=metodo, detalhe="em JSON-2 os argumentos deste método vão por nome")
    return {**dict(zip(nomes, args, strict=False)), **kwargs}
