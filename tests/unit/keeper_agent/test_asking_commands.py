"""The commands ask, explain and reflect as a person or a script meets them."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import orjson
import pytest

from keeper_agent.cli import main
from memory.connection import DATABASE
from memory.lock import HomeLock
from memory.store import Store
from tests.support.memories import DAY
from tests.support.remembered import a_remembered_day
from tools.domain.trading import Decision


@pytest.fixture
def told(own_home: Path) -> dict[str, Decision]:
    return a_remembered_day(own_home)


def keeper(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["keeper", *words])
    with pytest.raises(SystemExit) as leaving:
        main()
    return int(leaving.value.code or 0)


def test_ask_answers_in_json_and_for_people(
    told: dict[str, Decision], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    question = "why did you buy BTCUSDT at 23:58?"
    assert keeper(monkeypatch, "ask", question, "--json") == 0
    found = orjson.loads(capsys.readouterr().out)
    assert found["question"] == question
    assert found["citations"] == [told["buy"].decision_id]
    assert {"query", "answer", "numbers"} <= set(found)
    assert keeper(monkeypatch, "ask", question) == 0
    out = capsys.readouterr().out
    assert told["buy"].decision_id in out
    assert "\x1b" not in out


def test_what_is_not_in_the_record_ends_with_its_own_code(
    told: dict[str, Decision], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keeper(monkeypatch, "ask", "how many trades on XRPUSDT?") == 6
    assert keeper(monkeypatch, "explain", "d_ffffffffff") == 6
    assert keeper(monkeypatch, "reflect", "--date", "2020-01-01") == 6
    assert keeper(monkeypatch, "reflect", "--date", "yesterday") == 2
    told_off = capsys.readouterr()
    assert told_off.out == ""
    assert told_off.err.count("keeper: ") == 4


def test_without_a_memory_each_says_so_and_makes_none(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = f"keeper: nothing is remembered in {own_home} yet; keeper run makes a first memory\n"
    for words in (["ask", "how did you do?"], ["explain", "d_1"], ["reflect"]):
        assert keeper(monkeypatch, *words) == 6
        assert capsys.readouterr().err == said
    assert not own_home.exists()
    own_home.mkdir()
    (own_home / DATABASE).touch()
    with HomeLock.acquire(own_home, "keeper run"):
        for words in (["ask", "how did you do?"], ["explain", "d_1"], ["reflect"]):
            assert keeper(monkeypatch, *words) == 6
            assert capsys.readouterr().err == said


def test_explain_shows_then_and_later_apart(
    told: dict[str, Decision], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for name in told:
        assert keeper(monkeypatch, "explain", told[name].decision_id) == 0
        out = capsys.readouterr().out
        assert out.index("known when it was decided") < out.index("what came later")
        assert max(len(line) for line in out.splitlines()) <= 120
    assert keeper(monkeypatch, "explain", told["buy"].decision_id, "--json") == 0
    assert orjson.loads(capsys.readouterr().out)["known_later"]["outcome_taken"]["net_bps"] == 4.0


@pytest.mark.parametrize("columns", ["80", "200"])
def test_no_line_ends_in_blanks_when_it_is_piped(
    told: dict[str, Decision],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    columns: str,
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    explain = [("explain", told[name].decision_id) for name in told]
    for words in (*explain, ("ask", "how did you do?"), ("reflect", "--date", DAY), ("memory", "verify")):
        assert keeper(monkeypatch, *words) == 0
        out = capsys.readouterr().out
        assert out.endswith("\n")
        assert [line for line in out.splitlines() if line != line.rstrip()] == []


def test_ask_and_explain_read_beside_a_writer_and_reflect_does_not(
    told: dict[str, Decision], own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HomeLock.acquire(own_home, "keeper run"), Store.open(own_home):
        assert keeper(monkeypatch, "ask", "how many decisions?") == 0
        assert keeper(monkeypatch, "explain", told["buy"].decision_id) == 0
        assert keeper(monkeypatch, "reflect") == 5


def test_reflect_writes_a_report_with_a_plot(
    told: dict[str, Decision],
    own_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert keeper(monkeypatch, "reflect", "--date", DAY, "--json") == 0
    found = orjson.loads(capsys.readouterr().out)
    assert (found["day"], found["lessons"]) == (DAY, [])
    assert found["statistics"]["all"]["taken"]["n"] == 5
    report, plot = own_home / "reports" / f"{DAY}.md", own_home / "reports" / f"{DAY}.png"
    assert f"]({plot.name})" in report.read_text()
    data = plot.read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert width >= 800
    assert height >= 600
    assert keeper(monkeypatch, "reflect", "--date", DAY) == 0
    assert plot.read_bytes() == data
    assert "No lesson" in capsys.readouterr().out
