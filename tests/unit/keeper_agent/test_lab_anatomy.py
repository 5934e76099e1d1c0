"""A round trip taken apart: by hand, and in a session, where steps must add up to the result."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from keeper_agent.lab.anatomy import trip_parts
from keeper_agent.lab.mids import PERIOD_NS, MidRecord
from tests.support.laboratory import coin, shared_session
from tools.domain.market import NANOS, UNITS, Side
from tools.domain.trading import Fill, Intent, Outcome, Result
from tools.models.anatomy import STEPS, TripParts


class Mids:
    """Mids as they are told: the last one at or before a time."""

    def __init__(self, *told: tuple[float, float]) -> None:
        self.told = told

    def before(self, symbol: str, ts: int) -> float:
        known = [price for seconds, price in self.told if seconds * NANOS < ts]
        return known[-1] * UNITS if known else float("nan")


def trip(net: float, gross: float, result: Result = Result.TIMEOUT) -> Outcome:
    given = shared_session().round_trips[0]
    return replace(
        given, net_bps=net, gross_bps=gross, result=result, ts_entry=10 * NANOS, ts_exit=40 * NANOS
    )


def fill(side: Side, price: float, seconds: float, order: str, *, fee: str = "0", rests: bool = True) -> Fill:
    given, decision = shared_session().fills[0], shared_session().round_trips[0].decision_id
    return replace(
        given,
        decision_id=decision,
        client_order_id=order,
        side=side,
        price=round(price * UNITS),
        size=UNITS,
        fee_quote=Decimal(fee),
        is_maker=rests,
        ts=round(seconds * NANOS),
    )


def sent(order: str, seconds: float) -> Intent:
    return replace(shared_session().intents[0], client_order_id=order, ts=round(seconds * NANOS))


def test_the_steps_of_a_taken_exit_lie_end_to_end() -> None:
    mids = Mids((0, 100.10), (10.5, 100.05), (20, 100.20), (39.95, 100.15))
    fills = [fill(Side.BUY, 100, 10, "in"), fill(Side.SELL, 100.05, 40, "out", fee="0.05", rests=False)]
    (part,) = trip_parts([trip(0.0, 5.0)], fills, [sent("in", 5), sent("out", 39.9)], mids)
    found = [getattr(part, step) for step in STEPS]
    assert found == pytest.approx([10, -5, 15, -5, -10, 0, -5, 0], abs=1e-6)
    assert sum(found) == pytest.approx(part.net)
    assert (part.entry_rested, part.exit_rested, part.taken) == (1, 0, 1)
    assert (part.taker_fee, part.held_s, part.ending) == (pytest.approx(5), 30, "timeout")


def test_what_rested_was_not_decided_on_again() -> None:
    mids = Mids((0, 100.10), (12, 100.30))
    fills = [fill(Side.BUY, 100, 10, "in"), fill(Side.SELL, 100.4, 40, "out")]
    (part,) = trip_parts([trip(40.0, 40.0)], fills, [sent("in", 5), sent("out", 11)], mids)
    assert (part.drift, part.delay, part.exit_spread) == (pytest.approx(20), 0, pytest.approx(10))


def test_a_sale_within_the_second_leaves_no_time_to_drift() -> None:
    mids = Mids((0, 100.10), (10.2, 100.30))
    fills = [fill(Side.BUY, 100, 10, "in"), fill(Side.SELL, 100.2, 10.5, "out", fee="0.1", rests=False)]
    (part,) = trip_parts([trip(10.0, 20.0)], fills, [sent("out", 10.1)], mids)
    assert (part.adverse, part.drift, part.delay) == (0, 0, pytest.approx(20))


def test_a_trip_whose_mids_are_not_known_is_left_out() -> None:
    fills = [fill(Side.BUY, 100, 10, "in"), fill(Side.SELL, 100.2, 40, "out")]
    assert trip_parts([trip(20.0, 20.0)], fills, [], Mids((30, 100.0))) == ()


def test_in_a_session_every_trip_adds_up_and_next_to_nothing_is_left_over() -> None:
    session = shared_session()
    assert session.mids is not None
    parts = trip_parts(session.round_trips, session.fills, session.intents, session.mids)
    assert len(parts) == len(session.round_trips) > 5
    for part, outcome in zip(parts, session.round_trips, strict=True):
        assert sum(getattr(part, step) for step in STEPS) == pytest.approx(outcome.net_bps, abs=1e-9)
        assert abs(part.rest) < 0.05
    assert any(part.exit_rested == 0 for part in parts)
    told = {trip.outcome_id: trip.fees_quote for trip in session.round_trips}
    assert any(part.taker_fee > 4 for part in parts), told
    assert shuffled_rest(parts) > 1  # the rest is small because the steps are those of the same trip


def shuffled_rest(parts: tuple[TripParts, ...]) -> float:
    """How much would be left over if every trip had the steps of the next one."""
    pairs = zip(parts, (*parts[1:], parts[0]), strict=True)
    return max(abs(sum(getattr(other, step) for step in STEPS) - one.net) for one, other in pairs)


def test_the_mid_is_the_books_own_and_that_of_before() -> None:
    sim = coin()
    record = MidRecord(sim, sim.pits)
    record.begin()
    start, pit = sim.now, sim.pits[0]
    first = (pit.best_bid + pit.best_ask) / 2 * pit.symbol.tick_units
    sim.run(3)
    name = pit.symbol.name
    assert record.before(name, start + 1) == first
    assert record.before(name, start + PERIOD_NS) == first
    assert record.before(name, start) != record.before(name, start)  # NaN: nothing was seen before
    now = (pit.best_bid + pit.best_ask) / 2 * pit.symbol.tick_units
    assert record.before(name, sim.now + 1) == now
    assert record.before(name, sim.now + 10 * NANOS) != now
