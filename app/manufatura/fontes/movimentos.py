"""movimentacao_estoque a partir dos movimentos espelhados: o único lugar em que suas colunas são calculadas.

Fonte das regras: docs/dados.md (movimentacao_estoque). Uma linha por stock.move feito que a regra aceita, sempre com a
quantidade que o Odoo tem agora; uma correção guarda o valor anterior na auditoria.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from app.banco.base import tabela
from app.banco.carga import Contagem as ContagemCarga
from app.banco.carga import mesclar
from app.manufatura.fontes import rejeicoes
from app.manufatura.fontes.rejeicoes import Rejeicao
from app.manufatura.models import MovimentacaoEstoque

MODELO = "stock.move"
AUTOR = "Sistema"
COLUNAS = [
    "odoo_modelo",
    "odoo_id",
    "odoo_documento_id",
    "odoo_produto_id",
    "empresa_id",
    "odoo_write_date",
    "odoo_lido_em",
    "importado_odoo",
    "tipo_movimentacao",
    "cod_produto",
    "qtd_movimentacao",
    "data_movimentacao",
    "num_pedido",
    "pedido_compras_id",
    "ordem_producao_id",
    "origem",
    "referencia",
    "usuario",
]
COMPRADO = "coalesce(cad.produto_comprado, p.compravel, false)"
"""A marca "comprado": a do cadastro do próprio produto ou, sem ele, o purchase_ok espelhado."""

ACEITO = f"""m.feito AND (
    (m.tipo IN ('entrada', 'devolucao') AND {COMPRADO})
    OR (m.tipo IN ('producao', 'estorno_producao', 'subproduto', 'estorno_subproduto') AND op.ordem_producao_id IS NOT NULL))"""

JUNCOES = """
    LEFT JOIN odoo_produto p ON p.odoo_id = m.produto_id
    LEFT JOIN cadastro_palletizacao cad ON cad.odoo_produto_id = m.produto_id
    LEFT JOIN odoo_op op ON op.odoo_id = m.op_id"""

SELECAO = f"""
    SELECT '{MODELO}' AS odoo_modelo, m.odoo_id, m.documento_id AS odoo_documento_id, m.produto_id AS odoo_produto_id,
        m.empresa_id, m.odoo_write_date, m.odoo_lido_em, true AS importado_odoo,
        CASE m.tipo WHEN 'entrada' THEN 'ENTRADA_COMPRA' WHEN 'devolucao' THEN 'DEVOLUCAO_COMPRA'
            WHEN 'producao' THEN 'PRODUCAO' WHEN 'subproduto' THEN 'PRODUCAO' ELSE 'ESTORNO_PRODUCAO' END AS tipo_movimentacao,
        p.codigo AS cod_produto,
        CASE WHEN m.tipo IN ('entrada', 'producao', 'subproduto') THEN m.qtd ELSE -m.qtd END AS qtd_movimentacao,
        m.data AS data_movimentacao,
        ped.num_pedido, ped.id AS pedido_compras_id, op.ordem_producao_id,
        'Odoo' AS origem, m.referencia, '{AUTOR}' AS usuario
    FROM odoo_movimento m {JUNCOES}
    LEFT JOIN pedido_compras ped ON ped.odoo_modelo = 'purchase.order.line' AND ped.odoo_id = m.linha_pedido_id
    WHERE m.odoo_id = ANY(:ids) AND {ACEITO}"""  # noqa: S608 — só constantes deste arquivo

MARCAS = ("odoo_write_date", "odoo_lido_em")


def atualizar_movimentacao(conexao: Connection, ids: Sequence[int]) -> ContagemCarga:
    """Faz movimentacao_estoque dizer o que dizem os movimentos espelhados `ids` (odoo_id de odoo_movimento).

    O que deixou de valer sai; o que mudou de quantidade, data ou tipo guarda o valor anterior em auditoria. Depois
    recalcula qtd_produzida das ordens tocadas. Devolve a contagem da mescla.
    """
    if not ids:
        return ContagemCarga(0, 0, 0)
    parametros = {"ids": list(ids)}
    existem = conexao.execute(
        text("SELECT 1 FROM movimentacao_estoque WHERE odoo_modelo = 'stock.move' AND odoo_id = ANY(:ids) LIMIT 1"), parametros
    )
    if existem.first() is not None:
        _auditar_mudancas(conexao, parametros)
        _tirar_o_que_nao_vale(conexao, parametros)
    contagem = mesclar(
        conexao,
        tabela(MovimentacaoEstoque),
        SELECAO,
        COLUNAS,
        ["odoo_modelo", "odoo_id"],
        parametros=parametros,
        ignorar_na_comparacao=MARCAS,
    )
    _anotar_ignorados(conexao, ids)
    return contagem


def acertar_marcas(conexao: Connection) -> int:
    """Traz os recebimentos cujo produto passou a ser comprado, e tira os que deixaram de ser; devolve quantos tocou."""
    consulta = text(f"""
        SELECT m.odoo_id FROM odoo_movimento m {JUNCOES}
        LEFT JOIN movimentacao_estoque e ON e.odoo_modelo = '{MODELO}' AND e.odoo_id = m.odoo_id
        WHERE m.tipo IN ('entrada', 'devolucao') AND ({ACEITO}) IS DISTINCT FROM (e.id IS NOT NULL)""")  # noqa: S608
    ids = list(conexao.execute(consulta).scalars())
    for lote in (ids[i : i + 5_000] for i in range(0, len(ids), 5_000)):
        atualizar_movimentacao(conexao, lote)
    _anotar_ignorados(conexao, list(conexao.execute(SEM_MOTIVO).scalars()))
    return len(ids)


SEM_MOTIVO = text(f"""
    SELECT m.odoo_id FROM odoo_movimento m {JUNCOES}
    WHERE m.fonte = 'entradas' AND m.feito AND NOT ({ACEITO}) AND NOT EXISTS (
        SELECT 1 FROM rejeicao_integracao r WHERE r.fonte = 'entradas' AND r.odoo_modelo = '{MODELO}' AND r.odoo_id = m.odoo_id
            AND r.resolvida_em IS NULL)""")  # noqa: S608 — só constantes deste arquivo
"""Os movimentos deixados de fora que não estão listados com o motivo (um que foi rejeitado e, curado, voltou a ser só ignorado)."""


def _auditar_mudancas(conexao: Connection, parametros: dict[str, list[int]]) -> None:
    """Guarda o antes e o depois do que vai mudar de quantidade, data ou tipo."""
    valores = (
        "jsonb_build_object('qtd_movimentacao', {0}.qtd_movimentacao::text, 'data_movimentacao', {0}.data_movimentacao,"
        " 'tipo', {0}.tipo_movimentacao)"
    )
    conexao.execute(
        text(f"""
        INSERT INTO auditoria (quem, de_onde, acao, tabela, registro_id, antes, depois)
        SELECT '{AUTOR}', 'importação do Odoo', 'corrigir', 'movimentacao_estoque', e.id, {valores.format("e")}, {valores.format("s")}
        FROM movimentacao_estoque e JOIN ({SELECAO}) s ON s.odoo_modelo = e.odoo_modelo AND s.odoo_id = e.odoo_id
        WHERE (e.qtd_movimentacao, e.data_movimentacao, e.tipo_movimentacao)
            IS DISTINCT FROM (s.qtd_movimentacao, s.data_movimentacao, s.tipo_movimentacao)"""),  # noqa: S608
        parametros,
    )


def _tirar_o_que_nao_vale(conexao: Connection, parametros: dict[str, list[int]]) -> None:
    """Apaga (com o valor na auditoria) os movimentos que a regra já não aceita."""
    conexao.execute(
        text(f"""
        WITH fora AS (
            DELETE FROM movimentacao_estoque e WHERE e.odoo_modelo = '{MODELO}' AND e.odoo_id = ANY(:ids)
                AND NOT EXISTS (SELECT 1 FROM odoo_movimento m {JUNCOES} WHERE m.odoo_id = e.odoo_id AND {ACEITO})
            RETURNING e.*)
        INSERT INTO auditoria (quem, de_onde, acao, tabela, registro_id, antes)
        SELECT '{AUTOR}', 'importação do Odoo', 'remover', 'movimentacao_estoque', id,
            jsonb_build_object('qtd_movimentacao', qtd_movimentacao::text, 'data_movimentacao', data_movimentacao,
                'tipo', tipo_movimentacao, 'odoo_id', odoo_id)
        FROM fora"""),  # noqa: S608
        parametros,
    )


def _anotar_ignorados(conexao: Connection, ids: Sequence[int]) -> None:
    """Lista como ignorado, com o motivo, o que a regra deixa de fora das entradas; fecha o que passou a entrar ou deixou de existir."""
    if not ids:
        return
    consulta = text(f"""
        SELECT m.odoo_id, m.tipo, p.codigo, m.referencia, m.qtd::text AS qtd, (NOT m.feito OR {ACEITO}) AS resolvido
        FROM odoo_movimento m {JUNCOES} WHERE m.odoo_id = ANY(:ids) AND m.fonte = 'entradas'""")  # noqa: S608
    fora, dentro = [], []
    for linha in conexao.execute(consulta, {"ids": list(ids)}):
        motivo = None if linha.resolvido else MOTIVOS.get(linha.tipo, MOTIVO_OUTRO)
        if motivo is None:
            dentro.append(linha.odoo_id)
        else:
            dados = {"cod_produto": linha.codigo, "referencia": linha.referencia, "qtd": linha.qtd}
            fora.append(Rejeicao(linha.odoo_id, motivo, "ignorada", dados))
    rejeicoes.anotar(conexao, "entradas", MODELO, fora)
    rejeicoes.resolver(conexao, "entradas", MODELO, dentro, tipo="ignorada")


MOTIVO_OUTRO = "movimento que não é entrada de fornecedor nem devolução a ele"
MOTIVOS = {
    "entrada": "produto não marcado como comprado no cadastro",
    "devolucao": "produto não marcado como comprado no cadastro",
    "devolucao_cliente": "devolução de cliente: não é compra",
    "entrega_direta": "entrega do fornecedor direto ao cliente: não passa pelo nosso estoque",
    "devolucao_direta": "devolução do cliente direto ao fornecedor: não passa pelo nosso estoque",
}
