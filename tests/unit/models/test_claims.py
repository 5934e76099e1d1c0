"""The claims table by hand, and against claims that are none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tools.models.claims import Claims, StageClaims, WorldResult, claims_of, drawdown, realised_breakeven


def world(seed: int, net_bps: Sequence[float], **more: object) -> WorldResult:
    told: dict[str, object] = {
        "hours": 0.5,
        "net_quote": tuple(value / 100 for value in net_bps),
        "slippage_bps": tuple(-1.0 for _ in net_bps),
        "filled": tuple(1.0 for _ in net_bps),
        "departures": 0,
        "departures_alone": 0,
    }
    return WorldResult(seed=seed, net_bps=tuple(net_bps), **{**told, **more})  # type: ignore[arg-type]


def table(*stages: tuple[str, Sequence[WorldResult]], tried: int | None = None) -> Claims:
    return claims_of(stages, np.random.default_rng(0), tried=tried or len(stages))


def row(*stages: tuple[str, Sequence[WorldResult]]) -> StageClaims:
    return table(*stages).stages[-1]


def test_a_stage_by_hand() -> None:
    found = row(
        (
            "one",
            [
                world(
                    1, [10.0, -20.0, 10.0], slippage_bps=(-2.0, 0.0, 5.0), departures=3, departures_alone=1
                ),
                world(2, [30.0], filled=(0.5,), departures=0, departures_alone=1, left_open=1),
            ],
        )
    )
    assert found.round_trips == 4
    assert found.win_rate is not None
    assert (found.win_rate.value, found.win_rate.n, found.win_rate.low) == (0.75, 4, None)
    assert found.breakeven_win_rate == pytest.approx(20 / (50 / 3 + 20))
    assert found.expectancy_bps is not None
    assert found.expectancy_bps.value == 7.5
    assert found.without_best_bps is not None
    assert (found.without_best_bps.value, found.without_best_bps.n) == (0.0, 3)  # without the 30
    assert found.bps_an_hour is not None
    assert found.bps_an_hour.value == 30.0
    assert found.profit_factor == 2.5
    assert found.slippage_bps is not None
    assert found.slippage_bps.value == pytest.approx((-2 + 0 + 5 - 1) / 4)
    assert found.filled is not None
    assert found.filled.value == pytest.approx(3.5 / 4)
    assert found.drawdown_quote == pytest.approx(0.2)
    assert found.departures_caused is not None
    assert found.departures_caused.value == pytest.approx(100 * (2 - 1) / 4)
    assert (found.uplift_bps, found.sharpe, found.left_open) == (None, None, 1)


def test_an_uplift_is_told_from_the_luck_of_the_worlds() -> None:
    rng = np.random.default_rng(1)
    shared = rng.normal(scale=20, size=30)
    base = [world(i, (luck + rng.normal(size=10)).tolist()) for i, luck in enumerate(shared)]
    better = [world(i, [value + 2 for value in one.net_bps]) for i, one in enumerate(base)]
    found = row(("base", base), ("better", better))
    assert found.uplift_bps is not None
    assert found.uplift_bps.value == pytest.approx(2.0)
    assert found.uplift_bps.low == pytest.approx(2.0)
    assert found.uplift_bps_an_hour is not None
    assert found.uplift_bps_an_hour.value == pytest.approx(40.0)
    assert found.expectancy_bps is not None
    assert found.expectancy_bps.low is not None
    assert found.expectancy_bps.low < 0  # alone it could not be told


def test_the_same_stage_twice_lifts_nothing() -> None:
    rng = np.random.default_rng(2)
    worlds = [world(i, rng.normal(size=5).tolist()) for i in range(12)]
    found = row(("a", worlds), ("b", worlds))
    assert found.uplift_bps is not None
    assert (found.uplift_bps.value, found.uplift_bps.low, found.uplift_bps.high) == (0.0, 0.0, 0.0)


def test_a_stage_that_trades_nothing_loses_nothing() -> None:
    losing = [world(i, [-5.0, -3.0 - i]) for i in range(12)]
    idle = [world(i, []) for i in range(12)]
    found = row(("losing", losing), ("idle", idle))
    assert (found.round_trips, found.expectancy_bps, found.win_rate, found.uplift_bps) == (
        0,
        None,
        None,
        None,
    )
    assert found.uplift_bps_an_hour is not None
    assert found.uplift_bps_an_hour.low is not None
    assert found.uplift_bps_an_hour.low > 0


def test_a_high_win_rate_without_edge_shows_itself() -> None:
    # a far stop: nine of ten win, nothing is earned
    rng = np.random.default_rng(3)
    worlds = [world(i, np.where(rng.random(100) < 0.9, 5.0, -45.0).tolist()) for i in range(20)]
    found = row(("wide stop", worlds))
    assert found.win_rate is not None
    assert found.win_rate.value > 0.85
    assert found.breakeven_win_rate == pytest.approx(0.9)
    assert found.expectancy_bps is not None
    assert found.expectancy_bps.low is not None
    assert found.expectancy_bps.high is not None
    assert found.expectancy_bps.low < 0 < found.expectancy_bps.high
    assert found.sharpe is not None
    assert found.sharpe.probability < 0.95


def test_a_result_that_hangs_on_one_trade_does_not_stand_without_it() -> None:
    worlds = [world(i, [-1.0] * 10) for i in range(10)]
    worlds[4] = world(4, [-1.0] * 9 + [500.0])
    found = row(("lucky", worlds))
    assert found.expectancy_bps is not None
    assert found.expectancy_bps.value > 4
    assert found.without_best_bps is not None
    assert (found.without_best_bps.value, found.without_best_bps.n) == (-1.0, 99)


def test_more_tries_are_believed_less() -> None:
    rng = np.random.default_rng(5)
    first = [world(i, rng.normal(size=20).tolist()) for i in range(20)]
    second = [world(i, rng.normal(loc=0.15, size=20).tolist()) for i in range(20)]
    few, many = (table(("a", first), ("b", second), tried=tried).stages[1].sharpe for tried in (2, 500))
    assert few is not None
    assert many is not None
    assert few.sharpe == many.sharpe
    assert many.probability < few.probability


def test_overfitting_needs_stages_and_worlds() -> None:
    rng = np.random.default_rng(6)
    stages = [(name, [world(i, rng.normal(size=5).tolist()) for i in range(16)]) for name in "abcd"]
    assert table(stages[0]).overfitting is None
    assert table(*((name, worlds[:8]) for name, worlds in stages)).overfitting is None
    assert table(*stages).overfitting is not None
    best = [world(i, (rng.normal(size=5) + 3).tolist()) for i in range(16)]
    assert table(*stages, ("best", best)).overfitting == 0.0


def test_drawdown_counts_from_the_start_and_breakeven_needs_both() -> None:
    assert drawdown([]) == 0.0
    assert drawdown([-2.0, -1.0, 5.0]) == 3.0
    assert realised_breakeven(np.array([1.0, 2.0])) is None


def test_other_worlds_and_uncounted_tries_are_refused() -> None:
    one, other = [world(1, [1.0])], [world(2, [1.0])]
    with pytest.raises(ValueError, match="the same worlds"):
        table(("a", one), ("b", other))
    with pytest.raises(ValueError, match="the same worlds"):
        table(("a", []))
    with pytest.raises(ValueError, match="tried must be at least the 2 stages, was 1"):
        table(("a", one), ("b", one), tried=1)


def test_what_cannot_be_known_of_one_world_is_not_told_of_all() -> None:
    known = [world(i, [1.0, -2.0], slippage_bps=(0.0,), filled=(1.0,)) for i in range(3)]
    found = row(("some", [*known, world(3, [1.0], departures=None, departures_alone=None)]))
    assert found.departures_caused is None
    assert found.round_trips == 7


def test_a_drawdown_goes_on_where_an_account_outlasts_a_world() -> None:
    worlds = [world(0, [1.0], net_quote=(-1.0,)), world(1, [1.0], net_quote=(-2.0,))]
    assert row(("apart", worlds)).drawdown_quote == pytest.approx(2.0)
    found = claims_of([("one", worlds)], np.random.default_rng(0), tried=1, accounts={"one": [[-1.0, -2.0]]})
    assert found.stages[0].drawdown_quote == pytest.approx(3.0)
