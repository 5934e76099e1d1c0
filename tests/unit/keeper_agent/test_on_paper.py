"""Examples from worlds without orders are those of a session in which Keeper never enters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keeper_agent.lab.many import Job, held
from keeper_agent.lab.on_paper import NoExchange, examples_of_world
from keeper_agent.lab.stages import STAGES, Manner
from tests.support.laboratory import operator
from tools.domain.errors import InvariantBroken
from tools.models.examples import Example, example_of

MINUTES = 3.0
SMALLEST = {"default_order_size_usd": 0.1, "min_order_size_usd": 0.05}  # less than a lot is worth: a lot


def job(manner: Manner, **parameters: float) -> Job:
    one = STAGES["baseline"].job("T2", 16, MINUTES, coins=2, keeper=operator(), models={}, manner=manner)
    changed = {**one.settings.parameters, "hold_timeout_s": 15, **SMALLEST, **parameters}
    return replace(one, settings=replace(one.settings, parameters=changed, takes_all=False))


@pytest.mark.parametrize("manner", list(Manner))
def test_examples_are_those_of_a_session_that_enters_nothing(manner: Manner) -> None:
    session = held(job(manner))
    assert not session.intents
    outcomes = {one.signal_id: one for one in session.outcomes}
    by_hand = [
        example_of(signal, outcomes[signal.signal_id])
        for signal in session.signals
        if signal.signal_id in outcomes
    ]
    there = {(one.ts, one.symbol): one for one in by_hand if one is not None}
    found = examples_of_world(job(manner))
    assert len(found) > 3
    end = session.start_ns + round(MINUTES * 60e9)
    known = {at: one for at, one in there.items() if one.ts_end <= end}
    assert {(one.ts, one.symbol) for one in found} == set(known)
    assert [_told(one) for one in found] == [_told(known[one.ts, one.symbol]) for one in found]
    assert [one.ts_end for one in found] == sorted(one.ts_end for one in found)


def _told(example: Example) -> tuple[object, ...]:
    return (example.ts_end, example.net_bps, example.gain_bps, example.loss_bps, dict(example.features))


def test_nothing_can_be_ordered() -> None:
    market = NoExchange()
    assert market.drain().fills == ()
    with pytest.raises(InvariantBroken, match="cancel of c_1 at 7 where nothing is ordered"):
        market.cancel("c_1", 7)
