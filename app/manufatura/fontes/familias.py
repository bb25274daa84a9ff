"""A família de uma ordem nossa no Odoo: que OPs são dela, e o que elas dizem do estado e das datas da ordem.

Fonte das regras: docs/dados.md (ordem_producao) e docs/glossario.md (família). Tudo aqui é função de fatos guardados (odoo_op,
odoo_movimento, movimentacao_estoque): feito duas vezes, dá o mesmo.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from app.manufatura.fontes import movimentos
from app.manufatura.services import avisos, ordens
from app.manufatura.services.ordens import ODOO, Datas, Mudou, Status

BASE_DO_NOME = r"regexp_replace({0}, '-\d{{3,}}$', '')"
"""OP-000016-002 → OP-000016 (SQL): o nome da OP sem o sufixo que o Odoo põe quando ela é produzida em parte."""

_SUFIXO = re.compile(r"-[0-9]{3,}$")


def base_do_nome(nome: str) -> str:
    """O mesmo que BASE_DO_NOME, fora do banco: 'OP-000016-002' → 'OP-000016'."""
    return _SUFIXO.sub("", nome)


MESMO_PRODUTO = """coalesce(o.odoo_produto_id = x.produto_id,
    o.cod_produto = (SELECT p.codigo FROM odoo_produto p WHERE p.odoo_id = x.produto_id), false)"""


def _pelo_nome(onde: str) -> str:
    """Junção de `o` (ordens) com `n`: o número que cada OP de `onde` (SQL sobre `y`) pode ter.

    Por igualdade, e não por um IN dos dois nomes, para o banco poder usar hash: ligar 5.000 ordens levava 84 s, e leva 6.
    """
    base = BASE_DO_NOME.format("y.nome")
    return f"""(
        SELECT y.odoo_id, y.nome AS numero FROM odoo_op y WHERE {onde}
        UNION SELECT y.odoo_id, {base} FROM odoo_op y WHERE {onde}
    ) n ON n.numero = o.numero_ordem"""  # noqa: S608 — só constantes deste arquivo


@dataclass(frozen=True)
class Familia:
    """O que a família de uma ordem diz: quantas OPs, em que estado, se produziu, e as datas locais que saem dos fatos.

    `andamento`: OPs em progress ou to_close. `inicio`: o primeiro movimento feito. `fim`: o último encerramento.
    """

    membros: int
    feitas: int
    canceladas: int
    andamento: int
    produziu: bool
    inicio: date | None = None
    fim: date | None = None

    @property
    def encerrada(self) -> bool:
        """Todas feitas, ou feitas e canceladas."""
        return self.feitas > 0 and self.feitas + self.canceladas == self.membros


def destino(atual: Status, familia: Familia) -> Status | None:
    """O estado a que a família leva uma ordem que está em `atual`; None = fica como está.

    Uma Cancelada não muda. Nada faz uma ordem voltar atrás de Em Produção: se tudo foi desmontado, a quantidade cai e o
    estado fica (desmontar não desfaz o encerramento no Odoo). Uma Concluída só reabre se a família tem OP feita ou em
    andamento e ainda tem o que produzir: uma OP nova, só confirmada, não desfaz a conclusão dada por uma pessoa.
    """
    if atual is Status.CANCELADA or familia.membros == 0:
        return None
    if familia.encerrada:
        return None if atual is Status.CONCLUIDA else Status.CONCLUIDA
    comecou = familia.produziu or familia.andamento > 0
    if atual is Status.CONCLUIDA:
        aberta = familia.feitas + familia.canceladas < familia.membros
        return Status.EM_PRODUCAO if aberta and (comecou or familia.feitas > 0) else None
    return Status.EM_PRODUCAO if comecou and atual is not Status.EM_PRODUCAO else None


# --- quem é de quem -----------------------------------------------------------------------------------------------------------


def vincular(conexao: Connection, ops: Sequence[int], fuso: str) -> None:
    """Liga (ou solta) as OPs dadas e refaz o que depende disso: movimentos, quantidade, estado e datas das ordens.

    Pelo nome só na primeira vez, enquanto a ordem não tem família; depois pelo id (a ligação fica) e pelo grupo. Uma OP de
    outro produto não entra, e se muda de produto sai. Uma família é de uma empresa só: havendo OPs de mesmo nome e produto em
    várias, a da OP de menor id, em qualquer ordem que cheguem. A ordem que ganha uma OP volta a ser procurada inteira.
    """
    if not ops:
        return
    parametros = {"ids": list(ops)}
    soltas = _ligar(conexao, SOLTAR, parametros) + _ligar(conexao, CEDER_A_OUTRA_EMPRESA, parametros)
    ganhas = _ligar(conexao, LIGAR_PELO_NOME, parametros) + _ligar(conexao, LIGAR_PELO_GRUPO, parametros)
    if ganhas:
        conexao.execute(text(PROCURAR_DE_NOVO), {"ops": [op for op, _ in ganhas]})
    if soltas or ganhas:
        mudaram = [op for op, _ in (*soltas, *ganhas)]
        movs = conexao.execute(text("SELECT odoo_id FROM odoo_movimento WHERE op_id = ANY(:ops)"), {"ops": mudaram})
        movimentos.atualizar_movimentacao(conexao, list(movs.scalars()))
    aplicar(conexao, {ordem for _, ordem in soltas} | ordens_das_ops(conexao, ops), fuso)


SOLTAR = f"""
    UPDATE odoo_op x SET ordem_producao_id = NULL, atualizado_em = now() FROM ordem_producao o
    WHERE x.odoo_id = ANY(:ids) AND o.id = x.ordem_producao_id AND NOT {MESMO_PRODUTO}
    RETURNING x.odoo_id, o.id"""  # noqa: S608 — só constantes deste arquivo

_CANDIDATAS = f"""
    SELECT o.id AS ordem, x.odoo_id, x.empresa_id, first_value(x.empresa_id) OVER (PARTITION BY o.id ORDER BY x.odoo_id) AS primeira
    FROM ordem_producao o JOIN {_pelo_nome("y.odoo_id = ANY(:ids) AND y.ordem_producao_id IS NULL AND NOT y.excluida")}
        JOIN odoo_op x ON x.odoo_id = n.odoo_id
    WHERE o.status <> 'Cancelada' AND {MESMO_PRODUTO}"""  # noqa: S608 — idem

CEDER_A_OUTRA_EMPRESA = f"""
    UPDATE odoo_op z SET ordem_producao_id = NULL, atualizado_em = now()
    FROM (SELECT ordem, primeira, min(odoo_id) AS menor FROM ({_CANDIDATAS}) k GROUP BY ordem, primeira) c
    WHERE z.ordem_producao_id = c.ordem AND z.empresa_id <> c.primeira
        AND c.menor < (SELECT min(w.odoo_id) FROM odoo_op w WHERE w.ordem_producao_id = c.ordem)
    RETURNING z.odoo_id, c.ordem"""  # noqa: S608 — idem

LIGAR_PELO_NOME = f"""
    UPDATE odoo_op x SET ordem_producao_id = c.ordem, atualizado_em = now()
    FROM ({_CANDIDATAS}) c
    WHERE x.odoo_id = c.odoo_id AND c.empresa_id IS NOT DISTINCT FROM c.primeira
        AND NOT EXISTS (SELECT 1 FROM odoo_op z WHERE z.ordem_producao_id = c.ordem AND NOT z.excluida)
    RETURNING x.odoo_id, c.ordem"""  # noqa: S608 — idem

LIGAR_PELO_GRUPO = f"""
    UPDATE odoo_op x SET ordem_producao_id = o.id, atualizado_em = now()
    FROM ordem_producao o JOIN (
        SELECT y.grupo_id, min(y.ordem_producao_id) AS ordem, min(y.empresa_id) AS empresa FROM odoo_op y
        WHERE y.grupo_id IN (SELECT grupo_id FROM odoo_op WHERE odoo_id = ANY(:ids)) AND y.ordem_producao_id IS NOT NULL
        GROUP BY y.grupo_id
    ) g ON g.ordem = o.id
    WHERE x.odoo_id = ANY(:ids) AND x.ordem_producao_id IS NULL AND NOT x.excluida AND x.grupo_id = g.grupo_id
        AND coalesce(x.empresa_id = g.empresa, true) AND {MESMO_PRODUTO}
    RETURNING x.odoo_id, o.id"""  # noqa: S608 — idem

PROCURAR_DE_NOVO = """
    UPDATE ordem_producao o SET odoo_procurada_em = NULL, odoo_produto_id = coalesce(o.odoo_produto_id, x.produto_id)
    FROM odoo_op x WHERE x.odoo_id = ANY(:ops) AND o.id = x.ordem_producao_id"""


def _ligar(conexao: Connection, comando: str, parametros: dict[str, Any]) -> list[tuple[int, int]]:
    return [(op, ordem) for op, ordem in conexao.execute(text(comando), parametros)]


def ordens_das_ops(conexao: Connection, ops: Sequence[int]) -> set[int]:
    """As ordens a que estas OPs (ids do Odoo) pertencem."""
    consulta = text("SELECT DISTINCT ordem_producao_id FROM odoo_op WHERE odoo_id = ANY(:ids) AND ordem_producao_id IS NOT NULL")
    return set(conexao.execute(consulta, {"ids": list(ops)}).scalars())


def ordens_dos_movimentos(conexao: Connection, movs: Sequence[int]) -> set[int]:
    """As ordens cujas OPs fizeram estes movimentos (ids do Odoo)."""
    consulta = text(
        "SELECT DISTINCT x.ordem_producao_id FROM odoo_movimento m JOIN odoo_op x ON x.odoo_id = m.op_id"
        " WHERE m.odoo_id = ANY(:ids) AND x.ordem_producao_id IS NOT NULL"
    )
    return set(conexao.execute(consulta, {"ids": list(movs)}).scalars())


# --- o que a família faz à ordem ------------------------------------------------------------------------------------------------


def aplicar(conexao: Connection, tocadas: Collection[int], fuso: str) -> None:
    """Põe em dia quantidade, estado e datas das ordens dadas (ids), e avisa das Planejadas que o Odoo já produz."""
    if not tocadas:
        return
    ordens.recalcular_produzido(conexao, tocadas)
    iniciar: list[Datas] = []
    concluir: list[Datas] = []
    reabrir: list[Datas] = []
    so_datas: list[Datas] = []
    for linha in conexao.execute(text(FATOS), {"ids": list(tocadas), "fuso": fuso}):
        atual = Status(linha.status)
        familia = Familia(
            linha.membros, linha.feitas, linha.canceladas, linha.andamento, linha.produziu, linha.inicio, linha.fim or linha.ultimo
        )
        novo = destino(atual, familia)
        datas = _datas(linha, familia, novo or atual)
        if novo is Status.CONCLUIDA:
            concluir.append(datas)
        elif novo is Status.EM_PRODUCAO:
            (reabrir if atual is Status.CONCLUIDA else iniciar).append(datas)
        elif atual in (Status.EM_PRODUCAO, Status.CONCLUIDA) and familia.membros:
            so_datas.append(datas)
    feitas = ordens.iniciar(conexao, iniciar, ODOO) + ordens.concluir(conexao, concluir, ODOO)
    ordens.reabrir(conexao, reabrir, ODOO)
    ordens.acertar_datas(conexao, so_datas)
    _avisar_planejadas(conexao, [m for m in feitas if m.de is Status.PLANEJADA])
    conexao.execute(text(MENOR_OP), {"ids": list(tocadas)})


FATOS = """
    SELECT o.id, o.status, o.data_inicio_real, o.data_fim_real, coalesce(f.membros, 0) AS membros, coalesce(f.feitas, 0) AS feitas,
        coalesce(f.canceladas, 0) AS canceladas, coalesce(f.andamento, 0) AS andamento, coalesce(m.produziu, false) AS produziu,
        (m.primeiro AT TIME ZONE :fuso)::date AS inicio, (m.ultimo AT TIME ZONE :fuso)::date AS ultimo,
        (f.fim AT TIME ZONE :fuso)::date AS fim
    FROM ordem_producao o
    LEFT JOIN (
        SELECT x.ordem_producao_id AS ordem, count(*) AS membros, count(*) FILTER (WHERE x.estado = 'done') AS feitas,
            count(*) FILTER (WHERE x.estado = 'cancel') AS canceladas,
            count(*) FILTER (WHERE x.estado IN ('progress', 'to_close')) AS andamento, max(x.fim) AS fim
        FROM odoo_op x WHERE x.ordem_producao_id = ANY(:ids) AND NOT x.excluida GROUP BY 1
    ) f ON f.ordem = o.id
    LEFT JOIN (
        SELECT x.ordem_producao_id AS ordem, bool_or(v.qtd > 0) AS produziu, min(v.data) FILTER (WHERE v.qtd > 0) AS primeiro,
            max(v.data) AS ultimo
        FROM odoo_op x JOIN odoo_movimento v ON v.op_id = x.odoo_id AND v.feito AND v.tipo = 'producao'
        WHERE x.ordem_producao_id = ANY(:ids) GROUP BY 1
    ) m ON m.ordem = o.id
    WHERE o.id = ANY(:ids)
    ORDER BY o.id"""

MENOR_OP = """
    UPDATE ordem_producao o SET odoo_id = f.menor
    FROM (
        SELECT q.id, min(x.odoo_id) AS menor FROM ordem_producao q
        LEFT JOIN odoo_op x ON x.ordem_producao_id = q.id AND NOT x.excluida
        WHERE q.id = ANY(:ids) GROUP BY q.id
    ) f WHERE o.id = f.id AND o.odoo_id IS DISTINCT FROM f.menor"""


def _datas(linha: Any, familia: Familia, fica: Status) -> Datas:
    """data_inicio_real é a do primeiro movimento feito (ou a que já estava); data_fim_real, a do último encerramento.

    O Odoo deixa datar um encerramento antes do próprio movimento: o início nunca passa do fim.
    """
    inicio: date | None = familia.inicio or linha.data_inicio_real
    if fica is not Status.CONCLUIDA:
        return Datas(linha.id, inicio)
    fim: date | None = familia.fim if familia.encerrada else linha.data_fim_real
    return Datas(linha.id, min(inicio, fim) if inicio and fim else inicio, fim)


# --- avisos ---------------------------------------------------------------------------------------------------------------------

PLANEJADA = "planejada_em_producao"
OUTRO_PRODUTO = "op_de_outro_produto"
OUTRA_EMPRESA = "op_em_duas_empresas"
CANCELADA = "op_cancelada_no_odoo"
SUMIU = "op_sumiu_do_odoo"
ABERTA = "op_aberta_de_ordem_cancelada"


def _avisar_planejadas(conexao: Connection, mudadas: Sequence[Mudou]) -> None:
    avisos.abrir_todos(
        conexao,
        PLANEJADA,
        [
            (m.numero_ordem, f"A ordem {m.numero_ordem} estava Planejada e já é produzida no Odoo: confira materiais e datas.", None)
            for m in mudadas
        ],
    )


def avaliar_avisos(conexao: Connection) -> None:
    """Abre o que há a avisar sobre as famílias, e fecha o que deixou de valer.

    O aviso de uma Planejada que o Odoo já produz fecha numa execução posterior à que o abriu, quando a ordem acaba.
    """
    for tipo, consulta in CONSULTAS.items():
        avisos.sincronizar(conexao, tipo, [(r.numero_ordem, r.mensagem, r.dados) for r in conexao.execute(text(consulta))])
    acabaram = text(
        "SELECT a.chave FROM aviso a JOIN ordem_producao o ON o.numero_ordem = a.chave WHERE a.tipo = :tipo AND a.fechado_em IS NULL"
        " AND a.aberto_em < now() AND o.status IN ('Concluída', 'Cancelada')"
    )
    avisos.fechar(conexao, PLANEJADA, list(conexao.execute(acabaram, {"tipo": PLANEJADA}).scalars()))


_ABERTA = "o.status IN ('Planejada', 'Liberada', 'Em Produção')"
CONSULTAS = {
    OUTRO_PRODUTO: f"""
        SELECT o.numero_ordem, jsonb_build_object('ops', jsonb_agg(x.nome ORDER BY x.odoo_id), 'odoo_id', min(x.odoo_id)) AS dados,
            'A OP ' || min(x.nome) || ' do Odoo é do produto ' || coalesce(min(p.codigo), min(p.nome), '(sem código)') || ', e a ordem '
            || o.numero_ordem || ' é de ' || o.cod_produto || ': os apontamentos dela não entram aqui. Corrija o número num dos lados.'
            AS mensagem
        FROM ordem_producao o JOIN {_pelo_nome("y.ordem_producao_id IS NULL AND NOT y.excluida")}
            JOIN odoo_op x ON x.odoo_id = n.odoo_id LEFT JOIN odoo_produto p ON p.odoo_id = x.produto_id
        WHERE o.status <> 'Cancelada' AND NOT {MESMO_PRODUTO}
        GROUP BY o.id""",  # noqa: S608 — só constantes deste arquivo
    OUTRA_EMPRESA: f"""
        SELECT o.numero_ordem, jsonb_build_object('ops', jsonb_agg(DISTINCT x.nome), 'odoo_id', min(x.odoo_id)) AS dados,
            'A OP da ordem ' || o.numero_ordem || ' existe em mais de uma empresa no Odoo: os apontamentos daqui são os de '
            || min(coalesce(ea.nome, '#' || f.empresa_id)) || ', e os de '
            || string_agg(DISTINCT coalesce(eb.nome, '#' || x.empresa_id), ', ')
            || ' não entram. Mude o número numa delas, ou escolha a empresa em ODOO_EMPRESAS.' AS mensagem
        FROM ordem_producao o
            JOIN (SELECT ordem_producao_id, min(empresa_id) AS empresa_id FROM odoo_op WHERE NOT excluida GROUP BY 1) f
                ON f.ordem_producao_id = o.id
            JOIN {_pelo_nome("y.ordem_producao_id IS NULL AND NOT y.excluida")}
            JOIN odoo_op x ON x.odoo_id = n.odoo_id AND x.empresa_id <> f.empresa_id
            LEFT JOIN odoo_empresa ea ON ea.odoo_id = f.empresa_id LEFT JOIN odoo_empresa eb ON eb.odoo_id = x.empresa_id
        WHERE o.status <> 'Cancelada' AND {MESMO_PRODUTO}
        GROUP BY o.id""",  # noqa: S608 — idem
    CANCELADA: f"""
        SELECT o.numero_ordem, NULL::jsonb AS dados,
            'A ordem ' || o.numero_ordem || ' foi cancelada no Odoo e continua ' || o.status || ' aqui: cancele-a, ou crie outra OP lá.'
            AS mensagem
        FROM ordem_producao o JOIN odoo_op x ON x.ordem_producao_id = o.id AND NOT x.excluida
        WHERE {_ABERTA} GROUP BY o.id HAVING bool_and(x.estado = 'cancel')""",  # noqa: S608 — idem
    SUMIU: f"""
        SELECT o.numero_ordem, NULL::jsonb AS dados,
            'A OP da ordem ' || o.numero_ordem || ' foi apagada no Odoo e a ordem continua ' || o.status
            || ' aqui: cancele-a, ou crie outra OP lá com este número.' AS mensagem
        FROM ordem_producao o JOIN odoo_op x ON x.ordem_producao_id = o.id
        WHERE {_ABERTA} GROUP BY o.id HAVING bool_and(x.excluida)""",  # noqa: S608 — idem
    ABERTA: """
        SELECT o.numero_ordem, NULL::jsonb AS dados,
            'A ordem ' || o.numero_ordem || ' está Cancelada aqui e ainda aberta no Odoo (' || string_agg(x.nome, ', ' ORDER BY x.odoo_id)
            || '): cancele-a lá também.' AS mensagem
        FROM ordem_producao o JOIN odoo_op x ON x.ordem_producao_id = o.id AND NOT x.excluida
        WHERE o.status = 'Cancelada' AND x.estado IN ('confirmed', 'progress', 'to_close') GROUP BY o.id""",
}
