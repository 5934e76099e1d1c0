"""The ledger holds its limits under every interleaving; a check-then-act copy is caught."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tools.domain.errors import InvariantBroken
from tools.domain.market import NANOS
from tools.domain.parameter import ParameterSet, default_parameters
from tools.domain.trading import Clamp
from tools.risk.exposure import LedgerSnapshot, OpenEntry
from tools.risk.ledger import Reservation, RiskLedger
from tools.risk.limits import EntryRequest, limit_entry

PARAMETERS = ParameterSet(
    {**default_parameters().values, "max_open_positions": 100, "max_symbol_positions": 100}
)
DAY = 86_400 * NANOS


def wish(
    name: str, usd: int | str, symbol: str = "ALGOUSDT", *, ts: int = 0, is_probe: bool = False
) -> EntryRequest:
    return EntryRequest(name, symbol, Decimal(usd), ts, is_probe=is_probe)


def test_a_position_lives_from_reservation_to_flat() -> None:
    ledger = RiskLedger()
    assert isinstance(ledger.reserve(wish("d_1", 10), PARAMETERS), Reservation)
    ledger.commit("d_1", 0)
    ledger.fill_entry("d_1", Decimal(6))
    assert ledger.snapshot(0).entries[0] == OpenEntry(
        "d_1", "ALGOUSDT", working_usd=Decimal(4), position_usd=Decimal(6)
    )
    ledger.release("d_1")
    ledger.fill_exit("d_1", Decimal(6), Decimal("-0.25"), 1)
    assert ledger.snapshot(1).entries == (OpenEntry("d_1", "ALGOUSDT"),)
    ledger.release("d_1")
    after = ledger.snapshot(2)
    assert after.entries == ()
    assert after.realised_usd == Decimal("-0.25")
    assert after.trades_today("ALGOUSDT") == 1


def test_a_refused_reservation_names_its_limits_and_takes_nothing() -> None:
    ledger = RiskLedger()
    clamps = ledger.reserve(wish("d_1", 501), PARAMETERS)
    assert isinstance(clamps, list)
    assert [clamp.limit for clamp in clamps] == ["symbol_exposure"]
    assert ledger.snapshot(0).total_exposure_usd == 0


def test_what_an_earlier_process_left_takes_its_room() -> None:
    """INV-08: held is held, whoever bought it."""
    ledger = RiskLedger()
    ledger.adopt("d_0", "ALGOUSDT", Decimal(400))
    clamps = ledger.reserve(wish("d_1", 101), PARAMETERS)
    assert isinstance(clamps, list)
    assert [clamp.limit for clamp in clamps] == ["symbol_exposure"]
    assert isinstance(ledger.reserve(wish("d_2", 100), PARAMETERS), Reservation)
    with pytest.raises(InvariantBroken, match="open already"):
        ledger.adopt("d_0", "ALGOUSDT", Decimal(1))


def test_asking_again_for_the_same_decision_takes_the_room_once() -> None:
    ledger = RiskLedger()
    first = ledger.reserve(wish("d_1", 300), PARAMETERS)
    assert ledger.reserve(wish("d_1", 300), PARAMETERS) == first
    assert ledger.snapshot(0).total_exposure_usd == Decimal(300)
    with pytest.raises(InvariantBroken, match="asked again for 20"):
        ledger.reserve(wish("d_1", 20), PARAMETERS)


def test_committing_twice_counts_one_entry_and_releasing_twice_is_harmless() -> None:
    ledger = RiskLedger()
    ledger.reserve(wish("d_1", 10), PARAMETERS)
    ledger.commit("d_1", 0)
    ledger.commit("d_1", 0)
    assert ledger.snapshot(0).trades_today("ALGOUSDT") == 1
    ledger.release("d_1")
    ledger.release("d_1")
    assert ledger.snapshot(0).entries == ()


def test_an_unknown_decision_cannot_be_committed_or_filled() -> None:
    with pytest.raises(InvariantBroken, match="d_9"):
        RiskLedger().commit("d_9", 0)
    with pytest.raises(InvariantBroken, match="d_9"):
        RiskLedger().fill_entry("d_9", Decimal(1))


def test_reduce_only_passes_whatever_the_limits_say() -> None:
    full = LedgerSnapshot(
        entries=tuple(OpenEntry(f"d_{i}", "ALGOUSDT", position_usd=Decimal(900)) for i in range(200)),
        entries_today={"ALGOUSDT": 10_000},
        realised_usd=Decimal(-9_999),
        rests={"ALGOUSDT": DAY},
    )
    granted = RiskLedger(full).reserve(wish("d_1", 900), PARAMETERS, is_reduce_only=True)
    assert granted == Reservation("d_1", "ALGOUSDT", Decimal(900), is_reduce_only=True)


def test_loss_and_trades_belong_to_their_utc_day() -> None:
    ledger = RiskLedger(LedgerSnapshot(realised_usd=Decimal(-50), entries_today={"ALGOUSDT": 100}))
    today = ledger.reserve(wish("d_1", 1), PARAMETERS)
    assert isinstance(today, list)
    assert {clamp.limit for clamp in today} == {"daily_loss"}
    assert isinstance(ledger.reserve(wish("d_1", 1, ts=DAY), PARAMETERS), Reservation)


def test_a_rest_holds_until_its_time_and_is_never_shortened() -> None:
    ledger = RiskLedger()
    ledger.rest("ALGOUSDT", 500)
    ledger.rest("ALGOUSDT", 300)
    assert isinstance(ledger.reserve(wish("d_1", 1, ts=499), PARAMETERS), list)
    assert isinstance(ledger.reserve(wish("d_1", 1, ts=500), PARAMETERS), Reservation)


def test_a_ledger_restarted_from_its_snapshot_is_the_same_ledger() -> None:
    ledger = RiskLedger()
    ledger.reserve(wish("d_1", 10, is_probe=True), PARAMETERS)
    ledger.commit("d_1", 5)
    ledger.rest("LINKUSDT", 900)
    assert RiskLedger(ledger.snapshot(10)).snapshot(10) == ledger.snapshot(10)


def test_rounding_of_shared_costs_does_not_keep_a_position_open() -> None:
    ledger = RiskLedger()
    ledger.reserve(wish("d_1", 10), PARAMETERS)
    ledger.commit("d_1", 0)
    ledger.fill_entry("d_1", Decimal(10))
    for _ in range(3):
        ledger.fill_exit("d_1", Decimal(10) / 3, Decimal(0), 0)
    assert ledger.snapshot(0).total_exposure_usd == 0
    ledger.release("d_1")
    assert ledger.snapshot(0).entries == ()


def test_who_has_sold_all_holds_its_symbol_until_its_orders_are_over() -> None:
    ledger, one_each = RiskLedger(), default_parameters()
    ledger.reserve(wish("d_1", 10), one_each)
    ledger.commit("d_1", 0)
    ledger.fill_entry("d_1", Decimal(10))
    ledger.fill_exit("d_1", Decimal(10), Decimal(0), 0)
    (clamp,) = ledger.reserve(wish("d_2", 10), one_each)  # type: ignore[misc]
    assert clamp.limit == "symbol_positions"
    assert isinstance(ledger.reserve(wish("d_3", 10, "LINKUSDT"), one_each), Reservation)
    ledger.release("d_1")
    assert isinstance(ledger.reserve(wish("d_2", 10), one_each), Reservation)


def test_one_symbol_has_one_open_probe_even_when_two_ask() -> None:
    ledger = RiskLedger()
    assert isinstance(ledger.reserve(wish("d_1", 1, is_probe=True), PARAMETERS), Reservation)
    assert isinstance(ledger.reserve(wish("d_2", 1, is_probe=True), PARAMETERS), list)


class CheckThenActLedger(RiskLedger):
    """The mutant: it judges the limits on one view and takes the room on a later one."""

    def steps(self, request: EntryRequest, parameters: ParameterSet) -> Iterator[None]:
        clamps = limit_entry(request, self.snapshot(request.ts), parameters).clamps
        yield
        if not clamps:
            self._open[request.decision_id] = OpenEntry(request.decision_id, request.symbol, request.usd)


class AtomicLedger(RiskLedger):
    """The real ledger, driven through the same steps."""

    def steps(self, request: EntryRequest, parameters: ParameterSet) -> Iterator[None]:
        yield
        self.reserve(request, parameters)


def exposure_after(make: Callable[[], CheckThenActLedger | AtomicLedger], seed: int) -> Decimal:
    """Greatest exposure of one symbol while eight wishes interleave as ``seed`` says."""
    ledger, order = make(), np.random.default_rng(seed)
    running = [ledger.steps(wish(f"d_{i}", 120), PARAMETERS) for i in range(8)]
    while running:
        chosen = int(order.integers(len(running)))
        if next(running[chosen], "done") == "done":
            del running[chosen]
    return ledger.snapshot(0).symbol_exposure_usd("ALGOUSDT")


def test_interleavings_never_break_the_ledger_and_do_break_its_check_then_act_mutant() -> None:
    seeds = range(200)
    assert all(exposure_after(AtomicLedger, seed) == Decimal(480) for seed in seeds)
    assert sum(exposure_after(CheckThenActLedger, seed) > Decimal(500) for seed in seeds) > 150


def test_threads_cannot_overrun_a_limit() -> None:
    ledger = RiskLedger()

    def take(i: int) -> Reservation | list[Clamp]:
        return ledger.reserve(wish(f"d_{i}", 7), PARAMETERS)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(take, range(400)))
    assert sum(isinstance(result, Reservation) for result in results) == 71
    assert ledger.snapshot(0).total_exposure_usd == Decimal(497)


class LedgerLife(RuleBasedStateMachine):
    """Any order of calls keeps the books: never negative, never above a limit by new entries."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = RiskLedger()
        self.count = 0

    @property
    def names(self) -> list[str]:
        return [entry.decision_id for entry in self.ledger.snapshot(0).entries]

    @rule(usd=st.integers(1, 300), symbol=st.sampled_from(["ALGOUSDT", "LINKUSDT"]))
    def reserve(self, usd: int, symbol: str) -> None:
        before = self.ledger.snapshot(0)
        result = self.ledger.reserve(wish(f"d_{self.count}", usd, symbol), PARAMETERS)
        self.count += 1
        grown = self.ledger.snapshot(0).total_exposure_usd - before.total_exposure_usd
        assert grown == (usd if isinstance(result, Reservation) else 0)

    @precondition(lambda self: self.names)
    @rule(data=st.data(), share=st.integers(1, 4))
    def trade(self, data: st.DataObject, share: int) -> None:
        name = data.draw(st.sampled_from(self.names))
        self.ledger.commit(name, 0)
        entry = next(e for e in self.ledger.snapshot(0).entries if e.decision_id == name)
        if entry.working_usd:
            self.ledger.fill_entry(name, entry.working_usd / share)

    @precondition(lambda self: self.names)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.names))
        self.ledger.release(name)
        for entry in self.ledger.snapshot(0).entries:
            if entry.decision_id == name:
                self.ledger.fill_exit(name, entry.position_usd, Decimal("-0.5"), 0)
        self.ledger.release(name)
        assert name not in self.names

    @invariant()
    def exposure_is_within_limits(self) -> None:
        view = self.ledger.snapshot(0)
        assert view.total_exposure_usd <= Decimal("5000")
        for symbol in ("ALGOUSDT", "LINKUSDT"):
            assert 0 <= view.symbol_exposure_usd(symbol) <= Decimal("500.0000000001")


