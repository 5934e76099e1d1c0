"""``keeper lookahead`` finds whatever takes from the future, and nothing where nothing does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keeper_agent import lookahead
from keeper_agent.app import neighbours_vote
from keeper_agent.lookahead import Cut, cut_points, look_ahead
from keeper_agent.settings import load_settings
from tests.support.commands import Here
from tests.support.replays import EAGER
from tests.support.senses import BUNDLED, instrument_of, opening
from tests.support.tapes import write_market
from tools.domain.errors import NotEnoughData
from tools.domain.market import NANOS

TAPE = BUNDLED[0]
SECONDS = 90


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(monkeypatch, capsys)


def cuts(n: int = 2) -> list[Cut]:
    events = opening(TAPE, SECONDS)
    settings = load_settings(keeper_parameters=EAGER)
    return list(look_ahead(settings, instrument_of(TAPE), events, None, cut_points(events, n, 5)))


def test_nothing_of_ours_looks_ahead_and_everything_was_compared() -> None:
    found = cuts()
    assert [cut.differences for cut in found] == [(), ()]
    kinds = {"features", "signal", "decision", "prompt", "intent", "order", "fill", "outcome"}
    assert found[-1].compared.keys() == kinds
    assert found[-1].compared["prompt"] == found[-1].compared["decision"] > 20
    assert found[0].ts < found[1].ts


@pytest.fixture
def peeking(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mid is bent by the last price of the recording it is in."""
    honest, seen = lookahead.evaluate, lookahead._seen
    ends: list[int] = []

    def known(settings: Any, instrument: Any, events: Any, model: Any) -> Any:
        ends.append(int(events["price"][-1]))
        return seen(settings, instrument, events, model)

    def bent(record: Any, ts: int, out: Any) -> bool:
        sound = honest(record, ts, out)
        out[0] += ends[-1] * 1e-12
        return sound

    monkeypatch.setattr(lookahead, "_seen", known)
    monkeypatch.setattr(lookahead, "evaluate", bent)


@pytest.mark.usefixtures("peeking")
def test_a_feature_that_knows_the_end_of_the_recording_is_found() -> None:
    (first, *_) = cuts()[0].differences
    assert (first.what, first.field) == ("features", "mid")
    assert first.whole != first.cut


def test_a_vote_that_changes_with_what_comes_later_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts how often it was asked in the whole run: a part asks less often."""
    asked: list[int] = []

    def heard(signal: Any, neighbours: Any, parameters: Any) -> Any:
        asked.append(signal.ts)
        vote = neighbours_vote(signal, neighbours, parameters)
        return replace(vote, reason=f"asked {len(asked)} times")

    monkeypatch.setattr("keeper_agent.app.neighbours_vote", heard)
    found = [one for cut in cuts(1) for one in cut.differences]
    assert {(one.what, one.field) for one in found} >= {("decision", "votes"), ("prompt", "text")}


def test_cuts_lie_behind_the_first_tenth_and_are_the_same_again() -> None:
    events = opening(TAPE, SECONDS)
    first, last = (int(events["ts_init"][at]) for at in (0, -1))
    points = cut_points(events, 50, 7)
    assert points == sorted(points) == cut_points(events, 50, 7)
    assert first + (last - first) * 0.1 <= points[0] < points[-1] <= last
    with pytest.raises(NotEnoughData, match="shorter than a second"):
        cut_points(events[events["ts_init"] < first + NANOS // 2], 3, 1)


@pytest.fixture
def words(tmp_path: Path) -> tuple[Any, ...]:
    tape = write_market(tmp_path / "tapes", seconds=20)
    files = ("--trades", tape.trades, "--book", tape.book)
    return ("lookahead", *files, "--symbol", "BTCUSDT", "--venue", "binance")


def test_the_command_says_what_it_compared(here: Here, words: tuple[Any, ...]) -> None:
    told = here(*words, "--cuts", "2", "--json").json
    assert (told["differences"], len(told["cuts"])) == ([], 2)
    assert told["compared"]["features"] > 10
    here(*words, "--cuts", "0").fails_in_one_line(2, "--cuts must lie between 1 and 1000")


@pytest.mark.usefixtures("peeking")
def test_the_command_fails_where_something_looked_ahead(here: Here, words: tuple[Any, ...]) -> None:
    said = here(*words, "--cuts", "1")
    assert said.code == 9
    assert "depended on what came later, the first: features BTCUSDT mid at" in said.err
    assert "whole" in said.out
