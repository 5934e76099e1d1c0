"""Single values of decisions: what was sensed, expected, planned and paid, one at a time.

A value stands in a column of the decision, its signal or its outcome, or among the signal's features.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from sqlalchemy import select

from memory.archives import filled
from memory.lookup import DecisionFilter, conditions
from memory.schema import METADATA
from memory.store import Store
from tools.domain.market import UNITS
from tools.domain.trading import SizePlan

Row: TypeAlias = Mapping[str, Any]
_T = METADATA.tables
_S, _D, _O = (_T[name].c for name in ("signal", "decision", "outcome"))
_CHUNK = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class Field:
    """A value that a decision has.

    Attributes:
        label: What it is called in an answer.
        unit: What it is counted in; empty for plain numbers.
        places: Digits behind the point that are told.
        source: The table it is in.
        read: Takes it out of a row; None where it is not known.
    """

    label: str
    unit: str
    places: int
    source: str
    read: Callable[[Row], float | None]


def _feature(name: str) -> Callable[[Row], float | None]:
    return lambda row: orjson.loads(row["features"]).get(name)


def _price(name: str) -> Callable[[Row], float | None]:
    return lambda row: None if row[name] is None else row[name] / UNITS


def _plain(name: str) -> Callable[[Row], float | None]:
    return lambda row: row[name]


def _planned(name: str) -> Callable[[Row], float | None]:
    def read(row: Row) -> float | None:
        plan = None if row["plan"] is None else orjson.loads(row["plan"])
        if plan is None:
            return None
        if name == "slices":
            return float(len(plan["slices"]))
        return float(plan[name]) / (UNITS if name == "size" else 1)

    return read


_MEASURED = {
    "mm_confidence": ("market maker confidence", "", 4),
    "spoofing_score": ("spoofing score", "", 4),
    "mm_avg_order_size": ("market maker's average order size", "", 4),
    "mm_spread_bps": ("market maker's spread", "bps", 2),
    "mm_refresh_rate": ("market maker's refresh rate", "a second", 3),
    "mm_lower_bound": ("market maker's lower bound", "", 8),
    "mm_upper_bound": ("market maker's upper bound", "", 8),
    "spread_bps": ("spread", "bps", 2),
    "realised_volatility": ("realised volatility", "", 6),
    "aggressor_ratio_60s": ("aggressor ratio", "", 4),
    "imbalance": ("book imbalance", "", 4),
    "mid": ("mid price", "", 8),
    "tape_velocity": ("tape velocity", "", 4),
    "order_lifetime_avg": ("average order lifetime", "", 4),
    "large_trades_count": ("large trades", "", 2),
}
FIELDS: Mapping[str, Field] = {
    **{
        name: Field(label, unit, places, "signal", _feature(name))
        for name, (label, unit, places) in _MEASURED.items()
    },
    "entry_price": Field("entry price", "", 8, "signal", _price("entry_price")),
    "take_profit": Field("take-profit price", "", 8, "signal", _price("take_profit")),
    "stop": Field("stop price", "", 8, "signal", _price("stop")),
    "cost_bps": Field("expected cost", "bps", 2, "signal", _plain("cost_bps")),
    "probability": Field("win probability", "", 4, "decision", _plain("probability")),
    "expected_bps": Field("expected result", "bps", 2, "decision", _plain("expected_bps")),
    "breakeven": Field("break-even probability", "", 4, "decision", _plain("breakeven")),
    "value_quote": Field("size", "quote", 8, "decision", _planned("value_quote")),
    "size": Field("quantity", "units", 8, "decision", _planned("size")),
    "slices": Field("slices", "", 0, "decision", _planned("slices")),
    "exit_price": Field("exit price", "", 8, "outcome", _price("exit_price")),
    "gross_bps": Field("gross result", "bps", 2, "outcome", _plain("gross_bps")),
    "mfe_bps": Field("best on the way", "bps", 2, "outcome", _plain("mfe_bps")),
    "mae_bps": Field("worst on the way", "bps", 2, "outcome", _plain("mae_bps")),
}
assert set(SizePlan.__dataclass_fields__) >= {"size", "slices", "value_quote"}  # noqa: S101 (the plan's own names)


def field_values(store: Store, wanted: DecisionFilter, name: str) -> dict[str, float]:
    """The value of field ``name`` of every matching decision that has one, by id, oldest first."""
    field = FIELDS[name]
    joined = _T["decision"].join(_T["signal"], _D.signal_id == _S.signal_id)
    where = conditions(wanted)
    if field.source == "outcome":
        joined = joined.join(_T["outcome"], _O.decision_id == _D.decision_id)
        where = [*where, _O.kind == (wanted.kind or "taken")]
    columns = [column for column in _T[field.source].c if column.name not in ("decision_id", "vector")]
    query = select(_D.decision_id, *columns).select_from(joined).where(*where)
    rows = store.read(query.order_by(_D.ts, _D.decision_id))
    full = filled(store, "signal", rows) if field.source == "signal" else rows
    values = {row["decision_id"]: field.read(row) for row in full}
    return {one: value for one, value in values.items() if value is not None}
