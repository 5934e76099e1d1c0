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
    has_left,
    judge_departure,
    missed_p,
    pass_quiet_second,
)
from tools.detection.maker import GAPS, MAKER, PACES
from tools.detection.trail import STANDS, TAKEN, TRAIL, UNKNOWN, WITHDRAWN
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


def test_periods_without_either_quote_are_counted() -> None:
    one = maker()
    one["ts_gone"] = int(100.5 * NANOS)
    assert judged(one, 101 * NANOS)[GONE_PERIODS] == pytest.approx(1.0)
    assert judged(one, 103 * NANOS)[GONE_PERIODS] == pytest.approx(5.0)
    assert judged(maker(), 110 * NANOS)[GONE_PERIODS] == 0.0


def trail(bid: int, ask: int, *, apart_s: float = 0.0) -> Any:
    """What is known of the quotes; what is gone went at second 100, the ask later by ``apart_s``."""
    state = np.zeros(1, TRAIL)
    state["state"] = bid, ask
    state["ts_gone"] = 100 * NANOS, int((100 + apart_s) * NANOS)
    return state[0]


def left(one: Any, after_s: float, period: float = 2.0) -> bool:
    return bool(has_left(one, int((100 + after_s) * NANOS), period))


@pytest.mark.parametrize(
    ("bid", "ask", "apart_s", "after_s"),
    [
        (WITHDRAWN, WITHDRAWN, 0.0, 4.0),  # two periods
        (WITHDRAWN, WITHDRAWN, 1.0, 5.0),  # after the later one
        (TAKEN, WITHDRAWN, 0.0, 4.0),  # a print may have taken one
        (WITHDRAWN, TAKEN, 5.0, 9.0),
    ],
)
def test_a_maker_has_left_when_what_went_stayed_away(
    bid: int, ask: int, apart_s: float, after_s: float
) -> None:
    one = trail(bid, ask, apart_s=apart_s)
    assert not left(one, after_s - 0.01)
    assert left(one, after_s + 0.01)


@pytest.mark.parametrize(
    ("bid", "ask"),
    [(TAKEN, TAKEN), (TAKEN, STANDS), (STANDS, WITHDRAWN), (STANDS, STANDS), (UNKNOWN, UNKNOWN)],
)
def test_nobody_has_left_while_a_quote_stands_or_both_may_be_paused(bid: int, ask: int) -> None:
    assert not left(trail(bid, ask), 600.0)


def test_less_than_a_second_is_no_departure() -> None:
    one = trail(WITHDRAWN, WITHDRAWN)
    assert not left(one, 0.99, period=0.1)
    assert left(one, 1.01, period=0.1)


def said(one: Any, after_s: float) -> float:
    gone = trail(WITHDRAWN, WITHDRAWN)
    return float(departed(one, gone, int((100 + after_s) * NANOS), np.zeros(GAPS), np.zeros(DEPARTURE)))


def test_nobody_can_leave_who_was_not_established() -> None:
    stranger = maker()
    stranger["paces"][PACES - 1] = 1.0
    assert judged(stranger, 110 * NANOS)[IS_ESTABLISHED] == 0.0
    assert np.isnan(said(stranger, 10.0))
    assert (said(maker(), 0.9), said(maker(), 1.1)) == (0.0, 1.0)


def test_the_period_is_the_shorter_of_linked_and_of_all_refreshes() -> None:
    """Links every three seconds, refreshes every one: two periods are two seconds; and the reverse."""
    slow = maker()
    slow["link_gaps"][:] = 3.0
    slow["gaps"][:] = 1.0
    slow["n_gaps"] = GAPS
    assert (said(slow, 1.9), said(slow, 2.1)) == (0.0, 1.0)
    slow["link_gaps"][:], slow["gaps"][:] = 1.0, 3.0
    assert (said(slow, 1.9), said(slow, 2.1)) == (0.0, 1.0)


def test_the_cusum_grows_in_silence_and_stays_low_while_refreshes_come() -> None:
    one, scratch = maker(), np.zeros(GAPS)
    for _ in range(30):
        one["n_links"] += 2
        pass_quiet_second(one, scratch)
    assert judged(one, 100 * NANOS)[CUSUM] == 0.0
    for _ in range(5):
        pass_quiet_second(one, scratch)
    assert judged(one, 100 * NANOS)[CUSUM] == pytest.approx(5 * 0.9 / PERIOD_S)
