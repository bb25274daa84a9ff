"""`manufatura ordem ver`: a ordem inteira, da demanda ao que já se fez."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.comandos.ordem_motivos import ORIGENS, dia, porque_data, porque_quantidade
from app.comandos.saida import Coluna, Pintado, data, data_hora, escrever, numero, tabela
from app.manufatura.services.ordens_arvore import ESPERADO, FALTA, PRONTO

CORES = {PRONTO: "green", ESPERADO: "yellow", FALTA: "red"}
ESTADOS_ODOO = {
    "draft": "rascunho",
    "confirmed": "confirmada",
    "progress": "em andamento",
    "to_close": "a encerrar",
    "done": "feita",
    "cancel": "cancelada",
}
CAMPOS_FILHA = ("numero_ordem", "status", "cod_produto", "nome_produto", "qtd_planejada", "qtd_produzida", "data_inicio_prevista",
                "data_fim_prevista", "motivos", "materiais")  # fmt: skip


def mostrar(o: Mapping[str, Any], fuso: ZoneInfo) -> None:
    """A ordem para uma pessoa."""
    escrever(f"{o['numero_ordem']} · {o['status']} · {o['cod_produto']} {o['nome_produto'] or ''}".rstrip(), estilo="bold")
    pares = [
        ("planejada", numero(o["qtd_planejada"])),
        ("produzida", numero(o["qtd_produzida"])),
        ("pendente", numero(o["qtd_pendente"])),
        ("atende", _atende(o)),
        ("por que a quantidade", porque_quantidade(o["motivos"].get("quantidade"))),
        ("previsto", _periodo(o["data_inicio_prevista"], o["data_fim_prevista"])),
        ("por que as datas", porque_data(o["motivos"].get("data"))),
        ("real", _periodo(o["data_inicio_real"], o["data_fim_real"])),
        ("linha", o["linha_producao"] or "—"),
        ("origem", f"{o['origem_ordem']}, por {o['criado_por']} em {data_hora(o['criado_em'], fuso)}"),
    ]
    tabela([Coluna("o que"), Coluna("valor")], pares)
    _materiais(o)
    if o["filhas"]:
        tabela(
            ["filha", "status", "produto", Coluna("quantidade", direita=True), "previsto", "por que as datas"],
            [[_recuo(nivel) + f["numero_ordem"], f["status"], f["cod_produto"], numero(f["qtd_planejada"]),
              _periodo(f["data_inicio_prevista"], f["data_fim_prevista"]), porque_data(f["motivos"].get("data"))]
             for nivel, f in _filhas(o)],
            "Ordens filhas",
        )  # fmt: skip
    _odoo_e_movimentos(o, fuso)
    for aviso in o["avisos"]:
        escrever(f"Aviso: {aviso['mensagem']}", estilo="yellow")


def _atende(o: Mapping[str, Any]) -> str:
    d = o["demanda"]
    if d is not None:
        solta = "" if d["segura"] else "; já não a segura"
        retida = f"; retida: {d['retida_por']} a cancelou" if d["retida_por"] else ""
        origem = ORIGENS.get(d["origem"], d["origem"])
        return f"lote {d['lote']}: {numero(d['qtd'])} para expedir em {data(d['expedicao'])} ({origem}){solta}{retida}"
    return f"a ordem {o['pai']}, que a consome" if o["pai"] else "nenhum lote"


def _materiais(o: Mapping[str, Any]) -> None:
    """Os materiais de toda a árvore: os de cada filha logo abaixo do material que ela faz."""
    linhas = list(_linhas(o, 0))
    if not linhas:
        escrever("Nenhum material: o produto não tem estrutura, ou a ordem ainda não passou por um planejamento.")
        return
    titulos = ("material", "nome", "precisa", "do estoque", "de ordens", "comprar", "fazer", "em pedido", "até", "situação", "ordem")
    quantias = {"precisa", "do estoque", "de ordens", "comprar", "fazer", "em pedido"}
    colunas = [
        Coluna(
            t,
            direita=t in quantias,
            discreta=t == "nome",
            corta=t == "nome",
            se_houver=t == "de ordens",
            dispensavel=t in {"nome", "em pedido"},
        )
        for t in titulos
    ]
    tabela(colunas, linhas, "Materiais")


def _linhas(o: Mapping[str, Any], nivel: int) -> Iterator[list[object]]:
    # Uma filha que se desfez de um material (concluída ou cancelada) não é a que o faz agora.
    filhas = {f["numero_ordem"]: f for f in o["filhas"]}
    for m in o["materiais"]:
        quantias = [numero(Decimal(m[c])) for c in ("qtd_pendente", "qtd_disponivel", "qtd_de_ordens", "qtd_comprar", "qtd_produzir",
                                                    "qtd_em_pedido")]  # fmt: skip
        situacao = Pintado(m["situacao"], CORES[m["situacao"]]) if m["situacao"] else ""
        fundo = nivel + m["nivel"] - 1
        yield [
            _recuo(fundo) + m["cod_produto"], m["nome_produto"] or "", *quantias, dia(m["data_necessidade"]), situacao, m["filha"] or "",
        ]  # fmt: skip
        if m["filha"] in filhas:
            yield from _linhas(filhas[m["filha"]], fundo + 1)


def _filhas(o: Mapping[str, Any], nivel: int = 0) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for f in o["filhas"]:
        yield nivel, f
        yield from _filhas(f, nivel + 1)


def _recuo(nivel: int) -> str:
    return "  " * (nivel - 1) + "└ " if nivel else ""


def _odoo_e_movimentos(o: Mapping[str, Any], fuso: ZoneInfo) -> None:
    if o["familia"]:
        tabela(
            ["OP no Odoo", "estado", "encerrada"],
            [[op["nome"], ESTADOS_ODOO.get(op["estado"], op["estado"]) if not op["excluida"] else "apagada", data_hora(op["fim"], fuso)]
             for op in o["familia"]],
            "Família no Odoo",
        )  # fmt: skip
    else:
        escrever("Nenhuma OP do Odoo ligada a esta ordem.")
    if o["movimentos"]:
        tabela(
            [Coluna("quando"), Coluna("tipo"), Coluna("produto"), Coluna("quantidade", direita=True), Coluna("referência")],
            [
                [data_hora(m["data_movimentacao"], fuso), m["tipo_movimentacao"], m["cod_produto"] or "", numero(m["qtd_movimentacao"]),
                 m["referencia"] or ""]
                for m in o["movimentos"]
            ],
            "Movimentos",
        )  # fmt: skip


def _periodo(inicio: date | None, fim: date | None) -> str:
    return f"{data(inicio) or '—'} a {data(fim) or '—'}"


def em_dict(o: Mapping[str, Any]) -> dict[str, Any]:
    """O que o JSON acrescenta às colunas da ordem."""
    mais = ("qtd_pendente", "demanda", "pai", "motivos", "materiais", "familia", "movimentos", "avisos")
    return {**{c: o[c] for c in mais}, "filhas": [_filha(f) for f in o["filhas"]]}


def _filha(f: Mapping[str, Any]) -> dict[str, Any]:
    return {**{c: f[c] for c in CAMPOS_FILHA}, "filhas": [_filha(n) for n in f["filhas"]]}
