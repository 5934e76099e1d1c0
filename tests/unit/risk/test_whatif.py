"""Another buffer, timeout or threshold, worked by hand from stored excursions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tools.domain.market import NANOS
from tools.domain.parameter import ParameterSet, default_parameters, scoped_name
from tools.domain.paths import FollowedPath
from tools.risk.levers import moved, try_steps
from tools.risk.whatif import columns_of, values_of

BASE = default_parameters()


def a_path(**changes: Any) -> FollowedPath:
    values: dict[str, Any] = {
        "outcome_id": "o_1", "symbol": "BTCUSDT", "run_id": "r", "result": "take_profit", "rules": (),
        "ts": 0, "ts_known": 100 * NANOS, "cost_bps": 5.0, "upper_bps": None, "mm_confidence": 0.9,
        "spoofing_score": 0.1, "entry_timeout_ns": 30 * NANOS, "net_bps": 5.0, "fees_bps": 2.0,
        "time_to_fill_ns": 3 * NANOS, "reach_bps": 9.0, "halt_bps": None, "final_bps": -4.0,
    }  # fmt: skip
    return FollowedPath(**{**values, **changes})


def value(path: FollowedPath, parameters: ParameterSet = BASE, **changed: float) -> float:
    for name, number in changed.items():
        parameters = moved(parameters, name, number)
    return float(values_of(columns_of([path]), parameters)[0])


def test_a_target_within_reach_is_filled_and_pays_what_take_profits_pay() -> None:
    assert value(a_path()) == pytest.approx(7 - 2)
    assert value(a_path(), take_profit_buffer_bps=4) == pytest.approx(9 - 2)


def test_an_offer_sold_below_the_target_pays_as_little_as_a_target() -> None:
    assert value(a_path(result="offer_sold")) == value(a_path()) == pytest.approx(7 - 2)
    assert value(a_path(result="timeout")) == pytest.approx(7 - 5)


def test_a_target_beyond_reach_ends_at_the_stop_or_with_the_holding_time() -> None:
    assert value(a_path(), take_profit_buffer_bps=5) == pytest.approx(-4 - 5)
    assert value(a_path(halt_bps=-21.0), take_profit_buffer_bps=5) == pytest.approx(-21 - 5)


def test_the_market_makers_bound_is_the_target_where_it_is_farther() -> None:
    assert value(a_path(upper_bps=8.5)) == pytest.approx(8.5 - 2)
    assert value(a_path(upper_bps=3.0)) == pytest.approx(7 - 2)


def test_an_entry_fills_within_its_timeout_and_not_beyond_what_was_watched() -> None:
    late = a_path(time_to_fill_ns=37 * NANOS, result="unfilled", net_bps=None, fees_bps=None)
    assert value(late) == 0
    assert value(late, entry_timeout_s=40) == pytest.approx(7 - 5)  # no take-profit shows a lower fee
    assert np.isnan(value(late, entry_timeout_s=65))
    assert value(a_path(time_to_fill_ns=None), entry_timeout_s=60) == 0


def test_a_threshold_refuses_and_a_rule_without_one_leaves_the_path_out() -> None:
    unsure = a_path(mm_confidence=0.66, rules=("rule.mm_confidence",))
    assert value(unsure) == 0
    assert value(unsure, mm_min_confidence=0.65) == pytest.approx(5)
    assert len(columns_of([a_path(rules=("rule.payoff",))])) == 0


def test_what_was_not_seen_cannot_be_told() -> None:
    assert np.isnan(value(a_path(reach_bps=1.0, final_bps=None)))


def many(symbol: str, mean: float, rng: np.random.Generator, n: int = 400) -> list[FollowedPath]:
    return [
        a_path(
            symbol=symbol, reach_bps=0.0, final_bps=float(rng.normal(mean + 5, 8)),
            ts=i * 200 * NANOS, ts_known=i * 200 * NANOS + 100 * NANOS,
        )
        for i in range(n)
    ]  # fmt: skip


def tried(parameters: ParameterSet, *groups: list[FollowedPath]) -> dict[str, str]:
    paths = sorted((path for group in groups for path in group), key=lambda path: path.ts)
    steps = try_steps(columns_of(paths), parameters, looks=1)
    return {f"{one.name}→{one.after:g}": one.trial.verdict.value for one in steps}


def test_a_symbol_that_falls_short_is_halved_and_one_that_loses_is_taken_out() -> None:
    rng = np.random.default_rng(5)
    good, bad = [many(f"S{k}", 4, rng) for k in range(3)], many("BAD", -3, rng)
    name = scoped_name("symbol_size_share", "BAD")
    assert tried(BASE, *good, bad)[f"{name}→0.5"] == "accepted"
    halved = moved(BASE, name, 0.5)
    assert tried(halved, *good, bad)[f"{name}→0"] == "accepted"


def test_a_symbol_that_earns_again_gets_its_share_back() -> None:
    rng = np.random.default_rng(6)
    name = scoped_name("symbol_size_share", "BACK")
    out = moved(BASE, name, 0.0)
    assert (
        tried(out, *[many(f"S{k}", 4, rng) for k in range(3)], many("BACK", 4, rng))[f"{name}→0.5"]
        == "accepted"
    )


def test_symbols_alike_are_left_alone() -> None:
    rng = np.random.default_rng(7)
    found = tried(BASE, *[many(f"S{k}", 2, rng) for k in range(6)])
    assert "accepted" not in {verdict for step, verdict in found.items() if "share" in step}
