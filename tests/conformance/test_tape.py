"""A recording shown by the venue: what clients receive over the sockets is what the files hold."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import ccxt.async_support as ccxt
import numpy as np
import pytest

from tests.support.binance_venue import LIMIT_S, awake, make_client, raised_by, until
from tests.support.recorded import Rows, best, cut, final_book, printed, shown
from tools.domain.clock import SystemClock, SystemStopwatch
from tools.domain.market import UNITS
from tools.market.endpoints import endpoint_of
from tools.market.events import BOOK, GAP, PRINT, RESET
from tools.market.feed import Feed
from venue.serving.faults import Fault
from venue.tape.serving import TapeServer

SYMBOL = "BTC/USDT"
DEPTH = 300  # of the thousand that a snapshot brings

Story = Callable[[TapeServer, Rows, Rows], Awaitable[None]]


def tell(folder: Path, story: Story, *faults: Fault, seconds: float = 4, **config: Any) -> None:
    """Play a story at a venue that shows the beginning of a recording."""
    book, trades = cut(folder, microseconds=round(seconds * 1e6))

    async def played() -> None:
        async with asyncio.timeout(LIMIT_S), shown(folder, *faults, is_held=True, **config) as server:
            playing = asyncio.ensure_future(server.player.run())
            try:
                await story(server, book, trades)
            finally:
                playing.cancel()

    asyncio.run(played())


class CcxtReader:
    """An unmodified client that watches book and trades for good."""

    def __init__(self, server: TapeServer) -> None:
        self.client = make_client(server.binance.address, server.key)
        self.client.newUpdates = True
        self.client.options["watchTrades"] = {"name": "trade"}
        self.book: Any = None
        self.trades: list[Any] = []
        self.errors: list[str] = []
        self.tasks = [asyncio.ensure_future(self._watch_book()), asyncio.ensure_future(self._watch_trades())]

    async def _watch_book(self) -> None:
        while True:
            try:
                self.book = await self.client.watch_order_book(SYMBOL)
            except ccxt.BaseError as error:
                self.errors.append(type(error).__name__)
                await asyncio.sleep(0.01)  # it may fail again at once, and for ever if nothing else may run

    async def _watch_trades(self) -> None:
        while True:
            self.trades += [trade.copy() for trade in await self.client.watch_trades(SYMBOL)]

    def levels(self) -> tuple[list[Any], list[Any]]:
        """The best levels it has."""
        if self.book is None:
            return [], []
        return tuple([list(row[:2]) for row in self.book[side][:DEPTH]] for side in ("bids", "asks"))  # type: ignore[return-value]

    def prints(self) -> list[tuple[str, str, float, float]]:
        """What it was told of trades."""
        return [(one["id"], one["side"], one["price"], one["amount"]) for one in self.trades]

    async def close(self) -> None:
        """End it."""
        for task in self.tasks:
            task.cancel()
        await self.client.close()


@pytest.mark.parametrize("speed", [20.0, None])
def test_an_unmodified_client_sees_the_file_s_levels_and_prints(tmp_path: Path, speed: float | None) -> None:
    async def story(server: TapeServer, book: Rows, trades: Rows) -> None:
        reader = CcxtReader(server)
        try:
            await until(lambda: len(server.binance.feeds.heard()) == 2)
            await awake(0.1)
            server.player.let_go()
            await until(lambda: server.player.is_over)
            await until(lambda: reader.levels() == best(final_book(book), DEPTH))
            await until(lambda: len(reader.trades) == len(trades))
            assert reader.prints() == printed(trades)
            assert reader.errors == []
            market = reader.client.market(SYMBOL)
            assert (market["precision"]["price"], market["precision"]["amount"]) == (0.01, 0.00001)
            assert [market["active"], market["spot"]] == [False, True]
        finally:
            await reader.close()

    tell(tmp_path, story, speed=speed)


@pytest.mark.parametrize("kind", ["drop", "reorder", "disconnect"])
def test_a_spoiled_stream_heals_to_the_file_s_levels(tmp_path: Path, kind: str) -> None:
    async def story(server: TapeServer, book: Rows, trades: Rows) -> None:
        reader = CcxtReader(server)
        try:
            await until(lambda: len(server.binance.feeds.heard()) == 2)
            server.player.let_go()
            await until(lambda: server.player.is_over)
            await until(lambda: reader.levels() == best(final_book(book), DEPTH))
            assert [struck for struck, _ in server.binance.faults.struck] == [kind]
            assert reader.errors
        finally:
            await reader.close()

    tell(tmp_path, story, Fault(kind=kind, where="*@depth*", skip=10), speed=4.0, seconds=6)


class OwnReader:
    """Keeper's own market data, kept as events."""

    def __init__(self, server: TapeServer, venue: str) -> None:
        self.feed = Feed(
            endpoint_of(venue, f"http://{server.binance.address}"),
            ["BTCUSDT"],
            clock=SystemClock(),
            stopwatch=SystemStopwatch(),
            rng=np.random.default_rng(1),
        )
        self.parts: list[Any] = []

    async def read(self) -> None:
        """Take everything in."""
        async for batch in self.feed.batches():
            self.parts.append(batch.events.copy())

    def events(self) -> Any:
        """All that came."""
        return np.concatenate(self.parts) if self.parts else np.zeros(0)

    def levels(self) -> tuple[list[Any], list[Any]]:
        """The book after the last event."""
        sides: dict[int, dict[int, int]] = {1: {}, -1: {}}
        for event in self.events()[self.events()["kind"] == BOOK] if self.parts else ():
            if event["flags"] & RESET:
                sides = {1: {}, -1: {}}
            sides[int(event["side"])].pop(int(event["price"]), None)
            if event["size"]:
                sides[int(event["side"])][int(event["price"])] = int(event["size"])
        rows = [
            [[p / UNITS, book[p] / UNITS] for p in sorted(book, reverse=side == 1)]
            for side, book in sides.items()
        ]
        return rows[0][:DEPTH], rows[1][:DEPTH]


