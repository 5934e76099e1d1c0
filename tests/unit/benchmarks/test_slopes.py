"""A gauge that grows is told from one that wanders, with what is certain about it."""

import numpy as np
import pytest

from benchmarks.soak.gauges import GAUGES
from benchmarks.soak.slopes import ALLOWED, BLOCKS, slope, slopes

MINUTES = np.linspace(0, 10, 600)


def test_slope_of_a_line_is_found_with_its_interval() -> None:
    noise = np.random.default_rng(3).normal(0, 50, 600)
    found = slope("rss_kib", MINUTES, 200_000 + 700 * MINUTES + noise)
    assert found.low < 700 < found.high
    assert found.high - found.low < 50
    assert found.grows


def test_wandering_gauge_does_not_grow() -> None:
    steps = np.random.default_rng(4).normal(0, 60, 600)
    found = slope("rss_kib", MINUTES, 200_000 + steps)
    assert found.low < 0 < found.high
    assert not found.grows


def test_interval_covers_alike_neighbours() -> None:
    """Samples that follow each other are alike; 99 % intervals must still miss 0 seldom."""
    rng = np.random.default_rng(5)
    missed = 0
    for _ in range(200):
        walk = np.zeros(600)
        for at in range(1, 600):
            walk[at] = 0.8 * walk[at - 1] + rng.normal()
        found = slope("blocks", MINUTES, walk)
        missed += not found.low <= 0 <= found.high
    assert missed <= 10


@pytest.mark.parametrize("gauge", GAUGES)
def test_constant_gauge_has_no_slope(gauge: str) -> None:
    found = slope(gauge, MINUTES, np.full(600, 12.0))
    assert (found.per_minute, found.low, found.high, found.grows) == (0, 0, 0, False)


@pytest.mark.parametrize("gauge", GAUGES)
def test_growth_beyond_what_is_allowed_is_called_so(gauge: str) -> None:
    for share, grows in ((0.9, False), (1.1, True)):
        values = np.linspace(0, share * ALLOWED[gauge], 600)
        assert slope(gauge, MINUTES, values).grows is grows


def test_warm_up_is_left_out() -> None:
    samples = np.zeros((400, 1 + len(GAUGES)))
    samples[:, 0] = np.arange(400)
    samples[:90, 1:] = -1e6
    assert not any(one.grows for one in slopes(samples))


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(ValueError, match=f"at least {2 * BLOCKS} samples, were 5"):
        slope("files", MINUTES[:5], MINUTES[:5])
