"""What is judged in other worlds: an edge that only the wider inputs show, and none on moved labels."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from benchmarks.outcome import Bench, figures
from keeper_agent.lab.evaluating import one_after_the_other
from tools.models.examples import Example, build_dataset
from venue.scenario.build import START_NS


def planted(seed: int, n: int = 120, *, luck: float = 1.0) -> list[Example]:
    """A world whose trades win where the market maker's order is large, which ten inputs cannot see."""
    rng = np.random.default_rng(seed)
    found = []
    for i in range(n):
        size = float(rng.lognormal(3.0, 1.0))
        won = bool(rng.random() < luck * (0.8 if size > 20 else 0.2))
        ts = START_NS + i * 10**10
        found.append(
            Example(
                signal_id=f"s{seed}-{i}",
                symbol="ORBUSDT",
                ts=ts,
                ts_end=ts + 10**9,
                features={"mid": 1.0, "mm_avg_order_size": size, "spread_bps": float(rng.uniform(5, 20))},
                gain_bps=10.0,
                loss_bps=10.0,
                won=won,
                net_bps=10.0 if won else -10.0,
            )
        )
    return found


@cache
def told() -> dict[str, Any]:
    return figures([planted(seed) for seed in range(12)], [planted(seed) for seed in range(50, 62)], seed=1)


def test_the_wider_inputs_see_what_ten_do_not() -> None:
    found = told()["models"]
    assert found["v2"]["brier_skill"]["low"] > 0.25
    assert found["v1"]["brier_skill"]["low"] < 0.02
    assert found["geometry"]["brier_skill"]["high"] < 0.05
    assert found["v2"]["ece"] < 0.08
    assert found["v2"]["uplift_bps"]["low"] > 3
    assert told()["v2_skill_over_v1"]["low"] > 0.25
    assert (told()["trained_on"], told()["judged_on"]) == (1440, 1440)
    assert told()["taking_all_bps"]["n"] == 1440


def test_what_is_set_by_trips_says_how_often_trips_win() -> None:
    known, judged, trips = (
        [planted(seed, luck=luck) for seed in range(first, first + 4)]
        for first, luck in ((0, 1.0), (50, 0.6), (100, 0.6))
    )
    found = figures(known, judged, seed=1, trips=trips)
    assert found["set_by"] == 480
    assert found["models"]["v2"]["ece"] < 0.12, "as learned it would say one half of 0.3"
    assert found["models"]["v2"]["brier_skill"]["value"] > 0.1
    assert max(found["shuffled_labels_skill"]) < 0.05


def test_moved_labels_show_nothing() -> None:
    skills = told()["shuffled_labels_skill"]
    assert len(skills) == 10, "five trainings of each of two sets"
    assert max(skills) < 0.02


def test_skill_is_against_the_best_that_one_number_could_say() -> None:
    data = build_dataset(one_after_the_other([planted(seed) for seed in range(10)]))
    bench = Bench(data, 10, np.random.default_rng(0))
    won = float(data.labels.mean())
    assert bench.skill(np.full(len(data), won)).value == 0.0
    assert bench.skill(data.labels).value == 1.0
    for said in (0.1, 0.5, 0.9):
        found = bench.skill(np.full(len(data), said)).value
        assert found < 0, "no level beats that of what is judged"
        assert found == pytest.approx(1 - np.mean((said - data.labels) ** 2) / (won * (1 - won)))
    nothing = bench.uplift(np.full(len(data), -1.0), None)
    assert nothing is None
    everything = bench.uplift(np.full(len(data), 9.0), None)
    assert everything is not None
    assert everything.value == 0.0


def test_the_better_half_is_what_lies_above_the_median_of_other_worlds() -> None:
    ranked = told()["models"]["v2"]["ranked"]
    assert 0 < ranked["entered"] < told()["judged_on"]
    assert ranked["uplift_bps"]["low"] > 0
    assert ranked["acting_bps"]["value"] == pytest.approx(
        told()["taking_all_bps"]["value"] + ranked["uplift_bps"]["value"]
    )
