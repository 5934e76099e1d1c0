"""Keep the stop of an order that is a target and a stop in one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the two columns; orders so far had no stop of their own."""
    op.add_column("intent", sa.Column("stop_price", sa.BigInteger(), nullable=True))
    op.add_column("intent", sa.Column("stop_limit", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("intent", "stop_limit")
    op.drop_column("intent", "stop_price")
