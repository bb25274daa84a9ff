"""XML-RPC em /xmlrpc/2/* (todas as versões até a 21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.odoo.classificar import classificar, de_fault
from app.odoo.erros import ArgumentoInvalido, CredenciaisRecusadas, RespostaCortada, RespostaGrandeDemais, RespostaInvalida
from app.odoo.transporte import Contexto, VersaoOdoo, versao_de
from app.odoo.xml_codigo import XmlIlegivel, codificar, decodificar


class PortaXmlRpc:
    """A porta mais antiga e a mais lenta; entende-se com qualquer Odoo e diz a causa quando o /jsonrpc se cala."""

    nome = "xmlrpc"

    def __init__(self, contexto: Contexto) -> None:
        self._contexto = contexto

    def versao(self) -> VersaoOdoo:
        """A versão dita pelo servidor."""
        return versao_de(self._chamar("common", "version", [], "common", "version"), self._contexto.rotulo)

    def bancos(self) -> list[str]:
        """Os bancos à vista."""
        return [str(b) for b in self._chamar("db", "list", [], "db", "list") or ()]

    def autenticar(self) -> int | None:
        """O uid. Erro: CredenciaisRecusadas (o Odoo responde false)."""
        c = self._contexto
        segredo = c.conexao.segredo_rpc
        args: list[Any] = [c.banco, c.conexao.usuario or "", segredo.get_secret_value() if segredo else "", {}]
        uid = self._chamar("common", "authenticate", args, "common", "authenticate")
        if not isinstance(uid, int) or isinstance(uid, bool):
            raise CredenciaisRecusadas(usuario=c.conexao.usuario, banco=c.banco)
        return uid

    def executar(self, uid: int | None, modelo: str, metodo: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """object.execute_kw."""
        c = self._contexto
        segredo = c.conexao.segredo_rpc
        todos = [c.banco, uid, segredo.get_secret_value() if segredo else "", modelo, metodo, list(args), dict(kwargs)]
        return self._chamar("object", "execute_kw", todos, modelo, metodo)

    def _chamar(self, servico: str, funcao: str, args: list[Any], modelo: str, metodo: str) -> Any:
        c = self._contexto
        motivo = ""
        try:
            corpo = codificar(funcao, args)
        except (ValueError, TypeError) as erro:
            motivo = str(erro)
        if motivo:
            raise ArgumentoInvalido(modelo=modelo, metodo=metodo, detalhe=motivo)
        caminho = f"/xmlrpc/2/{servico}"
        resposta = c.http.pedir(caminho, corpo, "text/xml")
        if resposta.html or resposta.status != 200:
            raise c.recusar_html(resposta, "XML-RPC", caminho)
        cortada, valores = False, c.conexao.tetos.valores
        if resposta.corpo.count(b"<value") > valores:
            raise RespostaGrandeDemais(servidor=c.rotulo, teto=f"{valores} valores", detalhe="contados antes de ler")
        try:
            valor, falha = decodificar(resposta.corpo)
        except XmlIlegivel as erro:
            motivo, cortada = str(erro), erro.cortada
        if motivo:
            raise (RespostaCortada if cortada else RespostaInvalida)(servidor=c.rotulo, detalhe=motivo)
        if falha is not None:
            raise classificar(de_fault(falha.codigo, falha.texto), c.pedido(modelo, metodo))
        return valor
