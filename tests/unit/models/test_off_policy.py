"""Estimates from a logged policy find the truth of another one; without weights they do not."""

from __future__ import annotations

import numpy as np
import pytest

from tools.models.off_policy import Log, evaluate_policy, expected_elsewhere, importance

KINDS = np.array([-4.0, 1.0, 6.0])  # what acting earns by kind; not acting earns nothing
LOGGED = np.array([0.2, 0.5, 0.9])  # so the plain mean of what was acted on flatters
ASKED = np.array([0.8, 0.5, 0.3])
TRUTH = float((KINDS * ASKED).mean())


def a_log(seed: int, n: int = 600) -> tuple[Log, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 3, n)
    acted = rng.random(n) < LOGGED[kinds]
    reward = np.where(acted, KINDS[kinds] + rng.normal(0, 5, n), 0.0)
    return Log(acted, LOGGED[kinds], reward), kinds


def estimates(runs: int = 250) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    found: dict[str, list[float]] = {"ips": [], "snips": [], "robust": [], "plain": [], "misled": []}
    for seed in range(runs):
        log, kinds = a_log(seed)
        target, weight = ASKED[kinds], importance(log, ASKED[kinds])
        act, leave = expected_elsewhere(log, kinds)
        found["ips"].append(float((weight * log.reward).mean()))
        found["snips"].append(float((weight * log.reward).sum() / weight.sum()))
        robust = target * act + (1 - target) * leave + weight * (log.reward - np.where(log.acted, act, leave))
        found["robust"].append(float(robust.mean()))
        found["plain"].append(float(log.reward.mean()))
        wrong = Log(log.acted, np.full(len(kinds), 0.5), log.reward)
        found["misled"].append(float((importance(wrong, target) * log.reward).mean()))
    return {name: np.array(values) for name, values in found.items()}


def test_weighed_estimates_are_unbiased_and_unweighed_ones_are_not() -> None:
    found = estimates()
    errors = {name: values.std(ddof=1) / np.sqrt(len(values)) for name, values in found.items()}
    for name in ("ips", "snips", "robust"):
        assert abs(found[name].mean() - TRUTH) < 4 * errors[name], name
    for name in ("plain", "misled"):
        assert abs(found[name].mean() - TRUTH) > 10 * errors[name], name
    assert found["robust"].std() < found["ips"].std(), "the model of the reward takes noise away"


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = np.zeros(3)
    runs = 40
    for seed in range(runs):
        log, kinds = a_log(seed + 1_000, n=300)
        rng = np.random.default_rng(seed)
        expected = expected_elsewhere(log, kinds)
        found = evaluate_policy(log, ASKED[kinds], rng, expected=expected, block=1)
        held += [one.low <= TRUTH <= one.high for one in (found.ips, found.snips, found.doubly_robust)]
        assert 1 < found.effective < 300
    assert np.all(held >= 0.86 * runs)


def test_without_a_model_doubly_robust_is_ips_and_the_logging_policy_is_plain_fact() -> None:
    log, _ = a_log(5)
    found = evaluate_policy(log, log.chance, np.random.default_rng(0))
    assert found.ips.value == pytest.approx(float(log.reward.mean()))
    assert found.doubly_robust.value == pytest.approx(found.ips.value)
    assert found.effective == pytest.approx(len(log.acted))


def test_a_right_model_mends_wrong_chances() -> None:
    values = []
    for seed in range(120):
        log, kinds = a_log(seed)
        wrong = Log(log.acted, np.full(len(kinds), 0.5), log.reward)
        truth = (KINDS[kinds], np.zeros(len(kinds)))
        weight = importance(wrong, ASKED[kinds])
        gap = wrong.reward - np.where(wrong.acted, *truth)
        values.append(float((ASKED[kinds] * truth[0] + weight * gap).mean()))
    assert abs(np.mean(values) - TRUTH) < 4 * np.std(values, ddof=1) / np.sqrt(len(values))


def test_what_the_model_expects_of_a_row_does_not_come_from_the_row() -> None:
    log, kinds = a_log(9, n=200)
    before = expected_elsewhere(log, kinds)[0]
    changed = log.reward.copy()
    changed[:40] += 1_000.0  # the first fold of five
    after = expected_elsewhere(Log(log.acted, log.chance, changed), kinds)[0]
    assert np.array_equal(before[:40], after[:40])
    assert not np.array_equal(before[40:], after[40:])


@pytest.mark.parametrize("chance", [0.0, 1.0, np.nan])
def test_a_sure_action_is_refused(chance: float) -> None:
    with pytest.raises(ValueError, match="without a chance"):
        Log(np.array([True]), np.array([chance]), np.array([1.0]))
    with pytest.raises(ValueError, match="as many"):
        Log(np.array([True]), np.array([0.5, 0.5]), np.array([1.0]))
