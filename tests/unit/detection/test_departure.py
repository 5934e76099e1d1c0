"""A departure is told from a late refresh, with a chance that is exact."""

from typing import Any

import numpy as np
import pytest

from tools.detection.departure import (
    CUSUM,
    DEPARTURE,
    GONE_PERIODS,
    IS_ESTABLISHED,
    SIDES,
    SILENCE_P,
    departed,
    has_departed,
    judge_departure,
    missed_p,
    pass_quiet_second,
)
from tools.detection.maker import GAPS, MAKER, PACES
from tools.domain.market import NANOS

PERIOD_S = 0.5


def maker(n_links: int = 40) -> Any:
    """One that has refreshed every half second until second 100."""
    state = np.zeros(1, MAKER)
    state["link_gaps"][0, :n_links] = PERIOD_S
    state["n_links"] = state["n_links_then"] = n_links
    state["ts_linked"] = 100 * NANOS
    state["paces"][0, PACES - 1] = 30.0
    return state[0]


def judged(one: Any, ts: int) -> Any:
    out = np.zeros(DEPARTURE)
    judge_departure(one, ts, np.zeros(GAPS), out)
    return out


def test_the_chance_of_misses_in_a_row_is_laplaces() -> None:
    assert missed_p(0, 0, 0) == 1.0
    assert missed_p(8, 0, 1) == pytest.approx(1 / 10)
    assert missed_p(8, 0, 2) == pytest.approx(1 / 10 * 2 / 11)
    assert missed_p(6, 2, 1) == pytest.approx(3 / 10)


def test_the_chance_holds_its_level_where_periods_are_missed_at_random() -> None:
    """Of makers whose every period is seen by a coin, the share below p is about p, averaged over coins."""
    rng = np.random.default_rng(11)
    below = 0
    trials = 4_000
    for _ in range(trials):
        seen_share = rng.uniform()
        past = rng.uniform(size=20) < seen_share
        row = 0
        while row < 50 and rng.uniform() >= seen_share:
            row += 1
        below += missed_p(int(past.sum()), int((~past).sum()), row) <= 0.05
    assert below / trials < 0.065


def test_a_silence_is_unlikely_only_when_it_is_longer_than_the_period() -> None:
    assert judged(maker(), int(100.4 * NANOS))[SILENCE_P] == 1.0
    assert judged(maker(), int(102.3 * NANOS))[SILENCE_P] < 1e-3


def test_a_refresh_is_missed_from_half_a_period_after_it_was_due() -> None:
    """Forty periods seen and none missed: one more missed has a chance of 1 in 42."""
    assert judged(maker(), int(100.74 * NANOS))[SILENCE_P] == 1.0
    assert judged(maker(), int(100.76 * NANOS))[SILENCE_P] == pytest.approx(1 / 42)


def test_a_gap_of_several_periods_is_several_missed_ones() -> None:
    """Forty refreshes, one of them after four periods: three missed before, one now."""
    one = maker()
    one["link_gaps"][0] = 4 * PERIOD_S
    assert judged(one, int(100.76 * NANOS))[SILENCE_P] == pytest.approx((3 + 1) / (40 + 3 + 2))


@pytest.mark.parametrize("standing", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_the_sides_that_stand_are_counted(standing: tuple[int, int]) -> None:
    one = maker()
    one["is_standing"] = standing
    assert judged(one, 101 * NANOS)[SIDES] == sum(standing)


def test_a_maker_has_departed_when_both_quotes_went_and_stayed_away() -> None:
    one = maker()
    one["ts_gone"] = int(100.5 * NANOS)
    soon, late = judged(one, 101 * NANOS), judged(one, 103 * NANOS)
    assert soon[GONE_PERIODS] == pytest.approx(1.0)
    assert late[GONE_PERIODS] == pytest.approx(5.0)
    assert not has_departed(soon)
    assert has_departed(late)


def test_a_quote_that_stands_or_a_maker_never_established_has_not_departed() -> None:
    assert not has_departed(judged(maker(), 110 * NANOS))
    stranger = maker()
    stranger["ts_gone"] = int(100.5 * NANOS)
    stranger["paces"][PACES - 1] = 1.0
    assert judged(stranger, 110 * NANOS)[IS_ESTABLISHED] == 0.0
    assert not has_departed(judged(stranger, 110 * NANOS))


@pytest.mark.parametrize(("gone_s", "pace", "said"), [(1.4, 30.0, 0.0), (1.6, 30.0, 1.0), (1.6, 1.0, np.nan)])
def test_it_is_said_that_a_maker_left_that_it_stayed_or_that_nobody_was_known(
    gone_s: float, pace: float, said: float
) -> None:
    one = maker()
    one["ts_gone"] = 101 * NANOS
    one["paces"][PACES - 1] = pace
    found = departed(one, int((101 + gone_s) * NANOS), np.zeros(GAPS), np.zeros(DEPARTURE))
    assert found == pytest.approx(said, nan_ok=True)


def test_the_cusum_grows_in_silence_and_stays_low_while_refreshes_come() -> None:
    one, scratch = maker(), np.zeros(GAPS)
    for _ in range(30):
        one["n_links"] += 2
        pass_quiet_second(one, scratch)
    assert judged(one, 100 * NANOS)[CUSUM] == 0.0
    for _ in range(5):
        pass_quiet_second(one, scratch)
    assert judged(one, 100 * NANOS)[CUSUM] == pytest.approx(5 * 0.9 / PERIOD_S)
