"""What is wrong with a file is said in one line: which file, where, which column, what was expected."""

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from tests.support.tapes import BOOK_HEADER, TRADES_HEADER, write_market, write_rows
from tools.domain.errors import BadInput
from tools.market.instruments import instrument_for
from tools.market.tardis import read_book, read_recording, read_trades

T0 = 1_723_161_255_000_000
GOOD = {
    "exchange": "binance",
    "symbol": "BTCUSDT",
    "timestamp": str(T0),
    "local_timestamp": str(T0),
    "id": "7",
    "is_snapshot": "false",
    "price": "61837.63",
    "amount": "0.5",
}
ROWS_BEFORE = 3


def book_line(**cells: str) -> str:
    row = GOOD | {"side": "bid"} | cells
    return ",".join(row[name] for name in BOOK_HEADER.split(","))


def trade_line(**cells: str) -> str:
    row = GOOD | {"side": "buy"} | cells
    return ",".join(row[name] for name in TRADES_HEADER.split(","))


def complaint(read: Callable[..., object], path: Path) -> str:
    """The one line with which ``path`` is refused; it names the file."""
    with pytest.raises(BadInput) as refused:
        read(path, symbol="BTCUSDT", venue="binance")
    line = str(refused.value)
    assert "\n" not in line
    assert line.startswith(str(path))
    return line.removeprefix(str(path))


BAD_CELLS = {
    "empty price": ({"price": ""}, "price is empty"),
    "NaN price": ({"price": "NaN"}, "price must be a finite number, was 'NaN'"),
    "infinite price": ({"price": "inf"}, "price must be a finite number, was 'inf'"),
    "word as price": ({"price": "cheap"}, "price must be a number, was 'cheap'"),
    "comma as point": ({"amount": '"1,5"'}, "amount must be a number, was '1,5'"),
    "hex price": ({"price": "0x1F"}, "price must be a number, was '0x1F'"),
    "blank price": ({"price": "  "}, "price is empty"),
    "grouped price": ({"price": "61_837"}, "price must be a plain number, was '61_837'"),
    "endless price": ({"price": "1" + "0" * 600}, "price must be below 92233720368, was '10000"),
    "tiny price": ({"price": "1e-99999999"}, "price must be a multiple of 0.00000001"),
    "zero price": ({"price": "0.00"}, "price must be above 0, was '0.00'"),
    "negative price": ({"price": "-1.5"}, "price must be above 0, was '-1.5'"),
    "too fine a price": (
        {"price": "1.123456789"},
        "price must be a multiple of 0.00000001, was '1.123456789'",
    ),
    "too fine an exponent": ({"price": "1e-9"}, "price must be a multiple of 0.00000001, was '1e-9'"),
    "price beyond int64": (
        {"price": "92233720369"},
        "price must be below 92233720368, was '92233720369.00000000'",
    ),
    "price beyond decimals": ({"price": "1e40"}, "price must be below 92233720368, was '1e40'"),
    "NaN amount": ({"amount": "nan"}, "amount must be a finite number, was 'nan'"),
    "empty amount": ({"amount": ""}, "amount is empty"),
    "negative amount": ({"amount": "-0.1"}, "amount must be"),
    "amount beyond int64": ({"amount": "1" + "0" * 20}, "amount must be below 92233720368"),
    "long amount": ({"amount": "x" * 99}, "amount must be a number, was '" + "x" * 40 + "…'"),
    "other symbol": ({"symbol": "ETHUSDT"}, "symbol must be BTCUSDT, was 'ETHUSDT'"),
    "no symbol": ({"symbol": ""}, "symbol must be BTCUSDT, was ''"),
    "other exchange": ({"exchange": "binance-us"}, "exchange must be binance, was 'binance-us'"),
    "empty stamp": ({"timestamp": ""}, "timestamp is empty"),
    "word as stamp": ({"local_timestamp": "now"}, "local_timestamp must be a whole number, was 'now'"),
    "float stamp": ({"timestamp": f"{T0}.5"}, f"timestamp must be a whole number, was '{T0}.5'"),
    "stamp in s": ({"timestamp": "1723161255"}, "was 1723161255 (looks like seconds)"),
    "stamp in ms": ({"timestamp": "1723161255000"}, "was 1723161255000 (looks like milliseconds)"),
    "stamp in ns": (
        {"local_timestamp": f"{T0}000"},
        f"must be microseconds since 1970 in the years 2000 to 2099, was {T0}000 (looks like nanoseconds)",
    ),
    "negative stamp": ({"timestamp": "-1"}, "timestamp must be microseconds"),
    "endless stamp": ({"timestamp": "9" * 30}, "timestamp must be a whole number"),
    "backward stamp": (
        {"local_timestamp": str(T0 - 1)},
        f"local_timestamp must not run backwards, was {T0 - 1} after {T0}",
    ),
}
BAD_BOOK_CELLS = BAD_CELLS | {
    "trade side": ({"side": "buy"}, "side must be bid or ask, was 'buy'"),
    "no side": ({"side": ""}, "side must be bid or ask, was ''"),
    "odd truth": ({"is_snapshot": "maybe"}, "is_snapshot must be false or true, was 'maybe'"),
    "negative level": ({"amount": "-0.00000001"}, "amount must be 0 or more"),
    "just below nothing": ({"amount": "-0.000000000001"}, "amount must be 0 or more, was '-0.000000000001'"),
}
BAD_TRADE_CELLS = BAD_CELLS | {
    "book side": ({"side": "bid"}, "side must be buy or sell or unknown, was 'bid'"),
    "upper-case side": ({"side": "BUY"}, "side must be buy or sell or unknown, was 'BUY'"),
    "print of too little": (
        {"amount": "0.000000001"},
        "amount must be 0.00000001 or more, was '0.000000001'",
    ),
    "print of nothing": ({"amount": "0.0"}, "amount must be above 0"),
    "uncountable id": ({"id": "a7"}, "id must be a whole number, was 'a7'"),
    "no id": ({"id": ""}, "id is empty"),
}


