"""Concluir uma ordem que o Odoo não aponta: a produção que falta, o consumo dos materiais e o estado, juntos.

Fonte da regra: planejamento.md (`ordem concluir`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection, insert, text

from app.banco.base import tabela
from app.estoque.models import MovimentacaoEstoque
from app.manufatura.services import ordens
from app.manufatura.services.ordens import Autor, Datas, Status
from app.manufatura.services.ordens_vida.recusas import ConcluiNoOdoo, EstadoNaoPermite, NadaProduzido, QuantidadeAbaixoDoProduzido
from app.manufatura.services.ordens_vida.travada import Travada, travar
from app.manufatura.services.planejamento.avisos_plano import numero as por_extenso
from app.manufatura.services.planejamento.consumo import normal, vezes

ORIGEM = "Manual"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Conclusao:
    """O que se apontou: a ordem como estava, a produção lançada agora, e quanto de cada material se consumiu."""

    ordem: Travada
    producao: Decimal
    consumos: tuple[tuple[str, Decimal], ...]


def concluir(conexao: Connection, numero: int, autor: Autor, hoje: date, agora: datetime, qtd: Decimal | None = None) -> Conclusao:
    """Liberada ou Em Produção → Concluída, com `qtd` produzida ao todo (padrão: a planejada).

    Lança PRODUCAO do que ainda não foi apontado e CONSUMO dos materiais na mesma proporção (origem Manual, com o usuário), em `agora`.
    Erros: OrdemDesconhecida, EstadoNaoPermite, ConcluiNoOdoo, QuantidadeAbaixoDoProduzido, NadaProduzido.
    """
    ordem = travar(conexao, numero)
    if ordem.status not in (Status.LIBERADA, Status.EM_PRODUCAO):
        motivo = "libere-a antes" if ordem.status is Status.PLANEJADA else "só se conclui uma Liberada ou Em Produção"
        raise EstadoNaoPermite(ordem=ordem.numero_ordem, status=ordem.status, acao="concluir", motivo=motivo)
    if ops := _familia(conexao, ordem):
        raise ConcluiNoOdoo(ordem=ordem.numero_ordem, ops=ops)
    total = qtd if qtd is not None else max(ordem.planejada, ordem.produzida)
    if total < ordem.produzida:
        raise QuantidadeAbaixoDoProduzido(ordem=ordem.numero_ordem, produzida=por_extenso(ordem.produzida), qtd=por_extenso(total))
    if total == 0:
        raise NadaProduzido(ordem=ordem.numero_ordem)
    producao = normal(total - ordem.produzida)
    consumos = tuple((codigo, consumo) for codigo, consumo in _consumos(ordem, producao) if consumo)
    _lancar(conexao, ordem, producao, consumos, autor, agora)
    ordens.recalcular_produzido(conexao, [ordem.id])
    inicio = min(ordem.inicio_real or hoje, hoje)
    ordens.concluir(conexao, [Datas(ordem.id, inicio, hoje)], autor)
    return Conclusao(ordem, producao, consumos)


def _familia(conexao: Connection, ordem: Travada) -> str:
    """Os nomes das OPs do Odoo que apontam esta ordem; as apagadas e as canceladas lá não apontam mais nada."""
    consulta = text("""SELECT string_agg(nome, ', ' ORDER BY odoo_id) FROM odoo_op
        WHERE ordem_producao_id = :id AND NOT excluida AND estado IS DISTINCT FROM 'cancel'""")
    return conexao.execute(consulta, {"id": ordem.id}).scalar() or ""


def _consumos(ordem: Travada, producao: Decimal) -> Iterator[tuple[str, Decimal]]:
    """Quanto de cada material vai na `producao`: necessidade × produção / planejada.

    Um intermediário feito dentro da própria ordem (sem ordens filhas, os componentes dele estão na mesma lista) só se consome do
    que veio do estoque e de outras ordens: o resto nasce e morre aqui.
    """
    materiais = ordem.materiais or ()
    feitos_dentro = {caminho["em"] for m in materiais for caminho in m["caminhos"]} - {ordem.produto}
    razao = Fraction(producao) / Fraction(ordem.planejada)
    falta = ordem.planejada - ordem.produzida
    for m in materiais:
        if m["cod_produto"] in feitos_dentro and falta > 0:
            veio = Decimal(m["qtd_disponivel"]) + Decimal(m["qtd_de_ordens"])
            yield m["cod_produto"], normal(vezes(veio, Fraction(producao) / Fraction(falta)))
        else:
            yield m["cod_produto"], normal(vezes(Decimal(m["qtd_necessaria"]), razao))


def _lancar(
    conexao: Connection, ordem: Travada, producao: Decimal, consumos: tuple[tuple[str, Decimal], ...], autor: Autor, agora: datetime
) -> None:
    lancamentos = [("PRODUCAO", ordem.produto, producao)] if producao else []
    lancamentos += [("CONSUMO", codigo, -consumo) for codigo, consumo in consumos]
    if not lancamentos:
        return
    conexao.execute(
        insert(tabela(MovimentacaoEstoque)),
        [
            {
                "tipo_movimentacao": tipo,
                "cod_produto": codigo,
                "qtd_movimentacao": qtd,
                "data_movimentacao": agora,
                "ordem_producao_id": ordem.id,
                "origem": ORIGEM,
                "referencia": ordem.numero_ordem,
                "usuario": autor.quem,
            }
            for tipo, codigo, qtd in lancamentos
        ],
    )
