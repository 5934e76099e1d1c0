"""Candle files: equal to the trades, grown by what is new alone, honest about holes and damage."""

import asyncio
import hashlib
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.histories import DAY, HOUR, MINUTE, START, SYMBOL, Ear, Past, in_time, past
from tools.domain.errors import BadInput
from tools.market.history.candle_download import CandleCounts, download_candles
from tools.market.history.candle_file import HASH, META, CandleFile, open_candles
from tools.market.history.candles import CANDLE, Candles, candles_of
from tools.market.history.channel import Malformed, VenueUnreachable
from tools.market.history.source import Source
from tools.market.history.spans import Span
from tools.market.history.timeframes import Timeframe

ONE = Timeframe("1m", MINUTE)
FIVE = Timeframe("5m", 5 * MINUTE)


class Forgetful(Source):
    """A venue that leaves candles out of an answer, unless it is asked for them alone."""

    def __init__(self, source: Source, forgets: Span) -> None:
        super().__init__(source.dialect, source.channel)
        self._forgets = forgets
        self.windows: list[Span] = []

    async def candles(self, symbol: str, timeframe: Timeframe, window: Span) -> Candles:
        """What the venue says, without those that are forgotten."""
        found = await super().candles(symbol, timeframe, window)
        if timeframe.span_ms == DAY:
            return found
        self.windows.append(window)
        opens = found["open_time"] // 1_000
        is_alone = self._forgets[0] <= window[0] and window[1] <= self._forgets[1]
        return found if is_alone else found[(opens < self._forgets[0]) | (opens >= self._forgets[1])]


def opened(folder: Path, ear: Ear, frame: Timeframe = ONE, venue: str = "binance") -> CandleFile:
    path = folder / f"{SYMBOL}-{frame.name}.parquet"
    return open_candles(path, venue=venue, symbol=SYMBOL, timeframe=frame, note=ear.note)


async def download(
    source: Source, folder: Path, until: int, since: int | None = None, frame: Timeframe = ONE
) -> tuple[CandleFile, CandleCounts, Ear]:
    ear = Ear()
    file = opened(folder, ear, frame)
    counts = await download_candles(source, file, since, until, ear)
    return opened(folder, ear, frame), counts, ear


def from_trades(venue: Past, frame: Timeframe, until: int) -> list[tuple[float, ...]]:
    """Candles as the engine's own trades make them; where nothing traded, the last price goes on."""
    rules = venue.market.words.rules
    trades = list(venue.market.prints.trades)
    rows, close = [], trades[0].price
    for start in range(frame.down(trades[0].ms), until - frame.span_ms + 1, frame.span_ms):
        inside = [trade for trade in trades if start <= trade.ms < start + frame.span_ms]
        prices = [trade.price for trade in inside] or [close]
        four = (prices[0], max(prices), min(prices), prices[-1])
        volume = rules.size(sum(trade.size for trade in inside))
        rows.append((start * 1_000, *(float(rules.price(price)) for price in four), float(volume)))
        close = prices[-1]
    return rows


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


