"""O que uma rodada de planejamento mudaria: a mesma decisão, comparada com o guardado, sem gravar nada."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from app.manufatura.services import avisos, calendario_banco
from app.manufatura.services.mto import catalogo, leitura
from app.manufatura.services.mto.gravacao import Diferenca, Escritor
from app.manufatura.services.mto.rodada import Ajustes
from app.manufatura.services.planejamento.avisos_plano import TIPOS
from app.manufatura.services.planejamento.consumo import texto
from app.manufatura.services.planejamento.ordens import AvisoPlano, Ordem, Plano
from app.manufatura.services.planejamento.plano import Entrada, planejar

CAMPOS = ("qtd_necessaria", "qtd_pendente", "qtd_disponivel", "qtd_de_ordens", "qtd_comprar", "qtd_produzir", "qtd_em_pedido",
          "data_necessidade")  # fmt: skip


@dataclass(frozen=True)
class Mudanca:
    """Uma ordem que mudaria. `campos`: quantidade e datas, nome → (antes, depois) em texto; `materiais`: código → idem, de cada um."""

    ordem: Ordem
    campos: Mapping[str, tuple[str | None, str | None]]
    materiais: Mapping[str, Mapping[str, tuple[str | None, str | None]]]


@dataclass(frozen=True)
class Simulacao:
    """O plano, a diferença para o guardado, e os avisos que se abririam e se fechariam (estes, linhas da tabela aviso)."""

    plano: Plano
    diferenca: Diferenca
    mudancas: Sequence[Mudanca]
    abririam: Sequence[AvisoPlano]
    fechariam: Sequence[Any]


def simular(conexao: Connection, hoje: date, ajustes: Ajustes) -> Simulacao:
    """Decide o que a rodada de `hoje` (data local) faria com o que está guardado; só lê."""
    calendario = calendario_banco.montar_sem_gravar(conexao, hoje, ajustes.feriados_uf, ajustes.feriados_facultativos)
    entrada = leitura.ler(conexao, hoje, calendario, fonte_estoque=ajustes.estoque_fonte, ordens_filhas=ajustes.ordens_filhas)
    plano = planejar(entrada)
    escritor = Escritor(plano, entrada, catalogo.em_pedido(conexao))
    dif = escritor.diferenca()
    abertos = {(a.tipo, a.chave): a for tipo in TIPOS for a in avisos.abertos(conexao, tipo)}
    vigentes = {(a.tipo, a.chave): a for a in plano.avisos}
    abririam = [a for chave, a in vigentes.items() if chave not in abertos]
    fechariam = [a for chave, a in abertos.items() if chave not in vigentes]
    dif.avisos_abertos, dif.avisos_fechados = len(abririam), len(fechariam)
    return Simulacao(plano, dif, _mudancas(conexao, dif, entrada, escritor), abririam, fechariam)


def _mudancas(conexao: Connection, dif: Diferenca, entrada: Entrada, escritor: Escritor) -> list[Mudanca]:
    ids = [o.existente.id for o in dif.mudadas if o.existente is not None]
    consulta = text("SELECT id, materiais_necessarios FROM ordem_producao WHERE id = ANY(:ids)")
    guardados = {r.id: r.materiais_necessarios or [] for r in conexao.execute(consulta, {"ids": ids})}
    achadas = []
    for o in dif.mudadas:
        assert o.existente is not None
        antes = {m["cod_produto"]: m for m in guardados.get(o.existente.id, ())}
        depois = {m["cod_produto"]: m for m in json.loads(escritor.materiais(o)[0])}
        materiais = {c: _pares(antes.get(c, {}), depois.get(c, {})) for c in sorted(antes.keys() | depois.keys())}
        achadas.append(Mudanca(o, _da_ordem(o), {c: pares for c, pares in materiais.items() if pares}))
    return achadas


def _pares(antes: Mapping[str, Any], depois: Mapping[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {c: (antes.get(c), depois.get(c)) for c in CAMPOS if antes.get(c) != depois.get(c)}


def _da_ordem(o: Ordem) -> dict[str, tuple[str | None, str | None]]:
    e = o.existente
    assert e is not None
    if o.entrega is None:
        return {}
    pares: dict[str, tuple[str | None, str | None]] = {
        "qtd_planejada": (texto(e.planejada), texto(o.planejada)),
        "inicio": (e.inicio.isoformat() if e.inicio else None, o.inicio.isoformat()),
        "fim": (e.fim.isoformat() if e.fim else None, o.fim.isoformat()),
    }
    if e.demanda is not None and o.demanda is not None:
        pares["expedicao"] = (e.demanda.expedicao.isoformat(), o.demanda.expedicao.isoformat())
        pares["origem"] = (e.demanda.origem, o.demanda.origem)
    return {campo: par for campo, par in pares.items() if par[0] != par[1]}
