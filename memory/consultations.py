"""What brains were asked and what they said, byte for byte; what a replay answers from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from memory.archives import filled
from memory.codec import amount_text
from memory.rows import Row
from memory.schema import METADATA
from memory.store import Store

DECIDE, AUDIT = "decide", "audit"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider counted.

    Attributes:
        input: All tokens sent, those from and to the provider's cache included.
        cached: Of these, read from the cache.
        cache_write: Of these, written to the cache.
        output: Tokens answered, reasoning included.
    """

    input: int
    output: int
    cached: int = 0
    cache_write: int = 0


@dataclass(frozen=True, slots=True)
class Consultation:
    """One attempt to ask one brain about one decision.

    Attributes:
        purpose: ``decide``, or ``audit`` of a decision that stood without it.
        propensity: How likely the decision was to be sent, in (0, 1].
        attempt: 0 for the first; the last attempt of a decision is the one that counted.
        fingerprint: Identity of exactly what was shown.
        request: The body sent, empty where nothing was.
        answer: The body received, empty where nothing was.
        text: What the model said, empty where nothing usable came.
        cause: Why it could not be used; None for a usable answer.
        tokens: None where the provider did not say.
        cost_usd: What it cost; the worst case where the provider did not say.
    """

    consultation_id: str
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
    tokens: Tokens | None
    cost_usd: Decimal
    ts: int
    ts_known: int


@dataclass(frozen=True, slots=True)
class AskedInRun:
    """How often brains were asked in one run, and what it cost.

    Attributes:
        decided: Decisions they were asked about.
        audited: Decisions that stood and were asked about afterwards.
        answered: Of all these, those with a usable answer.
        cost_usd: Of every attempt; the worst case where a provider did not say.
    """

    decided: int
    audited: int
    answered: int
    cost_usd: Decimal


class ConsultationLog:
    """The table of consultations; safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, consultation: Consultation) -> None:
        """Keep an attempt."""
        self._store.write([_row(consultation)])

    def of_decision(self, decision_id: str) -> tuple[Consultation, ...]:
        """Every attempt on a decision, in order."""
        table = METADATA.tables["consultation"]
        query = select(table).where(table.c.decision_id == decision_id).order_by(table.c.attempt)
        return tuple(
            consultation_of(row) for row in filled(self._store, "consultation", self._store.read(query))
        )

    def all_until(self, ts: int | None = None) -> tuple[Consultation, ...]:
        """Every attempt known at ``ts``, in order; None is everything."""
        table = METADATA.tables["consultation"]
        query = select(table).order_by(table.c.ts_known, table.c.decision_id, table.c.attempt)
        if ts is not None:
            query = query.where(table.c.ts_known <= ts)
        return tuple(
            consultation_of(row) for row in filled(self._store, "consultation", self._store.read(query))
        )

    def of_run(self, run_id: str) -> AskedInRun:
        """What was asked in a run."""
        table = METADATA.tables["consultation"]
        columns = (table.c.decision_id, table.c.purpose, table.c.cause, table.c.cost_usd)
        rows = self._store.read(select(*columns).where(table.c.run_id == run_id))
        by_purpose = {row["decision_id"]: row["purpose"] for row in rows}
        return AskedInRun(
            decided=sum(purpose == DECIDE for purpose in by_purpose.values()),
            audited=sum(purpose == AUDIT for purpose in by_purpose.values()),
            answered=sum(row["cause"] is None for row in rows),
            cost_usd=sum((Decimal(row["cost_usd"]) for row in rows), Decimal(0)),
        )


def counted_costs_usd(store: Store, ts: int, limit: int) -> tuple[Decimal, ...]:
    """What the last ``limit`` calls known at ``ts`` cost whose tokens a provider had counted, US dollars."""
    c = METADATA.tables["consultation"].c
    query = (
        select(c.cost_usd)
        .where(c.ts_known <= ts, c.input_tokens.is_not(None))
        .order_by(c.ts_known.desc(), c.consultation_id)
        .limit(limit)
    )
    return tuple(Decimal(row["cost_usd"]) for row in store.read(query))


def last_attempts(consultations: Sequence[Consultation]) -> dict[str, Consultation]:
    """By decision, the attempt that counted."""
    return {one.decision_id: one for one in sorted(consultations, key=lambda one: one.attempt)}


def consultation_of(row: Mapping[str, Any]) -> Consultation:
    """The record kept in a row."""
    values = dict(row)
    found = {name: values.pop(column) for name, column in _TOKEN_COLUMNS.items()}
    values["tokens"] = None if found["input"] is None else Tokens(**found)
    values["cost_usd"] = Decimal(values["cost_usd"])
    return Consultation(**values)


_TOKEN_COLUMNS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cached": "cached_tokens",
    "cache_write": "cache_write_tokens",
}


def _row(consultation: Consultation) -> Row:
    values = {name: getattr(consultation, name) for name in Consultation.__dataclass_fields__}
    tokens = values.pop("tokens")
    counted = {} if tokens is None else asdict(tokens)
    values |= {column: counted.get(name) for name, column in _TOKEN_COLUMNS.items()}
    values["cost_usd"] = amount_text(consultation.cost_usd)
    return Row("consultation", values)
