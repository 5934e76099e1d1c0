"""Create everything: runs, the life of a trade, what was learned from it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "run",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("config", sa.String(), nullable=False),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("ts_started", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("ts_ended", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("run_id"),
    )
    op.create_index("ix_run_ts_started", "run", ["ts_started"], unique=False)
    op.create_table(
        "lesson",
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("effect", sa.Float(), nullable=False),
        sa.Column("interval_low", sa.Float(), nullable=False),
        sa.Column("interval_high", sa.Float(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("invalid_condition", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("ts_retired", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("lesson_id", "ts_known"),
    )
    op.create_index("ix_lesson_day", "lesson", ["day"], unique=False)
    op.create_index("ix_lesson_run", "lesson", ["run_id"], unique=False)
    op.create_index("ix_lesson_ts_known", "lesson", ["ts_known"], unique=False)
    op.create_table(
        "parameter",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value_before", sa.Float(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("impact", sa.String(), nullable=False),
        sa.Column("context", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("ts_retired", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_index("ix_parameter_name_ts_known", "parameter", ["name", "ts_known"], unique=False)
    op.create_index("ix_parameter_run", "parameter", ["run_id"], unique=False)
    op.create_table(
        "report",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("markdown", sa.String(), nullable=False),
        sa.Column("statistics", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("day", "kind", "ts_known"),
    )
    op.create_index("ix_report_run", "report", ["run_id"], unique=False)
    op.create_index("ix_report_ts_known", "report", ["ts_known"], unique=False)
    op.create_table(
        "signal",
        sa.Column("signal_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_event", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.Integer(), nullable=False),
        sa.Column("entry_price", sa.BigInteger(), nullable=False),
        sa.Column("take_profit", sa.BigInteger(), nullable=False),
        sa.Column("stop", sa.BigInteger(), nullable=False),
        sa.Column("entry_timeout_ns", sa.BigInteger(), nullable=False),
        sa.Column("hold_timeout_ns", sa.BigInteger(), nullable=False),
        sa.Column("cost_bps", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("regime", sa.Integer(), nullable=True),
        sa.Column("features", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("signal_id"),
    )
    op.create_index("ix_signal_run_ts", "signal", ["run_id", "ts"], unique=False)
    op.create_index("ix_signal_symbol_ts", "signal", ["symbol", "ts"], unique=False)
    op.create_table(
        "decision",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("signal_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("breakeven", sa.Float(), nullable=False),
        sa.Column("expected_bps", sa.Float(), nullable=True),
        sa.Column("is_probe", sa.Boolean(), nullable=False),
        sa.Column("plan", sa.String(), nullable=True),
        sa.Column("votes", sa.String(), nullable=False),
        sa.Column("clamps", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("parameters_version", sa.Integer(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=True),
        sa.Column("recalled", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(["signal_id"], ["signal.signal_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("decision_id"),
    )
    op.create_index("ix_decision_run_ts", "decision", ["run_id", "ts"], unique=False)
    op.create_index("ix_decision_signal", "decision", ["signal_id"], unique=False)
    op.create_index("ix_decision_symbol_ts", "decision", ["symbol", "ts"], unique=False)
    op.create_table(
        "intent",
        sa.Column("client_order_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("leg", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("side", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("is_post_only", sa.Boolean(), nullable=False),
        sa.Column("is_reduce_only", sa.Boolean(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.decision_id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("client_order_id"),
    )
    op.create_index("ix_intent_decision", "intent", ["decision_id"], unique=False)
    op.create_index("ix_intent_run_ts", "intent", ["run_id", "ts"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("outcome_id", sa.String(), nullable=False),
        sa.Column("signal_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("is_probe", sa.Boolean(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("ts_entry", sa.BigInteger(), nullable=True),
        sa.Column("ts_exit", sa.BigInteger(), nullable=True),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("entry_price", sa.BigInteger(), nullable=True),
        sa.Column("exit_price", sa.BigInteger(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("gross_bps", sa.Float(), nullable=True),
        sa.Column("net_bps", sa.Float(), nullable=True),
        sa.Column("net_quote", sa.String(), nullable=True),
        sa.Column("fees_quote", sa.String(), nullable=True),
        sa.Column("mfe_bps", sa.Float(), nullable=True),
        sa.Column("mae_bps", sa.Float(), nullable=True),
        sa.Column("time_to_target_ns", sa.BigInteger(), nullable=True),
        sa.Column("time_to_stop_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.decision_id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(["signal_id"], ["signal.signal_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("outcome_id"),
    )
    op.create_index("ix_outcome_decision", "outcome", ["decision_id"], unique=False)
    op.create_index("ix_outcome_run_ts_known", "outcome", ["run_id", "ts_known"], unique=False)
    op.create_index("ix_outcome_signal", "outcome", ["signal_id"], unique=False)
    op.create_index("ix_outcome_symbol_ts_known", "outcome", ["symbol", "ts_known"], unique=False)
    op.create_index("ix_outcome_ts_known", "outcome", ["ts_known"], unique=False)
    op.create_table(
        "fill",
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("trade_id", sa.String(), nullable=False),
        sa.Column("client_order_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("side", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("fee_quote", sa.String(), nullable=False),
        sa.Column("is_maker", sa.Boolean(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_order_id"], ["intent.client_order_id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.decision_id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("venue", "trade_id"),
    )
    op.create_index("ix_fill_client_order", "fill", ["client_order_id"], unique=False)
    op.create_index("ix_fill_decision", "fill", ["decision_id"], unique=False)
    op.create_index("ix_fill_run_ts", "fill", ["run_id", "ts"], unique=False)
    op.create_table(
        "order",
        sa.Column("client_order_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("filled", sa.BigInteger(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_order_id"], ["intent.client_order_id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("client_order_id", "sequence"),
    )
    op.create_index("ix_order_run_ts", "order", ["run_id", "ts"], unique=False)
    op.create_table(
        "pattern",
        sa.Column("outcome_id", sa.String(), nullable=False),
        sa.Column("signal_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("net_bps", sa.Float(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("ts_known", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcome.outcome_id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(["signal_id"], ["signal.signal_id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("outcome_id"),
    )
    op.create_index("ix_pattern_signal", "pattern", ["signal_id"], unique=False)
    op.create_index("ix_pattern_ts_known", "pattern", ["ts_known"], unique=False)


def downgrade() -> None:
    """Drop everything."""
    op.drop_index("ix_pattern_ts_known", table_name="pattern")
    op.drop_index("ix_pattern_signal", table_name="pattern")
    op.drop_table("pattern")
    op.drop_index("ix_order_run_ts", table_name="order")
    op.drop_table("order")
    op.drop_index("ix_fill_run_ts", table_name="fill")
    op.drop_index("ix_fill_decision", table_name="fill")
    op.drop_index("ix_fill_client_order", table_name="fill")
    op.drop_table("fill")
    op.drop_index("ix_outcome_ts_known", table_name="outcome")
    op.drop_index("ix_outcome_symbol_ts_known", table_name="outcome")
    op.drop_index("ix_outcome_signal", table_name="outcome")
    op.drop_index("ix_outcome_run_ts_known", table_name="outcome")
    op.drop_index("ix_outcome_decision", table_name="outcome")
    op.drop_table("outcome")
    op.drop_index("ix_intent_run_ts", table_name="intent")
    op.drop_index("ix_intent_decision", table_name="intent")
    op.drop_table("intent")
    op.drop_index("ix_decision_symbol_ts", table_name="decision")
    op.drop_index("ix_decision_signal", table_name="decision")
    op.drop_index("ix_decision_run_ts", table_name="decision")
    op.drop_table("decision")
    op.drop_index("ix_signal_symbol_ts", table_name="signal")
    op.drop_index("ix_signal_run_ts", table_name="signal")
    op.drop_table("signal")
    op.drop_index("ix_report_ts_known", table_name="report")
    op.drop_index("ix_report_run", table_name="report")
    op.drop_table("report")
    op.drop_index("ix_parameter_run", table_name="parameter")
    op.drop_index("ix_parameter_name_ts_known", table_name="parameter")
    op.drop_table("parameter")
    op.drop_index("ix_lesson_ts_known", table_name="lesson")
    op.drop_index("ix_lesson_run", table_name="lesson")
    op.drop_index("ix_lesson_day", table_name="lesson")
    op.drop_table("lesson")
    op.drop_index("ix_run_ts_started", table_name="run")
    op.drop_table("run")
