"""O plano por extenso: cada material e cada data com os motivos, na forma que se guarda (jsonb, decimais em texto)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.manufatura.services.calendario import Calendario
from app.manufatura.services.planejamento.consumo import Consumo, repartir, texto, vezes
from app.manufatura.services.planejamento.ordens import Necessidade, Ordem
from app.manufatura.services.planejamento.produtos import Catalogo

UM = Decimal(1)
ZERO = Decimal(0)


def material(necessidade: Necessidade, catalogo: Catalogo, em_pedido: Mapping[str, Decimal]) -> dict[str, Any]:
    """Um item de materiais_necessarios (planejamento.md, Explosion): quantidades, data da necessidade e caminhos."""
    guardado = necessidade.guardado
    produto = catalogo.produto(necessidade.codigo)
    return {
        "cod_produto": necessidade.codigo,
        "nome_produto": guardado["nome_produto"] if guardado else produto.nome,
        "unidade": guardado["unidade"] if guardado else produto.unidade,
        "nivel": necessidade.nivel,
        "tipo": necessidade.tipo,
        "qtd_necessaria": texto(necessidade.total),
        "qtd_pendente": texto(necessidade.pendente),
        "qtd_disponivel": texto(necessidade.estoque),
        "qtd_de_ordens": texto(necessidade.de_ordens),
        "qtd_comprar": texto(necessidade.comprar),
        "qtd_produzir": texto(necessidade.produzir),
        "qtd_em_pedido": texto(em_pedido.get(necessidade.codigo, ZERO)),
        "data_necessidade": necessidade.data.isoformat(),
        "caminhos": list(guardado["caminhos"]) if guardado else caminhos(necessidade),
        "ordens": [{"ordem": numero, "qtd": texto(qtd)} for numero, qtd in necessidade.fontes],
    }


def caminhos(necessidade: Necessidade, produto: str = "") -> list[dict[str, Any]]:
    """Onde o item é usado, por que fantasmas passa, quanto por via (a soma é a necessidade) e a conta de cada passo."""
    partes: list[tuple[str, Consumo, Decimal]] = []
    resto = necessidade.total
    for em, exato, consumo in necessidade.descidas:
        qtd = vezes(UM, exato)
        resto -= qtd
        partes.append((em, consumo, qtd))
    if necessidade.consumo is not None:
        partes.insert(0, (produto, necessidade.consumo, resto))
    elif partes and resto:
        em, consumo, qtd = partes[0]
        partes[0] = (em, consumo, qtd + resto)  # o que o arredondamento por via deixou de fora
    return [via for em, consumo, qtd in partes for via in _vias(em, consumo, qtd)]


def _vias(em: str, consumo: Consumo, qtd: Decimal) -> list[dict[str, Any]]:
    cotas = [qtd]
    if len(consumo.vias) > 1:
        repartido = repartir(qtd, {(str(i),): v.coeficiente for i, v in enumerate(consumo.vias)})
        cotas = [repartido[(str(i),)] for i in range(len(consumo.vias))]
    return [
        {"em": em, "por": list(v.caminho), "qtd": texto(cota), "passos": [list(p[1:]) for p in v.formula]}
        for v, cota in zip(consumo.vias, cotas, strict=True)
    ]


def materiais(ordem: Ordem, catalogo: Catalogo, em_pedido: Mapping[str, Decimal]) -> list[dict[str, Any]]:
    """materiais_necessarios da ordem, em ordem de nível e código."""
    lista = []
    for n in sorted(ordem.necessidades.values(), key=lambda n: (n.nivel, n.codigo)):
        item = material(n, catalogo, em_pedido)
        if n.guardado is None:
            item["caminhos"] = caminhos(n, ordem.produto)
        lista.append(item)
    return lista


def da_data(ordem: Ordem, calendario: Calendario) -> dict[str, Any] | None:
    """Por que estas datas; None quando as datas não são do plano."""
    if ordem.entrega is None or ordem.lead_time is None:
        return None
    de = "expedição" if ordem.demanda is not None else "início da ordem pai"
    return {"entrega": de, **calendario.explicar(ordem.entrega, ordem.lead_time), "data_fim_prevista": ordem.fim.isoformat()}


def da_quantidade(ordem: Ordem) -> dict[str, Any] | None:
    """Por que esta quantidade; None quando a quantidade não é do plano."""
    if ordem.demanda is not None and ordem.entrega is not None:
        d = ordem.demanda
        return {"de": "demanda", "lote": d.lote, "origem": d.origem, "linhas": d.linhas, "qtd": texto(d.qtd)}
    if ordem.para is None or ordem.pai is None:
        return None
    n = ordem.para
    return {
        "de": "ordem pai",
        "produto_pai": ordem.pai.produto,
        "necessidade": texto(n.pendente),
        "estoque": texto(n.estoque),
        "de_ordens": texto(n.de_ordens),
        "ja_produzida": texto(ordem.produzida),
        "qtd": texto(ordem.planejada),
    }


def iguais(a: Sequence[Mapping[str, Any]] | None, b: Sequence[Mapping[str, Any]]) -> bool:
    """Se o que está guardado já é o que o plano diz."""
    return a is not None and list(a) == list(b)
