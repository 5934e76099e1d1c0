"""A planted signature is mined, noise is not, and without counting the tries noise would be."""

from __future__ import annotations

import numpy as np
import pytest

from tools.domain.strategies import Condition, Example
from tools.models import signatures
from tools.models.signatures import MINED_FEATURES, mine

MINUTE = 60_000_000_000


def examples(seed: int, *, edge_bps: float = 0.0, n: int = 90) -> list[Example]:
    """Noise around nothing; with an edge, high imbalance in high volatility earns it."""
    rng = np.random.default_rng(seed)
    found = []
    for i in range(n):
        features = {name: float(rng.random()) for name in MINED_FEATURES}
        net = rng.normal(0, 8)
        if edge_bps and features["imbalance"] > 0.6 and features["realised_volatility"] > 0.6:
            net += edge_bps
        found.append(Example(f"o_{i}", "BTCUSDT", "r", i * MINUTE, (i + 1) * MINUTE, features, float(net)))
    return found


def test_a_planted_signature_is_found_with_its_conditions() -> None:
    mined = mine(examples(1, edge_bps=18, n=240), seed=1)
    best = mined.signatures[0]
    assert {one.feature for one in best.conditions} == {"imbalance", "realised_volatility"}
    assert best.wins >= 0.7 * best.n
    assert best.p_value <= 0.05
    assert mined.tried > 250


def test_noise_is_mined_no_more_often_than_chance_allows() -> None:
    found = sum(bool(mine(examples(seed), seed=seed).signatures) for seed in range(40))
    assert found <= 5  # 5 % of 40 is 2; more than 5 has a chance of 1.4 %


def test_without_counting_the_tries_noise_is_mined_nearly_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: each signature is held against its own shuffles alone."""
    monkeypatch.setattr(
        signatures,
        "_best_by_chance",
        lambda members, results, rng: signatures._scores(
            members, np.stack([rng.permutation(results) for _ in range(200)], axis=1)
        )[0],
    )
    found = sum(bool(mine(examples(seed), seed=seed).signatures) for seed in range(10))
    assert found >= 6


def test_too_few_examples_teach_nothing() -> None:
    assert mine(examples(1, n=39), seed=1).tried == 0


def test_a_condition_needs_its_feature_to_be_there() -> None:
    condition = Condition("imbalance", 0.2, 0.4)
    assert condition.holds({"imbalance": 0.2})
    assert not condition.holds({"imbalance": 0.5})
    assert not condition.holds({"imbalance": None})
    assert not condition.holds({})
