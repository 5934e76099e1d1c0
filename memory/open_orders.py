"""What memory knows of orders that are not over and of positions that are left.

Read at every start, before anything is sent, and whenever memory is compared with the venue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, or_, select

from memory.rows import record_of
from memory.schema import METADATA
from memory.store import Store
from tools.domain.ports import Holding
from tools.domain.trading import Fill, Intent, OrderStatus

ENDED = (OrderStatus.FILLED.value, OrderStatus.CANCELLED.value, OrderStatus.REJECTED.value)


class OpenOrders:
    """Orders and positions of one account: one world at one venue. Implements ``OrderRecord``."""

    def __init__(self, store: Store, world: str, venue: str) -> None:
        self._store = store
        self._world = world
        self._venue = venue

    def open_intents(self) -> list[Intent]:
        """Every intent whose order has no end in memory, oldest first."""
        intents, orders = METADATA.tables["intent"], METADATA.tables["order"]
        ended = select(orders.c.client_order_id).where(orders.c.status.in_(ENDED))
        found = self._store.read(
            select(intents)
            .where(intents.c.world == self._world, intents.c.venue == self._venue)
            .where(intents.c.client_order_id.not_in(ended))
            .order_by(intents.c.ts, intents.c.attempt)
        )
        return [record_of(Intent, row) for row in found]

    def fills_of(self, client_order_id: str) -> list[Fill]:
        """The fills of an order."""
        fills = METADATA.tables["fill"]
        found = self._store.read(select(fills).where(fills.c.client_order_id == client_order_id))
        return [record_of(Fill, row) for row in found]

    def holdings(self, base_of: Mapping[str, str]) -> list[Holding]:
        """What decisions still hold; ``base_of`` names the base asset of each symbol."""
        found: list[Holding] = []
        for fills in self._unsettled():
            base = base_of.get(fills[0].symbol, "")
            size = sum(fill.held_change(base) for fill in fills)
            if size != 0:
                found.append(Holding(size, self._last_intent(fills[0].decision_id), fills[-1].price))
        return found

    def knows(self, client_order_id: str) -> bool:
        """Whether an intent of that id was ever written."""
        intents = METADATA.tables["intent"].c
        found = self._store.read(
            select(intents.client_order_id).where(intents.client_order_id == client_order_id)
        )
        return bool(found)

    def _unsettled(self) -> Sequence[list[Fill]]:
        """The fills, in order, of every decision that bought other than it sold, or paid fees in coin."""
        fills = METADATA.tables["fill"]
        here = (fills.c.world == self._world, fills.c.venue == self._venue)
        uneven = (
            select(fills.c.decision_id)
            .where(*here)
            .group_by(fills.c.decision_id)
            .having(or_(func.sum(fills.c.side * fills.c.size) != 0, func.max(fills.c.fee_asset) != ""))
        )
        rows = self._store.read(
            select(fills).where(*here, fills.c.decision_id.in_(uneven)).order_by(fills.c.ts, fills.c.trade_id)
        )
        gathered: dict[str, list[Fill]] = defaultdict(list)
        for row in rows:
            gathered[row["decision_id"]].append(record_of(Fill, row))
        return list(gathered.values())

    def _last_intent(self, decision_id: str) -> Intent:
        """The decision's intent with the highest attempt."""
        intents = METADATA.tables["intent"]
        rows = self._store.read(
            select(intents).where(intents.c.decision_id == decision_id).order_by(intents.c.attempt.desc())
        )
        return record_of(Intent, rows[0])
