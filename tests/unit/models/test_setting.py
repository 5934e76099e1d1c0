"""What trips say of the level is put over the trees that follows have grown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tools.domain.errors import NotEnoughData
from tools.models.examples import Dataset, Example, build_dataset
from tools.models.inputs import INPUTS_V1, INPUTS_V2
from tools.models.outcome_model import OutcomeModel, train_outcome
from tools.models.setting import set_by

SECOND = 10**9


def examples(n: int, seed: int, *, narrow: float, wide: float, win: float = 6.0) -> list[Example]:
    """Trades that win with one chance in a narrow market and with another in a wide one."""
    rng, found = np.random.default_rng(seed), []
    for i in range(n):
        is_narrow = bool(rng.random() < 0.5)
        won = bool(rng.random() < (narrow if is_narrow else wide))
        found.append(
            Example(
                signal_id=f"s{seed}-{i:05}",
                symbol="ORBUSDT",
                ts=i * SECOND,
                ts_end=i * SECOND + SECOND // 10,
                features={"mid": 1.0, "spread_bps": 3.0 if is_narrow else 20.0},
                gain_bps=8.0,
                loss_bps=20.0,
                won=won,
                net_bps=win if won else -10.0,
            )
        )
    return found


@pytest.fixture(scope="module")
def followed() -> OutcomeModel:
    data = build_dataset(examples(1_500, 1, narrow=0.9, wide=0.5))
    return train_outcome(data, seed=1).model


def said(model: OutcomeModel, data: Dataset) -> tuple[float, float]:
    """Its mean probability in narrow markets, and in wide ones."""
    probability = model.score_matrix(data.matrix, data.gain_bps, data.loss_bps).probability
    is_narrow = data.matrix[:, INPUTS_V1.index("spread_bps")] < 10
    return float(probability[is_narrow].mean()), float(probability[~is_narrow].mean())


def test_the_level_is_that_of_the_trips_and_the_order_that_of_the_follows(followed: OutcomeModel) -> None:
    trips = build_dataset(examples(600, 2, narrow=0.7, wide=0.3, win=4.0))
    judged = build_dataset(examples(400, 3, narrow=0.7, wide=0.3))
    assert said(followed, judged) == pytest.approx((0.9, 0.5), abs=0.05)
    found = set_by(followed, trips)
    assert said(found, judged) == pytest.approx((0.7, 0.3), abs=0.06)
    assert found.trees is followed.trees
    assert found.payoffs.won(np.array([8.0])) == pytest.approx([4.0])
    assert found.payoffs.lost(np.array([20.0])) == pytest.approx([10.0])
    assert sum(found.bins.effective_n) == pytest.approx(trips.weights.sum())


def test_trips_that_contradict_the_order_flatten_it_and_do_not_turn_it_round(followed: OutcomeModel) -> None:
    trips = build_dataset(examples(600, 4, narrow=0.3, wide=0.7))
    narrow, wide = said(set_by(followed, trips), trips)
    assert narrow == pytest.approx(wide, abs=0.01)
    assert narrow == pytest.approx(float(trips.labels.mean()), abs=0.02)


def test_too_few_trips_set_nothing(followed: OutcomeModel) -> None:
    few = build_dataset(examples(59, 5, narrow=0.5, wide=0.5))
    with pytest.raises(NotEnoughData, match="at least 60 round trips with 20 of each class"):
        set_by(followed, few)
    alike = build_dataset(examples(200, 6, narrow=1.0, wide=1.0))
    with pytest.raises(NotEnoughData, match="found 200: 200 won, 0 lost"):
        set_by(followed, alike)
    others = replace(build_dataset(examples(200, 7, narrow=0.5, wide=0.5), INPUTS_V2))
    with pytest.raises(ValueError, match="expected trips with inputs"):
        set_by(followed, others)
