"""Um Odoo de verdade (14 ou 19, do kit odoo-real/) de um lado, e um banco nosso vazio do outro. Só em bancos de rascunho."""

from __future__ import annotations

import threading
from typing import Any

from app import relogio
from app.odoo.incremental import MARGEM_LEITURA
from tests.apoio.importacao import MundoBase
from tests.apoio.odoo import OdooReal
from tests.apoio.oraculo import CAMPOS, NOMES, Retrato
from tests.apoio.pg import BancoTeste
from tests.contrato.edicao_real import EdicaoReal, ErroRpc

LOTE = 2_000
_CAMPOS: dict[tuple[str, str, str], set[str]] = {}


class MundoReal(MundoBase):
    """Como Mundo, com as edições feitas por RPC (`odoo`, os mesmos nomes dos atos do simulado)."""

    def __init__(self, real: OdooReal, banco_pg: BancoTeste) -> None:
        super().__init__(real.versao, banco_pg, relogio.agora)
        self.real = real
        self.edicao = EdicaoReal(real.url, real.banco, pg=real.pg)
        self._mexeu = True

    @property
    def odoo(self) -> EdicaoReal:
        """Por onde se mexe no Odoo."""
        self._mexeu = True
        return self.edicao

    @property
    def ligacao(self) -> dict[str, Any]:
        chave = {"odoo_api_key": self.real.chave} if self.real.chave else {}
        return {"odoo_url": self.real.url, "odoo_db": self.real.banco, "odoo_user": "admin", "odoo_password": "admin", **chave}

    def passar(self, **quanto: float) -> None:
        """Deixa o relógio do Odoo passar da margem em que uma leitura ainda não prova nada, se algo foi mexido."""
        if self._mexeu:
            threading.Event().wait(MARGEM_LEITURA.total_seconds() + 1)
            self._mexeu = False

    def _campos(self, modelo: str) -> set[str]:
        """Os nomes dos campos do modelo (vazio se ele não existe), perguntados uma vez por banco."""
        chave = (self.real.url, self.real.banco, modelo)
        if chave not in _CAMPOS:
            try:
                _CAMPOS[chave] = set(self.edicao.x(modelo, "fields_get", attributes=["type"]))
            except ErroRpc:
                _CAMPOS[chave] = set()
        return _CAMPOS[chave]

    def retrato(self) -> Retrato:
        nomes = NOMES[14 if self.versao < 17 else 19]
        registros: dict[str, dict[int, dict[str, Any]]] = {}
        for modelo, campos in CAMPOS.items():
            tem = self._campos(modelo)
            if not tem:
                continue  # o módulo não está instalado
            uteis = {nomes.get(c, c): c for c in campos if nomes.get(c, c) in tem}
            ids = self.edicao.procurar(modelo, [])
            registros[modelo] = {}
            for inicio in range(0, len(ids), LOTE):
                linhas = self.edicao.x(modelo, "read", ids[inicio : inicio + LOTE], fields=list(uteis), load="_classic_write")
                registros[modelo].update({x["id"]: {nosso: x[deles] for deles, nosso in uteis.items()} for x in linhas})
        return Retrato(14 if self.versao < 17 else 19, registros)
