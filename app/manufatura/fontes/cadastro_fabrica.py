"""cadastro_palletizacao a partir dos produtos espelhados, sem tocar no que uma pessoa fixou.

Fonte das regras: dados.md. O dono de um código é o produto ativo de menor id; os outros abrem `codigo_repetido`.
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
    """O produto trocou de código no Odoo: a linha dele o acompanha, se o código novo está livre; senão fica sem dono."""
    mudaram = """FROM odoo_produto p WHERE c.odoo_produto_id = p.odoo_id AND p.codigo IS DISTINCT FROM c.cod_produto"""
    conexao.execute(
        text(f"""UPDATE cadastro_palletizacao c SET cod_produto = p.codigo, atualizado_em = now() {mudaram} AND p.codigo IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM cadastro_palletizacao o WHERE o.cod_produto = p.codigo)
            AND NOT EXISTS (SELECT 1 FROM odoo_produto q WHERE q.codigo = p.codigo AND q.odoo_id <> p.odoo_id)""")  # noqa: S608
    )
    conexao.execute(text(f"UPDATE cadastro_palletizacao c SET odoo_produto_id = NULL, ativo = false, atualizado_em = now() {mudaram}"))  # noqa: S608


def _avisar_repetidos(conexao: Connection) -> None:
    """Um aviso por código que mais de um produto usa; o cadastro é de um só, e nada se soma pelo código."""
    consulta = text("""
        SELECT codigo, array_agg(odoo_id ORDER BY ativo DESC, odoo_id) AS ids FROM odoo_produto
        WHERE codigo IS NOT NULL GROUP BY codigo HAVING count(*) > 1""")
    repetidos = conexao.execute(consulta).all()
    for codigo, ids in repetidos:
        outros = ", ".join(map(str, ids[1:]))
        avisos.abrir(
            conexao,
            AVISO_REPETIDO,
            codigo,
            f"O código {codigo} é de mais de um produto no Odoo: o cadastro é do produto {ids[0]}, e os produtos {outros} ficam sem ele."
            " Dê a cada produto um código só seu no Odoo.",
            dados={"odoo_produto_ids": list(ids)},
        )
    avisos.conservar_so(conexao, AVISO_REPETIDO, [codigo for codigo, _ in repetidos])
