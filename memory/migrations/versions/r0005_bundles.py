"""Keep what each decision was taken from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.{column}"], initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    """Add the tables; decisions so far have no bundle."""
    op.create_table(
        "policy",
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        _refers("run_id", "run"),
        sa.PrimaryKeyConstraint("policy_id"),
    )
    op.create_index("ix_policy_run", "policy", ["run_id"])
    op.create_table(
        "bundle",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("market_events", sa.BigInteger(), nullable=False),
        sa.Column("market_hash", sa.String(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        _refers("run_id", "run"),
        _refers("decision_id", "decision"),
        _refers("policy_id", "policy"),
        sa.PrimaryKeyConstraint("decision_id"),
    )
    op.create_index("ix_bundle_run", "bundle", ["run_id"])
    op.create_index("ix_bundle_policy", "bundle", ["policy_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("bundle")
    op.drop_table("policy")
