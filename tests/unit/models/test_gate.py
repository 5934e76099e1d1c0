"""The gate: chance is spent over looks, blocks carry the interval, and noise seldom passes."""

from __future__ import annotations

import numpy as np
import pytest

from tools.models.validation import Verdict, batch_mean, confirm, search_and_confirm, spent_level


def test_all_looks_together_spend_one_chance_in_twenty() -> None:
    spent = sum(1 - spent_level(k) for k in range(1, 5_000))
    assert 0.0499 < spent < 0.05
    assert sum(1 - spent_level(k, at_once=7) for k in range(1, 5_000)) * 7 == pytest.approx(spent)


def test_noise_passes_no_more_often_than_the_first_look_allows() -> None:
    rng = np.random.default_rng(1)
    passed = 0
    for _ in range(2_000):
        values = rng.normal(0, 5, 400)
        passed += confirm(values, 400, spent_level(1), 0).verdict is Verdict.ACCEPTED
    assert passed / 2_000 < 0.0125 + 3 * (0.0125 / 2_000) ** 0.5  # one of the interval's two sides


def test_dependent_noise_passes_no_more_often() -> None:
    """Runs of equal values: the mutant that takes every row for its own block fails this."""
    rng = np.random.default_rng(2)

    def share(effective: float) -> float:
        hits = 0
        for _ in range(400):
            values = np.repeat(rng.normal(0, 5, 50), 20) + rng.normal(0, 0.1, 1_000)
            hits += confirm(values, effective, 0.95, 0).verdict is Verdict.ACCEPTED
        return hits / 400

    assert share(effective=50.0) < 0.05
    blind = batch_mean(np.repeat(rng.normal(0, 5, 50), 20), 1_000.0, 0.95)
    wide = batch_mean(np.repeat(rng.normal(0, 5, 50), 20), 50.0, 0.95)
    assert blind is not None
    assert wide is not None


def test_a_clear_gain_passes_and_a_loss_does_not() -> None:
    rng = np.random.default_rng(3)
    gain, loss = rng.normal(1, 3, 800), rng.normal(-1, 3, 800)
    assert confirm(gain, 800, 0.999, 10).verdict is Verdict.ACCEPTED
    assert confirm(loss, 800, 0.999, 10).verdict is Verdict.REJECTED


def test_too_few_rows_say_nothing() -> None:
    trial = confirm(np.ones(39), 39, 0.95, 5)
    assert (trial.verdict, trial.gain, trial.n_search) == (Verdict.TOO_FEW, None, 5)


def test_one_unseen_loss_counts_along() -> None:
    """Small sure gains do not prove that the large loss cannot come."""
    values = np.full(50, 0.1)
    values[0] = 6.0
    found = batch_mean(values, 50.0, 0.5)
    assert found is not None
    assert found.low < float(values.mean()) - 6.0 / 50


def test_rows_that_reach_over_the_cut_belong_to_neither_side() -> None:
    spans = np.array([[i, i + 10] for i in range(100)])
    early, late = search_and_confirm(spans)
    assert late[0] == 40
    assert spans[early, 1].max() <= spans[late[0], 0]
    assert len(early) + len(late) < 100
