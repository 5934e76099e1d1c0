"""The tables: what Keeper remembers, and since when it knew it.

Every row carries its run and world, when the fact happened (``ts``) and when it was known
(``ts_known``); a fact that can cease to hold has ``ts_retired``. Booked amounts are
integer units of 1e-8 or decimal text, never REAL, which loses digits. Structured columns
hold canonical JSON text. References are checked at commit, so a batch may arrive in any order.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, MetaData
from sqlmodel import Field, SQLModel

METADATA: MetaData = SQLModel.metadata


def _nanos(**options: Any) -> Any:
    """A 64-bit integer column: nanoseconds or units of 1e-8."""
    return Field(sa_type=BigInteger, **options)


def _refers(column: str, table: str, target: str | None = None) -> ForeignKeyConstraint:
    """``column`` must name a row of ``table`` when the transaction commits."""
    there = f"{table}.{target or column}"
    return ForeignKeyConstraint([column], [there], deferrable=True, initially="DEFERRED")


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
    seed: int = _nanos()
    ts_started: int = _nanos()
    ts_known: int = _nanos()
    ts_ended: int | None = _nanos(default=None)


class SignalRow(SQLModel, table=True):
    """A candidate trade; ``vector`` is little-endian float64, ``regime`` repeats the feature to filter by."""

    __tablename__ = "signal"
    __table_args__ = (
        _refers("run_id", "run"),
        Index("ix_signal_symbol_ts", "symbol", "ts"),
        Index("ix_signal_run_ts", "run_id", "ts"),
    )

    signal_id: str = Field(primary_key=True)
    run_id: str
    world: str
    symbol: str
    venue: str
    source: str
    ts: int = _nanos()
    ts_event: int = _nanos()
    ts_known: int = _nanos()
    side: int
    entry_price: int = _nanos()
    take_profit: int = _nanos()
    stop: int = _nanos()
    entry_timeout_ns: int = _nanos()
    hold_timeout_ns: int = _nanos()
    cost_bps: float
    confidence: float
    regime: int | None
    features: str
    vector: bytes


class DecisionRow(SQLModel, table=True):
    """What the graph concluded on a signal, with every component's evidence."""

    __tablename__ = "decision"
    __table_args__ = (
        _refers("run_id", "run"),
        _refers("signal_id", "signal"),
        Index("ix_decision_symbol_ts", "symbol", "ts"),
        Index("ix_decision_run_ts", "run_id", "ts"),
        Index("ix_decision_signal", "signal_id"),
    )

    decision_id: str = Field(primary_key=True)
    signal_id: str
    run_id: str
    world: str
    symbol: str
    venue: str
    ts: int = _nanos()
    ts_known: int = _nanos()
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


class PolicyRow(SQLModel, table=True):
    """Everything but market and account that a decision was taken under, named by its hash."""

    __tablename__ = "policy"
    __table_args__ = (_refers("run_id", "run"), Index("ix_policy_run", "run_id"))

    policy_id: str = Field(primary_key=True)
    run_id: str
    world: str
    content: str
    ts_known: int = _nanos()


class BundleRow(SQLModel, table=True):
    """What a decision was taken from, sealed with it, so that it can be taken again."""

    __tablename__ = "bundle"
    __table_args__ = (
        _refers("run_id", "run"),
        _refers("decision_id", "decision"),
        _refers("policy_id", "policy"),
        Index("ix_bundle_run", "run_id"),
        Index("ix_bundle_policy", "policy_id"),
    )

    decision_id: str = Field(primary_key=True)
    policy_id: str
    run_id: str
    world: str
    account: str
    market_events: int = _nanos()
    market_hash: str
    ts_known: int = _nanos()


