"""What unmodified ccxt sees of MEXC's markets is what the engine has, over REST and over protobuf streams.

The watched book is ccxt's own, gaps and all: it waits for 25 deltas before it asks for the book, it
drops a delta that reaches over the snapshot, and it notices no hole.
"""

import asyncio
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import orjson
import pytest

from tests.support.binance_venue import MARKET, SYMBOL, awake, raised_by, until
from tests.support.mexc_venue import MexcWorld, at_mexc
from venue.engine.codes import Side
from venue.mexc.facade import FacadeConfig
from venue.serving.session import SocketConfig

DEPTH = f"spot@public.aggre.depth.v3.api.pb@10ms@{MARKET}"
FAST = {"frequency": "10ms"}
WAITED_FOR = 25  # deltas, before ccxt asks for the book
Levels = tuple[list[list[float]], list[list[float]]]


def engine_levels(world: MexcWorld) -> Levels:
    """The engine's whole book as ccxt writes it."""
    rules = world.wire.exchange.rules[0]
    book = world.wire.exchange.book(MARKET, 5_000)
    bids, asks = (
        [[float(rules.price(ticks)), float(rules.size(lots))] for ticks, lots in side]
        for side in (book.bids, book.asks)
    )
    return bids, asks


def levels(book: Any) -> Levels:
    """A ccxt book's two sides."""
    return [list(row[:2]) for row in book["bids"]], [list(row[:2]) for row in book["asks"]]


def wrong_levels(world: MexcWorld, book: Any) -> int:
    """In how many levels a watched book differs from the engine's."""
    return sum(
        len({tuple(row) for row in seen} ^ {tuple(row) for row in real})
        for seen, real in zip(levels(book), engine_levels(world), strict=True)
    )


async def watched_book(world: MexcWorld) -> Any:
    """ccxt's book once it has one; the market stands still from the snapshot's request on."""
    watching = asyncio.ensure_future(world.client.watch_order_book(SYMBOL, None, FAST))
    await until(lambda: bool(world.facade.sockets.open))
    await awake(0.05)
    while not watching.done() and deltas_waiting(world) <= WAITED_FOR:
        for _ in range(3):
            world.flow.step()
        await awake(0.03)
    return await watching


def deltas_waiting(world: MexcWorld) -> int:
    """How many deltas ccxt keeps until it has a book; it asks for one with the 26th."""
    book = world.client.orderbooks.get(SYMBOL)
    return 0 if book is None else len(book.cache)


def test_markets_carry_the_engine_s_steps() -> None:
    async def story(world: MexcWorld) -> None:
        market = (await world.client.load_markets(True))[SYMBOL]
        assert (market["precision"]["price"], market["precision"]["amount"]) == (0.01, 0.001)
        assert (market["limits"]["cost"]["min"], market["limits"]["amount"]["min"]) == (5, 0.001)
        assert (market["active"], market["maker"], market["taker"]) == (True, 0.001, 0.001)
        assert set(world.client.markets) == {SYMBOL, "BTC/USDT"}
        world.wire.tell(world.wire.exchange.halt(MARKET, ts=world.facade.desk.now()))
        assert not (await world.client.load_markets(True))[SYMBOL]["active"]
        fee = await world.client.fetch_trading_fee(SYMBOL)
        assert (fee["maker"], fee["taker"]) == (0.001, 0.001)

    at_mexc(story)


def test_rest_tells_book_trades_candles_and_ticker() -> None:
    async def story(world: MexcWorld) -> None:
        for _ in range(300):
            world.flow.step()
        client = world.client
        book = await client.fetch_order_book(SYMBOL, 1_000)
        assert levels(book) == engine_levels(world)
        assert book["nonce"] == world.wire.exchange.book(MARKET, 1).update_id
        tape = world.facade.desk.markets[0].prints
        sizes = Decimal(sum(trade.size for trade in tape.trades)) / 1_000
        for method in ("spotPublicGetAggTrades", "spotPublicGetTrades"):
            trades = await client.fetch_trades(SYMBOL, None, None, {"method": method})
            assert sum(Decimal(str(trade["amount"])) for trade in trades) == sizes
            assert trades == sorted(trades, key=lambda trade: trade["timestamp"])
        sold = sum(trade.size for trade in tape.trades if trade.is_buyer_maker)
        told = sum(Decimal(str(trade["amount"])) for trade in trades if trade["side"] == "sell")
        assert told == Decimal(sold) / 1_000
        last = world.wire.exchange.last_price(MARKET) / 100
        candles = await client.fetch_ohlcv(SYMBOL, "1m")
        assert candles[-1][4] == last
        assert sum(Decimal(str(candle[5])) for candle in candles) == sizes
        ticker = await client.fetch_ticker(SYMBOL)
        assert (ticker["last"], ticker["bid"], ticker["ask"]) == (last, *world.best())
        assert Decimal(str(ticker["baseVolume"])) == sizes
        assert (await client.fetch_bids_asks())[SYMBOL]["bid"] == world.best()[0]
        before = world.facade.desk.now_ms()
        assert before <= await client.fetch_time() <= world.facade.desk.now_ms()

    at_mexc(story)


def test_watched_book_ends_as_rest_s() -> None:
    async def story(world: MexcWorld) -> None:
        await watched_book(world)
        watching = asyncio.ensure_future(follow(world))
        await world.trade_at_random(100)
        await until(lambda: wrong_levels(world, world.client.orderbooks[SYMBOL]) == 0)
        rest = await world.client.fetch_order_book(SYMBOL, 5_000)
        assert levels(world.client.orderbooks[SYMBOL]) == levels(rest)
        watching.cancel()

    at_mexc(story)


