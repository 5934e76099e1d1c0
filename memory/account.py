"""The account of the day as memory holds it, for a run that begins in the middle of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, func, select

from memory.schema import METADATA
from memory.store import Store
from tools.domain.clock import day_bounds, day_of
from tools.domain.market import NANOS
from tools.domain.trading import Result

DEPARTED = "departed"  # the leg of an order that sells because the market maker left


@dataclass(frozen=True, slots=True)
class AccountDay:
    """What one UTC day has come to so far, by symbol.

    Attributes:
        entries: Decisions that sent an order.
        realised_quote: Result after fees, quote currency.
        departures: Entries that ended because the market maker left, or were about to as a process died.
    """

    entries: Mapping[str, int]
    realised_quote: Mapping[str, Decimal]
    departures: Mapping[str, int]


def account_day(store: Store, world: str, ts: int) -> AccountDay:
    """What was entered and realised in ``world`` on the UTC day of ``ts``, as known at ``ts``."""
    start, _ = day_bounds(day_of(ts))
    intents, outcomes = METADATA.tables["intent"].c, METADATA.tables["outcome"].c
    entered = (
        select(intents.symbol, func.count(intents.decision_id.distinct()).label("n"))
        .where(intents.world == world, intents.leg == "entry", intents.ts >= start, intents.ts <= ts)
        .group_by(intents.symbol)
    )
    closed = select(outcomes.symbol, outcomes.net_quote, outcomes.result).where(
        outcomes.world == world,
        outcomes.kind == "taken",
        outcomes.ts_known >= start,
        outcomes.ts_known <= ts,
    )
    realised: dict[str, Decimal] = {}
    left: dict[str, int] = {}
    for row in store.read(closed):
        symbol = row["symbol"]
        if row["net_quote"] is not None:
            realised[symbol] = realised.get(symbol, Decimal(0)) + Decimal(row["net_quote"])
        if row["result"] == Result.ABORT:
            left[symbol] = left.get(symbol, 0) + 1
    for row in store.read(_cut_short(world, start - 1, ts)):
        left[row["symbol"]] = left.get(row["symbol"], 0) + row["n"]
    return AccountDay({row["symbol"]: row["n"] for row in store.read(entered)}, realised, left)


def last_departures(store: Store, world: str, since: int, ts: int) -> dict[str, int]:
    """When the last entry that a market maker left was over, ns by symbol; after ``since``, up to ``ts``."""
    c = METADATA.tables["outcome"].c
    query = (
        select(c.symbol, func.max(c.ts_known).label("last"))
        .where(c.world == world, c.kind == "taken", c.result == Result.ABORT)
        .where(c.ts_known > since, c.ts_known <= ts)
        .group_by(c.symbol)
    )
    left = {row["symbol"]: row["last"] for row in store.read(query)}
    for row in store.read(_cut_short(world, since, ts)):
        left[row["symbol"]] = max(row["last"], left.get(row["symbol"], 0))
    return left


def _cut_short(world: str, since: int, ts: int) -> Select[tuple[str, int, int]]:
    """By symbol, decisions without an end that sold because the market maker left, and when; since < t <= ts.

    The process died before the outcome was written; the order, written before it was sent, says why it was.
    """
    i, o = METADATA.tables["intent"].c, METADATA.tables["outcome"].c
    ended = (
        select(o.decision_id)
        .where(o.decision_id == i.decision_id, o.kind == "taken", o.ts_known <= ts)
        .exists()
    )
    return (
        select(i.symbol, func.count(i.decision_id.distinct()).label("n"), func.max(i.ts).label("last"))
        .where(i.world == world, i.leg == DEPARTED, i.ts > since, i.ts <= ts, ~ended)
        .group_by(i.symbol)
    )


_DATED = [name for name, table in METADATA.tables.items() if "ts_known" in table.c]
_EACH = " UNION ALL ".join(f'SELECT MAX(ts_known) AS ts FROM "{name}"' for name in _DATED)  # noqa: S608 (our own names)
_LATEST = f"SELECT MAX(ts) FROM ({_EACH})"  # noqa: S608 (the same)


def last_known(store: Store) -> int:
    """The latest time anything in memory became known, ns; 0 when it is empty."""
    return int(store.fetch(_LATEST, {})[0][0] or 0)


def present(store: Store, now: int) -> int:
    """``now``, or a second after the last thing known where a run was played faster than real time."""
    return max(now, last_known(store) + NANOS)


def plays_of(store: Store, input_hash: str) -> int:
    """How many earlier runs had exactly this input."""
    runs = METADATA.tables["run"].c
    found = store.read(select(func.count().label("n")).where(runs.input_hash == input_hash))
    return int(found[0]["n"])
