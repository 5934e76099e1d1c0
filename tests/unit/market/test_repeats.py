"""A print that is told twice happened once."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from tests.support.tapes import TRADES_HEADER, write_market, write_rows
from tools.domain.errors import BadInput
from tools.domain.market import UNITS
from tools.market.events import GAP, Events
from tools.market.instruments import instrument_for
from tools.market.tardis import read_recording, read_trades

T0 = 1_723_161_255_000_000


def line(
    n: int, name: str, *, venue: str = "mexc", side: str = "buy", price: str = "7", size: int = 1
) -> str:
    return f"{venue},S,{T0},{T0 + n},{name},{side},{price},{size}"


def read(path: Path, *lines: str, venue: str = "mexc") -> Events:
    return read_trades(write_rows(path / "x.trades.csv", TRADES_HEADER, *lines), symbol="S", venue=venue)


@pytest.mark.parametrize("venue", ["mexc", "binance"])
def test_repeated_print_is_dropped_wherever_it_comes(tmp_path: Path, venue: str) -> None:
    names = ("1", "1", "2", "3", "2", "4", "1")
    lines = [line(n, name, venue=venue, size=int(name)) for n, name in enumerate(names)]
    events = read(tmp_path, *lines, venue=venue)
    assert (events["size"] // UNITS).tolist() == [1, 2, 3, 4]
    assert (events["ts_init"] // 1000 - T0).tolist() == [0, 2, 3, 5]
    assert not (events["flags"] & GAP).any()


def test_hole_is_seen_over_a_repeated_print(tmp_path: Path) -> None:
    lines = [line(n, name, venue="binance") for n, name in enumerate(("1", "2", "2", "4", "1", "5"))]
    events = read(tmp_path, *lines, venue="binance")
    assert ((events["flags"] & GAP) != 0).tolist() == [False, False, True, False]


@pytest.mark.parametrize("names", [("", "", ""), (" ", "", " "), ("a", "b", "A"), ("1", "01", "1.0")])
def test_equal_prints_without_a_common_id_all_happened(tmp_path: Path, names: tuple[str, ...]) -> None:
    assert len(read(tmp_path, *(line(n, name) for n, name in enumerate(names)))) == 3


@pytest.mark.parametrize(
    "kind", [pa.int64(), pa.string(), pa.float64(), pa.dictionary(pa.int32(), pa.string())]
)
def test_ids_of_any_type_tell_repeats_and_missing_ones_do_not(tmp_path: Path, kind: pa.DataType) -> None:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    ids = pa.array([None, 5, None, 5, 6, 6]).cast(plain)
    ids = ids.dictionary_encode() if pa.types.is_dictionary(kind) else ids
    same = {"exchange": "mexc", "symbol": "S", "timestamp": T0, "local_timestamp": T0}
    table = {name: [cell] * 6 for name, cell in (same | {"side": "buy", "price": 1, "amount": 1}).items()}
    pa_parquet.write_table(pa.table({**table, "id": ids}), tmp_path / "x.parquet")
    assert len(read_trades(tmp_path / "x.parquet", symbol="S", venue="mexc")) == 4


@pytest.mark.parametrize("other", [{"side": "sell"}, {"price": "8"}, {"size": 2}])
@pytest.mark.parametrize("venue", ["mexc", "binance"])
def test_two_prints_of_one_id_are_refused_with_both_lines(
    tmp_path: Path, other: dict[str, str], venue: str
) -> None:
    lines = [line(n, name, venue=venue) for n, name in enumerate(("8", "9", "9", "10"))]
    lines.append(line(9, "9", venue=venue, **other))  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=r"x\.trades\.csv line 6: id 9 was another print in line 3; expected"):
        read(tmp_path, *lines, venue=venue)


@pytest.mark.parametrize("venue", ["mexc", "binance"])
def test_recording_counts_what_was_told_twice_and_what_was_rounded(tmp_path: Path, venue: str) -> None:
    tape = write_market(tmp_path, seconds=5, venue=venue, suffix="csv")
    clean = read_recording(tape.trades, tape.book, instrument_for(venue, "BTCUSDT"))
    assert (clean.duplicates, clean.rounded_amounts) == (0, 0)
    header, *lines = tape.trades.read_text().splitlines()
    lines[-1] += "4"
    write_rows(tape.trades, header, *[each for line in lines for each in (line, line)])
    opening, *changes = tape.book.read_text().splitlines()
    write_rows(tape.book, opening, changes[0] + "49", *changes[1:])
    twice = read_recording(tape.trades, tape.book, instrument_for(venue, "BTCUSDT"))
    assert (twice.duplicates, twice.rounded_amounts) == (len(lines), 2)
    assert twice.events.tolist() == clean.events.tolist()
    assert twice.n_prints == clean.n_prints
