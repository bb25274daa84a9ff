"""O que se guarda no banco sobre o servidor Odoo: capacidades (campos por modelo) e como se entrou da última vez."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.banco.base import tabela
from app.manufatura.models import OdooCapacidade
from app.odoo.cliente import ClienteOdoo
from app.odoo.conexao import ConexaoOdoo, Conhecido

VALIDADE_CONHECIDO = timedelta(hours=24)
"""Depois disso a versão do servidor é perguntada de novo, mesmo que nada falhe."""


class GuardaNoBanco:
    """Guarda de capacidades em odoo_capacidade: chave → dados (jsonb). Numa simulação (`somente_leitura`) nada se grava."""

    def __init__(self, motor: Engine, somente_leitura: bool = False) -> None:
        self.motor = motor
        self.somente_leitura = somente_leitura

    def obter(self, chave: str) -> dict[str, Any] | None:
        """Os dados guardados com esta chave, ou None."""
        with self.motor.connect() as conexao:
            return conexao.execute(select(OdooCapacidade.dados).where(OdooCapacidade.chave == chave)).scalar_one_or_none()

    def guardar(self, chave: str, dados: dict[str, Any]) -> None:
        """Guarda (ou troca) os dados desta chave, em transação própria."""
        if self.somente_leitura:
            return
        comando = insert(tabela(OdooCapacidade)).values(chave=chave, dados=dados)
        comando = comando.on_conflict_do_update(
            index_elements=["chave"], set_={"dados": comando.excluded.dados, "atualizado_em": func.now()}
        )
        with self.motor.begin() as conexao:
            conexao.execute(comando)

    def esquecer_tudo(self) -> None:
        """Esquece o que se sabe do servidor: a próxima sessão pergunta tudo de novo."""
        with self.motor.begin() as conexao:
            conexao.execute(delete(tabela(OdooCapacidade)))


def chave_da_conexao(conexao: ConexaoOdoo) -> str:
    """Uma chave que muda com o servidor, o banco, o usuário e o protocolo pedido (sem nada secreto)."""
    partes = "\n".join([conexao.url, conexao.banco or "", conexao.usuario or "", conexao.protocolo, str(conexao.chave_api is not None)])
    return "entrada:" + hashlib.sha256(partes.encode()).hexdigest()[:24]


def conhecido(guarda: GuardaNoBanco, conexao: ConexaoOdoo, agora: datetime) -> Conhecido | None:
    """Como se entrou da última vez, se foi há menos de VALIDADE_CONHECIDO."""
    dados = guarda.obter(chave_da_conexao(conexao))
    if not dados or agora - datetime.fromisoformat(dados["em"]) > VALIDADE_CONHECIDO:
        return None
    return Conhecido(serie=dados["serie"], versao=dados["versao"], protocolo=dados["protocolo"], uid=dados["uid"])


def lembrar(guarda: GuardaNoBanco, conexao: ConexaoOdoo, cliente: ClienteOdoo, agora: datetime) -> None:
    """Anota como se entrou, para a próxima sessão não perguntar versão nem autenticar de novo."""
    dados = {
        "serie": cliente.versao.serie,
        "versao": cliente.versao.texto,
        "protocolo": cliente.protocolo,
        "uid": cliente.uid,
        "em": agora.isoformat(),
    }
    guarda.guardar(chave_da_conexao(conexao), dados)
