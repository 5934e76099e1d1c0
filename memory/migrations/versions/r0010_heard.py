"""Seal with a decision that waited for an answer what was seen when it was acted on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column; decisions so far waited in one place and have nothing in it."""
    op.add_column("bundle", sa.Column("heard", sa.String(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("bundle", "heard")