@pytest.mark.parametrize("suffix", ["csv", "csv.gz"])
@pytest.mark.parametrize(("cells", "expected"), BAD_BOOK_CELLS.values(), ids=BAD_BOOK_CELLS.keys())
def test_bad_book_cell_is_named(tmp_path: Path, cells: dict[str, str], expected: str, suffix: str) -> None:
    lines = [*[book_line()] * ROWS_BEFORE, book_line(**cells), *[book_line()] * 2]
    path = write_rows(tmp_path / f"x.book.{suffix}", BOOK_HEADER, *lines)
    said = complaint(read_book, path)
    assert said.startswith(f" line {ROWS_BEFORE + 2}: ")
    assert expected in said


@pytest.mark.parametrize(("cells", "expected"), BAD_TRADE_CELLS.values(), ids=BAD_TRADE_CELLS.keys())
def test_bad_trade_cell_is_named(tmp_path: Path, cells: dict[str, str], expected: str) -> None:
    lines = [*[trade_line()] * ROWS_BEFORE, trade_line(**cells), trade_line()]
    said = complaint(read_trades, write_rows(tmp_path / "x.trades.csv.gz", TRADES_HEADER, *lines))
    assert said.startswith(f" line {ROWS_BEFORE + 2}: ")
    assert expected in said


def test_first_bad_cell_of_a_column_is_the_one_named_however_long_the_file(tmp_path: Path) -> None:
    lines = [book_line()] * 40_000
    lines[31_234], lines[35_000] = book_line(price="dear"), book_line(price="cheap")
    said = complaint(read_book, write_rows(tmp_path / "x.book.csv", BOOK_HEADER, *lines))
    assert said == " line 31236: price must be a number, was 'dear'"


def test_row_of_another_length_is_found_far_into_the_file(tmp_path: Path) -> None:
    lines = [book_line()] * 40_000
    lines[31_234] = book_line() + ",surplus"
    said = complaint(read_book, write_rows(tmp_path / "x.book.csv", BOOK_HEADER, *lines))
    assert said == " line 31236: expected 8 columns, was 9"


def test_backward_stamp_is_found_where_it_is_far_into_the_file(tmp_path: Path) -> None:
    lines = [book_line(local_timestamp=str(T0 + i)) for i in range(40_000)]
    lines[30_000] = book_line(local_timestamp=str(T0 + 5))
    said = complaint(read_book, write_rows(tmp_path / "x.book.csv", BOOK_HEADER, *lines))
    assert said.endswith(
        f" line 30002: local_timestamp must not run backwards, was {T0 + 5} after {T0 + 29_999}"
    )


@pytest.mark.parametrize("hours", [-20, 20])
def test_clocks_far_apart_are_no_fault(tmp_path: Path, hours: int) -> None:
    line = book_line(timestamp=str(T0 + hours * 3_600_000_000))
    path = write_rows(tmp_path / "x.book.csv", BOOK_HEADER, line)
    (event,) = read_book(path, symbol="BTCUSDT", venue="binance")
    assert event["ts_event"] - event["ts_init"] == hours * 3_600 * 10**9


