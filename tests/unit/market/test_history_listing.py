"""The table of markets, from each venue's own words, and the cache it is kept in."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.support.histories import HOUR, SYMBOL, in_time, past
from tools.market.history.cache import Cache, Fetched
from tools.market.history.channel import Malformed
from tools.market.history.listing import (
    Listing,
    Listings,
    Ticker,
    binance_listings,
    mexc_listings,
    tickers,
)

MEXC = {
    "symbol": "OGNUSDT",
    "status": "1",
    "baseAsset": "OGN",
    "quoteAsset": "USDT",
    "baseAssetPrecision": "2",
    "quoteAssetPrecision": 4,
    "quoteAmountPrecision": "5.00",
}


class Clock:
    """Set by hand, in seconds."""

    def __init__(self) -> None:
        self.seconds = 1_000

    def now(self) -> int:
        """Nanoseconds."""
        return self.seconds * 10**9


class Shop:
    """Something that is fetched, and counts how often."""

    def __init__(self, folder: Path, clock: Clock, host: str | None = None) -> None:
        self.n_fetched = 0
        self._cache = Cache(folder, clock, venue="binance", host=host)

    def get(self, max_age_s: float = 60) -> Fetched[int]:
        """What is kept, or the next number."""
        return asyncio.run(
            self._cache.get("count", max_age_s, fetch=self._fetch, pack=lambda value: [value], unpack=_unpack)
        )

    async def _fetch(self) -> int:
        self.n_fetched += 1
        return self.n_fetched


def _unpack(value: Any) -> int:
    return int(value[0])


def test_markets_are_what_the_venue_trades_on() -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source() as source:
            found = await source.listings()
            assert found.named(SYMBOL) == Listing(SYMBOL, "SOL", "USDT", "0.01", "0.001", "5", "TRADING")
            assert found.weight_per_minute == venue.facade.config.limits.weight_a_minute
            assert Listings.from_json(found.as_json()) == found
            desk = venue.facade.desk
            desk.wire.tell(desk.exchange.halt(SYMBOL, ts=desk.now()))
            halted = (await source.listings()).named(SYMBOL)
            assert halted is not None
            assert halted.status == "HALT"
            day = (await source.tickers())[SYMBOL]
            lots = sum(trade.size for trade in venue.market.prints.trades)
            assert float(day.volume) == float(venue.market.words.rules.size(lots)) > 0

    in_time(story)


def test_mexc_tells_steps_as_digits() -> None:
    found = mexc_listings({"symbols": [MEXC, MEXC | {"symbol": "X", "status": 2}]})
    assert found.named("OGNUSDT") == Listing("OGNUSDT", "OGN", "USDT", "0.0001", "0.01", "5", "TRADING")
    assert found.markets[1].status == "HALT"
    assert found.named("YUSDT") is None


@pytest.mark.parametrize("answer", [None, [], {}, {"symbols": "x"}, {"symbols": [{"symbol": "A"}]}])
def test_other_answers_are_malformed(answer: object) -> None:
    for read in (binance_listings, mexc_listings, tickers):
        if not (read is tickers and answer == []):
            with pytest.raises(Malformed, match="expected"):
                read(answer)


def test_volume_that_is_not_told_stays_empty() -> None:
    told = {"symbol": "A", "lastPrice": "1.50", "volume": "2", "quoteVolume": None}
    assert tickers([told]) == {"A": Ticker("1.5", "2", "")}


def test_answer_is_used_again_while_it_is_young(tmp_path: Path) -> None:
    clock = Clock()
    shop = Shop(tmp_path, clock)
    assert shop.get() == Fetched(1, 1_000 * 10**9, True)
    clock.seconds += 59
    assert shop.get() == Fetched(1, 1_000 * 10**9, False)
    clock.seconds += 1
    assert shop.get() == Fetched(2, 1_060 * 10**9, True)
    clock.seconds -= 30
    assert shop.get().value == 3, "an answer from the future is not believed"
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]


def test_answers_of_another_host_are_never_used(tmp_path: Path) -> None:
    live, local = Shop(tmp_path, Clock()), Shop(tmp_path, Clock(), "127.0.0.1:80")
    assert live.get().is_fresh
    assert local.get().is_fresh
    for path in tmp_path.glob("*80*"):
        path.write_bytes(next(tmp_path.glob("*live*")).read_bytes())
    assert local.get().is_fresh


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"source": "binance live"}', b"\xff"])
def test_spoiled_cache_is_fetched_again(content: bytes, tmp_path: Path) -> None:
    shop = Shop(tmp_path, Clock())
    shop.get()
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(content)
    assert shop.get() == Fetched(2, 1_000 * 10**9, True)
    assert not shop.get().is_fresh
