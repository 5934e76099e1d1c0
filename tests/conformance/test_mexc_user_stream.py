"""The private streams of the local MEXC venue as unmodified ccxt hears them, whole and spoiled.

ccxt calls every fill a taker's on this stream and an order that was cancelled in part closed; what
the venue said stands in ``info``.
"""

import asyncio
from typing import Any

import ccxt.async_support as ccxt

from tests.support.binance_venue import SYMBOL, awake, raised_by, until
from tests.support.mexc_venue import MexcWorld, at_mexc
from venue.engine.codes import Side

ORDERS = "spot@private.orders.v3.api.pb"
DEALS = "spot@private.deals.v3.api.pb"


async def subscribed(world: MexcWorld, *tasks: Any) -> list[asyncio.Task[Any]]:
    """Watchers that are surely subscribed."""
    before = len(world.facade.users)
    running = [asyncio.ensure_future(task) for task in tasks]
    await until(lambda: len(world.facade.users) >= min(3, before + len(tasks)))
    return running


def test_order_s_life_is_told() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        (first,) = await subscribed(world, client.watch_orders(SYMBOL))
        placed = await client.create_order(SYMBOL, "limit", "buy", 1, 140, {"clientOrderId": "us-1"})
        (heard,) = await first
        assert (heard["id"], heard["clientOrderId"], heard["status"]) == (placed["id"], "us-1", "open")
        assert (heard["price"], heard["amount"], heard["remaining"]) == (140, 1, 1)
        last = asyncio.ensure_future(client.watch_orders(SYMBOL))
        await client.cancel_order(placed["id"], SYMBOL)
        heard = (await last)[-1]
        assert (heard["clientOrderId"], heard["status"]) == ("us-1", "canceled")

    at_mexc(story)


def test_fills_in_parts_are_told_and_info_says_who_made_them() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        bid, ask = world.best()
        (trades, orders) = await subscribed(world, client.watch_my_trades(SYMBOL), client.watch_orders())
        price = bid + 0.01
        assert price < ask
        await client.create_order(SYMBOL, "limit", "buy", 1, price, {"postOnly": True})
        await orders
        more = asyncio.ensure_future(client.watch_orders())
        world.take(Side.SELL, 400)
        (fill,) = await trades
        assert (fill["side"], fill["amount"], fill["price"]) == ("buy", 0.4, price)
        assert (fill["takerOrMaker"], fill["info"]["isMaker"]) == ("taker", True)
        assert fill["fee"] == {"currency": "SOL", "cost": 0.0004}
        state = (await more)[-1]
        assert (state["status"], state["filled"], state["remaining"]) == ("open", 0.4, 0.6)
        more = asyncio.ensure_future(client.watch_orders())
        world.take(Side.SELL, 600)
        state = (await more)[-1]
        assert (state["status"], state["filled"], state["average"]) == ("closed", 1, price)
        known = await client.fetch_my_trades(SYMBOL)
        assert [trade["amount"] for trade in known] == [0.4, 0.6]
        assert known[0]["id"] == fill["id"]

    at_mexc(story)


def test_order_that_is_cancelled_in_part_says_so() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        _, ask = world.best()
        (orders,) = await subscribed(world, client.watch_orders(SYMBOL))
        await client.create_order(SYMBOL, "limit", "buy", 300, ask, {"timeInForce": "IOC"})
        await orders
        await until(lambda: client.orders[-1]["info"]["status"] == 5)
        state = client.orders[-1]
        assert (state["status"], state["info"]["status"]) == ("closed", 5)
        assert 0 < state["filled"] < 300

    at_mexc(story)


def test_balances_that_moved_are_told() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        (balance,) = await subscribed(world, client.watch_balance())
        await client.create_order(SYMBOL, "limit", "buy", 1, 140)
        heard = await balance
        assert heard["USDT"] == {"free": 99_860.0, "used": 140.0, "total": 100_000.0}
        assert heard["info"]["frozenAmountChange"] == "140"
        assert "SOL" not in heard
        more = asyncio.ensure_future(client.watch_balance())
        exchange = world.wire.exchange
        units = exchange.assets.units("BTC", exchange.rules[1].size(100_000))
        world.wire.tell(exchange.deposit(world.key.account, "BTC", units, ts=world.facade.desk.now()))
        heard = await more
        assert (heard["BTC"]["total"], heard["info"]["type"]) == (2.0, "DEPOSIT")

    at_mexc(story)


def test_event_may_come_before_the_reply() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        (heard,) = await subscribed(world, client.watch_orders())
        world.arm(kind="hold_after", where="order.place", seconds=1.5)
        reply = asyncio.ensure_future(client.create_order(SYMBOL, "limit", "buy", 1, 140))
        await heard
        assert not reply.done()
        assert (await reply)["id"] == (await heard)[-1]["id"]

    at_mexc(story)


def test_lost_event_is_lost_and_rest_still_knows() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        (heard,) = await subscribed(world, client.watch_my_trades(SYMBOL))
        world.arm(kind="drop", where=DEALS)
        await client.create_order(SYMBOL, "market", "buy", 0.1)
        await awake(0.1)
        assert not heard.done()
        assert len(await client.fetch_my_trades(SYMBOL)) == 1
        await client.create_order(SYMBOL, "market", "buy", 0.2)
        assert [trade["amount"] for trade in await heard] == [0.2]

    at_mexc(story)


def test_broken_stream_is_a_network_error_and_nothing_is_told_again() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        placed = await client.create_order(SYMBOL, "limit", "buy", 1, 140)
        (heard,) = await subscribed(world, client.watch_orders())
        for session in list(world.facade.sockets.open):
            session.close_soon(1001)
        assert isinstance(await raised_by(heard), ccxt.NetworkError)
        await client.cancel_order(placed["id"], SYMBOL)
        await until(lambda: len(world.facade.users) == 0)
        (again,) = await subscribed(world, client.watch_orders())
        await awake(0.1)
        assert not again.done()
        second = await client.create_order(SYMBOL, "limit", "buy", 1, 141)
        assert [order["id"] for order in await again] == [second["id"]]

    at_mexc(story)


def test_listen_keys_are_listed_extended_deleted_and_only_the_owner_s() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        key = (await client.spot_private_post_userdatastream())["listenKey"]
        assert (await client.spot_private_get_userdatastream())["listenKey"] == [key]
        assert (await client.spot_private_put_userdatastream({"listenKey": key}))["listenKey"] == key
        client.options["listenKey"] = key
        (heard,) = await subscribed(world, client.watch_orders())
        await client.spot_private_delete_userdatastream({"listenKey": key})
        assert isinstance(await raised_by(heard), ccxt.NetworkError)
        gone = await raised_by(client.spot_private_put_userdatastream({"listenKey": key}))
        assert isinstance(gone, ccxt.BadRequest)

    at_mexc(story)


def test_listen_key_is_over_after_an_hour_unless_it_is_extended() -> None:
    async def story(world: MexcWorld) -> None:
        client, desk = world.client, world.facade.desk
        key = (await client.spot_private_post_userdatastream())["listenKey"]
        client.options["listenKey"] = key
        (heard,) = await subscribed(world, client.watch_orders())
        desk.skew_ns = 3_601 * 10**9
        world.take(Side.SELL, 1)
        assert world.facade.users.account_of(key) is None
        await client.load_time_difference()
        await client.create_order(SYMBOL, "limit", "buy", 1, 140)
        await awake(0.1)
        assert not heard.done()
        heard.cancel()

    at_mexc(story)
