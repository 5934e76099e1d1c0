"""Indicators agree with TA-Lib 0.8.2 on a made-up path, and never look ahead."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from tools.features.indicators import (
    average_true_range,
    band_position,
    convergence,
    relative_strength,
    simple_average,
)

Reals = npt.NDArray[np.float64]
AT = [60, 90, 119]


def path() -> tuple[Reals, Reals, Reals]:
    rng = np.random.default_rng(7)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.003, 120)))
    high = close * (1 + abs(rng.normal(0, 0.002, 120)))
    return high, close * (1 - abs(rng.normal(0, 0.002, 120))), close


# Computed once with TA-Lib's SMA, RSI, ATR, MACD and BBANDS on this very path.
PUBLISHED: list[tuple[Callable[[Reals, Reals, Reals], Reals], list[float]]] = [
    (lambda _h, _l, c: simple_average(c, 20), [95.657520194, 95.52305121, 94.924421871]),
    (lambda _h, _l, c: relative_strength(c, 14), [56.927259036, 51.769249991, 45.073582482]),
    (lambda h, low, c: average_true_range(h, low, c, 14), [0.381558585, 0.37469549, 0.352090656]),
    (lambda _h, _l, c: convergence(c, 12, 26, 9)[0], [-0.018869459, -0.06279178, -0.181230256]),
    (lambda _h, _l, c: convergence(c, 12, 26, 9)[1], [-0.21069986, -0.088227728, -0.17710604]),
    (lambda _h, _l, c: convergence(c, 12, 26, 9)[2], [0.191830401, 0.025435948, -0.004124216]),
    (lambda _h, _l, c: band_position(c, 20), [1.637385174, 0.920333769, -0.290208538]),
]


@pytest.mark.parametrize(("indicator", "expected"), PUBLISHED)
def test_an_indicator_agrees_with_talib(
    indicator: Callable[[Reals, Reals, Reals], Reals], expected: list[float]
) -> None:
    assert indicator(*path())[AT] == pytest.approx(expected, abs=2e-9)


@pytest.mark.parametrize("indicator", [one for one, _ in PUBLISHED])
def test_cutting_the_future_off_changes_nothing(
    indicator: Callable[[Reals, Reals, Reals], Reals],
) -> None:
    whole = indicator(*path())
    for end in (30, 61, 100):
        cut = indicator(*(np.ascontiguousarray(column[:end]) for column in path()))
        np.testing.assert_array_equal(cut, whole[:end])


def test_a_price_that_stands_still_has_neither_strength_nor_band() -> None:
    still = np.full(60, 0.1)
    assert relative_strength(still, 14)[-1] == 50.0
    assert band_position(still, 20)[-1] == 0.0
