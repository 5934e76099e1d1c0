"""What pages and their watchers cost is told from the loads and rounds that were measured."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.pages import loading, watching
from benchmarks.pages.figures import LEAST, interval
from benchmarks.pages.loading import Load
from benchmarks.pages.watching import Watched


def test_loads_are_counted_by_page_and_together() -> None:
    found = loading.figures(
        [Load("Ask", 100.0, 0, 0, 5), Load("Ask", 300.0, 2, 1, 6), Load("Risk", 200.0, 0, 0, 7)]
    )
    assert (found["Ask"]["n"], found["Ask"]["errors"], found["Ask"]["foreign_requests"]) == (2, 2, 1)
    assert found["Ask"]["first_paint_ms"]["median"] == 200.0
    assert (found["all"]["n"], found["all"]["requests"], found["all"]["first_paint_ms"]["most"]) == (
        3,
        18,
        300.0,
    )


def test_what_a_crowd_costs_is_the_difference_within_its_round() -> None:
    """The second round finds a busier agent; that is not the browsers' doing."""
    nobody = float("nan")
    rounds = [
        [Watched(0, own, nobody), Watched(4, own + 0.04, 3.0), Watched(1, own + 0.01 + extra, 4.0)]
        for own, extra in ((0.1, 0.0), (0.5, 0.02))
    ]
    found = watching.figures(rounds)
    assert found["taken_pct"]["0"] == pytest.approx(30.0)
    assert found["cost_of_1_pct"]["mean"] == pytest.approx(2.0)
    assert found["cost_of_4_pct"]["mean"] == pytest.approx(4.0)
    assert found["cost_of_1_pct"]["interval"] is None, "two rounds say nothing of it"


def test_an_interval_holds_what_it_was_drawn_around_and_narrows_with_n() -> None:
    values = np.random.default_rng(1).normal(5.0, 1.0, 400)
    wide, narrow = (interval(values[:n], lambda one: float(one.mean())) for n in (20, 400))
    assert wide is not None
    assert narrow is not None
    assert wide[0] < 5.0 < wide[1]
    assert narrow[0] < 5.0 < narrow[1]
    assert narrow[1] - narrow[0] < wide[1] - wide[0]
    assert interval(values[: LEAST - 1], lambda one: float(one.mean())) is None