@pytest.mark.parametrize("venue", ["binance", "binance-futures"])
def test_keeper_s_own_reader_sees_the_file_s_levels_prints_and_stamps(tmp_path: Path, venue: str) -> None:
    async def story(server: TapeServer, book: Rows, trades: Rows) -> None:
        reader = OwnReader(server, venue)
        async with reader.feed:
            reading = asyncio.ensure_future(reader.read())
            await until(lambda: bool(reader.parts))
            server.player.let_go()
            await until(lambda: server.player.is_over)
            await until(lambda: reader.levels() == best(final_book(book), DEPTH))
            reading.cancel()
        events = reader.events()
        prints = events[events["kind"] == PRINT]
        told = [
            (1 if row["side"] == "buy" else -1, float(row["price"]), float(row["amount"])) for row in trades
        ]
        seen = zip(prints["side"].tolist(), prints["price"] / UNITS, prints["size"] / UNITS, strict=True)
        assert list(seen) == told
        assert not (prints["flags"] & GAP).any()
        since = [(int(row["timestamp"]) - int(trades[0]["timestamp"])) / 1e3 / 10 for row in trades]
        heard = (prints["ts_event"] - prints["ts_event"][0]) / 1e6
        assert np.abs(heard - since).max() <= 1.0  # a stamp of the protocol has whole milliseconds
        assert (prints["ts_event"] <= SystemClock().now()).all()

    tell(tmp_path, story, speed=10.0)


def test_orders_are_refused_in_the_venue_s_words_and_money_stays(tmp_path: Path) -> None:
    async def story(server: TapeServer, book: Rows, trades: Rows) -> None:
        account, exchange = server.key.account, server.exchange
        exchange.deposit(account, "USDT", exchange.assets.units("USDT", Decimal(1000)))
        client = make_client(server.binance.address, server.key)
        try:
            await client.load_markets()
            for kind, price in (("limit", 50_000), ("market", None)):
                refused = await raised_by(client.create_order(SYMBOL, kind, "buy", 0.001, price))
                assert (type(refused), str(refused)) == (ccxt.MarketClosed, "binance Market is closed.")
            balance = await client.fetch_balance()
            assert balance["USDT"] == {"free": 1000.0, "used": 0.0, "total": 1000.0}
            assert await client.fetch_open_orders(SYMBOL) == []
        finally:
            await client.close()

    tell(tmp_path, story, seconds=0.5)


def test_the_control_port_starts_the_tape_and_says_when_it_is_over(tmp_path: Path) -> None:
    async def story(server: TapeServer, book: Rows, trades: Rows) -> None:
        url = f"http://{server.binance.control_address}"
        async with aiohttp.ClientSession() as http:
            held = await (await http.get(f"{url}/tape")).json()
            assert (held["is_held"], held["is_over"], held["steps_shown"]) == (True, False, 0)
            await http.post(f"{url}/tape")
            await until(lambda: server.player.is_over)
            over = await (await http.get(f"{url}/tape")).json()
            assert over["is_over"]
            assert over["seconds_in"] == over["seconds_long"]
            resumed = await http.post(f"{url}/resume", json={"symbol": "BTCUSDT"})
            assert (resumed.status, await resumed.json()) == (
                400,
                {"error": "BadRules: BTCUSDT is a recording and takes no orders; it cannot be resumed"},
            )
            depth = await (
                await http.get(f"http://{server.binance.address}/api/v3/depth?symbol=BTCUSDT")
            ).json()
            bids = [[float(price), float(size)] for price, size in depth["bids"]]
            assert bids == best(final_book(book), 100)[0]

    tell(tmp_path, story, seconds=1, speed=50.0)


def test_a_tape_without_a_speed_waits_until_somebody_listens(tmp_path: Path) -> None:
    async def story(server: TapeServer, book: Rows, trades: Rows) -> None:
        server.player.let_go()
        await awake(0.1)
        assert server.player.n_shown == 0
        reader = CcxtReader(server)
        try:
            await until(lambda: server.player.is_over)
        finally:
            await reader.close()

    tell(tmp_path, story, seconds=1, speed=None)
