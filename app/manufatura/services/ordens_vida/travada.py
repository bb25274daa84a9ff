"""Uma ordem lida com a linha travada: o que cada passo precisa saber dela antes de mudá-la."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from app.manufatura.services.ordens import ABERTAS, Datas, OrdemDesconhecida, Status, numero_ordem
from app.manufatura.services.planejamento.ordens import Demanda

COLUNAS = """
    SELECT o.id, o.numero, o.numero_ordem, o.origem_ordem AS origem, o.status, o.cod_produto AS produto, o.qtd_planejada AS planejada,
        o.qtd_produzida AS produzida, o.data_inicio_prevista AS inicio, o.data_fim_prevista AS fim, o.data_inicio_real AS inicio_real,
        o.data_fim_real AS fim_real, o.ordem_pai_id AS pai_id, o.materiais_necessarios AS materiais,
        d.separacao_lote_id AS lote, d.cod_produto AS produto_demanda, d.expedicao, d.qtd AS qtd_demanda, d.origem AS origem_demanda,
        d.segura, d.retida_por
    FROM ordem_producao o LEFT JOIN ordem_producao_demanda d ON d.ordem_producao_id = o.id"""


@dataclass(frozen=True)
class Travada:
    """A ordem como está, travada até o fim da transação. `demanda`: a que ela atende (segura ou não); datas locais."""

    id: int
    numero: int
    numero_ordem: str
    origem: str
    status: Status
    produto: str
    planejada: Decimal
    produzida: Decimal
    inicio: date | None
    fim: date | None
    inicio_real: date | None
    fim_real: date | None
    pai_id: int | None
    materiais: Sequence[dict[str, Any]] | None
    demanda: Demanda | None
    segura: bool
    retida_por: str | None

    @property
    def aberta(self) -> bool:
        """Planejada, Liberada ou Em Produção."""
        return self.status in ABERTAS

    @property
    def datas_reais(self) -> Datas:
        """As datas reais como estão, para um passo que não mexe nelas."""
        return Datas(self.id, self.inicio_real, self.fim_real)


def travar(conexao: Connection, numero: int) -> Travada:
    """A ordem `numero`, travada. Erro: OrdemDesconhecida."""
    linha = conexao.execute(text(f"{COLUNAS} WHERE o.numero = :numero FOR UPDATE OF o"), {"numero": numero}).first()
    if linha is None:
        raise OrdemDesconhecida(numero=numero_ordem(numero))
    return _de(linha)


def descendentes(conexao: Connection, ordem_id: int) -> list[Travada]:
    """As filhas abertas, as filhas delas e assim por diante, travadas, em ordem de número."""
    consulta = text(f"""
        WITH RECURSIVE abaixo AS (
            SELECT id FROM ordem_producao WHERE ordem_pai_id = :id
            UNION SELECT o.id FROM ordem_producao o JOIN abaixo a ON o.ordem_pai_id = a.id)
        {COLUNAS} WHERE o.id IN (SELECT id FROM abaixo) AND o.status = ANY(:abertas) ORDER BY o.numero FOR UPDATE OF o""")  # noqa: S608
    return [_de(linha) for linha in conexao.execute(consulta, {"id": ordem_id, "abertas": [str(s) for s in ABERTAS]})]


def pai(conexao: Connection, ordem: Travada) -> Travada | None:
    """A ordem que consome esta, ou None."""
    if ordem.pai_id is None:
        return None
    linha = conexao.execute(text(f"{COLUNAS} WHERE o.id = :id"), {"id": ordem.pai_id}).one()
    return _de(linha)


def _de(r: Any) -> Travada:
    demanda = Demanda(r.lote, r.produto_demanda, r.expedicao, r.qtd_demanda, r.origem_demanda) if r.lote is not None else None
    campos = ("id", "numero", "numero_ordem", "origem", "produto", "planejada", "produzida", "inicio", "fim", "inicio_real", "fim_real")
    return Travada(
        **{c: getattr(r, c) for c in campos},
        status=Status(r.status),
        pai_id=r.pai_id,
        materiais=r.materiais,
        demanda=demanda,
        segura=bool(r.segura),
        retida_por=r.retida_por,
    )
