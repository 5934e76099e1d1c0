"""What is cut off the end of a tape changes nothing that was decided, ordered or filled before the cut."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.support.replays import Record, before, record_of, up_to
from tests.support.senses import BUNDLED, instrument_of, opening
from tools.domain.market import NANOS

SECONDS = 240
CUTS_S = (61.0, 100.5, 137.123, 200.0, 239.0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Record]:
    """The record of each bundled tape's opening."""

    @cache
    def record(tape: str) -> Record:
        return record_of(tmp_path_factory.mktemp("whole"), opening(tape, SECONDS), instrument_of(tape))

    return record


@pytest.mark.parametrize("tape", BUNDLED)
def test_enough_happens_to_compare(whole: Callable[[str], Record], tape: str) -> None:
    counts = {name: text.count(b"\n") for name, text in whole(tape).items()}
    assert counts["decisions"] > 100
    assert counts["fills"] >= 8


@pytest.mark.parametrize("cut_s", CUTS_S)
@pytest.mark.parametrize("tape", BUNDLED)
def test_the_future_of_a_tape_changes_nothing_before_it(
    whole: Callable[[str], Record], tmp_path: Path, tape: str, cut_s: float
) -> None:
    events = opening(tape, SECONDS)
    part = up_to(events, int(events["ts_init"][0]) + int(cut_s * NANOS))
    cut = record_of(tmp_path, part, instrument_of(tape))
    full = whole(tape)
    # At its last instant a tape is closed out; up to there it cannot know that it ends.
    end = int(part["ts_init"][-1])
    assert cut["decisions"] == before(full, "decisions", end + 1)
    for name in ("orders", "fills", "outcomes"):
        assert before(cut, name, end) == before(full, name, end), name


@pytest.mark.parametrize("tape", BUNDLED)
def test_another_future_changes_nothing_before_it(
    whole: Callable[[str], Record], tmp_path: Path, tape: str
) -> None:
    """Not cut but forged: every later price is halved and every later size is drawn anew."""
    events = opening(tape, SECONDS).copy()
    cut = int(events["ts_init"][0]) + 120 * NANOS
    later = events["ts_init"] >= cut
    events["price"][later] //= 2
    events["size"][later & (events["size"] > 0)] = 1 + np.arange((later & (events["size"] > 0)).sum())
    forged = record_of(tmp_path, events, instrument_of(tape))
    full = whole(tape)
    for name in ("decisions", "orders", "fills", "outcomes"):
        assert before(forged, name, cut) == before(full, name, cut), name
    assert forged != full
