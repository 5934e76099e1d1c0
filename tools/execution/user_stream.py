"""Executions from the user stream; whatever it may have missed is asked for, never assumed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tools.execution.asking import Desk
from tools.execution.wire import Trade, Wire
from tools.execution.working import WorkingOrder


class UserStream:
    """Hands each execution to ``take`` with its order, and wakes the order.

    A stream that ended, or has just begun, wakes every order, so that each is asked for.
    """

    def __init__(
        self,
        wire: Wire,
        desk: Desk,
        working: Callable[[], Iterable[WorkingOrder]],
        take: Callable[[Trade, WorkingOrder], None],
    ) -> None:
        self._wire = wire
        self._desk = desk
        self._working = working
        self._take = take
        self.is_live = False

    async def listen(self) -> None:
        """Listen until cancelled, however often the stream ends."""
        tries = 0
        while True:
            try:
                heard = await self._wire.watch_trades()
            except Exception as error:  # noqa: BLE001 (a stream may end in any way; orders are polled)
                self.is_live = False
                self._wake_all()
                tries += 1
                await self._desk.rest(error, tries)
                continue
            if not self.is_live:
                self.is_live = True
                self._wake_all()
            tries = 0
            self._sort_out(heard)

    def _sort_out(self, heard: Iterable[Trade]) -> None:
        owners = {
            (self._wire.symbol(order.intent.symbol), venue_id): order
            for order in self._working()
            for venue_id in order.venue_ids
        }
        for trade in heard:
            order = owners.get((trade.symbol, trade.venue_id))
            if order is not None:
                self._take(trade, order)
                order.wake.set()

    def _wake_all(self) -> None:
        for order in self._working():
            order.wake.set()
