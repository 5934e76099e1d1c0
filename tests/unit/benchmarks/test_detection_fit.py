"""The fit finds planted chances, and no batch of worlds is used for two things."""

from itertools import combinations

import numpy as np
import pytest

from benchmarks.detection import sets
from benchmarks.detection.fit import Looks, document, fitted_numbers, looks_at, monotone_table, worlds_of
from benchmarks.detection.worlds import NOBODY, World
from tools.detection.maker import EVIDENCE
from tools.detection.posterior import logits, posterior_from_json
from venue.scenario.build import Scenario
from venue.scenario.tiers import TIERS

PURPOSES = (
    sets.FIT, sets.TABLE, sets.JUDGED, sets.HELD_OUT, sets.LEAVING_DEVELOPED, sets.LEAVING_JUDGED,
    sets.FIT_APART, sets.TABLE_APART, sets.JUDGED_APART,
)  # fmt: skip


def planted(seed: int, n: int = 6_000) -> tuple[Looks, np.ndarray]:
    """Looks whose chance depends on two of the numbers and on their product; the rest is noise."""
    rng = np.random.default_rng(seed)
    evidence = rng.normal(2.0, 3.0, (n, EVIDENCE))
    a, b = (evidence[:, 0] - 2) / 3, (evidence[:, 1] - 2) / 3
    chance = 1 / (1 + np.exp(-(1.5 * a - b + a * b)))
    followed = rng.uniform(size=n) < 0.9
    return Looks(evidence, rng.uniform(size=n) < chance, followed), chance


def said(numbers: dict[str, object], looks: Looks) -> np.ndarray:
    record = posterior_from_json(document(numbers, {}, None))
    n = int(record["knots"][0])
    return np.interp(logits(record, looks.evidence), record["x"][0, :n], record["y"][0, :n])


def test_planted_chances_are_found_on_looks_that_were_not_fitted_on() -> None:
    fit, table, unseen = (planted(seed) for seed in (1, 2, 3))
    found = said(fitted_numbers(fit[0], table[0]), unseen[0])
    assert np.abs(found - unseen[1]).mean() < 0.04


def test_shuffled_labels_leave_nothing_to_say() -> None:
    """The planted fault of the test above."""
    (fit, _), (table, _), (unseen, _) = (planted(seed) for seed in (1, 2, 3))
    rng = np.random.default_rng(4)
    mixed = [Looks(one.evidence, rng.permutation(one.is_quoted), one.is_followed) for one in (fit, table)]
    found = said(fitted_numbers(*mixed), unseen)
    assert found.std() < 0.06
    assert found.mean() == pytest.approx(table.is_quoted.mean(), abs=0.05)


def test_the_chance_without_a_followed_maker_is_that_of_both_batches() -> None:
    (fit, _), (table, _) = planted(1), planted(2)
    alone = np.concatenate([one.is_quoted[~one.is_followed] for one in (fit, table)])
    numbers = fitted_numbers(fit, table)
    assert numbers["unfollowed"] == pytest.approx((alone.sum() + 1) / (len(alone) + 2), abs=1e-6)


def test_a_table_never_falls_and_is_never_certain() -> None:
    scores = np.linspace(-5, 5, 4_000)
    x, y = monotone_table(scores, scores > 0)
    assert np.all(np.diff(x) > 0)
    assert np.all(np.diff(y) >= 0)
    assert (y.min(), y.max()) == (pytest.approx(0.005, abs=0.005), pytest.approx(0.995, abs=0.005))
    assert 0 < y.min() < y.max() < 1


def test_no_seed_serves_two_purposes() -> None:
    used = [
        {seed for batch in batches for seed in range(batch.seeds[0], sum(batch.seeds))}
        for batches in PURPOSES
    ]
    assert all(used)
    assert [one & other for one, other in combinations(used, 2) if one & other] == []


def test_what_judges_shares_neither_coin_nor_family_with_what_was_fitted() -> None:
    for name in ("coins", "families"):
        fitted, judged, held = (
            {one for batch in batches for one in getattr(batch, name)}
            for batches in (
                sets.FIT + sets.TABLE + sets.LEAVING_DEVELOPED + sets.FIT_APART + sets.TABLE_APART,
                sets.JUDGED + sets.LEAVING_JUDGED + sets.JUDGED_APART,
                sets.HELD_OUT,
            )
        )
        assert not fitted & (judged | held)


def test_every_coin_and_tier_of_a_batch_is_one_the_venue_has() -> None:
    """A scenario gives fewer coins than it was asked for when it has no more names."""
    for batch in (one for batches in PURPOSES for one in batches):
        n = max(batch.coins) + 1
        for tier in batch.tiers:
            found = Scenario(tier=tier, seed=1, seconds=1, thin_coins=n, has_leader=False).symbols
            assert len(found) == n
            assert tier in TIERS


def test_a_trial_is_spread_over_tiers_and_families_and_the_whole_is_whole() -> None:
    whole = [world for batch in sets.FIT for world in batch.worlds()]
    assert worlds_of(sets.FIT, None) == whole
    trial = worlds_of(sets.FIT, 30)
    assert len(trial) < len(whole) / 2
    assert {world.tier for world in trial} == set(sets.TIERS)
    assert {world.family for world in trial} == {world.family for world in whole}


def test_looks_at_a_world_are_labelled_by_its_truth() -> None:
    shape = {"tier": "T1", "seed": 20_900_000, "seconds": 60, "coins": (0,)}
    quoted = looks_at([World(family="timer", **shape)])  # type: ignore[arg-type]
    empty = looks_at([World(family=NOBODY, **shape)])  # type: ignore[arg-type]
    assert quoted.is_quoted.mean() > 0.8
    assert not empty.is_quoted.any()
    assert quoted.is_followed.mean() > 0.8 > empty.is_followed.mean()
    assert np.isfinite(quoted.evidence).all()


def test_the_second_posterior_is_asked_only_where_the_first_sees_nobody_and_chains_go_on() -> None:
    shape = {"tier": "T2", "seed": 20_900_001, "seconds": 90, "coins": (0,)}
    apart = looks_at([World(family="alternating", **shape)], is_apart=True)  # type: ignore[arg-type]
    together = looks_at([World(family="timer", **shape)], is_apart=True)  # type: ignore[arg-type]
    assert apart.is_followed.sum() >= 4
    assert not together.is_followed.any()
    assert np.isfinite(apart.evidence[apart.is_followed]).all()
    assert (apart.evidence[apart.is_followed][:, 0] < 0).all()
