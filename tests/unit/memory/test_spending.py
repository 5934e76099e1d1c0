"""The budget holds under threads, restarts, crashes and clocks that jump; money is never REAL."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.connection import DATABASE
from memory.spending import OverBudget, SpendCaps, SpendLedger
from memory.store import Store
from tests.support.consulting import HandClock, begin_run
from tests.support.sources import ROOT
from tools.domain.clock import NS, day_bounds
from tools.domain.errors import InvariantBroken

CENT = Decimal("0.01")
CAPS = SpendCaps(call=CENT, day=CENT * 5, month=CENT * 8)
BOUGHT = {"provider": "openai", "model": "gpt-5-mini"}
NOON = day_bounds("2026-01-30")[0] + 43_200 * NS
DAY = 86_400 * NS


def a_ledger(store: Store, clock: HandClock, caps: SpendCaps = CAPS) -> SpendLedger:
    return SpendLedger(store, caps, clock, run_id="run_test", world="recorded")


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOON)


@pytest.fixture
def spending(store: Store, clock: HandClock) -> SpendLedger:
    begin_run(store)
    return a_ledger(store, clock)


def reserve(spending: SpendLedger, name: str, amount: Decimal = CENT) -> bool:
    try:
        spending.reserve(name, amount, **BOUGHT)
    except OverBudget:
        return False
    return True


def test_each_cap_holds_by_itself_and_says_so(spending: SpendLedger, clock: HandClock) -> None:
    with pytest.raises(OverBudget, match=r"0\.02 USD at worst is above the 0\.01 USD a call"):
        spending.reserve("c", CENT * 2, **BOUGHT)
    assert [reserve(spending, f"a{i}") for i in range(6)] == [True] * 5 + [False]
    with pytest.raises(OverBudget, match=r"above the 0\.05 USD a day, 0\.05 are spent"):
        spending.reserve("c", CENT, **BOUGHT)
    clock.ts += DAY
    assert [reserve(spending, f"b{i}") for i in range(6)] == [True] * 3 + [False] * 3
    with pytest.raises(OverBudget, match=r"above the 0\.08 USD a month"):
        spending.reserve("c", CENT, **BOUGHT)


def test_what_a_call_really_cost_makes_room(spending: SpendLedger) -> None:
    for i in range(5):
        assert reserve(spending, f"a{i}")
    assert not reserve(spending, "late")
    spending.settle("a0", Decimal("0.0000001"), **BOUGHT)
    assert spending.spent()[0] == Decimal("0.0400001")
    assert not reserve(spending, "late"), "a cent does not fit in less than a cent"
    spending.settle("a1", Decimal(0), **BOUGHT)
    assert reserve(spending, "late")


def test_a_call_is_settled_once_and_never_above_its_worst_case(spending: SpendLedger) -> None:
    spending.reserve("a", CENT, **BOUGHT)
    with pytest.raises(InvariantBroken, match="at most"):
        spending.settle("a", CENT * 2, **BOUGHT)
    spending.settle("a", CENT, **BOUGHT)
    for again in (lambda: spending.settle("a", CENT, **BOUGHT), lambda: spending.settle("b", CENT, **BOUGHT)):
        with pytest.raises(InvariantBroken, match="no open reservation"):
            again()
    with pytest.raises(InvariantBroken, match="has its reservation"):
        spending.reserve("a", CENT, **BOUGHT)
    for amount in (Decimal("NaN"), Decimal("Infinity"), Decimal(-1)):
        with pytest.raises(InvariantBroken, match="at least 0"):
            spending.reserve("n", amount, **BOUGHT)


def test_fifty_threads_cannot_spend_more_than_the_cap(spending: SpendLedger) -> None:
    start = threading.Barrier(50)

    def buy(i: int) -> bool:
        start.wait()
        got = [reserve(spending, f"t{i}.{again}") for again in range(4)]
        if got[0] and i % 3 == 0:
            spending.settle(f"t{i}.0", CENT, **BOUGHT)
        return any(got)

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(buy, range(50)))
    with closing(sqlite3.connect(spending._store.path)) as reader:
        bought = reader.execute("SELECT COUNT(*) FROM spend WHERE stage = 'reserved'").fetchone()
    assert bought == (5,)
    assert spending.spent()[0] == CENT * 5


def test_a_restart_forgets_nothing(store: Store, spending: SpendLedger, clock: HandClock) -> None:
    for i in range(4):
        assert reserve(spending, f"a{i}")
    spending.settle("a0", Decimal("0.005"), **BOUGHT)
    again = a_ledger(store, clock)
    assert again.spent() == spending.spent() == (Decimal("0.035"), Decimal("0.035"))
    assert [reserve(again, f"b{i}") for i in range(2)] == [True, False]
    with pytest.raises(InvariantBroken, match="has its reservation"):
        again.reserve("a1", CENT, **BOUGHT)


def test_a_new_month_has_its_own_cap_and_the_old_one_its_own_calls(
    store: Store, spending: SpendLedger, clock: HandClock
) -> None:
    clock.ts = day_bounds("2026-01-31")[1] - 1
    assert reserve(spending, "last of january")
    clock.ts += 1
    assert spending.spent() == (0, 0)
    spending.settle("last of january", CENT / 2, **BOUGHT)
    assert spending.spent() == (0, 0), "a call belongs to the month it was reserved in"
    assert reserve(spending, "first of february")
    clock.ts -= 1
    assert spending.spent() == (CENT * 3 / 2, CENT * 3 / 2), "a clock set back frees nothing"
    assert a_ledger(store, clock).spent() == (CENT * 3 / 2, CENT * 3 / 2)
    clock.ts = day_bounds("2026-02-28")[1] + DAY
    assert spending.spent() == a_ledger(store, clock).spent() == (0, 0)


@pytest.mark.parametrize("jump", [-400, -31, -1, 0])
def test_a_clock_set_back_never_frees_money(
    spending: SpendLedger, store: Store, clock: HandClock, jump: int
) -> None:
    for i in range(5):
        assert reserve(spending, f"a{i}")
    clock.ts += jump * DAY
    assert not reserve(spending, "b")
    assert not reserve(a_ledger(store, clock), "b")


def test_amounts_are_text_to_the_last_digit(store: Store, spending: SpendLedger) -> None:
    tiny = Decimal("0.000000000000000000123456789")
    spending.reserve("a", tiny, **BOUGHT)
    with closing(sqlite3.connect(store.path)) as reader:
        kept = reader.execute("SELECT amount_usd, typeof(amount_usd), stage FROM spend").fetchall()
    assert kept == [(f"{tiny:f}", "text", "reserved")]


KILLED = textwrap.dedent("""
    import os, signal, sys
    from decimal import Decimal
    from pathlib import Path
    from memory.spending import SpendCaps, SpendLedger
    from memory.store import Store
    from tests.support.consulting import HandClock, begin_run

    store = Store.open(Path(sys.argv[1]))
    begin_run(store)
    cent = Decimal("0.01")
    caps = SpendCaps(cent, cent * 5, cent * 8)
    spending = SpendLedger(store, caps, HandClock(int(sys.argv[2])), run_id="run_test", world="recorded")
    for name in ("a", "b"):
        spending.reserve(name, cent, provider="openai", model="gpt-5-mini")
    spending.settle("a", cent / 4, provider="openai", model="gpt-5-mini")
    print("reserved", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
""")


def test_a_kill_between_reserve_and_settle_counts_the_worst_case(tmp_path: Path, clock: HandClock) -> None:
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(NOON)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (-signal.SIGKILL, "reserved\n"), run.stderr
    assert (tmp_path / DATABASE).exists()
    with Store.open(tmp_path) as store:
        spending = a_ledger(store, clock)
        assert spending.spent() == (CENT * 5 / 4, CENT * 5 / 4)
        assert [reserve(spending, f"c{i}") for i in range(5)] == [True] * 3 + [False] * 2


@settings(max_examples=30)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 12), st.integers(-40, 40), st.booleans(), st.booleans()), max_size=25
    )
)
def test_whatever_happens_no_window_is_ever_above_its_cap(
    steps: list[tuple[int, int, bool, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    clock = HandClock(NOON)
    with Store.open(tmp_path_factory.mktemp("spend"), is_throwaway=True) as store:
        begin_run(store)
        spending = a_ledger(store, clock)
        for i, (tenths, days, is_settled, is_restarted) in enumerate(steps):
            clock.ts = max(DAY, clock.ts + days * DAY)
            amount = CENT * tenths / 10
            if reserve(spending, f"a{i}", amount) and is_settled:
                spending.settle(f"a{i}", amount / 2, **BOUGHT)
            if is_restarted:
                spending = a_ledger(store, clock)
            day, month = spending.spent()
            assert day <= CAPS.day or days < 0
            assert month <= CAPS.month or days < 0
        with closing(sqlite3.connect(store.path)) as reader:
            rows = reader.execute("SELECT reservation_id, stage, amount_usd, ts FROM spend").fetchall()
        reserved = {name: (Decimal(amount), ts) for name, stage, amount, ts in rows if stage == "reserved"}
        cost = {name: Decimal(amount) for name, stage, amount, _ in rows if stage == "settled"}
        days_spent: dict[int, Decimal] = {}
        for name, (amount, ts) in reserved.items():
            days_spent[ts // DAY] = days_spent.get(ts // DAY, Decimal(0)) + cost.get(name, amount)
        assert all(spent <= CAPS.day for spent in days_spent.values())
