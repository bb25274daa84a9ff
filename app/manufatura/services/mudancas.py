"""O que uma transação ainda não confirmada criou e mudou, com o antes e o depois: é o que `importar --simular` mostra.

Toda linha gravada recebe em `atualizado_em` (e, se é nova, em `criado_em`) o instante em que a transação começou; o antes é
lido por outra conexão, que não vê o que não foi confirmado.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Table, func, select

from app.banco.base import em, tabela
from app.manufatura.models import (
    CadastroPalletizacao,
    LeadTimeFornecedor,
    MovimentacaoEstoque,
    OrdemProducao,
    PedidoCompras,
    PosicaoEstoque,
    RequisicaoCompras,
)

DE_MAQUINA = ("id", "criado_em", "atualizado_em", "importado_odoo", "campos_fixados", "odoo_procurada_em")


@dataclass(frozen=True)
class Assunto:
    """Uma tabela que se mostra: título para pessoas, as colunas que dizem de que linha se trata, e as que interessam numa nova."""

    tabela: Table
    titulo: str
    quem: tuple[str, ...]
    resumo: tuple[str, ...]


ASSUNTOS = (
    Assunto(
        tabela(CadastroPalletizacao), "Cadastro de produtos", ("cod_produto",), ("nome_produto", "produto_comprado", "produto_produzido")
    ),
    Assunto(tabela(RequisicaoCompras), "Requisições de compra", ("num_requisicao", "cod_produto"), ("qtd_produto_requisicao", "status")),
    Assunto(
        tabela(PedidoCompras),
        "Pedidos de compra",
        ("num_pedido", "cod_produto"),
        ("qtd_produto_pedido", "data_pedido_previsao", "raz_social", "status_odoo"),
    ),
    Assunto(
        tabela(MovimentacaoEstoque),
        "Movimentos de estoque",
        ("referencia", "cod_produto"),
        ("tipo_movimentacao", "qtd_movimentacao", "num_pedido"),
    ),
    Assunto(tabela(LeadTimeFornecedor), "Prazos de fornecedor", ("nome_fornecedor", "cod_produto"), ("lead_time_historico", "entregas")),
    Assunto(tabela(OrdemProducao), "Ordens de produção", ("numero_ordem",), ("status", "qtd_produzida")),
    Assunto(tabela(PosicaoEstoque), "Posição de estoque", ("cod_produto",), ("qtd", "qtd_reservada")),
)


@dataclass(frozen=True)
class Mudanca:
    """Uma linha nova (`antes` vazio) ou mudada: coluna → valor, só as colunas que interessam ou que mudaram."""

    quem: str
    antes: Mapping[str, Any]
    depois: Mapping[str, Any]

    @property
    def nova(self) -> bool:
        """A linha não existia."""
        return not self.antes


@dataclass
class Mudancas:
    """As de um assunto: quantas linhas novas e mudadas, e os primeiros exemplos de cada."""

    assunto: Assunto
    novas: int = 0
    mudadas: int = 0
    exemplos: list[Mudanca] = field(default_factory=list)


def da_transacao(conexao: Connection, motor: Engine, exemplos: int = 5) -> list[Mudancas]:
    """O que a transação aberta em `conexao` criou e mudou, por assunto (só os que têm algo); `motor` lê o antes por fora."""
    with motor.connect() as fora:
        achadas = [_de_um(conexao, fora, assunto, exemplos) for assunto in ASSUNTOS]
    return [m for m in achadas if m.novas or m.mudadas]


def _de_um(conexao: Connection, fora: Connection, assunto: Assunto, exemplos: int) -> Mudancas:
    resultado = Mudancas(assunto)
    for lote in _tocadas(conexao, assunto.tabela):
        ids = [linha["id"] for linha in lote]
        antigas = {r["id"]: r for r in fora.execute(select(assunto.tabela).where(em(assunto.tabela.c.id, ids))).mappings()}
        for depois in lote:
            antes = antigas.get(depois["id"])
            mudou = [c for c in depois if c not in DE_MAQUINA and antes is not None and antes[c] != depois[c]]
            # As colunas do que o Odoo disse (odoo_*) só aparecem se nada do que delas se calcula mudou.
            visiveis = [c for c in mudou if not c.startswith("odoo_")]
            if antes is not None and not visiveis:
                continue
            resultado.novas += antes is None
            resultado.mudadas += antes is not None
            quantas = sum(m.nova == (antes is None) for m in resultado.exemplos)
            if quantas < exemplos:
                resultado.exemplos.append(_exemplo(assunto, antes, depois, visiveis))
    return resultado


def _tocadas(conexao: Connection, t: Table, lote: int = 5_000) -> Iterator[Sequence[RowMapping]]:
    """As linhas gravadas nesta transação, por id, em lotes."""
    ultimo = 0
    while True:
        consulta = select(t).where(t.c.atualizado_em == func.transaction_timestamp(), t.c.id > ultimo).order_by(t.c.id).limit(lote)
        linhas = conexao.execute(consulta).mappings().all()
        if linhas:
            yield linhas
        if len(linhas) < lote:
            return
        ultimo = linhas[-1]["id"]


def _exemplo(assunto: Assunto, antes: RowMapping | None, depois: RowMapping, mudou: Sequence[str]) -> Mudanca:
    quem = " ".join(str(depois[c]) for c in assunto.quem if depois[c] is not None) or f"#{depois['id']}"
    if antes is None:
        return Mudanca(quem, {}, {c: depois[c] for c in assunto.resumo})
    return Mudanca(quem, {c: antes[c] for c in mudou}, {c: depois[c] for c in mudou})
