"""The tables of what was learned, what decisions were taken from, and the seal on all of it."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from memory.columns import nanos, refers


class ParameterRow(SQLModel, table=True):
    """One version of one parameter, in force from ``ts_known`` until ``ts_retired``."""

    __tablename__ = "parameter"
    __table_args__ = (
        refers("run_id", "run"),
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
    ts: int = nanos()
    ts_known: int = nanos()
    ts_retired: int | None = nanos(default=None)


class LessonRow(SQLModel, table=True):
    """A falsifiable statement learned from outcomes; learning it anew retires the row and adds one."""

    __tablename__ = "lesson"
    __table_args__ = (
        refers("run_id", "run"),
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
    ts: int = nanos()
    ts_known: int = nanos(primary_key=True)
    ts_retired: int | None = nanos(default=None)


class ReportRow(SQLModel, table=True):
    """A reflection as it was written; a later one on the same day stands beside it."""

    __tablename__ = "report"
    __table_args__ = (
        refers("run_id", "run"),
        Index("ix_report_run", "run_id"),
        Index("ix_report_ts_known", "ts_known"),
    )

    day: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    ts_known: int = nanos(primary_key=True)
    run_id: str
    world: str
    ts: int = nanos()
    markdown: str
    statistics: str


class LinkRow(SQLModel, table=True):
    """A link of the audit chain over all other tables; see ``memory.chain``."""

    __tablename__ = "link"

    number: int = Field(primary_key=True)
    sealed: str
    digest: str


class PolicyRow(SQLModel, table=True):
    """Everything but market and account that a decision was taken under, named by its hash."""

    __tablename__ = "policy"
    __table_args__ = (refers("run_id", "run"), Index("ix_policy_run", "run_id"))

    policy_id: str = Field(primary_key=True)
    run_id: str
    world: str
    content: str
    ts_known: int = nanos()


class BundleRow(SQLModel, table=True):
    """What a decision was taken from, sealed with it, so that it can be taken again."""

    __tablename__ = "bundle"
    __table_args__ = (
        refers("run_id", "run"),
        refers("decision_id", "decision"),
        refers("policy_id", "policy"),
        Index("ix_bundle_run", "run_id"),
        Index("ix_bundle_policy", "policy_id"),
        Index("ix_bundle_ts_known", "ts_known"),
    )

    decision_id: str = Field(primary_key=True)
    policy_id: str
    run_id: str
    world: str
    account: str
    market_events: int = nanos()
    market_hash: str
    ts_known: int = nanos()
    weights: str | None
    heard: str | None = None
