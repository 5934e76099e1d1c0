"""What earlier withdrawals of a market say of a new one: alike, of its side, fading, and never itself."""

import numpy as np
import pytest

from tools.detection.repeats import (
    ACT_S,
    ACTS,
    BELIEF_S,
    MOST_ACT,
    REMEMBERED,
    SHARE,
    alike_before,
    belief_at,
    learn_act,
)
from tools.domain.market import NANOS

START = 1_700_000_000 * NANOS
SIGNATURE = (3.0, 2.0, 1.0, -0.5)  # size, distance, layers, life
SURE, HONEST = 20.0, -6.0


def nothing() -> np.void:
    return np.zeros(1, ACTS)[0]


def after(seconds: float) -> int:
    return START + round(seconds * NANOS)


def test_an_act_like_an_earlier_one_is_a_repeat_as_likely_as_that_was_a_spoof() -> None:
    acts = nothing()
    assert alike_before(acts, START, 1, *SIGNATURE) == (0.0, 0.0)
    learn_act(acts, START, 1, *SIGNATURE, SURE)
    learn_act(acts, START, 1, *SIGNATURE, 0.0)
    assert alike_before(acts, START, 1, *SIGNATURE) == pytest.approx((1.5, 2.0))


def test_what_the_other_side_withdrew_is_no_repeat() -> None:
    acts = nothing()
    learn_act(acts, START, -1, *SIGNATURE, SURE)
    assert alike_before(acts, START, 1, *SIGNATURE) == (0.0, 0.0)
    assert alike_before(acts, START, -1, *SIGNATURE) == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize(("which", "off"), [(0, 1.0), (1, 1.0), (2, 0.6), (3, 1.5)])
def test_another_size_distance_number_of_levels_or_lifetime_is_no_repeat(which: int, off: float) -> None:
    acts = nothing()
    learn_act(acts, START, 1, *SIGNATURE, SURE)
    for sign in (-1, 1):
        other = list(SIGNATURE)
        other[which] += sign * off
        assert alike_before(acts, START, 1, *other) == (0.0, 0.0)


def test_earlier_acts_fade() -> None:
    acts = nothing()
    learn_act(acts, START, 1, *SIGNATURE, SURE)
    likely, alike = alike_before(acts, after(ACT_S), 1, *SIGNATURE)
    assert likely == pytest.approx(np.exp(-1))
    assert alike == pytest.approx(np.exp(-1))


def test_only_so_many_acts_of_a_side_are_remembered() -> None:
    acts = nothing()
    for _ in range(REMEMBERED + 5):
        learn_act(acts, START, 1, *SIGNATURE, SURE)
    _, alike = alike_before(acts, START, 1, *SIGNATURE)
    assert alike == pytest.approx(REMEMBERED)


def test_the_belief_in_a_spoofer_follows_the_mixture_and_no_act_decides_alone() -> None:
    acts = nothing()
    base = np.log(SHARE / (1 - SHARE))
    learn_act(acts, START, 1, *SIGNATURE, base)  # says nothing: it is as likely as any
    assert belief_at(acts, START) == pytest.approx(0.0, abs=1e-12)
    learn_act(acts, START, 1, *SIGNATURE, base + 2.0)
    assert belief_at(acts, START) == pytest.approx(np.log(1 - SHARE + SHARE * np.exp(2.0)))
    before = belief_at(acts, START)
    learn_act(acts, START, -1, *SIGNATURE, 500.0)  # either side tells of the market
    assert belief_at(acts, START) == pytest.approx(before + MOST_ACT)


def test_honest_acts_lower_the_belief_slowly_and_it_fades_to_nothing_known() -> None:
    acts = nothing()
    learn_act(acts, START, 1, *SIGNATURE, SURE)
    for _ in range(50):
        learn_act(acts, START, 1, *SIGNATURE, HONEST)
    assert 1.0 < belief_at(acts, START) < MOST_ACT
    assert belief_at(acts, after(BELIEF_S)) == pytest.approx(belief_at(acts, START) * np.exp(-1))


def test_a_spoof_that_comes_first_is_not_what_is_usual() -> None:
    acts = nothing()
    learn_act(acts, START, 1, *SIGNATURE, SURE)
    assert acts["usual"] <= 0.0


def test_the_usual_odds_are_a_high_quantile_that_a_few_spoofs_do_not_move() -> None:
    odds = np.random.default_rng(3).normal(-5.0, 0.5, 3_000)
    plain, spoofed = nothing(), nothing()
    for i, one in enumerate(odds):
        learn_act(plain, START, 1, *SIGNATURE, one)
        learn_act(spoofed, START, 1, *SIGNATURE, 1e6 if i % 50 == 0 else one)
    assert plain["usual"] == pytest.approx(np.quantile(odds, 0.9), abs=0.5)
    assert spoofed["usual"] == pytest.approx(plain["usual"], abs=0.6)
