"""Recordings taken apart: rows, messages, grids, aggressors, and what is no recording."""

import gzip
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.recorded import BOOK_HEADER, TRADES_HEADER
from venue.tape.exchange import ASK, BID, Shown
from venue.tape.files import find_pairs
from venue.tape.player import beginnings
from venue.tape.recording import Recording, read_through
from venue.tape.rows import BadTape, BookRow, PrintRow
from venue.tape.steps import messages, steps

STEM = "binance_ABCUSDT_20240808-2354"
BOOK = [
    "binance,ABCUSDT,1000,2000,true,bid,10.00,3",
    "binance,ABCUSDT,1000,2000,true,ask,10.50,2.5",
    "binance,ABCUSDT,1100,2100,false,bid,10.25,1",
    "binance,ABCUSDT,1100,2100,false,ask,10.50,0",
    "binance,ABCUSDT,1200,2200,false,ask,11.00,4",
]
TRADES = [
    "binance,ABCUSDT,1090,2100,7,buy,10.50,2.5",
    "binance,ABCUSDT,1150,2150,8,unknown,10.25,0.5",
]


def tape(
    folder: Path,
    book: list[str] = BOOK,
    trades: list[str] = TRADES,
    *,
    stem: str = STEM,
    suffix: str = ".csv",
) -> Path:
    """A recording of these lines."""
    for half, header, lines in (("book", BOOK_HEADER, book), ("trades", TRADES_HEADER, trades)):
        text = "\n".join([header, *lines, ""]).encode()
        content = gzip.compress(text) if suffix.endswith("gz") else text
        (folder / f"{stem}.{half}{suffix}").write_bytes(content)
    return folder


def read(folder: Path) -> Recording:
    """The one symbol in a folder."""
    (pairs,) = find_pairs(folder)
    return read_through(pairs)


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_grid_span_and_delay_are_the_files(tmp_path: Path, suffix: str) -> None:
    found = read(tape(tmp_path, suffix=suffix))
    rules = found.rules()
    assert (str(rules.tick), str(rules.lot)) == ("0.25000000", "0.50000000")
    assert (rules.base, rules.quote, str(rules.reference)) == ("ABC", "USDT", "10.50000000")
    assert (found.first, found.last, found.delay) == (2000, 2200, 1000)
    assert (found.n_changes, found.n_prints) == (5, 2)


def test_prints_come_before_the_book_they_changed(tmp_path: Path) -> None:
    found = list(steps(read(tape(tmp_path))))
    assert [(step.local, "print" if step.print else len(step.changes)) for step in found] == [
        (2000, 2),
        (2100, "print"),
        (2100, 2),
        (2150, "print"),
        (2200, 1),
    ]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=30))
def test_messages_are_a_partition_with_one_stamp_or_one_snapshot_each(rows: list[tuple[int, bool]]) -> None:
    made = [BookRow(ts, ts, is_snapshot, BID, 1, 1) for ts, is_snapshot in sorted(rows, key=lambda r: r[0])]
    told = list(messages(made))
    assert [row for step in told for row in step.changes] == made
    for step in told:
        assert len({row.is_snapshot for row in step.changes}) == 1
        assert step.is_snapshot or len({row.ts for row in step.changes}) == 1
    for one, following in pairwise(told):
        assert one.is_snapshot != following.is_snapshot or one.ts != following.ts


def test_a_later_snapshot_removes_what_it_does_not_hold() -> None:
    shown = Shown(0, tick=10, lot=1, last=0)
    shown.change([(BID, 9, 5), (BID, 8, 4), (ASK, 11, 3)], ts=1)
    rows = [
        BookRow(1, 1, True, BID, 80, 4),
        BookRow(1, 1, True, BID, 70, 2),
        BookRow(1, 1, True, ASK, 110, 9),
    ]
    changes = shown.replacing(rows)
    assert sorted(changes) == [(BID, 7, 2), (BID, 9, 0), (ASK, 11, 9)]
    events = shown.change(changes, ts=2)
    assert (shown.levels(BID, 5), shown.levels(ASK, 5)) == ([(8, 4), (7, 2)], [(11, 9)])
    assert events["number"].tolist() == [4, 5, 6]


