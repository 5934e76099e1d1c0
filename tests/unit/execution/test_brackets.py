"""Brackets through unmodified ccxt: a target and a protective stop at the venue, told as one order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.binance_venue import until
from tests.support.order_path import FAST, HASTY, HELD_S, OrderPath, an_order, selling, with_orders
from tools.domain.market import UNITS, Side
from tools.domain.trading import Intent, OrderStatus
from tools.execution.naming import stop_name
from venue.engine.codes import Side as VenueSide

CENT = UNITS // 100
LOT = UNITS // 1000
SELL_INTO = 10**6  # lots; far more than anybody bids for


async def bought(path: OrderPath, lots: int = 1_000) -> int:
    """Buy, and return the price of the last trade, cents."""
    path.gateway.place(an_order("kp0", size=lots * LOT))
    await path.over("kp0")
    return path.fills[-1].price // CENT


def bracket(order: str, last: int, lots: int = 1_000, **changes: Any) -> Intent:
    """A bracket three ticks around the last price, cents."""
    usual = {
        "leg": "bracket",
        "price": (last + 3) * CENT,
        "size": lots * LOT,
        "is_post_only": True,
        "stop_price": (last - 3) * CENT,
        "stop_limit": (last - 60) * CENT,
    }
    return selling(order, **(usual | changes))


def at_venue(path: OrderPath, intent: Intent) -> tuple[Any, Any]:
    """Both orders of a bracket as the venue has them."""
    exchange = path.world.wire.exchange
    by_name = {exchange.client_word(order.client): order for order in path.at_venue()}
    return by_name[intent.client_order_id], by_name[stop_name(intent)]


def test_a_bracket_is_a_target_and_a_stop_of_one_list_at_the_venue() -> None:
    async def story(path: OrderPath) -> None:
        intent = bracket("kp1", await bought(path))
        path.gateway.place(intent)
        await until(lambda: OrderStatus.OPEN in path.statuses("kp1"))
        target, stop = at_venue(path, intent)
        assert target.is_open
        assert stop.is_open
        assert target.list_id == stop.list_id != 0

    with_orders(story)


def test_a_target_that_trades_ends_the_bracket_as_filled() -> None:
    async def story(path: OrderPath) -> None:
        intent = bracket("kp1", await bought(path))
        path.gateway.place(intent)
        await until(lambda: OrderStatus.OPEN in path.statuses("kp1"))
        path.world.take(VenueSide.BUY, SELL_INTO)
        assert await path.over("kp1") is OrderStatus.FILLED
        assert path.filled("kp1") == UNITS
        assert not at_venue(path, intent)[1].is_open

    with_orders(story)


def test_the_stop_acts_at_the_venue_and_its_fills_are_the_brackets() -> None:
    """INV-04: what protects a position needs nobody of ours to be alive."""

    async def story(path: OrderPath) -> None:
        intent = bracket("kp1", await bought(path))
        path.gateway.place(intent)
        await until(lambda: OrderStatus.OPEN in path.statuses("kp1"))
        exchange = path.world.wire.exchange
        while at_venue(path, intent)[0].is_open:
            path.world.take(VenueSide.SELL, int(exchange.book("SOLUSDT", 1).bids[0][1]) + 1)
        assert await path.over("kp1") is OrderStatus.FILLED
        sold = [fill for fill in path.fills if fill.side is Side.SELL]
        assert sum(fill.size for fill in sold) == UNITS
        assert all(fill.price < (intent.price or 0) for fill in sold)

    with_orders(story)


@pytest.mark.parametrize("kind", ["cut_after", "garbage", "hold_after"])
def test_a_bracket_whose_reply_is_lost_is_found_by_both_names(kind: str) -> None:
    """INV-01, INV-02: one list, however its reply got lost."""

    async def story(path: OrderPath) -> None:
        last = await bought(path)
        path.world.arm(where="*oco*", kind=kind, seconds=HELD_S)
        intent = bracket("kp1", last)
        path.gateway.place(intent)
        await until(lambda: OrderStatus.OPEN in path.statuses("kp1"))
        assert path.statuses("kp1")[0] is OrderStatus.UNKNOWN
        assert len([order for order in path.at_venue() if order.list_id]) == 2

    with_orders(story, config=HASTY if kind == "hold_after" else FAST)


def test_a_bracket_that_never_arrived_is_told_so() -> None:
    async def story(path: OrderPath) -> None:
        last = await bought(path)
        path.world.arm(where="*oco*", kind="cut_before")
        path.gateway.place(bracket("kp1", last))
        assert await path.over("kp1") is OrderStatus.REJECTED
        assert "never arrived" in path.reason("kp1")

    with_orders(story)


def test_a_cancel_ends_both_orders_of_a_bracket() -> None:
    async def story(path: OrderPath) -> None:
        intent = bracket("kp1", await bought(path))
        path.gateway.place(intent)
        await until(lambda: OrderStatus.OPEN in path.statuses("kp1"))
        path.gateway.cancel("kp1", 0)
        assert await path.over("kp1") is OrderStatus.CANCELLED
        assert not any(order.is_open for order in at_venue(path, intent))

    with_orders(story)


def test_a_partly_traded_target_keeps_its_part_when_it_is_withdrawn() -> None:
    """INV-03: the venue ends the stop when the target trades; the part is counted once."""

    async def story(path: OrderPath) -> None:
        intent = bracket("kp1", await bought(path))
        path.gateway.place(intent)
        await until(lambda: OrderStatus.OPEN in path.statuses("kp1"))
        book = path.world.wire.exchange.book("SOLUSDT", 50)
        ahead = sum(size for price, size in book.asks if price < (intent.price or 0) // CENT)
        at_target = sum(size for price, size in book.asks if price == (intent.price or 0) // CENT) - 1_000
        path.world.take(VenueSide.BUY, int(ahead + at_target + 400))
        await until(lambda: path.filled("kp1") == 400 * LOT)
        path.gateway.cancel("kp1", 0)
        assert await path.over("kp1") is OrderStatus.CANCELLED
        assert path.filled("kp1") == 400 * LOT
        assert not any(order.is_open for order in at_venue(path, intent))

    with_orders(story)


def test_a_bracket_around_the_wrong_price_is_refused() -> None:
    async def story(path: OrderPath) -> None:
        last = await bought(path)
        path.gateway.place(bracket("kp1", last, stop_price=(last + 1) * CENT))
        assert await path.over("kp1") is OrderStatus.REJECTED
        assert "relationship of the prices" in path.reason("kp1")

    with_orders(story)
