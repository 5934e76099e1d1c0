"""The table of limits is whole, says what the checks do, and no row can be broken unseen."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.documents import LIMITS_PAGE, limits_page
from tools.domain.market import NANOS
from tools.domain.parameter import ParameterSet, default_parameters
from tools.risk import limits
from tools.risk.behaviour import Effect, Hold
from tools.risk.exposure import LedgerSnapshot, OpenEntry
from tools.risk.ledger import LOOKS, Reservation, RiskLedger
from tools.risk.limit_table import TABLE, Limit
from tools.risk.limits import limit_entry
from tools.risk.prospects import Prospects
from tools.risk.wishes import Edge, EntryRequest

COIN = "ALGOUSDT"
AHEAD = Prospects(
    ts=0, cvar={COIN: 0.05}, volatility={COIN: 4.0}, correlation=1.0, breakdown=0.0,
    tails={"ALGOUSDT LINKUSDT": 0.5},
)  # fmt: skip
WISH = EntryRequest("d_new", COIN, Decimal(10), ts=1_000)
CANDLE = replace(WISH, source="reversal.30m", score=80.0, loss_bps=100.0)
CAPITAL = {"risk_capital_usd": 100.0}
BET = replace(WISH, edge=Edge(low_bps=0.05, gain_bps=100.0, loss_bps=100.0))
DAY = 86_400 * NANOS


def parameters(changes: dict[str, float] | None = None) -> ParameterSet:
    return ParameterSet({**default_parameters().values, **(changes or {})})


def held(symbol: str, usd: int, name: str = "d_old", *, is_probe: bool = False) -> OpenEntry:
    return OpenEntry(name, symbol, position_usd=Decimal(usd), is_probe=is_probe)


def elsewhere(n: int, usd: int = 1) -> tuple[OpenEntry, ...]:
    return tuple(held(f"X{i}", usd, f"d_{i}") for i in range(n))


# A case a limit, just beyond it: what is asked, the account, what was set, and what is left of 10 USD.
BEYOND: dict[str, tuple[EntryRequest, LedgerSnapshot, dict[str, float], str]] = {
    "kill_switch": (WISH, LedgerSnapshot(is_killed=True), {}, "0"),
    "pause": (WISH, LedgerSnapshot(is_paused=True), {}, "0"),
    "symbol_rest": (WISH, LedgerSnapshot(rests={COIN: 1_001}), {}, "0"),
    "symbol_blacklist": (WISH, LedgerSnapshot(departures_today={COIN: 3}), {}, "0"),
    "departure_share": (
        WISH, LedgerSnapshot(entries_today={"X": 24}, departures_today={"X": 2, "Y": 2, "Z": 1}), {}, "0",
    ),
    "detection_share": (
        WISH, LedgerSnapshot(mm_looks=50, mm_found=24), {"min_detection_share": 0.5}, "0",
    ),
    "daily_loss": (WISH, LedgerSnapshot(realised_usd=Decimal(-50)), {}, "0"),
    "trades_per_day": (WISH, LedgerSnapshot(entries_today={COIN: 100}), {}, "0"),
    "open_positions": (WISH, LedgerSnapshot(entries=elsewhere(5)), {}, "0"),
    "one_probe": (
        replace(WISH, is_probe=True), LedgerSnapshot(entries=(held(COIN, 1, is_probe=True),)),
        {"max_symbol_positions": 100}, "0",
    ),
    "symbol_positions": (WISH, LedgerSnapshot(entries=(held(COIN, 1),)), {}, "0"),
    "held_back": (
        WISH, LedgerSnapshot(holds=(Hold("symbol_losses", Effect.PAUSE, COIN, 2_000),)), {"behave": 1}, "0",
    ),
    "few_signals": (
        CANDLE, LedgerSnapshot(scored_today=2, holds=(Hold("drawdown", Effect.SIGNALS, "", None),)),
        {"behave": 1}, "0",
    ),
    "continuation_model": (
        replace(CANDLE, source="continuation.5m"), LedgerSnapshot(), {"heed_continuation": 0}, "0",
    ),
    "reversal_model": (CANDLE, LedgerSnapshot(), {"heed_reversal": 0}, "0"),
    "score_threshold": (replace(CANDLE, score=74.99), LedgerSnapshot(), {}, "0"),
    "signals_per_day": (CANDLE, LedgerSnapshot(scored_today=5), {}, "0"),
    "risk_per_trade": (
        replace(CANDLE, loss_bps=2_000.0), LedgerSnapshot(), CAPITAL | {"risk_per_trade": 0.01}, "5",
    ),
    "symbol_exposure": (
        WISH, LedgerSnapshot(entries=(replace(held(COIN, 494), is_stranded=True),)), {}, "6",
    ),
    "total_exposure": (WISH, LedgerSnapshot(entries=(held("LINKUSDT", 4_993),)), {}, "7"),
    "cvar_bound": (
        WISH, LedgerSnapshot(prospects=AHEAD), {"bound_cvar": 1, "cvar_share": 0.003} | CAPITAL, "6",
    ),
    "kelly_bound": (BET, LedgerSnapshot(), {"bound_kelly": 1, "risk_capital_usd": 400.0}, "5"),
    "correlation_bound": (
        WISH, LedgerSnapshot(prospects=AHEAD), {"bound_correlation": 1, "max_total_exposure_usd": 10}, "7",
    ),
    "tail_bound": (
        WISH, LedgerSnapshot(entries=(held("LINKUSDT", 10),), prospects=AHEAD),
        {"bound_tail": 1, "joint_exposure_usd": 12}, "7",
    ),
    "regime_bound": (
        WISH, LedgerSnapshot(prospects=AHEAD), {"bound_regime": 1, "regime_symbol_usd": 16}, "4",
    ),
    "mm_protection": (replace(WISH, mm_average_usd=Decimal("0.50")), LedgerSnapshot(), {}, "4"),
}  # fmt: skip
# The same, just within: nothing is cut.
WITHIN: dict[str, tuple[EntryRequest, LedgerSnapshot, dict[str, float]]] = {
    "symbol_rest": (WISH, LedgerSnapshot(rests={COIN: 1_000}), {}),
    "symbol_blacklist": (WISH, LedgerSnapshot(departures_today={COIN: 2, "X": 9}), {}),
    "departure_share": (WISH, LedgerSnapshot(entries_today={"X": 25}, departures_today={"X": 5}), {}),
    "departure_share, too few": (
        WISH, LedgerSnapshot(entries_today={"X": 19}, departures_today={"X": 9}), {},
    ),
    "departure_share, off": (
        WISH, LedgerSnapshot(entries_today={"X": 99}, departures_today={"X": 99}), {"max_departure_share": 1},
    ),
    "detection_share": (WISH, LedgerSnapshot(mm_looks=50, mm_found=25), {"min_detection_share": 0.5}),
    "detection_share, too few": (WISH, LedgerSnapshot(mm_looks=19), {"min_detection_share": 0.5}),
    "detection_share, off": (WISH, LedgerSnapshot(mm_looks=50), {}),
    "symbol_blacklist, off": (WISH, LedgerSnapshot(departures_today={COIN: 9}), {"blacklist_departures": 0}),
    "score_threshold": (replace(CANDLE, score=75.0), LedgerSnapshot(), {}),
    "signals_per_day": (CANDLE, LedgerSnapshot(scored_today=4), {}),
    "signals_per_day, of others": (WISH, LedgerSnapshot(scored_today=99), {}),
    "risk_per_trade": (replace(CANDLE, loss_bps=1_000.0), LedgerSnapshot(), CAPITAL),
    "risk_per_trade, no capital": (replace(CANDLE, loss_bps=9_000.0), LedgerSnapshot(), {}),
    "reversal_model": (CANDLE, LedgerSnapshot(), {"heed_continuation": 0}),
    "held_back, elsewhere": (
        WISH, LedgerSnapshot(holds=(Hold("symbol_losses", Effect.PAUSE, "X", 2_000),)), {"behave": 1},
    ),
    "held_back, off": (WISH, LedgerSnapshot(holds=(Hold("losses", Effect.PAUSE, "", 2_000),)), {}),
    "few_signals, of others": (
        WISH, LedgerSnapshot(scored_today=2, holds=(Hold("drawdown", Effect.SIGNALS, "", None),)),
        {"behave": 1},
    ),
    "bounds, off": (replace(BET, edge=Edge(-9.0, 1.0, 9.0)), LedgerSnapshot(), {}),
    "kelly, of a probe": (replace(BET, is_probe=True), LedgerSnapshot(), {"bound_kelly": 1}),
    "kelly, sized before": (WISH, LedgerSnapshot(), {"bound_kelly": 1}),
}  # fmt: skip
CHECKED = [row for row in TABLE if row.room is not None]


@pytest.mark.parametrize("name", BEYOND)
def test_beyond_a_limit_it_alone_cuts_says_why_and_is_the_bound(name: str) -> None:
    request, ledger, changes, left = BEYOND[name]
    limited = limit_entry(request, ledger, parameters(changes))
    assert [clamp.limit for clamp in limited.clamps] == [name]
    assert (limited.usd, limited.bound) == (Decimal(left), name)
    assert limited.clamps[0].reason


@pytest.mark.parametrize("name", WITHIN)
def test_within_a_limit_nothing_is_cut(name: str) -> None:
    request, ledger, changes = WITHIN[name]
    limited = limit_entry(request, ledger, parameters(changes))
    assert (limited.clamps, limited.bound) == ((), None)


def test_every_limit_that_is_asked_has_a_case_and_every_other_names_a_module_that_is_there() -> None:
    assert {row.name for row in CHECKED} == set(BEYOND)
    assert len({row.name for row in TABLE}) == len(TABLE)
    for row in TABLE:
        assert bool(row.watched) != (row.room is not None)
        if row.watched:
            module = import_module(row.watched)
            assert (
                row.parameter in Path(str(module.__file__)).read_text("utf-8") or row.name == "order_spacing"
            )


@pytest.mark.parametrize("name", [row.name for row in CHECKED])
def test_a_table_without_a_limit_lets_its_case_through(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutants: each limit left out, and its case must notice."""
    request, ledger, changes, _ = BEYOND[name]
    monkeypatch.setattr(limits, "RULES", tuple(row for row in CHECKED if row.name != name))
    assert limit_entry(request, ledger, parameters(changes)).usd == Decimal(10)


