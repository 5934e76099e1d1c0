"""Unmodified ccxt places, finds and cancels every kind of order at the local Binance venue."""

from typing import Any

import ccxt.async_support as ccxt
import pytest

from tests.support.binance_venue import MARKET, SYMBOL, World, at_venue, raised_by


def test_resting_order_is_found_by_its_client_id_and_cancelled() -> None:
    async def story(world: World) -> None:
        client = world.client
        placed = await client.create_order(SYMBOL, "limit", "buy", 1, 140, {"clientOrderId": "kp-1"})
        assert (placed["status"], placed["clientOrderId"], placed["filled"]) == ("open", "kp-1", 0)
        found = await client.fetch_order(None, SYMBOL, {"origClientOrderId": "kp-1"})
        assert (found["id"], found["price"], found["amount"]) == (placed["id"], 140, 1)
        assert [order["id"] for order in await client.fetch_open_orders(SYMBOL)] == [placed["id"]]
        balance = await client.fetch_balance()
        assert balance["USDT"] == {"free": 99_860.0, "used": 140.0, "total": 100_000.0}
        cancelled = await client.cancel_order(None, SYMBOL, {"origClientOrderId": "kp-1"})
        assert (cancelled["id"], cancelled["status"]) == (placed["id"], "canceled")
        assert await client.fetch_open_orders(SYMBOL) == []
        assert (await client.fetch_order(placed["id"], SYMBOL))["status"] == "canceled"
        assert (await client.fetch_balance())["USDT"]["used"] == 0

    at_venue(story)


def test_market_order_fills_and_its_trades_tell_fee_and_side() -> None:
    async def story(world: World) -> None:
        client = world.client
        _, ask = world.best()
        params = {"newClientOrderId": "kp-2"}
        order = await client.create_order(SYMBOL, "market", "buy", 0.1, None, params)
        assert (order["status"], order["filled"], order["average"]) == ("closed", 0.1, ask)
        (trade,) = await client.fetch_my_trades(SYMBOL)
        assert (trade["order"], trade["side"], trade["takerOrMaker"]) == (order["id"], "buy", "taker")
        assert trade["fee"] == {"currency": "SOL", "cost": 0.0001}
        balance = await client.fetch_balance()
        assert balance["SOL"]["total"] == pytest.approx(500 + 0.1 - 0.0001)
        assert balance["USDT"]["total"] == pytest.approx(100_000 - 0.1 * ask)

    at_venue(story)


def test_market_order_by_cost_spends_no_more_than_it() -> None:
    async def story(world: World) -> None:
        order = await world.client.create_market_buy_order_with_cost(SYMBOL, 100)
        assert order["status"] == "closed"
        assert 99 < order["cost"] <= 100

    at_venue(story)


@pytest.mark.parametrize(
    ("kind", "params", "status"),
    [
        ("limit", {"timeInForce": "IOC"}, "expired"),
        ("limit", {"timeInForce": "FOK"}, "expired"),
        ("limit", {"postOnly": True}, "open"),
    ],
)
def test_time_in_force_decides_over_what_does_not_trade(
    kind: str, params: dict[str, Any], status: str
) -> None:
    async def story(world: World) -> None:
        bid, _ = world.best()
        order = await world.client.create_order(SYMBOL, kind, "buy", 1, bid - 1, params)
        assert (order["status"], order["filled"]) == (status, 0)

    at_venue(story)


def test_ioc_takes_what_is_there_and_fok_only_the_whole() -> None:
    async def story(world: World) -> None:
        client = world.client
        _, ask = world.best()
        there = world.wire.exchange.book(MARKET, 1).asks[0][1] / 1_000
        fok = await client.create_order(SYMBOL, "limit", "buy", there + 1, ask, {"timeInForce": "FOK"})
        assert (fok["status"], fok["filled"]) == ("expired", 0)
        ioc = await client.create_order(SYMBOL, "limit", "buy", there + 1, ask, {"timeInForce": "IOC"})
        assert (ioc["status"], ioc["filled"]) == ("expired", there)

    at_venue(story)


