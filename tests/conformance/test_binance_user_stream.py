"""The user stream of the local Binance venue as unmodified ccxt hears it, whole and spoiled."""

import asyncio
from typing import Any

import ccxt.async_support as ccxt

from tests.support.binance_venue import SYMBOL, World, at_venue, awake, raised_by, until
from venue.engine.codes import Side

LATE_S = 1.5  # longer than a machine lets anybody wait


async def subscribed(world: World, *tasks: Any) -> list[asyncio.Task[Any]]:
    """Watchers that are surely subscribed."""
    running = [asyncio.ensure_future(task) for task in tasks]
    await until(lambda: len(world.facade.users) > 0)
    await awake(0.1)
    return running


def test_order_s_life_is_told() -> None:
    async def story(world: World) -> None:
        client = world.client
        (first,) = await subscribed(world, client.watch_orders(SYMBOL))
        placed = await client.create_order(SYMBOL, "limit", "buy", 1, 140, {"clientOrderId": "us-1"})
        (heard,) = await first
        assert (heard["id"], heard["clientOrderId"], heard["status"]) == (placed["id"], "us-1", "open")
        last = asyncio.ensure_future(client.watch_orders(SYMBOL))
        await client.cancel_order(placed["id"], SYMBOL)
        heard = (await last)[-1]
        assert (heard["clientOrderId"], heard["status"]) == ("us-1", "canceled")
        assert heard["info"]["C"] == "us-1" != heard["info"]["c"]

    at_venue(story)


def test_fills_in_parts_are_told_as_maker() -> None:
    async def story(world: World) -> None:
        client = world.client
        bid, ask = world.best()
        (trades, orders) = await subscribed(world, client.watch_my_trades(SYMBOL), client.watch_orders())
        price = bid + 0.01
        assert price < ask
        await client.create_order(SYMBOL, "limit", "buy", 1, price, {"postOnly": True})
        world.take(Side.SELL, 400)
        (fill,) = await trades
        assert (fill["side"], fill["takerOrMaker"], fill["amount"], fill["price"]) == (
            "buy",
            "maker",
            0.4,
            price,
        )
        assert fill["fee"] == {"currency": "SOL", "cost": 0.0004}
        await orders
        more = asyncio.ensure_future(client.watch_orders())
        world.take(Side.SELL, 600)
        state = (await more)[-1]
        assert (state["status"], state["filled"], state["average"]) == ("closed", 1, price)
        known = await client.fetch_my_trades(SYMBOL)
        assert [trade["amount"] for trade in known] == [0.4, 0.6]
        assert {trade["takerOrMaker"] for trade in known} == {"maker"}

    at_venue(story)


def test_balances_that_moved_are_told() -> None:
    async def story(world: World) -> None:
        client = world.client
        (balance,) = await subscribed(world, client.watch_balance())
        await client.create_order(SYMBOL, "limit", "buy", 1, 140)
        heard = await balance
        assert heard["USDT"] == {"free": 99_860.0, "used": 140.0, "total": 100_000.0}
        assert "BTC" not in heard
        more = asyncio.ensure_future(client.watch_balance())
        exchange = world.wire.exchange
        units = exchange.assets.units("BTC", exchange.rules[1].size(100_000))
        world.wire.tell(exchange.deposit(world.key.account, "BTC", units, ts=world.facade.desk.now()))
        await more
        await until(lambda: client.balance["spot"].get("BTC", {}).get("total") == 2.0)

    at_venue(story)


def test_event_may_come_before_the_reply_or_after_it() -> None:
    async def story(world: World) -> None:
        client = world.client
        (heard,) = await subscribed(world, client.watch_orders())
        world.arm(kind="hold_after", where="order.place", seconds=LATE_S)
        reply = asyncio.ensure_future(client.create_order(SYMBOL, "limit", "buy", 1, 140))
        await heard
        assert not reply.done()
        first = await reply
        late = asyncio.ensure_future(client.watch_orders())
        world.arm(kind="delay", where="user", seconds=LATE_S)
        second = await client.create_order(SYMBOL, "limit", "buy", 1, 141)
        assert not late.done()
        assert (await late)[-1]["id"] == second["id"] != first["id"]

    at_venue(story)


def test_lost_event_is_lost_and_rest_still_knows() -> None:
    async def story(world: World) -> None:
        client = world.client
        (heard,) = await subscribed(world, client.watch_my_trades(SYMBOL))
        world.arm(kind="drop", where="user", count=3)
        await client.create_order(SYMBOL, "market", "buy", 0.1)
        await awake(0.1)
        assert not heard.done()
        assert len(await client.fetch_my_trades(SYMBOL)) == 1
        await client.create_order(SYMBOL, "market", "buy", 0.2)
        assert [trade["amount"] for trade in await heard] == [0.2]

    at_venue(story)


def test_broken_stream_is_a_network_error_and_nothing_is_told_again() -> None:
    async def story(world: World) -> None:
        client = world.client
        placed = await client.create_order(SYMBOL, "limit", "buy", 1, 140)
        (heard,) = await subscribed(world, client.watch_orders())
        for session in list(world.facade.sockets.open):
            session.close_soon(1001)
        assert isinstance(await raised_by(heard), ccxt.NetworkError)
        await client.cancel_order(placed["id"], SYMBOL)
        (again,) = await subscribed(world, client.watch_orders())
        await awake(0.2)
        assert not again.done()
        second = await client.create_order(SYMBOL, "limit", "buy", 1, 141)
        assert [order["id"] for order in await again] == [second["id"]]

    at_venue(story)


def test_terminated_stream_says_so() -> None:
    async def story(world: World) -> None:
        (heard,) = await subscribed(world, world.client.watch_balance())
        world.facade.users.terminate(world.key.account)
        await until(lambda: len(world.facade.users) == 0)
        await awake(0.1)
        assert "spot" not in next(iter(world.client.clients.values())).subscriptions
        heard.cancel()

    at_venue(story)


def test_frozen_socket_stays_open_and_silent() -> None:
    async def story(world: World) -> None:
        client = world.client
        (heard,) = await subscribed(world, client.watch_orders())
        world.arm(kind="freeze", where="user")
        await client.create_order(SYMBOL, "limit", "buy", 1, 140)
        await client.create_order(SYMBOL, "limit", "buy", 1, 141)
        await awake(0.2)
        assert not heard.done()
        assert all(not session.socket.closed for session in world.facade.sockets.open)
        heard.cancel()

    at_venue(story)
