"""A diferença que um planejamento simulado mostra: ordens criadas, mudadas (antes → depois), canceladas, e avisos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from app.comandos.saida import Coluna, data, escrever, inteiro, numero, tabela
from app.manufatura.services.mto.simulacao import Mudanca, Simulacao
from app.manufatura.services.planejamento.consumo import texto
from app.manufatura.services.planejamento.ordens import Ordem

T = TypeVar("T")
MAXIMO = 30
ROTULOS = {
    "qtd_planejada": "quantidade",
    "inicio": "início",
    "fim": "fim",
    "expedicao": "expedição",
    "origem": "origem",
    "qtd_necessaria": "precisa",
    "qtd_pendente": "ainda precisa",
    "qtd_disponivel": "do estoque",
    "qtd_de_ordens": "de outras ordens",
    "qtd_comprar": "comprar",
    "qtd_produzir": "fazer",
    "qtd_em_pedido": "em pedido",
    "data_necessidade": "até",
}


def mostrar_mto(s: Simulacao, maximo: int = MAXIMO) -> None:
    """As ordens e os avisos que mudariam, no máximo `maximo` de cada."""
    d = s.diferenca
    if not (d.criadas or d.mudadas or d.canceladas or s.abririam or s.fechariam):
        escrever("Ordens sob encomenda: nada mudaria.")
        return
    if d.criadas:
        escrever(f"Seriam criadas {inteiro(len(d.criadas))}:", estilo="green")
        titulos = ("produto", "quantidade", "início", "fim", "para")
        linhas = [[o.produto, numero(o.planejada), data(o.inicio), data(o.fim), _para(o)] for o in d.criadas[:maximo]]
        tabela([Coluna(t, direita=t == "quantidade") for t in titulos], linhas)
        _resto(d.criadas, maximo)
    if s.mudancas:
        escrever(f"Seriam mudadas {inteiro(len(s.mudancas))}:", estilo="yellow")
        for m in s.mudancas[:maximo]:
            for linha in _mudanca(m):
                escrever(linha)
        _resto(s.mudancas, maximo)
    if d.canceladas:
        escrever(f"Seriam canceladas {inteiro(len(d.canceladas))}:", estilo="red")
        for e, motivo in d.canceladas[:maximo]:
            escrever(f"  - {e.numero_ordem} {e.produto} ({numero(e.planejada)}): {motivo}")
        _resto(d.canceladas, maximo)
    for titulo, achados in (("Avisos que se abririam", s.abririam), ("Avisos que se fechariam", s.fechariam)):
        if achados:
            escrever(f"{titulo}: {inteiro(len(achados))}", estilo="bold")
            for a in achados[:maximo]:
                escrever(f"  {a.mensagem}")
            _resto(achados, maximo)


def mostrar_demanda(d: Mapping[str, Any]) -> None:
    """As previsões cujo realizado mudaria, no máximo 30."""
    previsoes = d["previsoes"]
    if not previsoes:
        escrever(f"Demanda realizada: nada mudaria ({inteiro(d['processados'])} previsões abertas).")
        return
    escrever(f"Demanda realizada: mudariam {inteiro(len(previsoes))} de {inteiro(d['processados'])} previsões abertas:", estilo="yellow")
    titulos = ("mês", "produto", "grupo", "prevista", "realizada", "passaria a")
    linhas = [
        [
            f"{p['data_mes']:02d}/{p['data_ano']}",
            p["cod_produto"],
            p["nome_grupo"] or "(todos)",
            *map(numero, (p["prevista"], p["antes"], p["depois"])),
        ]
        for p in _primeiras(previsoes)
    ]
    tabela([Coluna(t, direita=t in titulos[3:]) for t in titulos], linhas)
    _resto(previsoes)


def em_dict(s: Simulacao) -> dict[str, Any]:
    """A diferença inteira, para o JSON (decimais em texto, datas ISO)."""
    return {
        "ordens_criadas": [_criada(o) for o in s.diferenca.criadas],
        "ordens_mudadas": [
            {
                "numero_ordem": m.ordem.existente.numero_ordem if m.ordem.existente else None,
                "campos": _pares(m.campos),
                "materiais": {codigo: _pares(pares) for codigo, pares in m.materiais.items()},
            }
            for m in s.mudancas
        ],
        "ordens_canceladas": [
            {"numero_ordem": e.numero_ordem, "cod_produto": e.produto, "motivo": motivo} for e, motivo in s.diferenca.canceladas
        ],
        "avisos_a_abrir": [{"tipo": a.tipo, "chave": a.chave, "mensagem": a.mensagem} for a in s.abririam],
        "avisos_a_fechar": [{"tipo": a.tipo, "chave": a.chave, "mensagem": a.mensagem} for a in s.fechariam],
    }


def _criada(o: Ordem) -> dict[str, Any]:
    d = o.demanda
    return {
        "cod_produto": o.produto,
        "qtd_planejada": texto(o.planejada),
        "data_inicio_prevista": o.inicio,
        "data_fim_prevista": o.fim,
        "lote": d.lote if d else None,
        "expedicao": d.expedicao if d else None,
        "filha_de": o.pai.produto if o.pai else None,
    }


def _pares(pares: Mapping[str, tuple[Any, Any]]) -> dict[str, dict[str, Any]]:
    return {campo: {"antes": antes, "depois": depois} for campo, (antes, depois) in pares.items()}


def _para(o: Ordem) -> str:
    if o.demanda is not None:
        return f"lote {o.demanda.lote}, expedição {data(o.demanda.expedicao)}"
    if o.pai is None:
        return ""
    return f"filha da {o.pai.existente.numero_ordem}" if o.pai.existente is not None else f"filha da nova de {o.pai.produto}"


def _mudanca(m: Mudanca) -> Iterable[str]:
    e = m.ordem.existente
    assert e is not None
    yield f"  ~ {e.numero_ordem} {e.produto}" + (f": {_frase(m.campos)}" if m.campos else "")
    for codigo, pares in m.materiais.items():
        if pares.get("qtd_pendente") == pares.get("qtd_necessaria"):  # nada feito ainda: diriam o mesmo duas vezes
            pares = {campo: par for campo, par in pares.items() if campo != "qtd_pendente"}
        yield f"      {codigo}: {_frase(pares)}"


def _frase(pares: Mapping[str, tuple[str | None, str | None]]) -> str:
    return "; ".join(f"{ROTULOS[campo]} {_valor(campo, a)} → {_valor(campo, d)}" for campo, (a, d) in pares.items())


def _valor(campo: str, v: str | None) -> str:
    if v is None:
        return "(nada)"
    if campo.startswith("qtd"):
        return numero(Decimal(v))
    return v if campo == "origem" else data(date.fromisoformat(v))


def _primeiras(lista: Sequence[T]) -> Sequence[T]:
    return lista[:MAXIMO]


def _resto(lista: Sequence[object], maximo: int = MAXIMO) -> None:
    if len(lista) > maximo:
        escrever(f"  … e mais {inteiro(len(lista) - maximo)}; com --json, todas.", estilo="dim")
