"""Unmodified ccxt places, finds and cancels every kind of order at the local MEXC venue.

ccxt's own shortcomings are kept as they are and named here, for Keeper has to work around them: the
answer to a new order has no status, and no code is an OrderNotFound.
"""

from typing import Any

import ccxt.async_support as ccxt
import pytest

from tests.support.binance_venue import MARKET, SYMBOL, raised_by
from tests.support.mexc_venue import MexcWorld, at_mexc
from venue.engine.codes import Side

PARTLY = "PARTIALLY_FILLED"


def named(client_id: str) -> dict[str, str]:
    """The parameter that means an order by its client order id."""
    return {"clientOrderId": client_id}


def test_resting_order_is_found_by_its_client_id_and_cancelled() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        placed = await client.create_order(SYMBOL, "limit", "buy", 1, 140, named("kp-1"))
        assert (placed["status"], placed["clientOrderId"], placed["filled"]) == (None, None, None)
        found = await client.fetch_order(None, SYMBOL, named("kp-1"))
        assert (found["id"], found["price"], found["amount"]) == (placed["id"], 140, 1)
        assert (found["status"], found["clientOrderId"], found["type"]) == ("open", "kp-1", "limit")
        assert [order["id"] for order in await client.fetch_open_orders(SYMBOL)] == [placed["id"]]
        balance = await client.fetch_balance()
        assert balance["USDT"] == {"free": 99_860.0, "used": 140.0, "total": 100_000.0}
        cancelled = await client.cancel_order(None, SYMBOL, named("kp-1"))
        assert (cancelled["id"], cancelled["status"]) == (placed["id"], "canceled")
        assert await client.fetch_open_orders(SYMBOL) == []
        assert (await client.fetch_order(placed["id"], SYMBOL))["status"] == "canceled"
        assert (await client.fetch_balance())["USDT"]["used"] == 0

    at_mexc(story)


def test_market_order_fills_and_its_trades_tell_fee_and_side() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        bid, ask = world.best()
        placed = await client.create_order(SYMBOL, "market", "buy", 0.1, None, named("kp-2"))
        order = await client.fetch_order(placed["id"], SYMBOL)
        assert (order["status"], order["filled"], order["average"]) == ("closed", 0.1, ask)
        assert (order["clientOrderId"], order["type"]) == ("kp-2", "market")
        await client.create_order(SYMBOL, "market", "sell", 0.2)
        assert len(await client.fetch_my_trades(SYMBOL)) == 2
        (trade,) = await client.fetch_my_trades(SYMBOL, None, None, {"orderId": placed["id"]})
        assert (trade["order"], trade["side"], trade["takerOrMaker"]) == (order["id"], "buy", "taker")
        assert trade["fee"] == {"currency": "SOL", "cost": 0.0001}
        balance = await client.fetch_balance()
        assert balance["SOL"]["total"] == pytest.approx(500 + 0.1 - 0.0001 - 0.2)
        assert balance["USDT"]["total"] == pytest.approx(100_000 - 0.1 * ask + 0.2 * bid * 0.999)

    at_mexc(story)


def test_market_order_by_cost_spends_no_more_than_it() -> None:
    async def story(world: MexcWorld) -> None:
        placed = await world.client.create_market_buy_order_with_cost(SYMBOL, 100)
        order = await world.client.fetch_order(placed["id"], SYMBOL)
        assert order["filled"] > 0
        assert 99 < order["cost"] <= 100

    at_mexc(story)


@pytest.mark.parametrize(
    ("params", "status", "kind"),
    [
        ({"timeInForce": "IOC"}, "canceled", "IMMEDIATE_OR_CANCEL"),
        ({"timeInForce": "FOK"}, "canceled", "FILL_OR_KILL"),
        ({"postOnly": True}, "open", "LIMIT_MAKER"),
        ({}, "open", "LIMIT"),
    ],
)
def test_type_decides_over_what_does_not_trade(params: dict[str, Any], status: str, kind: str) -> None:
    async def story(world: MexcWorld) -> None:
        bid, _ = world.best()
        placed = await world.client.create_order(SYMBOL, "limit", "buy", 1, bid - 1, params)
        order = await world.client.fetch_order(placed["id"], SYMBOL)
        assert (order["status"], order["filled"], order["info"]["type"]) == (status, 0, kind)

    at_mexc(story)


