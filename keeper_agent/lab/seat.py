"""Where Keeper sits in a simulated world: public rows in at their time, news in at theirs, cycles in between.

It is one of the world's actors: the heap of the simulation calls it when a bucket of the public
feed arrives and when the venue's word does. It sees rows and news, never who was behind them.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from keeper_agent.lab.account import NAME
from tools.domain.market import NANOS
from tools.execution.executor import Executor
from tools.execution.market import SymbolMarket
from tools.execution.news import NewsDesk
from tools.market.events import EVENT, Events
from venue.public import PRINT, View
from venue.rolling import LATENCY_NS, RollingView, Row
from venue.sim import Simulation

PERIOD_NS = NANOS // 10  # of the public feed
FIELDS = list(EVENT.names or ())
EVENT_ROW = struct.Struct("=4q2bh4x")  # of EVENT
NOTHING = np.zeros(0, EVENT)


class Seated(Protocol):
    """What sits at a market: the decision cycle, or what stands in for it."""

    @property
    def market(self) -> SymbolMarket:
        """What is sensed of it."""
        ...

    @property
    def executor(self) -> Executor:
        """Who trades there."""
        ...

    def run(self, events: Events, until_ts: int) -> None:
        """Take all of ``events``, then let time pass up to ``until_ts``, ns."""
        ...

    def next_wake(self, now: int) -> int:
        """When to run again even if nothing happens, ns."""
        ...

    def hear(self, ts: int) -> None:
        """The venue has said something of this symbol's orders."""
        ...

    def wind_down(self, ts: int) -> None:
        """The session is over."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """One market as Keeper sits at it."""

    view: RollingView
    cycle: Seated


def events_of(view: View) -> Events:
    """Public rows as Keeper's events: the same fields but for the ids, which only a feed checks."""
    return view[FIELDS].astype(EVENT)


def events_of_rows(rows: Sequence[Row]) -> Events:
    """The same of rows as tuples."""
    return np.frombuffer(bytearray(b"".join([EVENT_ROW.pack(*row[:7]) for row in rows])), EVENT)


class Seat:
    """Cycles in the world's time.

    Args:
        sim: The world.
        desk: Sorts what the venue says by symbol.
        places: What it sits at, by symbol, in the order of their turns.
    """

    def __init__(self, sim: Simulation, desk: NewsDesk, places: Mapping[str, Place]) -> None:
        self._sim = sim
        self._desk = desk
        self._places = dict(places)

    def sit_down(self, history_ns: int) -> None:
        """Join a world that is running: recent prints, the book as it stands, then every bucket.

        Args:
            history_ns: How far back prints are asked for, as a session at a venue does.
        """
        now = self._sim.now
        for place in self._places.values():
            past = place.view.take(now)
            prints = past[(past["kind"] == PRINT) & (past["ts_event"] > now - history_ns)]
            prints["ts_init"] = prints["ts_event"]  # nobody saw them come in
            rows = np.concatenate([prints, place.view.snapshot(now)])
            place.cycle.run(events_of(rows), now)
        self._expect(now - now % PERIOD_NS + PERIOD_NS)

    def hear(self) -> None:
        """The venue has said something: let those concerned take it in."""
        now = self._sim.now
        for symbol in sorted(self._desk.sort()):
            cycle = self._places[symbol].cycle
            cycle.hear(max(now, cycle.market.ts))

    def rise(self) -> None:
        """The session is over: decide nothing more, sell what is held."""
        for place in self._places.values():
            place.cycle.wind_down(max(self._sim.now, place.cycle.market.ts))

    @property
    def busy(self) -> tuple[str, ...]:
        """Symbols with a decision still being carried out."""
        return tuple(symbol for symbol, place in self._places.items() if place.cycle.executor.is_busy)

    def _expect(self, end: int) -> None:
        self._sim.at(end + LATENCY_NS, NAME, self._on_bucket, end)

    def _on_bucket(self, end: int) -> None:
        now = self._sim.now
        for place in self._places.values():
            rows, cycle = place.view.take_rows(end), place.cycle
            if rows:
                cycle.run(events_of_rows(rows), now)
            elif cycle.next_wake(now) <= now:
                cycle.run(NOTHING, now)
        self._expect(end + PERIOD_NS)
