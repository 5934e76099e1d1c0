"""What an entry cost beside TWAP, by hand; and asks that are the book's own and change nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from numpy.typing import NDArray

from keeper_agent.lab.asks import AskRecord
from keeper_agent.lab.entry_costs import EntryCost, entry_costs
from tests.support.laboratory import coin, shared_session
from tools.domain.market import NANOS, UNITS, Side
from tools.domain.trading import Action, Decision, Fill

WAIT = 4 * NANOS


class Asks:
    """Asks as they are told."""

    def __init__(self, *prices: float) -> None:
        self.prices = prices

    def between(self, symbol: str, start: int, end: int) -> NDArray[np.float64] | None:
        assert end - start == WAIT
        return np.array(self.prices) * UNITS if self.prices else None


def entered() -> Decision:
    """A decision to enter, as the product takes them."""
    found = next(
        one.decision
        for one in shared_session().chosen
        if one.decision.action is Action.ENTER and one.decision.plan is not None
    )
    assert found.plan is not None
    return replace(found, plan=replace(found.plan, size=10 * UNITS))


def bought(decision: Decision, price: float, size: float, fee: str = "0") -> Fill:
    given = next(fill for fill in shared_session().fills if fill.side is Side.BUY)
    return replace(
        given,
        decision_id=decision.decision_id,
        price=round(price * UNITS),
        size=round(size * UNITS),
        fee_quote=Decimal(fee),
    )


def cost(asks: Asks, *fills: Fill, taker_bps: float = 5.0) -> EntryCost | None:
    found = entry_costs([entered()], fills, asks, patience_ns=WAIT, taker_bps=taker_bps)  # type: ignore[arg-type]
    return found[0] if found else None


def test_a_maker_is_compared_with_taking_at_the_mean_ask_and_its_fee() -> None:
    found = cost(Asks(100.0, 101.0, 102.0, 101.0), bought(entered(), 100.0, 10))
    assert found is not None
    assert found.slippage_bps == pytest.approx((100 / (101 * 1.0005) - 1) * 1e4)
    assert found.filled == 1.0


def test_our_own_fee_counts() -> None:
    found = cost(Asks(100.0), bought(entered(), 100.0, 10, fee="0.5"))
    assert found is not None
    assert found.slippage_bps == pytest.approx(0.0, abs=1e-6)  # 5 bps of 1,000 paid by either


def test_what_was_not_filled_is_bought_at_the_end() -> None:
    fills = bought(entered(), 100.0, 4)
    found = cost(Asks(100.0, 104.0), fills, taker_bps=0.0)
    assert found is not None
    assert found.slippage_bps == pytest.approx(((4 * 100 + 6 * 104) / 10 / 102 - 1) * 1e4)
    assert found.filled == pytest.approx(0.4)
    nothing = cost(Asks(100.0, 104.0), taker_bps=0.0)
    assert nothing is not None
    assert nothing.slippage_bps == pytest.approx((104 / 102 - 1) * 1e4)
    assert nothing.filled == 0.0


def test_entries_without_asks_or_beyond_the_record_are_left_out() -> None:
    assert cost(Asks()) is None
    assert cost(Asks(100.0, float("nan"))) is None


def test_exits_and_refusals_are_no_entries() -> None:
    skipped = replace(entered(), action=Action.SKIP)
    sold = replace(bought(entered(), 50.0, 10), side=Side.SELL)
    asks = Asks(100.0)
    assert entry_costs([skipped], [sold], asks, patience_ns=WAIT, taker_bps=0.0) == ()  # type: ignore[arg-type]
    found = cost(asks, sold, taker_bps=0.0)
    assert found is not None
    assert found.filled == 0.0


def test_the_record_is_the_books_own_ask_second_by_second() -> None:
    sim = coin()
    record, (pit,) = AskRecord(sim, sim.pits), sim.pits
    begin = sim.now
    record.begin()
    seen = [float(pit.best_ask * pit.symbol.tick_units)]
    for second in range(1, 9):
        sim.run_until(begin + second * NANOS)
        seen.append(float(pit.best_ask * pit.symbol.tick_units))
    name = pit.symbol.name
    found = record.between(name, begin + NANOS // 2, begin + 4 * NANOS)
    assert found is not None
    assert found.tolist() == seen[1:5]
    short = record.between(name, begin + NANOS // 2, begin + NANOS // 2 + 1)
    assert short is not None
    assert short.tolist() == seen[1:2]
    assert record.between(name, begin, begin + 9 * NANOS) is None
    assert record.between(name, begin - 2 * NANOS, begin) is None


def test_a_session_has_the_asks_of_all_its_entries_but_the_last() -> None:
    session = shared_session()
    assert session.asks is not None
    decisions = [one.decision for one in session.chosen]
    found = entry_costs(decisions, session.fills, session.asks, patience_ns=10 * NANOS, taker_bps=5.0)
    entries = [one for one in decisions if one.action is Action.ENTER and one.plan is not None]
    assert len(entries) - 2 <= len(found) <= len(entries)
    assert all(0 <= one.filled <= 1 for one in found)
    assert all(abs(one.slippage_bps) < 500 for one in found)
    assert [signal.signal_id for signal in session.signals] == [one.signal_id for one in decisions]
