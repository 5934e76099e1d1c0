"""What a reader takes although no venue would write it: simulators, data frames, markets without trades."""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import pytest

from tests.support.tapes import BOOK_HEADER, TRADES_HEADER, write_market, write_rows
from tools.domain.errors import BadInput
from tools.domain.market import UNITS
from tools.market.events import SNAPSHOT
from tools.market.instruments import instrument_for
from tools.market.peek import venue_of
from tools.market.tardis import read_book, read_recording, read_trades

T0 = 1_723_161_255_000_000


@pytest.mark.parametrize(("true", "false"), [("True", "False"), ("TRUE", "FALSE"), ("tRuE", "fAlsE")])
def test_truth_is_read_in_any_case(tmp_path: Path, true: str, false: str) -> None:
    lines = [f"mexc,S,{T0 + n},{T0 + n},{word},bid,1,1" for n, word in enumerate((true, false, true))]
    events = read_book(write_rows(tmp_path / "x.csv", BOOK_HEADER, *lines), symbol="S", venue="mexc")
    assert ((events["flags"] & SNAPSHOT) != 0).tolist() == [True, False, True]


def test_amount_of_less_than_half_the_finest_unit_clears_a_level(tmp_path: Path) -> None:
    amounts = ("0.123456789012", "0.000000004", "4e-9", "0.000000006", "0")
    lines = [f"mexc,S,{T0 + n},{T0 + n},false,bid,1,{amount}" for n, amount in enumerate(amounts)]
    events = read_book(write_rows(tmp_path / "x.csv", BOOK_HEADER, *lines), symbol="S", venue="mexc")
    assert events["size"].tolist() == [12345679, 0, 0, 1, 0]


def test_singles_and_row_labels_of_a_frame_are_read(tmp_path: Path) -> None:
    tape = write_market(tmp_path, seconds=3, suffix="csv")
    expected = read_book(tape.book, symbol="BTCUSDT", venue="binance")
    singles = {name: pa.float32() for name in ("price", "amount")}
    table = pa_csv.read_csv(tape.book, convert_options=pa_csv.ConvertOptions(column_types=singles))
    labels = pa.array(range(len(table)))
    table = table.append_column("__index_level_0__", labels).append_column("__index_level_1__", labels)
    pa_parquet.write_table(table, tmp_path / "x.parquet")
    events = read_book(tmp_path / "x.parquet", symbol="BTCUSDT", venue="binance")
    assert events.tolist() == expected.tolist()
    assert int(expected["price"].max()) > 60_000 * UNITS


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet"])
@pytest.mark.parametrize("venue", ["mexc", "binance"])
def test_market_without_trades_is_one(tmp_path: Path, suffix: str, venue: str) -> None:
    tape = write_market(tmp_path, seconds=3, venue=venue)
    trades = tmp_path / f"none.trades.{suffix}"
    if suffix == "parquet":
        kinds = [pa.string()] * 2 + [pa.int64()] * 2 + [pa.string()] * 2 + [pa.float64()] * 2
        schema = pa.schema(list(zip(TRADES_HEADER.split(","), kinds, strict=True)))
        pa_parquet.write_table(schema.empty_table(), trades)
    else:
        write_rows(trades, TRADES_HEADER)
    recording = read_recording(trades, tape.book, instrument_for(venue, "BTCUSDT"))
    assert (recording.n_prints, recording.n_book) == (0, len(recording.events))
    assert len(read_trades(trades, symbol="BTCUSDT", venue=venue)) == 0
    assert venue_of(trades, tape.book) == venue


def test_book_without_rows_is_still_refused(tmp_path: Path) -> None:
    book = write_rows(tmp_path / "x.book.csv", BOOK_HEADER)
    trades = write_rows(tmp_path / "x.trades.csv", TRADES_HEADER)
    for read in (lambda: read_book(book, symbol="S", venue="mexc"), lambda: venue_of(trades, book)):
        with pytest.raises(BadInput, match=r"x\.book\.csv: expected rows below the header, there are none"):
            read()