def test_the_defaults_are_those_that_were_asked_for() -> None:
    asked = {
        "symbol_exposure": 500, "trades_per_day": 100, "symbol_blacklist": 3, "total_exposure": 5_000,
        "open_positions": 5, "daily_loss": 50, "departure_share": 0.2, "mm_protection": 0.8,
        "orders_in_a_row": 10, "mm_check": 2, "mm_moved": 10, "mm_doubted": 0.5, "symbol_rest": 300,
        "risk_per_trade": 0.01, "signals_per_day": 5, "score_threshold": 75,
    }  # fmt: skip
    found = {row.name: row.default for row in TABLE}
    assert {name: found[name] for name in asked} == asked


def test_the_page_of_limits_is_made_from_the_table() -> None:
    assert LIMITS_PAGE.read_text("utf-8") == limits_page()
    assert all(f"| `{row.name}` |" in limits_page() for row in TABLE)


def test_departures_looks_and_candle_entries_belong_to_their_day_and_outlive_a_restart() -> None:
    ledger = RiskLedger()
    ledger.depart(COIN, 5)
    for i in range(LOOKS + 10):
        ledger.look(i % 2 == 0)
    request = replace(CANDLE, decision_id="d_1")
    assert isinstance(ledger.reserve(request, parameters()), Reservation)
    ledger.commit("d_1", 5)
    again = RiskLedger(ledger.snapshot(6)).snapshot(7)
    assert (again.departures_today, again.scored_today) == ({COIN: 1}, 1)
    assert (again.mm_looks, again.mm_found) == (LOOKS, LOOKS // 2)
    later = ledger.snapshot(DAY)
    assert (later.departures_today, later.scored_today) == ({}, 0)


def test_the_table_is_what_the_checks_are_made_of() -> None:
    assert all(isinstance(row, Limit) for row in limits.RULES)
    assert [row.name for row in limits.RULES] == [row.name for row in CHECKED]
    assert all(one != other for one, other in pairwise(limits.RULES))
