"""Keep live experiments and the arm each decision had."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "experiment",
        sa.Column("experiment_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value_before", sa.Float(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("ts_retired", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("experiment_id"),
    )
    op.create_index("ix_experiment_run", "experiment", ["run_id"], unique=False)
    op.create_index("ix_experiment_ts_known", "experiment", ["ts_known"], unique=False)
    op.create_table(
        "arm",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("experiment_id", sa.String(), nullable=False),
        sa.Column("is_candidate", sa.Boolean(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.decision_id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiment.experiment_id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("decision_id"),
    )
    op.create_index("ix_arm_experiment", "arm", ["experiment_id"], unique=False)
    op.create_index("ix_arm_run", "arm", ["run_id"], unique=False)
    op.create_index("ix_arm_ts_known", "arm", ["ts_known"], unique=False)


def downgrade() -> None:
    """Drop the two tables."""
    op.drop_table("arm")
    op.drop_table("experiment")
