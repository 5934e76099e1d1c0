"""Instruments and the integer grid on which prices and sizes are kept.

Prices and sizes live as int64 units of 1e-8, the finest step any supported feed prints,
so that sums are exact and a book level is found by comparing integers. The venue's own
tick and lot are multiples of that unit and are applied in one place: here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import IntEnum

UNITS = 100_000_000  # price and size units per 1.0
_SQUARED = Decimal(UNITS * UNITS)
NANOS = 1_000_000_000  # nanoseconds per second


class Side(IntEnum):
    """Direction of an order or of a print's aggressor; 0 where the venue did not say."""

    SELL = -1
    UNKNOWN = 0
    BUY = 1

    @property
    def label(self) -> str:
        """``buy``, ``sell`` or ``unknown``."""
        return self.name.lower()


def to_units(value: Decimal) -> int:
    """Exact units of ``value``; raises ValueError when it is finer than 1e-8."""
    scaled = value * UNITS
    units = int(scaled)
    if units != scaled:
        raise ValueError(f"expected at most 8 decimals, was {value}")
    return units


def to_decimal(units: int) -> Decimal:
    """The decimal value of ``units`` of 1e-8, exact."""
    return Decimal(units) / UNITS


def plain(value: Decimal) -> str:
    """``value`` as text without exponent or trailing zeros, the form the record keeps."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is traded, where, on which grid and at what cost.

    Attributes:
        symbol: The venue's spelling, for example ``BTCUSDT``.
        venue: The venue's name in Tardis spelling, for example ``binance``.
        base: Asset bought and sold.
        quote: Asset prices are expressed in.
        tick: Smallest price step in units of 1e-8; 0 until learned from the feed.
        lot: Smallest size step in units of 1e-8.
        min_notional: Smallest order value, quote per order.
        maker_fee_bps: Fee of a resting fill, basis points of its value.
        taker_fee_bps: Fee of an aggressive fill, basis points of its value.
        quote_usd: US dollars per quote unit; None where no rate is known.
        quiet_limit_s: A book silent for longer is gapped; None for event-complete feeds.
        has_dense_trade_ids: Whether a hole in trade ids means lost prints.
    """

    symbol: str
    venue: str
    base: str
    quote: str
    tick: int
    lot: int
    min_notional: Decimal
    maker_fee_bps: float
    taker_fee_bps: float
    quote_usd: Decimal | None
    quiet_limit_s: float | None
    has_dense_trade_ids: bool

    def __post_init__(self) -> None:
        """Refuse a grid nothing could be booked on."""
        if self.lot <= 0:
            raise ValueError(f"lot must be positive units, was {self.lot}")
        if self.tick < 0:
            raise ValueError(f"tick must not be negative, was {self.tick}")

    def price_down(self, units: int) -> int:
        """The nearest price on the tick at or below ``units``."""
        return units - units % self.tick if self.tick else units

    def size_for(self, value_quote: Decimal, price: int, *, round_up: bool = False) -> int:
        """Size units on the lot grid worth about ``value_quote`` at ``price`` units."""
        if price <= 0:
            raise ValueError(f"price must be positive units, was {price}")
        lots = value_quote * _SQUARED / (price * self.lot)
        rounding = ROUND_CEILING if round_up else ROUND_FLOOR
        return int(lots.to_integral_value(rounding)) * self.lot

    def value(self, size: int, price: int) -> Decimal:
        """Quote value of ``size`` units at ``price`` units, exact."""
        return Decimal(size * price) / _SQUARED
