"""Paired entries: every arm begins alike, keeps to the rules of slicing, and is charged what it cost."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from functools import cache

import pytest

from keeper_agent.lab.conditions import LabSettings
from keeper_agent.lab.parent_arms import ArmsJob, all_carried_out
from keeper_agent.lab.parent_cycle import SPACING_NS, Arm, ParentCycle, Terms
from keeper_agent.lab.parents import ParentJob, carried_out, held, withdrawals
from tools.domain.errors import InvariantBroken
from tools.domain.market import NANOS
from venue.sim import Simulation
from venue.truth import Truth

TERMS = Terms(ratio=3.0, horizon_s=30.0, listen_s=45.0, wait_s=10.0)
TRADING = [arm for arm in Arm if arm is not Arm.ABSENT]


def job(arm: Arm, seed: int = 1) -> ParentJob:
    return ParentJob(
        scenario="T2", seed=seed, arm=arm, terms=TERMS, settings=LabSettings(coins=2, warm_s=60.0)
    )


@cache
def session(arm: Arm) -> tuple[Simulation, Mapping[str, ParentCycle]]:
    return held(job(arm))


def test_every_arm_begins_at_the_same_moment_with_the_same_entry() -> None:
    begun = {
        arm: {symbol: (one.parent, one.carried()) for symbol, one in session(arm)[1].items()} for arm in Arm
    }
    parents = [{symbol: parent for symbol, (parent, _) in found.items()} for found in begun.values()]
    assert all(one == parents[0] for one in parents)
    assert sum(parent is not None for parent in parents[0].values()) == 2


def test_who_only_looks_on_changes_nothing_and_is_charged_the_whole() -> None:
    sim, cycles = session(Arm.ABSENT)
    assert not any(row[3] == "keeper" for row in sim.truth.orders)
    for one in cycles.values():
        carried = one.carried()
        assert carried is not None
        assert (carried.filled, carried.orders, carried.fee_bps) == (0.0, 0, 0.0)
        assert carried.shortfall_bps != 0.0


def test_until_the_entry_the_world_is_the_same_in_every_arm() -> None:
    start = min(one.parent.start for one in session(Arm.ABSENT)[1].values() if one.parent)
    before = [
        [row for row in session(arm)[0].truth.orders if row[2] <= start] for arm in (Arm.ABSENT, Arm.SMART)
    ]
    assert before[0] == before[1]
    assert len(before[0]) > 100


@pytest.mark.parametrize("arm", TRADING)
def test_slices_keep_to_share_and_spacing_and_buy_what_was_asked_for(arm: Arm) -> None:
    for one in session(arm)[1].values():
        parent, carried = one.parent, one.carried()
        assert parent is not None
        assert carried is not None
        if arm is not Arm.AT_ONCE:
            assert all(intent.size <= parent.largest for intent in one.intents)
        pairs = zip(one.intents, one.intents[1:], strict=False)
        assert all(after.ts - before.ts >= SPACING_NS for before, after in pairs)
        assert all(parent.start <= intent.ts < parent.end for intent in one.intents)
        assert all(intent.price is None or intent.price <= parent.cap for intent in one.intents)
        assert sum(fill.size for fill in one.fills) == parent.size
        assert carried.filled == 1.0


def test_the_patient_arm_rests_and_the_others_take() -> None:
    made = {arm: [one.carried().made for one in session(arm)[1].values()] for arm in TRADING}  # type: ignore[union-attr]
    assert max(made[Arm.SMART]) > 0
    assert {share for arm in TRADING if arm is not Arm.SMART for share in made[arm]} == {0.0}


def test_the_shortfall_is_what_the_venue_says_was_paid() -> None:
    sim, cycles = session(Arm.TWAP)
    for symbol, one in cycles.items():
        carried = one.carried()
        assert carried is not None
        trades = [row for row in sim.truth.trades if row[0] == symbol and "keeper" in (row[6], row[7])]
        lots = sum(row[5] for row in trades)
        paid = sum(row[4] * row[5] for row in trades) / lots * one.market.instrument.tick
        assert carried.shortfall_bps == pytest.approx((paid / one.arrival_mid - 1) * 1e4)
        assert carried.fee_bps == pytest.approx(5.0, abs=0.1)


def test_what_was_not_bought_is_charged_at_the_ask_of_the_end() -> None:
    one = next(iter(held(job(Arm.SMART))[1].values()))
    assert one.parent is not None
    whole = one.carried()
    assert whole is not None
    dropped = one.fills.pop()
    rest = one.carried()
    assert rest is not None
    assert rest.filled == pytest.approx(1 - dropped.size / one.parent.size)
    gain = (one.last_ask - dropped.price) / one.arrival_mid * dropped.size / one.parent.size * 1e4
    assert rest.shortfall_bps == pytest.approx(whole.shortfall_bps + gain)


def test_the_same_job_gives_the_same_rows() -> None:
    assert carried_out(job(Arm.SMART)) == carried_out(job(Arm.SMART))


def test_arms_that_share_what_was_before_give_the_rows_of_arms_that_do_not() -> None:
    arms = (Arm.ABSENT, Arm.SMART, Arm.TWAP)
    shared = all_carried_out(ArmsJob(job(Arm.ABSENT), arms))
    assert shared == [carried_out(job(arm)) for arm in arms]
    assert len({repr(rows) for rows in shared}) == len(arms)


def test_no_world_is_left_lying_once_its_rows_are_told() -> None:
    def worlds() -> int:
        return sum(isinstance(one, Simulation) for one in gc.get_objects())

    before = worlds()
    all_carried_out(ArmsJob(job(Arm.ABSENT), (Arm.ABSENT,)))
    assert worlds() <= before


def test_an_arm_that_fails_on_its_own_is_told_of(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ParentCycle, "carried", lambda cycle: 1 / 0)
    with pytest.raises(InvariantBroken, match="twap of world 1 in T2 ended without its rows"):
        all_carried_out(ArmsJob(job(Arm.ABSENT), (Arm.TWAP,)))
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_withdrawals_are_counted_within_the_window_and_on_the_coin() -> None:
    truth = Truth()
    truth.quoting += [
        ("X", "m", 0, "full", "start"),
        ("X", "m", 5 * NANOS, "away", "swept"),
        ("X", "m", 9 * NANOS, "full", "recovery"),
        ("Y", "m", 6 * NANOS, "wide", "swept"),
    ]
    assert withdrawals(truth, "X", 0, 20 * NANOS) == {"away", "full"}
    assert withdrawals(truth, "X", 5 * NANOS, 8 * NANOS) == set()
    assert withdrawals(truth, "Y", 0, 20 * NANOS) == {"wide"}
