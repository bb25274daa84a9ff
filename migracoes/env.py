"""O ambiente do Alembic: quem o chama (app.banco.migracao) entrega a conexão, já dentro da transação e da trava.

Os modelos só são importados quando se comparam modelos e migrações: migrar não precisa deles.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.operations import ops
from sqlalchemy.schema import CreateSequence, DropSequence

conexao: sa.Connection = context.config.attributes["conexao"]
metadata: sa.MetaData | None = None
if context.config.attributes.get("comparar"):
    import app.manufatura.models  # noqa: F401 - encher a metadata
    from app.banco.base import Base

    metadata = Base.metadata


def incluir(nome: str | None, tipo: str, _pais: Any) -> bool:
    """Só o esquema public é nosso: a fila tem o dela e as próprias migrações."""
    return nome is None or tipo != "schema"


def sequencias(_contexto: Any, _revisao: Any, diretivas: Iterable[ops.MigrationScript]) -> None:
    """O Alembic não vê sequências avulsas: cria antes das tabelas as que faltam, e apaga depois delas ao desfazer."""
    if metadata is None:
        return
    existentes = set(sa.inspect(conexao).get_sequence_names())
    novas = [s for s in metadata._sequences.values() if s.name not in existentes]
    for script in diretivas:
        for sequencia in novas:
            script.upgrade_ops.ops.insert(0, ops.ExecuteSQLOp(str(CreateSequence(sequencia).compile(conexao))))  # type: ignore[union-attr]
            script.downgrade_ops.ops.append(ops.ExecuteSQLOp(str(DropSequence(sequencia).compile(conexao))))  # type: ignore[union-attr]


context.configure(
    connection=conexao,
    target_metadata=metadata,
    compare_type=True,
    compare_server_default=True,
    include_name=incluir,
    process_revision_directives=sequencias,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
