"""The tables of what was learned: trials, effects, checks, strategies, worth, and the jobs that learn.

Rows are facts of a day and are never changed; only a strategy's version is retired and a job's
state moves on.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from memory.columns import nanos, refers


class LessonCheckRow(SQLModel, table=True):
    """What a later day said of a lesson's condition, or why the lesson ended; never changed."""

    __tablename__ = "lesson_check"
    __table_args__ = (
        refers("run_id", "run"),
        Index("ix_lesson_check_ts_known", "ts_known"),
        Index("ix_lesson_check_run", "run_id"),
    )

    lesson_id: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    ts_known: int = nanos(primary_key=True)
    verdict: str
    n: int
    value: float | None
    other: str
    reason: str
    run_id: str
    world: str
    ts: int = nanos()


class TrialRow(SQLModel, table=True):
    """One test of one possible change, passed or not: every try is counted."""

    __tablename__ = "trial"
    __table_args__ = (
        refers("run_id", "run"),
        Index("ix_trial_ts_known", "ts_known"),
        Index("ix_trial_run", "run_id"),
    )

    world: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    ts_known: int = nanos(primary_key=True)
    value_before: float
    value: float
    verdict: str
    reason: str
    tries: int
    level: float
    n_search: int
    n: int
    effect_bps: float | None
    interval_low: float | None
    interval_high: float | None
    run_id: str
    ts: int = nanos()


class EffectRow(SQLModel, table=True):
    """What a change of a parameter has been measured to do since, as seen on one day."""

    __tablename__ = "effect"
    __table_args__ = (
        refers("run_id", "run"),
        refers("version", "parameter"),
        Index("ix_effect_ts_known", "ts_known"),
        Index("ix_effect_run", "run_id"),
    )

    version: int = Field(primary_key=True)
    day: str = Field(primary_key=True)
    ts_known: int = nanos(primary_key=True)
    verdict: str
    n: int
    effect_bps: float | None
    interval_low: float | None
    interval_high: float | None
    looks: int
    run_id: str
    world: str
    ts: int = nanos()


class StrategyRow(SQLModel, table=True):
    """One version of a learned strategy: declarative rules, what they earned, and its standing."""

    __tablename__ = "strategy"
    __table_args__ = (
        refers("run_id", "run"),
        Index("ix_strategy_ts_known", "ts_known"),
        Index("ix_strategy_run", "run_id"),
    )

    strategy_id: str = Field(primary_key=True)
    ts_known: int = nanos(primary_key=True)
    rules: str
    standing: str
    reason: str
    origin: str
    n: int
    wins: int
    net_bps: float
    error_bps: float
    evidence: str
    day: str
    run_id: str
    world: str
    ts: int = nanos()
    ts_retired: int | None = nanos(default=None)


class WorthRow(SQLModel, table=True):
    """What a lesson, a strategy or a rule was worth on the shadow book, in quote, as seen on one day."""

    __tablename__ = "worth"
    __table_args__ = (
        refers("run_id", "run"),
        Index("ix_worth_ts_known", "ts_known"),
        Index("ix_worth_run", "run_id"),
    )

    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    ts_known: int = nanos(primary_key=True)
    n: int
    effect_bps: float | None
    value_quote: str | None
    low_quote: str | None
    high_quote: str | None
    verdict: str
    run_id: str
    world: str
    ts: int = nanos()


class JobRow(SQLModel, table=True):
    """One job of one logical date: it is done once, whatever happens to the process."""

    __tablename__ = "job"
    __table_args__ = (
        refers("run_id", "run"),
        Index("ix_job_ts_known", "ts_known"),
        Index("ix_job_run", "run_id"),
    )

    kind: str = Field(primary_key=True)
    world: str = Field(primary_key=True)
    date: str = Field(primary_key=True)
    state: str
    attempts: int
    run_id: str
    ts: int = nanos()
    ts_known: int = nanos()
    ts_done: int | None = nanos(default=None)
