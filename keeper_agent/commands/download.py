"""``keeper download``: candles, trades and the table of markets of a venue, through ccxt's client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from keeper_agent.console import ERR, OUT, print_json
from keeper_agent.settings import load_home
from keeper_agent.views.download import Bars, market_table
from tools.domain.clock import SystemClock, SystemStopwatch, iso
from tools.domain.errors import BadUsage, KeeperError
from tools.market.history.cache import Cache, Fetched
from tools.market.history.candle_download import download_candles
from tools.market.history.candle_file import open_candles
from tools.market.history.channel import ChannelConfig
from tools.market.history.connection import address_of, connected
from tools.market.history.files import sole_writer
from tools.market.history.listing import Listings, Ticker, Tickers
from tools.market.history.source import Source, dialect_of
from tools.market.history.spans import Span
from tools.market.history.timeframes import DAY_MS
from tools.market.history.trade_download import download_trades
from tools.market.history.trade_store import TradeStore
from tools.market.instruments import SYMBOL_NAME

MARKETS_S = 3_600.0
TICKERS_S = 60.0
LEAST_WEIGHT = 100  # all tickers at once cost 80
SETTLED_MS = 2_000  # what is younger may still grow
NS_A_MS = 1_000_000

Result = TypeVar("Result")


class Interrupted(KeeperError):
    """Somebody stopped the download; nothing is lost."""

    exit_code = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for on the command line; no ``base_url`` is the live venue."""

    venue: str
    symbols: str = ""
    since: str | None = None
    until: str | None = None
    base_url: str | None = None
    out: Path | None = None
    weight: int = 1_200
    home: Path | None = None

    @property
    def folder(self) -> Path:
        """Where the files go."""
        return self.out if self.out is not None else load_home(self.home) / "history" / self.venue

    @property
    def names(self) -> list[str]:
        """The symbols as the venues spell them, each once.

        Raises:
            BadUsage: There is none, or one is no name.
        """
        names = [part.strip().replace("/", "").upper() for part in self.symbols.split(",") if part.strip()]
        wrong = next((name for name in names if not SYMBOL_NAME.fullmatch(name)), None)
        if not names or wrong is not None:
            raise BadUsage(f"--symbols expects names such as BTCUSDT,ETHUSDT, was {self.symbols[:60]!r}")
        return list(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Session:
    """A venue that has answered, the bars, and the moment (ms) that counts as now."""

    source: Source
    cache: Cache
    bars: Bars
    now: int


def download_candle_files(order: Order, timeframe: str, *, as_json: bool) -> None:
    """Bring one Parquet file a symbol up to now, and say what was new."""
    since, until = moment(order.since, "--since"), moment(order.until, "--until")
    _refuse_reversed(order, since, until)

    async def run(session: Session) -> list[dict[str, Any]]:
        frame = session.source.timeframe(timeframe)
        end = _end(order, since, until, session.now)
        await _require_listed(session, order)
        told = []
        with sole_writer(order.folder):
            for symbol in order.names:
                path = order.folder / f"{symbol}-{frame.name}.parquet"
                file = open_candles(
                    path, venue=order.venue, symbol=symbol, timeframe=frame, note=session.bars.note
                )
                counts = await download_candles(session.source, file, since, end, session.bars)
                told.append(
                    {
                        "symbol": symbol,
                        "file": str(path),
                        "candles": len(file.candles),
                        **asdict(counts),
                        "duplicates_removed": file.duplicates,
                        "covered": [_span(span) for span in file.covered.parts],
                        "outages": [
                            _span(span) | {"candles": frame.count(span)} for span in file.outages.parts
                        ],
                    }
                )
        return told

    rows, counts = _in_session(order, run)
    _report(order, rows, counts, as_json=as_json, line=_candle_line)


def download_trade_files(order: Order, *, as_json: bool) -> None:
    """Bring one file a symbol and UTC day up to now, and say what was new."""
    since, until = moment(order.since, "--since"), moment(order.until, "--until")
    _refuse_reversed(order, since, until)

    async def run(session: Session) -> list[dict[str, Any]]:
        end = _end(order, since, until, session.now)
        await _require_listed(session, order)
        told = []
        with sole_writer(order.folder):
            for symbol in order.names:
                store = TradeStore(order.folder, order.venue, symbol, session.bars.note)
                start = since if since is not None else store.earliest
                start = (end - DAY_MS if start is None else start) // DAY_MS * DAY_MS
                counts = await download_trades(session.source, store, symbol, (start, end), session.bars)
                told.append(
                    {
                        "symbol": symbol,
                        "files": [str(order.folder / name) for name in counts.files],
                        "trades": counts.rows,
                        "new": counts.new,
                        "filled": counts.faults.refilled,
                        "duplicates_removed": counts.faults.duplicates,
                        "covered": [_span((start, end))],
                        "holes": [{"from": first, "up_to": last} for first, last in counts.holes],
                    }
                )
        return told

    rows, counts = _in_session(order, run)
    _report(order, rows, counts, as_json=as_json, line=_trade_line)


def show_markets(order: Order, quote: str | None, *, as_json: bool) -> None:
    """The venue's markets from the caches, largest volume first."""

    async def run(session: Session) -> tuple[Fetched[Listings], Fetched[Tickers]]:
        return await _listings(session), await session.cache.get(
            "tickers",
            TICKERS_S,
            fetch=session.source.tickers,
            pack=lambda value: {name: asdict(ticker) for name, ticker in value.items()},
            unpack=lambda value: {name: Ticker(**row) for name, row in value.items()},
        )

    (markets, tickers), _ = _in_session(order, run, is_timed=False)
    rows = market_rows(markets.value, tickers.value, quote)
    if as_json:
        times = {"markets_fetched_at": iso(markets.at), "tickers_fetched_at": iso(tickers.at)}
        print_json({"venue": order.venue, **times, "markets": rows})
        return
    OUT.print(market_table(rows))
    OUT.print(
        f"{len(rows)} markets; rules of {iso(markets.at)}, volumes of {iso(tickers.at)}", soft_wrap=True
    )


def market_rows(markets: Listings, tickers: Tickers, quote: str | None) -> list[dict[str, Any]]:
    """Markets and what became of them, largest volume in its own quote first."""
    nothing = Ticker("", "", "")
    rows = []
    for market in markets.markets:
        ticker = tickers.get(market.symbol, nothing)
        if quote is None or market.quote == quote.upper():
            row = asdict(market) | {"volume_24h": ticker.volume, "quote_volume_24h": ticker.quote_volume}
            rows.append(row | {"last": ticker.last})
    return sorted(rows, key=lambda row: (-float(row["quote_volume_24h"] or 0), row["symbol"]))


def moment(text: str | None, option: str) -> int | None:
    """``text`` such as 2025-01-01 or 2025-01-01T12:30 (UTC) as milliseconds.

    Raises:
        BadUsage: It is no moment, or lies outside the years 2000 to 2099.
    """
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year < 2100:
        raise BadUsage(f"{option} expects a moment such as 2025-01-01 or 2025-01-01T12:30, was {text[:40]!r}")
    aware = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1_000)


