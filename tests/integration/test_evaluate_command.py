"""``keeper evaluate`` as a user has it: one document, a table, one line where words are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import Here

SMALL = (
    "evaluate",
    "--scenario",
    "T2",
    "--coins",
    "2",
    "--minutes",
    "1",
    "--workers",
    "1",
    "--first-seed",
    "16",
    "--manner",
    "inside",  # whose trips end within a minute
)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEEPER_HOME", str(tmp_path / "home"))
    return Here(monkeypatch, capsys)


def test_the_table_is_one_document_and_the_same_again(here: Here, tmp_path: Path) -> None:
    words = (*SMALL, "--stages", "baseline", "--seeds", "2", "--json")
    first, again = here(*words), here(*words)
    assert (first.code, first.err) == (0, "")
    found = first.json
    (stage,) = found["stages"]
    assert (stage["stage"], found["worlds"], found["tried"]) == ("baseline", 2, 1)
    assert stage["round_trips"] > 3
    assert stage["expectancy_bps"]["n"] == stage["round_trips"]
    assert stage["expectancy_bps"]["low"] is None  # two worlds say nothing of how worlds differ
    assert stage["uplift_bps"] is None
    assert found["stages"] == again.json["stages"]
    assert found["cost"]["cpu_minutes_for_them"]["baseline"] > 0
    assert not (tmp_path / "home").exists()


def test_people_get_a_table_that_says_what_is_missing(here: Here) -> None:
    said = here(*SMALL, "--stages", "baseline", "--seeds", "1")
    assert said.code == 0, said.err
    for words in ("T2: 1 worlds of 1 virtual minutes", "net a round trip, bps", "departures caused", "[few]"):
        assert words in said.out
    assert "fewer than 8,400 round trips: baseline" in said.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--stages", "luck"), "--stages expects some of baseline,ml,mm,sizing"),
        (("--seeds", "0"), "--seeds expects 1 to 10000 worlds, was 0"),
        (("--tried", "1"), "--tried counts these 4 stages, too, was 1"),
        (("--minutes", "0.5"), "--minutes expects 1 to 1440, was 0.5"),
        (("--scenario", "T9"), "tier must be one of"),
        (("--coins", "6"), "expected 1 to 5 thin coins, was 6"),
    ],
)
def test_wrong_words_are_one_line(here: Here, words: tuple[str, ...], said: str) -> None:
    here("evaluate", *words).fails_in_one_line(2, said)


def test_too_little_to_train_on_is_said(here: Here) -> None:
    found = here(*SMALL, "--stages", "baseline,ml", "--seeds", "1", "--train-seeds", "1")
    found.fails_in_one_line(8, "labelled examples")
