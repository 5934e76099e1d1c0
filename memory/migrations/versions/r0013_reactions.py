"""Keep how market makers took our fills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "reaction",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("is_taken", sa.Boolean(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("ratio", sa.Float(), nullable=False),
        sa.Column("slip_bps", sa.Float(), nullable=True),
        sa.Column("refreshes", sa.Float(), nullable=False),
        sa.Column("has_left", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.decision_id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("decision_id", "ts", "is_taken"),
    )
    op.create_index("ix_reaction_run", "reaction", ["run_id"], unique=False)
    op.create_index("ix_reaction_ts_known", "reaction", ["ts_known"], unique=False)
    op.create_index("ix_reaction_world_ts_known", "reaction", ["world", "ts_known"], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("reaction")
