"""What a session at a venue knows of the venue's side, as plain data: streams, orders, reconciliation."""

from __future__ import annotations

from typing import Any

from tools.execution.gateway import OrderGateway
from tools.execution.reconcile import Reconciler
from tools.execution.working import Phase
from tools.market.feed import Feed


def venue_side(gateway: OrderGateway, reconciler: Reconciler, feed: Feed) -> dict[str, Any]:
    """Counters since the session began, and what stands now."""
    working = gateway.working
    last = reconciler.last
    return {
        "feed": dict(feed.counts()),
        "orders_working": len(working),
        "orders_unknown": sum(order.phase is Phase.UNKNOWN for order in working),
        "halted": gateway.halted,
        "reconciliation": {
            "equal": reconciler.equal,
            "different": reconciler.different,
            "last": None if last is None else str(last),
            "is_equal": None if last is None else last.is_equal,
        },
    }
