"""O que este Odoo tem: modelos e campos, perguntados uma vez (fields_get) e guardados por versão, servidor e banco."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from app.odoo.cliente import ClienteOdoo
from app.odoo.descricao import CampoOdoo, de_guardado, para_guardar
from app.odoo.erros import CampoAusente, ModeloAusente

# O que sumiu do Odoo aparece na hora, pelo erro da leitura. Um módulo instalado ou um campo criado aparece depois de um dia, em
# poucas sessões: perguntar tudo de novo numa só custaria uma chamada por modelo (11, numa importação que faz 16).
VALIDADE = timedelta(hours=24)
POR_SESSAO = 2
LIMITE = timedelta(days=7)
"""Mais velho que isto não se usa, custe o que custar."""


class GuardaCapacidades(Protocol):
    """Onde as respostas ficam entre execuções (o banco de dados)."""

    def obter(self, chave: str) -> dict[str, Any] | None:
        """O que foi guardado com a chave, ou None."""
        ...

    def guardar(self, chave: str, dados: dict[str, Any]) -> None:
        """Guarda (ou troca) os dados da chave; são JSON puro."""
        ...


class Capacidades:
    """Responde se um modelo ou campo existe sem perguntar duas vezes ao Odoo.

    Sem `guarda` a memória é a deste objeto. Chame `esquecer()` depois de um ModeloAusente ou CampoAusente numa leitura: o
    esquema mudou, e as próximas perguntas vão ao Odoo de novo.
    """

    def __init__(self, cliente: ClienteOdoo, guarda: GuardaCapacidades | None = None) -> None:
        self._cliente, self._guarda = cliente, guarda
        self._memoria: dict[str, dict[str, CampoOdoo] | None] = {}
        self._confia_na_guarda = True
        self._de_novo = 0

    def existe(self, modelo: str) -> bool:
        """Se o modelo existe neste Odoo (o módulo dele está instalado)."""
        return self._obter(modelo) is not None

    def campos(self, modelo: str) -> Mapping[str, CampoOdoo]:
        """Os campos do modelo. Erro: ModeloAusente."""
        campos = self._obter(modelo)
        if campos is None:
            raise ModeloAusente(modelo=modelo, versao=self._cliente.versao.texto)
        return campos

    def tem(self, modelo: str, campo: str) -> bool:
        """Se o modelo existe e tem o campo."""
        return campo in (self._obter(modelo) or {})

    def primeiro(self, modelo: str, *alternativas: str) -> str | None:
        """O primeiro dos nomes que existe no modelo (os nomes mudam entre versões); None se nenhum."""
        campos = self._obter(modelo) or {}
        return next((nome for nome in alternativas if nome in campos), None)

    def exigir(self, modelo: str, *campos: str) -> None:
        """Erros: ModeloAusente, ou CampoAusente com modelo, campo e versão."""
        existentes = self.campos(modelo)
        for campo in campos:
            if campo not in existentes:
                raise CampoAusente(modelo=modelo, campo=campo, versao=self._cliente.versao.texto)

    def esquecer(self) -> None:
        """Deixa de confiar no que foi guardado; cada modelo será perguntado de novo e guardado por cima."""
        self._memoria.clear()
        self._confia_na_guarda = False

    def _obter(self, modelo: str) -> dict[str, CampoOdoo] | None:
        if modelo not in self._memoria:
            guardado = self._guardado(modelo)
            self._memoria[modelo] = self._perguntar(modelo) if guardado is None else _ler_guardado(guardado)
        return self._memoria[modelo]

    def _guardado(self, modelo: str) -> dict[str, Any] | None:
        if self._guarda is None or not self._confia_na_guarda:
            return None
        dados = self._guarda.obter(self._chave(modelo))
        agora = self._cliente.hora_servidor
        if dados is None or "campos" not in dados:
            return None
        idade = agora - datetime.fromisoformat(dados["visto_em"]) if agora is not None and dados.get("visto_em") else timedelta(0)
        if idade > LIMITE or (idade > VALIDADE and self._de_novo < POR_SESSAO):
            self._de_novo += 1
            return None
        return dados

    def _perguntar(self, modelo: str) -> dict[str, CampoOdoo] | None:
        campos: dict[str, CampoOdoo] | None
        try:
            campos = self._cliente.descrever(modelo)
        except ModeloAusente:
            campos = None
        if self._guarda is not None:
            guardados = None if campos is None else para_guardar(campos)
            visto = self._cliente.hora_servidor
            dados = {"modelo": modelo, "versao": self._cliente.versao.texto, "campos": guardados, "resumo": _resumo(guardados)}
            self._guarda.guardar(self._chave(modelo), {**dados, "visto_em": visto.isoformat() if visto else None})
        return campos

    def _chave(self, modelo: str) -> str:
        # O usuário entra: fields_get esconde os campos que os grupos dele não veem.
        c = self._cliente
        lugar = f"{c.conexao.endereco.rotulo}|{c.banco or ''}|{c.conexao.usuario or ''}"
        return f"{c.versao.texto}|{hashlib.sha256(lugar.encode()).hexdigest()[:12]}|{modelo}"


def _ler_guardado(dados: Mapping[str, Any]) -> dict[str, CampoOdoo] | None:
    return None if dados["campos"] is None else de_guardado(dados["campos"])


def _resumo(campos: Mapping[str, Any] | None) -> str:
    return hashlib.sha256(json.dumps(campos, sort_keys=True).encode()).hexdigest()
