"""What people see: nothing unavailable breaks it, and what comes from outside stays text."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from rich.console import Console

from keeper_agent.views.live import LiveView
from keeper_agent.views.summary import summary_lines, summary_table
from scheduler.run import Tally
from scheduler.summary import LEAST, results
from tests.support.executions import ExecutorDesk, printed, quotes
from tests.support.proposals import a_signal
from tools.domain.market import Side
from tools.domain.trading import Action, Decision, OrderStatus, OrderUpdate, Outcome, Route
from tools.features.names import FEATURES

NASTY = "[red]boo[/] [/nothing] [link=file:///etc]x[/link] \\[b]"


@pytest.fixture
def desk() -> ExecutorDesk:
    """One round trip that lost."""
    desk = ExecutorDesk()
    desk.play(quotes(0, 9_999, 10_001))
    desk.enter([10**6])
    desk.play(quotes(500, 9_999, 10_001), printed(1_000, Side.SELL, 9_998, 1))
    desk.close()
    return desk


@pytest.fixture
def decision() -> Decision:
    """A decision with no plan whose every text is hostile."""
    bare = ExecutorDesk()
    bare.play(quotes(0, 9_999, 10_001))
    made = bare.enter([10**6])
    return replace(made, reason=NASTY, plan=None, probability=None, expected_bps=None, action=Action.SKIP)


def a_console(*, is_terminal: bool, width: int = 100) -> Console:
    return Console(record=True, force_terminal=is_terminal, width=width, file=io.StringIO(), highlight=False)


def everything(view: LiveView, desk: ExecutorDesk, decision: Decision, outcome: Outcome) -> None:
    """Show one of each."""
    view.begin_tape(NASTY, "EUR")
    nothing = dict.fromkeys(FEATURES)
    view.frame(decision.ts, 0.0, "empty", {})
    view.frame(decision.ts, 0.5, "gapped", nothing)
    view.frame(decision.ts, 1.0, "sound", {**nothing, "mid": 1e-8, "mm_lower_bound": 1.0, "regime": 4.0})
    view.on_decision(decision, a_signal())
    for intent in desk.intents:
        view.on_intent(intent)
    for fill in desk.fills:
        view.on_fill(fill)
    view.on_order(OrderUpdate("kp1", OrderStatus.REJECTED, 0, decision.ts, NASTY))
    view.on_outcome(outcome)
    view.on_outcome(replace(outcome, net_bps=None, net_quote=None))


@pytest.mark.parametrize("is_terminal", [True, False])
@pytest.mark.parametrize("width", [40, 200])
def test_the_view_shows_everything_even_when_nothing_is_known(
    desk: ExecutorDesk, decision: Decision, is_terminal: bool, width: int
) -> None:
    console = a_console(is_terminal=is_terminal, width=width)
    with LiveView(console, Tally(), None) as view:
        everything(view, desk, decision, desk.outcomes[0])
    text = console.export_text()
    assert decision.decision_id in text
    assert "close out" in text


def test_markup_in_what_is_shown_stays_text(desk: ExecutorDesk, decision: Decision) -> None:
    console = a_console(is_terminal=False, width=400)
    with LiveView(console, Tally(), None) as view:
        everything(view, desk, decision, desk.outcomes[0])
    text = console.export_text()
    assert text.count("[red]boo[/]") >= 2


def test_a_follow_on_paper_is_not_shown(desk: ExecutorDesk) -> None:
    console = a_console(is_terminal=False)
    LiveView(console, Tally(), None).on_outcome(replace(desk.outcomes[0], kind="shadow"))
    assert console.export_text() == ""


def a_tally(desk: ExecutorDesk, decision: Decision, trips: int) -> Tally:
    tally = Tally()
    for i in range(trips):
        tally.count_decision(decision)
        tally.count_outcome(replace(desk.outcomes[0], net_bps=float(i - 3)), 0.6)
    return tally


def test_nothing_is_computed_from_nothing() -> None:
    summary = results(Tally(), 7)
    for name in ("expectancy_bps", "expectancy_bps_interval", "win_rate", "win_rate_interval"):
        assert summary[name] is None
    assert (summary["round_trips"], summary["net_pnl_quote"]) == (0, "0")
    assert set(summary["routes"]) == {route.value for route in Route}


def test_few_round_trips_get_no_interval_of_their_mean(desk: ExecutorDesk, decision: Decision) -> None:
    assert results(a_tally(desk, decision, LEAST - 1), 7)["expectancy_bps_interval"] is None
    low, high = results(a_tally(desk, decision, LEAST), 7)["expectancy_bps_interval"]
    assert low < results(a_tally(desk, decision, LEAST), 7)["expectancy_bps"] < high


def test_a_summary_is_exact_and_the_same_each_time(desk: ExecutorDesk, decision: Decision) -> None:
    tally = a_tally(desk, decision, 20)
    summary = results(tally, 7)
    assert summary == results(tally, 7)
    net = desk.outcomes[0].net_quote
    assert net is not None
    assert Decimal(summary["net_pnl_quote"]) == 20 * net
    assert (summary["win_rate"], summary["breakeven_win_rate"]) == (16 / 20, pytest.approx(0.6))
    low, high = summary["win_rate_interval"]
    assert 0.5 < low < 0.8 < high < 1


def test_what_never_filled_counts_neither_as_a_win_nor_as_a_loss(desk: ExecutorDesk) -> None:
    tally = Tally()
    tally.count_outcome(replace(desk.outcomes[0], net_bps=None, net_quote=None), 0.6)
    tally.count_outcome(replace(desk.outcomes[0], kind="shadow"), 0.6)
    assert (tally.round_trips, tally.shadow) == (0, 1)


@pytest.mark.parametrize("trips", [0, 3, 20])
def test_the_summary_table_shows_a_win_rate_only_beside_its_break_even(
    desk: ExecutorDesk, decision: Decision, trips: int
) -> None:
    summary = {"quote": "EUR", **results(a_tally(desk, decision, trips), 7)}
    console = a_console(is_terminal=False, width=200)
    console.print(summary_table(NASTY, summary))
    assert "[red]boo[/]" in console.export_text()
    line = dict(summary_lines(summary))["round trips"]
    assert ("break-even 60%" in line) == bool(trips)
