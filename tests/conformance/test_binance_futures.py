"""The futures facade as unmodified ccxt meets it: markets, book, trades, orders, position, user stream."""

from __future__ import annotations

import asyncio
from typing import Any

import ccxt.async_support as ccxt
import numpy as np
import pytest

from tests.support.binance_venue import MARKET, awake, raised_by, until, until_whole
from tests.support.futures_venue import SWAP, FuturesWorld, at_futures
from tools.domain.clock import SystemClock, SystemStopwatch
from tools.domain.market import UNITS
from tools.market.endpoints import endpoint_of
from tools.market.events import BOOK, RESET
from tools.market.feed import Feed
from venue.engine.codes import Side
from venue.serving.faults import Fault

both_clients = pytest.mark.parametrize("kind", ["binanceusdm", "binance"])


def engine_levels(world: FuturesWorld) -> tuple[list[list[float]], list[list[float]]]:
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
    """Watches a book for good, and counts what it meets."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.errors: list[type[Exception]] = []
        self.book: Any = None
        self.task = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        while True:
            try:
                self.book = await self.client.watch_order_book(SWAP)
            except ccxt.BaseError as error:
                self.errors.append(type(error))
                await asyncio.sleep(0.01)  # it may fail again at once, and for ever if nothing else may run

    async def agrees(self, world: FuturesWorld) -> None:
        """Wait until the watched book is the engine's."""
        await until_whole(
            lambda: self.book is not None and levels(self.book) == engine_levels(world), world.trade_at_random
        )
        self.task.cancel()


@both_clients
def test_markets_are_linear_perpetuals_with_the_engine_s_steps(kind: str) -> None:
    async def story(world: FuturesWorld) -> None:
        market = world.client.market(SWAP)
        assert (market["type"], market["linear"], market["settle"]) == ("swap", True, "USDT")
        assert (market["precision"]["price"], market["precision"]["amount"]) == (0.01, 0.001)
        assert market["limits"]["cost"]["min"] == 5
        assert levels(await world.client.fetch_order_book(SWAP, 1_000)) == engine_levels(world)

    at_futures(story, kind)


@both_clients
def test_watched_book_ends_as_the_engine_s(kind: str) -> None:
    async def story(world: FuturesWorld) -> None:
        watcher = Watcher(world.client)
        await world.trade_at_random(150)
        await watcher.agrees(world)
        assert watcher.errors == []
        assert watcher.book["nonce"] == world.wire.exchange.book(MARKET, 1).update_id

    at_futures(story, kind)


@pytest.mark.parametrize("fault", ["drop", "disconnect"])
def test_watched_book_heals_from_spoiled_streams(fault: str) -> None:
    async def story(world: FuturesWorld) -> None:
        watcher = Watcher(world.client)
        await world.trade_at_random(60)
        await until(lambda: watcher.book is not None)
        world.facade.faults.arm(Fault(kind=fault, where="*@depth*"))
        await world.trade_at_random(120)
        while not world.facade.faults.struck:
            await world.trade_at_random(20)
        await watcher.agrees(world)
        assert [kind for kind, _ in world.facade.faults.struck] == [fault]
        assert watcher.errors == [ccxt.ChecksumError if fault == "drop" else ccxt.NetworkError]

    at_futures(story)


def test_keeper_s_own_reader_follows_the_book_by_its_predecessors() -> None:
    async def story(world: FuturesWorld) -> None:
        feed = Feed(
            endpoint_of("binance-futures", f"http://{world.facade.address}"),
            [MARKET],
            clock=SystemClock(),
            stopwatch=SystemStopwatch(),
            rng=np.random.default_rng(1),
        )
        book: dict[tuple[int, int], int] = {}

        async def read() -> None:
            async for batch in feed.batches():
                for event in batch.events[batch.events["kind"] == BOOK]:
                    if event["flags"] & RESET:
                        book.clear()
                    key = int(event["side"]), int(event["price"])
                    book.pop(key, None)
                    if event["size"]:
                        book[key] = int(event["size"])

        def engine() -> dict[tuple[int, int], int]:
            bids, asks = engine_levels(world)
            sides = ((1, bids), (-1, asks))
            return {(s, round(p * UNITS)): round(q * UNITS) for s, rows in sides for p, q in rows}

        async with feed:
            reading = asyncio.ensure_future(read())
            await until(lambda: bool(book))
            await world.trade_at_random(100)
            await until(lambda: book == engine())
            reading.cancel()
        assert feed.counts()["deltas_gaps"] == 0

    at_futures(story)


