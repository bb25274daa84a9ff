"""Estruturas por planilha: as linhas juntam-se por (produto, versão), a unidade que se compara, recusa e grava.

Recusa a linha de um produto nele mesmo, validades que se cruzam (uma só ativa por produto e dia) e ciclos, com o caminho. Com uma
linha recusada, a estrutura inteira fica de fora: sem um componente ela estaria errada.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from app.banco.carga import copiar
from app.manufatura.planilhas.diferenca import EXEMPLOS, Diferenca, Exemplo
from app.manufatura.planilhas.fluxo import Fluxo, Quem
from app.manufatura.planilhas.validacao import Lida, Linha
from app.manufatura.services.planejamento.niveis import ciclo_com

Chave = tuple[str, str]
Componente = tuple[str, Decimal, Decimal]
CABECA: dict[str, Any] = {"qtd_base": Decimal(1), "fantasma": False, "valido_de": None, "valido_ate": None, "status": "ativo"}


@dataclass
class Estrutura:
    """Uma estrutura com os seus componentes (código, quantidade, perda). `id` e `ids` (das linhas) se está guardada."""

    produto: str
    versao: str
    cabeca: dict[str, Any]
    linhas: list[Componente]
    id: int | None = None
    ids: list[int] = field(default_factory=list)
    numeros: list[int] = field(default_factory=list)  # as linhas da planilha

    @property
    def ativa(self) -> bool:
        """Se entra no planejamento."""
        return bool(self.cabeca["status"] == "ativo")

    def cruza(self, outra: Estrutura) -> bool:
        """Se as duas valem num mesmo dia."""
        de = max(self.cabeca["valido_de"] or date.min, outra.cabeca["valido_de"] or date.min)
        ate = min(self.cabeca["valido_ate"] or date.max, outra.cabeca["valido_ate"] or date.max)
        return bool(de <= ate)

    def periodo(self) -> str:
        """A validade em palavras."""
        de, ate = self.cabeca["valido_de"], self.cabeca["valido_ate"]
        return f"{f'{de:%d/%m/%Y}' if de else 'sempre'} a {f'{ate:%d/%m/%Y}' if ate else 'sem fim'}"


def juntar(lida: Lida) -> None:
    """Conferência da planilha: cada linha e a coerência da estrutura; completa a cabeça nas linhas em que está vazia."""
    for grupo in _grupos(lida.linhas).values():
        for coluna in CABECA:
            if coluna not in lida.presentes:
                continue
            postos = [(g.valores[coluna], g.numero) for g in grupo if g.valores.get(coluna) is not None]
            for valor, numero in postos[1:]:
                if valor != postos[0][0]:
                    lida.recusar(numero, coluna, f"o mesmo da linha {postos[0][1] + 1}: é da estrutura inteira")
        primeira = {c: next((g.valores[c] for g in grupo if g.valores.get(c) is not None), None) for c in CABECA}
        if primeira["valido_de"] and primeira["valido_ate"] and primeira["valido_ate"] < primeira["valido_de"]:
            lida.recusar(grupo[0].numero, "valido_ate", f"uma data a partir de {primeira['valido_de']:%d/%m/%Y}, o começo da validade")
        for linha in grupo:
            if linha.valores.get("cod_produto_componente") == linha.valores["cod_produto_produzido"]:
                lida.recusar(linha.numero, "cod_produto_componente", "outro produto: um produto não é componente de si mesmo")
    arrastar(lida)


def arrastar(lida: Lida) -> None:
    """Recusa as outras linhas das estruturas que têm alguma recusada."""
    ruins = {p.linha: p.endereco for p in lida.problemas}
    for (produto, versao), grupo in _grupos(lida.linhas).items():
        culpada = next((ruins[g.numero] for g in grupo if g.numero in ruins), None)
        if culpada:
            for g in grupo:
                if g.numero not in ruins:
                    lida.arrastadas[g.numero] = f"a estrutura de {produto} (versão {versao}) tem outra linha recusada: {culpada}"


def _grupos(linhas: Iterable[Linha]) -> dict[Chave, list[Linha]]:
    grupos: dict[Chave, list[Linha]] = {}
    for linha in linhas:
        produto, versao = linha.valores.get("cod_produto_produzido"), linha.valores.setdefault("versao", "1")
        if produto:
            grupos.setdefault((produto, versao), []).append(linha)
    return grupos


class FluxoEstruturas(Fluxo):
    """Comparação e gravação de estruturas inteiras."""

    def conferir(self, conexao: Connection, lida: Lida, substituir: bool) -> None:
        """Validades cruzadas e ciclos, no conjunto que ficaria guardado; repete até o que sobra estar certo."""
        guardadas = ler(conexao)
        while True:
            lida.tirar_recusadas()
            novas = montar(lida, guardadas)
            final = novas if substituir else {**guardadas, **novas}
            antes = len(lida.problemas)
            _recusar_cruzadas(lida, novas, final)
            _recusar_ciclos(lida, novas, final)
            arrastar(lida)
            if len(lida.problemas) == antes:
                return

    def comparar(self, conexao: Connection, lida: Lida, substituir: bool) -> Diferenca:
        """Conta estruturas (e não linhas): iguais são as de mesma cabeça e mesmos componentes."""
        guardadas = ler(conexao)
        novas = montar(lida, guardadas)
        diferenca = Diferenca(ausentes=len(guardadas.keys() - novas.keys()))
        if substituir:
            diferenca.saem = frozenset(e.id for c, e in guardadas.items() if c not in novas and e.id is not None)
        for chave, nova in novas.items():
            velha = guardadas.get(chave)
            if velha is None:
                diferenca.novas += 1
                oque = "nova"
            elif velha.cabeca == nova.cabeca and Counter(velha.linhas) == Counter(nova.linhas):
                diferenca.iguais += 1
                continue
            else:
                diferenca.mudadas += 1
                oque = "mudada"
            if sum(e.oque == oque for e in diferenca.exemplos) < EXEMPLOS:
                diferenca.exemplos.append(_exemplo(oque, velha, nova))
        saem = [e for e in guardadas.values() if e.id in diferenca.saem][:EXEMPLOS]
        diferenca.exemplos += [Exemplo("sai", _quem(e), {}, {}) for e in saem]
        return diferenca

    def gravar(self, conexao: Connection, lida: Lida, diferenca: Diferenca, quem: Quem) -> None:
        """Grava o que difere: cabeças, e só as linhas que entram ou saem de cada estrutura."""
        guardadas = ler(conexao)
        novas = montar(lida, guardadas)
        conexao.execute(text("DELETE FROM estrutura WHERE id = ANY(:ids)"), {"ids": sorted(diferenca.saem)})
        _gravar_cabecas(conexao, novas, guardadas)
        saem: list[int] = []
        entram: list[tuple[str, str, int, *Componente]] = []
        for chave, nova in novas.items():
            velha = guardadas.get(chave)
            sobram = Counter(nova.linhas)
            for linha, id_ in zip(velha.linhas, velha.ids, strict=True) if velha else ():
                if sobram[linha]:
                    sobram[linha] -= 1
                else:
                    saem.append(id_)
            entram += [(*chave, i, *linha) for i, linha in enumerate(nova.linhas) if _consumir(sobram, linha)]
        conexao.execute(text("DELETE FROM lista_materiais WHERE id = ANY(:ids)"), {"ids": saem})
        colunas = {"produto": "text", "versao": "text", "ordem": "integer", "componente": "text", "qtd": "numeric", "perda": "numeric"}
        copiar(conexao, "planilha_linhas", colunas, entram)
        conexao.execute(
            text("""
            INSERT INTO lista_materiais (estrutura_id, cod_produto_componente, qtd_utilizada, perda_percentual)
            SELECT e.id, l.componente, l.qtd, l.perda FROM pg_temp.planilha_linhas l
            JOIN estrutura e ON e.cod_produto_produzido = l.produto AND e.versao = l.versao ORDER BY e.id, l.ordem""")
        )


def _consumir(sobram: Counter[Componente], linha: Componente) -> bool:
    if sobram[linha] <= 0:
        return False
    sobram[linha] -= 1
    return True


def _gravar_cabecas(conexao: Connection, novas: Mapping[Chave, Estrutura], guardadas: Mapping[Chave, Estrutura]) -> None:
    """As que já há ficam antes inativas: a restrição de uma ativa por dia se vê linha a linha, e duas podem trocar de período."""
    mudam = [n for c, n in novas.items() if c not in guardadas or guardadas[c].cabeca != n.cabeca]
    colunas = {"produto": "text", "versao": "text", "qtd_base": "numeric", "fantasma": "boolean", "valido_de": "date",
               "valido_ate": "date", "status": "text"}  # fmt: skip
    copiar(conexao, "planilha_cabecas", colunas, [(n.produto, n.versao, *(n.cabeca[c] for c in CABECA)) for n in mudam])
    casa = "e.cod_produto_produzido = c.produto AND e.versao = c.versao"
    conexao.execute(text(f"UPDATE estrutura e SET status = 'inativo' FROM pg_temp.planilha_cabecas c WHERE {casa}"))  # noqa: S608
    ajustes = ", ".join(f"{c} = c.{c}" for c in CABECA)
    conexao.execute(text(f"UPDATE estrutura e SET {ajustes}, atualizado_em = now() FROM pg_temp.planilha_cabecas c WHERE {casa}"))  # noqa: S608
    conexao.execute(
        text(f"""
        INSERT INTO estrutura (cod_produto_produzido, versao, {", ".join(CABECA)})
        SELECT c.* FROM pg_temp.planilha_cabecas c WHERE NOT EXISTS (SELECT 1 FROM estrutura e WHERE {casa})""")  # noqa: S608
    )


def ler(conexao: Connection) -> dict[Chave, Estrutura]:
    """As estruturas guardadas, ativas e inativas."""
    consulta = text("SELECT id, cod_produto_produzido AS p, versao, qtd_base, fantasma, valido_de, valido_ate, status FROM estrutura")
    achadas = {r.id: Estrutura(r.p, r.versao, {c: getattr(r, c) for c in CABECA}, [], r.id) for r in conexao.execute(consulta)}
    linhas = text("SELECT estrutura_id, id, cod_produto_componente, qtd_utilizada, perda_percentual FROM lista_materiais ORDER BY id")
    for estrutura_id, id_, componente, qtd, perda in conexao.execute(linhas):
        achadas[estrutura_id].linhas.append((componente, qtd, perda))
        achadas[estrutura_id].ids.append(id_)
    return {(e.produto, e.versao): e for e in achadas.values()}


def montar(lida: Lida, guardadas: Mapping[Chave, Estrutura]) -> dict[Chave, Estrutura]:
    """As estruturas da planilha; da coluna que ela não tem, vale o guardado ou o padrão."""
    novas = {}
    for (produto, versao), grupo in _grupos(lida.linhas).items():
        velha = guardadas.get((produto, versao))
        cabeca = dict(velha.cabeca) if velha else dict(CABECA)
        for coluna in CABECA:
            if coluna in lida.presentes:
                cabeca[coluna] = next((g.valores[coluna] for g in grupo if g.valores.get(coluna) is not None), CABECA[coluna])
        linhas = [(g.valores["cod_produto_componente"], g.valores["qtd_utilizada"], g.valores.get("perda_percentual") or Decimal(0))
                  for g in grupo]  # fmt: skip
        novas[produto, versao] = Estrutura(produto, versao, cabeca, linhas, velha.id if velha else None, [], [g.numero for g in grupo])
    return novas


def _recusar_cruzadas(lida: Lida, novas: Mapping[Chave, Estrutura], final: Mapping[Chave, Estrutura]) -> None:
    do_produto: dict[str, list[Estrutura]] = {}
    for e in final.values():
        if e.ativa:
            do_produto.setdefault(e.produto, []).append(e)
    recusadas: set[Chave] = set()
    for chave, nova in novas.items():
        if not nova.ativa:
            continue
        for outra in do_produto[nova.produto]:
            par = (outra.produto, outra.versao)
            if par != chave and par not in recusadas and nova.cruza(outra):
                motivo = f"uma validade que não cruze a da versão {outra.versao} ({outra.periodo()}): só uma estrutura ativa por dia"
                coluna = (
                    "valido_de" if "valido_de" in lida.presentes else "versao" if "versao" in lida.presentes else "cod_produto_produzido"
                )
                lida.recusar(nova.numeros[0], coluna, motivo)
                recusadas.add(chave)
                break


def _recusar_ciclos(lida: Lida, novas: Mapping[Chave, Estrutura], final: Mapping[Chave, Estrutura]) -> None:
    filhos: dict[str, set[str]] = {}
    for e in final.values():
        if e.ativa:
            filhos.setdefault(e.produto, set()).update(componente for componente, _, _ in e.linhas)
    presos = _chegam_a_ciclo(filhos)
    for nova in novas.values():
        if nova.ativa and nova.produto in presos:
            caminho = ciclo_com(filhos, nova.produto, {componente for componente, _, _ in nova.linhas})
            if caminho:
                culpada = next((n for n, linha in zip(nova.numeros, nova.linhas, strict=True) if linha[0] == caminho[1]), nova.numeros[0])
                lida.recusar(culpada, "cod_produto_componente", f"um componente que não feche um ciclo ({' → '.join(caminho)})")


def _chegam_a_ciclo(filhos: Mapping[str, set[str]]) -> set[str]:
    """Os produtos de que se chega a um ciclo: o que sobra depois de tirar, e tirar de novo, os que não têm filhos presos."""
    pais: dict[str, list[str]] = {}
    faltam = {p: len(f) for p, f in filhos.items()}
    for pai, componentes in filhos.items():
        for componente in componentes:
            pais.setdefault(componente, []).append(pai)
    fila = deque({c for f in filhos.values() for c in f} - filhos.keys())
    while fila:
        for pai in pais.get(fila.popleft(), ()):
            faltam[pai] -= 1
            if not faltam[pai]:
                fila.append(pai)
    return {p for p, n in faltam.items() if n}


def _quem(e: Estrutura) -> str:
    return f"{e.produto} · versão {e.versao}"


def _exemplo(oque: str, velha: Estrutura | None, nova: Estrutura) -> Exemplo:
    depois: dict[str, Any] = {c: v for c, v in nova.cabeca.items() if velha is None or velha.cabeca[c] != v}
    antes: dict[str, Any] = {c: velha.cabeca[c] for c in depois} if velha else {}
    if velha is None or Counter(velha.linhas) != Counter(nova.linhas):
        depois["componentes"] = _em_palavras(nova.linhas)
        if velha:
            antes["componentes"] = _em_palavras(velha.linhas)
    if velha is None:
        depois = {c: v for c, v in depois.items() if v != CABECA.get(c, "")}
    return Exemplo(oque, _quem(nova), antes, depois)


def _em_palavras(linhas: list[Componente]) -> str:
    partes = [f"{q.normalize():f} {c}".replace(".", ",", 1) if q != q.to_integral_value() else f"{q:f} {c}" for c, q, _ in sorted(linhas)]
    return " + ".join(partes[:8]) + (" + …" if len(partes) > 8 else "")
