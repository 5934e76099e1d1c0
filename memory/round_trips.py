"""Round trips, taken and followed on paper, with the signal, plan and fills behind them, page by page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Select, select, tuple_

from memory.archives import filled
from memory.codec import from_plain
from memory.rows import record_of
from memory.schema import METADATA
from memory.store import Store
from tools.domain.round_trips import RoundTrip
from tools.domain.trading import Fill, Outcome, Signal, SizePlan

PAGE = 5_000
_O, _S, _D = (METADATA.tables[name].c for name in ("outcome", "signal", "decision"))
_JOINED = (
    METADATA.tables["signal"]
    .join(METADATA.tables["outcome"], _O.signal_id == _S.signal_id)
    .join(METADATA.tables["decision"], _D.decision_id == _O.decision_id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TripFilter:
    """Which round trips; ``as_of``, ``ts_from`` and ``ts_to`` are ns UTC, ``ts_to`` excluded."""

    as_of: int
    world: str | None = None
    symbol: str | None = None
    ts_from: int = 0
    ts_to: int | None = None


@dataclass(frozen=True, slots=True)
class TripKey:
    """What tells a round trip, and the time its label spans.

    Attributes:
        market: Of the same market seen at the same moment; a market that was played twice repeats it.
        kind: ``taken`` or ``shadow``.
        ts: When the signal was raised, ns.
        ts_known: When the outcome could first be known, ns.
    """

    outcome_id: str
    market: bytes
    kind: str
    symbol: str
    ts: int
    ts_known: int


def trip_keys(store: Store, wanted: TripFilter) -> Iterator[TripKey]:
    """The keys of every round trip that ``wanted`` holds, by symbol, time and id."""
    columns = (_S.signal_id, _S.venue, _S.entry_price, _S.features)
    for rows in _pages(store, wanted, columns):
        for row in filled(store, "signal", rows):
            seen = f"{row['venue']}\0{row['symbol']}\0{row['entry_price']}\0{row['features']}"
            yield TripKey(
                row["outcome_id"],
                blake2b(seen.encode(), digest_size=16).digest(),
                row["kind"],
                row["symbol"],
                row["ts"],
                row["ts_known"],
            )


def round_trips(store: Store, wanted: TripFilter) -> Iterator[list[RoundTrip]]:
    """Every round trip that ``wanted`` holds, by symbol, time and id, in pages.

    Raises:
        ArchiveUnreadable: Evidence left the database for a file that is missing or damaged.
    """
    signals = tuple(column.label(f"s_{column.name}") for column in _S)
    outcomes = tuple(column.label(f"o_{column.name}") for column in _O)
    decided = (_D.action, _D.route, _D.plan, _D.parameters_version, _D.model_version)
    for rows in _pages(store, wanted, (*signals, *outcomes, *decided)):
        known = filled(store, "signal", [_named(row, "s_") for row in rows])
        found = [record_of(Outcome, _named(row, "o_")) for row in rows]
        fills = _entries(store, [one.decision_id for one in found if one.kind == "taken"])
        yield [
            _trip(row, record_of(Signal, signal), outcome, fills)
            for row, signal, outcome in zip(rows, known, found, strict=True)
        ]


def _trip(
    row: Mapping[str, Any], signal: Signal, outcome: Outcome, fills: Mapping[str, tuple[Fill, ...]]
) -> RoundTrip:
    made = fills.get(outcome.decision_id, ()) if outcome.kind == "taken" else ()
    plan = None if row["plan"] is None else from_plain(SizePlan, orjson.loads(row["plan"]))
    entries = tuple(fill for fill in made if fill.side == signal.side)
    versions = (row["parameters_version"], row["model_version"])
    return RoundTrip(signal, outcome, row["action"], row["route"], plan, *versions, entries)


def _pages(store: Store, wanted: TripFilter, columns: Sequence[Any]) -> Iterator[list[Mapping[str, Any]]]:
    keys = (_O.outcome_id, _O.kind, _S.symbol, _S.ts, _O.ts_known)
    query = select(*keys, *columns).select_from(_JOINED).where(*_conditions(wanted))
    order = (_S.symbol, _S.ts, _O.outcome_id)
    query, after = query.order_by(*order).limit(PAGE), None
    while True:
        rows = list(store.read(query if after is None else _after(query, after)))
        if rows:
            yield rows
        if len(rows) < PAGE:
            return
        after = tuple(rows[-1][name] for name in ("symbol", "ts", "outcome_id"))


def _after(query: Select[Any], after: tuple[Any, ...]) -> Select[Any]:
    return query.where(tuple_(_S.symbol, _S.ts, _O.outcome_id) > after)


def _conditions(wanted: TripFilter) -> list[Any]:
    found = [_O.ts_known <= wanted.as_of, _O.net_bps.is_not(None), _S.ts >= wanted.ts_from]
    found += [] if wanted.ts_to is None else [_S.ts < wanted.ts_to]
    found += [] if wanted.world is None else [_O.world == wanted.world]
    return found + ([] if wanted.symbol is None else [_S.symbol == wanted.symbol])


def _named(row: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}


def _entries(store: Store, decision_ids: Sequence[str]) -> dict[str, tuple[Fill, ...]]:
    if not decision_ids:
        return {}
    fills = METADATA.tables["fill"]
    query = select(fills).where(fills.c.decision_id.in_(decision_ids)).order_by(fills.c.ts, fills.c.trade_id)
    found: dict[str, list[Fill]] = defaultdict(list)
    for row in store.read(query):
        found[row["decision_id"]].append(record_of(Fill, row))
    return {name: tuple(made) for name, made in found.items()}
