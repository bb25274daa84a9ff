# ruff: noqa: E501 - as restrições vêm inteiras dos modelos
"""${message}

Revisão ${up_revision}, depois de ${down_revision or "nenhuma"}. Gerada dos modelos por app.banco.nova_revisao e lida antes de guardar.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision: str = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Leva o esquema a esta revisão."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Desfaz esta revisão."""
    ${downgrades if downgrades else "pass"}
