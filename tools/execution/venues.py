"""Several venues of one account behind one exchange: an order goes to the venue that its intent names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tools.domain.errors import InvariantBroken
from tools.domain.trading import Fill, Intent, OrderStatus, OrderUpdate
from tools.execution.exchange import Exchange, News


def _allow(intent: Intent) -> str:
    del intent
    return ""


class Venues:
    """Implements ``Exchange`` over the exchanges of several venues.

    Args:
        exchanges: By the venue's name.
        guard: Why an order may not be sent to any of them, "" where it may; asked last before it leaves.
        refused: Called when an order was refused here, after which ``drain`` tells of it.
    """

    def __init__(
        self,
        exchanges: Mapping[str, Exchange],
        guard: Callable[[Intent], str] = _allow,
        refused: Callable[[], None] = lambda: None,
    ) -> None:
        self._exchanges = dict(exchanges)
        self._guard = guard
        self._refused = refused
        self._halted: dict[str, str] = {}
        self._at: dict[str, str] = {}  # client order id to venue, of orders under way
        self._updates: list[OrderUpdate] = []

    def is_open(self, venue: str) -> bool:
        """Whether orders that increase exposure may be sent to ``venue``."""
        return venue in self._exchanges and venue not in self._halted

    def halt(self, venue: str, reason: str) -> None:
        """Send nothing more to ``venue`` but what reduces exposure."""
        self._halted[venue] = reason

    def resume(self, venue: str) -> None:
        """Send to ``venue`` again."""
        self._halted.pop(venue, None)

    def place(self, intent: Intent) -> None:
        """Send the order of a durable intent to its venue; one that may not be sent comes back refused.

        Raises:
            InvariantBroken: Nobody knows the venue.
        """
        exchange = self._exchanges.get(intent.venue)
        if exchange is None:
            known = ", ".join(sorted(self._exchanges)) or "none"
            raise InvariantBroken(f"an order for venue {intent.venue!r}, known venues: {known}")
        reason = self._guard(intent)
        if not reason and not intent.is_reduce_only and intent.venue in self._halted:
            reason = f"{intent.venue} is halted: {self._halted[intent.venue]}"
        if reason:
            name = intent.client_order_id
            self._updates.append(OrderUpdate(name, OrderStatus.REJECTED, 0, intent.ts, reason))
            self._refused()
            return
        self._at[intent.client_order_id] = intent.venue
        exchange.place(intent)

    def cancel(self, client_order_id: str, ts: int) -> None:
        """Ask its venue for a cancel."""
        venue = self._at.get(client_order_id)
        if venue is not None:
            self._exchanges[venue].cancel(client_order_id, ts)

    def drain(self) -> News:
        """Everything said at every venue since the last call."""
        updates, self._updates = self._updates, []
        fills: list[Fill] = []
        for exchange in self._exchanges.values():
            said = exchange.drain()
            updates += said.updates
            fills += said.fills
        for update in updates:
            if update.is_over:
                self._at.pop(update.client_order_id, None)
        return News(tuple(updates), tuple(fills))
