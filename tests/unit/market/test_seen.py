"""What a run saw comes back event by event, however it was cut into files, and within its room."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.support.senses import BTCUSDT
from tests.support.tapes import book_message, print_event, synthetic_market
from tools.domain.errors import BadInput, NotEnoughData
from tools.domain.market import NANOS
from tools.market.archive import Archive
from tools.market.events import Events, event_bytes
from tools.market.lines import Batch
from tools.market.recorder import Recorder
from tools.market.seen import WOUND_DOWN, room_for, seen_events, seen_folder, wound_down

MINUTE = 60 * NANOS
START = 1_723_161_240 * NANOS


def keep(folder: Path, events: Events, parts: int) -> None:
    archive = Archive(folder, 10**8)
    recorder = Recorder(archive, "binance", rotate_ns=MINUTE)
    for part in np.array_split(events, parts):
        recorder.put(Batch("BTCUSDT", part, ()))
        recorder.write(recorder.collect())
    recorder.close()
    archive.close()


@pytest.mark.parametrize("parts", [1, 9])
def test_files_that_follow_each_other_are_the_events_that_came_in(tmp_path: Path, parts: int) -> None:
    """Prints of before the book, as asked for at a start, and a hole in the prints among them."""
    early = [print_event(START - n * NANOS, 1, 60_000 * 10**8, 10**6) for n in (3, 2, 1)]
    late = print_event(START + 200 * NANOS, -1, 60_000 * 10**8, 10**6, after_gap=True)
    events = np.concatenate([*early, synthetic_market(seconds=150, start_ns=START), late])
    keep(tmp_path / "run", events, parts)
    assert len(list((tmp_path / "run").glob("*.book.csv.gz"))) > 1, "nothing was cut"
    assert event_bytes(seen_events(tmp_path / "run", BTCUSDT)) == event_bytes(events)


def test_a_snapshot_that_ends_what_is_written_at_once_comes_back_as_it_was(tmp_path: Path) -> None:
    """Another one follows it, as when a book was lost and fetched anew."""
    levels = [(1, 99 * 10**8, 5 * 10**8), (-1, 101 * 10**8, 7 * 10**8)]
    books = [book_message(START + n * NANOS, levels, is_snapshot=True) for n in range(3)]
    change = book_message(START + 9 * NANOS, [(1, 98 * 10**8, 10**8)])
    events = np.concatenate([print_event(START - NANOS, 1, 10**10, 10**6), *books, change])
    for cuts in ([3], [3, 5], [7]):
        archive = Archive(tmp_path / str(cuts), 10**8)
        recorder = Recorder(archive, "binance", rotate_ns=MINUTE)
        for part in np.split(events, cuts):
            recorder.put(Batch("BTCUSDT", part, ()))
            recorder.write(recorder.collect())
        recorder.close()
        archive.close()
        assert event_bytes(seen_events(tmp_path / str(cuts), BTCUSDT)) == event_bytes(events), cuts


def test_what_is_not_kept_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotEnoughData, match="no market data is kept"):
        seen_events(tmp_path / "run", BTCUSDT)
    keep(tmp_path / "run", synthetic_market(seconds=5), 1)
    (book,) = (tmp_path / "run").glob("*.book.csv.gz")
    book.write_bytes(book.read_bytes()[:40])
    with pytest.raises(BadInput):
        seen_events(tmp_path / "run", BTCUSDT)
    book.unlink()
    with pytest.raises(BadInput, match="its other half is missing"):
        seen_events(tmp_path / "run", BTCUSDT)


def test_the_oldest_runs_go_until_half_of_the_room_is_free(tmp_path: Path) -> None:
    for age, name in ((3, "run_a"), (2, "run_b"), (1, "run_c")):
        folder = seen_folder(tmp_path, name)
        folder.mkdir(parents=True)
        (folder / "x.book.csv.gz").write_bytes(b"0" * 30)
        os.utime(folder, (1_000_000 - age, 1_000_000 - age))
    assert room_for(tmp_path, "run_d", 200) == 200 - 90
    assert room_for(tmp_path, "run_d", 100) == 100 - 30
    assert [path.name for path in (tmp_path / "market").iterdir()] == ["run_c"]
    assert room_for(tmp_path, "run_c", 20) == 20, "the run's own folder is no other's"


def test_when_a_run_stopped_deciding_is_told_or_unknown(tmp_path: Path) -> None:
    assert wound_down(tmp_path) is None
    (tmp_path / WOUND_DOWN).write_text("1723161240000000000")
    assert wound_down(tmp_path) == START
    (tmp_path / WOUND_DOWN).write_text("soon")
    with pytest.raises(BadInput, match="expected nanoseconds"):
        wound_down(tmp_path)
