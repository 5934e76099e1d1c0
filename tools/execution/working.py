"""One order under the gateway's care, and what the gateway is told to keep to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

from tools.domain.trading import Intent, OrderStatus
from tools.execution.wire import OrderState


class Phase(StrEnum):
    """Where an order stands: WAITING before the wire, SENT until a reply is due, UNKNOWN after silence."""

    WAITING = "waiting"
    SENT = "sent"
    UNKNOWN = "unknown"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """Times the gateway keeps to.

    Attributes:
        recv_window_s: The venue refuses an order that reaches it later than this.
        margin_s: How far the two clocks may be apart, and then some; a not-found counts only
            after both have passed.
        deadline_s: No request is waited for longer.
        poll_s: How often a working order is asked for while there is no user stream.
        quiet_poll_s: How often beside a user stream, which may be silent and dead.
        patience_s: An entry that could not be sent for so long is not sent any more.
    """

    recv_window_s: float = 1.5
    margin_s: float = 1.5
    deadline_s: float = 5.0
    poll_s: float = 1.0
    quiet_poll_s: float = 10.0
    patience_s: float = 2.0
    backoff_s: float = 0.2
    longest_backoff_s: float = 5.0
    kill_check_s: float = 0.2
    has_stream: bool = False

    def backoff(self, tries: int) -> float:
        """Seconds to wait after the ``tries``-th failure in a row, from 1."""
        return float(min(self.backoff_s * 2 ** min(tries - 1, 20), self.longest_backoff_s))


@dataclass(slots=True, eq=False)
class WorkingOrder:
    """An order whose end has not been told yet.

    ``asked_after`` is when a not-found starts to count, on the loop's clock.
    """

    intent: Intent
    phase: Phase = Phase.WAITING
    venue_ids: tuple[str, ...] = ()
    is_cancel_wanted: bool = False
    asked_after: float = 0.0
    ended: OrderState | None = None
    timer: asyncio.Timeout | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def client_order_id(self) -> str:
        """The id that stands for it everywhere."""
        return self.intent.client_order_id

    def hear(self, state: OrderState) -> None:
        """Take in what the venue said of it."""
        self.venue_ids = state.venue_ids
        self.phase = Phase.OPEN
        if state.status is not OrderStatus.OPEN:
            self.ended = state

    def interrupt(self) -> None:
        """Stop waiting for the request that is under way; what became of it is then asked."""
        if self.timer is not None:
            self.timer.reschedule(asyncio.get_running_loop().time())
