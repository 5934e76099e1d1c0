"""A part's worth is with less without, by pairs; what made no difference is said to have made none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tools.models.ablation import Verdict, WorldSums, effect_of, is_kept_on, paired_interval
from tools.models.validation import ClusterDraws


def worlds(gain: float, n: int = 20, seed: int = 0, trips: int = 10) -> list[WorldSums]:
    """Worlds that differ much from each other, and by ``gain`` from those with none."""
    rng = np.random.default_rng(seed)
    luck, own = rng.normal(0, 5, n), rng.normal(0, 0.05, n) if gain else np.zeros(n)
    return [
        WorldSums(
            net_quote=float(a + gain + b),
            round_trips=trips,
            sum_bps=float(10 * (a + gain)),
            digest=f"{gain}{i}",
        )
        for i, (a, b) in enumerate(zip(luck, own, strict=True))
    ]


def draws(n: int = 20) -> ClusterDraws:
    return ClusterDraws(n, np.random.default_rng(1))


def test_pairs_see_through_what_worlds_have_in_common() -> None:
    found = effect_of(worlds(0.5), worlds(0.0), draws(), at_once=12)
    assert found.verdict is Verdict.EARNS
    assert is_kept_on(found)
    assert found.quote.value == pytest.approx(0.5, abs=0.05)
    assert found.quote.low is not None
    assert found.simultaneous is not None
    assert found.simultaneous[0] < found.quote.low, "what holds for all parts at once is wider"
    assert found.bps is not None
    assert found.bps.value == pytest.approx(0.5)
    mirrored = effect_of(worlds(0.0), worlds(0.5), draws(), at_once=12)
    assert mirrored.verdict is Verdict.COSTS
    assert not is_kept_on(mirrored)
    assert mirrored.quote.value == pytest.approx(-found.quote.value)


def test_unpaired_worlds_would_not_tell_it() -> None:
    shuffled = list(np.random.default_rng(3).permutation(20))
    other = worlds(0.0)
    found = effect_of(worlds(0.5), [other[i] for i in shuffled], draws(), at_once=12)
    assert found.verdict is Verdict.OPEN


def test_no_difference_at_all_is_idle_and_few_worlds_are_too_few() -> None:
    assert effect_of(worlds(0.0), worlds(0.0), draws(), at_once=2).verdict is Verdict.IDLE
    few = effect_of(worlds(0.5, 9), worlds(0.0, 9), draws(9), at_once=2)
    assert (few.verdict, few.simultaneous, few.quote.low) == (Verdict.TOO_FEW, None, None)
    assert not is_kept_on(few)


@pytest.mark.parametrize(("bps", "is_kept"), [(-10.0, False), (2.0, True)])
def test_what_only_trades_less_where_all_lose_is_not_kept_for_it(bps: float, is_kept: bool) -> None:
    """With it two trips a world of ``bps`` each, without it ten that lose ten."""
    rng = np.random.default_rng(4)
    luck = rng.normal(0.0, 1.0, (2, 20))
    few, many = (
        [
            WorldSums(
                net_quote=trips * each * 0.01 + own * 0.001, round_trips=trips, sum_bps=trips * each + own
            )
            for own in of
        ]
        for of, trips, each in ((luck[0], 2, bps), (luck[1], 10, -10.0))
    )
    marked = [replace(one, digest="other") for one in few]
    found = effect_of(marked, many, draws(), at_once=4)
    assert found.verdict is Verdict.EARNS
    assert is_kept_on(found) is is_kept


def test_nothing_traded_has_no_basis_points() -> None:
    still = [WorldSums(net_quote=0, round_trips=0, sum_bps=0, digest="x")] * 20
    found = effect_of(worlds(0.5), still, draws(), at_once=1)
    assert found.bps is None
    assert (found.trips_with, found.trips_without) == (200, 0)


def test_the_interval_holds_a_mean_of_none_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    found = [paired_interval(rng.normal(0, 1, 12), 0.95) for _ in range(800)]
    held = sum(low <= 0 <= high for low, high in filter(None, found)) / len(found)
    assert 0.93 < held < 0.97


def test_worlds_must_be_the_same() -> None:
    with pytest.raises(ValueError, match="shorter"):
        effect_of(worlds(0.5), worlds(0.0, 19), draws(), at_once=1)
