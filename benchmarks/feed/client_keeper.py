"""Keeper's reader over sockets, alone and with the senses of every symbol behind it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.feed.clients import Sheet
from benchmarks.loopback.plan import LoadPlan
from tools.detection.state import Void, new_senses
from tools.domain.clock import SystemClock, SystemStopwatch
from tools.domain.parameter import default_parameters
from tools.execution.stream import sense_until
from tools.market.endpoints import endpoint_of
from tools.market.events import EVENT, Events
from tools.market.feed import Feed
from tools.market.instruments import instrument_for

UNLIMITED = 1_000_000  # weight a minute: this run is about streams, not about the budget for books


async def run(address: str, plan: LoadPlan, sheet: Sheet) -> None:
    """Rows handed out are handled."""
    async with _feed(address, plan) as feed:
        async for batch in feed.batches():
            sheet.keep(batch.events)


async def run_with_senses(address: str, plan: LoadPlan, sheet: Sheet) -> None:
    """What all detectors have taken in is handled."""
    senses = {
        name: new_senses(instrument_for(plan.venue, name), default_parameters({})) for name in plan.names
    }
    warm_senses(next(iter(senses.values())))
    async with _feed(address, plan) as feed:
        async for batch in feed.batches():
            take_in(batch.events, senses[batch.symbol])
            sheet.keep(batch.events)


def take_in(events: Events, senses: Void) -> None:
    """Update every detector."""
    sense_until(events, 0, int(events["ts_init"][-1]), senses)


def warm_senses(senses: Void) -> None:
    """Load the kernels before the first message waits for them."""
    sense_until(np.zeros(0, EVENT), 0, 0, senses)


def _feed(address: str, plan: LoadPlan) -> Feed:
    endpoint = replace(endpoint_of(plan.venue, f"http://{address}"), weight_per_minute=UNLIMITED)
    rng = np.random.default_rng(plan.seed)
    return Feed(endpoint, plan.names, clock=SystemClock(), stopwatch=SystemStopwatch(), rng=rng)
