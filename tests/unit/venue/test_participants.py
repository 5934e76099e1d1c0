"""Each family does what its label says."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.venues import shared_world, world
from venue.draws import Draws
from venue.participants.quoting import Family
from venue.participants.spoofer import Spoof, Way
from venue.participants.withdrawal import Hazard, Pressure, cause_of_leaving, withdrawal
from venue.public import NANOS
from venue.scenario.build import Scenario, style_of
from venue.scenario.tiers import TIERS
from venue.truth import share_quoting

MAKER = "ORB/maker0"


@pytest.mark.parametrize("family", list(Family))
def test_every_family_quotes_both_sides_near_its_size(family: Family) -> None:
    sim = world("T2", seconds=60, mm_family=family)
    style = style_of(Scenario(tier="T2", seed=11, seconds=60, mm_family=family), TIERS["T2"], MAKER)
    pit = sim.pits[0]
    quotes = [o for o in sim.truth.orders if o[3] == MAKER and o[5] == 0]
    for side in (1, -1):
        money = [pit.money(o[8], o[7]) for o in quotes if o[6] == side]
        assert len(money) > 10
        assert abs(np.log(np.median(money) / style.quote)) < 0.4
    assert share_quoting(sim.truth, MAKER, sim.start_ns, sim.now) > 0


def test_ladder_has_several_growing_levels() -> None:
    sim = world("T1", seconds=30, mm_family=Family.LADDER)
    sizes = {
        level: np.median([o[8] for o in sim.truth.orders if o[3] == MAKER and o[5] == level])
        for level in range(3)
    }
    assert sizes[0] < sizes[1] < sizes[2]


def test_timer_refreshes_at_its_rate() -> None:
    sim = world("T2", seconds=60, mm_family=Family.TIMER, without=("informed", "metaorders", "momentum"))
    bids = sum(o[3] == MAKER and o[6] == 1 for o in sim.truth.orders)
    assert 0.8 * 2 * 60 < bids <= 1.1 * 2 * 60


def test_maker_that_is_away_has_nothing_in_the_book() -> None:
    left = 0
    for seed in range(6):
        sim = world("T2", seed=seed, seconds=200)
        rows = [row for row in sim.truth.quoting if row[1] == MAKER]
        for row, after in zip(rows, [*rows[1:], None], strict=True):
            if row[3] != "away":
                continue
            left += 1
            until = after[2] if after else sim.now
            ends = {end[1]: end[2] for end in sim.truth.ends}
            mine = [o for o in sim.truth.orders if o[3] == MAKER and o[2] <= row[2]]
            assert all(ends.get(o[1], until) <= row[2] for o in mine)
            assert not [o for o in sim.truth.orders if o[3] == MAKER and row[2] < o[2] < until]
    assert left > 0


def test_calm_maker_leaves_rarely_and_a_pressed_one_soon_with_the_cause_named() -> None:
    hazard = Hazard()
    calm, swept = Pressure(0, 0, 0, 0), Pressure(0, 12.0, 0.1, 0)
    u = 0.02
    assert cause_of_leaving(hazard, calm, 1.0, u) == ""
    assert cause_of_leaving(hazard, swept, 1.0, u) == "swept"
    assert cause_of_leaving(hazard, Pressure(90.0, 0, 0, 0), 1.0, u) == "toxicity"
    assert cause_of_leaving(hazard, calm, 1.0, 0.0) == "spontaneous"
    assert cause_of_leaving(hazard, calm, 1.0, hazard.base + hazard.outage / 2) == "outage"


def test_withdrawals_take_every_form_and_last_between_one_and_300_seconds() -> None:
    found = [withdrawal("toxicity", Draws(1, f"w{i}")) for i in range(400)]
    assert {w.state for w in found} == {"wide", "small", "bid_only", "ask_only", "away"}
    assert all(w.length_s == 0 or 1 <= w.length_s <= 300 for w in found)
    assert any(w.length_s == 0 for w in found)
    assert {withdrawal("outage", Draws(1, f"w{i}")).state for i in range(50)} == {"away"}


def test_tolerance_is_hidden_from_the_public_and_answers_sweeps() -> None:
    causes = {row[4] for seed in range(3) for row in world("T2", seed=seed, seconds=600).truth.quoting}
    assert "tolerance" in causes


def test_spoofs_are_large_short_and_rarely_traded() -> None:
    lives, sizes, traded = [], [], 0
    for seed in range(3):
        sim = world(
            "T3", seed=seed, seconds=240, spoof=Spoof(every_s=8, lifetime_s=0.8, multiple=12, levels=2)
        )
        ends = {end[1]: end for end in sim.truth.ends}
        for o in sim.truth.orders:
            if o[4] == "spoof" and o[1] in ends:
                lives.append((ends[o[1]][2] - o[2]) / NANOS)
                sizes.append(sim.pits[0].money(o[8], o[7]))
                traded += ends[o[1]][3] == "filled" or ends[o[1]][4] < o[8]
                assert ends[o[1]][2] <= o[9] + NANOS // 10
    assert len(lives) > 40
    assert 0.05 < np.median(lives) < 1.6
    assert np.median(sizes) > 10 * 10
    assert traded / len(lives) < 0.2


def test_an_adversary_chooses_its_lifetime() -> None:
    def median_plan(lifetime: float) -> float:
        sim = world("T4", seconds=240, spoof=Spoof(every_s=8, lifetime_s=lifetime))
        return float(np.median([(o[9] - o[2]) / NANOS for o in sim.truth.orders if o[4] == "spoof"]))

    assert median_plan(0.5) < 1 < 3 < median_plan(6.0)


def acts_of(way: Way) -> list[list[tuple[int, int]]]:
    """When the three large orders of each attempt came and went, ns."""
    spoof = Spoof(every_s=6, lifetime_s=2, levels=3, way=way)
    sim = world("T3", seconds=240, spoof=spoof)
    ends = {end[1]: end[2] for end in sim.truth.ends}
    acts: dict[int, list[tuple[int, int]]] = {}
    for o in sim.truth.orders:
        if o[4] == "spoof" and o[1] in ends:
            acts.setdefault(o[5], []).append((o[2], ends[o[1]]))
    return [rows for rows in acts.values() if len(rows) == 3]


def spread_ms(stamps: list[int]) -> float:
    return (max(stamps) - min(stamps)) / 1e6


def test_a_show_is_stepped_or_peeled_where_its_way_says_so() -> None:
    found = {way: acts_of(way) for way in (Way.MIRRORED, Way.STEPPED, Way.PEELED)}
    assert all(len(acts) > 5 for acts in found.values())
    placed = {
        way: np.median([spread_ms([a for a, _ in rows]) for rows in acts]) for way, acts in found.items()
    }
    gone = {way: np.median([spread_ms([b for _, b in rows]) for rows in acts]) for way, acts in found.items()}
    assert placed[Way.MIRRORED] == gone[Way.MIRRORED] == placed[Way.PEELED] == gone[Way.STEPPED] == 0
    assert 100 <= placed[Way.STEPPED] <= 400
    assert 200 <= gone[Way.PEELED] <= 600


def real_orders(way: Way) -> list[tuple[float, float]]:
    """Of each real order, seconds from it to the first large one of its attempt, and its side."""
    sim = world("T3", seconds=240, spoof=Spoof(every_s=6, lifetime_s=2, way=way))
    first = {o[5]: o[2] for o in reversed(sim.truth.orders) if o[4] == "spoof"}
    return [
        ((first[o[5]] - o[2]) / NANOS, o[6])
        for o in sim.truth.orders
        if o[4] == "spoof-real" and o[5] in first
    ]


def test_the_real_order_waits_takes_or_is_not_there_as_the_way_has_it() -> None:
    assert {lead for lead, _ in real_orders(Way.MIRRORED)} == {0.0}
    patient = [lead for lead, _ in real_orders(Way.PATIENT)]
    assert len(patient) > 5
    assert min(patient) >= 0.5
    assert max(patient) <= 4.5
    taking = [lead for lead, _ in real_orders(Way.TAKING)]
    assert len(taking) > 5
    assert max(taking) < 0  # after the show began
    assert real_orders(Way.ALONE) == []


def test_wash_prints_have_two_accounts_of_one_owner_and_alternate() -> None:
    sim = shared_world("T3", 11, 240)
    washed = [t for t in sim.truth.trades if t[6] == "ORB/wash-taker" and t[7] == "ORB/wash-maker"]
    assert len(washed) > 5
    signs = np.array([t[3] for t in washed])
    assert np.mean(signs[1:] != signs[:-1]) > 0.7


def test_grid_bots_stay_on_one_side() -> None:
    sim = shared_world("T3")
    for bot in {o[3] for o in sim.truth.orders if o[4] == "grid"}:
        assert len({o[6] for o in sim.truth.orders if o[3] == bot}) == 1


def test_informed_traders_take_what_is_mispriced() -> None:
    gains = []
    for seed in range(4):
        sim = world("T2", seed=seed, seconds=240)
        pit = sim.pits[0]
        gains += [
            t[3] * (pit.worth(t[2]) / t[4] - 1) * 1e4 for t in sim.truth.trades if t[6] == "ORB/informed"
        ]
    assert len(gains) > 20
    assert np.mean(gains) > 4


def test_metaorders_have_parents_with_one_side_each() -> None:
    sides: dict[int, set[int]] = {}
    for seed in range(3):
        for o in world("T2", seed=seed, seconds=1800, without=("mm",)).truth.orders:
            if o[4] == "metaorder":
                sides.setdefault(seed * 1000 + o[5], set()).add(o[6])
    assert len(sides) > 3
    assert all(len(found) == 1 for found in sides.values())


def gaps_to_the_bid(family: Family) -> list[float]:
    """Seconds from each ask of a market maker of T2 to its nearest bid."""
    sim = world("T2", seconds=60, mm_family=family, without=("informed", "metaorders", "momentum"))
    stamps = {
        side: np.array([o[2] for o in sim.truth.orders if o[3] == MAKER and o[6] == side]) for side in (1, -1)
    }
    assert 0.7 * 2 * 60 < min(map(len, stamps.values())) <= 1.1 * 2 * 60
    return [float(np.abs(stamps[1] - at).min()) / NANOS for at in stamps[-1]]


def test_those_that_quote_one_side_after_the_other_have_them_apart() -> None:
    assert np.median(gaps_to_the_bid(Family.TIMER)) == 0
    assert 0.05 < np.median(gaps_to_the_bid(Family.SEQUENTIAL)) < 0.35
    assert 0.15 < np.median(gaps_to_the_bid(Family.ALTERNATING)) < 0.35


def test_no_tier_draws_the_families_that_were_added_after_it_was_frozen() -> None:
    drawn = {family for tier in TIERS.values() for family in tier.mm_families}
    assert drawn == set(Family) - {Family.SEQUENTIAL, Family.ALTERNATING}
