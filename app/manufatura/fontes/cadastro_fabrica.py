"""cadastro_palletizacao a partir dos produtos espelhados, sem tocar no que uma pessoa fixou.

Fonte das regras: docs/dados.md. O dono de um código é o produto ativo de menor id; os outros abrem `codigo_repetido`.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from app.manufatura.services import avisos

AVISO_REPETIDO = "codigo_repetido"
DO_ODOO = {
    "nome_produto": "s.nome",
    "unidade": "s.unidade",
    "produto_comprado": "coalesce(s.compravel, false)",
    "produto_produzido": "coalesce(s.fabricado, false)",
    "produto_vendido": "coalesce(s.vendavel, false)",
    "peso_bruto": "s.peso",
    "ativo": "s.ativo",
}
"""Coluna do cadastro → expressão sobre o produto dono do código (apelido s)."""

DONOS = """
    SELECT DISTINCT ON (p.codigo) p.codigo, p.odoo_id, p.nome, p.ativo, p.compravel, p.vendavel, p.fabricado, p.peso, u.nome AS unidade
    FROM odoo_produto p LEFT JOIN odoo_unidade u ON u.odoo_id = p.unidade_id
    WHERE p.codigo IS NOT NULL ORDER BY p.codigo, p.ativo DESC, p.odoo_id"""


def atualizar(conexao: Connection) -> int:
    """Acerta o cadastro com os espelhos; devolve quantas linhas mudaram. Roda inteira: são poucos milhares de produtos."""
    _seguir_codigos(conexao)
    novos = {c: f"CASE WHEN '{c}' = ANY(c.campos_fixados) THEN c.{c} ELSE {e} END" for c, e in DO_ODOO.items()}
    mudou = f"(c.odoo_produto_id, {', '.join(f'c.{c}' for c in DO_ODOO)}) IS DISTINCT FROM (s.odoo_id, {', '.join(novos.values())})"
    # Solta primeiro: o dono de um código pode ter mudado para um produto que outra linha ainda segura.
    conexao.execute(
        text(f"""UPDATE cadastro_palletizacao c SET odoo_produto_id = NULL FROM ({DONOS}) s
            WHERE c.cod_produto = s.codigo AND c.odoo_produto_id IS NOT NULL AND c.odoo_produto_id <> s.odoo_id""")  # noqa: S608
    )
    mudadas = conexao.execute(
        text(f"""UPDATE cadastro_palletizacao c SET odoo_produto_id = s.odoo_id, {", ".join(f"{c} = {e}" for c, e in novos.items())},
            atualizado_em = now() FROM ({DONOS}) s WHERE c.cod_produto = s.codigo AND {mudou}""")  # noqa: S608
    ).rowcount
    novas = conexao.execute(
        text(f"""INSERT INTO cadastro_palletizacao (cod_produto, odoo_produto_id, {", ".join(DO_ODOO)})
            SELECT s.codigo, s.odoo_id, {", ".join(DO_ODOO.values())} FROM ({DONOS}) s
            WHERE NOT EXISTS (SELECT 1 FROM cadastro_palletizacao c WHERE c.cod_produto = s.codigo) ON CONFLICT DO NOTHING""")  # noqa: S608
    ).rowcount
    _avisar_repetidos(conexao)
    return mudadas + novas


def _seguir_codigos(conexao: Connection) -> None:
    """O produto trocou de código no Odoo: a linha dele o acompanha, com tudo o que uma pessoa pôs nela.

    Todas mudam de uma vez (trocas e cadeias: A→B enquanto B→C), passando por códigos de espera. Só fica para trás, sem dono, a
    linha do produto que ficou sem código, que não é o dono do código novo, ou cujo código novo é de uma linha que não sai do lugar.
    """
    mudaram = {r.id: r for r in conexao.execute(text(MUDARAM_DE_CODIGO))}
    if not mudaram:
        return
    consulta = text("SELECT cod_produto, id FROM cadastro_palletizacao WHERE cod_produto = ANY(:codigos)")
    codigos = [r.novo for r in mudaram.values() if r.novo is not None]
    de_quem = {r.cod_produto: r.id for r in conexao.execute(consulta, {"codigos": codigos})}
    seguem = {i: r.novo for i, r in mudaram.items() if r.dono and (r.novo not in de_quem or de_quem[r.novo] in mudaram)}
    # Quem fica sem dono no código que outra linha passa a usar guarda o seu num nome à parte, para não o dar ao produto errado.
    ficam: dict[int, str | None] = dict.fromkeys(i for i in mudaram if i not in seguem)
    for i in ficam:
        if mudaram[i].cod_produto in seguem.values():
            ficam[i] = f"{mudaram[i].cod_produto} (antes do produto {mudaram[i].odoo_produto_id})"
    espera = [*seguem, *(i for i, codigo in ficam.items() if codigo)]
    conexao.execute(
        text("UPDATE cadastro_palletizacao SET cod_produto = '(mudando) ' || id WHERE id = ANY(:ids)"),
        {"ids": espera},
    )
    finais = {**seguem, **{i: codigo for i, codigo in ficam.items() if codigo}}
    conexao.execute(
        text("""UPDATE cadastro_palletizacao c SET cod_produto = n.codigo, atualizado_em = now()
            FROM unnest(CAST(:ids AS bigint[]), CAST(:codigos AS text[])) AS n(id, codigo) WHERE c.id = n.id"""),
        {"ids": list(finais), "codigos": list(finais.values())},
    )
    conexao.execute(
        text("""UPDATE cadastro_palletizacao SET odoo_produto_id = NULL, atualizado_em = now(),
            ativo = CASE WHEN 'ativo' = ANY(campos_fixados) THEN ativo ELSE false END WHERE id = ANY(:ids)"""),
        {"ids": list(ficam)},
    )


MUDARAM_DE_CODIGO = f"""
    SELECT c.id, c.cod_produto, c.odoo_produto_id, p.codigo AS novo, s.odoo_id IS NOT DISTINCT FROM p.odoo_id AS dono
    FROM cadastro_palletizacao c JOIN odoo_produto p ON p.odoo_id = c.odoo_produto_id
    LEFT JOIN ({DONOS}) s ON s.codigo = p.codigo
    WHERE p.codigo IS DISTINCT FROM c.cod_produto"""  # noqa: S608 — só constantes deste arquivo
"""As linhas cujo produto trocou de código: o novo, e se o produto é o dono dele."""


def _avisar_repetidos(conexao: Connection) -> None:
    """Um aviso por código que mais de um produto usa; o cadastro é de um só, e nada se soma pelo código."""
    consulta = text("""
        SELECT codigo, array_agg(odoo_id ORDER BY ativo DESC, odoo_id) AS ids FROM odoo_produto
        WHERE codigo IS NOT NULL GROUP BY codigo HAVING count(*) > 1""")
    vigentes = [
        (
            codigo,
            (
                f"O código {codigo} é de mais de um produto no Odoo: o cadastro é do produto {ids[0]}, e os produtos"
                f" {', '.join(map(str, ids[1:]))} ficam sem ele. Dê a cada produto um código só seu no Odoo."
            ),
            {"odoo_produto_ids": list(ids)},
        )
        for codigo, ids in conexao.execute(consulta)
    ]
    avisos.sincronizar(conexao, AVISO_REPETIDO, vigentes)
