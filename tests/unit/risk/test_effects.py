"""Planted effects are found, noise is not, and looking in more places makes it harder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tests.support.trades import PaperTrade
from tools.models.validation import Estimate
from tools.risk.effects import LEAST_TRADES, corrected_level, find_effects, stretched, student_quantile

SECOND = 1_000_000_000


def trades(results: Sequence[float], *, held_s: int = 5) -> list[PaperTrade]:
    return [
        PaperTrade(float(net), i * 10 * SECOND, (i * 10 + held_s) * SECOND) for i, net in enumerate(results)
    ]


def test_noise_is_taken_for_an_effect_no_more_often_than_the_level_allows() -> None:
    found = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        groups = {f"g{i}": trades(rng.choice([-20.0, 20.0], 40)) for i in range(4)}
        found += bool(find_effects(groups, seed).effects)
    assert found <= 7  # 5 % of 60 is 3; more than 7 has a chance below 1 %


def test_small_wins_alone_do_not_prove_that_the_large_loss_cannot_come() -> None:
    lucky = [
        PaperTrade(2.0, i * 10 * SECOND, (i * 10 + 5) * SECOND, gain_bps=2, loss_bps=40) for i in range(35)
    ]
    search = find_effects({"lucky": lucky}, 7)
    assert (search.comparisons, search.effects) == (1, ())


@pytest.mark.parametrize("seed", range(10))
def test_a_planted_loss_is_found_where_it_was_planted(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = {f"g{i}": trades(rng.normal(0, 10, 60)) for i in range(8)}
    groups["planted"] = trades(rng.normal(-10, 10, 60))
    found = {effect.group: effect.net_bps for effect in find_effects(groups, seed).effects}
    assert found["planted"].high < 0
    assert found["planted"].low < -10 < found["planted"].high
    assert found["planted"].n == 60


def test_small_groups_are_not_tested() -> None:
    search = find_effects({"small": trades([-50.0] * (LEAST_TRADES - 1))}, 7)
    assert (search.comparisons, search.effects) == (0, ())


def test_many_trades_over_one_stretch_are_not_tested() -> None:
    same = [PaperTrade(-50.0 + i % 3, i, 1_000 * SECOND) for i in range(100)]
    assert find_effects({"same": same}, 7).comparisons == 0


def test_more_comparisons_ask_for_a_higher_level() -> None:
    assert corrected_level(0.95, 1) == pytest.approx(0.95)
    assert corrected_level(0.95, 50) == pytest.approx(0.999)


def test_an_interval_of_few_trades_is_stretched() -> None:
    narrow = Estimate(0.0, -1.0, 1.0, 40)
    assert student_quantile(0.975, 10) == pytest.approx(2.2281, abs=1e-4)
    few, many = stretched(narrow, 10, 0.95), stretched(narrow, 10_000, 0.95)
    assert few.high == pytest.approx(2.2622 / 1.96 * (10 / 9) ** 0.5, abs=1e-3)
    assert many.high == pytest.approx(1.0, abs=1e-3)