async def follow(world: MexcWorld) -> None:
    """Watch for good, as a bot does."""
    while True:
        await world.client.watch_order_book(SYMBOL, None, FAST)


def test_ccxt_s_book_stays_wrong_after_a_lost_delta_and_nobody_is_told() -> None:
    """The reason why Keeper reads MEXC's book itself."""

    async def story(world: MexcWorld) -> None:
        await watched_book(world)
        watching = asyncio.ensure_future(follow(world))
        world.arm(kind="drop", where=DEPTH, count=3)
        await world.trade_at_random(60)
        while len(world.struck()) < 3:
            await world.trade_at_random(5)
        await world.trade_at_random(5, pause_s=0.02)
        await awake(0.1)
        assert wrong_levels(world, world.client.orderbooks[SYMBOL]) > 0
        assert not watching.done()
        watching.cancel()

    at_mexc(story)


def test_watched_trades_are_the_tape_and_have_no_ids() -> None:
    async def story(world: MexcWorld) -> None:
        seen: list[Any] = []

        async def watch() -> None:
            while True:
                seen.extend(dict(one) for one in await world.client.watch_trades(SYMBOL))

        watching = asyncio.ensure_future(watch())
        await until(lambda: bool(world.facade.feeds._flows))
        await world.trade_at_random(200)
        tape = world.facade.desk.markets[0].prints.trades
        await until(lambda: len(seen) >= len(tape) > 10)
        told = [(one["price"], one["amount"], one["side"]) for one in seen]
        real = [(one.price / 100, one.size / 1_000, "sell" if one.is_buyer_maker else "buy") for one in tape]
        assert told == real
        assert {one["id"] for one in seen} == {None}
        watching.cancel()

    at_mexc(story)


def test_watched_ticker_and_candle_follow_the_market() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        world.take(Side.BUY, 500)
        ticker = await client.watch_ticker(SYMBOL)
        assert (ticker["bid"], ticker["ask"]) == world.best()
        candle = (await client.watch_ohlcv(SYMBOL, "1m"))[-1]
        tape = world.facade.desk.markets[0].prints
        assert candle[4] == tape.trades[-1].price / 100
        assert candle[5] == sum(one.size for one in tape.trades) / 1_000
        assert candle[0] % 60_000 == 0

    at_mexc(story, FacadeConfig(kline_ms=50))


async def said(world: MexcWorld, *messages: object, url: str = "/ws") -> list[Any]:
    """What a bare socket is answered, a message at a time."""
    answers = []
    session = world.client.session
    async with session.ws_connect(f"ws://{world.facade.address}{url}") as socket:
        for message in messages:
            await socket.send_str(message if isinstance(message, str) else orjson.dumps(message).decode())
            answers.append(orjson.loads((await socket.receive(timeout=240)).data))
    return answers


def test_answers_on_the_socket_are_json_and_pings_are_answered() -> None:
    async def story(world: MexcWorld) -> None:
        await world.client.fetch_time()
        ask = {"method": "SUBSCRIPTION", "params": [DEPTH]}
        private = {"method": "SUBSCRIPTION", "params": ["spot@private.orders.v3.api.pb"]}
        strange = {"method": "SUBSCRIPTION", "params": ["spot@public.aggre.depth.v3.api.pb@10ms@NOPE"]}
        leave = {"method": "UNSUBSCRIPTION", "params": [DEPTH]}
        pong, taken, closed, unknown, left, broken = await said(
            world, {"method": "ping"}, ask, private, strange, leave, "{no"
        )
        assert pong == {"id": 0, "code": 0, "msg": "PONG"}
        assert taken == left == {"id": 0, "code": 0, "msg": DEPTH}
        assert closed["msg"].startswith("Not Subscribed successfully! [spot@private.orders")
        assert unknown["msg"].startswith("Not Subscribed successfully!")
        assert broken["code"] != 0

    at_mexc(story)


def test_a_connection_carries_so_many_streams_and_no_more() -> None:
    async def story(world: MexcWorld) -> None:
        await world.client.fetch_time()
        others = [DEPTH.replace("10ms", "100ms"), DEPTH.replace("depth", "deals")]
        wanted = {"method": "SUBSCRIPTION", "params": [DEPTH, *others]}
        session = world.client.session
        async with session.ws_connect(f"ws://{world.facade.address}/ws") as socket:
            await socket.send_json(wanted)
            taken, refused = [(await socket.receive_json(timeout=240))["msg"] for _ in range(2)]
        assert taken == f"{DEPTH},{others[0]}"
        assert refused == f"Not Subscribed successfully! [{others[1]}].  Reason: Too many subscriptions! "

    at_mexc(story, FacadeConfig(sockets=SocketConfig(streams=2)))


def test_dead_listen_key_is_an_authentication_error() -> None:
    async def story(world: MexcWorld) -> None:
        world.client.options["listenKey"] = "0" * 64
        failed = await raised_by(world.client.watch_orders(SYMBOL))
        assert isinstance(failed, ccxt.AuthenticationError)

    at_mexc(story)


@pytest.mark.parametrize("kind", ["disconnect", "abort"])
def test_broken_stream_is_a_network_error(kind: str) -> None:
    async def story(world: MexcWorld) -> None:
        world.arm(kind=kind, where="*deals*")
        watching = asyncio.ensure_future(world.client.watch_trades(SYMBOL))
        await until(lambda: bool(world.facade.feeds._flows))
        await world.trade_at_random(100)
        assert isinstance(await raised_by(watching), ccxt.NetworkError)
        assert world.struck() == [kind]

    at_mexc(story)
