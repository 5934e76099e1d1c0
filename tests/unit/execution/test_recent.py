"""The prints of the last minute, asked for through the unmodified client."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.order_path import OrderPath, with_orders
from tools.domain.clock import SystemClock
from tools.domain.market import NANOS
from tools.execution.recent import recent_prints
from tools.market.events import PRINT
from venue.engine.codes import Side as VenueSide


@pytest.mark.parametrize("venue", ["binance", "mexc"])
def test_what_was_traded_before_is_told_in_order_and_on_the_venues_clock(venue: str) -> None:
    async def story(path: OrderPath) -> None:
        instrument = path.wire.instruments["SOLUSDT"]
        begun = SystemClock().now()
        for lots in (100, 250, 300):
            path.world.take(VenueSide.BUY if lots == 250 else VenueSide.SELL, lots)
            await asyncio.sleep(0.002)  # MEXC's trades of one millisecond have no order
        now = SystemClock().now()
        prints = await recent_prints(path.wire.client, instrument, begun - NANOS, now)  # type: ignore[arg-type]
        assert [int(size) // instrument.lot for size in prints["size"][-3:]] == [100, 250, 300]
        assert prints["side"][-3:].tolist() == [-1, 1, -1]
        assert (prints["kind"] == PRINT).all()
        assert (prints["ts_init"] == prints["ts_event"]).all()
        assert (prints["ts_init"] <= now).all()

    with_orders(story, venue=venue)


def test_nothing_after_now_is_known() -> None:
    async def story(path: OrderPath) -> None:
        instrument = path.wire.instruments["SOLUSDT"]
        path.world.take(VenueSide.BUY, 100)
        before = SystemClock().now() - 3600 * NANOS
        early = await recent_prints(path.wire.client, instrument, before - NANOS, before)  # type: ignore[arg-type]
        assert len(early) == 0

    with_orders(story)
