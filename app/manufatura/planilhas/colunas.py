"""As espécies de coluna que se repetem, prontas para as definições."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.manufatura.planilhas import celulas
from app.manufatura.planilhas.tipos import Coluna

PRODUTO = ("produto", "código", "cod", "cód. produto", "codigo do produto", "sku", "item", "código do item", "referência", "cod item")
LOTE = ("lote", "lote separação", "lote de separação", "separação", "id do lote", "número do lote", "separacao lote")
PEDIDO = ("pedido", "nº pedido", "n pedido", "número do pedido", "num pedido", "pedido de venda", "numero pedido", "nro pedido")


def codigo(nome: str, titulo: str, ajuda: str, **op: Any) -> Coluna:
    """Um código: texto, com os zeros."""
    return Coluna(nome, titulo, lambda v, _: celulas.codigo(v), ajuda, "texto", **op)


def produto(**op: Any) -> Coluna:
    """O código do produto."""
    ajuda = "O código do produto, como no cadastro"
    return codigo("cod_produto", "Código do produto", ajuda, obrigatoria=True, sinonimos=PRODUTO, exemplo="MESA-01", **op)


def nome_produto(**op: Any) -> Coluna:
    """O nome do produto; vazio, fica o guardado ou, numa linha nova, o do cadastro."""
    sinonimos = ("nome", "descrição", "descrição do produto", "descricao produto", "produto nome", "produto descrição")
    return texto(
        "nome_produto", "Nome do produto", "O nome; vazio, fica o do cadastro", conserva=True, sinonimos=sinonimos, largura=36, **op
    )


def lote(**op: Any) -> Coluna:
    """O lote de separação."""
    ajuda = "O lote de separação"
    return codigo("separacao_lote_id", "Lote", ajuda, sinonimos=LOTE[1:], exemplo="L-1001", **op)


def pedido(**op: Any) -> Coluna:
    """O número do pedido de venda."""
    return codigo("num_pedido", "Número do pedido", "O número do pedido de venda", sinonimos=(*PEDIDO, "venda"), exemplo="PV-2001", **op)


def texto(nome: str, titulo: str, ajuda: str, **op: Any) -> Coluna:
    """Um texto livre."""
    return Coluna(nome, titulo, lambda v, _: celulas.texto(v), ajuda, "texto", **op)


def numero(
    nome: str,
    titulo: str,
    ajuda: str,
    *,
    minimo: Decimal | None = None,
    positivo: bool = False,
    ponto_duvidoso: bool = False,
    formato: str = "numero",
    **op: Any,
) -> Coluna:
    """Um número exato; `ponto_duvidoso` nas colunas em que 1.234 tanto pode ser mil como um vírgula dois."""

    def converter(v: Any, leitura: celulas.Leitura) -> Decimal:
        return celulas.decimal(v, leitura, minimo=minimo, positivo=positivo, ponto_duvidoso=ponto_duvidoso)

    return Coluna(nome, titulo, converter, ajuda, formato, **op)


def dinheiro(nome: str, titulo: str, ajuda: str, **op: Any) -> Coluna:
    """Um valor em reais; 1.234 é mil duzentos e trinta e quatro."""
    return numero(nome, titulo, ajuda, formato="dinheiro", **op)


def inteiro(nome: str, titulo: str, ajuda: str, minimo: int, maximo: int, **op: Any) -> Coluna:
    """Um inteiro entre dois limites."""
    return Coluna(nome, titulo, lambda v, leitura: celulas.inteiro(v, leitura, minimo, maximo), ajuda, "inteiro", **op)


def percentual(nome: str, titulo: str, ajuda: str, **op: Any) -> Coluna:
    """Um percentual em pontos: 5% é 5."""
    return Coluna(nome, titulo, celulas.percentual, ajuda, "percentual", **op)


def data(nome: str, titulo: str, ajuda: str, **op: Any) -> Coluna:
    """Uma data local."""
    return Coluna(nome, titulo, celulas.data, ajuda, "data", **op)


def logico(nome: str, titulo: str, ajuda: str, **op: Any) -> Coluna:
    """Sim ou não."""
    return Coluna(nome, titulo, lambda v, _: celulas.logico(v), ajuda, "logico", opcoes=("sim", "não"), **op)


def opcao(nome: str, titulo: str, ajuda: str, opcoes: dict[str, str], **op: Any) -> Coluna:
    """Uma de poucas palavras; `opcoes`: forma simples → valor guardado."""
    return Coluna(nome, titulo, lambda v, _: celulas.opcao(v, opcoes), ajuda, "texto", opcoes=tuple(dict.fromkeys(opcoes.values())), **op)


ZERO = Decimal(0)
