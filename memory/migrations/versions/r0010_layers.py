"""Keep what a pattern was promoted for, and when and why it was retired."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"

COLUMNS = (
    ("surprise", sa.Float),
    ("uniqueness", sa.Float),
    ("clarity", sa.Float),
    ("importance", sa.Float),
    ("ts_retired", sa.BigInteger),
    ("why_retired", sa.String),
)


def upgrade() -> None:
    """Add the columns; patterns so far were never judged and are all in force."""
    for name, kind in COLUMNS:
        op.add_column("pattern", sa.Column(name, kind(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    for name, _ in reversed(COLUMNS):
        op.drop_column("pattern", name)
