"""Keep what learning needs: excursions of outcomes, trials, effects, checks, strategies, worth, jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

EXCURSIONS = (
    ("time_to_fill_ns", sa.BigInteger),
    ("reach_bps", sa.Float),
    ("halt_bps", sa.Float),
    ("final_bps", sa.Float),
)


def upgrade() -> None:
    """Add the columns and tables; outcomes so far have no such excursions."""
    for name, kind in EXCURSIONS:
        op.add_column("outcome", sa.Column(name, kind(), nullable=True))
    op.create_index("ix_decision_ts", "decision", ["ts"], unique=False)
    op.create_table(
        "lesson_check",
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("lesson_id", "day", "ts_known"),
    )
    op.create_index("ix_lesson_check_run", "lesson_check", ["run_id"], unique=False)
    op.create_index("ix_lesson_check_ts_known", "lesson_check", ["ts_known"], unique=False)
    op.create_table(
        "trial",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("value_before", sa.Float(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("n_search", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("effect_bps", sa.Float(), nullable=True),
        sa.Column("interval_low", sa.Float(), nullable=True),
        sa.Column("interval_high", sa.Float(), nullable=True),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("world", "day", "name", "ts_known"),
    )
    op.create_index("ix_trial_run", "trial", ["run_id"], unique=False)
    op.create_index("ix_trial_ts_known", "trial", ["ts_known"], unique=False)
    op.create_table(
        "effect",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("effect_bps", sa.Float(), nullable=True),
        sa.Column("interval_low", sa.Float(), nullable=True),
        sa.Column("interval_high", sa.Float(), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(["version"], ["parameter.version"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("version", "day", "ts_known"),
    )
    op.create_index("ix_effect_run", "effect", ["run_id"], unique=False)
    op.create_index("ix_effect_ts_known", "effect", ["ts_known"], unique=False)
    op.create_table(
        "strategy",
        sa.Column("strategy_id", sa.String(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("wins", sa.Integer(), nullable=False),
        sa.Column("net_bps", sa.Float(), nullable=False),
        sa.Column("error_bps", sa.Float(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_retired", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("strategy_id", "ts_known"),
    )
    op.create_index("ix_strategy_run", "strategy", ["run_id"], unique=False)
    op.create_index("ix_strategy_ts_known", "strategy", ["ts_known"], unique=False)
    op.create_table(
        "worth",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("effect_bps", sa.Float(), nullable=True),
        sa.Column("value_quote", sa.String(), nullable=True),
        sa.Column("low_quote", sa.String(), nullable=True),
        sa.Column("high_quote", sa.String(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("kind", "name", "day", "ts_known"),
    )
    op.create_index("ix_worth_run", "worth", ["run_id"], unique=False)
    op.create_index("ix_worth_ts_known", "worth", ["ts_known"], unique=False)
    op.create_table(
        "job",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("date", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("ts_done", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("kind", "world", "date"),
    )
    op.create_index("ix_job_run", "job", ["run_id"], unique=False)
    op.create_index("ix_job_ts_known", "job", ["ts_known"], unique=False)


def downgrade() -> None:
    """Drop them."""
    for name in ("job", "worth", "strategy", "effect", "trial", "lesson_check"):
        op.drop_table(name)
    op.drop_index("ix_decision_ts", table_name="decision")
    for name, _ in reversed(EXCURSIONS):
        op.drop_column("outcome", name)
