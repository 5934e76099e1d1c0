"""Keep in which asset a fee was taken, and how much of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the two columns; fees so far were taken in quote."""
    op.add_column("fill", sa.Column("fee_asset", sa.String(), nullable=False, server_default=""))
    op.add_column("fill", sa.Column("fee_amount", sa.String(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("fill", "fee_amount")
    op.drop_column("fill", "fee_asset")
