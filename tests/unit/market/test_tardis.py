"""Recordings read into events: values, flags, formats."""

import hashlib
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import pytest

from tests.support.tapes import BOOK_HEADER, TRADES_HEADER, write_market, write_rows
from tools.domain.market import UNITS
from tools.market.events import BOOK, GAP, LAST, PRINT, RESET, SNAPSHOT, Events
from tools.market.instruments import instrument_for
from tools.market.recorder import WholeBook
from tools.market.tapes import find_tapes
from tools.market.tardis import read_book, read_recording, read_trades

EXAMPLES = Path(__file__).parents[3] / "examples" / "tapes"
T0 = 1_723_161_255_000_000


def book_of(tmp_path: Path, *rows: tuple[int, int, bool]) -> Events:
    """A book file of (venue stamp, receiver stamp, is_snapshot) rows, in µs after T0."""
    lines = [
        f"binance,BTCUSDT,{T0 + event},{T0 + received},{str(snapshot).lower()},bid,{100 + i}.5,1"
        for i, (event, received, snapshot) in enumerate(rows)
    ]
    return read_book(
        write_rows(tmp_path / "x.book.csv", BOOK_HEADER, *lines), symbol="BTCUSDT", venue="binance"
    )


def trades_of(tmp_path: Path, venue: str, *ids: str) -> Events:
    lines = [f"{venue},BTCUSDT,{T0},{T0 + i},{name},buy,100,1" for i, name in enumerate(ids)]
    return read_trades(
        write_rows(tmp_path / "x.trades.csv", TRADES_HEADER, *lines), symbol="BTCUSDT", venue=venue
    )


def test_book_row_becomes_an_event_in_units_and_nanoseconds(tmp_path: Path) -> None:
    line = f"binance,BTCUSDT,{T0},{T0 - 1_270_000},false,ask,61837.63000000,3.78826001"
    path = write_rows(tmp_path / "x.book.csv", BOOK_HEADER, line)
    (event,) = read_book(path, symbol="BTCUSDT", venue="binance")
    assert (event["ts_event"], event["ts_init"]) == (T0 * 1000, (T0 - 1_270_000) * 1000)
    assert (event["price"], event["size"]) == (61_837_63000000, 3_78826001)
    assert (event["kind"], event["side"], event["flags"]) == (BOOK, -1, LAST)


