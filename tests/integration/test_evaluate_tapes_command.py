"""``keeper evaluate --tape`` as a user has it: a table within 80 columns, one document, one line of error."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.commands import Here
from tests.support.tapes import write_market, write_rows

FAST = ("--manner", "inside", "--workers", "1")  # whose trips end within seconds


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEEPER_HOME", str(tmp_path / "home"))
    return Here(monkeypatch, capsys)


@pytest.fixture(scope="module")
def tapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tapes")
    write_market(folder, seconds=90)
    write_market(folder, symbol="ETHUSDT", seed=8, seconds=60)
    return folder


def test_the_table_is_one_document_and_the_same_again(here: Here, tapes: Path, tmp_path: Path) -> None:
    words = ("evaluate", "--tape", tapes, "--stages", "baseline", *FAST, "--json")
    first, again = here(*words), here(*words)
    assert (first.code, first.err) == (0, "")
    found = first.json
    (stage,) = found["stages"]
    assert [tape["symbol"] for tape in found["tapes"]] == ["BTCUSDT", "ETHUSDT"]
    assert (found["blocks"], found["block_minutes"], found["tried"]) == (1, 5, 1)
    assert stage["round_trips"] == sum(tape["stages"]["baseline"]["round_trips"] for tape in found["tapes"])
    assert stage["round_trips"] > 3
    assert stage["expectancy_bps"]["low"] is None  # one stretch says nothing of how stretches differ
    assert stage["departures_caused"] is None
    assert "nobody on a tape reacts" in found["not_known"]["departures_caused"]
    assert (found["stages"], found["tapes"]) == (again.json["stages"], again.json["tapes"])
    assert not (tmp_path / "home").exists()


def test_people_get_tables_of_80_columns(here: Here, tapes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = here("evaluate", "--tape", tapes, "--stages", "baseline", *FAST)
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert lines[0] == "2 tapes, 0.0 hours, 1 stretches of time"
    (departures,) = [line for line in lines if line.startswith("departures caused, of 100")]
    assert departures.endswith("–")
    assert any(line.startswith("departures caused –: nobody on a tape reacts") for line in lines)
    assert any(line.startswith("binance ETHUSDT") for line in lines)
    notes = next(i for i, line in enumerate(lines) if line.startswith("intervals: "))
    assert max(map(len, lines[:notes])) <= 80


def test_a_tape_that_keeps_a_stage_out_says_why(here: Here, tmp_path: Path) -> None:
    folder = tmp_path / "shares"
    folder.mkdir()
    write_market(folder, symbol="KEEP", venue="nasdaq", seconds=60)  # a share of 60,000 USD
    said = here("evaluate", "--tape", folder, "--stages", "baseline", *FAST)
    assert said.code == 0, said.err
    assert "nasdaq KEEP: baseline entered nothing: smallest_order" in said.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--seeds", "3"), 2, "--seeds counts the worlds traded in; with --tape there are none"),
        (("--order-usd", "2"), 2, "--order-usd expects 3 US dollars or more, was 2.0"),
        (("--order-usd", "nan"), 2, "--order-usd expects 3 US dollars or more, was nan"),
        (("--quote-usd", "0"), 2, "--quote-usd expects US dollars above 0, was 0.0"),
        (("--tried", "1"), 2, "--tried counts these 4 stages, too, was 1"),
        (("--workers", "0"), 2, "--workers expects 1 to 16 processes, was 0"),
        (("--scenario", "T9"), 2, "tier must be one of"),
        (("--tape", "nowhere"), 3, "nowhere: expected a folder with recordings, was missing"),
        (("--train-seeds", "1", "--minutes", "1", "--coins", "1", *FAST), 8, "labelled examples"),
    ],
)
def test_what_is_wrong_is_one_line(
    here: Here, tapes: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    here("evaluate", "--tape", tapes, *words).fails_in_one_line(code, said)


def test_words_of_tapes_need_a_tape(here: Here) -> None:
    here("evaluate", "--order-usd", "50").fails_in_one_line(2, "they go with --tape DIR")


def test_a_tape_is_refused_before_anything_is_trained(here: Here, tapes: Path, tmp_path: Path) -> None:
    twice = tmp_path / "again"
    twice.mkdir()
    for path in tapes.iterdir():
        shutil.copy(path, twice)
    here("evaluate", *FAST, "--tape", tapes, "--tape", twice).fails_in_one_line(3, "the same recording as")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    write_market(foreign, symbol="ETHBTC", seconds=30)
    here("evaluate", *FAST, "--tape", foreign).fails_in_one_line(
        2, "a BTC is worth how many US dollars?", "--quote-usd"
    )
    write_market(foreign, symbol="SOLETH", seconds=20)
    wrong = ("evaluate", *FAST, "--tape", foreign, "--quote-usd", "60000")
    here(*wrong).fails_in_one_line(2, "one rate serves one quote, these tapes have BTC, ETH")
    (book,) = twice.glob("*ETHUSDT*.book.csv.gz")
    write_rows(book, "exchange,symbol", "binance,ETHUSDT")
    here("evaluate", *FAST, "--tape", twice).fails_in_one_line(3, book.name)
