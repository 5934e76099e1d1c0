"""The comparison of execution algorithms on hand-made rows: pairs, savings, departures, intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.execution import venues
from benchmarks.execution.figures import LEAST_WORLDS, Paired, figures, shortfall
from keeper_agent.lab.parent_cycle import Carried
from keeper_agent.lab.parents import ParentRow


def row(arm: str, seed: int = 1, cost: float = 5.0, *, symbol: str = "X", **changes: Any) -> ParentRow:
    carried = Carried(
        ts=0,
        shortfall_bps=cost,
        fee_bps=changes.pop("fee", 1.0),
        filled=changes.pop("filled", 1.0),
        made=0.0,
        orders=7,
        half_spread_bps=4.0,
        reactions=(),
    )
    values: dict[str, Any] = {
        "scenario": "T2", "seed": seed, "symbol": symbol, "arm": arm, "carried": carried,
        "left": False, "withdrew": False,
    }  # fmt: skip
    return ParentRow(**{**values, **changes})


def worlds(n: int = 40, noise: float = 1.0) -> list[ParentRow]:
    """TWAP costs 8, smart 4, one order 10 on average; one maker in ten leaves, two with TWAP."""
    rng = np.random.default_rng(3)
    rows = []
    for seed in range(n):
        shared = noise * rng.normal()
        for arm, cost in (("absent", 0.0), ("at_once", 10.0), ("twap", 8.0), ("smart", 4.0)):
            left = seed % 10 == 0 or (arm == "twap" and seed % 10 == 1)
            rows += [row(arm, seed, cost + shared, symbol=name, left=left, withdrew=left) for name in "XY"]
    return rows


def test_savings_and_departures_are_those_of_the_rows() -> None:
    found = figures(worlds())
    assert (found["entries"], found["worlds"]) == (80, 40)
    saving = found["saving_against_twap"]["smart"]["shortfall"]
    assert saving["value"] == pytest.approx(0.5, abs=0.05)
    assert saving["interval"][0] < saving["value"] < saving["interval"][1]
    assert found["saving_against_twap"]["smart"]["shortfall_bps"]["value"] == pytest.approx(4.0)
    assert found["saving_against_at_once"]["smart"]["with_fees"]["value"] == pytest.approx(6 / 11, abs=0.05)
    causal = found["causal_departure_points"]
    assert causal["smart"]["left"] == {"value": 0.0, "interval": [0.0, 0.0]}
    assert causal["twap"]["left"]["value"] == pytest.approx(10.0)
    assert found["departures_without_us"]["value"] == pytest.approx(0.1)
    assert found["arms"]["smart"]["wholly_filled"] == 1.0


def test_only_entries_of_every_arm_are_compared() -> None:
    rows = [row("twap", 1), row("smart", 1), row("twap", 2), row("smart", 2, carried=None)]
    assert Paired(rows).keys == [("T2", 1, "X")]
    with pytest.raises(ValueError, match="expected an entry that every arm carried out"):
        Paired([row("twap", 1), row("smart", 2)])


def test_coins_of_one_world_do_not_make_the_interval_narrower() -> None:
    few = [row("twap", seed, 5.0 + seed % 2) for seed in range(LEAST_WORLDS)]
    many = [
        row("twap", seed, 5.0 + seed % 2, symbol=name) for seed in range(LEAST_WORLDS) for name in "ABCDE"
    ]

    def width(rows: list[ParentRow]) -> float:
        paired = Paired(rows)
        values = paired.values("twap", shortfall)
        low, high = paired.estimate(lambda chosen: float(values[chosen].mean()))["interval"]
        return float(high - low)

    assert width(many) == pytest.approx(width(few))


def test_with_few_worlds_there_is_no_interval() -> None:
    found = figures([row(arm, seed) for arm in ("twap", "smart") for seed in range(LEAST_WORLDS - 1)])
    assert found["arms"]["smart"]["shortfall_bps"]["interval"] is None
    assert found["causal_departure_points"] == {}
    assert found["saving_against_at_once"] == {}


def test_what_going_across_saves_is_told_against_each_venue_and_the_better_of_them() -> None:
    rows = []
    for seed in range(20):
        first, second = (10.0, 6.0) if seed % 2 else (6.0, 10.0)
        costs = {"first": first, "second": second, "better": 6.0, "across": 5.0 + seed % 2}
        rows += [row(arm, seed, cost, fee=1.0) for arm, cost in costs.items()]
    found = venues.figures(rows)
    assert (found["entries"], found["worlds"]) == (20, 20)
    assert found["all_in_bps"]["across"]["value"] == pytest.approx(6.5)
    saved = {name: one["value"] for name, one in found["saved_bps"].items()}
    assert saved == pytest.approx({"first": 2.5, "second": 2.5, "better": 0.5, "hindsight": 0.5})
    low, high = found["saved_bps"]["better"]["interval"]
    assert 0.2 < low < 0.5 < high < 0.8
    assert found["split"]["value"] == 1.0
