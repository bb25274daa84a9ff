"""O plano por extenso: cada material e cada data com os motivos, na forma que se guarda (jsonb, decimais em texto)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.manufatura.services.calendario import Calendario
from app.manufatura.services.planejamento.consumo import Consumo, repartir, texto, vezes
from app.manufatura.services.planejamento.ordens import Necessidade, Ordem
from app.manufatura.services.planejamento.produtos import Catalogo

UM = Decimal(1)
ZERO = Decimal(0)


def material(necessidade: Necessidade, produto_da_ordem: str, catalogo: Catalogo, em_pedido: Mapping[str, str]) -> dict[str, Any]:
    """Um item de materiais_necessarios (planejamento.md, Explosion): quantidades, data da necessidade e caminhos.

    `em_pedido`: código → o que falta receber, já em texto.
    """
    n = necessidade
    guardado = n.guardado
    if guardado is not None:
        nome, unidade, vias = guardado["nome_produto"], guardado["unidade"], list(guardado["caminhos"])
    else:
        produto = catalogo.produto(n.codigo)
        nome, unidade, vias = produto.nome, produto.unidade, caminhos(n, produto_da_ordem)
    return {
        "cod_produto": n.codigo,
        "nome_produto": nome,
        "unidade": unidade,
        "nivel": n.nivel,
        "tipo": n.tipo,
        "qtd_necessaria": texto(n.total),
        "qtd_pendente": texto(n.pendente),
        "qtd_disponivel": texto(n.estoque),
        "qtd_de_ordens": texto(n.de_ordens),
        "qtd_comprar": texto(n.comprar),
        "qtd_produzir": texto(n.produzir),
        "qtd_em_pedido": em_pedido.get(n.codigo, "0"),
        "data_necessidade": n.data.isoformat(),
        "caminhos": vias,
        "ordens": [{"ordem": numero, "qtd": texto(qtd)} for numero, qtd in n.fontes],
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
    return [{"em": em, "por": list(v.caminho), "qtd": texto(cota), "passos": v.passos} for v, cota in zip(consumo.vias, cotas, strict=True)]


def materiais(ordem: Ordem, catalogo: Catalogo, em_pedido: Mapping[str, str]) -> list[dict[str, Any]]:
    """materiais_necessarios da ordem, em ordem de nível e código."""
    necessidades = sorted(ordem.necessidades.values(), key=lambda n: (n.nivel, n.codigo))
    return [material(n, ordem.produto, catalogo, em_pedido) for n in necessidades]


def escrever(lista: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """(jsonb em texto, resumo): o resumo diz, sem reler o jsonb, se os materiais guardados são estes mesmos."""
    escrito = json.dumps(lista, ensure_ascii=False, separators=(",", ":"))
    return escrito, hashlib.blake2b(escrito.encode(), digest_size=16).hexdigest()


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
