"""The outlook: an even grid of returns, the forecast by plain sums, and numbers that must be whole."""

import json
import math
from typing import Any

import numpy as np
import pytest

from benchmarks.regimes.jump_fit import features_of, filtered
from tools.domain.identity import numbers_hash
from tools.features.har import AHEAD, HORIZONS, LEAST
from tools.features.outlook import (
    FILE,
    OutlookFault,
    fitted_outlook,
    outlook_from_json,
    outlook_of,
    pass_outlook_second,
)
from tools.features.regime import CALM
from tools.features.returns import EVERY, HELD, STALE

NAN = float("nan")


def walk(seed: int, seconds: int) -> Any:
    """Mids, one a second, shape (seconds,)."""
    return 100 * np.exp(np.cumsum(np.random.default_rng(seed).standard_t(3, seconds) * 1e-5))


def after(mids: Any) -> Any:
    """The outlook after those seconds."""
    state = fitted_outlook().copy()
    for mid in mids:
        pass_outlook_second(state[0], mid)
    return state[0]


def grid(mids: Any) -> Any:
    """Returns that are to be counted where no mid is missing."""
    return np.diff(np.log(np.asarray(mids)[EVERY - 1 :: EVERY]))


@pytest.mark.parametrize("seconds", [EVERY * (LEAST + 1), 400, 1_900, 5 * HELD + 1, 7_000])
def test_the_forecast_is_a_weighted_sum_of_three_variances(seconds: int) -> None:
    mids = walk(1, seconds)
    returns, weights = grid(mids), fitted_outlook()["weights"][0]
    parts = [np.mean(returns[-n:] ** 2) for n in HORIZONS]
    said = outlook_of(after(mids)).volatility
    assert said == pytest.approx(math.sqrt(AHEAD * float(weights @ parts)))


def test_the_regime_is_the_filter_s_over_the_same_returns() -> None:
    mids = walk(2, 4_000)
    model = fitted_outlook()["model"]
    state = filtered(features_of(grid(mids))[0], model)[-1]
    assert outlook_of(after(mids)).regime == model["regimes"][0][state]


def test_below_the_least_and_in_a_market_that_never_moved_nothing_is_said() -> None:
    assert outlook_of(after(walk(3, EVERY * (LEAST + 1) - 1))) == (None, None)
    assert outlook_of(after(np.full(2_000, 100.0))) == (None, None)


def test_a_short_hole_is_one_return_and_a_long_one_is_none() -> None:
    # the mid doubles within a hole
    short = [100.0] * EVERY + [NAN] * EVERY * (STALE - 1) + [200.0] * EVERY
    assert after(short)["returns"]["count"] == 1
    assert after(short)["returns"]["ring"][0] == pytest.approx(math.log(2))
    long = [100.0] * EVERY + [NAN] * EVERY * STALE + [200.0] * 2 * EVERY
    assert after(long)["returns"]["count"] == 1
    assert after(long)["returns"]["ring"][0] == 0.0


def test_what_is_said_does_not_hang_on_later_seconds() -> None:
    mids, state, said = walk(4, 3_000), fitted_outlook().copy(), []
    for mid in mids:
        pass_outlook_second(state[0], mid)
        said.append(outlook_of(state[0]))
    assert {one.regime for one in said} > {None, CALM}
    for cut in (61, 130, 1_777):
        assert outlook_of(after(mids[:cut])) == said[cut - 1]


def changed(**numbers: Any) -> str:
    """The file with other numbers and a hash that fits them."""
    data = json.loads(FILE.read_text("utf-8"))
    data["numbers"] |= numbers
    data["sha256"] = numbers_hash(data["numbers"])
    return json.dumps(data)


def test_numbers_that_were_changed_are_refused() -> None:
    data = json.loads(FILE.read_text("utf-8"))
    data["numbers"]["penalty"] += 1
    with pytest.raises(OutlookFault, match="must hash to"):
        outlook_from_json(json.dumps(data))


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        ({"states": [[0.0, 0.0]]}, "2 to 4 states"),
        ({"regimes": [1, 2]}, "each with a regime"),
        ({"regimes": [1, 3, 1, 4]}, "calm, volatile or trending"),
        ({"penalty": -1.0}, "penalty must be finite"),
        ({"scale": [0.0, 1.0]}, "scale must be finite"),
        ({"weights": [0.5, 0.5]}, "weights must be finite"),
        ({"weights": [0.5, 0.5, -0.1]}, "weights must be finite"),
        ({"centre": [0.0, NAN]}, "centre must be finite"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(numbers: dict[str, Any], complaint: str) -> None:
    with pytest.raises(OutlookFault, match=complaint):
        outlook_from_json(changed(**numbers))


def test_a_copy_shares_nothing_with_the_numbers_in_force() -> None:
    after(walk(5, 1_000))
    assert fitted_outlook()["returns"]["count"][0] == 0