BAD_SHAPES = {
    "no header": ((book_line(), book_line()), " line 1: expected the header exchange,symbol,timestamp"),
    "missing column": (
        (BOOK_HEADER.replace(",amount", ""), "a"),
        ": column amount is missing; expected exchange,",
    ),
    "unknown column": ((f"{BOOK_HEADER},mood", "a"), ": unknown column 'mood'; expected exchange, symbol"),
    "double column": ((f"{BOOK_HEADER},side", "a"), ": a column is there twice; expected exchange, symbol"),
    "trades for a book": ((TRADES_HEADER, trade_line()), ": column is_snapshot is missing"),
    "header alone": ((BOOK_HEADER,), ": expected rows below the header, there are none"),
    "short row": ((BOOK_HEADER, book_line(), "binance,BTCUSDT"), " line 3: expected 8 columns, was 2"),
    "long row": ((BOOK_HEADER, book_line(), book_line() + ",1"), " line 3: expected 8 columns, was 9"),
    "empty line": ((BOOK_HEADER, book_line(), "", book_line()), " line 3: exchange must be binance, was ''"),
    "stray quote": (
        (BOOK_HEADER, book_line(), '"' + book_line(), book_line()),
        " line 3: expected 8 columns",
    ),
}


@pytest.mark.parametrize("suffix", ["csv", "csv.gz"])
@pytest.mark.parametrize(("lines", "expected"), BAD_SHAPES.values(), ids=BAD_SHAPES.keys())
def test_file_of_another_shape_is_refused(
    tmp_path: Path, lines: tuple[str, ...], expected: str, suffix: str
) -> None:
    assert complaint(read_book, write_rows(tmp_path / f"x.{suffix}", *lines)).startswith(expected)


def test_missing_file_folder_and_empty_file_are_told_apart(tmp_path: Path) -> None:
    assert complaint(read_book, tmp_path / "none.csv.gz") == ": no such file"
    assert complaint(read_book, tmp_path / f"{'long' * 100}.csv") == ": cannot be read: File name too long"
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    assert complaint(read_book, folder) == ": expected a file, was a folder"
    for name in ("empty.csv", "empty.csv.gz", "empty.parquet"):
        (tmp_path / name).touch()
        assert complaint(read_book, tmp_path / name) == ": the file is empty"
    (tmp_path / "hollow.csv.gz").write_bytes(gzip.compress(b""))
    assert complaint(read_book, tmp_path / "hollow.csv.gz") == ": the file is empty"


def test_unknown_ending_is_refused(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "x.txt", BOOK_HEADER, book_line())
    assert complaint(read_book, path) == ": expected a file ending in .csv.gz, .csv, .parquet"


def test_text_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(
        f"{BOOK_HEADER}\n{book_line()}\n".encode() + book_line(symbol="\xff").encode("latin-1") + b"\n"
    )
    assert complaint(read_book, path) == " line 3: not UTF-8 text"


def test_row_cut_by_a_stray_line_end_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "x.csv", BOOK_HEADER, book_line(), book_line(side="bi\rd"), book_line())
    assert complaint(read_book, path).startswith(" line 3: not readable as CSV: ")


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.999])
def test_cut_off_gzip_is_refused_with_its_last_whole_line(tmp_path: Path, kept: float) -> None:
    path = write_market(tmp_path, seconds=60).book
    packed = path.read_bytes()[: int(path.stat().st_size * kept)]
    path.write_bytes(packed)
    n_lines = zlib.decompressobj(31).decompress(packed).count(b"\n")
    assert n_lines > 100
    assert complaint(read_book, path).startswith(f": cut off or corrupt gzip after line {n_lines}: ")


@pytest.mark.parametrize("wound", [b"\xff" * 9, b"torn"])
def test_gzip_corrupt_in_a_later_member_is_refused_with_its_last_whole_line(
    tmp_path: Path, wound: bytes
) -> None:
    path = tmp_path / "x.book.csv.gz"
    members = [f"{BOOK_HEADER}\n", f"{book_line()}\n" * 50, f"{book_line()}\n" * 50]
    packed = [gzip.compress(text.encode()) for text in members]
    path.write_bytes(packed[0] + packed[1] + packed[2][:10] + wound)
    assert complaint(read_book, path).startswith(": cut off or corrupt gzip after line 51: ")
    path.write_bytes(packed[0] + packed[1] + wound)
    assert complaint(read_book, path).startswith(": cut off or corrupt gzip after line 51: ")
    path.write_bytes(packed[0][:12])
    assert complaint(read_book, path).startswith(": cut off or corrupt gzip in line 1: ")


def test_file_that_only_calls_itself_gzip_is_refused_as_that(tmp_path: Path) -> None:
    false = tmp_path / "false.csv.gz"
    for content in (f"{BOOK_HEADER}\n{book_line()}\n".encode(), b"\0\1\2\3"):
        false.write_bytes(content)
        assert complaint(read_book, false) == f": not a gzip file, it begins with {content[:2]!r}"


