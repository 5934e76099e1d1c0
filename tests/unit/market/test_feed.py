"""INV-10 and INV-12 over real sockets: a bad feed costs the book for a moment, never its truth."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from tests.support.market_server import OPENING, SWIFT, MarketServer, Watcher, until, watched
from tools.domain.clock import SystemClock, SystemStopwatch
from tools.domain.errors import BadUsage
from tools.market.endpoints import ENDPOINTS, endpoint_of
from tools.market.events import GAP
from tools.market.feed import Feed

A = "AUSDT"
Story = Callable[[MarketServer, Feed, Watcher], Awaitable[None]]
both = pytest.mark.parametrize("dialect", ["binance", "mexc"])


def tell(dialect: str, story: Story, *symbols: str, **options: object) -> None:
    """Play a story with a server of ``dialect`` and a feed of it; afterwards the counters must add up."""

    async def play() -> None:
        async with MarketServer(dialect).running() as server:
            async with watched(server, *symbols, **options) as (feed, watcher):  # type: ignore[arg-type]
                await story(server, feed, watcher)
            add_up(feed.counts())
            assert watcher.crossed == 0

    asyncio.run(play())


def add_up(counts: Mapping[str, int]) -> None:
    """Whatever came in is accounted for: nothing is lost unnoticed."""
    kinds = ("depths", "prints", "acks", "pongs", "refusals", "others", "malformed")
    assert counts["messages"] == sum(counts[kind] for kind in kinds)
    assert counts["depths"] == counts["deltas_received"]
    ends = ("applied", "repeated", "discarded", "waiting")
    assert counts["deltas_received"] == sum(counts[f"deltas_{end}"] for end in ends)
    assert counts["prints_received"] == counts["prints_passed"] + counts["prints_repeated"]
    lane = ("fetched", "void", "failed")
    assert 0 <= counts["snapshots_asked"] - sum(counts[f"snapshots_{end}"] for end in lane) <= 3


async def settled(server: MarketServer, watcher: Watcher, symbol: str = A) -> None:
    await until(lambda: watcher.books[symbol] == server.book(symbol) != {})


@both
def test_book_and_prints_are_the_venues(dialect: str) -> None:
    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await settled(server, watcher)
        for n in range(20):
            await server.move(A, (1, 90 + n % 11, n % 4), (-1, 102 + n % 5, 1 + n % 3))
            await server.trade(A, 1 if n % 2 else -1, 101, n + 1)
        await settled(server, watcher)
        await until(lambda: len(watcher.prints(A)) == 20)
        prints = watcher.prints(A)
        assert prints["size"].tolist() == list(range(1, 21))
        assert prints["side"].tolist() == [-1, 1] * 10
        stamps = watcher.all_events(A)["ts_init"]
        assert (np.diff(stamps) >= 0).all()
        assert (stamps % 1000 == 0).all()
        assert not (prints["flags"] & GAP).any()
        assert watcher.ids[A] == (list(range(1, 21)) if dialect == "binance" else [])
        assert feed.counts()["deltas_gaps"] == 0

    tell(dialect, story)


@both
def test_gap_drops_the_book_and_a_fresh_one_replaces_it(dialect: str) -> None:
    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await settled(server, watcher)
        await server.move(A, (1, 101, 9), times=0)  # lost: a ghost level would stay at 101
        await server.move(A, (-1, 103, 0), times=0)
        server.failures = [500, 502]
        await server.move(A, (1, 98, 3))
        await until(lambda: watcher.books[A] == {} and watcher.resets == 2)
        await server.move(A, (1, 101, 0), (-1, 101, 4))
        await settled(server, watcher)
        counts = feed.counts()
        assert (counts["deltas_gaps"], counts["deltas_snapshots"], counts["snapshots_failed"]) == (1, 2, 2)

    tell(dialect, story)


@both
def test_duplicates_are_ignored(dialect: str) -> None:
    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await settled(server, watcher)
        first = await server.move(A, (1, 98, 3), times=2)
        await server.move(A, (1, 98, 0))
        await server.send(A, first)
        await server.trade(A, 1, 102, 4, times=3)
        await until(lambda: feed.counts()["prints_repeated"] == 2)
        await settled(server, watcher)
        counts = feed.counts()
        assert (counts["deltas_repeated"], counts["deltas_gaps"], counts["prints_passed"]) == (2, 0, 1)
        assert server.asked == 1

    tell(dialect, story)


@both
def test_reordered_deltas_never_make_a_wrong_book(dialect: str) -> None:
    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await settled(server, watcher)
        frames = [await server.move(A, (1, 98, n), at_once=False) for n in (1, 2, 0, 4)]
        for at in (1, 0, 3, 2):
            await server.send(A, frames[at])
        await server.move(A, (-1, 104, 2))
        await settled(server, watcher)
        assert feed.counts()["deltas_gaps"] >= 1

    tell(dialect, story)


@both
def test_stale_book_is_asked_for_again(dialect: str) -> None:
    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await settled(server, watcher)
        for n in range(1, 6):
            await server.move(A, (1, 98, n))
        server.stale = [5, 4]
        await server.move(A, (1, 97, 1), times=0)
        await server.move(A, (1, 97, 2))
        await settled(server, watcher)
        assert feed.counts()["deltas_stale_snapshots"] == 2

    tell(dialect, story)


@both
def test_cut_connection_is_dialled_again_and_the_book_fetched_anew(dialect: str) -> None:
    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await settled(server, watcher)
        await server.trade(A, 1, 102, 1)
        await until(lambda: feed.counts()["prints_passed"] == 1)
        server.cut()
        await until(lambda: watcher.books[A] == {})
        await server.move(A, (1, 101, 9), times=0)
        await server.trade(A, 1, 102, 1, times=0)
        await until(lambda: server.followers(A) == 1)
        await settled(server, watcher)
        await server.trade(A, 1, 102, 1)
        await until(lambda: feed.counts()["prints_passed"] == 2)
        assert [bool(flags & GAP) for flags in watcher.prints(A)["flags"]] == [False, True]
        counts = feed.counts()
        assert (counts["losses"], counts["connects"], counts["stale"]) == (1, 2, 0)

    tell(dialect, story)


@both
def test_frozen_but_open_socket_is_left(dialect: str) -> None:
    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await settled(server, watcher)
        server.is_frozen = True
        await until(lambda: watcher.books[A] == {})
        assert feed.counts()["stale"] == 1
        await until(lambda: server.dials >= 2)
        server.is_frozen = False
        await settled(server, watcher)

    tell(dialect, story, config=replace(SWIFT, silence_s=2.0))


@both
def test_stream_that_only_answers_pings_is_left(dialect: str) -> None:
    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await settled(server, watcher)
        await until(lambda: feed.counts()["stale"] >= 1)
        assert server.pings > 0
        await until(lambda: server.dials >= 2)

    tell(dialect, story, config=replace(SWIFT, quiet_s=1.0))


def test_quiet_coin_is_not_mistaken_for_a_frozen_socket() -> None:
    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await settled(server, watcher)
        await until(lambda: server.pings >= 10)
        assert server.dials == 1

    tell("binance", story, config=replace(SWIFT, silence_s=2.0, ping_s=0.4))


@both
def test_connection_is_renewed_in_good_time(dialect: str) -> None:
    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await until(lambda: server.dials == 3)
        assert feed.counts()["planned"] == 2
        assert feed.counts()["losses"] == 0

    tell(dialect, story, config=replace(SWIFT, planned_s=0.15))


@both
def test_garbage_is_counted_and_survived(dialect: str) -> None:
    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await settled(server, watcher)
        for junk in (b"{", b'{"e":"depthUpdate"}', b"{}" * 9):
            await server.send(A, junk)
        await server.move(A, (1, 98, 3))
        await settled(server, watcher)
        assert feed.counts()["malformed"] == 3
        assert server.dials == 1

    tell(dialect, story)


def test_connection_that_sends_only_garbage_is_given_up() -> None:
    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await settled(server, watcher)
        for _ in range(20):
            await server.send(A, b"{")
        await until(lambda: server.dials == 2)
        await settled(server, watcher)

    tell("mexc", story)


@pytest.mark.parametrize(("dialect", "shards"), [("binance", [50, 10]), ("mexc", [30, 30])])
def test_subscriptions_are_sharded_to_the_venues_limit(dialect: str, shards: list[int]) -> None:
    symbols = [f"C{n}USDT" for n in range(30)]

    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await until(lambda: all(watcher.books[symbol] == OPENING for symbol in symbols))
        assert sorted(server.per_connection, reverse=True) == shards

    tell(dialect, story, *symbols)


def test_nobody_fetching_costs_the_book_and_not_the_memory() -> None:
    async def play() -> None:
        async with MarketServer("binance").running() as server:
            feed = Feed(
                endpoint_of("binance", server.base_url),
                [A],
                clock=SystemClock(),
                stopwatch=SystemStopwatch(),
                rng=np.random.default_rng(7),
                config=SWIFT,
                most_pending=20,
            )
            async with feed:
                await until(lambda: server.followers(A) == 1)
                for n in range(40):
                    await server.trade(A, 1, 102, n + 1)
                await until(lambda: feed.counts()["overflows"] >= 1 and feed.counts()["prints"] == 40)
                watcher = Watcher()
                following = asyncio.create_task(watcher.follow(feed))
                await server.trade(A, 1, 102, 99)
                await settled(server, watcher)
                await until(lambda: int(watcher.prints(A)["size"][-1]) == 99)
                assert watcher.prints(A)["flags"][0] & GAP
                feed.stop()
                await following

    asyncio.run(play())


def test_stopping_loses_nothing_that_came_in_while_a_batch_was_looked_at() -> None:
    async def play() -> None:
        async with MarketServer("binance").running() as server:
            feed = Feed(
                endpoint_of("binance", server.base_url),
                [A],
                clock=SystemClock(),
                stopwatch=SystemStopwatch(),
                rng=np.random.default_rng(7),
                config=SWIFT,
            )
            ids: list[int] = []
            async with feed:
                await until(lambda: server.followers(A) == 1)
                await server.trade(A, 1, 102, 1)
                async for batch in feed.batches():
                    ids.extend(batch.ids)
                    if ids == [1]:  # a slow look: more comes in, and then the end is asked for
                        await server.trade(A, 1, 102, 2)
                        await until(lambda: feed.counts()["prints"] == 2)
                        feed.stop()
            assert ids == [1, 2]

    asyncio.run(play())


def test_unknown_symbol_is_one_clear_line() -> None:
    async def play() -> None:
        async with MarketServer("binance").running() as server, watched(server, "NONEUSDT") as (feed, _):
            with pytest.raises(BadUsage, match="binance knows no symbol NONEUSDT"):
                async for _batch in feed.batches():
                    pass

    with pytest.raises(BadUsage, match="NONEUSDT"):
        asyncio.run(play())


def test_rate_limit_pauses_the_lane() -> None:
    async def story(server: MarketServer, feed: Feed, watcher: Watcher) -> None:
        await settled(server, watcher)
        server.failures = [429, 418]
        server.cut()
        await until(lambda: feed.counts()["snapshots_limited"] == 2)
        await settled(server, watcher)

    tell("mexc", story)


@pytest.mark.parametrize("base_url", ["127.0.0.1:80", "ftp://x", "http://", "http://h/?q=1", ""])
def test_base_url_that_is_none_is_refused(base_url: str) -> None:
    with pytest.raises(BadUsage, match="--base-url"):
        ENDPOINTS["mexc"].at(base_url)


def test_unknown_venue_is_refused() -> None:
    with pytest.raises(BadUsage, match="binance, binance-futures, mexc"):
        endpoint_of("nasdaq")


@pytest.mark.parametrize("venue", list(ENDPOINTS))
def test_base_url_leaves_no_live_address(venue: str) -> None:
    found = endpoint_of(venue, "http://127.0.0.1:9/prefix/")
    assert found.stream_url(0).startswith("ws://127.0.0.1:9/prefix/")
    assert found.depth.startswith("http://127.0.0.1:9/prefix/")
