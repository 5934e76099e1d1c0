"""Memory beside the venue: open orders and positions, compared until they stand still.

A difference that is confirmed halts entries and is handed to the alarm as a typed result.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tools.domain.market import to_decimal, to_units
from tools.domain.ports import OrderRecord
from tools.execution.gateway import OrderGateway
from tools.execution.naming import order_names
from tools.execution.working import Phase

PREFIX = "kp"


@dataclass(frozen=True, slots=True)
class PositionGap:
    """An asset of which the venue holds other than memory says, units."""

    asset: str
    remembered: int
    at_venue: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What a comparison found; ``trouble`` is why none could be made.

    Attributes:
        missing: Working orders that the venue does not list as open.
        foreign: Open orders with our prefix that memory does not know.
        gaps: Assets held other than remembered.
    """

    missing: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    gaps: tuple[PositionGap, ...] = ()
    trouble: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether memory and venue agree."""
        return not (self.missing or self.foreign or self.gaps or self.trouble)

    def __str__(self) -> str:
        parts = [f"order {order} is not open at the venue" for order in self.missing]
        parts += [f"order {order} at the venue is not in memory" for order in self.foreign]
        parts += [
            f"{gap.asset}: expected {to_decimal(gap.remembered)}, the venue holds {to_decimal(gap.at_venue)}"
            for gap in self.gaps
        ]
        return "; ".join([*parts, *filter(None, [self.trouble])]) or "memory and venue agree"


@dataclass(frozen=True, slots=True)
class ReconcileConfig:
    """How often, how patiently, and what was there before us.

    ``own`` is what the account holds of each base asset that is none of Keeper's, units.
    """

    every_s: float = 30.0
    tries: int = 5
    settle_s: float = 0.5
    own: Mapping[str, int] = field(default_factory=dict)


class Reconciler:
    """Compares, and halts the gateway's entries while there is a difference.

    Attributes:
        equal: How many comparisons ended equal.
        different: How many did not, those that could not be made included.
        last: What the last one found; None before the first.
    """

    def __init__(
        self,
        gateway: OrderGateway,
        record: OrderRecord,
        on_mismatch: Callable[[Reconciliation], None],
        config: ReconcileConfig | None = None,
    ) -> None:
        self._gateway = gateway
        self._record = record
        self._on_mismatch = on_mismatch
        self._config = config or ReconcileConfig()
        self.equal = self.different = 0
        self.last: Reconciliation | None = None

    @property
    def compared(self) -> int:
        """How many comparisons came to an end."""
        return self.equal + self.different

    async def run(self) -> None:
        """Compare every ``every_s`` seconds until cancelled."""
        while True:
            await asyncio.sleep(self._config.every_s)
            await self.reconcile()

    async def reconcile(self) -> Reconciliation:
        """Compare until two comparisons with nothing between them agree, or differ, alike."""
        last: Reconciliation | None = None
        for _ in range(self._config.tries):
            version = self._gateway.version
            found = await self._compare()
            is_still = version == self._gateway.version and self._stands_still()
            if is_still and (found.is_equal or found == last):
                return self._conclude(found)
            last = found if is_still else None
            await asyncio.sleep(self._config.settle_s)
        return self._conclude(
            last if last and not last.is_equal else Reconciliation(trouble="the account did not stand still")
        )

    def _stands_still(self) -> bool:
        """Whether every order under way is open at the venue, as far as we know."""
        return all(o.phase is Phase.OPEN and o.ended is None for o in self._gateway.working)

    def _conclude(self, found: Reconciliation) -> Reconciliation:
        self.last = found
        if found.is_equal:
            self.equal += 1
            self._gateway.allow()
        else:
            self.different += 1
            self._gateway.halt(f"memory and venue differ: {found}")
            self._on_mismatch(found)
        return found

    async def _compare(self) -> Reconciliation:
        wire = self._gateway.wire
        try:
            open_ids = {
                order.client_order_id
                for symbol in wire.instruments
                for order in await wire.open_orders(symbol)
            }
            totals = await wire.totals()
        except Exception as error:  # noqa: BLE001 (any failure means that nothing could be compared)
            return Reconciliation(trouble=f"the venue could not be asked: {type(error).__name__}")
        intents = [order.intent for order in self._gateway.working]
        known = {name for intent in intents for name in order_names(intent)}
        missing = [i.client_order_id for i in intents if not order_names(i) & open_ids]
        ours = {order for order in open_ids if order.startswith(PREFIX)}
        gaps = [
            PositionGap(asset, held, to_units(totals.get(asset, to_decimal(0))))
            for asset, held in self._expected().items()
            if to_units(totals.get(asset, to_decimal(0))) != held
        ]
        return Reconciliation(
            tuple(sorted(missing)), tuple(sorted(ours - known)), tuple(sorted(gaps, key=str))
        )

    def _expected(self) -> dict[str, int]:
        base_of = {name: instrument.base for name, instrument in self._gateway.wire.instruments.items()}
        held = {base: self._config.own.get(base, 0) for base in base_of.values()}
        for holding in self._record.holdings(base_of):
            base = base_of.get(holding.intent.symbol)
            if base is not None:
                held[base] += holding.size
        return held
