"""An exchange that does what the test says: nothing fills and nothing ends unless told."""

from __future__ import annotations

from decimal import Decimal

from tools.domain.market import Side
from tools.domain.trading import Fill, Intent, OrderStatus, OrderUpdate
from tools.execution.exchange import News


class HandExchange:
    """Keeps what was sent; ``fill``, ``end`` and ``refuse`` are the venue's part."""

    def __init__(self) -> None:
        self.open: dict[str, Intent] = {}
        self.left: dict[str, int] = {}
        self.cancels: list[str] = []
        self.sent: list[Intent] = []
        self._updates: list[OrderUpdate] = []
        self._fills: list[Fill] = []
        self._n = 0

    def place(self, intent: Intent) -> None:
        self.sent.append(intent)
        self.open[intent.client_order_id] = intent
        self.left[intent.client_order_id] = intent.size

    def cancel(self, client_order_id: str, ts: int) -> None:
        if client_order_id in self.open:
            self.cancels.append(client_order_id)

    def drain(self) -> News:
        said = News(tuple(self._updates), tuple(self._fills))
        self._updates, self._fills = [], []
        return said

    def working(self, leg: str) -> list[Intent]:
        """Open orders of a leg, oldest first."""
        return [intent for intent in self.open.values() if intent.leg == leg]

    def offered(self) -> int:
        """What open orders may still sell."""
        return sum(self.left[name] for name, intent in self.open.items() if intent.side is Side.SELL)

    def fill(self, intent: Intent, size: int, ts: int, price: int = 0) -> None:
        """A part of an order trades, at its own price unless said otherwise."""
        self._n += 1
        self._fills.append(
            Fill(
                trade_id=f"{intent.symbol}:{self._n}",
                client_order_id=intent.client_order_id,
                decision_id=intent.decision_id,
                run_id=intent.run_id,
                world=intent.world,
                symbol=intent.symbol,
                venue=intent.venue,
                side=intent.side,
                price=price or intent.price or 0,
                size=size,
                fee_quote=Decimal(0),
                is_maker=True,
                ts=ts,
            )
        )
        self.left[intent.client_order_id] -= size
        if self.left[intent.client_order_id] == 0:
            self._end(intent, OrderStatus.FILLED, ts)

    def end(self, client_order_id: str, ts: int) -> None:
        """A cancel acts."""
        self._end(self.open[client_order_id], OrderStatus.CANCELLED, ts)

    def refuse(self, intent: Intent, ts: int, reason: str = "refused") -> None:
        """The venue does not take an order."""
        self._end(intent, OrderStatus.REJECTED, ts, reason)

    def _end(self, intent: Intent, status: OrderStatus, ts: int, reason: str = "") -> None:
        filled = intent.size - self.left[intent.client_order_id]
        del self.open[intent.client_order_id]
        self._updates.append(OrderUpdate(intent.client_order_id, status, filled, ts, reason))
