"""Trade files: what the engine printed, by UTC day, each trade once, whatever broke off in between."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from tests.support.histories import DAY, HOUR, NS_A_MS, START, SYMBOL, Ear, in_time, past
from tests.support.trade_histories import CHECKPOINT, FIRST, SECOND, download, held, printed
from tools.domain.errors import BadInput
from tools.market.events import GAP
from tools.market.history.channel import Malformed, VenueUnreachable
from tools.market.history.day_file import contents_of
from tools.market.history.prints import Page, page_of, told_ids
from tools.market.history.source import Source
from tools.market.history.trade_download import in_order
from tools.market.history.trade_store import TradeStore
from tools.market.tardis import read_trades


class Clumsy(Source):
    """A venue whose pages lack some ids, unless they are asked for from there, and repeat others."""

    def __init__(self, source: Source, *, lacks: range = range(0), repeats: int = 0) -> None:
        super().__init__(source.dialect, source.channel)
        self._lacks = lacks
        self._repeats = repeats
        self.asked: list[int] = []

    async def trades_from(self, symbol: str, number: int, rows: int | None = None) -> Page:
        """What the venue says, spoiled."""
        self.asked.append(number)
        more = None if rows is None else rows + self._repeats
        page = await super().trades_from(symbol, max(1, number - self._repeats), more)
        is_lost = np.isin(page.ids, np.array(self._lacks)) if number not in self._lacks else page.ids < 0
        return page.cut(~is_lost)


def test_files_hold_what_the_engine_printed_by_day(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR) as venue, venue.source() as source:
            counts, _, ear = await download(source, tmp_path, venue.now)
            days = printed(venue, START, START + DAY), printed(venue, START + DAY, venue.now)
            assert min(map(len, days)) > 400
            assert (held(tmp_path / FIRST), held(tmp_path / SECOND)) == days
            assert counts.new == counts.rows == sum(map(len, days)) == ear.rows[SYMBOL]
            assert ear.steps == ear.totals == {SYMBOL: 30 * HOUR}
            assert {path.name for path in tmp_path.iterdir()} == {FIRST, SECOND, CHECKPOINT}
            events = read_trades(tmp_path / FIRST, symbol=SYMBOL, venue="binance")
            assert not (events["flags"] & GAP).any()

    in_time(story)


def test_second_run_asks_only_for_what_is_new(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR, step_ms=30_000) as venue, venue.source() as plain:
            source = Clumsy(plain)
            first, _, _ = await download(source, tmp_path, venue.now)
            day, n_asked = (tmp_path / FIRST).stat().st_mtime_ns, source.channel.counts.requests
            again, _, _ = await download(source, tmp_path, venue.now)
            assert (again.new, again.rows) == (0, first.rows)
            assert source.channel.counts.requests == n_asked
            venue.go_on(venue.now + HOUR, 30_000)
            source.asked.clear()
            last, _, _ = await download(source, tmp_path, venue.now)
            assert source.asked == [first.rows], "one again, to see that it is the same venue"
            assert last.new == len(printed(venue, START + 30 * HOUR, venue.now)) > 0
            assert held(tmp_path / FIRST, tmp_path / SECOND) == printed(venue, START, venue.now)
            assert (tmp_path / FIRST).stat().st_mtime_ns == day, "a complete day is not written again"

    in_time(story)


def test_broken_off_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR) as venue, venue.source(tries=2, first_tries=2) as source:
            # one question finds the first trade, one page comes, then nothing
            venue.arm(kind="cut_after", where="aggTrades", skip=2, count=2)
            with pytest.raises(VenueUnreachable):
                await download(source, tmp_path, venue.now)
            assert not list(tmp_path.glob("binance*")), "what is not whole has no name yet"
            (rest,) = tmp_path.glob(".*.part.csv.gz")
            content = rest.read_bytes()
            assert contents_of(rest, "binance", SYMBOL).rows == 1_000
            rest.write_bytes(content + gzip.compress(b"torn" * 99)[:20])  # by a kill
            n_all = len(printed(venue, START, venue.now))
            counts, _, _ = await download(source, tmp_path, venue.now)
            assert (counts.new, counts.rows) == (n_all - 1_000, n_all)
            assert held(tmp_path / FIRST, tmp_path / SECOND) == printed(venue, START, venue.now)

    in_time(story)


def test_ids_missing_from_a_page_are_asked_for_again_and_repeated_ones_left_out(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(4 * HOUR) as venue, venue.source() as plain:
            source = Clumsy(plain, lacks=range(40, 60), repeats=3)
            counts, _, _ = await download(source, tmp_path, venue.now)
            assert held(tmp_path / FIRST) == printed(venue, START, venue.now)
            assert (counts.faults.refilled, counts.holes) == (20, [])
            venue.go_on(venue.now + HOUR, 10_000)
            counts, _, _ = await download(source, tmp_path, venue.now)
            assert counts.faults.duplicates == 3
            assert held(tmp_path / FIRST) == printed(venue, START, venue.now)

    in_time(story)


def test_trades_the_venue_has_lost_are_reported(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR, step_ms=30_000) as venue, venue.source() as source:
            border = len(printed(venue, START, START + DAY))
            venue.forget_trades([*range(40, 60), border, border + 1])
            counts, store, _ = await download(source, tmp_path, venue.now)
            assert counts.holes == [(40, 60), (border, border + 2)]
            assert store.days[START].holes == [(40, 60)]
            assert held(tmp_path / FIRST, tmp_path / SECOND) == printed(venue, START, venue.now)
            events = read_trades(tmp_path / FIRST, symbol=SYMBOL, venue="binance")
            assert np.flatnonzero(events["flags"] & GAP).tolist() == [39]
            again, _, _ = await download(source, tmp_path, venue.now)
            assert again.holes == counts.holes

    in_time(story)


def test_trades_of_another_world_are_not_gone_on_with(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(3 * HOUR) as venue, venue.source() as source:
            await download(source, tmp_path, venue.now)
        content = (tmp_path / FIRST).read_bytes()
        async with past(5 * HOUR, step_ms=15_000) as venue, venue.source() as source:
            with pytest.raises(
                BadInput, match=r"end with trade \d+ of 2025-01-01T0.*, which the venue does not"
            ):
                await download(source, tmp_path, venue.now)
        assert (tmp_path / FIRST).read_bytes() == content
        with pytest.raises(BadInput, match="expected trades of the local venue, was live"):
            TradeStore(tmp_path, "binance", SYMBOL, Ear().note, source="local")

    in_time(story)


def test_later_day_alone_begins_with_its_own_first_trade(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR, step_ms=30_000) as venue, venue.source() as source:
            await download(source, tmp_path, venue.now, since=START + DAY)
            assert held(tmp_path / SECOND) == printed(venue, START + DAY, venue.now)
            assert not (tmp_path / FIRST).exists()

    in_time(story)


def test_days_before_the_market_are_not_asked_for(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(2 * HOUR, start=START + 3 * DAY) as venue, venue.source() as source:
            counts, store, ear = await download(source, tmp_path, venue.now)
            assert counts.files == ["binance_SOLUSDT_20250104-0000.trades.csv.gz"]
            assert list(store.days) == [START + 3 * DAY]
            assert ear.steps == ear.totals == {SYMBOL: 2 * HOUR}

    in_time(story)


def test_day_without_a_trade_is_a_file_without_rows(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source() as source:
            venue.clock.move_to((START + 2 * DAY + HOUR) * NS_A_MS)
            venue.go_on(venue.now + HOUR, 10_000)
            await download(source, tmp_path, venue.now)
            assert held(tmp_path / SECOND) == []
            names = sorted(path.name for path in tmp_path.glob("*.csv.gz"))
            assert len(names) == 3
            assert held(*(tmp_path / name for name in names)) == printed(venue, START, venue.now)
            days = orjson.loads((tmp_path / CHECKPOINT).read_bytes())["days"]
            assert days["2025-01-02"]["rows"] == 0

    in_time(story)


def test_stamps_that_run_backwards_are_received_in_order() -> None:
    rows = [row(1, 5), row(2, 4), row(3, 6)]
    page = in_order(page_of(rows, 1_000, told_ids), 0)
    assert page.ids.tolist() == [1, 2, 3]
    assert (page.events["ts_event"] // NS_A_MS).tolist() == [5, 4, 6], "the venue's own stamps stay"
    assert (page.events["ts_init"] // NS_A_MS).tolist() == [5, 5, 6]
    assert (in_order(page, 6 * NS_A_MS).events["ts_init"] // NS_A_MS).tolist() == [6, 6, 6]


def test_file_is_ordered_also_where_the_venue_stamps_backwards(tmp_path: Path) -> None:
    class Shaky(Source):
        async def trades_from(self, symbol: str, number: int, rows: int | None = None) -> Page:
            page = await super().trades_from(symbol, number, rows)
            page.events["ts_event"][page.ids == 30] -= 60_000 * NS_A_MS
            page.events["ts_init"] = page.events["ts_event"]
            return page

    async def story() -> None:
        async with past(2 * HOUR) as venue, venue.source() as plain:
            await download(Shaky(plain.dialect, plain.channel), tmp_path, venue.now)
            sizes = [size for _, _, size, _ in held(tmp_path / FIRST)]
            assert sizes == [size for _, _, size, _ in printed(venue, START, venue.now)]
            events = read_trades(tmp_path / FIRST, symbol=SYMBOL, venue="binance")
            assert events["ts_init"][29] == events["ts_init"][28] > events["ts_event"][29]

    in_time(story)


def row(number: int, ms: int, **other: Any) -> dict[str, Any]:
    """A row as the venue sends it."""
    return {"a": number, "p": "1.5", "q": "2", "f": number, "l": number, "T": ms, "m": True, **other}


@pytest.mark.parametrize(
    "rows",
    [
        {"code": 1},
        None,
        "[]",
        [7],
        [{"a": 1}],
        [row(1, 5, p="x")],
        [row(1, 5, q="0")],
        [row(1, 5, p="-1")],
        [row(1, 5, m="yes")],
        [row(1, 5, a=None)],
    ],
)
def test_answer_that_is_no_trades_is_malformed(rows: object) -> None:
    with pytest.raises(Malformed, match="expected"):
        page_of(rows, 1_000, told_ids)
