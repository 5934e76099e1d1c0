"""Synthetic trades with known truth: a market with a planted signal, and one without."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tools.domain.market import NANOS
from tools.models.boosters import BoosterSettings
from tools.models.examples import Dataset, Example, build_dataset
from tools.models.outcome_model import TrainedOutcome, TrainingSettings, train_outcome

SMALL = TrainingSettings(booster=BoosterSettings(max_trees=60, learning_rate=0.1), folds=3)

Market = Callable[..., list[Example]]


def trades(n: int, *, signal: float, seed: int = 0, spacing_s: int = 20, hold_s: int = 60) -> list[Example]:
    """Trades whose win odds are fair by their geometry, times exp(signal * (imbalance + tape))."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(n):
        imbalance, ratio = float(rng.uniform(-1, 1)), float(rng.uniform())
        gain, loss = float(rng.uniform(5, 15)), float(rng.uniform(15, 30))
        log_odds = np.log(loss / gain) + signal * (2 * imbalance + 2 * (ratio - 0.5))
        won = bool(rng.random() < 1 / (1 + np.exp(-log_odds)))
        features = {
            "mid": 100.0,
            "microprice": 100 + float(rng.normal()) * 0.01,
            "spread_bps": float(rng.uniform(1, 5)),
            "imbalance": imbalance,
            "aggressor_ratio_60s": ratio,
            "tape_velocity": float(rng.exponential(3)),
            "order_lifetime_avg": float(rng.exponential(2)),
            "realised_volatility": float(rng.uniform()),
            "mm_confidence": float(rng.uniform()),
            "spoofing_score": None,
        }
        ts = i * spacing_s * NANOS
        net = gain if won else -loss
        made.append(Example(f"s_{i}", "BTCUSDT", ts, ts + hold_s * NANOS, features, gain, loss, won, net))
    return made


@pytest.fixture(scope="session")
def market() -> Market:
    return trades


@pytest.fixture(scope="session")
def small() -> TrainingSettings:
    return SMALL


@pytest.fixture(scope="session")
def planted() -> Dataset:
    return build_dataset(trades(1500, signal=1.0, seed=1))


@pytest.fixture(scope="session")
def noise() -> Dataset:
    return build_dataset(trades(1500, signal=0.0, seed=2))


@pytest.fixture(scope="session")
def trained(planted: Dataset) -> TrainedOutcome:
    return train_outcome(planted, seed=7, settings=SMALL)