def test_candles_made_elsewhere_are_kept_and_their_holes_filled(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(3 * HOUR) as venue, venue.source() as plain:
            file, _, _ = await download(plain, tmp_path, venue.now)
            whole = file.candles
            path = tmp_path / "SOLUSDT-1m.parquet"
            kept = np.concatenate([whole[20:60], whole[50:60], whole[70:120]])  # ten twice, ten missing
            kept["close"][-1] = kept["low"][-1]  # taken before it closed
            pq.write_table(pa.table({name: kept[name] for name in CANDLE.names or ()}), path)
            found = opened(tmp_path, Ear())
            assert (len(found.candles), found.duplicates) == (90, 10)
            source = Forgetful(plain, (0, 0))
            file, counts, ear = await download(source, tmp_path, venue.now)
            assert counts.new == len(whole) - 90
            assert file.candles.tolist() == whole.tolist()
            opens = (whole["open_time"] // 1_000).tolist()
            assert source.windows[1:] == [
                (START, opens[20]),
                (opens[60], opens[70]),
                (opens[119], START + 3 * HOUR),
            ]
            assert ear.notes == []

    in_time(story)


def test_duplicates_alone_are_reason_enough_to_write(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(HOUR) as venue, venue.source() as source:
            file, _, _ = await download(source, tmp_path, venue.now)
            n_candles = len(file.candles)
            file.candles = np.concatenate([file.candles, file.candles[:5]])
            file.save()
            assert pq.read_table(file.path).num_rows == n_candles + 5
            await download(source, tmp_path, venue.now)
            assert pq.read_table(file.path).num_rows == n_candles

    in_time(story)


def test_candles_of_another_world_are_not_gone_on_with(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(3 * HOUR) as venue, venue.source() as source:
            file, _, _ = await download(source, tmp_path, venue.now)
        content = file.path.read_bytes()
        async with past(5 * HOUR, step_ms=20_000) as venue, venue.source() as source:
            with pytest.raises(BadInput, match="last candle is not the one the venue tells"):
                await download(source, tmp_path, venue.now)
        assert file.path.read_bytes() == content

    in_time(story)


def damages() -> dict[str, bytes]:
    """What may lie there in place of a file; {} stands for its own bytes."""
    return {"cut off": b"cut", "flipped": b"flip", "text": b"open_time,open\n1,2\n", "empty": b""}


@pytest.mark.parametrize("kind", damages())
def test_damaged_file_is_said_and_kept_aside(kind: str, tmp_path: Path) -> None:
    async def story() -> None:
        async with past(3 * HOUR) as venue, venue.source() as source:
            file, _, _ = await download(source, tmp_path, venue.now)
            content = file.path.read_bytes()
            at = content.index(b"\x28\xb5\x2f\xfd") + 40  # in the first compressed page
            bad = {
                b"cut": content[: len(content) // 2],
                b"flip": content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :],
            }.get(damages()[kind], damages()[kind])
            file.path.write_bytes(bad)
            again, _, ear = await download(source, tmp_path, venue.now)
            assert again.candles.tolist() == file.candles.tolist()
            aside = tmp_path / "SOLUSDT-1m.parquet.damaged-1"
            assert aside.read_bytes() == bad
            assert len(ear.notes) == 1
            assert "not readable as candles" in ear.notes[0]
            assert aside.name in ear.notes[0]
            file.path.write_bytes(bad)
            await download(source, tmp_path, venue.now)
            assert (tmp_path / "SOLUSDT-1m.parquet.damaged-2").read_bytes() == bad
            assert aside.read_bytes() == bad

    in_time(story)


def test_no_flipped_bit_goes_unnoticed(tmp_path: Path) -> None:
    ear, path = Ear(), tmp_path / "SOLUSDT-1m.parquet"
    draw = np.random.default_rng(5)
    file = opened(tmp_path, ear)
    made = np.zeros(40, CANDLE)
    made["open_time"] = (START + np.arange(40) * MINUTE) * 1_000
    for name in ("open", "high", "low", "close", "volume"):
        made[name] = draw.random() + 1
    file.add(made)
    file.settle((START, START + 50 * MINUTE))
    file.save()
    content = path.read_bytes()
    for at in range(0, len(content), 7):
        path.write_bytes(content[:at] + bytes([content[at] ^ (1 << at % 8)]) + content[at + 1 :])
        ear.notes.clear()
        found = opened(tmp_path, ear)
        is_same = found.candles.tolist() == made.tolist() and found.covered == file.covered
        # a flip in the name of the metadata leaves candles that are believed as those of others are
        is_foreign = found.candles.tolist() == made.tolist() and found.covered.parts == (
            (START, START + 40 * MINUTE),
        )
        assert ear.notes or is_same or is_foreign, at
        for aside in tmp_path.glob("*.damaged-*"):
            aside.unlink()


@pytest.mark.parametrize(
    "row",
    [
        (START * 1_000 + 1, 1.0, 1.0, 1.0, 1.0, 1.0),
        (START * 1_000, 1.0, 0.5, 0.5, 1.0, 1.0),
        (START * 1_000, 1.0, 1.0, 1.0, float("nan"), 1.0),
        (START * 1_000, 1.0, 1.0, 1.0, 1.0, -1.0),
        (START * 1_000, 0.0, 0.0, 0.0, 0.0, 1.0),
    ],
)
def test_impossible_candle_makes_a_file_unreadable_and_an_answer_malformed(
    row: tuple[float, ...], tmp_path: Path
) -> None:
    ear, path = Ear(), tmp_path / "SOLUSDT-1m.parquet"
    candles = np.array([row], CANDLE)
    pq.write_table(pa.table({name: candles[name] for name in CANDLE.names or ()}), path)
    assert len(opened(tmp_path, ear).candles) == 0
    assert "candle" in ear.notes[0]
    if row[0] == START * 1_000:
        with pytest.raises(Malformed, match="candle"):
            candles_of([[START, *map(str, row[1:])]], ONE, (START, START + MINUTE))


@pytest.mark.parametrize(
    ("name", "value"), [("venue", "mexc"), ("symbol", "ETHUSDT"), ("timeframe", "5m"), ("source", "local")]
)
def test_candles_of_something_else_are_never_mixed_in(name: str, value: str, tmp_path: Path) -> None:
    path = tmp_path / "SOLUSDT-1m.parquet"
    known = {
        "venue": "binance",
        "symbol": SYMBOL,
        "timeframe": "1m",
        "source": "live",
        "covered": [],
        "outages": [],
    }
    table = pa.table({name: np.zeros(0, CANDLE)[name] for name in CANDLE.names or ()})
    said = orjson.dumps({**known, "first_day": None, name: value})
    told = {META: said, HASH: hashlib.sha256(said).hexdigest()}
    pq.write_table(table.replace_schema_metadata(told), path)
    before = path.read_bytes()
    with pytest.raises(BadInput, match=f"expected candles of {name} .*, was {value}; choose another --out"):
        opened(tmp_path, Ear())
    assert path.read_bytes() == before


@pytest.mark.parametrize("rows", [None, {"rows": []}, "rows", [[START, "1"]], [[START, *["x"] * 5]], [3]])
def test_answer_that_is_no_candles_is_malformed(rows: object) -> None:
    with pytest.raises(Malformed, match="expected"):
        candles_of(rows, ONE, (START, START + MINUTE))


def test_candles_outside_the_question_are_left_out() -> None:
    rows = [[START + n * MINUTE, "1", "2", "1", "2", "3"] for n in (3, 2, 1, 0, 2)]
    found = candles_of(rows, ONE, (START + MINUTE, START + 3 * MINUTE))
    assert (found["open_time"] // 1_000).tolist() == [START + MINUTE, START + 2 * MINUTE]
