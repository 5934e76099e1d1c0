"""A hidden threshold is learned from reactions, forgotten in time, and never taken for known too early."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.reactions import a_reaction
from tools.domain.market import NANOS
from tools.domain.parameter import default_parameters
from tools.domain.reaction import Reaction
from tools.risk import tolerance as to
from tools.risk.tolerance import PRIOR_SIGMA, TOLD, Belief, Tolerances, log_likelihood

PARAMETERS = default_parameters()
DAY = 86_400 * NANOS
HALF_LIFE = 7 * DAY
ANCHOR, RISK = 0.8, 0.1


def believed(reactions: list[Reaction], ts: int = 2 * NANOS) -> to.Tolerance:
    belief = Belief(HALF_LIFE)
    for reaction in reactions:
        belief.learn(reaction)
    return belief.tolerance(ts, anchor=ANCHOR, risk=RISK)


def test_with_nothing_seen_the_conservative_share_is_safe() -> None:
    found = believed([])
    assert found.safe == pytest.approx(0.8, rel=0.02)
    assert found.seen == found.left == 0


def test_staying_lets_the_safe_size_grow_and_leaving_lets_it_shrink() -> None:
    stayed = believed([a_reaction(1.0)] * 5)
    left = believed([a_reaction(1.0, has_left=True)] * 2)
    assert stayed.safe > 0.95
    assert left.safe < 0.6
    assert left.median < 1.0 < stayed.median
    assert (left.seen, left.left) == (2, 2)


def test_one_departure_among_many_stays_far_below_the_limit_is_taken_for_chance() -> None:
    found = believed([a_reaction(0.8)] * 20 + [a_reaction(0.8, has_left=True)])
    assert found.safe > 0.7


def test_a_threshold_is_found_between_what_was_borne_and_what_was_not() -> None:
    seen = [a_reaction(0.9)] * 6 + [a_reaction(1.5, has_left=True)] * 3
    found = believed(seen)
    assert 0.9 < found.median < 1.5
    assert 0.75 < found.low < found.high < 1.7


def test_what_was_seen_fades_and_after_long_nothing_is_left_of_it() -> None:
    seen = [a_reaction(0.5, has_left=True)] * 3
    fresh, old, ancient = (believed(seen, 2 * NANOS + days * DAY).safe for days in (0, 14, 400))
    assert fresh < old < ancient
    assert ancient == pytest.approx(0.8, rel=0.02)


def test_an_old_reaction_counts_half_after_the_half_life() -> None:
    belief = Belief(HALF_LIFE)
    belief.learn(a_reaction(1.0))
    belief.learn(a_reaction(2.0, ts_known=2 * NANOS + HALF_LIFE))
    expected = 0.5 * log_likelihood(1.0, has_left=False) + log_likelihood(2.0, has_left=False)
    np.testing.assert_allclose(belief.weights, expected)


def test_reading_a_belief_does_not_change_it() -> None:
    belief = Belief(HALF_LIFE)
    belief.learn(a_reaction())
    before = belief.weights.copy()
    later = belief.tolerance(2 * NANOS + HALF_LIFE, anchor=ANCHOR, risk=RISK)
    assert later == belief.tolerance(2 * NANOS + HALF_LIFE, anchor=ANCHOR, risk=RISK)
    np.testing.assert_array_equal(belief.weights, before)


@given(st.lists(st.tuples(st.floats(0.06, 18), st.booleans()), max_size=30))
def test_a_belief_is_ordered_and_within_the_grid_whatever_was_seen(seen: list[tuple[float, bool]]) -> None:
    found = believed([a_reaction(ratio, has_left=left) for ratio, left in seen])
    assert to.LOW <= found.low <= found.safe <= found.median <= found.high <= to.HIGH * (1 + 1e-9)


def test_a_fill_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="ratio must be positive, was 0"):
        log_likelihood(0.0, has_left=True)


def passed_share(risk: float, *, answered: float = to.ANSWERED, n: int = 400) -> float:
    """How often the size called safe passes the threshold, makers drawn from the prior, ten fills each."""
    rng = np.random.default_rng(7)
    passed = 0
    for _ in range(n):
        threshold = 0.8 * np.exp(PRIOR_SIGMA * (rng.normal() + 1.2816))
        belief, ts = Belief(HALF_LIFE), NANOS
        for _ in range(10):
            size = belief.tolerance(ts, anchor=0.8, risk=0.1).safe
            noisy = size * np.exp(0.1 * rng.normal())
            chance = answered if noisy > threshold else to.BACKGROUND
            ts += NANOS
            belief.learn(a_reaction(size, has_left=bool(rng.uniform() < chance), ts_known=ts))
        passed += belief.tolerance(ts, anchor=0.8, risk=risk).safe > threshold
    return passed / n


def test_the_safe_size_passes_the_threshold_as_seldom_as_it_says() -> None:
    assert passed_share(0.1) < 0.14  # binomial, n 400: two standard errors above 0.1 is 0.13
    assert passed_share(0.4) > 0.2, "a belief that is always right says nothing of its risk"


def test_symbols_and_kinds_of_fill_are_kept_apart_and_the_lesser_holds() -> None:
    beliefs = Tolerances(half_life_ns=HALF_LIFE)
    for _ in range(4):
        beliefs.learn(a_reaction(2.0, is_taken=False))
        beliefs.learn(a_reaction(1.0, has_left=True))
    mine = beliefs.of("ALGOUSDT", 2 * NANOS, PARAMETERS)
    other = beliefs.of("NEARUSDT", 2 * NANOS, PARAMETERS)
    assert mine.safe < 0.6
    assert (mine.seen, mine.left) == (8, 4)
    assert other.safe == pytest.approx(0.8, rel=0.02)
    assert list(mine.told()) == list(TOLD)


def test_beliefs_from_memory_are_those_that_were_learned_one_by_one() -> None:
    seen = [a_reaction(ratio, ts_known=ratio_ns * NANOS) for ratio_ns, ratio in enumerate((0.5, 1.0, 2.0), 1)]
    once, later = Tolerances(seen, half_life_ns=HALF_LIFE), Tolerances(half_life_ns=HALF_LIFE)
    for one in seen:
        later.learn(one)
    assert once.of("ALGOUSDT", 9 * NANOS, PARAMETERS) == later.of("ALGOUSDT", 9 * NANOS, PARAMETERS)


def by_numpy(belief: Belief, ts: int) -> tuple[float, ...]:
    """The quantiles told the plain way."""
    below = np.cumsum(np.exp(to.log_prior(ANCHOR, RISK) + belief._faded(ts)))
    below /= below[-1]
    told: list[float] = np.exp(np.interp((RISK, 0.5, 0.05, 0.95), below, to.LOGS)).tolist()
    return tuple(told)


def test_a_belief_is_told_to_the_bit_as_numpy_tells_it() -> None:
    rng, told = np.random.default_rng(11), set()
    for _ in range(60):
        belief, ts = Belief(HALF_LIFE), NANOS
        for _ in range(int(rng.integers(0, 30))):
            ts += int(rng.exponential(DAY))
            left = bool(rng.uniform() < 0.3)
            belief.learn(a_reaction(float(np.exp(rng.normal())), has_left=left, ts_known=ts))
        for later in (ts, ts + int(rng.exponential(7 * DAY))):
            found = belief.tolerance(later, anchor=ANCHOR, risk=RISK)
            assert (found.safe, found.median, found.low, found.high) == by_numpy(belief, later)
            told.add(found.safe)
    assert len(told) > 100


@pytest.mark.parametrize("cell", [0, to.CELLS - 1])
def test_a_belief_that_is_all_in_one_cell_is_told_as_numpy_tells_it(cell: int) -> None:
    belief = Belief(HALF_LIFE)
    belief.weights[:] = -600.0
    belief.weights[cell] = 0.0
    found = belief.tolerance(0, anchor=ANCHOR, risk=RISK)
    assert (found.safe, found.median, found.low, found.high) == by_numpy(belief, 0)


def test_thousands_of_fills_leave_a_belief_that_can_still_be_told() -> None:
    belief = Belief(HALF_LIFE)
    for chance in (False, True):  # what contradicts itself leaves little of every threshold
        belief.weights += 2_500 * log_likelihood(1.0, has_left=chance)
    assert np.exp(belief.weights).sum() == 0.0
    found = belief.tolerance(0, anchor=ANCHOR, risk=RISK)
    assert 0.5 < found.safe < found.median < found.high < 2.0
