"""O que se pergunta a um modelo: search, read, search_read, search_count, fields_get, read_group… com direitos, regras e ordem do Odoo."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from app.demo.odoo_simulado.acessos import Acessos, Credencial
from app.demo.odoo_simulado.calculados import nome_por_id, valor
from app.demo.odoo_simulado.dominio import Compilador, Predicado, cita_ativo
from app.demo.odoo_simulado.erros import campo_invalido, erro_de_valor
from app.demo.odoo_simulado.nucleo import Linha, Nucleo


class Consulta:
    """As leituras de um usuário num contexto. Cada método público tem o nome e os argumentos do método do Odoo."""

    def __init__(self, banco: Nucleo, acessos: Acessos, credencial: Credencial, contexto: dict[str, Any]) -> None:
        self.banco, self.acessos, self.credencial, self.contexto = banco, acessos, credencial, contexto
        self.empresas = acessos.empresas(credencial, contexto)

    # --- quem serve -----------------------------------------------------------------------------------------------------------
    def _achar(self, modelo: str, dominio: Any) -> list[Linha]:
        self.acessos.exigir(self.credencial, modelo, "read")
        campos = self.banco.modelo(modelo).campos
        ativos = bool(self.contexto.get("active_test", True))
        compilador = Compilador(self.banco, lambda m: self.acessos.exigir(self.credencial, m, "read"), ativos=ativos)
        predicado, restricao = compilador.compilar(modelo, dominio)
        so_ativos = ativos and "active" in campos and not cita_ativo(dominio)
        permitida = self._permitida(modelo)
        if restricao is None:
            linhas = self.banco.linhas(modelo)
        else:
            linhas = [x for i in sorted(i for i in restricao if isinstance(i, int)) if (x := self.banco.linha(modelo, i))]
        return [x for x in linhas if (not so_ativos or x["active"]) and predicado(x) and (permitida is None or permitida(x))]

    def _permitida(self, modelo: str) -> Predicado | None:
        """As regras de registro do usuário neste modelo; None quando nada esconde."""
        partes: list[Predicado] = []
        empresas = self.empresas
        if (
            "company_id" in self.banco.em_branco(modelo)
            and not empresas >= set(self.banco.tabelas["res.company"])
            and modelo != "res.users"
        ):
            partes.append(lambda x: not x["company_id"] or x["company_id"] in empresas)
        compilador = Compilador(self.banco, lambda m: None, ativos=False)
        partes += [
            compilador.compilar(modelo, list(regra.dominio))[0]
            for regra in self.acessos.regras
            if regra.modelo == modelo and regra.uid in (None, self.credencial.uid)
        ]
        return (lambda x: all(p(x) for p in partes)) if partes else None

    def _ordenar(self, modelo: str, linhas: list[Linha], ordem: str | None) -> list[Linha]:
        for parte in reversed((ordem or self.banco.modelo(modelo).ordem).split(",")):
            nome, _, sentido = parte.strip().partition(" ")
            campo = self.banco.modelo(modelo).campos.get(nome)
            if campo is None:
                if ordem:
                    raise erro_de_valor(f"Invalid field {nome!r} on model {modelo!r}")
                continue
            if nome == "id" and sentido == "" and not ordem:
                continue
            linhas = sorted(linhas, key=self._chave(modelo, nome), reverse=sentido.strip().lower().startswith("desc"))
        return linhas

    def _chave(self, modelo: str, nome: str) -> Callable[[Linha], Any]:
        campo = self.banco.modelo(modelo).campos[nome]
        banco = self.banco
        if nome == "id":
            return itemgetter("id")
        if campo.tipo == "many2one" and campo.relacao:
            relacao = campo.relacao
            if relacao == "purchase.order":  # a ordem padrão dele é decrescente; a das linhas dele segue por id
                return lambda x: -int(x[nome] or 0)
            return lambda x: (not valor(banco, modelo, x, nome), nome_por_id(banco, relacao, valor(banco, modelo, x, nome) or 0))
        if campo.tipo in ("integer", "float", "monetary"):
            return lambda x: valor(banco, modelo, x, nome)
        return lambda x: ((v := valor(banco, modelo, x, nome)) is False, str(v))  # nulos por último, como no PostgreSQL

    # --- search, search_count, search_read, read ------------------------------------------------------------------------------
    def search(self, modelo: str, domain: Any, offset: int = 0, limit: int | None = None, order: str | None = None) -> list[int]:
        return [x["id"] for x in self._buscar(modelo, domain, offset, limit, order)]

    def _buscar(self, modelo: str, domain: Any, offset: int, limit: int | None, order: str | None) -> list[Linha]:
        linhas = self._ordenar(modelo, self._achar(modelo, domain), order)
        return linhas[offset : offset + limit] if limit else linhas[offset:]

    def search_count(self, modelo: str, domain: Any, limit: int | None = None) -> int:
        achadas = len(self._achar(modelo, domain))
        return min(achadas, limit) if limit else achadas

    def search_read(
        self,
        modelo: str,
        domain: Any = None,
        fields: list[str] | None = None,
        offset: int = 0,
        limit: int | None = None,
        order: str | None = None,
        load: str = "_classic_read",
    ) -> list[dict[str, Any]]:
        self._conferir_campos(modelo, fields)
        return self._formatar(modelo, self._buscar(modelo, domain or [], offset, limit, order), fields, load)

    def read(self, modelo: str, ids: Any, fields: list[str] | None = None, load: str = "_classic_read") -> list[dict[str, Any]]:
        self.acessos.exigir(self.credencial, modelo, "read")
        self._conferir_campos(modelo, fields)
        ids = [ids] if isinstance(ids, int) else ids
        if self.banco._atual is None:
            tabela = self.banco.tabelas[modelo]
            linhas = [x for i in ids if (x := tabela.get(i)) is not None]
        else:
            linhas = [x for i in ids if (x := self.banco.linha(modelo, i)) is not None]
        permitida = self._permitida(modelo)
        if permitida is not None and (fora := [x for x in linhas if not permitida(x)]):
            raise self.acessos.regra_quebrada(self.credencial, modelo, fora)
        return self._formatar(modelo, linhas, fields, load)

    def _conferir_campos(self, modelo: str, campos: list[str] | None) -> None:
        conhecidos = self.banco.modelo(modelo).campos
        for nome in campos or ():
            if nome not in conhecidos:
                raise campo_invalido(self.banco.versao, modelo, nome)
        self.acessos.exigir_campos(self.credencial, modelo, campos or ())

    def _formatar(self, modelo: str, linhas: list[Linha], campos: list[str] | None, load: str) -> list[dict[str, Any]]:
        """As linhas como o RPC as manda: datas cortadas em segundos, many2one `[id, nome]` ou id nu, `false` para vazio."""
        definicoes = self.banco.modelo(modelo).campos
        if not campos:
            campos = [c for c in definicoes if (modelo, c) not in self.credencial.campos_negados]
        campos = ["id", *(c for c in dict.fromkeys(campos) if c != "id")]
        em_branco = self.banco.em_branco(modelo)
        diretos = [c for c in campos if c in em_branco and definicoes[c].tipo != "many2many"]
        pegar = itemgetter(*diretos)
        prontos = [dict(zip(diretos, pegar(x), strict=True)) for x in linhas] if len(diretos) > 1 else [{"id": x["id"]} for x in linhas]
        for nome in campos:
            definicao = definicoes[nome]
            if nome not in diretos:
                for x, pronto in zip(linhas, prontos, strict=True):
                    pronto[nome] = valor(self.banco, modelo, x, nome)
            if definicao.tipo == "datetime":
                for pronto in prontos:
                    v = pronto[nome]
                    if v and len(v) > 19:
                        pronto[nome] = v[:19]
            elif definicao.tipo == "many2one" and load == "_classic_read":
                self._nomear(definicao.relacao or "", nome, prontos)
        return prontos

    def _nomear(self, relacao: str, nome: str, prontos: list[dict[str, Any]]) -> None:
        nomes: dict[int, str] = {}
        for pronto in prontos:
            rid = pronto[nome]
            if rid:
                if rid not in nomes:
                    nomes[rid] = nome_por_id(self.banco, relacao, rid) if relacao in self.banco.esquema else f"{relacao},{rid}"
                pronto[nome] = [rid, nomes[rid]]

    # --- descrição e direitos -------------------------------------------------------------------------------------------------
    def fields_get(self, modelo: str, allfields: list[str] | None = None, attributes: list[str] | None = None) -> dict[str, Any]:
        """Os campos que o usuário pode ver; na 14 e na 19, sem direito de leitura no modelo a resposta ainda vem."""
        return {
            c.nome: c.descricao(attributes)
            for c in self.banco.modelo(modelo).campos.values()
            if (not allfields or c.nome in allfields) and (modelo, c.nome) not in self.credencial.campos_negados
        }

    def check_access_rights(self, modelo: str, operation: str, raise_exception: bool = True) -> bool:
        if raise_exception:
            self.acessos.exigir(self.credencial, modelo, operation)
        return self.acessos.pode(self.credencial, modelo, operation)

    def has_access(self, modelo: str, ids: list[int], operation: str) -> bool:
        return self.acessos.pode(self.credencial, modelo, operation)

    def exists(self, modelo: str, ids: list[int]) -> list[int]:
        return [i for i in ids if self.banco.linha(modelo, i) is not None]

    def name_get(self, modelo: str, ids: list[int]) -> list[list[Any]]:
        self.acessos.exigir(self.credencial, modelo, "read")
        return [[i, nome_por_id(self.banco, modelo, i)] for i in ids]
