"""The gauges of a soak see what is kept, not what is garbage, and a loop that is held up."""

import asyncio
import time

import numpy as np

from benchmarks.soak.gauges import GAUGES, LagMeter, Samples, reading
from tools.domain.clock import SystemStopwatch

BLOCKS = GAUGES.index("blocks")


async def blocks() -> float:
    return reading()[BLOCKS]


def test_blocks_count_what_is_kept() -> None:
    for _ in range(3):  # what a first collection sets free may free more in the next
        before = asyncio.run(blocks())
    kept = [np.zeros(50) for _ in range(50_000)]
    assert asyncio.run(blocks()) - before > 49_000
    assert len(kept) == 50_000


def test_blocks_do_not_count_cycles_that_nobody_needs() -> None:
    before = asyncio.run(blocks())
    for _ in range(5000):
        ring: list[object] = []
        ring.append(ring)
    del ring
    assert asyncio.run(blocks()) - before < 1000


def test_lag_of_a_held_up_loop_is_seen() -> None:
    async def play() -> LagMeter:
        meter = LagMeter(SystemStopwatch())
        measuring = asyncio.create_task(meter.run())
        await asyncio.sleep(0.05)
        time.sleep(0.2)
        await asyncio.sleep(0.05)
        measuring.cancel()
        return meter

    meter = asyncio.run(play())
    assert meter.most_ms > 150
    assert meter.percentile_ms(0.01) <= meter.percentile_ms(0.99) <= meter.most_ms + 0.2


def test_samples_end_when_they_are_full() -> None:
    async def play() -> Samples:
        samples = Samples(3, SystemStopwatch())
        await samples.run(0.001)
        return samples

    taken = asyncio.run(play()).taken()
    assert taken.shape == (3, 1 + len(GAUGES))
    assert (np.diff(taken[:, 0]) > 0).all()
    assert not np.isnan(taken).any()
