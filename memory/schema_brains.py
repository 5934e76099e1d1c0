"""The tables of what brains were asked, what they said and what it cost; see ``schema``."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from memory.columns import nanos, refers


class SpendRow(SQLModel, table=True):
    """Money for a call to a brain: ``reserved`` before it at its worst case, ``settled`` after it.

    Both rows carry the time of the reservation as ``ts``: that is the day the call belongs to.
    """

    __tablename__ = "spend"
    __table_args__ = (
        refers("run_id", "run"),
        Index("ix_spend_ts", "ts"),
        Index("ix_spend_run", "run_id"),
        Index("ix_spend_ts_known", "ts_known"),
    )

    reservation_id: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    run_id: str
    world: str
    provider: str
    model: str
    amount_usd: str
    ts: int = nanos()
    ts_known: int = nanos()


class ConsultationRow(SQLModel, table=True):
    """One attempt to ask a brain about a decision, byte for byte.

    ``decision_id`` is no reference: a brain is asked before its decision is on the record.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        refers("run_id", "run"),
        Index("ix_consultation_decision", "decision_id"),
        Index("ix_consultation_ts_known", "ts_known"),
        Index("ix_consultation_run", "run_id"),
        Index("ix_consultation_provider", "provider"),
        Index("ix_consultation_model", "model"),
    )

    consultation_id: str = Field(primary_key=True)
    decision_id: str
    run_id: str
    world: str
    purpose: str
    propensity: float
    attempt: int
    provider: str
    model: str
    prompt_version: str
    fingerprint: str
    request: bytes
    answer: bytes
    text: str
    cause: str | None
    detail: str
    input_tokens: int | None = nanos()
    cached_tokens: int | None = nanos()
    cache_write_tokens: int | None = nanos()
    output_tokens: int | None = nanos()
    cost_usd: str
    ts: int = nanos()
    ts_known: int = nanos()
