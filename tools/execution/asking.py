"""Questions to the venue that may fail: each answers with what was said, or with the error.

Every request has a turn in the limiter and a deadline of its own; a failure is weighed by
its verdict and slept on, so that no caller has to know how.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from tools.domain.trading import Intent
from tools.execution.limiter import Lane, Limiter
from tools.execution.naming import order_names
from tools.execution.verdicts import Judgement, Verdict, judge
from tools.execution.wire import OrderState, Trade, Wire
from tools.execution.working import GatewayConfig

Said = TypeVar("Said")
LOOK_UP, TRADES = 4.0, 20.0  # request weight; everything else weighs 1


class Desk:
    """Asks ``wire`` in turn and in time."""

    def __init__(self, wire: Wire, limiter: Limiter, config: GatewayConfig) -> None:
        self._wire = wire
        self._limiter = limiter
        self._config = config

    async def enter(self, lane: Lane) -> None:
        """Wait for a turn."""
        await self._limiter.enter(lane)

    async def look_up(self, intent: Intent) -> tuple[OrderState | None, BaseException | None]:
        """What the venue knows of an order, by client order id."""
        weight = LOOK_UP * len(order_names(intent))
        return await self._ask(Lane.LOOKUP, lambda: self._wire.look_up(intent), weight)

    async def cancel(self, intent: Intent) -> tuple[OrderState | None, BaseException | None]:
        """Ask for a cancel."""
        return await self._ask(Lane.EXIT, lambda: self._wire.cancel(intent))

    async def trades(
        self, intent: Intent, venue_ids: Sequence[str]
    ) -> tuple[list[Trade], BaseException | None]:
        """The executions of an order, by the venue's ids of it."""
        gathered: list[Trade] = []
        for venue_id in venue_ids:
            found, error = await self._ask(
                Lane.LOOKUP, partial(self._wire.trades_of, intent.symbol, venue_id), TRADES
            )
            gathered += found or []
            if error is not None:
                return gathered, error
        return gathered, None

    async def make_up(self, said: Judgement, tries: int) -> None:
        """After a refusal that took no effect: wait, or set the clock right."""
        if said.verdict is Verdict.LIMITED:
            self._limiter.pause(self._wire.retry_after())
        elif said.verdict is Verdict.LATE:
            await self._ask(Lane.LOOKUP, self._wire.heal_clock)
        if said.verdict is not Verdict.LIMITED:
            await asyncio.sleep(self._config.backoff(tries))

    async def rest(self, error: BaseException | None, tries: int) -> None:
        """Back off after a question that brought nothing."""
        said = judge(error, self._wire.dialect) if error is not None else Judgement(Verdict.UNSENT, "")
        await self.make_up(said, tries)

    async def _ask(
        self, lane: Lane, question: Callable[[], Awaitable[Said]], weight: float = 1.0
    ) -> tuple[Said | None, BaseException | None]:
        await self._limiter.enter(lane, weight)
        try:
            async with asyncio.timeout(self._config.deadline_s):
                return await question(), None
        except Exception as error:  # noqa: BLE001 (returned, and weighed by its verdict)
            return None, error
