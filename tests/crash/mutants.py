"""Broken copies of the order path: the crash loop must catch each of them."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from tools.domain.ports import IntentLog
from tools.domain.trading import Fill, Intent, OrderUpdate
from tools.execution.gateway import OrderGateway
from tools.execution.working import WorkingOrder

SEND_FIRST = "send_first"
HASTY = "hasty"
STATE_FILLS = "state_fills"
MUTANTS = (SEND_FIRST, HASTY, STATE_FILLS)


class TardyLog:
    """Writes an intent down only a while after its order was sent."""

    def __init__(self, log: IntentLog) -> None:
        self._log = log

    def record_intent(self, intent: Intent) -> None:
        asyncio.get_running_loop().call_later(0.03, self._log.record_intent, intent)

    def record_fill(self, fill: Fill) -> None:
        self._log.record_fill(fill)

    def record_order(self, update: OrderUpdate) -> None:
        self._log.record_order(update)


class HastyGateway(OrderGateway):
    """Believes the first not-found, although the order may still be on its way."""

    def _not_found_from(self) -> float:
        return 0.0


class StateFillsGateway(OrderGateway):
    """Books what an order's state says was executed, instead of the executions."""

    async def _gather(self, order: WorkingOrder) -> BaseException | None:
        state = await self.wire.look_up(order.intent)
        missing = state.executed - self.trades.filled(order.client_order_id)
        if missing > 0:
            self._fills.append(self._invented(order, state.executed, missing))
            self.trades.know([self._fills[-1]])
            self._heard()
        return None

    def _invented(self, order: WorkingOrder, executed: int, missing: int) -> Fill:
        intent = order.intent
        return Fill(
            trade_id=f"{intent.symbol}:{order.client_order_id}-{executed}",
            client_order_id=order.client_order_id,
            decision_id=intent.decision_id,
            run_id=intent.run_id,
            world=intent.world,
            symbol=intent.symbol,
            venue=intent.venue,
            side=intent.side,
            price=intent.price or 1,
            size=missing,
            fee_quote=Decimal(0),
            is_maker=False,
            ts=intent.ts,
        )


GATEWAYS: dict[str, type[OrderGateway]] = {HASTY: HastyGateway, STATE_FILLS: StateFillsGateway}
