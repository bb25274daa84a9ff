"""Os três papéis do banco e o que cada um pode.

dono      dono das tabelas: só as migrações o usam.
manufatura  o programa: lê e grava linhas, não é dono de nada; em auditoria só acrescenta e lê.
leitura   relatórios e BI: só lê.

As permissões são refeitas a cada migração, dentro da mesma transação, para o papel que o programa usa de fato (num servidor
externo o nome é o de DATABASE_URL). Quando o programa e a migração são o mesmo papel nada há a restringir: o gatilho de
auditoria, criado pela primeira revisão, ainda recusa UPDATE e DELETE.
"""

from __future__ import annotations

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text

DONO, APLICACAO, LEITURA = "dono", "manufatura", "leitura"
# Tabelas em que o programa só acrescenta: a lista é a regra (docs/dados.md: auditoria só cresce).
SO_ACRESCIMO = ("auditoria",)
# O programa lê a versão do esquema, e só.
SO_LEITURA = ("alembic_version",)


def criar_papeis_e_banco(url_dono: str, banco: str = "manufatura") -> None:
    """No servidor embutido novo: papéis `manufatura` e `leitura` e o banco do programa. Repetir não muda nada."""
    with psycopg.connect(url_dono, autocommit=True, connect_timeout=30) as conexao:
        for papel in (APLICACAO, LEITURA):
            if not conexao.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [papel]).fetchone():
                conexao.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(sql.Identifier(papel)))
        conexao.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(sql.Identifier(LEITURA)))
        if not conexao.execute("SELECT 1 FROM pg_database WHERE datname = %s", [banco]).fetchone():
            conexao.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(banco)))


def permitir(conexao: Connection, aplicacao: str | None = APLICACAO, leitura: str | None = LEITURA) -> list[str]:
    """Refaz as permissões de tabelas e sequências do esquema public; devolve os papéis que existiam e as receberam.

    Roda na transação de quem chama, como o dono das tabelas. Um papel que não existe no servidor é deixado de lado.
    """
    eu = conexao.scalar(text("SELECT current_user"))
    existentes = set(conexao.scalars(text("SELECT rolname FROM pg_roles WHERE rolname = ANY(:n)"), {"n": [aplicacao, leitura]}))
    dados: list[str] = []
    cita = conexao.dialect.identifier_preparer.quote_identifier
    tabelas = set(conexao.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
    for papel, direitos_tabela, direitos_sequencia in (
        (aplicacao, "SELECT, INSERT, UPDATE, DELETE", "USAGE, SELECT"),
        (leitura, "SELECT", None),
    ):
        if papel is None or papel not in existentes or papel == eu:
            continue
        p = cita(papel)
        comandos = [
            f"GRANT USAGE ON SCHEMA public TO {p}",
            f"GRANT {direitos_tabela} ON ALL TABLES IN SCHEMA public TO {p}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {direitos_tabela} ON TABLES TO {p}",
        ]
        if direitos_sequencia:
            comandos += [
                f"GRANT {direitos_sequencia} ON ALL SEQUENCES IN SCHEMA public TO {p}",
                f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {direitos_sequencia} ON SEQUENCES TO {p}",
            ]
        comandos += [f"REVOKE UPDATE, DELETE, TRUNCATE ON {cita(t)} FROM {p}" for t in SO_ACRESCIMO if t in tabelas]
        comandos += [f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {cita(t)} FROM {p}" for t in SO_LEITURA if t in tabelas]
        for comando in comandos:
            conexao.exec_driver_sql(comando)
        dados.append(papel)
    return dados
