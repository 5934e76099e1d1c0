"""One world behind two protocols: the same books, the same orders, the same money."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from tests.support import binance_venue, mexc_venue
from tests.support.binance_venue import LIMIT_S, awake, until
from venue.scenario.build import Scenario
from venue.server import Server, ServerConfig, serving

SYMBOL = "ORB/USDT"


@dataclass(slots=True)
class Both:
    """A served world and a client of each protocol, of the same account."""

    server: Server
    binance: Any
    mexc: Any


def at_both(story: Callable[[Both], Coroutine[Any, Any, None]], coins: int = 1) -> None:
    """Run a story in a world that goes on, in bounded time."""
    scenario = Scenario(tier="T2", seed=7, seconds=3_600, thin_coins=coins)
    config = ServerConfig(scenario=scenario, api_key="key", secret="secret", warm_s=20.0)  # noqa: S106

    async def told() -> None:
        async with asyncio.timeout(LIMIT_S), serving(config) as server:
            key, done = server.key, asyncio.Event()
            binance = binance_venue.make_client(server.binance.address, key)
            mexc = mexc_venue.make_client(server.mexc.address, key)
            running = asyncio.create_task(server.run(done.is_set))
            try:
                await asyncio.gather(binance.load_markets(), mexc.load_markets())
                await story(Both(server, binance, mexc))
            finally:
                done.set()
                await running
                await asyncio.gather(binance.close(), mexc.close())

    asyncio.run(told())


def test_both_protocols_show_one_book_and_one_tape() -> None:
    async def story(both: Both) -> None:
        for _ in range(500):  # the world goes on between two requests
            one, other = await asyncio.gather(
                both.binance.fetch_order_book(SYMBOL, 500), both.mexc.fetch_order_book(SYMBOL, 500)
            )
            if one["nonce"] == other["nonce"]:
                break
        assert one["nonce"] == other["nonce"]
        assert (one["bids"], one["asks"]) == (other["bids"], other["asks"])
        assert len(one["bids"]) > 3
        trades = await both.mexc.fetch_trades(SYMBOL, None, 100)
        since = trades[0]["timestamp"]
        known = {
            (trade["timestamp"], trade["price"], trade["amount"], trade["side"])
            for trade in await both.binance.fetch_trades(SYMBOL, since, 1_000)
        }
        assert {(t["timestamp"], t["price"], t["amount"], t["side"]) for t in trades} <= known

    at_both(story)


def test_an_order_of_one_protocol_is_the_other_s_too() -> None:
    async def story(both: Both) -> None:
        heard = asyncio.ensure_future(both.binance.watch_orders(SYMBOL))
        spoken = asyncio.ensure_future(both.mexc.watch_my_trades(SYMBOL))
        await until(lambda: len(both.server.binance.users) > 0 and len(both.server.mexc.users) > 0)
        name = {"clientOrderId": "kp-both"}
        low = (await both.binance.fetch_ticker(SYMBOL))["bid"] * 0.9
        await both.mexc.create_order(SYMBOL, "limit", "buy", 100, low, name)
        assert (await heard)[-1]["clientOrderId"] == "kp-both"
        (waiting,) = await both.binance.fetch_open_orders(SYMBOL)
        assert waiting["clientOrderId"] == "kp-both"
        await both.binance.cancel_order(None, SYMBOL, {"origClientOrderId": "kp-both"})
        assert (await both.mexc.fetch_order(None, SYMBOL, name))["status"] == "canceled"
        bought = await both.binance.create_order(SYMBOL, "market", "buy", 100)
        assert bought["filled"] == 100
        assert (await spoken)[-1]["side"] == "buy"
        balances = await asyncio.gather(both.binance.fetch_balance(), both.mexc.fetch_balance())
        assert balances[0]["total"]["ORB"] == balances[1]["total"]["ORB"] > 99
        assert balances[0]["total"]["USDT"] == balances[1]["total"]["USDT"]

    at_both(story)


def test_a_stop_of_the_other_protocol_is_an_order_but_in_no_book() -> None:
    async def story(both: Both) -> None:
        watching = asyncio.ensure_future(both.mexc.watch_order_book(SYMBOL))
        await until(lambda: bool(both.server.mexc.sockets.open))
        await awake(0.1)
        await both.binance.create_order(SYMBOL, "market", "buy", 100)
        bid = (await both.binance.fetch_ticker(SYMBOL))["bid"]
        params = {"stopPrice": bid * 0.8, "clientOrderId": "kp-stop"}
        await both.binance.create_order(SYMBOL, "limit", "sell", 50, bid * 0.79, params)
        seen = await both.mexc.fetch_order(None, SYMBOL, {"clientOrderId": "kp-stop"})
        assert (seen["status"], seen["info"]["type"]) == ("open", "STOP_LIMIT")
        book = await both.mexc.fetch_order_book(SYMBOL, 5_000)
        assert seen["price"] not in [row[0] for row in book["asks"]]
        assert (await both.mexc.cancel_order(seen["id"], SYMBOL))["status"] == "canceled"
        watching.cancel()

    at_both(story)


def test_markets_whose_steps_are_no_powers_of_ten_are_not_listed_on_mexc() -> None:
    """FERN's tick is 0.000002 and DUSK's 0.0005: MEXC could only say how many decimals they have."""

    async def story(both: Both) -> None:
        told = both.server.described()
        missing = {"FERNUSDT", "DUSKUSDT"}
        assert set(told["symbols"]) - set(told["mexc_symbols"]) == missing  # type: ignore[call-overload]
        assert "FERN/USDT" in both.binance.markets
        assert "FERN/USDT" not in both.mexc.markets
        assert told["mexc"] == f"http://{both.server.mexc.address}"

    at_both(story, coins=5)
