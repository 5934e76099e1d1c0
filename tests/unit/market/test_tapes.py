"""Folders of recordings."""

from pathlib import Path

import pytest

from tests.support.tapes import START_NS, write_market
from tools.domain.errors import BadInput
from tools.domain.market import NANOS
from tools.market.instruments import instrument_for
from tools.market.tapes import find_tapes, tape_name
from tools.market.tardis import read_recording

EXAMPLES = Path(__file__).parents[3] / "examples" / "tapes"
INSTRUMENT = instrument_for("binance", "BTCUSDT")
STEM = "binance_BTCUSDT_20240808-2354"


def touched(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).touch()
    return folder


def test_pairs_are_found_in_the_order_of_their_start(tmp_path: Path) -> None:
    later = write_market(tmp_path, seconds=2, start_ns=START_NS + 60 * NANOS)
    earlier = write_market(tmp_path, seconds=2, symbol="ETHUSDT", venue="binance-futures", suffix="parquet")
    touched(tmp_path, "README.md", "candles.parquet")
    assert find_tapes(tmp_path) == (earlier, later)


def test_names_tell_venue_symbol_and_start(tmp_path: Path) -> None:
    (tape,) = find_tapes(touched(tmp_path, f"{STEM}.book.csv.gz", f"{STEM}.trades.parquet"))
    assert (tape.venue, tape.symbol, tape.start) == ("binance", "BTCUSDT", START_NS)
    assert (tape.book.name, tape.trades.name) == (f"{STEM}.book.csv.gz", f"{STEM}.trades.parquet")


@pytest.mark.parametrize("symbol", ["BTCUSD_PERP", "BTC/USDT:USDT", "BTC-USD", "kPEPE"])
def test_any_symbol_survives_a_file_name(tmp_path: Path, symbol: str) -> None:
    stem = tape_name("binance-delivery", symbol, START_NS)
    (tape,) = find_tapes(touched(tmp_path, f"{stem}.book.csv", f"{stem}.trades.csv"))
    assert (tape.symbol, tape.start) == (symbol, START_NS)


def test_same_start_is_ordered_by_name(tmp_path: Path) -> None:
    for stem in ("b_X_20240101-0000", "a_Y_20240101-0000", "a_X_20240101-0000"):
        touched(tmp_path, f"{stem}.book.csv", f"{stem}.trades.csv")
    assert [(tape.venue, tape.symbol) for tape in find_tapes(tmp_path)] == [
        ("a", "X"),
        ("a", "Y"),
        ("b", "X"),
    ]


@pytest.mark.parametrize(("half", "other"), [("book", "trades"), ("trades", "book")])
def test_lone_half_is_refused_and_the_other_named(tmp_path: Path, half: str, other: str) -> None:
    with pytest.raises(BadInput) as refused:
        find_tapes(touched(tmp_path, f"{STEM}.{half}.csv.gz"))
    assert f"{STEM}.{half}.csv.gz" in str(refused.value)
    assert f"{STEM}.{other}" in str(refused.value)


@pytest.mark.parametrize(("half", "other"), [("book", "trades"), ("trades", "book")])
def test_a_recording_named_by_halves_only_is_read(tmp_path: Path, half: str, other: str) -> None:
    whole = write_market(tmp_path, seconds=2)
    named = getattr(whole, other)
    part = named.rename(named.with_name(f"{named.name}.part"))
    (tape,) = find_tapes(tmp_path)
    assert (getattr(tape, half), getattr(tape, other)) == (getattr(whole, half), part)
    assert len(read_recording(tape.trades, tape.book, INSTRUMENT).events) > 0


def test_a_recording_with_no_name_yet_is_passed_over(tmp_path: Path) -> None:
    touched(tmp_path, f"{STEM}.book.csv.gz.part", f"{STEM}.trades.csv.gz.part")
    with pytest.raises(BadInput, match="no recording found"):
        find_tapes(tmp_path)


def test_empty_folder_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no recording found; expected pairs named <venue>_<symbol>"):
        find_tapes(touched(tmp_path, "notes.txt"))


def test_missing_folder_and_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="was missing"):
        find_tapes(tmp_path / "none")
    with pytest.raises(BadInput, match="was a file"):
        find_tapes(touched(tmp_path, "file") / "file")
    with pytest.raises(BadInput, match="was unreadable"):
        find_tapes(tmp_path / ("long" * 100))


def test_double_half_is_refused(tmp_path: Path) -> None:
    names = (f"{STEM}.book.csv", f"{STEM}.book.parquet", f"{STEM}.trades.csv")
    with pytest.raises(BadInput, match=r"book\.parquet: the same recording is there as .*book\.csv"):
        find_tapes(touched(tmp_path, *names))


@pytest.mark.parametrize(
    "stem", ["tape", "binance_BTCUSDT", "Binance_BTCUSDT_20240808-2354", "binance_X_2024"]
)
def test_misnamed_half_is_refused(tmp_path: Path, stem: str) -> None:
    with pytest.raises(BadInput, match=r"expected pairs named"):
        find_tapes(touched(tmp_path, f"{stem}.book.csv", f"{stem}.trades.csv"))


def test_impossible_start_is_refused(tmp_path: Path) -> None:
    stem = "binance_BTCUSDT_20241399-0000"
    with pytest.raises(BadInput, match="expected a start as YYYYMMDD-HHMM, was 20241399-0000"):
        find_tapes(touched(tmp_path, f"{stem}.book.csv", f"{stem}.trades.csv"))


def test_bundled_tapes_are_found() -> None:
    assert [(tape.venue, tape.symbol) for tape in find_tapes(EXAMPLES)] == [
        ("binance-futures", "ETHUSDT"),
        ("binance", "BTCUSDT"),
    ]
