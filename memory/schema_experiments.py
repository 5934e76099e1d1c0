"""The tables of live experiments: what is tried beside what is in force, and which arm a decision had.

Rows are facts and are never changed; only an experiment is retired when it is over.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from memory.columns import nanos, refers


class ExperimentRow(SQLModel, table=True):
    """A candidate value with the terms laid down before its first outcome."""

    __tablename__ = "experiment"
    __table_args__ = (
        refers("run_id", "run"),
        Index("ix_experiment_ts_known", "ts_known"),
        Index("ix_experiment_run", "run_id"),
    )

    experiment_id: str = Field(primary_key=True)
    name: str
    value_before: float
    value: float
    kind: str
    tries: int
    terms: str
    undoes: int | None
    day: str
    run_id: str
    world: str
    ts: int = nanos()
    ts_known: int = nanos()
    ts_retired: int | None = nanos(default=None)


class ArmRow(SQLModel, table=True):
    """Which value a decision was taken with, and the chance it had of the candidate."""

    __tablename__ = "arm"
    __table_args__ = (
        refers("run_id", "run"),
        refers("decision_id", "decision"),
        refers("experiment_id", "experiment"),
        Index("ix_arm_ts_known", "ts_known"),
        Index("ix_arm_run", "run_id"),
        Index("ix_arm_experiment", "experiment_id"),
    )

    decision_id: str = Field(primary_key=True)
    experiment_id: str
    is_candidate: bool
    share: float
    value: float
    run_id: str
    world: str
    ts: int = nanos()
    ts_known: int = nanos()
