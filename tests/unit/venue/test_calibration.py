"""The tiers are as hard as they say, and the detector that says so sees what a plain reader would."""

from dataclasses import asdict

import numpy as np
import pytest

from benchmarks.size_signature import excess, level_changes, replenishment, score, traded
from benchmarks.tiers import MAKER, area, positives, wilson, window_score
from tests.support.venues import shared_world
from venue.fundamental import Regime, leader_steps, regime_path
from venue.public import BOOK, NANOS, PRINT, VIEW
from venue.scenario.build import Scenario, style_of
from venue.scenario.tiers import TIERS

PERIOD = NANOS // 10


@pytest.mark.parametrize(
    ("tier", "rate", "jitter"), [("T1", 4.0, 0.01), ("T2", 2.0, 0.05), ("T3", 0.7, 0.2), ("RANDOM", 2.0, 0.6)]
)
def test_published_values_of_the_tiers_are_kept(tier: str, rate: float, jitter: float) -> None:
    assert (TIERS[tier].mm_rate_hz, TIERS[tier].mm_size_jitter) == (rate, jitter)


def test_hard_tier_has_its_crowd_imitators_wash_and_spoofing() -> None:
    hard = asdict(TIERS["T3"])
    assert (hard["adds_hz"], hard["grid_bots"]) == (4.0, 3)
    assert hard["wash_every_s"] > 0
    assert hard["spoof_every_s"] > 0


def test_random_tier_is_the_mid_tier_with_other_sizes() -> None:
    mid, other = asdict(TIERS["T2"]), asdict(TIERS["RANDOM"])
    assert {name for name in mid if mid[name] != other[name]} == {"mm_size_jitter"}


def test_makers_sizes_and_tolerances_stay_in_their_ranges() -> None:
    styles = [style_of(Scenario(tier="T2", seed=s, seconds=1), TIERS["T2"], MAKER) for s in range(300)]
    assert all(2 <= style.quote <= 50 and 0.8 <= style.tolerance <= 5 for style in styles)
    assert len({style.family for style in styles}) == 5


@pytest.mark.parametrize("tier", ["T1", "T2"])
def test_makers_of_easy_tiers_stand_out_against_the_same_worlds_without_them(tier: str) -> None:
    without = [window_score(tier, 3_000_000 + i, ("mm",))[0] for i in range(10)]
    assert min(positives(tier, 10)) > 2 * max(without)


def test_adds_are_changes_and_what_was_traded() -> None:
    view = np.zeros(3, VIEW)
    view["kind"] = [BOOK, PRINT, BOOK]
    view["side"] = [1, -1, 1]  # the seller takes from the bid
    view["price"] = 100
    view["size"] = [50, 30, 40]
    view["ts_event"] = [PERIOD, 2 * PERIOD - 5, 2 * PERIOD]
    book, change = level_changes(view)
    assert change.tolist() == [50, -10]
    assert (change + traded(view, book, PERIOD)).tolist() == [50, 20]


def test_excess_is_high_at_a_repeated_size_and_low_in_a_smooth_crowd() -> None:
    rng = np.random.default_rng(1)
    crowd, centres = rng.normal(3, 1, 200), np.array([2.0, 3.0])
    assert np.all(excess(crowd, centres) < 4)
    assert excess(np.r_[crowd, np.full(40, 2.0)], centres)[0] > 8


def test_replenishment_counts_what_comes_back_within_a_second() -> None:
    second = 1e9
    gone = np.array([1.0, 5.0]) * second
    assert replenishment(gone, np.array([1.5, 7.0]) * second) == 0.5
    assert replenishment(gone, np.array([])) == 0.0


def test_score_ignores_what_happened_outside_its_window() -> None:
    sim = shared_world("T1")
    view = sim.view("ORBUSDT", PERIOD)
    start, end = sim.start_ns + 30 * NANOS, sim.start_ns + 90 * NANOS
    cut = view[view["ts_event"] <= end]
    assert score(view, start, end) == score(cut, start, end) > 0


def test_interval_and_area_agree_with_worked_examples() -> None:
    low, high = wilson(50, 100)
    assert (round(low, 3), round(high, 3)) == (0.404, 0.596)
    assert area([3, 4], [1, 3]) == 0.875


def test_market_goes_through_every_regime_and_panic_moves_most() -> None:
    path = regime_path(5, 10 * 36_000 * 10)
    steps = leader_steps(5, path)
    spread = {regime: steps[path.states == regime].std() for regime in Regime}
    assert spread[Regime.CALM] < spread[Regime.VOLATILE] < spread[Regime.PANIC]
