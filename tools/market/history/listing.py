"""A venue's markets as tables: what can be traded, on which grid, how much of it was.

Amounts are the venue's own decimal texts, without trailing zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from tools.domain.market import plain
from tools.market.history.channel import Malformed

Value = TypeVar("Value")

MEXC_STATES = {"1": "TRADING", "2": "HALT", "3": "BREAK"}


@dataclass(frozen=True, slots=True)
class Listing:
    """One market; an empty text where the venue does not say."""

    symbol: str
    base: str
    quote: str
    tick: str
    lot: str
    min_notional: str
    status: str


@dataclass(frozen=True, slots=True)
class Listings:
    """All markets, and the request weight a minute that the venue allows (0: it does not say)."""

    markets: tuple[Listing, ...]
    weight_per_minute: int = 0

    def named(self, symbol: str) -> Listing | None:
        """The market called ``symbol``."""
        return next((market for market in self.markets if market.symbol == symbol), None)

    def as_json(self) -> Any:
        """For a cache."""
        rows = [[getattr(one, name) for name in Listing.__slots__] for one in self.markets]
        return {"markets": rows, "weight_per_minute": self.weight_per_minute}

    @classmethod
    def from_json(cls, value: Any) -> Listings:
        """From a cache."""
        return cls(tuple(Listing(*row) for row in value["markets"]), int(value["weight_per_minute"]))


@dataclass(frozen=True, slots=True)
class Ticker:
    """What became of one market in 24 hours; texts as the venue tells them."""

    last: str
    volume: str
    quote_volume: str


Tickers = dict[str, Ticker]


def tickers(answer: Any) -> Tickers:
    """The rows of ticker/24hr by symbol.

    Raises:
        Malformed: They are something else.
    """
    return _reading(
        "tickers",
        answer,
        lambda: {
            str(row["symbol"]): Ticker(
                _number(row["lastPrice"]), _number(row["volume"]), _number(row.get("quoteVolume"))
            )
            for row in _rows(answer)
        },
    )


def binance_listings(answer: Any) -> Listings:
    """Binance's exchangeInfo.

    Raises:
        Malformed: It is something else.
    """
    return _reading("exchangeInfo", answer, lambda: _binance(answer))


def mexc_listings(answer: Any) -> Listings:
    """MEXC's exchangeInfo.

    Raises:
        Malformed: It is something else.
    """
    return _reading(
        "exchangeInfo", answer, lambda: Listings(tuple(_mexc(row) for row in _rows(answer["symbols"])))
    )


def _binance(answer: Any) -> Listings:
    limits = [
        int(rule["limit"])
        for rule in answer.get("rateLimits", [])
        if (rule["rateLimitType"], rule["interval"], int(rule["intervalNum"]))
        == ("REQUEST_WEIGHT", "MINUTE", 1)
    ]
    markets = tuple(_binance_market(row) for row in _rows(answer["symbols"]))
    return Listings(markets, limits[0] if limits else 0)


def _binance_market(row: Any) -> Listing:
    rules = {rule["filterType"]: rule for rule in row["filters"]}
    notional = rules.get("NOTIONAL") or rules.get("MIN_NOTIONAL") or {}
    return Listing(
        symbol=row["symbol"],
        base=row["baseAsset"],
        quote=row["quoteAsset"],
        tick=_number(rules.get("PRICE_FILTER", {}).get("tickSize")),
        lot=_number(rules.get("LOT_SIZE", {}).get("stepSize")),
        min_notional=_number(notional.get("minNotional")),
        status=row["status"],
    )


def _mexc(row: Any) -> Listing:
    state = str(row["status"])
    return Listing(
        symbol=row["symbol"],
        base=row["baseAsset"],
        quote=row["quoteAsset"],
        tick=_step(row["quoteAssetPrecision"]),
        lot=_step(row["baseAssetPrecision"]),
        min_notional=_number(row.get("quoteAmountPrecision")),
        status=MEXC_STATES.get(state, state),
    )


def _step(digits: Any) -> str:
    return plain(Decimal(1).scaleb(-int(digits)))


def _number(value: Any) -> str:
    return "" if value in (None, "") else plain(Decimal(str(value)))


def _rows(value: Any) -> Sequence[Any]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError("no list")
    return value


def _reading(what: str, answer: Any, read: Callable[[], Value]) -> Value:
    try:
        return read()
    except (TypeError, KeyError, ValueError, AttributeError, InvalidOperation) as error:
        raise Malformed(f"expected {what}, was {str(answer)[:80]!r}: {error}") from error
