"""Signals that arrive together, in every order that a seed can think of, never pass a limit together."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from tools.domain.parameter import ParameterSet, default_parameters
from tools.risk import limits
from tools.risk.exposure import LedgerSnapshot
from tools.risk.ledger import Reservation, RiskLedger
from tools.risk.limit_table import TABLE
from tools.risk.wishes import EntryRequest

CHECKED = [row for row in TABLE if row.room is not None]
TIGHT = default_parameters(
    {
        "max_symbol_exposure_usd": 60, "max_total_exposure_usd": 150, "max_open_positions": 4,
        "max_trades_per_day": 2, "max_symbol_positions": 1, "daily_loss_limit_usd": 5,
        "blacklist_departures": 1, "max_signals_per_day": 3,
    }
)  # fmt: skip
SYMBOLS = ("A", "B", "C", "D", "E", "F")


class Life:
    """One signal's way: judged, then reserved, sent, filled in two parts, sold, each a step of its own."""

    def __init__(self, ledger: RiskLedger, i: int, rng: np.random.Generator, allowed: ParameterSet) -> None:
        self.ledger, self.rng, self.name, self.allowed = ledger, rng, f"d_{i}", allowed
        symbol = SYMBOLS[int(rng.integers(len(SYMBOLS)))]
        scored = rng.random() < 0.3
        self.request = EntryRequest(
            self.name, symbol, Decimal(int(rng.integers(1, 70))), ts=1, is_probe=bool(rng.random() < 0.3),
            source="reversal" if scored else "mm_range", score=80.0 if scored else None,
        )  # fmt: skip
        self.stage = 0

    def step(self) -> bool:
        """One step; whether the way is over."""
        ledger, name, usd = self.ledger, self.name, self.request.usd
        self.stage += 1
        if self.stage == 1:
            return not isinstance(ledger.reserve(self.request, self.allowed), Reservation)
        if self.stage == 2:
            if self.rng.random() < 0.1:
                ledger.release(name)
                return True
            ledger.commit(name, 1)
        elif self.stage == 3:
            ledger.fill_entry(name, usd / 2)
            if self.rng.random() < 0.3:
                ledger.depart(self.request.symbol, 1)
            if self.rng.random() < 0.05:
                ledger.rest(self.request.symbol, 2)
        elif self.stage == 4:
            ledger.release(name)
        elif self.stage == 5:
            ledger.fill_exit(name, usd / 2, Decimal(int(self.rng.integers(-3, 4))), 1)
        elif self.stage == 6:
            ledger.release(name)
            return True
        return False


class BreachFound(AssertionError):
    """A limit was broken."""


def require_limits(before: LedgerSnapshot, view: LedgerSnapshot) -> None:
    """No reachable state is beyond a limit, and nothing was entered where nothing may be."""
    usd, positions = dict.fromkeys(SYMBOLS, Decimal(0)), dict.fromkeys(SYMBOLS, 0)
    probes = dict.fromkeys(SYMBOLS, 0)
    for entry in view.entries:
        usd[entry.symbol] += entry.exposure_usd
        positions[entry.symbol] += 1
        probes[entry.symbol] += entry.is_probe
    total = sum(usd.values())
    told = {
        "symbol_exposure": max(usd.values()) <= 60,
        "total_exposure": total <= 150 and total == view.total_exposure_usd,
        "open_positions": len(view.entries) <= 4,
        "symbol_positions": max(positions.values()) <= 1,
        "trades_per_day": all(view.trades_today(symbol) <= 2 for symbol in SYMBOLS),
        "one_probe": max(probes.values()) <= 1,
        "signals_per_day": view.scored_entries_today() <= 3,
    }
    fresh = {e.decision_id: e for e in view.entries}.keys() - {e.decision_id for e in before.entries}
    for entry in view.entries:
        if entry.decision_id in fresh:
            told["daily_loss"] = before.realised_usd > -5
            told["symbol_blacklist"] = before.departures_today.get(entry.symbol, 0) < 1
            told["symbol_rest"] = before.rests.get(entry.symbol, 0) <= 1
    broken = [name for name, holds in told.items() if not holds]
    if broken:
        raise BreachFound(", ".join(broken))


def interleave(seed: int, n: int = 10, allowed: ParameterSet = TIGHT) -> int:
    """Run ``n`` signals in an order that ``seed`` draws, looking after every step; how many got in."""
    rng, ledger = np.random.default_rng(seed), RiskLedger()
    running = [Life(ledger, i, rng, allowed) for i in range(n)]
    entered = 0
    before = ledger.snapshot(1)
    while running:
        chosen = int(rng.integers(min(6, len(running))))  # they arrive one after the other, six at a time
        life = running[chosen]
        is_over = life.step()
        entered += life.stage == 1 and not is_over
        view = ledger.snapshot(1)
        require_limits(before, view)
        before = view
        if rng.random() < 0.1:
            flatten(RiskLedger(view, is_killed=lambda: True))
        if is_over:
            del running[chosen]
    return entered


def flatten(ledger: RiskLedger) -> None:
    """Sell everything: nothing may be left at stake."""
    for entry in ledger.snapshot(1).entries:
        request = EntryRequest(entry.decision_id, entry.symbol, entry.exposure_usd, 1)
        assert isinstance(ledger.reserve(request, TIGHT, is_reduce_only=True), Reservation)
        ledger.release(entry.decision_id)
        left = [e for e in ledger.snapshot(1).entries if e.decision_id == entry.decision_id]
        for one in left:
            ledger.fill_exit(one.decision_id, one.position_usd, Decimal(-1), 1)
    assert ledger.snapshot(1).total_exposure_usd == 0


def test_two_thousand_interleavings_never_reach_a_state_beyond_a_limit_and_all_can_be_flattened() -> None:
    entered = [interleave(seed) for seed in range(2_000)]
    assert min(entered) > 0
    assert sum(entered) > 3 * len(entered)


def breach(seed: int, n: int, allowed: ParameterSet) -> str:
    """Which limits broke first, empty where none did."""
    try:
        interleave(seed, n, allowed)
    except BreachFound as found:
        return str(found)
    return ""


RACED = (
    "symbol_exposure", "total_exposure", "open_positions", "symbol_positions", "trades_per_day",
    "signals_per_day", "daily_loss", "symbol_blacklist", "symbol_rest",
)  # fmt: skip


@pytest.mark.parametrize("name", RACED)
def test_interleavings_find_every_limit_that_is_left_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutants again: where a limit masks another it is widened, so that the one left out breaks."""
    wider = {
        "symbol_exposure": {"max_symbol_exposure_usd": 1e6},
        "total_exposure": {"max_total_exposure_usd": 1e6, "max_open_positions": 4},
    }
    allowed = ParameterSet({**TIGHT.values, **wider.get(name, {})})
    monkeypatch.setattr(limits, "RULES", tuple(row for row in CHECKED if row.name != name))
    n = 20 if name == "trades_per_day" else 10
    assert any(name in breach(seed, n, allowed) for seed in range(300))
