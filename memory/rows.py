"""Domain records as table rows and back.

Scalars keep their own column (units as integers, decimals as text), structures become
canonical JSON text, a state vector becomes little-endian float64 bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple, TypeVar, get_type_hints

import orjson

from memory.codec import Converter, canonical, converter, finite
from tools.domain.regime import Regime
from tools.domain.trading import Decision, Fill, Intent, OrderUpdate, Outcome, Signal

Record = TypeVar("Record")


UNJUDGED: Mapping[str, float | None] = dict.fromkeys(("surprise", "uniqueness", "clarity", "importance"))


class Row(NamedTuple):
    """One row on its way to a table."""

    table: str
    values: dict[str, Any]


def vector_bytes(vector: Sequence[float]) -> bytes:
    """A state vector as little-endian float64."""
    return struct.pack(f"<{len(vector)}d", *vector)


def vector_values(data: bytes) -> tuple[float, ...]:
    """The state vector kept in ``data``, shape (n,)."""
    return struct.unpack(f"<{len(data) // 8}d", data)


_DERIVED: dict[type, dict[str, Converter]] = {}


def _columns(kind: type) -> dict[str, Converter]:
    if kind not in _DERIVED:
        hints = get_type_hints(kind)
        _DERIVED[kind] = {field.name: _column(hints[field.name], field.name) for field in fields(kind)}
    return _DERIVED[kind]


def _column(hint: Any, name: str) -> Converter:
    if name == "vector":
        return Converter(lambda values: vector_bytes([finite(value) for value in values]), vector_values)
    if hint is int or hint == int | None:
        return Converter(_whole, lambda value: value)
    inner = converter(hint, name)
    if _is_scalar(hint):
        return inner
    return Converter(
        lambda value: None if value is None else canonical(inner.write(value)),
        lambda text: None if text is None else inner.read(orjson.loads(text)),
    )


def _is_scalar(hint: Any) -> bool:
    kinds = (str, bool, float, Decimal)
    is_enum = isinstance(hint, type) and issubclass(hint, Enum)
    return is_enum or any(hint in (kind, kind | None) for kind in kinds)


def _whole(value: int | None) -> int | None:
    return None if value is None else int(value)


def _values(record: object) -> dict[str, Any]:
    return {name: part.write(getattr(record, name)) for name, part in _columns(type(record)).items()}


def record_of(kind: type[Record], row: Mapping[str, Any]) -> Record:
    """The record of class ``kind`` kept in ``row``, a mapping of column to value."""
    return kind(**{name: part.read(row[name]) for name, part in _columns(kind).items()})


def signal_row(signal: Signal) -> Row:
    """The row of a signal."""
    regime = signal.features.get("regime")
    code = None if regime is None else int(Regime(int(regime)))
    return Row("signal", {**_values(signal), "ts_known": signal.ts, "regime": code})


def decision_row(decision: Decision) -> Row:
    """The row of a decision."""
    return Row("decision", {**_values(decision), "ts_known": decision.ts})


def intent_row(intent: Intent) -> Row:
    """The row of an intent."""
    return Row("intent", {**_values(intent), "ts_known": intent.ts})


def fill_row(fill: Fill) -> Row:
    """The row of a fill."""
    return Row("fill", {**_values(fill), "ts_known": fill.ts})


def order_row(update: OrderUpdate, *, sequence: int, run_id: str, world: str) -> Row:
    """The row of the ``sequence``-th thing the venue said of an order."""
    known = {"ts_known": update.ts, "sequence": sequence, "run_id": run_id, "world": world}
    return Row("order", {**_values(update), **known})


def outcome_row(outcome: Outcome) -> Row:
    """The row of an outcome."""
    return Row("outcome", _values(outcome))


def pattern_row(
    outcome: Outcome, vector: bytes, ts: int, appraisal: Mapping[str, float | None] = UNJUDGED
) -> Row:
    """The row that links the state a signal was raised in to what came of it, and what that is worth."""
    if outcome.net_bps is None:
        raise ValueError(f"expected an outcome with a result, {outcome.outcome_id} never had a position")
    values = {
        "outcome_id": outcome.outcome_id,
        "signal_id": outcome.signal_id,
        "run_id": outcome.run_id,
        "world": outcome.world,
        "symbol": outcome.symbol,
        "venue": outcome.venue,
        "vector": vector,
        "net_bps": finite(outcome.net_bps),
        "result": outcome.result.value,
        "ts": ts,
        "ts_known": outcome.ts_known,
        **appraisal,
    }
    return Row("pattern", values)
