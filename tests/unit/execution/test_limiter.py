"""The order path's limiter: exits first, a reserve for them, and quiet when the venue asks for it."""

from __future__ import annotations

import asyncio

from tools.execution.limiter import Lane, Limiter, LimiterConfig


def test_exits_pass_entries_that_came_before_them() -> None:
    """INV-27."""

    async def story() -> list[str]:
        limiter = Limiter(LimiterConfig(per_second=100, burst=1, reserve=0))
        await limiter.enter(Lane.EXIT)
        passed: list[str] = []

        async def go(name: str, lane: Lane) -> None:
            await limiter.enter(lane)
            passed.append(name)

        first = [asyncio.create_task(go(f"entry {n}", Lane.ENTRY)) for n in range(2)]
        await asyncio.sleep(0)
        then = [asyncio.create_task(go("lookup", Lane.LOOKUP)), asyncio.create_task(go("exit", Lane.EXIT))]
        await asyncio.gather(*first, *then)
        return passed

    assert asyncio.run(story()) == ["exit", "lookup", "entry 0", "entry 1"]


def test_entries_leave_the_reserve_to_exits() -> None:
    """INV-27."""

    async def story() -> None:
        limiter = Limiter(LimiterConfig(per_second=0.001, burst=10, reserve=5))
        for _ in range(5):
            await limiter.enter(Lane.ENTRY)
        entry = asyncio.create_task(limiter.enter(Lane.ENTRY))
        async with asyncio.timeout(60):
            for _ in range(4):
                await limiter.enter(Lane.EXIT)
        assert not entry.done()
        entry.cancel()

    asyncio.run(story())


def test_a_pause_stops_every_lane_for_its_time() -> None:
    """INV-27."""

    async def story() -> float:
        limiter = Limiter()
        limiter.pause(1.0)
        assert limiter.is_paused
        started = asyncio.get_running_loop().time()
        await limiter.enter(Lane.EXIT)
        return asyncio.get_running_loop().time() - started

    assert asyncio.run(story()) >= 1.0


def test_one_that_gave_up_waiting_holds_nobody_up() -> None:
    async def story() -> None:
        limiter = Limiter(LimiterConfig(per_second=50, burst=1, reserve=0))
        await limiter.enter(Lane.EXIT)
        impatient = asyncio.create_task(limiter.enter(Lane.EXIT))
        await asyncio.sleep(0)
        impatient.cancel()
        async with asyncio.timeout(60):
            await limiter.enter(Lane.ENTRY)

    asyncio.run(story())
