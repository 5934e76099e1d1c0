"""The first thing a process does: find out what an earlier one left behind, and clear it away.

Every intent without an end is resolved at the venue, its executions are imported, what still
works is withdrawn, what is held is sold, and orders of ours that memory does not know are
cancelled. Entries stay halted until memory and venue agree.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from tools.domain.clock import Clock
from tools.domain.identity import client_order_id
from tools.domain.market import Side
from tools.domain.ports import Holding, IntentLog, OrderRecord
from tools.domain.trading import Intent
from tools.execution.gateway import OrderGateway
from tools.execution.reconcile import PREFIX, Reconciler, Reconciliation
from tools.execution.verdicts import is_not_found

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a recovery did.

    Attributes:
        resolved: Orders of the earlier process that were found out about.
        fills: Executions that memory had not known.
        external: Orders with our prefix that memory did not know; they were cancelled.
        closed: Intents sent to sell what was held.
        left: What is still held: dust that no order may sell, or what could not be sold.
        stuck: What of it could not be sold although an order might: it is still at stake.
        stranded: Whole lots of it that are worth less than any order may be: at stake, but no position.
        agreement: Memory beside the venue, afterwards.
    """

    resolved: tuple[str, ...]
    fills: int
    external: tuple[str, ...]
    closed: tuple[str, ...]
    left: tuple[Holding, ...]
    stuck: tuple[Holding, ...]
    stranded: tuple[Holding, ...]
    agreement: Reconciliation


class Recovery:
    """Clears away what ``record`` says was left behind.

    Args:
        gateway: Not used for anything else yet.
        closes: How often selling a position and comparing are tried before a person is asked for.
    """

    def __init__(
        self,
        gateway: OrderGateway,
        record: OrderRecord,
        log: IntentLog,
        reconciler: Reconciler,
        clock: Clock,
        *,
        closes: int = 5,
    ) -> None:
        self._gateway = gateway
        self._record = record
        self._log = log
        self._reconciler = reconciler
        self._clock = clock
        self._closes = closes
        self._n_fills = 0

    async def recover(self) -> Recovered:
        """Resolve, import, withdraw, sell, compare; entries are halted until all of it agrees."""
        self._gateway.halt("recovery is not over")
        intents = self._record.open_intents()
        for intent in intents:
            self._gateway.resume(intent, self._record.fills_of(intent.client_order_id))
        await self._until_over()
        external = await self._cancel_external()
        closed = await self._close_all()
        agreement = await self._compare()
        left = self._holdings()
        return Recovered(
            resolved=tuple(intent.client_order_id for intent in intents),
            fills=self._n_fills,
            external=external,
            closed=closed,
            left=tuple(left),
            stuck=tuple(holding for holding in left if self._sellable(holding) > 0),
            stranded=tuple(holding for holding in left if self._is_stranded(holding)),
            agreement=agreement,
        )

    async def _until_over(self) -> None:
        """Write down everything that is heard until no order is under way."""
        while True:
            news = self._gateway.drain()
            for fill in news.fills:
                self._log.record_fill(fill)
            for update in news.updates:
                self._log.record_order(update)
            self._n_fills += len(news.fills)
            if not self._gateway.working and not self._gateway.news.is_set():
                return
            await self._gateway.news.wait()

    async def _cancel_external(self) -> tuple[str, ...]:
        wire = self._gateway.wire
        found: list[str] = []
        for symbol in wire.instruments:
            listed = await self._insist(partial(wire.open_orders, symbol)) or []
            for order in listed:
                if order.client_order_id.startswith(PREFIX):
                    found.append(order.client_order_id)
                    await self._insist(partial(wire.cancel_foreign, symbol, order.client_order_id))
        return tuple(found)

    async def _insist(self, ask: Callable[[], Awaitable[Said]]) -> Said | None:
        """Ask until the venue answers; that an order is gone is an answer too."""
        tries = 0
        while True:
            try:
                async with asyncio.timeout(self._gateway.config.deadline_s):
                    return await ask()
            except Exception as error:  # noqa: BLE001 (recovery waits for the venue as long as it takes)
                if is_not_found(error, self._gateway.wire.dialect):
                    return None
                tries += 1
                await asyncio.sleep(self._gateway.config.backoff(tries))

    async def _close_all(self) -> tuple[str, ...]:
        closed: list[str] = []
        for turn in range(self._closes):
            if turn > 0:  # a book that was empty a moment ago fills again
                await asyncio.sleep(self._gateway.config.backoff(turn))
            sellable = [holding for holding in self._holdings() if self._sellable(holding) > 0]
            if not sellable:
                break
            for holding in sellable:
                intent = self._closing(holding)
                self._log.record_intent(intent)
                self._gateway.place(intent)
                closed.append(intent.client_order_id)
                await self._until_over()
        return tuple(closed)

    async def _compare(self) -> Reconciliation:
        """Memory beside the venue; a comparison that could not be made is made again."""
        found = await self._reconciler.reconcile()
        for turn in range(1, self._closes):
            if not found.trouble:
                break
            await asyncio.sleep(self._gateway.config.backoff(turn))
            found = await self._reconciler.reconcile()
        return found

    def _holdings(self) -> list[Holding]:
        instruments = self._gateway.wire.instruments
        return list(self._record.holdings({name: one.base for name, one in instruments.items()}))

    def _sellable(self, holding: Holding) -> int:
        """What of it an order may sell, size units: whole lots worth the smallest order."""
        instrument = self._gateway.wire.instruments.get(holding.intent.symbol)
        if instrument is None or holding.size <= 0:
            return 0
        size = holding.size - holding.size % instrument.lot
        return size if instrument.value(size, holding.price) >= instrument.min_notional else 0

    def _is_stranded(self, holding: Holding) -> bool:
        instrument = self._gateway.wire.instruments.get(holding.intent.symbol)
        return instrument is not None and holding.size >= instrument.lot and self._sellable(holding) == 0

    def _closing(self, holding: Holding) -> Intent:
        last = holding.intent
        attempt = last.attempt + 1
        return replace(
            last,
            client_order_id=client_order_id(last.decision_id, "exit", attempt),
            leg="exit",
            attempt=attempt,
            side=Side.SELL,
            price=None,
            size=self._sellable(holding),
            is_post_only=False,
            is_reduce_only=True,
            ts=self._clock.now(),
            stop_price=None,
            stop_limit=None,
        )
