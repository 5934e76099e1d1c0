"""The order gateway on MEXC through unmodified ccxt: vaguer answers, the same certainty.

A new order's answer says nothing of it, no code is an OrderNotFound, fills have no maker flag in
ccxt's structure, own trades come a hundred at a time, and there are no brackets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from tests.support import mexc_venue
from tests.support.binance_venue import LIMIT_S, MARKET, until
from tests.support.order_path import (
    FAST,
    HASTY,
    HELD_S,
    LATE_S,
    OrderPath,
    an_order,
    order_path,
    resting,
    selling,
    with_orders,
)
from tools.domain.clock import SystemClock
from tools.domain.errors import BadUsage
from tools.domain.market import UNITS, Instrument
from tools.domain.trading import OrderStatus
from tools.execution.client import AccountKey, connect, open_account
from tools.execution.gateway import OrderGateway
from tools.execution.wire import Unreadable
from tools.execution.working import GatewayConfig
from venue.engine.codes import Side as VenueSide

UNKNOWN, OPEN = OrderStatus.UNKNOWN, OrderStatus.OPEN
FILLED, CANCELLED, REJECTED = OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED

BEFORE: list[dict[str, Any]] = [
    {"kind": "cut_before"},
    {"kind": "error_before", "status": 503, "body": '{"code":503,"msg":"service not available"}'},
    {"kind": "error_before", "status": 500, "body": '{"code":500,"msg":"Internal error"}'},
    {"kind": "error_before", "status": 400, "body": '{"code":4711,"msg":"nobody knows this code"}'},
    {"kind": "error_before", "status": 502, "body": "<html></html>"},
]
AFTER: list[dict[str, Any]] = [
    {"kind": "cut_after"},
    {"kind": "hold_after", "seconds": HELD_S},
    {"kind": "hold_before", "seconds": LATE_S},
    {"kind": "garbage"},
    {"kind": "error_after", "status": 504, "body": '{"code":504,"msg":"Gateway Time-out"}'},
    {"kind": "error_after", "status": 500, "body": '{"code":20002,"msg":"Internal system error"}'},
    {"kind": "error_after", "status": 200, "body": "{}"},
]


def on_mexc(
    story: Callable[[OrderPath], Coroutine[Any, Any, None]], usual: GatewayConfig = FAST, **config: Any
) -> None:
    """Run a story with a gateway at a fresh MEXC venue."""
    with_orders(story, config=replace(usual, **config), venue="mexc")


def names(faults: list[dict[str, Any]]) -> list[str]:
    return [f"{fault['kind']}-{fault.get('body', '')[:12]}" for fault in faults]


def test_an_order_is_placed_filled_and_counted_with_its_fee() -> None:
    async def story(path: OrderPath) -> None:
        path.gateway.place(an_order("kp1"))
        assert await path.over("kp1") is FILLED
        assert path.statuses("kp1") == [OPEN, FILLED]
        assert path.filled("kp1") == UNITS
        assert {fill.fee_asset for fill in path.fills} == {"SOL"}
        assert not any(fill.is_maker for fill in path.fills)
        held = sum(fill.held_change("SOL") for fill in path.fills)
        assert (await path.wire.totals())["SOL"] * UNITS == 500 * UNITS + held
        path.gateway.place(selling("kp2"))
        assert await path.over("kp2") is FILLED

    on_mexc(story)


@pytest.mark.parametrize("fault", AFTER, ids=names(AFTER))
def test_a_submit_whose_reply_is_lost_is_unknown_then_found_once(fault: dict[str, Any]) -> None:
    """INV-01, INV-02: silence is UNKNOWN; the order is found by its client id and never sent again."""

    async def story(path: OrderPath) -> None:
        path.world.arm(where="order.place", **fault)
        path.gateway.place(an_order("kp1"))
        assert await path.over("kp1") is FILLED
        assert path.statuses("kp1")[0] is UNKNOWN
        assert path.filled("kp1") == UNITS
        assert len(path.at_venue()) == 1

    on_mexc(story, HASTY if fault["kind"].startswith("hold") else FAST)


@pytest.mark.parametrize("fault", BEFORE, ids=names(BEFORE))
def test_a_submit_that_never_arrived_is_told_so_only_after_it_could_not_arrive(fault: dict[str, Any]) -> None:
    """INV-02: -2013 is MEXC's not-found, and counts once window and margin have passed."""

    async def story(path: OrderPath) -> None:
        loop = asyncio.get_running_loop()
        path.world.arm(where="order.place", **fault)
        begun = loop.time()
        path.gateway.place(an_order("kp1"))
        assert await path.over("kp1") is REJECTED
        assert loop.time() - begun >= FAST.recv_window_s + FAST.margin_s
        assert path.statuses("kp1") == [UNKNOWN, REJECTED]
        assert path.reason("kp1") == "never arrived at the venue"
        assert path.at_venue() == []

    on_mexc(story)


