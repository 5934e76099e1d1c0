"""One coin at two venues: one account over both, never more than the parent, and a venue may fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.parent_cycle import SPACING_NS, Arm, Terms
from keeper_agent.lab.two_venues import FIRST, SECOND, VenueArm, VenuesCycle, VenuesJob, play, seated
from tools.domain.market import NANOS
from tools.domain.trading import Intent
from tools.execution.kill import KillSwitch
from venue.sim import Simulation

JOB = VenuesJob(
    scenario="T2",
    seed=1,
    terms=Terms(ratio=12.0, horizon_s=20.0, listen_s=45.0, wait_s=10.0),
    settings=LabSettings(coins=1, warm_s=60.0),
)
COIN = "ORBUSDT"


def session(job: VenuesJob, arm: VenueArm) -> tuple[Simulation, VenuesCycle]:
    sim, cycles = seated(job)
    play(sim, cycles, job, arm)
    return sim, cycles[COIN]


@cache
def usual(arm: VenueArm) -> tuple[Simulation, VenuesCycle]:
    return session(JOB, arm)


def sent(cycle: VenuesCycle) -> Mapping[str, int]:
    return {venue: sum(one.size for one in cycle.intents if one.venue == venue) for venue in (FIRST, SECOND)}


def bought(cycle: VenuesCycle) -> Mapping[str, int]:
    return {venue: sum(one.size for one in cycle.fills if one.venue == venue) for venue in (FIRST, SECOND)}


def check(sim: Simulation, cycle: VenuesCycle) -> None:
    """What must hold of every entry, wherever it went."""
    parent = cycle.parent
    assert parent is not None
    assert sum(fill.size for fill in cycle.fills) <= parent.size, "more was bought than asked for"
    for venue in (FIRST, SECOND):
        orders = [one for one in cycle.intents if one.venue == venue]
        pairs = pairwise(orders)
        assert all(after.ts - before.ts >= SPACING_NS for before, after in pairs)
    symbols = {FIRST: COIN, SECOND: COIN.replace("USDT", "TWINUSDT")}
    for venue, symbol in symbols.items():  # what the venues themselves say
        traded = [row for row in sim.truth.trades if row[0] == symbol and "keeper" in (row[6], row[7])]
        assert sum(row[5] for row in traded) * cycle.market.instrument.lot == bought(cycle)[venue]
    held = cycle._ledger.snapshot(cycle.market.ts).entries
    exposed = sum(one.position_usd for one in held)
    one = cycle.market.instrument
    value = sum(one.value(fill.held_change(one.base), fill.price) for fill in cycle.fills)
    assert exposed == value, "the ledger does not count both venues"


def test_across_is_split_by_price_and_costs_less_than_either_alone() -> None:
    costs = {}
    for arm in VenueArm:
        sim, cycle = usual(arm)
        check(sim, cycle)
        carried = cycle.carried()
        assert carried is not None
        assert carried.filled == 1.0
        costs[arm] = carried.shortfall_bps + carried.fee_bps
    assert min(sent(usual(VenueArm.ACROSS)[1]).values()) > 0
    assert costs[VenueArm.ACROSS] < min(costs[VenueArm.FIRST], costs[VenueArm.SECOND])
    assert sent(usual(VenueArm.FIRST)[1])[SECOND] == sent(usual(VenueArm.SECOND)[1])[FIRST] == 0
    assert costs[VenueArm.BETTER] in (costs[VenueArm.FIRST], costs[VenueArm.SECOND])


def test_the_venues_fees_are_their_own() -> None:
    _, cycle = usual(VenueArm.ACROSS)
    for fill in cycle.fills:
        value = cycle.market.instrument.value(fill.size, fill.price)
        bps = {FIRST: JOB.first, SECOND: JOB.second}[fill.venue].taker_bps
        assert float(fill.fee_quote / value) * 1e4 == pytest.approx(bps, rel=0.02)


@pytest.mark.parametrize("failing", [FIRST, SECOND])
@pytest.mark.parametrize("is_told", [True, False], ids=["halted", "refuses"])
def test_where_a_venue_fails_the_other_gets_the_rest(failing: str, is_told: bool) -> None:
    """Whether the router knows of it or only hears of refusals."""
    sim, cycles = seated(JOB)
    cycle = cycles[COIN]
    assert cycle.venues is not None
    if is_told:
        cycle.venues.halt(failing, "maintenance")
    else:
        cycle.venues._guard = lambda intent: "no answer" if intent.venue == failing else ""
    play(sim, cycles, JOB, VenueArm.ACROSS)
    check(sim, cycle)
    assert bought(cycle)[failing] == 0
    assert sum(bought(cycle).values()) == cycle.parent.size  # type: ignore[union-attr]
    refused = [one for one in cycle.intents if one.venue == failing]
    assert (len(refused) == 0) == is_told


def test_once_the_kill_switch_is_set_neither_venue_is_sent_an_order(tmp_path: Path) -> None:
    switch = KillSwitch(tmp_path)
    job = replace(JOB, kill=switch, inner=Arm.TWAP)
    sim, cycles = seated(job)
    cycle = cycles[COIN]
    cycle.to = VenueArm.ACROSS
    for _ in range(100):
        if len(cycle.fills) >= 2:
            break
        sim.run(0.5)
    switch.set("by hand")
    at = sim.now
    before = sum(fill.size for fill in cycle.fills)
    play(sim, cycles, job, VenueArm.ACROSS)
    check(sim, cycle)
    under_way = sum(one.size for one in cycle.intents if at - 2 * NANOS < one.ts <= at)
    assert sum(fill.size for fill in cycle.fills) <= before + under_way
    assert cycle.parent is not None
    assert sum(fill.size for fill in cycle.fills) < cycle.parent.size
    assert {one.venue for one in cycle.intents if one.ts > at} == {FIRST, SECOND}, "neither was tried"
    assert not any(one.client_order_id in _late(cycle, at) for one in cycle.intents if one.ts > at)


def _late(cycle: VenuesCycle, at: int) -> set[str]:
    late: set[Intent] = {one for one in cycle.intents if one.ts > at}
    names = {one.client_order_id for one in late}
    return {fill.client_order_id for fill in cycle.fills} & names


def test_the_check_finds_who_sends_more_than_the_parent() -> None:
    sim, cycle = usual(VenueArm.ACROSS)
    cycle.fills.append(cycle.fills[-1])
    with pytest.raises(AssertionError):
        check(sim, cycle)
    cycle.fills.pop()
