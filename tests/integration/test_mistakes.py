"""Every class of mistake is one clear line on stderr and its own exit code, never a traceback."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

import keeper_agent.commands.doctor
from memory.connection import DATABASE
from memory.lock import HomeLock
from tests.support.commands import Here, keeper, keeper_itself
from tests.support.tapes import BOOK_HEADER, write_market, write_rows
from tools.market.tapes import TapeFiles

BOOK_ROW = "binance,BTCUSDT,1723161240000000,1723161240000000,true,bid,60000.00,0.1"
TRADE_ROW = "binance,BTCUSDT,1723161240000000,1723161240000000,1,buy,60000.01,0.1"
LATER, EARLIER = "1723161250000000", "1723161230000000"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    monkeypatch.chdir(tmp_path)
    return Here(monkeypatch, capsys)


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> TapeFiles:
    return write_market(tmp_path_factory.mktemp("tapes"), seconds=20)


def of(tape: TapeFiles, **other: Path | str) -> tuple[str | Path, ...]:
    words = {"trades": tape.trades, "book": tape.book, "symbol": "BTCUSDT", "venue": "binance"} | other
    return tuple(word for name, value in words.items() for word in (f"--{name}", value))


def test_a_missing_file_is_named(here: Here, tape: TapeFiles, tmp_path: Path) -> None:
    here("replay", *of(tape, book=tmp_path / "no.csv")).fails_in_one_line(3, str(tmp_path / "no.csv"))


@pytest.mark.parametrize(
    ("header", "rows", "complaint"),
    [
        (BOOK_HEADER.replace("amount", "quantity"), [BOOK_ROW], "amount"),
        (BOOK_HEADER, [BOOK_ROW.replace(",60000.00", ",NaN")], "NaN"),
        (BOOK_HEADER, [BOOK_ROW, BOOK_ROW.replace("1723161240000000,true", f"{EARLIER},true")], EARLIER),
        (BOOK_HEADER, [BOOK_ROW.replace("BTCUSDT", "ETHUSDT")], "ETHUSDT"),
        (BOOK_HEADER, [BOOK_ROW.replace("bid", "left")], "left"),
        (BOOK_HEADER, [BOOK_ROW.replace("60000.00", "60000.000000001")], "60000.000000001"),
        (BOOK_HEADER, [], "book.csv"),
    ],
)
def test_a_damaged_file_is_named_with_what_is_wrong(
    here: Here, tape: TapeFiles, tmp_path: Path, header: str, rows: list[str], complaint: str
) -> None:
    book = write_rows(tmp_path / "book.csv", header, *rows)
    here("replay", *of(tape, book=book)).fails_in_one_line(3, "book.csv", complaint)
    here("sense", *of(tape, book=book), "--out", tmp_path / "x.parquet").fails_in_one_line(3, complaint)


def test_a_truncated_archive_is_named(here: Here, tape: TapeFiles, tmp_path: Path) -> None:
    book = tmp_path / "book.csv.gz"
    book.write_bytes(gzip.compress(tape.book.read_bytes())[:-20])
    here("replay", *of(tape, book=book)).fails_in_one_line(3, "book.csv.gz")


def test_a_wrong_symbol_is_named(here: Here, tape: TapeFiles) -> None:
    here("replay", *of(tape, symbol="ETHUSDT")).fails_in_one_line(3, "ETHUSDT", "BTCUSDT")


def test_a_folder_that_cannot_be_written_is_named(here: Here, tape: TapeFiles, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    under = tmp_path / "file" / "out"
    here("replay", *of(tape), "--out", under).fails_in_one_line(3, str(under))
    here("sense", *of(tape), "--out", under / "x.parquet").fails_in_one_line(3, str(under))


def test_a_series_takes_the_place_of_no_other_file(here: Here, tape: TapeFiles, tmp_path: Path) -> None:
    trades = tmp_path / "x.trades.parquet"
    pq.write_table(pa_csv.read_csv(tape.trades), trades)
    before = trades.read_bytes()
    here("sense", *of(tape, trades=trades), "--out", trades).fails_in_one_line(2, "--out", str(trades))
    assert trades.read_bytes() == before
    here("sense", *of(tape), "--out", trades).fails_in_one_line(2, "--out", str(trades))
    assert trades.read_bytes() == before
    here("sense", *of(tape), "--out", tmp_path / "x.csv").fails_in_one_line(2, "--out", ".parquet", "x.csv")
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize("every", ["0s", "soon", "-1s", "1h", "0.1ms", ""])
def test_a_step_that_is_no_duration_is_named(here: Here, tape: TapeFiles, tmp_path: Path, every: str) -> None:
    said = here("sense", *of(tape), "--every", every, "--out", tmp_path / "x.parquet")
    said.fails_in_one_line(2, "--every", repr(every))
    assert not (tmp_path / "x.parquet").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("KEEPER_PARAMETERS", "nonsense=1"), ("KEEPER_PARAMETERS", "stop_bps=0"), ("KEEPER_SEED", "many")],
)
def test_an_unusable_setting_is_named(
    here: Here, tape: TapeFiles, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    here("replay", *of(tape)).fails_in_one_line(2)
    here("run", "--json", "--tape", tape.book.parent).fails_in_one_line(2)


@pytest.mark.parametrize(
    "words",
    [("fly",), ("run", "--spede", "1"), ("run", "--speed", "fast"), ("replay",), ("memory", "freeze")],
)
def test_wrong_words_are_named(here: Here, words: tuple[str, ...]) -> None:
    here(*words).fails_in_one_line(2, "--help")


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "1e9"])
def test_an_impossible_speed_is_refused(here: Here, tape: TapeFiles, speed: str) -> None:
    here("run", "--tape", tape.book.parent, "--speed", speed).fails_in_one_line(2, "KEEPER_SPEED")


def test_a_folder_without_tapes_is_named(here: Here, tmp_path: Path) -> None:
    here("run", "--json", "--tape", tmp_path).fails_in_one_line(3, str(tmp_path), "no recording")
    here("run", "--json", "--tape", tmp_path / "nowhere").fails_in_one_line(3, "nowhere")


def test_a_model_that_is_none_is_refused(
    here: Here, tape: TapeFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.json").write_text("{")
    monkeypatch.setenv("ML_MODEL_PATH", str(tmp_path / "model"))
    here("replay", *of(tape)).fails_in_one_line(7, str(tmp_path / "model"))
    here("run", "--json", "--tape", tape.book.parent).fails_in_one_line(7)


@pytest.mark.parametrize(
    "words", [("run",), ("ask", "how many trades?"), ("explain", "d_1"), ("memory", "verify"), ("reflect",)]
)
def test_a_damaged_database_is_named(
    here: Here, tape: TapeFiles, own_home: Path, words: tuple[str, ...]
) -> None:
    own_home.mkdir()
    (own_home / DATABASE).write_bytes(b"this is no database" * 100)
    more = ("--json", "--tape", str(tape.book.parent)) if words == ("run",) else ()
    here(*words, *more).fails_in_one_line(4, DATABASE)
    assert (own_home / DATABASE).read_bytes().startswith(b"this is no"), "the evidence was overwritten"


def test_noise_in_the_middle_of_the_database_stops_every_command(
    here: Here, tape: TapeFiles, own_home: Path
) -> None:
    run = ("run", "--tape", tape.book.parent, "--speed", "10000", "--json")
    assert here(*run).code == 0
    path = own_home / DATABASE
    whole = path.read_bytes()
    middle = len(whole) // 2
    harmed = whole[:middle] + bytes(range(1, 251)) * 12 + whole[middle + 3000 :]
    path.write_bytes(harmed)
    others = (("ask", "how many trades?"), ("explain", "d_1"), ("reflect",), ("memory", "verify"))
    for words in (run, *others, ("memory", "rebuild"), ("memory", "freeze", "now")):
        here(*words).fails_in_one_line(4, f"{path} is damaged (", "move the whole folder away")
    assert here("doctor").code == 1
    assert path.read_bytes() == harmed


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("ask", "how many trades?"), 6),
        (("explain", "d_1"), 6),
        (("reflect",), 6),
        (("memory", "verify"), 6),
        (("memory", "rebuild"), 6),
    ],
)
def test_without_a_memory_nothing_is_made_up_nor_made(
    here: Here, own_home: Path, words: tuple[str, ...], code: int
) -> None:
    said = here(*words)
    said.fails_in_one_line(code)
    assert not (own_home / DATABASE).exists()


@pytest.mark.parametrize(
    "words",
    [("run",), ("memory", "rebuild"), ("memory", "freeze", "now"), ("train", "outcome"), ("reflect",)],
)
def test_a_home_in_use_names_its_owner(
    here: Here, tape: TapeFiles, own_home: Path, words: tuple[str, ...]
) -> None:
    assert here("run", "--tape", tape.book.parent, "--speed", "10000", "--json").code == 0
    more = ("--json", "--tape", str(tape.book.parent)) if words == ("run",) else ()
    with HomeLock.acquire(own_home, "keeper test"):
        here(*words, *more).fails_in_one_line(5, f"process {os.getpid()} (keeper test)")


def test_what_is_not_in_the_record_is_said(here: Here, tape: TapeFiles) -> None:
    assert here("run", "--tape", tape.book.parent, "--speed", "10000", "--json").code == 0
    here("explain", "d_ffffffffff").fails_in_one_line(6, "d_ffffffffff")
    here("replay", *of(tape), "--memory", "nobody").fails_in_one_line(6, "nobody")
    here("train", "outcome").fails_in_one_line(8)


def test_an_unforeseen_error_is_one_line_with_its_traceback_in_the_log(
    here: Here, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(**_: object) -> None:
        raise ZeroDivisionError("of [all] things")

    monkeypatch.setattr(keeper_agent.commands.doctor, "examine", burst)
    log = own_home / "logs" / "keeper.log"
    here("doctor").fails_in_one_line(70, "internal error: ZeroDivisionError: of [all] things", str(log))
    assert "in burst" in log.read_text()
    other = own_home.parent / "other"
    for words in (("--home", str(other)), (f"--home={other}",)):
        here("doctor", *words).fails_in_one_line(70, str(other / "logs" / "keeper.log"))
    (own_home.parent / "file").write_text("")
    here("doctor", "--home", own_home.parent / "file" / "x").fails_in_one_line(70, "could not be kept")


def test_a_process_of_its_own_fails_the_same_way(tape: TapeFiles, tmp_path: Path) -> None:
    keeper_itself("replay", *of(tape, symbol="ETHUSDT"), home=tmp_path / "home").fails_in_one_line(
        3, "ETHUSDT"
    )
    keeper("run", "--json", "--tape", tmp_path, home=tmp_path / "home").fails_in_one_line(3, "no recording")
    assert not (tmp_path / "home").exists()


def test_the_command_that_was_misunderstood_is_named(here: Here) -> None:
    here("export", "fills").fails_in_one_line(2, "--out", "Try keeper export --help.")
    here("memory", "freeze").fails_in_one_line(2, "Try keeper memory freeze --help.")
    here("nonsense").fails_in_one_line(2, "Try keeper --help.")
    assert here("--version").out.startswith("keeper ")


def test_an_empty_home_says_how_to_begin(here: Here) -> None:
    for words in (("verify",), ("rebuild",), ("freeze", "a-name")):
        here("memory", *words).fails_in_one_line(6, "nothing is remembered", "keeper run")
    here("train", "outcome").fails_in_one_line(8, "keeper run", "--tape")
