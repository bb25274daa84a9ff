"""Clientes prontos para os testes de transporte: sem descoberta, prazos curtos, esperas anotadas em vez de dormidas."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from app.odoo.cliente import ClienteOdoo
from app.odoo.conexao import ConexaoOdoo, Conhecido, Prazos, Tetos

CANARIO = "canario-7f3a9c-senha"
CANARIO_CHAVE = "canario-51be02-chave"


def conexao(url: str, **mudancas: Any) -> ConexaoOdoo:
    """Uma ligação de teste, com o canário como senha e como chave."""
    return ConexaoOdoo(
        **{
            "url": url,
            "banco": "fabrica",
            "usuario": "integracao",
            "senha": SecretStr(CANARIO),
            "chave_api": SecretStr(CANARIO_CHAVE),
            "prazos": Prazos(conexao_s=5, leitura_s=5, total_s=10),
            "tentativas": 1,
            **mudancas,
        }
    )


def cliente(
    url: str, protocolo: str = "jsonrpc", *, serie: int = 14, uid: int = 2, esperas: list[float] | None = None, **mudancas: Any
) -> ClienteOdoo:
    """Um cliente que já sabe versão, porta e uid; `esperas` recebe os segundos que ele dormiria."""
    anotadas = esperas if esperas is not None else []
    return ClienteOdoo.conectar(
        conexao(url, protocolo=protocolo, **mudancas),
        conhecido=Conhecido(serie, f"{serie}.0", protocolo, uid),
        dormir=anotadas.append,
        sorteio=random.Random(7),
    )


CURTOS = Prazos(conexao_s=0.5, leitura_s=0.3, total_s=0.6)
SEM_PRESSA = Prazos(conexao_s=5, leitura_s=5, total_s=10)
PEQUENOS = Tetos(resposta_bytes=64 * 1024, expandido_bytes=256 * 1024, linhas=1000, valores=50_000)
AUTORIDADE = Path(__file__).parent / "certificados" / "autoridade.pem"
