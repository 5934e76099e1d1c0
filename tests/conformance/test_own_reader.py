"""INV-10: Keeper's own reader against the facades and their faults, level by level, version by version.

The engine's book is written down at every version it has had; whenever the reader says that it has
a book, that book must be the engine's at the very version the reader names.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.support import binance_venue, mexc_venue
from tests.support.binance_venue import LIMIT_S, MARKET, World, compile_kernels, until
from tests.support.market_server import SWIFT, Watcher
from tests.support.mexc_venue import MexcWorld
from tests.support.wires import Levels
from tools.domain.clock import SystemClock, SystemStopwatch
from tools.domain.market import UNITS
from tools.market.decode import warm_decoders
from tools.market.endpoints import endpoint_of
from tools.market.feed import Feed
from venue.engine.exchange import Void

PATIENCE = replace(SWIFT, ping_s=0.5)  # Binance takes five messages a second
VENUES = ("binance", "mexc")
both = pytest.mark.parametrize("venue", VENUES)
DEPTH, DEALS = "*depth*", {"binance": "*@trade", "mexc": "*deals*"}
STORM: tuple[dict[str, Any], ...] = (
    {"kind": "disconnect", "where": DEPTH, "skip": 12},
    {"kind": "abort", "where": DEPTH, "skip": 25},
    {"kind": "drop", "where": DEPTH, "count": -1, "chance": 0.12},
    {"kind": "duplicate", "where": DEPTH, "count": -1, "chance": 0.1},
    {"kind": "reorder", "where": DEPTH, "count": -1, "chance": 0.1},
    {"kind": "delay", "where": DEPTH, "count": -1, "chance": 0.1, "seconds": 0.15},
    {"kind": "error_before", "where": "depth", "count": 2, "body": "busy"},
    {"kind": "garbage", "where": "depth", "skip": 1},
    {"kind": "cut_after", "where": "depth", "skip": 1},
    {"kind": "stale", "where": "depth", "count": 2, "skip": 2},
)


class Reader:
    """Follows a feed, and compares what it believes with what was at that version."""

    def __init__(self, at: World | MexcWorld, feed: Feed) -> None:
        self._exchange = at.wire.exchange
        rules = self._exchange.rules[0]
        self._tick, self._lot = int(rules.tick * UNITS), int(rules.lot * UNITS)
        self._line = feed.lines[MARKET]
        self._watcher = Watcher()
        self._feed = feed
        self.history: dict[int, Levels] = {}
        self.compared = 0
        self.wrong: list[tuple[int, int]] = []  # version, levels that differ
        self.ids: list[int] = []
        self._write_down(None)
        at.wire.listen(self._write_down)

    def _write_down(self, events: Void | None) -> None:
        book = self._exchange.book(MARKET, 500)
        self.history[book.update_id] = {
            (side, ticks * self._tick): lots * self._lot
            for side, levels in ((1, book.bids), (-1, book.asks))
            for ticks, lots in levels
        }

    @property
    def book(self) -> Levels:
        """What the reader believes."""
        return self._watcher.books[MARKET]

    @property
    def is_whole(self) -> bool:
        """Whether it has the engine's newest book."""
        newest = self._exchange.book(MARKET, 1).update_id
        return self._line.book.version == newest and self.book == self.history[newest]

    async def follow(self) -> None:
        """Until the feed is stopped."""
        async for batch in self._feed.batches():
            self.ids.extend(batch.ids)
            self._watcher.books[MARKET] = self._watcher._apply(self.book, batch.events)
            version = self._line.book.version
            if version >= 0:
                self.compared += 1
                differing = set(self.book.items()) ^ set(self.history[version].items())
                self.wrong += [(version, len(differing))] if differing else []


