"""Candles: equal to the trades, grown by what is new alone, honest about holes."""

import asyncio
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.support.candle_histories import FIVE, ONE, Forgetful, download, from_trades, opened
from tests.support.histories import DAY, HOUR, MINUTE, START, SYMBOL, Ear, in_time, past
from tools.market.history.candle_download import download_candles
from tools.market.history.candle_file import open_candles
from tools.market.history.candles import Candles
from tools.market.history.channel import VenueUnreachable
from tools.market.history.source import Source
from tools.market.history.spans import Span
from tools.market.history.timeframes import Timeframe


@pytest.mark.parametrize("frame", [ONE, FIVE])
def test_candles_equal_those_recomputed_from_the_trades(frame: Timeframe, tmp_path: Path) -> None:
    async def story() -> None:
        async with past(20 * HOUR + 90_000) as venue, venue.source() as source:
            file, counts, ear = await download(source, tmp_path, venue.now, frame=frame)
            expected = from_trades(venue, frame, venue.now)
            assert len(expected) > 200
            assert file.candles.tolist() == expected, "the last one is still open and must not be there"
            assert counts.new == len(expected) == ear.rows[SYMBOL]
            assert ear.steps == ear.totals
            assert (file.outages.parts, ear.notes) == ((), [])

    in_time(story)


def test_file_has_the_columns_and_units_of_the_recorded_candles(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source() as source:
            await download(source, tmp_path, venue.now)
        table = pq.read_table(tmp_path / "SOLUSDT-1m.parquet")
        kinds = [(name, str(kind)) for name, kind in zip(table.schema.names, table.schema.types, strict=True)]
        floats = [(name, "double") for name in ("open", "high", "low", "close", "volume")]
        assert kinds == [("open_time", "int64"), *floats]
        assert table["open_time"][0].as_py() >= START * 1_000
        assert set(tmp_path.iterdir()) == {tmp_path / "SOLUSDT-1m.parquet"}, "no rest may be left"

    in_time(story)


def test_second_run_asks_only_for_what_is_new(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(3 * HOUR) as venue, venue.source() as plain:
            source = Forgetful(plain, (0, 0))
            first, _, _ = await download(source, tmp_path, venue.now)
            _, counts, _ = await download(source, tmp_path, venue.now)
            assert counts.new == 0
            middle, n_before = venue.now, len(source.windows)
            venue.go_on(venue.now + HOUR, 10_000)
            last, counts, _ = await download(source, tmp_path, venue.now)
            # one candle again, to see that it is the same venue
            assert source.windows[n_before:] == [(middle - MINUTE, middle), (middle, middle + HOUR)]
            assert (counts.new, len(last.candles)) == (60, len(first.candles) + 60)
            assert last.candles.tolist() == from_trades(venue, ONE, venue.now)

    in_time(story)


def test_earlier_stretch_is_added_in_front(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(6 * HOUR) as venue, venue.source() as source:
            await download(source, tmp_path, START + 5 * HOUR, since=START + 4 * HOUR)
            await download(source, tmp_path, START + 2 * HOUR, since=START + HOUR)
            file, counts, _ = await download(source, tmp_path, venue.now)
            assert counts.new == len(file.candles) - 120
            assert file.candles.tolist() == from_trades(venue, ONE, venue.now)
            assert file.covered.parts == ((START, START + 6 * HOUR),)

    in_time(story)


def test_broken_off_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR, step_ms=60_000) as venue, venue.source(tries=2, first_tries=2) as source:
            # three questions find the first day, one brings a page, then nothing comes
            venue.arm(kind="cut_after", where="klines", skip=4, count=2)
            with pytest.raises(VenueUnreachable):
                await download(source, tmp_path, venue.now)
            kept = opened(tmp_path, Ear())
            assert kept.covered.parts == ((START, START + 1_000 * MINUTE),)
            assert 900 < len(kept.candles) <= 1_000
            file, counts, _ = await download(source, tmp_path, venue.now)
            assert counts.new == len(file.candles) - len(kept.candles)
            assert file.candles.tolist() == from_trades(venue, ONE, venue.now)

    in_time(story)


def test_cancelled_download_keeps_what_it_has(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR, step_ms=60_000) as venue, venue.source() as source:
            venue.arm(kind="hold_before", where="klines", skip=4, seconds=30)
            task = asyncio.create_task(download(source, tmp_path, venue.now))
            while not venue.struck():
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert len(opened(tmp_path, Ear()).candles) > 900

    in_time(story)


def test_hole_in_an_answer_is_asked_for_again_and_filled(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(3 * HOUR) as venue, venue.source() as plain:
            source = Forgetful(plain, (START + HOUR, START + HOUR + 7 * MINUTE))
            file, counts, _ = await download(source, tmp_path, venue.now)
            assert counts.filled == 7
            assert file.candles.tolist() == from_trades(venue, ONE, venue.now)
            assert file.outages.parts == ()

    in_time(story)


def test_outage_is_reported_and_nothing_is_made_up(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(3 * HOUR) as venue, venue.source() as source:
            out = (START + HOUR, START + HOUR + 16 * MINUTE)
            venue.forget_minutes(*out)
            file, counts, _ = await download(source, tmp_path, venue.now)
            assert file.outages.parts == (out,)
            whole = from_trades(venue, ONE, venue.now)
            expected = [row for row in whole if not out[0] <= row[0] // 1_000 < out[1]]
            assert file.candles.tolist() == expected
            assert counts.new == len(whole) - 16
            n_asked = source.channel.counts.requests
            again, _, _ = await download(source, tmp_path, venue.now)
            assert source.channel.counts.requests == n_asked, (
                "an outage is known, and not asked for each time"
            )
            assert again.outages.parts == (out,)

    in_time(story)


def test_candles_that_come_late_are_not_taken_for_an_outage(tmp_path: Path) -> None:
    class Late(Source):
        async def candles(self, symbol: str, timeframe: Timeframe, window: Span) -> Candles:
            found = await super().candles(symbol, timeframe, window)
            return found[found["open_time"] < (START + 179 * MINUTE) * 1_000]

    async def story() -> None:
        async with past(3 * HOUR) as venue, venue.source() as source:
            out = (START + HOUR, START + HOUR + 2 * MINUTE)
            venue.forget_minutes(*out)
            late = Late(source.dialect, source.channel)
            file, _, _ = await download(late, tmp_path, venue.now)
            assert file.covered.parts == ((START, venue.now - MINUTE),)
            assert file.outages.parts == (out,)
            file, counts, _ = await download(source, tmp_path, venue.now)
            assert (counts.new, file.covered.parts) == (1, ((START, venue.now),))
            assert file.outages.parts == (out,)

    in_time(story)


def test_time_before_the_first_candle_is_no_outage(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(3 * HOUR, start=START + 5 * HOUR) as venue, venue.source() as source:
            file, _, ear = await download(source, tmp_path, venue.now, since=START - 400 * DAY)
            assert file.outages.parts == ()
            assert file.candles.tolist() == from_trades(venue, ONE, venue.now)
            assert ear.totals[SYMBOL] == 8 * 60, (
                "what lies before the market's first day is not even asked for"
            )

    in_time(story)


def test_market_without_a_trade_has_no_candles_and_no_file(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source() as source:
            file = open_candles(
                tmp_path / "BTC", venue="binance", symbol="BTCUSDT", timeframe=ONE, note=venue.said.append
            )
            counts = await download_candles(source, file, None, venue.now, Ear())
            assert (counts.new, file.path.exists()) == (0, False)

    in_time(story)
