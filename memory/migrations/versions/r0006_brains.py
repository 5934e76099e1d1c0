"""Keep what brains were asked, what they said, and what it cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the two tables; nobody was asked so far, and all votes weighed the same."""
    op.add_column("bundle", sa.Column("weights", sa.String(), nullable=True))
    op.create_table(
        "spend",
        sa.Column("reservation_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        *_texts("run_id", "world", "provider", "model", "amount_usd"),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        _run(),
        sa.PrimaryKeyConstraint("reservation_id", "stage"),
    )
    op.create_index("ix_spend_ts", "spend", ["ts"])
    op.create_index("ix_spend_run", "spend", ["run_id"])
    op.create_table(
        "consultation",
        sa.Column("consultation_id", sa.String(), nullable=False),
        *_texts("decision_id", "run_id", "world", "purpose"),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        *_texts("provider", "model", "prompt_version", "fingerprint"),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        *_texts("text"),
        sa.Column("cause", sa.String(), nullable=True),
        *_texts("detail"),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in TOKENS),
        *_texts("cost_usd"),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        _run(),
        sa.PrimaryKeyConstraint("consultation_id"),
    )
    op.create_index("ix_consultation_decision", "consultation", ["decision_id"])
    op.create_index("ix_consultation_ts_known", "consultation", ["ts_known"])
    op.create_index("ix_consultation_run", "consultation", ["run_id"])


TOKENS = ("input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _run() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], deferrable=True, initially="DEFERRED")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("consultation")
    op.drop_table("spend")
    op.drop_column("bundle", "weights")
