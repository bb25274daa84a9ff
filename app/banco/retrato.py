"""O retrato de um esquema: o que o catálogo do PostgreSQL diz dele, para comparar dois bancos por inteiro.

A comparação do Alembic não vê restrições CHECK e EXCLUDE, predicados de índices, sequências nem ações de chaves; esta vê.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_CONSULTAS = {
    "coluna": """
        SELECT c.relname || '.' || a.attname,
               format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END || ' ' || a.attidentity::text
               || a.attgenerated::text || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped""",
    "restrição": """
        SELECT r.conrelid::regclass || ' ' || r.conname, pg_get_constraintdef(r.oid)
        FROM pg_constraint r WHERE r.connamespace = 'public'::regnamespace AND r.conrelid <> 0""",
    "índice": """
        SELECT i.indrelid::regclass || ' ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid AND c.relnamespace = 'public'::regnamespace""",
    "sequência": """
        SELECT sequencename, data_type::text || ' ' || start_value || ' ' || increment_by || ' ' || cycle
        FROM pg_sequences WHERE schemaname = 'public'""",
    "extensão": "SELECT extname, '' FROM pg_extension WHERE extname <> 'plpgsql'",
}


def retrato(conexao: Connection) -> dict[tuple[str, str], str]:
    """(espécie, nome) → definição de tudo que há no esquema public, fora a tabela de versão do Alembic."""
    visto: dict[tuple[str, str], str] = {}
    for especie, consulta in _CONSULTAS.items():
        for nome, definicao in conexao.execute(text(consulta)):
            if not nome.startswith("alembic_version"):
                visto[especie, nome] = definicao
    return visto


def diferencas(esperado: dict[tuple[str, str], str], achado: dict[tuple[str, str], str]) -> list[str]:
    """As diferenças em frases: o que falta, o que sobra e o que não é igual; vazia quando os retratos coincidem."""
    frases = []
    for chave in sorted(esperado.keys() | achado.keys()):
        especie, nome = chave
        if chave not in achado:
            frases.append(f"falta {especie} {nome}: {esperado[chave]}")
        elif chave not in esperado:
            frases.append(f"sobra {especie} {nome}: {achado[chave]}")
        elif esperado[chave] != achado[chave]:
            frases.append(f"{especie} {nome}: é {achado[chave]}, devia ser {esperado[chave]}")
    return frases
