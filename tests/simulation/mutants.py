"""Broken copies of the order path: the simulation must catch each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from tests.crash.mutants import HastyGateway, StateFillsGateway
from tests.simulation.agent import Kinds, MortalLog
from tests.support.seeded_loop import SeededLoop
from tools.domain.trading import Intent
from tools.execution.gateway import OrderGateway
from tools.execution.recovery import Recovery
from tools.execution.user_stream import UserStream
from tools.execution.verdicts import Judgement, Verdict
from tools.execution.wire import Trade
from tools.execution.working import WorkingOrder
from tools.risk.exposure import ZERO
from tools.risk.ledger import RiskLedger


class SendFirstLog(MortalLog):
    """Keeps an intent with the next batch instead of at once."""

    def record_intent(self, intent: Intent) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SeededLoop)
        loop.call_later(0.5, super().record_intent, intent)


class ResendingGateway(OrderGateway):
    """Takes silence for failure and sends again, under a fresh name."""

    async def _transmit(self, order: WorkingOrder) -> Judgement | None:
        said = await super()._transmit(order)
        if said is not None and said.verdict is Verdict.UNKNOWN and not order.intent.stop_price:
            name = f"{order.intent.client_order_id[:20]}r{len(order.client_order_id) % 10}"
            self.place(replace(order.intent, client_order_id=name))
        return said


class DeafToKill(OrderGateway):
    """Never asks the guards."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **(options | {"guards": ()}))


class EntersInDoubt(OrderGateway):
    """Enters beside an order that nobody knows the fate of."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        ask = self._barrier.refusal
        self._barrier.refusal = lambda order, others: ask(order, ())  # type: ignore[method-assign]


class ConfusedStream(UserStream):
    """Knows an order by its number alone, although venues number orders a symbol."""

    def _sort_out(self, heard: Iterable[Trade]) -> None:
        owners = {venue_id: order for order in self._working() for venue_id in order.venue_ids}
        for trade in heard:
            if (order := owners.get(trade.venue_id)) is not None:
                self._take(trade, order)
                order.wake.set()


class ConfusedGateway(OrderGateway):
    """Hears with a stream that confuses symbols."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._stream = ConfusedStream(self.wire, self._desk, lambda: self.working, self._take)


class ForgetfulRecovery(Recovery):
    """Asks what became of the orders, and sells nothing."""

    async def _close_all(self) -> tuple[str, ...]:
        return ()


class BracketRecovery(Recovery):
    """Closes with a copy of the last intent, its stop included."""

    def _closing(self, holding: Any) -> Intent:
        last = holding.intent
        return replace(super()._closing(holding), stop_price=last.stop_price, stop_limit=last.stop_limit)


class LightLedger(RiskLedger):
    """Takes an order on its way for nothing at stake."""

    def commit(self, decision_id: str, ts: int) -> None:
        super().commit(decision_id, ts)
        self._open[decision_id] = replace(self._open[decision_id], working_usd=ZERO)


SURE = {
    "bracket_recovery": 5,
    "deaf_to_kill": 5,
    "forgetful_recovery": 2,
    "light_ledger": 2,
    "resending": 3,
    "send_first": 1,
    "state_fills": 2,
}  # with a seed that condemns each, until the script of the world changes; the others need many

KINDS: dict[str, Kinds] = {
    "": Kinds(),
    "hasty": Kinds(gateway=HastyGateway),
    "state_fills": Kinds(gateway=StateFillsGateway),
    "send_first": Kinds(log=SendFirstLog),
    "resending": Kinds(gateway=ResendingGateway),
    "deaf_to_kill": Kinds(gateway=DeafToKill),
    "enters_in_doubt": Kinds(gateway=EntersInDoubt),
    "confused_stream": Kinds(gateway=ConfusedGateway),
    "forgetful_recovery": Kinds(recovery=ForgetfulRecovery),
    "light_ledger": Kinds(ledger=LightLedger),
    "bracket_recovery": Kinds(recovery=BracketRecovery),
}
