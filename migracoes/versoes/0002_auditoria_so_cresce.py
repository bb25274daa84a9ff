"""A auditoria só cresce

Revisão 0002, depois de 0001. Escrita à mão: o gatilho recusa UPDATE, DELETE e TRUNCATE em auditoria a quem quer que seja, o dono
das tabelas inclusive; as permissões do papel do programa (app.banco.papeis) já os negam antes.
"""

from __future__ import annotations

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Leva o esquema a esta revisão."""
    op.execute("""
        CREATE FUNCTION auditoria_so_cresce() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'auditoria só aceita linhas novas' USING ERRCODE = 'insufficient_privilege';
        END
        $$
    """)
    op.execute("""
        CREATE TRIGGER auditoria_so_cresce BEFORE UPDATE OR DELETE OR TRUNCATE ON auditoria
        FOR EACH STATEMENT EXECUTE FUNCTION auditoria_so_cresce()
    """)


def downgrade() -> None:
    """Desfaz esta revisão."""
    op.execute("DROP TRIGGER auditoria_so_cresce ON auditoria")
    op.execute("DROP FUNCTION auditoria_so_cresce()")