def test_every_trade_is_streamed_once_in_order_and_asked_for_alike() -> None:
    async def story(world: FuturesWorld) -> None:
        seen: list[tuple[float, float]] = []
        world.client.newUpdates = True

        async def watch() -> None:
            while True:
                fresh = await world.client.watch_trades(SWAP)
                seen.extend((trade["price"], trade["amount"]) for trade in fresh)

        task = asyncio.ensure_future(watch())
        await until(lambda: bool(world.futures.feeds.heard()))
        await world.trade_at_random(150)
        tape = world.futures.desk.markets[0].prints
        told = [(one.price / 100, one.size / 1_000) for one in tape.trades]
        assert len(told) > 10
        await until(lambda: len(seen) == len(told))
        assert seen == told
        asked = await world.client.fetch_trades(SWAP)
        gathered = [(one.price / 100, one.size / 1_000) for one in tape.aggregates]
        assert [(one["price"], one["amount"]) for one in asked] == gathered
        task.cancel()

    at_futures(story)


def test_ticker_candle_and_best_prices_are_streamed() -> None:
    async def story(world: FuturesWorld) -> None:
        client = world.client
        tasks = [
            asyncio.ensure_future(client.watch_ticker(SWAP)),
            asyncio.ensure_future(client.watch_bids_asks([SWAP])),
        ]
        await until(lambda: len(world.futures.feeds.heard()) == 2)
        await world.trade_at_random(80)
        ticker, best = await asyncio.gather(*tasks)
        assert ticker["symbol"] == SWAP
        assert best[SWAP]["ask"] > best[SWAP]["bid"] > 0
        last = world.wire.exchange.last_price(MARKET) / 100
        assert (await client.fetch_ohlcv(SWAP, "1m"))[-1][4] == last
        assert (await client.fetch_ticker(SWAP))["last"] == last
        funding = await client.fetch_funding_rate(SWAP)
        assert (funding["fundingRate"], funding["markPrice"]) == (0, last)

    at_futures(story)


def test_an_order_s_life_is_told_and_asked_for() -> None:
    async def story(world: FuturesWorld) -> None:
        client = world.client
        first = asyncio.ensure_future(client.watch_orders(SWAP))
        await until(lambda: len(world.futures.users) > 0)
        bid, _ = world.best()
        placed = await client.create_order(SWAP, "limit", "buy", 1, bid - 1, {"clientOrderId": "f-1"})
        (heard,) = await first
        assert (heard["id"], heard["clientOrderId"], heard["status"]) == (placed["id"], "f-1", "open")
        (known,) = await client.fetch_open_orders(SWAP)
        assert (known["id"], known["price"], known["remaining"]) == (placed["id"], round(bid - 1, 2), 1)
        second = asyncio.ensure_future(client.watch_orders(SWAP))
        await client.cancel_order(None, SWAP, {"origClientOrderId": "f-1"})
        assert [(order["clientOrderId"], order["status"]) for order in await second] == [("f-1", "canceled")]
        assert (await client.fetch_order(placed["id"], SWAP))["status"] == "canceled"
        assert await client.fetch_open_orders(SWAP) == []

    at_futures(story)


def test_a_position_is_opened_turned_and_closed_with_its_profit_in_the_wallet() -> None:
    async def story(world: FuturesWorld) -> None:
        client = world.client
        client.options["watchPositions"] = {"fetchPositionsSnapshot": False, "awaitPositionsSnapshot": False}
        position = asyncio.ensure_future(client.watch_positions([SWAP]))
        await until(lambda: len(world.futures.users) > 0)
        await awake(0.1)
        paid = 0.0
        for side, amount, size in (("buy", 2, 2.0), ("sell", 3, -1.0), ("buy", 1, 0.0)):
            order = await client.create_order(SWAP, "market", side, amount)
            assert (order["status"], order["filled"]) == ("closed", amount)
            paid += order["cost"] * (1 if side == "buy" else -1)
            held = await client.fetch_positions([SWAP])
            signed = sum(one["contracts"] * (1 if one["side"] == "long" else -1) for one in held)
            assert signed == size
        fills = await client.fetch_my_trades(SWAP)
        fees = sum(fill["fee"]["cost"] for fill in fills)
        profit = sum(float(fill["info"]["realizedPnl"]) for fill in fills)
        assert {fill["fee"]["currency"] for fill in fills} == {"USDT"}
        assert fees > 0
        assert profit == pytest.approx(-paid)
        balance = await client.fetch_balance()
        assert balance["USDT"]["total"] == pytest.approx(10_000 - paid - fees)
        assert balance["USDT"]["used"] == 0
        (told,) = await position
        assert (told["symbol"], told["contracts"], told["side"]) == (SWAP, 2.0, "long")

    at_futures(story)


