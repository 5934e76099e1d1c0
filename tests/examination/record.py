"""The record of the examination read back with plain SQL, for answers the product had no part in."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.examination.figures import figures
from tests.examination.world import HOUR_NS, N_DAYS, day_name
from tools.domain.clock import day_of

DATABASE = "keeper.sqlite"
REGIMES = {0: "unavailable", 1: "calm", 2: "volatile", 3: "trending", 4: "panic"}


@dataclass(frozen=True, slots=True)
class Trip:
    """The money of a round trip, in quote and in basis points of its cost."""

    outcome_id: str
    result: str
    net_bps: float
    net: float
    fees: float
    held_s: float


@dataclass(frozen=True, slots=True)
class Seen:
    """One decision with what is known of it.

    Attributes:
        refusing: The rules that said skip.
        trip: Its round trip; None where nothing was entered.
        paper_bps: What the signal did on paper.
    """

    decision_id: str
    signal_id: str
    ts: int
    symbol: str
    action: str
    route: str
    is_probe: bool
    reason: str
    regime: str
    refusing: tuple[str, ...]
    confidence: float
    spoofing: float
    order_size: float
    trip: Trip | None
    paper_bps: float | None

    @property
    def day(self) -> str:
        """Its UTC date."""
        return day_of(self.ts)

    @property
    def hour(self) -> int:
        """Its UTC hour."""
        return self.ts // HOUR_NS % 24

    @property
    def clock(self) -> str:
        """Its time of day, ``HH:MM``."""
        return f"{self.hour:02d}:{self.ts // (60 * 10**9) % 60:02d}"


Test = Callable[[Seen], bool]


class Record:
    """All of it in memory, in order of time."""

    def __init__(self, home: Path) -> None:
        path = home / DATABASE
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            connection.row_factory = sqlite3.Row
            self._read = connection
            self.decisions = tuple(_seen(row) for row in self.rows(_DECISIONS))
            self.lessons = self.rows("SELECT * FROM lesson ORDER BY ts_known")
            self.changes = self.rows("SELECT * FROM parameter ORDER BY version")
            self.effects = self.rows("SELECT * FROM effect ORDER BY ts_known")
            self.strategies = self.rows("SELECT * FROM strategy ORDER BY ts_known")
            self.consultations = self.rows("SELECT * FROM consultation ORDER BY ts")
            self.fills = self.rows("SELECT * FROM fill ORDER BY ts")
        connection.close()

    def rows(self, query: str) -> list[sqlite3.Row]:
        """What a query finds."""
        return list(self._read.execute(query))

    def where(self, *tests: Test) -> list[Seen]:
        """Decisions that pass every test."""
        return [one for one in self.decisions if all(test(one) for test in tests)]

    def trades(self, *tests: Test) -> list[Seen]:
        """Entries that pass every test; each has its round trip."""
        return self.where(has_trip, *tests)


_DECISIONS = """
SELECT d.*, s.features AS features, s.regime AS regime,
       t.outcome_id AS outcome_id, t.result AS result, t.net_bps AS net_bps, t.net_quote AS net_quote,
       t.fees_quote AS fees_quote, t.ts_exit - t.ts_entry AS held_ns, p.net_bps AS paper_bps
FROM decision d JOIN signal s ON s.signal_id = d.signal_id
LEFT JOIN outcome t ON t.decision_id = d.decision_id AND t.kind = 'taken'
LEFT JOIN outcome p ON p.decision_id = d.decision_id AND p.kind = 'shadow'
ORDER BY d.ts, d.symbol
"""


def _seen(row: sqlite3.Row) -> Seen:
    features, votes = json.loads(row["features"]), json.loads(row["votes"])
    refusing = tuple(
        vote["component"].removeprefix("rule.")
        for vote in votes
        if vote["component"].startswith("rule.") and vote["stance"] == "skip"
    )
    return Seen(
        decision_id=row["decision_id"],
        signal_id=row["signal_id"],
        ts=row["ts"],
        symbol=row["symbol"],
        action=row["action"],
        route=row["route"],
        is_probe=bool(row["is_probe"]),
        reason=row["reason"],
        regime=REGIMES[row["regime"]],
        refusing=refusing,
        confidence=features["mm_confidence"],
        spoofing=features["spoofing_score"],
        order_size=features["mm_avg_order_size"],
        trip=_trip(row),
        paper_bps=row["paper_bps"],
    )


def _trip(row: sqlite3.Row) -> Trip | None:
    if row["outcome_id"] is None:
        return None
    return Trip(
        outcome_id=row["outcome_id"],
        result=row["result"],
        net_bps=row["net_bps"],
        net=float(Decimal(row["net_quote"])),
        fees=float(Decimal(row["fees_quote"])),
        held_s=row["held_ns"] / 1e9,
    )


def has_trip(one: Seen) -> bool:
    """Whether it was entered and is closed."""
    return one.trip is not None


def trip(one: Seen) -> Trip:
    """The round trip of an entry."""
    assert one.trip is not None
    return one.trip


def won(one: Seen) -> bool:
    """Whether its round trip made money after fees."""
    return trip(one).net_bps > 0


def of(symbol: str) -> Test:
    """On a symbol, named without its quote."""
    return lambda one: one.symbol == f"{symbol}USDT"


def on(day: str) -> Test:
    """On a date."""
    return lambda one: one.day == day


def from_to(first: str, last: str) -> Test:
    """On dates from ``first`` to ``last``, both included."""
    return lambda one: first <= one.day <= last


def ago(days: int) -> str:
    """The date so many days before the last."""
    return day_name(N_DAYS - 1 - days)


def in_hours(first: int, end: int) -> Test:
    """In the hours of the day [``first``, ``end``)."""
    return lambda one: first <= one.hour < end


def did(action: str) -> Test:
    """Concluded so."""
    return lambda one: one.action == action


def refused_by(rule: str) -> Test:
    """That rule said skip."""
    return lambda one: rule in one.refusing


def net(seen: Iterable[Seen]) -> float:
    """Result after fees, quote."""
    return sum(trip(one).net for one in seen)


def fees(seen: Iterable[Seen]) -> float:
    """Fees, quote."""
    return sum(trip(one).fees for one in seen)


def win_rate(seen: Sequence[Seen]) -> float:
    """Share of round trips that made money after fees."""
    return sum(won(one) for one in seen) / len(seen)


def mean(values: Iterable[float]) -> float:
    """Their mean; there must be one."""
    known = list(values)
    return sum(known) / len(known)


def ids(seen: Iterable[Seen]) -> frozenset[str]:
    """What may be cited for these decisions: themselves, their signals and outcomes."""
    found: set[str] = set()
    for one in seen:
        found |= {one.decision_id, one.signal_id}
        if one.trip is not None:
            found.add(one.trip.outcome_id)
    return frozenset(found)


def value_ids(rows: Iterable[Any], column: str) -> frozenset[str]:
    """The ids in a column."""
    return frozenset(str(row[column]) for row in rows)


__all__ = ["day_of", "figures"]
