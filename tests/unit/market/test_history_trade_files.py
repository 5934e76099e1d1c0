"""Trade files that were there before: torn, damaged, lost, of somebody else."""

import gzip
from pathlib import Path

import pytest

from tests.support.histories import DAY, HOUR, START, SYMBOL, in_time, past
from tests.support.trade_histories import CHECKPOINT, FIRST, SECOND, download, held, printed
from tools.domain.errors import BadInput
from tools.market.history.day_file import contents_of


@pytest.mark.parametrize(
    "rest", [b"", b"\x1f\x8b\x08", b"no gzip", gzip.compress(b"exchange,symbol\n", mtime=0)]
)
def test_useless_rest_is_begun_anew(rest: bytes, tmp_path: Path) -> None:
    async def story() -> None:
        async with past(2 * HOUR) as venue, venue.source() as source:
            (tmp_path / f".{FIRST.replace('.trades.', '.trades.part.')}").write_bytes(rest)
            await download(source, tmp_path, venue.now)
            assert held(tmp_path / FIRST) == printed(venue, START, venue.now)

    in_time(story)


def test_kill_between_file_and_checkpoint_loses_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(2 * HOUR) as venue, venue.source() as source:
            await download(source, tmp_path, venue.now)
            old = (tmp_path / CHECKPOINT).read_bytes()
            venue.go_on(venue.now + HOUR, 10_000)
            await download(source, tmp_path, venue.now)
            (tmp_path / CHECKPOINT).write_bytes(old)
            counts, store, ear = await download(source, tmp_path, venue.now)
            assert (counts.new, ear.notes) == (0, [])
            assert counts.rows == len(printed(venue, START, venue.now))
            assert store.days[START].until == venue.now
            assert held(tmp_path / FIRST) == printed(venue, START, venue.now)

    in_time(story)


@pytest.mark.parametrize("loss", ["gone", "spoiled"])
def test_checkpoint_that_is_lost_is_made_again_from_the_files(loss: str, tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR, step_ms=60_000) as venue, venue.source() as source:
            await download(source, tmp_path, venue.now)
            (tmp_path / CHECKPOINT).unlink()
            if loss == "spoiled":
                (tmp_path / CHECKPOINT).write_text('{"days": {"2025-01-01": 7}}')
            counts, store, ear = await download(source, tmp_path, venue.now)
            assert (counts.new, counts.rows) == (0, len(printed(venue, START, venue.now)))
            assert sorted(store.days) == [START, START + DAY]
            assert len(ear.notes) == (loss == "spoiled")
            if loss == "spoiled":
                assert "kept as binance_SOLUSDT.trades.json.damaged-1" in ear.notes[0]

    in_time(story)


@pytest.mark.parametrize("damage", ["cut", "flip", "text"])
def test_damaged_day_is_said_and_kept_aside(damage: str, tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR, step_ms=30_000) as venue, venue.source() as source:
            await download(source, tmp_path, venue.now)
            path = tmp_path / FIRST
            content = path.read_bytes()
            at = len(content) // 2
            bad = {
                "cut": content[:at],
                "flip": content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :],
                "text": b"hello",
            }[damage]
            path.write_bytes(bad)
            _, _, ear = await download(source, tmp_path, venue.now)
            assert (tmp_path / f"{FIRST}.damaged-1").read_bytes() == bad
            assert len(ear.notes) == 1
            assert f"kept as {FIRST}.damaged-1" in ear.notes[0]
            assert path.read_bytes() == content
            assert held(path, tmp_path / SECOND) == printed(venue, START, venue.now)

    in_time(story)


def test_file_that_was_deleted_comes_again(tmp_path: Path) -> None:
    async def story() -> None:
        async with past(30 * HOUR, step_ms=30_000) as venue, venue.source() as source:
            await download(source, tmp_path, venue.now)
            content = (tmp_path / FIRST).read_bytes()
            (tmp_path / FIRST).unlink()
            counts, _, _ = await download(source, tmp_path, venue.now)
            assert counts.new == len(printed(venue, START, START + DAY))
            assert (tmp_path / FIRST).read_bytes() == content

    in_time(story)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("binance,SOLUSDT,1735689600000000,1735689600000000,7,buy,1,1", "ids must rise"),
        ("binance,SOLUSDT,1735689500000000,1735689500000000,9,buy,1,1", "backwards"),
        ("binance,ETHUSDT,1735689600000000,1735689600000000,9,buy,1,1", "ETHUSDT"),
        ("mexc,SOLUSDT,1735689600000000,1735689600000000,9,buy,1,1", "mexc"),
    ],
)
def test_file_that_is_not_ours_is_not_believed(line: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / FIRST
    header = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount"
    good = "binance,SOLUSDT,1735689600000000,1735689600000000,8,buy,1,1"
    path.write_bytes(gzip.compress(f"{header}\n{good}\n".encode()))
    assert contents_of(path, "binance", SYMBOL).last_id == 8
    path.write_bytes(gzip.compress(f"{header}\n{good}\n{line}\n".encode()))
    with pytest.raises(BadInput, match=words):
        contents_of(path, "binance", SYMBOL)
