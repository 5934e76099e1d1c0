"""Sizes on the grid, and nothing that grows: each with a broken copy that the same check condemns."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.simulation.agent import Kinds
from tests.simulation.hour import simulate
from tests.support.order_path import SOL
from tools.domain.market import UNITS, Instrument
from tools.execution.gateway import OrderGateway

CALM_SEED = 10  # every tenth seed has nothing befall it
MOST_TASKS = 12  # stream, guards, and a few orders of three symbols


def off_grid(instrument: Instrument, value: Decimal, price: int) -> bool:
    """Whether a size is no whole number of lots, or is worth more than was asked for."""
    size = instrument.size_for(value, price)
    return size % instrument.lot != 0 or instrument.value(size, price) > value


@given(
    value=st.decimals(min_value=0, max_value=10_000, places=8),
    price=st.integers(1, 100_000 * UNITS),
)
def test_every_size_is_whole_lots(value: Decimal, price: int) -> None:
    """INV-33."""
    assert not off_grid(SOL, value, price)


class Floating(Instrument):
    """Computes sizes as binary fractions and cuts nothing."""

    def size_for(self, value_quote: Decimal, price: int, *, round_up: bool = False) -> int:
        return round(float(value_quote) / price * UNITS * UNITS)


def test_sizes_off_the_grid_are_caught() -> None:
    floating = Floating(**{one.name: getattr(SOL, one.name) for one in fields(Instrument)})
    assert off_grid(floating, Decimal("25"), 137 * UNITS)


def open_files() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def growth(kind: type[OrderGateway]) -> tuple[int, int, int]:
    """Most tasks of a gateway's own at once, orders placed, and files left open, over some time."""
    most = 0

    class Watched(kind):  # type: ignore[misc, valid-type]
        def _run(self, work: Any) -> None:
            nonlocal most
            super()._run(work)
            most = max(most, len(self._tasks))

    simulate(CALM_SEED, hours=0.01)
    before = open_files()
    hour = simulate(CALM_SEED, Kinds(gateway=Watched), hours=0.12)
    return most, hour.orders, open_files() - before


class Hoarding(OrderGateway):
    """Keeps every task it ever started."""

    def _done(self, task: asyncio.Task[None]) -> None:
        del task


def test_hours_leave_no_tasks_and_no_files_behind() -> None:
    """INV-34."""
    most, orders, files = growth(OrderGateway)
    assert orders > 3 * MOST_TASKS
    assert most <= MOST_TASKS
    assert files <= 0


def test_a_gateway_that_keeps_its_tasks_is_caught() -> None:
    most, _, _ = growth(Hoarding)
    assert most > MOST_TASKS