def test_an_outage_is_never_taken_for_not_found() -> None:
    async def story(path: OrderPath) -> None:
        path.world.arm(kind="cut_after", where="order.place")
        path.world.arm(kind="error_before", where="order.status", count=8, status=500, body='{"code":500}')
        path.gateway.place(resting("kp1"))
        await until(lambda: path.world.struck().count("error_before") == 8)
        assert path.statuses("kp1") == [UNKNOWN]
        await until(lambda: path.statuses("kp1") == [UNKNOWN, OPEN])

    on_mexc(story)


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "garbage"])
def test_a_cancel_that_is_lost_either_way_ends_the_order_once(kind: str) -> None:
    async def story(path: OrderPath) -> None:
        path.gateway.place(resting("kp1"))
        await until(lambda: path.statuses("kp1") == [OPEN])
        path.world.arm(kind=kind, where="order.cancel")
        path.gateway.cancel("kp1", 0)
        assert await path.over("kp1") is CANCELLED
        assert path.statuses("kp1") == [OPEN, CANCELLED]

    on_mexc(story)


def test_a_fill_that_wins_against_the_cancel_is_kept() -> None:
    """MEXC answers -2011 to the late cancel; the order is asked for, and its fill stands."""

    async def story(path: OrderPath) -> None:
        bid, _ = path.world.best()
        price = round(bid * 100 + 1) * UNITS // 100
        path.gateway.place(resting("kp1", price=price))
        await until(lambda: path.statuses("kp1") == [OPEN])
        path.world.take(VenueSide.SELL, 1_000)
        path.gateway.cancel("kp1", 0)
        assert await path.over("kp1") is FILLED
        assert path.filled("kp1") == UNITS
        assert all(fill.is_maker for fill in path.fills)

    on_mexc(story)


