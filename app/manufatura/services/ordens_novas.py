"""Criar ordens de produção: de que produto, com que número, e a auditoria.

O número vem da sequência do banco, nunca de max()+1. Um número dado por uma pessoa (para ligar uma OP que já existe no
Odoo) é recusado se está em uso, e a sequência fica sempre adiante dele.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import IntegrityError

from app.banco.base import tabela
from app.erros import ErroManufatura
from app.manufatura.models import Auditoria, OrdemProducao
from app.manufatura.services.ordens import Autor, Status, numero_ordem

T = tabela(OrdemProducao)
SALTO_MAXIMO = 1_000_000
"""Quanto um número dado pode passar da sequência: mais do que isso é erro de digitação, e gastaria a numeração."""

TRAVA_NUMERACAO = 4_737_002
"""Número da trava consultiva da numeração; qualquer um, fixo."""


class OrdemInvalida(ErroManufatura):
    """A ordem não pode ser criada: {motivo}."""

    codigo_saida = 2


class ProdutoDesconhecido(OrdemInvalida):
    """O produto {codigo} não está no cadastro nem entre os do Odoo. Confira o código (zeros à esquerda contam), ou traga os
    cadastros com `manufatura importar cadastros`."""


class ProdutoRepetido(OrdemInvalida):
    """O código {codigo} é de mais de um produto no Odoo: {produtos}. Diga qual com --produto-odoo ID."""


class ProdutoNaoConfere(OrdemInvalida):
    """O produto {produto_odoo} do Odoo {porque}. Confira o id com quem cuida dos cadastros, ou traga-os com
    `manufatura importar cadastros`."""


class NumeroEmUso(OrdemInvalida):
    """O número {numero} já é de outra ordem. Veja-a com `manufatura ordem ver {numero}`, ou deixe o número para a numeração."""


class NumeroLongeDemais(OrdemInvalida):
    """O número {numero} está longe demais da numeração, que vai em {atual}: aceitam-se até {maximo}. Confira se não sobra um
    algarismo."""


@dataclass(frozen=True)
class NovaOrdem:
    """Uma ordem a criar. `qtd` na unidade do produto; datas previstas locais; `numero` None = o próximo da sequência."""

    cod_produto: str
    qtd: Decimal
    numero: int | None = None
    status: Status = Status.LIBERADA
    origem: str = "Manual"
    inicio: date | None = None
    fim: date | None = None
    linha: str | None = None
    odoo_produto_id: int | None = None


@dataclass(frozen=True)
class Produto:
    """O produto de uma ordem, como o cadastro e o espelho do Odoo o conhecem."""

    codigo: str
    nome: str | None
    odoo_id: int | None


def proximos_numeros(conexao: Connection, quantos: int) -> list[int]:
    """Tira números da sequência; não voltam, mesmo que a transação seja desfeita."""
    consulta = text("SELECT nextval('ordem_producao_numero_seq') FROM generate_series(1, :n)")
    return [int(n) for n in conexao.execute(consulta, {"n": quantos}).scalars()] if quantos else []


def criar(conexao: Connection, novas: Sequence[NovaOrdem], autor: Autor) -> list[Mapping[str, Any]]:
    """Cria as ordens, todas ou nenhuma, e as devolve como ficaram (todas as colunas).

    Erros: OrdemInvalida e suas subclasses, da primeira que não serve; `problemas` diz todos de uma vez.
    """
    # Quem dá número espera quem tira da sequência, e o contrário: o número dado não pode sair dela ao mesmo tempo.
    trava = "pg_advisory_xact_lock" if any(nova.numero is not None for nova in novas) else "pg_advisory_xact_lock_shared"
    conexao.execute(text(f"SELECT {trava}(:n)"), {"n": TRAVA_NUMERACAO})
    produtos = _Produtos(conexao, novas)
    achados = [produtos.de(nova) for nova in novas]
    for nova in novas:
        _conferir(nova)
    _reservar(conexao, novas)
    livres = iter(proximos_numeros(conexao, sum(nova.numero is None for nova in novas)))
    linhas = []
    for nova, produto in zip(novas, achados, strict=True):
        numero = nova.numero if nova.numero is not None else next(livres)
        linhas.append(
            {
                "numero": numero,
                "numero_ordem": numero_ordem(numero),
                "origem_ordem": nova.origem,
                "status": str(nova.status),
                "cod_produto": produto.codigo,
                "nome_produto": produto.nome,
                "odoo_produto_id": produto.odoo_id,
                "qtd_planejada": nova.qtd,
                "data_inicio_prevista": nova.inicio,
                "data_fim_prevista": nova.fim,
                "linha_producao": nova.linha,
                "criado_por": autor.quem,
            }
        )
    if not linhas:
        return []
    try:
        with conexao.begin_nested():
            criadas = list(conexao.execute(insert(T).returning(T, sort_by_parameter_order=True), linhas).mappings())
    except IntegrityError as erro:
        if "uq_ordem_producao_numero" not in str(erro.orig):
            raise
        raise NumeroEmUso(
            numero=", ".join(numero_ordem(n.numero) for n in novas if n.numero is not None) or "tirado da sequência"
        ) from erro
    conexao.execute(
        insert(Auditoria),
        [
            {
                "quem": autor.quem,
                "de_onde": autor.de_onde,
                "acao": "ordem criar",
                "tabela": "ordem_producao",
                "registro_id": o["id"],
                "depois": {
                    "numero_ordem": o["numero_ordem"],
                    "status": o["status"],
                    "cod_produto": o["cod_produto"],
                    "qtd_planejada": str(o["qtd_planejada"]),
                },
            }
            for o in criadas
        ],
    )
    return [dict(o) for o in criadas]


def problemas(conexao: Connection, novas: Sequence[NovaOrdem]) -> dict[int, str]:
    """O que impede cada ordem de ser criada: posição em `novas` → mensagem; vazio se todas servem. Não grava nada."""
    produtos = _Produtos(conexao, novas)
    repetidos = {n for n, vezes in Counter(nova.numero for nova in novas if nova.numero is not None).items() if vezes > 1}
    usados = _usados(conexao, novas)
    achados = {}
    for i, nova in enumerate(novas):
        try:
            _conferir(nova)
            produtos.de(nova)
            if nova.numero in usados:
                raise NumeroEmUso(numero=numero_ordem(nova.numero))
            if nova.numero in repetidos:
                raise OrdemInvalida(motivo=f"o número {numero_ordem(nova.numero)} aparece mais de uma vez")
        except OrdemInvalida as erro:
            achados[i] = erro.mensagem
    return achados


def _conferir(nova: NovaOrdem) -> None:
    if nova.qtd <= 0:
        raise OrdemInvalida(motivo="a quantidade tem de ser maior que zero")
    if nova.inicio and nova.fim and nova.fim < nova.inicio:
        raise OrdemInvalida(motivo=f"o fim previsto ({nova.fim:%d/%m/%Y}) é antes do início ({nova.inicio:%d/%m/%Y})")


# --- produto ------------------------------------------------------------------------------------------------------------------


class _Produtos:
    """Os produtos citados por um lote de ordens, lidos em duas consultas."""

    def __init__(self, conexao: Connection, novas: Sequence[NovaOrdem]) -> None:
        codigos = sorted({nova.cod_produto.strip() for nova in novas})
        ids = sorted({nova.odoo_produto_id for nova in novas if nova.odoo_produto_id})
        espelho = conexao.execute(
            text(
                "SELECT odoo_id, codigo, nome, ativo FROM odoo_produto WHERE codigo = ANY(:codigos) OR odoo_id = ANY(:ids) ORDER BY odoo_id"
            ),
            {"codigos": codigos, "ids": ids},
        )
        self.por_codigo: dict[str, list[Any]] = defaultdict(list)
        self.por_id: dict[int, Any] = {}
        for p in espelho:
            self.por_codigo[p.codigo].append(p)
            self.por_id[p.odoo_id] = p
        cadastro = conexao.execute(
            text("SELECT cod_produto, nome_produto, odoo_produto_id FROM cadastro_palletizacao WHERE cod_produto = ANY(:codigos)"),
            {"codigos": codigos},
        )
        self.cadastro = {c.cod_produto: c for c in cadastro}

    def de(self, nova: NovaOrdem) -> Produto:
        """O produto da ordem. Erros: ProdutoDesconhecido, ProdutoRepetido, ProdutoNaoConfere."""
        codigo = nova.cod_produto.strip()
        if nova.odoo_produto_id is not None:
            return self._escolhido(codigo, nova.odoo_produto_id)
        todos = self.por_codigo.get(codigo, [])
        candidatos = [p for p in todos if p.ativo] or todos
        if len(candidatos) > 1:
            lista = "; ".join(f"{p.odoo_id} ({p.nome or 'sem nome'})" for p in candidatos[:5])
            raise ProdutoRepetido(codigo=codigo, produtos=lista + ("; …" if len(candidatos) > 5 else ""))
        cadastro = self.cadastro.get(codigo)
        if candidatos:
            return Produto(codigo, candidatos[0].nome, candidatos[0].odoo_id)
        if cadastro is None or not codigo:
            raise ProdutoDesconhecido(codigo=codigo or "(vazio)")
        return Produto(codigo, cadastro.nome_produto, cadastro.odoo_produto_id)

    def _escolhido(self, codigo: str, odoo_id: int) -> Produto:
        p = self.por_id.get(odoo_id)
        if p is None:
            raise ProdutoNaoConfere(produto_odoo=odoo_id, porque="não está entre os que foram importados")
        if p.codigo != codigo:
            raise ProdutoNaoConfere(produto_odoo=odoo_id, porque=f"tem o código {p.codigo or '(nenhum)'}, e não {codigo}")
        return Produto(codigo, p.nome, p.odoo_id)


# --- número -------------------------------------------------------------------------------------------------------------------


def _usados(conexao: Connection, novas: Sequence[NovaOrdem]) -> set[int]:
    numeros = [nova.numero for nova in novas if nova.numero is not None]
    consulta = text("SELECT numero FROM ordem_producao WHERE numero = ANY(:numeros)")
    return set(conexao.execute(consulta, {"numeros": numeros}).scalars()) if numeros else set()


def _reservar(conexao: Connection, novas: Sequence[NovaOrdem]) -> None:
    """Recusa números em uso e põe a sequência adiante dos dados.

    Adianta tirando números dela, o que é seguro com outros criando ordens ao mesmo tempo; trocar o valor dela não seria (e o
    papel do programa nem pode).
    """
    numeros = [nova.numero for nova in novas if nova.numero is not None]
    if not numeros:
        return
    if usados := _usados(conexao, novas):
        raise NumeroEmUso(numero=", ".join(numero_ordem(n) for n in sorted(usados)))
    onde = "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM ordem_producao_numero_seq"
    atual = int(conexao.execute(text(onde)).scalar_one())
    maior = max(numeros)
    if maior - atual > SALTO_MAXIMO:
        raise NumeroLongeDemais(numero=numero_ordem(maior), atual=numero_ordem(atual), maximo=numero_ordem(atual + SALTO_MAXIMO))
    if maior > atual:
        gastar = text("SELECT max(nextval('ordem_producao_numero_seq')) FROM generate_series(1, CAST(:n AS bigint))")
        conexao.execute(gastar, {"n": maior - atual})
