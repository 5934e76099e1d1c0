"""Engine integers as the decimal texts of a protocol: eight places or as many as it takes, unless told."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from venue.engine.codes import OrderKind, SelfTrade, Side, TimeInForce
from venue.engine.rules import Assets, MarketRules

Text = Callable[[Decimal], str]

PLACES = 8
KEPT = 50_000  # texts remembered a market

SIDES = tuple(word.name for word in Side)
KINDS = tuple(word.name for word in OrderKind)
TIFS = tuple(word.name for word in TimeInForce)
MODES = tuple(word.name for word in SelfTrade)
INTERVALS_MS = {
    "1m": 60_000,
    "3m": 180_000,
    "5m": 300_000,
    "15m": 900_000,
    "30m": 1_800_000,
    "1h": 3_600_000,
    "2h": 7_200_000,
    "4h": 14_400_000,
    "6h": 21_600_000,
    "8h": 28_800_000,
    "12h": 43_200_000,
    "1d": 86_400_000,
}


def text(amount: Decimal) -> str:
    """A decimal without exponent, eight places at least.

    >>> text(Decimal("0.5"))
    '0.50000000'
    """
    exponent = amount.as_tuple().exponent
    places = max(PLACES, -exponent) if isinstance(exponent, int) else PLACES
    return f"{amount:.{places}f}"


class Words:
    """The texts of one market; levels repeat, so texts are kept."""

    def __init__(self, rules: MarketRules, assets: Assets, write: Text = text) -> None:
        self.rules = rules
        self.write = write
        self._assets = assets
        self._prices: dict[int, str] = {}
        self._sizes: dict[int, str] = {}
        self.cost_units = assets.units(rules.quote, rules.tick * rules.lot)

    def price(self, ticks: int) -> str:
        """A price."""
        if ticks not in self._prices:
            if len(self._prices) >= KEPT:
                self._prices.clear()
            self._prices[ticks] = self.write(self.rules.price(ticks))
        return self._prices[ticks]

    def size(self, lots: int) -> str:
        """A size."""
        if lots not in self._sizes:
            if len(self._sizes) >= KEPT:
                self._sizes.clear()
            self._sizes[lots] = self.write(self.rules.size(lots))
        return self._sizes[lots]

    def quote(self, units: int) -> str:
        """An amount of the quote asset."""
        return self.amount(self.rules.quote, units)

    def amount(self, asset: str, units: int) -> str:
        """An amount of an asset."""
        return self.write(self._assets.amount(asset, units))

    def received(self, side: int) -> str:
        """The asset an order of this side receives, in which its fee is taken."""
        return self.rules.base if side == Side.BUY else self.rules.quote

    def levels(self, levels: list[tuple[int, int]]) -> list[list[str]]:
        """Book levels as pairs of texts."""
        return [[self.price(ticks), self.size(lots)] for ticks, lots in levels]
