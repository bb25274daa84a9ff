"""A explosão de um produto por todos os níveis, com o estoque dado: a regra por trás de explodir_materiais."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from app.erros import ErroManufatura
from app.manufatura.services.calendario import Calendario
from app.manufatura.services.planejamento import niveis
from app.manufatura.services.planejamento.compensacao import Saldos
from app.manufatura.services.planejamento.necessidades import Explosao
from app.manufatura.services.planejamento.ordens import AvisoPlano, Necessidade, Ordem, Plano
from app.manufatura.services.planejamento.plano import percorrer
from app.manufatura.services.planejamento.produtos import Catalogo


class CicloNaEstrutura(ErroManufatura):
    """A estrutura de {produto} chega a um ciclo: {caminho}. Desfaça-o (um produto não pode entrar em si mesmo) e tente de novo."""


def explodir(
    catalogo: Catalogo, calendario: Calendario, codigo: str, qtd: Decimal, dia: date, estoque: Mapping[str, Decimal]
) -> tuple[Sequence[Necessidade], Sequence[AvisoPlano]]:
    """Tudo o que `qtd` do produto consome, cada item uma vez, por nível e código; só o que falta de um produzido desce.

    `dia`: o começo da produção; escolhe as versões, e dele se contam para trás as datas dos níveis de baixo. Devolve
    também os avisos (produto sem estrutura, componente sem origem). Erros: CicloNaEstrutura, DataForaDoCalendario.
    """
    mapa = niveis.calcular(catalogo)
    if codigo in mapa.ciclos:
        raise CicloNaEstrutura(produto=codigo, caminho=" → ".join(mapa.ciclos[codigo]))
    plano = Plano()
    ordem = Ordem(codigo, qtd, dia, dia)
    plano.ordens.append(ordem)
    explosao = Explosao(plano, catalogo, calendario, dia, mapa)
    percorrer(plano, mapa.nivel, explosao, Saldos(estoque, ()), None)
    return sorted(ordem.necessidades.values(), key=lambda n: (n.nivel, n.codigo)), plano.avisos
