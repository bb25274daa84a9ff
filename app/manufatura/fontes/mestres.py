"""Garante que os cadastros citados por uma página estejam espelhados antes de guardá-la."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.banco.carga import Contagem as ContagemCarga
from app.banco.carga import copiar, mesclar
from app.manufatura.fontes import rejeicoes
from app.manufatura.fontes.contexto import Contexto
from app.manufatura.fontes.espelhos import PARCEIRO, UNIDADE, Espelho, Registro
from app.manufatura.fontes.rejeicoes import Rejeicao
from app.odoo.leitura import TamanhoPagina, ler_paginas
from app.odoo.valores import ValorInvalido, instante

FONTE = "cadastros"
MARCAS = ("odoo_write_date", "odoo_lido_em")


@dataclass
class Lidos:
    """Registros de um cadastro lidos do Odoo, ainda por guardar, e os que não podem ser."""

    espelho: Espelho
    registros: list[Registro] = field(default_factory=list)
    rejeicoes: list[Rejeicao] = field(default_factory=list)
    lido_em: datetime | None = None


def buscar_faltantes(contexto: Contexto, citados: Mapping[str, tuple[Espelho, Iterable[int | None]]]) -> list[Lidos]:
    """Lê do Odoo (uma chamada por modelo) o que é citado e o espelho ainda não tem; não grava nada.

    `citados`: um rótulo qualquer → (espelho, ids). Os parceiros trazem junto a sua empresa comercial.
    """
    resultado = []
    for espelho, ids in citados.values():
        faltam = _faltantes(contexto, espelho, {i for i in ids if i})
        if faltam:
            lidos = ler(contexto, espelho, sorted(faltam))
            resultado.append(lidos)
            if espelho is PARCEIRO:
                comerciais = {r["commercial_partner_id"] for r in lidos.registros if r["commercial_partner_id"]}
                comerciais -= {r["id"] for r in lidos.registros}
                if faltam := _faltantes(contexto, espelho, comerciais):
                    resultado.append(ler(contexto, espelho, sorted(faltam)))
    return resultado


def ler(contexto: Contexto, espelho: Espelho, ids: Sequence[int]) -> Lidos:
    """Lê do Odoo os registros dados (ou o modelo inteiro, se é pequeno)."""
    campos = ["write_date", *espelho.campos(contexto.capacidades)]
    lidos = Lidos(espelho)
    if espelho.inteiro:
        lidos.registros = contexto.cliente.buscar_ler(espelho.modelo, [], campos, contexto=contexto.contexto_odoo)
        lidos.lido_em = contexto.cliente.hora_servidor
        return lidos
    tamanho = contexto.tamanhos.setdefault(espelho.modelo, TamanhoPagina())
    for pagina in ler_paginas(contexto.cliente, espelho.modelo, ids, campos, tamanho=tamanho, contexto=contexto.contexto_odoo):
        lidos.registros.extend(pagina.registros)
        lidos.rejeicoes.extend(Rejeicao(i, motivo) for i, motivo in pagina.rejeitados)
        lidos.lido_em = lidos.lido_em or pagina.lido_em
    return lidos


def guardar(conexao: Connection, contexto: Contexto, lidos: Lidos) -> tuple[ContagemCarga, set[int]]:
    """Guarda no espelho o que foi lido, na transação dada; devolve a contagem e os ids que mudaram de conteúdo.

    O registro que não pode ser guardado vai às rejeições de `cadastros` e fica fora do espelho.
    """
    espelho = lidos.espelho
    linhas: list[tuple[Any, ...]] = []
    rejeitadas = list(lidos.rejeicoes)
    colunas: list[str] = []
    for registro in lidos.registros:
        try:
            valores = espelho.linha(registro, contexto.capacidades)
            marcas = (registro["id"], instante(registro["write_date"]), lidos.lido_em)
        except ValorInvalido as erro:
            rejeitadas.append(Rejeicao(registro["id"], str(erro)))
            continue
        colunas = colunas or ["odoo_id", "odoo_write_date", "odoo_lido_em", *valores]
        linhas.append((*marcas, *valores.values()))
    if not linhas:
        rejeicoes.anotar(conexao, FONTE, espelho.modelo, rejeitadas)
        return ContagemCarga(0, 0, 0), set()
    antes = _conteudo(conexao, espelho, colunas, [linha[0] for linha in linhas])
    tipos = {c: espelho.tabela.c[c].type for c in colunas}
    copiar(conexao, f"carga_{espelho.tabela.name}", tipos, linhas)
    selecao = f"SELECT {', '.join(colunas)} FROM carga_{espelho.tabela.name}"  # noqa: S608 — nomes fixos do programa
    contagem = mesclar(conexao, espelho.tabela, selecao, colunas, ["odoo_id"], ignorar_na_comparacao=MARCAS)
    rejeicoes.anotar(conexao, FONTE, espelho.modelo, rejeitadas)
    rejeicoes.resolver(conexao, FONTE, espelho.modelo, [linha[0] for linha in linhas])
    if not antes:
        return contagem, set()
    depois = _conteudo(conexao, espelho, colunas, list(antes))
    return contagem, {i for i, conteudo in antes.items() if depois.get(i) != conteudo}


def _conteudo(conexao: Connection, espelho: Espelho, colunas: Sequence[str], ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    t = espelho.tabela
    uteis = [t.c[c] for c in colunas if c not in MARCAS]
    return {r[0]: tuple(r[1:]) for r in conexao.execute(select(*uteis).where(t.c.odoo_id.in_(ids)))}


def _faltantes(contexto: Contexto, espelho: Espelho, ids: set[int]) -> set[int]:
    if not ids:
        return set()
    with contexto.leitura() as conexao:
        tem = set(conexao.execute(select(espelho.tabela.c.odoo_id).where(espelho.tabela.c.odoo_id.in_(ids))).scalars())
    return ids - tem


def todas_as_unidades(contexto: Contexto) -> Lidos:
    """Lê todas as unidades de medida."""
    return ler(contexto, UNIDADE, [])
