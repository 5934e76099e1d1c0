"""Candle files that were there before: made elsewhere, damaged, of another venue."""

import hashlib
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.candle_histories import ONE, Forgetful, download, opened
from tests.support.histories import HOUR, MINUTE, START, SYMBOL, Ear, in_time, past
from tools.domain.errors import BadInput
from tools.market.history.candle_file import HASH, META
from tools.market.history.candles import CANDLE, candles_of
from tools.market.history.channel import Malformed


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
