"""A explosão de materiais pelo nome que a fábrica conhece (seed.md, seção 3); a regra pura está em planejamento/explosao.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.banco.motor import motor_aplicacao
from app.config import obter_config
from app.erros import ErroManufatura
from app.manufatura.services import calendario_banco
from app.manufatura.services.mto import catalogo
from app.manufatura.services.planejamento.explosao import explodir
from app.manufatura.services.planejamento.motivos import caminhos
from app.relogio import hoje


class QuantidadeInvalida(ErroManufatura):
    """A quantidade {qtd} não serve: informe um número maior que zero."""

    codigo_saida = 2


class ProdutoForaDoCadastro(ErroManufatura):
    """O produto {codigo} não está no cadastro. Confira o código (zeros à esquerda contam), ou cadastre-o."""

    codigo_saida = 2


def explodir_materiais(
    cod_produto: str,
    qtd: Decimal | int | str,
    data: date | None = None,
    estoque: Mapping[str, Decimal] | None = None,
    sessao: Session | Connection | None = None,
) -> list[dict[str, Any]]:
    """Os materiais de `qtd` do produto por TODOS os níveis, cada um uma vez, em ordem de nível e código.

    Cada item: cod_produto, nome_produto, unidade, nivel (o mais baixo em que ocorre), tipo (comprado ou produzido),
    qtd_necessaria, qtd_disponivel (do estoque dado), qtd_comprar, qtd_produzir (o que falta), data_necessidade, caminhos
    (onde é usado). Quantidades em Decimal, na unidade do item, 6 casas. Só o que falta de um intermediário desce de nível.

    `data`: o começo da produção, que escolhe as versões (padrão: hoje em SCHEDULER_TIMEZONE). `estoque`: código → saldo;
    None = o estoque livre (a posição menos o que o último planejamento deu). `sessao`: None abre uma conexão só de leitura.
    Erros: QuantidadeInvalida, ProdutoForaDoCadastro, CicloNaEstrutura, DataForaDoCalendario.
    """
    config = obter_config()
    quantidade = _quantidade(qtd)
    dia = data or hoje(config.scheduler_timezone)
    with _conexao(sessao) as conexao:
        produtos = catalogo.ler(conexao)
        if cod_produto not in produtos.produtos:
            raise ProdutoForaDoCadastro(codigo=cod_produto)
        calendario = calendario_banco.montar_sem_gravar(conexao, dia, config.feriados_uf, config.feriados_facultativos)
        saldo = catalogo.livre(conexao, config.estoque_fonte) if estoque is None else estoque
        necessidades, _ = explodir(produtos, calendario, cod_produto, quantidade, dia, saldo)
    return [
        {
            "cod_produto": n.codigo,
            "nome_produto": produtos.produto(n.codigo).nome,
            "unidade": produtos.produto(n.codigo).unidade,
            "nivel": n.nivel,
            "tipo": n.tipo,
            "qtd_necessaria": n.total,
            "qtd_disponivel": n.estoque,
            "qtd_comprar": n.comprar,
            "qtd_produzir": n.produzir,
            "data_necessidade": n.data,
            "caminhos": caminhos(n, cod_produto),
        }
        for n in necessidades
    ]


def _quantidade(qtd: Decimal | int | str) -> Decimal:
    try:
        quantidade = Decimal(qtd)
    except (InvalidOperation, TypeError, ValueError):
        raise QuantidadeInvalida(qtd=qtd) from None
    if not quantidade.is_finite() or quantidade <= 0:
        raise QuantidadeInvalida(qtd=qtd)
    return quantidade


@contextmanager
def _conexao(sessao: Session | Connection | None) -> Iterator[Connection]:
    if sessao is None:
        with motor_aplicacao(obter_config()).connect() as conexao:
            yield conexao
    else:
        yield sessao.connection() if isinstance(sessao, Session) else sessao