def parquet_book(path: Path, **columns: pa.Array) -> Path:
    sound = {name: [cell, cell, cell] for name, cell in (GOOD | {"side": "bid"}).items() if name != "id"}
    numbers = {name: [int(cell) for cell in sound[name]] for name in ("timestamp", "local_timestamp")}
    table = pa.table({**sound, **numbers, **columns})
    pa_parquet.write_table(table.select(BOOK_HEADER.split(",")), path)
    return path


BAD_PARQUET = {
    "missing price": ({"price": pa.array(["1", None, "1"])}, " row 2: price is empty"),
    "missing side": ({"side": pa.array(["bid", "bid", None])}, " row 3: side is empty"),
    "NaN": (
        {"price": pa.array([1.0, 2.0, float("nan")])},
        " row 3: price must be a finite number, was 'nan'",
    ),
    "infinite": (
        {"amount": pa.array([1.0, float("inf"), 1.0])},
        " row 2: amount must be a finite number, was 'inf'",
    ),
    "too fine": (
        {"price": pa.array([1.0, 1.123456789, 1.0])},
        " row 2: price must be a multiple of 0.00000001, was '1.123456789'",
    ),
    "too large": ({"price": pa.array([1e11, 1.0, 1.0])}, " row 1: price must be below 92233720368, was"),
    "large integer": ({"price": pa.array([1, 1, 10**11])}, " row 3: price must be below 92233720368, was"),
    "negative": ({"amount": pa.array([1.0, -2.0, 1.0])}, " row 2: amount must be 0 or more, was '-2.0'"),
    "nanoseconds": ({"timestamp": pa.array([T0, T0 * 1000, T0])}, " row 2: timestamp must be microseconds"),
    "finer stamps": (
        {"timestamp": pa.array([T0 * 1000, T0 * 1000 + 1, T0 * 1000], pa.timestamp("ns"))},
        " row 2: timestamp must be whole microseconds, was '1723161255000000001 ns'",
    ),
    "backwards": (
        {"local_timestamp": pa.array([T0, T0, T0 - 3])},
        " row 3: local_timestamp must not run backwards",
    ),
    "single too fine": (
        {"price": pa.array([1.0, 1.0, 1e-9], pa.float32())},
        " row 3: price must be a multiple of 0.00000001, was '1e-9'",
    ),
    "single NaN": (
        {"amount": pa.array([1.0, float("nan"), 1.0], pa.float32())},
        " row 2: amount must be a finite number, was 'nan'",
    ),
    "half floats": (
        {"price": pa.array([np.float16(1)] * 3, pa.float16())},
        ": column price must be text, double, single, decimal or integer, was halffloat",
    ),
    "float stamps": (
        {"timestamp": pa.array([1.0] * 3)},
        ": column timestamp must be integer or text, was double",
    ),
    "numbers for sides": ({"side": pa.array([1, 1, -1])}, ": column side must be text, was int64"),
    "lists": (
        {"price": pa.array([[1]] * 3)},
        ": column price must be text, double, single, decimal or integer, was list",
    ),
}


@pytest.mark.parametrize(("columns", "expected"), BAD_PARQUET.values(), ids=BAD_PARQUET.keys())
def test_bad_parquet_cell_is_named_by_its_row(
    tmp_path: Path, columns: dict[str, pa.Array], expected: str
) -> None:
    assert complaint(read_book, parquet_book(tmp_path / "x.parquet", **columns)).startswith(expected)


def test_parquet_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    side = pa.array([b"bid", b"\xff\xfe", b"ask"]).view(pa.string())
    path = parquet_book(tmp_path / "x.parquet", side=side)
    assert complaint(read_book, path).startswith(": not UTF-8 text")


def test_parquet_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = parquet_book(tmp_path / "x.parquet")
    assert len(read_book(path, symbol="BTCUSDT", venue="binance")) == 3
    assert complaint(read_trades, path).startswith(
        ": column id is missing; expected exchange, symbol, timestamp"
    )
    whole = path.read_bytes()
    for broken in (whole[: len(whole) // 2], b"PAR1" + b"\0" * 40 + b"PAR1", f"{BOOK_HEADER}\n".encode()):
        path.write_bytes(broken)
        assert complaint(read_book, path).startswith(": not a readable Parquet file: ")


def test_recording_names_the_file_that_is_bad(tmp_path: Path) -> None:
    tape = write_market(tmp_path, seconds=2)
    write_rows(tape.trades, TRADES_HEADER, trade_line(symbol="ETHUSDT"))
    with pytest.raises(BadInput, match=r"trades\.csv\.gz line 2: symbol must be BTCUSDT, was 'ETHUSDT'"):
        read_recording(tape.trades, tape.book, instrument_for("binance", "BTCUSDT"))
