"""What the executor needs of a venue, paper or real: place, cancel, and hear what happened."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from tools.domain.trading import Fill, Intent, OrderUpdate


class News(NamedTuple):
    """What a venue said since it was last asked, in the order it happened."""

    updates: tuple[OrderUpdate, ...]
    fills: tuple[Fill, ...]


class Exchange(Protocol):
    """A venue that takes orders. Silence is never an answer: an order is UNKNOWN until told."""

    def place(self, intent: Intent) -> None:
        """Send the order of a durable intent."""
        ...

    def cancel(self, client_order_id: str, ts: int) -> None:
        """Ask for a cancel; fills may still arrive before it acts."""
        ...

    def drain(self) -> News:
        """Everything said since the last call."""
        ...
