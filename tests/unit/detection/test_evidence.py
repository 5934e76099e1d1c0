"""What speaks for a market maker: pace, size, silence, and how much of the placements is its own."""

from typing import Any

import numpy as np
import pytest

from tools.detection.evidence import median_of, usual_rate, weigh
from tools.detection.maker import EVIDENCE, GAPS, MAKER, UNSEEN
from tools.domain.market import NANOS

T0 = 100 * NANOS
EXCESS_SHARE, SILENCE, GONE, ONE_SIDED = 2, 3, 4, 5


def maker() -> Any:
    """One that moved both quotes every half second until T0, a fifth of all placements."""
    one = np.zeros(1, MAKER)[0]
    one["n_links"], one["link_gaps"][:40] = 40, 0.5
    one["ts_linked"] = one["ts_refresh"] = T0
    one["excess"], one["placed"][:] = 20.0, (99.0, 140.0)
    one["is_standing"][:] = 1
    return one


def weighed(one: Any, ts: int) -> Any:
    out = np.zeros(EVIDENCE)
    weigh(one, ts, 0.25, np.zeros(GAPS), out)
    return out


def rate(*gaps: float) -> float:
    one = np.zeros(1, MAKER)[0]
    one["n_gaps"], one["gaps"][: len(gaps)] = len(gaps), gaps
    return float(usual_rate(one, np.zeros(GAPS)))


def test_refreshes_missed_and_coincidences_do_not_change_the_rate() -> None:
    assert rate(*[0.5] * 12, 1.0, 2.5, 1.5, 0.02, 0.1) == pytest.approx(2.0)


def test_fewer_than_five_gaps_are_no_rate() -> None:
    assert np.isnan(rate(0.5, 0.5, 0.5, 0.5))
    assert rate(0.5, 0.5, 0.5, 0.5, 0.5) == pytest.approx(2.0)


@pytest.mark.parametrize("values", [[3.0, 1.0, 2.0], [9.0, 1.0, 4.0, 2.0], [5.0, 5.0, 1.0, 7.0, 0.0]])
def test_the_median_is_numpys(values: list[float]) -> None:
    assert median_of(np.array(values), len(values), np.zeros(8)) == np.median(values)


def test_two_values_have_no_median() -> None:
    assert np.isnan(median_of(np.array([1.0, 2.0, 3.0]), 2, np.zeros(8)))


@pytest.mark.parametrize(("standing", "said"), [((1, 1), 0.0), ((0, 0), 0.0), ((1, 0), 1.0), ((0, 1), 1.0)])
def test_one_quote_alone_is_told_from_two_and_from_none(standing: tuple[int, int], said: float) -> None:
    one = maker()
    one["is_standing"][:] = standing
    assert weighed(one, T0)[ONE_SIDED] == said


def test_a_silence_is_ended_by_linked_refreshes_alone() -> None:
    one = maker()
    one["ts_refresh"] = T0 + 5 * NANOS
    assert weighed(one, T0 + 5 * NANOS)[SILENCE] == pytest.approx(np.log1p(10.0))


def test_a_silence_is_never_longer_than_that_of_one_never_seen() -> None:
    stranger = np.zeros(1, MAKER)[0]
    said = [float(weighed(one, T0 + 3_600 * NANOS)[SILENCE]) for one in (maker(), stranger)]
    assert said == pytest.approx([np.log1p(UNSEEN)] * 2)


def test_periods_without_quotes_are_counted_from_when_both_were_gone() -> None:
    one = maker()
    assert weighed(one, T0 + 2 * NANOS)[GONE] == 0.0
    one["ts_gone"] = T0 + NANOS
    assert weighed(one, T0 + 2 * NANOS)[GONE] == pytest.approx(np.log1p(2.0))


def test_pairs_count_as_a_share_of_the_quieter_sides_placements() -> None:
    assert weighed(maker(), T0)[EXCESS_SHARE] == pytest.approx(20.0 / 100.0)


def test_what_the_size_says_is_the_last() -> None:
    assert weighed(maker(), T0)[EVIDENCE - 1] == 0.25
