"""The table of profiles: what is known of a symbol in a regime, by the day that said so."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from memory.columns import nanos, refers


class ProfileRow(SQLModel, table=True):
    """One version of a profile; a later one on the same symbol and regime retires it."""

    __tablename__ = "profile"
    __table_args__ = (
        refers("run_id", "run"),
        Index("ix_profile_ts_known", "ts_known"),
        Index("ix_profile_symbol_ts_known", "symbol", "ts_known"),
        Index("ix_profile_run", "run_id"),
    )

    profile_id: str = Field(primary_key=True)
    ts_known: int = nanos(primary_key=True)
    world: str
    symbol: str
    regime: str
    n: int
    n_effective: float
    wins: int
    win_low: float
    win_high: float
    breakeven: float
    net_bps: float
    net_low: float | None
    net_high: float | None
    spread_bps: float | None
    signature: str
    hours: str
    day: str
    run_id: str
    ts: int = nanos()
    ts_retired: int | None = nanos(default=None)
