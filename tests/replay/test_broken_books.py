"""Nothing is decided on a book that cannot be true: from the break to a fresh snapshot there is silence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from tests.support.replays import Record, before, record_of
from tests.support.senses import BUNDLED, instrument_of, opening
from tests.support.tapes import book_message
from tools.domain.market import NANOS
from tools.market.events import BOOK, GAP, LAST, PRINT, RESET, Events

TAPE = BUNDLED[0]
SECONDS, BREAK_S, REPAIR_S = 160, 60, 100
INSTRUMENT = instrument_of(TAPE)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return record_of(tmp_path_factory.mktemp("sound"), opening(TAPE, SECONDS), INSTRUMENT)


def after(seconds: float) -> int:
    return int(opening(TAPE, SECONDS)["ts_init"][0]) + int(seconds * NANOS)


def gap_between(events: Events, ts: int) -> int:
    """Index of the first event from ``ts`` on that begins a book message."""
    index = int(np.searchsorted(events["ts_init"], ts))
    while not (events["kind"][index - 1] == BOOK and events["flags"][index - 1] & LAST):
        index += 1
    return index


def fresh_snapshot(events: Events, index: int) -> Events:
    """The whole book before event ``index``, as a message of its own at that instant."""
    levels: dict[tuple[int, int], int] = {}
    for row in events[:index][events["kind"][:index] == BOOK]:
        if row["flags"] & RESET:
            levels.clear()
        key = int(row["side"]), int(row["price"])
        levels[key] = int(row["size"])
    whole = [(*key, size) for key, size in levels.items() if size > 0]
    return book_message(int(events["ts_init"][index - 1]), whole, is_snapshot=True)


def with_repair(events: Events) -> tuple[Events, int]:
    """``events`` with a fresh snapshot put in at the repair, and its time."""
    index = gap_between(events, after(REPAIR_S))
    snapshot = fresh_snapshot(opening(TAPE, SECONDS), gap_between(opening(TAPE, SECONDS), after(REPAIR_S)))
    joined = np.concatenate([events[:index], snapshot, events[index:]])
    joined["ts_init"][index : index + len(snapshot)] = events["ts_init"][index - 1]
    return joined, int(events["ts_init"][index - 1])


def stamps(record: Record, name: str = "decisions") -> list[int]:
    return [orjson.loads(line)["ts"] for line in record[name].splitlines()]


def check_silence(broken: Record, sound: Record, start: int, end: int) -> None:
    for name in ("decisions", "orders", "fills"):
        assert before(broken, name, start) == before(sound, name, start), name
    assert not [ts for ts in stamps(broken) if start <= ts < end], "decided on a broken book"
    assert [ts for ts in stamps(broken) if ts >= end], "never trusted the book again"
    assert [ts for ts in stamps(sound) if start <= ts < end], "there was nothing to suppress"


def test_a_crossed_book_silences_until_the_next_snapshot(sound: Record, tmp_path: Path) -> None:
    events, repaired = with_repair(opening(TAPE, SECONDS))
    index = gap_between(events, after(BREAK_S))
    broken_at = int(events["ts_init"][index - 1])
    top = int(events["price"][events["kind"] == PRINT].max()) * 2
    crossing = book_message(broken_at, [(1, top, 1)])
    joined = np.concatenate([events[:index], crossing, events[index:]])
    broken = record_of(tmp_path, joined, INSTRUMENT)
    check_silence(broken, sound, broken_at + 1, repaired)


def test_a_feed_that_fell_silent_is_not_trusted_until_the_next_snapshot(
    sound: Record, tmp_path: Path
) -> None:
    events, repaired = with_repair(opening(TAPE, SECONDS))
    lost = (events["kind"] == BOOK) & (events["ts_init"] >= after(BREAK_S))
    lost &= events["ts_init"] < after(BREAK_S + 20)
    broken = record_of(tmp_path, events[~lost], replace(INSTRUMENT, quiet_limit_s=3.0))
    check_silence(broken, sound, after(BREAK_S), repaired)


def test_without_a_snapshot_a_broken_book_stays_broken(tmp_path: Path) -> None:
    events = opening(TAPE, SECONDS)
    index = gap_between(events, after(BREAK_S))
    crossing = book_message(int(events["ts_init"][index - 1]), [(1, int(events["price"].max()) * 2, 1)])
    broken = record_of(tmp_path, np.concatenate([events[:index], crossing, events[index:]]), INSTRUMENT)
    assert stamps(broken)
    assert max(stamps(broken)) <= int(events["ts_init"][index - 1])


def test_lost_prints_silence_for_as_long_as_the_tape_window_has_a_hole(sound: Record, tmp_path: Path) -> None:
    events = opening(TAPE, SECONDS).copy()
    prints = np.flatnonzero((events["kind"] == PRINT) & (events["ts_init"] >= after(BREAK_S)))
    events["flags"][prints[0]] |= GAP
    hole = int(events["ts_init"][prints[0]])
    broken = record_of(tmp_path, events, INSTRUMENT)
    check_silence(broken, sound, hole + 1, hole + 60 * NANOS)
