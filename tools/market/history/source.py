"""What may be asked of a venue, in one vocabulary: its time, its markets, candles, trades.

The venues' own paths are asked through ccxt's client rather than its unified calls: those round prices
to floats, sort ids as text and add windows of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tools.domain.errors import BadUsage
from tools.market.history import listing
from tools.market.history.candles import Candles, candles_of
from tools.market.history.channel import Channel, Malformed
from tools.market.history.prints import Page, made_ids, page_of, told_ids
from tools.market.history.spans import Span
from tools.market.history.timeframes import DAY_MS, HOUR_MS, Timeframe, timeframe_of
from tools.market.localize import localize_binance, localize_mexc

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one venue is asked.

    Attributes:
        stem: Start of the names of ccxt's methods.
        candle_rows: Most candles it gives at once.
        has_trade_ids: Whether trades are counted, so that they can be asked for by number.
        weights: What each kind of request costs.
        born_ms: Before this it had no market.
    """

    name: str
    stem: str
    localize: Callable[[Any, str], None]
    timeframes: Callable[[Any], dict[str, str]]
    weights: dict[str, int]
    read_listings: Callable[[Any], listing.Listings]
    candle_rows: int
    has_trade_ids: bool
    born_ms: int
    trade_rows: int = 1_000


DIALECTS = {
    "binance": Dialect(
        "binance",
        "publicGet",
        localize_binance,
        lambda client: dict(client.timeframes),
        {"Time": 1, "ExchangeInfo": 20, "Ticker24hr": 80, "Klines": 2, "AggTrades": 4},
        listing.binance_listings,
        candle_rows=1_000,
        has_trade_ids=True,
        born_ms=1_498_867_200_000,  # July 2017
    ),
    "mexc": Dialect(
        "mexc",
        "spotPublicGet",
        localize_mexc,
        lambda client: dict(client.options["timeframes"]["spot"]),
        {"Time": 1, "ExchangeInfo": 25, "Ticker24hr": 40, "Klines": 1, "AggTrades": 1},
        listing.mexc_listings,
        candle_rows=500,
        has_trade_ids=False,
        born_ms=1_522_540_800_000,  # April 2018
    ),
}


def dialect_of(venue: str) -> Dialect:
    """How ``venue`` is asked.

    Raises:
        BadUsage: Nobody here knows.
    """
    if venue not in DIALECTS:
        raise BadUsage(f"--venue expects one of {', '.join(DIALECTS)}, was {venue[:40]!r}")
    return DIALECTS[venue]


class Source:
    """One venue's history, asked through ``channel``."""

    def __init__(self, dialect: Dialect, channel: Channel) -> None:
        self.dialect = dialect
        self.channel = channel

    def timeframe(self, name: str) -> Timeframe:
        """The timeframe called ``name``.

        Raises:
            BadUsage: The venue has none of that name.
        """
        return timeframe_of(name, self.dialect.timeframes(self.channel.client), self.dialect.name)

    async def now_ms(self) -> int:
        """The venue's time."""
        return await self._ask("the time", "Time", {}, lambda answer: _whole(answer, "serverTime"))

    async def listings(self) -> listing.Listings:
        """Every market of the venue, and how much may be asked of it."""
        return await self._ask("its markets", "ExchangeInfo", {}, self.dialect.read_listings)

    async def tickers(self) -> listing.Tickers:
        """Last price and volume of 24 hours, of every market."""
        return await self._ask("its tickers", "Ticker24hr", {}, listing.tickers)

    async def candles(self, symbol: str, timeframe: Timeframe, window: Span) -> Candles:
        """The candles that open in ``window``, which is no longer than ``candle_rows`` of them."""
        interval = self.dialect.timeframes(self.channel.client)[timeframe.name]
        return await self._ask(
            f"candles of {symbol}",
            "Klines",
            {
                "symbol": symbol,
                "interval": interval,
                "startTime": window[0],
                "endTime": window[1] - 1,
                "limit": self.dialect.candle_rows,
            },
            lambda rows: candles_of(rows, timeframe, window),
        )

    async def first_day(self, symbol: str, now_ms: int) -> int | None:
        """The first day (ms) of which there is a candle; None where there is none yet."""
        day = Timeframe("1d", DAY_MS)
        length = self.dialect.candle_rows * DAY_MS
        for start in range(day.down(self.dialect.born_ms), now_ms, length):
            found = await self.candles(symbol, day, (start, start + length))
            if len(found):
                return int(found["open_time"][0]) // 1_000
        return None

    async def trades_from(self, symbol: str, number: int, rows: int | None = None) -> Page:
        """Trades from id ``number`` on."""
        return await self._trades(symbol, {"fromId": number}, rows or self.dialect.trade_rows)

    async def trades_in(self, symbol: str, window: Span, rows: int | None = None) -> Page:
        """The first trades of ``window`` (ms), which is no longer than an hour."""
        if not 0 < window[1] - window[0] <= HOUR_MS:
            raise ValueError(f"window must be at most an hour, was {window[1] - window[0]} ms")
        asked = {"startTime": window[0], "endTime": window[1] - 1}
        page = await self._trades(symbol, asked, rows or self.dialect.trade_rows)
        stamps = page.events["ts_event"] // 1_000_000
        return page.cut((stamps >= window[0]) & (stamps < window[1]))

    async def _trades(self, symbol: str, query: dict[str, Any], rows: int) -> Page:
        number = told_ids if self.dialect.has_trade_ids else made_ids
        query = {"symbol": symbol, **query, "limit": rows}
        return await self._ask(
            f"trades of {symbol}", "AggTrades", query, lambda answer: page_of(answer, rows, number)
        )

    async def _ask(self, what: str, path: str, query: dict[str, Any], read: Callable[[Any], Value]) -> Value:
        send = getattr(self.channel.client, self.dialect.stem + path)
        return await self.channel.ask(what, self.dialect.weights[path], lambda: send(query), read)


def _whole(answer: Any, name: str) -> int:
    try:
        return int(answer[name])
    except (TypeError, KeyError, ValueError) as error:
        raise Malformed(f"expected a whole number {name}, was {str(answer)[:80]!r}") from error
