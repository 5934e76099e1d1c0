"""What unmodified ccxt sees of the markets is what the engine has, over REST and over streams."""

import asyncio
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest

from tests.support.binance_venue import (
    MARKET,
    SYMBOL,
    World,
    at_venue,
    awake,
    raised_by,
    until,
    until_whole,
)
from venue.binance.facade import FacadeConfig


def engine_levels(world: World) -> tuple[list[list[float]], list[list[float]]]:
    """The engine's whole book as ccxt writes it."""
    rules = world.wire.exchange.rules[0]
    book = world.wire.exchange.book(MARKET, 5_000)
    bids, asks = (
        [[float(rules.price(ticks)), float(rules.size(lots))] for ticks, lots in side]
        for side in (book.bids, book.asks)
    )
    return bids, asks


def levels(book: Any) -> tuple[list[list[float]], list[list[float]]]:
    """A ccxt book's two sides."""
    return [list(row[:2]) for row in book["bids"]], [list(row[:2]) for row in book["asks"]]


class Watcher:
    """Watches a book for good, as a bot does, and counts what it meets."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.errors: list[Exception] = []
        self.book: Any = None
        self.task = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        while True:
            try:
                self.book = await self.client.watch_order_book(SYMBOL)
            except ccxt.BaseError as error:
                self.errors.append(error)
                await asyncio.sleep(0.01)  # it may fail again at once, and for ever if nothing else may run

    async def agrees(self, world: World) -> None:
        """Wait until the watched book is the engine's."""
        await until_whole(
            lambda: self.book is not None and levels(self.book) == engine_levels(world), world.trade_at_random
        )
        self.task.cancel()


def test_markets_carry_the_engine_s_steps() -> None:
    async def story(world: World) -> None:
        market = (await world.client.load_markets(True))[SYMBOL]
        assert (market["precision"]["price"], market["precision"]["amount"]) == (0.01, 0.001)
        assert market["limits"]["cost"]["min"] == 5
        assert market["active"]
        assert set(world.client.markets) == {SYMBOL, "BTC/USDT"}

    at_venue(story)


def test_rest_tells_book_trades_candles_and_ticker() -> None:
    async def story(world: World) -> None:
        for _ in range(300):
            world.flow.step()
        client = world.client
        assert levels(await client.fetch_order_book(SYMBOL, 1_000)) == engine_levels(world)
        tape = world.facade.desk.markets[0].prints
        trades = await client.fetch_trades(SYMBOL)
        sizes = Decimal(sum(trade.size for trade in tape.trades)) / 1_000
        assert sum(Decimal(str(trade["amount"])) for trade in trades) == sizes
        last = world.wire.exchange.last_price(MARKET) / 100
        candles = await client.fetch_ohlcv(SYMBOL, "1m")
        assert candles[-1][4] == last
        assert sum(Decimal(str(candle[5])) for candle in candles) == sizes
        ticker = await client.fetch_ticker(SYMBOL)
        assert (ticker["last"], ticker["bid"], ticker["ask"]) == (last, *world.best())
        assert Decimal(str(ticker["baseVolume"])) == sizes
        assert (await client.fetch_bids_asks([SYMBOL]))[SYMBOL]["bid"] == world.best()[0]
        before = world.facade.desk.now_ms()
        assert before <= await client.fetch_time() <= world.facade.desk.now_ms()

    at_venue(story)


def test_watched_book_ends_as_the_engine_s() -> None:
    async def story(world: World) -> None:
        watcher = Watcher(world.client)
        await world.trade_at_random(150)
        await watcher.agrees(world)
        assert watcher.errors == []
        assert watcher.book["nonce"] == world.wire.exchange.book(MARKET, 1).update_id

    at_venue(story)


@pytest.mark.parametrize(
    ("kind", "is_noticed"), [("drop", True), ("reorder", True), ("duplicate", False), ("disconnect", True)]
)
def test_watched_book_heals_from_spoiled_streams(kind: str, is_noticed: bool) -> None:
    async def story(world: World) -> None:
        watcher = Watcher(world.client)
        await world.trade_at_random(60)
        await until(lambda: watcher.book is not None)
        world.arm(kind=kind, where="*@depth*")
        await world.trade_at_random(120)
        while not world.struck():
            await world.trade_at_random(20)
        await watcher.agrees(world)
        assert world.struck() == [kind]
        kinds = {type(error) for error in watcher.errors}
        expected = ccxt.NetworkError if kind == "disconnect" else ccxt.ChecksumError
        assert kinds == ({expected} if is_noticed else set())

    at_venue(story)


def test_many_drops_by_chance_leave_no_wrong_level() -> None:
    async def story(world: World) -> None:
        watcher = Watcher(world.client)
        await world.trade_at_random(50)
        world.arm(kind="drop", where="*@depth*", chance=0.3, count=-1)
        await world.trade_at_random(300)
        while world.struck().count("drop") < 2 or not watcher.errors:
            await world.trade_at_random(20)
        world.facade.faults.clear()
        await world.trade_at_random(50)
        await watcher.agrees(world)
        assert world.struck().count("drop") >= 2
        assert {type(error) for error in watcher.errors} == {ccxt.ChecksumError}

    at_venue(story)


def test_stale_snapshot_is_noticed_and_replaced() -> None:
    async def story(world: World) -> None:
        await world.client.fetch_order_book(SYMBOL)
        for _ in range(50):
            world.flow.step()
        world.arm(kind="stale", where="depth")
        watcher = Watcher(world.client)
        await world.trade_at_random(120)
        await watcher.agrees(world)
        assert world.struck() == ["stale"]
        assert {type(error) for error in watcher.errors} == {ccxt.ChecksumError}

    at_venue(story)


def test_every_trade_is_streamed_once_in_order() -> None:
    async def story(world: World) -> None:
        seen: list[int] = []

        async def watch() -> None:
            while True:
                fresh = await world.client.watch_trades(SYMBOL)
                seen.extend(int(trade["id"]) for trade in fresh)

        world.client.newUpdates = True
        world.client.options["watchTrades"] = {"name": "trade"}
        task = asyncio.ensure_future(watch())
        await until(lambda: bool(world.facade.sockets.open))
        await awake(0.1)
        first = world.facade.desk.markets[0].prints.trades
        before = first[-1].id if first else 0
        await world.trade_at_random(120)
        last = world.facade.desk.markets[0].prints.trades[-1].id
        await until(lambda: bool(seen) and seen[-1] == last)
        assert seen == list(range(before + 1, last + 1))
        task.cancel()

    at_venue(story)


def test_ticker_candle_and_best_prices_are_streamed() -> None:
    async def story(world: World) -> None:
        client = world.client
        tasks = [
            asyncio.ensure_future(client.watch_ticker(SYMBOL)),
            asyncio.ensure_future(client.watch_ohlcv(SYMBOL, "1m")),
            asyncio.ensure_future(client.watch_bids_asks([SYMBOL])),
        ]
        await until(lambda: len(world.facade.sockets.open) >= 2)
        while not all(task.done() for task in tasks):
            await world.trade_at_random(20)
        ticker, candles, best = await asyncio.gather(*tasks)
        assert ticker["symbol"] == SYMBOL
        assert candles[-1][2] >= candles[-1][3] > 0
        assert best[SYMBOL]["ask"] > best[SYMBOL]["bid"] > 0

    at_venue(story, FacadeConfig(kline_ms=100))


def test_unknown_symbol_is_refused() -> None:
    async def story(world: World) -> None:
        refused = await raised_by(world.client.public_get_depth({"symbol": "NOPE"}))
        assert type(refused) is ccxt.BadSymbol

    at_venue(story)
