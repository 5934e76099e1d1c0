"""Results of a strategy's matches, when they end it, and what they are worth in money."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from tools.domain.parameter import default_parameters
from tools.domain.strategies import Condition, Example, LearnedStrategy
from tools.models.votes import strategy_vote
from tools.risk.matches import deprecation, matched
from tools.risk.worth import COSTS, EARNS, TOO_FEW, worth_of

MINUTE = 60_000_000_000
PARAMETERS = default_parameters()


def strategy(**changes: object) -> LearnedStrategy:
    values = {"strategy_id": "y_1", "conditions": (Condition("imbalance", 0.5, None),), "size_share": 1.0}
    values |= {"stop_bps": 20.0, "target_bps": 5.0, "n": 0, "wins": 0, "mean_bps": 0.0, "error_bps": 0.0}
    return LearnedStrategy(**(values | changes))  # type: ignore[arg-type]


def examples(results: list[float]) -> list[Example]:
    found = []
    for i, net in enumerate(results):
        features = {"imbalance": 0.9 if i % 2 == 0 else 0.1}
        found.append(Example(f"o_{i}", "BTCUSDT", "r", i * MINUTE, (i + 1) * MINUTE, features, net))
    return found


def test_only_matches_count() -> None:
    seen = matched(strategy(), examples([1.0, -50.0] * 10))
    assert (seen.n, seen.wins, seen.mean_bps) == (10, 10, 1.0)


def test_after_a_hundred_trades_with_fewer_wins_than_losses_it_is_deprecated_with_the_reason() -> None:
    results = [9.0, 0.0, -5.0, 0.0, -1.0, 0.0] * 40
    seen = matched(strategy(), examples(results))
    assert seen.n == 120
    assert deprecation(seen) == "won only 40 of 120 trades since it was found"
    few = matched(strategy(), examples(results[:180]))
    assert (few.n, deprecation(few)) == (90, "")


def test_one_that_loses_for_certain_is_deprecated_sooner() -> None:
    rng = np.random.default_rng(1)
    seen = matched(strategy(), examples([float(rng.normal(-8, 3)) for _ in range(80)]))
    assert deprecation(seen).startswith("lost 8")


def test_the_best_proven_match_votes_and_an_unproven_one_is_silent() -> None:
    features = {"imbalance": 0.9}
    unproven, small = strategy(), strategy(strategy_id="y_2", n=12, wins=9, mean_bps=4.0, error_bps=1.0)
    large = strategy(strategy_id="y_3", n=90, wins=70, mean_bps=3.0, error_bps=0.5)
    assert strategy_vote(features, [unproven], PARAMETERS).stance == "silent"
    assert strategy_vote({"imbalance": 0.1}, [small], PARAMETERS).stance == "silent"
    vote = strategy_vote(features, [small, unproven, large], PARAMETERS)
    assert (vote.component, vote.stance, vote.evidence) == ("strategy", "enter", ("y_3",))
    assert vote.probability == pytest.approx(70 / 90)


def followed(mean: float, n: int = 200) -> list[tuple[int, Example]]:
    rng = np.random.default_rng(2)
    return [(one.ts, one) for one in examples(rng.normal(mean, 5, n).tolist())]


def test_staying_out_of_what_loses_is_worth_what_it_would_have_cost() -> None:
    losing = followed(-3)
    worth = worth_of(losing, -1, Decimal(2))
    assert worth.verdict == EARNS
    saved = -sum(one.net_bps for _, one in losing) * 2 / 10_000
    assert float(worth.value or 0) == pytest.approx(saved, abs=1e-5)
    assert worth_of(losing, 1, Decimal(2)).verdict == COSTS


def test_few_signals_have_no_worth_yet() -> None:
    worth = worth_of(followed(3, n=20), 1, Decimal(2))
    assert (worth.n, worth.value, worth.verdict) == (20, None, TOO_FEW)
