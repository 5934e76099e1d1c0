"""One order of ``keeper download`` and the venue it is asked of: words checked, client connected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

import numpy as np

from keeper_agent.console import ERR
from keeper_agent.settings import load_home
from keeper_agent.views.download import Bars
from tools.domain.clock import SystemClock, SystemStopwatch, iso
from tools.domain.errors import BadUsage, KeeperError
from tools.market.history.cache import Cache, Fetched
from tools.market.history.candle_file import LIVE, LOCAL
from tools.market.history.channel import ChannelConfig
from tools.market.history.connection import address_of, connected
from tools.market.history.listing import Listings
from tools.market.history.source import Source, dialect_of
from tools.market.instruments import SYMBOL_NAME

MARKETS_S = 3_600.0
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
        """Where the files go; what a local venue made up is never among what happened."""
        name = self.venue if self.source == LIVE else f"{self.venue}-{self.source}"
        return self.out if self.out is not None else load_home(self.home) / "history" / name

    @property
    def source(self) -> str:
        """Whether the live venue is asked or a local one."""
        return LIVE if self.base_url is None else LOCAL

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

    @property
    def window(self) -> tuple[int | None, int | None]:
        """From and up to (ms), as far as they were given.

        Raises:
            BadUsage: They are no moments, or in the wrong order.
        """
        since, until = _moment(self.since, "--since"), _moment(self.until, "--until")
        if since is not None and until is not None and since >= until:
            raise BadUsage(f"--since must lie before --until, was {self.since} and {self.until}")
        return since, until


@dataclass(frozen=True, slots=True)
class Session:
    """A venue that has answered, the bars, and the moment (ms) that counts as now."""

    source: Source
    cache: Cache
    bars: Bars
    now: int

    def end(self, order: Order) -> int:
        """Where the question ends (ms); what is still going on is not in it.

        Raises:
            BadUsage: It begins after that.
        """
        since, until = order.window
        if since is not None and since >= self.now:
            raise BadUsage(f"--since must lie in the past, was {order.since} at {iso(self.now * NS_A_MS)}")
        return self.now if until is None else min(until, self.now)


def in_session(
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


async def listings_of(session: Session, max_age_s: float = MARKETS_S) -> Fetched[Listings]:
    """The venue's markets, from the cache where they are young enough."""
    found = await session.cache.get(
        "markets",
        max_age_s,
        fetch=session.source.listings,
        pack=lambda value: value.as_json(),
        unpack=Listings.from_json,
    )
    session.source.channel.venue_limit = found.value.weight_per_minute
    return found


async def require_listed(session: Session, order: Order) -> None:
    """Refuse symbols the venue does not know.

    Raises:
        BadUsage: One of them; the message names similar ones.
    """
    names, found = order.names, await listings_of(session)
    if not found.is_fresh and any(found.value.named(name) is None for name in names):
        found = await listings_of(session, 0.0)  # it may have come since
    for name in names:
        if found.value.named(name) is None:
            close = get_close_matches(name, [market.symbol for market in found.value.markets], 3)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            raise BadUsage(f"--symbols: {order.venue} lists no {name}{hint}")


def _moment(text: str | None, option: str) -> int | None:
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
