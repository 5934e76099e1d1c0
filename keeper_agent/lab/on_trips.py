"""What signals came to that were traded: the round trips of a session as examples.

A follow on paper stands in no queue that anybody sees. An order that rests is sold to by those who would
not have sold otherwise, its market maker may leave, and an offer may be refused: a round trip has all of
that in it. What the session's end closed says nothing of its signal and is left out.
"""

from __future__ import annotations

from keeper_agent.lab.many import Job, held
from keeper_agent.lab.session import Session
from tools.domain.market import NANOS
from tools.domain.trading import Outcome
from tools.models.examples import Example, labelled


def trips_of_world(job: Job) -> list[Example]:
    """What was traded in a job's world and ended by itself, in the order it was known."""
    return trips_of_session(held(job))


def trips_of_session(session: Session) -> list[Example]:
    """The same of a session that was held."""
    end = session.start_ns + round(session.seconds * NANOS)
    raised = {signal.signal_id: signal for signal in session.signals}
    found = [
        labelled(raised[one.signal_id], one.net_bps, one.ts_known)
        for one in session.round_trips
        if one.net_bps is not None and _ended_itself(one, end)
    ]
    return sorted(found, key=lambda example: (example.ts_end, example.symbol, example.ts))


def _ended_itself(outcome: Outcome, end: int) -> bool:
    return outcome.ts_exit is not None and outcome.ts_exit < end
