"""``keeper memory`` shows every layer, and its commands still do what they did."""

from __future__ import annotations

from pathlib import Path

import pytest

from memory.store import Store
from tests.support.commands import Here
from tests.support.remembered import a_remembered_day


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    monkeypatch.chdir(tmp_path)
    return Here(monkeypatch, capsys)


def test_every_layer_is_shown_with_its_size_and_capacity(here: Here, own_home: Path) -> None:
    a_remembered_day(own_home)
    found = {one["name"]: one for one in here("memory", "--json").json["layers"]}
    assert list(found) == ["session", "episodes", "patterns", "semantic", "procedural"]
    assert (found["episodes"]["size"], found["episodes"]["promoted"]) == (10, 9)
    assert (found["patterns"]["size"], found["patterns"]["capacity"]) == (4, 100_000)
    assert (found["patterns"]["promoted"], found["patterns"]["retired"]) == (4, 0)
    assert found["procedural"]["size"] == 1, "a parameter was changed"
    assert found["session"]["size"] is None
    said = here("memory").out
    for words in ("episodes", "100,000", "in the agent", "moves up", "no bound"):
        assert words in said


def test_it_may_be_asked_beside_the_agent_that_writes(here: Here, own_home: Path) -> None:
    a_remembered_day(own_home)
    with Store.open(own_home):
        assert here("memory", "--json").code == 0


def test_a_capacity_that_was_set_is_the_one_that_is_shown(
    here: Here, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_remembered_day(own_home)
    monkeypatch.setenv("KEEPER_PARAMETERS", "pattern_capacity=50")
    found = {one["name"]: one for one in here("memory", "--json").json["layers"]}
    assert found["patterns"]["capacity"] == 50
    monkeypatch.setenv("KEEPER_PARAMETERS", "pattern_capacity=100001")
    here("memory").fails_in_one_line(2, "pattern_capacity must be between 10 and 100000", "100001")


def test_without_a_memory_it_says_so_and_makes_none(here: Here, own_home: Path) -> None:
    here("memory").fails_in_one_line(6, "nothing is remembered", "keeper run")
    assert not (own_home / "keeper.sqlite").exists()


def test_an_unknown_command_is_refused_as_before(here: Here, own_home: Path) -> None:
    said = here("memory", "forget")
    assert said.code == 2
    assert "forget" in said.err