def test_a_resting_fill_is_the_maker_s_at_its_price() -> None:
    async def story(world: FuturesWorld) -> None:
        client = world.client
        fills = asyncio.ensure_future(client.watch_my_trades(SWAP))
        await until(lambda: len(world.futures.users) > 0)
        bid, ask = world.best()
        price = round(bid + 0.01, 2)
        assert price < ask
        await client.create_order(SWAP, "limit", "buy", 1, price, {"postOnly": True})
        world.take(Side.SELL, 400)
        (fill,) = await fills
        assert (fill["takerOrMaker"], fill["amount"], fill["price"]) == ("maker", 0.4, price)
        assert fill["fee"] == {"currency": "USDT", "cost": pytest.approx(0.4 * price * 0.0002)}
        (order,) = await client.fetch_open_orders(SWAP)
        assert (order["status"], order["filled"], order["timeInForce"]) == ("open", 0.4, "PO")

    at_futures(story)


def test_refusals_have_the_futures_venue_s_codes() -> None:
    async def story(world: FuturesWorld) -> None:
        client = world.client
        bid, ask = world.best()
        cases: list[tuple[Any, type[Exception], str]] = [
            (("limit", "buy", 1, ask + 1, {"postOnly": True}), ccxt.OrderNotFillable, "-5022"),
            (("limit", "buy", 0.001, bid, {}), ccxt.InvalidOrder, "-4164"),
            (("market", "buy", 1_000, None, {}), ccxt.InsufficientFunds, "-2019"),
            (("market", "sell", 1_000, None, {}), ccxt.InsufficientFunds, "-2019"),
            (("market", "sell", 1, None, {"reduceOnly": True}), ccxt.OrderNotFillable, "-2022"),
        ]
        for order, kind, code in cases:
            refused = await raised_by(client.create_order(SWAP, *order))
            assert f'"code":{code}' in str(refused)
            assert isinstance(refused, kind | ccxt.InvalidOrder), refused
        missing = await raised_by(client.cancel_order("12345", SWAP))
        assert type(missing) is ccxt.OrderNotFound
        assert world.wire.exchange.all_orders(world.key.account, MARKET) == []
        leverage = await raised_by(client.set_leverage(20, SWAP))
        assert '"code":-4028' in str(leverage)

    at_futures(story)


def test_orders_count_against_the_wallet_in_full() -> None:
    async def story(world: FuturesWorld) -> None:
        client = world.client
        bid, _ = world.best()
        last = world.wire.exchange.last_price(MARKET) / 100
        await client.create_order(SWAP, "limit", "buy", 40, bid - 5)
        balance = await client.fetch_balance()
        assert balance["USDT"]["used"] == pytest.approx(40 * last)
        refused = await raised_by(client.create_order(SWAP, "limit", "buy", 40, bid - 5))
        assert type(refused) is ccxt.InsufficientFunds
        await client.create_order(SWAP, "limit", "sell", 40, bid + 5)  # the other way: only one can be held

    at_futures(story)


def test_a_reduce_only_order_goes_when_its_position_does() -> None:
    async def story(world: FuturesWorld) -> None:
        client = world.client
        await client.create_order(SWAP, "market", "buy", 2)
        _, ask = world.best()
        resting = await client.create_order(SWAP, "limit", "sell", 2, ask + 1, {"reduceOnly": True})
        assert resting["reduceOnly"]
        second = await raised_by(client.create_order(SWAP, "limit", "sell", 1, ask + 1, {"reduceOnly": True}))
        assert '"code":-2022' in str(second)
        await client.create_order(SWAP, "market", "sell", 2)
        assert (await client.fetch_order(resting["id"], SWAP))["status"] == "canceled"
        assert await client.fetch_positions([SWAP]) == []

    at_futures(story)


def test_spot_and_futures_accounts_are_apart() -> None:
    async def story(world: FuturesWorld) -> None:
        spot = world.facade.desk
        before = world.wire.exchange.balances(spot.keys["demo"].account)
        await world.client.create_order(SWAP, "market", "buy", 2)
        assert world.wire.exchange.balances(spot.keys["demo"].account) == before
        assert "futures-key" not in spot.keys

    at_futures(story)