@pytest.mark.parametrize("has_stream", [False, True], ids=["polled", "stream"])
def test_a_partial_fill_then_a_cancel_keeps_the_part(has_stream: bool) -> None:
    """The stream's maker flag is the venue's, although ccxt calls every fill a taker's."""

    async def story(path: OrderPath) -> None:
        if has_stream:
            await until(lambda: len(path.world.facade.users) > 0)
        bid, _ = path.world.best()
        path.gateway.place(resting("kp1", price=round(bid * 100 + 1) * UNITS // 100))
        await until(lambda: path.statuses("kp1") == [OPEN])
        path.world.take(VenueSide.SELL, 400)
        await until(lambda: path.filled("kp1") == 4 * UNITS // 10)
        path.gateway.cancel("kp1", 0)
        assert await path.over("kp1") is CANCELLED
        assert path.filled("kp1") == 4 * UNITS // 10
        assert [fill.is_maker for fill in path.fills] == [True]

    on_mexc(story, has_stream=has_stream)


def test_a_fill_told_twice_and_found_by_asking_counts_once() -> None:
    async def story(path: OrderPath) -> None:
        await until(lambda: len(path.world.facade.users) > 0)
        path.world.arm(kind="duplicate", where="*private.deals*", count=-1)
        path.gateway.place(an_order("kp1"))
        assert await path.over("kp1") is FILLED
        assert path.filled("kp1") == UNITS
        path.world.facade.faults.clear()
        path.world.arm(kind="drop", where="*private.deals*", count=-1)
        path.gateway.place(an_order("kp2"))
        assert await path.over("kp2") is FILLED
        assert path.filled("kp2") == UNITS
        assert len({fill.trade_id for fill in path.fills}) == len(path.fills)

    on_mexc(story, has_stream=True)


def test_more_executions_than_an_answer_holds_are_all_counted() -> None:
    """A hundred a page: older ones are asked for by time."""

    async def story(path: OrderPath) -> None:
        bid, ask = path.world.best()
        price = round(bid * 100 + 1) * UNITS // 100
        assert price < round(ask * 100) * UNITS // 100
        path.gateway.place(resting("kp1", price=price, size=10 * UNITS))
        await until(lambda: path.statuses("kp1") == [OPEN])
        path.world.arm(kind="error_before", where="myTrades", count=-1, body="down")
        for _ in range(250):
            path.world.take(VenueSide.SELL, 40)
            await asyncio.sleep(0.001)
        path.world.facade.faults.clear()
        assert await path.over("kp1") is FILLED
        assert path.filled("kp1") == 10 * UNITS
        assert len(path.fills) == 250

    on_mexc(story)


def test_what_the_venue_refuses_is_refused_at_once() -> None:
    """INV-02: a code of a known class is the venue's own word."""

    async def story(path: OrderPath) -> None:
        path.gateway.place(resting("kp1", price=160 * UNITS))
        assert await path.over("kp1") is REJECTED
        path.gateway.place(resting("kp2", size=10_000 * UNITS))
        assert await path.over("kp2") is REJECTED
        assert "Insufficient position" in path.reason("kp2")
        path.gateway.place(resting("kp3", size=UNITS // 1000))
        assert await path.over("kp3") is REJECTED
        assert UNKNOWN not in path.statuses("kp1") + path.statuses("kp2") + path.statuses("kp3")

    on_mexc(story)


def test_a_duplicate_order_is_the_first_one_found_again() -> None:
    async def story(path: OrderPath) -> None:
        params = {"clientOrderId": "kp1", "postOnly": True}
        await path.world.client.create_order("SOL/USDT", "limit", "buy", 1, 140, params)
        path.gateway.place(resting("kp1"))
        await until(lambda: path.statuses("kp1") == [UNKNOWN, OPEN])
        assert len(path.at_venue()) == 1

    on_mexc(story)


def test_a_clock_that_is_off_is_set_right_and_the_order_sent_once() -> None:
    async def story(path: OrderPath) -> None:
        path.world.facade.desk.skew_ns = 30 * 10**9
        path.gateway.place(an_order("kp1"))
        assert await path.over("kp1") is FILLED
        assert path.statuses("kp1") == [OPEN, FILLED]
        assert len(path.at_venue()) == 1

    on_mexc(story)


def test_too_many_requests_are_waited_for() -> None:
    async def story(path: OrderPath) -> None:
        desk = path.world.facade.desk
        desk.limits.ban(desk.now_ms(), 0.5, 429)
        path.gateway.place(selling("kp1"))
        assert await path.over("kp1") is FILLED
        assert path.statuses("kp1") == [OPEN, FILLED]
        assert len(path.at_venue()) == 1

    on_mexc(story)


def test_an_unknown_order_is_resumed_by_its_client_id() -> None:
    """A process died after sending: the next one finds the order, withdraws it, and imports its part."""

    async def told() -> None:
        async with asyncio.timeout(LIMIT_S), mexc_venue.world() as at, order_path(at) as path:
            bid, _ = at.best()
            intent = resting("kp1", price=round(bid * 100 + 1) * UNITS // 100)
            path.gateway.place(intent)
            await until(lambda: path.statuses("kp1") == [OPEN])
            await path.gateway.close()
            at.take(VenueSide.SELL, 300)
            later = OrderGateway(path.wire, SystemClock(), config=FAST)
            later.start()
            path.gateway = later
            later.resume(intent, [])
            later.resume(an_order("kp2"), [])
            assert await path.over("kp1") is CANCELLED
            assert path.filled("kp1") == 3 * UNITS // 10
            assert await path.over("kp2") is REJECTED
            assert len(path.at_venue()) == 1
            await later.close()

    mexc_venue.compile_kernels()
    asyncio.run(told())


def test_the_dialect_refuses_brackets_and_says_so() -> None:
    async def story(path: OrderPath) -> None:
        assert not path.wire.dialect.has_brackets
        bracket = selling("kp1", price=160 * UNITS, stop_price=140 * UNITS, stop_limit=139 * UNITS)
        with pytest.raises(Unreadable, match="brackets"):
            await path.wire.place(bracket)
        assert path.at_venue() == []

    on_mexc(story)


def test_steps_and_fees_are_read_from_the_venue() -> None:
    async def told() -> Instrument:
        async with mexc_venue.world() as at:
            key = AccountKey("mexc", at.key.key, at.key.secret, f"http://{at.facade.address}")
            wire = await open_account(key, [MARKET], FAST)
            await wire.client.close()  # type: ignore[attr-defined]
            return wire.instruments[MARKET]

    found = asyncio.run(told())
    assert (found.tick, found.lot, found.min_notional) == (UNITS // 100, UNITS // 1000, 5)
    assert (found.maker_fee_bps, found.taker_fee_bps) == (10, 10)


def test_a_client_for_this_machine_has_no_way_out_and_other_venues_are_unknown() -> None:
    async def told() -> list[str]:
        async with mexc_venue.world() as at:
            url = f"http://{at.facade.address}"
            with pytest.raises(BadUsage, match="binance, mexc"):
                await connect(AccountKey("nowhere", "k", "s", url), {}, FAST)
            with pytest.raises(BadUsage, match="on this machine"):
                await connect(AccountKey("mexc", "k", "s", "https://api.mexc.com"), {}, FAST)
            wire = await connect(AccountKey("mexc", at.key.key, at.key.secret, url), {}, FAST)
            client: Any = wire.client
            await client.close()
            tree = [client.urls["api"]]
            found: list[str] = []
            while tree:
                for part in tree.pop().values():
                    (tree if isinstance(part, dict) else found).append(part)
            return [part for part in found if f"//{at.facade.address}" not in part]

    assert asyncio.run(told()) == []