def test_print_row_becomes_an_event_of_its_aggressor(tmp_path: Path) -> None:
    lines = [f"mexc,BTCUSDT,{T0},{T0},,{side},1e2,0.1" for side in ("buy", "sell", "unknown")]
    path = write_rows(tmp_path / "x.trades.csv.gz", TRADES_HEADER, *lines)
    events = read_trades(path, symbol="BTCUSDT", venue="mexc")
    assert events["side"].tolist() == [1, -1, 0]
    assert set(events["kind"]) == {PRINT}
    assert set(events["flags"]) == {LAST}
    assert (events["price"][0], events["size"][0]) == (100 * UNITS, UNITS // 10)


def test_amount_of_zero_deletes_a_level(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "x.book.csv", BOOK_HEADER, f"binance,BTCUSDT,{T0},{T0},false,bid,1,0.00000000"
    )
    assert read_book(path, symbol="BTCUSDT", venue="binance")["size"].tolist() == [0]


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    header = "amount,price,side,is_snapshot,local_timestamp,timestamp,symbol,exchange"
    path = write_rows(tmp_path / "x.book.csv", header, f"2,3,bid,true,{T0},{T0},BTCUSDT,binance")
    (event,) = read_book(path, symbol="BTCUSDT", venue="binance")
    assert (event["price"], event["size"], event["side"]) == (3 * UNITS, 2 * UNITS, 1)


def test_spaces_line_ends_and_byte_order_mark_of_an_editor_do_no_harm(tmp_path: Path) -> None:
    line = f"binance,BTCUSDT, {T0},{T0} ,false,bid, 1.5 , 2"
    path = tmp_path / "x.book.csv"
    path.write_bytes(f"\ufeff{BOOK_HEADER}\r\n{line}\r\n".encode())
    (event,) = read_book(path, symbol="BTCUSDT", venue="binance")
    assert (event["price"], event["size"], event["ts_init"]) == (3 * UNITS // 2, 2 * UNITS, T0 * 1000)
    path.write_bytes(f"{BOOK_HEADER}\r\n{line}".encode())
    assert read_book(path, symbol="BTCUSDT", venue="binance").tolist() == [event.item()]


def test_message_ends_where_either_stamp_changes(tmp_path: Path) -> None:
    events = book_of(tmp_path, (0, 0, False), (0, 0, False), (1, 0, False), (1, 5, False), (1, 5, False))
    assert events["flags"].tolist() == [0, LAST, LAST, 0, LAST]


def test_snapshot_run_resets_once(tmp_path: Path) -> None:
    events = book_of(tmp_path, (0, 0, True), (0, 0, True), (0, 0, True), (1, 1, False))
    assert events["flags"].tolist() == [SNAPSHOT | RESET, SNAPSHOT, SNAPSHOT | LAST, LAST]


def test_buffered_changes_after_a_snapshot_are_messages_of_their_own(tmp_path: Path) -> None:
    events = book_of(tmp_path, (0, 9, True), (0, 9, True), (3, 9, False), (4, 9, False), (4, 9, False))
    assert events["flags"].tolist() == [SNAPSHOT | RESET, SNAPSHOT | LAST, LAST, 0, LAST]


@pytest.mark.parametrize("second", [(0, 7), (7, 0), (7, 7)])
def test_snapshot_spread_over_two_stamps_is_one_and_whole_at_its_end(
    tmp_path: Path, second: tuple[int, int]
) -> None:
    events = book_of(tmp_path, (0, 0, True), (0, 0, True), (*second, True), (*second, True), (8, 8, False))
    assert events["flags"].tolist() == [SNAPSHOT | RESET, SNAPSHOT, SNAPSHOT, SNAPSHOT | LAST, LAST]


def test_snapshots_with_a_change_between_them_are_two(tmp_path: Path) -> None:
    events = book_of(tmp_path, (0, 0, True), (0, 0, False), (0, 7, True), (0, 7, True), (8, 8, False))
    assert events["flags"].tolist() == [SNAPSHOT | RESET, LAST, SNAPSHOT | RESET, SNAPSHOT | LAST, LAST]


def test_snapshot_that_ends_the_file_is_whole(tmp_path: Path) -> None:
    events = book_of(tmp_path, (0, 0, False), (1, 1, True), (2, 2, True))
    assert events["flags"].tolist() == [LAST, SNAPSHOT | RESET, SNAPSHOT | LAST]


def test_changes_before_a_snapshot_of_the_same_stamps_are_whole_before_it(tmp_path: Path) -> None:
    events = book_of(tmp_path, (0, 0, False), (0, 0, True), (0, 0, True), (0, 0, False), (0, 0, True))
    flags = [LAST, SNAPSHOT | RESET, SNAPSHOT, LAST, SNAPSHOT | RESET | LAST]
    assert events["flags"].tolist() == flags


def test_both_parts_of_a_spread_snapshot_reach_the_book(tmp_path: Path) -> None:
    lines = [f"mexc,S,{T0},{T0},true,bid,99,1", f"mexc,S,{T0 + 1},{T0 + 1},true,ask,101,2"]
    lines.append(f"mexc,S,{T0 + 9},{T0 + 9},false,bid,98,3")
    rows = read_book(write_rows(tmp_path / "x.book.csv", BOOK_HEADER, *lines), symbol="S", venue="mexc")
    book = WholeBook()
    book.apply(rows)
    assert book.snapshot(T0)["price"].tolist() == [99 * UNITS, 98 * UNITS, 101 * UNITS]


@pytest.mark.parametrize("venue", ["binance", "binance-futures"])
def test_hole_in_dense_ids_is_flagged_on_the_print_after_it(tmp_path: Path, venue: str) -> None:
    events = trades_of(tmp_path, venue, "10", "11", "13", "14", "20")
    assert ((events["flags"] & GAP) != 0).tolist() == [False, False, True, False, True]


@pytest.mark.parametrize("ids", [("5", "900", "3"), ("", "", ""), ("a-1", "0x", "hyper:9")])
def test_ids_of_other_venues_mean_nothing(tmp_path: Path, ids: tuple[str, ...]) -> None:
    assert set(trades_of(tmp_path, "hyperliquid", *ids)["flags"]) == {LAST}


@pytest.fixture
def three_ways(tmp_path: Path) -> list[tuple[Events, Events]]:
    """The same market from csv.gz, csv and Parquet."""
    read = []
    for suffix in ("csv.gz", "csv", "parquet"):
        tape = write_market(tmp_path / suffix, seconds=5, suffix=suffix)
        book = read_book(tape.book, symbol="BTCUSDT", venue="binance")
        read.append((book, read_trades(tape.trades, symbol="BTCUSDT", venue="binance")))
    return read


def test_every_format_gives_the_same_events(three_ways: list[tuple[Events, Events]]) -> None:
    (book, trades), *others = three_ways
    assert len(book) > 100
    assert len(trades) > 3
    for other_book, other_trades in others:
        np.testing.assert_array_equal(book, other_book)
        np.testing.assert_array_equal(trades, other_trades)


TYPINGS = {
    "doubles and booleans": {"price": pa.float64(), "amount": pa.float64(), "is_snapshot": pa.bool_()},
    "text": dict.fromkeys(("price", "amount", "timestamp", "is_snapshot"), pa.string()),
    "large text": dict.fromkeys(("price", "side", "symbol", "local_timestamp"), pa.large_string()),
    "dictionaries": dict.fromkeys(
        ("side", "symbol", "exchange", "price"), pa.dictionary(pa.int32(), pa.string())
    ),
    "other decimals": {"price": pa.decimal128(20, 4), "amount": pa.decimal256(50, 12)},
    "microsecond stamps": {"timestamp": pa.timestamp("us"), "local_timestamp": pa.timestamp("us", "UTC")},
    "nanosecond stamps": {
        "timestamp": pa.timestamp("ns"),
        "local_timestamp": pa.timestamp("ns", "Asia/Tokyo"),
    },
    "unsigned": {"timestamp": pa.uint64(), "local_timestamp": pa.uint64()},
}


@pytest.mark.parametrize("types", TYPINGS.values(), ids=TYPINGS.keys())
def test_parquet_may_type_its_columns_in_any_sensible_way(
    tmp_path: Path, types: dict[str, pa.DataType]
) -> None:
    tape = write_market(tmp_path, seconds=3, suffix="csv")
    expected = read_book(tape.book, symbol="BTCUSDT", venue="binance")
    table = pa_csv.read_csv(
        tape.book, convert_options=pa_csv.ConvertOptions(column_types={"price": pa.string()})
    )
    table = table.set_column(6, "price", pc.cast(table["price"], pa.decimal128(38, 8)))
    for name, kind in types.items():
        values = table[name]
        if pa.types.is_timestamp(kind):
            values = pc.cast(values, pa.timestamp("us"))
            values = values if kind.tz is None else pc.assume_timezone(values, "UTC")
        plain = kind.value_type if pa.types.is_dictionary(kind) else kind
        values = pc.cast(values, plain)
        values = values.dictionary_encode() if pa.types.is_dictionary(kind) else values
        table = table.set_column(table.schema.get_field_index(name), name, values)
    path = tmp_path / "typed.book.parquet"
    pa_parquet.write_table(table, path, row_group_size=50)
    assert [str(table[name].type) for name in types] == [str(kind) for kind in types.values()]
    np.testing.assert_array_equal(read_book(path, symbol="BTCUSDT", venue="binance"), expected)


@pytest.mark.parametrize(
    "amount", ["0.1", "61837.63", "3424.97", "90071992.54740993", "2814749767.1", "1e-8", "92233720368"]
)
def test_doubles_mean_the_decimal_they_were_written_as(tmp_path: Path, amount: str) -> None:
    table = pa.table(
        {
            "exchange": ["x"],
            "symbol": ["S"],
            "timestamp": [T0],
            "local_timestamp": [T0],
            "id": ["1"],
            "side": ["buy"],
            "price": [float(amount)],
            "amount": [Decimal(amount)],
        }
    )
    pa_parquet.write_table(table, tmp_path / "x.parquet")
    (event,) = read_trades(tmp_path / "x.parquet", symbol="S", venue="x")
    assert event["size"] == Decimal(amount) * UNITS
    assert event["price"] == int((Decimal(repr(float(amount))) * UNITS).to_integral_value())


def test_recording_merges_both_files_and_names_their_bytes(tmp_path: Path) -> None:
    tape = write_market(tmp_path, seconds=5)
    recording = read_recording(tape.trades, tape.book, instrument_for("binance", "BTCUSDT"))
    assert (recording.events["kind"] == BOOK).sum() == recording.n_book
    assert (recording.events["kind"] == PRINT).sum() == recording.n_prints
    assert len(recording.events) == recording.n_book + recording.n_prints
    assert (np.diff(recording.events["ts_init"]) >= 0).all()
    assert recording.book_sha256 == hashlib.sha256(tape.book.read_bytes()).hexdigest()
    assert recording.trades_sha256 == hashlib.sha256(tape.trades.read_bytes()).hexdigest()


BUNDLED = {"BTCUSDT": (300_094, 19_904, 6_494), "ETHUSDT": (356_924, 13_655, 8_924)}


@pytest.mark.parametrize("symbol", BUNDLED)
def test_bundled_tape_holds_what_its_description_says(symbol: str) -> None:
    (tape,) = (tape for tape in find_tapes(EXAMPLES) if tape.symbol == symbol)
    book = read_book(tape.book, symbol=symbol, venue=tape.venue)
    trades = read_trades(tape.trades, symbol=symbol, venue=tape.venue)
    n_messages = int(((book["flags"] & LAST) != 0).sum())
    assert (len(book), len(trades), n_messages) == BUNDLED[symbol]
    assert ((book["flags"] & RESET) != 0).sum() == 1
    assert not (trades["flags"] & GAP).any()
    assert (trades["ts_init"] < trades["ts_event"]).all()
