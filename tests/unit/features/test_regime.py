"""The regime: worked cases, and that it is filtered and slow to change."""

from typing import Any

import numpy as np
import pytest

from tools.features.regime import (
    CALM,
    PANIC,
    PERSIST,
    REGIME,
    SLOW,
    TRENDING,
    VOLATILE,
    classify_regime,
    update_regime,
)

NAN = float("nan")


@pytest.mark.parametrize(
    ("volatility", "slow", "move", "regime"),
    [
        (0.0010, 0.0010, 0.0000, CALM),
        (0.0010, 0.0010, 0.0019, CALM),  # under two volatilities
        (0.0010, 0.0010, 0.0021, TRENDING),
        (0.0010, 0.0010, -0.0021, TRENDING),
        (0.0021, 0.0010, 0.0000, VOLATILE),
        (0.0031, 0.0010, -0.0021, PANIC),
        (0.0031, 0.0010, -0.0019, VOLATILE),  # fast but not falling enough
        (0.0031, 0.0010, 0.0100, VOLATILE),  # nobody panics upwards
        (0.0000, 0.0010, 0.0010, CALM),  # a single jump long ago
        (NAN, 0.0010, 0.0, 0),
        (0.0010, 0.0010, NAN, 0),
        (0.0010, 0.0, 0.0, 0),
    ],
)
def test_worked_cases(volatility: float, slow: float, move: float, regime: int) -> None:
    assert classify_regime(volatility, slow, move) == regime


def announced(seconds: list[tuple[float, float]]) -> list[int]:
    """The regime after each (volatility, move)."""
    state: Any = np.zeros(1, REGIME)
    said = []
    for volatility, move in seconds:
        update_regime(state[0], volatility, move)
        said.append(int(state["current"][0]))
    return said


QUIET, WILD, FALLING = (0.001, 0.0), (0.0028, 0.0), (0.0045, -0.004)


def test_the_first_regime_is_announced_at_once_and_a_new_one_must_persist() -> None:
    said = announced([QUIET] * 20 + [WILD] * PERSIST)
    assert said[:20] == [CALM] * 20
    assert said[20:] == [CALM] * (PERSIST - 1) + [VOLATILE]


def test_a_regime_that_flickers_is_never_announced() -> None:
    assert set(announced([QUIET] * 20 + ([WILD] * (PERSIST - 1) + [QUIET]) * 10)) == {CALM}


def test_a_candidate_gives_way_to_another_and_counts_anew() -> None:
    said = announced([QUIET] * 20 + [WILD] * (PERSIST - 1) + [FALLING] * PERSIST)
    assert set(said[:-1]) == {CALM}
    assert said[-1] == PANIC


def test_seconds_that_say_nothing_keep_the_regime() -> None:
    assert set(announced([QUIET] * 20 + [(NAN, NAN)] * 50)) == {CALM}


def test_the_regime_of_a_second_does_not_depend_on_later_ones() -> None:
    rng = np.random.default_rng(4)
    seconds = [
        (float(v), float(m))
        for v, m in zip(rng.lognormal(-7, 0.6, 400), rng.normal(0, 2e-3, 400), strict=True)
    ]
    whole = announced(seconds)
    assert len(set(whole)) > 1
    for cut in (1, 50, 173, 399):
        assert announced(seconds[:cut]) == whole[:cut]


def test_the_slow_volatility_is_an_exponential_average_of_the_past() -> None:
    state: Any = np.zeros(1, REGIME)
    slow = 0.001
    update_regime(state[0], 0.001, 0.0)
    for volatility in (0.002, 0.0005, 0.003):
        update_regime(state[0], volatility, 0.0)
        slow += SLOW * (volatility - slow)
    assert state["slow"][0] == pytest.approx(slow, rel=1e-12)
