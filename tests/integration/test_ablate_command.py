"""``keeper ablate`` as a user types it: a document, a table of whole figures, one line for a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from keeper_agent.console import OUT
from tests.support.commands import Here

SMALL = (
    "ablate",
    "--scenario",
    "T3",
    "--coins",
    "2",
    "--minutes",
    "2",
    "--workers",
    "1",
    "--first-seed",
    "11",
)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEEPER_HOME", str(tmp_path / "home"))
    return Here(monkeypatch, capsys)


def test_a_part_is_held_against_the_same_worlds_without_it(here: Here, tmp_path: Path) -> None:
    found = here(*SMALL, "--seeds", "1", "--parts", "thompson,mm_rule", "--json")
    assert (found.code, found.err) == (0, "")
    told = found.json
    rule, bandit = told["parts"]
    assert (rule["name"], rule["is_in_base"], bandit["name"], bandit["is_in_base"]) == (
        "mm_rule", True, "thompson", False
    )  # fmt: skip
    assert bandit["changed"] == 1
    assert bandit["trips_with"] != bandit["trips_without"] == told["base_round_trips"] > 0
    assert {rule["verdict"], bandit["verdict"]} <= {"too_few", "idle"}
    assert set(told["off_policy"]) == {"thompson"}
    assert len(told["rules_of_behaviour"]) == 8
    assert not (tmp_path / "home").exists()


def test_people_get_whole_figures_and_what_was_not_judged(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = here(*SMALL, "--seeds", "1", "--parts", "learned_size")
    assert said.code == 0, said.err
    monkeypatch.setenv("COLUMNS", "70")
    assert OUT.width == 70, "the next command's tables would be as wide as these"
    assert "…" not in said.out.partition("not judged")[0]
    for words in (
        "T3: 1 worlds of 2 virtual minutes, base everything",
        "learned_size",
        "[few]",
        "not judged: brain",
    ):
        assert words in said.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--parts", "luck"), "--parts expects some of mm_rule,"),
        (("--parts", "brain"), "brain cannot be judged on this stream: nobody is asked in the laboratory"),
        (("--base", "half"), "--base expects everything or shipped, was 'half'"),
        (("--seeds", "0"), "--seeds expects 1 to 10000 worlds, was 0"),
        (("--workers", "99"), "--workers expects 1 to 16 processes, was 99"),
        (("--scenario", "T9"), "tier must be one of"),
    ],
)
def test_wrong_words_are_one_line(here: Here, words: tuple[str, ...], said: str) -> None:
    here("ablate", *words).fails_in_one_line(2, said)
