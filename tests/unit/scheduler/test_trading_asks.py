"""The live loop goes on while a brain is asked: feed, timers and exits of every symbol, in one event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

import graphs.decision
from graphs.asking import ask_at_once
from graphs.brain import ConsultAnswer, ConsultRequest, ScriptedBrain
from scheduler.live import Stop
from scheduler.trading import Trading
from tests.support.cycles import ONE, TWO, Floor, HandCycle
from tests.support.executions import at, printed, quotes
from tests.support.minds import GOOD_REPLY
from tools.domain.market import NANOS, Side
from tools.domain.trading import Action, Route
from tools.market.events import Events
from tools.market.lines import Batch

LONGEST_S = 240


class LoopTime:
    """The session's clock: from the tape's beginning, as fast as the loop's own."""

    def __init__(self) -> None:
        self._began = asyncio.get_running_loop().time()

    def now(self) -> int:
        """Nanoseconds UTC."""
        return at(0) + round((asyncio.get_running_loop().time() - self._began) * NANOS)

    def now_ms(self) -> int:
        """Milliseconds since the beginning."""
        return (self.now() - at(0)) // (NANOS // 1000)


class Quiet:
    """A desk of orders whose exchange is the paper market in each cycle."""

    def sort(self) -> list[str]:
        """Nobody else says anything."""
        return []


class Story:
    """Market data: the second symbol is entered and falls to its stop while the first one's brain thinks."""

    def __init__(self, floor: Floor, clock: LoopTime, stop: Stop) -> None:
        self._floor, self._clock, self._stop = floor, clock, stop

    async def batches(self) -> AsyncIterator[Batch]:
        """What happens, as it happens."""
        floor = self._floor
        for cycle in (floor.one, floor.two):
            yield self._quotes(cycle, 9_999)
        floor.two.raise_signal(self._clock.now())
        while not floor.journal.all("fill"):
            await asyncio.sleep(0.02)
            yield self._quotes(floor.two, 9_999)
            yield self._batch(floor.two, printed(self._clock.now_ms(), Side.SELL, 9_998, 200))
        floor.one.raise_signal(self._clock.now())
        while not floor.journal.all("taken"):
            await asyncio.sleep(0.02)
            yield self._quotes(floor.two, 9_979)
        while len(floor.decisions) < 2:
            await asyncio.sleep(0.02)
        self._stop.requested = True
        while True:  # so that the orders under way are answered
            await asyncio.sleep(0.02)
            yield self._quotes(floor.one, 9_999)

    def stop(self) -> None:
        """The reading is cancelled."""

    def _quotes(self, cycle: HandCycle, bid: int) -> Batch:
        return self._batch(cycle, quotes(self._clock.now_ms(), bid, bid + 2))

    def _batch(self, cycle: HandCycle, events: Events) -> Batch:
        return Batch(cycle.market.instrument.symbol, events, ())


async def traded(floor: Floor) -> None:
    clock, stop = LoopTime(), Stop()
    cycles = {ONE.symbol: floor.one, TWO.symbol: floor.two}
    story = Story(floor, clock, stop)
    trading = Trading(story, Quiet(), cycles, clock, lambda ts: None)  # type: ignore[arg-type]
    await asyncio.wait_for(trading.run(stop, None), LONGEST_S)


@pytest.mark.parametrize("is_mutant", [False, True], ids=["beside", "mutant that waits"])
def test_a_stop_is_acted_on_while_a_brain_thinks_and_its_answer_after(
    is_mutant: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_mutant:
        monkeypatch.setattr(graphs.decision, "AskedBeside", ask_at_once)
    told = threading.Event()

    def script(request: ConsultRequest, deadline_ns: int) -> ConsultAnswer:
        is_told = told.wait(0.7 if is_mutant else LONGEST_S)
        return ConsultAnswer(request.decision_id, GOOD_REPLY if is_told else "the exit waits", request.ts)

    def heard(kind: str, what: Any) -> None:
        if kind == "taken":
            told.set()

    floor = Floor(
        ScriptedBrain(script), is_beside=True, budget_s=60, stale_book_s=300, order_latency_ms=1,
        max_total_exposure_usd=1_000,
    )  # fmt: skip
    floor.journal.heard = heard
    asyncio.run(traded(floor))
    answered = next(one for one in floor.decisions if one.symbol == ONE.symbol)
    if is_mutant:
        assert answered.action is Action.ABSTAIN, "the planted fault was not seen"
        return
    assert (answered.action, answered.route) == (Action.ENTER, Route.LLM)
    (exited,) = [one for one in floor.journal.all("taken") if one.symbol == TWO.symbol]
    assert exited.ts_known < answered.ts
