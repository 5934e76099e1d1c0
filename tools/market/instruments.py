"""What is known of venues and symbols before their feed is read: grids, fees, quote assets.

Fees are each venue's public base tier; an account's own tier is a matter of settings.
A grid that is not listed is left open: tick 0 is learned from the feed, the lot is the
finest unit, so that nothing is rounded away on a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from tools.domain.errors import BadUsage
from tools.domain.market import Instrument, to_units

VENUE_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
SYMBOL_NAME = re.compile(r"[A-Za-z0-9_/:-]{1,40}")
UNKNOWN_QUOTE = "UNKNOWN"

USD_LIKE = frozenset({"USD", "USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USDP", "DAI"})
# BNBUSD is BNB in USD: an ending is read as BUSD or TUSD only where the venue has those and nothing in USD.
_COINS = ("USDT", "USDC", "DAI", "BTC", "ETH", "BNB", "EUR", "TRY", "GBP", "BRL", "JPY", "AUD")
_BINANCE = ("FDUSD", "BUSD", "TUSD", "USDP", *_COINS)
_GENERIC = ("FDUSD", "USD", *_COINS)
_SEPARATED = frozenset({*_BINANCE, *_GENERIC})


@dataclass(frozen=True, slots=True)
class Venue:
    """How a venue charges, spells and sends.

    Attributes:
        quotes: Endings read as the quote asset, longest meaning first.
        sole_quote: The quote of every symbol, where symbols name the base alone.
        quiet_limit_s: A book silent for longer is gapped; None for event-complete feeds.
    """

    maker_fee_bps: float
    taker_fee_bps: float
    quotes: tuple[str, ...] = _GENERIC
    sole_quote: str | None = None
    quiet_limit_s: float | None = 30.0
    has_dense_trade_ids: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Steps of price and size and the smallest order, as decimals; tick 0 is learned from the feed."""

    tick: str = "0"
    lot: str = "0.00000001"
    min_notional: str | None = None


VENUES: dict[str, Venue] = {
    "binance": Venue(10, 10, quotes=_BINANCE, has_dense_trade_ids=True),
    "binance-futures": Venue(2, 5, quotes=("BUSD", *_COINS), has_dense_trade_ids=True),
    "binance-delivery": Venue(2, 5),
    "hyperliquid": Venue(1.5, 4.5, sole_quote="USD"),
    "mexc": Venue(0, 5),
    "nasdaq": Venue(0, 0, sole_quote="USD", quiet_limit_s=None),
}
UNLISTED = Venue(10, 10)

GRIDS: dict[tuple[str, str], Grid] = {
    ("binance", "BTCUSDT"): Grid("0.01", "0.00001", "5"),
    ("binance", "ETHUSDT"): Grid("0.01", "0.0001", "5"),
    ("binance", "ETHBTC"): Grid("0.000001", "0.001", "0.0001"),  # as in 2020; the tick was refined since
    ("binance-futures", "BTCUSDT"): Grid("0.1", "0.001", "100"),
    ("binance-futures", "ETHUSDT"): Grid("0.01", "0.001", "20"),
    ("hyperliquid", "BTC"): Grid(
        "0", "0.00001", "10"
    ),  # five significant digits: the tick moves with the price
    ("hyperliquid", "ETH"): Grid("0", "0.0001", "10"),
}
_VENUE_GRIDS: dict[str, Grid] = {"nasdaq": Grid("0.01", "1"), "hyperliquid": Grid(min_notional="10")}


def instrument_for(venue: str, symbol: str, *, quote_usd: Decimal | None = None) -> Instrument:
    """The instrument ``symbol`` of ``venue``, from the tables here and from the symbol's spelling.

    Args:
        venue: Name in Tardis spelling; a venue not in ``VENUES`` gets a cautious profile.
        symbol: The venue's spelling, kept as it is.
        quote_usd: US dollars per quote unit; needed only where the quote is not worth about 1.

    Raises:
        BadUsage: The venue or the symbol does not look like a name, or the rate is not positive.
    """
    profile = venue_profile(venue)
    base, quote = split_symbol(symbol, profile)
    grid = GRIDS.get((venue, symbol)) or _VENUE_GRIDS.get(venue) or Grid()
    smallest = grid.min_notional or ("1" if quote in USD_LIKE else "0")
    return Instrument(
        symbol=symbol,
        venue=venue,
        base=base,
        quote=quote,
        tick=to_units(Decimal(grid.tick)),
        lot=to_units(Decimal(grid.lot)),
        min_notional=Decimal(smallest),
        maker_fee_bps=float(profile.maker_fee_bps),
        taker_fee_bps=float(profile.taker_fee_bps),
        quote_usd=_rate(quote, quote_usd),
        quiet_limit_s=profile.quiet_limit_s,
        has_dense_trade_ids=profile.has_dense_trade_ids,
    )


def venue_profile(venue: str) -> Venue:
    """How ``venue`` charges, spells and sends; the cautious profile where it is not listed.

    Raises:
        BadUsage: ``venue`` does not look like a venue's name.
    """
    if not VENUE_NAME.fullmatch(venue):
        known = ", ".join(VENUES)
        raise BadUsage(
            f"venue must be lower-case letters, digits and '-' (known: {known}), was {venue[:60]!r}"
        )
    return VENUES.get(venue, UNLISTED)


def split_symbol(symbol: str, profile: Venue = UNLISTED) -> tuple[str, str]:
    """Base and quote of ``symbol``; the quote is ``UNKNOWN`` where the spelling does not tell.

    Reading needs no quote; trading then asks for a rate.

    Raises:
        BadUsage: ``symbol`` does not look like a symbol.
    """
    if not SYMBOL_NAME.fullmatch(symbol):
        raise BadUsage(f"symbol must be 1 to 40 letters, digits, '-', '_', '/' or ':', was {symbol[:60]!r}")
    if profile.sole_quote is not None:
        return symbol, profile.sole_quote
    parts = [part for part in re.split(r"[-_/:]", symbol.upper()) if part]
    if len(parts) > 1 and parts[1] in _SEPARATED:
        return parts[0], parts[1]
    joined = parts[0] if parts else symbol
    for quote in sorted(profile.quotes, key=len, reverse=True):
        if joined.endswith(quote) and joined != quote:
            return joined.removesuffix(quote), quote
    return symbol, UNKNOWN_QUOTE


def _rate(quote: str, given: Decimal | None) -> Decimal | None:
    if given is None:
        return Decimal(1) if quote in USD_LIKE else None
    if not given.is_finite() or given <= 0:
        raise BadUsage(f"the {quote} rate must be a positive number of US dollars, was {given}")
    return given
