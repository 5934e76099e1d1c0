"""Keep what bandits believe of each kind of signal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "posterior",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("belief", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.decision_id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("decision_id", "kind"),
    )
    op.create_index("ix_posterior_run", "posterior", ["run_id"], unique=False)
    op.create_index("ix_posterior_ts_known", "posterior", ["ts_known"], unique=False)
    op.create_index("ix_posterior_world_ts_known", "posterior", ["world", "ts_known"], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("posterior")