def _refuse_reversed(order: Order, since: int | None, until: int | None) -> None:
    if since is not None and until is not None and since >= until:
        raise BadUsage(f"--since must lie before --until, was {order.since} and {order.until}")


def _end(order: Order, since: int | None, until: int | None, now: int) -> int:
    """Where the question ends; what is still going on is not in it."""
    if since is not None and since >= now:
        raise BadUsage(f"--since must lie in the past, was {order.since} at {iso(now * NS_A_MS)}")
    return now if until is None else min(until, now)


def _in_session(
    order: Order, run: Callable[[Session], Awaitable[Result]], *, is_timed: bool = True
) -> tuple[Result, dict[str, int]]:
    """What ``run`` makes of a session, and what was asked in it."""

    async def whole() -> tuple[Result, dict[str, int]]:
        async with _session(order, is_timed=is_timed) as session:
            return await run(session), asdict(session.source.channel.counts)

    try:
        return asyncio.run(whole())
    except KeyboardInterrupt:
        raise Interrupted("interrupted; the same command goes on from here") from None


@asynccontextmanager
async def _session(order: Order, *, is_timed: bool) -> AsyncIterator[Session]:
    if order.weight < LEAST_WEIGHT:
        raise BadUsage(f"--weight must be at least {LEAST_WEIGHT} a minute, was {order.weight}")
    dialect, host = dialect_of(order.venue), address_of(order.base_url)
    clock, stopwatch = SystemClock(), SystemStopwatch()
    with Bars(ERR, stopwatch) as bars:
        async with connected(
            dialect,
            order.base_url,
            config=ChannelConfig(weight_per_minute=order.weight),
            clock=clock,
            stopwatch=stopwatch,
            # only spreads tries apart; no two downloads may come back in step
            rng=np.random.default_rng(clock.now()),
            complain=bars.note,
        ) as source:
            cache = Cache(load_home(order.home) / "cache", clock, venue=order.venue, host=host)
            now = await source.now_ms() if is_timed else clock.now() // NS_A_MS
            source.channel.offset_ns = now * NS_A_MS - clock.now()
            yield Session(source, cache, bars, now - SETTLED_MS)


async def _listings(session: Session) -> Fetched[Listings]:
    found = await session.cache.get(
        "markets",
        MARKETS_S,
        fetch=session.source.listings,
        pack=lambda value: value.as_json(),
        unpack=Listings.from_json,
    )
    session.source.channel.venue_limit = found.value.weight_per_minute
    return found


async def _require_listed(session: Session, order: Order) -> None:
    """Refuse symbols the venue does not know.

    Raises:
        BadUsage: One of them; the message names similar ones.
    """
    listings = (await _listings(session)).value
    for name in order.names:
        if listings.named(name) is None:
            close = get_close_matches(name, [market.symbol for market in listings.markets], 3)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            raise BadUsage(f"--symbols: {order.venue} lists no {name}{hint}")


def _report(
    order: Order, rows: list[dict[str, Any]], counts: dict[str, int], *, as_json: bool, line: Any
) -> None:
    if as_json:
        print_json({"venue": order.venue, "out": str(order.folder), "symbols": rows, "asked": counts})
        return
    for row in rows:
        OUT.print(line(row), soft_wrap=True, markup=False)
    OUT.print(
        f"{counts['requests']:,} requests, weight {counts['weight']:,}, {counts['retries']} asked again"
    )


def _candle_line(row: dict[str, Any]) -> str:
    missing = sum(outage["candles"] for outage in row["outages"])
    outages = f", {missing:,} missing in {len(row['outages'])} outages of the venue" if missing else ""
    return f"{row['symbol']}: {row['candles']:,} candles, {row['new']:,} new{outages} in {row['file']}"


def _trade_line(row: dict[str, Any]) -> str:
    holes = f", {len(row['holes'])} holes in the venue's own count" if row["holes"] else ""
    return f"{row['symbol']}: {row['trades']:,} trades, {row['new']:,} new{holes}, {len(row['files'])} files"


def _span(span: Span) -> dict[str, str]:
    return {"from": iso(span[0] * NS_A_MS), "up_to": iso(span[1] * NS_A_MS)}
