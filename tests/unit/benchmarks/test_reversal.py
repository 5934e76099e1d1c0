"""The reversal benchmark scores what it is given: perfect, empty and never two trades of a symbol at once."""

import numpy as np
import pytest

from benchmarks.reversal.rows import BAR_NS, Rows
from benchmarks.reversal.scores import judge, judge_trades


def rows(n: int = 2_000) -> Rows:
    rng = np.random.default_rng(1)
    starts = np.arange(n, dtype=np.int64) * BAR_NS
    net = rng.normal(0, 20, n) - 10
    labels = (net > 0).astype(np.float64)
    spans = np.column_stack((starts, starts + 10 * BAR_NS))
    return Rows(np.zeros((n, 1)), {"tradable": labels}, net, spans, np.zeros(n, dtype=np.int64))


def test_a_perfect_and_an_empty_prediction_are_told_apart() -> None:
    made = rows()
    labels = made.labels["tradable"]
    perfect = judge(labels.copy(), labels, 0.5, made)
    empty = judge(np.full(len(labels), 0.3), labels, 0.3, made)
    assert (perfect["accuracy"]["value"], perfect["brier_skill"]["value"], perfect["ece"]) == (1.0, 1.0, 0.0)
    assert (empty["recall"]["value"], empty["brier_skill"]["value"]) == (0.0, 0.0)
    assert empty["accuracy"]["value"] == pytest.approx(1 - labels.mean())


def test_a_symbol_has_one_trade_at_a_time() -> None:
    made = rows()
    found = judge_trades(np.ones(len(made)), made, 0.0)
    assert found["trades"] == len(made) // 10
    assert found["net_bps"]["value"] == pytest.approx(made.net_bps[::10].mean())
    assert found["net_bps"]["low"] < -10 < found["net_bps"]["high"]


def test_nothing_that_promises_enough_is_no_trade() -> None:
    assert judge_trades(np.zeros(2_000), rows(), 0.0)["trades"] == 0
