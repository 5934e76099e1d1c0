"""A round trip as a row of the dataset: what was sensed, planned and done, and what came of it.

One row a round trip, taken or followed on paper: the columns of K8 under their names, the label, the
time it spans (purging needs it) and a weight by uniqueness. A change of the columns is a new
``SCHEMA_VERSION``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from tools.domain.market import UNITS, to_decimal
from tools.domain.regime import Regime
from tools.domain.round_trips import RoundTrip
from tools.domain.trading import Result
from tools.features.names import FEATURES
from tools.features.units import MEANING_OF, UNIT_OF

SCHEMA_VERSION = 3
SECOND = 1e9
Value: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, Arrow type, unit and meaning, and where its value comes from."""

    name: str
    type: str
    unit: str
    meaning: str
    of: Callable[[RoundTrip], Value]


def entry_quality(trip: RoundTrip) -> float | None:
    """How well a taken entry went, 0 to 1; None for a trip on paper, or where no spread was known.

    The share filled of what was planned, times one less the adverse slippage over the spread at the
    signal (at least 0). None, too, where the session's end cut it short.
    """
    slippage, spread = entry_slippage_bps(trip), trip.signal.features.get("spread_bps")
    if slippage is None or trip.plan is None or not trip.plan.size or not spread:
        return None
    if trip.outcome.result is Result.CLOSE_OUT:
        return None
    filled = min(1.0, sum(fill.size for fill in trip.entries) / trip.plan.size)
    return filled * (1 - min(1.0, max(0.0, slippage) / spread))


def scared_away(trip: RoundTrip) -> bool:
    """Whether the entry was aborted because the market maker left."""
    return trip.outcome.result is Result.ABORT


def entry_slippage_bps(trip: RoundTrip) -> float | None:
    """How much worse than the signal's price it was entered, bps of it; None where nothing was filled."""
    size = sum(fill.size for fill in trip.entries)
    if not size:
        return None
    paid = sum(fill.price * fill.size for fill in trip.entries) / size
    return (paid / trip.signal.entry_price - 1) * 1e4 * int(trip.signal.side)


def row_of(trip: RoundTrip) -> dict[str, Value]:
    """The values of every column but the weight."""
    return {column.name: column.of(trip) for column in COLUMNS}


def _feature(name: str) -> Column:
    if name == "regime":
        return Column(name, "string", "", MEANING_OF[name], _regime)
    if UNIT_OF[name] == "switch":
        return Column(name, "bool", UNIT_OF[name], MEANING_OF[name], lambda trip: _switch(trip, name))
    return Column(
        name, "double", UNIT_OF[name], MEANING_OF[name], lambda trip: trip.signal.features.get(name)
    )


def _switch(trip: RoundTrip, name: str) -> bool | None:
    value = trip.signal.features.get(name)
    return None if value is None else bool(value)


def _regime(trip: RoundTrip) -> str | None:
    code = trip.signal.features.get("regime")
    return None if code is None else Regime(int(code)).label


def _price(units: int | None) -> float | None:
    return None if units is None else float(to_decimal(units))


def _seconds(nanos: int | None) -> float | None:
    return None if nanos is None else nanos / SECOND


