"""Uma ordem com tudo o que a explica: a demanda que atende, os materiais e a situação de cada um, as filhas, e os motivos guardados."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from app.manufatura.services import ordens
from app.manufatura.services.ordens import ABERTAS

PRONTO, ESPERADO, FALTA = "pronto", "esperado", "falta"
ABAIXO = text("""
    WITH RECURSIVE abaixo AS (
        SELECT id FROM ordem_producao WHERE ordem_pai_id = :id
        UNION SELECT o.id FROM ordem_producao o JOIN abaixo a ON o.ordem_pai_id = a.id)
    SELECT o.id, o.numero_ordem, o.status, o.cod_produto, o.nome_produto, o.qtd_planejada, o.qtd_produzida, o.data_inicio_prevista,
        o.data_fim_prevista, o.ordem_pai_id, o.materiais_necessarios
    FROM ordem_producao o WHERE o.id IN (SELECT id FROM abaixo) ORDER BY o.numero""")
DEMANDA = text("""
    SELECT separacao_lote_id AS lote, cod_produto, expedicao, origem, qtd, segura, retida_por
    FROM ordem_producao_demanda WHERE ordem_producao_id = :id""")
MOTIVOS = text("SELECT ordem_producao_id, assunto, cod_produto, motivos FROM ordem_explicacao WHERE ordem_producao_id = ANY(:ids)")
# Os avisos de uma ordem com lote levam a chave do lote (a ordem pode nem ter número quando o aviso nasce); os de produto, a do produto.
AVISOS = text("""
    SELECT tipo, severidade, mensagem, aberto_em FROM aviso WHERE fechado_em IS NULL
        AND (chave = :lote OR starts_with(chave, :lote || '|') OR (tipo = 'produto_sem_estrutura' AND chave = :produto)) ORDER BY id""")


def ler(conexao: Connection, numero: int) -> dict[str, Any]:
    """A ordem (ordens.ler), com `demanda`, `pai`, `motivos` (data, quantidade), `materiais` (cada um com `situacao` e a `filha` que o
    faz) e `filhas`, que têm a mesma forma. Erro: OrdemDesconhecida."""
    ordem = dict(ordens.ler(conexao, numero))
    linhas = [dict(r) for r in conexao.execute(ABAIXO, {"id": ordem["id"]}).mappings()]
    por_pai: dict[int, list[dict[str, Any]]] = {}
    for linha in linhas:
        por_pai.setdefault(linha["ordem_pai_id"], []).append(linha)
    motivos: dict[int, dict[str, Any]] = {}
    for r in conexao.execute(MOTIVOS, {"ids": [ordem["id"], *(linha["id"] for linha in linhas)]}):
        motivos.setdefault(r.ordem_producao_id, {})[r.assunto if r.cod_produto is None else f"{r.assunto} {r.cod_produto}"] = r.motivos
    _completar(ordem, por_pai, motivos)
    demanda = conexao.execute(DEMANDA, {"id": ordem["id"]}).mappings().first()
    ordem["demanda"] = dict(demanda) if demanda is not None else None
    ordem["pai"] = conexao.execute(text("SELECT numero_ordem FROM ordem_producao WHERE id = :id"), {"id": ordem["ordem_pai_id"]}).scalar()
    lote = (
        f"{demanda['lote']}|{demanda['cod_produto']}|{demanda['expedicao'].isoformat()}" if demanda is not None else ordem["numero_ordem"]
    )
    achados = conexao.execute(AVISOS, {"lote": lote, "produto": ordem["cod_produto"]}).mappings()
    vistos = {a["mensagem"] for a in ordem["avisos"]}
    ordem["avisos"] = [*ordem["avisos"], *(dict(a) for a in achados if a["mensagem"] not in vistos)]
    return ordem


def _completar(ordem: dict[str, Any], por_pai: Mapping[int, Sequence[dict[str, Any]]], motivos: Mapping[int, Mapping[str, Any]]) -> None:
    filhas = list(por_pai.get(ordem["id"], ()))
    abertas = {f["cod_produto"]: f for f in filhas if f["status"] in ABERTAS}
    materiais = ordem["materiais_necessarios"] or []
    feitos_dentro = {c["em"] for m in materiais for c in m["caminhos"]} - {ordem["cod_produto"]}
    ordem["motivos"] = dict(motivos.get(ordem["id"], {}))
    ordem["materiais"] = [
        {
            **m,
            "situacao": situacao(m, abertas.get(m["cod_produto"]), m["cod_produto"] in feitos_dentro)
            if ordem["status"] in ABERTAS
            else None,
            "filha": abertas[m["cod_produto"]]["numero_ordem"] if m["cod_produto"] in abertas else None,
        }
        for m in materiais
    ]
    for filha in filhas:
        _completar(filha, por_pai, motivos)
    ordem["filhas"] = filhas


def situacao(material: Mapping[str, Any], filha: Mapping[str, Any] | None = None, feito_dentro: bool = False) -> str:
    """pronto: o estoque cobre. esperado: outra ordem, a filha ou os pedidos de compra abertos cobrem o resto. falta: nada cobre.

    Os pedidos de compra são do item, não desta ordem: esperado diz que há o que chegar, não que está reservado.
    """
    comprar, fazer = Decimal(material["qtd_comprar"]), Decimal(material["qtd_produzir"])
    if comprar > Decimal(material["qtd_em_pedido"]):
        return FALTA
    if fazer > 0 and not feito_dentro and (filha is None or max(filha["qtd_planejada"] - filha["qtd_produzida"], Decimal(0)) < fazer):
        return FALTA
    return ESPERADO if comprar or fazer or Decimal(material["qtd_de_ordens"]) else PRONTO


QUEM_MAIS = text("""
    SELECT o.numero_ordem, o.status, o.cod_produto, o.data_inicio_prevista, (m->>'qtd_disponivel')::numeric AS qtd
    FROM ordem_producao o, jsonb_array_elements(o.materiais_necessarios) m
    WHERE o.status IN ('Planejada', 'Liberada', 'Em Produção') AND m->>'cod_produto' = :codigo AND (m->>'qtd_disponivel')::numeric > 0
    ORDER BY o.status = 'Planejada', o.data_inicio_prevista, o.numero""")
POSICAO = text("SELECT qtd, qtd_prometida FROM planejamento_posicao WHERE cod_produto = :codigo")


def do_estoque(conexao: Connection, codigo: str) -> dict[str, Any]:
    """A posição do item que o último planejamento usou (None se ele não a viu), quanto prometeu, e a que ordens abertas, em ordem."""
    posicao = conexao.execute(POSICAO, {"codigo": codigo}).mappings().first()
    return {
        "posicao": posicao["qtd"] if posicao else None,
        "prometida": posicao["qtd_prometida"] if posicao else None,
        "ordens": [dict(r) for r in conexao.execute(QUEM_MAIS, {"codigo": codigo}).mappings()],
    }
