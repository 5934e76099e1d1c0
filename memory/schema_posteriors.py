"""The table of posteriors: what a bandit believed of a kind of signal. Rows are facts, never changed."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from memory.columns import nanos, refers


class PosteriorRow(SQLModel, table=True):
    """A belief after one more outcome, as JSON of plain numbers."""

    __tablename__ = "posterior"
    __table_args__ = (
        refers("run_id", "run"),
        refers("decision_id", "decision"),
        Index("ix_posterior_world_ts_known", "world", "ts_known"),
        Index("ix_posterior_ts_known", "ts_known"),
        Index("ix_posterior_run", "run_id"),
    )

    decision_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    arm: str
    n: int
    belief: str
    run_id: str
    world: str
    ts: int = nanos()
    ts_known: int = nanos()
