"""The order gateway through unmodified ccxt: whatever happens to a request, one order and every fill."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.support.binance_venue import until
from tests.support.order_path import (
    FAST,
    HASTY,
    HELD_S,
    LATE_S,
    OrderPath,
    an_order,
    resting,
    selling,
    with_orders,
)
from tools.domain.market import UNITS
from tools.domain.trading import OrderStatus
from tools.execution.working import GatewayConfig
from venue.engine.codes import Side as VenueSide

UNKNOWN, OPEN = OrderStatus.UNKNOWN, OrderStatus.OPEN
FILLED, CANCELLED, REJECTED = OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED

BEFORE: list[dict[str, Any]] = [
    {"kind": "cut_before"},
    {"kind": "error_before", "status": 503},
    {"kind": "error_before", "status": 500, "body": '{"code":-1001,"msg":"Internal error."}'},
    {"kind": "error_before", "status": 504, "body": "timeout"},
    {"kind": "error_before", "status": 502, "body": "<html></html>"},
]
AFTER: list[dict[str, Any]] = [
    {"kind": "cut_after"},
    {"kind": "hold_after", "seconds": HELD_S},
    {"kind": "garbage"},
    {"kind": "error_after", "status": 503},
    {"kind": "error_after", "status": 500, "body": '{"code":-1006,"msg":"An unexpected response"}'},
    {"kind": "error_after", "status": 200, "body": "{}"},
]
LATE = [{"kind": "hold_before", "seconds": LATE_S}]


def names(faults: list[dict[str, Any]]) -> list[str]:
    return [f"{fault['kind']}-{fault.get('status', '')}" for fault in faults]


def patience(fault: dict[str, Any]) -> GatewayConfig:
    """Short where the fault is that somebody has to wait."""
    return HASTY if fault["kind"].startswith("hold") else FAST


@pytest.mark.parametrize("fault", AFTER + LATE, ids=names(AFTER + LATE))
def test_a_submit_whose_reply_is_lost_is_unknown_then_found_once(fault: dict[str, Any]) -> None:
    """INV-01, INV-02: silence is UNKNOWN; the order is found by its id and never sent again."""

    async def story(path: OrderPath) -> None:
        path.world.arm(where="order.place", **fault)
        path.gateway.place(an_order("kp1"))
        assert await path.over("kp1") is FILLED
        assert path.statuses("kp1")[0] is UNKNOWN
        assert path.filled("kp1") == UNITS
        assert len(path.at_venue()) == 1

    with_orders(story, config=patience(fault))


@pytest.mark.parametrize("fault", BEFORE, ids=names(BEFORE))
def test_a_submit_that_never_arrived_is_told_so_only_after_it_could_not_arrive(fault: dict[str, Any]) -> None:
    """INV-02: not-found counts once the receive window and the margin have passed."""

    async def story(path: OrderPath) -> None:
        path.world.arm(where="order.place", **fault)
        started = asyncio.get_running_loop().time()
        path.gateway.place(an_order("kp1"))
        assert await path.over("kp1") is REJECTED
        waited = asyncio.get_running_loop().time() - started
        assert waited >= FAST.recv_window_s + FAST.margin_s
        assert path.statuses("kp1") == [UNKNOWN, REJECTED]
        assert "never arrived" in path.reason("kp1")
        assert path.at_venue() == []

    with_orders(story)


def test_an_outage_is_never_taken_for_not_found() -> None:
    """INV-02: while the venue cannot answer the order stays UNKNOWN, however often it is asked."""

    async def story(path: OrderPath) -> None:
        path.world.arm(kind="cut_after", where="order.place")
        path.world.arm(kind="cut_before", where="order.status", count=-1)
        path.gateway.place(an_order("kp1"))
        await asyncio.sleep(3 * (FAST.recv_window_s + FAST.margin_s))
        assert path.statuses("kp1") == [UNKNOWN]
        assert path.gateway.is_unknown("SOLUSDT")
        path.world.facade.faults.clear()
        assert await path.over("kp1") is FILLED

    with_orders(story)


def test_unknown_blocks_entries_on_its_symbol_and_lets_exits_pass() -> None:
    """INV-02, INV-09."""

    async def story(path: OrderPath) -> None:
        path.world.arm(kind="cut_after", where="order.place")
        path.world.arm(kind="cut_before", where="order.status", count=-1)
        path.gateway.place(an_order("kp1"))
        await until(lambda: path.statuses("kp1") == [UNKNOWN])
        path.gateway.place(an_order("kp2"))
        assert await path.over("kp2") is REJECTED
        assert "nobody knows" in path.reason("kp2")
        path.world.facade.faults.clear()
        path.world.arm(kind="cut_before", where="order.status", count=-1)
        path.gateway.place(selling("kp3"))
        assert await path.over("kp3") is FILLED

    with_orders(story)


@pytest.mark.parametrize("fault", AFTER + LATE + BEFORE, ids=names(AFTER + LATE + BEFORE))
def test_a_cancel_that_is_lost_either_way_ends_the_order_once(fault: dict[str, Any]) -> None:
    """INV-02: cancel × every outcome: asked until the venue says that the order is over."""

    async def story(path: OrderPath) -> None:
        path.gateway.place(resting("kp1"))
        await until(lambda: path.statuses("kp1") == [OPEN])
        path.world.arm(where="order.cancel", **fault)
        path.gateway.cancel("kp1", 0)
        assert await path.over("kp1") is CANCELLED
        assert path.statuses("kp1") == [OPEN, CANCELLED]
        assert not path.at_venue()[0].is_open

    with_orders(story, config=patience(fault))


def test_a_fill_that_wins_against_the_cancel_is_kept() -> None:
    """INV-03: the cancel comes too late; the order is FILLED, with its fills."""

    async def story(path: OrderPath) -> None:
        bid, _ = path.world.best()
        path.gateway.place(resting("kp1", price=round((bid + 0.01) * 100) * UNITS // 100))
        await until(lambda: path.statuses("kp1") == [OPEN])
        path.world.arm(kind="hold_before", where="order.cancel", seconds=LATE_S)
        path.gateway.cancel("kp1", 0)
        await until(lambda: path.world.struck() == ["hold_before"])
        path.world.take(VenueSide.SELL, 1_000)
        assert await path.over("kp1") is FILLED
        assert path.filled("kp1") == UNITS

    with_orders(story)


@pytest.mark.parametrize("has_stream", [False, True])
def test_a_partial_fill_then_a_cancel_keeps_the_part(has_stream: bool) -> None:
    """INV-03: what was executed before the cancel is told before the order is over."""

    async def story(path: OrderPath) -> None:
        bid, _ = path.world.best()
        path.gateway.place(resting("kp1", price=round((bid + 0.01) * 100) * UNITS // 100))
        await until(lambda: path.statuses("kp1") == [OPEN])
        path.world.take(VenueSide.SELL, 300)
        await until(lambda: path.filled("kp1") == 3 * UNITS // 10)
        path.gateway.cancel("kp1", 0)
        assert await path.over("kp1") is CANCELLED
        assert path.updates[-1].filled == path.filled("kp1") == 3 * UNITS // 10
        assert path.fills[0].is_maker

    with_orders(story, config=replace(FAST, has_stream=has_stream))


def test_an_order_is_not_over_before_its_fills_add_up() -> None:
    """INV-03: the end waits for the executions, which may be late."""

    async def story(path: OrderPath) -> None:
        path.world.arm(kind="cut_before", where="myTrades", count=5)
        path.gateway.place(an_order("kp1"))
        assert await path.over("kp1") is FILLED
        assert path.filled("kp1") == UNITS
        assert path.world.struck() == ["cut_before"] * 5

    with_orders(story)


def test_fills_missed_by_a_dead_stream_are_found_by_asking() -> None:
    """INV-03, INV-05: frames of the user stream are lost while it looks alive."""

    async def story(path: OrderPath) -> None:
        path.world.arm(kind="drop", where="user", count=-1)
        bid, _ = path.world.best()
        path.gateway.place(resting("kp1", price=round((bid + 0.01) * 100) * UNITS // 100))
        await until(lambda: path.statuses("kp1") == [OPEN])
        path.world.take(VenueSide.SELL, 1_000)
        assert await path.over("kp1") is FILLED
        assert len({fill.trade_id for fill in path.fills}) == len(path.fills)

    with_orders(story, config=replace(FAST, has_stream=True))


def test_duplicated_stream_messages_count_once() -> None:
    """INV-03: (venue, trade id) is unique, however often it is told."""

    async def story(path: OrderPath) -> None:
        path.world.arm(kind="duplicate", where="user", count=-1)
        bid, _ = path.world.best()
        path.gateway.place(resting("kp1", price=round((bid + 0.01) * 100) * UNITS // 100))
        await until(lambda: path.statuses("kp1") == [OPEN])
        for _ in range(4):
            path.world.take(VenueSide.SELL, 250)
            await asyncio.sleep(0.02)
        assert await path.over("kp1") is FILLED
        assert path.filled("kp1") == UNITS

    with_orders(story, config=replace(FAST, has_stream=True))


def test_what_the_venue_refuses_is_refused_at_once() -> None:
    """INV-02: a typed answer of the venue is an end, with its reason: nothing is asked."""

    async def story(path: OrderPath) -> None:
        path.gateway.place(resting("kp1", price=160 * UNITS))
        assert await path.over("kp1") is REJECTED
        assert "immediately match" in path.reason("kp1")
        path.gateway.place(resting("kp2", size=10_000 * UNITS))
        assert await path.over("kp2") is REJECTED
        path.gateway.place(resting("kp3", size=UNITS // 1000))
        assert await path.over("kp3") is REJECTED
        assert UNKNOWN not in path.statuses("kp1") + path.statuses("kp2") + path.statuses("kp3")

    with_orders(story)


def test_a_duplicate_order_is_the_first_one_found_again() -> None:
    """INV-01: the venue has one order of an id, whoever sent it."""

    async def story(path: OrderPath) -> None:
        await path.world.client.create_order(
            "SOL/USDT", "limit", "buy", 1, 140, {"clientOrderId": "kp1", "postOnly": True}
        )
        path.gateway.place(resting("kp1"))
        await until(lambda: path.statuses("kp1") == [UNKNOWN, OPEN])
        assert len(path.at_venue()) == 1

    with_orders(story)


def test_a_clock_that_is_off_is_set_right_and_the_order_sent_once() -> None:
    """A time stamp that is refused took no effect: heal, and send under the same id."""

    async def story(path: OrderPath) -> None:
        path.world.facade.desk.skew_ns = 30 * 10**9
        path.gateway.place(an_order("kp1"))
        assert await path.over("kp1") is FILLED
        assert path.statuses("kp1") == [OPEN, FILLED]
        assert len(path.at_venue()) == 1

    with_orders(story)


def test_a_ban_pauses_everything_and_the_exit_goes_first() -> None:
    """INV-27: back-off on 418; the exit is sent before the entry that was there first."""

    async def story(path: OrderPath) -> None:
        limits, desk = path.world.facade.desk.limits, path.world.facade.desk
        limits.ban(desk.now_ms(), 1.0)
        path.gateway.place(resting("kp1"))
        await asyncio.sleep(0.05)
        path.gateway.place(selling("kp2"))
        assert await path.over("kp2") is FILLED
        await until(lambda: path.is_over("kp1") or OPEN in path.statuses("kp1"))
        assert path.statuses("kp1")[-1] in (REJECTED, OPEN)
        assert UNKNOWN not in path.statuses("kp1")

    with_orders(story)


def test_nothing_reaches_a_venue_that_cannot_be_dialled_and_entries_give_up() -> None:
    """No connection is no order: an entry that grew old is refused, never UNKNOWN."""

    async def story(path: OrderPath) -> None:
        await path.world.facade.stop()
        path.gateway.place(an_order("kp1"))
        assert await path.over("kp1") is REJECTED
        assert path.statuses("kp1") == [REJECTED]

    with_orders(story, config=replace(FAST, patience_s=1.0))


def test_an_order_cancelled_before_its_turn_is_never_sent() -> None:
    async def story(path: OrderPath) -> None:
        path.gateway.place(an_order("kp1"))
        path.gateway.cancel("kp1", 0)
        assert await path.over("kp1") is REJECTED
        assert path.at_venue() == []

    with_orders(story)


def test_a_fee_in_the_coin_is_booked_in_the_coin_and_valued() -> None:
    """INV-03: what is held is what was bought less the fee taken of it."""

    async def story(path: OrderPath) -> None:
        path.gateway.place(an_order("kp1"))
        assert await path.over("kp1") is FILLED
        held = sum(fill.held_change("SOL") for fill in path.fills)
        assert held == UNITS - UNITS // 1000
        assert {fill.fee_asset for fill in path.fills} == {"SOL"}
        for fill in path.fills:
            assert fill.fee_quote == fill.fee_amount * fill.price / UNITS
        totals = await path.wire.totals()
        assert totals["SOL"] * UNITS == 500 * UNITS + held

    with_orders(story)
