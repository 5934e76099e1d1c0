"""What a rule of behaviour would have saved: of planted entries that lose, win, or come before it holds."""

from __future__ import annotations

import pytest

from tools.models.ablation import Verdict
from tools.risk.behaviour import HOUR, Trip
from tools.risk.behaviour_worth import Entered, Lived, RuleWorth, holds_at_entries, worth_of_rules

T0 = 1_000 * HOUR
VALUE = 100.0
LOSSES = tuple(Trip(name, "mm_range", T0, -0.01) for name in "ABC")


def entry(net_bps: float, after_h: float, symbol: str = "X") -> Entered:
    return Entered(symbol, "mm_range", T0 + round(after_h * HOUR), VALUE, net_bps)


def worth(name: str, *entries: Entered, worlds: int = 12) -> RuleWorth:
    lived = Lived(LOSSES, tuple(sorted(entries, key=lambda one: one.ts)), capital_usd=1_000.0)
    (found,) = (one for one in worth_of_rules([lived] * worlds) if one.rule == name)
    return found


@pytest.mark.parametrize(
    ("net_bps", "saved", "cost", "verdict"), [(-10, 2.4, 0, Verdict.EARNS), (10, 0, 2.4, Verdict.COSTS)]
)
def test_entries_while_a_pause_holds_are_saved_or_lost(
    net_bps: float, saved: float, cost: float, verdict: Verdict
) -> None:
    found = worth("losses", entry(7, -1), entry(net_bps, 1), entry(net_bps, 11), entry(-50, 13))
    assert (found.binds, found.held, found.verdict) == (True, 24, verdict)
    assert (found.saved_quote, found.cost_quote) == (pytest.approx(saved), pytest.approx(cost))
    assert found.worth.value == pytest.approx((saved - cost) / 12)
    assert (found.held_bps, found.free_bps) == (net_bps, (7 - 50) / 2)


def test_a_pause_of_a_symbol_binds_that_symbol_alone() -> None:
    trips = tuple(Trip("A", "mm_range", T0, -0.01) for _ in range(2))
    entries = (entry(-10, 1, "A"), entry(-10, 1, "B"))
    found = worth_of_rules([Lived(trips, entries, 1_000.0)] * 12)
    (on_symbols,) = (one for one in found if one.rule == "symbol_losses")
    assert (on_symbols.held, on_symbols.saved_quote) == (12, pytest.approx(1.2))


def test_a_rule_that_binds_no_such_signal_has_no_worth() -> None:
    found = worth("few_wins", entry(-10, 1))
    assert (found.binds, found.saved_quote, found.worth.value, found.verdict) == (False, 0, 0, Verdict.IDLE)


def test_few_worlds_have_no_verdict_and_what_was_not_held_none_either() -> None:
    assert worth("losses", entry(-10, 1), worlds=2).verdict is Verdict.TOO_FEW
    assert worth("losses", entry(-10, 13)).verdict is Verdict.IDLE


def test_what_is_known_at_an_entry_is_what_ended_before_it() -> None:
    lived = Lived(LOSSES, (entry(0, -0.001), entry(0, 0)), 1_000.0)
    before, after = holds_at_entries(lived)
    assert before == ()
    assert {hold.rule for hold in after} == {"losses"}
