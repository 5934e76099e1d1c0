"""Make what is asked often cost the same however long the record is, and let bulky columns leave it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from memory.views import TRIGGERS, made_anew

revision = "0008"
down_revision = "0007"

KNOWN = ("signal", "decision", "intent", "order", "fill", "bundle", "spend")

GLANCE = ("kind", "ts_known", "result", "net_bps")  # what a look back at a decision wants of its outcome


def upgrade() -> None:
    """Add indexes, the derived tables with what follows from history so far, and the list of archives."""
    for name in KNOWN:
        op.create_index(f"ix_{name}_ts_known", name, ["ts_known"])
    op.create_index("ix_intent_world_ts", "intent", ["world", "leg", "ts"])
    op.drop_index("ix_outcome_decision", table_name="outcome")
    op.create_index("ix_outcome_decision", "outcome", ["decision_id", *GLANCE])
    op.create_index("ix_outcome_net", "outcome", ["net_bps", "kind"])
    op.create_table(
        "archive",
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("first_row", sa.BigInteger(), nullable=False),
        sa.Column("last_row", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.String(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("file"),
    )
    op.create_table(
        "evidence",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", "kind", "target"),
    )
    op.create_table(
        "open_order",
        sa.Column("client_order_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("client_order_id"),
    )
    op.create_table(
        "open_position",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("is_in_coin", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("decision_id"),
    )
    op.create_index("ix_open_position_world", "open_position", ["world", "venue"])
    run = op.get_bind().exec_driver_sql
    for statement in (*made_anew(), *TRIGGERS):
        run(statement)


def downgrade() -> None:
    """Drop them; rows whose bulky columns have left are not brought back."""
    for trigger in ("lesson_evidence", "parameter_evidence", "intent_opens", "order_ends", "fill_moves"):
        op.execute(f"DROP TRIGGER {trigger}")
    for name in ("open_position", "open_order", "evidence", "archive"):
        op.drop_table(name)
    op.drop_index("ix_outcome_decision", table_name="outcome")
    op.create_index("ix_outcome_decision", "outcome", ["decision_id"])
    op.drop_index("ix_outcome_net", table_name="outcome")
    op.drop_index("ix_intent_world_ts", table_name="intent")
    for name in KNOWN:
        op.drop_index(f"ix_{name}_ts_known", table_name=name)
