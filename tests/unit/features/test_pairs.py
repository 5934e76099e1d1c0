"""Correlations over any span agree with those over the window that they are laid on."""

from __future__ import annotations

import numpy as np
import pytest

from tools.features.hayashi_yoshida import (
    BUCKET_NS,
    BUCKETS,
    LEAST_REFRESHES,
    correlation,
    new_link,
    see_all,
)
from tools.features.pairs import Reals, Stamps, comovement

SPAN = BUCKET_NS * BUCKETS
Side = tuple[Stamps, Reals]


def walks(rho: float, n: int, seed: int, span: int) -> tuple[Side, Side]:
    """Two walks with correlation ``rho``, each seen at ``n`` moments of its own within ``span`` from 0."""
    rng = np.random.default_rng(seed)
    steps = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], 4 * n) * 1e-4
    paths = np.exp(np.cumsum(steps, axis=0))
    sides = []
    for side in range(2):
        at = np.sort(rng.choice(4 * n, n, replace=False))
        sides.append(((at * (span // (4 * n))).astype(np.int64), paths[at, side]))
    return sides[0], sides[1]


def test_over_one_window_it_is_what_the_window_says() -> None:
    first, second = walks(0.6, 400, 1, SPAN)
    stamps = np.concatenate([first[0], second[0]])
    order = np.argsort(stamps, kind="stable")
    link = new_link()
    see_all(
        link,
        np.repeat(np.arange(2), 400)[order],
        stamps[order],
        np.log(np.concatenate([first[1], second[1]]))[order],
    )
    window = correlation(link, SPAN - 1)
    found = comovement(first, second, 0, SPAN)
    assert window is not None
    assert found.found is not None
    assert found.found.value == pytest.approx(window.value, abs=1e-12)
    assert found.found.overlaps == window.overlaps


@pytest.mark.parametrize("factor", [0.01, 7, 1_000])
def test_time_that_is_stretched_evenly_changes_nothing(factor: float) -> None:
    (a_ts, a), (b_ts, b) = walks(-0.4, 300, 2, SPAN)
    start = 1_723_000_000_000_000_000
    plain = comovement((a_ts, a), (b_ts, b), 0, SPAN)
    moved = [start + (ts * factor).astype(np.int64) for ts in (a_ts, b_ts)]
    found = comovement((moved[0], a), (moved[1], b), start, start + round(SPAN * factor))
    assert plain.found is not None
    assert found.found is not None
    assert found.found.value == pytest.approx(plain.found.value, abs=1e-9)
    assert found.n == plain.n


@pytest.mark.parametrize("rho", [-0.8, 0.0, 0.5, 0.9])
def test_a_known_correlation_is_found_within_its_error(rho: float) -> None:
    found = [comovement(*walks(rho, 500, seed, 9 * SPAN), 0, 9 * SPAN).found for seed in range(40)]
    values = [one.value for one in found if one is not None]
    assert len(values) == 40
    error = float(np.std(values) / np.sqrt(40))
    assert abs(float(np.mean(values)) - rho) < 4 * error + 0.01
    covered = sum(one.low <= rho <= one.high for one in found if one is not None)
    assert covered >= 32  # of 40: at 95 % fewer have a chance of 0.013 %


def test_little_is_said_to_be_too_little() -> None:
    few = comovement(*walks(0.9, 12, 3, SPAN), 0, SPAN)
    assert few.found is None
    assert (few.why, few.n < LEAST_REFRESHES) == ("too few", True)
    (a_ts, a), (b_ts, b) = walks(0.9, 400, 3, SPAN // 20)
    short = comovement((a_ts, a), (b_ts, b), 0, SPAN)
    assert (short.found, short.why) == (None, "too short or still")
    still = comovement((a_ts, np.ones_like(a)), (b_ts, b), 0, SPAN // 20)
    assert (still.found, still.why) == (None, "too short or still")
    nothing = comovement((a_ts[:0], a[:0]), (b_ts, b), 0, SPAN)
    assert (nothing.n, nothing.why) == (0, "too few")
