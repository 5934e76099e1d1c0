"""Keep what a pattern was promoted for, when and why it was retired, and profiles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

COLUMNS = (
    ("surprise", sa.Float),
    ("uniqueness", sa.Float),
    ("clarity", sa.Float),
    ("importance", sa.Float),
    ("ts_retired", sa.BigInteger),
    ("why_retired", sa.String),
)


def upgrade() -> None:
    """Add the columns and the table; patterns so far were never judged and are all in force."""
    for name, kind in COLUMNS:
        op.add_column("pattern", sa.Column(name, kind(), nullable=True))
    op.create_table(
        "profile",
        sa.Column("profile_id", sa.String(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("regime", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("n_effective", sa.Float(), nullable=False),
        sa.Column("wins", sa.Integer(), nullable=False),
        sa.Column("win_low", sa.Float(), nullable=False),
        sa.Column("win_high", sa.Float(), nullable=False),
        sa.Column("breakeven", sa.Float(), nullable=False),
        sa.Column("net_bps", sa.Float(), nullable=False),
        sa.Column("net_low", sa.Float(), nullable=True),
        sa.Column("net_high", sa.Float(), nullable=True),
        sa.Column("spread_bps", sa.Float(), nullable=True),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_retired", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("profile_id", "ts_known"),
    )
    op.create_index("ix_profile_run", "profile", ["run_id"], unique=False)
    op.create_index("ix_profile_symbol_ts_known", "profile", ["symbol", "ts_known"], unique=False)
    op.create_index("ix_profile_ts_known", "profile", ["ts_known"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("profile")
    for name, _ in reversed(COLUMNS):
        op.drop_column("pattern", name)
