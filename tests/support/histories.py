"""A local Binance with a past: a seeded flow in wound time, and a source that is connected to it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tests.support.binance_venue import Fault
from tools.domain.clock import SystemClock, SystemStopwatch
from tools.market.history.channel import ChannelConfig
from tools.market.history.connection import connected
from tools.market.history.source import Source, dialect_of
from venue.binance.demo import RandomFlow, demo_wire
from venue.binance.facade import Facade, FacadeConfig
from venue.binance.limits import LimitConfig
from venue.clock import WoundClock

SYMBOL = "SOLUSDT"
START = 1_735_689_600_000  # 2025-01-01, ms
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NS_A_MS = 1_000_000
LIMIT_S = 900.0
SWIFT = ChannelConfig(weight_per_minute=1_000_000, backoff_s=0.001, usual_wait_s=0.01)
WIDE = LimitConfig(weight_a_minute=1_000_000)  # in wound time a minute may last for ever


@dataclass(slots=True)
class Past:
    """A venue that has traded for a while; ``facade`` is set while it serves."""

    clock: WoundClock
    flow: RandomFlow
    facade: Any  # of the venue it is
    venue: str = "binance"
    said: list[str] = field(default_factory=list)

    @property
    def now(self) -> int:
        """The venue's time, ms."""
        return self.clock.now() // NS_A_MS

    @property
    def market(self) -> Any:
        """The market with the flow."""
        return self.facade.desk.by_symbol[SYMBOL]

    @property
    def base_url(self) -> str:
        """Where it serves."""
        return f"http://{self.facade.address}"

    def go_on(self, until: int, step_ms: int) -> None:
        """Trade at random up to a moment (ms)."""
        for at in range(self.now + step_ms, until + 1, step_ms):
            self.clock.move_to(at * NS_A_MS)
            self.flow.step()
        self.clock.move_to(until * NS_A_MS)

    def arm(self, **fault: Any) -> None:
        """Let something go wrong."""
        self.facade.faults.arm(Fault(**fault))

    def struck(self) -> list[str]:
        """What has gone wrong so far."""
        return [kind for kind, _ in self.facade.faults.struck]

    def forget_minutes(self, start: int, end: int) -> None:
        """An outage: the venue has no candle that opens in ``start`` up to ``end`` (ms)."""
        tape = self.market.prints
        kept = [candle for candle in tape.minutes if not start <= candle.start < end]
        assert len(kept) < len(tape.minutes)
        tape.minutes.clear()
        tape.minutes.extend(kept)

    def forget_trades(self, numbers: Iterable[int]) -> None:
        """The venue has lost these aggregate trades."""
        tape, lost = self.market.prints, set(numbers)
        kept = [one for one in tape.aggregates if one.id not in lost]
        tape.aggregates.clear()
        tape.aggregates.extend(kept)

    def source(self, **config: Any) -> AbstractAsyncContextManager[Source]:
        """A connected source of its own."""
        return connection(self.base_url, complain=self.said.append, venue=self.venue, **config)


@asynccontextmanager
async def connection(
    base_url: str, *, complain: Callable[[str], None], venue: str = "binance", **config: Any
) -> AsyncIterator[Source]:
    """A source that is connected, and quick to ask again."""
    async with connected(
        dialect_of(venue),
        base_url,
        config=replace(SWIFT, **config),
        clock=SystemClock(),
        stopwatch=SystemStopwatch(),
        rng=np.random.default_rng(7),
        complain=complain,
    ) as source:
        yield source


@asynccontextmanager
async def past(
    length_ms: int, *, step_ms: int = 10_000, limits: LimitConfig = WIDE, start: int = START
) -> AsyncIterator[Past]:
    """A venue that began to trade at ``start`` and has done so for ``length_ms``."""
    clock = WoundClock(start * NS_A_MS)
    wire, key = demo_wire(clock)
    async with Facade(wire, [key], clock=clock, config=FacadeConfig(limits=limits)) as facade:
        made = Past(clock, RandomFlow(wire, SYMBOL, 11, clock), facade)
        made.go_on(start + length_ms, step_ms)
        yield made


def in_time(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Tell a story in bounded time."""

    async def told() -> None:
        async with asyncio.timeout(LIMIT_S):
            await story()

    asyncio.run(told())


class Ear:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.totals: dict[str, int] = {}
        self.steps: dict[str, int] = {}
        self.rows: dict[str, int] = {}
        self.notes: list[str] = []

    def begin(self, symbol: str, total: int) -> None:
        """A symbol starts."""
        self.totals[symbol], self.steps[symbol], self.rows[symbol] = total, 0, 0

    def advance(self, symbol: str, steps: int, rows: int) -> None:
        """Some more is done."""
        self.steps[symbol] += steps
        self.rows[symbol] += rows

    def note(self, text: str) -> None:
        """Something was said."""
        self.notes.append(text)
