"""The receiver of a soak: reader, batches, senses, as the live agent runs them, in a process of its own.

``python -m benchmarks.soak.receiver ADDRESS PLAN FOLDER`` runs until the sender is through and
leaves the journal, the counters, the samples and the final books in the folder.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import numpy as np

from benchmarks.soak.gauges import LagMeter, Samples, settle
from benchmarks.soak.journal import JournalWriter, entries
from benchmarks.soak.plan import SoakPlan
from tools.detection.state import Void, new_senses
from tools.domain.clock import SystemClock, SystemStopwatch
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.market.endpoints import Endpoint, endpoint_of
from tools.market.events import EVENT
from tools.market.feed import Feed
from tools.market.instruments import instrument_for
from tools.market.streams import StreamConfig

RECEIVED_FILE, SAMPLES_FILE = "received.json", "samples.npy"
HEAL_S = 180.0  # at most, for books that are still on their way at the end
SETTLE_S = 0.5
PAGE = 4096


class Receiver:
    """Everything that runs in the receiver's loop."""

    def __init__(self, plan: SoakPlan, address: str) -> None:
        self.plan = plan
        self.address = address
        self.stopwatch = SystemStopwatch()
        self.complaints = 0
        self.senses = {
            name: new_senses(instrument_for("binance", name), default_parameters({}))
            for name in plan.load.names
        }
        self.feed = Feed(
            self._endpoint(),
            plan.load.names,
            clock=SystemClock(),
            stopwatch=self.stopwatch,
            rng=np.random.default_rng(plan.load.seed),
            config=self._patience(),
            complain=self._complain,
            most_pending=plan.most_pending,
        )
        self.lag = LagMeter(self.stopwatch)
        self.samples = Samples(int((plan.load.seconds + HEAL_S) / plan.sample_s) + 100, self.stopwatch)

    async def run(self, folder: Path) -> None:
        """Follow the sender to its end, then keep what was found."""
        for state in self.senses.values():
            commit(state)
        settle()
        with JournalWriter(folder) as journal:
            async with self.feed:
                following = asyncio.create_task(self._follow(journal))
                watching = [
                    asyncio.create_task(self.samples.run(self.plan.sample_s)),
                    asyncio.create_task(self.lag.run()),
                ]
                over = asyncio.create_task(self._over())
                await asyncio.wait((over, following), return_when=asyncio.FIRST_COMPLETED)
                for task in watching:
                    task.cancel()
                if not following.done():
                    await self._heal()
                    self.feed.stop()
                await following
        np.save(folder / SAMPLES_FILE, self.samples.taken())
        (folder / RECEIVED_FILE).write_bytes(msgspec.json.encode(self._told()))

    async def _follow(self, journal: JournalWriter) -> None:
        numbers = {name: at for at, name in enumerate(self.plan.load.names)}
        stall_at = self._next_stall()
        async for batch in self.feed.batches():
            events = batch.events
            sense_until(events, 0, int(events["ts_init"][-1]), self.senses[batch.symbol])
            journal.put(entries(events, numbers[batch.symbol], self.stopwatch.elapsed()))
            await asyncio.sleep(0)
            if stall_at and self.stopwatch.elapsed() > stall_at:
                await asyncio.sleep(self.plan.stall_s)
                stall_at = self._next_stall()

    def _next_stall(self) -> int:
        every = self.plan.stall_every_s
        return self.stopwatch.elapsed() + int(every * 1e9) if every else 0

    async def _over(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None)
        url = f"http://{self.address}/over"
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(url) as answer:
            await answer.read()

    async def _heal(self) -> None:
        """Give books that were lost last the time to come back."""
        end = self.stopwatch.elapsed() + int(HEAL_S * 1e9)
        await asyncio.sleep(SETTLE_S)
        lines = self.feed.lines.values()
        while any(not line.book.is_sound for line in lines) and self.stopwatch.elapsed() < end:
            await asyncio.sleep(SETTLE_S)
        await asyncio.sleep(SETTLE_S)

    def _complain(self, text: str) -> None:
        self.complaints += 1

    def _endpoint(self) -> Endpoint:
        endpoint = endpoint_of("binance", f"http://{self.address}")
        weight = self.plan.weight_per_minute
        return endpoint if weight is None else replace(endpoint, weight_per_minute=weight)

    def _patience(self) -> StreamConfig:
        silence = self.plan.silence_s
        backoff = self.plan.backoff_s
        return StreamConfig(silence_s=silence, quiet_s=2 * silence, ping_s=silence / 3, backoff_s=backoff)

    def _told(self) -> Mapping[str, Any]:
        books = {
            name: [_levels(state, side) for side in ("bids", "asks")] for name, state in self.senses.items()
        }
        state = np.concatenate(list(self.senses.values()))
        return {
            "counts": self.feed.counts(),
            "complaints": self.complaints,
            "sensed": {
                "resets": int(state["book"]["resets"].sum()),
                "crossed": int(state["book"]["crossed"].sum()),
                "gaps": int(state["tape"]["gaps"].sum()),
                "events": int(state["book"]["events"].sum()),
            },
            "lag_p50_ms": self.lag.percentile_ms(0.5),
            "lag_p99_ms": self.lag.percentile_ms(0.99),
            "lag_most_ms": self.lag.most_ms,
            "books": books,
        }


def commit(state: Void) -> None:
    """Load the kernels and touch every page of ``state``.

    The system gives memory as it is first written, so that a ring which fills up over an hour
    would look like a leak for an hour.
    """
    sense_until(np.zeros(0, EVENT), 0, 0, state)
    state.view(np.uint8)[::PAGE] += 0


def _levels(state: Void, side: str) -> list[list[int]]:
    """Price and size of every level that the senses hold, by price."""
    ladder = state[0][side]
    used = int(ladder["used"])
    is_there = ladder["sizes"][:used] > 0
    prices, sizes = np.abs(ladder["keys"][:used][is_there]), ladder["sizes"][:used][is_there]
    order = np.argsort(prices)
    return np.column_stack([prices[order], sizes[order]]).tolist()  # type: ignore[no-any-return]


def main(arguments: list[str]) -> None:
    """Be the receiver."""
    address, plan, folder = arguments
    receiver = Receiver(msgspec.json.decode(plan, type=SoakPlan), address)
    asyncio.run(receiver.run(Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1:])
