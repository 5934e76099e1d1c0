"""The seeded loop itself: the same seed is the same world, and a seed finds what a test by hand misses."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from contextvars import copy_context
from decimal import Decimal
from typing import Any

import pytest

from tests.support.seeded_loop import PROCESS, RealIO, SeededLoop, Stuck, run_seeded
from tools.domain.parameter import ParameterSet, default_parameters
from tools.risk.ledger import Reservation, RiskLedger
from tools.risk.limits import EntryRequest, limit_entry

LIMIT = Decimal(100)
PARAMETERS = ParameterSet(
    {
        **default_parameters().values,
        "max_total_exposure_usd": float(LIMIT),
        "max_symbol_exposure_usd": float(LIMIT),
        "max_open_positions": 100,
        "max_symbol_positions": 100,
    }
)
SEEDS = 2_000


def trace_of(seed: int) -> list[tuple[float, int]]:
    """What four tasks that sleep and yield do, in the order they do it."""
    seen: list[tuple[float, int]] = []

    async def walk(name: int) -> None:
        for n in range(6):
            seen.append((asyncio.get_running_loop().time(), name))
            await asyncio.sleep(0 if n % 2 else 0.5)

    async def main() -> None:
        await asyncio.gather(*(walk(name) for name in range(4)))

    run_seeded(seed, lambda loop: main())
    return seen


def test_the_same_seed_gives_the_same_trace() -> None:
    """INV-32."""
    for seed in range(50):
        assert trace_of(seed) == trace_of(seed)


def test_different_seeds_interleave_differently() -> None:
    assert len({tuple(trace_of(seed)) for seed in range(50)}) == 50


def test_sleeping_costs_nothing() -> None:
    async def days() -> float:
        for _ in range(1_000):
            await asyncio.sleep(86_400)
        return asyncio.get_running_loop().time()

    began = time.perf_counter()
    assert run_seeded(1, lambda loop: days()) == 1_000 * 86_400
    assert time.perf_counter() - began < 240


def test_real_input_and_output_is_refused() -> None:
    async def out(loop: SeededLoop, door: str) -> Any:
        if door == "connect":
            await asyncio.open_connection("127.0.0.1", 9)
        elif door == "serve":
            await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        elif door == "thread":
            await asyncio.to_thread(len, "x")
        elif door == "process":
            await asyncio.create_subprocess_exec("true")
        else:
            with socket.socket() as here:
                await loop.sock_connect(here, ("127.0.0.1", 9))

    for door in ("connect", "serve", "thread", "process", "socket"):
        with pytest.raises(RealIO):
            run_seeded(1, lambda loop, door=door: out(loop, door))


def test_a_world_that_waits_for_ever_is_found_out() -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stuck):
        run_seeded(1, lambda loop: wait())


def test_a_killed_process_runs_nothing_more_and_a_frozen_one_later() -> None:
    told: list[str] = []

    async def work(name: str) -> None:
        try:
            for n in range(4):
                told.append(f"{name}{n}")
                await asyncio.sleep(1)
        finally:
            told.append(f"{name} tidied up")

    async def main(loop: SeededLoop) -> None:
        for process, name in ((1, "killed"), (2, "frozen")):
            context = copy_context()
            context.run(PROCESS.set, process)
            loop.create_task(work(name), context=context)
        await asyncio.sleep(1.5)
        loop.kill(1)
        loop.freeze(2)
        await asyncio.sleep(10)
        told.append("later")
        loop.thaw(2)
        await asyncio.sleep(10)
        assert "killed tidied up" not in told

    run_seeded(3, main)
    assert [word for word in told if word.startswith("killed")][:2] == ["killed0", "killed1"]
    assert "killed2" not in told
    assert told.index("frozen2") > told.index("later") > told.index("frozen1")
    assert "frozen tidied up" in told


class CheckThenAct:
    """The classic way to break a limit: a look, a pause, then the act."""

    def __init__(self) -> None:
        self.ledger = RiskLedger()
        self.taken = Decimal(0)

    async def enter(self, request: EntryRequest) -> None:
        if limit_entry(request, self.ledger.snapshot(0), PARAMETERS).clamps:
            return
        await asyncio.sleep(0)
        unlimited = ParameterSet(
            {**PARAMETERS.values, "max_total_exposure_usd": 1e9, "max_symbol_exposure_usd": 1e9}
        )
        self.ledger.reserve(request, unlimited)


class Atomic:
    """What the product does."""

    def __init__(self) -> None:
        self.ledger = RiskLedger()

    async def enter(self, request: EntryRequest) -> None:
        await asyncio.sleep(0)
        if isinstance(self.ledger.reserve(request, PARAMETERS), Reservation):
            await asyncio.sleep(0)


def worst_exposure(seed: int, make: Callable[[], Any]) -> Decimal:
    """The greatest exposure while eight signals on two symbols are entered at once."""
    desk = make()
    worst = Decimal(0)

    async def one(n: int) -> None:
        nonlocal worst
        await asyncio.sleep(0.1 * (n % 3))
        await desk.enter(EntryRequest(f"d_{n}", f"S{n % 2}USDT", Decimal(40), 0))
        worst = max(worst, desk.ledger.snapshot(0).total_exposure_usd)
        await asyncio.sleep(0.1)
        desk.ledger.release(f"d_{n}")

    async def main() -> None:
        await asyncio.gather(*(one(n) for n in range(8)))

    run_seeded(seed, lambda loop: main())
    return worst


def test_the_ledgers_reserve_holds_its_limit_under_every_interleaving() -> None:
    """INV-08: eight concurrent signals, two thousand interleavings."""
    assert max(worst_exposure(seed, Atomic) for seed in range(SEEDS)) <= LIMIT


def test_a_look_before_the_act_breaks_the_limit_in_many_interleavings() -> None:
    """INV-08: the same check condemns the classic mistake."""
    broken = sum(worst_exposure(seed, CheckThenAct) > LIMIT for seed in range(200))
    assert broken > 100
