"""A venue that does not count its trades: windows of time are halved until every trade is in, each once."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.histories import DAY, HOUR, NS_A_MS, START, Ear
from tools.domain.market import UNITS
from tools.market.history.channel import VenueUnreachable
from tools.market.history.day_file import contents_of
from tools.market.history.prints import Page, made_ids, page_of
from tools.market.history.source import DIALECTS
from tools.market.history.spans import Span
from tools.market.history.trade_download import download_trades
from tools.market.history.trade_pages import PageFaults, pages
from tools.market.history.trade_store import TradeStore
from tools.market.tardis import read_trades

CAP = 1_000


class Uncounted:
    """A venue of that kind, as a list of stamps: it gives the newest first and never more than the cap."""

    dialect = DIALECTS["mexc"]

    def __init__(self, stamps: list[int], *, lives: int = 1_000_000) -> None:
        self._lives = lives
        self._rows = [
            {"a": None, "p": str(1 + at % 7), "q": "1.5", "T": stamp, "m": at % 2 == 0}
            for at, stamp in enumerate(sorted(stamps))
        ]
        self.asked: list[Span] = []

    async def first_day(self, symbol: str, now_ms: int) -> int | None:
        """The day of the first trade."""
        return self._rows[0]["T"] // DAY * DAY if self._rows else None

    async def trades_in(self, symbol: str, window: Span, rows: int | None = None) -> Page:
        """The first of the window."""
        assert 0 < window[1] - window[0] <= HOUR, "the venue takes no longer windows"
        self._lives -= 1
        if self._lives < 0:
            raise VenueUnreachable("gone")
        self.asked.append(window)
        inside = [row for row in self._rows if window[0] <= row["T"] < window[1]][:CAP]
        return page_of(inside[::-1], CAP, made_ids)


Told = tuple[int, int, int]


def collected(venue: Any, window: Span) -> tuple[list[Told], PageFaults]:
    """Stamps, ids and prices (whole) of all pages."""

    async def collect() -> tuple[list[Told], PageFaults]:
        faults, found, reached = PageFaults(), list[Told](), window[0]
        async for page, known in pages(venue, "AUSDT", window, None, faults):
            assert known > reached
            reached = known
            columns = (page.events["ts_event"] // NS_A_MS, page.ids, page.events["price"] // UNITS)
            found += zip(*(column.tolist() for column in columns), strict=True)
        assert reached == window[1]
        return found, faults

    return asyncio.run(collect())


@given(
    st.lists(st.tuples(st.integers(0, 3 * HOUR), st.sampled_from([1, 2, 400, 999])), max_size=12),
    st.integers(1, 3 * HOUR),
)
def test_every_trade_comes_once_and_in_order(bursts: list[tuple[int, int]], length: int) -> None:
    counts: Counter[int] = Counter()
    for at, n in bursts:
        counts[at] = min(CAP - 1, counts[at] + n)
    stamps = [START + at for at, n in counts.items() for _ in range(n)]
    found, faults = collected(Uncounted(stamps), (START, START + length))
    expected = [stamp for stamp in sorted(stamps) if stamp < START + length]
    assert [stamp for stamp, _, _ in found] == expected
    ids = [number for _, number, _ in found]
    assert ids == sorted(set(ids))
    prices = Counter((stamp, 1 + at % 7) for at, stamp in enumerate(expected))
    assert Counter((stamp, price) for stamp, _, price in found) == prices
    assert faults.holes == []


def test_trades_of_one_millisecond_stay_in_the_order_in_which_they_happened() -> None:
    found, _ = collected(Uncounted([START + 5] * 10 + [START + 6] * 10), (START, START + HOUR))
    assert [price for _, _, price in found] == [1 + at % 7 for at in range(20)]


def test_more_in_a_millisecond_than_can_be_asked_for_is_reported() -> None:
    stamps = [START + 5] * 1_200 + [START + 9]
    found, faults = collected(Uncounted(stamps), (START, START + HOUR))
    assert len(found) == CAP + 1
    assert faults.holes == [(START + 5, START + 6)]


def test_quiet_market_is_asked_by_the_hour() -> None:
    venue = Uncounted([START + 7])
    collected(venue, (START, START + 5 * HOUR))
    assert len(venue.asked) == 5


def test_broken_off_download_repeats_nothing_of_the_millisecond_it_stopped_in(tmp_path: Path) -> None:
    stamps = [START + 9] * 300 + [START + HOUR - 1] * 500 + [START + HOUR] * 400 + [START + 2 * HOUR] * 9

    async def story() -> None:
        folder, window = tmp_path, (START, START + 3 * HOUR)
        for lives in (1, 1, 100):
            store = TradeStore(folder, "mexc", "AUSDT", Ear().note)
            venue: Any = Uncounted(stamps, lives=lives)
            if lives < 100:
                with pytest.raises(VenueUnreachable):
                    await download_trades(venue, store, "AUSDT", window, Ear())
            else:
                counts = await download_trades(venue, store, "AUSDT", window, Ear())
                assert (counts.new, counts.rows) == (9, len(stamps))
        path = folder / "mexc_AUSDT_20250101-0000.trades.csv.gz"
        events = read_trades(path, symbol="AUSDT", venue="mexc")
        assert (events["ts_event"] // NS_A_MS).tolist() == stamps

    asyncio.run(story())


@pytest.mark.parametrize("step", [HOUR // 3, 600_001])
def test_files_that_grow_equal_those_made_at_once(step: int, tmp_path: Path) -> None:
    stamps = [START + at * 2_500 for at in range(4_000)] + [START + 77_777] * 30
    end = START + 3 * HOUR

    async def grow(folder: Path, step: int) -> Path:
        folder.mkdir()
        for until in (*range(START + step, end, step), end):
            venue: Any = Uncounted([stamp for stamp in stamps if stamp < until])
            store = TradeStore(folder, "mexc", "AUSDT", Ear().note)
            await download_trades(venue, store, "AUSDT", (START, until), Ear())
        return folder / "mexc_AUSDT_20250101-0000.trades.csv.gz"

    grown = asyncio.run(grow(tmp_path / "grown", step))
    whole = asyncio.run(grow(tmp_path / "whole", 3 * HOUR))
    assert contents_of(grown, "mexc", "AUSDT") == contents_of(whole, "mexc", "AUSDT")
    assert contents_of(whole, "mexc", "AUSDT").rows == len([stamp for stamp in stamps if stamp < end])
