"""A live experiment: fair draws, intervals that hold while one looks, harm that is bounded."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.trials import figures, run_one
from tools.domain.errors import InvariantBroken
from tools.models.validation import wilson_interval
from tools.risk import experiments
from tools.risk.experiments import Ending, Experiment, Terms, draws_candidate, sequence_reach

HORIZON = 1_500


def test_a_better_candidate_is_found_and_a_worse_one_is_not() -> None:
    better = figures(4.0, 12, is_fixed=False, horizon=HORIZON)
    assert better["endings"] == {"better": 12}
    worse = figures(-4.0, 12, is_fixed=False, horizon=HORIZON)
    assert worse["called_better"]["value"] == 0
    assert worse["endings"]["worse"] >= 9


def test_equal_arms_are_called_better_in_no_more_than_a_twentieth_of_all_looks() -> None:
    """Every outcome is a look; an interval for one look would be wrong in a third of these."""
    runs = [_looked_at_all_the_time(seed, sequence_reach) for seed in range(200)]
    assert wilson_interval(sum(runs), 200)[0] <= 0.05
    assert sum(runs) <= 10


def test_the_test_sees_an_interval_that_is_made_for_one_look() -> None:
    once = [_looked_at_all_the_time(seed, lambda n, chance: 1.96 / math.sqrt(n)) for seed in range(60)]
    assert sum(once) > 9


def _looked_at_all_the_time(seed: int, reach: object) -> bool:
    """Whether a candidate that is equal was called different at any of 1,000 looks."""
    before, experiments.sequence_reach = experiments.sequence_reach, reach  # type: ignore[assignment]
    try:
        experiment, noise = Experiment(Terms(level=0.95, least=50, most=1_000)), np.random.default_rng(seed)
        for place in range(1_000):
            share = experiment.share()
            is_candidate = draws_candidate(str(seed), str(place), share)
            experiment.learn(is_candidate=is_candidate, share=share, net_bps=float(noise.normal(0, 12)))
            if experiment.ending() in (Ending.BETTER, Ending.WORSE):
                return True
        return False
    finally:
        experiments.sequence_reach = before  # type: ignore[assignment]


def test_a_harmful_candidate_costs_less_than_its_terms_allow_and_than_half_and_half() -> None:
    own = [run_one(-20.0, seed, is_fixed=False, horizon=HORIZON).cost_bps for seed in range(20)]
    half = [run_one(-20.0, seed, is_fixed=True, horizon=HORIZON).cost_bps for seed in range(20)]
    assert max(own) <= Terms(level=0.95).most_harm_bps
    assert np.mean(own) < 0.6 * np.mean(half)


def test_a_candidate_is_withdrawn_at_its_most_harm_however_unsure_the_interval() -> None:
    experiment = Experiment(Terms(level=0.999999, least=1_000, most=5_000, most_harm_bps=100.0))
    for _ in range(6):
        experiment.learn(is_candidate=True, share=0.5, net_bps=-10.0)
        experiment.learn(is_candidate=False, share=0.5, net_bps=10.0)
    assert experiment.harm_bps() == pytest.approx(120.0)
    assert experiment.ending() is Ending.HARMFUL


def test_shares_that_moved_with_the_results_do_not_bend_the_estimate() -> None:
    """Plain means of arms whose shares follow their results are biased; weighed outcomes are not."""
    errors = []
    for seed in range(150):
        experiment, noise = Experiment(Terms(level=0.95)), np.random.default_rng(seed)
        for place in range(120):
            share = experiment.share()
            is_candidate = draws_candidate(str(seed), str(place), share)
            net = float(noise.normal(2.0 * is_candidate, 12))
            experiment.learn(is_candidate=is_candidate, share=share, net_bps=net)
        gain = experiment.gain()
        assert gain is not None
        errors.append(gain.value - 2.0)
    reach = 3 * float(np.std(errors)) / math.sqrt(len(errors))
    assert abs(float(np.mean(errors))) < reach


def test_the_share_stays_within_its_bounds_and_the_draw_keeps_to_it() -> None:
    terms = Terms(level=0.95, share_low=0.2, share_high=0.4)
    experiment = Experiment(terms)
    assert experiment.share() == 0.4
    drawn = sum(draws_candidate("x_1", f"d_{n}", 0.2) for n in range(5_000)) / 5_000
    assert drawn == pytest.approx(0.2, abs=0.02)
    assert draws_candidate("x_1", "d_1", 0.2) == draws_candidate("x_1", "d_1", 0.2)
    assert (
        sum(draws_candidate("x_1", f"d_{n}", 0.5) != draws_candidate("x_2", f"d_{n}", 0.5) for n in range(99))
        > 20
    )


@pytest.mark.parametrize(
    "wrong", [{"share_low": 0.0}, {"share_high": 1.0}, {"least": 0}, {"most": 10}, {"level": 1.0}]
)
def test_terms_that_decide_nothing_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvariantBroken):
        Terms(**{"level": 0.95, **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize(("share", "net"), [(0.0, 1.0), (1.0, 1.0), (0.5, math.nan)])
def test_an_outcome_without_a_fair_draw_is_refused(share: float, net: float) -> None:
    with pytest.raises(InvariantBroken, match="share within"):
        Experiment(Terms(level=0.95)).learn(is_candidate=True, share=share, net_bps=net)