TestLedgerLife = LedgerLife.TestCase
TestLedgerLife.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@given(usd=st.decimals(Decimal("0.01"), Decimal(499), places=2))
def test_releasing_gives_back_exactly_what_was_reserved(usd: Decimal) -> None:
    ledger = RiskLedger()
    ledger.reserve(EntryRequest("d_1", "ALGOUSDT", usd, 0), PARAMETERS)
    ledger.release("d_1")
    assert ledger.snapshot(0) == RiskLedger().snapshot(0)


def test_the_kill_switch_leaves_no_room_for_entries_and_lets_exits_pass() -> None:
    killed = False
    ledger = RiskLedger(is_killed=lambda: killed)
    request = EntryRequest("d_1", "ALGOUSDT", Decimal(5), 1)
    assert isinstance(ledger.reserve(request, PARAMETERS), Reservation)
    killed = True
    (clamp,) = ledger.reserve(EntryRequest("d_2", "ALGOUSDT", Decimal(5), 2), PARAMETERS)  # type: ignore[misc]
    assert (clamp.limit, clamp.after) == ("kill_switch", "0")
    exit_request = EntryRequest("d_1", "ALGOUSDT", Decimal(5), 3)
    assert isinstance(ledger.reserve(exit_request, PARAMETERS, is_reduce_only=True), Reservation)


def test_what_is_stranded_keeps_its_room_and_is_no_position() -> None:
    """INV-08: lots that no order may sell are at stake; the symbol may still be entered beside them."""
    ledger = RiskLedger()
    probe = EntryRequest("d_1", "ALGOUSDT", Decimal(50), ts=0, is_probe=True)
    assert isinstance(ledger.reserve(probe, PARAMETERS), Reservation)
    ledger.commit("d_1", 0)
    ledger.fill_entry("d_1", Decimal(5))
    ledger.strand("d_1")
    left = ledger.snapshot(0)
    assert left.total_exposure_usd == left.symbol_exposure_usd("ALGOUSDT") == Decimal(5)
    assert (left.open_positions, left.symbol_positions("ALGOUSDT")) == (0, 0)
    assert not left.has_open_probe("ALGOUSDT")
