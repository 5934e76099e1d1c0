"""The simulated market looks like a thin coin; where it does not, it is said here."""

from functools import cache

import pytest

from benchmarks.stylised_facts import BANDS, measured

# Out of band, with the reason; docs/decisions/0011-tiers.md has the figures.
KNOWN_OUT = {
    "acf_60s": "prices follow a worth without bounce",
    "acf_300s": "a dozen returns an hour are too few for a band of 0.05",
    "acf_abs_60s_5": "volatility is remembered for a minute, not for five",
    "crowd_life_hill": "one hour cuts the longest lives off",
    "cancels_below_1s": "the market maker's own refreshes are most of the cancels",
    "above_10_medians": "at the upper edge of the band",
}


@cache
def facts_of_mid_tier() -> dict[str, float]:
    return measured("T2", range(100, 104), 3600)


@pytest.mark.parametrize("fact", sorted(set(BANDS) - set(KNOWN_OUT)))
def test_fact_lies_in_its_band(fact: str) -> None:
    low, high = BANDS[fact]
    assert low <= facts_of_mid_tier()[fact] <= high


def test_every_fact_has_a_band_and_every_exception_is_one() -> None:
    assert set(facts_of_mid_tier()) == set(BANDS)
    assert set(KNOWN_OUT) < set(BANDS)
