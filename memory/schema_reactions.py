"""The table of reactions: how market makers took our fills. Rows are facts and are never changed."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from memory.columns import nanos, refers


class ReactionRow(SQLModel, table=True):
    """What was filled within a second, and whether the market maker was still there afterwards."""

    __tablename__ = "reaction"
    __table_args__ = (
        refers("run_id", "run"),
        refers("decision_id", "decision"),
        Index("ix_reaction_world_ts_known", "world", "ts_known"),
        Index("ix_reaction_ts_known", "ts_known"),
        Index("ix_reaction_run", "run_id"),
    )

    decision_id: str = Field(primary_key=True)
    ts: int = nanos(primary_key=True)
    is_taken: bool = Field(primary_key=True)
    symbol: str
    venue: str
    ratio: float
    slip_bps: float | None
    refreshes: float
    has_left: bool
    run_id: str
    world: str
    ts_known: int = nanos()
