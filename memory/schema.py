"""The tables: what Keeper remembers, and since when it knew it.

Every row carries its run and world, when the fact happened (``ts``) and when it was known
(``ts_known``); a fact that can cease to hold has ``ts_retired``. Booked amounts are
integer units of 1e-8 or decimal text, never REAL, which loses digits. Structured columns
hold canonical JSON text. References are checked at commit, so a batch may arrive in any order.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

import memory.schema_archive
import memory.schema_experiments
import memory.schema_posteriors
import memory.schema_profiles
import memory.schema_reactions
import memory.schema_trials
import memory.schema_views  # noqa: F401 (as above)
from memory.columns import METADATA, nanos, refers
from memory.schema_brains import ConsultationRow, SpendRow
from memory.schema_learned import BundleRow, LessonRow, LinkRow, ParameterRow, PolicyRow, ReportRow

__all__ = [
    "METADATA",
    "BundleRow",
    "ConsultationRow",
    "LessonRow",
    "LinkRow",
    "ParameterRow",
    "PolicyRow",
    "ReportRow",
    "SpendRow",
]

# What a look back at a symbol wants lies side by side in its indexes, see memory/recent.py.
DECISION_GLANCE = ("ts_known", "world", "decision_id", "action", "route", "is_probe", "expected_bps")
OUTCOME_GLANCE = ("kind", "decision_id", "result", "net_bps")


class RunRow(SQLModel, table=True):
    """One session of a command: what was run on what, with which settings."""

    __tablename__ = "run"
    __table_args__ = (Index("ix_run_ts_started", "ts_started"),)

    run_id: str = Field(primary_key=True)
    world: str
    command: str
    config: str
    code_version: str
    input_hash: str
    seed: int = nanos()
    ts_started: int = nanos()
    ts_known: int = nanos()
    ts_ended: int | None = nanos(default=None)


class SignalRow(SQLModel, table=True):
    """A candidate trade; ``vector`` is little-endian float64, ``regime`` repeats the feature to filter by."""

    __tablename__ = "signal"
    __table_args__ = (
        refers("run_id", "run"),
        Index("ix_signal_symbol_ts", "symbol", "ts"),
        Index("ix_signal_run_ts", "run_id", "ts"),
        Index("ix_signal_ts_known", "ts_known"),
    )

    signal_id: str = Field(primary_key=True)
    run_id: str
    world: str
    symbol: str
    venue: str
    source: str
    ts: int = nanos()
    ts_event: int = nanos()
    ts_known: int = nanos()
    side: int
    entry_price: int = nanos()
    take_profit: int = nanos()
    stop: int = nanos()
    entry_timeout_ns: int = nanos()
    hold_timeout_ns: int = nanos()
    cost_bps: float
    confidence: float
    regime: int | None
    features: str
    vector: bytes


class DecisionRow(SQLModel, table=True):
    """What the graph concluded on a signal, with every component's evidence."""

    __tablename__ = "decision"
    __table_args__ = (
        refers("run_id", "run"),
        refers("signal_id", "signal"),
        Index("ix_decision_symbol_ts", "symbol", "ts", *DECISION_GLANCE),
        Index("ix_decision_run_ts", "run_id", "ts"),
        Index("ix_decision_signal", "signal_id"),
        Index("ix_decision_ts", "ts"),
        Index("ix_decision_ts_known", "ts_known"),
    )

    decision_id: str = Field(primary_key=True)
    signal_id: str
    run_id: str
    world: str
    symbol: str
    venue: str
    ts: int = nanos()
    ts_known: int = nanos()
    action: str
    route: str
    probability: float | None
    breakeven: float
    expected_bps: float | None
    is_probe: bool
    plan: str | None
    votes: str
    clamps: str
    reason: str
    parameters_version: int
    model_version: str | None
    recalled: str


class IntentRow(SQLModel, table=True):
    """A durable wish to place one order."""

    __tablename__ = "intent"
    __table_args__ = (
        refers("run_id", "run"),
        refers("decision_id", "decision"),
        Index("ix_intent_decision", "decision_id"),
        Index("ix_intent_run_ts", "run_id", "ts"),
        Index("ix_intent_ts_known", "ts_known"),
        Index("ix_intent_world_ts", "world", "leg", "ts"),
    )

    client_order_id: str = Field(primary_key=True)
    decision_id: str
    run_id: str
    world: str
    symbol: str
    venue: str
    leg: str
    attempt: int
    side: int
    price: int | None = nanos()
    size: int = nanos()
    is_post_only: bool
    is_reduce_only: bool
    ts: int = nanos()
    stop_price: int | None = nanos()
    stop_limit: int | None = nanos()
    ts_known: int = nanos()


