"""The markets of the simulated venue: five thin coins and the large one that leads them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from venue.engine.rules import MarketRules

UNIT = Decimal("1e-8")


@dataclass(frozen=True, kw_only=True)
class Symbol:
    """A market and where its price starts."""

    base: str
    price: Decimal
    tick: Decimal
    lot: Decimal

    @cached_property
    def name(self) -> str:
        """As the venue writes it."""
        return f"{self.base}USDT"

    @cached_property
    def tick_units(self) -> int:
        """A tick in 1e-8 quote."""
        return int(self.tick / UNIT)

    @cached_property
    def lot_units(self) -> int:
        """A lot in 1e-8 base."""
        return int(self.lot / UNIT)

    def rules(self) -> MarketRules:
        """The filters of this market; participants may have any number of orders."""
        return MarketRules(
            symbol=self.name,
            base=self.base,
            quote="USDT",
            tick=self.tick,
            lot=self.lot,
            reference=self.price,
            min_notional=Decimal(1),
            max_orders=100_000,
        )


def _symbol(base: str, price: str, tick: str, lot: str) -> Symbol:
    return Symbol(base=base, price=Decimal(price), tick=Decimal(tick), lot=Decimal(lot))


BTC = _symbol("BTC", "60000", "0.1", "0.00001")
THIN = (
    _symbol("ORB", "0.5120", "0.0001", "0.1"),
    _symbol("KITE", "0.03420", "0.00001", "1"),
    _symbol("MOSS", "3.210", "0.001", "0.01"),
    _symbol("FERN", "0.008710", "0.000002", "1"),
    _symbol("DUSK", "1.4500", "0.0005", "0.01"),
)
