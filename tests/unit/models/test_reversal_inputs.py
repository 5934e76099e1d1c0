"""Inputs read the past alone, labels the next ten bars alone, and a trade is paid for."""

import numpy as np
import pytest

from tools.market.history.candles import CANDLE, Candles
from tools.models.reversal_inputs import COST_BPS, HORIZON, WIDER, inputs_of, labels_of

MICROS_5 = 300_000_000


def made(n: int = 420, seed: int = 5) -> Candles:
    rng = np.random.default_rng(seed)
    found = np.zeros(n, CANDLE)
    found["open_time"] = np.arange(n) * MICROS_5
    found["close"] = 100 * np.exp(np.cumsum(rng.normal(0, 0.002, n)))
    found["open"] = np.concatenate((found["close"][:1], found["close"][:-1]))
    found["high"] = np.maximum(found["open"], found["close"]) * (1 + abs(rng.normal(0, 0.001, n)))
    found["low"] = np.minimum(found["open"], found["close"]) * (1 - abs(rng.normal(0, 0.001, n)))
    found["volume"] = rng.lognormal(0, 1, n)
    return found


def rising(after: list[float]) -> Candles:
    """Thirty rising bars, the last at 100, then closes as given; no wicks."""
    close = np.concatenate((np.linspace(97, 100, 30), after))
    found = np.zeros(len(close), CANDLE)
    found["open_time"] = np.arange(len(close)) * MICROS_5
    found["open"], found["close"] = np.concatenate((close[:1], close[:-1])), close
    found["high"], found["low"] = np.maximum(found["open"], close), np.minimum(found["open"], close)
    found["volume"] = 1.0
    return found


def test_cutting_the_future_off_changes_no_input() -> None:
    whole = inputs_of(made())
    assert whole.shape[1] == len(WIDER)
    for end in (60, 301, 419):
        np.testing.assert_array_equal(inputs_of(made()[:end]), whole[:end])


def test_labels_end_with_the_tenth_bar_and_are_unknown_before_it() -> None:
    candles, at = made(), 200
    whole = labels_of(candles)
    changed = candles.copy()
    for name in ("open", "high", "low", "close"):
        changed[name][at + HORIZON + 1 :] *= 3
    cut = labels_of(candles[: at + HORIZON + 1])
    for name in ("literal", "move", "tradable", "net_bps"):
        assert getattr(labels_of(changed), name)[at] == getattr(whole, name)[at]
        assert getattr(cut, name)[at] == getattr(whole, name)[at]
        assert np.isnan(getattr(cut, name)[at + 1 :]).all()


def test_a_hole_in_the_ten_bars_leaves_no_label() -> None:
    candles = np.delete(made(), 205)
    assert np.isnan(labels_of(candles).literal[195:205]).all()
    assert not np.isnan(labels_of(candles).literal[[190, 194, 206]]).any()


@pytest.mark.parametrize(
    ("after", "literal", "move", "net"),
    [
        ([100.1] * 10, 0, 0, -10.0 - COST_BPS),  # the trade was against it and is closed at the tenth bar
        ([100.1] * 10 + [90.0], 0, 0, -10.0 - COST_BPS),  # the eleventh bar does not count
        ([99.85] * 10, 1, 0, 15.0 - COST_BPS),
        ([99.4] * 10, 1, 1, 50.0 - COST_BPS),
        ([100.6, *[99.0] * 9], 1, 1, -50.0 - COST_BPS),  # the stop came first: a move is no trade
        ([100.1] * 9 + [99.4], 1, 1, 50.0 - COST_BPS),
    ],
)
def test_worked_cases_of_the_labels(after: list[float], literal: int, move: int, net: float) -> None:
    labels = labels_of(rising(after))
    assert (labels.literal[29], labels.move[29]) == (literal, move)
    assert labels.net_bps[29] == pytest.approx(net)
    assert labels.tradable[29] == (net > 0)


def test_a_bar_that_touches_both_counts_as_the_stop() -> None:
    candles = rising([100.0] * 10)
    candles["high"][32], candles["low"][32] = 101.0, 99.0
    assert labels_of(candles).net_bps[29] == pytest.approx(-50.0 - COST_BPS)