@asynccontextmanager
async def reading(at: World | MexcWorld, venue: str, **config: float) -> AsyncIterator[tuple[Feed, Reader]]:
    """A feed of the venue, and somebody who checks it."""
    feed = Feed(
        endpoint_of(venue, f"http://{at.facade.address}"),
        [MARKET],
        clock=SystemClock(),
        stopwatch=SystemStopwatch(),
        rng=np.random.default_rng(7),
        config=replace(PATIENCE, **config),
    )
    async with feed:
        reader = Reader(at, feed)
        following = asyncio.create_task(reader.follow())
        try:
            yield feed, reader
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


Story = Callable[[World | MexcWorld, Feed, Reader], Coroutine[Any, Any, None]]


def told(venue: str, story: Story, **config: float) -> None:
    """Run a story with a reader at a fresh venue, in bounded time."""
    compile_kernels()
    warm_decoders()

    async def play() -> None:
        fresh = mexc_venue.world() if venue == "mexc" else binance_venue.world()
        async with asyncio.timeout(LIMIT_S), fresh as at, reading(at, venue, **config) as (feed, reader):
            await story(at, feed, reader)

    asyncio.run(play())


async def stir(at: World | MexcWorld, seconds: float) -> None:
    """Let the market live."""
    for _ in range(int(seconds / 0.02)):
        await at.trade_at_random(3, pause_s=0)
        await asyncio.sleep(0.02)


@both
def test_whatever_happens_to_the_stream_the_reader_s_book_is_the_engine_s(venue: str) -> None:
    async def story(at: World | MexcWorld, feed: Feed, reader: Reader) -> None:
        await until(lambda: reader.is_whole)
        for fault in STORM:
            at.arm(**fault)
        await stir(at, 3.0)
        counts = feed.counts
        while not (
            {"drop", "duplicate", "reorder", "disconnect"} <= set(at.struck())
            and counts()["deltas_gaps"] >= 2
            and counts()["deltas_snapshots"] >= 3
            and reader.compared > 10
        ):
            await stir(at, 0.1)
        at.facade.faults.clear()
        await stir(at, 0.4)
        await until(lambda: reader.is_whole)
        assert reader.wrong == []

    told(venue, story)


@both
@pytest.mark.parametrize("lost", [1, 3])
def test_lost_deltas_are_noticed_with_the_next_one_and_the_book_is_fetched_anew(
    venue: str, lost: int
) -> None:
    """ccxt's book for MEXC stays wrong for good here."""

    async def story(at: World | MexcWorld, feed: Feed, reader: Reader) -> None:
        await until(lambda: reader.is_whole)
        before = feed.counts()["deltas_snapshots"]
        at.arm(kind="drop", where=DEPTH, count=lost)
        while len(at.struck()) < lost:
            await stir(at, 0.1)
        await stir(at, 0.3)
        await until(lambda: reader.is_whole)
        assert feed.counts()["deltas_gaps"] >= 1
        assert feed.counts()["deltas_snapshots"] == before + 1
        assert reader.wrong == []

    told(venue, story)


@both
def test_repeated_prints_pass_once(venue: str) -> None:
    async def story(at: World | MexcWorld, feed: Feed, reader: Reader) -> None:
        await until(lambda: reader.is_whole)
        at.arm(kind="duplicate", where=DEALS[venue], count=-1)
        tape = at.facade.desk.markets[0].prints.trades
        assert not tape
        await stir(at, 1.5)
        await until(lambda: feed.counts()["prints_passed"] == len(tape) > 10)
        assert feed.counts()["prints_repeated"] == len(tape)
        assert reader.ids == ([one.id for one in tape] if venue == "binance" else [])

    told(venue, story)


@both
def test_a_frozen_stream_is_left_and_the_book_comes_back(venue: str) -> None:
    async def story(at: World | MexcWorld, feed: Feed, reader: Reader) -> None:
        await until(lambda: reader.is_whole)
        at.arm(kind="freeze", where=DEPTH)
        while not at.struck():
            await stir(at, 0.1)
        await stir(at, 0.1)
        assert at.struck() == ["freeze"]
        assert not reader.is_whole
        await until(lambda: reader.is_whole)
        assert reader.wrong == []

    told(venue, story, silence_s=2.0)