def _decimal(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _size_usd(trip: RoundTrip) -> float | None:
    if trip.plan is None or trip.quote_usd is None:
        return None
    return float(trip.plan.value_quote * trip.quote_usd)


def _size_ratio(trip: RoundTrip) -> float | None:
    usual = trip.signal.features.get("mm_avg_order_size")
    if trip.plan is None or not trip.plan.slices or not usual:
        return None
    largest = max(trip.plan.slices) / UNITS * trip.signal.entry_price / UNITS
    return largest / usual


_TOLD = (
    Column("outcome_id", "string", "", "the round trip", lambda t: t.outcome.outcome_id),
    Column("decision_id", "string", "", "what `keeper explain` takes", lambda t: t.outcome.decision_id),
    Column(
        "signal_id",
        "string",
        "",
        "the signal; its taken and its paper trip share it",
        lambda t: t.signal.signal_id,
    ),
    Column("run_id", "string", "", "the run it was raised in", lambda t: t.outcome.run_id),
    Column("world", "string", "", "recorded, venue or live", lambda t: t.outcome.world),
    Column("venue", "string", "", "where the market is", lambda t: t.outcome.venue),
    Column("symbol", "string", "", "the venue's name for the market", lambda t: t.outcome.symbol),
    Column("source", "string", "", "what raised the signal", lambda t: t.signal.source),
    Column("kind", "string", "", "taken, or shadow: followed on paper", lambda t: t.outcome.kind),
    Column("action", "string", "", "what was decided", lambda t: t.action),
    Column("route", "string", "", "what settled it", lambda t: t.route),
    Column("is_probe", "bool", "", "entered to learn", lambda t: t.outcome.is_probe),
    Column("parameters_version", "int64", "", "parameters in force", lambda t: t.parameters_version),
    Column("model_version", "string", "", "model that was heard; empty: none", lambda t: t.model_version),
    Column(
        "ts",
        "int64",
        "ns since 1970, UTC",
        "when it was raised: the label's span begins",
        lambda t: t.signal.ts,
    ),
    Column(
        "ts_known",
        "int64",
        "ns since 1970, UTC",
        "when it could be known: the span ends",
        lambda t: t.outcome.ts_known,
    ),
    Column("ts_entry", "int64", "ns since 1970, UTC", "when it was entered", lambda t: t.outcome.ts_entry),
    Column("ts_exit", "int64", "ns since 1970, UTC", "when it was left", lambda t: t.outcome.ts_exit),
    Column("side", "int64", "", "1 buys first, -1 sells first", lambda t: int(t.signal.side)),
    Column(
        "entry_price",
        "double",
        "quote per base",
        "where it was entered",
        lambda t: _price(t.outcome.entry_price),
    ),
    Column(
        "exit_price", "double", "quote per base", "where it was left", lambda t: _price(t.outcome.exit_price)
    ),
    Column(
        "wanted_price",
        "double",
        "quote per base",
        "the signal's entry",
        lambda t: _price(t.signal.entry_price),
    ),
    Column(
        "take_profit",
        "double",
        "quote per base",
        "the signal's target",
        lambda t: _price(t.signal.take_profit),
    ),
    Column("stop", "double", "quote per base", "the signal's stop", lambda t: _price(t.signal.stop)),
    Column("cost_bps", "double", "bps", "round-trip cost reckoned with", lambda t: t.signal.cost_bps),
    Column("gain_bps", "double", "bps", "net gain at the target", lambda t: t.signal.gain_bps),
    Column("loss_bps", "double", "bps", "net loss at the stop, positive", lambda t: t.signal.loss_bps),
    Column(
        "breakeven", "double", "share", "win rate at which it is worth nothing", lambda t: t.signal.breakeven
    ),
)
_DONE = (
    Column("our_size_usd", "double", "USD", "value decided on; empty: not entered", _size_usd),
    Column("our_size_ratio", "double", "share", "largest slice over the market maker's order", _size_ratio),
    Column(
        "split_needed",
        "bool",
        "",
        "more than one slice",
        lambda t: None if t.plan is None else len(t.plan.slices) > 1,
    ),
    Column(
        "split_count",
        "int64",
        "",
        "slices decided on",
        lambda t: None if t.plan is None else len(t.plan.slices),
    ),
    Column(
        "entry_slippage_bps", "double", "bps", "how much worse than wanted it was bought", entry_slippage_bps
    ),
    Column(
        "mm_scared_away",
        "bool",
        "",
        "the market maker left while it was entered",
        scared_away,
    ),
    Column(
        "entry_quality_score",
        "double",
        "share",
        "share filled less slippage over spread; 0 to 1",
        entry_quality,
    ),
)
_LABELS = (
    Column("outcome", "string", "", "how it ended: " + ", ".join(Result), lambda t: t.outcome.result.value),
    Column("won", "bool", "", "made money after costs", lambda t: t.outcome.won),
    Column("net_bps", "double", "bps", "result after costs", lambda t: t.outcome.net_bps),
    Column("gross_bps", "double", "bps", "result before costs", lambda t: t.outcome.gross_bps),
    Column("net_quote", "double", "quote", "result after fees", lambda t: _decimal(t.outcome.net_quote)),
    Column("fees_quote", "double", "quote", "fees", lambda t: _decimal(t.outcome.fees_quote)),
    Column("mfe_bps", "double", "bps", "best excursion on the way", lambda t: t.outcome.mfe_bps),
    Column("mae_bps", "double", "bps", "worst excursion on the way", lambda t: t.outcome.mae_bps),
    Column(
        "time_to_target_s",
        "double",
        "s",
        "from entry; empty: never touched",
        lambda t: _seconds(t.outcome.time_to_target_ns),
    ),
    Column(
        "time_to_stop_s",
        "double",
        "s",
        "from entry; empty: never touched",
        lambda t: _seconds(t.outcome.time_to_stop_ns),
    ),
    Column(
        "time_to_fill_s",
        "double",
        "s",
        "from the signal to its entry",
        lambda t: _seconds(t.outcome.time_to_fill_ns),
    ),
)
COLUMNS: tuple[Column, ...] = (*_TOLD, *(_feature(name) for name in FEATURES), *_DONE, *_LABELS)
WEIGHT = (
    "weight",
    "double",
    "share",
    "average uniqueness of the label's span among those of its symbol and kind",
)


def described() -> Mapping[str, tuple[str, str, str]]:
    """Type, unit and meaning of every column, the weight last."""
    found = {column.name: (column.type, column.unit, column.meaning) for column in COLUMNS}
    return {**found, WEIGHT[0]: (WEIGHT[1], WEIGHT[2], WEIGHT[3])}
