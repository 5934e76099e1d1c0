"""Labels of trips are those of the round trips a session came to, but for what its end closed."""

from __future__ import annotations

from dataclasses import replace

from keeper_agent.lab.many import Job, held
from keeper_agent.lab.on_trips import trips_of_session, trips_of_world
from keeper_agent.lab.stages import STAGES, Manner
from tests.support.laboratory import operator
from tools.models.examples import example_of


def job() -> Job:
    return STAGES["baseline"].job("T2", 16, 1.5, coins=2, keeper=operator(), models={}, manner=Manner.INSIDE)


def test_labels_are_those_of_the_round_trips_that_ended_by_themselves() -> None:
    session = held(job())
    raised = {signal.signal_id: signal for signal in session.signals}
    for seconds in (90.0, 60.0):  # had it ended sooner, what was still held then would be left out
        end = session.start_ns + round(seconds * 1e9)
        whole = [one for one in session.round_trips if one.ts_exit is not None and one.ts_exit < end]
        assert len(whole) > 1
        by_hand = {one.signal_id: example_of(raised[one.signal_id], one) for one in whole}
        found = trips_of_session(replace(session, seconds=seconds))
        assert {one.signal_id: one for one in found} == by_hand
        assert [one.ts_end for one in found] == sorted(one.ts_end for one in found)
    assert len(whole) < len(session.round_trips)
    assert trips_of_world(job()) == trips_of_session(session)
