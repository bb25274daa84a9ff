"""O plano por extenso: cada material e cada data com os motivos, na forma que se guarda (jsonb, decimais em texto)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.manufatura.services.calendario import Calendario
from app.manufatura.services.planejamento.consumo import Consumo, repartir, texto, vezes
from app.manufatura.services.planejamento.ordens import Necessidade, Ordem
from app.manufatura.services.planejamento.produtos import Catalogo

UM = Decimal(1)
ZERO = Decimal(0)


class EscritorDeMateriais:
    """Escreve materiais_necessarios (planejamento.md, Explosion) já como texto JSON: são centenas de milhares de itens por rodada,
    e montar dicionários para serializá-los depois custava metade do tempo de gravar (medido na bancada mto).

    `em_pedido`: código → o que falta receber dos pedidos de compra.
    """

    def __init__(self, catalogo: Catalogo, em_pedido: Mapping[str, Decimal]) -> None:
        self.catalogo = catalogo
        self.em_pedido = {codigo: texto(qtd) for codigo, qtd in em_pedido.items()}
        self._nomes: dict[str, str] = {}

    def escrever(self, ordem: Ordem) -> tuple[str, str]:
        """(lista em JSON, resumo), em ordem de nível e código; o resumo diz, sem reler o jsonb, se o guardado é este mesmo."""
        em = json.dumps(ordem.produto, ensure_ascii=False)
        necessidades = sorted(ordem.necessidades.values(), key=_por_nivel)
        escrito = f"[{','.join([self._material(n, em) for n in necessidades])}]"
        return escrito, hashlib.blake2b(escrito.encode(), digest_size=16).hexdigest()

    def _material(self, n: Necessidade, em: str) -> str:
        if n.guardado is not None:
            nome = _nome(n.codigo, n.guardado["nome_produto"], n.guardado["unidade"])
            vias = json.dumps(n.guardado["caminhos"], ensure_ascii=False, separators=(",", ":"))
        else:
            nome = self._nomes.get(n.codigo) or self._nomear(n.codigo)
            vias = caminhos_json(n, em)
        ordens = ",".join([f'{{"ordem":"{numero}","qtd":"{texto(qtd)}"}}' for numero, qtd in n.fontes])
        return (
            f'{{{nome},"nivel":{n.nivel},"tipo":"{n.tipo}","qtd_necessaria":"{texto(n.total)}","qtd_pendente":"{texto(n.pendente)}"'
            f',"qtd_disponivel":"{texto(n.estoque)}","qtd_de_ordens":"{texto(n.de_ordens)}","qtd_comprar":"{texto(n.comprar)}"'
            f',"qtd_produzir":"{texto(n.produzir)}","qtd_em_pedido":"{self.em_pedido.get(n.codigo, "0")}"'
            f',"data_necessidade":"{n.data.isoformat()}","caminhos":{vias},"ordens":[{ordens}]}}'
        )

    def _nomear(self, codigo: str) -> str:
        produto = self.catalogo.produto(codigo)
        nome = self._nomes[codigo] = _nome(codigo, produto.nome, produto.unidade)
        return nome


def _por_nivel(n: Necessidade) -> tuple[int, str]:
    return (n.nivel, n.codigo)


def _nome(codigo: str, nome: str | None, unidade: str | None) -> str:
    return json.dumps({"cod_produto": codigo, "nome_produto": nome, "unidade": unidade}, ensure_ascii=False, separators=(",", ":"))[1:-1]


def caminhos_json(necessidade: Necessidade, em: str) -> str:
    """Onde o item é usado, por que fantasmas passa, quanto por via (a soma é a necessidade) e a conta de cada passo, em JSON.

    `em`: o produto da ordem, já em JSON.
    """
    consumo = necessidade.consumo
    if consumo is not None and not necessidade.descidas and len(consumo.vias) == 1:
        via = consumo.vias[0]
        return f'[{{"em":{em}{via.antes}{texto(necessidade.total)}{via.depois}]'
    partes: list[tuple[str, Consumo, Decimal]] = []
    resto = necessidade.total
    for de, exato, descido in necessidade.descidas:
        qtd = vezes(UM, exato)
        resto -= qtd
        partes.append((json.dumps(de, ensure_ascii=False), descido, qtd))
    if consumo is not None:
        partes.insert(0, (em, consumo, resto))
    elif partes and resto:
        de, descido, qtd = partes[0]
        partes[0] = (de, descido, qtd + resto)  # o que o arredondamento por via deixou de fora
    return f"[{','.join(v for de, descido, qtd in partes for v in _vias(de, descido, qtd))}]"


def _vias(em: str, consumo: Consumo, qtd: Decimal) -> list[str]:
    repartido = repartir(qtd, {(str(i),): v.coeficiente for i, v in enumerate(consumo.vias)})
    return [f'{{"em":{em}{v.antes}{texto(repartido[(str(i),)])}{v.depois}' for i, v in enumerate(consumo.vias)]


def caminhos(necessidade: Necessidade, produto: str) -> list[dict[str, Any]]:
    """O mesmo que caminhos_json, como estrutura: em, por (fantasmas), qtd e passos [qtd_utilizada, qtd_base, perda]."""
    lidos: list[dict[str, Any]] = json.loads(caminhos_json(necessidade, json.dumps(produto)))
    return lidos


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
