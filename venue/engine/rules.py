"""What a market asks of orders, and the integers in which everything is counted.

A price is a whole number of ticks and a size a whole number of lots. An asset is counted in
units of 10**-d, where d is the smallest number of digits, eight at least, in which every
amount that can move without a fee is whole: a lot of each market whose base the asset is, and
tick × lot of each market whose quote it is. A trade over n lots at p ticks then moves exactly
``p × n × cost_units`` of the quote and ``n × lot_units`` of the base: nothing is rounded
but fees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from venue.engine.codes import Reason
from venue.engine.layout import ASSETS, LARGEST, LEVELS

LEAST_DIGITS = 8
MOST_PRICE = 1 << 40  # ticks, so that a percentage of a price fits into 64 bits
MILLION = 1_000_000


class BadRules(ValueError):
    """A market, an account or an amount that the engine cannot take."""


class Misaligned(ValueError):
    """A price or a size that is no whole number of ticks or lots; ``reason`` is the filter."""

    def __init__(self, message: str, reason: Reason):
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketRules:
    """A market's assets, steps, filters and its price before the first trade.

    Sizes are in base, prices and notionals in quote; multipliers are fractions of the last
    price as in PERCENT_PRICE_BY_SIDE, 0 is no limit. ``tick`` and ``lot`` are the steps of
    PRICE_FILTER and LOT_SIZE; the band of prices the book has room for lies around
    ``reference``, and MIN and MAX of PRICE_FILTER default to it.
    """

    symbol: str
    base: str
    quote: str
    tick: Decimal
    lot: Decimal
    reference: Decimal
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    min_size: Decimal | None = None
    max_size: Decimal | None = None
    min_market_size: Decimal | None = None
    max_market_size: Decimal | None = None
    market_lot: Decimal | None = None
    min_notional: Decimal = Decimal(0)
    max_notional: Decimal = Decimal(0)
    bid_down: Decimal = Decimal(0)
    bid_up: Decimal = Decimal(0)
    ask_down: Decimal = Decimal(0)
    ask_up: Decimal = Decimal(0)
    max_orders: int = 200

    def __post_init__(self) -> None:
        for name in ("tick", "lot", "reference"):
            if getattr(self, name) <= 0:
                raise BadRules(f"{self.symbol}: {name} must be positive, was {getattr(self, name)}")

    def ticks(self, price: Decimal) -> int:
        """A price as a whole number of ticks.

        Raises:
            Misaligned: it is none.
        """
        return _whole(price, self.tick, f"{self.symbol}: price", Reason.PRICE_FILTER)

    def lots(self, size: Decimal) -> int:
        """A size as a whole number of lots.

        Raises:
            Misaligned: it is none.
        """
        return _whole(size, self.lot, f"{self.symbol}: size", Reason.LOT_SIZE)

    def price(self, ticks: int) -> Decimal:
        """Ticks as a price."""
        return self.tick * ticks

    def size(self, lots: int) -> Decimal:
        """Lots as a size."""
        return self.lot * lots


def _whole(value: Decimal, step: Decimal, what: str, reason: Reason) -> int:
    count = value / step
    if count != int(count):
        raise Misaligned(f"{what} must be a multiple of {step}, was {value}", reason)
    return int(count)


@dataclass(frozen=True, slots=True)
class Assets:
    """The assets of an exchange and the digits each is counted in."""

    names: tuple[str, ...]
    digits: tuple[int, ...]

    def number(self, name: str) -> int:
        """Number of an asset."""
        if name not in self.names:
            raise BadRules(f"asset must be one of {', '.join(self.names)}, was {name}")
        return self.names.index(name)

    def units(self, name: str, amount: Decimal) -> int:
        """An amount in whole units."""
        scaled = amount.scaleb(self.digits[self.number(name)])
        if scaled != int(scaled):
            raise BadRules(f"{name} has {self.digits[self.number(name)]} digits, the amount was {amount}")
        return int(scaled)

    def amount(self, name: str, units: int) -> Decimal:
        """Units as an amount."""
        return Decimal(units).scaleb(-self.digits[self.number(name)])


def assets_of(markets: Sequence[MarketRules]) -> Assets:
    """Every asset of the markets, in order of appearance, with the digits it needs."""
    digits: dict[str, int] = {}
    for market in markets:
        for name, step in ((market.base, market.lot), (market.quote, market.tick * market.lot)):
            exponent = step.normalize().as_tuple().exponent
            needed = -exponent if isinstance(exponent, int) else LEAST_DIGITS
            digits[name] = max(digits.get(name, LEAST_DIGITS), needed)
    if len(digits) > ASSETS:
        raise BadRules(f"at most {ASSETS} assets, there were {len(digits)}")
    return Assets(tuple(digits), tuple(digits.values()))


def as_record(rules: MarketRules, assets: Assets) -> dict[str, int]:
    """A market's rules in ticks, lots and units, under the names of layout.RULES.

    Raises:
        BadRules: an order the rules allow would not fit into 64 bits, or into the band.
    """
    reference = rules.ticks(rules.reference)
    origin = max(1, reference - LEVELS // 2)
    cost_units = assets.units(rules.quote, rules.tick * rules.lot)
    record = {
        "origin": origin,
        "min_price": _or(rules.ticks, rules.min_price, origin),
        "max_price": _or(rules.ticks, rules.max_price, origin + LEVELS - 1),
        "cost_units": cost_units,
        "lot_units": assets.units(rules.base, rules.lot),
        "base": assets.number(rules.base),
        "quote": assets.number(rules.quote),
        "min_notional": assets.units(rules.quote, rules.min_notional),
        "max_notional": assets.units(rules.quote, rules.max_notional),
        "max_orders": rules.max_orders,
        **{
            name: int(getattr(rules, name) * MILLION) for name in ("bid_down", "bid_up", "ask_down", "ask_up")
        },
    }
    record |= _sizes(rules, record)
    _check(rules, record)
    return record


def _or(convert: Any, value: Decimal | None, otherwise: int) -> int:
    return otherwise if value is None else int(convert(value))


def _sizes(rules: MarketRules, record: dict[str, int]) -> dict[str, int]:
    """The size filters; without a greatest size, the one whose notional still fits."""
    top = max(record["max_price"], record["origin"] + LEVELS)
    fits = (LARGEST - 1) // max(top * record["cost_units"], record["lot_units"])
    least = _or(rules.lots, rules.min_size, 1)
    most = _or(rules.lots, rules.max_size, fits)
    if most > fits:
        raise BadRules(f"{rules.symbol}: max_size must be at most {rules.size(fits)}, was {rules.max_size}")
    return {
        "min_size": least,
        "max_size": most,
        "min_market_size": _or(rules.lots, rules.min_market_size, least),
        "max_market_size": _or(rules.lots, rules.max_market_size, most),
        "market_size_step": _or(rules.lots, rules.market_lot, 1),
    }


def _check(rules: MarketRules, record: dict[str, int]) -> None:
    if rules.base == rules.quote:
        raise BadRules(f"{rules.symbol}: base and quote must differ, both were {rules.base}")
    if not 1 <= record["min_price"] <= record["max_price"] <= MOST_PRICE:
        raise BadRules(f"{rules.symbol}: prices must lie between 1 and {MOST_PRICE} ticks, in order")
    if not 1 <= record["min_size"] <= record["max_size"]:
        raise BadRules(f"{rules.symbol}: min_size must be a lot at least and at most max_size")
    if not 1 <= record["min_market_size"] <= record["max_market_size"] <= record["max_size"]:
        raise BadRules(f"{rules.symbol}: market sizes must lie within the limit sizes, in order")
    if record["market_size_step"] < 1 or rules.max_orders < 1:
        raise BadRules(f"{rules.symbol}: market_lot and max_orders must be positive")