class OrderRow(SQLModel, table=True):
    """One thing the venue said of an order; the highest ``sequence`` is its present state."""

    __tablename__ = "order"
    __table_args__ = (
        refers("run_id", "run"),
        refers("client_order_id", "intent"),
        Index("ix_order_run_ts", "run_id", "ts"),
        Index("ix_order_ts_known", "ts_known"),
    )

    client_order_id: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    run_id: str
    world: str
    status: str
    filled: int = nanos()
    ts: int = nanos()
    ts_known: int = nanos()
    reason: str


class FillRow(SQLModel, table=True):
    """One execution of one of our orders."""

    __tablename__ = "fill"
    __table_args__ = (
        refers("run_id", "run"),
        refers("client_order_id", "intent"),
        refers("decision_id", "decision"),
        Index("ix_fill_client_order", "client_order_id"),
        Index("ix_fill_decision", "decision_id"),
        Index("ix_fill_run_ts", "run_id", "ts"),
        Index("ix_fill_ts_known", "ts_known"),
    )

    venue: str = Field(primary_key=True)
    trade_id: str = Field(primary_key=True)
    client_order_id: str
    decision_id: str
    run_id: str
    world: str
    symbol: str
    side: int
    price: int = nanos()
    size: int = nanos()
    fee_quote: str
    fee_asset: str
    fee_amount: str
    is_maker: bool
    ts: int = nanos()
    ts_known: int = nanos()


class OutcomeRow(SQLModel, table=True):
    """A round trip's result, taken or followed on paper."""

    __tablename__ = "outcome"
    __table_args__ = (
        refers("run_id", "run"),
        refers("signal_id", "signal"),
        refers("decision_id", "decision"),
        Index("ix_outcome_ts_known", "ts_known"),
        Index("ix_outcome_decision", "decision_id", "kind", "ts_known", "result", "net_bps"),
        Index("ix_outcome_signal", "signal_id"),
        Index("ix_outcome_symbol_ts_known", "symbol", "ts_known", *OUTCOME_GLANCE),
        Index("ix_outcome_run_ts_known", "run_id", "ts_known"),
        Index("ix_outcome_net", "net_bps", "kind"),
    )

    outcome_id: str = Field(primary_key=True)
    signal_id: str
    decision_id: str
    run_id: str
    world: str
    symbol: str
    venue: str
    kind: str
    is_probe: bool
    result: str
    ts_entry: int | None = nanos()
    ts_exit: int | None = nanos()
    ts_known: int = nanos()
    entry_price: int | None = nanos()
    exit_price: int | None = nanos()
    size: int = nanos()
    gross_bps: float | None
    net_bps: float | None
    net_quote: str | None
    fees_quote: str | None
    mfe_bps: float | None
    mae_bps: float | None
    time_to_target_ns: int | None = nanos()
    time_to_stop_ns: int | None = nanos()
    time_to_fill_ns: int | None = nanos(default=None)
    reach_bps: float | None = None
    halt_bps: float | None = None
    final_bps: float | None = None


class PatternRow(SQLModel, table=True):
    """A followed state that was promoted to the library: the truth behind every similarity index.

    ``importance`` in (0, 1] is what was made of it when it was promoted, of its surprise, uniqueness and
    clarity; empty where it was never judged. Nothing is deleted: from ``ts_retired`` on it is not recalled.
    """

    __tablename__ = "pattern"
    __table_args__ = (
        refers("run_id", "run"),
        refers("signal_id", "signal"),
        refers("outcome_id", "outcome"),
        Index("ix_pattern_ts_known", "ts_known"),
        Index("ix_pattern_signal", "signal_id"),
    )

    outcome_id: str = Field(primary_key=True)
    signal_id: str
    run_id: str
    world: str
    symbol: str
    venue: str
    vector: bytes
    net_bps: float
    result: str
    ts: int = nanos()
    ts_known: int = nanos()
    surprise: float | None = None
    uniqueness: float | None = None
    clarity: float | None = None
    importance: float | None = None
    ts_retired: int | None = nanos(default=None)
    why_retired: str | None = None
