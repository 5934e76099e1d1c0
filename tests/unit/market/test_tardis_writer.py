"""What is written is what is read."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.tapes import START_NS, book_message, print_event, synthetic_market, write_market
from tools.domain.market import NANOS, UNITS
from tools.market.events import BOOK, LAST, PRINT, RESET, SNAPSHOT, Events, merge
from tools.market.instruments import instrument_for
from tools.market.tapes import find_tapes
from tools.market.tardis import BOOK_COLUMNS, read_book, read_recording
from tools.market.tardis_writer import write_book, write_recording

LARGEST = 2**63 - 1
levels = st.lists(
    st.tuples(st.sampled_from([-1, 1]), st.integers(1, LARGEST), st.integers(0, LARGEST)),
    min_size=1,
    max_size=4,
)
prints = st.tuples(
    st.sampled_from([-1, 0, 1]), st.integers(1, LARGEST), st.integers(1, LARGEST), st.booleans()
)


@st.composite
def markets(draw: st.DrawFn) -> Events:
    """Any book messages and prints, at least one of each, with stamps a microsecond apart or more."""
    clock = START_NS
    messages = []
    was_snapshot = False
    for rows, is_whole in draw(st.lists(st.tuples(levels, st.booleans()), min_size=1, max_size=6)):
        clock += draw(st.integers(1, 10**9)) * 1000
        was_snapshot = is_whole and not was_snapshot
        messages.append(book_message(clock, rows, is_snapshot=was_snapshot))
    clock, seen = START_NS, []
    for i, (side, price, size, after_gap) in enumerate(draw(st.lists(prints, min_size=1, max_size=6))):
        clock += draw(st.integers(0, 10**9)) * 1000
        seen.append(print_event(clock, side, price, size, after_gap=after_gap and i > 0))
    events = merge(np.concatenate(messages), np.concatenate(seen))
    events["ts_event"] += draw(st.integers(-(10**9), 10**9)) * 1000
    return events


@pytest.mark.parametrize("suffix", ["csv.gz", "csv", "parquet"])
def test_any_market_survives_writing_and_reading(
    tmp_path_factory: pytest.TempPathFactory, suffix: str
) -> None:
    @settings(max_examples=40)
    @given(markets())
    def survives(events: Events) -> None:
        folder = tmp_path_factory.mktemp("tape")
        tape = write_recording(folder, events, symbol="BTCUSDT", venue="binance", suffix=suffix)
        recording = read_recording(tape.trades, tape.book, instrument_for("binance", "BTCUSDT"))
        np.testing.assert_array_equal(recording.events, events)
        assert find_tapes(folder) == (tape,)

    survives()


def test_snapshot_after_a_snapshot_is_kept_apart_by_a_change_that_changes_nothing(tmp_path: Path) -> None:
    first, second = ([(1, price * UNITS, UNITS), (-1, 9 * UNITS, UNITS)] for price in (5, 6))
    messages = [book_message(START_NS, first, is_snapshot=True)]
    messages.append(book_message(START_NS + NANOS, second, is_snapshot=True))
    write_book(tmp_path / "x.book.csv", np.concatenate(messages), symbol="S", venue="mexc")
    rows = read_book(tmp_path / "x.book.csv", symbol="S", venue="mexc")
    reset, last = SNAPSHOT | RESET, SNAPSHOT | LAST
    assert rows["flags"].tolist() == [reset, SNAPSHOT, LAST, reset, last]
    assert rows["ts_init"].tolist() == [START_NS] * 3 + [START_NS + NANOS] * 2
    for name in ("side", "price", "size"):
        assert rows[name][2] == rows[name][1]


def test_same_events_give_the_same_bytes(tmp_path: Path) -> None:
    once, again = (write_market(tmp_path / name, seconds=3) for name in ("once", "again"))
    assert once.book.read_bytes() == again.book.read_bytes()
    assert once.trades.read_bytes() == again.trades.read_bytes()


def test_layout_is_the_published_one(tmp_path: Path) -> None:
    book = book_message(START_NS, [(1, 60_000 * UNITS, UNITS), (-1, 60_001 * UNITS, 1)], is_snapshot=True)
    events = merge(book, print_event(START_NS, 0, 60_001 * UNITS, UNITS // 4))
    tape = write_recording(tmp_path, events, symbol="BTCUSDT", venue="binance", first_id=41)
    stamp = START_NS // 1000
    assert gzip.decompress(tape.book.read_bytes()).decode().splitlines() == [
        ",".join(BOOK_COLUMNS),
        f"binance,BTCUSDT,{stamp},{stamp},true,bid,60000.00000000,1.00000000",
        f"binance,BTCUSDT,{stamp},{stamp},true,ask,60001.00000000,0.00000001",
    ]
    assert gzip.decompress(tape.trades.read_bytes()).decode().splitlines() == [
        "exchange,symbol,timestamp,local_timestamp,id,side,price,amount",
        f"binance,BTCUSDT,{stamp},{stamp},41,unknown,60001.00000000,0.25000000",
    ]


def test_synthetic_market_is_whole_ordered_and_never_crossed() -> None:
    events = synthetic_market(seconds=20)
    assert (np.diff(events["ts_init"]) >= 0).all()
    book: dict[tuple[int, int], int] = {}
    for row in events[events["kind"] == BOOK]:
        if row["flags"] & RESET:
            book.clear()
        book[int(row["side"]), int(row["price"])] = int(row["size"])
        if row["flags"] & LAST:
            bids, asks = ([p for (s, p), size in book.items() if s == side and size] for side in (1, -1))
            assert len(bids) == len(asks) == 10
            assert max(bids) < min(asks)
    assert events["flags"][events["kind"] == BOOK][0] & SNAPSHOT
    assert (events["kind"] == PRINT).sum() > 20
    assert events["ts_init"][-1] - events["ts_init"][0] > 19 * NANOS
