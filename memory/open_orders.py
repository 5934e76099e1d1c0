"""What memory knows of orders that are not over and of positions that are left.

Read at every start, before anything is sent, and whenever memory is compared with the venue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import delete, func, select

from memory.rows import record_of
from memory.schema import METADATA
from memory.store import Store
from tools.domain.market import UNITS
from tools.domain.ports import Holding
from tools.domain.trading import Fill, Intent


class OpenOrders:
    """Orders and positions of one account: one world at one venue. Implements ``OrderRecord``."""

    def __init__(self, store: Store, world: str, venue: str) -> None:
        self._store = store
        self._world = world
        self._venue = venue

    def open_intents(self) -> list[Intent]:
        """Every intent whose order has no end in memory, oldest first."""
        intents, opened = METADATA.tables["intent"], METADATA.tables["open_order"]
        joined = opened.join(intents, intents.c.client_order_id == opened.c.client_order_id)
        found = self._store.read(
            select(intents)
            .select_from(joined)
            .where(intents.c.world == self._world, intents.c.venue == self._venue)
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
        sizes: dict[str, int] = {}
        flat: list[str] = []
        unsettled = self._unsettled()
        for decision_id, fills in unsettled.items():
            base = base_of.get(fills[0].symbol)
            sizes[decision_id] = sum(fill.held_change(base or "") for fill in fills)
            if sizes[decision_id] == 0 and base is not None:
                flat.append(decision_id)
        last = self._last_intents() if any(sizes.values()) else {}
        self._let_go(flat)
        return [
            Holding(size, last[name], fills[-1].price, _cost_of(fills, base_of.get(fills[0].symbol, "")))
            for (name, size), fills in zip(sizes.items(), unsettled.values(), strict=True)
            if size != 0
        ]

    def symbols(self) -> list[str]:
        """What an order may still be under way on or something may be held of, in order of name."""
        intents, opened = METADATA.tables["intent"], METADATA.tables["open_order"]
        fills, held = METADATA.tables["fill"], METADATA.tables["open_position"]
        under_way = (
            select(intents.c.symbol)
            .join_from(opened, intents, intents.c.client_order_id == opened.c.client_order_id)
            .where(intents.c.world == self._world, intents.c.venue == self._venue)
        )
        unsettled = (
            select(fills.c.symbol)
            .join_from(held, fills, fills.c.decision_id == held.c.decision_id)
            .where(held.c.world == self._world, held.c.venue == self._venue)
        )
        return sorted({row["symbol"] for one in (under_way, unsettled) for row in self._store.read(one)})

    def knows(self, client_order_id: str) -> bool:
        """Whether an intent of that id was ever written."""
        intents = METADATA.tables["intent"].c
        found = self._store.read(
            select(intents.client_order_id).where(intents.client_order_id == client_order_id)
        )
        return bool(found)

    def _unsettled(self) -> Mapping[str, list[Fill]]:
        """By decision the fills, in order, of all that bought other than they sold, or paid fees in coin."""
        fills, held = METADATA.tables["fill"], METADATA.tables["open_position"]
        joined = held.join(fills, fills.c.decision_id == held.c.decision_id)
        here = (held.c.world == self._world, held.c.venue == self._venue)
        rows = self._store.read(
            select(fills).select_from(joined).where(*here).order_by(fills.c.ts, fills.c.trade_id)
        )
        gathered: dict[str, list[Fill]] = defaultdict(list)
        for row in rows:
            gathered[row["decision_id"]].append(record_of(Fill, row))
        return gathered

    def _let_go(self, decision_ids: Sequence[str]) -> None:
        """Look no more at decisions that were seen flat, coin fees included; a later fill brings one back."""
        if decision_ids and not self._store.is_read_only:
            held = METADATA.tables["open_position"]
            self._store.execute([delete(held).where(held.c.decision_id.in_(decision_ids))])

    def _last_intents(self) -> Mapping[str, Intent]:
        """By decision the intent with the highest attempt, of all that may hold something."""
        intents, held = METADATA.tables["intent"], METADATA.tables["open_position"]
        other = intents.alias()
        highest = select(func.max(other.c.attempt)).where(other.c.decision_id == held.c.decision_id)
        rows = self._store.read(
            select(intents)
            .join_from(held, intents, intents.c.decision_id == held.c.decision_id)
            .where(held.c.world == self._world, held.c.venue == self._venue)
            .where(intents.c.attempt == highest.scalar_subquery())
            .order_by(intents.c.ts.desc())
        )
        return {row["decision_id"]: record_of(Intent, row) for row in rows}


def _cost_of(fills: Sequence[Fill], base: str) -> Decimal:
    """What is still held cost on average when it was bought, quote currency, as ``Books`` reckon it."""
    held, cost = 0, Decimal(0)
    for fill in fills:
        change = fill.held_change(base)
        if change > 0:
            cost += Decimal(change) * fill.price
        elif held > 0:
            cost -= cost * min(Decimal(1), Decimal(-change) / held)
        held += change
    return cost / (UNITS * UNITS)