def test_stop_waits_and_an_order_list_ends_together() -> None:
    async def story(world: World) -> None:
        client = world.client
        bid, _ = world.best()
        stop = await client.create_order(SYMBOL, "limit", "sell", 1, bid - 2, {"stopPrice": bid - 1})
        assert (stop["type"], stop["status"], stop["triggerPrice"]) == ("limit", "open", bid - 1)
        legs = await client.private_post_orderlist_oco(
            {
                "symbol": MARKET,
                "side": "SELL",
                "quantity": "0.5",
                "aboveType": "LIMIT_MAKER",
                "abovePrice": f"{bid + 5:.2f}",
                "belowType": "STOP_LOSS_LIMIT",
                "belowStopPrice": f"{bid - 1:.2f}",
                "belowPrice": f"{bid - 2:.2f}",
                "belowTimeInForce": "GTC",
            }
        )
        ids = [str(leg["orderId"]) for leg in legs["orders"]]
        assert len(ids) == 2
        await client.cancel_order(ids[0], SYMBOL)
        states = [(await client.fetch_order(one, SYMBOL))["status"] for one in ids]
        assert states == ["canceled", "canceled"]

    at_venue(story)


def test_edit_replaces_and_orders_stay_known() -> None:
    async def story(world: World) -> None:
        client = world.client
        first = await client.create_order(SYMBOL, "limit", "buy", 1, 140, {"clientOrderId": "kp-a"})
        second = await client.edit_order(
            first["id"], SYMBOL, "limit", "buy", 2, 141, {"clientOrderId": "kp-b"}
        )
        assert second["id"] != first["id"]
        known = {order["clientOrderId"]: order for order in await client.fetch_orders(SYMBOL)}
        assert known["kp-a"]["status"] == "canceled"
        assert (known["kp-b"]["status"], known["kp-b"]["amount"]) == ("open", 2)
        gone = await raised_by(client.edit_order(first["id"], SYMBOL, "limit", "buy", 2, 142))
        assert type(gone) is ccxt.BadResponse  # the class of -2022, at the live venue, too
        assert len(await client.fetch_open_orders(SYMBOL)) == 1
        assert len(await client.cancel_all_orders(SYMBOL)) == 1
        assert isinstance(await raised_by(client.cancel_all_orders(SYMBOL)), ccxt.OrderNotFound)

    at_venue(story)


def test_client_id_is_free_again_once_its_order_is_over() -> None:
    async def story(world: World) -> None:
        client = world.client
        first = await client.create_order(SYMBOL, "limit", "buy", 1, 140, {"clientOrderId": "again"})
        refused = await raised_by(
            client.create_order(SYMBOL, "limit", "buy", 1, 141, {"clientOrderId": "again"})
        )
        assert type(refused) is ccxt.InvalidOrder
        assert "Duplicate order sent." in str(refused)
        await client.cancel_order(first["id"], SYMBOL)
        second = await client.create_order(SYMBOL, "limit", "buy", 1, 141, {"clientOrderId": "again"})
        found = await client.fetch_order(None, SYMBOL, {"origClientOrderId": "again"})
        assert found["id"] == second["id"] != first["id"]

    at_venue(story)


def test_orders_over_the_socket_are_the_same_orders() -> None:
    async def story(world: World) -> None:
        client = world.client
        placed = await client.create_order_ws(SYMBOL, "limit", "buy", 1, 140, {"clientOrderId": "ws-1"})
        assert placed["status"] == "open"
        found = await client.fetch_order_ws(placed["id"], SYMBOL)
        assert found["clientOrderId"] == "ws-1"
        assert [one["id"] for one in await client.fetch_open_orders_ws(SYMBOL)] == [placed["id"]]
        edited = await client.edit_order_ws(placed["id"], SYMBOL, "limit", "buy", 2, 141)
        balances = (await client.fetch_balance_ws())["info"]["balances"]  # ccxt parses none of spot
        assert [row["locked"] for row in balances if row["asset"] == "USDT"] == ["282.00000000"]
        cancelled = await client.cancel_order_ws(edited["id"], SYMBOL)
        assert cancelled["status"] == "canceled"
        await client.create_order_ws(SYMBOL, "market", "sell", 0.2)
        assert (await client.fetch_my_trades_ws(SYMBOL))[0]["amount"] == 0.2
        await client.create_order_ws(SYMBOL, "limit", "buy", 1, 140)
        assert len(await client.cancel_all_orders_ws(SYMBOL)) == 1
        gone = await raised_by(client.cancel_order_ws(placed["id"], SYMBOL))
        assert isinstance(gone, ccxt.OrderNotFound)

    at_venue(story)