class IntentRow(SQLModel, table=True):
    """A durable wish to place one order."""

    __tablename__ = "intent"
    __table_args__ = (
        _refers("run_id", "run"),
        _refers("decision_id", "decision"),
        Index("ix_intent_decision", "decision_id"),
        Index("ix_intent_run_ts", "run_id", "ts"),
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
    price: int | None = _nanos()
    size: int = _nanos()
    is_post_only: bool
    is_reduce_only: bool
    ts: int = _nanos()
    stop_price: int | None = _nanos()
    stop_limit: int | None = _nanos()
    ts_known: int = _nanos()


class OrderRow(SQLModel, table=True):
    """One thing the venue said of an order; the highest ``sequence`` is its present state."""

    __tablename__ = "order"
    __table_args__ = (
        _refers("run_id", "run"),
        _refers("client_order_id", "intent"),
        Index("ix_order_run_ts", "run_id", "ts"),
    )

    client_order_id: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    run_id: str
    world: str
    status: str
    filled: int = _nanos()
    ts: int = _nanos()
    ts_known: int = _nanos()
    reason: str


class FillRow(SQLModel, table=True):
    """One execution of one of our orders."""

    __tablename__ = "fill"
    __table_args__ = (
        _refers("run_id", "run"),
        _refers("client_order_id", "intent"),
        _refers("decision_id", "decision"),
        Index("ix_fill_client_order", "client_order_id"),
        Index("ix_fill_decision", "decision_id"),
        Index("ix_fill_run_ts", "run_id", "ts"),
    )

    venue: str = Field(primary_key=True)
    trade_id: str = Field(primary_key=True)
    client_order_id: str
    decision_id: str
    run_id: str
    world: str
    symbol: str
    side: int
    price: int = _nanos()
    size: int = _nanos()
    fee_quote: str
    fee_asset: str
    fee_amount: str
    is_maker: bool
    ts: int = _nanos()
    ts_known: int = _nanos()


class OutcomeRow(SQLModel, table=True):
    """A round trip's result, taken or followed on paper."""

    __tablename__ = "outcome"
    __table_args__ = (
        _refers("run_id", "run"),
        _refers("signal_id", "signal"),
        _refers("decision_id", "decision"),
        Index("ix_outcome_ts_known", "ts_known"),
        Index("ix_outcome_decision", "decision_id"),
        Index("ix_outcome_signal", "signal_id"),
        Index("ix_outcome_symbol_ts_known", "symbol", "ts_known"),
        Index("ix_outcome_run_ts_known", "run_id", "ts_known"),
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
    ts_entry: int | None = _nanos()
    ts_exit: int | None = _nanos()
    ts_known: int = _nanos()
    entry_price: int | None = _nanos()
    exit_price: int | None = _nanos()
    size: int = _nanos()
    gross_bps: float | None
    net_bps: float | None
    net_quote: str | None
    fees_quote: str | None
    mfe_bps: float | None
    mae_bps: float | None
    time_to_target_ns: int | None = _nanos()
    time_to_stop_ns: int | None = _nanos()


class PatternRow(SQLModel, table=True):
    """A market state with what came of it: the truth behind every similarity index."""

    __tablename__ = "pattern"
    __table_args__ = (
        _refers("run_id", "run"),
        _refers("signal_id", "signal"),
        _refers("outcome_id", "outcome"),
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
    ts: int = _nanos()
    ts_known: int = _nanos()


class ParameterRow(SQLModel, table=True):
    """One version of one parameter, in force from ``ts_known`` until ``ts_retired``."""

    __tablename__ = "parameter"
    __table_args__ = (
        _refers("run_id", "run"),
        Index("ix_parameter_name_ts_known", "name", "ts_known"),
        Index("ix_parameter_run", "run_id"),
    )

    version: int = Field(primary_key=True)
    name: str
    value_before: float
    value: float
    reason: str
    evidence: str
    impact: str
    context: str
    run_id: str
    world: str
    ts: int = _nanos()
    ts_known: int = _nanos()
    ts_retired: int | None = _nanos(default=None)


class LessonRow(SQLModel, table=True):
    """A falsifiable statement learned from outcomes; learning it anew retires the row and adds one."""

    __tablename__ = "lesson"
    __table_args__ = (
        _refers("run_id", "run"),
        Index("ix_lesson_ts_known", "ts_known"),
        Index("ix_lesson_day", "day"),
        Index("ix_lesson_run", "run_id"),
    )

    lesson_id: str = Field(primary_key=True)
    kind: str
    statement: str
    scope: str
    effect: float
    interval_low: float
    interval_high: float
    n: int
    evidence: str
    invalid_condition: str
    day: str
    run_id: str
    world: str
    ts: int = _nanos()
    ts_known: int = _nanos(primary_key=True)
    ts_retired: int | None = _nanos(default=None)


class ReportRow(SQLModel, table=True):
    """A reflection as it was written; a later one on the same day stands beside it."""

    __tablename__ = "report"
    __table_args__ = (
        _refers("run_id", "run"),
        Index("ix_report_run", "run_id"),
        Index("ix_report_ts_known", "ts_known"),
    )

    day: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    ts_known: int = _nanos(primary_key=True)
    run_id: str
    world: str
    ts: int = _nanos()
    markdown: str
    statistics: str


class LinkRow(SQLModel, table=True):
    """A link of the audit chain over all other tables; see ``memory.chain``."""

    __tablename__ = "link"

    number: int = Field(primary_key=True)
    sealed: str
    digest: str
