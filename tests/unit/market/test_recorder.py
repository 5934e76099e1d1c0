"""What was recorded replays to the book and prints of the live feed, whatever became of the recorder."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.tapes import book_message, print_event
from tools.domain.errors import BadInput, StoreUnusable
from tools.domain.market import NANOS
from tools.market.archive import LEDGER, Archive, whole_members
from tools.market.events import BOOK, LAST, PRINT, RESET, Events
from tools.market.instruments import instrument_for
from tools.market.lines import Batch
from tools.market.recorder import Recorder
from tools.market.sync import no_book
from tools.market.tapes import TapeFiles, find_tapes
from tools.market.tardis import read_recording

MINUTE = 60 * NANOS
START = 1_700_000_040 * NANOS  # a whole minute
Levels = dict[tuple[int, int], int]
OPENING = [(1, 100, 5), (1, 99, 7), (-1, 102, 5)]


def batch_of(*messages: Events, ids: tuple[int, ...] = (), symbol: str = "AUSDT") -> Batch:
    return Batch(symbol, np.concatenate(messages), ids)


OPENED: list[Archive] = []


@pytest.fixture(autouse=True)
def _let_go() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def archive_at(folder: Path, budget: int = 10**9) -> Archive:
    OPENED.append(Archive(folder, budget))
    return OPENED[-1]


def recorder_at(folder: Path, *, budget: int = 10**9, venue: str = "binance", minutes: int = 1) -> Recorder:
    return Recorder(archive_at(folder, budget), venue, rotate_ns=minutes * MINUTE)


def replayed(tape: TapeFiles) -> Events:
    return read_recording(tape.trades, tape.book, instrument_for(tape.venue, tape.symbol)).events


def books(events: Events) -> list[tuple[int, Levels]]:
    """The book after each whole message, by receiver stamp."""
    book: Levels = {}
    seen = []
    for row in events[events["kind"] == BOOK]:
        if row["flags"] & RESET:
            book = {}
        book = {**book, (int(row["side"]), int(row["price"])): int(row["size"])}
        book = {level: size for level, size in book.items() if size}
        if row["flags"] & LAST:
            seen.append((int(row["ts_init"]), book))
    return seen


def prints(events: Events) -> list[tuple[int, ...]]:
    kept = events[events["kind"] == PRINT]
    return [
        tuple(int(row[name]) for name in ("ts_event", "ts_init", "price", "size", "side")) for row in kept
    ]


STEP = st.one_of(
    st.tuples(st.just("level"), st.sampled_from([1, -1]), st.integers(95, 105), st.integers(0, 3)),
    st.tuples(st.just("print"), st.sampled_from([1, -1]), st.integers(95, 105), st.integers(1, 3)),
    st.tuples(st.sampled_from(["lost", "whole", "write"]), st.just(1), st.just(100), st.just(5)),
)


@settings(max_examples=100)
@given(
    st.lists(st.tuples(STEP, st.integers(1, 40 * 10**6)), min_size=1, max_size=25),
    st.sampled_from(["binance", "mexc"]),
)
def test_recordings_replay_to_the_live_book_and_prints(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[tuple[str, int, int, int], int]],
    venue: str,
) -> None:
    folder = tmp_path_factory.mktemp("tapes")
    recorder = recorder_at(folder, venue=venue)
    stamp, number = START, 0
    live = [book_message(stamp, OPENING, is_snapshot=True), print_event(stamp + 1000, 1, 102, 1)]
    number += 1
    recorder.put(batch_of(*live, ids=(number,) if venue == "binance" else ()))
    stamp += 1000
    for (kind, side, price, size), wait in steps:
        stamp += wait * 1000
        ids: tuple[int, ...] = ()
        if kind == "write":
            recorder.write(recorder.collect())
            continue
        if kind == "print":
            number += 1
            ids = (number,) if venue == "binance" else ()
            event = print_event(stamp, side, price, size)
        elif kind == "lost":
            event = no_book(stamp)
            event["ts_init"] = stamp
        else:
            event = book_message(
                stamp, OPENING if kind == "whole" else [(side, price, size)], is_snapshot=kind == "whole"
            )
        live.append(event)
        recorder.put(batch_of(event, ids=ids))
    recorder.close()
    tapes = find_tapes(folder)
    pieces = [replayed(tape) for tape in tapes]
    everything = np.concatenate(live)
    assert [row for piece in pieces for row in prints(piece)] == prints(everything)
    truth = books(everything)
    found = [seen for piece in pieces for seen in books(piece)]
    # each recording but the first opens with one more book, which is the one before
    opened = [books(piece)[0] for piece in pieces[1:]]
    for ts, book in opened:
        assert book == [known for at, known in truth if at <= ts][-1]
        found.remove((ts, book))
    assert found == truth


def filled(recorder: Recorder, minutes: int, symbol: str = "AUSDT") -> None:
    """A book and one print a minute."""
    for n in range(minutes):
        ts = START + n * MINUTE
        messages = [book_message(ts + 1000, OPENING, is_snapshot=n == 0), print_event(ts + 2000, 1, 102, 1)]
        recorder.put(batch_of(*messages, ids=(n + 1,), symbol=symbol))
        recorder.write(recorder.collect())


def test_each_period_is_a_recording_that_begins_with_the_whole_book(tmp_path: Path) -> None:
    recorder = recorder_at(tmp_path)
    filled(recorder, 3)
    recorder.close()
    tapes = find_tapes(tmp_path)
    assert [tape.start for tape in tapes] == [START + n * MINUTE for n in range(3)]
    for tape in tapes:
        first = books(replayed(tape))[0][1]
        assert first == {(side, price): size for side, price, size in OPENING}


def test_period_without_a_print_goes_on(tmp_path: Path) -> None:
    recorder = recorder_at(tmp_path)
    recorder.put(batch_of(book_message(START, OPENING, is_snapshot=True)))
    recorder.put(batch_of(book_message(START + 5 * MINUTE, [(1, 98, 1)])))
    recorder.write(recorder.collect())
    assert not list(tmp_path.glob("*.csv.gz"))
    recorder.put(batch_of(print_event(START + 6 * MINUTE, 1, 102, 1), ids=(1,)))
    recorder.close()
    (tape,) = find_tapes(tmp_path)
    assert (tape.start, len(replayed(tape))) == (START, 5)


def test_killed_recorder_leaves_a_readable_recording(tmp_path: Path) -> None:
    recorder = recorder_at(tmp_path)
    filled(recorder, 2)
    recorder.put(batch_of(print_event(START + 2 * MINUTE, 1, 102, 1), ids=(3,)))
    for tape in find_tapes(tmp_path):  # never closed
        assert len(replayed(tape)) > 0


@pytest.mark.parametrize("torn", [1, 9, 200])
def test_torn_end_is_cut_off_at_the_next_start(tmp_path: Path, torn: int) -> None:
    archive = archive_at(tmp_path, 10**9)
    filled(Recorder(archive, "binance", rotate_ns=MINUTE), 1)
    (tape,) = find_tapes(tmp_path)
    before = replayed(tape)
    whole = tape.book.read_bytes()
    tape.book.write_bytes(whole + gzip.compress(bytes(range(256)))[:torn])
    with pytest.raises(BadInput):
        replayed(tape)
    archive.close()
    assert archive_at(tmp_path, 10**9).repaired == [tape.book]
    assert tape.book.read_bytes() == whole
    assert (replayed(tape) == before).all()


def test_recording_half_named_when_it_was_killed_is_named_at_the_next_start(tmp_path: Path) -> None:
    archive = archive_at(tmp_path, 10**9)
    filled(Recorder(archive, "binance", rotate_ns=MINUTE), 1)
    (tape,) = find_tapes(tmp_path)
    tape.trades.rename(f"{tape.trades}.part")
    archive.close()
    archive_at(tmp_path, 10**9)
    assert find_tapes(tmp_path) == (tape,)


def test_restart_within_the_minute_goes_on_in_the_same_recording(tmp_path: Path) -> None:
    archive = archive_at(tmp_path, 10**9)
    filled(Recorder(archive, "binance", rotate_ns=MINUTE), 1)
    archive.close()
    recorder = recorder_at(tmp_path)
    later = START + 30 * NANOS
    recorder.put(
        batch_of(
            book_message(later, OPENING[1:], is_snapshot=True), print_event(later + 1000, 1, 102, 1), ids=(9,)
        )
    )
    recorder.close()
    (tape,) = find_tapes(tmp_path)
    assert [len(book) for _, book in books(replayed(tape))] == [3, 2]


def test_ids_of_a_venue_without_stay_apart_over_a_restart(tmp_path: Path) -> None:
    for later in (0, 30 * NANOS):
        recorder = recorder_at(tmp_path, venue="mexc")
        opening = book_message(START + later, OPENING, is_snapshot=True)
        prints_of_run = [print_event(START + later + n * 1000, 1, 102, n) for n in (1, 2)]
        recorder.put(batch_of(opening, *prints_of_run))
        recorder.close()
        OPENED.pop().close()
    (tape,) = find_tapes(tmp_path)
    lines = gzip.decompress(tape.trades.read_bytes()).decode().splitlines()[1:]
    assert len({line.split(",")[4] for line in lines}) == len(lines) == 4


def test_budget_deletes_the_oldest_and_never_a_strangers_file(tmp_path: Path) -> None:
    strangers = [tmp_path / "binance_AUSDT_20200101-0000.book.csv.gz", tmp_path / "notes.txt"]
    for path in strangers:
        path.write_bytes(b"x" * 100)
    probe = recorder_at(tmp_path / "probe")
    filled(probe, 1)
    one = sum(path.stat().st_size for path in (tmp_path / "probe").glob("*.csv.gz"))
    archive = archive_at(tmp_path, 4 * one)
    recorder = Recorder(archive, "binance", rotate_ns=MINUTE)
    filled(recorder, 12)
    recorder.close()
    for path in strangers:
        assert path.read_bytes() == b"x" * 100
        path.unlink()
    starts = [tape.start for tape in find_tapes(tmp_path)]
    assert starts == [START + n * MINUTE for n in range(12 - len(starts), 12)]
    assert 2 <= len(starts) <= 4
    assert archive.size == sum(path.stat().st_size for path in tmp_path.glob("*.csv.gz")) <= 4 * one
    assert len(archive.deleted) + len(starts) == 12


def test_budget_too_small_for_what_is_open_says_so(tmp_path: Path) -> None:
    recorder = recorder_at(tmp_path, budget=50)
    recorder.put(batch_of(book_message(START, OPENING, is_snapshot=True)))
    with pytest.raises(StoreUnusable, match="--disk-budget"):
        recorder.write(recorder.collect())


def test_foreign_recording_of_the_same_name_is_left_alone(tmp_path: Path) -> None:
    filled(recorder_at(tmp_path), 1)
    (tmp_path / LEDGER).unlink()
    (tmp_path / f"{LEDGER}.lock").unlink()
    with pytest.raises(BadInput, match="not recorded by Keeper"):
        filled(recorder_at(tmp_path), 1)


def test_second_recorder_in_a_folder_is_refused(tmp_path: Path) -> None:
    first = archive_at(tmp_path, 10**9)
    with pytest.raises(BadInput, match="another recorder"):
        archive_at(tmp_path, 10**9)
    first.close()


def test_ledger_cannot_point_out_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside.book.csv.gz"
    outside.write_bytes(b"torn")
    folder = tmp_path / "tapes"
    folder.mkdir()
    (folder / LEDGER).write_text("../outside\n")
    assert archive_at(folder, 1).repaired == []
    assert outside.read_bytes() == b"torn"


def test_full_disk_leaves_whole_members_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = archive_at(tmp_path, 10**9)
    recorder = Recorder(archive, "binance", rotate_ns=MINUTE)
    filled(recorder, 1)
    (tape,) = find_tapes(tmp_path)
    sizes = [path.stat().st_size for path in (tape.book, tape.trades)]
    opened = Path.open

    class Full:
        """A file that takes five bytes and then has no room."""

        def __init__(self, path: Path) -> None:
            self.file = opened(path, "ab", buffering=0)

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *error: object) -> None:
            self.file.close()

        def write(self, data: bytes) -> int:
            self.file.write(data[:5])
            raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda path, mode: Full(path) if mode == "ab" else opened(path, mode))
        recorder.put(batch_of(print_event(START + 5 * NANOS, 1, 102, 1), ids=(2,)))
        with pytest.raises(StoreUnusable, match="No space left"):
            recorder.write(recorder.collect())
    assert [path.stat().st_size for path in (tape.book, tape.trades)] == sizes
    assert whole_members(tape.trades) == sizes[1]


def test_period_of_less_than_a_minute_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="whole minutes"):
        Recorder(archive_at(tmp_path, 10), "binance", rotate_ns=NANOS)
