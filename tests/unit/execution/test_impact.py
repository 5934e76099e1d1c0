"""What taking costs is learned from fills that took, and is the prior until there are some."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.reactions import a_reaction
from tools.execution.impact import LEAST_SLOPE, PRIOR, Impact, fit_impact


def test_impact_is_the_prior_until_fills_say_otherwise() -> None:
    assert fit_impact([]) == Impact(*PRIOR, pytest.approx(2.0), 0)  # type: ignore[arg-type]
    rng = np.random.default_rng(5)
    ratios = rng.uniform(0.2, 4, 400)
    fills = [a_reaction(ratio, slip_bps=4 + 3 * ratio + rng.normal(0, 5)) for ratio in ratios]
    found = fit_impact(fills)
    assert found.n == 400
    assert found.per_order_bps == pytest.approx(3.0, abs=3 * found.error_bps)
    assert found.half_spread_bps == pytest.approx(4.0, abs=1.5)
    assert found.error_bps < 0.3


def test_impact_counts_only_fills_that_took_and_whose_mid_is_known() -> None:
    other = [a_reaction(1.0, is_taken=False, slip_bps=-90.0), a_reaction(1.0, slip_bps=None)]
    assert fit_impact(other).n == 0
    falling = [a_reaction(ratio, slip_bps=50 - 20 * ratio) for ratio in np.linspace(0.5, 2, 60)]
    assert fit_impact(falling).per_order_bps == LEAST_SLOPE