def test_ioc_takes_what_is_there_and_fok_only_the_whole() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        _, ask = world.best()
        there = world.wire.exchange.book(MARKET, 1).asks[0][1] / 1_000
        for tif, filled, status in (("FOK", 0, "CANCELED"), ("IOC", there, "PARTIALLY_CANCELED")):
            placed = await client.create_order(SYMBOL, "limit", "buy", there + 1, ask, {"timeInForce": tif})
            order = await client.fetch_order(placed["id"], SYMBOL)
            assert (order["status"], order["filled"]) == ("canceled", filled)
            assert order["info"]["status"] == status

    at_mexc(story)


def test_part_of_an_order_is_told_as_such() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        bid, _ = world.best()
        await client.create_order(SYMBOL, "limit", "buy", 1, bid + 0.01, {"postOnly": True} | named("part"))
        world.take(Side.SELL, 400)
        order = await client.fetch_order(None, SYMBOL, named("part"))
        assert (order["status"], order["filled"], order["info"]["status"]) == (
            "open",
            0.4,
            "PARTIALLY_FILLED",
        )
        (trade,) = await client.fetch_my_trades(SYMBOL)
        assert (trade["takerOrMaker"], trade["amount"]) == ("maker", 0.4)
        cancelled = await client.cancel_order(None, SYMBOL, named("part"))
        assert (cancelled["filled"], cancelled["info"]["status"]) == (0.4, "PARTIALLY_CANCELED")

    at_mexc(story)


def test_all_open_orders_of_a_symbol_go_at_once() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        for price in (140, 141, 142):
            await client.create_order(SYMBOL, "limit", "buy", 1, price)
        assert len(await client.cancel_all_orders(SYMBOL)) == 3
        assert await client.fetch_open_orders(SYMBOL) == []
        assert {order["status"] for order in await client.fetch_orders(SYMBOL)} == {"canceled"}
        assert await client.cancel_all_orders(SYMBOL) == []

    at_mexc(story)


def test_unknown_orders_have_codes_that_ccxt_does_not_take_for_not_found() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        asked = await raised_by(client.fetch_order(None, SYMBOL, named("never")))
        assert type(asked) is ccxt.ExchangeError
        assert '"code":-2013' in str(asked)
        for target in ({"id": "C02__77", "params": {}}, {"id": None, "params": named("never")}):
            refused = await raised_by(client.cancel_order(target["id"], SYMBOL, target["params"]))
            assert type(refused) is ccxt.BadRequest
            assert '"code":-2011,"msg":"Unknown order sent."' in str(refused)
        strange = await raised_by(client.fetch_order("77", SYMBOL))
        assert '"code":-2013' in str(strange)

    at_mexc(story)


def test_client_id_is_refused_while_its_order_is_open() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        first = await client.create_order(SYMBOL, "limit", "buy", 1, 140, named("again"))
        refused = await raised_by(client.create_order(SYMBOL, "limit", "buy", 1, 141, named("again")))
        assert '"code":603' in str(refused)
        await client.cancel_order(first["id"], SYMBOL)
        second = await client.create_order(SYMBOL, "limit", "buy", 1, 141, named("again"))
        assert (await client.fetch_order(None, SYMBOL, named("again")))["id"] == second["id"] != first["id"]

    at_mexc(story)


def test_accounts_own_trades_come_newest_first_and_a_hundred_at_most() -> None:
    async def story(world: MexcWorld) -> None:
        client = world.client
        for _ in range(105):
            world.flow.step()
            await client.create_order(SYMBOL, "market", "buy", 0.04)
        raw = await client.spot_private_get_mytrades({"symbol": MARKET, "limit": 1_000})
        numbers = [int(row["id"].removesuffix("X1")) for row in raw]
        assert len(raw) == 100
        assert numbers == sorted(numbers, reverse=True)
        assert len(await client.fetch_my_trades(SYMBOL, raw[0]["time"])) >= 1

    at_mexc(story)
