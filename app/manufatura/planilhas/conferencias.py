"""Conferências de um tipo inteiro: as que só veem a planilha (por nome do tipo) e as que veem também o que está guardado."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, text

from app.manufatura.planilhas.definicoes import nulo_de_todos
from app.manufatura.planilhas.fluxo import Fluxo
from app.manufatura.planilhas.validacao import Conferencia, Lida

CANONICO = "ltrim(regexp_replace(upper(btrim(cod_produto)), '\\.0+$', ''), '0')"


def previsoes(lida: Lida) -> None:
    """O ano vem da coluna dele ou do mês; o grupo "todos" é o vazio."""
    for linha in lida.linhas:
        v = linha.valores
        numero, do_mes = v["data_mes"]
        ano = v.get("data_ano")
        v["data_mes"], v["data_ano"] = numero, ano if ano is not None else do_mes
        if "nome_grupo" in v:
            v["nome_grupo"] = nulo_de_todos(v["nome_grupo"])
        if v["data_ano"] is None:
            lida.recusar(
                linha.numero, "data_ano" if "data_ano" in lida.presentes else "data_mes", "o ano, nesta coluna ou junto do mês (11/2026)"
            )
        elif do_mes is not None and ano is not None and do_mes != ano:
            lida.recusar(linha.numero, "data_mes", f"o mesmo ano da coluna do ano ({ano})")
        elif not 2000 <= v["data_ano"] <= 2200:
            lida.recusar(linha.numero, "data_mes", "um ano de 2000 a 2200")


def historico(lida: Lida) -> None:
    """Conta a enésima linha de cada pedido e produto, as recusadas também: corrigidas depois, elas ocupam o seu lugar."""
    postas: dict[tuple[str, str], set[int]] = {}
    for linha in lida.linhas:
        v = linha.valores
        if (dada := v.get("ocorrencia")) is not None:
            usadas = postas.setdefault((v["num_pedido"], v["cod_produto"]), set())
            if dada in usadas:
                lida.recusar(linha.numero, "ocorrencia", f"um número que outra linha deste pedido e produto não tenha ({dada} repete)")
            usadas.add(dada)
    contadas: Counter[tuple[str, str]] = Counter()
    for linha in lida.linhas:
        v = linha.valores
        if v.get("ocorrencia") is not None:
            continue
        par = (v["num_pedido"], v["cod_produto"])
        contadas[par] += 1
        while contadas[par] in postas.get(par, ()):
            contadas[par] += 1
        v["ocorrencia"] = lida.ocorrencias[linha.numero] = contadas[par]


DA_PLANILHA: dict[str, tuple[Conferencia, ...]] = {"previsoes": (previsoes,), "historico": (historico,)}


def codigos(conexao: Connection, lida: Lida) -> None:
    """Recusa o código que não está no cadastro quando há outro que só difere em zeros, caixa ou `.0`; dos outros, avisa.

    No próprio cadastro, só a célula numérica se recusa: 7 onde já há 007 é um zero perdido, e não um produto novo.
    """
    colunas = [c for c in (lida.tipo.produtos or ("cod_produto",)) if c in lida.presentes]
    citados = {linha.valores[c] for linha in lida.linhas for c in colunas if linha.valores.get(c)}
    if not citados:
        return
    existem = text("SELECT cod_produto FROM cadastro_palletizacao WHERE cod_produto = ANY(:codigos)")
    faltam = citados - set(conexao.execute(existem, {"codigos": sorted(citados)}).scalars())
    parecidos = _parecidos(conexao, faltam)
    so_numeros = not lida.tipo.produtos
    lugares = {nome: i for i, nome in lida.cabecalho.colunas.items()}
    for linha in lida.linhas:
        for coluna in colunas:
            outro = parecidos.get(linha.valores.get(coluna, ""))
            if outro and (not so_numeros or isinstance(lida.folha.celula(linha.numero, lugares[coluna]), int | float)):
                esperado = f"um código do cadastro (há {outro}). Se é a mesma coisa, escreva-o igual, numa célula de texto"
                lida.recusar(linha.numero, coluna, esperado + ("" if so_numeros else "; se não é, cadastre-o antes"))
    novos = sorted(faltam - parecidos.keys())
    if novos and not so_numeros:
        mostra = ", ".join(novos[:10]) + ("…" if len(novos) > 10 else "")
        quantos = "1 código não está" if len(novos) == 1 else f"{len(novos)} códigos não estão"
        lida.avisos.append(f"{quantos} no cadastro ({mostra}): as linhas entram, e o planejamento avisa delas.")


def _parecidos(conexao: Connection, faltam: Iterable[str]) -> dict[str, str]:
    """Código que falta → o do cadastro que só difere dele em zeros à esquerda, caixa ou `.0`."""
    formas: dict[str, list[str]] = {}
    for codigo in faltam:
        formas.setdefault(re.sub(r"\.0+$", "", codigo.upper().strip()).lstrip("0"), []).append(codigo)
    if not formas:
        return {}
    consulta = text(f"SELECT {CANONICO} AS forma, min(cod_produto) FROM cadastro_palletizacao WHERE {CANONICO} = ANY(:formas) GROUP BY 1")  # noqa: S608
    achados = conexao.execute(consulta, {"formas": sorted(formas)})
    return {codigo: outro for forma, outro in achados for codigo in formas[forma]}


class FluxoPrevisoes(Fluxo):
    """Avisa dos grupos que ninguém cadastrou: a demanda realizada deles seria sempre zero."""

    def conferir(self, conexao: Connection, lida: Lida, substituir: bool) -> None:
        super().conferir(conexao, lida, substituir)
        citados = {g for linha in lida.linhas if (g := linha.valores.get("nome_grupo"))}
        ha = set(conexao.execute(text("SELECT DISTINCT nome_grupo FROM grupo_empresarial WHERE ativo")).scalars())
        if faltam := sorted(citados - ha):
            lida.avisos.append(
                f"Grupos que não estão na planilha de grupos (a demanda realizada deles será zero): {', '.join(faltam[:10])}."
            )


class FluxoDatado(Fluxo):
    """Separações: avisa da linha nova que parece a antiga com outra data, porque sem substituir ficam as duas."""

    def avisar(self, conexao: Connection, lida: Lida, substituir: bool) -> None:
        lote, pedido, produto, _ = self.tipo.chave
        consulta = text(f"""
            SELECT DISTINCT x.{lote} FROM planilha_destino x JOIN {self.tipo.tabela.name} d ON d.{lote} = x.{lote}
                AND coalesce(d.{pedido}, '') = coalesce(x.{pedido}, '') AND d.{produto} = x.{produto}
            WHERE x.id IS NULL AND NOT EXISTS (SELECT 1 FROM planilha_destino y WHERE y.id = d.id) ORDER BY 1""")  # noqa: S608
        lotes = [] if substituir else list(conexao.execute(consulta).scalars())
        if lotes:
            mostra = ", ".join(lotes[:10]) + ("…" if len(lotes) > 10 else "")
            lida.avisos.append(
                f"Lotes que ganham uma data nova e guardam a antiga, contadas as duas: {mostra}. Se a data mudou, mande a planilha"
                " inteira com --modo substituir."
            )


class FluxoGrupos(Fluxo):
    """Depois dos grupos, o histórico toma o grupo de cada CNPJ (só as linhas em que ele muda)."""

    def depois(self, conexao: Connection, lida: Lida) -> None:
        conexao.execute(
            text("""
            UPDATE historico_pedidos h SET nome_grupo = n.grupo, atualizado_em = now() FROM (
                SELECT h.id, g.nome_grupo AS grupo FROM historico_pedidos h LEFT JOIN grupo_empresarial g
                    ON g.ativo AND length(h.cnpj_cliente) = 14 AND g.prefixo_cnpj = left(h.cnpj_cliente, 8)) n
            WHERE n.id = h.id AND h.nome_grupo IS DISTINCT FROM n.grupo""")
        )