@pytest.mark.parametrize(("price", "side"), [(109, 0), (101, 1), (105, 0), (104, 1)])
def test_an_aggressor_that_is_not_told_is_read_from_the_book(price: int, side: int) -> None:
    shown = Shown(0, tick=1, lot=1, last=0)
    shown.change([(BID, 100, 5), (ASK, 110, 4)], ts=1)
    assert shown.aggressor(PrintRow(0, 0, 1, -1, price, 1)) == side
    assert shown.aggressor(PrintRow(0, 0, 1, 1, 109, 1)) == 1


def test_recordings_that_overlap_keep_their_distance_and_others_begin_together() -> None:
    spans = [(100, 200), (150, 400), (390, 500), (501, 600)]
    found = [Recording([], first=first, last=last) for first, last in spans]
    assert beginnings(found) == [100, 100, 100, 501]


def test_recordings_of_one_symbol_follow_each_other(tmp_path: Path) -> None:
    tape(tmp_path)
    later = [line.replace(",1", ",8").replace(",2", ",9") for line in BOOK[:2]]
    tape(tmp_path, later, [], stem="binance_ABCUSDT_20240809-0000")
    found = read(tmp_path)
    assert [step.local for step in steps(found)][-2:] == [2200, 9000]
    assert found.last == 9000


def wrong(part: str, line: int, old: str, new: str) -> tuple[list[str], list[str]]:
    """Both halves with one cell spoiled."""
    halves = {"book": list(BOOK), "trades": list(TRADES)}
    assert old in halves[part][line]
    halves[part][line] = halves[part][line].replace(old, new)
    return halves["book"], halves["trades"]


@pytest.mark.parametrize(
    ("spoiled", "complaint"),
    [
        (wrong("book", 2, "10.25", "1e1"), r"book\.csv: line 4: price must be a decimal of 8 places"),
        (wrong("book", 2, "10.25", "10.123456789"), "line 4: price must be a decimal of 8 places"),
        (wrong("book", 2, "10.25", "0.0"), "line 4: price must be positive"),
        (wrong("book", 3, "ask", "asks"), "line 5: side must be one of bid, ask, was 'asks'"),
        (wrong("book", 1, "true", "yes"), "line 3: is_snapshot must be one of true, false"),
        (wrong("book", 4, "ABCUSDT", "XYZUSDT"), "line 6: expected binance ABCUSDT, was binance XYZUSDT"),
        (wrong("book", 4, "2200", "2099"), "must not run backwards, was 2099 after 2100"),
        (wrong("book", 4, ",4", ",4,5"), "line 6: expected 8 cells, were 9"),
        (wrong("book", 0, "true", "false"), "expected a snapshot that opens the book"),
        (wrong("trades", 1, "0.5", "0"), r"trades\.csv: line 3: amount must be positive"),
        (wrong("trades", 1, "2150", "soon"), "line 3: local_timestamp must be whole microseconds"),
        ((BOOK, []), "expected trades below the header, there are none"),
        (([], TRADES), "expected rows below the header, there are none"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    tmp_path: Path, spoiled: tuple[list[str], list[str]], complaint: str
) -> None:
    with pytest.raises(BadTape, match=complaint):
        read(tape(tmp_path, *spoiled))


def test_a_file_cut_short_is_damaged(tmp_path: Path) -> None:
    tape(tmp_path, BOOK * 1, suffix=".csv.gz")
    path = tmp_path / f"{STEM}.book.csv.gz"
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(BadTape, match=r"book\.csv\.gz: damaged after line"):
        read(tmp_path)


def test_a_folder_without_whole_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTape, match="expected a folder with recordings, it is missing"):
        find_pairs(tmp_path / "nowhere")
    with pytest.raises(BadTape, match="no recording found"):
        find_pairs(tmp_path)
    tape(tmp_path)
    (tmp_path / f"{STEM}.trades.csv").unlink()
    with pytest.raises(BadTape, match="its other half, book or trades, is missing"):
        find_pairs(tmp_path)


def test_one_symbol_of_two_venues_is_refused(tmp_path: Path) -> None:
    tape(tmp_path)
    tape(tmp_path, stem=STEM.replace("binance", "mexc"))
    with pytest.raises(BadTape, match="of two venues"):
        find_pairs(tmp_path)
