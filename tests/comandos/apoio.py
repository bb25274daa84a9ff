"""Uma instalação de teste: configuração apontada para o Odoo simulado e o banco do processo, e tudo importado."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from decimal import Decimal

from pydantic import SecretStr
from sqlalchemy import Engine

from app.comandos import _rodar
from app.config import Config, definir_config, limpar_config
from app.demo.odoo_simulado import ADMIN, SENHA_ADMIN, BancoSimulado, ServidorSimulado
from app.manufatura.fontes import sessao
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.registro import FONTES
from app.manufatura.jobs import base_job, importacao
from app.manufatura.services import ordens_novas
from app.manufatura.services.ordens import Autor
from app.manufatura.services.ordens_novas import NovaOrdem
from app.relogio import agora
from tests.apoio.pg import BancoTeste


def configuracao(odoo: ServidorSimulado, banco: BancoTeste, **outras: object) -> Config:
    """A configuração que aponta para os dois."""
    return Config.model_validate(
        {
            "odoo_url": odoo.url,
            "odoo_db": odoo.nome_banco,
            "odoo_user": ADMIN,
            "odoo_password": SecretStr(SENHA_ADMIN),
            "database_url": SecretStr(banco.url),
            "database_url_migracao": SecretStr(banco.url_dono),
            **outras,
        }
    )


@contextmanager
def instalacao(odoo: ServidorSimulado, banco: BancoTeste, **outras: object) -> Iterator[Config]:
    """Faz dela a configuração do processo enquanto o bloco roda."""
    config = configuracao(odoo, banco, **outras)
    definir_config(config)
    base_job.motor_do_processo.cache_clear()
    try:
        yield config
    finally:
        base_job.motor_do_processo.cache_clear()
        limpar_config()


@contextmanager
def sessao_aberta(config: Config, motor: Engine) -> Iterator[Contexto]:
    """Uma sessão com o Odoo."""
    with sessao.abrir(config, motor, agora()) as contexto:
        yield contexto


def importar_tudo(config: Config, motor: Engine) -> None:
    """Todas as fontes, uma vez, depois de criar uma ordem nossa por OP da fábrica (mesmo número, produto e quantidade)."""
    with sessao_aberta(config, motor) as contexto:
        for nome in FONTES:
            importacao.importar(nome, contexto)


def rodar(*argumentos: str) -> tuple[int, str, str]:
    """O programa neste processo, fora de um terminal: (código de saída, stdout, stderr)."""
    saida_, erros = io.StringIO(), io.StringIO()
    with redirect_stdout(saida_), redirect_stderr(erros):
        codigo = _rodar(list(argumentos), depurar=False)
    return codigo, saida_.getvalue(), erros.getvalue()


def fabrica(versao: int = 19) -> BancoSimulado:
    """Um Odoo com um produto comprado, um fornecedor e um pedido de duas linhas (10 e 20 a R$ 5), recebido pela metade."""
    b = BancoSimulado(versao)
    produto, fornecedor = b.criar_produto("Parafuso", "A1"), b.criar_parceiro("Aços Ltda", vat="12.345.678/0001-95")
    pedido = b.criar_pedido(fornecedor, [{"produto": produto, "qtd": q, "preco": 5, "previsto": "2026-12-01 15:00:00"} for q in (10, 20)])
    b.confirmar_pedido(pedido)
    b.receber(pedido, {b.linhas_do_pedido(pedido)[0]: 4.0})
    return b


def criar_ordens(odoo: ServidorSimulado, banco: BancoTeste, quantas: int) -> None:
    """Ordens nossas com o número, o produto e a quantidade das primeiras OPs da fábrica."""
    novas: dict[int, NovaOrdem] = {}
    for op in sorted(odoo.banco.linhas("mrp.production"), key=lambda x: str(x["name"])):
        numero, produto = int(str(op["name"]).split("-")[1]), odoo.banco.exigir("product.product", op["product_id"])
        codigo = str(produto["default_code"]).strip()
        novas.setdefault(numero, NovaOrdem(codigo, Decimal(str(op["product_qty"])), numero=numero, odoo_produto_id=produto["id"]))
    with banco.motor.begin() as conexao:
        ordens_novas.criar(conexao, [novas[n] for n in sorted(novas)[:quantas]], Autor("ana", "teste"))
